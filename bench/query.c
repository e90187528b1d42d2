/* SPDX-License-Identifier: Apache-2.0
 *
 * What a query costs: each case of jsonata-cases.json and jsonpath-cases.json in a folder of
 * oracles, compiled only, evaluated only, and both. Results are compared with what the case
 * expects.
 *
 * query FOLDER SECONDS
 */
#include <asl/jsonata.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "engine/base/json.h"
#include "engine/query/env.h"
#include "engine/query/path.h"

/* One language: a compiled query is a pointer. Whatever fails ends the program. */
struct language {
    void *(*compile)(const char *text);
    json_t *(*eval)(void *query, const json_t *input); /* NULL: nothing */
    void (*free)(void *query);
};

static void *compile_jsonata(const char *text)
{
    asl_jsonata *expr;
    asl_jsonata_error error;
    if (asl_jsonata_compile(text, (size_t)-1, NULL, &expr, &error))
        bench_die("%s: %s", text, error.message);
    return expr;
}

static json_t *eval_jsonata(void *query, const json_t *value)
{
    asl_jsonata_input input = {.size = sizeof input, .value = value};
    asl_jsonata_result result;
    asl_jsonata_error error;
    if (asl_jsonata_eval(query, &input, &result, &error))
        bench_die("%s", error.message);
    return result.value;
}

static void free_jsonata(void *query)
{
    asl_jsonata_free(query);
}

static void *compile_path(const char *text)
{
    struct asli_path *path;
    asl_error error = {0};
    if (asli_path_compile(text, &path, &error))
        bench_die("%s", error.text);
    return path;
}

static json_t *eval_path(void *query, const json_t *input)
{
    struct asli_env env = {.input = input};
    json_t *value;
    asl_error error = {0};
    if (asli_path_eval(query, &env, ASLI_PATH_STRICT, &value, NULL, &error))
        bench_die("%s: %s", asli_path_text(query), error.text);
    return value;
}

static void free_path(void *query)
{
    asli_path_free(query);
}

static const struct language jsonata = {compile_jsonata, eval_jsonata, free_jsonata};
static const struct language jsonpath = {compile_path, eval_path, free_path};

struct work {
    const struct language *language;
    const char *text;
    const json_t *input;
    void *ready; /* compiled */
};

static void do_compile(const struct work *work)
{
    work->language->free(work->language->compile(work->text));
}

static void do_eval(const struct work *work)
{
    json_decref(work->language->eval(work->ready, work->input));
}

static void do_both(const struct work *work)
{
    void *query = work->language->compile(work->text);
    json_decref(work->language->eval(query, work->input));
    work->language->free(query);
}

enum {
    AT_ONCE = 16
}; /* calls for one look at the clock, which costs as much as a small one */

/* Microseconds of one call: the best of five slices, which others on the machine disturb least. */
static double cost(void (*act)(const struct work *), const struct work *work,
                   double seconds)
{
    double best = INFINITY;
    for (int slice = 0; slice < 5; slice++) {
        long count = 0;
        double began = bench_now(), took;
        do {
            for (int i = 0; i < AT_ONCE; i++)
                act(work);
            count += AT_ONCE;
        } while ((took = bench_now() - began) < seconds / 5);
        best = fmin(best, took / (double)count);
    }
    return 1e6 * best;
}

static void measure(const char *prefix, const char *name, struct work *work,
                    double seconds)
{
    char full[128];
    snprintf(full, sizeof full, "%s.%s", prefix, name);
    work->ready = work->language->compile(work->text);
    bench_print(full, "compile us", cost(do_compile, work, seconds));
    bench_print(full, "eval us", cost(do_eval, work, seconds));
    bench_print(full, "both us", cost(do_both, work, seconds));
    work->language->free(work->ready);
}

static json_t *load(const char *folder, const char *name)
{
    char path[4096];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    json_t *value = json_load_file(path, 0, &error);
    if (!value)
        bench_die("%s:%d: %s", path, error.line, error.text);
    return value;
}

static void check(const struct work *work, const char *name, const json_t *expect)
{
    void *query = work->language->compile(work->text);
    json_t *value = work->language->eval(query, work->input);
    /* The cases write null where there is nothing. */
    if (value ? !asli_json_equal(value, expect) : !json_is_null(expect))
        bench_die("%s gives another result than is expected", name);
    json_decref(value);
    work->language->free(query);
}

static void run_jsonata(const char *folder, double seconds)
{
    json_t *all = load(folder, "jsonata-cases.json"), *c;
    json_t *inputs = json_object_get(all, "inputs");
    size_t i;
    json_array_foreach(json_object_get(all, "cases"), i, c)
    {
        const char *name = json_string_value(json_object_get(c, "name"));
        const char *input = json_string_value(json_object_get(c, "input"));
        struct work work = {&jsonata, json_string_value(json_object_get(c, "expr")),
                            json_object_get(inputs, input), NULL};
        check(&work, name, json_object_get(c, "expect"));
        measure("jsonata", name, &work, seconds);
    }
    json_decref(all);
}

static void run_jsonpath(const char *folder, double seconds)
{
    json_t *all = load(folder, "jsonpath-cases.json"), *c;
    json_t *input = load(folder, "data/doc100k.json");
    size_t i;
    json_array_foreach(json_object_get(all, "cases"), i, c)
    {
        const char *name = json_string_value(json_object_get(c, "name"));
        json_int_t count = json_integer_value(json_object_get(c, "count"));
        struct work work = {&jsonpath, json_string_value(json_object_get(c, "path")),
                            input, NULL};
        work.ready = compile_path(work.text);
        json_t *value = eval_path(work.ready, input);
        if (asli_path_is_definite(work.ready)
                ? count != 1
                : count >= 0 && json_array_size(value) != (size_t)count)
            bench_die("%s gives another number of results than is expected", name);
        json_decref(value);
        free_path(work.ready);
        measure("jsonpath", name, &work, seconds);
    }
    json_decref(input);
    json_decref(all);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        bench_die("usage: query FOLDER SECONDS");
    double seconds = strtod(argv[2], NULL);
    run_jsonata(argv[1], seconds);
    run_jsonpath(argv[1], seconds);
    return 0;
}
