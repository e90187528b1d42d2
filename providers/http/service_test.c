/* SPDX-License-Identifier: Apache-2.0
 *
 * Services at endpoints: what each is sent, and its answers and errors as Step Functions has them.
 */
#include "conformance/kit/http_bench.h"

#define OPTIMIZED(rest, parameters) HTTP_TASK("arn:aws:states:::" rest, parameters)
#define SDK(rest, parameters) HTTP_TASK("arn:aws:states:::aws-sdk:" rest, parameters)
#define ID "x-amzn-RequestId: r\r\n\r\n"
#define OK "200 OK\r\n" ID

static struct http_kit k;

static void run(const char *service, const char *answers, const char *definition)
{
    http_open(&k, answers, NULL);
    http_service(&k, service);
    http_run(&k, definition, NULL);
}

static void fails(const char *service, const char *answers, const char *definition,
                  const char *error, const char *cause)
{
    run(service, answers, definition);
    http_failed(&k, error, cause);
    http_close(&k);
}

static void gives(const char *service, const char *answers, const char *definition,
                  const char *request, const char *output)
{
    run(service, answers, definition);
    http_succeeded(&k, output);
    ck_assert_str_eq(peer_body(&k.p), request);
}

/* ---- AWS JSON ---- */

START_TEST(sqs_gets_a_message_and_answers_with_metadata)
{
    gives("sqs", OK "{\"MessageId\":\"m\",\"MD5OfMessageBody\":\"d\"}",
          OPTIMIZED("sqs:sendMessage", "'QueueUrl':'http://q/1','MessageBody':{'a':[1]}"),
          "{\"QueueUrl\":\"http://q/1\",\"MessageBody\":\"{\\\"a\\\":[1]}\"}",
          "{\"MD5OfMessageBody\":\"d\",\"MessageId\":\"m\",\"SdkHttpMetadata\":"
          "{\"AllHttpHeaders\":{\"x-amzn-RequestId\":[\"r\"],\"Content-Length\":[\"40\"],"
          "\"Connection\":[\"close\"]},\"HttpHeaders\":{\"Connection\":\"close\","
          "\"Content-Length\":\"40\",\"x-amzn-RequestId\":\"r\"},\"HttpStatusCode\":200},"
          "\"SdkResponseMetadata\":{\"RequestId\":\"r\"}}");
    ck_assert(peer_has_line(&k.p, "POST / HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "X-Amz-Target: AmazonSQS.SendMessage"));
    ck_assert(peer_has_line(&k.p, "Content-Type: application/x-amz-json-1.0"));
    ck_assert_ptr_nonnull(strstr(k.p.asked, "/us-east-1/sqs/aws4_request"));
    http_close(&k);
}
END_TEST

START_TEST(requests_are_signed_with_what_is_given)
{
    asl_http_options options = {.size = sizeof options,
                                .region = "eu-west-1",
                                .access_key = "AK",
                                .secret_key = "SK",
                                .session_token = "ST"};
    http_open(&k, OK "{}", &options);
    http_service(&k, "events");
    http_run(&k, OPTIMIZED("events:putEvents", "'Entries':[]"), NULL);
    http_succeeded(&k, "{}");
    ck_assert_ptr_nonnull(strstr(k.p.asked, "Credential=AK/"));
    ck_assert_ptr_nonnull(strstr(k.p.asked, "/eu-west-1/events/aws4_request"));
    ck_assert(peer_has_line(&k.p, "X-Amz-Security-Token: ST"));
    http_close(&k);
}
END_TEST

START_TEST(version_1_names_errors_in_its_way)
{
    static const char send[] =
        OPTIMIZED("sqs:sendMessage", "'QueueUrl':'http://q/1','MessageBody':'m'");
    fails(
        "sqs",
        "400 Bad Request\r\nx-amzn-query-error: AWS.SimpleQueueService.NonExistentQueue;"
        "Sender\r\n" ID "{\"__type\":\"com.amazonaws.sqs#QueueDoesNotExist\","
        "\"message\":\"No such queue.\"}",
        send, "SQS.QueueDoesNotExistException",
        "No such queue. (Service: AmazonSQS; Status Code: 400; Error Code: "
        "AWS.SimpleQueueService.NonExistentQueue; Request ID: r; Proxy: null)");
    fails("sqs", "403 Forbidden\r\n" ID "{\"__type\":\"AccessDeniedException\"}", send,
          "SQS.AmazonSQSException",
          "null (Service: AmazonSQS; Status Code: 403; Error Code: "
          "AccessDeniedException; ");
    fails("dynamodb",
          "400 Bad Request\r\n" ID "{\"__type\":\"com.amazonaws.dynamodb.v20120810#"
          "ConditionalCheckFailedException\",\"message\":\"The conditional request "
          "failed\"}",
          OPTIMIZED("dynamodb:putItem", "'TableName':'T','Item':{}"),
          "DynamoDB.ConditionalCheckFailedException",
          "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; "
          "Error Code: ConditionalCheckFailedException; Request ID: r; Proxy: null)");
}
END_TEST

START_TEST(version_2_names_errors_in_its_way)
{
    fails("dynamodb",
          "400 Bad Request\r\n" ID "{\"__type\":\"x#ResourceNotFoundException\","
          "\"message\":\"Requested resource not found\"}",
          SDK("dynamodb:putItem", "'TableName':'T','Item':{}"),
          "DynamoDb.ResourceNotFoundException",
          "Requested resource not found (Service: DynamoDb, Status Code: 400, Request "
          "ID: r)");
    fails("secretsmanager",
          "400 Bad Request\r\nx-amzn-ErrorType: ValidationException\r\n" ID
          "{\"Message\":\"Invalid name.\"}",
          SDK("secretsmanager:createSecret", "'Name':'a b'"),
          "SecretsManager.SecretsManagerException",
          "Invalid name. (Service: SecretsManager, Status Code: 400, Request ID: r)");
    fails(
        "sfn",
        "400 Bad Request\r\n" ID "{\"__type\":\"com.amazonaws.swf.service.v2.model#"
        "InvalidToken\",\"message\":\"Invalid Token: 'Invalid token'\"}",
        SDK("sfn:sendTaskSuccess", "'TaskToken':'x','Output':'1'"),
        "Sfn.InvalidTokenException",
        "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: r) "
        "(SDK Attempt Count: 1)");
    fails("sqs", "502 Bad Gateway\r\n\r\n<html>",
          SDK("sqs:sendMessage", "'QueueUrl':'q'"), "Sqs.SqsException",
          "<html> (Service: Sqs, Status Code: 502, Request ID: ");
}
END_TEST

START_TEST(nobody_there_is_the_clients_exception)
{
    run("sqs", "", OPTIMIZED("sqs:sendMessage", "'QueueUrl':'q'"));
    http_failed(&k, "SQS.SdkClientException", "Unable to execute HTTP request: ");
    http_close(&k);
}
END_TEST

START_TEST(names_and_times_are_changed_where_the_service_has_others)
{
    gives("sfn",
          OK "{\"executionArn\":\"arn:x\",\"none\":null,\"startDate\":1700000000.5}",
          SDK("sfn:startExecution", "'StateMachineArn':'m','Input':{'Key':'v'}"),
          "{\"stateMachineArn\":\"m\",\"input\":\"{\\\"Key\\\":\\\"v\\\"}\"}",
          "{\"ExecutionArn\":\"arn:x\",\"StartDate\":\"2023-11-14T22:13:20.500Z\"}");
    ck_assert(peer_has_line(&k.p, "X-Amz-Target: AWSStepFunctions.StartExecution"));
    http_close(&k);
    gives("ecs",
          OK "{\"tasks\":[{\"taskArn\":\"t\",\"attachments\":[{\"details\":[]}]}]}",
          SDK("ecs:registerTaskDefinition",
              "'Family':'f','ContainerDefinitions':[{'DockerLabels':{'Team':'A'}}]"),
          "{\"family\":\"f\",\"containerDefinitions\":[{\"dockerLabels\":{\"Team\":\"A\"}"
          "}]}",
          "{\"Tasks\":[{\"TaskArn\":\"t\",\"Attachments\":[{\"Details\":[]}]}]}");
    http_close(&k);
}
END_TEST

START_TEST(names_that_java_writes_otherwise_are_found)
{
    gives("dynamodb",
          OK "{\"TableDescription\":{\"SSEDescription\":{\"KMSMasterKeyArn\":\"k\"}}}",
          SDK("dynamodb:createTable",
              "'SseSpecification':{'KmsMasterKeyId':'k'},'TableName':'T'"),
          "{\"SSESpecification\":{\"KMSMasterKeyId\":\"k\"},\"TableName\":\"T\"}",
          "{\"TableDescription\":{\"SseDescription\":{\"KmsMasterKeyArn\":\"k\"}}}");
    http_close(&k);
}
END_TEST

START_TEST(keys_of_maps_are_data)
{
    gives("dynamodb",
          OK "{\"Attributes\":{\"startDate\":{\"M\":{\"aB\":{\"S\":\"x\"}}}}}",
          SDK("dynamodb:putItem", "'TableName':'T','Item':{'id':{'S':'1'}}"),
          "{\"TableName\":\"T\",\"Item\":{\"id\":{\"S\":\"1\"}}}",
          "{\"Attributes\":{\"startDate\":{\"M\":{\"aB\":{\"S\":\"x\"}}}}}");
    http_close(&k);
}
END_TEST

START_TEST(bytes_are_base64_on_the_way)
{
    gives("kinesis", OK "{\"Records\":[{\"Data\":\"aMOp\"},{\"Data\":\"/w==\"}]}",
          SDK("kinesis:putRecord", "'Data':{'a':1},'PartitionKey':'p'"),
          "{\"Data\":\"eyJhIjoxfQ==\",\"PartitionKey\":\"p\"}",
          "{\"Records\":[{\"Data\":\"h\xC3\xA9\"},{\"Data\":\"/w==\"}]}");
    http_close(&k);
}
END_TEST

START_TEST(events_that_are_refused_fail_the_task)
{
    static const char put[] =
        OPTIMIZED("events:putEvents", "'Entries':[{'Source':'s','Detail':{'n':1}}]");
    gives("eventbridge", OK "{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"e\"}]}",
          put, "{\"Entries\":[{\"Source\":\"s\",\"Detail\":\"{\\\"n\\\":1}\"}]}",
          "{\"FailedEntryCount\":0,\"Entries\":[{\"EventId\":\"e\"}]}");
    http_close(&k);
    fails("events", OK "{\"FailedEntryCount\":1,\"Entries\":[{\"ErrorCode\":\"E\"}]}",
          put, "EventBridge.FailedEntry",
          "{\"FailedEntryCount\":1,\"Entries\":[{\"ErrorCode\":\"E\"}]}");
}
END_TEST

START_TEST(what_is_not_built_is_not_claimed)
{
    static const char *const definitions[] = {
        OPTIMIZED("sqs:receiveMessage", ""),
        OPTIMIZED("ecs:runTask.sync", ""),
        SDK("s3:copyObject", ""),
        SDK("sns:createTopic", ""),
        SDK("kendra:query", ""),
    };
    http_open(&k, "", NULL);
    http_service(&k, "sqs");
    http_service(&k, "ecs");
    http_service(&k, "s3");
    http_service(&k, "sns");
    for (size_t i = 0; i < sizeof definitions / sizeof *definitions; i++) {
        asl_machine *machine = bench_machine(definitions[i]);
        ck_assert_int_eq(asl_start(k.b.engine, machine, "{}", 2, NULL, NULL, NULL),
                         ASL_EHANDLER);
        asl_machine_unref(machine);
    }
    http_close(&k);
}
END_TEST

/* ---- the query protocol ---- */

START_TEST(sns_speaks_forms_and_xml)
{
    run("sns",
        "200 OK\r\nContent-Type: text/xml\r\n" ID
        "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">\n"
        "  <PublishResult><MessageId>m-1</MessageId>\n</PublishResult>\n"
        "  <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\n"
        "</PublishResponse>\n",
        SDK("sns:publish", "'TopicArn':'t','Message':{'a':1},'MessageAttributes':"
                           "{'k':{'DataType':'String','StringValue':'x y'}}"));
    http_succeeded(&k, "{\"MessageId\":\"m-1\"}");
    ck_assert_str_eq(
        peer_body(&k.p),
        "Action=Publish&Version=2010-03-31&TopicArn=t&Message=%7B%22a%22%3A1%7D&"
        "MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value."
        "DataType=String&MessageAttributes.entry.1.Value.StringValue=x%20y");
    http_close(&k);
    fails("sns",
          "404 Not Found\r\n" ID "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound"
          "</Code><Message>Topic does not exist</Message></Error></ErrorResponse>",
          OPTIMIZED("sns:publish", "'TopicArn':'t','Message':'m'"),
          "SNS.NotFoundException",
          "Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: "
          "NotFound; "
          "Request ID: r; Proxy: null)");
}
END_TEST

/* ---- S3 ---- */

START_TEST(s3_gives_an_object)
{
    run("s3",
        "200 OK\r\nContent-Type: text/plain\r\nETag: \"e\"\r\nx-amz-meta-who: ann\r\n"
        "Last-Modified: Mon, 12 Oct 2009 17:50:00 GMT\r\n\r\nhello",
        SDK("s3:getObject", "'Bucket':'b','Key':'a/b c.txt'"));
    http_succeeded(
        &k, "{\"Body\":\"hello\",\"ContentLength\":5,\"ContentType\":\"text/plain\","
            "\"ETag\":\"\\\"e\\\"\",\"LastModified\":\"2009-10-12T17:50:00.000Z\","
            "\"Metadata\":{\"who\":\"ann\"}}");
    ck_assert(peer_has_line(&k.p, "GET /b/a/b%20c.txt HTTP/1.1"));
    ck_assert_ptr_nonnull(strstr(k.p.asked, "x-amz-content-sha256"));
    http_close(&k);
}
END_TEST

START_TEST(s3_takes_an_object)
{
    gives(
        "s3", "200 OK\r\nETag: \"e\"\r\n\r\n",
        SDK("s3:putObject", "'Bucket':'b','Key':'k','Body':{'a':1},'ContentType':'x/y'"),
        "{\"a\":1}", "{\"ETag\":\"\\\"e\\\"\"}");
    ck_assert(peer_has_line(&k.p, "PUT /b/k HTTP/1.1"));
    ck_assert(peer_has_line(&k.p, "Content-Type: x/y"));
    http_close(&k);
}
END_TEST

START_TEST(s3_lists_objects)
{
    run("s3",
        "200 OK\r\n\r\n<?xml "
        "version=\"1.0\"?><ListBucketResult><Name>b</Name><Prefix>p/</Prefix>"
        "<KeyCount>1</KeyCount><MaxKeys>7</MaxKeys><IsTruncated>false</IsTruncated>"
        "<Contents><Key>p/1</Key><Size>3</Size></Contents></ListBucketResult>",
        SDK("s3:listObjectsV2", "'Bucket':'b','Prefix':'p/','MaxKeys':7"));
    http_succeeded(&k,
                   "{\"Name\":\"b\",\"Prefix\":\"p/\",\"KeyCount\":1,\"MaxKeys\":7,"
                   "\"IsTruncated\":false,\"Contents\":[{\"Key\":\"p/1\",\"Size\":3}]}");
    ck_assert(peer_has_line(&k.p, "GET /b?list-type=2&max-keys=7&prefix=p%2F HTTP/1.1"));
    http_close(&k);
}
END_TEST

START_TEST(s3_names_its_errors)
{
    fails("s3",
          "404 Not Found\r\nx-amz-request-id: r\r\nx-amz-id-2: "
          "x\r\n\r\n<Error><Code>NoSuchKey"
          "</Code><Message>The specified key does not exist.</Message></Error>",
          SDK("s3:getObject", "'Bucket':'b','Key':'k'"), "S3.NoSuchKeyException",
          "The specified key does not exist. (Service: S3, Status Code: 404, Request ID: "
          "r, "
          "Extended Request ID: x)");
    fails("s3", "403 Forbidden\r\n\r\n<Error><Code>AccessDenied</Code></Error>",
          SDK("s3:getObject", "'Bucket':'b','Key':'k'"), "S3.S3Exception",
          "null (Service: S3");
    fails("s3", "", SDK("s3:getObject", "'Bucket':'b'"), "States.Runtime",
          "The field 'Key' is required but was missing");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("service");
    TCase *tc = tcase_create("service");
    tcase_add_test(tc, sqs_gets_a_message_and_answers_with_metadata);
    tcase_add_test(tc, requests_are_signed_with_what_is_given);
    tcase_add_test(tc, version_1_names_errors_in_its_way);
    tcase_add_test(tc, version_2_names_errors_in_its_way);
    tcase_add_test(tc, nobody_there_is_the_clients_exception);
    tcase_add_test(tc, names_and_times_are_changed_where_the_service_has_others);
    tcase_add_test(tc, names_that_java_writes_otherwise_are_found);
    tcase_add_test(tc, keys_of_maps_are_data);
    tcase_add_test(tc, bytes_are_base64_on_the_way);
    tcase_add_test(tc, events_that_are_refused_fail_the_task);
    tcase_add_test(tc, what_is_not_built_is_not_claimed);
    tcase_add_test(tc, sns_speaks_forms_and_xml);
    tcase_add_test(tc, s3_gives_an_object);
    tcase_add_test(tc, s3_takes_an_object);
    tcase_add_test(tc, s3_lists_objects);
    tcase_add_test(tc, s3_names_its_errors);
    suite_add_tcase(suite, tc);
    return suite;
}
