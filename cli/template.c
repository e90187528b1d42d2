/* SPDX-License-Identifier: Apache-2.0
 *
 * --template: state machines of a SAM or CloudFormation template, with their definitions inside
 * it or in files beside it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"

int cli_template_read(const struct cli_args *args, asl_stack **ret_stack)
{
    const char *path = args->value[CLI_TEMPLATE];
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    int status = cli_read_file(args, path, &text, &len);
    if (status != CLI_OK)
        return status;
    asl_stack_options options = {.size = sizeof options,
                                 .region = args->value[CLI_REGION],
                                 .account = args->value[CLI_ACCOUNT]};
    asl_error error = {0};
    int rc = asl_stack_read(text, len, &options, ret_stack, &error);
    return rc == 0 ? CLI_OK : cli_fail(args, path, &error);
}

/* "A, B" of all state machines. */
static char *list_of(const asl_stack *stack)
{
    struct asli_bytes list = {0};
    const asl_stack_machine *machine;
    for (size_t i = 0; (machine = asl_stack_machine_get(stack, i)); i++)
        asli_bytes_addf(&list, "%s%s", i ? ", " : "", machine->id);
    if (!list.len)
        asli_bytes_adds(&list, "none");
    return cli_must(asli_bytes_take_text(&list));
}

const asl_stack_machine *cli_template_machine(const struct cli_args *args,
                                              const asl_stack *stack)
{
    const char *wanted = args->value[CLI_RESOURCE];
    const asl_stack_machine *machine, *only = asl_stack_machine_get(stack, 0);
    if (!wanted && only && !asl_stack_machine_get(stack, 1))
        return only;
    for (size_t i = 0; wanted && (machine = asl_stack_machine_get(stack, i)); i++) {
        if (strcmp(machine->id, wanted) == 0)
            return machine;
    }
    ASLI_AUTO(text) char *list = list_of(stack);
    if (wanted)
        cli_usage(args, "the template has no state machine '%s'; it has: %s", wanted,
                  list);
    else
        cli_usage(args, "which state machine of the template? --resource ID, of: %s",
                  list);
    return NULL;
}

/* The file that a DefinitionUri names: relative to the template; when there is none, one of that
 * name beside the template, as in a folder that was copied flat. */
static char *file_of(const struct cli_args *args, const char *uri)
{
    const char *path = args->value[CLI_TEMPLATE], *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    if (uri[0] == '/')
        folder = 0;
    char *file = cli_must(asli_printf("%.*s%s", folder, path, uri));
    const char *name = strrchr(uri, '/');
    if (!name || access(file, R_OK) == 0)
        return file;
    char *beside = cli_must(asli_printf("%.*s%s", folder, path, name + 1));
    if (access(beside, R_OK) == 0) {
        cli_say(args, "there is no %s: taking %s", file, beside);
        asli_free(file);
        return beside;
    }
    asli_free(beside);
    return file;
}

/* The caller's substitutions, then those of the template. */
static asl_substitution *join(const asl_substitution *list, size_t count,
                              const asl_stack_machine *which)
{
    size_t all = count + which->substitution_count;
    asl_substitution *joined = cli_must(calloc(all + 1, sizeof *joined));
    memcpy(joined, list, count * sizeof *joined);
    for (size_t i = count; i < all; i++)
        joined[i] = which->substitutions[i - count];
    return joined;
}

static asl_definition *read_definition(const struct cli_args *args,
                                       const asl_stack *stack,
                                       const asl_stack_machine *which, char **ret_path,
                                       const asl_substitution *list, size_t count,
                                       int *ret_status, asl_error *error)
{
    asl_definition *definition = NULL;
    if (!which->definition_uri) {
        *ret_path = cli_must(asli_strdup(args->value[CLI_TEMPLATE]));
        asl_stack_definition(stack, which, list, count, &definition, error);
        return definition;
    }
    asl_substitution *all = join(list, count, which);
    *ret_path = file_of(args, which->definition_uri);
    definition = cli_definition_read(
        args, *ret_path, all, count + which->substitution_count, ret_status, error);
    free(all);
    return definition;
}

int cli_template_load(const struct cli_args *args, const asl_stack *stack,
                      const asl_stack_machine *which, char **ret_path,
                      asl_machine **ret_machine, asl_diagnostics **ret_diagnostics)
{
    asl_substitution *list;
    size_t count;
    int status = cli_substitutions(args, &list, &count);
    if (status != CLI_OK)
        return status;
    asl_error error = {0};
    char *path = NULL;
    asl_definition *definition =
        read_definition(args, stack, which, &path, list, count, &status, &error);
    cli_substitutions_free(list);
    *ret_path = path;
    if (status != CLI_OK)
        return status;
    asl_machine_options options = {.name = which->name,
                                   .express = which->express || args->value[CLI_EXPRESS]};
    return cli_definition_make(args, path, definition, &error, &options, ret_machine,
                               ret_diagnostics);
}

/* ---- tables ---- */

static bool is_given(const struct cli_args *args, const char *name)
{
    size_t at = 0, len = strlen(name);
    const char *given;
    while ((given = cli_each(args, CLI_TABLE, &at))) {
        if (strncmp(given, name, len) == 0 && given[len] == ':')
            return true;
    }
    return false;
}

void cli_template_tables(struct cli_args *args, const asl_stack *stack)
{
    const asl_stack_table *table;
    size_t count = args->given_count;
    for (size_t i = 0; asl_stack_table_get(stack, i); i++)
        count++;
    struct cli_given *all = cli_must(calloc(count + 1, sizeof *all));
    memcpy(all, args->given, args->given_count * sizeof *all);
    count = args->given_count;
    for (size_t i = 0; (table = asl_stack_table_get(stack, i)); i++) {
        if (strlen(table->name) < 3 || is_given(args, table->name))
            continue; /* DynamoDB has no table of such a name */
        const char *text = cli_must(asli_printf(
            "%s:%s%s%s", table->name, table->hash_key, table->range_key ? ":" : "",
            table->range_key ? table->range_key : ""));
        all[count++] = (struct cli_given){CLI_TABLE, text};
        args->value[CLI_TABLE] = text;
    }
    args->given = all;
    args->given_count = count;
}

void cli_template_tables_done(struct cli_args *args, const struct cli_args *given)
{
    if (args->given == given->given)
        return;
    for (size_t i = given->given_count; i < args->given_count; i++)
        asli_free((char *)args->given[i].value);
    free((void *)args->given);
}
