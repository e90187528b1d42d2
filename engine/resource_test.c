/* SPDX-License-Identifier: Apache-2.0
 *
 * Resource strings, taken apart: every family and pattern, and what is refused.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/resource.h"

static const struct good {
    const char *text, *name;
    enum asl_resource_kind kind;
    enum asl_pattern pattern;
    const char *type, *action; /* NULL: none */
} good[] = {
    {"arn:aws:lambda:us-east-1:123456789012:function:reserve", "reserve",
     ASL_RESOURCE_LAMBDA, ASL_PATTERN_REQUEST, NULL, NULL},
    {"arn:aws:lambda:us-east-1:123456789012:function:reserve:$LATEST", "reserve",
     ASL_RESOURCE_LAMBDA, ASL_PATTERN_REQUEST, NULL, NULL},
    {"arn:aws-cn:states:cn-north-1:123456789012:activity:Ship", "Ship",
     ASL_RESOURCE_ACTIVITY, ASL_PATTERN_REQUEST, NULL, NULL},
    {"arn:aws:states:::sqs:sendMessage", "sqs:sendMessage", ASL_RESOURCE_SERVICE,
     ASL_PATTERN_REQUEST, "sqs", "sendMessage"},
    {"arn:aws:states:::sqs:sendMessage.waitForTaskToken", "sqs:sendMessage",
     ASL_RESOURCE_SERVICE, ASL_PATTERN_TOKEN, "sqs", "sendMessage.waitForTaskToken"},
    {"arn:aws:states:::states:startExecution.sync", "states:startExecution",
     ASL_RESOURCE_SERVICE, ASL_PATTERN_SYNC, "states", "startExecution.sync"},
    {"arn:aws:states:::states:startExecution.sync:2", "states:startExecution",
     ASL_RESOURCE_SERVICE, ASL_PATTERN_SYNC2, "states", "startExecution.sync:2"},
    {"arn:aws:states:::aws-sdk:dynamodb:putItem", "aws-sdk:dynamodb:putItem",
     ASL_RESOURCE_SERVICE, ASL_PATTERN_REQUEST, "aws-sdk:dynamodb", "putItem"},
    {"arn:aws:states:::http:invoke", "http:invoke", ASL_RESOURCE_SERVICE,
     ASL_PATTERN_REQUEST, "http", "invoke"},
    {"handler:reserve", "reserve", ASL_RESOURCE_HANDLER, ASL_PATTERN_REQUEST, NULL, NULL},
    {"${ReserveArn}", "${ReserveArn}", ASL_RESOURCE_HANDLER, ASL_PATTERN_REQUEST, NULL,
     NULL},
    {"arn:${Partition}:states:::sqs:sendMessage",
     "arn:${Partition}:states:::sqs:sendMessage", ASL_RESOURCE_HANDLER,
     ASL_PATTERN_REQUEST, NULL, NULL},
};

static void same_or_none(const char *actual, const char *expected)
{
    if (expected)
        ck_assert_str_eq(actual, expected);
    else
        ck_assert_ptr_null(actual);
}

START_TEST(every_form_is_taken_apart)
{
    const struct good *g = &good[_i];
    struct asl_resource *resource = NULL;
    ck_assert_int_eq(asli_resource_parse(g->text, NULL, &resource, NULL), 0);
    ck_assert_str_eq(asl_resource_text(resource), g->text);
    ck_assert_str_eq(asl_resource_name(resource), g->name);
    ck_assert_int_eq(asl_resource_kind_of(resource), g->kind);
    ck_assert_int_eq(asl_resource_pattern(resource), g->pattern);
    ck_assert_ptr_null(asl_resource_parameters(resource));
    same_or_none(resource->type, g->type);
    same_or_none(resource->action, g->action);
    asli_resource_free(resource);
}
END_TEST

static const char *const bad[] = {
    "arn:aws:lambda:us-east-1:123456789012:function:",
    "arn:aws:lambda:us-east-1:123456789012:layer:x",
    "arn:aws:states:us-east-1:123456789012:activity:",
    "arn:aws:states:us-east-1:123456789012:stateMachine:x",
    "arn:aws:states:us-east-1:123456789012:sqs:sendMessage",
    "arn:aws:states:::sqs",
    "arn:aws:states:::sqs:",
    "arn:aws:states:::sqs:sendMessage.async",
    "arn:aws:states:::aws-sdk:sqs",
    "arn:aws:s3:::bucket",
    "arn:",
};

START_TEST(other_arns_get_awss_sentence)
{
    struct asl_resource *resource = NULL;
    asl_error error;
    char sentence[sizeof(error.text)];
    snprintf(
        sentence, sizeof(sentence),
        "The resource provided %s is not recognized. The value is not a valid resource "
        "ARN, or the resource is not available in this region.",
        bad[_i]);
    ck_assert_int_eq(asli_resource_parse(bad[_i], NULL, &resource, &error),
                     ASL_EDEFINITION);
    ck_assert_str_eq(error.text, sentence);
    ck_assert_ptr_null(resource);
}
END_TEST

START_TEST(what_is_no_arn_is_called_so)
{
    static const char *const texts[] = {"", "reserve", "handler:", "action:http",
                                        "${open"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct asl_resource *resource = NULL;
        asl_error error;
        ck_assert_int_eq(asli_resource_parse(texts[i], NULL, &resource, &error),
                         ASL_EDEFINITION);
        ck_assert_str_eq(error.text, "Value is not a valid resource ARN");
    }
}
END_TEST

START_TEST(parameters_are_borrowed)
{
    json_t *parameters = json_object();
    struct asl_resource *resource = NULL;
    ck_assert_int_eq(asli_resource_parse("handler:x", parameters, &resource, NULL), 0);
    ck_assert_ptr_eq(asl_resource_parameters(resource), parameters);
    asli_resource_free(resource);
    json_decref(parameters);
    asli_resource_free(NULL);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("resource");
    TCase *tcase = tcase_create("resource");
    tcase_add_loop_test(tcase, every_form_is_taken_apart, 0,
                        (int)(sizeof(good) / sizeof(*good)));
    tcase_add_loop_test(tcase, other_arns_get_awss_sentence, 0,
                        (int)(sizeof(bad) / sizeof(*bad)));
    tcase_add_test(tcase, what_is_no_arn_is_called_so);
    tcase_add_test(tcase, parameters_are_borrowed);
    suite_add_tcase(suite, tcase);
    return suite;
}
