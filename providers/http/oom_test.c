/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n, of whichever thread, while tasks are done by HTTP: a call
 * says so, or a task fails, but nothing is lost or leaked and the run comes to its end.
 */
#include <asl/http.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/http_peer.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"

static struct peer peer;

static void on_ended(void *arg, const asl_result *result)
{
    *(enum asl_status *)arg = result->status;
}

static int add_http(asl_engine *engine, const char *service)
{
    static const char connections[] =
        "{\"c\":{\"AuthorizationType\":\"BASIC\",\"AuthParameters\":{"
        "\"BasicAuthParameters\":"
        "{\"Username\":\"u\",\"Password\":\"p\"},\"InvocationHttpParameters\":"
        "{\"BodyParameters\":[{\"Key\":\"k\",\"Value\":\"v\"}]}}}}";
    asl_http_options options = {.size = sizeof options, .session_token = "t"};
    int rc = asl_http_open(engine, &options, NULL);
    if (!rc && service)
        rc = asl_http_endpoint(engine, service, peer.url, NULL);
    return rc ? rc
              : asl_http_connections(engine, connections, sizeof connections - 1, NULL);
}

/* How the execution ended; RUNNING: a call failed before, or the engine stopped. */
static int run(asl_machine *machine, const char *service, enum asl_status *status)
{
    asl_engine *engine = NULL;
    asl_host *host = NULL;
    asl_options options = {.size = sizeof options, .arg = status, .ended = on_ended};
    asl_host_options single = {.size = sizeof single, .single_thread = 1};
    int rc = asl_engine_open(&options, &engine, NULL);
    if (!rc)
        rc = asl_host_new(engine, &single, &host, NULL);
    if (!rc)
        rc = add_http(engine, service);
    if (!rc)
        rc = asl_start(engine, machine, "{\"a\":1}", 7, NULL, NULL, NULL);
    while (!rc && *status == ASL_RUNNING) {
        rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
        if (rc == ASL_ENOMEM) /* only one allocation fails */
            rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
    }
    asl_host_free(host);
    asl_engine_close(engine);
    return rc;
}

/* With every allocation failing, and with none `wanted` is how it ends. */
static void survives(const char *answers, const char *service, const char *resource,
                     const char *parameters, enum asl_status wanted)
{
    char text[1024];
    asl_machine *machine;
    bool failed = true;
    peer_open(&peer, answers);
    snprintf(text, sizeof text,
             "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'arn:aws:%s',"
             "'Parameters':%s%s%s,'End':true}}}",
             resource, service ? "" : "{'ApiEndpoint':'", service ? "" : peer.url,
             parameters);
    char *definition = kit_quoted(text);
    ck_assert_int_eq(asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, NULL),
                     0);
    for (unsigned long n = 1; failed; n++) {
        enum asl_status status = ASL_RUNNING;
        fault_alloc_arm(n);
        int rc = run(machine, service, &status);
        failed = fault_alloc_disarm();
        if (rc)
            ck_assert(rc == ASL_ENOMEM || rc == ASL_ESTORE);
        else
            ck_assert(status == ASL_FAILED || status == ASL_SUCCEEDED);
        if (!failed)
            ck_assert_int_eq(status, wanted);
    }
    asl_machine_unref(machine);
    free(definition);
    peer_close(&peer);
}

#define OK "200 OK\r\nx-amzn-RequestId: r\r\n\r\n"

START_TEST(lambda_survives)
{
    survives(OK "{\"a\":1}", "lambda", "lambda:us-east-1:1:function:f:P", "{'b':2}",
             ASL_SUCCEEDED);
    survives(OK "{\"a\":1}", "lambda", "states:::lambda:invoke",
             "{'FunctionName':'f','Payload':{},'LogType':'Tail'}", ASL_SUCCEEDED);
    survives("404 Not Found\r\n\r\n{\"Message\":\"m\"}", "lambda",
             "states:::aws-sdk:lambda:invoke", "{'FunctionName':'f','Payload':'1'}",
             ASL_FAILED);
}
END_TEST

START_TEST(http_invoke_survives)
{
    survives(OK "{\"a\":1}", NULL, "states:::http:invoke",
             "','Method':'POST','Headers':{'h':['1','2']},'QueryParameters':{'q':[1]},"
             "'Authentication':{'ConnectionArn':'c'},'RequestBody':{'a':{'b':[1]}},"
             "'Transform':{'RequestBodyEncoding':'URL_ENCODED'}}",
             ASL_SUCCEEDED);
    survives("500 No\r\n\r\nno", NULL, "states:::http:invoke", "','Method':'GET'}",
             ASL_FAILED);
}
END_TEST

START_TEST(services_survive)
{
    survives(OK "{\"tasks\":[{\"createdAt\":1.5,\"tags\":[{\"k\":1}]}]}", "ecs",
             "states:::ecs:runTask", "{'TaskDefinition':'t','Tags':[{'Key':'k'}]}",
             ASL_SUCCEEDED);
    survives(OK "{\"Data\":\"aGk=\",\"KMSKeyId\":\"x\"}", "kinesis",
             "states:::aws-sdk:kinesis:putRecord", "{'Data':{'a':1},'PartitionKey':'p'}",
             ASL_SUCCEEDED);
    survives("400 Bad\r\nx-amzn-query-error: "
             "A;B\r\n\r\n{\"__type\":\"x#E\",\"message\":\"m\"}",
             "sqs", "states:::sqs:sendMessage", "{'QueueUrl':'q','MessageBody':{}}",
             ASL_FAILED);
    survives(
        OK "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult>"
           "</PublishResponse>",
        "sns", "states:::sns:publish",
        "{'TopicArn':'t','Message':'m','MessageAttributes':{'a':{'DataType':'String'}}}",
        ASL_SUCCEEDED);
    survives(OK "<ListBucketResult><Contents><Key>k</Key><Size>1</Size></Contents>"
                "</ListBucketResult>",
             "s3", "states:::aws-sdk:s3:listObjectsV2", "{'Bucket':'b','Prefix':'p'}",
             ASL_SUCCEEDED);
    survives(
        "200 OK\r\nx-amz-meta-a: b\r\nLast-Modified: Mon, 12 Oct 2009 17:50:00 GMT\r\n"
        "\r\nhi",
        "s3", "states:::aws-sdk:s3:getObject", "{'Bucket':'b','Key':'k'}", ASL_SUCCEEDED);
    survives(
        "404 Not Found\r\n\r\n<Error><Code>NoSuchKey</Code><Message>m</Message></Error>",
        "s3", "states:::aws-sdk:s3:putObject",
        "{'Bucket':'b','Key':'k','Body':'x','Metadata':{'a':'b'}}", ASL_FAILED);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("http oom");
    TCase *tc = tcase_create("oom");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, lambda_survives);
    tcase_add_test(tc, http_invoke_survives);
    tcase_add_test(tc, services_survive);
    suite_add_tcase(suite, tc);
    return suite;
}
