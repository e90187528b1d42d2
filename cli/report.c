/* SPDX-License-Identifier: Apache-2.0
 *
 * How executions stand after a run, told from what is durable.
 *
 * stdout gets an output and nothing else; reasons, and the commands that go on, go to stderr.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

/* From best to worst, for the exit status of several executions. */
static const struct {
    enum asl_status status;
    int exit;
} ranks[] = {
    {ASL_SUCCEEDED, CLI_OK},    {ASL_RUNNING, CLI_RUNNING},
    {ASL_ABORTED, CLI_ABORTED}, {ASL_TIMED_OUT, CLI_TIMED_OUT},
    {ASL_FAILED, CLI_FAILED},
};
#define RANKS (sizeof ranks / sizeof ranks[0])

int cli_status_exit(const char *status)
{
    for (size_t i = 0; i < RANKS; i++) {
        if (strcmp(asl_status_name(ranks[i].status), status) == 0)
            return ranks[i].exit;
    }
    return CLI_TROUBLE;
}

static size_t rank(int exit)
{
    size_t i = 0;
    while (i < RANKS && ranks[i].exit != exit)
        i++;
    return i;
}

int cli_worse(int a, int b)
{
    return rank(a) >= rank(b) ? a : b;
}

/* What a later command needs too. */
static void put_options(const struct cli_args *args, bool handlers)
{
    const uint64_t which = CLI_HAS_ENGINE | (handlers ? CLI_HAS_WORKERS : 0);
    fputs(" --store", stderr);
    cli_put_word(args->value[CLI_STORE]);
    for (size_t i = 0; i < args->given_count; i++) {
        int option = args->given[i].option;
        if (!(which >> option & 1))
            continue;
        fprintf(stderr, " --%s", cli_option_name(option));
        cli_put_word(args->given[i].value);
    }
}

/* The name, or the ARN when several machines have an execution of that name. */
static const char *short_name(struct cli_session *session, const json_t *description)
{
    const char *name = cli_text(description, "name");
    json_t *found = NULL;
    int rc = asl_describe(session->store, name, &found, NULL);
    json_decref(found);
    return rc == 0 ? name : cli_text(description, "executionArn");
}

void cli_report_resume(struct cli_session *session, const char *execution)
{
    fputs("Resume with:\n  asl resume", stderr);
    if (execution)
        cli_put_word(execution);
    put_options(session->args, true);
    fputc('\n', stderr);
}

static void put_work(const struct cli_args *args, const char *activity)
{
    fputs("    asl work", stderr);
    cli_put_word(activity);
    put_options(args, false);
    fputs(" -- COMMAND\n", stderr);
}

static void put_task(struct cli_session *session, const json_t *task)
{
    bool submitted = json_is_true(json_object_get(task, "submitted"));
    const char *resource = cli_text(task, "resource"),
               *activity = strstr(resource, ":activity:");
    fprintf(stderr, "  %s: %s %s\n", cli_text(task, "stateName"),
            submitted  ? "an answer of"
            : activity ? "a worker of"
                       : "a handler for",
            resource);
    if (activity && session->args->value[CLI_STORE])
        put_work(session->args, activity + strlen(":activity:"));
    if (!submitted || !session->args->value[CLI_STORE])
        return;
    fputs("    asl answer", stderr);
    cli_put_word(cli_text(task, "taskToken"));
    fputs(" --output JSON", stderr);
    put_options(session->args, false);
    fputc('\n', stderr);
}

int cli_report_waiting(struct cli_session *session, const json_t *description)
{
    const struct cli_args *args = session->args;
    const char *name = cli_text(description, "name");
    if (cli_interrupted() && !args->value[CLI_STORE]) {
        cli_say(args, "interrupted: %s was in memory and is gone", name);
        return CLI_ABORTED;
    }
    if (cli_interrupted()) {
        cli_say(args, "interrupted: %s is still running", name);
        return CLI_RUNNING;
    }
    ASLI_AUTO(json) json_t *tasks = NULL;
    asl_error error = {0};
    const char *arn = cli_text(description, "executionArn");
    if (!cli_is_express(arn) && asl_open_tasks(session->store, arn, &tasks, &error) != 0)
        return cli_fail(args, name, &error);
    cli_say(args, "%s is still running%s", name,
            json_array_size(tasks) ? " and waits for" : "");
    for (size_t i = 0; i < json_array_size(tasks); i++)
        put_task(session, json_array_get(tasks, i));
    if (!args->value[CLI_STORE])
        cli_say(args, "it was in memory and is gone; --store DIR would have kept it");
    return CLI_RUNNING;
}

int cli_report(struct cli_session *session, const json_t *description)
{
    const char *status = cli_text(description, "status");
    int exit = cli_status_exit(status);
    if (exit == CLI_RUNNING) {
        exit = cli_report_waiting(session, description);
        const char *arn = cli_text(description, "executionArn");
        if (exit == CLI_RUNNING && session->args->value[CLI_STORE])
            cli_report_resume(session, cli_is_express(arn)
                                           ? NULL /* with all others: it has no name */
                                           : short_name(session, description));
        return exit;
    }
    if (exit == CLI_OK) {
        puts(cli_text(description, "output"));
        return CLI_OK;
    }
    const char *error = cli_text(description, "error"),
               *cause = cli_text(description, "cause");
    cli_say(session->args, "%s %s%s%s%s%s", cli_text(description, "name"), status,
            error ? ": " : "", error ? error : "", cause ? ": " : "", cause ? cause : "");
    return exit;
}
