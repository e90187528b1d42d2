/* SPDX-License-Identifier: Apache-2.0
 *
 * Executions that start executions: the answers that AWS gives, and what happens after a crash,
 * a stop, or when the name is taken.
 */
#include <asl/host.h>
#include <asl/nested.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"

#define CHILD "arn:aws:states:us-east-1:123456789012:stateMachine:child"
#define PARENT(resource, parameters, more)                                               \
    "{'StartAt':'S','States':{'S':{'Type':'Task','Resource':'arn:aws:states:::" resource \
    "','Parameters':{" parameters "}" more ",'End':true}}}"
#define PASS "{'StartAt':'P','States':{'P':{'Type':'Pass','Result':{'r':1},'End':true}}}"
#define FAIL                                                                             \
    "{'StartAt':'F','States':{'F':{'Type':'Fail','Error':'No','Cause':'none left'}}}"
#define WAIT "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':60,'End':true}}}"
#define ASK                                                                              \
    "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'arn:aws:states:::sqs:"      \
    "sendMessage.waitForTaskToken','End':true}}}"

static int submit(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_submitted(task, NULL, NULL);
}

/* Adds the machine "child", and what ASK needs. */
static asl_machine *add_as(struct bench *b, const char *definition, int express)
{
    asl_error err = {0};
    asl_machine *machine;
    asl_machine_options options = {
        .size = sizeof options, .name = "child", .express = express};
    char *text = kit_quoted(definition);
    ck_assert_msg(asl_machine_load(text, (size_t)-1, &options, &machine, NULL, &err) == 0,
                  "%s", err.text);
    free(text);
    ck_assert_int_eq(asl_nested_add(b->engine, machine, NULL), 0);
    asl_machine_unref(machine);
    bench_handler(b, "sqs:sendMessage", submit, NULL, 0);
    return machine; /* the engine has it */
}

static asl_machine *add(struct bench *b, const char *definition)
{
    return add_as(b, definition, 0);
}

static void open_with(struct bench *b, asl_store *store, const char *child)
{
    bench_open(b, store, 0);
    add(b, child);
}

static json_t *parsed(const char *text)
{
    json_error_t err;
    json_t *value = json_loads(text ? text : "", JSON_DECODE_ANY, &err);
    ck_assert_msg(value != NULL, "%s", text);
    return value;
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The status of an execution of "child". */
static void expect_child(struct bench *b, const char *name, const char *status)
{
    json_t *d;
    char arn[200];
    snprintf(arn, sizeof arn, "arn:aws:states:us-east-1:123456789012:execution:child:%s",
             name);
    ck_assert_int_eq(asl_describe(asl_engine_store(b->engine), arn, &d, NULL), 0);
    ck_assert_str_eq(text(d, "status"), status);
    json_decref(d);
}

/* ---- answers ---- */

START_TEST(start_execution_answers_as_aws_does)
{
    struct bench b;
    open_with(&b, NULL, WAIT);
    asl_free(bench_start(
        &b,
        PARENT("states:startExecution", "'StateMachineArn':'" CHILD "','Name':'c'", ""),
        NULL));
    while (b.ended == 0)
        ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    static const char head[] =
        "{\"ExecutionArn\":\"arn:aws:states:us-east-1:123456789012:execution:child:c\","
        "\"SdkHttpMetadata\":{\"AllHttpHeaders\":{\"x-amzn-RequestId\":[\"";
    static const char tail[] =
        "\"HttpHeaders\":{\"connection\":\"keep-alive\",\"Content-Length\":\"103\","
        "\"Content-Type\":\"application/x-amz-json-1.0\",\"Date\":\"Tue, 14 Nov 2023 "
        "22:13:20 GMT\",\"x-amzn-RequestId\":\"";
    ck_assert_mem_eq(b.output, head, sizeof head - 1);
    ck_assert_ptr_nonnull(strstr(b.output, tail));
    ck_assert_ptr_nonnull(strstr(b.output, "\"StartDate\":1700000000000}"));
    json_t *output = parsed(b.output);
    ck_assert_uint_eq(
        strlen(text(json_object_get(output, "SdkResponseMetadata"), "RequestId")), 36);
    json_decref(output);
    expect_child(&b, "c", "RUNNING");
    bench_close(&b);
}
END_TEST

START_TEST(the_sdks_start_execution_answers_as_aws_does)
{
    struct bench b;
    open_with(&b, NULL, PASS);
    ck_assert_str_eq(
        bench_output(&b,
                     PARENT("aws-sdk:sfn:startExecution",
                            "'StateMachineArn':'" CHILD "','Name':'c'", ""),
                     NULL),
        "{\"ExecutionArn\":\"arn:aws:states:us-east-1:123456789012:execution:child:c\","
        "\"StartDate\":\"2023-11-14T22:13:20.000Z\"}");
    bench_close(&b);
}
END_TEST

#define SYNC_ANSWER(input, output)                                                       \
    "{\"ExecutionArn\":\"arn:aws:states:us-east-1:123456789012:execution:child:c\","     \
    "\"Input\":" input ",\"InputDetails\":{\"Included\":true},\"Name\":\"c\","           \
    "\"Output\":" output ",\"OutputDetails\":{\"Included\":true},"                       \
    "\"StartDate\":1700000000000,\"StateMachineArn\":\"" CHILD                           \
    "\",\"Status\":\"SUCCEEDED\",\"StopDate\":1700000000000}"

START_TEST(sync_gives_the_output_as_text)
{
    struct bench b;
    open_with(&b, NULL, PASS);
    ck_assert_str_eq(
        bench_output(&b,
                     PARENT("states:startExecution.sync",
                            "'StateMachineArn':'" CHILD "','Name':'c','Input':{'a':null}",
                            ""),
                     NULL),
        SYNC_ANSWER("\"{\\\"a\\\":null}\"", "\"{\\\"r\\\":1}\""));
    bench_close(&b);
}
END_TEST

START_TEST(sync_2_gives_the_output_as_json)
{
    struct bench b;
    open_with(&b, NULL, PASS);
    ck_assert_str_eq(
        bench_output(&b,
                     PARENT("states:startExecution.sync:2",
                            "'StateMachineArn':'" CHILD ":7','Name':'c','Input':null",
                            ""),
                     NULL),
        SYNC_ANSWER("{}", "{\"r\":1}"));
    bench_close(&b);
}
END_TEST

START_TEST(an_input_that_is_text_is_sent_as_it_is)
{
    struct bench b;
    open_with(&b, NULL, PASS);
    ck_assert_str_eq(
        bench_output(&b,
                     PARENT("states:startExecution.sync:2",
                            "'StateMachineArn':'" CHILD
                            "','Name':'c','Input.$':'States.JsonToString($)'",
                            ""),
                     "{'q':[2]}"),
        SYNC_ANSWER("{\"q\":[2]}", "{\"r\":1}"));
    bench_close(&b);
}
END_TEST

static void run_to_failure(struct bench *b, const char *definition, const char *error)
{
    asl_free(bench_start(b, definition, NULL));
    do
        bench_run(b, ASL_UNTIL_ENDED);
    while (b->status == ASL_RUNNING);
    ck_assert_int_eq(b->status, ASL_FAILED);
    ck_assert_str_eq(b->error, error);
}

START_TEST(a_child_that_fails_fails_the_task_with_its_description)
{
    struct bench b;
    open_with(&b, NULL, FAIL);
    run_to_failure(&b,
                   PARENT("states:startExecution.sync",
                          "'StateMachineArn':'" CHILD "','Name':'c'", ""),
                   "States.TaskFailed");
    ck_assert_str_eq(
        b.cause,
        "{\"Cause\":\"none left\",\"Error\":\"No\",\"ExecutionArn\":\"arn:aws:states:us-"
        "east-1:123456789012:execution:child:c\",\"Input\":\"{}\",\"InputDetails\":{"
        "\"Included\":true},\"Name\":\"c\",\"StartDate\":1700000000000,"
        "\"StateMachineArn\":\"" CHILD
        "\",\"Status\":\"FAILED\",\"StopDate\":1700000000000}");
    bench_close(&b);
}
END_TEST

START_TEST(what_step_functions_refuses_fails_in_its_words)
{
    static const struct {
        const char *definition, *error, *cause;
    } rows[] = {
        {PARENT("states:startExecution", "'StateMachineArn':'" CHILD "2'", ""),
         "StepFunctions.StateMachineDoesNotExistException",
         "State Machine Does Not Exist: '" CHILD "2' (Service: AWSStepFunctions; Status "
         "Code: 400; Error Code: StateMachineDoesNotExist; Request ID: "},
        {PARENT("aws-sdk:sfn:startExecution", "'StateMachineArn':'" CHILD "2'", ""),
         "Sfn.StateMachineDoesNotExistException",
         "State Machine Does Not Exist: '" CHILD
         "2' (Service: Sfn, Status Code: 400, Request ID: "},
        {PARENT("states:startExecution", "'StateMachineArn':'child'", ""),
         "StepFunctions.InvalidArnException",
         "Invalid Arn: 'Invalid ARN prefix: child' (Service: AWSStepFunctions; "},
        {PARENT("states:startExecution", "'StateMachineArn':'" CHILD "','Name':'a b'",
                ""),
         "StepFunctions.InvalidNameException", "Invalid Name: 'a b' (Service: "},
        {PARENT("states:startExecution", "'StateMachineArn':'" CHILD "','Input':'{'", ""),
         "StepFunctions.InvalidExecutionInputException",
         "Invalid State Machine Execution Input: '"},
        {PARENT("states:startExecution", "'Name':'x'", ""), "States.Runtime",
         "The field 'StateMachineArn' is required but was missing"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        open_with(&b, NULL, PASS);
        run_to_failure(&b, rows[i].definition, rows[i].error);
        ck_assert_msg(strncmp(b.cause, rows[i].cause, strlen(rows[i].cause)) == 0, "%s",
                      b.cause);
        bench_close(&b);
    }
}
END_TEST

START_TEST(a_name_is_taken_once)
{
    struct bench b;
    open_with(&b, NULL, PASS);
    static const char definition[] = PARENT(
        "states:startExecution.sync", "'StateMachineArn':'" CHILD "','Name':'c'", "");
    bench_output(&b, definition, NULL);
    run_to_failure(&b, definition, "StepFunctions.ExecutionAlreadyExistsException");
    ck_assert_ptr_nonnull(strstr(b.cause, "Execution Already Exists: 'arn:aws:states:us-"
                                          "east-1:123456789012:execution:child:c' ("));
    bench_close(&b);
}
END_TEST

START_TEST(a_callback_waits_for_its_token)
{
    struct bench b;
    json_t *tasks;
    open_with(&b, NULL, PASS);
    char *arn = bench_start(&b,
                            PARENT("states:startExecution.waitForTaskToken",
                                   "'StateMachineArn':'" CHILD "','Name':'c'", ""),
                            NULL);
    bench_run(&b, ASL_UNTIL_IDLE);
    expect_child(&b, "c", "SUCCEEDED");
    ck_assert_int_eq(asl_open_tasks(asl_engine_store(b.engine), arn, &tasks, NULL), 0);
    ck_assert_int_eq(asl_answer_success(b.engine,
                                        text(json_array_get(tasks, 0), "taskToken"), "8",
                                        1, NULL, NULL, NULL),
                     0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "8");
    json_decref(tasks);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

/* ---- waiting ---- */

START_TEST(a_run_does_not_wait_for_a_parent_whose_child_waits)
{
    struct bench b;
    asl_activity a;
    open_with(&b, NULL, ASK);
    asl_free(bench_start(&b,
                         PARENT("states:startExecution.sync",
                                "'StateMachineArn':'" CHILD "','Name':'c'", ""),
                         NULL));
    bench_run(&b, ASL_UNTIL_IDLE);
    bench_run(&b, ASL_UNTIL_ENDED);
    asl_engine_activity(b.engine, &a);
    ck_assert_uint_eq(a.tasks, 0);
    ck_assert_uint_eq(a.callbacks, 1);
    ck_assert_uint_eq(a.executions, 2);
    bench_close(&b);
}
END_TEST

static void stop_parent(struct bench *b, const char *child, const char *resource_more)
{
    open_with(b, NULL, child);
    char *arn = bench_start(b, resource_more, NULL);
    bench_run(b, ASL_UNTIL_IDLE);
    ck_assert_int_eq(asl_stop(b->engine, arn, NULL, NULL, NULL, NULL, NULL), 0);
    bench_run(b, ASL_UNTIL_IDLE);
    asl_free(arn);
}

START_TEST(a_parent_that_is_stopped_stops_its_child)
{
    struct bench b;
    stop_parent(&b, ASK,
                PARENT("states:startExecution.sync",
                       "'StateMachineArn':'" CHILD "','Name':'c'", ""));
    expect_child(&b, "c", "ABORTED");
    bench_close(&b);
}
END_TEST

START_TEST(a_parent_that_goes_on_leaves_its_child)
{
    struct bench b;
    open_with(&b, NULL, ASK);
    bench_output(
        &b,
        "{'StartAt':'S','States':{'S':{'Type':'Task','Resource':'arn:aws:states:::states:"
        "startExecution.sync','TimeoutSeconds':9,'Parameters':{'StateMachineArn':'" CHILD
        "','Name':'c'},'Catch':[{'ErrorEquals':['States.ALL'],'Next':'T'}],'End':true},"
        "'T':{'Type':'Pass','End':true}}}",
        NULL);
    expect_child(&b, "c", "RUNNING");
    bench_close(&b);
}
END_TEST

/* ---- crashes ---- */

static size_t count_children(struct bench *b)
{
    json_t *list;
    size_t i, n = 0;
    json_t *row;
    ck_assert_int_eq(asl_list(asl_engine_store(b->engine), NULL, &list, NULL), 0);
    json_array_foreach(json_object_get(list, "executions"), i, row)
    {
        n += strstr(text(row, "executionArn"), ":execution:child:") != NULL;
    }
    json_decref(list);
    return n;
}

/* The engine ends after each number of turns; the next one goes on. */
static void crash_after(int turns, const char *definition, const char *child)
{
    struct bench b;
    asl_store *store;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    bench_open(&b, store, BENCH_SINGLE);
    add(&b, child);
    char *arn = bench_start(&b, definition, NULL);
    for (int i = 0; i < turns; i++) {
        asl_error err;
        ck_assert_int_eq(asl_engine_run_ready(b.engine, BENCH_EPOCH, &err), 0);
        const asl_batch *batch = asl_engine_take_batch(b.engine, &err);
        if (batch)
            asl_engine_batch_done(b.engine, asl_store_apply(store, batch, &err), &err);
    }
    bench_close(&b);
    json_t *d;
    if (asl_describe(store, arn, &d, NULL) == 0) {
        bench_open(&b, store, BENCH_SINGLE);
        add(&b, child);
        bench_run(&b, ASL_UNTIL_ENDED);
        json_decref(d);
        ck_assert_int_eq(asl_describe(store, arn, &d, NULL), 0);
        ck_assert_str_eq(text(d, "status"), "SUCCEEDED");
        ck_assert_uint_eq(count_children(&b), 1);
        bench_close(&b);
        json_decref(d);
    }
    asl_free(arn);
    asl_store_free(store);
}

START_TEST(after_a_crash_the_child_is_found_and_not_started_twice)
{
    static const char *const definitions[] = {
        PARENT("states:startExecution.sync", "'StateMachineArn':'" CHILD "'", ""),
        PARENT("states:startExecution.sync", "'StateMachineArn':'" CHILD "','Name':'c'",
               ""),
        PARENT("states:startExecution", "'StateMachineArn':'" CHILD "'", ""),
        PARENT("states:startExecution", "'StateMachineArn':'" CHILD "','Name':'c'", ""),
    };
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++)
        for (int turns = 0; turns < 12; turns++) {
            crash_after(turns, definitions[i], PASS);
            crash_after(turns, definitions[i], WAIT);
        }
}
END_TEST

START_TEST(an_express_child_is_started_and_not_waited_for)
{
    static const char head[] =
        "{\"ExecutionArn\":\"arn:aws:states:us-east-1:123456789012:express:child:c:";
    static const char tail[] = ",\"StartDate\":\"2023-11-14T22:13:20.000Z\"}";
    struct bench b;
    bench_open(&b, NULL, 0);
    add_as(&b, WAIT, 1);
    asl_free(bench_start(&b,
                         PARENT("aws-sdk:sfn:startExecution",
                                "'StateMachineArn':'" CHILD "','Name':'c'", ""),
                         NULL));
    while (b.ended == 0)
        ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_mem_eq(b.output, head, sizeof head - 1);
    ck_assert_ptr_nonnull(strstr(b.output, tail));
    bench_close(&b);
}
END_TEST

START_TEST(sync_of_an_express_child_is_refused)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    add_as(&b, PASS, 1);
    asl_free(bench_start(
        &b, PARENT("states:startExecution.sync", "'StateMachineArn':'" CHILD "'", ""),
        NULL));
    bench_run(&b, ASL_UNTIL_IDLE);
    ck_assert_str_eq(b.error, "StepFunctions.StateMachineTypeNotSupportedException");
    bench_close(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("nested");
    TCase *t = tcase_create("nested");
    tcase_add_test(t, start_execution_answers_as_aws_does);
    tcase_add_test(t, the_sdks_start_execution_answers_as_aws_does);
    tcase_add_test(t, sync_gives_the_output_as_text);
    tcase_add_test(t, sync_2_gives_the_output_as_json);
    tcase_add_test(t, an_input_that_is_text_is_sent_as_it_is);
    tcase_add_test(t, a_child_that_fails_fails_the_task_with_its_description);
    tcase_add_test(t, what_step_functions_refuses_fails_in_its_words);
    tcase_add_test(t, a_name_is_taken_once);
    tcase_add_test(t, an_express_child_is_started_and_not_waited_for);
    tcase_add_test(t, sync_of_an_express_child_is_refused);
    tcase_add_test(t, a_callback_waits_for_its_token);
    tcase_add_test(t, a_run_does_not_wait_for_a_parent_whose_child_waits);
    tcase_add_test(t, a_parent_that_is_stopped_stops_its_child);
    tcase_add_test(t, a_parent_that_goes_on_leaves_its_child);
    tcase_add_test(t, after_a_crash_the_child_is_found_and_not_started_twice);
    suite_add_tcase(s, t);
    return s;
}
