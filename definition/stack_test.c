/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates: what is found in one, what its functions stand for, and the definitions inside.
 */
#include <string.h>

#include <asl/definition.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

static const char template[] =
    "Parameters:\n"
    "  Env: {Type: String, Default: dev}\n"
    "  Open: {Type: String}\n"
    "Resources:\n"
    "  Fn: {Type: AWS::Serverless::Function}\n"
    "  Named: {Type: AWS::Lambda::Function, Properties: {FunctionName: charge}}\n"
    "  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${Env}-q'}}\n"
    "  Topic: {Type: AWS::SNS::Topic}\n"
    "  Simple:\n"
    "    Type: AWS::Serverless::SimpleTable\n"
    "    Properties: {PrimaryKey: {Name: Id, Type: String}}\n"
    "  Table:\n"
    "    Type: AWS::DynamoDB::Table\n"
    "    Properties:\n"
    "      TableName: orders\n"
    "      KeySchema:\n"
    "        - {AttributeName: at, KeyType: RANGE}\n"
    "        - {AttributeName: who, KeyType: HASH}\n"
    "  File:\n"
    "    Type: AWS::Serverless::StateMachine\n"
    "    Properties:\n"
    "      DefinitionUri: statemachine/a.asl.json\n"
    "      Type: EXPRESS\n"
    "      DefinitionSubstitutions:\n"
    "        Action: !Sub arn:${AWS::Partition}:states:::sqs:sendMessage\n"
    "        Fn: !GetAtt Fn.Arn\n"
    "        Named: {'Fn::GetAtt': [Named, Arn]}\n"
    "        Queue: !Ref Queue\n"
    "        Topic: !Ref Topic\n"
    "        Table: !Ref Table\n"
    "        Simple: !Ref Simple\n"
    "        Joined: !Join ['-', [!Ref Env, a, 7]]\n"
    "        Map: !Sub ['${A}/${Env}/${!B}', {A: !Ref Env}]\n"
    "        Account: !Ref AWS::AccountId\n"
    "        Number: 5\n"
    "        Unknown: !Ref Open\n"
    "        Import: !ImportValue x\n"
    "  Inside:\n"
    "    Type: AWS::Serverless::StateMachine\n"
    "    Properties:\n"
    "      DefinitionSubstitutions: {N: B}\n"
    "      Definition:\n"
    "        StartAt: A\n"
    "        States:\n"
    "          A: {Type: Task, Resource: !GetAtt Fn.Arn,\n"
    "              Next: '${N}'}\n"
    "  Text:\n"
    "    Type: AWS::StepFunctions::StateMachine\n"
    "    Properties:\n"
    "      StateMachineName: told\n"
    "      DefinitionString: !Sub |\n"
    "        {\"StartAt\": \"A\",\n"
    "          \"States\": {\"A\": {\"Type\": \"Task\", \"Resource\": \"${Fn.Arn}\"}}}\n";

static asl_stack *stack_of(const char *text)
{
    asl_stack_options options = {.size = sizeof options, .region = "eu-west-1"};
    asl_stack *stack = NULL;
    asl_error error = {0};
    int rc = asl_stack_read(text, (size_t)-1, &options, &stack, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    return stack;
}

static const char *value_of(const asl_stack_machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->substitution_count; i++) {
        if (strcmp(machine->substitutions[i].name, name) == 0)
            return machine->substitutions[i].value;
    }
    return NULL;
}

START_TEST(finds_machines_and_tables)
{
    asl_stack *stack = stack_of(template);
    const asl_stack_machine *file = asl_stack_machine_get(stack, 0);
    ck_assert_str_eq(file->id, "File");
    ck_assert_str_eq(file->definition_uri, "statemachine/a.asl.json");
    ck_assert_int_eq(file->express, 1);
    ck_assert_ptr_null(asl_stack_machine_get(stack, 1)->definition_uri);
    ck_assert_str_eq(asl_stack_machine_get(stack, 2)->name, "told");
    ck_assert_ptr_null(asl_stack_machine_get(stack, 3));
    ck_assert_str_eq(asl_stack_table_get(stack, 0)->name, "Simple");
    ck_assert_str_eq(asl_stack_table_get(stack, 0)->hash_key, "Id");
    ck_assert_str_eq(asl_stack_table_get(stack, 1)->name, "orders");
    ck_assert_str_eq(asl_stack_table_get(stack, 1)->hash_key, "who");
    ck_assert_str_eq(asl_stack_table_get(stack, 1)->range_key, "at");
    ck_assert_ptr_null(asl_stack_table_get(stack, 2));
    asl_stack_free(stack);
}
END_TEST

START_TEST(functions_stand_for_local_names)
{
    static const char *const pairs[][2] = {
        {"Action", "arn:aws:states:::sqs:sendMessage"},
        {"Fn", "arn:aws:lambda:eu-west-1:123456789012:function:Fn"},
        {"Named", "arn:aws:lambda:eu-west-1:123456789012:function:charge"},
        {"Queue", "https://sqs.eu-west-1.amazonaws.com/123456789012/Queue"},
        {"Topic", "arn:aws:sns:eu-west-1:123456789012:Topic"},
        {"Table", "orders"},
        {"Simple", "Simple"},
        {"Joined", "dev-a-7"},
        {"Map", "dev/dev/${B}"},
        {"Account", "123456789012"},
        {"Number", "5"},
    };
    asl_stack *stack = stack_of(template);
    const asl_stack_machine *file = asl_stack_machine_get(stack, 0);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *value = value_of(file, pairs[i][0]);
        ck_assert_msg(value && strcmp(value, pairs[i][1]) == 0, "%s: %s", pairs[i][0],
                      value ? value : "none");
    }
    ck_assert_ptr_null(value_of(file, "Unknown"));
    ck_assert_ptr_null(value_of(file, "Import"));
    asl_stack_free(stack);
}
END_TEST

/* The definition of the i-th machine, loaded: its first diagnostic is at that place. */
static void diagnosed(size_t i, const char *location, int line, int column)
{
    asl_stack *stack = stack_of(template);
    asl_definition *definition = NULL;
    asl_diagnostics *diagnostics = NULL;
    asl_machine *machine = NULL;
    ck_assert_int_eq(asl_stack_definition(stack, asl_stack_machine_get(stack, i), NULL, 0,
                                          &definition, NULL),
                     0);
    asl_machine_options options = {.size = sizeof options,
                                   .origin = asl_definition_origin,
                                   .origin_arg = definition};
    ck_assert_int_eq(asl_machine_load(asl_definition_text(definition, NULL), (size_t)-1,
                                      &options, &machine, &diagnostics, NULL),
                     ASL_EDEFINITION);
    const asl_diagnostic *first = asl_diagnostics_get(diagnostics, 0);
    ck_assert_str_eq(first->location, location);
    ck_assert_int_eq(first->line, line);
    ck_assert_int_eq(first->column, column);
    asl_diagnostics_free(diagnostics);
    asl_definition_free(definition);
    asl_stack_free(stack);
}

START_TEST(a_definition_inside_has_the_templates_lines)
{
    diagnosed(1, "/States/A/Next", 46, 15);
}
END_TEST

START_TEST(a_definition_string_has_the_templates_lines)
{
    diagnosed(2, "/States/A", 53, 11);
}
END_TEST

START_TEST(what_is_no_template_is_refused)
{
    asl_stack *stack = NULL;
    ck_assert_int_eq(asl_stack_read("a: 1", (size_t)-1, NULL, &stack, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_stack_read("", (size_t)-1, NULL, &stack, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_stack_read("Resources: [", (size_t)-1, NULL, &stack, NULL),
                     ASL_EJSON);
    ck_assert_int_eq(asl_stack_read("Resources: {A: 7, B: {Type: x, Properties: 1}}",
                                    (size_t)-1, NULL, &stack, NULL),
                     0);
    asl_stack_free(stack);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("stack");
    TCase *tcase = tcase_create("stack");
    tcase_add_test(tcase, finds_machines_and_tables);
    tcase_add_test(tcase, functions_stand_for_local_names);
    tcase_add_test(tcase, a_definition_inside_has_the_templates_lines);
    tcase_add_test(tcase, a_definition_string_has_the_templates_lines);
    tcase_add_test(tcase, what_is_no_template_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}
