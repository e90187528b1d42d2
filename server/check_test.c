/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of shape.h: what inputs must be, in AWS's words, and that the table of actions is whole.
 */
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "server/shape.h"

/* The table names its handlers. */
#define ACTION(name, members)                                                            \
    void asli_act_##name(struct asli_call *call)                                         \
    {                                                                                    \
        (void)call;                                                                      \
    }
#include "server/tbl/actions.h"
#undef ACTION

#define LISTED "failed to satisfy constraint: Member must "

static enum asli_verdict verdict;
static char said[4096];

/* The message, "" when the input fits; `verdict` is set. */
static const char *check(const char *action, const char *input)
{
    ASLI_AUTO(json) json_t *value = NULL;
    struct asli_bytes text = {0};
    ck_assert_int_eq(asli_json_read(input, strlen(input), &value, NULL), 0);
    verdict = asli_input_check(&asli_action_find(action)->input, value, &text);
    ck_assert(!text.oom && text.len < sizeof said);
    if (text.len)
        memcpy(said, text.data, text.len);
    said[text.len] = '\0';
    asli_bytes_done(&text);
    return said;
}

START_TEST(every_action_is_found_by_its_name)
{
    ck_assert_int_eq(ASLI_ACTION_COUNT, 37);
    for (size_t i = 0; i < ASLI_ACTION_COUNT; i++)
        ck_assert_ptr_eq(asli_action_find(asli_action_at(i)->name), asli_action_at(i));
    ck_assert_ptr_null(asli_action_find("StartExecutions"));
    ck_assert_ptr_null(asli_action_find(""));
}
END_TEST

START_TEST(what_fits_is_not_spoken_of)
{
    ck_assert_str_eq(check("ListStateMachines", "{}"), "");
    ck_assert_int_eq(verdict, ASLI_FITS);
    ck_assert_str_eq(check("ListStateMachines",
                           "{\"maxResults\":1000,\"nextToken\":\"x\",\"other\":[1]}"),
                     "");
    ck_assert_str_eq(check("ListStateMachines", "{\"maxResults\":null}"), "");
    ck_assert_str_eq(
        check("RedriveExecution", "{\"executionArn\":\"a\",\"clientToken\":\"!x~\"}"),
        "");
}
END_TEST

START_TEST(null_is_as_good_as_absent)
{
    json_t *input = json_pack("{s:n, s:i, s:[{s:n}]}", "a", "b", 1, "c", "d");
    json_t *left = json_pack("{s:i, s:[{}]}", "b", 1, "c");
    asli_input_forget_nulls(input);
    ck_assert(json_equal(input, left));
    json_decref(input);
    json_decref(left);
}
END_TEST

START_TEST(numbers_and_lengths_have_bounds)
{
    ck_assert_str_eq(check("ListStateMachines", "{\"maxResults\":1001}"),
                     "1 validation error detected: Value '1001' at 'maxResults' " LISTED
                     "have value less than or equal to 1000");
    ck_assert_int_eq(verdict, ASLI_BROKEN);
    ck_assert_str_eq(
        check("ListStateMachines", "{\"maxResults\":-1,\"nextToken\":\"\"}"),
        "2 validation errors detected: Value '-1' at 'maxResults' " LISTED
        "have value greater than or equal to 0; Value '' at 'nextToken' " LISTED
        "have length greater than or equal to 1");
}
END_TEST

START_TEST(characters_are_counted_not_bytes)
{
    char input[512] = "{\"name\":\"";
    for (int i = 0; i < 80; i++)
        memcpy(input + strlen(input), "\u00e4", 3);
    memcpy(input + strlen(input), "\"}", 3);
    ck_assert_str_eq(check("CreateActivity", input), "");
}
END_TEST

START_TEST(a_required_member_must_be_there)
{
    const char *text =
        "1 validation error detected: Value null at 'activityArn' " LISTED "not be null";
    ck_assert_str_eq(check("DeleteActivity", "{}"), text);
    ck_assert_str_eq(check("DeleteActivity", "{\"activityArn\":null}"), text);
    ck_assert_str_eq(
        check("CreateActivity", "{\"name\":\"a\",\"encryptionConfiguration\":{}}"),
        "1 validation error detected: Value null at "
        "'encryptionConfiguration.type' " LISTED "not be null");
}
END_TEST

START_TEST(a_value_is_one_of_its_set)
{
    ck_assert_str_eq(
        check("DescribeExecution", "{\"executionArn\":\"a\",\"includedData\":\"ALL\"}"),
        "1 validation error detected: Value 'ALL' at 'includedData' " LISTED
        "satisfy enum value set: [ALL_DATA, METADATA_ONLY]");
    ck_assert_str_eq(check("DescribeExecution",
                           "{\"executionArn\":\"a\",\"includedData\":\"METADATA_ONLY\"}"),
                     "");
}
END_TEST

START_TEST(a_value_matches_its_pattern_as_a_whole)
{
    ck_assert_str_eq(
        check("RedriveExecution", "{\"executionArn\":\"a\",\"clientToken\":\"a b\"}"),
        "1 validation error detected: Value 'a b' at 'clientToken' " LISTED
        "satisfy regular expression pattern: [!-~]+");
    ck_assert_str_eq(
        check("StartExecution", "{\"stateMachineArn\":\"a\",\"traceHeader\":\"\u00e4\"}"),
        "1 validation error detected: Value '\u00e4' at 'traceHeader' " LISTED
        "satisfy regular expression pattern: \\p{ASCII}*");
    ck_assert_str_eq(
        check("StartExecution", "{\"stateMachineArn\":\"a\",\"traceHeader\":\"Root=1\"}"),
        "");
}
END_TEST

START_TEST(structures_are_shown_as_java_does)
{
    ck_assert_str_eq(
        check("UpdateStateMachineAlias",
              "{\"stateMachineAliasArn\":\"x\",\"routingConfiguration\":["
              "{\"stateMachineVersionArn\":\"a\",\"weight\":50},"
              "{\"stateMachineVersionArn\":\"b\",\"weight\":30},"
              "{\"stateMachineVersionArn\":\"c\",\"weight\":20}]}"),
        "1 validation error detected: Value "
        "'[RoutingConfigurationListItem(stateMachineVersionArn=a, weight=50), "
        "RoutingConfigurationListItem(stateMachineVersionArn=b, weight=30), "
        "RoutingConfigurationListItem(stateMachineVersionArn=c, weight=20)]' at "
        "'routingConfiguration' " LISTED "have length less than or equal to 2");
}
END_TEST

START_TEST(a_place_in_a_list_is_told_from_1)
{
    ck_assert_str_eq(
        check("TagResource", "{\"resourceArn\":\"a\",\"tags\":[{\"key\":\"k\","
                             "\"value\":\"\"},{\"key\":\"\"}]}"),
        "1 validation error detected: Value '' at 'tags.2.member.key' " LISTED
        "have length greater than or equal to 1");
    ck_assert_str_eq(
        check("UntagResource", "{\"resourceArn\":\"a\",\"tagKeys\":[\"k\",\"\"]}"),
        "1 validation error detected: Value '[k, ]' at 'tagKeys' " LISTED
        "satisfy constraint: [Member must have length less than or equal to 128, Member "
        "must have length greater than or equal to 1]");
}
END_TEST

START_TEST(a_secret_is_not_shown)
{
    ck_assert_str_eq(check("CreateStateMachine",
                           "{\"name\":\"a\",\"roleArn\":\"r\",\"definition\":\"\"}"),
                     "1 validation error detected: Value at 'definition' " LISTED
                     "have length greater than or equal to 1");
}
END_TEST

START_TEST(a_value_of_another_type_is_told_first)
{
    static const struct {
        const char *input, *text;
    } cases[] = {
        {"{\"maxResults\":\"1\"}", "STRING_VALUE can not be converted to an Integer"},
        {"{\"maxResults\":1.5}", "DECIMAL_VALUE can not be converted to an Integer"},
        {"{\"maxResults\":3000000000}",
         "NUMBER_VALUE can not be converted to an Integer"},
        {"{\"nextToken\":1}", "NUMBER_VALUE can not be converted to a String"},
        {"{\"nextToken\":true,\"maxResults\":5000}",
         "TRUE_VALUE can not be converted to a String"},
        {"{\"nextToken\":[]}", "Start of list found where not expected."},
        {"{\"nextToken\":{}}", "Start of structure or map found where not expected."},
        {"[]", "Unexpected field type"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_str_eq(check("ListStateMachines", cases[i].input), cases[i].text);
        ck_assert_int_eq(verdict, ASLI_FOREIGN);
    }
    ck_assert_str_eq(check("TagResource", "{\"tags\":\"a\"}"), "Unexpected field type");
    ck_assert_str_eq(check("TagResource", "{\"tags\":[{\"key\":1}]}"),
                     "NUMBER_VALUE can not be converted to a String");
    ck_assert_str_eq(check("GetExecutionHistory", "{\"reverseOrder\":\"true\"}"),
                     "STRING_VALUE can not be converted to a Boolean");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("server/check");
    TCase *t = tcase_create("check");
    tcase_add_test(t, every_action_is_found_by_its_name);
    tcase_add_test(t, what_fits_is_not_spoken_of);
    tcase_add_test(t, null_is_as_good_as_absent);
    tcase_add_test(t, numbers_and_lengths_have_bounds);
    tcase_add_test(t, characters_are_counted_not_bytes);
    tcase_add_test(t, a_required_member_must_be_there);
    tcase_add_test(t, a_value_is_one_of_its_set);
    tcase_add_test(t, a_value_matches_its_pattern_as_a_whole);
    tcase_add_test(t, structures_are_shown_as_java_does);
    tcase_add_test(t, a_place_in_a_list_is_told_from_1);
    tcase_add_test(t, a_secret_is_not_shown);
    tcase_add_test(t, a_value_of_another_type_is_told_first);
    suite_add_tcase(suite, t);
    return suite;
}
