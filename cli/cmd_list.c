/* SPDX-License-Identifier: Apache-2.0
 *
 * asl list: the executions of a store, or the children of a Map run, newest first.
 *
 * It only reads, beside a running engine too.
 */
#include <stdio.h>
#include <string.h>

#include <asl/control.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static int check_status(const struct cli_args *args)
{
    const char *status = args->value[CLI_STATUS];
    for (int i = ASL_RUNNING; i <= ASL_ABORTED; i++) {
        if (!status || strcmp(status, asl_status_name((enum asl_status)i)) == 0)
            return CLI_OK;
    }
    return cli_usage(
        args, "unknown status '%s': RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED",
        status);
}

/* The children of a Map run, whose ARN does not say of which execution it is. */
static int list_children(asl_store *store, const char *run, const char *status,
                         json_t **ret_list, asl_error *error)
{
    ASLI_AUTO(json) json_t *all = NULL;
    int rc = asl_list(store, NULL, &all, error);
    const json_t *executions = json_object_get(all, "executions");
    if (rc != 0)
        return rc;
    rc = asl_error_set(error, ASL_ENOTFOUND, "Map Run Does Not Exist: '%s'", run);
    for (size_t i = 0; rc == ASL_ENOTFOUND && i < json_array_size(executions); i++)
        rc = asl_map_run_executions(
            store, cli_text(json_array_get(executions, i), "executionArn"), run, status,
            ret_list, error);
    return rc;
}

static const char *after_last_colon(const char *arn)
{
    const char *colon = arn ? strrchr(arn, ':') : NULL;
    return colon ? colon + 1 : arn;
}

static void print_table(const json_t *executions)
{
    struct cli_table table = {.columns = 5};
    cli_table_add(&table, "NAME", "STATUS", "STARTED", "STOPPED", "MACHINE");
    for (size_t i = 0; i < json_array_size(executions); i++) {
        const json_t *one = json_array_get(executions, i);
        char started[CLI_TIME_LEN], stopped[CLI_TIME_LEN];
        cli_table_add(&table, cli_text(one, "name"), cli_text(one, "status"),
                      cli_time(started, one, "startDate"),
                      cli_time(stopped, one, "stopDate"),
                      after_last_colon(cli_text(one, "stateMachineArn")));
    }
    cli_table_print(&table);
    cli_table_done(&table);
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = check_status(args);
    if (status == CLI_OK)
        status = cli_store_read(args, &store);
    if (status != CLI_OK)
        return status;
    ASLI_AUTO(json) json_t *list = NULL;
    const char *wanted = args->value[CLI_STATUS], *run = args->value[CLI_MAP_RUN];
    asl_error error = {0};
    int rc = run ? list_children(store, run, wanted, &list, &error)
                 : asl_list(store, wanted, &list, &error);
    if (rc != 0)
        status = cli_fail(args, args->value[CLI_STORE], &error);
    else if (args->value[CLI_JSON])
        status = cli_print_json(args, list);
    else
        print_table(json_object_get(list, "executions"));
    asl_store_free(store);
    return status;
}

const struct cli_command cli_list = {
    .name = "list",
    .operands = "",
    .summary = "list the executions of a store",
    .description =
        "List the executions of a store, or the child executions of a Map run, newest "
        "first; beside\n"
        "a running engine too.\n",
    .example = "  asl list --store ./orders --status RUNNING\n",
    .options = CLI_HAS(STORE) | CLI_HAS(STATUS) | CLI_HAS(MAP_RUN) | CLI_HAS(JSON),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
