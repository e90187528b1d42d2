/* SPDX-License-Identifier: Apache-2.0
 *
 * The asl command: the table of subcommands, and the choice among them.
 *
 * A new subcommand is a file cmd_NAME.c and a row here.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static const struct cli_command *const commands[] = {
    &cli_run,     &cli_resume,  &cli_list,     &cli_describe, &cli_history,
    &cli_stop,    &cli_answer,  &cli_validate, &cli_work,     &cli_table,
    &cli_check,   &cli_prune,   &cli_delete,   &cli_dump,     &cli_load,
    &cli_upgrade, &cli_redrive, &cli_jsonata,  &cli_torture,
#ifdef ASLI_SERVER
    &cli_server,
#endif
};

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    }
    return NULL;
}

static void print_help(FILE *out)
{
    fputs("Usage: asl COMMAND [OPTION]... [OPERAND]...\n"
          "Run Amazon States Language workflows durably.\n\n"
          "Commands:\n",
          out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  %-9s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nOptions:\n"
          "  --help     show this text, or with a command its own, and exit\n"
          "  --version  show the version and exit\n\n"
          "'asl COMMAND --help' tells more about a command, asl(1) about all.\n",
          out);
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_args args = {.command = command};
    int status = cli_options_parse(&args, argc, argv);
    if (status < 0)
        status = command->run(&args);
    cli_options_done(&args);
    return status;
}

static int dispatch(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        print_help(stderr);
        return CLI_USAGE;
    }
    if (strcmp(name, "--version") == 0) {
        printf("asl %s\n", asl_version());
        return CLI_OK;
    }
    bool help = strcmp(name, "help") == 0 || strcmp(name, "--help") == 0;
    if (help && argc == 2) {
        print_help(stdout);
        return CLI_OK;
    }
    char *ask[] = {argv[0], (char[]){"--help"}, NULL};
    const struct cli_command *command = find_command(help ? argv[2] : name);
    if (command)
        return help ? run_command(command, 2, ask)
                    : run_command(command, argc - 1, argv + 1);
    fprintf(stderr, "asl: unknown %s '%s'; 'asl --help' lists the commands\n",
            name[0] == '-' && !help ? "option" : "command", help ? argv[2] : name);
    return CLI_USAGE;
}

int main(int argc, char **argv)
{
    int status = dispatch(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "asl: cannot write to standard output: %s\n", strerror(errno));
        return status == CLI_OK ? CLI_TROUBLE : status;
    }
    return status;
}
