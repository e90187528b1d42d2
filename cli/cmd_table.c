/* SPDX-License-Identifier: Apache-2.0
 *
 * asl table: puts an item into a table of a store, gets one, or prints all.
 *
 * Items and keys are JSON in DynamoDB's typed form. Reading works beside a running engine.
 */
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

static int read_json(const struct cli_args *args, json_t **ret_value)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    asl_error error = {0};
    int status = cli_read_value(args, args->operands[2], &text, &len);
    if (status != CLI_OK)
        return status;
    if (asli_json_read(text, len, ret_value, &error) == 0)
        return CLI_OK;
    return cli_fail(args, args->operands[2], &error);
}

/* Calls an action with the third operand as `member`. *ret_answer is new. */
static int call(const struct cli_args *args, asl_dynamodb *tables, const char *action,
                const char *member, json_t **ret_answer)
{
    ASLI_AUTO(json) json_t *request = cli_must(json_object());
    ASLI_AUTO(text) char *failed = NULL;
    ASLI_AUTO(text) char *message = NULL;
    json_t *value = NULL, *answer = NULL;
    asl_error error = {0};
    int status = read_json(args, &value);
    if (status != CLI_OK)
        return status;
    if (json_object_set_new(request, member, value) != 0 ||
        json_object_set_new(request, "TableName", json_string(args->operands[1])) != 0)
        cli_must(NULL);
    if (asl_dynamodb_call(tables, action, request, &answer, &failed, &message, &error) !=
        0)
        return cli_fail(args, NULL, &error);
    if (answer) {
        *ret_answer = answer;
        return CLI_OK;
    }
    cli_say(args, "%s: %s", failed, message);
    return CLI_USAGE;
}

static int put(const struct cli_args *args, asl_dynamodb *tables)
{
    ASLI_AUTO(json) json_t *answer = NULL;
    return call(args, tables, "putItem", "Item", &answer);
}

static int get(const struct cli_args *args, asl_dynamodb *tables)
{
    ASLI_AUTO(json) json_t *answer = NULL;
    int status = call(args, tables, "getItem", "Key", &answer);
    if (status != CLI_OK)
        return status;
    const json_t *item = json_object_get(answer, "Item");
    if (item)
        return cli_print_json(args, item);
    cli_say(args, "no such item in %s", args->operands[1]);
    return CLI_USAGE;
}

static int print_item(void *arg, const json_t *item)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len;
    asl_error *error = arg;
    int rc = asli_json_text(item, &text, &len, error);
    if (rc == 0 && (fwrite(text, 1, len, stdout) < len || putchar('\n') == EOF))
        rc = 1; /* main sees why */
    return rc;
}

static int scan(const struct cli_args *args, asl_dynamodb *tables)
{
    asl_error error = {0};
    int rc = asl_dynamodb_scan(tables, args->operands[1], print_item, &error, &error);
    return rc >= 0 ? CLI_OK : cli_fail(args, NULL, &error);
}

static const struct verb {
    const char *name;
    int operands;
    bool reads;
    int (*run)(const struct cli_args *args, asl_dynamodb *tables);
} verbs[] = {{"put", 3, false, put}, {"get", 3, true, get}, {"scan", 2, true, scan}};

static const struct verb *find_verb(const char *name)
{
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    }
    return NULL;
}

static int run(const struct cli_args *args)
{
    const struct verb *verb = find_verb(args->operands[0]);
    asl_dynamodb *tables = NULL;
    if (!verb || args->operand_count != verb->operands)
        return cli_usage(args, "needs put NAME ITEM, get NAME KEY or scan NAME");
    if (!args->value[CLI_STORE])
        return cli_usage(args, "--store DIR is missing");
    int status = cli_tables_open(args, verb->reads, &tables);
    if (tables)
        status = verb->run(args, tables);
    else if (status == CLI_OK)
        status = cli_usage(args, "%s has no tables; make one with --table NAME:KEY",
                           args->value[CLI_STORE]);
    asl_dynamodb_free(tables);
    return status;
}

const struct cli_command cli_table = {
    .name = "table",
    .operands = "put NAME ITEM | get NAME KEY | scan NAME",
    .summary = "put, get or print items of a table",
    .description =
        "Put an item into a table of the store, get one by its key, or print all, one a "
        "line.\n"
        "ITEM and KEY are JSON in DynamoDB's typed form, @FILE, or - for standard "
        "input.\n"
        "The tables are those that tasks of dynamodb:getItem, putItem, updateItem and\n"
        "deleteItem use. get and scan work while an engine runs on the store, put does "
        "not.\n",
    .example =
        "  asl table put Flats '{\"Id\": {\"S\": \"7\"}}' --table Flats:Id --store "
        "./orders\n"
        "  asl table get Flats '{\"Id\": {\"S\": \"7\"}}' --store ./orders\n",
    .options = CLI_HAS(STORE) | CLI_HAS(TABLE),
    .min_operands = 2,
    .max_operands = 3,
    .run = run,
};
