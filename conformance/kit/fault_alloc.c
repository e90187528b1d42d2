/* SPDX-License-Identifier: Apache-2.0
 *
 * The linker sends calls of malloc, calloc and realloc to __wrap_ functions (--wrap), which count
 * and then go to the real ones, so blocks may be freed by the ordinary free.
 *
 * Invariant: unarmed, nothing is counted and nothing fails.
 */
#include "conformance/kit/fault_alloc.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static atomic_bool armed, paused, for_ever, failed;
static atomic_ulong victim, seen, bytes;

static bool fails(size_t size)
{
    if (!atomic_load(&armed) || atomic_load(&paused))
        return false;
    atomic_fetch_add(&bytes, size);
    unsigned long number = atomic_fetch_add(&seen, 1) + 1, n = atomic_load(&victim);
    if (!n || (atomic_load(&for_ever) ? number < n : number != n))
        return false;
    atomic_store(&failed, true);
    return true;
}

void *__wrap_malloc(size_t size)
{
    return fails(size) ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails(count * size) ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails(size) ? NULL : __real_realloc(block, size);
}

static void arm(unsigned long n, bool from)
{
    atomic_store(&armed, false);
    json_set_alloc_funcs(__wrap_malloc,
                         free); /* both kinds of blocks are free's: any time */
    atomic_store(&victim, n);
    atomic_store(&for_ever, from);
    atomic_store(&seen, 0);
    atomic_store(&bytes, 0);
    atomic_store(&failed, false);
    atomic_store(&armed, true);
}

void fault_alloc_arm(unsigned long n)
{
    arm(n, false);
}

void fault_alloc_arm_from(unsigned long n)
{
    arm(n, true);
}

bool fault_alloc_disarm(void)
{
    atomic_store(&armed, false);
    return atomic_load(&failed);
}

void fault_alloc_pause(void)
{
    atomic_store(&paused, true);
}

void fault_alloc_resume(void)
{
    atomic_store(&paused, false);
}

unsigned long fault_alloc_count(void)
{
    return atomic_load(&seen);
}

unsigned long fault_alloc_bytes(void)
{
    return atomic_load(&bytes);
}
