/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts allocations and copies. With BENCH_COUNT the program is linked to the static library with
 * --wrap=malloc, --wrap=memcpy and so on, which catches the calls of libasl, and jansson is given the same
 * functions for allocations; not counted are LMDB's pages, the C library's own, and copies of a fixed few
 * bytes, which the compiler makes instructions. Without it: nothing to count.
 */
#include "bench/bench.h"

#ifdef BENCH_COUNT

#include <stdatomic.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__real_memcpy(void *to, const void *from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void free(void *block);

/* The process has one heap and one memory, and these are their counters. */
static atomic_ulong calls, copies, copied;

void *__wrap_malloc(size_t size)
{
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
    return __real_realloc(block, size);
}

static void count_copy(size_t size)
{
    atomic_fetch_add_explicit(&copies, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&copied, size, memory_order_relaxed);
}

void *__wrap_memcpy(void *to, const void *from, size_t size)
{
    count_copy(size);
    return __real_memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size)
{
    count_copy(size);
    return __real_memmove(to, from, size);
}

__attribute__((constructor)) static void count_jansson(void)
{
    json_set_alloc_funcs(__wrap_malloc, free);
}

struct bench_count bench_count(void)
{
    return (struct bench_count){atomic_load(&calls), atomic_load(&copies),
                                atomic_load(&copied)};
}

#else

struct bench_count bench_count(void)
{
    return (struct bench_count){0, 0, 0};
}

#endif

void bench_print_count(const char *name, const struct bench_count *before, double steps)
{
    struct bench_count now = bench_count();
    if (!now.allocations)
        return;
    bench_print(name, "allocations",
                (double)(now.allocations - before->allocations) / steps);
    bench_print(name, "copies", (double)(now.copies - before->copies) / steps);
    bench_print(name, "copied bytes", (double)(now.copied - before->copied) / steps);
}
