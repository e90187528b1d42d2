/* SPDX-License-Identifier: Apache-2.0
 *
 * Handlers by name: which resource finds which, how they end, and Lambda as lambda:invoke shows it.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"

#define TASK(resource)                                                                   \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" resource "','End':true}}" \
    "}"
#define INVOKE(suffix, parameters)                                                       \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':"                            \
    "'arn:aws:states:::lambda:invoke" suffix "','Parameters':{" parameters "},"          \
    "'End':true}}}"

static int echo(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static int give(asl_task *task, void *arg)
{
    return asl_task_succeed_text(task, arg, (size_t)-1, NULL);
}

static int name_itself(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_string(asl_task_handler(task)), NULL);
}

/* What the execution ends with under one handler; the bench's text. */
static const char *run(struct bench *b, const char *name, asl_handler_fn *fn, void *arg,
                       const char *definition, const char *input)
{
    bench_open(b, NULL, 0);
    bench_handler(b, name, fn, arg, 0);
    return bench_output(b, definition, input);
}

START_TEST(serves_each_kind_of_resource_by_its_name)
{
    static const char *const resources[] = {
        TASK("handler:work"),
        TASK("arn:aws:lambda:us-east-1:123456789012:function:work"),
        TASK("arn:aws:lambda:us-east-1:123456789012:function:work:PROD"),
        INVOKE("", "'FunctionName':'work'"),
    };
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++) {
        struct bench b;
        ck_assert_ptr_nonnull(
            strstr(run(&b, "work", name_itself, NULL, resources[i], NULL), "\"work\""));
        bench_close(&b);
    }
}
END_TEST

START_TEST(serves_a_service_by_its_action)
{
    struct bench b;
    ck_assert_str_eq(run(&b, "sqs:sendMessage", echo, NULL,
                         TASK("arn:aws:states:::sqs:sendMessage"), "{'a':1}"),
                     "{\"a\":1}");
    bench_close(&b);
}
END_TEST

START_TEST(runs_inline_handlers_on_the_engines_thread)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE);
    bench_handler(&b, "work", echo, NULL, ASL_HANDLER_INLINE);
    ck_assert_str_eq(bench_output(&b, TASK("handler:work"), "[1]"), "[1]");
    bench_close(&b);
}
END_TEST

START_TEST(a_later_handler_of_the_same_name_replaces_it)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", give, (char[]){"1"}, 0);
    bench_handler(&b, "zzz", give, (char[]){"9"}, 0);
    bench_handler(&b, "a", give, (char[]){"8"}, 0);
    bench_handler(&b, "wor", give, (char[]){"7"}, 0);
    bench_handler(&b, "work", give, (char[]){"2"}, 0);
    ck_assert_str_eq(bench_output(&b, TASK("handler:work"), NULL), "2");
    ck_assert_str_eq(bench_output(&b, TASK("handler:wor"), NULL), "7");
    bench_close(&b);
}
END_TEST

START_TEST(refuses_handlers_without_name_or_function)
{
    struct bench b;
    asl_error err;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(asl_handler(b.engine, "", echo, NULL, 0, &err), ASL_EINVAL);
    ck_assert_int_eq(asl_handler(b.engine, NULL, echo, NULL, 0, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_handler(b.engine, "x", NULL, NULL, 0, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_handler(b.engine, "x", echo, NULL, 8, NULL), ASL_EINVAL);
    bench_close(&b);
}
END_TEST

START_TEST(missing_handlers_are_refused_before_the_start)
{
    struct bench b;
    asl_error err = {0};
    bench_open(&b, NULL, 0);
    bench_handler(&b, "other", echo, NULL, 0);
    static const char *const definitions[] = {
        TASK("handler:work"),
        INVOKE("", "'FunctionName':'work'"),
        TASK("arn:aws:states:::sqs:sendMessage"),
    };
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        asl_machine *m = bench_machine(definitions[i]);
        ck_assert_int_eq(asl_start(b.engine, m, NULL, 0, NULL, NULL, &err), ASL_EHANDLER);
        ck_assert_ptr_nonnull(strstr(err.text, "'T'"));
        asl_machine_unref(m);
    }
    bench_close(&b);
}
END_TEST

/* ---- how handlers end ---- */

static int refuse(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_fail(task, "OutOfStock", "none left", NULL);
}

static int return_code(asl_task *task, void *arg)
{
    (void)task;
    return *(int *)arg;
}

static void expect_failure(asl_handler_fn *fn, void *arg, const char *error,
                           const char *cause)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", fn, arg, 0);
    asl_free(bench_start(&b, TASK("handler:work"), NULL));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, ASL_FAILED);
    ck_assert_str_eq(b.error, error);
    ck_assert_ptr_nonnull(strstr(b.cause, cause));
    bench_close(&b);
}

START_TEST(a_failed_task_fails_with_its_error_and_cause)
{
    expect_failure(refuse, NULL, "OutOfStock", "none left");
}
END_TEST

START_TEST(a_code_that_is_not_0_fails_the_task)
{
    int code = ASL_EINVAL;
    expect_failure(return_code, &code, "States.TaskFailed",
                   "the handler 'work' returned -2");
}
END_TEST

START_TEST(a_task_that_was_forgotten_fails)
{
    int code = 0;
    expect_failure(return_code, &code, "States.TaskFailed",
                   "without completing the task");
}
END_TEST

/* ---- lambda:invoke ---- */

START_TEST(lambda_invoke_wraps_the_handlers_output)
{
    struct bench b;
    json_error_t bad;
    const char *text =
        run(&b, "work", echo, NULL, INVOKE("", "'FunctionName':'work','Payload.$':'$'"),
            "{'a':1}");
    static const char head[] = "{\"ExecutedVersion\":\"$LATEST\",\"Payload\":{\"a\":1},"
                               "\"SdkHttpMetadata\":{\"AllHttpHeaders\":{";
    ck_assert_mem_eq(text, head, sizeof head - 1);
    json_t *output = json_loads(text, 0, &bad),
           *sdk = json_object_get(output, "SdkHttpMetadata");
    const char *id = json_string_value(
        json_object_get(json_object_get(output, "SdkResponseMetadata"), "RequestId"));
    json_t *headers = json_object_get(sdk, "HttpHeaders");
    ck_assert_int_eq(json_integer_value(json_object_get(output, "StatusCode")), 200);
    ck_assert_int_eq(json_integer_value(json_object_get(sdk, "HttpStatusCode")), 200);
    ck_assert_uint_eq(strlen(id), 36);
    ck_assert_str_eq(json_string_value(json_object_get(headers, "x-amzn-RequestId")), id);
    ck_assert_str_eq(json_string_value(json_object_get(headers, "Content-Length")), "7");
    json_decref(output);
    bench_close(&b);
}
END_TEST

START_TEST(lambda_invoke_without_a_payload_sends_an_empty_object)
{
    struct bench b;
    ck_assert_ptr_nonnull(
        strstr(run(&b, "work", echo, NULL, INVOKE("", "'FunctionName':'work'"), "7"),
               "\"Payload\":{},"));
    bench_close(&b);
}
END_TEST

START_TEST(lambda_invoke_wraps_text_outputs_too)
{
    struct bench b;
    ck_assert_ptr_nonnull(strstr(run(&b, "work", give, (char[]){" [ 1 ] "},
                                     INVOKE("", "'FunctionName':'work'"), NULL),
                                 "\"Payload\":[1],"));
    bench_close(&b);
}
END_TEST

START_TEST(lambda_invoke_understands_every_form_of_a_function_name)
{
    static const char *const names[] = {
        "{'f':'work'}",
        "{'f':'work:PROD'}",
        "{'f':'123456789012:function:work'}",
        "{'f':'arn:aws:lambda:us-east-1:123456789012:function:work'}",
        "{'f':'arn:aws:lambda:us-east-1:123456789012:function:work:3'}",
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct bench b;
        ck_assert_ptr_nonnull(strstr(run(&b, "work", name_itself, NULL,
                                         INVOKE("", "'FunctionName.$':'$.f'"), names[i]),
                                     "\"Payload\":\"work\""));
        bench_close(&b);
    }
}
END_TEST

static void expect_not_found(const char *input, const char *cause)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", echo, NULL, 0);
    asl_free(bench_start(&b, INVOKE("", "'FunctionName.$':'$.f'"), input));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, ASL_FAILED);
    ck_assert_str_eq(b.error, "Lambda.ResourceNotFoundException");
    ck_assert_mem_eq(b.cause, cause, strlen(cause));
    ck_assert_ptr_nonnull(strstr(b.cause, "; Proxy: null)"));
    bench_close(&b);
}

START_TEST(lambda_invoke_of_an_unknown_function_fails_as_aws_does)
{
    expect_not_found(
        "{'f':'gone'}",
        "Function not found: arn:aws:lambda:us-east-1:123456789012:function:gone:"
        "$LATEST (Service: AWSLambda; Status Code: 404; Error Code: "
        "ResourceNotFoundException; Request ID: ");
    expect_not_found("{'f':'arn:aws:lambda:eu-west-1:1:function:gone:7'}",
                     "Function not found: arn:aws:lambda:eu-west-1:1:function:gone:7 (");
}
END_TEST

START_TEST(lambda_invoke_without_a_function_name_fails)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", echo, NULL, 0);
    asl_free(bench_start(&b, INVOKE("", "'FunctionName.$':'$.f'"), "{'f':1}"));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, ASL_FAILED);
    bench_close(&b);
}
END_TEST

START_TEST(a_handler_of_lambda_invoke_itself_sees_the_request)
{
    struct bench b;
    ck_assert_str_eq(run(&b, "lambda:invoke", echo, NULL,
                         INVOKE("", "'FunctionName':'work','Payload':[1]"), NULL),
                     "{\"FunctionName\":\"work\",\"Payload\":[1]}");
    bench_close(&b);
}
END_TEST

/* Keeps the token for the test. */
static int submit(asl_task *task, void *arg)
{
    *(char **)arg = strdup(asl_task_token(task));
    return asl_task_submitted(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static json_t *event_of(struct bench *b, const char *arn, const char *type,
                        json_t **history)
{
    json_t *event;
    size_t i;
    ck_assert_int_eq(asl_history(asl_engine_store(b->engine), arn, history, NULL), 0);
    json_array_foreach(json_object_get(*history, "events"), i, event)
    {
        if (strcmp(json_string_value(json_object_get(event, "type")), type) == 0)
            return event;
    }
    return NULL;
}

START_TEST(a_callbacks_answer_is_not_wrapped_but_its_submission_is)
{
    struct bench b;
    char *token = NULL;
    json_t *history;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", submit, &token, 0);
    char *arn = bench_start(
        &b, INVOKE(".waitForTaskToken", "'FunctionName':'work','Payload':'p'"), NULL);
    bench_run(&b, ASL_UNTIL_IDLE);
    ck_assert_ptr_nonnull(token);
    ck_assert_int_eq(
        asl_answer_success(b.engine, token, "{\"x\":1}", 7, NULL, NULL, NULL), 0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "{\"x\":1}");
    json_t *submitted = event_of(&b, arn, "TaskSubmitted", &history);
    const char *output = json_string_value(json_object_get(
        json_object_get(submitted, "taskSubmittedEventDetails"), "output"));
    ck_assert_ptr_nonnull(strstr(output, "\"Payload\":\"p\",\"SdkHttpMetadata\""));
    json_decref(history);
    free(token);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("func");
    TCase *t = tcase_create("func");
    tcase_add_test(t, serves_each_kind_of_resource_by_its_name);
    tcase_add_test(t, serves_a_service_by_its_action);
    tcase_add_test(t, runs_inline_handlers_on_the_engines_thread);
    tcase_add_test(t, a_later_handler_of_the_same_name_replaces_it);
    tcase_add_test(t, refuses_handlers_without_name_or_function);
    tcase_add_test(t, missing_handlers_are_refused_before_the_start);
    tcase_add_test(t, a_failed_task_fails_with_its_error_and_cause);
    tcase_add_test(t, a_code_that_is_not_0_fails_the_task);
    tcase_add_test(t, a_task_that_was_forgotten_fails);
    tcase_add_test(t, lambda_invoke_wraps_the_handlers_output);
    tcase_add_test(t, lambda_invoke_without_a_payload_sends_an_empty_object);
    tcase_add_test(t, lambda_invoke_wraps_text_outputs_too);
    tcase_add_test(t, lambda_invoke_understands_every_form_of_a_function_name);
    tcase_add_test(t, lambda_invoke_of_an_unknown_function_fails_as_aws_does);
    tcase_add_test(t, lambda_invoke_without_a_function_name_fails);
    tcase_add_test(t, a_handler_of_lambda_invoke_itself_sees_the_request);
    tcase_add_test(t, a_callbacks_answer_is_not_wrapped_but_its_submission_is);
    suite_add_tcase(s, t);
    return s;
}
