/* SPDX-License-Identifier: Apache-2.0
 *
 * What the programs of the benchmark share: clocks, percentiles, what was written to the disk, and
 * the one form of a result, a line "CASE<TAB>METRIC<TAB>VALUE" on stdout that bench/run collects.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <asl.h>

/* The work of a durable case: both programs do executions of so many steps. */
enum { BENCH_STEPS = 10 };
#define BENCH_INPUT                                                                      \
    "{\"orderId\":\"ord-2024-123456\",\"customer\":{\"id\":\"c-77\",\"tier\":\"gold\"}," \
    "\"total\":39}"
#define BENCH_RESULT "{\"step\":%d,\"orderId\":\"o%ld\",\"ok\":true,\"at\":1715937851}"

/* Ends the program with a line on stderr. */
_Noreturn void bench_die(const char *format, ...) __attribute__((format(printf, 1, 2)));
void *bench_alloc(size_t size); /* zeroed; ends the program when there is none */

void bench_print(const char *name, const char *metric, double value);

double bench_now(void); /* seconds, monotonic */
double bench_cpu(void); /* seconds of all threads of this process */

/* Sorts `values`; percent from 0 to 100. */
double bench_percentile(double *values, size_t count, double percent);

/* What was written below `path` (a file or a folder): blocks of its files, and bytes that went to
 * its block device, from any process; the device's are NAN where the system does not tell. */
struct bench_disk {
    double files, device;
};
struct bench_disk bench_disk(const char *path);

/* Memory of this process that is no file's, in bytes. */
double bench_memory(void);

/* Removes a folder with all below it, if it is there. */
void bench_remove(const char *folder);

/* Calls by libasl (of allocations: and by jansson) so far; 0 in a program that does not count. */
struct bench_count {
    unsigned long allocations;    /* malloc, calloc and realloc */
    unsigned long copies, copied; /* memcpy and memmove; bytes */
};
struct bench_count bench_count(void);
/* What has come since, for each of `steps`; nothing in a program that does not count. */
void bench_print_count(const char *name, const struct bench_count *before, double steps);

/* ---- the engine's cases ---- */

void bench_durable(const char *folder, int in_flight, long executions);
void bench_memory_case(const char *cases_file, const char *name, double seconds);
void bench_parked(const char *folder, long executions);
void bench_map(const char *folder, long items);
void bench_curves(const char *name, double seconds);

/* A machine of this definition, or the end of the program. */
asl_machine *bench_machine(const char *definition);

#endif
