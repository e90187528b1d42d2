/* SPDX-License-Identifier: Apache-2.0
 *
 * Redrive: what goes on, what is not done again, what is refused, and that it can be done from the
 * store alone.
 */
#include "conformance/kit/engine_kit.h"

#include <stdbool.h>
#include <string.h>

#include "conformance/kit/unit.h"

static struct kit k;
static bool works; /* handlers fail until it is set */
static int done_code;

static int flaky(asl_task *task, void *arg)
{
    ((struct kit *)arg)->calls++;
    return works ? asl_task_succeed(task, json_string("ok"), NULL)
                 : asl_task_fail(task, "E", "why", NULL);
}

static int fine(asl_task *task, void *arg)
{
    ((struct kit *)arg)->calls += 100;
    return asl_task_succeed(task, json_string("fine"), NULL);
}

static void handlers(void)
{
    kit_handler(&k, "flaky", flaky);
    kit_handler(&k, "fine", fine);
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    works = false;
    kit_open_stored(&k);
    handlers();
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static void on_done(void *arg, int code, const char *text)
{
    done_code = code;
    if (code)
        strncpy(k.cause, text, sizeof k.cause - 1);
}

static int redrive(const char *name)
{
    done_code = 1;
    ck_assert_int_eq(asl_redrive(k.engine, name, on_done, NULL, NULL), 0);
    kit_settle(&k);
    return done_code;
}

/* From the store alone. */
static void reopen(void)
{
    kit_reopen(&k);
    handlers();
}

#define FLAKY "'Type':'Task','Resource':'handler:flaky'"
#define FINE "'Type':'Task','Resource':'handler:fine'"
#define BRANCH(name, task)                                                               \
    "{'StartAt':'" name "','States':{'" name "':{" task ",'End':true}}}"

START_TEST(the_failed_state_is_tried_again_with_its_input)
{
    kit_start(&k, "run",
              "{'StartAt':'A','States':{'A':{" FINE ",'Next':'B'},'B':{" FLAKY
              ",'End':true}}}",
              "{\"in\":1}");
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
    works = true;
    ck_assert_int_eq(redrive("run"), 0);
    ck_assert_str_eq(k.output, "\"ok\"");
    ck_assert_int_eq(k.calls, 102); /* A once */
    ck_assert_str_eq(
        kit_types(&k, "run"),
        "ExecutionStarted TaskStateEntered LambdaFunctionScheduled LambdaFunctionStarted "
        "LambdaFunctionSucceeded TaskStateExited TaskStateEntered "
        "LambdaFunctionScheduled "
        "LambdaFunctionStarted LambdaFunctionFailed ExecutionFailed ExecutionRedriven "
        "LambdaFunctionScheduled LambdaFunctionStarted LambdaFunctionSucceeded "
        "TaskStateExited "
        "ExecutionSucceeded");
}
END_TEST

START_TEST(it_is_told_by_describe)
{
    kit_start(&k, "run", "{'StartAt':'B','States':{'B':{" FLAKY ",'End':true}}}", NULL);
    kit_until(&k, 1000);
    ck_assert_int_eq(redrive("run"), 0);
    kit_until(&k, 2000);
    ck_assert_int_eq(redrive("run"), 0);
    json_t *d = kit_describe(&k, "run");
    ck_assert_str_eq(json_string_value(json_object_get(d, "status")), "FAILED");
    ck_assert_int_eq(json_integer_value(json_object_get(d, "redriveCount")), 2);
    ck_assert(json_real_value(json_object_get(d, "redriveDate")) ==
              (KIT_EPOCH + 2000) / 1000.0);
    ck_assert_str_eq(json_string_value(json_object_get(d, "redriveStatus")),
                     "REDRIVABLE");
    json_decref(d);
}
END_TEST

START_TEST(it_goes_on_with_the_time_it_ended_at_when_the_clock_was_set_back)
{
    kit_start(&k, "run", "{'StartAt':'B','States':{'B':{" FLAKY ",'End':true}}}", NULL);
    kit_until(&k, 5000);
    kit_start(&k, "late", "{'StartAt':'B','States':{'B':{" FLAKY ",'End':true}}}", NULL);
    kit_settle(&k);
    k.now = KIT_EPOCH + 1000;
    reopen();
    works = true;
    ck_assert_int_eq(redrive("late"), 0);
    json_t *d = kit_describe(&k, "late");
    ck_assert(json_real_value(json_object_get(d, "redriveDate")) >=
              (KIT_EPOCH + 5000) / 1000.0);
    json_decref(d);
}
END_TEST

static const char both[] =
    "{'StartAt':'P','States':{'P':{'Type':'Parallel','End':true,'Branches':[" BRANCH(
        "X", FINE) "," BRANCH("Y", FLAKY) "," BRANCH("W",
                                                     "'Type':'Wait','Seconds':9") "]}}}";

START_TEST(branches_that_succeeded_are_not_done_again)
{
    kit_start(&k, "run", both, NULL);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
    works = true;
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    ck_assert_str_eq(kit_status(&k, "run"), "RUNNING"); /* W waits its nine seconds */
    kit_until(&k, 60000);
    ck_assert_str_eq(k.output, "[\"fine\",\"ok\",{}]");
    ck_assert_int_eq(k.calls, 102);
}
END_TEST

START_TEST(iterations_that_succeeded_are_not_done_again)
{
    kit_start(&k, "run",
              "{'StartAt':'M','States':{'M':{'Type':'Map','MaxConcurrency':1,'End':true,"
              "'ItemProcessor':{'StartAt':'C','States':{'C':{'Type':'Choice','Choices':[{"
              "'Variable':'$','NumericEquals':2,'Next':'F'}],'Default':'G'},'F':{" FLAKY
              ",'End':true},'G':{" FINE ",'End':true}}}}}}",
              "[1,2,3]");
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
    works = true;
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    ck_assert_str_eq(k.output, "[\"fine\",\"ok\",\"fine\"]");
    ck_assert_int_eq(k.calls, 202);
}
END_TEST

START_TEST(counts_of_retries_begin_again)
{
    kit_start(&k, "run",
              "{'StartAt':'B','States':{'B':{" FLAKY
              ",'Retry':[{'ErrorEquals':['E'],'MaxAttempts':1}],'End':true}}}",
              NULL);
    kit_until(&k, 60000);
    ck_assert_int_eq(k.calls, 2);
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    kit_until(&k, 120000);
    ck_assert_int_eq(k.calls, 4);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
}
END_TEST

START_TEST(a_stopped_execution_goes_on)
{
    kit_start(&k, "run", both, NULL);
    works = true;
    kit_settle(&k);
    ck_assert_int_eq(asl_stop(k.engine, "run", NULL, NULL, NULL, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "ABORTED");
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    kit_until(&k, 60000);
    ck_assert_str_eq(k.output, "[\"fine\",\"ok\",{}]");
}
END_TEST

START_TEST(a_timed_out_execution_gets_its_time_again)
{
    kit_start(
        &k, "run",
        "{'StartAt':'W','TimeoutSeconds':5,'States':{'W':{'Type':'Wait','Seconds':4,"
        "'Next':'X'},'X':{'Type':'Wait','Seconds':3,'End':true}}}",
        NULL);
    kit_until(&k, 6000);
    ck_assert_str_eq(kit_status(&k, "run"), "TIMED_OUT");
    ck_assert_int_eq(redrive("run"), 0);
    kit_until(&k, 60000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(a_fail_state_is_entered_and_fails_again)
{
    kit_start(&k, "run", "{'StartAt':'F','States':{'F':{'Type':'Fail','Error':'X'}}}",
              NULL);
    kit_settle(&k);
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    ck_assert_str_eq(kit_types(&k, "run"),
                     "ExecutionStarted FailStateEntered ExecutionFailed "
                     "ExecutionRedriven FailStateEntered ExecutionFailed");
}
END_TEST

START_TEST(a_handled_failure_leaves_no_frames_behind)
{
    kit_start(&k, "run",
              "{'StartAt':'P','States':{'P':{'Type':'Parallel','Catch':[{'ErrorEquals':["
              "'E'],'Next':'W'}],'Next':'W','Branches':[" BRANCH("X", FLAKY) "," BRANCH(
                  "Y", "'Type':'Wait','Seconds':9") "]},'W':{'Type':'Wait','Seconds':1,"
                                                    "'Next':'F'},'F':{'Type':'Fail'}}}",
              NULL);
    kit_until(&k, 60000);
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
    ck_assert_int_eq(k.calls, 1);
    reopen();
    ck_assert_int_eq(redrive("run"), 0);
    ck_assert_int_eq(k.calls, 1);
}
END_TEST

START_TEST(it_is_refused_with_a_reason)
{
    kit_start(&k, "runs", KIT_WAIT(9), NULL);
    kit_start(&k, "ended", KIT_PASS, NULL);
    kit_start(&k, "old", "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", NULL);
    kit_settle(&k);
    ck_assert_int_eq(redrive("runs"), ASL_EREDRIVE);
    ck_assert_str_eq(k.cause, "Execution is RUNNING and cannot be redriven");
    ck_assert_int_eq(redrive("ended"), ASL_EREDRIVE);
    ck_assert_str_eq(k.cause, "Execution is SUCCEEDED and cannot be redriven");
    ck_assert_int_eq(redrive("nobody"), ASL_ENOTFOUND);
    kit_until(&k, INT64_C(1209600001));
    ck_assert_int_eq(redrive("old"), ASL_EREDRIVE);
    ck_assert_str_eq(k.cause, "Execution redrivable period exceeded");
}
END_TEST

START_TEST(the_limit_of_events_is_the_engines)
{
    kit_close(&k);
    k.options.max_events = 4;
    kit_open(&k);
    kit_start(&k, "run", "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", NULL);
    kit_settle(&k); /* three events */
    ck_assert_int_eq(redrive("run"), ASL_EREDRIVE);
    ck_assert_str_eq(k.cause, "Execution history event limit exceeded");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("redrive");
    TCase *tc = tcase_create("redrive");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_failed_state_is_tried_again_with_its_input);
    tcase_add_test(tc, it_is_told_by_describe);
    tcase_add_test(tc, it_goes_on_with_the_time_it_ended_at_when_the_clock_was_set_back);
    tcase_add_test(tc, branches_that_succeeded_are_not_done_again);
    tcase_add_test(tc, iterations_that_succeeded_are_not_done_again);
    tcase_add_test(tc, counts_of_retries_begin_again);
    tcase_add_test(tc, a_stopped_execution_goes_on);
    tcase_add_test(tc, a_timed_out_execution_gets_its_time_again);
    tcase_add_test(tc, a_fail_state_is_entered_and_fails_again);
    tcase_add_test(tc, a_handled_failure_leaves_no_frames_behind);
    tcase_add_test(tc, it_is_refused_with_a_reason);
    tcase_add_test(tc, the_limit_of_events_is_the_engines);
    suite_add_tcase(suite, tc);
    return suite;
}
