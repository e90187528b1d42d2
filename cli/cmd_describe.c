/* SPDX-License-Identifier: Apache-2.0
 *
 * asl describe: one execution, the tasks it waits for with their tokens, and its Map runs.
 *
 * With --json it is DescribeExecution's response, plus "openTasks" and "mapRuns" if there are any.
 */
#include <stdio.h>

#include <asl/control.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static void print_line(const char *label, const char *text)
{
    if (text)
        printf("%-11s %s\n", label, text);
}

static void print_task(const json_t *task)
{
    char buf[CLI_TIME_LEN];
    bool submitted = json_is_true(json_object_get(task, "submitted"));
    printf("Open task   %s (%s)%s\n", cli_text(task, "stateName"),
           cli_text(task, "resource"), submitted ? ", waits for an answer" : "");
    print_line("  Token", cli_text(task, "taskToken"));
    if (json_object_get(task, "timeoutDate"))
        print_line("  Timeout", cli_time(buf, task, "timeoutDate"));
    if (json_object_get(task, "heartbeatDate"))
        print_line("  Heartbeat", cli_time(buf, task, "heartbeatDate"));
}

static void print_run(const json_t *run)
{
    static const char *const counts[] = {"pending",  "running", "succeeded", "failed",
                                         "timedOut", "aborted", "total"};
    const json_t *items = json_object_get(run, "itemCounts");
    char buf[CLI_TIME_LEN];
    printf("Map run     %s\n", cli_text(run, "mapRunArn"));
    print_line("  Status", cli_text(run, "status"));
    print_line("  Started", cli_time(buf, run, "startDate"));
    if (json_object_get(run, "stopDate"))
        print_line("  Stopped", cli_time(buf, run, "stopDate"));
    printf("  Items    ");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        printf("%s %s %lld", i ? "," : "", counts[i],
               (long long)json_integer_value(json_object_get(items, counts[i])));
    putchar('\n');
}

static void print_text(const json_t *description, const json_t *tasks, const json_t *runs)
{
    char buf[CLI_TIME_LEN];
    print_line("Name", cli_text(description, "name"));
    print_line("ARN", cli_text(description, "executionArn"));
    print_line("Machine", cli_text(description, "stateMachineArn"));
    print_line("Child of", cli_text(description, "mapRunArn"));
    print_line("Status", cli_text(description, "status"));
    print_line("Started", cli_time(buf, description, "startDate"));
    if (json_object_get(description, "stopDate"))
        print_line("Stopped", cli_time(buf, description, "stopDate"));
    print_line("Input", cli_text(description, "input"));
    print_line("Output", cli_text(description, "output"));
    print_line("Error", cli_text(description, "error"));
    print_line("Cause", cli_text(description, "cause"));
    for (size_t i = 0; i < json_array_size(tasks); i++)
        print_task(json_array_get(tasks, i));
    for (size_t i = 0; i < json_array_size(runs); i++)
        print_run(json_array_get(runs, i));
}

static int describe(const struct cli_args *args, asl_store *store)
{
    const char *execution = args->operands[0];
    ASLI_AUTO(json) json_t *description = NULL;
    ASLI_AUTO(json) json_t *tasks = NULL;
    ASLI_AUTO(json) json_t *answer = NULL;
    asl_error error = {0};
    int rc = asl_describe(store, execution, &description, &error);
    if (rc == 0)
        rc = asl_open_tasks(store, cli_text(description, "executionArn"), &tasks, &error);
    if (rc == 0)
        rc = asl_map_runs(store, cli_text(description, "executionArn"), &answer, &error);
    if (rc != 0)
        return cli_fail(args, execution, &error);
    json_t *runs = json_object_get(answer, "mapRuns");
    if (!args->value[CLI_JSON]) {
        print_text(description, tasks, runs);
        return CLI_OK;
    }
    if ((json_array_size(tasks) &&
         json_object_set(description, "openTasks", tasks) != 0) ||
        (json_array_size(runs) && json_object_set(description, "mapRuns", runs) != 0))
        cli_must(NULL);
    return cli_print_json(args, description);
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = cli_store_read(args, &store);
    if (status == CLI_OK)
        status = describe(args, store);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_describe = {
    .name = "describe",
    .operands = "NAME",
    .summary = "show an execution and the task tokens that are open",
    .description = "Show the execution of that name (or ARN), its open tasks with their "
                   "tokens, and the Map\n"
                   "runs of its distributed Maps; beside a running engine too. With "
                   "--json, they are in the\n"
                   "members \"openTasks\" and \"mapRuns\".\n",
    .example = "  asl describe order-7 --store ./orders\n",
    .options = CLI_HAS(STORE) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
