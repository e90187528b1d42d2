/* SPDX-License-Identifier: Apache-2.0
 *
 * asl answer: answers a task by its token (SendTaskSuccess, -Failure, -Heartbeat).
 */
#include "cli/desk.h"
#include "engine/base/alloc.h"

static int answer(const struct cli_args *args, const struct cli_act *act)
{
    int status = cli_act(args, act);
    if (status != CLI_OK || !args->value[CLI_JSON])
        return status;
    ASLI_AUTO(json) json_t *empty = cli_must(json_object());
    return cli_print_json(args, empty);
}

static int run(const struct cli_args *args)
{
    const char *const *value = args->value;
    int kinds = (value[CLI_OUTPUT] != NULL) + (value[CLI_ERROR] || value[CLI_CAUSE]) +
                (value[CLI_HEARTBEAT] != NULL);
    if (kinds != 1)
        return cli_usage(args,
                         "give one of --output, --error (with --cause) and --heartbeat");
    struct cli_act act = {.kind = value[CLI_OUTPUT]      ? CLI_ACT_SUCCESS
                                  : value[CLI_HEARTBEAT] ? CLI_ACT_HEARTBEAT
                                                         : CLI_ACT_FAILURE,
                          .target = args->operands[0],
                          .error = value[CLI_ERROR],
                          .cause = value[CLI_CAUSE]};
    if (act.kind != CLI_ACT_SUCCESS)
        return answer(args, &act);
    ASLI_AUTO(text) char *output = NULL;
    int status = cli_read_value(args, value[CLI_OUTPUT], &output, &act.output_len);
    act.output = output;
    return status == CLI_OK ? answer(args, &act) : status;
}

const struct cli_command cli_answer = {
    .name = "answer",
    .operands = "TOKEN (--output JSON | --error NAME [--cause TEXT] | --heartbeat)",
    .summary = "answer a task by its token",
    .description = "Complete the task of that token with an output or an error, or say "
                   "that it is still\n"
                   "being worked on. 'asl describe' shows the tokens that are open; 'asl "
                   "resume' then goes\n"
                   "on with the execution.\n",
    .example = "  asl answer \"$TOKEN\" --output '{\"paid\": true}' --store ./orders\n",
    .options = CLI_HAS(STORE) | CLI_HAS_ENGINE | CLI_HAS(OUTPUT) | CLI_HAS(ERROR) |
               CLI_HAS(CAUSE) | CLI_HAS(HEARTBEAT) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
