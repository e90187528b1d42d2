/* SPDX-License-Identifier: Apache-2.0
 *
 * The cases of cases.json, in memory: no store, no threads, so many in flight (one unless the case
 * says otherwise), for some seconds after some of warming up. peer.mjs runs the same file.
 *
 * A transition is a state entered; a Map counts itself and the states of its iterations.
 */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct run {
    asl_engine *engine;
    asl_host *host;
    asl_machine *machine;
    char *input;
    long ended;
    double until; /* no execution starts after */
};

static int echo(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

static void on_ended(void *arg, const asl_result *result);

static void start(struct run *run)
{
    asl_start_options options = {.size = sizeof options, .arg = run, .ended = on_ended};
    asl_error error = {0};
    if (asl_start(run->engine, run->machine, run->input, (size_t)-1, &options, NULL,
                  &error))
        bench_die("cannot start: %s", error.text);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct run *run = arg;
    if (result->status != ASL_SUCCEEDED)
        bench_die("%s: %s", result->error, result->cause);
    run->ended++;
    if (bench_now() < run->until)
        start(run);
}

static void open_engine(struct run *run)
{
    asl_host_options options = {.size = sizeof options, .single_thread = 1};
    asl_error error = {0};
    if (asl_engine_open(NULL, &run->engine, &error) ||
        asl_handler(run->engine, "echo", echo, NULL, ASL_HANDLER_INLINE, &error) ||
        asl_host_new(run->engine, &options, &run->host, &error))
        bench_die("%s", error.text);
}

static void close_engine(struct run *run)
{
    asl_host_free(run->host);
    asl_engine_close(run->engine);
}

/* Executions a second. */
static double rate(struct run *run, int in_flight, double seconds)
{
    asl_error error = {0};
    double began = bench_now();
    run->until = began + seconds;
    run->ended = 0;
    for (int i = 0; i < in_flight; i++)
        start(run);
    if (asl_host_run(run->host, ASL_UNTIL_ENDED, &error))
        bench_die("%s", error.text);
    return (double)run->ended / (bench_now() - began);
}

/* The input's text; "items": N stands for a list of N made here. */
static char *input_of(json_t *c)
{
    json_int_t count = json_integer_value(json_object_get(c, "items"));
    json_t *input = json_object_get(c, "input"), *items = json_array();
    char sku[32];
    for (json_int_t i = 0; i < count; i++) {
        snprintf(sku, sizeof sku, "a%d", (int)i);
        if (json_array_append_new(items, json_pack("{s:I,s:s}", "i", i, "sku", sku)))
            bench_die("out of memory");
    }
    if (count && json_object_set(input, "items", items))
        bench_die("out of memory");
    json_decref(items);
    return json_dumps(input, JSON_COMPACT);
}

static void run_case(const char *name, json_t *c, double seconds)
{
    struct run run = {.input = input_of(c)};
    char *definition = json_dumps(json_object_get(c, "definition"), JSON_COMPACT);
    int in_flight = (int)json_integer_value(json_object_get(c, "in_flight"));
    double transitions = (double)json_integer_value(json_object_get(c, "transitions"));
    if (!definition || !run.input)
        bench_die("out of memory");
    in_flight = in_flight ? in_flight : 1;
    run.machine = bench_machine(definition);
    open_engine(&run);
    rate(&run, in_flight, seconds / 2);
    struct bench_count counted = bench_count();
    double cpu = bench_cpu();
    bench_print(name, "transitions/s", transitions * rate(&run, in_flight, seconds));
    cpu = bench_cpu() - cpu;
    bench_print(name, "cpu us", 1e6 * cpu / ((double)run.ended * transitions));
    bench_print_count(name, &counted, (double)run.ended * transitions);
    close_engine(&run);
    asl_machine_unref(run.machine);
    free(definition);
    free(run.input);
}

void bench_memory_case(const char *cases_file, const char *name, double seconds)
{
    json_error_t error;
    json_t *cases = json_load_file(cases_file, 0, &error), *c;
    const char *key;
    int found = 0;
    if (!cases)
        bench_die("%s:%d: %s", cases_file, error.line, error.text);
    json_object_foreach(cases, key, c)
    {
        if (strcmp(name, "all") != 0 && strcmp(name, key) != 0)
            continue;
        run_case(key, c, seconds);
        found = 1;
    }
    if (!found)
        bench_die("%s has no case '%s'", cases_file, name);
    json_decref(cases);
}
