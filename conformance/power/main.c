/* SPDX-License-Identifier: Apache-2.0
 *
 * power [--seed S] [--images N] [--image K] [--jobs J] [--no-sync] [--save FILE | --log FILE]
 *       [--list-failures]
 *
 * Records the workload, or reads what was recorded, and judges N images, of which a seed and a
 * number say all. Threads make each recording another: keep it with --save to see an image again
 * with --log FILE --seed S --image K. Exit status: 1 when an image is guilty, 2 for trouble.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conformance/power/power.h"
#include "conformance/power/workload.h"

struct task {
    struct power_options options;
    bool list;
    int no_sync;
    const char *save, *log;
};

static void on_guilty(void *arg, size_t image, const char *text)
{
    struct task *task = arg;
    if (task->list)
        printf("image %zu: %s\n", image, text);
}

static bool read_options(int argc, char **argv, struct task *task)
{
    static const struct option known[] = {
        {"seed", 1, NULL, 's'}, {"images", 1, NULL, 'n'},        {"image", 1, NULL, 'i'},
        {"jobs", 1, NULL, 'j'}, {"no-sync", 0, NULL, 'x'},       {"save", 1, NULL, 'o'},
        {"log", 1, NULL, 'l'},  {"list-failures", 0, NULL, 'v'}, {0},
    };
    int c;
    while ((c = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (c == 's')
            task->options.seed = strtoull(optarg, NULL, 0);
        else if (c == 'n')
            task->options.images = strtoull(optarg, NULL, 10);
        else if (c == 'i')
            task->options.first = strtoull(optarg, NULL, 10), task->options.images = 1;
        else if (c == 'j')
            task->options.jobs = (unsigned)strtoul(optarg, NULL, 10);
        else if (c == 'x')
            task->no_sync = 1;
        else if (c == 'o')
            task->save = optarg;
        else if (c == 'l')
            task->log = optarg;
        else if (c == 'v')
            task->list = true;
        else
            return false;
    }
    return optind == argc;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    struct task task = {.options = {.seed = 1, .images = 1000, .guilty = on_guilty}};
    struct power_log log = {0};
    task.options.arg = &task;
    if (!read_options(argc, argv, &task)) {
        fprintf(stderr, "usage: see the head of conformance/power/main.c\n");
        return 2;
    }
    /* Memory is a good disk here: what it would flush is drawn, not asked. */
    if (!access("/dev/shm", W_OK))
        setenv("TMPDIR", "/dev/shm", 0);
    bool good = task.log ? power_log_load(&log, task.log)
                         : power_workload(&log, task.options.seed, task.no_sync);
    if (!good || (task.save && !power_log_save(&log, task.save))) {
        fprintf(stderr, "there is no recording\n");
        return 2;
    }
    double begin = seconds();
    size_t guilty = power_judge(&log, &task.options);
    printf("%zu images of %zu records, seed %" PRIu64 ": %zu guilty, in %.1f s\n",
           task.options.images, log.count, task.options.seed, guilty, seconds() - begin);
    power_log_free(&log);
    return guilty ? 1 : 0;
}
