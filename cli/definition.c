/* SPDX-License-Identifier: Apache-2.0
 *
 * Definition files: reading, naming and loading them, and printing what is wrong with them.
 *
 * A diagnostic is one line, FILE:LINE:COL: error CODE: text at POINTER, and all are printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static bool drop_suffix(char *name, const char *suffix)
{
    size_t len = strlen(name), suffix_len = strlen(suffix);
    if (len <= suffix_len || strcmp(name + len - suffix_len, suffix) != 0)
        return false;
    name[len - suffix_len] = '\0';
    return true;
}

/* A valid machine name made of a path: orders/reserve car.asl.json gives reserve-car. */
static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *base = slash ? slash + 1 : path;
    char *name =
        cli_must(asli_strdup(strcmp(path, "-") == 0 || !*base ? "machine" : base));
    if (!drop_suffix(name, ".asl.json"))
        drop_suffix(name, ".json");
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

void cli_diagnostics_print(FILE *out, const char *path, const asl_diagnostics *list)
{
    const char *file = strcmp(path, "-") == 0 ? "<stdin>" : path;
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        int line = d->line > 0 ? d->line : 1, column = d->column > 0 ? d->column : 1;
        fprintf(out, "%s:%d:%d: %s %s: %s", file, line, column,
                d->severity == ASL_ERROR ? "error" : "warning", d->code, d->message);
        if (d->location && d->location[0])
            fprintf(out, " at %s", d->location);
        fputc('\n', out);
    }
}

int cli_definition_load(const struct cli_args *args, const char *path,
                        asl_machine **ret_machine, asl_diagnostics **ret_diagnostics)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    int status = cli_read_file(args, path, &text, &len);
    if (status != CLI_OK)
        return status;
    const char *given = args->value[CLI_MACHINE];
    ASLI_AUTO(text) char *name = given ? NULL : name_of(path);
    asl_machine_options options = {.size = sizeof options, .name = given ? given : name};
    asl_diagnostics *list = NULL;
    asl_error error = {0};
    int rc = asl_machine_load(text, len, &options, ret_machine, &list, &error);
    if (rc != 0 && rc != ASL_EDEFINITION)
        return cli_fail(args, path, &error);
    *ret_diagnostics = list;
    return rc == 0 ? CLI_OK : CLI_USAGE;
}
