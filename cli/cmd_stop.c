/* SPDX-License-Identifier: Apache-2.0
 *
 * asl stop: ends a running execution (StopExecution).
 *
 * It opens the engine itself, so it is refused while another engine has the store.
 */
#include "cli/cli.h"
#include "engine/base/alloc.h"

static void on_stopped(void *arg, int code, const char *text)
{
    struct cli_session *session = arg;
    if (code != 0)
        cli_session_refused(session, session->args->operands[0], code, text);
}

/* StopExecution's response. */
static int print_json(struct cli_session *session)
{
    const struct cli_args *args = session->args;
    ASLI_AUTO(json) json_t *description = NULL;
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    asl_error error = {0};
    if (asl_describe(session->store, args->operands[0], &description, &error) != 0)
        return cli_fail(args, args->operands[0], &error);
    json_t *date = json_object_get(description, "stopDate");
    if (date && json_object_set(answer, "stopDate", date) != 0)
        cli_must(NULL);
    return cli_print_json(args, answer);
}

static int stop(struct cli_session *session)
{
    const struct cli_args *args = session->args;
    asl_error error = {0};
    if (asl_stop(session->engine, args->operands[0], args->value[CLI_ERROR],
                 args->value[CLI_CAUSE], on_stopped, session, &error) != 0)
        return cli_fail(args, args->operands[0], &error);
    int status = cli_session_run(session, ASL_UNTIL_NOW);
    return status == CLI_OK && args->value[CLI_JSON] ? print_json(session) : status;
}

static int run(const struct cli_args *args)
{
    struct cli_session session = {0};
    int status = cli_session_open(&session, args, CLI_OPEN_ACT);
    if (status == CLI_OK)
        status = stop(&session);
    cli_session_close(&session);
    return status;
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
        CLI_HAS(STORE) | CLI_HAS_LIMITS | CLI_HAS(ERROR) | CLI_HAS(CAUSE) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
