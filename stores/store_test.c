/* SPDX-License-Identifier: Apache-2.0
 *
 * What asl_store_new and the wrapped calls do by themselves; the stores are tested by
 * conformance/plugins/store_suite.c.
 */
#include <stddef.h>
#include <string.h>

#include <asl/store.h>

#include "conformance/kit/unit.h"

/* Counts the calls that came through. */
struct fake {
    int calls, closed;
};

static int fake_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    ((struct fake *)self)->calls++;
    *ret_snapshot = self;
    return 0;
}

static int fake_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                    asl_error *reterr)
{
    ((struct fake *)self)->calls++;
    return ASL_ENOTFOUND;
}

static int fake_scan(void *self, void *snapshot, asl_slice from, asl_slice to,
                     int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    ((struct fake *)self)->calls++;
    return 4711;
}

static void fake_release(void *self, void *snapshot)
{
    ((struct fake *)self)->calls++;
}

static int fake_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    ((struct fake *)self)->calls++;
    return asl_error_set(reterr, ASL_ENOSPACE, "full");
}

static void fake_close(void *self)
{
    ((struct fake *)self)->closed++;
}

static const asl_store_ops fake_ops = {
    sizeof(asl_store_ops), "fake",     fake_snapshot, fake_get, fake_scan,
    fake_release,          fake_apply, fake_close};

START_TEST(calls_reach_the_store_and_its_answers_come_back)
{
    struct fake fake = {0};
    asl_store *store;
    void *snapshot;
    asl_slice value, key = {"k", 1}, none = {0};
    asl_error error = {0};
    asl_op op = {ASL_OP_PUT, key, none};
    ck_assert_int_eq(asl_store_new(&fake_ops, &fake, &store, &error), 0);
    ck_assert_str_eq(asl_store_name(store), "fake");
    ck_assert_int_eq(asl_store_snapshot(store, &snapshot, &error), 0);
    ck_assert_ptr_eq(snapshot, &fake);
    ck_assert_int_eq(asl_store_get(store, snapshot, key, &value, &error), ASL_ENOTFOUND);
    ck_assert_int_eq(asl_store_scan(store, snapshot, none, none, 0, NULL, NULL, &error),
                     4711);
    asl_store_release(store, snapshot);
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){&op, 1}, &error), ASL_ENOSPACE);
    ck_assert_str_eq(error.text, "full");
    ck_assert_int_eq(fake.calls, 5);
    ck_assert_int_eq(fake.closed, 0);
    asl_store_free(store);
    ck_assert_int_eq(fake.closed, 1);
}
END_TEST

START_TEST(a_store_that_lacks_a_member_is_refused_and_closed)
{
    static const size_t members[] = {
        offsetof(asl_store_ops, name),    offsetof(asl_store_ops, snapshot),
        offsetof(asl_store_ops, get),     offsetof(asl_store_ops, scan),
        offsetof(asl_store_ops, release), offsetof(asl_store_ops, apply)};
    for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
        struct fake fake = {0};
        asl_store *store = NULL;
        asl_error error = {0};
        asl_store_ops ops = fake_ops;
        memset((char *)&ops + members[i], 0, sizeof(void *));
        ck_assert_int_eq(asl_store_new(&ops, &fake, &store, &error), ASL_EINVAL);
        ck_assert_ptr_null(store);
        ck_assert_int_eq(error.code, ASL_EINVAL);
        ck_assert_int_eq(fake.closed, 1);
    }
}
END_TEST

START_TEST(only_as_much_of_the_ops_is_read_as_their_size_says)
{
    struct fake fake = {0};
    asl_store *store = NULL;
    asl_store_ops ops = fake_ops;
    ops.size = offsetof(asl_store_ops, close);
    ck_assert_int_eq(asl_store_new(&ops, &fake, &store, NULL), ASL_EINVAL);
    ck_assert_int_eq(fake.closed, 0); /* it has no close then */
    struct {
        asl_store_ops ops;
        void *newer;
    } later = {fake_ops, &fake};
    later.ops.size = sizeof(later);
    ck_assert_int_eq(asl_store_new(&later.ops, &fake, &store, NULL), 0);
    asl_store_free(store);
    ck_assert_int_eq(asl_store_new(NULL, &fake, &store, NULL), ASL_EINVAL);
}
END_TEST

START_TEST(nonsense_does_not_reach_the_store)
{
    static const char key[65];
    const asl_slice good = {key, 1}, too_long = {key, 65}, none = {0};
    struct fake fake = {0};
    asl_store *store;
    asl_slice value;
    asl_error error = {0};
    const asl_op bad[] = {
        {ASL_OP_PUT, none, good},          {ASL_OP_PUT, too_long, good},
        {ASL_OP_DELETE, none, none},       {ASL_OP_EXPECT, none, none},
        {ASL_OP_PUT, good, {NULL, 1}},     {ASL_OP_PUT, good, {key, (size_t)1 << 32}},
        {(enum asl_op_kind)0, good, good}, {(enum asl_op_kind)4, good, good},
    };
    ck_assert_int_eq(asl_store_new(&fake_ops, &fake, &store, NULL), 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        asl_op ops[] = {{ASL_OP_PUT, good, good}, bad[i]};
        ck_assert_int_eq(asl_store_apply(store, &(asl_batch){ops, 2}, &error),
                         ASL_EINVAL);
        ck_assert_str_ne(error.text, "");
    }
    ck_assert_int_eq(asl_store_get(store, &fake, none, &value, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_store_get(store, &fake, too_long, &value, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_store_scan(store, &fake, too_long, none, 0, NULL, NULL, NULL),
                     ASL_EINVAL);
    ck_assert_int_eq(asl_store_scan(store, &fake, none, too_long, 0, NULL, NULL, NULL),
                     ASL_EINVAL);
    ck_assert_int_eq(fake.calls, 0);
    asl_store_free(store);
}
END_TEST

START_TEST(freeing_no_store_is_allowed)
{
    asl_store_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("stores/store");
    TCase *tcase = tcase_create("store");
    tcase_add_test(tcase, calls_reach_the_store_and_its_answers_come_back);
    tcase_add_test(tcase, a_store_that_lacks_a_member_is_refused_and_closed);
    tcase_add_test(tcase, only_as_much_of_the_ops_is_read_as_their_size_says);
    tcase_add_test(tcase, nonsense_does_not_reach_the_store);
    tcase_add_test(tcase, freeing_no_store_is_allowed);
    suite_add_tcase(suite, tcase);
    return suite;
}
