/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that is given out piece by piece and taken back at once: the trees of expressions and
 * the values of one evaluation live in it.
 */
#ifndef ASLI_JSONATA_ARENA_H
#define ASLI_JSONATA_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asli_jn_block;

struct asli_jn_arena {
    char *at, *end; /* what is left of the newest block */
    struct asli_jn_block *blocks;
    size_t total, limit, next; /* bytes taken, at most, size of the next block */
    bool limited; /* the last NULL was for the limit, not for want of memory */
};

/* `first`, which may be NULL, is used before any block and stays the caller's. */
void asli_jn_arena_init(struct asli_jn_arena *a, void *first, size_t size, size_t limit);
void asli_jn_arena_done(struct asli_jn_arena *a);
void *asli_jn_arena_more(struct asli_jn_arena *a, size_t size); /* alloc's slow part */

/* `size` bytes aligned for any value, not zeroed; NULL: no memory, or the limit. */
static inline void *asli_jn_alloc(struct asli_jn_arena *a, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    if (size > (size_t)(a->end - a->at))
        return asli_jn_arena_more(a, size);
    char *block = a->at;
    a->at += size;
    return block;
}

/* Text `left` with `right` behind it: in place when `left` ends where the arena's free space
 * begins (an accumulator that grows), else in new space with room for more. Arenas used so hold
 * text only. NULL as above. */
const char *asli_jn_arena_join(struct asli_jn_arena *a, const char *left, size_t left_len,
                               const char *right, size_t right_len);

#endif
