/* SPDX-License-Identifier: Apache-2.0
 *
 * asl upgrade: makes the store of an older libasl one of this.
 *
 * It writes without an engine, so it is refused while one has the store.
 */
#include <asl/maintain.h>

#include "cli/cli.h"

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    asl_upgrade_counts counts = {0};
    asl_error error = {0};
    int status = cli_store_write(args, false, &store);
    if (status != CLI_OK)
        return status;
    if (asl_upgrade(store, &counts, &error) != 0)
        status = cli_fail(args, args->value[CLI_STORE], &error);
    else if (counts.from == counts.to)
        cli_say(args, "the store has version %d already", counts.to);
    else
        cli_say(args, "from version %d to version %d: %zu rows", counts.from, counts.to,
                counts.rows);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_upgrade = {
    .name = "upgrade",
    .operands = "",
    .summary = "make the store of an older libasl one of this",
    .description =
        "Convert the rows of a store that an older libasl wrote, in place. There is no "
        "way "
        "back: copy\n"
        "the directory before. A row that cannot be read leaves the store as it was; "
        "killed "
        "on the\n"
        "way, the command goes on when it is given again, and until then the store is "
        "refused.\n",
    .example = "  cp -a ./orders ./orders.before && asl upgrade --store ./orders\n",
    .options = CLI_HAS(STORE),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
