/* SPDX-License-Identifier: Apache-2.0
 *
 * How cost grows: each curve does the same work at rising sizes and prints the cost of one unit of
 * it, so that a straight line is a level one. In memory, in one thread, on virtual time.
 *
 * A point is the least of some repetitions: what other processes take of the machine only adds.
 */
#include "bench/bench.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1 << 30, REPETITIONS = 5 };

/* A text that grows; what it cannot hold ends the program. */
struct text {
    char *at;
    size_t len, room;
};

static void add(struct text *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct text *text, const char *format, ...)
{
    va_list args;
    if (text->room - text->len < 512) {
        text->room = text->room * 2 + 4096;
        text->at = realloc(text->at, text->room);
        if (!text->at)
            bench_die("out of memory");
    }
    va_start(args, format);
    int len = vsnprintf(text->at + text->len, text->room - text->len, format, args);
    va_end(args);
    if (len < 0 || (size_t)len >= text->room - text->len)
        bench_die("a text is too long");
    text->len += (size_t)len;
}

/* ------------------------------------------------------------------ running one execution */

static void on_ended(void *arg, const asl_result *result)
{
    bool *succeeded = arg;
    *succeeded = result->status == ASL_SUCCEEDED;
    if (!*succeeded)
        bench_die("%s: %s", result->error, result->cause);
}

/* Seconds of one execution, its start included. */
static double run(asl_machine *machine, const char *input)
{
    bool succeeded = false;
    asl_options options = {
        .size = sizeof options, .virtual_time = 1, .max_payload = LIMIT};
    asl_host_options host_options = {.size = sizeof host_options, .single_thread = 1};
    asl_start_options start = {
        .size = sizeof start, .arg = &succeeded, .ended = on_ended};
    asl_engine *engine;
    asl_host *host;
    asl_error error = {0};
    if (asl_engine_open(&options, &engine, &error) ||
        asl_host_new(engine, &host_options, &host, &error))
        bench_die("%s", error.text);
    double began = bench_cpu();
    if (asl_start(engine, machine, input, (size_t)-1, &start, NULL, &error) ||
        asl_host_run(host, ASL_UNTIL_ENDED, &error))
        bench_die("%s", error.text);
    if (!succeeded)
        bench_die("an execution has not ended");
    double seconds = bench_cpu() - began;
    asl_host_free(host);
    asl_engine_close(engine);
    return seconds;
}

static asl_machine *express(const char *definition)
{
    asl_machine_options options = {.size = sizeof options, .express = 1};
    asl_machine *machine;
    asl_error error = {0};
    if (asl_machine_load(definition, (size_t)-1, &options, &machine, NULL, &error))
        bench_die("%s", error.text);
    return machine;
}

static double run_once(const char *definition, const char *input, bool in_memory)
{
    asl_machine *machine = in_memory ? express(definition) : bench_machine(definition);
    double seconds = run(machine, input);
    asl_machine_unref(machine);
    return seconds;
}

/* ------------------------------------------------------------------ the curves */

static double map(long n, bool in_memory)
{
    struct text input = {0};
    add(&input, "[");
    for (long i = 0; i < n; i++)
        add(&input, "%s{\"i\":%ld}", i ? "," : "", i);
    add(&input, "]");
    double seconds = run_once(
        "{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\",\"End\":true,"
        "\"ItemProcessor\":"
        "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}}}}}",
        input.at, in_memory);
    free(input.at);
    return seconds;
}

/* The history of a Standard execution holds 25,000 events. */
static double map_items(long n)
{
    return map(n, false);
}

static double map_items_express(long n)
{
    return map(n, true);
}

static double branches(long n)
{
    struct text definition = {0};
    add(&definition,
        "{\"StartAt\":\"B\",\"States\":{\"B\":{\"Type\":\"Parallel\",\"End\":true,"
        "\"Branches\":[");
    for (long i = 0; i < n; i++)
        add(&definition,
            "%s{\"StartAt\":\"P%ld\",\"States\":{\"P%ld\":{\"Type\":\"Pass\",\"End\":"
            "true}}}",
            i ? "," : "", i, i);
    add(&definition, "]}}}");
    asl_machine *machine = bench_machine(definition.at);
    double seconds = run(machine, "{\"id\":\"o-1\"}");
    asl_machine_unref(machine);
    free(definition.at);
    return seconds;
}

/* Four events a round: two states entered and exited. */
static double history(long events)
{
    char definition[512];
    snprintf(
        definition, sizeof definition,
        "{\"StartAt\":\"Inc\",\"States\":{\"Inc\":{\"Type\":\"Pass\",\"Parameters\":"
        "{\"i.$\":\"States.MathAdd($.i, 1)\"},\"Next\":\"More\"},\"More\":{\"Type\":"
        "\"Choice\",\"Choices\":[{\"Variable\":\"$.i\",\"NumericLessThan\":%ld,\"Next\":"
        "\"Inc\"}],\"Default\":\"Done\"},\"Done\":{\"Type\":\"Succeed\"}}}",
        (events - 4) / 4);
    return run_once(definition, "{\"i\":0}", false);
}

static double definition_states(long n)
{
    struct text definition = {0};
    add(&definition, "{\"StartAt\":\"S0\",\"States\":{");
    for (long i = 0; i < n; i++) {
        add(&definition,
            "%s\"S%ld\":{\"Type\":\"Task\",\"Resource\":\"handler:step\",\"Parameters\":"
            "{\"id.$\":\"$.id\",\"n\":%ld},\"ResultPath\":\"$.last\",",
            i ? "," : "", i, i);
        if (i + 1 < n)
            add(&definition, "\"Next\":\"S%ld\"}", i + 1);
        else
            add(&definition, "\"End\":true}");
    }
    add(&definition, "}}");
    asl_machine_options options = {.size = sizeof options, .max_definition = LIMIT};
    asl_machine *machine;
    asl_error error = {0};
    double began = bench_cpu();
    if (asl_machine_load(definition.at, definition.len, &options, &machine, NULL, &error))
        bench_die("%s", error.text);
    double seconds = bench_cpu() - began;
    asl_machine_unref(machine);
    free(definition.at);
    return seconds;
}

static const struct curve {
    const char *name;
    double (*seconds)(long n);
    long sizes[8];
} curves[] = {
    {"item of a Map, Express", map_items_express, {10, 100, 1000, 10000, 40000}},
    {"item of a Map", map_items, {10, 100, 1000, 6000}},
    {"branch of a Parallel", branches, {2, 10, 100, 1000}},
    {"event of a history", history, {12, 100, 1000, 10000, 24996}},
    {"state of a definition", definition_states, {10, 100, 1000, 10000}},
};

static void measure(const struct curve *curve, double seconds)
{
    for (int i = 0; i < 8 && curve->sizes[i]; i++) {
        char metric[32];
        double least = 0, began = bench_now();
        for (int n = 0; n < REPETITIONS || bench_now() - began < seconds; n++) {
            double took = curve->seconds(curve->sizes[i]);
            least = n && least < took ? least : took;
        }
        snprintf(metric, sizeof metric, "%ld", curve->sizes[i]);
        bench_print(curve->name, metric, 1e6 * least / (double)curve->sizes[i]);
    }
}

void bench_curves(const char *name, double seconds)
{
    bool found = false;
    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++)
        if (!strcmp(name, "all") || !strcmp(name, curves[i].name)) {
            measure(&curves[i], seconds);
            found = true;
        }
    if (!found)
        bench_die("there is no curve '%s'", name);
}
