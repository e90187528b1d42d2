/* SPDX-License-Identifier: Apache-2.0
 *
 * Which workflow variables the states of a definition read (DescribeStateMachine's
 * variableReferences). Definitions are written with ' for ".
 */
#include <asl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"

static asl_machine *load(const char *definition)
{
    char text[2000];
    asl_machine *machine = NULL;
    asl_error error = {0};
    ck_assert_uint_lt(strlen(definition), sizeof text);
    strcpy(text, definition);
    for (char *p = text; *p; p++)
        if (*p == '\'')
            *p = '"';
    int code = asl_machine_load(text, (size_t)-1, NULL, &machine, NULL, &error);
    ck_assert_msg(code == 0, "%s at %s: %s", error.text, error.pointer, text);
    return machine;
}

/* As compact JSON. */
static void expect(const char *definition, const char *wanted)
{
    asl_machine *machine = load(definition);
    json_t *references = NULL;
    ck_assert_int_eq(asl_machine_variable_references(machine, &references, NULL), 0);
    char *text = json_dumps(references, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    ck_assert_str_eq(text, wanted);
    free(text);
    json_decref(references);
    asl_machine_unref(machine);
}

#define MACHINE(fields) "{'StartAt':'A','States':{'A':{" fields "}}}"
#define JSONATA(fields)                                                                  \
    "{'QueryLanguage':'JSONata','StartAt':'A','States':{'A':{" fields "}}}"

START_TEST(without_variables_it_is_null)
{
    expect(MACHINE("'Type':'Pass','Parameters':{'a.$':'$.v','b.$':'$$.State.Name',"
                   "'c':'$v','d':['$v']},'End':true"),
           "null");
    expect(JSONATA("'Type':'Pass','Output':'$v','End':true"), "null");
}
END_TEST

START_TEST(names_are_sorted_and_once_each)
{
    expect(MACHINE("'Type':'Pass','Parameters':{'1.$':'$b.x','2.$':'$a','3.$':'$ab[0]',"
                   "'4.$':'$b','5.$':'$B'},'End':true"),
           "{\"A\":[\"B\",\"a\",\"ab\",\"b\"]}");
    expect(JSONATA("'Type':'Pass','Output':'{% [$b, $a, $ab, $b.x, $B] %}','End':true"),
           "{\"A\":[\"B\",\"a\",\"ab\",\"b\"]}");
}
END_TEST

START_TEST(what_is_assigned_is_not_read)
{
    expect(MACHINE("'Type':'Pass','Assign':{'a':1,'b.$':'$c'},'End':true"),
           "{\"A\":[\"c\"]}");
    expect(JSONATA("'Type':'Pass','Assign':{'a':1,'b':'{% $c %}'},'End':true"),
           "{\"A\":[\"c\"]}");
}
END_TEST

START_TEST(what_an_expression_binds_itself_is_not_read)
{
    static const char *const bound[] = {
        "{% ($x := 1; $x) %}",
        "{% (function($x, $y){ $x + $y })(1, 2) %}",
        "{% $states.input.list@$x.($x) %}",
        "{% $states.input.list#$i.($i) %}",
        "{% $not($exists($states.context)) %}",
    };
    for (size_t i = 0; i < sizeof bound / sizeof *bound; i++) {
        char text[200];
        snprintf(text, sizeof text, JSONATA("'Type':'Pass','Output':'%s','End':true"),
                 bound[i]);
        expect(text, "null");
    }
}
END_TEST

/* Each reads $v once, in the field it is about. */
static const char *const jsonpath_fields[] = {
    "'Type':'Pass','InputPath':'$v.a','End':true",
    "'Type':'Pass','OutputPath':'$v','End':true",
    "'Type':'Pass','Parameters':{'l':[{'x.$':'States.Array($.b, $v.c)'}]},'End':true",
    "'Type':'Wait','SecondsPath':'$v','End':true",
    "'Type':'Wait','TimestampPath':'$v','End':true",
    "'Type':'Fail','ErrorPath':'$v','CausePath':'States.Format($v)'",
    "'Type':'Task','Resource':'handler:h','ResultSelector':{'x.$':'$v'},'End':true",
    "'Type':'Task','Resource':'handler:h','TimeoutSecondsPath':'$v','End':true",
    "'Type':'Task','Resource':'handler:h','HeartbeatSecondsPath':'$v','End':true",
    "'Type':'Task','Resource':'handler:h','Credentials':{'RoleArn.$':'$v'},'End':true",
    "'Type':'Task','Resource':'handler:h','End':true,'Catch':[{'ErrorEquals':['E'],"
    "'Assign':{'x.$':'$v'},'Next':'A'}]",
    "'Type':'Map','ItemsPath':'$v','ItemProcessor':{'StartAt':'I','States':{'I':{"
    "'Type':'Succeed'}}},'End':true",
    "'Type':'Map','ItemSelector':{'x.$':'$v'},'ItemProcessor':{'StartAt':'I','States':{"
    "'I':{'Type':'Succeed'}}},'End':true",
    "'Type':'Map','MaxConcurrencyPath':'$v','ItemProcessor':{'StartAt':'I','States':{'I'"
    ":{'Type':'Succeed'}}},'End':true",
    "'Type':'Choice','Choices':[{'Not':{'Variable':'$v.a','IsNull':true},'Next':'A'}],"
    "'Default':'A','Assign':{'x':1}",
    "'Type':'Choice','Choices':[{'Variable':'$.a','NumericEqualsPath':'$v[1]',"
    "'Assign':{'x.$':'$v'},'Next':'A'}]",
};

static const char *const jsonata_fields[] = {
    "'Type':'Task','Resource':'handler:h','Arguments':{'x':['{% $v %}']},'End':true",
    "'Type':'Task','Resource':'handler:h','TimeoutSeconds':'{% $v %}','End':true",
    "'Type':'Task','Resource':'handler:h','HeartbeatSeconds':'{% $v %}','End':true",
    "'Type':'Task','Resource':'handler:h','Credentials':{'RoleArn':'{% $v %}'},'End':"
    "true",
    "'Type':'Task','Resource':'handler:h','End':true,'Catch':[{'ErrorEquals':['E'],"
    "'Output':'{% $v %}','Next':'A'}]",
    "'Type':'Wait','Seconds':'{% $v %}','End':true",
    "'Type':'Wait','Timestamp':'{% $v.t %}','End':true",
    "'Type':'Fail','Error':'{% $v %}'",
    "'Type':'Fail','Cause':'{% $string($v) %}'",
    "'Type':'Succeed','Output':'{% $map([1], function($x){ $x + $v }) %}'",
    "'Type':'Choice','Choices':[{'Condition':'{% $v > 1 %}','Next':'A'}],'Default':'A'",
    "'Type':'Choice','Choices':[{'Condition':true,'Output':'{% $v %}','Next':'A'}]",
    "'Type':'Map','Items':['{% $v %}'],'ItemProcessor':{'StartAt':'I','States':{'I':{"
    "'Type':'Succeed'}}},'End':true",
    "'Type':'Map','MaxConcurrency':'{% $v %}','ItemProcessor':{'StartAt':'I','States':{"
    "'I':{'Type':'Succeed'}}},'End':true",
    "'Type':'Parallel','Arguments':'{% $v %}','Branches':[{'StartAt':'I','States':{'I':{"
    "'Type':'Succeed'}}}],'End':true",
};

/* A Fail to end in, for states that go back to themselves. */
#define WITH_END(head) head "'StartAt':'A','States':{'A':{%s},'Z':{'Type':'Fail'}}}"

static void expect_v(const char *format, const char *fields)
{
    char text[1000];
    snprintf(text, sizeof text, format, fields);
    expect(text, "{\"A\":[\"v\"]}");
}

START_TEST(every_field_that_may_read_one_counts)
{
    for (size_t i = 0; i < sizeof jsonpath_fields / sizeof *jsonpath_fields; i++)
        expect_v(WITH_END("{"), jsonpath_fields[i]);
    for (size_t i = 0; i < sizeof jsonata_fields / sizeof *jsonata_fields; i++)
        expect_v(WITH_END("{'QueryLanguage':'JSONata',"), jsonata_fields[i]);
}
END_TEST

START_TEST(inner_states_stand_beside_the_outer_ones)
{
    expect("{'StartAt':'P','States':{'P':{'Type':'Parallel','InputPath':'$x','End':true,"
           "'Branches':[{'StartAt':'I','States':{'I':{'Type':'Pass','QueryLanguage':"
           "'JSONata','Output':'{% $y %}','End':true}}}]}}}",
           "{\"I\":[\"y\"],\"P\":[\"x\"]}");
}
END_TEST

START_TEST(out_of_memory_leaks_nothing)
{
    asl_machine *machine =
        load(JSONATA("'Type':'Pass','Output':'{% [$a, $b] %}','End':true"));
    bool struck = true;
    for (unsigned long n = 1; struck; n++) {
        json_t *references = NULL;
        fault_alloc_arm(n);
        int code = asl_machine_variable_references(machine, &references, NULL);
        struck = fault_alloc_disarm();
        ck_assert_int_eq(code, struck ? ASL_ENOMEM : 0);
        ck_assert(struck == (references == NULL));
        json_decref(references);
    }
    asl_machine_unref(machine);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("variable_names");
    TCase *tc = tcase_create("variable_names");
    tcase_add_test(tc, without_variables_it_is_null);
    tcase_add_test(tc, names_are_sorted_and_once_each);
    tcase_add_test(tc, what_is_assigned_is_not_read);
    tcase_add_test(tc, what_an_expression_binds_itself_is_not_read);
    tcase_add_test(tc, every_field_that_may_read_one_counts);
    tcase_add_test(tc, inner_states_stand_beside_the_outer_ones);
    tcase_add_test(tc, out_of_memory_leaks_nothing);
    suite_add_tcase(suite, tc);
    return suite;
}
