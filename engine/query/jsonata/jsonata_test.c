/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of JSONata: kinds of results, errors, bindings, functions of the host, bounds.
 * What the language does is the suite's business (conformance/jsonata_suite.c).
 */
#include "conformance/kit/unit.h"

#include <asl/jsonata.h>
#include <locale.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"

static asl_jsonata_error error;

static asl_jsonata *compiled(const char *text, const asl_jsonata_options *options)
{
    asl_jsonata *expr = NULL;
    int rc = asl_jsonata_compile(text, (size_t)-1, options, &expr, &error);
    ck_assert_msg(rc == 0, "%s: %s", text, rc ? error.message : "");
    return expr;
}

/* The result of an evaluation as JSON text, "undefined", "function", or the code of its error. */
static char *outcome(const char *text, const asl_jsonata_options *options,
                     const asl_jsonata_input *input)
{
    asl_jsonata *expr = compiled(text, options);
    asl_jsonata_result result;
    char *got = NULL;
    if (asl_jsonata_eval(expr, input, &result, &error) != 0)
        got = asli_strdup(error.code);
    else if (result.kind != ASL_JSONATA_VALUE)
        got =
            asli_strdup(result.kind == ASL_JSONATA_UNDEFINED ? "undefined" : "function");
    else {
        ck_assert_int_eq(asli_json_text(result.value, &got, NULL, NULL), 0);
        json_decref(result.value);
    }
    asl_jsonata_free(expr);
    return got;
}

static void is(const char *text, const asl_jsonata_input *input, const char *expected)
{
    char *got = outcome(text, NULL, input);
    ck_assert_str_eq(got, expected);
    asli_free(got);
}

START_TEST(results_are_values_nothing_or_functions)
{
    is("1 + 1", NULL, "2");
    is("null", NULL, "null");
    is("nothing", NULL, "undefined");
    is("$sum", NULL, "function");
    is("[$sum]", NULL, "[\"\"]");
    is("0.1 + 0.2", NULL, "0.30000000000000004");
}
END_TEST

START_TEST(numbers_do_not_depend_on_the_locale)
{
    /* Where no such locale is installed this shows nothing, and does no harm. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    is("1.5", NULL, "1.5");
    is("0.30000000000000004", NULL, "0.30000000000000004");
    is("$number('1.5') + $number('-2.5e-1')", NULL, "1.25");
    is("$string(1234.5)", NULL, "\"1234.5\"");
    is("$formatNumber(1234.5, '#,##0.00')", NULL, "\"1,234.50\"");
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(a_number_ends_where_its_token_does)
{
    asl_jsonata *expr;
    ck_assert_int_eq(asl_jsonata_compile("12.e3", (size_t)-1, NULL, &expr, &error),
                     ASL_EINVAL);
    ck_assert_str_eq(error.code, "S0213");
    ck_assert_str_eq(error.value, "12");
}
END_TEST

START_TEST(parts_of_the_input_are_shared_and_exact)
{
    json_t *doc = json_pack("{s:{s:I}}", "a", "n", (json_int_t)9007199254740993);
    asl_jsonata *expr = compiled("a", NULL);
    asl_jsonata_input input = {.size = sizeof input, .value = doc};
    asl_jsonata_result result;
    ck_assert_int_eq(asl_jsonata_eval(expr, &input, &result, &error), 0);
    ck_assert_ptr_eq(result.value, json_object_get(doc, "a"));
    json_decref(result.value);
    asl_jsonata_free(expr);
    is("a.n", &input, "9007199254740993");
    json_decref(doc);
}
END_TEST

START_TEST(a_syntax_error_has_code_token_and_place)
{
    asl_jsonata *expr;
    ck_assert_int_eq(asl_jsonata_compile("[1,\n 2}", (size_t)-1, NULL, &expr, &error),
                     ASL_EINVAL);
    ck_assert_int_eq(error.kind, ASL_JSONATA_SYNTAX);
    ck_assert_str_eq(error.code, "S0202");
    ck_assert_str_eq(error.token, "}");
    ck_assert_str_eq(error.message, "Expected \"]\", got \"}\"");
    ck_assert_int_eq(error.line, 2);
    ck_assert_uint_eq(error.position, 7);
}
END_TEST

START_TEST(a_text_that_is_not_utf_8_is_refused)
{
    asl_jsonata *expr;
    ck_assert_int_eq(asl_jsonata_compile("'\xff'", (size_t)-1, NULL, &expr, &error),
                     ASL_EINVAL);
    ck_assert_str_eq(error.message, "The expression is not valid UTF-8");
}
END_TEST

START_TEST(halves_of_characters_do_no_harm)
{
    static const char *const uses[] = {"'%s'",
                                       "$uppercase('\u00e9%s') & $pad('a', 5, '%s')",
                                       "$formatNumber(1, '%s0')",
                                       "$formatInteger(1, '%s')",
                                       "$parseInteger('%s', 'w')",
                                       "$fromMillis(1, '%s[Y]')",
                                       "$toMillis('%s', '[Y]%s')",
                                       "$base64encode('%s') & $base64decode('%s')",
                                       "$match('a%sb', /./)",
                                       "$split('a%sb', '') ~> $join('%s')",
                                       "$substring('%s%s', 1) & $string(['%s'])",
                                       "$decodeUrl('%s') & $eval('%s')",
                                       "$encodeUrl('%s')"};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        char text[400];
        snprintf(text, sizeof text, uses[i], "\\ud800", "\\ud800", "\\ud800");
        asli_free(outcome(text, NULL, NULL));
    }
}
END_TEST

START_TEST(an_evaluation_error_has_its_value)
{
    is("$number('x')", NULL, "D3030");
    ck_assert_int_eq(error.kind, ASL_JSONATA_EVALUATION);
    ck_assert_str_eq(error.token, "number");
    ck_assert_str_eq(error.value, "\"x\"");
    ck_assert_str_eq(error.message, "Unable to cast value to a number: \"x\"");
    is("$error('mine')", NULL, "D3137");
    ck_assert_str_eq(error.message, "mine");
}
END_TEST

/* ------------------------------------------------------------------ variables */

static const json_t *lazy(void *arg, const char *name, size_t len)
{
    const json_t *value = json_object_getn(arg, name, len);
    json_t *count = json_object_get(arg, "asked");
    json_integer_set(count, json_integer_value(count) + 1);
    return value;
}

START_TEST(variables_are_bound_or_asked_for_once)
{
    json_t *own = json_pack("{s:i,s:i}", "asked", 0, "later", 7), *one = json_integer(1);
    asl_jsonata_binding bindings[] = {{"now", one}, {"none", NULL}};
    asl_jsonata_input input = {.size = sizeof input,
                               .bindings = bindings,
                               .binding_count = 2,
                               .variable = lazy,
                               .arg = own};
    is("[$now, $exists($none), $later, $later, $sum([1])]", &input, "[1,false,7,7,1]");
    /* exists, later and sum */
    ck_assert_int_eq(json_integer_value(json_object_get(own, "asked")), 3);
    json_decref(own);
    json_decref(one);
}
END_TEST

START_TEST(time_comes_with_the_input)
{
    asl_jsonata_input input = {.size = sizeof input, .now = 1500000000000};
    is("$millis()", &input, "1500000000000");
    is("$now()", &input, "\"2017-07-14T02:40:00.000Z\"");
    is("$random() = $random()", &input, "false");
}
END_TEST

/* ------------------------------------------------------------------ functions of the host */

static int twice(asl_jsonata_call *call, void *arg)
{
    if (asl_jsonata_arg_count(call) == 0)
        return 0;
    double value = json_number_value(asl_jsonata_arg(call, 0));
    return value < 0 ? asl_jsonata_fail(call, "X0001", "no negative numbers")
                     : asl_jsonata_return(call, json_real(value * 2));
}

START_TEST(functions_of_the_host_are_called_checked_and_may_fail)
{
    const asl_jsonata_function functions[] = {{"twice", "<n:n>", twice, NULL},
                                              {"any", NULL, twice, NULL}};
    asl_jsonata_options options = {
        .size = sizeof options, .functions = functions, .function_count = 2};
    static const char *const cases[][2] = {{"$twice(4)", "8"},
                                           {"$map([1,2], $any)", "[2,4]"},
                                           {"$any()", "undefined"},
                                           {"$twice('x')", "T0410"},
                                           {"$twice(-1)", "X0001"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = outcome(cases[i][0], &options, NULL);
        ck_assert_str_eq(got, cases[i][1]);
        asli_free(got);
    }
    ck_assert_str_eq(error.message, "no negative numbers");
}
END_TEST

START_TEST(the_dialect_of_aws_has_no_eval_and_names_what_is_not_finite)
{
    asl_jsonata_options options = {.size = sizeof options, .flags = ASL_JSONATA_AWS};
    static const char *const cases[][2] = {
        {"$eval('1')", "T1006"},
        {"[1/0, -1/0, 0/0]", "[\"Infinity\",\"-Infinity\",\"NaN\"]"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *got = outcome(cases[i][0], &options, NULL);
        ck_assert_str_eq(got, cases[i][1]);
        asli_free(got);
    }
    is("1/0", NULL, "D1001");
}
END_TEST

/* ------------------------------------------------------------------ bounds */

START_TEST(depth_steps_memory_and_stack_are_bounded)
{
    static const char forever[] = "($f := function($n) { 1 + $f($n + 1) }; $f(0))";
    asl_jsonata_input input = {.size = sizeof input};
    is(forever, &input, "U1001");
    ck_assert_int_eq(error.kind, ASL_JSONATA_LIMIT);
    input.depth = 1000000;
    is(forever, &input, "U1001"); /* the C stack */
    input = (asl_jsonata_input){.size = sizeof input, .steps = 10000};
    is("($f := function($n) { $f($n + 1) }; $f(0))", &input, "U1001");
    ck_assert_ptr_nonnull(strstr(error.message, "timeout"));
    input = (asl_jsonata_input){.size = sizeof input, .memory = 1 << 20};
    is("$map([1..1000000], function($x) { $x })", &input, "U1001");
    is("($f := function($s, $n) { $n = 0 ? $s : $f($s & $s, $n - 1) }; $f('abc', 60))",
       &input, "U1001");
    is("[1..10000001]", NULL, "D2014");
}
END_TEST

START_TEST(results_and_comparisons_of_shared_parts_are_bounded)
{
    asl_jsonata_input input = {.size = sizeof input, .memory = 4 << 20, .steps = 100000};
    is("$reduce([1..60], function($a, $b) { {'l': $a, 'r': $a} })", &input, "U1001");
    is("[1..1000000]", &input, "U1001");
    is("$count([1..1000000])", &input, "1000000");
    is("($f := function($s) { $reduce([1..60], function($a, $b) { [$a, $a] }, [$s]) };"
       " $f(1) = $f(1))",
       &input, "U1001");
    is("$count($distinct([1..20000]))", &input, "20000");
}
END_TEST

START_TEST(values_that_are_nested_deeply_do_not_overflow_the_stack)
{
    static const char deep[] = "$reduce([1..20000], function($a, $v) { [[$a]] })";
    static const char *const uses[] = {
        "%s",         "$string(%s)",        "%s = %s", "**[0]", "$boolean(%s)",
        "$clone(%s)", "$distinct([%s, %s])"};
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        char text[400];
        snprintf(text, sizeof text, uses[i], deep, deep);
        char *got = outcome(text, NULL, NULL);
        asli_free(got);
    }
}
END_TEST

/* With `more`, arguments that do not fit; by trying all ways it would take years. */
static void many_parameters(int arguments, const char *more, const char *expected)
{
    struct asli_bytes b = {0};
    asli_bytes_adds(&b, "function($a)<");
    for (int i = 0; i < 14; i++)
        asli_bytes_adds(&b, "n+");
    asli_bytes_adds(&b, ":n>{$a}(1");
    for (int i = 1; i < arguments; i++)
        asli_bytes_adds(&b, ",1");
    asli_bytes_adds(&b, more);
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&b);
    is(text, NULL, expected);
}

START_TEST(arguments_are_matched_without_trying_all_ways)
{
    many_parameters(40, ")", "1");
    many_parameters(40, ",'x')", "T0410");
    many_parameters(13, ")", "T0410");
    many_parameters(20000, ",'x')", "T0410");
}
END_TEST

/* Counting them anew at each would take hours. */
START_TEST(millions_of_backslashes_in_a_regular_expression)
{
    size_t len = 4000000;
    asl_jsonata *expr;
    ASLI_AUTO(text) char *text = asli_alloc(len + 1);
    memset(text, '\\', len);
    text[0] = '/';
    ck_assert_int_eq(asl_jsonata_compile(text, len, NULL, &expr, &error), ASL_EINVAL);
    ck_assert_str_eq(error.code, "S0302");
}
END_TEST

START_TEST(a_nul_in_a_signature_is_no_parameter)
{
    static const char text[] = "function($a)<\0n>{$a}(5)";
    asl_jsonata *expr = NULL;
    asl_jsonata_result result;
    ck_assert_int_eq(asl_jsonata_compile(text, sizeof text - 1, NULL, &expr, &error), 0);
    ck_assert_int_eq(asl_jsonata_eval(expr, NULL, &result, &error), 0);
    ck_assert_int_eq(json_integer_value(result.value), 5);
    json_decref(result.value);
    asl_jsonata_free(expr);
}
END_TEST

START_TEST(texts_that_are_nested_deeply_are_refused)
{
    static const char *const parts[] = {"(", "[", "-", "{'a':", "1+", "a.", "f("};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t len = strlen(parts[i]), count = 200000;
        char *text = asli_alloc(len * count + 1);
        asl_jsonata *expr = NULL;
        for (size_t k = 0; k < count; k++)
            memcpy(text + k * len, parts[i], len);
        ck_assert_int_ne(asl_jsonata_compile(text, len * count, NULL, &expr, &error), 0);
        asli_free(text);
    }
}
END_TEST

START_TEST(accumulators_grow_in_linear_memory)
{
    asl_jsonata_input input = {.size = sizeof input, .memory = 64 << 20};
    is("$length($reduce([1..50000], function($a, $v) { $a & 'xy' }, ''))", &input,
       "100000");
    is("$count($reduce([1..50000], function($a, $v) { $append($a, $v) }, []))", &input,
       "50000");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("jsonata");
    TCase *t = tcase_create("jsonata");
    suite_add_tcase(s, t);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, results_are_values_nothing_or_functions);
    tcase_add_test(t, numbers_do_not_depend_on_the_locale);
    tcase_add_test(t, a_number_ends_where_its_token_does);
    tcase_add_test(t, parts_of_the_input_are_shared_and_exact);
    tcase_add_test(t, a_syntax_error_has_code_token_and_place);
    tcase_add_test(t, a_text_that_is_not_utf_8_is_refused);
    tcase_add_test(t, halves_of_characters_do_no_harm);
    tcase_add_test(t, an_evaluation_error_has_its_value);
    tcase_add_test(t, variables_are_bound_or_asked_for_once);
    tcase_add_test(t, time_comes_with_the_input);
    tcase_add_test(t, functions_of_the_host_are_called_checked_and_may_fail);
    tcase_add_test(t, the_dialect_of_aws_has_no_eval_and_names_what_is_not_finite);
    tcase_add_test(t, depth_steps_memory_and_stack_are_bounded);
    tcase_add_test(t, results_and_comparisons_of_shared_parts_are_bounded);
    tcase_add_test(t, values_that_are_nested_deeply_do_not_overflow_the_stack);
    tcase_add_test(t, arguments_are_matched_without_trying_all_ways);
    tcase_add_test(t, millions_of_backslashes_in_a_regular_expression);
    tcase_add_test(t, a_nul_in_a_signature_is_no_parameter);
    tcase_add_test(t, texts_that_are_nested_deeply_are_refused);
    tcase_add_test(t, accumulators_grow_in_linear_memory);
    return s;
}
