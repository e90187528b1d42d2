/* SPDX-License-Identifier: Apache-2.0
 *
 * Express executions: what of them is written, when they are told, and what a crash leaves.
 */
#include "conformance/kit/engine_kit.h"

#include <stdlib.h>
#include <string.h>

#include <asl/maintain.h>

#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

enum { ASYNC, SYNC };

static struct kit k;
static struct faulty_store *faulty;
static char events[4096]; /* "run:PassStateEntered ..." as the hook saw them */

static void on_event(void *arg, const asl_event *event)
{
    size_t len = strlen(events);
    (void)arg;
    snprintf(events + len, sizeof events - len, "%s:%s ", asl_event_execution(event),
             asl_event_type(event));
}

static void setup(void)
{
    asl_store *mem;
    memset(&k, 0, sizeof k);
    events[0] = '\0';
    k.options.virtual_time = 1;
    k.options.event = on_event;
    ck_assert_int_eq(asl_store_mem(&mem, NULL), 0);
    ck_assert_int_eq(faulty_store_new(mem, &k.store, &faulty, NULL), 0);
    kit_open(&k);
    faulty_store_plan(faulty, NULL); /* the lease was taken: from here on it counts */
}

static void teardown(void)
{
    kit_close(&k);
    asl_store_free(k.store);
}

static int count_row(void *arg, asl_slice key, asl_slice value)
{
    const unsigned char *bytes = key.data;
    (void)value;
    ((unsigned *)arg)[bytes[1]]++;
    return 0;
}

/* The kinds of rows in the store, but for version and lease: "c" or "cd". Static. */
static const char *rows(void)
{
    static char text[32];
    unsigned count[256] = {0}, len = 0;
    asl_slice from = {"\0c", 2}, to = {NULL, 0};
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(
        asl_store_scan(k.store, snapshot, from, to, 0, count_row, count, NULL), 0);
    asl_store_release(k.store, snapshot);
    for (unsigned i = 'c'; i <= 'z'; i++)
        if (count[i] && len < sizeof text - 1)
            text[len++] = (char)i;
    text[len] = '\0';
    return text;
}

static unsigned long applied(void)
{
    return faulty_store_count(faulty, FAULTY_APPLY);
}

/* The process goes now: what was not applied is gone, nothing is flushed. */
static void crash(void)
{
    struct faulty_plan down = {
        .call = FAULTY_APPLY, .n = 1, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER};
    faulty_store_plan(faulty, &down);
    kit_close(&k);
    faulty_store_plan(faulty, NULL);
    kit_open(&k);
    faulty_store_plan(faulty, NULL);
}

static size_t running(void)
{
    asl_activity a;
    asl_engine_activity(k.engine, &a);
    return a.executions;
}

/* ---- what is written ---- */

START_TEST(a_synchronous_one_writes_nothing)
{
    kit_start_express(&k, "run", KIT_TASK("handler:keep", ""), NULL, SYNC);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ");
    kit_succeed(&k);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_uint_eq(k.batches, 0);
    ck_assert_uint_eq(applied(), 0);
}
END_TEST

START_TEST(an_asynchronous_one_writes_its_start_and_takes_it_back_with_its_end)
{
    kit_start_express(&k, "run", KIT_TASK("handler:keep", ""), NULL, ASYNC);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_str_eq(k.trace, ""); /* not durable yet */
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ");
    ck_assert_str_eq(rows(), "cd");
    kit_succeed(&k);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_str_eq(rows(), "d");
    ck_assert_uint_eq(applied(), 2);
}
END_TEST

START_TEST(its_steps_are_not_written)
{
    kit_start_express(
        &k, "run",
        "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':1,'Next':'M'},"
        "'M':{'Type':'Map','Next':'V','ItemProcessor':{'StartAt':'P','States':{"
        "'P':{'Type':'Wait','Seconds':1,'End':true}}}},"
        "'V':{'Type':'Wait','Seconds':1,'End':true}}}",
        "[1,2,3]", ASYNC);
    kit_until(&k, 2500);
    ck_assert_uint_eq(applied(), 1);
    ck_assert_str_eq(rows(), "cd");
    kit_until(&k, 5000);
    ck_assert_str_eq(k.output, "[1,2,3]");
    ck_assert_uint_eq(applied(), 2);
}
END_TEST

START_TEST(one_that_ends_at_once_leaves_nothing)
{
    kit_start_express(&k, "run", KIT_PASS, "{\"a\":1}", ASYNC);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_str_eq(k.output, "{\"a\":1}");
    ck_assert_uint_eq(applied(), 0);
}
END_TEST

START_TEST(beside_a_standard_one_it_is_told_with_their_batch_in_order)
{
    kit_start(&k, "s", KIT_PASS, NULL);
    kit_start_express(&k, "x", KIT_PASS, NULL, SYNC);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:s ended:s:SUCCEEDED started:x ended:x:SUCCEEDED ");
    ck_assert_str_eq(kit_status(&k, "s"), "SUCCEEDED");
}
END_TEST

START_TEST(one_that_comes_up_while_a_batch_is_written_waits_for_it)
{
    kit_start(&k, "s", KIT_PASS, NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    kit_start_express(&k, "x", KIT_PASS, NULL, SYNC);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    asl_engine_batch_done(k.engine, asl_store_apply(k.store, batch, NULL), NULL);
    ck_assert_str_eq(k.trace, "started:s ended:s:SUCCEEDED ");
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:s ended:s:SUCCEEDED started:x ended:x:SUCCEEDED ");
}
END_TEST

START_TEST(the_hook_sees_every_event)
{
    kit_start_express(&k, "run", KIT_PASS, NULL, SYNC);
    kit_settle(&k);
    ck_assert_str_eq(events, "run:ExecutionStarted run:PassStateEntered "
                             "run:PassStateExited run:ExecutionSucceeded ");
}
END_TEST

#define CONTEXT                                                                          \
    "{'StartAt':'P','States':{'P':{'Type':'Pass','Parameters':{'c.$':'$$.Execution'},"   \
    "'End':true}}}"

START_TEST(only_a_synchronous_one_has_no_redrive_count)
{
    kit_start_express(&k, "run", CONTEXT, NULL, ASYNC);
    kit_settle(&k);
    ck_assert_ptr_nonnull(strstr(k.output, "\"RedriveCount\":0"));
    kit_start_express(&k, "run", CONTEXT, NULL, SYNC);
    kit_settle(&k);
    ck_assert_ptr_null(strstr(k.output, "RedriveCount"));
}
END_TEST

/* ---- names, readers, requests ---- */

START_TEST(a_name_is_never_taken)
{
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run started:run ");
    ck_assert_uint_eq(running(), 2);
}
END_TEST

#define REFUSAL "Invalid Arn: 'Resource type not valid in this context: express'"
#define AN_ARN "arn:aws:states:us-east-1:123456789012:express:x:run:1234"

START_TEST(readers_do_not_see_it)
{
    asl_error err = {0};
    json_t *json = NULL;
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    ck_assert_int_eq(asl_describe(k.store, AN_ARN, &json, &err), ASL_EINVAL);
    ck_assert_str_eq(err.text, REFUSAL);
    ck_assert_int_eq(asl_history(k.store, AN_ARN, &json, &err), ASL_EINVAL);
    ck_assert_str_eq(err.text, REFUSAL);
    ck_assert_int_eq(asl_describe(k.store, "run", &json, &err), ASL_ENOTFOUND);
    ck_assert_int_eq(asl_list(k.store, NULL, &json, &err), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "executions")), 0);
    json_decref(json);
}
END_TEST

START_TEST(it_is_neither_stopped_nor_redriven)
{
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    k.trace[0] = '\0';
    asl_stop(k.engine, AN_ARN, NULL, NULL, kit_done, &k, NULL);
    asl_redrive(k.engine, AN_ARN, kit_done, &k, NULL);
    asl_stop(k.engine, "run", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_EINVAL done:ASL_EINVAL done:ASL_ENOTFOUND ");
    ck_assert_uint_eq(running(), 1);
}
END_TEST

START_TEST(only_an_express_machine_runs_synchronously)
{
    asl_error err = {0};
    asl_machine *machine = kit_machine(KIT_PASS, NULL);
    asl_start_options o = {.size = sizeof o, .sync = 1};
    ck_assert_int_eq(asl_start(k.engine, machine, NULL, 0, &o, NULL, &err), ASL_EINVAL);
    ck_assert_str_eq(err.exception, "StateMachineTypeNotSupported");
    ck_assert_str_eq(err.text,
                     "This operation is not supported by this type of state machine");
    asl_machine_unref(machine);
}
END_TEST

/* ---- limits ---- */

START_TEST(it_times_out_after_five_minutes)
{
    kit_start_express(&k, "run", KIT_WAIT(1000), NULL, SYNC);
    kit_until(&k, 299999);
    ck_assert_uint_eq(running(), 1);
    kit_until(&k, 300000);
    ck_assert_str_eq(k.trace, "started:run ended:run:TIMED_OUT ");
}
END_TEST

START_TEST(a_shorter_time_out_of_its_own_counts)
{
    kit_start_express(&k, "run",
                      "{'TimeoutSeconds':7,'StartAt':'W','States':{'W':{'Type':'Wait',"
                      "'Seconds':9,'End':true}}}",
                      NULL, SYNC);
    kit_until(&k, 7000);
    ck_assert_str_eq(k.trace, "started:run ended:run:TIMED_OUT ");
}
END_TEST

START_TEST(a_longer_time_out_of_its_own_does_not)
{
    kit_start_express(&k, "run",
                      "{'TimeoutSeconds':999,'StartAt':'W','States':{'W':{'Type':'Wait',"
                      "'Seconds':400,'End':true}}}",
                      NULL, ASYNC);
    kit_until(&k, 300000);
    ck_assert_str_eq(k.trace, "started:run ended:run:TIMED_OUT ");
}
END_TEST

START_TEST(its_history_has_no_limit)
{
    kit_close(&k);
    k.options.max_events = 4;
    kit_open(&k);
    kit_start_express(&k, "run",
                      "{'StartAt':'P','States':{'P':{'Type':'Pass','Next':'Q'},"
                      "'Q':{'Type':'Pass','End':true}}}",
                      NULL, SYNC);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
}
END_TEST

START_TEST(a_payload_has_a_limit)
{
    kit_close(&k);
    k.options.max_payload = 20;
    kit_open(&k);
    kit_start_express(&k, "run",
                      "{'StartAt':'P','States':{'P':{'Type':'Pass','Result':"
                      "'a text that is too long','End':true}}}",
                      NULL, SYNC);
    kit_settle(&k);
    ck_assert_str_eq(k.error, "States.DataLimitExceeded");
}
END_TEST

/* ---- crashes ---- */

START_TEST(an_asynchronous_one_is_run_again_after_a_crash)
{
    kit_start_express(&k, "run", KIT_TASK("handler:keep", ""), "{\"a\":1}", ASYNC);
    kit_settle(&k);
    crash();
    ck_assert_uint_eq(running(), 1);
    kit_settle(&k);
    ck_assert_int_eq(k.calls, 2);
    kit_succeed(&k);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_str_eq(rows(), "d");
}
END_TEST

START_TEST(run_again_it_has_its_input_and_all_its_time)
{
    kit_start_express(&k, "run",
                      "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':200,"
                      "'End':true}}}",
                      "{\"a\": 1}", ASYNC);
    kit_until(&k, 199000);
    crash();
    kit_until(&k, 398000);
    ck_assert_uint_eq(running(), 1);
    kit_until(&k, 400000);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_str_eq(k.output, "{\"a\":1}");
}
END_TEST

START_TEST(an_order_to_close_leaves_the_asynchronous_ones_to_the_next_process)
{
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    kit_reopen(&k);
    kit_until(&k, 9000);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
}
END_TEST

START_TEST(one_that_was_not_begun_again_outlives_another_crash)
{
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    crash();
    crash(); /* before any turn */
    kit_until(&k, 9000);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    crash();
    ck_assert_uint_eq(running(), 0);
}
END_TEST

START_TEST(a_synchronous_one_is_lost_with_a_crash)
{
    kit_start_express(&k, "run", KIT_WAIT(5), NULL, SYNC);
    kit_settle(&k);
    crash();
    ck_assert_uint_eq(running(), 0);
    ck_assert_int_eq(asl_engine_has_ready(k.engine), 0);
}
END_TEST

START_TEST(a_standard_one_gets_another_id_than_one_in_flight)
{
    kit_start_express(&k, "x", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    crash();
    kit_start(&k, "s", KIT_WAIT(5), NULL);
    kit_until(&k, 9000);
    ck_assert_str_eq(kit_status(&k, "s"), "SUCCEEDED");
    ck_assert_uint_eq(running(), 0);
}
END_TEST

START_TEST(a_prune_leaves_what_it_needs_to_run_again)
{
    asl_prune_options o = {.size = sizeof o, .before = INT64_MAX};
    asl_prune_counts pruned;
    kit_start(&k, "s", KIT_PASS, NULL);
    kit_start_express(&k, "x", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    kit_close(&k);
    ck_assert_int_eq(asl_prune(k.store, &o, &pruned, NULL), 0);
    ck_assert_uint_eq(pruned.executions, 1);
    ck_assert_uint_eq(pruned.machines, 1);
    ck_assert_str_eq(rows(), "cd");
    kit_open(&k);
    k.trace[0] = '\0';
    kit_until(&k, 9000);
    ck_assert_str_eq(k.trace, "ended:x:SUCCEEDED ");
}
END_TEST

START_TEST(a_damaged_start_holds_up_no_other)
{
    static const unsigned char key[10] = {0, 'c', 0, 0, 0, 0, 0, 0, 0, 1};
    asl_op op = {ASL_OP_PUT, {key, sizeof key}, {"\2 damaged", 9}};
    asl_batch batch = {&op, 1};
    kit_start_express(&k, "a", KIT_WAIT(5), NULL, ASYNC);
    kit_start_express(&k, "b", KIT_WAIT(5), NULL, ASYNC);
    kit_settle(&k);
    kit_close(&k);
    ck_assert_int_eq(asl_store_apply(k.store, &batch, NULL), 0);
    kit_open(&k);
    k.trace[0] = '\0';
    kit_until(&k, 9000);
    ck_assert_str_eq(k.trace, "ended:b:SUCCEEDED ");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("express");
    TCase *t = tcase_create("express");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_synchronous_one_writes_nothing);
    tcase_add_test(t,
                   an_asynchronous_one_writes_its_start_and_takes_it_back_with_its_end);
    tcase_add_test(t, its_steps_are_not_written);
    tcase_add_test(t, one_that_ends_at_once_leaves_nothing);
    tcase_add_test(t, beside_a_standard_one_it_is_told_with_their_batch_in_order);
    tcase_add_test(t, one_that_comes_up_while_a_batch_is_written_waits_for_it);
    tcase_add_test(t, the_hook_sees_every_event);
    tcase_add_test(t, only_a_synchronous_one_has_no_redrive_count);
    tcase_add_test(t, a_name_is_never_taken);
    tcase_add_test(t, readers_do_not_see_it);
    tcase_add_test(t, it_is_neither_stopped_nor_redriven);
    tcase_add_test(t, only_an_express_machine_runs_synchronously);
    tcase_add_test(t, it_times_out_after_five_minutes);
    tcase_add_test(t, a_shorter_time_out_of_its_own_counts);
    tcase_add_test(t, a_longer_time_out_of_its_own_does_not);
    tcase_add_test(t, its_history_has_no_limit);
    tcase_add_test(t, a_payload_has_a_limit);
    tcase_add_test(t, an_asynchronous_one_is_run_again_after_a_crash);
    tcase_add_test(t, run_again_it_has_its_input_and_all_its_time);
    tcase_add_test(t, an_order_to_close_leaves_the_asynchronous_ones_to_the_next_process);
    tcase_add_test(t, one_that_was_not_begun_again_outlives_another_crash);
    tcase_add_test(t, a_synchronous_one_is_lost_with_a_crash);
    tcase_add_test(t, a_standard_one_gets_another_id_than_one_in_flight);
    tcase_add_test(t, a_prune_leaves_what_it_needs_to_run_again);
    tcase_add_test(t, a_damaged_start_holds_up_no_other);
    suite_add_tcase(s, t);
    return s;
}
