/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions in JSON with substitutions: what becomes of the text, and the way back of places.
 */
#include <string.h>

#include <asl/definition.h>

#include "conformance/kit/unit.h"

static const asl_substitution list[] = {
    {"T", "60"}, {"Fn", "arn:aws:x"}, {"Quote", "a\"b\nc"}, {"T", "never"}};

static asl_definition *made(const char *text)
{
    asl_definition *definition = NULL;
    asl_error error = {0};
    int rc = asl_definition_read(text, (size_t)-1, ASL_DEFINITION_JSON, list, 4,
                                 &definition, &error);
    ck_assert_msg(rc == 0, "%s", error.text);
    return definition;
}

static void becomes(const char *text, const char *wanted)
{
    asl_definition *definition = made(text);
    size_t len;
    ck_assert_str_eq(asl_definition_text(definition, &len), wanted);
    ck_assert_uint_eq(len, strlen(wanted));
    asl_definition_free(definition);
}

START_TEST(a_value_goes_into_a_string_escaped)
{
    becomes("{\"a\": \"${Fn}:x\"}", "{\"a\": \"arn:aws:x:x\"}");
    becomes("{\"${Quote}\": 1}", "{\"a\\\"b\\nc\": 1}");
}
END_TEST

START_TEST(a_value_may_be_a_number)
{
    becomes("{\"a\": ${T}, \"b\": \"${T}\"}", "{\"a\": 60, \"b\": \"60\"}");
}
END_TEST

START_TEST(what_has_no_value_stays_and_is_a_string)
{
    becomes("{\"a\": ${X}, \"b\": \"-${X}-\"}", "{\"a\": \"${X}\", \"b\": \"-${X}-\"}");
}
END_TEST

START_TEST(what_is_no_name_stays)
{
    becomes("[\"${}\", \"${a b}\", \"$\", \"${\", \"\\\\\", \"\\\"${T}\"]",
            "[\"${}\", \"${a b}\", \"$\", \"${\", \"\\\\\", \"\\\"60\"]");
    becomes("", "");
}
END_TEST

static void leads(const char *text, int line, int column, int want_column)
{
    asl_definition *definition = made(text);
    int found_line = line;
    asl_definition_origin(definition, &found_line, &column);
    ck_assert_int_eq(found_line, line);
    ck_assert_int_eq(column, want_column);
    asl_definition_free(definition);
}

START_TEST(columns_lead_back_to_the_source)
{
    leads("{\"a\": \"${Fn}\", \"b\": 1}", 1, 2, 2);
    leads("{\"a\": \"${Fn}\", \"b\": 1}", 1, 20, 16); /* "b" */
    leads("{\"a\": \"${Fn}\", \"b\": 1}", 1, 12, 8);  /* within the value */
    leads("{\"a\": \"${Fn}${T}\", \"b\": 1}", 1, 22, 20);
    leads("{\"a\": \"${Fn}\",\n \"b\": 1}", 2, 2, 2);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("definition");
    TCase *tcase = tcase_create("json");
    tcase_add_test(tcase, a_value_goes_into_a_string_escaped);
    tcase_add_test(tcase, a_value_may_be_a_number);
    tcase_add_test(tcase, what_has_no_value_stays_and_is_a_string);
    tcase_add_test(tcase, what_is_no_name_stays);
    tcase_add_test(tcase, columns_lead_back_to_the_source);
    suite_add_tcase(suite, tcase);
    return suite;
}
