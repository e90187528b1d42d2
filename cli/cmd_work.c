/* SPDX-License-Identifier: Apache-2.0
 *
 * asl work: does the tasks of an activity with a command, for the executions that a store keeps.
 *
 * It is the engine meanwhile: it goes on with all that run, as 'asl resume' does.
 */
#include "cli/cli.h"

static int run(const struct cli_args *args)
{
    struct cli_session session = {0};
    int status = cli_session_open(&session, args, CLI_OPEN_RESUME);
    if (status == CLI_OK)
        status = cli_serve_activity(&session, args->operands[0], args->operands + 1);
    if (status == CLI_OK)
        status = cli_resume_some(&session, NULL, 0);
    cli_session_close(&session);
    return status;
}

const struct cli_command cli_work = {
    .name = "work",
    .operands = "ACTIVITY -- COMMAND [ARGUMENT]...",
    .summary = "do the tasks of an activity with a command",
    .description = "Go on with all executions of the store as 'asl resume' does, and be "
                   "the worker of "
                   "ACTIVITY\n"
                   "(a name or an ARN): for each of its tasks COMMAND is run, with the "
                   "input, JSON, on "
                   "standard\n"
                   "input and the output, JSON, on standard output. It ends when nothing "
                   "is left that "
                   "can be done\n"
                   "here.\n",
    .example = "  asl work paint --store ./orders -- ./paint.sh --colour red\n",
    .options = CLI_HAS_SERVING | CLI_HAS(NO_WAIT) | CLI_HAS(JSON),
    .min_operands = 2,
    .max_operands = -1,
    .run = run,
};
