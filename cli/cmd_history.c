/* SPDX-License-Identifier: Apache-2.0
 *
 * asl history: the events of an execution.
 *
 * AWS names the state only in its Entered and Exited events; the others get its name here by
 * following their previousEventId.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

enum { PAYLOAD_WIDTH = 60 };

/* The one member that is an object: "...EventDetails". */
static const json_t *details_of(const json_t *event)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)event, key, value)
    {
        if (json_is_object(value))
            return value;
    }
    return NULL;
}

static long long number(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* What the event is about, in a few words. */
static char *payload_of(const json_t *details)
{
    static const char *const keys[] = {"output", "input", "parameters", "workerName",
                                       "mapRunArn"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *text = cli_text(details, keys[i]);
        if (text)
            return cli_shorten(text, PAYLOAD_WIDTH);
    }
    const char *error = cli_text(details, "error"), *cause = cli_text(details, "cause");
    ASLI_AUTO(text) char *text = NULL;
    if (error || cause)
        text = asli_printf("%s%s%s", error ? error : "", error && cause ? ": " : "",
                           cause ? cause : "");
    else if (json_object_get(details, "index"))
        text = asli_printf("index %lld", number(details, "index"));
    else if (json_object_get(details, "length"))
        text = asli_printf("length %lld", number(details, "length"));
    else
        text = asli_strdup("");
    return cli_shorten(cli_must(text), PAYLOAD_WIDTH);
}

/* names[i]: the state of the event at place i, whose id is i + 1. */
static const char *state_of(const json_t *event, const json_t *details,
                            const char **names, size_t before)
{
    const char *name = cli_text(details, "name");
    if (!name)
        name = cli_text(details, "state");
    long long previous = number(event, "previousEventId");
    if (name || strncmp(cli_text(event, "type"), "Execution", 9) == 0)
        return name;
    return previous > 0 && (size_t)previous <= before ? names[previous - 1] : NULL;
}

static void add_row(struct cli_table *table, const json_t *event, const char *state)
{
    char id[24], previous[24], time[CLI_TIME_LEN];
    snprintf(id, sizeof id, "%lld", number(event, "id"));
    snprintf(previous, sizeof previous, "%lld", number(event, "previousEventId"));
    char *payload = payload_of(details_of(event));
    cli_table_add(table, id, cli_time(time, event, "timestamp"), cli_text(event, "type"),
                  state, payload, previous);
    free(payload);
}

static void print_table(const json_t *events)
{
    size_t count = json_array_size(events);
    const char **names = cli_must(calloc(count + 1, sizeof *names));
    struct cli_table table = {.columns = 6};
    cli_table_add(&table, "ID", "TIME", "TYPE", "STATE", "PAYLOAD", "PREVIOUS");
    for (size_t i = 0; i < count; i++) {
        const json_t *event = json_array_get(events, i);
        names[i] = state_of(event, details_of(event), names, i);
        add_row(&table, event, names[i]);
    }
    cli_table_print(&table);
    cli_table_done(&table);
    free(names);
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = cli_store_read(args, &store);
    if (status != CLI_OK)
        return status;
    ASLI_AUTO(json) json_t *history = NULL;
    asl_error error = {0};
    if (asl_history(store, args->operands[0], &history, &error) != 0)
        status = cli_fail(args, args->operands[0], &error);
    else if (args->value[CLI_JSON])
        status = cli_print_json(args, history);
    else
        print_table(json_object_get(history, "events"));
    asl_store_free(store);
    return status;
}

const struct cli_command cli_history = {
    .name = "history",
    .operands = "NAME",
    .summary = "show the events of an execution",
    .description = "Show the history of the execution of that name (or ARN): id, time, "
                   "type, state, payload\n"
                   "(shortened) and previous event; beside a running engine too. --json "
                   "gives it whole.\n",
    .example = "  asl history order-7 --store ./orders --json\n",
    .options = CLI_HAS(STORE) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
