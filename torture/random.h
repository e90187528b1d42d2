/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers that plans and machines are made of: SplitMix64, so that a seed means the same
 * everywhere and for ever.
 */
#ifndef TORTURE_RANDOM_H
#define TORTURE_RANDOM_H

#include <stdint.h>

struct torture_random {
    uint64_t state;
};

static inline uint64_t torture_next(struct torture_random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 <= number < end */
static inline unsigned torture_below(struct torture_random *random, unsigned end)
{
    return (unsigned)(torture_next(random) % end);
}

/* The numbers of one thing among many: of the nth machine of a round, say. */
static inline struct torture_random torture_random_of(uint64_t seed, uint64_t kind,
                                                      uint64_t nth)
{
    struct torture_random random = {seed};
    random.state = torture_next(&random) ^ kind << 56;
    random.state = torture_next(&random) + nth;
    torture_next(&random);
    return random;
}

#endif
