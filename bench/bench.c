/* SPDX-License-Identifier: Apache-2.0
 *
 * The helpers of bench.h. Whatever fails ends the program: half a measurement is none.
 */
#include "bench/bench.h"

#include <dirent.h>
#include <ftw.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

void bench_die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *bench_alloc(size_t size)
{
    void *block = calloc(1, size);
    if (!block)
        bench_die("out of memory");
    return block;
}

void bench_print(const char *name, const char *metric, double value)
{
    printf("%s\t%s\t%.6g\n", name, metric, value);
    fflush(stdout);
}

static double seconds_of(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

double bench_now(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_cpu(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_percentile(double *values, size_t count, double percent)
{
    qsort(values, count, sizeof *values, by_value);
    return values[(size_t)(percent / 100 * (double)(count - 1) + 0.5)];
}

/* ---- disk and memory ---- */

static double blocks_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : (double)st.st_blocks * 512;
}

static double files_of(const char *path)
{
    DIR *dir = opendir(path);
    double sum = 0;
    if (!dir)
        return blocks_of(path);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            sum += blocks_of(name);
    }
    closedir(dir);
    return sum;
}

/* Seventh number of the device's stat file: sectors of 512 bytes written. */
static double device_of(const char *path)
{
    struct stat st;
    char name[64];
    double written = NAN;
    if (stat(path, &st))
        return NAN;
    snprintf(name, sizeof name, "/sys/dev/block/%u:%u/stat", major(st.st_dev),
             minor(st.st_dev));
    FILE *file = fopen(name, "r");
    if (!file)
        return NAN;
    if (fscanf(file, "%*s %*s %*s %*s %*s %*s %lf", &written) != 1)
        written = NAN;
    fclose(file);
    return written * 512;
}

struct bench_disk bench_disk(const char *path)
{
    sync();
    return (struct bench_disk){files_of(path), device_of(path)};
}

double bench_memory(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double kib = 0;
    if (!file)
        bench_die("cannot read /proc/self/status");
    while (fgets(line, sizeof line, file))
        if (sscanf(line, "RssAnon: %lf kB", &kib) == 1)
            break;
    fclose(file);
    return kib * 1024;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

void bench_remove(const char *folder)
{
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}
