/* SPDX-License-Identifier: Apache-2.0
 *
 * asl validate: checks definitions and prints everything that is wrong with them.
 *
 * With --json it is ValidateStateMachineDefinition's response; for several files an array of
 * them, each with its "file".
 */
#include <stdio.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, take_value) != 0)
        cli_must(NULL);
}

static json_t *json_of(const asl_diagnostic *diagnostic)
{
    json_t *object = cli_must(json_object());
    set(object, "severity",
        json_string(diagnostic->severity == ASL_ERROR ? "ERROR" : "WARNING"));
    set(object, "code", json_string(diagnostic->code));
    set(object, "message", json_string(diagnostic->message));
    if (diagnostic->location && diagnostic->location[0])
        set(object, "location", json_string(diagnostic->location));
    return object;
}

static json_t *response(const struct cli_args *args, const char *path, int status,
                        const asl_diagnostics *list)
{
    json_t *object = cli_must(json_object());
    if (args->operand_count > 1)
        set(object, "file", json_string(path));
    set(object, "result", json_string(status == CLI_OK ? "OK" : "FAIL"));
    json_t *diagnostics = cli_must(json_array());
    for (size_t i = 0; list && i < asl_diagnostics_count(list); i++) {
        if (json_array_append_new(diagnostics, json_of(asl_diagnostics_get(list, i))) !=
            0)
            cli_must(NULL);
    }
    set(object, "diagnostics", diagnostics);
    set(object, "truncated", json_false());
    return object;
}

/* Checks one file; its response is appended when it could be read. */
static int validate(const struct cli_args *args, const char *path, json_t *responses)
{
    asl_machine *machine = NULL;
    asl_diagnostics *list = NULL;
    int status = cli_definition_load(args, path, &machine, &list);
    bool checked = status == CLI_OK || list;
    if (!args->value[CLI_JSON]) {
        cli_diagnostics_print(stdout, path, list);
        if (status == CLI_OK)
            printf("%s: OK\n", path);
    } else if (checked && json_array_append_new(
                              responses, response(args, path, status, list)) != 0) {
        cli_must(NULL);
    }
    asl_diagnostics_free(list);
    asl_machine_unref(machine);
    return status;
}

static int run(const struct cli_args *args)
{
    ASLI_AUTO(json) json_t *responses = cli_must(json_array());
    int status = CLI_OK;
    for (int i = 0; i < args->operand_count; i++) {
        int one = validate(args, args->operands[i], responses);
        status = one > status ? one : status;
    }
    if (!args->value[CLI_JSON] || json_array_size(responses) == 0)
        return status;
    json_t *only = args->operand_count == 1 ? json_array_get(responses, 0) : responses;
    int printed = cli_print_json(args, only);
    return printed > status ? printed : status;
}

const struct cli_command cli_validate = {
    .name = "validate",
    .operands = "FILE...",
    .summary = "check definitions",
    .description = "Check definitions (- for standard input) and print all that is wrong "
                   "with them, one\n"
                   "line each: FILE:LINE:COL: error CODE: text at POINTER. The exit "
                   "status is 2 when any\n"
                   "has an error; warnings do not count.\n",
    .example = "  asl validate *.asl.json\n",
    .options = CLI_HAS(JSON),
    .min_operands = 1,
    .max_operands = -1,
    .run = run,
};
