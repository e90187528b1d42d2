/* SPDX-License-Identifier: Apache-2.0
 *
 * asl validate: checks definitions and prints everything that is wrong with them: as lines, as
 * ValidateStateMachineDefinition's response (for several files an array of them, each with its
 * "file"), or as SARIF.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

struct validate {
    const struct cli_args *args;
    bool several;
    json_t *responses; /* --json, or NULL */
    json_t *sarif;     /* --format sarif, or NULL */
    int status;
};

/* One definition was looked at; consumes what was made of it. */
static void report(struct validate *v, const char *path, int status,
                   asl_machine *take_machine, asl_diagnostics *take_list)
{
    bool checked = status == CLI_OK || take_list;
    if (checked)
        status = cli_has_errors(take_list) ? CLI_USAGE : CLI_OK;
    if (checked && v->sarif)
        cli_sarif_add(v->sarif, path, take_list);
    else if (checked && v->responses) {
        json_t *response = cli_diagnostics_response(v->several ? path : NULL, take_list);
        if (json_array_append_new(v->responses, response) != 0)
            cli_must(NULL);
    } else if (checked) {
        cli_diagnostics_print(stdout, path, take_list);
        if (status == CLI_OK)
            printf("%s: OK\n", cli_shown_path(path));
    }
    v->status = status > v->status ? status : v->status;
    asl_diagnostics_free(take_list);
    asl_machine_unref(take_machine);
}

static void check_file(struct validate *v, const char *path)
{
    asl_machine *machine = NULL;
    asl_diagnostics *list = NULL;
    int status = cli_definition_load(v->args, path, &machine, &list);
    report(v, path, status, machine, list);
}

static void check_machine(struct validate *v, const asl_stack *stack,
                          const asl_stack_machine *which)
{
    ASLI_AUTO(text) char *path = NULL;
    asl_machine *machine = NULL;
    asl_diagnostics *list = NULL;
    int status = cli_template_load(v->args, stack, which, &path, &machine, &list);
    report(v, path ? path : v->args->value[CLI_TEMPLATE], status, machine, list);
}

/* All state machines of the template, or the one asked for. */
static void check_template(struct validate *v)
{
    asl_stack *stack = NULL;
    int status = cli_template_read(v->args, &stack);
    const asl_stack_machine *which = NULL;
    bool all = status == CLI_OK && !v->args->value[CLI_RESOURCE] &&
               asl_stack_machine_get(stack, 0);
    v->several |= all && asl_stack_machine_get(stack, 1);
    for (size_t i = 0; all && (which = asl_stack_machine_get(stack, i)); i++)
        check_machine(v, stack, which);
    if (status == CLI_OK && !all) {
        which = cli_template_machine(v->args, stack);
        status = which ? CLI_OK : CLI_USAGE;
        if (which)
            check_machine(v, stack, which);
    }
    v->status = status > v->status ? status : v->status;
    asl_stack_free(stack);
}

static int print(const struct validate *v)
{
    json_t *value = v->sarif;
    if (v->responses && !v->sarif) {
        if (json_array_size(v->responses) == 0)
            return CLI_OK;
        value = v->several ? v->responses : json_array_get(v->responses, 0);
    }
    return value ? cli_print_json(v->args, value) : CLI_OK;
}

static int check_all(const struct cli_args *args, const char *format)
{
    bool sarif = strcmp(format, "sarif") == 0, json = strcmp(format, "json") == 0;
    ASLI_AUTO(json) json_t *responses = json ? cli_must(json_array()) : NULL;
    ASLI_AUTO(json) json_t *log = sarif ? cli_sarif() : NULL;
    struct validate v = {
        .args = args,
        .several = args->operand_count + (args->value[CLI_TEMPLATE] != NULL) > 1,
        .responses = responses,
        .sarif = log};
    for (int i = 0; i < args->operand_count; i++)
        check_file(&v, args->operands[i]);
    if (args->value[CLI_TEMPLATE])
        check_template(&v);
    int printed = print(&v);
    return printed > v.status ? printed : v.status;
}

static int run(const struct cli_args *args)
{
    const char *format = args->value[CLI_FORMAT];
    if (!format)
        format = args->value[CLI_JSON] ? "json" : "text";
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0 &&
        strcmp(format, "sarif") != 0)
        return cli_usage(args, "--format is text, json or sarif, not '%s'", format);
    if (!args->operand_count && !args->value[CLI_TEMPLATE])
        return cli_usage(args, "an operand is missing: %s", args->command->operands);
    if (!args->handler_count)
        return check_all(args, format);
    struct cli_session session = {0};
    struct cli_args with = *args;
    int status = cli_session_open(&session, args, CLI_OPEN_RUN);
    with.engine = session.engine;
    if (status == CLI_OK)
        status = check_all(&with, format);
    cli_session_close(&session);
    return status;
}

const struct cli_command cli_validate = {
    .name = "validate",
    .operands = "FILE...",
    .summary = "check definitions",
    .description =
        "Check definitions in JSON or YAML (- for standard input), or those of a "
        "template, and print\n"
        "all that is wrong with them, one line each: FILE:LINE:COL: ERROR CODE: "
        "text at POINTER.\n"
        "The exit status is 2 when any has an error; warnings do not count. "
        "With --handlers, a\n"
        "task without a handler is a warning too.\n",
    .example = "  asl validate *.asl.json\n",
    .options = CLI_HAS(JSON) | CLI_HAS(FORMAT) | CLI_HAS(AWS) | CLI_HAS(EXPRESS) |
               CLI_HAS(MAX_DEFINITION) | CLI_HAS(DEFINE) | CLI_HAS(TEMPLATE) |
               CLI_HAS(RESOURCE) | CLI_HAS(HANDLERS),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
