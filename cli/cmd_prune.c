/* SPDX-License-Identifier: Apache-2.0
 *
 * asl prune: removes executions that ended long ago.
 *
 * It writes without an engine, so it is refused while one has the store.
 */
#include <asl/maintain.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static void on_pruned(void *arg, const char *arn, enum asl_status status,
                      int64_t stop_time)
{
    char buf[CLI_TIME_LEN];
    cli_table_add(arg, arn, asl_status_name(status), cli_time_text(buf, stop_time));
}

static int print_json(const struct cli_args *args, const asl_prune_counts *counts,
                      const struct cli_table *table)
{
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    json_t *arns = cli_must(json_array());
    for (size_t i = 0; i < table->count; i += table->columns)
        if (json_array_append_new(arns, json_string(table->cells[i])) != 0)
            cli_must(NULL);
    if (json_object_set_new(answer, "executions", arns) != 0 ||
        json_object_set_new(answer, "definitions",
                            json_integer((json_int_t)counts->machines)) != 0)
        cli_must(NULL);
    return cli_print_json(args, answer);
}

static int prune(const struct cli_args *args, asl_store *store, int64_t before)
{
    struct cli_table table = {.columns = 3};
    asl_prune_options options = {.size = sizeof options,
                                 .before = before,
                                 .status = args->value[CLI_STATUS],
                                 .dry_run = args->value[CLI_DRY_RUN] != NULL,
                                 .pruned = on_pruned,
                                 .arg = &table};
    asl_prune_counts counts = {0};
    asl_error error = {0};
    int status = CLI_OK;
    if (asl_prune(store, &options, &counts, &error) != 0) {
        status = cli_fail(args, args->value[CLI_STORE], &error);
    } else if (args->value[CLI_JSON]) {
        status = print_json(args, &counts, &table);
    } else {
        if (table.count)
            cli_table_print(&table);
        cli_say(args, "%s %zu executions and %zu definitions",
                options.dry_run ? "would remove" : "removed", counts.executions,
                counts.machines);
    }
    cli_table_done(&table);
    return status;
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int64_t before = 0;
    if (!args->value[CLI_OLDER_THAN])
        return cli_usage(args, "--older-than AGE is missing");
    int status = cli_moment(args, CLI_OLDER_THAN, &before);
    if (status == CLI_OK)
        status = args->value[CLI_DRY_RUN] ? cli_store_read(args, &store)
                                          : cli_store_write(args, false, &store);
    if (status == CLI_OK)
        status = prune(args, store, before);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_prune = {
    .name = "prune",
    .operands = "",
    .summary = "remove executions that ended long ago",
    .description =
        "Remove the executions that ended before a moment, and definitions that none has "
        "any more.\n"
        "Their names are free again. Killed on the way, it is finished by the next "
        "command that\n"
        "writes to the store.\n",
    .example = "  asl prune --store ./orders --older-than 30d --status SUCCEEDED\n",
    .options = CLI_HAS(STORE) | CLI_HAS(OLDER_THAN) | CLI_HAS(STATUS) | CLI_HAS(DRY_RUN) |
               CLI_HAS(JSON),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
