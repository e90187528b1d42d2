/* SPDX-License-Identifier: Apache-2.0
 *
 * Durable Task steps: executions of ten Task states with an inline C handler, on LMDB, so many in
 * flight: when one ends the next is started. floor.c does the same work with no engine.
 *
 * What is timed begins with the first start and ends when the last end is durable.
 */
#include "bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct slot {
    struct run *run;
    double began;
};

struct run {
    asl_engine *engine;
    asl_machine *machine;
    struct slot *slots;
    long executions, started, ended;
    long results;
    double *latencies; /* seconds, of each execution that ended */
};

static int answer(asl_task *task, void *arg)
{
    struct run *run = arg;
    char text[128];
    long n = run->results++;
    int len = snprintf(text, sizeof text, BENCH_RESULT, (int)(n % BENCH_STEPS), n);
    return asl_task_succeed_text(task, text, (size_t)len, NULL);
}

static void on_ended(void *arg, const asl_result *result);

static void start(struct slot *slot)
{
    struct run *run = slot->run;
    asl_start_options options = {.size = sizeof options, .arg = slot, .ended = on_ended};
    asl_error error = {0};
    if (run->started == run->executions)
        return;
    run->started++;
    slot->began = bench_now();
    if (asl_start(run->engine, run->machine, BENCH_INPUT, (size_t)-1, &options, NULL,
                  &error))
        bench_die("cannot start: %s", error.text);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct slot *slot = arg;
    struct run *run = slot->run;
    if (result->status != ASL_SUCCEEDED)
        bench_die("%s: %s", result->error, result->cause);
    run->latencies[run->ended++] = bench_now() - slot->began;
    start(slot);
}

/* S0 -> S1 -> ...: each puts its result beside the order. */
static asl_machine *chain(void)
{
    char text[4096];
    size_t at = (size_t)snprintf(text, sizeof text, "{\"StartAt\":\"S0\",\"States\":{");
    for (int i = 0; i < BENCH_STEPS; i++) {
        at += (size_t)snprintf(text + at, sizeof text - at,
                               "%s\"S%d\":{\"Type\":\"Task\",\"Resource\":"
                               "\"handler:step\",\"ResultPath\":\"$.last\",",
                               i ? "," : "", i);
        at += i + 1 < BENCH_STEPS
                  ? (size_t)snprintf(text + at, sizeof text - at, "\"Next\":\"S%d\"}",
                                     i + 1)
                  : (size_t)snprintf(text + at, sizeof text - at, "\"End\":true}");
    }
    snprintf(text + at, sizeof text - at, "}}");
    return bench_machine(text);
}

static void report(const struct run *run, int in_flight, double seconds, double cpu,
                   const struct bench_disk *before, const struct bench_disk *after,
                   const struct bench_count *counted)
{
    double steps = (double)run->executions * BENCH_STEPS;
    char name[32];
    snprintf(name, sizeof name, "durable %d", in_flight);
    bench_print(name, "steps/s", steps / seconds);
    bench_print(name, "p50 ms",
                1e3 * bench_percentile(run->latencies, (size_t)run->ended, 50));
    bench_print(name, "p99 ms",
                1e3 * bench_percentile(run->latencies, (size_t)run->ended, 99));
    bench_print(name, "cpu us", 1e6 * cpu / steps);
    bench_print(name, "file B", (after->files - before->files) / steps);
    if (!isnan(after->device))
        bench_print(name, "device B", (after->device - before->device) / steps);
    bench_print_count(name, counted, steps);
}

static void measure(struct run *run, const char *folder, int in_flight)
{
    asl_host_options options = {.size = sizeof options};
    asl_host *host;
    asl_error error = {0};
    if (asl_host_new(run->engine, &options, &host, &error))
        bench_die("%s", error.text);
    struct bench_disk before = bench_disk(folder);
    double began = bench_now(), cpu = bench_cpu();
    struct bench_count counted = bench_count();
    for (int i = 0; i < in_flight; i++) {
        run->slots[i].run = run;
        start(&run->slots[i]);
    }
    if (asl_host_run(host, ASL_UNTIL_ENDED, &error))
        bench_die("%s", error.text);
    began = bench_now() - began;
    cpu = bench_cpu() - cpu;
    struct bench_disk after = bench_disk(folder);
    if (run->ended != run->executions)
        bench_die("%ld of %ld executions ended", run->ended, run->executions);
    report(run, in_flight, began, cpu, &before, &after, &counted);
    asl_host_free(host);
}

void bench_durable(const char *folder, int in_flight, long executions)
{
    struct run run = {.executions = executions};
    asl_options options = {.size = sizeof options};
    asl_error error = {0};
    bench_remove(folder);
    if (asl_store_lmdb(folder, NULL, &options.store, &error) ||
        asl_engine_open(&options, &run.engine, &error) ||
        asl_handler(run.engine, "step", answer, &run, ASL_HANDLER_INLINE, &error))
        bench_die("%s", error.text);
    run.machine = chain();
    run.slots = bench_alloc((size_t)in_flight * sizeof *run.slots);
    run.latencies = bench_alloc((size_t)executions * sizeof *run.latencies);
    measure(&run, folder, in_flight);
    asl_machine_unref(run.machine);
    asl_engine_close(run.engine);
    asl_store_free(options.store);
    bench_remove(folder);
    free(run.slots);
    free(run.latencies);
}
