/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers that plans, machines and power cuts are made of: SplitMix64, so that a seed means the
 * same everywhere and for ever.
 */
#ifndef TORTURE_RANDOM_H
#define TORTURE_RANDOM_H

#include <stdint.h>

static inline uint64_t torture_next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/* 0 <= number < end */
static inline unsigned torture_below(uint64_t *state, unsigned end)
{
    return (unsigned)(torture_next(state) % end);
}

/* The state for one thing among many: for the nth machine of a round, say. */
static inline uint64_t torture_random_of(uint64_t seed, uint64_t kind, uint64_t nth)
{
    uint64_t state = seed;
    state = torture_next(&state) ^ kind << 56;
    state = torture_next(&state) + nth;
    torture_next(&state);
    return state;
}

#endif
