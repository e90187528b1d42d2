/* SPDX-License-Identifier: Apache-2.0
 *
 * asl stop: ends a running execution (StopExecution).
 */
#include "cli/desk.h"
#include "engine/base/alloc.h"

/* StopExecution's response. */
static int print_json(const struct cli_args *args)
{
    ASLI_AUTO(json) json_t *description = NULL;
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    asl_store *store;
    asl_error error = {0};
    int status = cli_store_read(args, &store);
    if (status != CLI_OK)
        return status;
    int rc = asl_describe(store, args->operands[0], &description, &error);
    asl_store_free(store);
    if (rc != 0)
        return cli_fail(args, args->operands[0], &error);
    json_t *date = json_object_get(description, "stopDate");
    if (date && json_object_set(answer, "stopDate", date) != 0)
        cli_must(NULL);
    return cli_print_json(args, answer);
}

static int run(const struct cli_args *args)
{
    struct cli_act act = {.kind = CLI_ACT_STOP,
                          .target = args->operands[0],
                          .error = args->value[CLI_ERROR],
                          .cause = args->value[CLI_CAUSE]};
    int status = cli_act(args, &act);
    return status == CLI_OK && args->value[CLI_JSON] ? print_json(args) : status;
}

const struct cli_command cli_stop = {
    .name = "stop",
    .operands = "NAME",
    .summary = "stop a running execution",
    .description =
        "End the running execution of that name (or ARN): its status becomes ABORTED.\n",
    .example =
        "  asl stop order-7 --store ./orders --error Customer.Gone --cause 'cancelled'\n",
    .options =
        CLI_HAS(STORE) | CLI_HAS_ENGINE | CLI_HAS(ERROR) | CLI_HAS(CAUSE) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
