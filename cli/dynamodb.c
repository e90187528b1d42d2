/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of --table NAME:KEY[:RANGE]: kept in STORE/tables, or in memory without a store.
 *
 * Once made they are there for every command on that store, without the option.
 */
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static int check_given(const struct cli_args *args)
{
    size_t at = 0;
    const char *given;
    while ((given = cli_each(args, CLI_TABLE, &at))) {
        if (!strchr(given, ':'))
            return cli_usage(args, "--table needs NAME:KEY or NAME:KEY:RANGE, not '%s'",
                             given);
    }
    return CLI_OK;
}

/* "Flats:Id" or "Log:Day=N:At=S". */
static int add_table(const struct cli_args *args, asl_dynamodb *tables, const char *given)
{
    ASLI_AUTO(text) char *name = cli_must(asli_strdup(given));
    char *hash = strchr(name, ':'), *range = strchr(hash + 1, ':');
    asl_error error = {0};
    *hash++ = '\0';
    if (range)
        *range++ = '\0';
    int rc = asl_dynamodb_table(tables, name, hash, range, &error);
    return rc == 0 ? CLI_OK : cli_fail(args, given, &error);
}

static int open_store(const struct cli_args *args, bool create, bool read_only,
                      asl_store **ret_store)
{
    if (!args->value[CLI_STORE])
        return CLI_OK;
    ASLI_AUTO(text)
    char *dir = cli_must(asli_printf("%s/tables", args->value[CLI_STORE]));
    asl_lmdb_options options = {
        .size = sizeof options, .create = create, .read_only = read_only};
    asl_error error = {0};
    if (create) /* the store itself may come later */
        (void)mkdir(args->value[CLI_STORE], 0700);
    int rc = asl_store_lmdb(dir, &options, ret_store, &error);
    if (rc == 0 || (rc == ASL_ENOTFOUND && !create))
        return CLI_OK;
    cli_fail(args, dir, &error);
    return CLI_TROUBLE;
}

int cli_tables_open(const struct cli_args *args, bool read_only,
                    asl_dynamodb **ret_tables)
{
    bool create = args->value[CLI_TABLE] && !read_only;
    asl_store *store = NULL;
    asl_dynamodb *tables = NULL;
    asl_error error = {0};
    size_t at = 0;
    const char *given;
    int status = check_given(args);
    if (status == CLI_OK)
        status = open_store(args, create, read_only, &store);
    if (status != CLI_OK || (!store && !create)) /* there are no tables */
        return status;
    if (asl_dynamodb_open(store, &tables, &error) != 0)
        return cli_fail(args, args->value[CLI_STORE], &error);
    while (create && status == CLI_OK && (given = cli_each(args, CLI_TABLE, &at)))
        status = add_table(args, tables, given);
    if (status == CLI_OK)
        *ret_tables = tables;
    else
        asl_dynamodb_free(tables);
    return status;
}

int cli_serve_tables(struct cli_session *session)
{
    asl_dynamodb *tables = NULL;
    asl_error error = {0};
    int status = cli_tables_open(session->args, false, &tables);
    if (tables && asl_dynamodb_serve(tables, session->engine, &error) != 0)
        status = cli_fail(session->args, NULL, &error);
    asl_dynamodb_free(tables); /* the engine has its own reference */
    return status;
}
