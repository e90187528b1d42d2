/* SPDX-License-Identifier: Apache-2.0
 *
 * asl redrive: goes on with executions that failed, timed out or were stopped (RedriveExecution),
 * and then as asl resume does.
 */
#include "cli/cli.h"
#include "engine/base/alloc.h"

struct request {
    struct cli_session *session;
    const char *name;
};

static void on_redriven(void *arg, int code, const char *text)
{
    const struct request *request = arg;
    if (code != 0)
        cli_session_refused(request->session, request->name, code, text);
}

static int redrive(struct cli_session *session, struct request *requests)
{
    const struct cli_args *args = session->args;
    for (int i = 0; i < args->operand_count; i++) {
        asl_error error = {0};
        requests[i] = (struct request){session, args->operands[i]};
        if (asl_redrive(session->engine, args->operands[i], on_redriven, &requests[i],
                        &error) != 0)
            return cli_fail(args, args->operands[i], &error);
    }
    return cli_session_run(session, ASL_UNTIL_NOW);
}

static int run(const struct cli_args *args)
{
    struct cli_session session = {0};
    struct request *requests =
        cli_must(asli_alloc((size_t)args->operand_count * sizeof *requests));
    int status = cli_session_open(&session, args, CLI_OPEN_RESUME);
    if (status == CLI_OK)
        status = redrive(&session, requests);
    if (status == CLI_OK)
        status = cli_resume_some(&session, args->operands, args->operand_count);
    cli_session_close(&session);
    asli_free(requests);
    return status;
}

const struct cli_command cli_redrive = {
    .name = "redrive",
    .operands = "NAME...",
    .summary = "go on with executions that did not succeed",
    .description =
        "Go on with executions that FAILED, TIMED_OUT or were ABORTED, from the "
        "states in which\n"
        "they ended and with the input these had; branches and iterations that "
        "succeeded are not\n"
        "done again. Counts of retries and the machine's TimeoutSeconds begin "
        "anew. Then as\n"
        "'asl resume' does. Within 14 days of the end; what cannot be redriven "
        "is told with the\n"
        "reason.\n",
    .example = "  asl redrive order-7 --store ./orders --handlers ./handlers.so\n",
    .options = CLI_HAS_SERVING | CLI_HAS(RETENTION) | CLI_HAS(NO_WAIT) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
