/* SPDX-License-Identifier: Apache-2.0
 *
 * A distributed Map: a CSV file of so many rows, a child execution with one Pass state for each,
 * the results written as objects; on LMDB. What is timed begins with the start and ends when the
 * end is durable.
 */
#include "bench/bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>

#include <asl/objects.h>

struct run {
    asl_engine *engine;
    bool succeeded;
};

static void on_ended(void *arg, const asl_result *result)
{
    struct run *run = arg;
    if (result->status != ASL_SUCCEEDED)
        bench_die("%s: %s: %s", result->name, result->error, result->cause);
    run->succeeded = true;
}

/* FOLDER/objects/in/rows.csv, and FOLDER/objects/out. */
static void make_objects(const char *folder, char *objects, size_t size, long rows)
{
    static const char *const below[] = {"", "/in", "/out"};
    char path[4096];
    mkdir(folder, 0777);
    snprintf(objects, size, "%s/objects", folder);
    for (size_t i = 0; i < sizeof below / sizeof *below; i++) {
        snprintf(path, sizeof path, "%s%s", objects, below[i]);
        mkdir(path, 0777);
    }
    snprintf(path, sizeof path, "%s/in/rows.csv", objects);
    FILE *file = fopen(path, "w");
    if (!file)
        bench_die("cannot write %s", path);
    fputs("id,customer,tier,total\n", file);
    for (long i = 0; i < rows; i++)
        fprintf(file, "ord-2024-%06ld,c-%ld,gold,%ld.50\n", i, i % 977, i % 100);
    fclose(file);
}

static void open_engine(struct run *run, const char *folder, const char *objects_dir,
                        asl_store **ret_store)
{
    char path[4096];
    asl_options options = {.size = sizeof options, .arg = run, .ended = on_ended};
    asl_objects *objects;
    asl_error error = {0};
    snprintf(path, sizeof path, "%s/store", folder);
    if (asl_store_lmdb(path, NULL, &options.store, &error) ||
        asl_engine_open(&options, &run->engine, &error) ||
        asl_objects_dir(objects_dir, &objects, &error))
        bench_die("%s", error.text);
    asl_engine_set_objects(run->engine, objects);
    *ret_store = options.store;
}

static void run_map(struct run *run)
{
    asl_machine *machine = bench_machine(
        "{\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":\"Map\",\"End\":true,"
        "\"ItemReader\":{\"Resource\":\"arn:aws:states:::s3:getObject\",\"ReaderConfig\":"
        "{\"InputType\":\"CSV\",\"CSVHeaderLocation\":\"FIRST_ROW\"},\"Parameters\":"
        "{\"Bucket\":\"in\",\"Key\":\"rows.csv\"}},\"ItemProcessor\":{"
        "\"ProcessorConfig\":"
        "{\"Mode\":\"DISTRIBUTED\",\"ExecutionType\":\"STANDARD\"},\"StartAt\":\"P\","
        "\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}},\"ResultWriter\":"
        "{\"Resource\":\"arn:aws:states:::s3:putObject\",\"Parameters\":"
        "{\"Bucket\":\"out\",\"Prefix\":\"results\"}}}}}");
    asl_host *host;
    asl_error error = {0};
    if (asl_host_new(run->engine, NULL, &host, &error) ||
        asl_start(run->engine, machine, NULL, 0, NULL, NULL, &error) ||
        asl_host_run(host, ASL_UNTIL_ENDED, &error))
        bench_die("%s", error.text);
    if (!run->succeeded)
        bench_die("the Map has not ended");
    asl_host_free(host);
    asl_machine_unref(machine);
}

void bench_map(const char *folder, long items)
{
    struct run run = {.succeeded = false};
    char objects[4000], store_dir[4096];
    asl_store *store;
    bench_remove(folder);
    make_objects(folder, objects, sizeof objects, items);
    open_engine(&run, folder, objects, &store);
    snprintf(store_dir, sizeof store_dir, "%s/store", folder);
    double files = bench_disk(store_dir).files, before = bench_memory();
    double began = bench_now(), cpu = bench_cpu();
    run_map(&run);
    began = bench_now() - began;
    cpu = bench_cpu() - cpu;
    bench_print("map run", "items/s", (double)items / began);
    bench_print("map run", "cpu us", 1e6 * cpu / (double)items);
    bench_print("map run", "file B",
                (bench_disk(store_dir).files - files) / (double)items);
    bench_print("map run", "memory MiB", (bench_memory() - before) / (1 << 20));
    asl_engine_close(run.engine);
    asl_store_free(store);
    bench_remove(folder);
}
