/* SPDX-License-Identifier: Apache-2.0
 *
 * asl run: loads a definition, starts one execution of it and runs it to its end.
 *
 * The exit status and stdout tell how it ended; a store keeps what did not end.
 */
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static void on_started(void *arg, int code, const char *arn)
{
    if (code != 0)
        cli_session_refused(arg, arn, code, NULL);
}

static int start(struct cli_session *session, asl_machine *machine, char **ret_arn)
{
    const struct cli_args *args = session->args;
    ASLI_AUTO(text) char *input = NULL;
    size_t len = 0;
    const char *value = args->value[CLI_INPUT] ? args->value[CLI_INPUT] : "{}";
    int status = cli_read_value(args, value, &input, &len);
    if (status != CLI_OK)
        return status;
    asl_start_options options = {.size = sizeof options,
                                 .name = args->value[CLI_NAME],
                                 .arg = session,
                                 .started = on_started};
    asl_error error = {0};
    int rc = asl_start(session->engine, machine, input, len, &options, ret_arn, &error);
    if (rc == 0)
        return CLI_OK;
    status = cli_fail(args, rc == ASL_EJSON || rc == ASL_ELIMIT ? "input" : NULL, &error);
    if (rc == ASL_EHANDLER)
        cli_say(args, "load the plug-in that has them with --handlers LIB.so");
    return status;
}

static int run_to_end(struct cli_session *session, const char *arn)
{
    const struct cli_args *args = session->args;
    bool kept = args->value[CLI_STORE] != NULL;
    if (!kept)
        cli_say(args, "no --store: this execution lives in memory only");
    cli_session_wait_for(session, arn);
    int status = cli_session_run(session, kept ? ASL_UNTIL_IDLE : ASL_UNTIL_ENDED);
    if (status != CLI_OK)
        return status;
    ASLI_AUTO(json) json_t *description = NULL;
    asl_error error = {0};
    if (asl_describe(session->store, arn, &description, &error) != 0)
        return cli_fail(args, arn, &error);
    return cli_report(session, description);
}

static int run_machine(const struct cli_args *args, asl_machine *machine)
{
    struct cli_session session = {0};
    char *arn = NULL;
    int status = cli_session_open(&session, args, CLI_OPEN_RUN);
    if (status == CLI_OK)
        status = start(&session, machine, &arn);
    if (status == CLI_OK)
        status = run_to_end(&session, arn);
    asl_free(arn);
    cli_session_close(&session);
    return status;
}

static int run(const struct cli_args *args)
{
    const char *file = args->operands[0], *input = args->value[CLI_INPUT];
    if (strcmp(file, "-") == 0 && input && strcmp(input, "-") == 0)
        return cli_usage(args,
                         "the definition and the input cannot both be standard input");
    asl_machine *machine = NULL;
    asl_diagnostics *diagnostics = NULL;
    int status = cli_definition_load(args, file, &machine, &diagnostics);
    cli_diagnostics_print(stderr, file, diagnostics);
    asl_diagnostics_free(diagnostics);
    if (status == CLI_OK)
        status = run_machine(args, machine);
    asl_machine_unref(machine);
    return status;
}

const struct cli_command cli_run = {
    .name = "run",
    .operands = "FILE",
    .summary = "run a definition and print the output",
    .description = "Start an execution of the state machine in FILE (- for standard "
                   "input), run it to its\n"
                   "end and print its output on standard output.\n\n"
                   "With --store the execution is durable: after a crash, a signal or "
                   "when it waits for an\n"
                   "answer, 'asl resume' goes on with it. SIGINT and SIGTERM end the "
                   "command in order and\n"
                   "print how to resume; a second one ends it at once, and loses nothing "
                   "either. Other\n"
                   "executions in the store go on while the command runs.\n",
    .example =
        "  asl run order.asl.json --input '{\"id\": 7}' --store ./orders --handlers "
        "./handlers.so\n",
    .options = CLI_HAS(INPUT) | CLI_HAS(NAME) | CLI_HAS(STORE) | CLI_HAS(HANDLERS) |
               CLI_HAS(VIRTUAL_TIME) | CLI_HAS(ACCOUNT) | CLI_HAS(REGION) |
               CLI_HAS(ROLE) | CLI_HAS(MACHINE) | CLI_HAS(PROGRESS) |
               CLI_HAS(NO_PROGRESS),
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
