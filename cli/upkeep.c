/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands that keep a store in order share: opening it to write without an engine, and
 * ages ("30d", "2026-11-01") as moments.
 */
#include <asl/maintain.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/cli.h"
#include "engine/base/time.h"

int cli_store_write(const struct cli_args *args, bool create, asl_store **ret_store)
{
    const char *dir = args->value[CLI_STORE];
    if (!dir)
        return cli_usage(args, "--store DIR is missing");
    asl_lmdb_options options = {.size = sizeof options, .create = create};
    asl_error error = {0};
    if (asl_store_lmdb(dir, &options, ret_store, &error) == 0)
        return CLI_OK;
    cli_fail(args, dir, &error);
    return CLI_TROUBLE;
}

/* "2026-11-01", or with a time as in a Timestamp */
static bool read_date(const char *text, int64_t *ret_ms)
{
    char whole[64];
    struct asli_instant instant;
    size_t len = strlen(text);
    if (len > 40)
        return false;
    snprintf(whole, sizeof whole, "%s%s", text, len == 10 ? "T00:00:00Z" : "");
    if (!asli_time_parse(whole, strlen(whole), &instant))
        return false;
    *ret_ms = asli_instant_ms(instant);
    return true;
}

int cli_moment(const struct cli_args *args, enum cli_option option, int64_t *ret_ms)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    const char *text = args->value[option];
    size_t digits = strspn(text, "0123456789");
    if (read_date(text, ret_ms))
        return CLI_OK;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (!digits || digits > 9 || text[digits] != units[i].unit || text[digits + 1])
            continue;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        *ret_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 -
                  strtoll(text, NULL, 10) * units[i].ms;
        return CLI_OK;
    }
    return cli_usage(args, "'%s' is no age such as 30d, 12h, 90m or 60s, and no date",
                     text);
}

int cli_retain(const struct cli_args *args, asl_store *store)
{
    asl_prune_options options = {.size = sizeof options};
    asl_error error = {0};
    if (!args->value[CLI_RETENTION])
        return CLI_OK;
    int status = cli_moment(args, CLI_RETENTION, &options.before);
    if (status == CLI_OK && asl_prune(store, &options, NULL, &error) != 0)
        status = cli_fail(args, args->value[CLI_STORE], &error);
    return status;
}
