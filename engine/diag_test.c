/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics: kept whole, in the order of the text.
 */
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/diag.h"

static asl_diagnostics *list;

static void setup(void)
{
    list = asli_diags_new();
    ck_assert_ptr_nonnull(list);
}

static void teardown(void)
{
    asl_diagnostics_free(list);
}

static void add(enum asl_severity severity, const char *location)
{
    ck_assert_int_eq(asli_diag(list, severity, "CODE", location, "about %s", location),
                     0);
}

START_TEST(an_empty_list_has_no_items)
{
    ck_assert_uint_eq(asl_diagnostics_count(list), 0);
    ck_assert_ptr_null(asl_diagnostics_get(list, 0));
    ck_assert_uint_eq(asl_diagnostics_count(NULL), 0);
    asl_diagnostics_free(NULL);
}
END_TEST

START_TEST(an_item_owns_its_texts)
{
    char code[] = "CODE", where[] = "/a";
    ck_assert_int_eq(asli_diag(list, ASL_ERROR, code, where, "%s %d", "n", 7), 0);
    memset(code, 'x', 4);
    memset(where, 'x', 2);
    const asl_diagnostic *d = asl_diagnostics_get(list, 0);
    ck_assert_str_eq(d->code, "CODE");
    ck_assert_str_eq(d->location, "/a");
    ck_assert_str_eq(d->message, "n 7");
    ck_assert_int_eq(d->line, 0);
}
END_TEST

START_TEST(only_errors_are_counted_as_errors)
{
    add(ASL_WARNING, "/a");
    add(ASL_ERROR, "/b");
    ck_assert_uint_eq(asl_diagnostics_count(list), 2);
    ck_assert_uint_eq(list->errors, 1);
}
END_TEST

START_TEST(locating_sorts_by_the_place_in_the_text)
{
    static const char text[] = "{\"a\": 1,\n  \"b\": {\"c\": 2}, \"d\": 3}";
    add(ASL_ERROR, "/d");
    add(ASL_ERROR, "/b/c");
    add(ASL_WARNING, "/a");
    asli_diags_locate(list, text, strlen(text));
    const asl_diagnostic *d = asl_diagnostics_get(list, 0);
    ck_assert_str_eq(d->location, "/a");
    ck_assert_int_eq(d->line, 1);
    ck_assert_int_eq(d->column, 2);
    d = asl_diagnostics_get(list, 1);
    ck_assert_str_eq(d->location, "/b/c");
    ck_assert_int_eq(d->line, 2);
    ck_assert_str_eq(asl_diagnostics_get(list, 2)->location, "/d");
}
END_TEST

START_TEST(equal_places_keep_their_order)
{
    add(ASL_ERROR, "/a");
    ck_assert_int_eq(asli_diag(list, ASL_ERROR, "SECOND", "/a", "x"), 0);
    asli_diags_locate(list, "{\"a\": 1}", 8);
    ck_assert_str_eq(asl_diagnostics_get(list, 1)->code, "SECOND");
}
END_TEST

START_TEST(what_has_no_place_comes_last)
{
    add(ASL_ERROR, "");
    add(ASL_ERROR, "/a");
    asli_diags_locate(list, "{\"a\": 1}", 8);
    ck_assert_str_eq(asl_diagnostics_get(list, 0)->location, "/a");
    ck_assert_int_eq(asl_diagnostics_get(list, 1)->line, 0);
}
END_TEST

START_TEST(thousands_of_diagnostics_are_all_kept)
{
    for (int i = 0; i < 5000; i++)
        add(ASL_ERROR, "/a");
    asli_diags_locate(list, "{\"a\": 1}", 8);
    ck_assert_uint_eq(asl_diagnostics_count(list), 5000);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("diag");
    TCase *tcase = tcase_create("diag");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, an_empty_list_has_no_items);
    tcase_add_test(tcase, an_item_owns_its_texts);
    tcase_add_test(tcase, only_errors_are_counted_as_errors);
    tcase_add_test(tcase, locating_sorts_by_the_place_in_the_text);
    tcase_add_test(tcase, equal_places_keep_their_order);
    tcase_add_test(tcase, what_has_no_place_comes_last);
    tcase_add_test(tcase, thousands_of_diagnostics_are_all_kept);
    suite_add_tcase(suite, tcase);
    return suite;
}
