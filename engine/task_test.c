/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks: their clocks, their tokens, and who may complete them when.
 */
#include "conformance/kit/engine_kit.h"

#include <string.h>

#include "conformance/kit/unit.h"

static struct kit k;
static int cancelled;

static int claims(void *self, const asl_resource *resource)
{
    (void)self;
    return strcmp(asl_resource_name(resource), "work") == 0;
}

static int begin(void *self, asl_task *task, asl_error *reterr)
{
    (void)reterr;
    return kit_keep(task, self);
}

static void cancel(void *self, asl_task *task)
{
    (void)self;
    (void)task;
    cancelled++;
}

/* A provider that keeps its tasks and hears of cancels. */
static void add_worker(void)
{
    static const asl_provider_ops ops = {sizeof ops, "worker", claims,
                                         begin,      cancel,   NULL};
    ck_assert_int_eq(asl_engine_add_provider(k.engine, &ops, &k, NULL), 0);
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    cancelled = 0;
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static void start(const char *definition)
{
    kit_start(&k, "run", definition, "{\"a\":1}");
    kit_settle(&k);
    strcpy(k.trace, "");
}

#define BEFORE                                                                           \
    "ExecutionStarted TaskStateEntered LambdaFunctionScheduled "                         \
    "LambdaFunctionStarted "

/* ---- completion ---- */

START_TEST(a_task_is_completed_once)
{
    start(KIT_TASK("handler:keep", ));
    asl_task *task = asl_task_ref(k.task);
    ck_assert_int_eq(asl_task_succeed(task, json_integer(7), NULL), 0);
    ck_assert_int_eq(asl_task_succeed(task, json_integer(8), NULL), ASL_EENDED);
    ck_assert_int_eq(asl_task_fail(task, "E", NULL, NULL), ASL_EENDED);
    kit_settle(&k);
    ck_assert_str_eq(k.output, "7");
    ck_assert_str_eq(kit_types(&k, "run"),
                     BEFORE "LambdaFunctionSucceeded TaskStateExited ExecutionSucceeded");
    asl_task_unref(task);
}
END_TEST

START_TEST(a_handlers_failure_is_the_tasks)
{
    start(KIT_TASK("handler:fail", ));
    ck_assert_str_eq(k.error, "E");
    ck_assert_str_eq(k.cause, "why");
}
END_TEST

START_TEST(a_result_over_the_limit_is_the_tasks_failure)
{
    static char big[262200];
    start("{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:keep',"
          "'Catch':[{'ErrorEquals':['States.DataLimitExceeded'],'Next':'C'}],"
          "'Next':'C'},'C':{'Type':'Pass','OutputPath':'$.Error','End':true}}}");
    memset(big, 'x', sizeof big - 1);
    ck_assert_int_eq(asl_task_succeed(k.task, json_string(big), NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.output, "\"States.DataLimitExceeded\"");
}
END_TEST

START_TEST(long_errors_and_causes_are_cut_at_a_character)
{
    static char error[400], cause[70000];
    for (size_t i = 0; i + 2 < sizeof cause; i += 2)
        memcpy(cause + i, "\xc3\xa4", 2);
    memset(error, 'e', sizeof error - 1);
    start(KIT_TASK("handler:keep", ));
    ck_assert_int_eq(asl_task_fail(k.task, error, cause, NULL), 0);
    kit_settle(&k);
    json_t *d = kit_describe(&k, "run");
    ck_assert_uint_eq(json_string_length(json_object_get(d, "error")), 256);
    ck_assert_uint_eq(json_string_length(json_object_get(d, "cause")), 2 * 32768);
    json_decref(d);
}
END_TEST

/* ---- clocks ---- */

START_TEST(a_task_times_out_and_its_provider_hears_so)
{
    add_worker();
    start(KIT_TASK("handler:work", "'TimeoutSeconds':10,"));
    asl_task *task = asl_task_ref(k.task);
    kit_until(&k, 9999);
    ck_assert_int_eq(cancelled, 0);
    kit_until(&k, 10000);
    ck_assert_int_eq(cancelled, 1);
    ck_assert_int_eq(asl_task_cancelled(task), 1);
    ck_assert_int_eq(asl_task_succeed(task, json_true(), NULL), ASL_EENDED);
    ck_assert_str_eq(k.error, "States.Timeout");
    ck_assert_str_eq(k.cause, "");
    ck_assert_str_eq(kit_types(&k, "run"),
                     BEFORE "LambdaFunctionTimedOut ExecutionFailed");
    asl_task_unref(task);
}
END_TEST

START_TEST(a_late_completion_changes_nothing)
{
    start(KIT_TASK("handler:keep", "'TimeoutSeconds':10,"));
    k.now += 10000;
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_int_eq(kit_succeed(&k), 0); /* timed out, and that is not durable yet */
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "ended:run:FAILED ");
}
END_TEST

START_TEST(a_heartbeat_restarts_its_clock)
{
    start(KIT_TASK("handler:keep", "'TimeoutSeconds':100,'HeartbeatSeconds':10,"));
    for (int i = 1; i <= 3; i++) {
        kit_until(&k, i * 9000);
        ck_assert_int_eq(asl_task_heartbeat(k.task, NULL), 0);
        kit_settle(&k);
    }
    kit_until(&k, 36999);
    ck_assert_str_eq(k.trace, "");
    kit_until(&k, 37000);
    ck_assert_str_eq(k.trace, "ended:run:FAILED ");
    ck_assert_str_eq(k.error, "States.Timeout");
}
END_TEST

START_TEST(heartbeats_do_not_move_the_time_out)
{
    start(KIT_TASK("handler:keep", "'TimeoutSeconds':15,'HeartbeatSeconds':10,"));
    kit_until(&k, 9000);
    asl_task_heartbeat(k.task, NULL);
    kit_until(&k, 15000);
    ck_assert_str_eq(k.trace, "ended:run:FAILED ");
}
END_TEST

#define CAUGHT(errors)                                                                   \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:keep',"             \
    "'TimeoutSeconds':99,'HeartbeatSeconds':10,'Catch':[{'ErrorEquals':[" errors         \
    "],'Next':'C'}],'Next':'C'},'C':{'Type':'Pass','End':true}}}"

START_TEST(a_missed_heartbeat_is_caught_by_either_name)
{
    static const char *const definitions[] = {
        CAUGHT("'States.HeartbeatTimeout'"), CAUGHT("'States.Timeout'"),
        CAUGHT("'States.ALL'"), CAUGHT("'States.TaskFailed'")};
    for (size_t i = 0; i < 4; i++) {
        char name[] = {'r', (char)('0' + i), 0};
        kit_start(&k, name, definitions[i], NULL);
        kit_until(&k, (int64_t)(i + 1) * 10000);
        ck_assert_str_eq(kit_status(&k, name), i < 3 ? "SUCCEEDED" : "FAILED");
    }
    ck_assert_str_eq(k.error, "States.Timeout");
}
END_TEST

START_TEST(the_clocks_of_a_parked_task_survive_a_restart)
{
    start(KIT_TASK(KIT_ASK, "'TimeoutSeconds':100,'HeartbeatSeconds':10,"));
    kit_until(&k, 9000);
    kit_reopen(&k);
    ck_assert_int_eq(asl_answer_heartbeat(k.engine, k.token, kit_done, &k, NULL), 0);
    kit_until(&k, 18000);
    kit_reopen(&k);
    ck_assert_str_eq(k.trace, "done:ASL_OK ");
    kit_until(&k, 18999);
    ck_assert_str_eq(kit_status(&k, "run"), "RUNNING");
    kit_until(&k, 19000);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
}
END_TEST

/* ---- tokens ---- */

START_TEST(the_context_object_shows_the_tasks_own_token)
{
    start("{'StartAt':'P','States':{'P':{'Type':'Parallel','Branches':["
          "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':900,'End':true}}},"
          "{'StartAt':'A','States':{'A':{'Type':'Pass','Next':'T'},"
          "'T':{'Type':'Task','Resource':'" KIT_ASK "','Parameters':"
          "{'token.$':'$$.Task.Token'},'End':true}}}],'End':true}}}");
    json_t *history, *event;
    size_t i;
    const char *shown = NULL;
    ck_assert_int_eq(asl_history(k.store, "run", &history, NULL), 0);
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        json_t *d = json_object_get(event, "taskScheduledEventDetails");
        shown = d ? json_string_value(json_object_get(d, "parameters")) : shown;
    }
    ck_assert_ptr_nonnull(shown);
    ck_assert_ptr_nonnull(strstr(shown, k.token));
    json_decref(history);
}
END_TEST

START_TEST(a_token_is_good_once_and_each_attempt_has_its_own)
{
    char first[128];
    start(KIT_TASK(KIT_ASK, "'Retry':[{'ErrorEquals':['Again'],'IntervalSeconds':1}],"));
    strcpy(first, k.token);
    asl_answer_failure(k.engine, first, "Again", NULL, kit_done, &k, NULL);
    kit_until(&k, 1000);
    ck_assert_str_ne(k.token, first);
    asl_answer_success(k.engine, first, "1", 1, kit_done, &k, NULL);
    asl_answer_heartbeat(k.engine, first, kit_done, &k, NULL);
    asl_answer_success(k.engine, k.token, "2", 1, kit_done, &k, NULL);
    asl_answer_success(k.engine, k.token, "3", 1, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_OK done:ASL_EENDED done:ASL_EENDED done:ASL_OK "
                              "ended:run:SUCCEEDED done:ASL_EENDED ");
    ck_assert_str_eq(k.output, "2");
}
END_TEST

START_TEST(malformed_answers_are_refused_at_once)
{
    start(KIT_TASK(KIT_ASK, ));
    ck_assert_int_eq(asl_answer_success(k.engine, "x", "1", 1, NULL, NULL, NULL),
                     ASL_ETOKEN);
    ck_assert_int_eq(asl_answer_success(k.engine, k.token, "{", 1, NULL, NULL, NULL),
                     ASL_EJSON);
    char error[300];
    memset(error, 'x', sizeof error);
    error[257] = '\0';
    ck_assert_int_eq(asl_answer_failure(k.engine, k.token, error, NULL, NULL, NULL, NULL),
                     ASL_ELIMIT);
}
END_TEST

static int submit_late(asl_task *task, void *arg)
{
    int rc = asl_answer_success(asl_task_engine(task), asl_task_token(task), "\"early\"",
                                (size_t)-1, kit_done, arg, NULL);
    return rc ? rc : asl_task_submitted(task, NULL, NULL);
}

START_TEST(an_early_answer_wins_over_the_submission)
{
    kit_handler(&k, "desk:ask", submit_late);
    start(KIT_TASK(KIT_ASK, ));
    ck_assert_str_eq(k.output, "\"early\"");
    ck_assert_str_eq(kit_types(&k, "run"),
                     "ExecutionStarted TaskStateEntered TaskScheduled TaskStarted "
                     "TaskSucceeded TaskStateExited ExecutionSucceeded");
}
END_TEST

static int submit_and_keep(asl_task *task, void *arg)
{
    kit_keep(task, arg);
    return asl_task_submitted(task, NULL, NULL);
}

START_TEST(who_keeps_a_parked_task_may_complete_it)
{
    kit_handler(&k, "desk:ask", submit_and_keep);
    start(KIT_TASK(KIT_ASK, ));
    ck_assert_int_eq(asl_task_cancelled(k.task), 0);
    ck_assert_int_eq(kit_succeed(&k), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.output, "true");
}
END_TEST

START_TEST(an_answer_after_the_stop_is_refused)
{
    start(KIT_TASK(KIT_ASK, ));
    asl_stop(k.engine, "run", NULL, NULL, NULL, NULL, NULL);
    asl_answer_success(k.engine, k.token, "1", 1, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "ended:run:ABORTED done:ASL_EENDED ");
}
END_TEST

/* ---- providers come and go ---- */

START_TEST(a_stop_and_a_close_cancel_what_runs)
{
    add_worker();
    start(KIT_TASK("handler:work", ));
    kit_start(&k, "other", KIT_TASK("handler:work", ), NULL);
    kit_settle(&k);
    asl_stop(k.engine, "run", NULL, NULL, NULL, NULL, NULL);
    kit_settle(&k);
    ck_assert_int_eq(cancelled, 1);
    asl_task *task = asl_task_ref(k.task);
    kit_close(&k);
    ck_assert_int_eq(cancelled, 2);
    ck_assert_int_eq(asl_task_cancelled(task), 1);
    ck_assert_int_eq(asl_task_succeed(task, json_true(), NULL), ASL_EENDED);
    asl_task_unref(task);
    kit_open(&k);
}
END_TEST

START_TEST(an_open_task_is_given_again_after_a_restart)
{
    char token[128];
    start(KIT_TASK("handler:keep", ));
    strcpy(token, k.token);
    kit_reopen(&k);
    kit_settle(&k);
    ck_assert_int_eq(k.calls, 2);
    ck_assert_str_eq(k.token, token);
    ck_assert_int_eq(asl_task_redelivered(k.task), 1);
    ck_assert_int_eq(kit_succeed(&k), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.output, "true");
}
END_TEST

START_TEST(a_task_that_timed_out_meanwhile_is_not_given_again)
{
    start(KIT_TASK("handler:keep", "'TimeoutSeconds':10,"));
    kit_close(&k);
    k.now += 11000;
    kit_open(&k);
    kit_settle(&k);
    ck_assert_int_eq(k.calls, 1);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
}
END_TEST

START_TEST(without_its_handler_a_task_stays_parked_until_there_is_one)
{
    asl_activity a;
    kit_handler(&k, "gone", kit_keep);
    start("{'StartAt':'P','States':{'P':{'Type':'Parallel','Branches':["
          "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'handler:gone',"
          "'End':true}}},"
          "{'StartAt':'B','States':{'B':{'Type':'Wait','Seconds':5,'End':true}}}],"
          "'End':true}}}");
    kit_reopen(&k);
    kit_until(&k, 5000); /* the wait goes on without it */
    asl_engine_activity(k.engine, &a);
    ck_assert_uint_eq(a.unclaimed, 1);
    ck_assert_uint_eq(a.tasks, 0);
    ck_assert_int_eq(a.ready, 0);
    kit_reopen(&k);
    kit_settle(&k);
    kit_handler(&k, "gone", kit_echo);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
    asl_engine_activity(k.engine, &a);
    ck_assert_uint_eq(a.unclaimed + a.tasks + a.sleeping + a.callbacks, 0);
}
END_TEST

/* ---- many at once ---- */

START_TEST(callbacks_and_timers_of_a_map_mix_across_restarts)
{
    kit_start(&k, "map",
              "{'StartAt':'M','States':{'M':{'Type':'Map','MaxConcurrency':2,'Iterator':"
              "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':5,'Next':'T'},"
              "'T':{'Type':'Task','Resource':'" KIT_ASK "','ResultSelector':"
              "{'v.$':'$$.Map.Item.Value','r.$':'$'},'End':true}}},'End':true}}}",
              "[\"a\",\"b\",\"c\",\"d\",\"e\"]");
    for (int i = 0; i < 5; i++) {
        json_t *tasks;
        kit_until(&k, (i + 1) * 10000);
        kit_reopen(&k);
        ck_assert_int_eq(asl_open_tasks(k.store, "map", &tasks, NULL), 0);
        ck_assert_uint_ge(json_array_size(tasks), 1);
        const char *token = json_string_value(json_object_get(
            json_array_get(tasks, json_array_size(tasks) - 1), "taskToken"));
        char answer[2] = {(char)('0' + i), 0};
        ck_assert_int_eq(asl_answer_success(k.engine, token, answer, 1, NULL, NULL, NULL),
                         0);
        json_decref(tasks);
        kit_settle(&k);
    }
    ck_assert_str_eq(kit_status(&k, "map"), "SUCCEEDED");
    for (const char *p = "abcde"; *p; p++) {
        char item[16] = {'"', 'v', '"', ':', '"', *p, '"', 0};
        ck_assert_ptr_nonnull(strstr(k.output, item));
    }
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        a_task_is_completed_once,
        a_handlers_failure_is_the_tasks,
        a_result_over_the_limit_is_the_tasks_failure,
        long_errors_and_causes_are_cut_at_a_character,
        a_task_times_out_and_its_provider_hears_so,
        a_late_completion_changes_nothing,
        a_heartbeat_restarts_its_clock,
        heartbeats_do_not_move_the_time_out,
        a_missed_heartbeat_is_caught_by_either_name,
        the_clocks_of_a_parked_task_survive_a_restart,
        the_context_object_shows_the_tasks_own_token,
        a_token_is_good_once_and_each_attempt_has_its_own,
        malformed_answers_are_refused_at_once,
        an_early_answer_wins_over_the_submission,
        who_keeps_a_parked_task_may_complete_it,
        an_answer_after_the_stop_is_refused,
        a_stop_and_a_close_cancel_what_runs,
        an_open_task_is_given_again_after_a_restart,
        a_task_that_timed_out_meanwhile_is_not_given_again,
        without_its_handler_a_task_stays_parked_until_there_is_one,
        callbacks_and_timers_of_a_map_mix_across_restarts,
    };
    Suite *s = suite_create("task");
    TCase *t = tcase_create("task");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
