/* SPDX-License-Identifier: Apache-2.0
 *
 * Payload templates: what is computed, what is shared, what fails and what is refused.
 */
#include "engine/query/template.h"
#include "engine/query/query_test.h"

#define CONTEXT "{\"State\":{\"Name\":\"P\"}}"

static struct asli_template *compile(json_t *value, struct problems *problems)
{
    struct asli_template *t = NULL;
    *problems = (struct problems){0};
    struct asli_compiling who = {.problem = collect, .arg = problems};
    ck_assert_int_eq(asli_template_compile(value, &who, &t, NULL), 0);
    return t;
}

/* The JSON text of the result, or "Error: cause". To be freed. */
static char *run(const char *template_text, const char *input_text)
{
    struct problems problems;
    struct asli_failure failure = {0};
    ASLI_AUTO(json) json_t *value = value_of(template_text), *result = NULL;
    ASLI_AUTO(json) json_t *input = value_of(input_text), *context = value_of(CONTEXT);
    struct asli_env env = env_of(input, context);
    struct asli_template *t = compile(value, &problems);
    ck_assert_str_eq(problems.text, "");
    int err = asli_template_eval(t, &env, &result, &failure, NULL);
    asli_template_free(t);
    if (!err)
        return text_of(result);
    ck_assert_int_eq(err, ASLI_FAILED);
    char *text = asli_printf("%s: %s", failure.error, failure.cause);
    asli_failure_done(&failure);
    return text;
}

static void gives(const char *template, const char *input, const char *expected)
{
    ASLI_AUTO(text) char *text = run(template, input);
    ck_assert_str_eq(text, expected);
}

START_TEST(computes_keys_ending_in_dollar)
{
    gives("{\"a.$\":\"$.x\",\"b\":{\"c.$\":\"$$.State.Name\"},\"d.$\":\"States.Array($.x)"
          "\"}",
          "{\"x\":[1]}", "{\"a\":[1],\"b\":{\"c\":\"P\"},\"d\":[[1]]}");
}
END_TEST

START_TEST(objects_in_arrays_are_computed_and_strings_are_not)
{
    gives("[[{\"v.$\":\"$.x\"}],\"$.x\",\"States.Array()\"]", "{\"x\":1}",
          "[[{\"v\":1}],\"$.x\",\"States.Array()\"]");
}
END_TEST

START_TEST(key_order_is_kept_and_the_later_of_two_wins)
{
    gives("{\"z\":1,\"a.$\":\"$\",\"m\":2,\"z.$\":\"$\"}", "3",
          "{\"z\":3,\"a\":3,\"m\":2}");
}
END_TEST

START_TEST(literals_are_shared_with_the_result)
{
    struct problems problems;
    ASLI_AUTO(json) json_t *input = value_of("1"), *result = NULL, *whole = NULL;
    ASLI_AUTO(json) json_t *value = value_of("{\"l\":{\"a\":[1]},\"c\":{\"v.$\":\"$\"}}");
    json_t *literal = json_object_get(value, "l");
    struct asli_env env = env_of(input, NULL);
    struct asli_template *t = compile(value, &problems);
    ck_assert_int_eq(asli_template_eval(t, &env, &result, NULL, NULL), 0);
    ck_assert_ptr_eq(json_object_get(result, "l"), literal);
    asli_template_free(t);
    t = compile(literal, &problems);
    ck_assert_int_eq(asli_template_eval(t, &env, &whole, NULL, NULL), 0);
    ck_assert_ptr_eq(whole, literal);
    asli_template_free(t);
}
END_TEST

START_TEST(index_past_the_end_is_null)
{
    gives("{\"v.$\":\"$.l[5]\"}", "{\"l\":[1,2]}", "{\"v\":null}");
}
END_TEST

START_TEST(a_miss_names_path_field_and_input)
{
    gives(
        "{\"o\":{\"v.$\":\"$.no\"}}", "{\"x\": 1}",
        "States.Runtime: The JSONPath '$.no' specified for the field 'v.$' could not be "
        "found in the input '{\"x\":1}'");
    gives(
        "{\"v.$\":\"$$.No\"}", "{\"x\": 1}",
        "States.Runtime: The JSONPath '$$.No' specified for the field 'v.$' could not be "
        "found in the input '{\"State\":{\"Name\":\"P\"}}'");
}
END_TEST

START_TEST(a_failing_call_says_its_own_sentence)
{
    gives(
        "{\"v.$\":\"States.Array($.no)\"}", "{}",
        "States.Runtime: The function 'States.Array($.no)' had the following error: The "
        "JsonPath argument for the field '$.no' could not be found in the input '{}'");
}
END_TEST

START_TEST(each_bad_value_is_reported_once)
{
    struct problems problems;
    ASLI_AUTO(json)
    json_t *value = value_of("{\"a.$\":\"x\",\"b.$\":1,\"c\":[{\"d.$\":\"States.No()\"}],"
                             "\"ok.$\":\"$.x\"}");
    ck_assert_ptr_null(compile(value, &problems));
    ck_assert_str_eq(problems.text, "SCHEMA_VALIDATION_FAILED: The value for the field "
                                    "'a.$' must be a valid JSONPath or "
                                    "a valid intrinsic function call at /a.$\n"
                                    "SCHEMA_VALIDATION_FAILED: The value for the field "
                                    "'b.$' must be a valid JSONPath or "
                                    "a valid intrinsic function call at /b.$\n"
                                    "SCHEMA_VALIDATION_FAILED: The value for the field "
                                    "'d.$' must be a valid JSONPath or "
                                    "a valid intrinsic function call at /c/0/d.$");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("template");
    TCase *tc = tcase_create("template");
    tcase_add_test(tc, computes_keys_ending_in_dollar);
    tcase_add_test(tc, objects_in_arrays_are_computed_and_strings_are_not);
    tcase_add_test(tc, key_order_is_kept_and_the_later_of_two_wins);
    tcase_add_test(tc, literals_are_shared_with_the_result);
    tcase_add_test(tc, index_past_the_end_is_null);
    tcase_add_test(tc, a_miss_names_path_field_and_input);
    tcase_add_test(tc, a_failing_call_says_its_own_sentence);
    tcase_add_test(tc, each_bad_value_is_reported_once);
    suite_add_tcase(suite, tc);
    return suite;
}
