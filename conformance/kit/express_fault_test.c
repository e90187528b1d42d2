/* SPDX-License-Identifier: Apache-2.0
 *
 * An asynchronous Express execution, disturbed: the power goes at the n-th commit, before it took
 * effect and after; the n-th call of the store or allocation fails, for every n. Once its start was
 * acknowledged it comes to its end, run again from the beginning if need be, and leaves nothing.
 */
#include <string.h>

#include <asl/host.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

static const char definition[] =
    "{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":\"Wait\",\"Seconds\":5,\"Next\":"
    "\"M\"},"
    "\"M\":{\"Type\":\"Map\",\"MaxConcurrency\":2,\"ItemProcessor\":{\"StartAt\":\"T\","
    "\"States\":{\"T\":{\"Type\":\"Task\",\"Resource\":\"handler:echo\",\"Retry\":["
    "{\"ErrorEquals\":[\"States.ALL\"]}],\"End\":true}}},\"End\":true}}}";

/* What is there from life to life. Nothing of the test allocates within one. */
static struct {
    asl_store *store;
    struct faulty_store *faulty;
    int64_t now;
    bool acknowledged;
    int ends, other_ends; /* as expected, and not */
} w;

static void open_world(void)
{
    asl_store *mem;
    memset(&w, 0, sizeof w);
    w.now = 1700000000000;
    ck_assert_int_eq(asl_store_mem(&mem, NULL), 0);
    ck_assert_int_eq(faulty_store_new(mem, &w.store, &w.faulty, NULL), 0);
}

static void on_started(void *arg, int code, const char *arn)
{
    (void)arg;
    (void)arn;
    w.acknowledged |= code == 0;
}

static void on_ended(void *arg, const asl_result *result)
{
    (void)arg;
    if (result->output && strcmp(result->output, "[1,2,3]") == 0)
        w.ends++;
    else
        w.other_ends++;
}

static int echo(asl_task *task, void *arg)
{
    int rc;
    (void)arg;
    do
        rc = asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
    while (rc == ASL_ENOMEM); /* is no outcome */
    return 0;
}

static int start(asl_engine *e)
{
    asl_machine_options mo = {.size = sizeof mo, .express = 1};
    asl_start_options so = {.size = sizeof so, .started = on_started};
    asl_machine *m;
    int rc = asl_machine_load(definition, (size_t)-1, &mo, &m, NULL, NULL);
    if (rc)
        return rc;
    rc = asl_start(e, m, "[1,2,3]", (size_t)-1, &so, NULL, NULL);
    asl_machine_unref(m);
    return rc;
}

static int commit(asl_engine *e)
{
    asl_error err = {0};
    const asl_batch *batch = asl_engine_take_batch(e, &err);
    if (!batch)
        return err.code;
    int rc = asl_store_apply(w.store, batch, &err);
    asl_engine_batch_done(e, rc, &err);
    return rc;
}

/* Until nothing is left, or a call fails. */
static int drive(asl_engine *e)
{
    asl_activity a = {.executions = 1};
    int rc = 0;
    while (!rc && (a.executions || a.ready)) {
        rc = asl_engine_run_ready(e, w.now, NULL);
        if (!rc)
            rc = commit(e);
        asl_engine_activity(e, &a);
        if (!rc && !a.ready && a.executions)
            w.now = a.deadline;
    }
    return rc;
}

/* One life of a process; it starts the execution unless that was acknowledged before. */
static int live(void)
{
    asl_options o = {
        .size = sizeof o, .store = w.store, .virtual_time = 1, .ended = on_ended};
    asl_engine *e;
    int rc = asl_engine_open(&o, &e, NULL);
    if (rc)
        return rc;
    rc = asl_handler(e, "echo", echo, NULL, ASL_HANDLER_INLINE, NULL);
    if (!rc && !w.acknowledged)
        rc = start(e);
    if (!rc)
        rc = drive(e);
    asl_engine_close(e);
    return rc;
}

static int count_start(void *arg, asl_slice key, asl_slice value)
{
    (void)key;
    (void)value;
    ++*(size_t *)arg;
    return 0;
}

static size_t starts(void)
{
    asl_slice from = {"\0c", 2}, to = {"\0d", 2};
    size_t count = 0;
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(w.store, &snapshot, NULL), 0);
    ck_assert_int_eq(
        asl_store_scan(w.store, snapshot, from, to, 0, count_start, &count, NULL), 0);
    asl_store_release(w.store, snapshot);
    return count;
}

/* Disturbed, then left in peace. `told`: the end must have been told, not only be durable. */
static void check_end(int rc, unsigned long n, bool told)
{
    faulty_store_plan(w.faulty, NULL);
    if (rc)
        rc = live();
    ck_assert_msg(rc == 0, "number %lu: %d", n, rc);
    ck_assert_msg(w.acknowledged && (w.ends || !told), "number %lu is lost", n);
    ck_assert_int_eq(w.other_ends, 0);
    ck_assert_uint_eq(starts(), 0);
    asl_store_free(w.store);
}

static unsigned long calls_of(enum faulty_call call)
{
    open_world();
    faulty_store_plan(w.faulty, NULL);
    int rc = live();
    unsigned long calls = faulty_store_count(w.faulty, call);
    check_end(rc, 0, true);
    return calls;
}

static void fail_each(struct faulty_plan plan)
{
    unsigned long calls = calls_of(plan.call);
    for (unsigned long n = 1; n <= calls; n++) {
        open_world();
        plan.n = n;
        faulty_store_plan(w.faulty, &plan);
        check_end(live(), n, !plan.after || n < calls);
    }
}

START_TEST(writes_nothing_between_its_start_and_its_end)
{
    ck_assert_uint_eq(calls_of(FAULTY_APPLY), 3); /* the lease is one */
}
END_TEST

START_TEST(ends_once_acknowledged_when_killed_before_any_commit)
{
    fail_each((struct faulty_plan){
        .call = FAULTY_APPLY, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER});
}
END_TEST

START_TEST(ends_once_acknowledged_when_killed_after_any_commit)
{
    fail_each((struct faulty_plan){
        .call = FAULTY_APPLY, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER, .after = 1});
}
END_TEST

START_TEST(ends_once_acknowledged_when_any_read_fails)
{
    fail_each((struct faulty_plan){.call = FAULTY_GET, .code = ASL_ESTORE});
    fail_each((struct faulty_plan){.call = FAULTY_SCAN, .code = ASL_ESTORE});
    fail_each((struct faulty_plan){.call = FAULTY_SNAPSHOT, .code = ASL_ESTORE});
}
END_TEST

START_TEST(ends_once_acknowledged_when_any_allocation_fails)
{
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        open_world();
        fault_alloc_arm(n);
        int rc = live();
        failed = fault_alloc_disarm();
        check_end(rc, n, true);
    }
}
END_TEST

/* The power goes after the start; then memory runs out while it is made anew. */
START_TEST(is_run_again_when_any_allocation_fails)
{
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        struct faulty_plan plan = {
            .call = FAULTY_APPLY, .n = 3, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER};
        open_world();
        faulty_store_plan(w.faulty, &plan);
        ck_assert_int_ne(live(), 0);
        ck_assert(w.acknowledged && !w.ends);
        faulty_store_plan(w.faulty, NULL);
        fault_alloc_arm(n);
        int rc = live();
        failed = fault_alloc_disarm();
        check_end(rc, n, true);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("express");
    TCase *t = tcase_create("express");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, writes_nothing_between_its_start_and_its_end);
    tcase_add_test(t, ends_once_acknowledged_when_killed_before_any_commit);
    tcase_add_test(t, ends_once_acknowledged_when_killed_after_any_commit);
    tcase_add_test(t, ends_once_acknowledged_when_any_read_fails);
    tcase_add_test(t, ends_once_acknowledged_when_any_allocation_fails);
    tcase_add_test(t, is_run_again_when_any_allocation_fails);
    suite_add_tcase(s, t);
    return s;
}
