/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables behind Task states: which resources are served, what AWS puts around answers and errors,
 * the booking tutorial's machine, and writes that are done once though a task is given twice.
 */
#include <asl/dynamodb.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/tables.h"
#include "conformance/kit/unit.h"

#define TASK(resource, parameters)                                                       \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'arn:aws:states:::" resource \
    "','Parameters':" parameters ",'End':true}}}"

static void open_with_tables(struct bench *b, asl_dynamodb **ret_db)
{
    asl_error error = {0};
    bench_open(b, NULL, 0);
    ck_assert_int_eq(asl_dynamodb_open(NULL, ret_db, &error), 0);
    ck_assert_int_eq(asl_dynamodb_table(*ret_db, "Flats", "Id", NULL, &error), 0);
    ck_assert_int_eq(asl_dynamodb_serve(*ret_db, b->engine, &error), 0);
}

static void run(struct bench *b, const char *definition, const char *input)
{
    asl_free(bench_start(b, definition, input));
    bench_run(b, ASL_UNTIL_ENDED);
}

START_TEST(the_optimised_service_answers_with_metadata)
{
    struct bench b;
    asl_dynamodb *db;
    open_with_tables(&b, &db);
    run(&b, TASK("dynamodb:putItem", "{'TableName':'Flats','Item':{'Id':{'S':'a'}}}"),
        NULL);
    ck_assert_int_eq(b.status, ASL_SUCCEEDED);
    json_t *output = kit_json(b.output);
    const json_t *http = json_object_get(output, "SdkHttpMetadata");
    const json_t *headers = json_object_get(http, "HttpHeaders");
    const json_t *sdk = json_object_get(output, "SdkResponseMetadata");
    ck_assert_int_eq(json_object_size(output), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(http, "HttpStatusCode")), 200);
    ck_assert_str_eq(json_string_value(json_object_get(headers, "x-amz-crc32")),
                     "2745614147"); /* as AWS sends for {} */
    ck_assert_int_eq(json_string_length(json_object_get(sdk, "RequestId")), 52);
    json_decref(output);
    asl_dynamodb_free(db);
    bench_close(&b);
}
END_TEST

START_TEST(the_sdk_service_answers_as_dynamodb_does)
{
    struct bench b;
    asl_dynamodb *db;
    open_with_tables(&b, &db);
    run(&b,
        TASK("aws-sdk:dynamodb:putItem", "{'TableName':'Flats','Item':{'Id':{'S':'a'}}}"),
        NULL);
    ck_assert_str_eq(b.output, "{}");
    run(&b,
        TASK("aws-sdk:dynamodb:updateItem",
             "{'TableName':'Flats','Key':{'Id':{'S':'a'}},'UpdateExpression':'SET n=:n',"
             "'ExpressionAttributeValues':{':n':{'N.$':'$'}},'ReturnValues':'ALL_NEW'}"),
        "'007'");
    ck_assert_str_eq(b.output,
                     "{\"Attributes\":{\"Id\":{\"S\":\"a\"},\"n\":{\"N\":\"7\"}}}");
    run(&b, TASK("aws-sdk:dynamodb:getItem", "{'TableName':'Flats','Key.$':'$'}"),
        "{'Id':{'S':'a'}}");
    ck_assert_str_eq(b.output, "{\"Item\":{\"Id\":{\"S\":\"a\"},\"n\":{\"N\":\"7\"}}}");
    run(&b,
        TASK("aws-sdk:dynamodb:deleteItem",
             "{'TableName':'Flats','Key':{'Id':{'S':'a'}}}"),
        NULL);
    ck_assert_str_eq(b.output, "{}");
    asl_dynamodb_free(db);
    bench_close(&b);
}
END_TEST

/* The cause with the request id cut out. */
static void cause_is(const struct bench *b, const char *before, const char *after)
{
    size_t head = strlen(before), len = strlen(b->cause);
    ck_assert_msg(strncmp(b->cause, before, head) == 0, "%s", b->cause);
    ck_assert_uint_eq(len, head + 52 + strlen(after));
    ck_assert_str_eq(b->cause + head + 52, after);
}

START_TEST(errors_are_those_of_either_sdk)
{
#define CONDITION                                                                        \
    "{'TableName':'Flats','Item':{'Id':{'S':'a'}},"                                      \
    "'ConditionExpression':'attribute_exists(Id)'}"
    struct bench b;
    asl_dynamodb *db;
    open_with_tables(&b, &db);
    run(&b, TASK("dynamodb:putItem", CONDITION), NULL);
    ck_assert_str_eq(b.error, "DynamoDB.ConditionalCheckFailedException");
    cause_is(
        &b,
        "The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; "
        "Error Code: ConditionalCheckFailedException; Request ID: ",
        "; Proxy: null)");
    run(&b, TASK("aws-sdk:dynamodb:putItem", CONDITION), NULL);
    ck_assert_str_eq(b.error, "DynamoDb.ConditionalCheckFailedException");
    cause_is(
        &b,
        "The conditional request failed (Service: DynamoDb, Status Code: 400, Request "
        "ID: ",
        ")");
    run(&b, TASK("dynamodb:putItem", "{'TableName':'Flats','Item':null}"), NULL);
    ck_assert_str_eq(b.error, "DynamoDB.AmazonDynamoDBException");
    cause_is(
        &b,
        "1 validation error detected: Value null at 'item' failed to satisfy "
        "constraint: Member must not be null (Service: AmazonDynamoDBv2; Status Code: "
        "400; Error Code: ValidationException; Request ID: ",
        "; Proxy: null)");
    run(&b,
        TASK("aws-sdk:dynamodb:putItem", "{'TableName':'Homes','Item':{'Id':{'S':'a'}}}"),
        NULL);
    ck_assert_str_eq(b.error, "DynamoDb.ResourceNotFoundException");
    cause_is(&b,
             "Requested resource not found (Service: DynamoDb, Status Code: 400, Request "
             "ID: ",
             ")");
    asl_dynamodb_free(db);
    bench_close(&b);
}
END_TEST

START_TEST(other_actions_are_not_claimed)
{
    struct bench b;
    asl_dynamodb *db;
    asl_error error = {0};
    open_with_tables(&b, &db);
    asl_machine *machine =
        bench_machine(TASK("aws-sdk:dynamodb:query", "{'TableName':'Flats'}"));
    ck_assert_int_eq(asl_start(b.engine, machine, NULL, 0, NULL, NULL, &error),
                     ASL_EHANDLER);
    asl_machine_unref(machine);
    asl_dynamodb_free(db);
    bench_close(&b);
}
END_TEST

START_TEST(an_engine_keeps_the_tables_it_serves)
{
    struct bench b;
    asl_dynamodb *db;
    open_with_tables(&b, &db);
    asl_dynamodb_free(db);
    run(&b,
        TASK("aws-sdk:dynamodb:putItem", "{'TableName':'Flats','Item':{'Id':{'S':'a'}}}"),
        NULL);
    ck_assert_int_eq(b.status, ASL_SUCCEEDED);
    bench_close(&b);
}
END_TEST

/* ---- the booking tutorial ---- */

/* Reserve, wait a minute, look whether it was paid, else give it back; `key` is the name of the
 * key with which it looks: the tutorial's machine has "id" there, and "Id" everywhere else. */
#define UPDATE(id, status)                                                               \
    "'Type':'Task','Resource':'arn:aws:states:::dynamodb:updateItem','Parameters':{"     \
    "'TableName':'Flats','Key':{'Id':{'S.$':'" id "'}},"                                 \
    "'UpdateExpression':'SET bookedStatus = :bookedStatus',"                             \
    "'ExpressionAttributeValues':{':bookedStatus':" status "}"
#define BOOKING(key)                                                                     \
    "{'StartAt':'Change','States':{"                                                     \
    "'Change':{" UPDATE(                                                                 \
        "$.details.accountId",                                                           \
        "{'S.$':'$.details.bookedStatus'}") ",'ConditionExpression':'attribute_exists("  \
                                            "Id)'},'ResultPath':'$.updateResult',"       \
                                            "'Catch':[{'ErrorEquals':['States.ALL'],'"   \
                                            "Next':'Fail',"                              \
                                            "'ResultPath':'$.updateError'}],'Next':'"    \
                                            "Wait'},"                                    \
                                            "'Wait':{'Type':'Wait','Seconds':60,'Next':" \
                                            "'Look'},"                                   \
                                            "'Look':{'Type':'Task','Resource':'arn:aws:" \
                                            "states:::dynamodb:getItem','Parameters':{"  \
                                            "'TableName':'Flats','Key':{'" key           \
                                            "':{'S.$':'$.details.accountId'}}},"         \
                                            "'ResultPath':'$.getItem','Catch':[{'"       \
                                            "ErrorEquals':['States.ALL'],'Next':'Fail'}" \
                                            "],"                                         \
                                            "'Next':'Paid?'},"                           \
                                            "'Paid?':{'Type':'Choice','Choices':[{'"     \
                                            "Variable':'$.getItem.Item.bookedStatus.S'," \
                                            "'StringEquals':'Paid','Next':'Paid'}],'"    \
                                            "Default':'Revert'},"                        \
                                            "'Revert':{" UPDATE(                         \
                                                "$.getItem.Item.Id.S",                   \
                                                "{'S':'PENDING'}") "},'ResultPath':'$."  \
                                                                   "notPaid','End':"     \
                                                                   "true},"              \
                                                                   "'Fail':{'Type':'"    \
                                                                   "Fail'},'Paid':{'"    \
                                                                   "Type':'Pass','End':" \
                                                                   "true}}}"

static void book(const char *definition, const char *flat, enum asl_status status,
                 const char *expected)
{
    struct bench b;
    asl_dynamodb *db;
    open_with_tables(&b, &db);
    kit_gives(db, "putItem",
              "{'TableName':'Flats','Item':{'Id':{'S':'7'},'bookedStatus':{'S':'FREE'}}}",
              "{}");
    run(&b, definition, flat);
    ck_assert_int_eq(b.status, status);
    kit_gives(db, "getItem",
              "{'TableName':'Flats','Key':{'Id':{'S':'7'}},"
              "'ProjectionExpression':'bookedStatus'}",
              expected);
    asl_dynamodb_free(db);
    bench_close(&b);
}

#define STATUS(s) "{'Item':{'bookedStatus':{'S':'" s "'}}}"

START_TEST(the_tutorials_lower_case_key_ends_in_its_fail_state)
{
    book(BOOKING("id"), "{'details':{'accountId':'7','bookedStatus':'Booked'}}",
         ASL_FAILED, STATUS("Booked"));
}
END_TEST

START_TEST(with_the_tables_key_an_unpaid_flat_is_given_back)
{
    book(BOOKING("Id"), "{'details':{'accountId':'7','bookedStatus':'Booked'}}",
         ASL_SUCCEEDED, STATUS("PENDING"));
}
END_TEST

START_TEST(a_paid_flat_stays_paid)
{
    book(BOOKING("Id"), "{'details':{'accountId':'7','bookedStatus':'Paid'}}",
         ASL_SUCCEEDED, STATUS("Paid"));
}
END_TEST

START_TEST(a_flat_that_does_not_exist_ends_in_the_fail_state)
{
    book(BOOKING("Id"), "{'details':{'accountId':'8','bookedStatus':'Booked'}}",
         ASL_FAILED, STATUS("FREE"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("providers/dynamodb");
    TCase *tests = tcase_create("dynamodb");
    tcase_add_test(tests, the_optimised_service_answers_with_metadata);
    tcase_add_test(tests, the_sdk_service_answers_as_dynamodb_does);
    tcase_add_test(tests, errors_are_those_of_either_sdk);
    tcase_add_test(tests, other_actions_are_not_claimed);
    tcase_add_test(tests, an_engine_keeps_the_tables_it_serves);
    tcase_add_test(tests, the_tutorials_lower_case_key_ends_in_its_fail_state);
    tcase_add_test(tests, with_the_tables_key_an_unpaid_flat_is_given_back);
    tcase_add_test(tests, a_paid_flat_stays_paid);
    tcase_add_test(tests, a_flat_that_does_not_exist_ends_in_the_fail_state);
    suite_add_tcase(suite, tests);
    return suite;
}
