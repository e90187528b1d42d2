/* SPDX-License-Identifier: Apache-2.0
 *
 * asl torture: kills a process that runs state machines, over and over, and judges what is left.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "torture/torture.h"

enum { DEFAULT_MINUTES = 1 };

/* A signal handler has no other way to be heard. */
static volatile int interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

struct told {
    const struct cli_args *args;
    bool progress;
};

static void on_say(void *arg, bool failure, const char *text)
{
    const struct told *told = arg;
    if (failure || told->progress)
        cli_say(told->args, "%s", text);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000) + t.tv_nsec / 1000000;
}

static int list_faults(void)
{
    for (int i = 0; i < TORTURE_FAULT_COUNT; i++)
        printf("%-8s %s\n", torture_fault_name(i), torture_fault_text(i));
    return CLI_OK;
}

/* What was asked for; one minute, a seed that nobody has chosen, all faults. */
static int read_options(const struct cli_args *args, struct torture_options *o)
{
    const char *list = args->value[CLI_FAULTS], *unknown;
    unsigned minutes = cli_number(args, CLI_MINUTES);
    o->kills = cli_number(args, CLI_KILLS);
    o->seed = cli_number(args, CLI_SEED);
    if (!o->seed)
        o->seed = (uint64_t)time(NULL) % 1000000000 + 1;
    if (!minutes && !o->kills)
        minutes = DEFAULT_MINUTES;
    if (minutes)
        o->end_ms = now_ms() + minutes * INT64_C(60000);
    o->faults = torture_all_faults();
    if (list && !(o->faults = torture_fault_set(list, &unknown)))
        return cli_usage(args, "--faults: '%.*s' is none; --list-faults tells them",
                         (int)strcspn(unknown, ","), unknown);
    return CLI_OK;
}

/* The directory of --keep, or one of our own. */
static char *make_dir(const struct cli_args *args)
{
    const char *keep = args->value[CLI_KEEP], *top = getenv("TMPDIR");
    char *dir =
        cli_must(keep ? asli_strdup(keep)
                      : asli_printf("%s/asl-torture-XXXXXX", top && *top ? top : "/tmp"));
    if (keep ? mkdir(dir, 0700) == 0 || errno == EEXIST : mkdtemp(dir) != NULL)
        return dir;
    cli_say(args, "cannot make %s: %s", dir, strerror(errno));
    asli_free(dir);
    return NULL;
}

static void report(const struct cli_args *args, const struct torture_options *o,
                   const struct torture_sum *sum)
{
    printf("%" PRIu64 " kills in %" PRIu64 " lives of %" PRIu64 " rounds, seeds %" PRIu64
           " to %" PRIu64 ": %" PRIu64 " executions, %" PRIu64
           " tasks given out, %" PRIu64 " events, %" PRIu64
           " histories read on the way, %.1f s; %s\n",
           sum->kills, sum->lives, sum->rounds, o->seed,
           o->seed + (sum->rounds ? sum->rounds - 1 : 0), sum->executions,
           sum->dispatches, sum->events, sum->reads, (double)sum->ms / 1000,
           sum->failed_rounds ? "FAILED" : "all as it should be");
    if (!sum->failed_rounds)
        return;
    cli_say(args,
            "%" PRIu64 " rounds failed; run the first again with --seed %" PRIu64
            " --kills 1%s%s",
            sum->failed_rounds, sum->failed_seed,
            args->value[CLI_FAULTS] ? " --faults " : "",
            args->value[CLI_FAULTS] ? args->value[CLI_FAULTS] : "");
}

static int run(const struct cli_args *args)
{
    struct torture_sum sum = {0};
    struct told told = {args, !args->value[CLI_NO_PROGRESS] &&
                                  (args->value[CLI_PROGRESS] || isatty(STDERR_FILENO))};
    struct torture_options o = {.say = on_say, .arg = &told, .stop = &interrupted};
    struct sigaction action = {.sa_handler = on_signal};
    if (args->value[CLI_LIST_FAULTS])
        return list_faults();
    int status = read_options(args, &o);
    if (status != CLI_OK)
        return status;
    char *dir = make_dir(args);
    if (!dir)
        return CLI_TROUBLE;
    o.dir = dir;
    o.keep = args->value[CLI_KEEP] != NULL;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (torture_run(&o, &sum) != 0)
        status = CLI_TROUBLE;
    else if (sum.failed_rounds)
        status = CLI_FAILED;
    report(args, &o, &sum);
    rmdir(dir); /* unless something was left in it */
    asli_free(dir);
    return status;
}

const struct cli_command cli_torture = {
    .name = "torture",
    .operands = "",
    .summary = "kill a process that runs workflows, over and over, and judge",
    .description =
        "Run generated state machines in a child process, kill it with SIGKILL at random "
        "moments and\n"
        "at chosen commits, start it again, with other faults in between, and judge in "
        "the end: all\n"
        "executions that were acknowledged are there and ended as an undisturbed run "
        "does, every\n"
        "history that was read is the beginning of the last one, each task counts once "
        "and none is\n"
        "given out after its completion was durable, timers are late only by the time in "
        "which nothing\n"
        "ran. Work comes in rounds of 24 executions and up to 30 kills; one that has "
        "begun is "
        "finished.\n"
        "A round that fails is left in a directory, which is told, and can be run again "
        "by its seed.\n",
    .example = "  asl torture --kills 10000 --seed 1\n",
    .options = CLI_HAS(MINUTES) | CLI_HAS(KILLS) | CLI_HAS(SEED) | CLI_HAS(FAULTS) |
               CLI_HAS(LIST_FAULTS) | CLI_HAS(KEEP) | CLI_HAS(PROGRESS) |
               CLI_HAS(NO_PROGRESS),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
