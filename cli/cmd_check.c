/* SPDX-License-Identifier: Apache-2.0
 *
 * asl check: reads everything in a store and tells what is wrong with it.
 */
#include <asl/maintain.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"

static void put(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, take_value) != 0)
        cli_must(NULL);
}

static void print_problem(void *arg, const asl_problem *problem)
{
    (void)arg;
    printf("%s: %s\n", problem->key, problem->text);
    if (problem->execution)
        printf("    of %s\n", problem->execution);
    printf("    %s\n", problem->advice);
}

static void add_problem(void *arg, const asl_problem *problem)
{
    json_t *one = cli_must(json_object());
    put(one, "key", json_string(problem->key));
    if (problem->execution)
        put(one, "executionArn", json_string(problem->execution));
    put(one, "text", json_string(problem->text));
    put(one, "advice", json_string(problem->advice));
    if (json_array_append_new(arg, one) != 0)
        cli_must(NULL);
}

static int print_json(const struct cli_args *args, const asl_check_counts *counts,
                      json_t *problems)
{
    ASLI_AUTO(json) json_t *answer = cli_must(json_object());
    put(answer, "rows", json_integer((json_int_t)counts->rows));
    put(answer, "executions", json_integer((json_int_t)counts->executions));
    put(answer, "running", json_integer((json_int_t)counts->running));
    put(answer, "definitions", json_integer((json_int_t)counts->machines));
    put(answer, "problems", json_incref(problems));
    return cli_print_json(args, answer);
}

static int check(const struct cli_args *args, asl_store *store)
{
    ASLI_AUTO(json) json_t *problems = cli_must(json_array());
    bool json = args->value[CLI_JSON] != NULL;
    asl_check_counts counts = {0};
    asl_error error = {0};
    if (asl_check(store, json ? add_problem : print_problem, problems, &counts, &error))
        return cli_fail(args, args->value[CLI_STORE], &error);
    int status = CLI_OK;
    if (json)
        status = print_json(args, &counts, problems);
    else
        printf("%zu rows, %zu executions (%zu running), %zu definitions, %zu problems\n",
               counts.rows, counts.executions, counts.running, counts.machines,
               counts.problems);
    return status == CLI_OK && counts.problems ? CLI_TROUBLE : status;
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = cli_store_read(args, &store);
    if (status == CLI_OK)
        status = check(args, store);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_check = {
    .name = "check",
    .operands = "",
    .summary = "read everything in a store and tell what is wrong",
    .description = "Read and decode every row of a store, and follow what they refer to; "
                   "beside a running\n"
                   "engine too. With problems the exit status is 5.\n",
    .example = "  asl check --store ./orders\n",
    .options = CLI_HAS(STORE) | CLI_HAS(JSON),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
