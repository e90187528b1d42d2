/* SPDX-License-Identifier: Apache-2.0
 *
 * asl resume: goes on with executions that a store keeps.
 *
 * The engine runs everything that can run; the names say which ends are waited for and reported.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static int add_target(struct cli_session *session, const char *execution, json_t *arns)
{
    ASLI_AUTO(json) json_t *description = NULL;
    asl_error error = {0};
    if (asl_describe(session->store, execution, &description, &error) != 0)
        return cli_fail(session->args, execution, &error);
    const char *arn = cli_text(description, "executionArn");
    if (json_array_append(arns, json_object_get(description, "executionArn")) != 0)
        cli_must(NULL);
    if (cli_status_exit(cli_text(description, "status")) == CLI_RUNNING)
        cli_session_wait_for(session, arn);
    return CLI_OK;
}

/* Fills `arns` with the executions named, or with all that run. */
static int find_targets(struct cli_session *session, char *const *names, int count,
                        json_t *arns)
{
    const struct cli_args *args = session->args;
    int status = CLI_OK;
    for (int i = 0; status == CLI_OK && i < count; i++)
        status = add_target(session, names[i], arns);
    if (status != CLI_OK || count > 0)
        return status;
    ASLI_AUTO(json) json_t *list = NULL;
    asl_error error = {0};
    if (asl_list(session->store, asl_status_name(ASL_RUNNING), &list, &error) != 0)
        return cli_fail(args, args->value[CLI_STORE], &error);
    const json_t *running = json_object_get(list, "executions");
    for (size_t i = 0; status == CLI_OK && i < json_array_size(running); i++)
        status = add_target(session, cli_text(json_array_get(running, i), "executionArn"),
                            arns);
    return status;
}

static int describe_all(struct cli_session *session, const json_t *arns,
                        json_t *descriptions)
{
    for (size_t i = 0; i < json_array_size(arns); i++) {
        json_t *description = NULL;
        asl_error error = {0};
        const char *arn = json_string_value(json_array_get(arns, i));
        if (asl_describe(session->store, arn, &description, &error) != 0)
            return cli_fail(session->args, arn, &error);
        if (json_array_append_new(descriptions, description) != 0)
            cli_must(NULL);
    }
    return CLI_OK;
}

/* One execution: as run does. Several: a table, and what the running ones wait for. */
static int report(struct cli_session *session, const json_t *descriptions)
{
    size_t count = json_array_size(descriptions);
    bool json = session->args->value[CLI_JSON] != NULL;
    if (count == 1 && !json)
        return cli_report(session, json_array_get(descriptions, 0));
    struct cli_table table = {.columns = 2};
    int status = CLI_OK;
    bool running = false;
    for (size_t i = 0; i < count; i++) {
        const json_t *description = json_array_get(descriptions, i);
        int one = cli_status_exit(cli_text(description, "status"));
        if (one == CLI_RUNNING) {
            one = cli_report_waiting(session, description);
            running = true;
        }
        status = cli_worse(status, one);
        cli_table_add(&table, cli_text(description, "name"),
                      cli_text(description, "status"));
    }
    if (!json)
        cli_table_print(&table);
    cli_table_done(&table);
    const char *only = cli_text(json_array_get(descriptions, 0), "name");
    if (running)
        cli_report_resume(session, count == 1 ? only : NULL);
    return status;
}

static int print_json(const struct cli_args *args, json_t *descriptions)
{
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    if (json_object_set(answer, "executions", descriptions) != 0)
        cli_must(NULL);
    return cli_print_json(args, answer);
}

/* They are in no list: the engine alone knows of them. */
static bool has_express(const struct cli_session *session)
{
    asl_activity activity;
    asl_engine_activity(session->engine, &activity);
    return activity.express > 0;
}

/* All that run are waited for then, not some by their names. */
static bool wait_for_express(struct cli_session *session)
{
    if (!has_express(session))
        return false;
    json_decref(session->waiting);
    session->waiting = NULL;
    session->express = cli_must(json_array());
    return true;
}

static int report_all(struct cli_session *session, json_t *descriptions)
{
    size_t running = 0, i;
    const json_t *one;
    int status = report(session, descriptions);
    json_array_foreach(descriptions, i, one)
    {
        running += cli_status_exit(cli_text(one, "status")) == CLI_RUNNING;
    }
    if (!has_express(session))
        return status;
    cli_say(session->args, "Express executions are still running");
    if (!running)
        cli_report_resume(session, NULL);
    return cli_worse(status, CLI_RUNNING);
}

int cli_resume_some(struct cli_session *session, char *const *names, int count)
{
    const struct cli_args *args = session->args;
    ASLI_AUTO(json) json_t *arns = cli_must(json_array());
    ASLI_AUTO(json) json_t *descriptions = cli_must(json_array());
    int status = find_targets(session, names, count, arns);
    bool express = status == CLI_OK && !count && wait_for_express(session);
    if (status == CLI_OK && json_array_size(arns) == 0 && !express)
        cli_say(args, "nothing is running in %s", args->value[CLI_STORE]);
    if (status == CLI_OK && (session->waiting || express))
        status = cli_session_run(session, args->value[CLI_NO_WAIT] ? ASL_UNTIL_NOW
                                                                   : ASL_UNTIL_IDLE);
    if (status == CLI_OK)
        status = describe_all(session, arns, descriptions);
    if (express && json_array_extend(descriptions, session->express) != 0)
        cli_must(NULL);
    if (status == CLI_OK && args->value[CLI_JSON])
        status = print_json(args, descriptions);
    if (status != CLI_OK)
        return status;
    return express ? report_all(session, descriptions) : report(session, descriptions);
}

static int run(const struct cli_args *args)
{
    struct cli_session session = {0};
    int status = cli_session_open(&session, args, CLI_OPEN_RESUME);
    if (status == CLI_OK)
        status = cli_resume_some(&session, args->operands, args->operand_count);
    cli_session_close(&session);
    return status;
}

const struct cli_command cli_resume = {
    .name = "resume",
    .operands = "[NAME]...",
    .summary = "go on with executions of a store",
    .description = "Go on with the executions named (or ARNs), or with all that are "
                   "running, until they\n"
                   "have ended or only answers from outside can help. Other executions "
                   "in the store go on\n"
                   "meanwhile.\n\n"
                   "The output of a single execution is printed as by 'asl run'; of "
                   "several, a line each\n"
                   "with name and status. The exit status is that of the worst.\n",
    .example = "  asl resume order-7 --store ./orders --handlers ./handlers.so\n",
    .options = CLI_HAS_SERVING | CLI_HAS(RETENTION) | CLI_HAS(NO_WAIT) | CLI_HAS(JSON),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
