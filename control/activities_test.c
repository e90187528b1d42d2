/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: activities, tags, and definitions that are only validated.
 */
#include <asl/activity.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/control_kit.h"
#include "conformance/kit/unit.h"
#include "control/registry.h"

/* ---- activities and tags ---- */

#define PAINT "'activityArn':'" A "activity:paint'"

START_TEST(an_activity_exists_until_it_is_deleted)
{
    struct control_kit w;
    control_kit_open(&w);
    for (int i = 0; i < 2; i++)
        expect(&w, "CreateActivity", "{'name':'paint'}",
               "{" PAINT ",'creationDate':" NOW "}");
    control_kit_reopen(&w);
    expect(&w, "DescribeActivity", "{" PAINT "}",
           "{'name':'paint','creationDate':" NOW
           ",'encryptionConfiguration':{'type':'AWS_OWNED_KEY'}," PAINT "}");
    expect(&w, "ListActivities", "{}",
           "{'activities':[{'name':'paint','creationDate':" NOW "," PAINT "}]}");
    asl_activity_queue *queue = asl_activity_queue_of(w.kit.engine, "paint");
    ck_assert_ptr_nonnull(queue);
    asl_activity_queue_unref(queue);
    for (int i = 0; i < 2; i++)
        expect(&w, "DeleteActivity", "{" PAINT "}", "{}");
    ck_assert_ptr_null(asl_activity_queue_of(w.kit.engine, "paint"));
    expect(&w, "DescribeActivity", "{" PAINT "}",
           "ActivityDoesNotExist: Activity Does Not Exist: '" A "activity:paint'");
    control_kit_close(&w);
}
END_TEST

START_TEST(an_activity_of_another_name_or_key_is_refused)
{
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateActivity", "{'name':'paint'}", PAINT);
    expect(&w, "CreateActivity", "{'name':'pa;int'}",
           "InvalidName: Invalid Name: 'pa;int'");
    expect(&w, "CreateActivity",
           "{'name':'paint','encryptionConfiguration':{'type':'CUSTOMER_MANAGED_KMS_KEY',"
           "'kmsKeyId':'k'}}",
           "ActivityAlreadyExists: Activity Already Exists: '" A "activity:paint'");
    expect(&w, "DescribeActivity", "{'activityArn':'x'}",
           "InvalidArn: Invalid Arn: 'Invalid ARN prefix: x'");
    control_kit_close(&w);
}
END_TEST

START_TEST(tags_are_set_and_taken_away)
{
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine",
              MACHINE(",'tags':[{'key':'a','value':'1'},{'key':'b','value':'2'}]"), M);
    expect(&w, "TagResource",
           "{'resourceArn':'" M
           "','tags':[{'key':'a','value':'3'},{'key':'c','value':''}]}",
           "{}");
    expect(&w, "ListTagsForResource", "{'resourceArn':'" M "'}",
           "{'tags':[{'key':'b','value':'2'},{'key':'a','value':'3'},"
           "{'key':'c','value':''}]}");
    expect(&w, "UntagResource", "{'resourceArn':'" M "','tagKeys':['a','b','z']}", "{}");
    control_kit_reopen(&w);
    expect(&w, "ListTagsForResource", "{'resourceArn':'" M "'}",
           "{'tags':[{'key':'c','value':''}]}");
    expect(&w, "TagResource", "{'resourceArn':'" M "','tags':[{},{'value':'no key'}]}",
           "{}");
    expect(&w, "TagResource",
           "{'resourceArn':'" A "activity:no','tags':[{'key':'a','value':'3'}]}",
           "ResourceNotFound: Resource not found: '" A "activity:no'");
    control_kit_close(&w);
}
END_TEST

START_TEST(a_resource_has_fifty_tags_at_most)
{
    struct control_kit w;
    char request[4096] = "{'resourceArn':'" M "','tags':[";
    control_kit_open(&w);
    make(&w);
    for (int i = 0; i < 51; i++) {
        size_t len = strlen(request);
        snprintf(request + len, sizeof request - len, "%s{'key':'%d','value':''}",
                 i ? "," : "", i);
    }
    size_t len = strlen(request);
    snprintf(request + len, sizeof request - len, "]}");
    expect(&w, "TagResource", request, "TooManyTags: Too many tags: '" M "'");
    control_kit_close(&w);
}
END_TEST

/* Each is compared with those before it: with fifty, that is, not with all. */
START_TEST(a_hundred_thousand_tags_are_refused_at_once)
{
    asl_error err = {0};
    json_t *tags = NULL, *more = json_array();
    for (int i = 0; i < 100000; i++)
        json_array_append_new(more, json_pack("{s:o}", "key", json_sprintf("%d", i)));
    ck_assert_int_eq(asli_tags(NULL, more, M, &tags, &err), ASL_ELIMIT);
    ck_assert_str_eq(err.exception, "TooManyTags");
    json_decref(more);
}
END_TEST

/* ---- definitions ---- */

START_TEST(a_definition_is_validated_without_being_kept)
{
    struct control_kit w;
    control_kit_open(&w);
    expect(&w, "ValidateStateMachineDefinition", "{" PASS("1") "}",
           "{'diagnostics':[],'result':'OK','truncated':false}");
    expect(&w, "ValidateStateMachineDefinition", "{'definition':'{}'}",
           "{'diagnostics':[{'severity':'ERROR','code':"
           "'SCHEMA_VALIDATION_FAILED','message':'These fields are required: [States, "
           "StartAt]','location':'/'}],'result':'FAIL','truncated':false}");
    expect(
        &w, "ValidateStateMachineDefinition", "{'definition':'not a definition'}",
        "{'diagnostics':[{'severity':'ERROR','code':'INVALID_JSON_DESCRIPTION',"
        "'message':'Unrecognized token 'not': was expecting (JSON String, Number, Array, "
        "Object or token 'null', 'true' or 'false')','location':'[Source: (String)"
        "\\'not a definition\\'; line: 1, column: 4]'}],'result':'FAIL',"
        "'truncated':false}");
    static const char two[] =
        "'definition':'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':"
        "{\\'Type\\':\\'Pass\\'},\\'B\\':{\\'Type\\':\\'Nap\\'}}}'";
    char request[512];
    snprintf(request, sizeof request, "{%s,'maxResults':1}", two);
    expect_in(&w, "ValidateStateMachineDefinition", request, "'truncated':true");
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    control_kit_close(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("control/activities");
    TCase *t = tcase_create("activities");
    tcase_add_test(t, an_activity_exists_until_it_is_deleted);
    tcase_add_test(t, an_activity_of_another_name_or_key_is_refused);
    tcase_add_test(t, tags_are_set_and_taken_away);
    tcase_add_test(t, a_resource_has_fifty_tags_at_most);
    tcase_add_test(t, a_hundred_thousand_tags_are_refused_at_once);
    tcase_add_test(t, a_definition_is_validated_without_being_kept);
    suite_add_tcase(suite, t);
    return suite;
}
