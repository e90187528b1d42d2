/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of asl/error.h's helpers and error.h: texts, cutting, wrapping, replacing.
 */
#include "engine/base/error.h"

#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

START_TEST(codes_have_text_and_name)
{
    ck_assert_str_eq(asl_code_text(ASL_ENOMEM), "out of memory");
    ck_assert_str_eq(asl_code_name(ASL_ENOMEM), "ASL_ENOMEM");
    ck_assert_str_eq(asl_code_name(ASL_OK), "ASL_OK");
    ck_assert_str_eq(asl_code_text(ASL_EINTERNAL), "libasl broke one of its own rules");
}
END_TEST

START_TEST(other_codes_are_unknown)
{
    ck_assert_str_eq(asl_code_text(-1000), "unknown code");
    ck_assert_str_eq(asl_code_name(1), "ASL_?");
}
END_TEST

START_TEST(set_fills_and_clears_all_else)
{
    asl_error e = {.line = 3, .column = 4, .pointer = "/x"};
    ck_assert_int_eq(asl_error_set(&e, ASL_EINVAL, "bad %s", "name"), ASL_EINVAL);
    ck_assert_int_eq(e.code, ASL_EINVAL);
    ck_assert_int_eq(e.line, 0);
    ck_assert_int_eq(e.column, 0);
    ck_assert_str_eq(e.text, "bad name");
    ck_assert_str_eq(e.pointer, "");
}
END_TEST

START_TEST(set_takes_null)
{
    ck_assert_int_eq(asl_error_set(NULL, ASL_EJSON, "%d", 1), ASL_EJSON);
    ck_assert_int_eq(asli_oom(NULL), ASL_ENOMEM);
}
END_TEST

START_TEST(set_may_wrap_its_own_text)
{
    asl_error e;
    asl_error_set(&e, ASL_EINVAL, "inner");
    asl_error_set(&e, ASL_ESTORE, "outer: %s", e.text);
    ck_assert_str_eq(e.text, "outer: inner");
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    static const char *const tails[] = {"\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"};
    for (int pad = 760; pad < 768; pad++)
        for (int i = 0; i < 3; i++) {
            asl_error e;
            asl_error_set(&e, ASL_EINVAL, "%*d%s%s", pad, 1, tails[i], tails[i]);
            size_t len = strlen(e.text);
            size_t whole = (sizeof e.text - 1 - (size_t)pad) / strlen(tails[i]);
            whole = whole > 2 ? 2 : whole;
            ck_assert_uint_eq(len, (size_t)pad + whole * strlen(tails[i]));
        }
}
END_TEST

START_TEST(pass_copies_and_returns_the_code)
{
    asl_error from, to;
    asl_error_set(&from, ASL_EBUSY, "busy");
    from.line = 2;
    ck_assert_int_eq(asli_error_pass(&to, &from), ASL_EBUSY);
    ck_assert_str_eq(to.text, "busy");
    ck_assert_int_eq(to.line, 2);
    ck_assert_int_eq(asli_error_pass(NULL, &from), ASL_EBUSY);
    ck_assert_int_eq(asli_error_pass(&from, &from), ASL_EBUSY);
}
END_TEST

START_TEST(oom_says_so)
{
    asl_error e;
    ck_assert_int_eq(asli_oom(&e), ASL_ENOMEM);
    ck_assert_str_eq(e.text, "out of memory");
}
END_TEST

START_TEST(fail_sets_both)
{
    struct asli_failure f = {0};
    ck_assert_int_eq(asli_fail(&f, NULL, "States.Runtime", "no %d", 1), ASLI_FAILED);
    ck_assert_str_eq(f.error, "States.Runtime");
    ck_assert_str_eq(f.cause, "no 1");
    asli_failure_done(&f);
    ck_assert_ptr_null(f.error);
    ck_assert_ptr_null(f.cause);
}
END_TEST

START_TEST(fail_replaces_what_it_may_quote)
{
    struct asli_failure f = {0};
    asli_fail(&f, NULL, "A", "a");
    asli_fail(&f, NULL, f.error, "%s again", f.cause);
    ck_assert_str_eq(f.error, "A");
    ck_assert_str_eq(f.cause, "a again");
    asli_failure_done(&f);
}
END_TEST

START_TEST(fail_leaves_out_what_is_null)
{
    struct asli_failure f = {0};
    ck_assert_int_eq(asli_fail(&f, NULL, NULL, NULL), ASLI_FAILED);
    ck_assert_ptr_null(f.error);
    ck_assert_ptr_null(f.cause);
    asli_failure_done(&f);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/error");
    TCase *t = tcase_create("error");
    tcase_add_test(t, codes_have_text_and_name);
    tcase_add_test(t, other_codes_are_unknown);
    tcase_add_test(t, set_fills_and_clears_all_else);
    tcase_add_test(t, set_takes_null);
    tcase_add_test(t, set_may_wrap_its_own_text);
    tcase_add_test(t, a_long_text_is_cut_between_characters);
    tcase_add_test(t, pass_copies_and_returns_the_code);
    tcase_add_test(t, oom_says_so);
    tcase_add_test(t, fail_sets_both);
    tcase_add_test(t, fail_replaces_what_it_may_quote);
    tcase_add_test(t, fail_leaves_out_what_is_null);
    suite_add_tcase(suite, t);
    return suite;
}
