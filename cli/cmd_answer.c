/* SPDX-License-Identifier: Apache-2.0
 *
 * asl answer: answers a task by its token (SendTaskSuccess, -Failure, -Heartbeat).
 *
 * It opens the engine itself, without handlers: what the execution does next stays parked until
 * it is resumed.
 */
#include "cli/cli.h"
#include "engine/base/alloc.h"

static void on_answered(void *arg, int code, const char *text)
{
    if (code != 0)
        cli_session_refused(arg, "the token", code, text);
}

static int send(struct cli_session *session, const char *output, size_t len)
{
    const struct cli_args *args = session->args;
    const char *token = args->operands[0], *const *value = args->value;
    asl_error error = {0};
    int rc;
    if (output)
        rc = asl_answer_success(session->engine, token, output, len, on_answered, session,
                                &error);
    else if (value[CLI_HEARTBEAT])
        rc = asl_answer_heartbeat(session->engine, token, on_answered, session, &error);
    else
        rc = asl_answer_failure(session->engine, token, value[CLI_ERROR],
                                value[CLI_CAUSE], on_answered, session, &error);
    if (rc != 0)
        return cli_fail(args, rc == ASL_EJSON || rc == ASL_ELIMIT ? "output" : NULL,
                        &error);
    return cli_session_run(session, ASL_UNTIL_NOW);
}

static int answer(const struct cli_args *args, const char *output, size_t len)
{
    struct cli_session session = {0};
    int status = cli_session_open(&session, args, CLI_OPEN_ACT);
    if (status == CLI_OK)
        status = send(&session, output, len);
    cli_session_close(&session);
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
    if (!value[CLI_OUTPUT])
        return answer(args, NULL, 0);
    ASLI_AUTO(text) char *output = NULL;
    size_t len = 0;
    int status = cli_read_value(args, value[CLI_OUTPUT], &output, &len);
    return status == CLI_OK ? answer(args, output, len) : status;
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
    .options = CLI_HAS(STORE) | CLI_HAS_LIMITS | CLI_HAS(OUTPUT) | CLI_HAS(ERROR) |
               CLI_HAS(CAUSE) | CLI_HAS(HEARTBEAT) | CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
