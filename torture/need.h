/* SPDX-License-Identifier: Apache-2.0
 *
 * Torture is a program's: memory that cannot be had ends it.
 */
#ifndef TORTURE_NEED_H
#define TORTURE_NEED_H

#include <stdio.h>
#include <stdlib.h>

static inline void *torture_need(void *block_or_null)
{
    if (!block_or_null) {
        fputs("asl torture: out of memory\n", stderr);
        exit(5);
    }
    return block_or_null;
}

#endif
