/* SPDX-License-Identifier: Apache-2.0
 *
 * Parked executions: so many that wait for a year. How fast they are created durably, what each
 * costs in memory and on disk, how long the next process takes until it is ready, and how fast they
 * go on, durably, when the year is over for all of them.
 *
 * 4,096 starts are queued at a time, as from a caller who waits for the answers.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <time.h>

enum { QUEUED = 4096 };

struct run {
    asl_engine *engine;
    asl_machine *machine;
    long executions, queued, started;
};

static void on_started(void *arg, int code, const char *arn);

static void start(struct run *run)
{
    asl_start_options options = {
        .size = sizeof options, .arg = run, .started = on_started};
    asl_error error = {0};
    if (run->queued == run->executions)
        return;
    run->queued++;
    if (asl_start(run->engine, run->machine, BENCH_INPUT, (size_t)-1, &options, NULL,
                  &error))
        bench_die("cannot start: %s", error.text);
}

static void on_started(void *arg, int code, const char *arn)
{
    struct run *run = arg;
    if (code)
        bench_die("%s was not started: %s", arn, asl_code_text(code));
    run->started++;
    start(run);
}

static void drive(asl_engine *engine, int64_t (*now)(void *arg), enum asl_run_until until)
{
    asl_host_options options = {.size = sizeof options, .now = now};
    asl_host *host;
    asl_error error = {0};
    if (asl_host_new(engine, &options, &host, &error) ||
        asl_host_run(host, until, &error))
        bench_die("%s", error.text);
    asl_host_free(host);
}

static void create(struct run *run, const char *folder)
{
    struct bench_disk before = bench_disk(folder);
    double memory = bench_memory(), began = bench_now();
    double n = (double)run->executions;
    for (int i = 0; i < QUEUED; i++)
        start(run);
    drive(run->engine, NULL, ASL_UNTIL_NOW);
    if (run->started != run->executions)
        bench_die("%ld of %ld executions started", run->started, run->executions);
    bench_print("parked", "created/s", n / (bench_now() - began));
    bench_print("parked", "memory B", (bench_memory() - memory) / n);
    bench_print("parked", "file B", (bench_disk(folder).files - before.files) / n);
}

static int64_t two_years_on(void *arg)
{
    (void)arg;
    return ((int64_t)time(NULL) + 2 * 31536000) * 1000;
}

static void on_ended(void *arg, const asl_result *result)
{
    long *ended = arg;
    *ended += result->status == ASL_SUCCEEDED;
}

/* Opened and driven until nothing is due: what a restart costs. Then all is due. */
static void reopen(const char *folder, long executions)
{
    long ended = 0;
    asl_options options = {.size = sizeof options, .arg = &ended, .ended = on_ended};
    asl_engine *engine;
    asl_error error = {0};
    double began = bench_now();
    if (asl_store_lmdb(folder, NULL, &options.store, &error) ||
        asl_engine_open(&options, &engine, &error))
        bench_die("%s", error.text);
    drive(engine, NULL, ASL_UNTIL_NOW);
    bench_print("parked", "restart ms", 1e3 * (bench_now() - began));
    began = bench_now();
    drive(engine, two_years_on, ASL_UNTIL_ENDED);
    if (ended != executions)
        bench_die("%ld of %ld executions ended", ended, executions);
    bench_print("parked", "resumed/s", (double)executions / (bench_now() - began));
    asl_engine_close(engine);
    asl_store_free(options.store);
}

void bench_parked(const char *folder, long executions)
{
    struct run run = {.executions = executions};
    asl_options options = {.size = sizeof options};
    asl_error error = {0};
    bench_remove(folder);
    if (asl_store_lmdb(folder, NULL, &options.store, &error) ||
        asl_engine_open(&options, &run.engine, &error))
        bench_die("%s", error.text);
    run.machine = bench_machine("{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":\"Wait\","
                                "\"Seconds\":31536000,\"End\":true}}}");
    create(&run, folder);
    asl_machine_unref(run.machine);
    asl_engine_close(run.engine);
    asl_store_free(options.store);
    reopen(folder, executions);
    bench_remove(folder);
}
