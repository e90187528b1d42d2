/* SPDX-License-Identifier: Apache-2.0
 *
 * asl jsonata: evaluates a JSONata expression over a JSON document and prints the result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <asl/jsonata.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

struct evaluation {
    const struct cli_args *args;
    asl_jsonata *expr;
    json_t *input, *variables;
    asl_jsonata_binding *bindings;
    size_t count;
};

static int read_json(const struct cli_args *args, const char *subject, const char *text,
                     size_t len, json_t **ret_json)
{
    asl_error error = {0};
    if (asli_json_read(text, len, ret_json, &error) != 0)
        return cli_fail(args, subject, &error);
    return CLI_OK;
}

static int read_input(struct evaluation *e)
{
    const struct cli_args *args = e->args;
    const char *path = args->operand_count > 1 ? args->operands[1] : "-";
    size_t len;
    char *text;
    if (args->value[CLI_NO_INPUT])
        return CLI_OK;
    int status = cli_read_file(args, path, &text, &len);
    if (status != CLI_OK)
        return status;
    status = read_json(args, path, text, len, &e->input);
    asl_free(text);
    return status;
}

/* NAME=JSON of every --bind; the values live in e->variables. */
static int read_bindings(struct evaluation *e)
{
    const char *given;
    e->variables = cli_must(json_object());
    e->bindings = cli_must(calloc(e->args->given_count + 1, sizeof *e->bindings));
    for (size_t at = 0; (given = cli_each(e->args, CLI_BIND, &at)) != NULL;) {
        const char *equals = strchr(given, '=');
        json_t *value;
        if (!equals || equals == given)
            return cli_usage(e->args, "--bind takes NAME=JSON, not '%s'", given);
        ASLI_AUTO(text)
        char *name = cli_must(asli_strndup(given, (size_t)(equals - given)));
        int status = read_json(e->args, given, equals + 1, strlen(equals + 1), &value);
        if (status != CLI_OK)
            return status;
        if (json_object_set_new(e->variables, name, value) != 0)
            cli_must(NULL);
    }
    const char *name;
    json_t *value;
    json_object_foreach(e->variables, name, value)
        e->bindings[e->count++] = (asl_jsonata_binding){name, value};
    return CLI_OK;
}

static int fail(const struct cli_args *args, const asl_jsonata_error *error)
{
    if (error->line > 0)
        cli_say(args, "%s at %d:%d: %s", error->code, error->line, error->column,
                error->message);
    else
        cli_say(args, "%s%s%s", error->code, error->code[0] ? ": " : "", error->message);
    return error->kind == ASL_JSONATA_SYNTAX ? CLI_USAGE : CLI_FAILED;
}

static double random_number(void *unused)
{
    return drand48();
}

static int evaluate(struct evaluation *e)
{
    asl_jsonata_error error;
    asl_jsonata_result result;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    srand48(now.tv_sec ^ now.tv_nsec);
    asl_jsonata_input input = {.size = sizeof input,
                               .value = e->input,
                               .bindings = e->bindings,
                               .binding_count = e->count,
                               .random = random_number,
                               .now = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000};
    if (asl_jsonata_eval(e->expr, &input, &result, &error) != 0)
        return fail(e->args, &error);
    if (result.kind == ASL_JSONATA_FUNCTION) {
        cli_say(e->args, "the result is a function, which JSON cannot show");
        return CLI_FAILED;
    }
    int status = result.value ? cli_print_json(e->args, result.value) : CLI_OK;
    json_decref(result.value);
    return status;
}

static int run(const struct cli_args *args)
{
    struct evaluation e = {.args = args};
    asl_jsonata_error error;
    asl_jsonata_options options = {
        .size = sizeof options, .flags = args->value[CLI_AWS] ? ASL_JSONATA_AWS : 0};
    int status = CLI_OK;
    if (asl_jsonata_compile(args->operands[0], (size_t)-1, &options, &e.expr, &error) != 0)
        return fail(args, &error);
    status = read_bindings(&e);
    if (status == CLI_OK)
        status = read_input(&e);
    if (status == CLI_OK)
        status = evaluate(&e);
    json_decref(e.input);
    json_decref(e.variables);
    free(e.bindings);
    asl_jsonata_free(e.expr);
    return status;
}

const struct cli_command cli_jsonata = {
    .name = "jsonata",
    .operands = "EXPRESSION [FILE]",
    .summary = "evaluate a JSONata expression over a JSON document",
    .description = "Evaluate a JSONata expression over the JSON of a file, or of standard "
                   "input, and print\n"
                   "the result; nothing when there is none.\n",
    .example = "  asl jsonata 'items[price > 20].name' order.json\n"
               "  asl jsonata -n -b x=6 '$x * 7'\n",
    .options = CLI_HAS(BIND) | CLI_HAS(NO_INPUT) | CLI_HAS(AWS),
    .min_operands = 1,
    .max_operands = 2,
    .run = run,
};
