/* SPDX-License-Identifier: Apache-2.0
 *
 * Command lines: parsing and --help, both from the table CLI_OPTIONS.
 *
 * A command understands the options of its mask and --help, nothing else; options and operands
 * may stand in any order, "--" ends the options.
 */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define LONG                                                                             \
    256 /* what getopt_long gives for an option, above any letter: this and its id */

struct row {
    const char *name, *metavar, *help;
};

static const struct row rows[] = {
#define ROW(id, name, metavar, help) {name, metavar, help},
    CLI_OPTIONS(ROW)
#undef ROW
};

static const char exit_status[] =
    "Exit status:\n"
    "  0   the execution succeeded; the command did what it was asked\n"
    "  1   the execution failed\n"
    "  2   wrong usage, definition, input, name or token\n"
    "  3   the execution timed out\n"
    "  4   the execution was aborted\n"
    "  5   trouble with the store or the engine\n"
    "  75  still running: it waits for answers or handlers, or the command was "
    "interrupted\n";

const char *cli_option_name(int option)
{
    return rows[option].name;
}

static bool understands(const struct cli_command *command, int option)
{
    return option == CLI_HELP || (command->options >> option & 1);
}

static void print_help(const struct cli_command *command)
{
    printf("Usage: asl %s [OPTION]... %s\n%s\nOptions:\n", command->name,
           command->operands, command->description);
    for (int i = 0; i < CLI_OPTION_COUNT; i++) {
        if (!understands(command, i))
            continue;
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", rows[i].name, rows[i].metavar ? " " : "",
                 rows[i].metavar ? rows[i].metavar : "");
        printf("  %-18s %s\n", left, rows[i].help);
    }
    printf("\n%s\nExample:\n%s", exit_status, command->example);
}

/* 0: it is no number that an option can have. */
static unsigned number_of(const char *text)
{
    unsigned long long number = strtoull(text, NULL, 10);
    bool digits = *text && strspn(text, "0123456789") == strlen(text);
    return digits && number <= UINT_MAX ? (unsigned)number : 0;
}

unsigned cli_number(const struct cli_args *args, enum cli_option option)
{
    return args->value[option] ? number_of(args->value[option]) : 0;
}

static bool counts(int option)
{
    const char *metavar = rows[option].metavar;
    return metavar && (strcmp(metavar, "BYTES") == 0 || strcmp(metavar, "NUMBER") == 0);
}

static int check_operands(const struct cli_args *args)
{
    const struct cli_command *command = args->command;
    if (args->operand_count < command->min_operands)
        return cli_usage(args, "an operand is missing: %s", command->operands);
    if (command->max_operands >= 0 && args->operand_count > command->max_operands)
        return cli_usage(args, "unexpected operand '%s'",
                         args->operands[command->max_operands]);
    return -1;
}

/* What getopt_long stumbled over, as the user wrote it. */
static int refuse(const struct cli_args *args, int found, char *const *argv)
{
    const char *word = argv[optind - 1];
    if (found == ':')
        return cli_usage(args, "option '%s' needs a value", word);
    if (optopt > 0 && optopt < LONG) /* a short one, perhaps within a cluster */
        return cli_usage(args, "unknown option '-%c'", optopt);
    return cli_usage(args, "unknown option or wrong use of it: '%s'", word);
}

static void build_table(const struct cli_command *command, struct option *table)
{
    size_t count = 0;
    for (int i = 0; i < CLI_OPTION_COUNT; i++) {
        if (understands(command, i))
            table[count++] = (struct option){
                rows[i].name, rows[i].metavar ? required_argument : no_argument, NULL,
                LONG + i};
    }
    table[count] = (struct option){NULL, 0, NULL, 0};
}

int cli_options_parse(struct cli_args *args, int argc, char **argv)
{
    struct option table[CLI_OPTION_COUNT + 1];
    build_table(args->command, table);
    args->handlers = cli_must(calloc((size_t)argc, sizeof *args->handlers));
    struct cli_given *given = cli_must(calloc((size_t)argc, sizeof *given));
    args->given = given;
    opterr = 0;
    optind = 1;
    int found;
    const char *shorts = understands(args->command, CLI_DEFINE) ? ":D:"
                         : understands(args->command, CLI_BIND) ? ":b:n"
                                                                : ":";
    while ((found = getopt_long(argc, argv, shorts, table, NULL)) != -1) {
        if (found == ':' || found == '?')
            return refuse(args, found, argv);
        found = found == 'D'   ? CLI_DEFINE
                : found == 'b' ? CLI_BIND
                : found == 'n' ? CLI_NO_INPUT
                               : found - LONG;
        if (found == CLI_HELP) {
            print_help(args->command);
            return CLI_OK;
        }
        if (counts(found) && !number_of(optarg))
            return cli_usage(args, "--%s needs a number from 1 to %u, not '%s'",
                             rows[found].name, UINT_MAX, optarg);
        args->value[found] = optarg ? optarg : "";
        given[args->given_count++] = (struct cli_given){found, args->value[found]};
        if (found == CLI_HANDLERS)
            args->handlers[args->handler_count++] = optarg;
    }
    args->operands = argv + optind;
    args->operand_count = argc - optind;
    return check_operands(args);
}

const char *cli_each(const struct cli_args *args, enum cli_option option, size_t *at)
{
    while (*at < args->given_count) {
        const struct cli_given *given = &args->given[(*at)++];
        if (given->option == (int)option)
            return given->value;
    }
    return NULL;
}

void cli_options_done(struct cli_args *args)
{
    free(args->handlers);
    free((void *)args->given);
}
