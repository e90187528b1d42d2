/* SPDX-License-Identifier: Apache-2.0
 *
 * The faulty store must fail exactly what it is told to, or tests that rely on it prove nothing.
 */
#include "torture/faulty_store.h"

#include <string.h>

#include "conformance/kit/unit.h"

static asl_store *store;
static struct faulty_store *faulty;

static void setup(void)
{
    asl_store *inner;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &store, &faulty, NULL), 0);
}

static void teardown(void)
{
    asl_store_free(store);
}

static int apply(const char *key)
{
    asl_op op = {ASL_OP_PUT, {key, strlen(key)}, {"v", 1}};
    return asl_store_apply(store, &(asl_batch){&op, 1}, NULL);
}

static int get(const char *key)
{
    void *snapshot;
    asl_slice value;
    int rc = asl_store_snapshot(store, &snapshot, NULL);
    if (rc)
        return rc;
    rc = asl_store_get(store, snapshot, (asl_slice){key, strlen(key)}, &value, NULL);
    asl_store_release(store, snapshot);
    return rc;
}

static int count_row(void *arg, asl_slice key, asl_slice value)
{
    ++*(int *)arg;
    return 0;
}

static int scan(int *ret_rows)
{
    void *snapshot;
    *ret_rows = 0;
    int rc = asl_store_snapshot(store, &snapshot, NULL);
    if (rc)
        return rc;
    rc = asl_store_scan(store, snapshot, (asl_slice){0}, (asl_slice){0}, 0, count_row,
                        ret_rows, NULL);
    asl_store_release(store, snapshot);
    return rc;
}

START_TEST(without_a_plan_calls_pass_and_are_counted)
{
    int rows;
    ck_assert_int_eq(apply("a"), 0);
    ck_assert_int_eq(get("a"), 0);
    ck_assert_int_eq(get("b"), ASL_ENOTFOUND);
    ck_assert_int_eq(scan(&rows), 0);
    ck_assert_int_eq(rows, 1);
    ck_assert_uint_eq(faulty_store_count(faulty, FAULTY_APPLY), 1);
    ck_assert_uint_eq(faulty_store_count(faulty, FAULTY_SNAPSHOT), 3);
    ck_assert_uint_eq(faulty_store_count(faulty, FAULTY_GET), 2);
    ck_assert_uint_eq(faulty_store_count(faulty, FAULTY_SCAN), 1);
    ck_assert_uint_eq(faulty_store_count(faulty, FAULTY_ANY), 7);
    ck_assert_uint_eq(faulty_store_failed(faulty), 0);
}
END_TEST

START_TEST(the_nth_apply_fails_once_and_applies_nothing)
{
    faulty_store_plan(faulty, &(struct faulty_plan){FAULTY_APPLY, 2, ASL_ENOSPACE, 0, 0});
    ck_assert_int_eq(apply("a"), 0);
    ck_assert_int_eq(apply("b"), ASL_ENOSPACE);
    ck_assert_int_eq(get("b"), ASL_ENOTFOUND);
    ck_assert_int_eq(apply("b"), 0);
    ck_assert_int_eq(get("b"), 0);
    ck_assert_uint_eq(faulty_store_failed(faulty), 1);
}
END_TEST

START_TEST(an_apply_may_fail_after_it_was_done)
{
    faulty_store_plan(faulty, &(struct faulty_plan){FAULTY_APPLY, 1, ASL_ESTORE, 0, 1});
    ck_assert_int_eq(apply("a"), ASL_ESTORE);
    ck_assert_int_eq(get("a"), 0);
}
END_TEST

START_TEST(a_call_may_fail_for_ever)
{
    faulty_store_plan(faulty, &(struct faulty_plan){FAULTY_SNAPSHOT, 2, ASL_ENOMEM,
                                                    FAULTY_FOR_EVER, 0});
    ck_assert_int_eq(get("a"), ASL_ENOTFOUND);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(get("a"), ASL_ENOMEM);
    ck_assert_int_eq(apply("a"), 0);
    faulty_store_plan(faulty, NULL);
    ck_assert_int_eq(get("a"), 0);
}
END_TEST

START_TEST(the_nth_call_of_any_kind_fails)
{
    int rows;
    for (unsigned long n = 1; n <= 3; n++) {
        faulty_store_plan(faulty, &(struct faulty_plan){FAULTY_ANY, n, ASL_ESTORE, 0, 0});
        ck_assert_int_eq(apply("a"), n == 1 ? ASL_ESTORE : 0);
        ck_assert_int_eq(get("a"), n == 2 || n == 3 ? ASL_ESTORE : ASL_ENOTFOUND);
        ck_assert_int_eq(scan(&rows), 0);
    }
}
END_TEST

START_TEST(gets_and_scans_fail_before_or_after)
{
    int rows;
    ck_assert_int_eq(apply("a"), 0);
    for (int after = 0; after <= 1; after++) {
        faulty_store_plan(faulty,
                          &(struct faulty_plan){FAULTY_SCAN, 1, ASL_EFORMAT, 0, after});
        ck_assert_int_eq(scan(&rows), ASL_EFORMAT);
        ck_assert_int_eq(rows, after);
        faulty_store_plan(faulty,
                          &(struct faulty_plan){FAULTY_GET, 1, ASL_EFORMAT, 0, after});
        ck_assert_int_eq(get("a"), ASL_EFORMAT);
        faulty_store_plan(
            faulty, &(struct faulty_plan){FAULTY_SNAPSHOT, 1, ASL_ELIMIT, 0, after});
        ck_assert_int_eq(get("a"), ASL_ELIMIT);
    }
}
END_TEST

static void note(void *arg, unsigned long n)
{
    unsigned long *seen = arg;
    ck_assert_uint_eq(n, *seen + 1);
    *seen = n;
    ck_assert_int_eq(get("a"), n == 1 ? ASL_ENOTFOUND : 0);
}

START_TEST(the_hook_is_called_before_and_after_each_apply)
{
    unsigned long seen = 0;
    faulty_store_at_apply(faulty, note, &seen);
    ck_assert_int_eq(apply("a"), 0);
    ck_assert_uint_eq(seen, 2);
    ck_assert_int_eq(apply("b"), 0);
    ck_assert_uint_eq(seen, 4);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("kit/faulty_store");
    TCase *tcase = tcase_create("faulty store");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, without_a_plan_calls_pass_and_are_counted);
    tcase_add_test(tcase, the_nth_apply_fails_once_and_applies_nothing);
    tcase_add_test(tcase, an_apply_may_fail_after_it_was_done);
    tcase_add_test(tcase, a_call_may_fail_for_ever);
    tcase_add_test(tcase, the_nth_call_of_any_kind_fails);
    tcase_add_test(tcase, gets_and_scans_fail_before_or_after);
    tcase_add_test(tcase, the_hook_is_called_before_and_after_each_apply);
    suite_add_tcase(suite, tcase);
    return suite;
}
