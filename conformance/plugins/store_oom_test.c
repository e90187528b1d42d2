/* SPDX-License-Identifier: Apache-2.0
 *
 * Out of memory in a store: the n-th allocation fails, for n = 1, 2, ... until none is met. Each
 * time the call says ASL_ENOMEM, nothing has changed, and the next call succeeds.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asl/store.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"

enum { ROWS = 600 };

/* Rows "k0000" and so on; `values[i]` 0: missing. */
struct rows {
    char values[ROWS];
};

static int compare_row(void *arg, asl_slice key, asl_slice value)
{
    struct rows *rows = arg;
    char text[8] = {0};
    memcpy(text, (const char *)key.data + 1, 4);
    size_t i = strtoul(text, NULL, 10);
    if (i >= ROWS || value.len != 1 || rows->values[i] != *(const char *)value.data)
        return 1;
    rows->values[i] = 0;
    return 0;
}

static void check_rows(asl_store *store, struct rows rows)
{
    static const struct rows none;
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(store, &snapshot, NULL), 0);
    int rc = asl_store_scan(store, snapshot, (asl_slice){0}, (asl_slice){0}, 0,
                            compare_row, &rows, NULL);
    asl_store_release(store, snapshot);
    ck_assert_int_eq(rc, 0);
    ck_assert_mem_eq(rows.values, none.values, ROWS);
}

/* Applies a batch of `count` random changes with the n-th allocation failing, for all n. */
static void apply_through(asl_store *store, struct rows *rows, size_t count, int puts)
{
    static char keys[ROWS][8];
    static asl_op ops[ROWS];
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    struct rows after = *rows;
    asl_batch batch = {ops, count};
    for (size_t i = 0; i < count; i++) {
        size_t k = (size_t)rand() % ROWS;
        snprintf(keys[i], sizeof(keys[i]), "k%04u", (unsigned)k);
        asl_op put = {ASL_OP_PUT, {keys[i], 5}, {&letters[rand() % 26], 1}};
        asl_op delete = {.kind = ASL_OP_DELETE, .key = {keys[i], 5}};
        ops[i] = rand() % 10 < puts ? put : delete;
        after.values[k] = ops[i].value.len ? *(const char *)ops[i].value.data : 0;
    }
    for (unsigned long n = 1;; n++) {
        asl_error error = {0};
        fault_alloc_arm(n);
        int rc = asl_store_apply(store, &batch, &error);
        if (!fault_alloc_disarm()) {
            ck_assert_int_eq(rc, 0);
            break;
        }
        ck_assert_int_eq(rc, ASL_ENOMEM);
        ck_assert_int_eq(error.code, ASL_ENOMEM);
        if (n % 16 == 0)
            check_rows(store, *rows);
    }
    *rows = after;
    check_rows(store, *rows);
}

START_TEST(an_apply_in_memory_that_runs_out_of_memory_changes_nothing)
{
    struct rows rows = {{0}};
    asl_store *store;
    srand(4711);
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    for (int round = 0; round < 120; round++) {
        struct rows before = rows;
        void *snapshot;
        ck_assert_int_eq(asl_store_snapshot(store, &snapshot, NULL), 0);
        apply_through(store, &rows, 1 + (size_t)rand() % 60, round / 20 % 2 ? 1 : 8);
        int rc = asl_store_scan(store, snapshot, (asl_slice){0}, (asl_slice){0}, 1,
                                compare_row, &before, NULL);
        asl_store_release(store, snapshot);
        ck_assert_int_eq(rc, 0);
    }
    asl_store_free(store);
}
END_TEST

static int open_and_close_mem(void *arg)
{
    asl_store *store;
    void *snapshot;
    int rc = asl_store_mem(&store, NULL);
    if (rc)
        return rc;
    rc = asl_store_snapshot(store, &snapshot, NULL);
    if (!rc)
        asl_store_release(store, snapshot);
    asl_store_free(store);
    return rc;
}

static void check_all(int (*call)(void *arg), void *arg, unsigned long least)
{
    unsigned long n = 1;
    for (;; n++) {
        fault_alloc_arm(n);
        int rc = call(arg);
        bool failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
        if (!failed)
            break;
    }
    ck_assert_uint_gt(n, least); /* it did allocate, and was caught at it */
}

START_TEST(opening_a_store_in_memory_survives_any_failed_allocation)
{
    check_all(open_and_close_mem, NULL, 3);
}
END_TEST

#ifdef HAVE_LMDB
static int open_and_close_lmdb(void *arg)
{
    asl_store *store;
    void *snapshot;
    asl_lmdb_options options = {.size = sizeof(options), .create = 1, .no_sync = 1};
    int rc = asl_store_lmdb(arg, &options, &store, NULL);
    if (rc)
        return rc;
    rc = asl_store_snapshot(store, &snapshot, NULL);
    if (!rc)
        asl_store_release(store, snapshot);
    asl_store_free(store);
    return rc;
}

START_TEST(opening_an_lmdb_store_survives_any_failed_allocation)
{
    char dir[200];
    ck_assert(tempdir_make(dir, sizeof(dir)));
    check_all(open_and_close_lmdb, dir, 5);
    tempdir_remove(dir);
}
END_TEST
#endif

static int make_json(void *arg)
{
    json_t *text = json_string("text");
    json_decref(text);
    return text ? 0 : ASL_ENOMEM;
}

START_TEST(the_allocations_of_jansson_are_counted)
{
    check_all(make_json, NULL, 2);
    fault_alloc_arm(0);
    int rc = make_json(NULL);
    bool failed = fault_alloc_disarm();
    ck_assert_int_eq(rc, 0);
    ck_assert(!failed);
    ck_assert_uint_ge(fault_alloc_count(), 2);
    fault_alloc_arm_from(2);
    int first = make_json(NULL), second = make_json(NULL);
    failed = fault_alloc_disarm();
    ck_assert_int_eq(first, ASL_ENOMEM);
    ck_assert_int_eq(second, ASL_ENOMEM);
    ck_assert(failed);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("plugins/store-oom");
    TCase *tcase = tcase_create("out of memory");
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, the_allocations_of_jansson_are_counted);
    tcase_add_test(tcase, opening_a_store_in_memory_survives_any_failed_allocation);
    tcase_add_test(tcase, an_apply_in_memory_that_runs_out_of_memory_changes_nothing);
#ifdef HAVE_LMDB
    tcase_add_test(tcase, opening_an_lmdb_store_survives_any_failed_allocation);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
