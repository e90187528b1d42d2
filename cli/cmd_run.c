/* SPDX-License-Identifier: Apache-2.0
 *
 * asl run: loads a definition, starts one execution of it and runs it to its end.
 *
 * The exit status and stdout tell how it ended; a store keeps what did not end.
 */
#include <string.h>

#include <asl/mock.h>

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
                                 .started = on_started,
                                 .sync = asl_machine_is_express(machine) &&
                                         !args->value[CLI_STORE]};
    asl_error error = {0};
    int rc = asl_start(session->engine, machine, input, len, &options, ret_arn, &error);
    if (rc == 0)
        return CLI_OK;
    status = cli_fail(args, rc == ASL_EJSON || rc == ASL_ELIMIT ? "input" : NULL, &error);
    if (rc == ASL_EHANDLER)
        cli_say(args, "load the plug-in that has them with --handlers LIB.so");
    return status;
}

/* Of an Express execution there is what was told of its end; else it runs. */
static json_t *describe_express(const struct cli_session *session, const char *arn)
{
    const asl_result running = {.arn = arn, .name = arn, .status = ASL_RUNNING};
    json_t *ended = json_array_get(session->express, 0);
    return ended ? json_incref(ended) : cli_description(&running);
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
    if (cli_is_express(arn))
        description = describe_express(session, arn);
    else if (asl_describe(session->store, arn, &description, &error) != 0)
        return cli_fail(args, arn, &error);
    return cli_report(session, description);
}

/* --mock FILE --case NAME */
static int add_mocks(struct cli_session *session, const asl_machine *machine)
{
    const struct cli_args *args = session->args;
    const char *path = args->value[CLI_MOCK];
    ASLI_AUTO(text) char *text = NULL;
    asl_error error = {0};
    size_t len = 0;
    if (!path)
        return CLI_OK;
    int status = cli_read_file(args, path, &text, &len);
    if (status != CLI_OK)
        return status;
    int rc = asl_mock_add(session->engine, text, len, asl_machine_name(machine),
                          args->value[CLI_CASE], &error);
    return rc == 0 ? CLI_OK : cli_fail(args, path, &error);
}

static int run_machine(const struct cli_args *args, asl_machine *machine)
{
    struct cli_session session = {0};
    char *arn = NULL;
    int status = cli_session_open(&session, args, CLI_OPEN_RUN);
    if (status == CLI_OK)
        status = add_mocks(&session, machine);
    if (status == CLI_OK)
        status = start(&session, machine, &arn);
    if (status == CLI_OK)
        status = run_to_end(&session, arn);
    asl_free(arn);
    cli_session_close(&session);
    return status;
}

/* The machine of FILE, or of the template, whose tables `args` has then too; what is wrong with it
 * is printed. */
static int load(struct cli_args *args, asl_machine **ret_machine)
{
    asl_diagnostics *diagnostics = NULL;
    ASLI_AUTO(text) char *path = NULL;
    int status;
    if (args->value[CLI_TEMPLATE]) {
        asl_stack *stack = NULL;
        status = cli_template_read(args, &stack);
        const asl_stack_machine *which =
            status == CLI_OK ? cli_template_machine(args, stack) : NULL;
        if (which)
            status =
                cli_template_load(args, stack, which, &path, ret_machine, &diagnostics);
        else
            status = CLI_USAGE;
        if (status == CLI_OK)
            cli_template_tables(args, stack);
        asl_stack_free(stack);
    } else {
        path = cli_must(asli_strdup(args->operands[0]));
        status = cli_definition_load(args, path, ret_machine, &diagnostics);
    }
    cli_diagnostics_print(stderr, path ? path : "-", diagnostics);
    asl_diagnostics_free(diagnostics);
    return status;
}

static int run(const struct cli_args *args)
{
    const char *file = args->operand_count ? args->operands[0] : NULL;
    const char *input = args->value[CLI_INPUT];
    if (!file == !args->value[CLI_TEMPLATE])
        return file ? cli_usage(args, "FILE and --template exclude each other")
                    : cli_usage(args, "an operand is missing: FILE, or --template FILE");
    if (file && strcmp(file, "-") == 0 && input && strcmp(input, "-") == 0)
        return cli_usage(args,
                         "the definition and the input cannot both be standard input");
    if (!args->value[CLI_MOCK] != !args->value[CLI_CASE])
        return cli_usage(args, "--mock FILE and --case NAME go together");
    asl_machine *machine = NULL;
    struct cli_args with = *args;
    int status = load(&with, &machine);
    if (status == CLI_OK)
        status = run_machine(&with, machine);
    cli_template_tables_done(&with, args);
    asl_machine_unref(machine);
    return status;
}

const struct cli_command cli_run = {
    .name = "run",
    .operands = "FILE",
    .summary = "run a definition and print the output",
    .description = "Start an execution of the state machine in FILE (- for standard "
                   "input) or of a template,\n"
                   "run it to its end and print its output on standard output.\n\n"
                   "With --store the execution is durable: after a crash, a signal or "
                   "when it waits for an\n"
                   "answer, 'asl resume' goes on with it. SIGINT and SIGTERM end the "
                   "command in order and\n"
                   "print how to resume; a second one ends it at once, and loses nothing "
                   "either. Other\n"
                   "executions in the store go on while the command runs.\n\n"
                   "With --express the execution is an Express one, in memory: a store "
                   "keeps its start, so\n"
                   "that 'asl resume' runs it again from the beginning.\n",
    .example =
        "  asl run order.asl.json --input '{\"id\": 7}' --store ./orders --handlers "
        "./handlers.so\n",
    .options = CLI_HAS_SERVING | CLI_HAS(RETENTION) | CLI_HAS(INPUT) | CLI_HAS(NAME) |
               CLI_HAS(EXPRESS) | CLI_HAS(MACHINE) | CLI_HAS(TEMPLATE) |
               CLI_HAS(RESOURCE) | CLI_HAS(MOCK) | CLI_HAS(CASE) | CLI_HAS(AWS),
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
