/* SPDX-License-Identifier: Apache-2.0
 *
 * For the test programs (never the library): memory that cannot be had ends the program with
 * exit status 2, so that the runners read without a check after every line.
 */
#ifndef KIT_NEED_H
#define KIT_NEED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *need(void *block)
{
    if (block == NULL) {
        fputs("out of memory\n", stderr);
        exit(2);
    }
    return block;
}

/* Room for one more item of `size` bytes in an array that holds `count`: grows by doubling. */
static inline void *need_room(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    *cap = *cap ? *cap * 2 : 16;
    return need(realloc(items, *cap * size));
}

static inline char *need_text(const char *text, size_t len)
{
    return need(strndup(text, len));
}

#endif
