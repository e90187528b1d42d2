/* SPDX-License-Identifier: Apache-2.0
 *
 * Choice rules: what each family of operators matches, how paths fail, what is refused.
 */
#include "engine/query/choice.h"
#include "engine/query/query_test.h"

#define CONTEXT "{\"State\":{\"Name\":\"C\"}}"

/* "true", "false" or "Error: cause". To be freed. */
static char *run(const char *rule_text, const char *input_text)
{
    struct problems problems = {0};
    struct asli_failure failure = {0};
    struct asli_rule *rule = NULL;
    ASLI_AUTO(json) json_t *value = value_of(rule_text), *input = value_of(input_text);
    ASLI_AUTO(json) json_t *context = value_of(CONTEXT);
    struct asli_env env = env_of(input, context);
    bool match;
    struct asli_compiling who = {.problem = collect, .arg = &problems};
    ck_assert_int_eq(asli_rule_compile(value, &who, &rule, NULL), 0);
    ck_assert_str_eq(problems.text, "");
    int err = asli_rule_eval(rule, &env, &match, &failure, NULL);
    asli_rule_free(rule);
    if (!err)
        return asli_strdup(match ? "true" : "false");
    ck_assert_int_eq(err, ASLI_FAILED);
    char *text = asli_printf("%s: %s", failure.error, failure.cause);
    asli_failure_done(&failure);
    return text;
}

static void gives(const char *rule, const char *input, const char *expected)
{
    ASLI_AUTO(text) char *text = run(rule, input);
    ck_assert_msg(!strcmp(text, expected), "%s on %s: %s", rule, input, text);
}

/* One operator, tested on the input $.v with operand `right`. */
static void test(const char *left, const char *op, const char *right, bool expected)
{
    ASLI_AUTO(text)
    char *rule =
        asli_printf("{\"Variable\":\"$.v\",\"%s\":%s,\"Next\":\"N\"}", op, right);
    ASLI_AUTO(text) char *input = asli_printf("{\"v\":%s}", left);
    gives(rule, input, expected ? "true" : "false");
    if (!strncmp(op, "Is", 2) || !strcmp(op, "StringMatches"))
        return;
    ASLI_AUTO(text)
    char *path_rule = asli_printf("{\"Variable\":\"$.v\",\"%sPath\":\"$.w\"}", op);
    ASLI_AUTO(text) char *path_input = asli_printf("{\"v\":%s,\"w\":%s}", left, right);
    gives(path_rule, path_input, expected ? "true" : "false");
}

static void problem(const char *rule_text, const char *expected)
{
    struct problems problems = {0};
    struct asli_rule *rule = NULL;
    ASLI_AUTO(json) json_t *value = value_of(rule_text);
    struct asli_compiling who = {.problem = collect, .arg = &problems};
    ck_assert_int_eq(asli_rule_compile(value, &who, &rule, NULL), 0);
    ck_assert_ptr_null(rule);
    ck_assert_str_eq(problems.text, expected);
}

START_TEST(strings_compare_by_utf16_units)
{
    test("\"A\"", "StringEquals", "\"A\"", true);
    test("\"A \"", "StringGreaterThan", "\"A\"", true);
    test("\"A\"", "StringLessThan", "\"AB\"", true);
    test("\"\"", "StringLessThan", "\"\"", false);
    test("\"a\"", "StringGreaterThanEquals", "\"a\"", true);
    test("\"b\"", "StringLessThanEquals", "\"a\"", false);
    test("\"\\ud83d\\ude00\"", "StringLessThan", "\"\\uffee\"", true);
    test("\"\\ud83d\\ude00\"", "StringGreaterThan", "\"\\ud7ff\"", true);
    test("1", "StringEquals", "\"1\"", false);
    test("null", "StringEquals", "\"\"", false);
}
END_TEST

START_TEST(numbers_compare_by_value)
{
    test("0", "NumericEquals", "0.0", true);
    test("1.1", "NumericGreaterThan", "1", true);
    test("1", "NumericLessThanEquals", "1.0", true);
    test("9007199254740993", "NumericEquals", "9007199254740992", false);
    test("\"1\"", "NumericEquals", "1", false);
    test("true", "NumericEquals", "1", false);
}
END_TEST

START_TEST(booleans_equal_only_booleans)
{
    test("true", "BooleanEquals", "true", true);
    test("false", "BooleanEquals", "true", false);
    test("1", "BooleanEquals", "true", false);
    test("null", "BooleanEquals", "false", false);
}
END_TEST

START_TEST(timestamps_compare_as_instants)
{
    const char *t = "\"2012-10-09T19:00:55Z\"";
    test("\"2012-10-09T20:00:55+01:00\"", "TimestampEquals", t, true);
    test("\"2012-10-09T19:00:55.5Z\"", "TimestampGreaterThan", t, true);
    test("\"2012-10-09T19:00:54Z\"", "TimestampLessThanEquals", t, true);
    test("\"2012-10-09 19:00:55\"", "TimestampEquals", t, false);
    test("\"\"", "TimestampLessThan", t, false);
    test("5", "TimestampEquals", t, false);
    gives("{\"Variable\":\"$.v\",\"TimestampLessThanPath\":\"$.w\"}",
          "{\"v\":\"2012-10-09T19:00:55Z\",\"w\":\"tomorrow\"}", "false");
}
END_TEST

START_TEST(patterns_know_the_star_and_two_escapes)
{
    test("\"foo23.log\"", "StringMatches", "\"foo*.log\"", true);
    test("\"foobar.zebra\"", "StringMatches", "\"foo*.*\"", true);
    test("\"abcabd\"", "StringMatches", "\"*abd\"", true);
    test("\"\"", "StringMatches", "\"*\"", true);
    test("\"\"", "StringMatches", "\"\"", true);
    test("\"a\"", "StringMatches", "\"\"", false);
    test("\"abc\"", "StringMatches", "\"a*b\"", false);
    test("\"a*b\"", "StringMatches", "\"a\\\\*b\"", true);
    test("\"axb\"", "StringMatches", "\"a\\\\*b\"", false);
    test("\"a\\\\b\"", "StringMatches", "\"a\\\\\\\\*\"", true);
    test("\"a?b\"", "StringMatches", "\"a?b\"", true);
    test("\"axb\"", "StringMatches", "\"a?b\"", false);
    test("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"", "StringMatches",
         "\"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*c\"", false);
    test("1", "StringMatches", "\"*\"", false);
}
END_TEST

START_TEST(types_are_wanted_or_unwanted)
{
    test("null", "IsNull", "true", true);
    test("\"\"", "IsNull", "false", true);
    test("null", "IsPresent", "true", true);
    test("0.5", "IsNumeric", "true", true);
    test("\"0\"", "IsNumeric", "true", false);
    test("\"\"", "IsString", "true", true);
    test("[]", "IsString", "false", true);
    test("false", "IsBoolean", "true", true);
    test("\"2012-10-09T19:00:55Z\"", "IsTimestamp", "true", true);
    test("\"2012-10-09T19:00:55\"", "IsTimestamp", "true", false);
    gives("{\"Variable\":\"$.no\",\"IsPresent\":true}", "{}", "false");
    gives("{\"Variable\":\"$.no[3].x\",\"IsPresent\":false}", "{\"no\":[]}", "true");
}
END_TEST

START_TEST(a_missing_path_fails)
{
    const char *cause =
        "States.Runtime: Invalid path '$.foo': The choice state's condition "
        "path references an invalid value.";
    gives("{\"Variable\":\"$.foo\",\"StringEquals\":\"x\"}", "{}", cause);
    gives("{\"Variable\":\"$.foo\",\"IsNull\":true}", "{}", cause);
    gives("{\"Variable\":\"$.v\",\"NumericEqualsPath\":\"$.foo\"}", "{\"v\":1}", cause);
    gives("{\"Not\":{\"Variable\":\"$.foo\",\"StringEquals\":\"x\"}}", "{}", cause);
}
END_TEST

START_TEST(combinations_stop_at_the_first_answer)
{
#define PRESENT "{\"Variable\":\"$.foo\",\"IsPresent\":true}"
#define IS_X "{\"Variable\":\"$.foo\",\"StringEquals\":\"x\"}"
    gives("{\"And\":[" PRESENT "," IS_X "]}", "{}", "false");
    gives("{\"And\":[" PRESENT "," IS_X "]}", "{\"foo\":\"x\"}", "true");
    gives("{\"Or\":[{\"Not\":" PRESENT "}," IS_X "]}", "{}", "true");
    gives("{\"Or\":[{\"Not\":" PRESENT "}," IS_X "]}", "{\"foo\":\"y\"}", "false");
    gives("{\"Not\":{\"And\":[" PRESENT "]},\"Next\":\"N\",\"Comment\":\"c\"}", "{}",
          "true");
}
END_TEST

START_TEST(variables_may_be_the_input_or_the_context)
{
    gives("{\"Variable\":\"$\",\"NumericEquals\":3}", "3", "true");
    gives("{\"Variable\":\"$$.State.Name\",\"StringEquals\":\"C\"}", "{}", "true");
}
END_TEST

#define BAD "SCHEMA_VALIDATION_FAILED: "

START_TEST(unknown_and_second_operators_are_refused)
{
    problem("{\"Variable\":\"$.v\",\"StringEqual\":\"x\",\"Next\":\"N\"}", BAD
            "Field 'StringEqual' is not supported at /StringEqual\n" BAD
            "A choice rule takes exactly one operator, such as 'StringEquals', or 'And', "
            "'Or' or 'Not' at ");
    problem("{\"Variable\":\"$.v\",\"IsNull\":true,\"IsString\":true}",
            BAD "A choice rule takes exactly one operator, and has 'IsNull' already at "
                "/IsString");
    problem("{\"Variable\":\"$.v\",\"Not\":" PRESENT "}",
            BAD "Field 'Variable' is not supported at /Variable");
    problem("{\"StringMatchesPath\":\"$\"}", BAD
            "Field 'StringMatchesPath' is not supported at /StringMatchesPath\n" BAD
            "These fields are required: [Variable] at \n" BAD
            "A choice rule takes exactly one operator, such as 'StringEquals', or 'And', "
            "'Or' or 'Not' at ");
}
END_TEST

START_TEST(wrong_values_are_refused_where_they_stand)
{
    problem(
        "{\"And\":[{\"Variable\":\"v\",\"NumericEquals\":\"1\"},{\"Not\":3},"
        "{\"Or\":[]},{\"Variable\":\"$.a[*]\",\"IsNull\":1,\"Next\":\"N\"}]}",
        BAD
        "Value is not a Reference Path: Reference path didn't start with '$' at "
        "/And/0/Variable\n" BAD
        "Expected value of type [NUMBER] at /And/0/NumericEquals\n" BAD
        "Expected value of type [OBJECT] at /And/1/Not\n" BAD
        "'Or' must hold at least one rule at /And/2/Or\n" BAD
        "Field 'Next' is not supported at /And/3/Next\n" BAD
        "Value is not a Reference Path: only .name, ['name'] and [n] may follow '$' at "
        "/And/3/Variable\n" BAD "Expected value of type [BOOLEAN] at /And/3/IsNull");
    problem("{\"Variable\":\"$.v\",\"TimestampEquals\":\"today\"}",
            BAD "String does not match RFC3339 timestamp at /TimestampEquals");
    problem("[]", BAD "Expected value of type [OBJECT] at ");
}
END_TEST

static int note(void *arg, const char *name, size_t len)
{
    asli_bytes_addf(arg, "%.*s ", (int)len, name);
    return 0;
}

START_TEST(the_variables_it_reads_are_told)
{
    struct asli_bytes names = {0};
    struct asli_compiling who = {.reads = note, .arg = &names};
    struct asli_rule *rule = NULL;
    ASLI_AUTO(json)
    json_t *value = value_of("{\"Not\":{\"Variable\":\"$guess.a[0]\","
                             "\"StringEqualsPath\":\"$answer\"}}");
    ck_assert_int_eq(asli_rule_compile(value, &who, &rule, NULL), 0);
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&names);
    ck_assert_str_eq(text, "guess answer ");
    asli_rule_free(rule);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("choice");
    TCase *tc = tcase_create("choice");
    tcase_add_test(tc, strings_compare_by_utf16_units);
    tcase_add_test(tc, numbers_compare_by_value);
    tcase_add_test(tc, booleans_equal_only_booleans);
    tcase_add_test(tc, timestamps_compare_as_instants);
    tcase_add_test(tc, patterns_know_the_star_and_two_escapes);
    tcase_add_test(tc, types_are_wanted_or_unwanted);
    tcase_add_test(tc, a_missing_path_fails);
    tcase_add_test(tc, combinations_stop_at_the_first_answer);
    tcase_add_test(tc, variables_may_be_the_input_or_the_context);
    tcase_add_test(tc, unknown_and_second_operators_are_refused);
    tcase_add_test(tc, wrong_values_are_refused_where_they_stand);
    tcase_add_test(tc, the_variables_it_reads_are_told);
    suite_add_tcase(suite, tc);
    return suite;
}
