/* SPDX-License-Identifier: Apache-2.0
 *
 * Who does the work of tasks besides plug-ins: --exec NAME=CMD, --activity NAME and --machine-file
 * FILE, and the worker of 'asl work'.
 *
 * What a command says on standard error is shown as it comes.
 */
#include <string.h>
#include <unistd.h>

#include <asl/activity.h>
#include <asl/exec.h>
#include <asl/nested.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static int add_command(struct cli_session *session, const char *given)
{
    const char *equals = strchr(given, '=');
    if (!equals || equals == given || !equals[1])
        return cli_usage(session->args, "--exec needs NAME=COMMAND, not '%s'", given);
    ASLI_AUTO(text)
    char *name = cli_must(asli_strndup(given, (size_t)(equals - given)));
    const char *argv[] = {"/bin/sh", "-c", equals + 1, NULL};
    asl_exec_options options = {
        .size = sizeof options, .copy_errors = 1, .errors_fd = STDERR_FILENO};
    asl_error error = {0};
    int rc = asl_exec_add(session->engine, name, argv, &options, &error);
    return rc == 0 ? CLI_OK : cli_fail(session->args, given, &error);
}

/* Its workers come later, with 'asl work'. */
static int add_activity(struct cli_session *session, const char *name)
{
    asl_error error = {0};
    int rc = asl_activity_create(session->engine, name, ASL_ACTIVITY_ELSEWHERE, &error);
    return rc == 0 ? CLI_OK : cli_fail(session->args, "--activity", &error);
}

static int add_machine(struct cli_session *session, const char *path)
{
    struct cli_args args = *session->args;
    asl_machine *machine = NULL;
    asl_diagnostics *diagnostics = NULL;
    asl_error error = {0};
    args.value[CLI_MACHINE] = NULL; /* is the name of another one */
    args.value[CLI_EXPRESS] = NULL;
    int status = cli_definition_load(&args, path, &machine, &diagnostics);
    cli_diagnostics_print(stderr, path, diagnostics);
    asl_diagnostics_free(diagnostics);
    if (status == CLI_OK && asl_nested_add(session->engine, machine, &error) != 0)
        status = cli_fail(session->args, path, &error);
    asl_machine_unref(machine);
    return status;
}

static int add_each(struct cli_session *session, enum cli_option option,
                    int (*add)(struct cli_session *session, const char *given))
{
    int status = CLI_OK;
    size_t at = 0;
    const char *given;
    while (status == CLI_OK && (given = cli_each(session->args, option, &at)))
        status = add(session, given);
    return status;
}

int cli_serve(struct cli_session *session)
{
    int status = add_each(session, CLI_EXEC, add_command);
    if (status == CLI_OK)
        status = add_each(session, CLI_ACTIVITY, add_activity);
    if (status == CLI_OK)
        status = add_each(session, CLI_MACHINE_FILE, add_machine);
    if (status == CLI_OK)
        status = cli_serve_tables(session);
    return status;
}

int cli_serve_activity(struct cli_session *session, const char *activity,
                       char *const *argv)
{
    asl_exec_options options = {.size = sizeof options,
                                .activity = 1,
                                .copy_errors = 1,
                                .errors_fd = STDERR_FILENO};
    asl_error error = {0};
    int rc = asl_exec_add(session->engine, activity, (const char *const *)argv, &options,
                          &error);
    return rc == 0 ? CLI_OK : cli_fail(session->args, activity, &error);
}
