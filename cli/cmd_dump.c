/* SPDX-License-Identifier: Apache-2.0
 *
 * asl dump: executions as lines of JSON, which asl load puts into a store again.
 */
#include <asl/maintain.h>

#include <errno.h>
#include <string.h>

#include "cli/cli.h"

static int print_line(void *arg, const char *line, size_t len)
{
    (void)arg;
    return fwrite(line, 1, len, stdout) != len || putchar('\n') == EOF ? ASL_ESYSTEM : 0;
}

static int dump(const struct cli_args *args, asl_store *store, const char *execution)
{
    asl_error error = {0};
    if (asl_dump(store, execution, print_line, NULL, &error) == 0)
        return CLI_OK;
    if (ferror(stdout)) /* main says so */
        return CLI_TROUBLE;
    return cli_fail(args, execution ? execution : args->value[CLI_STORE], &error);
}

static int run(const struct cli_args *args)
{
    asl_store *store = NULL;
    int status = cli_store_read(args, &store);
    if (status == CLI_OK && args->operand_count == 0)
        status = dump(args, store, NULL);
    for (int i = 0; status == CLI_OK && i < args->operand_count; i++)
        status = dump(args, store, args->operands[i]);
    asl_store_free(store);
    return status;
}

const struct cli_command cli_dump = {
    .name = "dump",
    .operands = "[NAME]...",
    .summary = "print executions as lines of JSON, for 'asl load'",
    .description =
        "Print the executions of these names (or ARNs), or all, a line of JSON each: "
        "\"execution\" is\n"
        "DescribeExecution's response, \"history\" GetExecutionHistory's, with the "
        "\"definition\"; \"records\"\n"
        "are for 'asl load'. Beside a running engine too.\n",
    .example = "  asl dump --store ./orders >orders.jsonl\n",
    .options = CLI_HAS(STORE),
    .min_operands = 0,
    .max_operands = -1,
    .run = run,
};
