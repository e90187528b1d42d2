/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands as handlers, with real processes: what they are given, how their end completes a task,
 * and that nothing of them is left. A pipe that they inherit tells when they have begun (a byte)
 * and when the last of a group is gone (its end), so that no test waits for a clock.
 */
#include <asl/exec.h>
#include <asl/host.h>

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"

#define TASK(resource, more)                                                             \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" resource "'" more         \
    ",'End':true}}}"
#define WORK TASK("handler:work", "")

static void add(struct bench *b, const char *name, const char *command,
                const asl_exec_options *options)
{
    asl_error err = {0};
    const char *argv[] = {"/bin/sh", "-c", command, NULL};
    ck_assert_msg(asl_exec_add(b->engine, name, argv, options, &err) == 0, "%s",
                  err.text);
}

static void open_with(struct bench *b, const char *command)
{
    bench_open(b, NULL, 0);
    add(b, "work", command, NULL);
}

static void expect_output(const char *command, const char *definition, const char *input,
                          const char *output)
{
    struct bench b;
    open_with(&b, command);
    ck_assert_str_eq(bench_output(&b, definition, input), output);
    bench_close(&b);
}

static void run_to_failure(struct bench *b, const char *definition, const char *error)
{
    asl_free(bench_start(b, definition, NULL));
    bench_run(b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b->status, ASL_FAILED);
    ck_assert_str_eq(b->error, error);
}

static void expect_failure(const char *command, const char *error, const char *cause)
{
    struct bench b;
    open_with(&b, command);
    run_to_failure(&b, WORK, error);
    ck_assert_str_eq(b.cause, cause);
    bench_close(&b);
}

/* ---- what it is given, what it gives ---- */

START_TEST(reads_the_input_and_gives_the_output)
{
    expect_output("cat", WORK, "{'a':[1,2]}", "{\"a\":[1,2]}");
    expect_output("echo ' 7 '", WORK, NULL, "7");
}
END_TEST

START_TEST(need_not_read_its_input)
{
    char *input = malloc(200003);
    memset(input, 'x', 200002);
    input[0] = input[200001] = '\'';
    input[200002] = '\0';
    expect_output("exec 0<&-; echo 1", WORK, input, "1");
    struct bench b;
    open_with(&b, "cat");
    ck_assert_uint_eq(strlen(bench_output(&b, WORK, input)), 200002);
    bench_close(&b);
    free(input);
}
END_TEST

START_TEST(is_told_of_the_task_in_its_environment)
{
    struct bench b;
    setenv("ASL_STATE", "an outer one", 1);
    open_with(&b, "printf '[\"%s\",%s,\"%s\",\"%s\",%s,%s]' $ASL_TASK_NAME $ASL_ATTEMPT "
                  "$ASL_EXECUTION $ASL_STATE ${#ASL_TASK_TOKEN} $ASL_REDELIVERED");
    const char *output = bench_output(&b, WORK, NULL);
    ck_assert_ptr_nonnull(strstr(output, "[\"work\",0,\"arn:aws:states:"));
    ck_assert_ptr_nonnull(strstr(output, "\",\"T\",64,0]"));
    bench_close(&b);
    unsetenv("ASL_STATE");
}
END_TEST

START_TEST(retries_count_in_the_environment)
{
    expect_output("test $ASL_ATTEMPT = 2 && echo $ASL_ATTEMPT",
                  TASK("handler:work", ",'Retry':[{'ErrorEquals':['Exec.ExitStatus']}]"),
                  NULL, "2");
}
END_TEST

START_TEST(serves_what_a_handler_of_that_name_serves)
{
    expect_output("cat", TASK("arn:aws:lambda:us-east-1:1:function:work:PROD", ""), "1",
                  "1");
    struct bench b;
    open_with(&b, "cat");
    ck_assert_ptr_nonnull(strstr(
        bench_output(&b,
                     TASK("arn:aws:states:::lambda:invoke",
                          ",'Parameters':{'FunctionName':'work','Payload':{'b':1}}"),
                     NULL),
        "\"Payload\":{\"b\":1}"));
    add(&b, "sqs:sendMessage", "echo 3", NULL);
    ck_assert_str_eq(bench_output(&b, TASK("arn:aws:states:::sqs:sendMessage", ""), NULL),
                     "3");
    add(&b, "work", "echo '\"later\"'", NULL);
    ck_assert_str_eq(bench_output(&b, WORK, NULL), "\"later\"");
    bench_close(&b);
}
END_TEST

START_TEST(more_tasks_than_processes_take_turns)
{
    struct bench b;
    open_with(&b, "cat");
    const char *output = bench_output(
        &b,
        "{'StartAt':'M','States':{'M':{'Type':'Map','ItemsPath':'$','ItemProcessor':"
        "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:work','End':"
        "true}"
        "}},'End':true}}}",
        "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,"
        "30,"
        "31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50,51,52,53,54,55,56,"
        "57,58,"
        "59,60,61,62,63,64,65,66,67,68,69,70,71,72,73,74,75,76,77,78,79,80]");
    ck_assert_ptr_nonnull(strstr(output, "63,64,65,66,"));
    bench_close(&b);
}
END_TEST

START_TEST(refuses_commands_without_name_or_program)
{
    struct bench b;
    const char *none[] = {NULL}, *some[] = {"true", NULL};
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(asl_exec_add(b.engine, "x", none, NULL, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_exec_add(b.engine, "", some, NULL, NULL), ASL_EINVAL);
    bench_close(&b);
}
END_TEST

/* ---- failures ---- */

START_TEST(exit_status_fails_with_what_it_said)
{
    expect_failure("echo no stock >&2; exit 3", "Exec.ExitStatus", "exit 3: no stock\n");
    expect_failure("exit 1", "Exec.ExitStatus", "exit 1: ");
}
END_TEST

START_TEST(a_cause_keeps_the_end_of_32_kib)
{
    struct bench b;
    open_with(&b, "head -c 300000 /dev/zero | tr '\\0' x >&2; echo end >&2; exit 1");
    run_to_failure(&b, WORK, "Exec.ExitStatus");
    ck_assert_uint_eq(strlen(b.cause), strlen("exit 1: ") + 32768 - 16);
    ck_assert_str_eq(b.cause + strlen(b.cause) - 4, "end\n");
    bench_close(&b);
}
END_TEST

START_TEST(a_cause_is_utf8_whatever_was_said)
{
    expect_failure("printf 'a\\377\\000\\303\\244' >&2; exit 1", "Exec.ExitStatus",
                   "exit 1: a\xEF\xBF\xBD\xEF\xBF\xBD\xC3\xA4");
}
END_TEST

START_TEST(death_by_signal_fails)
{
    expect_failure("echo ouch >&2; kill -9 $$", "Exec.Signal", "signal 9: ouch\n");
}
END_TEST

START_TEST(output_that_is_no_json_fails)
{
    struct bench b;
    expect_failure("true", "Exec.InvalidOutput",
                   "exit 0 without an output: JSON was expected");
    open_with(&b, "echo hello world");
    run_to_failure(&b, WORK, "Exec.InvalidOutput");
    ck_assert_ptr_nonnull(strstr(b.cause, "; it begins: hello world"));
    bench_close(&b);
}
END_TEST

START_TEST(output_above_the_limit_fails_and_ends_the_process)
{
    struct bench b;
    asl_exec_options small = {.size = sizeof small, .max_output = 100};
    bench_open(&b, NULL, 0);
    add(&b, "work", "yes", &small);
    run_to_failure(&b, WORK, "States.DataLimitExceeded");
    ck_assert_str_eq(b.cause,
                     "The state/task 'handler:work' returned a result with a "
                     "size exceeding the maximum number of bytes service limit.");
    add(&b, "sqs:sendMessage", "yes", &small);
    run_to_failure(&b, TASK("arn:aws:states:::sqs:sendMessage", ""),
                   "States.DataLimitExceeded");
    ck_assert_ptr_nonnull(strstr(b.cause, "The state/task 'sqs' returned"));
    bench_close(&b);
}
END_TEST

START_TEST(a_program_that_is_missing_fails)
{
    struct bench b;
    const char *argv[] = {"/nowhere/at-all", NULL};
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asl_exec_add(b.engine, "work", argv, NULL, NULL), 0);
    run_to_failure(&b, WORK, "Exec.NotStarted");
    ck_assert_str_eq(b.cause, "/nowhere/at-all: No such file or directory");
    bench_close(&b);
}
END_TEST

START_TEST(errors_are_copied_as_they_come)
{
    struct bench b;
    int ends[2];
    char text[16] = "";
    ck_assert_int_eq(pipe(ends), 0);
    asl_exec_options copy = {.size = sizeof copy, .copy_errors = 1, .errors_fd = ends[1]};
    bench_open(&b, NULL, 0);
    add(&b, "work", "echo note >&2; echo 1", &copy);
    bench_output(&b, WORK, NULL);
    ck_assert_int_eq(read(ends[0], text, sizeof text), 5);
    ck_assert_str_eq(text, "note\n");
    bench_close(&b);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* ---- other kinds of tasks ---- */

static json_t *history_of(struct bench *b, const char *arn)
{
    json_t *history;
    ck_assert_int_eq(asl_history(asl_engine_store(b->engine), arn, &history, NULL), 0);
    return history;
}

static const json_t *details(json_t *history, const char *type, const char *key)
{
    size_t i;
    json_t *event;
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        if (strcmp(json_string_value(json_object_get(event, "type")), type) == 0)
            return json_object_get(event, key);
    }
    ck_abort_msg("no event %s", type);
    return NULL;
}

static char *token_of(struct bench *b, const char *arn)
{
    json_t *tasks;
    ck_assert_int_eq(asl_open_tasks(asl_engine_store(b->engine), arn, &tasks, NULL), 0);
    char *token =
        strdup(json_string_value(json_object_get(json_array_get(tasks, 0), "taskToken")));
    json_decref(tasks);
    return token;
}

START_TEST(exit_0_submits_a_callback)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    add(&b, "sqs:sendMessage", "echo '{\"id\":7}'", NULL);
    char *arn = bench_start(
        &b, TASK("arn:aws:states:::sqs:sendMessage.waitForTaskToken", ""), NULL);
    bench_run(&b, ASL_UNTIL_IDLE);
    char *token = token_of(&b, arn);
    ck_assert_int_eq(asl_answer_success(b.engine, token, "\"paid\"", 6, NULL, NULL, NULL),
                     0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "\"paid\"");
    json_t *history = history_of(&b, arn);
    ck_assert_str_eq(
        json_string_value(json_object_get(
            details(history, "TaskSubmitted", "taskSubmittedEventDetails"), "output")),
        "{\"id\":7}");
    json_decref(history);
    asl_free(arn);
    free(token);
    bench_close(&b);
}
END_TEST

START_TEST(a_job_is_submitted_and_succeeds)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    add(&b, "batch:submitJob", "echo 4", NULL);
    char *arn = bench_start(&b, TASK("arn:aws:states:::batch:submitJob.sync", ""), NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "4");
    json_t *history = history_of(&b, arn);
    ck_assert_ptr_nonnull(details(history, "TaskSubmitted", "taskSubmittedEventDetails"));
    json_decref(history);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

START_TEST(works_for_an_activity)
{
    struct bench b;
    asl_exec_options worker = {.size = sizeof worker, .activity = 1, .worker = "ann"};
    bench_open(&b, NULL, 0);
    add(&b, "arn:aws:states:us-east-1:123456789012:activity:paint", "cat", &worker);
    char *arn = bench_start(
        &b, TASK("arn:aws:states:us-east-1:123456789012:activity:paint", ""), "5");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "5");
    json_t *history = history_of(&b, arn);
    ck_assert_str_eq(
        json_string_value(json_object_get(
            details(history, "ActivityStarted", "activityStartedEventDetails"),
            "workerName")),
        "ann");
    json_decref(history);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

/* ---- clocks: the test's own, and the engine's next deadline tells what it has seen ---- */

static int64_t clock_of(void *arg)
{
    return *(int64_t *)arg;
}

static void turn_until(struct bench *b, int64_t deadline)
{
    struct pollfd fd = {.fd = asl_host_fd(b->host), .events = POLLIN};
    ck_assert_int_eq(asl_host_turn(b->host, NULL), 0);
    while (asl_engine_next_deadline(b->engine) != deadline) {
        poll(&fd, 1, -1);
        ck_assert_int_eq(asl_host_turn(b->host, NULL), 0);
    }
}

START_TEST(a_line_is_a_heartbeat_and_silence_is_none)
{
    struct bench b;
    int ends[2];
    char command[200];
    int64_t now = 1000000;
    asl_host_options host = {
        .size = sizeof host, .single_thread = 1, .now = clock_of, .arg = &now};
    bench_open(&b, NULL, BENCH_REAL_TIME | BENCH_NO_HOST);
    ck_assert_int_eq(asl_host_new(b.engine, &host, &b.host, NULL), 0);
    ck_assert_int_eq(pipe(ends), 0);
    snprintf(command, sizeof command, "read x <&%d; echo beat >&2; sleep 1000", ends[0]);
    add(&b, "work", command, NULL);
    asl_free(bench_start(&b, TASK("handler:work", ",'HeartbeatSeconds':10"), NULL));
    turn_until(&b, 1010000);
    now = 1005000;
    ck_assert_int_eq(write(ends[1], "\n", 1), 1);
    turn_until(&b, 1015000);
    now = 1015000;
    turn_until(&b, INT64_MAX);
    ck_assert_int_eq(b.status, ASL_FAILED);
    ck_assert_str_eq(b.error, "States.Timeout");
    bench_close(&b);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

/* ---- nothing is left ---- */

/* Starts a command that inherits the pipe and waits until it has written a byte to it. */
static char *begin(struct bench *b, const char *command, int ends[2])
{
    char text[200], byte;
    ck_assert_int_eq(pipe(ends), 0);
    snprintf(text, sizeof text, command, ends[1]);
    bench_open(b, NULL, BENCH_SINGLE);
    add(b, "work", text, NULL);
    char *arn = bench_start(b, WORK, NULL);
    ck_assert_int_eq(asl_host_turn(b->host, NULL), 0);
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    close(ends[1]);
    return arn;
}

static void expect_all_gone(int end)
{
    char byte;
    ck_assert_int_eq(read(end, &byte, 1), 0);
    close(end);
}

START_TEST(stop_ends_the_group)
{
    struct bench b;
    int ends[2];
    char *arn = begin(&b, "sleep 1000 & echo >&%d; wait", ends);
    ck_assert_int_eq(asl_stop(b.engine, arn, NULL, NULL, NULL, NULL, NULL), 0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, ASL_ABORTED);
    expect_all_gone(ends[0]);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

START_TEST(close_ends_the_group)
{
    struct bench b;
    int ends[2];
    char *arn = begin(&b, "sleep 1000 & echo >&%d; wait", ends);
    bench_close(&b);
    expect_all_gone(ends[0]);
    asl_free(arn);
}
END_TEST

START_TEST(what_ignores_sigterm_is_killed)
{
    struct bench b;
    int ends[2];
    char *arn = begin(&b, "trap '' TERM; echo >&%d; sleep 1000; sleep 1000", ends);
    bench_close(&b);
    expect_all_gone(ends[0]);
    asl_free(arn);
}
END_TEST

START_TEST(a_child_in_the_background_does_not_hold_the_task)
{
    struct bench b;
    int ends[2];
    char text[32] = {0};
    char *arn =
        begin(&b, "exec 9>&%d; echo >&9; (exec sleep 1000) & echo $! >&9; echo 1", ends);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "1");
    asl_free(arn);
    bench_close(&b);
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    ck_assert_int_eq(kill(atoi(text), SIGKILL), 0);
    expect_all_gone(ends[0]);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("exec");
    TCase *t = tcase_create("exec");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, reads_the_input_and_gives_the_output);
    tcase_add_test(t, need_not_read_its_input);
    tcase_add_test(t, is_told_of_the_task_in_its_environment);
    tcase_add_test(t, retries_count_in_the_environment);
    tcase_add_test(t, serves_what_a_handler_of_that_name_serves);
    tcase_add_test(t, more_tasks_than_processes_take_turns);
    tcase_add_test(t, refuses_commands_without_name_or_program);
    tcase_add_test(t, exit_status_fails_with_what_it_said);
    tcase_add_test(t, a_cause_keeps_the_end_of_32_kib);
    tcase_add_test(t, a_cause_is_utf8_whatever_was_said);
    tcase_add_test(t, death_by_signal_fails);
    tcase_add_test(t, output_that_is_no_json_fails);
    tcase_add_test(t, output_above_the_limit_fails_and_ends_the_process);
    tcase_add_test(t, a_program_that_is_missing_fails);
    tcase_add_test(t, errors_are_copied_as_they_come);
    tcase_add_test(t, exit_0_submits_a_callback);
    tcase_add_test(t, a_job_is_submitted_and_succeeds);
    tcase_add_test(t, works_for_an_activity);
    tcase_add_test(t, a_line_is_a_heartbeat_and_silence_is_none);
    tcase_add_test(t, stop_ends_the_group);
    tcase_add_test(t, close_ends_the_group);
    tcase_add_test(t, what_ignores_sigterm_is_killed);
    tcase_add_test(t, a_child_in_the_background_does_not_hold_the_task);
    suite_add_tcase(s, t);
    return s;
}
