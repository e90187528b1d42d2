/* SPDX-License-Identifier: Apache-2.0
 *
 * Lambda at an endpoint: what it is asked, and what becomes of its answers; the life of requests.
 */
#include "conformance/kit/http_bench.h"

#define TASK(rest)                                                                       \
    "{'StartAt':'T','States':{'T':{'Type':'Task',"                                       \
    "'Resource':'arn:aws:lambda:us-east-1:123456789012:function:" rest ",'End':true}}}"
#define INVOKE(service, parameters) HTTP_TASK("arn:aws:states:::" service, parameters)
#define OK                                                                               \
    "200 OK\r\nContent-Type: application/json\r\nX-Amz-Executed-Version: 7\r\n"          \
    "x-amzn-RequestId: r-1\r\n\r\n"
#define FAILED "200 OK\r\nX-Amz-Function-Error: Unhandled\r\n\r\n"

static struct http_kit k;

static void run(const char *answers, const char *definition, const char *input)
{
    http_open(&k, answers, NULL);
    http_service(&k, "lambda");
    http_run(&k, definition, input);
}

static void fails(const char *answers, const char *definition, const char *error,
                  const char *cause)
{
    run(answers, definition, NULL);
    http_failed(&k, error, cause);
    http_close(&k);
}

START_TEST(a_function_gets_the_input_and_gives_the_result)
{
    run(OK "{\"b\": 2}", TASK("work:PROD'"), "{'a':1}");
    http_succeeded(&k, "{\"b\":2}");
    ck_assert(peer_has_line(
        &k.p, "POST /2015-03-31/functions/work/invocations?Qualifier=PROD HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "Content-Type: application/json"));
    ck_assert_ptr_nonnull(strstr(k.p.asked, "\r\nAuthorization: AWS4-HMAC-SHA256 "
                                            "Credential=test/"));
    ck_assert_ptr_nonnull(strstr(k.p.asked, "/us-east-1/lambda/aws4_request"));
    ck_assert_str_eq(peer_body(&k.p), "{\"a\":1}");
    http_close(&k);
}
END_TEST

START_TEST(invoke_has_the_answer_around_the_payload)
{
    run(OK "{}",
        INVOKE("lambda:invoke", "'FunctionName':'arn:aws:lambda:eu-west-1:1:function:f',"
                                "'InvocationType':'RequestResponse','LogType':'None',"
                                "'ClientContext':'e30=','Payload':[1]"),
        NULL);
    http_succeeded(
        &k,
        "{\"ExecutedVersion\":\"7\",\"Payload\":{},\"SdkHttpMetadata\":{"
        "\"AllHttpHeaders\":"
        "{\"Content-Type\":[\"application/json\"],\"X-Amz-Executed-Version\":[\"7\"],"
        "\"x-amzn-RequestId\":[\"r-1\"],\"Content-Length\":[\"2\"],\"Connection\":"
        "[\"close\"]},\"HttpHeaders\":{\"Connection\":\"close\",\"Content-Length\":\"2\","
        "\"Content-Type\":\"application/json\",\"X-Amz-Executed-Version\":\"7\","
        "\"x-amzn-RequestId\":\"r-1\"},\"HttpStatusCode\":200},\"SdkResponseMetadata\":"
        "{\"RequestId\":\"r-1\"},\"StatusCode\":200}");
    ck_assert(peer_has_line(&k.p, "POST /2015-03-31/functions/f/invocations HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "X-Amz-Invocation-Type: RequestResponse"));
    ck_assert(peer_has_line(&k.p, "X-Amz-Client-Context: e30="));
    ck_assert_str_eq(peer_body(&k.p), "[1]");
    http_close(&k);
}
END_TEST

static int give_one(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_integer(1), NULL);
}

START_TEST(a_function_named_at_run_time_is_a_handler_or_at_the_endpoint)
{
    static const char definition[] =
        INVOKE("lambda:invoke", "'FunctionName.$':'$.f','Payload':{}");
    http_open(&k, OK "2", NULL);
    http_service(&k, "lambda");
    bench_handler(&k.b, "here", give_one, NULL, 0);
    http_run(&k, definition, "{'f':'here'}");
    ck_assert_ptr_nonnull(strstr(k.b.output, "\"Payload\":1"));
    http_run(&k, definition, "{'f':'there'}");
    ck_assert_ptr_nonnull(strstr(k.b.output, "\"Payload\":2"));
    ck_assert(
        peer_has_line(&k.p, "POST /2015-03-31/functions/there/invocations HTTP/1.1"));
    http_close(&k);
}
END_TEST

START_TEST(the_sdk_gives_the_payload_as_text)
{
    run(FAILED "{\"errorType\":\"E\"}",
        INVOKE("aws-sdk:lambda:invoke", "'FunctionName':'f','Payload':'[2]'"), NULL);
    http_succeeded(&k, "{\"FunctionError\":\"Unhandled\",\"Payload\":"
                       "\"{\\\"errorType\\\":\\\"E\\\"}\",\"StatusCode\":200}");
    ck_assert_str_eq(peer_body(&k.p), "[2]");
    http_close(&k);
}
END_TEST

START_TEST(a_functions_error_is_the_tasks)
{
    fails(FAILED "{\"errorMessage\": \"no\", \"errorType\": \"CardDeclined\"}",
          TASK("f'"), "CardDeclined",
          "{\"errorMessage\": \"no\", \"errorType\": \"CardDeclined\"}");
    fails(
        FAILED "{\"errorMessage\":\"exited\"}", TASK("f'"), "Lambda.Unknown",
        "The cause could not be determined because Lambda did not return an error type. "
        "Returned payload: {\"errorMessage\":\"exited\"}");
}
END_TEST

START_TEST(errors_of_the_service_have_its_names)
{
    static const char invoke[] = INVOKE("lambda:invoke", "'FunctionName':'f'");
    fails("404 Not Found\r\nx-amzn-ErrorType: ResourceNotFoundException:http://x/\r\n"
          "x-amzn-RequestId: r\r\n\r\n{\"Message\":\"Function not found: f\"}",
          invoke, "Lambda.ResourceNotFoundException",
          "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: "
          "ResourceNotFoundException; Request ID: r; Proxy: null)");
    fails("429 Too Many Requests\r\n\r\n{\"message\":\"slow\"}", TASK("f'"),
          "Lambda.TooManyRequestsException",
          "slow (Service: AWSLambda; Status Code: 429;");
    fails("503 Unavailable\r\n\r\nlater", invoke, "Lambda.ServiceException",
          "later (Service: AWSLambda; Status Code: 503; Error Code: ServiceException;");
    fails("403 Forbidden\r\n\r\n{\"Message\":\"no\"}", invoke,
          "Lambda.AWSLambdaException",
          "no (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException;");
    fails(
        "404 Not Found\r\nx-amzn-ErrorType: ResourceNotFoundException\r\n"
        "x-amzn-RequestId: r\r\n\r\n{\"Message\":\"none\"}",
        INVOKE("aws-sdk:lambda:invoke", "'FunctionName':'f'"),
        "Lambda.ResourceNotFoundException",
        "none (Service: Lambda, Status Code: 404, Request ID: r) (SDK Attempt Count: 1)");
}
END_TEST

START_TEST(nobody_there_is_the_clients_exception)
{
    http_open(&k, "", NULL);
    http_service(&k, "lambda");
    asl_free(bench_start(&k.b, TASK("f'"), NULL)); /* the connection is closed */
    bench_run(&k.b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(k.b.error, "Lambda.SdkClientException");
    peer_close(&k.p);
    asl_free(bench_start(&k.b, TASK("f'"), NULL)); /* and none is taken */
    bench_run(&k.b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(k.b.error, "Lambda.SdkClientException");
    ck_assert_msg(
        strstr(k.b.cause, "Unable to execute HTTP request: Connect to 127.0.0.1:") &&
            strstr(k.b.cause, " failed: Connection refused"),
        "%s", k.b.cause);
    bench_close(&k.b);
}
END_TEST

START_TEST(a_token_task_waits_after_its_request)
{
    asl_activity activity;
    http_open(&k, OK "1", NULL);
    http_service(&k, "lambda");
    asl_free(bench_start(
        &k.b, INVOKE("lambda:invoke.waitForTaskToken", "'FunctionName':'f'"), NULL));
    bench_run(&k.b, ASL_UNTIL_IDLE);
    asl_engine_activity(k.b.engine, &activity);
    ck_assert_int_eq(activity.callbacks, 1);
    ck_assert_int_eq(k.b.ended, 0);
    http_close(&k);
}
END_TEST

/* The peer holds the connection open and says nothing. */
static char *start_and_hang(void)
{
    char *arn = bench_start(&k.b, TASK("f'"), NULL);
    while (atomic_load(&k.p.count) == 0)
        ck_assert_int_eq(asl_host_turn(k.b.host, NULL), 0);
    return arn;
}

START_TEST(closing_the_engine_aborts_the_request)
{
    http_open(&k, "-", NULL);
    http_service(&k, "lambda");
    asl_free(start_and_hang());
    http_close(&k);
}
END_TEST

START_TEST(a_stopped_task_aborts_the_request)
{
    http_open(&k, "-\1" OK "2", NULL);
    http_service(&k, "lambda");
    char *arn = start_and_hang();
    ck_assert_int_eq(asl_stop(k.b.engine, arn, NULL, NULL, NULL, NULL, NULL), 0);
    bench_run(&k.b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(k.b.status, ASL_ABORTED);
    ck_assert_str_eq(bench_output(&k.b, TASK("f'"), NULL),
                     "2"); /* the peer is free again */
    asl_free(arn);
    http_close(&k);
}
END_TEST

START_TEST(more_tasks_than_may_run_wait_their_turn)
{
    asl_http_options options = {.size = sizeof options, .max_requests = 2};
    http_open(&k, OK "3", &options);
    http_service(&k, "lambda");
    for (int i = 0; i < 20; i++)
        asl_free(bench_start(&k.b, TASK("f'"), NULL));
    bench_run(&k.b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(k.b.ended, 20);
    ck_assert_int_eq(atomic_load(&k.p.count), 20);
    ck_assert_str_eq(k.b.output, "3");
    http_close(&k);
}
END_TEST

START_TEST(a_response_that_is_too_large_is_a_failure)
{
    asl_http_options options = {.size = sizeof options, .max_response = 8};
    http_open(&k, OK "\"1234567\"", &options);
    http_service(&k, "lambda");
    asl_free(bench_start(&k.b, INVOKE("lambda:invoke", "'FunctionName':'f'"), NULL));
    bench_run(&k.b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(k.b.error, "States.DataLimitExceeded");
    ck_assert_str_eq(k.b.cause, "The state/task 'lambda' returned a result with a size "
                                "exceeding the maximum number of bytes service limit.");
    http_close(&k);
}
END_TEST

START_TEST(without_an_endpoint_nothing_is_claimed)
{
    asl_error error = {0};
    asl_machine *machine = bench_machine(TASK("f'"));
    bench_open(&k.b, NULL, 0);
    ck_assert_int_eq(asl_http_endpoint(k.b.engine, "lambda", "http://x", &error),
                     ASL_EINVAL);
    ck_assert_int_eq(asl_http_open(k.b.engine, NULL, &error), 0);
    ck_assert_int_eq(asl_http_open(k.b.engine, NULL, &error), ASL_EEXISTS);
    ck_assert_int_eq(asl_start(k.b.engine, machine, "{}", 2, NULL, NULL, &error),
                     ASL_EHANDLER);
    ck_assert_int_eq(asl_http_endpoint(k.b.engine, "lambda", "localhost:1", &error),
                     ASL_EINVAL);
    ck_assert_int_eq(asl_http_endpoint(k.b.engine, "nothing", "http://x", &error),
                     ASL_EINVAL);
    ck_assert_msg(strstr(error.text, "athena, cloudtrail, ") != NULL, "%s", error.text);
    asl_machine_unref(machine);
    bench_close(&k.b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("lambda");
    TCase *tc = tcase_create("lambda");
    tcase_add_test(tc, a_function_gets_the_input_and_gives_the_result);
    tcase_add_test(tc, invoke_has_the_answer_around_the_payload);
    tcase_add_test(tc, a_function_named_at_run_time_is_a_handler_or_at_the_endpoint);
    tcase_add_test(tc, the_sdk_gives_the_payload_as_text);
    tcase_add_test(tc, a_functions_error_is_the_tasks);
    tcase_add_test(tc, errors_of_the_service_have_its_names);
    tcase_add_test(tc, nobody_there_is_the_clients_exception);
    tcase_add_test(tc, a_token_task_waits_after_its_request);
    tcase_add_test(tc, closing_the_engine_aborts_the_request);
    tcase_add_test(tc, a_stopped_task_aborts_the_request);
    tcase_add_test(tc, more_tasks_than_may_run_wait_their_turn);
    tcase_add_test(tc, a_response_that_is_too_large_is_a_failure);
    tcase_add_test(tc, without_an_endpoint_nothing_is_claimed);
    suite_add_tcase(suite, tc);
    return suite;
}
