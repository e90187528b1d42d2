/* SPDX-License-Identifier: Apache-2.0
 *
 * Power cuts: from what was recorded of a store, images of what its disk may hold are made, each
 * opened and judged.
 */
#ifndef POWER_POWER_H
#define POWER_POWER_H

#include <stdint.h>

#include "conformance/power/log.h"

struct power_options {
    uint64_t seed;
    size_t first, images; /* numbers of the images, which with the seed say all of them */
    unsigned jobs;        /* processes at once; 0: 1 */
    /* Called for each image that is found guilty, and which one it was. May be NULL. */
    void (*guilty)(void *arg, size_t image, const char *text);
    void *arg;
};

/* How many of the images are guilty. */
size_t power_judge(const struct power_log *log, const struct power_options *options);

#endif
