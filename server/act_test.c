/* SPDX-License-Identifier: Apache-2.0
 *
 * Handlers of actions, without a wire: calls are the test's own, the engine is driven by hand.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "server/act.h"

#define A "arn:aws:states:us-east-1:123456789012:"
#define ROLE "'roleArn':'arn:aws:iam::123456789012:role/r'"
#define MACHINE(name, type, states)                                                      \
    "{'name':'" name "','type':'" type "'," ROLE                                         \
    ",'definition':'{\\'StartAt\\':\\'S\\',\\'States\\':{\\'S\\':{" states               \
    "\\'End\\':true}}}'}"
#define PASS "\\'Type\\':\\'Pass\\',"
#define WAIT "\\'Type\\':\\'Wait\\',\\'Seconds\\':60,"
#define PAINT "\\'Type\\':\\'Task\\',\\'Resource\\':\\'" A "activity:paint\\',"
#define EXECUTION(machine, name) "'executionArn':'" A "execution:" machine ":" name "'"

typedef void call_fn(struct asli_call *call, void *arg);

struct asli_call {
    struct asli_tenant *tenant;
    const char *action;
    json_t *input;
    call_fn *gone, *due;
    void *gone_arg, *due_arg;
    int64_t ms;
    char said[2048]; /* JSON with ' for ", or "Exception: message" */
};

struct world {
    struct kit kit;
    struct asli_tenant tenant;
    struct asli_call call; /* of say */
};

/* ---- the server's side ---- */

struct asli_tenant *asli_call_tenant(const struct asli_call *call)
{
    return call->tenant;
}

const char *asli_call_action(const struct asli_call *call)
{
    return call->action;
}

const json_t *asli_call_input(const struct asli_call *call)
{
    return call->input;
}

static void answer(struct asli_call *call, const char *text)
{
    ck_assert_str_eq(call->said, ""); /* once */
    snprintf(call->said, sizeof call->said, "%s", text);
    for (char *p = call->said; *p; p++)
        *p = *p == '"' ? '\'' : *p;
    call->gone = call->due = NULL;
    json_decref(call->input);
    call->input = NULL;
}

void asli_call_succeed(struct asli_call *call, json_t *take_output)
{
    char *text = NULL;
    ck_assert_int_eq(asli_json_text(take_output, &text, NULL, NULL), 0);
    json_decref(take_output);
    answer(call, text);
    asli_free(text);
}

void asli_call_refuse_text(struct asli_call *call, const char *exception,
                           const char *message, size_t len)
{
    char text[1024];
    snprintf(text, sizeof text, "%s: %.*s (%zu)", exception, (int)len, message, len);
    answer(call, text);
}

void asli_call_refuse(struct asli_call *call, const char *exception, const char *format,
                      ...)
{
    char text[1024];
    int len = snprintf(text, sizeof text, "%s: ", exception);
    va_list args;
    va_start(args, format);
    vsnprintf(text + len, sizeof text - (size_t)len, format, args);
    va_end(args);
    answer(call, text);
}

void asli_call_fail(struct asli_call *call, const asl_error *error)
{
    asli_call_refuse(call,
                     error->exception ? error->exception : asl_code_name(error->code),
                     "%s", error->text);
}

void asli_call_on_gone(struct asli_call *call, call_fn *gone, void *arg)
{
    call->gone = gone;
    call->gone_arg = arg;
}

void asli_call_after(struct asli_call *call, int64_t ms, call_fn *due, void *arg)
{
    call->due = due;
    call->due_arg = arg;
    call->ms = ms;
}

static const struct {
    const char *name;
    asli_action_fn *run;
} handlers[] = {
#define ACTION(name, members) {#name, asli_act_##name},
#include "server/tbl/actions.h"
#undef ACTION
};

/* ---- the test's side ---- */

static void open_world(struct world *w)
{
    *w = (struct world){0};
    ck_assert_int_eq(asl_store_mem(&w->kit.store, NULL), 0);
    w->kit.options.virtual_time = 1;
    kit_open(&w->kit);
    kit_settle(&w->kit);
    w->tenant = (struct asli_tenant){.account = (char *)(uintptr_t) "123456789012",
                                     .region = (char *)(uintptr_t) "us-east-1",
                                     .store = w->kit.store,
                                     .engine = w->kit.engine};
    ck_assert_int_eq(asl_control_open(w->kit.engine, &w->tenant.control, NULL), 0);
}

static void close_world(struct world *w)
{
    ck_assert_ptr_null(w->tenant.lines);
    kit_close(&w->kit);
    asli_syncs_close(&w->tenant);
    asl_store_free(w->kit.store);
}

static void ask(struct world *w, struct asli_call *call, const char *action,
                const char *input)
{
    char *text = kit_quoted(input);
    *call = (struct asli_call){.tenant = &w->tenant, .action = action};
    ck_assert_msg(asli_json_read(text, strlen(text), &call->input, NULL) == 0, "%s",
                  text);
    free(text);
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (strcmp(handlers[i].name, action) == 0)
            handlers[i].run(call);
}

static const char *say(struct world *w, const char *action, const char *input)
{
    ask(w, &w->call, action, input);
    kit_settle(&w->kit);
    ck_assert_str_ne(w->call.said, "");
    return w->call.said;
}

static void expect(struct world *w, const char *action, const char *input,
                   const char *answer_text)
{
    ck_assert_str_eq(say(w, action, input), answer_text);
}

static void expect_in(struct world *w, const char *action, const char *input,
                      const char *part)
{
    ck_assert_msg(strstr(say(w, action, input), part) != NULL, "%s is not in %s", part,
                  w->call.said);
}

/* The text after `mark` in the last answer, to its closing quote. Static. */
static const char *told(struct world *w, const char *mark)
{
    static char text[512];
    const char *at = strstr(w->call.said, mark);
    ck_assert_msg(at != NULL, "%s is not in %s", mark, w->call.said);
    at += strlen(mark);
    snprintf(text, sizeof text, "%.*s", (int)strcspn(at, "'"), at);
    return text;
}

/* ---- starts ---- */

START_TEST(a_start_is_repeatable_while_it_runs)
{
    static const char input[] =
        "{'stateMachineArn':'" A "stateMachine:m','name':'one','input':'{}'}";
    static const char started[] = "{" EXECUTION("m", "one") ",'startDate':1.7E9}";
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", WAIT), "creationDate");
    expect(&w, "StartExecution", input, started);
    w.kit.now += 5000;
    expect(&w, "StartExecution", input, started);
    expect(&w, "StartExecution",
           "{'stateMachineArn':'" A "stateMachine:m','name':'one','input':'1'}",
           "ExecutionAlreadyExists: Execution Already Exists: '" A "execution:m:one'");
    close_world(&w);
}
END_TEST

START_TEST(what_cannot_be_started_is_refused)
{
    static const char *const rows[][2] = {
        {"m','input':'", "InvalidExecutionInput: Invalid execution input."},
        {"m','name':'a b", "InvalidName: Invalid Name: 'a b'"},
        {"m','name':'a\\u0000b", "InvalidName: Invalid Name: 'a (19)"},
        {"n",
         "StateMachineDoesNotExist: State Machine Does Not Exist: '" A "stateMachine:n'"},
        {"m#case", "ValidationException: there is no mock file that could have the test "
                   "case 'case'"},
    };
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", WAIT), "creationDate");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char input[512];
        snprintf(input, sizeof input, "{'stateMachineArn':'" A "stateMachine:%s'}",
                 rows[i][0]);
        expect(&w, "StartExecution", input, rows[i][1]);
    }
    expect_in(&w, "StartExecution",
              "{'stateMachineArn':'" A "stateMachine:m','input':'{'}",
              "InvalidExecutionInput: Invalid State Machine Execution Input: 'Unexpected "
              "end-of-input: expected close marker for Object (start marker at [Source: "
              "(String)'{'; line: 1, column: 1])\n at [Source: (String)'{'; line: 1, "
              "column: 2]'");
    expect_in(&w, "StartExecution", "{'stateMachineArn':'" A "stateMachine:m#'}",
              "executionArn"); /* unmocked */
    close_world(&w);
}
END_TEST

START_TEST(a_synchronous_start_tells_all_of_its_execution)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("x", "EXPRESS", PASS), "creationDate");
    expect_in(&w, "StartSyncExecution",
              "{'stateMachineArn':'" A "stateMachine:x','input':'{\\'a\\':1}',"
              "'name':'run','traceHeader':'t'}",
              "'stateMachineArn':'" A "stateMachine:x','name':'run','startDate':1.7E9,"
              "'stopDate':1.7E9,'status':'SUCCEEDED','traceHeader':'t',"
              "'input':'{\\'a\\':1}','inputDetails':{'included':true},"
              "'output':'{\\'a\\':1}','outputDetails':{'included':true},"
              "'billingDetails':{'billedDurationInMilliseconds':100,"
              "'billedMemoryUsedInMB':64}}");
    expect_in(&w, "StartSyncExecution",
              "{'stateMachineArn':'" A "stateMachine:x','includedData':'METADATA_ONLY'}",
              "'status':'SUCCEEDED','inputDetails':{'included':false},"
              "'outputDetails':{'included':false}");
    expect_in(&w, "StartSyncExecution", "{'stateMachineArn':'" A "stateMachine:x#c'}",
              "InvalidArn");
    close_world(&w);
}
END_TEST

START_TEST(a_synchronous_start_of_a_standard_machine_is_refused)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", PASS), "creationDate");
    expect(
        &w, "StartSyncExecution", "{'stateMachineArn':'" A "stateMachine:m'}",
        "StateMachineTypeNotSupported: This operation is not supported by this type of "
        "state machine");
    close_world(&w);
}
END_TEST

START_TEST(who_waits_for_an_execution_is_told_of_the_end_of_the_server)
{
    struct world w;
    struct asli_call call;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("x", "EXPRESS", WAIT), "creationDate");
    ask(&w, &call, "StartSyncExecution", "{'stateMachineArn':'" A "stateMachine:x'}");
    ck_assert_int_eq(kit_turn(&w.kit, NULL), 0);
    ck_assert_str_eq(call.said, "");
    close_world(&w);
    ck_assert_str_eq(call.said, "ASL_ECLOSED: the server ends");
}
END_TEST

/* ---- one execution ---- */

START_TEST(data_is_left_out_when_it_is_not_wanted)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", PASS), "creationDate");
    expect_in(&w, "StartExecution",
              "{'stateMachineArn':'" A "stateMachine:m','name':'e'}", "startDate");
    expect_in(&w, "DescribeExecution", "{" EXECUTION("m", "e") "}",
              "'input':'{}','inputDetails':{'included':true}");
    say(&w, "DescribeExecution",
        "{" EXECUTION("m", "e") ",'includedData':'METADATA_ONLY'}");
    ck_assert_ptr_null(strstr(w.call.said, "'input':"));
    ck_assert_ptr_null(strstr(w.call.said, "'output':"));
    ck_assert_ptr_nonnull(strstr(w.call.said, "'outputDetails':{'included':false}"));
    close_world(&w);
}
END_TEST

START_TEST(what_is_no_standard_execution_is_refused)
{
    static const char *const actions[] = {
        "DescribeExecution",   "DescribeStateMachineForExecution",
        "GetExecutionHistory", "StopExecution",
        "RedriveExecution",    "ListMapRuns"};
    struct world w;
    open_world(&w);
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        expect(&w, actions[i], "{'executionArn':'" A "express:m:a:b'}",
               "InvalidArn: Invalid Arn: 'Resource type not valid in this context: "
               "express'");
        expect(&w, actions[i], "{'executionArn':'e'}",
               "InvalidArn: Invalid Arn: 'Invalid ARN prefix: e'");
        expect(&w, actions[i], "{" EXECUTION("m", "e") "}",
               "ExecutionDoesNotExist: Execution Does Not Exist: '" A "execution:m:e'");
    }
    close_world(&w);
}
END_TEST

START_TEST(the_machine_of_an_execution_is_told_of_when_it_is_deleted)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", PASS), "creationDate");
    expect_in(&w, "StartExecution",
              "{'stateMachineArn':'" A "stateMachine:m','name':'e'}", "startDate");
    static const char configured[] =
        "'loggingConfiguration':{'level':'OFF','includeExecutionData':false},"
        "'tracingConfiguration':{'enabled':false},"
        "'encryptionConfiguration':{'type':'AWS_OWNED_KEY'}}";
    for (int i = 0; i < 2; i++) {
        expect_in(&w, "DescribeStateMachineForExecution", "{" EXECUTION("m", "e") "}",
                  configured);
        ck_assert_ptr_nonnull(strstr(w.call.said, ROLE));
        expect(&w, "DeleteStateMachine", "{'stateMachineArn':'" A "stateMachine:m'}",
               "{}");
    }
    close_world(&w);
}
END_TEST

START_TEST(stopping_again_tells_when_it_was_stopped)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", WAIT), "creationDate");
    expect_in(&w, "StartExecution",
              "{'stateMachineArn':'" A "stateMachine:m','name':'e'}", "startDate");
    for (int i = 0; i < 2; i++) {
        expect(&w, "StopExecution", "{" EXECUTION("m", "e") ",'error':'E','cause':'C'}",
               "{'stopDate':1.7E9}");
        w.kit.now += 1000;
    }
    close_world(&w);
}
END_TEST

START_TEST(a_redrive_is_repeatable_by_its_token)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", WAIT), "creationDate");
    expect_in(&w, "StartExecution",
              "{'stateMachineArn':'" A "stateMachine:m','name':'e'}", "startDate");
    static const char refused[] =
        "ExecutionNotRedrivable: Execution is RUNNING and cannot be redriven";
    expect(&w, "RedriveExecution", "{" EXECUTION("m", "e") ",'clientToken':'a'}",
           refused);
    expect_in(&w, "StopExecution", "{" EXECUTION("m", "e") "}", "stopDate");
    for (int i = 0; i < 2; i++)
        expect(&w, "RedriveExecution", "{" EXECUTION("m", "e") ",'clientToken':'a'}",
               "{'redriveDate':1.7E9}");
    expect(&w, "RedriveExecution", "{" EXECUTION("m", "e") ",'clientToken':'b'}",
           refused);
    expect(&w, "RedriveExecution", "{" EXECUTION("m", "e") "}", refused);
    close_world(&w);
}
END_TEST

/* ---- lists ---- */

START_TEST(executions_and_events_come_in_pages)
{
    struct world w;
    char input[1024];
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("m", "STANDARD", PASS), "creationDate");
    for (int i = 0; i < 3; i++) {
        snprintf(input, sizeof input,
                 "{'stateMachineArn':'" A "stateMachine:m','name':'e%d'}", i);
        expect_in(&w, "StartExecution", input, "startDate");
        w.kit.now += 1000;
    }
    expect_in(&w, "ListExecutions",
              "{'stateMachineArn':'" A "stateMachine:m','maxResults':2}",
              "execution:m:e2");
    snprintf(input, sizeof input,
             "{'stateMachineArn':'" A "stateMachine:m','maxResults':2,'nextToken':'%s'}",
             told(&w, "'nextToken':'"));
    expect_in(&w, "ListExecutions", input, "execution:m:e0");
    ck_assert_ptr_null(strstr(w.call.said, "nextToken"));
    expect_in(&w, "GetExecutionHistory",
              "{" EXECUTION("m", "e0") ",'reverseOrder':true,'maxResults':3}",
              "'type':'ExecutionSucceeded'");
    snprintf(input, sizeof input, "{" EXECUTION("m", "e0") ",'nextToken':'%s'}",
             told(&w, "'nextToken':'"));
    expect(&w, "GetExecutionHistory", input,
           "InvalidToken: Invalid Token: 'Invalid token'");
    close_world(&w);
}
END_TEST

START_TEST(a_list_is_of_a_machine_that_has_executions)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", MACHINE("x", "EXPRESS", PASS), "creationDate");
    expect_in(&w, "ListExecutions", "{'stateMachineArn':'" A "stateMachine:x'}",
              "StateMachineTypeNotSupported: ");
    expect_in(&w, "ListExecutions", "{'stateMachineArn':'" A "stateMachine:n'}",
              "StateMachineDoesNotExist: ");
    expect(&w, "ListExecutions", "{}",
           "ValidationException: Must provide a StateMachine ARN or MapRun ARN");
    expect_in(&w, "ListExecutions",
              "{'stateMachineArn':'" A "stateMachine:x','mapRunArn':'" A "mapRun:x/l:u'}",
              "ValidationException: ");
    expect_in(&w, "ListExecutions", "{'mapRunArn':'" A "stateMachine:n'}",
              "InvalidArn: ");
    expect_in(&w, "ListExecutions", "{'mapRunArn':'" A "mapRun:n/l:u'}",
              "ResourceNotFound: ");
    expect_in(&w, "DescribeMapRun", "{'mapRunArn':'" A "mapRun:n/l:u'}",
              "ResourceNotFound: ");
    close_world(&w);
}
END_TEST

/* ---- tasks ---- */

#define POLL "{'activityArn':'" A "activity:paint','workerName':'w'}"

static void open_painting(struct world *w)
{
    open_world(w);
    expect_in(w, "CreateActivity", "{'name':'paint'}", "creationDate");
    expect_in(w, "CreateStateMachine", MACHINE("p", "STANDARD", PAINT), "creationDate");
}

static void start_painting(struct world *w)
{
    expect_in(w, "StartExecution", "{'stateMachineArn':'" A "stateMachine:p'}",
              "startDate");
}

START_TEST(a_task_that_is_there_is_given_at_once)
{
    struct world w;
    open_painting(&w);
    start_painting(&w);
    expect_in(&w, "GetActivityTask", POLL, "'input':'{}'");
    char input[512];
    snprintf(input, sizeof input, "{'taskToken':'%s','output':'1'}",
             told(&w, "'taskToken':'"));
    expect(&w, "SendTaskHeartbeat", input, "{}");
    expect(&w, "SendTaskSuccess", input, "{}");
    expect(&w, "SendTaskSuccess", input,
           "TaskTimedOut: Task Timed Out: 'Provided task does not exist anymore'");
    close_world(&w);
}
END_TEST

START_TEST(who_waits_longest_gets_the_first_task)
{
    struct world w;
    struct asli_call first, second;
    open_painting(&w);
    ask(&w, &first, "GetActivityTask", POLL);
    ask(&w, &second, "GetActivityTask", POLL);
    ck_assert_int_eq(second.ms, 60000);
    start_painting(&w);
    ck_assert_ptr_nonnull(strstr(first.said, "taskToken"));
    ck_assert_str_eq(second.said, "");
    start_painting(&w);
    ck_assert_ptr_nonnull(strstr(second.said, "taskToken"));
    close_world(&w);
}
END_TEST

START_TEST(who_has_waited_a_minute_gets_no_task)
{
    struct world w;
    struct asli_call calls[3];
    open_painting(&w);
    for (int i = 0; i < 3; i++)
        ask(&w, &calls[i], "GetActivityTask", POLL);
    calls[1].due(&calls[1], calls[1].due_arg);
    ck_assert_str_eq(calls[1].said, "{}");
    calls[0].gone(&calls[0], calls[0].gone_arg);
    start_painting(&w);
    ck_assert_ptr_nonnull(strstr(calls[2].said, "taskToken"));
    close_world(&w);
}
END_TEST

START_TEST(a_thousand_wait_for_an_activity)
{
    struct world w;
    struct asli_call *calls = calloc(1001, sizeof *calls);
    open_painting(&w);
    for (int i = 0; i < 1001; i++)
        ask(&w, &calls[i], "GetActivityTask", POLL);
    ck_assert_str_eq(calls[1000].said,
                     "ActivityWorkerLimitExceeded: Activity Worker Limit Exceeded: '" A
                     "activity:paint'");
    for (int i = 0; i < 1000; i++)
        calls[i].gone(&calls[i], calls[i].gone_arg);
    free(calls);
    close_world(&w);
}
END_TEST

START_TEST(an_activity_that_is_not_there_has_no_tasks)
{
    struct world w;
    open_world(&w);
    expect(&w, "GetActivityTask", POLL,
           "ActivityDoesNotExist: Activity Does Not Exist: '" A "activity:paint'");
    expect(&w, "GetActivityTask", "{'activityArn':'paint'}",
           "InvalidArn: Invalid Arn: 'Invalid ARN prefix: paint'");
    close_world(&w);
}
END_TEST

START_TEST(answers_that_cannot_be_taken_are_refused)
{
    struct world w;
    open_painting(&w);
    start_painting(&w);
    expect(&w, "SendTaskFailure", "{'taskToken':'x'}",
           "InvalidToken: Invalid Token: 'Invalid token'");
    expect_in(&w, "GetActivityTask", POLL, "taskToken");
    char input[512];
    snprintf(input, sizeof input, "{'taskToken':'%s','output':'{'}",
             told(&w, "'taskToken':'"));
    expect_in(&w, "SendTaskSuccess", input, "InvalidOutput: Invalid Output: '");
    expect(&w, "SendTaskFailure", input, "{}");
    close_world(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("server/act");
    TCase *t = tcase_create("act");
    tcase_add_test(t, a_start_is_repeatable_while_it_runs);
    tcase_add_test(t, what_cannot_be_started_is_refused);
    tcase_add_test(t, a_synchronous_start_tells_all_of_its_execution);
    tcase_add_test(t, a_synchronous_start_of_a_standard_machine_is_refused);
    tcase_add_test(t, who_waits_for_an_execution_is_told_of_the_end_of_the_server);
    tcase_add_test(t, data_is_left_out_when_it_is_not_wanted);
    tcase_add_test(t, what_is_no_standard_execution_is_refused);
    tcase_add_test(t, the_machine_of_an_execution_is_told_of_when_it_is_deleted);
    tcase_add_test(t, stopping_again_tells_when_it_was_stopped);
    tcase_add_test(t, a_redrive_is_repeatable_by_its_token);
    tcase_add_test(t, executions_and_events_come_in_pages);
    tcase_add_test(t, a_list_is_of_a_machine_that_has_executions);
    tcase_add_test(t, a_task_that_is_there_is_given_at_once);
    tcase_add_test(t, who_waits_longest_gets_the_first_task);
    tcase_add_test(t, who_has_waited_a_minute_gets_no_task);
    tcase_add_test(t, a_thousand_wait_for_an_activity);
    tcase_add_test(t, an_activity_that_is_not_there_has_no_tasks);
    tcase_add_test(t, answers_that_cannot_be_taken_are_refused);
    suite_add_tcase(suite, t);
    return suite;
}
