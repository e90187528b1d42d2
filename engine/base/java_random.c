/* SPDX-License-Identifier: Apache-2.0
 *
 * java.util.Random: 48 bits of linear congruence, of which the upper ones are given out.
 */
#include "engine/base/java_random.h"

#define MULTIPLIER 0x5DEECE66DULL
#define MASK ((1ULL << 48) - 1)

static uint32_t next(struct asli_java_random *random, int bits)
{
    random->state = (random->state * MULTIPLIER + 0xB) & MASK;
    return (uint32_t)(random->state >> (48 - bits));
}

struct asli_java_random asli_java_random(int64_t seed)
{
    return (struct asli_java_random){((uint64_t)seed ^ MULTIPLIER) & MASK};
}

/* nextInt(bound) for 0 < bound <= INT32_MAX */
static int32_t next_below(struct asli_java_random *random, int32_t bound)
{
    int32_t r = (int32_t)next(random, 31), m = bound - 1;
    if (!(bound & m))
        return (int32_t)(((int64_t)bound * r) >> 31);
    for (int32_t u = r; (int64_t)u - (r = u % bound) + m > INT32_MAX;)
        u = (int32_t)next(random, 31);
    return r;
}

int64_t asli_java_random_between(struct asli_java_random *random, int64_t start,
                                 int64_t end)
{
    if (end - start <= INT32_MAX)
        return start + next_below(random, (int32_t)(end - start));
    for (;;) {
        int64_t value = (int32_t)next(random, 32);
        if (value >= start && value < end)
            return value;
    }
}

double asli_java_random_double(struct asli_java_random *random)
{
    uint64_t high = next(random, 26);
    return (double)(high << 27 | next(random, 27)) * 0x1p-53;
}
