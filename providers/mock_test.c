/* SPDX-License-Identifier: Apache-2.0
 *
 * The mock file of Step Functions Local: which invocation gets which answer, every kind of task,
 * and files that are refused.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <asl/mock.h>
#include <asl/provider.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

#define CONFIG(states, responses)                                                        \
    "{'StateMachines':{'machine':{'TestCases':{'c':{" states "}}}},"                     \
    "'MockedResponses':{" responses "}}"

static int add(struct bench *b, const char *config, const char *machine, asl_error *error)
{
    char *text = kit_quoted(config);
    int rc = asl_mock_add(b->engine, text, (size_t)-1, machine, "c", error);
    free(text);
    return rc;
}

/* What comes out of one task state with these mocks. */
static void gives(const char *fields, const char *responses, enum asl_status status,
                  const char *wanted)
{
    struct bench b;
    asl_error error = {0};
    bench_open(&b, NULL, 0);
    ASLI_AUTO(text) char *config = asli_printf(CONFIG("'T':'R'", "'R':{%s}"), responses);
    ck_assert_msg(add(&b, config, "machine", &error) == 0, "%s", error.text);
    ASLI_AUTO(text)
    char *definition = asli_printf("{'StartAt':'T','States':{'T':{'Type':'Task',%s,"
                                   "'End':true},'C':{'Type':'Succeed'}}}",
                                   fields);
    asl_free(bench_start(&b, definition, NULL));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, status);
    ck_assert_str_eq(status == ASL_SUCCEEDED ? b.output : b.error, wanted);
    bench_close(&b);
}

#define RETURN "'0':{'Return':{'a':1}}"

START_TEST(answers_every_kind_of_task)
{
    static const char *const resources[] = {
        "'Resource':'handler:x'",
        "'Resource':'arn:aws:lambda:us-east-1:123456789012:function:x'",
        "'Resource':'arn:aws:states:::sqs:sendMessage'",
        "'Resource':'arn:aws:states:::sqs:sendMessage.waitForTaskToken'",
        "'Resource':'arn:aws:states:::batch:submitJob.sync'",
        "'Resource':'arn:aws:states:::states:startExecution.sync:2'",
        "'Resource':'arn:aws:states:us-east-1:123456789012:activity:x'",
    };
    for (size_t i = 0; i < sizeof resources / sizeof *resources; i++)
        gives(resources[i], RETURN, ASL_SUCCEEDED, "{\"a\":1}");
}
END_TEST

START_TEST(each_invocation_has_its_answer)
{
    gives("'Resource':'handler:x','Retry':[{'ErrorEquals':['E'],'MaxAttempts':5}]",
          "'3':{'Return':3},'0':{'Throw':{'Error':'E','Cause':'c'}},"
          "'1-2':{'Throw':{'Error':'E'}}",
          ASL_SUCCEEDED, "3");
}
END_TEST

START_TEST(an_error_may_be_thrown)
{
    gives("'Resource':'handler:x'", "'0':{'Throw':{'Error':'E','Cause':'c'}}", ASL_FAILED,
          "E");
}
END_TEST

START_TEST(a_missing_invocation_fails_the_execution)
{
    gives("'Resource':'handler:x','Catch':[{'ErrorEquals':['States.ALL'],'Next':'C'}]",
          "'1':{'Return':1}", ASL_FAILED, "States.Runtime");
}
END_TEST

static int real(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_string("real"), NULL);
}

START_TEST(other_states_run_for_real)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "x", real, NULL, 0);
    ck_assert_int_eq(
        add(&b, CONFIG("'A':'R'", "'R':{'0':{'Return':1}}"), "machine", NULL), 0);
    ck_assert_str_eq(
        bench_output(&b,
                     "{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'handler:x',"
                     "'ResultPath':'$.a','Next':'B'},'B':{'Type':'Task','Resource':"
                     "'handler:x','ResultPath':'$.b','End':true}}}",
                     NULL),
        "{\"a\":1,\"b\":\"real\"}");
    bench_close(&b);
}
END_TEST

START_TEST(bad_files_are_refused_with_a_reason)
{
    static const struct {
        const char *config, *text;
    } bad[] = {
        {"[", "expected"},
        {"{}", "this is no mock file: it has no StateMachines"},
        {"{'StateMachines':{'a':{},'b':{}}}",
         "the mock file has no state machine 'machine'; it has: a, b"},
        {"{'StateMachines':{'machine':{'TestCases':{'x':{}}}}}",
         "the mock file has no test case 'c'; it has: x"},
        {CONFIG("'T':7", ""), "the mocked response of state 'T' is no name"},
        {CONFIG("'T':'R'", ""), "MockedResponses has no object 'R'"},
        {CONFIG("'T':'R'", "'R':{'a':{'Return':1}}"),
         "'a' of the mocked response 'R' is neither a number nor a range such as 1-2"},
        {CONFIG("'T':'R'", "'R':{'2-1':{'Return':1}}"), "'2-1' of the mocked response"},
        {CONFIG("'T':'R'", "'R':{'0':{}}"),
         "'0' of the mocked response 'R' has neither Return nor Throw"},
    };
    struct bench b;
    bench_open(&b, NULL, 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        asl_error error = {0};
        ck_assert_int_ne(add(&b, bad[i].config, "machine", &error), 0);
        ck_assert_msg(strncmp(error.text, bad[i].text, strlen(bad[i].text)) == 0, "%s",
                      error.text);
    }
    bench_close(&b);
}
END_TEST

START_TEST(the_only_machine_of_a_file_may_be_called_otherwise)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(add(&b, CONFIG("", ""), "other", NULL), 0);
    bench_close(&b);
}
END_TEST

/* ---- cases that executions tell ---- */

static char dir[256], path[300];

/* Files of the same length in the same tick of a clock differ by their time all the same. */
static void write_config(const char *config)
{
    static long written;
    char *text = kit_quoted(config);
    FILE *file = fopen(path, "w");
    written++;
    struct timespec times[2] = {{.tv_sec = written}, {.tv_sec = written}};
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
    free(text);
    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void open_cases(struct bench *b, asl_store *store, const char *config)
{
    asl_error error = {0};
    ck_assert(tempdir_make(dir, sizeof dir));
    snprintf(path, sizeof path, "%s/mock.json", dir);
    write_config(config);
    bench_open(b, store, 0);
    bench_handler(b, "x", real, NULL, 0);
    ck_assert_msg(asl_mock_open(b->engine, path, &error) == 0, "%s", error.text);
}

static void close_cases(struct bench *b)
{
    bench_close(b);
    tempdir_remove(dir);
}

#define ONE                                                                              \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:x',"                \
    "'Retry':[{'ErrorEquals':['E'],'IntervalSeconds':1000}],'End':true}}}"
#define CASES(cases, responses)                                                          \
    "{'StateMachines':{'machine':{'TestCases':{" cases                                   \
    "}}},'MockedResponses':{" responses "}}"
#define TWO_CASES                                                                        \
    CASES(                                                                               \
        "'a':{'T':'A'},'b':{'T':'B'},'none':{}",                                         \
        "'A':{'0':{'Return':'a'}},'B':{'0':{'Throw':{'Error':'E'}},'1':{'Return':'b'}}")

/* Starts an execution by a test case; NULL: by none. */
static int start_case(struct bench *b, const char *test_case, asl_error *error)
{
    asl_machine *plain = bench_machine(ONE), *machine = plain;
    int rc = test_case ? asl_mock_case(b->engine, plain, test_case, &machine, error) : 0;
    if (!rc)
        rc = asl_start(b->engine, machine, "{}", 2, NULL, NULL, error);
    if (!rc && machine != plain)
        asl_machine_unref(machine);
    asl_machine_unref(plain);
    return rc;
}

static void ends_with(struct bench *b, const char *test_case, const char *output)
{
    ck_assert_int_eq(start_case(b, test_case, NULL), 0);
    bench_run(b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b->output, output);
}

START_TEST(each_execution_tells_its_case)
{
    struct bench b;
    open_cases(&b, NULL, TWO_CASES);
    ends_with(&b, "a", "\"a\"");
    ends_with(&b, NULL, "\"real\"");
    ends_with(&b, "b", "\"b\"");
    ends_with(&b, "none", "\"real\"");
    close_cases(&b);
}
END_TEST

START_TEST(unknown_cases_are_refused)
{
    asl_error error = {0};
    struct bench b;
    open_cases(&b, NULL, TWO_CASES);
    ck_assert_int_eq(start_case(&b, "c", &error), ASL_EINVAL);
    ck_assert_str_eq(error.text,
                     "the mock file has no test case 'c'; it has: a, b, none");
    ck_assert_int_eq(asl_mock_open(b.engine, path, &error), ASL_EEXISTS);
    close_cases(&b);
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(start_case(&b, "a", &error), ASL_EINVAL);
    ck_assert_int_eq(asl_mock_open(b.engine, "/nowhere/mock.json", &error), ASL_ESYSTEM);
    bench_close(&b);
}
END_TEST

START_TEST(a_file_is_read_again_when_it_has_changed)
{
    asl_error error = {0};
    struct bench b;
    open_cases(&b, NULL, TWO_CASES);
    ends_with(&b, "a", "\"a\"");
    write_config(CASES("'a':{'T':'A'}", "'A':{'0':{'Return':'z'}}"));
    ends_with(&b, "a", "\"z\"");
    ck_assert_int_eq(start_case(&b, "b", &error), ASL_EINVAL);
    write_config("{");
    ck_assert_int_eq(start_case(&b, "a", &error), ASL_EJSON);
    write_config(CASES("'a':{'T':'A'}", "'A':{'0':{'Return':'y'}}"));
    ends_with(&b, "a", "\"y\"");
    close_cases(&b);
}
END_TEST

START_TEST(a_case_and_its_counts_outlive_the_engine)
{
    asl_store *store;
    struct bench b;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    open_cases(&b, store, TWO_CASES);
    ck_assert_int_eq(start_case(&b, "b", NULL), 0);
    bench_run(&b, ASL_UNTIL_NOW); /* the first attempt has failed, the second one waits */
    ck_assert_int_eq(b.ended, 0);
    bench_close(&b);
    bench_open(&b, store, 0);
    ck_assert_int_eq(asl_mock_open(b.engine, path, NULL), 0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "\"b\"");
    close_cases(&b);
    asl_store_free(store);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("mock");
    TCase *tcase = tcase_create("mock");
    tcase_add_test(tcase, answers_every_kind_of_task);
    tcase_add_test(tcase, each_invocation_has_its_answer);
    tcase_add_test(tcase, an_error_may_be_thrown);
    tcase_add_test(tcase, a_missing_invocation_fails_the_execution);
    tcase_add_test(tcase, other_states_run_for_real);
    tcase_add_test(tcase, bad_files_are_refused_with_a_reason);
    tcase_add_test(tcase, the_only_machine_of_a_file_may_be_called_otherwise);
    tcase_add_test(tcase, each_execution_tells_its_case);
    tcase_add_test(tcase, unknown_cases_are_refused);
    tcase_add_test(tcase, a_file_is_read_again_when_it_has_changed);
    tcase_add_test(tcase, a_case_and_its_counts_outlive_the_engine);
    suite_add_tcase(suite, tcase);
    return suite;
}
