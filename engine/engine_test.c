/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine as its callers see it: starting, stopping, names, who is told what and when, the
 * store it lives on, and its life's end.
 */
#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/engine.h"

static struct kit k;

static void setup(void)
{
    memset(&k, 0, sizeof k);
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static const char all_at_once[] =
    "{'StartAt':'M','States':{'M':{'Type':'Map','ItemProcessor':{'StartAt':'P','States':"
    "{'P':{'Type':'Pass','End':true}}},'End':true}}}";

/* ---- start ---- */

START_TEST(a_start_is_told_before_its_end)
{
    kit_start(&k, "run", KIT_PASS, "{\"a\":1}");
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
    ck_assert_str_eq(k.output, "{\"a\":1}");
}
END_TEST

START_TEST(nothing_is_told_before_it_is_durable)
{
    kit_start(&k, "run", KIT_PASS, NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    ck_assert_ptr_nonnull(batch);
    ck_assert_ptr_null(asl_engine_take_batch(k.engine, NULL)); /* one at a time */
    ck_assert_int_eq(asl_store_apply(k.store, batch, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    asl_engine_batch_done(k.engine, 0, NULL);
    ck_assert_str_eq(k.trace, "started:run ended:run:SUCCEEDED ");
}
END_TEST

START_TEST(the_same_start_again_while_it_runs_is_one_execution)
{
    asl_activity a;
    kit_start(&k, "run", KIT_WAIT(5), "[1]");
    kit_start(&k, "run", KIT_WAIT(5), "[1]");
    kit_settle(&k);
    kit_start(&k, "run", KIT_WAIT(5), "[1]"); /* now it is only in the store */
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run started:run started:run ");
    asl_engine_activity(k.engine, &a);
    ck_assert_uint_eq(a.executions, 1);
}
END_TEST

START_TEST(another_start_of_a_name_is_refused)
{
    kit_start(&k, "run", KIT_WAIT(5), "[1]");
    kit_start(&k, "run", KIT_WAIT(5), "[2]"); /* another input */
    kit_settle(&k);
    kit_start(&k, "run", KIT_PASS, "[1]"); /* another definition */
    kit_until(&k, 5000);
    kit_start(&k, "run", KIT_WAIT(5), "[1]"); /* it has ended */
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run refused:run:ASL_EEXISTS "
                              "refused:run:ASL_EEXISTS ended:run:SUCCEEDED "
                              "refused:run:ASL_EEXISTS ");
}
END_TEST

/* Of the last answer: exception, text. */
static char told[1024];

static void tell_answer(void)
{
    const asl_error *e = asl_engine_answer(k.engine);
    snprintf(told, sizeof told, "%s|%s", e && e->exception ? e->exception : "",
             e ? e->text : "");
}

static void on_done(void *arg, int code, const char *text)
{
    (void)arg;
    (void)text;
    ck_assert_int_eq(code != 0, asl_engine_answer(k.engine) != NULL);
    tell_answer();
}

static void on_start(void *arg, int code, const char *arn)
{
    on_done(arg, code, arn);
}

#define RUN "arn:aws:states:us-east-1:123456789012:execution:machine:run"

START_TEST(refusals_have_the_names_of_aws)
{
    asl_machine *pass = kit_machine(KIT_PASS, NULL);
    asl_start_options o = {.size = sizeof o, .name = "run", .started = on_start};
    ck_assert_int_eq(asl_start(k.engine, pass, NULL, 0, &o, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(told, "|");
    ck_assert_int_eq(asl_start(k.engine, pass, "1", 1, &o, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(told, "ExecutionAlreadyExists|Execution Already Exists: '" RUN "'");
    ck_assert_int_eq(asl_stop(k.engine, "none", NULL, NULL, on_done, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(told, "ExecutionDoesNotExist|Execution Does Not Exist: 'none'");
    ck_assert_int_eq(asl_redrive(k.engine, RUN, on_done, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(
        told, "ExecutionNotRedrivable|Execution is SUCCEEDED and cannot be redriven");
    ck_assert_int_eq(asl_stop(k.engine, "arn:aws:states:::express:m:n:u", NULL, NULL,
                              on_done, NULL, NULL),
                     0);
    kit_settle(&k);
    ck_assert_str_eq(told, "InvalidArn|Invalid Arn: 'Resource type not valid in this "
                           "context: express'");
    ck_assert_int_eq(asl_stop(k.engine, RUN, NULL, NULL, on_done, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(told, "|the execution has already ended"); /* AWS has none */
    ck_assert_ptr_null(asl_engine_answer(k.engine));
    asl_machine_unref(pass);
}
END_TEST

static void late_end(void *arg, const asl_result *result)
{
    *(enum asl_status *)arg = result->status;
}

START_TEST(after_a_restart_the_same_start_hears_of_the_end)
{
    enum asl_status status = ASL_RUNNING;
    asl_start_options o = {
        .size = sizeof o, .name = "run", .arg = &status, .ended = late_end};
    kit_start(&k, "run", KIT_WAIT(5), NULL);
    kit_settle(&k);
    kit_reopen(&k);
    asl_machine *machine = kit_machine(KIT_WAIT(5), NULL);
    ck_assert_int_eq(asl_start(k.engine, machine, NULL, 0, &o, NULL, NULL), 0);
    asl_machine_unref(machine);
    kit_until(&k, 5000);
    ck_assert_int_eq(status, ASL_SUCCEEDED);
}
END_TEST

START_TEST(malformed_starts_are_refused_at_once)
{
    static const struct {
        const char *name, *input;
        int code;
    } rows[] = {{"run", "{", ASL_EJSON},
                {"run", "", ASL_EJSON},
                {"a b", "1", ASL_EINVAL},
                {"", "1", ASL_EINVAL}};
    asl_machine *machine = kit_machine(KIT_PASS, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_int_eq(kit_start_rc(&k, machine, rows[i].name, rows[i].input, NULL),
                         rows[i].code);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(an_input_over_the_limit_is_refused)
{
    char *input = malloc(262147);
    asl_machine *machine = kit_machine(KIT_PASS, NULL);
    memset(input, 'x', 262146);
    input[0] = input[262143] = '"';
    input[262144] = '\0';
    ck_assert_int_eq(kit_start_rc(&k, machine, "just", input, NULL), 0);
    input[262143] = 'x', input[262144] = '"', input[262145] = '\0';
    ck_assert_int_eq(kit_start_rc(&k, machine, "over", input, NULL), ASL_ELIMIT);
    asl_machine_unref(machine);
    free(input);
}
END_TEST

START_TEST(a_start_without_its_handlers_is_refused)
{
    asl_error err;
    asl_machine *m = kit_machine("{'StartAt':'A','States':{"
                                 "'A':{'Type':'Task','Resource':'handler:x','Next':'B'},"
                                 "'B':{'Type':'Task','Resource':'handler:y','End':true}"
                                 "}}",
                                 NULL);
    ck_assert_int_eq(asl_start(k.engine, m, NULL, 0, NULL, NULL, &err), ASL_EHANDLER);
    ck_assert_ptr_nonnull(strstr(err.text, "'x'"));
    ck_assert_ptr_nonnull(strstr(err.text, "'y'"));
    asl_machine_unref(m);
}
END_TEST

/* ---- stop ---- */

START_TEST(a_stop_ends_what_runs_and_nothing_else)
{
    kit_start(&k, "run", KIT_WAIT(5), NULL);
    kit_settle(&k);
    asl_stop(k.engine, "run", "E", "why", kit_done, &k, NULL);
    asl_stop(k.engine, "run", NULL, NULL, kit_done, &k, NULL);
    asl_stop(k.engine, "none", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    asl_stop(k.engine, "run", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run done:ASL_OK ended:run:ABORTED "
                              "done:ASL_EENDED done:ASL_ENOTFOUND done:ASL_EENDED ");
    ck_assert_str_eq(k.error, "E");
    ck_assert_str_eq(k.cause, "why");
    ck_assert_str_eq(kit_types(&k, "run"),
                     "ExecutionStarted WaitStateEntered ExecutionAborted");
}
END_TEST

START_TEST(errors_and_causes_have_a_limit)
{
    char *text = malloc(32770);
    memset(text, 'x', 32769);
    text[32769] = '\0';
    ck_assert_int_eq(asl_stop(k.engine, "run", text, NULL, NULL, NULL, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_stop(k.engine, "run", NULL, text, NULL, NULL, NULL), ASL_EINVAL);
    text[32768] = '\0';
    ck_assert_int_eq(asl_stop(k.engine, "run", NULL, text, NULL, NULL, NULL), 0);
    text[256] = '\0';
    ck_assert_int_eq(asl_stop(k.engine, "run", text, NULL, NULL, NULL, NULL), 0);
    free(text);
}
END_TEST

START_TEST(a_name_of_two_machines_is_ambiguous_durable_or_not)
{
    char *arn;
    asl_machine *one = kit_machine(KIT_WAIT(5), "one"),
                *two = kit_machine(KIT_WAIT(5), "two");
    ck_assert_int_eq(kit_start_rc(&k, one, "run", NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_int_eq(kit_start_rc(&k, two, "run", NULL, &arn), 0);
    asl_stop(k.engine, "run", NULL, NULL, kit_done, &k,
             NULL); /* two is in memory alone */
    kit_settle(&k);
    asl_stop(k.engine, "run", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    asl_stop(k.engine, arn, NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run started:run done:ASL_EINVAL done:ASL_EINVAL "
                              "done:ASL_OK ended:run:ABORTED ");
    asl_free(arn);
    asl_machine_unref(one);
    asl_machine_unref(two);
}
END_TEST

START_TEST(an_execution_stopped_while_it_could_go_on_is_let_go)
{
    asl_activity a;
    char input[20000] = "[0";
    for (int i = 1; i < 5000; i++)
        strcat(input, ",0");
    strcat(input, "]");
    kit_start(&k, "run", all_at_once, input);
    ck_assert_int_eq(kit_turn(&k, NULL), 0); /* the batch was full before it was done */
    asl_engine_activity(k.engine, &a);
    ck_assert_int_eq(a.ready, 1);
    asl_stop(k.engine, "run", NULL, NULL, NULL, NULL, NULL);
    for (int i = 0; i < 2000; i++) /* fill the batch that stops it */
        kit_start(&k, NULL, KIT_WAIT(5), NULL);
    kit_settle(&k);
    asl_engine_activity(k.engine, &a);
    ck_assert_uint_eq(a.executions, 2000);
}
END_TEST

/* ---- bounds ---- */

START_TEST(many_starts_go_out_in_several_batches)
{
    asl_machine *machine = kit_machine(KIT_PASS, NULL);
    for (int i = 0; i < 20000; i++)
        ck_assert_int_eq(asl_start(k.engine, machine, NULL, 0, NULL, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_uint_gt(k.batches, 4);
    ck_assert_uint_lt(k.largest, 3 * 2048);
    asl_machine_unref(machine);
}
END_TEST

static const char forever[] =
    "{'StartAt':'A','States':{'A':{'Type':'Pass','Next':'B'},'B':{'Type':'Choice',"
    "'Choices':[{'Variable':'$.end','IsPresent':true,'Next':'C'}],'Default':'A'},"
    "'C':{'Type':'Succeed'}}}";

START_TEST(the_last_event_of_a_full_history_says_so)
{
    static const unsigned limits[] = {3, 4, 9, 10, 11, 25000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        json_t *history;
        kit_close(&k);
        k.options.max_events = limits[i];
        k.options.store = k.store = (asl_store_free(k.store), NULL);
        ck_assert_int_eq(asl_store_mem(&k.store, NULL), 0);
        kit_open(&k);
        kit_start(&k, "run", forever, NULL);
        kit_settle(&k);
        ck_assert_int_eq(asl_history(k.store, "run", &history, NULL), 0);
        json_t *events = json_object_get(history, "events");
        ck_assert_uint_eq(json_array_size(events), limits[i]);
        json_t *last = json_array_get(events, limits[i] - 1);
        ck_assert_str_eq(json_string_value(json_object_get(last, "type")),
                         "ExecutionFailed");
        ck_assert_int_eq(json_integer_value(json_object_get(last, "previousEventId")),
                         limits[i] - 1);
        ck_assert_str_eq(k.error, "States.Runtime");
        json_decref(history);
    }
}
END_TEST

START_TEST(an_execution_whose_last_states_do_not_fit_fails)
{
    kit_close(&k);
    k.options.max_events = 3; /* of four: Started, Entered, Exited, Succeeded */
    kit_open(&k);
    kit_start(&k, "run", KIT_PASS, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ended:run:FAILED ");
    ck_assert_str_eq(k.cause,
                     "The execution reached the maximum number of history events (3).");
    ck_assert_str_eq(kit_types(&k, "run"),
                     "ExecutionStarted PassStateEntered ExecutionFailed");
    k.options.max_events = 4;
    kit_reopen(&k);
    kit_start(&k, "fits", KIT_PASS, NULL);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "fits"), "SUCCEEDED");
}
END_TEST

/* ---- time ---- */

static const char limited[] =
    "{'StartAt':'W','TimeoutSeconds':10,'States':{'W':{'Type':'Wait','Seconds':60,"
    "'End':true}}}";

START_TEST(the_machines_time_ends_a_wait)
{
    kit_start(&k, "run", limited, NULL);
    kit_until(&k, 60000);
    ck_assert_str_eq(k.trace, "started:run ended:run:TIMED_OUT ");
    ck_assert_str_eq(k.error, "States.Timeout");
}
END_TEST

START_TEST(time_passes_while_no_engine_runs)
{
    kit_start(&k, "run", limited, NULL);
    kit_settle(&k);
    kit_close(&k);
    k.now += 25000;
    kit_open(&k);
    kit_settle(&k);
    json_t *d = kit_describe(&k, "run");
    double start = json_real_value(json_object_get(d, "startDate")),
           stop = json_real_value(json_object_get(d, "stopDate"));
    ck_assert(stop - start > 9.9995 && stop - start < 10.0005);
    ck_assert_ptr_null(json_object_get(d, "error"));
    json_decref(d);
}
END_TEST

START_TEST(a_wait_takes_its_share_of_its_time)
{
    asl_error error = {0};
    kit_close(&k);
    k.options.wait_scale = -1;
    asl_engine *engine;
    ck_assert_int_eq(asl_engine_open(&k.options, &engine, &error), ASL_EINVAL);
    k.options.wait_scale = 0.01;
    kit_open(&k);
    kit_start(&k, "run", KIT_WAIT(100), NULL);
    kit_settle(&k);
    kit_until(&k, 999);
    ck_assert_str_eq(kit_status(&k, "run"), "RUNNING");
    kit_until(&k, 1000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(timers_of_one_moment_go_in_the_order_of_their_frames)
{
    kit_start(&k, "run", all_at_once, "[1]");
    kit_start(&k, "waits",
              "{'StartAt':'M','States':{'M':{'Type':'Map','ItemProcessor':{'StartAt':'W',"
              "'States':{'W':{'Type':'Wait','Seconds':5,'End':true}}},'End':true}}}",
              "[0,1,2,3,4,5,6,7]");
    kit_settle(&k);
    kit_reopen(&k); /* the timers are made anew */
    kit_until(&k, 5000);
    json_t *history, *event;
    size_t i;
    int next = 0;
    ck_assert_int_eq(asl_history(k.store, "waits", &history, NULL), 0);
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        json_t *d = json_object_get(event, "mapIterationSucceededEventDetails");
        if (d)
            ck_assert_int_eq(json_integer_value(json_object_get(d, "index")), next++);
    }
    ck_assert_int_eq(next, 8);
    json_decref(history);
}
END_TEST

/* ---- the store ---- */

START_TEST(virtual_and_real_stores_are_not_mixed)
{
    asl_options real = {.size = sizeof real, .store = k.store};
    asl_engine *e;
    ck_assert_int_eq(asl_engine_open(&real, &e, NULL), ASL_EINVAL);
}
END_TEST

START_TEST(a_store_of_another_format_is_refused)
{
    static const unsigned char key[] = {0, 'a'}, value[] = {1, 1};
    asl_op op = {ASL_OP_PUT, {key, sizeof key}, {value, sizeof value}};
    asl_error err;
    asl_engine *e;
    ck_assert_int_eq(asl_store_apply(k.store, &(asl_batch){&op, 1}, NULL), 0);
    ck_assert_int_eq(asl_engine_open(&k.options, &e, &err), ASL_EFORMAT);
    ck_assert_ptr_nonnull(strstr(err.text, "version 1"));
}
END_TEST

START_TEST(a_second_engine_fences_the_first)
{
    struct kit second = {.store = k.store, .options = {.virtual_time = 1}};
    asl_error err = {0};
    json_t *d;
    kit_start(&k, "old", KIT_WAIT(5), NULL);
    kit_settle(&k);
    kit_open(&second);
    kit_start(&k, "lost", KIT_PASS, NULL);
    asl_stop(k.engine, "old", NULL, NULL, kit_done, &k, NULL);
    ck_assert_int_eq(kit_turn(&k, NULL), ASL_EFENCED);
    ck_assert_str_eq(k.trace, "started:old refused:lost:ASL_EFENCED done:ASL_EFENCED ");
    ck_assert_int_eq(kit_turn(&k, &err), ASL_ESTORE);
    asl_machine *machine = kit_machine(KIT_PASS, NULL);
    ck_assert_int_eq(kit_start_rc(&k, machine, "x", NULL, NULL), ASL_ESTORE);
    asl_machine_unref(machine);
    ck_assert_int_eq(asl_describe(k.store, "lost", &d, NULL), ASL_ENOTFOUND);
    kit_until(&second, 5000);
    ck_assert_str_eq(kit_status(&second, "old"), "SUCCEEDED");
    kit_close(&second);
}
END_TEST

START_TEST(a_full_store_refuses_starts_until_it_has_room)
{
    asl_engine_no_space(k.engine, 1);
    kit_start(&k, "one", KIT_PASS, NULL);
    kit_settle(&k);
    asl_engine_no_space(k.engine, 0);
    kit_start(&k, "one", KIT_PASS, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace,
                     "refused:one:ASL_ENOSPACE started:one ended:one:SUCCEEDED ");
}
END_TEST

START_TEST(a_full_store_does_not_refuse_what_is_not_stored)
{
    asl_engine_no_space(k.engine, 1);
    kit_start_express(&k, "one", KIT_PASS, NULL, 1);
    kit_start_express(&k, "two", KIT_PASS, NULL, 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace,
                     "started:one ended:one:SUCCEEDED refused:two:ASL_ENOSPACE ");
}
END_TEST

START_TEST(a_batch_that_found_no_room_is_applied_later)
{
    kit_start(&k, "one", KIT_PASS, NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    asl_engine_no_space(k.engine, 1);
    kit_start(&k, "two", KIT_PASS, NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_str_eq(k.trace, "");
    ck_assert_int_eq(asl_store_apply(k.store, batch, NULL), 0);
    asl_engine_no_space(k.engine, 0);
    asl_engine_batch_done(k.engine, 0, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace,
                     "started:one ended:one:SUCCEEDED refused:two:ASL_ENOSPACE ");
}
END_TEST

/* Makes where the execution stands unreadable. */
static void spoil(asl_store *store, unsigned char id)
{
    unsigned char key[] = {0, 'g', 0, 0, 0, 0, 0, 0, 0, id};
    asl_op op = {ASL_OP_PUT, {key, sizeof key}, {"\xff", 1}};
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){&op, 1}, NULL), 0);
}

START_TEST(an_execution_found_damaged_at_the_opening_does_not_hold_up_the_others)
{
    kit_start(&k, "bad", KIT_WAIT(5), NULL);
    kit_start(&k, "good", KIT_WAIT(5), NULL);
    kit_settle(&k);
    spoil(k.store, 1);
    kit_reopen(&k);
    asl_stop(k.engine, "bad", NULL, NULL, kit_done, &k, NULL);
    kit_until(&k, 5000);
    ck_assert_ptr_nonnull(strstr(k.trace, "done:ASL_EFORMAT"));
    ck_assert_str_eq(kit_status(&k, "good"), "SUCCEEDED");
}
END_TEST

/* ---- in memory ---- */

START_TEST(the_executions_parked_last_stay_in_memory_and_no_others)
{
    char name[16];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "w%d", i);
        kit_start(&k, name, KIT_WAIT(5), NULL);
    }
    kit_settle(&k);
    ck_assert_uint_eq(k.engine->kept, 64);
    ck_assert_uint_eq(k.engine->names.count, 64);
    ck_assert_ptr_null(k.engine->kept_head->kept_previous);
    ck_assert_str_eq(k.engine->kept_tail->name, "w99");
    kit_until(&k, 5000);
    ck_assert_uint_eq(k.engine->kept, 0);
    ck_assert_uint_eq(k.engine->kept_bytes, 0);
    ck_assert_str_eq(kit_status(&k, "w0"), "SUCCEEDED");
    ck_assert_str_eq(kit_status(&k, "w99"), "SUCCEEDED");
}
END_TEST

START_TEST(a_large_parked_execution_is_not_kept)
{
    size_t len = 40u << 20;
    char *input = asli_alloc(len + 1);
    memset(input, 'a', len);
    input[0] = input[len - 1] = '"';
    kit_close(&k);
    k.options.max_payload = 50u << 20;
    kit_open(&k);
    kit_start(&k, "large", KIT_WAIT(5), input);
    kit_settle(&k);
    ck_assert_uint_eq(k.engine->kept, 0);
    asli_free(input);
}
END_TEST

/* ---- the end ---- */

START_TEST(closing_makes_durable_what_was_computed_and_refuses_the_rest)
{
    kit_start(&k, "computed", KIT_WAIT(5), NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    kit_start(&k, "queued", KIT_WAIT(5), NULL);
    asl_stop(k.engine, "computed", NULL, NULL, kit_done, &k, NULL);
    kit_reopen(&k);
    ck_assert_str_eq(k.trace, "started:computed refused:?:ASL_ECLOSED done:ASL_ECLOSED ");
    ck_assert_str_eq(kit_status(&k, "computed"), "RUNNING");
}
END_TEST

START_TEST(a_closing_engine_dispatches_nothing)
{
    kit_start(&k, "run", KIT_TASK("handler:keep", ), NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    kit_close(&k);
    ck_assert_int_eq(k.calls, 0);
    kit_open(&k);
    kit_settle(&k);
    ck_assert_int_eq(k.calls, 1);
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        a_start_is_told_before_its_end,
        nothing_is_told_before_it_is_durable,
        the_same_start_again_while_it_runs_is_one_execution,
        another_start_of_a_name_is_refused,
        refusals_have_the_names_of_aws,
        after_a_restart_the_same_start_hears_of_the_end,
        malformed_starts_are_refused_at_once,
        an_input_over_the_limit_is_refused,
        a_start_without_its_handlers_is_refused,
        a_stop_ends_what_runs_and_nothing_else,
        errors_and_causes_have_a_limit,
        a_name_of_two_machines_is_ambiguous_durable_or_not,
        an_execution_stopped_while_it_could_go_on_is_let_go,
        many_starts_go_out_in_several_batches,
        the_last_event_of_a_full_history_says_so,
        an_execution_whose_last_states_do_not_fit_fails,
        the_machines_time_ends_a_wait,
        time_passes_while_no_engine_runs,
        a_wait_takes_its_share_of_its_time,
        timers_of_one_moment_go_in_the_order_of_their_frames,
        virtual_and_real_stores_are_not_mixed,
        a_store_of_another_format_is_refused,
        a_second_engine_fences_the_first,
        a_full_store_refuses_starts_until_it_has_room,
        a_full_store_does_not_refuse_what_is_not_stored,
        a_batch_that_found_no_room_is_applied_later,
        an_execution_found_damaged_at_the_opening_does_not_hold_up_the_others,
        the_executions_parked_last_stay_in_memory_and_no_others,
        a_large_parked_execution_is_not_kept,
        closing_makes_durable_what_was_computed_and_refuses_the_rest,
        a_closing_engine_dispatches_nothing,
    };
    Suite *s = suite_create("engine");
    TCase *t = tcase_create("engine");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
