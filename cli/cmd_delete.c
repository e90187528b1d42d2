/* SPDX-License-Identifier: Apache-2.0
 *
 * asl delete: removes executions that have ended, by name.
 *
 * It writes without an engine, so it is refused while one has the store.
 */
#include <asl/maintain.h>

#include "cli/cli.h"

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = cli_store_write(args, false, &store);
    for (int i = 0; status == CLI_OK && i < args->operand_count; i++) {
        asl_error error = {0};
        int rc = asl_delete(store, args->operands[i], &error);
        if (rc != 0)
            status = cli_fail(args, args->operands[i], &error);
        if (rc == ASL_EBUSY)
            status = CLI_USAGE;
    }
    asl_store_free(store);
    return status;
}

const struct cli_command cli_delete = {
    .name = "delete",
    .operands = "NAME...",
    .summary = "remove executions that have ended",
    .description = "Remove the executions of these names (or ARNs) with their histories; "
                   "the names are free\n"
                   "again. One that runs is refused: stop it first.\n",
    .example = "  asl delete order-7 --store ./orders\n",
    .options = CLI_HAS(STORE),
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
