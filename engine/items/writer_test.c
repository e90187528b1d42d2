/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of writer.h: the files and the manifest of a finished Map run.
 */
#include "engine/items/writer.h"

#include "engine/items/items_test.h"

#define ARN "arn:aws:states:us-east-1:1:mapRun:M/L:7a-7b"
#define FAILED "States.ResultWriterFailed: "

static const struct asli_child_result good = {
    .execution_arn = "arn:e1",
    .state_machine_arn = "arn:m/L",
    .name = "n1",
    .status = "SUCCEEDED",
    .input = "\"in\"",
    .output = "[1,{\"a\":2}]",
    .start = 1000,
    .stop = 2500,
};
static const struct asli_child_result bad = {
    .execution_arn = "arn:e2",
    .state_machine_arn = "arn:m/L",
    .name = "n2",
    .status = "TIMED_OUT",
    .input = "{}",
    .error = "E",
    .cause = "C",
    .start = 1000,
    .stop = 3000,
};

/* Writes good, bad and good; the state's result or the failure, as text. */
static const char *write_three(const char *writer_config, uint64_t max_bytes)
{
    static char text[1000];
    const struct asli_child_result *all[] = {&good, &bad, &good};
    struct asli_writer_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_writer *w = NULL;
    ASLI_AUTO(json)
    json_t *arguments = json_of("{\"Bucket\":\"out\",\"Prefix\":\"p/q\"}");
    ASLI_AUTO(json) json_t *written = json_of(writer_config);
    ASLI_AUTO(json) json_t *result = NULL;
    int rc = asli_writer_configure(arguments, written, &config, &failure, NULL);
    config.max_bytes = max_bytes;
    if (!rc)
        rc = asli_writer_new(objects, &config, ARN, &w, &failure, NULL);
    for (int i = 0; i < 3 && !rc; i++)
        rc = asli_writer_add(w, all[i], &failure, NULL);
    if (!rc)
        rc = asli_writer_finish(w, &result, &failure, NULL);
    asli_writer_free(w);
    asli_writer_config_done(&config);
    ASLI_AUTO(text) char *made = NULL;
    if (!rc)
        asli_json_text(result, &made, NULL, NULL);
    snprintf(text, sizeof text, "%s%s%s", made ? made : failure.error, made ? "" : ": ",
             made ? "" : failure.cause);
    asli_failure_done(&failure);
    return text;
}

static const char *file(const char *name)
{
    char key[100];
    snprintf(key, sizeof key, "p/q/7a-7b/%s", name);
    return mem_objects_get(&store, "out", key);
}

START_TEST(the_states_result_says_where_the_manifest_is)
{
    ck_assert_str_eq(write_three("{}", 0),
                     "{\"MapRunArn\":\"" ARN "\",\"ResultWriterDetails\":{\"Bucket\":"
                     "\"out\",\"Key\":\"p/q/7a-7b/manifest.json\"}}");
}
END_TEST

START_TEST(the_manifest_names_all_files)
{
    char wanted[500];
    write_three("{\"Transformation\":\"NONE\",\"OutputType\":\"JSON\"}", 0);
    snprintf(wanted, sizeof wanted,
             "{\"DestinationBucket\":\"out\",\"MapRunArn\":\"" ARN "\",\"ResultFiles\":{"
             "\"FAILED\":[{\"Key\":\"p/q/7a-7b/FAILED_0.json\",\"Size\":%zu}],"
             "\"PENDING\":[],"
             "\"SUCCEEDED\":[{\"Key\":\"p/q/7a-7b/SUCCEEDED_0.json\",\"Size\":%zu}]}}",
             strlen(file("FAILED_0.json")), strlen(file("SUCCEEDED_0.json")));
    ck_assert_str_eq(file("manifest.json"), wanted);
}
END_TEST

#define GOOD                                                                             \
    "{\"ExecutionArn\":\"arn:e1\",\"Input\":\"\\\"in\\\"\",\"InputDetails\":{"           \
    "\"Included\":true},\"Name\":\"n1\",\"Output\":\"[1,{\\\"a\\\":2}]\","               \
    "\"OutputDetails\":{\"Included\":true},\"RedriveCount\":0,\"RedriveStatus\":"        \
    "\"NOT_REDRIVABLE\",\"RedriveStatusReason\":\"Execution is SUCCEEDED and cannot be " \
    "redriven\",\"StartDate\":\"1970-01-01T00:00:01.000Z\",\"StateMachineArn\":"         \
    "\"arn:m/L\",\"Status\":\"SUCCEEDED\",\"StopDate\":\"1970-01-01T00:00:02.500Z\"}"

START_TEST(an_execution_is_written_with_its_data)
{
    write_three("{}", 0);
    ck_assert_str_eq(file("SUCCEEDED_0.json"), "[" GOOD "," GOOD "]");
    ck_assert_str_eq(
        file("FAILED_0.json"),
        "[{\"Cause\":\"C\",\"Error\":\"E\",\"ExecutionArn\":\"arn:e2\",\"Input\":\"{}\","
        "\"InputDetails\":{\"Included\":true},\"Name\":\"n2\",\"RedriveCount\":0,"
        "\"RedriveStatus\":\"REDRIVABLE\",\"StartDate\":\"1970-01-01T00:00:01.000Z\","
        "\"StateMachineArn\":\"arn:m/L\",\"Status\":\"TIMED_OUT\",\"StopDate\":"
        "\"1970-01-01T00:00:03.000Z\"}]");
}
END_TEST

START_TEST(outputs_can_be_written_alone_and_flat)
{
    write_three("{\"Transformation\":\"COMPACT\",\"OutputType\":\"JSON\"}", 0);
    ck_assert_str_eq(file("SUCCEEDED_0.json"), "[[1,{\"a\":2}],[1,{\"a\":2}]]");
    write_three("{\"Transformation\":\"FLATTEN\",\"OutputType\":\"JSON\"}", 0);
    ck_assert_str_eq(file("SUCCEEDED_0.json"), "[1,{\"a\":2},1,{\"a\":2}]");
    ck_assert(strncmp(file("FAILED_0.json"), "[{\"Cause\":", 10) == 0);
    write_three("{\"Transformation\":\"FLATTEN\",\"OutputType\":\"JSONL\"}", 0);
    ck_assert_str_eq(file("SUCCEEDED_0.jsonl"), "1\n{\"a\":2}\n1\n{\"a\":2}\n");
}
END_TEST

START_TEST(a_file_that_would_grow_too_large_is_followed_by_another)
{
    write_three("{\"Transformation\":\"COMPACT\",\"OutputType\":\"JSON\"}", 20);
    ck_assert_str_eq(file("SUCCEEDED_0.json"), "[[1,{\"a\":2}]]");
    ck_assert_str_eq(file("SUCCEEDED_1.json"), "[[1,{\"a\":2}]]");
    ck_assert_ptr_nonnull(
        strstr(file("manifest.json"), "SUCCEEDED_1.json\",\"Size\":13"));
}
END_TEST

START_TEST(a_failing_call_of_the_objects_is_a_failure)
{
    for (unsigned long n = 1;; n++) {
        store.calls = 0;
        store.fail_at = n;
        store.fail_code = n % 2 ? ASL_ESYSTEM : ASL_ACCESS_DENIED;
        const char *text = write_three("{}", 1);
        ck_assert_int_eq(store.open, 0);
        if (store.calls < n)
            break;
        ck_assert(strncmp(text, FAILED, strlen(FAILED)) == 0);
        ck_assert_ptr_nonnull(strstr(
            text, n % 2 ? "-th call fails" : "Access Denied (Service: Amazon S3; "));
    }
}
END_TEST

START_TEST(settings_are_checked)
{
    ck_assert_str_eq(write_three("{\"Transformation\":\"ALL\"}", 0),
                     FAILED "The field Transformation is not valid.");
    ck_assert_str_eq(write_three("{\"OutputType\":3}", 0),
                     FAILED "The field OutputType is not valid.");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("writer");
    TCase *t = tcase_create("writer");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, the_states_result_says_where_the_manifest_is);
    tcase_add_test(t, the_manifest_names_all_files);
    tcase_add_test(t, an_execution_is_written_with_its_data);
    tcase_add_test(t, outputs_can_be_written_alone_and_flat);
    tcase_add_test(t, a_file_that_would_grow_too_large_is_followed_by_another);
    tcase_add_test(t, a_failing_call_of_the_objects_is_a_failure);
    tcase_add_test(t, settings_are_checked);
    suite_add_tcase(suite, t);
    return suite;
}
