/* SPDX-License-Identifier: Apache-2.0
 *
 * java.util.Random, bit for bit: what AWS draws from a seed.
 */
#ifndef ASLI_BASE_JAVA_RANDOM_H
#define ASLI_BASE_JAVA_RANDOM_H

#include <stdint.h>

struct asli_java_random {
    uint64_t state;
};

struct asli_java_random asli_java_random(int64_t seed);
/* nextInt(start, end), start < end, both in the range of 32 bits (end may be just behind it). */
int64_t asli_java_random_between(struct asli_java_random *random, int64_t start,
                                 int64_t end);
double asli_java_random_double(struct asli_java_random *random); /* in [0, 1) */

#endif
