/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts allocations. With BENCH_COUNT the program is linked to the static library with
 * --wrap=malloc and so on, which catches the calls of libasl, and jansson is given the same
 * functions; LMDB's pages and the C library's own are not counted. Without it: nothing to count.
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
void free(void *block);

static atomic_ulong calls; /* the process has one heap, and this is its counter */

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

__attribute__((constructor)) static void count_jansson(void)
{
    json_set_alloc_funcs(__wrap_malloc, free);
}

unsigned long bench_allocations(void)
{
    return atomic_load(&calls);
}

#else

unsigned long bench_allocations(void)
{
    return 0;
}

#endif
