/* SPDX-License-Identifier: Apache-2.0
 *
 * TestState as a caller in this process sees it: when it replies, what it leaves behind, and that any
 * allocation may fail. What it replies is conformance/test-state's affair.
 */
#include <asl/control.h>

#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define ROLE "'roleArn':'arn:aws:iam::123456789012:role/r'"

static struct kit k;
static int replies;
static char text[8192]; /* of the last reply: the response, or "EXCEPTION: message" */
static int events;

static void on_event(void *arg, const asl_event *event)
{
    (void)arg;
    (void)event;
    events++;
}

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    char *json = NULL;
    (void)arg;
    replies++;
    if (!response) {
        snprintf(text, sizeof text, "%s: %s",
                 error->exception ? error->exception : asl_code_name(error->code),
                 error->text);
        return;
    }
    fault_alloc_pause();
    asli_json_text(response, &json, NULL, NULL);
    snprintf(text, sizeof text, "%s", json);
    asli_free(json);
    fault_alloc_resume();
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    k.options.virtual_time = 1;
    k.options.event = on_event;
    replies = events = 0;
    text[0] = '\0';
    kit_open(&k);
}

static void teardown(void)
{
    kit_close(&k);
}

/* JSON with ' for ". */
static json_t *request_of(const char *quotes)
{
    char *json = kit_quoted(quotes);
    json_t *request = NULL;
    ck_assert_int_eq(asli_json_read(json, strlen(json), &request, NULL), 0);
    free(json);
    return request;
}

static void ask(const char *quotes)
{
    json_t *request = request_of(quotes);
    asl_test_state(k.engine, request, on_reply, &k);
    json_decref(request);
}

/* ---- when it replies ---- */

START_TEST(a_refusal_comes_at_once)
{
    ask("{'definition':'{\\'Type\\':\\'Pass\\',\\'End\\':true}','mock':{}}");
    ck_assert_int_eq(replies, 1);
    ck_assert_ptr_nonnull(strstr(text, "ValidationException: A test mock"));
}
END_TEST

START_TEST(a_reply_comes_in_the_next_turn)
{
    ask("{'definition':'{\\'Type\\':\\'Pass\\',\\'End\\':true}','input':'1'}");
    ck_assert_int_eq(replies, 0);
    kit_settle(&k);
    ck_assert_int_eq(replies, 1);
    ck_assert_str_eq(text, "{\"output\":\"1\",\"status\":\"SUCCEEDED\"}");
}
END_TEST

START_TEST(a_wait_takes_its_time)
{
    ask("{'definition':'{\\'Type\\':\\'Wait\\',\\'Seconds\\':9,\\'End\\':true}'}");
    kit_settle(&k);
    ck_assert_int_eq(replies, 0);
    kit_until(&k, 9000);
    ck_assert_int_eq(replies, 1);
}
END_TEST

#define KEPT                                                                             \
    "{'definition':'{\\'Type\\':\\'Task\\',\\'Resource\\':\\'handler:keep\\',"           \
    "\\'End\\':true}'," ROLE "}"

START_TEST(a_task_is_done_by_the_engines_providers)
{
    ask(KEPT);
    kit_settle(&k);
    ck_assert_int_eq(k.calls, 1);
    ck_assert_int_eq(replies, 0);
    ck_assert_int_eq(kit_succeed(&k), 0);
    kit_settle(&k);
    ck_assert_str_eq(text, "{\"output\":\"true\",\"status\":\"SUCCEEDED\"}");
}
END_TEST

START_TEST(a_task_that_nobody_does_is_an_error)
{
    ask("{'definition':'{\\'Type\\':\\'Task\\',\\'Resource\\':\\'handler:nobody\\',"
        "\\'End\\':true}'," ROLE "}");
    ck_assert_int_eq(replies, 1);
    ck_assert_str_eq(text, "ASL_EHANDLER: no handler for 'nobody' is registered");
}
END_TEST

START_TEST(five_minutes_are_the_limit)
{
    ask(KEPT);
    kit_settle(&k);
    kit_until(&k, 300000);
    ck_assert_str_eq(text, "{\"error\":\"States.Timeout\",\"status\":\"FAILED\"}");
    asl_task_unref(k.task);
    k.task = NULL;
}
END_TEST

START_TEST(a_full_store_is_no_hindrance)
{
    asl_engine_no_space(k.engine, 1);
    ask("{'definition':'{\\'Type\\':\\'Pass\\',\\'End\\':true}'}");
    kit_settle(&k);
    ck_assert_int_eq(replies, 1);
    ck_assert_msg(strstr(text, "SUCCEEDED") != NULL, "%s", text);
}
END_TEST

START_TEST(closing_the_engine_replies_too)
{
    ask(KEPT);
    kit_settle(&k);
    ask(KEPT); /* not even begun */
    kit_close(&k);
    ck_assert_int_eq(replies, 2);
    ck_assert_ptr_nonnull(strstr(text, "ASL_ECLOSED"));
    setup();
}
END_TEST

/* ---- what its task says to others ---- */

static int exchange(asl_task *task, void *arg)
{
    json_t *request =
        request_of("{'method':'GET','protocol':'http','url':'http://a/?key=1',"
                   "'headers':'[Key: 1]'}");
    json_t *response = request_of("{'statusCode':'200'}");
    (void)arg;
    asl_test_state_exchanged(NULL, task, request, response);
    json_decref(request);
    json_decref(response);
    return asl_task_succeed(task, json_true(), NULL);
}

#define EXCHANGE(parameters, more)                                                       \
    "{'definition':'{\\'Type\\':\\'Task\\',\\'Resource\\':\\'handler:get\\',"            \
    "\\'Parameters\\':{" parameters "},\\'End\\':true}'," more ROLE "}"

#define BY_CONNECTION "\\'Authentication\\':{\\'ConnectionArn\\':\\'c\\'}"

static const struct {
    const char *request, *shown; /* NULL: nothing */
} exchanges[] = {
    {EXCHANGE("", "'inspectionLevel':'DEBUG',"), NULL},
    {EXCHANGE("", "'inspectionLevel':'TRACE',"),
     "\"request\":{\"method\":\"GET\",\"protocol\":\"http\",\"url\":\"http://a/?key=1\","
     "\"headers\":\"[Key: 1]\"},\"response\":{\"statusCode\":\"200\"}"},
    {EXCHANGE(BY_CONNECTION, "'inspectionLevel':'TRACE',"),
     "\"request\":{\"protocol\":\"http\",\"method\":\"GET\",\"url\":\"http://a/\"},"},
    {EXCHANGE(BY_CONNECTION, "'inspectionLevel':'TRACE','revealSecrets':true,"),
     "\"headers\":\"[Key: 1]\"},"},
};

START_TEST(trace_shows_what_was_said_and_secrets_when_told)
{
    kit_handler(&k, "get", exchange);
    ask(exchanges[_i].request);
    kit_settle(&k);
    ck_assert_int_eq(replies, 1);
    if (exchanges[_i].shown)
        ck_assert_msg(strstr(text, exchanges[_i].shown) != NULL, "%s", text);
    else
        ck_assert_ptr_null(strstr(text, "request"));
}
END_TEST

/* ---- what it leaves behind ---- */

START_TEST(nothing_is_stored_and_no_hook_is_told)
{
    ask("{'definition':'{\\'Type\\':\\'Pass\\',\\'End\\':true}'}");
    kit_settle(&k);
    ck_assert_int_eq(replies, 1);
    ck_assert_int_eq(events, 0);
    ck_assert_str_eq(k.trace, "");
    ck_assert_uint_eq(k.batches, 0);
}
END_TEST

START_TEST(two_tests_know_nothing_of_one_another)
{
    ask("{'definition':'{\\'Type\\':\\'Wait\\',\\'Seconds\\':9,\\'End\\':true}'}");
    ask("{'definition':'{\\'Type\\':\\'Pass\\',\\'End\\':true}'}");
    kit_settle(&k);
    ck_assert_int_eq(replies, 1);
    kit_until(&k, 9000);
    ck_assert_int_eq(replies, 2);
}
END_TEST

/* ---- faults ---- */

static const char *const requests[] = {
    "{'definition':'{\\'Type\\':\\'Pass\\',\\'Parameters\\':{\\'a.$\\':\\'$.b\\'},"
    "\\'Assign\\':{\\'c\\':1},\\'Next\\':\\'N\\'}','input':'{\\'b\\': 1}',"
    "'variables':'{\\'c\\':0,\\'d\\':2}','inspectionLevel':'DEBUG'}",
    "{'definition':'{\\'Type\\':\\'Task\\',\\'Resource\\':\\'arn:aws:states:::lambda:"
    "invoke\\',\\'QueryLanguage\\':\\'JSONata\\',\\'Retry\\':[{\\'ErrorEquals\\':[\\'E\\'"
    "]}]"
    ",\\'Catch\\':[{\\'ErrorEquals\\':[\\'F\\'],\\'Assign\\':{\\'x\\':\\'{% "
    "$states.errorOutput "
    "%}\\'},\\'Next\\':\\'N\\'}],\\'End\\':true}','inspectionLevel':'TRACE',"
    "'mock':{'errorOutput':{'error':'F','cause':'c'}},'stateConfiguration':"
    "{'retrierRetryCount':1}," ROLE "}",
    "{'definition':'{\\'Type\\':\\'Map\\',\\'ItemReader\\':{\\'Resource\\':\\'arn:aws:"
    "states:::s3:getObject\\',\\'Parameters\\':{\\'Bucket\\':\\'b\\',\\'Key\\':\\'k\\'},"
    "\\'ReaderConfig\\':{\\'InputType\\':\\'JSONL\\'}},\\'ItemSelector\\':{\\'v.$\\':"
    "\\'$$.Map.Item.Value\\'},\\'ItemBatcher\\':{\\'MaxItemsPerBatch\\':2},"
    "\\'ToleratedFailureCount\\':1,\\'ItemProcessor\\':{\\'ProcessorConfig\\':{\\'Mode\\'"
    ":"
    "\\'DISTRIBUTED\\',\\'ExecutionType\\':\\'STANDARD\\'},\\'StartAt\\':\\'P\\',\\'"
    "States\\':"
    "{\\'P\\':{\\'Type\\':\\'Pass\\',\\'End\\':true}}},\\'End\\':true}','inspectionLevel'"
    ":"
    "'DEBUG','mock':{'result':'[1]'},'stateConfiguration':{'mapItemReaderData':"
    "'1\\n2\\n3\\n','mapIterationFailureCount':1}}",
    "{'definition':'{\\'Type\\':\\'Task\\',\\'Resource\\':\\'arn:aws:states:::aws-sdk:"
    "dynamodb:getItem\\',\\'End\\':true}','mock':{'result':'{\\'Item\\':{\\'a\\':{\\'S\\'"
    ":"
    "1}}}'}}",
    "{'definition':'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':{\\'Type\\':\\'Task\\',"
    "\\'Resource\\':\\'arn:aws:states:::sqs:sendMessage.waitForTaskToken\\',\\'Next\\':"
    "\\'B\\'}}}','stateName':'A','context':'{\\'Task\\':{\\'Token\\':\\'t\\'}}','mock':"
    "{'result':'{}'}}",
    KEPT,
};

static void answer_all(void)
{
    while (kit_turn(&k, NULL) == ASL_ENOMEM || asl_engine_has_ready(k.engine))
        ;
    while (k.task && asl_task_succeed(k.task, json_true(), NULL) == ASL_ENOMEM)
        ;
    asl_task_unref(k.task);
    k.task = NULL;
    while (kit_turn(&k, NULL) == ASL_ENOMEM || asl_engine_has_ready(k.engine))
        ;
}

START_TEST(replies_the_same_or_that_memory_is_out)
{
    char right[sizeof text];
    bool failed = true;
    json_t *request = request_of(requests[_i]);
    asl_test_state(k.engine, request, on_reply, &k);
    answer_all();
    ck_assert_int_eq(replies, 1);
    strcpy(right, text);
    for (unsigned long n = 1; failed; n++) {
        replies = 0;
        fault_alloc_arm(n);
        asl_test_state(k.engine, request, on_reply, &k);
        answer_all();
        failed = fault_alloc_disarm();
        ck_assert_msg(replies == 1, "allocation %lu: %d replies", n, replies);
        ck_assert_msg(strcmp(text, right) == 0 || strstr(text, "ASL_ENOMEM"),
                      "allocation %lu: %s", n, text);
    }
    json_decref(request);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("teststate");
    TCase *t = tcase_create("teststate");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, a_refusal_comes_at_once);
    tcase_add_test(t, a_reply_comes_in_the_next_turn);
    tcase_add_test(t, a_wait_takes_its_time);
    tcase_add_test(t, a_task_is_done_by_the_engines_providers);
    tcase_add_test(t, a_task_that_nobody_does_is_an_error);
    tcase_add_test(t, five_minutes_are_the_limit);
    tcase_add_test(t, a_full_store_is_no_hindrance);
    tcase_add_test(t, closing_the_engine_replies_too);
    tcase_add_loop_test(t, trace_shows_what_was_said_and_secrets_when_told, 0,
                        sizeof exchanges / sizeof *exchanges);
    tcase_add_test(t, nothing_is_stored_and_no_hook_is_told);
    tcase_add_test(t, two_tests_know_nothing_of_one_another);
    tcase_add_loop_test(t, replies_the_same_or_that_memory_is_out, 0,
                        sizeof requests / sizeof *requests);
    suite_add_tcase(s, t);
    return s;
}
