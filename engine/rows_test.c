/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of one's own: when they are durable, in which order, and that upkeep leaves them alone.
 */
#include <asl/host.h>
#include <asl/maintain.h>

#include <stdio.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

static struct kit k;
static struct faulty_store *faulty;
static asl_error err;

static void setup(void)
{
    asl_store *inner;
    memset(&k, 0, sizeof k);
    memset(&err, 0, sizeof err);
    k.options.virtual_time = 1;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &k.store, &faulty, NULL), 0);
    kit_open(&k);
}

static void teardown(void)
{
    kit_close(&k);
    asl_store_free(k.store);
}

static asl_row row(const char *key, const char *value)
{
    return (asl_row){key, strlen(key), value, value ? strlen(value) : 0};
}

static int write_one(const char *key, const char *value)
{
    asl_row one = row(key, value);
    return asl_engine_write_rows(k.engine, &one, 1, kit_done, &k, &err);
}

static int barrier(void)
{
    return asl_engine_write_rows(k.engine, NULL, 0, kit_done, &k, &err);
}

static int add(void *arg, const asl_row *r)
{
    size_t len = strlen(arg);
    snprintf((char *)arg + len, 256 - len, "%.*s=%.*s ", (int)r->key_len,
             (const char *)r->key, (int)r->value_len, (const char *)r->value);
    return strlen(arg) > 200;
}

/* "key=value " of each row below a prefix. Static. */
static const char *rows(const char *prefix)
{
    static char text[256];
    text[0] = '\0';
    ck_assert_int_eq(asl_rows_scan(k.store, prefix, strlen(prefix), add, text, &err), 0);
    return text;
}

START_TEST(they_are_told_of_when_they_are_durable)
{
    ck_assert_int_eq(write_one("a", "1"), 0);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    ck_assert_ptr_nonnull(batch);
    ck_assert_int_eq(asl_store_apply(k.store, batch, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    asl_engine_batch_done(k.engine, 0, NULL);
    ck_assert_str_eq(k.trace, "done:ASL_OK ");
    ck_assert_str_eq(rows(""), "a=1 ");
}
END_TEST

START_TEST(they_are_scanned_by_key_below_a_prefix)
{
    asl_row many[] = {row("b/2", "x"), row("a/1", ""), row("b/1", "y"), row("c", "z")};
    ck_assert_int_eq(asl_engine_write_rows(k.engine, many, 4, NULL, NULL, &err), 0);
    kit_settle(&k);
    ck_assert_uint_eq(k.batches, 1);
    ck_assert_str_eq(rows("b/"), "b/1=y b/2=x ");
    ck_assert_str_eq(rows(""), "a/1= b/1=y b/2=x c=z ");
    ck_assert_str_eq(rows("d"), "");
}
END_TEST

START_TEST(the_later_change_of_a_row_wins)
{
    ck_assert_int_eq(write_one("a", "1"), 0);
    ck_assert_int_eq(write_one("b", "1"), 0);
    ck_assert_int_eq(write_one("a", NULL), 0);
    ck_assert_int_eq(write_one("b", "2"), 0);
    kit_settle(&k);
    ck_assert_uint_eq(k.batches, 1);
    ck_assert_str_eq(rows(""), "b=2 ");
    ck_assert_int_eq(write_one("b", NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(rows(""), "");
}
END_TEST

START_TEST(they_come_after_what_was_asked_for_before)
{
    kit_start(&k, "run", KIT_PASS, NULL);
    ck_assert_int_eq(write_one("a", "1"), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED done:ASL_OK ");
    ck_assert_uint_eq(k.batches, 1);
}
END_TEST

START_TEST(a_barrier_waits_for_the_batch_that_is_out)
{
    kit_start(&k, "run", KIT_WAIT(5), NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    ck_assert_int_eq(barrier(), 0);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    ck_assert_int_eq(asl_store_apply(k.store, batch, NULL), 0);
    asl_engine_batch_done(k.engine, 0, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run done:ASL_OK ");
}
END_TEST

START_TEST(a_barrier_with_nothing_to_wait_for_writes_nothing)
{
    ck_assert_int_eq(barrier(), 0);
    ck_assert(asl_engine_has_ready(k.engine));
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_OK ");
    ck_assert_uint_eq(k.batches, 0);
}
END_TEST

START_TEST(a_key_has_its_length)
{
    char key[62];
    memset(key, 'k', sizeof key);
    key[60] = '\0';
    ck_assert_int_eq(write_one(key, "1"), 0);
    key[60] = 'k';
    key[61] = '\0';
    ck_assert_int_eq(write_one(key, "1"), ASL_EINVAL);
    ck_assert_int_eq(write_one("", "1"), ASL_EINVAL);
    ck_assert_str_eq(err.text, "a key has 1 to 60 bytes, not 0");
}
END_TEST

START_TEST(a_full_store_takes_removals_and_barriers_alone)
{
    asl_engine_no_space(k.engine, 1);
    ck_assert_int_eq(write_one("a", "1"), ASL_ENOSPACE);
    ck_assert_int_eq(write_one("a", NULL), 0);
    ck_assert_int_eq(barrier(), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_OK done:ASL_OK ");
}
END_TEST

START_TEST(a_write_that_fails_is_told)
{
    struct faulty_plan plan = {FAULTY_APPLY, 1, ASL_ESTORE, 0, 0};
    ck_assert_int_eq(write_one("a", "1"), 0);
    faulty_store_plan(faulty, &plan);
    ck_assert_int_ne(kit_turn(&k, &err), 0);
    faulty_store_plan(faulty, NULL);
    ck_assert_str_eq(k.trace, "done:ASL_ESTORE ");
    ck_assert_int_eq(write_one("a", "1"), ASL_ESTORE);
    ck_assert_str_eq(rows(""), "");
}
END_TEST

START_TEST(a_scan_tells_what_its_function_returned)
{
    struct faulty_plan plan = {FAULTY_SCAN, 1, ASL_ESTORE, 0, 0};
    char text[256];
    ck_assert_int_eq(write_one("a", "1"), 0);
    kit_settle(&k);
    memset(text, 'x', 220);
    text[220] = '\0';
    ck_assert_int_eq(asl_rows_scan(k.store, "", 0, add, text, &err), 1);
    faulty_store_plan(faulty, &plan);
    ck_assert_int_eq(asl_rows_scan(k.store, "", 0, add, text, &err), ASL_ESTORE);
}
END_TEST

START_TEST(they_are_there_when_the_store_is_opened_again)
{
    ck_assert_int_eq(write_one("a", "1"), 0);
    kit_settle(&k);
    ck_assert_int_eq(write_one("b", "1"), 0); /* never applied */
    kit_reopen(&k);
    kit_settle(&k);
    ck_assert_str_eq(rows(""), "a=1 ");
}
END_TEST

START_TEST(what_is_queued_at_the_close_is_refused)
{
    ck_assert_int_eq(write_one("a", "1"), 0);
    asl_engine_close(k.engine);
    ck_assert_str_eq(k.trace, "done:ASL_ECLOSED ");
    kit_open(&k);
}
END_TEST

START_TEST(what_is_computed_at_the_close_is_written)
{
    ck_assert_int_eq(write_one("a", "1"), 0);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    asl_engine_close(k.engine);
    ck_assert_str_eq(k.trace, "done:ASL_OK ");
    ck_assert_str_eq(rows(""), "a=1 ");
    kit_open(&k);
}
END_TEST

static int no_line(void *arg, const char *line, size_t len)
{
    (void)arg;
    (void)line;
    (void)len;
    ck_abort_msg("there is nothing to dump");
}

START_TEST(upkeep_leaves_them_alone)
{
    asl_check_counts counts;
    asl_prune_options all = {.size = sizeof all, .before = INT64_MAX};
    ck_assert_int_eq(write_one("a", "1"), 0);
    kit_settle(&k);
    ck_assert_int_eq(asl_check(k.store, NULL, NULL, &counts, &err), 0);
    ck_assert_uint_eq(counts.problems, 0);
    ck_assert_int_eq(asl_dump(k.store, NULL, no_line, NULL, &err), 0);
    ck_assert_int_eq(asl_prune(k.store, &all, NULL, &err), 0);
    ck_assert_str_eq(rows(""), "a=1 ");
    kit_reopen(&k);
}
END_TEST

START_TEST(out_of_memory_loses_nothing)
{
    asl_row many[] = {row("a", "1"), row("b", "2")};
    for (unsigned long n = 1;; n++) {
        fault_alloc_arm(n);
        int rc = asl_engine_write_rows(k.engine, many, 2, kit_done, &k, &err);
        int ran = rc ? rc : asl_engine_run_ready(k.engine, k.now, &err);
        const asl_batch *batch = ran ? NULL : asl_engine_take_batch(k.engine, &err);
        int applied = batch ? asl_store_apply(k.store, batch, &err) : ASL_ENOMEM;
        bool met = fault_alloc_disarm();
        if (batch && applied) /* the store's memory: the same batch again */
            ck_assert_int_eq(asl_store_apply(k.store, batch, &err), 0);
        if (batch)
            asl_engine_batch_done(k.engine, 0, NULL);
        ck_assert(rc == 0 || rc == ASL_ENOMEM);
        kit_settle(&k);
        ck_assert_str_eq(k.trace, rc ? "" : "done:ASL_OK ");
        k.trace[0] = '\0';
        if (!rc)
            ck_assert_str_eq(rows(""), "a=1 b=2 ");
        if (!met)
            break;
    }
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        they_are_told_of_when_they_are_durable,
        they_are_scanned_by_key_below_a_prefix,
        the_later_change_of_a_row_wins,
        they_come_after_what_was_asked_for_before,
        a_barrier_waits_for_the_batch_that_is_out,
        a_barrier_with_nothing_to_wait_for_writes_nothing,
        a_key_has_its_length,
        a_full_store_takes_removals_and_barriers_alone,
        a_write_that_fails_is_told,
        a_scan_tells_what_its_function_returned,
        they_are_there_when_the_store_is_opened_again,
        what_is_queued_at_the_close_is_refused,
        what_is_computed_at_the_close_is_written,
        upkeep_leaves_them_alone,
        out_of_memory_loses_nothing,
    };
    Suite *s = suite_create("rows");
    TCase *t = tcase_create("rows");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
