/* SPDX-License-Identifier: Apache-2.0
 *
 * asl load: puts dumped executions into a store.
 *
 * A name that is taken is told and left out, so that a load that was interrupted can be repeated;
 * any other trouble ends it.
 */
#include <asl/maintain.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static int load_line(const struct cli_args *args, asl_store *store, const char *place,
                     const char *line, size_t len, bool *taken)
{
    asl_error error = {0};
    char *arn = NULL;
    int rc = asl_load(store, line, len, &arn, &error);
    if (rc == 0)
        puts(arn);
    else
        cli_fail(args, place, &error);
    asl_free(arn);
    *taken |= rc == ASL_EEXISTS;
    if (rc == 0 || rc == ASL_EEXISTS)
        return CLI_OK;
    return rc == ASL_EJSON || rc == ASL_EINVAL || rc == ASL_EFORMAT ? CLI_USAGE
                                                                    : CLI_TROUBLE;
}

static int load(const struct cli_args *args, asl_store *store, FILE *in, const char *path)
{
    char *line = NULL, place[512];
    size_t room = 0, number = 0;
    bool taken = false;
    int status = CLI_OK;
    ssize_t len;
    while (status == CLI_OK && (len = getline(&line, &room, in)) >= 0) {
        snprintf(place, sizeof place, "%s:%zu", path, ++number);
        if (strspn(line, " \t\r\n") < (size_t)len)
            status = load_line(args, store, place, line, (size_t)len, &taken);
    }
    free(line);
    return status == CLI_OK && taken ? CLI_USAGE : status;
}

static int run(const struct cli_args *args)
{
    const char *path = args->operands[0];
    bool standard = strcmp(path, "-") == 0;
    asl_store *store = NULL;
    FILE *in = standard ? stdin : fopen(path, "re");
    if (!in) {
        cli_say(args, "cannot read %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    int status = cli_store_write(args, true, &store);
    if (status == CLI_OK)
        status = load(args, store, in, standard ? "<stdin>" : path);
    if (status == CLI_OK && ferror(in)) {
        cli_say(args, "cannot read %s: %s", path, strerror(errno));
        status = CLI_USAGE;
    }
    if (!standard)
        fclose(in);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_load = {
    .name = "load",
    .operands = "FILE",
    .summary = "put dumped executions into a store",
    .description =
        "Put the executions of a dump (- for standard input) into a store, which is made "
        "when it is\n"
        "missing, and print their ARNs. What was running goes on with 'asl resume'. A "
        "name that is\n"
        "taken is told and left out; the exit status is 2 then.\n",
    .example = "  asl dump --store ./orders | asl load - --store ./copy\n",
    .options = CLI_HAS(STORE),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
