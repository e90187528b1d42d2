/* SPDX-License-Identifier: Apache-2.0
 *
 * Definition files: reading them in JSON or YAML, replacing ${Name}, naming and loading them.
 *
 * Diagnostics speak of the lines of the file, whatever it is written in.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static bool has_suffix(const char *name, const char *suffix)
{
    size_t len = strlen(name), suffix_len = strlen(suffix);
    return len > suffix_len && strcmp(name + len - suffix_len, suffix) == 0;
}

/* A valid machine name made of a path: orders/reserve car.asl.json gives reserve-car. */
static char *name_of(const char *path)
{
    static const char *const suffixes[] = {".asl.json", ".asl.yaml", ".asl.yml",
                                           ".json",     ".yaml",     ".yml"};
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    char *name =
        cli_must(asli_strdup(strcmp(path, "-") == 0 || !*base ? "machine" : base));
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        if (!has_suffix(name, suffixes[i]))
            continue;
        name[strlen(name) - strlen(suffixes[i])] = '\0';
        break;
    }
    size_t characters = 0;
    for (char *p = name; *p; p++) {
        if (((unsigned char)*p & 0xC0) != 0x80 && ++characters > 80) {
            *p = '\0';
            break;
        }
        if ((unsigned char)*p <= ' ' || *p == 0x7F ||
            strchr("<>{}[]?*\"#%\\^|~`$&,;:/", *p))
            *p = '-';
    }
    return name;
}

/* The list ends with a row of NULL. */
int cli_substitutions(const struct cli_args *args, asl_substitution **ret_list,
                      size_t *ret_count)
{
    size_t room = args->given_count, count = 0, at = 0;
    asl_substitution *list = cli_must(calloc(room + 1, sizeof *list));
    const char *given;
    while ((given = cli_each(args, CLI_DEFINE, &at))) {
        const char *equals = strchr(given, '=');
        if (!equals || equals == given) {
            free(list);
            return cli_usage(args, "-D needs NAME=VALUE, not '%s'", given);
        }
        asl_substitution *one = &list[room - ++count];
        one->name = cli_must(asli_strndup(given, (size_t)(equals - given)));
        one->value = equals + 1;
    }
    memmove(list, list + room - count, count * sizeof *list);
    list[count] = (asl_substitution){NULL, NULL};
    *ret_list = list;
    *ret_count = count;
    return CLI_OK;
}

void cli_substitutions_free(asl_substitution *list)
{
    for (asl_substitution *one = list; one && one->name; one++)
        asli_free((char *)one->name);
    free(list);
}

asl_definition *cli_definition_read(const struct cli_args *args, const char *path,
                                    const asl_substitution *list, size_t count,
                                    int *ret_status, asl_error *error)
{
    ASLI_AUTO(text) char *text = NULL;
    asl_definition *definition = NULL;
    size_t len = 0;
    bool yaml = has_suffix(path, ".yaml") || has_suffix(path, ".yml");
    *ret_status = cli_read_file(args, path, &text, &len);
    if (*ret_status == CLI_OK)
        asl_definition_read(text, len, yaml ? ASL_DEFINITION_YAML : ASL_DEFINITION_JSON,
                            list, count, &definition, error);
    return definition;
}

bool cli_has_errors(const asl_diagnostics *list)
{
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++) {
        if (asl_diagnostics_get(list, i)->severity == ASL_ERROR)
            return true;
    }
    return false;
}

/* The source could not be read at all: when that is about its text, it is a diagnostic. */
static int unreadable(const struct cli_args *args, const char *path,
                      const asl_error *error, asl_diagnostics **ret_diagnostics)
{
    if (error->code != ASL_EJSON && error->code != ASL_ELIMIT)
        return cli_fail(args, path, error);
    if (asl_diagnostics_of(error, ret_diagnostics) != 0)
        cli_must(NULL);
    return CLI_USAGE;
}

int cli_definition_make(const struct cli_args *args, const char *path,
                        asl_definition *take_definition, const asl_error *read_error,
                        const asl_machine_options *options, asl_machine **ret_machine,
                        asl_diagnostics **ret_diagnostics)
{
    if (!take_definition)
        return unreadable(args, path, read_error, ret_diagnostics);
    asl_machine_options all = *options;
    all.size = sizeof all;
    all.name = args->value[CLI_MACHINE] ? args->value[CLI_MACHINE] : options->name;
    all.aws = args->value[CLI_AWS] != NULL;
    all.engine = args->engine;
    all.max_definition = cli_number(args, CLI_MAX_DEFINITION);
    all.origin = asl_definition_origin;
    all.origin_arg = take_definition;
    size_t len;
    const char *text = asl_definition_text(take_definition, &len);
    asl_diagnostics *list = NULL;
    asl_error error = {0};
    int rc = asl_machine_load(text, len, &all, ret_machine, &list, &error);
    asl_definition_free(take_definition);
    if (rc != 0 && rc != ASL_EDEFINITION)
        return cli_fail(args, path, &error);
    *ret_diagnostics = list;
    if (rc != 0 && !cli_has_errors(list) && args->command != &cli_validate)
        cli_say(args, "%s: %s; give it with -D NAME=VALUE", path, error.text);
    return rc == 0 ? CLI_OK : CLI_USAGE;
}

int cli_definition_load(const struct cli_args *args, const char *path,
                        asl_machine **ret_machine, asl_diagnostics **ret_diagnostics)
{
    asl_substitution *list;
    size_t count;
    int status = cli_substitutions(args, &list, &count);
    if (status != CLI_OK)
        return status;
    asl_error error = {0};
    asl_definition *definition =
        cli_definition_read(args, path, list, count, &status, &error);
    cli_substitutions_free(list);
    if (status != CLI_OK)
        return status;
    ASLI_AUTO(text) char *name = name_of(path);
    asl_machine_options options = {.name = name,
                                   .express = args->value[CLI_EXPRESS] != NULL};
    return cli_definition_make(args, path, definition, &error, &options, ret_machine,
                               ret_diagnostics);
}
