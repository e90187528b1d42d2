/* SPDX-License-Identifier: Apache-2.0
 *
 * What is said about definitions that are not valid: code, location and text of each diagnostic,
 * all of them, as AWS words them where that is known.
 *
 * Definitions are written with ' for ", and a list of expected diagnostics as
 * "CODE location: text" lines.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/machine.h"

/* One Pass state A in the machine, with more fields. */
#define PASS(fields)                                                                     \
    "{'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'End': true" fields "}}}"
#define TASK(fields)                                                                     \
    "{'StartAt': 'A', 'States': {'A': {'Type': 'Task', 'Resource': 'handler:x', "        \
    "'End': true" fields "}}}"
#define STATE(state) "{'StartAt': 'A', 'States': {'A': " state "}}"
#define PROCESSOR(fields)                                                                \
    STATE("{'Type': 'Map', 'End': true, 'ItemProcessor': " PROCESSOR_ONLY(fields) "}")
#define PROCESSOR_ONLY(fields)                                                           \
    "{'StartAt': 'i', 'States': {'i': {'Type': 'Pass', 'End': true}}" fields "}"
#define BRANCH(state)                                                                    \
    STATE("{'Type': 'Parallel', 'End': true, 'Branches': [{'StartAt': 'b', 'States': "   \
          "{'b': " state "}}]}")

#define SCHEMA "SCHEMA_VALIDATION_FAILED "
#define TARGET "MISSING_TRANSITION_TARGET "

struct sample {
    const char *definition, *expected;
};

static char *listed(const asl_diagnostics *diags)
{
    struct asli_bytes text = {0};
    for (size_t i = 0; i < asl_diagnostics_count(diags); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(diags, i);
        asli_bytes_addf(&text, "%s%s %s: %s", i ? "\n" : "", d->code, d->location,
                        d->message);
    }
    return asli_bytes_take_text(&text);
}

static int load_quoted(const char *definition, asl_diagnostics **ret_diags,
                       asl_error *reterr)
{
    char *text = kit_quoted(definition);
    asl_machine *machine = NULL;
    *ret_diags = NULL;
    int code = asl_machine_load(text, (size_t)-1, NULL, &machine, ret_diags, reterr);
    ck_assert_int_eq(machine != NULL, code == 0);
    asl_machine_unref(machine);
    free(text);
    return code;
}

static void check(const struct sample *sample, int code)
{
    asl_diagnostics *diags;
    asl_error error;
    ck_assert_int_eq(load_quoted(sample->definition, &diags, &error), code);
    char *actual = listed(diags);
    ck_assert_msg(strcmp(actual, sample->expected) == 0, "%s\nexpected:\n%s\nactual:\n%s",
                  sample->definition, sample->expected, actual);
    asli_free(actual);
    asl_diagnostics_free(diags);
}

/* ---------------------------------------------------------------- the tables */

static const struct sample tops[] = {
    {"", "MISSING_DESCRIPTION : Received a null or empty workflow input"},
    {"[]", "INVALID_JSON_DESCRIPTION : Definition must be a valid JSON object"},
    {"{}", SCHEMA "/: These fields are required: [States, StartAt]"},
    {"{'StartAt': 'A'}", SCHEMA "/: These fields are required: [States]"},
    {"{'States': {'A': {'Type': 'Pass', 'End': true}}}",
     SCHEMA "/: These fields are required: [StartAt]"},
    {"{'StartAt': 'A', 'States': []}", SCHEMA "/States: Expected value of type [OBJECT]"},
    {"{'StartAt': 'A', 'States': {}}", SCHEMA "/States: Value cannot be empty"},
    {"{'StartAt': 1, 'States': {'A': {'Type': 'Succeed'}}}",
     SCHEMA "/StartAt: Expected value of type [STRING]"},
    {"{'Version': '2.0', 'TimeoutSeconds': -1, 'Retry': [], 'StartAt': 'A', 'States': "
     "{'A': "
     "{'Type': 'Succeed'}}}",
     SCHEMA "/Version: Value should be one of the following: [1.0]\n" SCHEMA
            "/TimeoutSeconds: Minimum value is 0\n" SCHEMA
            "/: Field 'Retry' is not supported"},
    {"{'StartAt': 'A', 'TimeoutSeconds': 100000000, 'States': {'A': {'Type': "
     "'Succeed'}}}",
     SCHEMA "/TimeoutSeconds: Maximum value is 99999999"},
};

static const struct sample states[] = {
    {STATE("1"), SCHEMA "/States/A: Expected value of type [OBJECT]"},
    {STATE("{'End': true}"), SCHEMA "/States/A: These fields are required: [Type]"},
    {STATE("{'Type': 7}"), SCHEMA "/States/A/Type: Expected value of type [STRING]"},
    {STATE("{'Type': 'pass'}"), SCHEMA
     "/States/A/Type: The field 'Type' should have one of these values: [Task, Wait, "
     "Pass, Succeed, Fail, Choice, Parallel, Map]"},
    {PASS(", 'Retry': [], 'Foo': 1"),
     SCHEMA "/States/A: Field 'Retry' is not supported\n" SCHEMA
            "/States/A: Field 'Foo' is not supported"},
    {STATE("{'Type': 'Succeed', 'End': true}"),
     SCHEMA "/States/A: Field 'End' is not supported"},
    {STATE("{'Type': 'Pass'}"),
     SCHEMA "/States/A: This object should have only one of the following fields: "
            "[Next, End]"},
    {STATE("{'Type': 'Pass', 'End': false}"),
     SCHEMA "/States/A: This object should have only one of the following fields: "
            "[Next, End]"},
    {PASS(", 'Next': 'A'"),
     SCHEMA "/States/A: There should only be one of the following fields: [Next, End]"},
    {STATE("{'Type': 'Pass', 'End': 'yes'}"),
     SCHEMA "/States/A/End: Expected value of type [BOOLEAN]"},
    {STATE("{'Type': 'Task', 'End': true}"),
     SCHEMA "/States/A: These fields are required: [Resource]"},
    {TASK(", 'TimeoutSeconds': 0"),
     SCHEMA "/States/A/TimeoutSeconds: Minimum value is 1"},
    {TASK(", 'TimeoutSeconds': 1.5"),
     SCHEMA "/States/A/TimeoutSeconds: Expected value of type Integer"},
    {TASK(", 'TimeoutSeconds': 5, 'TimeoutSecondsPath': '$.t'"),
     SCHEMA "/States/A: There should only be one of the following fields: "
            "[TimeoutSeconds, TimeoutSecondsPath]"},
    {STATE("{'Type': 'Wait', 'End': true, 'Timestamp': 'tomorrow'}"),
     SCHEMA "/States/A/Timestamp: String does not match RFC3339 timestamp"},
};

static const struct sample paths[] = {
    {PASS(", 'InputPath': 'x'"),
     SCHEMA "/States/A/InputPath: Value must be a valid JSONPath."},
    {PASS(", 'OutputPath': 1"),
     SCHEMA "/States/A/OutputPath: Expected value of type [STRING]"},
    {PASS(", 'ResultPath': '$.a[*]'"), SCHEMA
     "/States/A/ResultPath: Value is not a Reference Path: The path '$.a[*]' does not "
     "identify a single node"},
    {PASS(", 'ResultPath': '$$.a'"), SCHEMA
     "/States/A/ResultPath: Value is not a Reference Path: The path '$$.a' does not lead "
     "into the state's input"},
    {PASS(", 'ResultPath': '$v.a'"), SCHEMA
     "/States/A/ResultPath: Value is not a Reference Path: The path '$v.a' does not lead "
     "into the state's input"},
    {PASS(", 'Parameters': {'a': [{'x.$': 'no'}]}"), SCHEMA
     "/States/A/Parameters: The value for the field 'x.$' must be a valid JSONPath or a "
     "valid intrinsic function call"},
    {STATE("{'Type': 'Fail', 'ErrorPath': 'States.Nope()'}"), SCHEMA
     "/States/A/ErrorPath: The value for the field 'ErrorPath' must be a valid JSONPath "
     "or a valid intrinsic function call"},
    {STATE("{'Type': 'Fail', 'CausePath': 'States.Array(1)'}"),
     SCHEMA "/States/A/CausePath: The intrinsic function call 'States.Array(1)' does not "
            "return a string"},
};

#define UNSUPPORTED "UNSUPPORTED_JSONATA_EXPRESSION "
#define JSONATA(state)                                                                   \
    "{'QueryLanguage': 'JSONata', 'StartAt': 'A', 'States': {'A': {" state               \
    ", 'End': true}}}"

static const struct sample languages[] = {
    {PASS(", 'Output': 1"), SCHEMA
     "/States/A: The QueryLanguage is set to 'JSONPath', but field 'Output' is only "
     "supported for the 'JSONata' QueryLanguage"},
    {PASS(", 'QueryLanguage': 'jsonpath'"),
     SCHEMA "/States/A/QueryLanguage: Value should be one of the following: "
            "[JSONPath, JSONata]"},
    {PASS(", 'QueryLanguage': null"),
     SCHEMA "/States/A/QueryLanguage: Expected value of type [STRING]"},
    {PASS(", 'QueryLanguage': 'JSONata', 'Output': '{% $states.input %}', 'InputPath': "
          "'$'"),
     SCHEMA
     "/States/A: The QueryLanguage is set to 'JSONata', but field 'InputPath' is only "
     "supported for the 'JSONPath' QueryLanguage"},
    {JSONATA("'Type': 'Pass', 'Output': {'a': ['{% $states.input.[1 %}']}"),
     "INVALID_JSONATA_EXPRESSION /States/A/Output/a[0]: Expected \"]\" before end of "
     "expression"},
    {JSONATA("'Type': 'Pass', 'Output': {'v': '{% phone %}', 'w': '{% [$, *] %}'}"),
     UNSUPPORTED
     "/States/A/Output/v: Reference to 'phone' at the top level is not "
     "supported.\n" UNSUPPORTED
     "/States/A/Output/w: Reference to '$' at the top level is not supported."},
    {JSONATA("'Type': 'Pass', 'Output': '{% $$.x %}'"),
     UNSUPPORTED "/States/A/Output: Reference to '$$' is not supported."},
    {JSONATA("'Type': 'Pass', 'Output': '{% $states.result %}', 'Assign': {'x': '{% "
             "$states.errorOutput %}'}"),
     UNSUPPORTED "/States/A/Output: Field '$states.result' does not exist.\n" UNSUPPORTED
                 "/States/A/Assign/x: Field '$states.errorOutput' does not exist."},
    {JSONATA(
         "'Type': 'Pass', 'Output': '{% $map($states.input.list, function($v) {v}) %}'"),
     UNSUPPORTED "/States/A/Output: Reference to 'v' at the top level is not supported."},
    {JSONATA(
         "'Type': 'Pass', 'Output': '{% ($states.input.list[price > 3].{name: $}^(name); "
         "x) %}'"),
     UNSUPPORTED "/States/A/Output: Reference to 'x' at the top level is not supported."},
    {JSONATA("'Type': 'Wait', 'Seconds': 'soon'"),
     SCHEMA "/States/A/Seconds: Expected value of type Integer"},
    {JSONATA("'Type': 'Task', 'Resource': '{% $x %}'"),
     SCHEMA "/States/A/Resource: Value is not a valid resource ARN"},
    {"{'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'End': true, 'QueryLanguage': "
     "'JSONPath'}}, 'QueryLanguage': 'JSONata'}",
     SCHEMA
     "/States/A: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole "
     "state machine"},
    {PROCESSOR(", 'QueryLanguage': 'JSONPath'"),
     SCHEMA "/States/A/ItemProcessor: Field 'QueryLanguage' is not supported"},
    {PASS(", 'Assign': 1"), SCHEMA "/States/A/Assign: Expected value of type [OBJECT]"},
    {PASS(", 'Assign': {'1x': 1}"),
     SCHEMA "/States/A/Assign: The variable name '1x' is not valid"},
    {PASS(", 'Assign': {'.$': '$'}"),
     SCHEMA "/States/A/Assign: The variable name '.$' is not valid"},
    {PASS(", 'Assign': {'states.$': '$'}"),
     SCHEMA "/States/A/Assign: The variable name 'states' is reserved"},
    {PASS(", 'Assign': {'x.$': 'no'}"), SCHEMA
     "/States/A/Assign: The value for the field 'x.$' must be a valid JSONPath or a "
     "valid intrinsic function call"},
    {"{'StartAt': 'Z', 'States': {'Z': {'Type': 'Pass', 'Assign': {'x': 1}, 'Next': "
     "'A'}, "
     "'A': {'Type': 'Parallel', 'Assign': {'y': 1}, 'End': true, 'Branches': "
     "[{'StartAt': "
     "'B', 'States': {'B': {'Type': 'Pass', 'Assign': {'y': 1, 'x.$': '$'}, 'End': "
     "true}}}]}}}",
     SCHEMA "/States/A/Branches[0]/States/B/Assign: The variable 'x' is assigned in an "
            "outer scope and cannot be assigned here"},
};

static const struct sample policies[] = {
    {TASK(", 'Retry': {}"), SCHEMA "/States/A/Retry: Expected value of type [ARRAY]"},
    {TASK(", 'Retry': [1]"),
     SCHEMA "/States/A/Retry[0]: Expected value of type [OBJECT]"},
    {TASK(", 'Retry': [{}]"),
     SCHEMA "/States/A/Retry[0]: These fields are required: [ErrorEquals]"},
    {TASK(", 'Retry': [{'ErrorEquals': []}]"),
     SCHEMA "/States/A/Retry[0]/ErrorEquals: Value cannot be empty"},
    {TASK(", 'Retry': [{'ErrorEquals': 'E'}]"),
     SCHEMA "/States/A/Retry[0]/ErrorEquals: Expected value of type [ARRAY]"},
    {TASK(", 'Retry': [{'ErrorEquals': [1]}]"),
     SCHEMA "/States/A/Retry[0]/ErrorEquals: Expected value of type [STRING]"},
    {TASK(", 'Retry': [{'ErrorEquals': ['States.ALL', 'E']}]"), SCHEMA
     "/States/A/Retry[0]/ErrorEquals: States.ALL must appear alone and at end of list"},
    {TASK(", 'Retry': [{'ErrorEquals': ['States.ALL']}, {'ErrorEquals': ['E']}]"), SCHEMA
     "/States/A/Retry[0]/ErrorEquals: States.ALL must appear alone and at end of list"},
    {TASK(
         ", 'Retry': [{'ErrorEquals': ['E'], 'IntervalSeconds': -1, 'MaxAttempts': "
         "100000000, 'BackoffRate': 0.5, 'MaxDelaySeconds': 0, 'JitterStrategy': 'SOME', "
         "'Next': 'A'}]"),
     SCHEMA "/States/A/Retry[0]/IntervalSeconds: Minimum value is 0\n" SCHEMA
            "/States/A/Retry[0]/MaxAttempts: Maximum value is 99999999\n" SCHEMA
            "/States/A/Retry[0]/BackoffRate: Minimum value is 1.0\n" SCHEMA
            "/States/A/Retry[0]/MaxDelaySeconds: Minimum value is 1\n" SCHEMA
            "/States/A/Retry[0]/JitterStrategy: Value should be one of the following: "
            "[NONE, FULL]\n" SCHEMA "/States/A/Retry[0]: Field 'Next' is not supported"},
    {TASK(", 'Retry': [{'ErrorEquals': ['E'], 'IntervalSeconds': 5, 'MaxDelaySeconds': "
          "5}]"),
     SCHEMA "/States/A/Retry[0]/MaxDelaySeconds: MaxDelaySeconds must be greater than "
            "IntervalSeconds"},
    {TASK(", 'Catch': [{'ErrorEquals': ['E']}]"),
     SCHEMA "/States/A/Catch[0]: These fields are required: [Next]"},
    {TASK(", 'Catch': [{'ErrorEquals': ['E'], 'Next': 'A', 'Assign': {}, 'Output': 1}]"),
     SCHEMA
     "/States/A/Catch[0]: The QueryLanguage is set to 'JSONPath', but field 'Output' "
     "is only supported for the 'JSONata' QueryLanguage"},
    {TASK(", 'Catch': [{'ErrorEquals': ['E'], 'Next': 'B'}]"),
     TARGET "/States/A/Catch[0]/Next: Missing 'Next' target: B"},
};

static const struct sample scopes[] = {
    {STATE("{'Type': 'Map', 'End': true}"),
     SCHEMA "/States/A: This object should have only one of the following fields: "
            "[ItemProcessor, Iterator]"},
    {STATE("{'Type': 'Map', 'End': true, 'ItemProcessor': 1}"),
     SCHEMA "/States/A/ItemProcessor: Expected value of type [OBJECT]"},
    {STATE("{'Type': 'Map', 'End': true, 'Iterator': {}}"),
     SCHEMA "/States/A/Iterator: These fields are required: [States, StartAt]"},
    {STATE("{'Type': 'Map', 'End': true, 'ItemSelector': {'a.$': '$.a'}, 'Parameters': "
           "{'b.$': '$.b'}, 'ItemProcessor': " PROCESSOR_ONLY("") ", 'Iterator': {}}"),
     SCHEMA "/States/A: There should only be one of the following fields: "
            "[ItemProcessor, Iterator]\n" SCHEMA
            "/States/A: There should only be one of the following fields: "
            "[ItemSelector, Parameters]\n" SCHEMA
            "/States/A/Iterator: These fields are required: [States, StartAt]"},
    {PROCESSOR(", 'ProcessorConfig': {'Mode': 'X', 'Foo': 1}"),
     SCHEMA "/States/A/ItemProcessor/ProcessorConfig/Mode: Value should be one of the "
            "following: [INLINE, DISTRIBUTED]\n" SCHEMA
            "/States/A/ItemProcessor/ProcessorConfig: Field 'Foo' is not supported"},
    {BRANCH("{'Type': 'Nope'}"), SCHEMA
     "/States/A/Branches[0]/States/b/Type: The field 'Type' should have one of these "
     "values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map]"},
    {BRANCH("{'Type': 'Pass', 'Next': 'A'}"),
     TARGET "/States/A/Branches[0]/States/b/Next: Missing 'Next' target: A"},
    {STATE("{'Type': 'Parallel', 'End': true, 'Branches': [{'StartAt': 'A', 'States': "
           "{'A': "
           "{'Type': 'Succeed'}}, 'ProcessorConfig': {}}]}"),
     "DUPLICATE_STATE_NAME /States/A/Branches[0]/States/A: Duplicate State name: "
     "A\n" SCHEMA "/States/A/Branches[0]: Field 'ProcessorConfig' is not supported"},
    {"{'StartAt': '', 'States': {'': {'Type': 'Succeed'}}}",
     "INVALID_STATE_NAME /States/: State name cannot be empty"},
};

static const struct sample graphs[] = {
    {"{'StartAt': 'B', 'States': {'A': {'Type': 'Succeed'}}}",
     TARGET "/StartAt: Missing 'Next' target: B"},
    {STATE("{'Type': 'Pass', 'Next': 'NOPE'}"),
     TARGET "/States/A/Next: Missing 'Next' target: NOPE\n"
            "MISSING_END_STATE : Workflow has no terminal state"},
    {"{'StartAt': 'A', 'States': {'A': {'Type': 'Pass', 'Next': 'B'}, 'B': {'Type': "
     "'Pass', "
     "'Next': 'A'}, 'Unused': {'Type': 'Pass', 'Next': 'A'}}}",
     "MISSING_END_STATE : Workflow has no terminal state"},
    {"{'StartAt': 'C', 'States': {'C': {'Type': 'Choice', 'Choices': [{'Variable': "
     "'$.x', "
     "'IsNull': true, 'Next': 'X'}], 'Default': 'Y'}, 'E': {'Type': 'Succeed'}}}",
     TARGET "/States/C/Choices[0]/Next: Missing 'Next' target: X\n" TARGET
            "/States/C/Default: Missing 'Next' target: Y"},
};

#define LOOP(tcase, test, samples)                                                       \
    tcase_add_loop_test(tcase, test, 0, (int)(sizeof(samples) / sizeof(*(samples))))

START_TEST(the_machine_is_checked)
{
    check(&tops[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(states_are_checked)
{
    check(&states[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(paths_and_templates_are_checked)
{
    check(&paths[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(query_languages_are_checked)
{
    check(&languages[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(retry_and_catch_are_checked)
{
    check(&policies[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(nested_scopes_are_checked)
{
    check(&scopes[_i], ASL_EDEFINITION);
}
END_TEST

START_TEST(the_graph_is_checked)
{
    check(&graphs[_i], ASL_EDEFINITION);
}
END_TEST

/* ---------------------------------------------------------------- single ones */

START_TEST(a_syntax_error_has_its_line_and_column)
{
    asl_diagnostics *diags;
    asl_error error;
    ck_assert_int_eq(load_quoted("{'StartAt': 'A',\n 'States' 1}", &diags, &error),
                     ASL_EDEFINITION);
    const asl_diagnostic *d = asl_diagnostics_get(diags, 0);
    ck_assert_str_eq(d->code, "INVALID_JSON_DESCRIPTION");
    ck_assert_int_eq(d->line, 2);
    ck_assert_int_eq(d->column, error.column);
    asl_diagnostics_free(diags);
}
END_TEST

START_TEST(lines_point_at_the_field_itself)
{
    asl_diagnostics *diags;
    asl_error error;
    load_quoted("{'StartAt': 'A', 'States': {'A': {\n'Type': 'Pass', 'End': true,\n"
                "'Retry': []}}}",
                &diags, &error);
    const asl_diagnostic *d = asl_diagnostics_get(diags, 0);
    ck_assert_str_eq(d->location, "/States/A");
    ck_assert_int_eq(d->line, 3);
    ck_assert_int_eq(d->column, 1);
    asl_diagnostics_free(diags);
}
END_TEST

START_TEST(the_error_tells_the_first_problem)
{
    asl_diagnostics *diags;
    asl_error error;
    ck_assert_int_eq(load_quoted("{'States': {'A': 1}}", &diags, &error),
                     ASL_EDEFINITION);
    ck_assert_uint_eq(asl_diagnostics_count(diags), 2);
    ck_assert_int_eq(error.code, ASL_EDEFINITION);
    ck_assert_str_eq(error.text, "These fields are required: [StartAt]");
    ck_assert_str_eq(error.pointer, "/");
    ck_assert_int_eq(error.line, 1);
    asl_diagnostics_free(diags);
}
END_TEST

START_TEST(an_unreachable_state_is_a_warning)
{
    asl_diagnostics *diags;
    ck_assert_int_eq(load_quoted("{'StartAt': 'A', 'States': {'A': {'Type': 'Succeed'}, "
                                 "'B': {'Type': 'Fail'}}}",
                                 &diags, NULL),
                     0);
    ck_assert_uint_eq(asl_diagnostics_count(diags), 1);
    ck_assert_int_eq(asl_diagnostics_get(diags, 0)->severity, ASL_WARNING);
    asl_diagnostics_free(diags);
}
END_TEST

START_TEST(a_good_definition_has_no_list)
{
    asl_diagnostics *diags;
    ck_assert_int_eq(load_quoted(PASS(""), &diags, NULL), 0);
    ck_assert_ptr_null(diags);
}
END_TEST

START_TEST(a_loop_in_a_nested_scope_needs_no_end)
{
    asl_diagnostics *diags;
    ck_assert_int_eq(load_quoted(BRANCH("{'Type': 'Pass', 'Next': 'b'}"), &diags, NULL),
                     0);
    ck_assert_ptr_null(diags);
}
END_TEST

START_TEST(names_have_at_most_eighty_characters)
{
    char name[320], text[1024];
    for (int extra = 0; extra < 2; extra++) { /* 80 and 81 of two bytes each */
        size_t count = 80 + (size_t)extra;
        for (size_t i = 0; i < count; i++)
            memcpy(name + 2 * i, "\xc3\xa9", 2);
        name[2 * count] = '\0';
        snprintf(text, sizeof(text),
                 "{'StartAt': '%s', 'States': {'%s': {'Type': 'Fail'}}}", name, name);
        asl_diagnostics *diags;
        ck_assert_int_eq(load_quoted(text, &diags, NULL), extra ? ASL_EDEFINITION : 0);
        if (extra)
            ck_assert_str_eq(asl_diagnostics_get(diags, 0)->code, "INVALID_STATE_NAME");
        asl_diagnostics_free(diags);
    }
}
END_TEST

START_TEST(a_definition_has_at_most_a_mebibyte_unless_more_is_allowed)
{
    enum { LIMIT = 1048576 };
    static const char good[] =
        "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Fail\"}}}";
    char *text = asli_alloc(LIMIT + 1);
    memset(text, ' ', LIMIT + 1);
    memcpy(text, good, strlen(good));
    asl_machine *machine = NULL;
    asl_error error;
    ck_assert_int_eq(asl_machine_load(text, LIMIT, NULL, &machine, NULL, &error), 0);
    asl_machine_unref(machine);
    ck_assert_int_eq(asl_machine_load(text, LIMIT + 1, NULL, &machine, NULL, &error),
                     ASL_EDEFINITION);
    ck_assert_str_eq(
        error.text,
        "The definition has 1048577 bytes, more than the 1048576 that are allowed; "
        "max_definition (--max-definition) allows more");
    asl_machine_options options = {.size = sizeof options, .max_definition = LIMIT + 1};
    ck_assert_int_eq(asl_machine_load(text, LIMIT + 1, &options, &machine, NULL, &error),
                     0);
    asl_machine_unref(machine);
    asli_free(text);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("machine_fields");
    TCase *tcase = tcase_create("machine_fields");
    LOOP(tcase, the_machine_is_checked, tops);
    LOOP(tcase, states_are_checked, states);
    LOOP(tcase, paths_and_templates_are_checked, paths);
    LOOP(tcase, query_languages_are_checked, languages);
    LOOP(tcase, retry_and_catch_are_checked, policies);
    LOOP(tcase, nested_scopes_are_checked, scopes);
    LOOP(tcase, the_graph_is_checked, graphs);
    tcase_add_test(tcase, a_syntax_error_has_its_line_and_column);
    tcase_add_test(tcase, lines_point_at_the_field_itself);
    tcase_add_test(tcase, the_error_tells_the_first_problem);
    tcase_add_test(tcase, an_unreachable_state_is_a_warning);
    tcase_add_test(tcase, a_good_definition_has_no_list);
    tcase_add_test(tcase, a_loop_in_a_nested_scope_needs_no_end);
    tcase_add_test(tcase, names_have_at_most_eighty_characters);
    tcase_add_test(tcase, a_definition_has_at_most_a_mebibyte_unless_more_is_allowed);
    suite_add_tcase(suite, tcase);
    return suite;
}
