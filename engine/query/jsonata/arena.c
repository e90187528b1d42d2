/* SPDX-License-Identifier: Apache-2.0
 *
 * The arena of arena.h: blocks that double in size, freed together.
 */
#include "engine/query/jsonata/arena.h"

#include <string.h>

#include "engine/base/alloc.h"

#define SMALLEST 4096
#define LARGEST (1 << 20)

struct asli_jn_block {
    struct asli_jn_block *next;
};

void asli_jn_arena_init(struct asli_jn_arena *a, void *first, size_t size, size_t limit)
{
    *a = (struct asli_jn_arena){.at = first, .limit = limit, .next = SMALLEST};
    a->end = first ? a->at + size : NULL;
}

void asli_jn_arena_done(struct asli_jn_arena *a)
{
    while (a->blocks) {
        struct asli_jn_block *next = a->blocks->next;
        asli_free(a->blocks);
        a->blocks = next;
    }
    a->at = a->end = NULL;
}

void *asli_jn_arena_more(struct asli_jn_arena *a, size_t size)
{
    size_t want = a->next > size ? a->next : size;
    a->limited = size > a->limit || a->total > a->limit - size;
    if (a->limited)
        return NULL;
    if (want > a->limit - a->total)
        want = size;
    /* Not asli_alloc: zeroing what is about to be written costs as much as writing it. */
    struct asli_jn_block *block = asli_realloc(NULL, sizeof *block + want);
    if (!block)
        return NULL;
    *block = (struct asli_jn_block){.next = a->blocks};
    a->blocks = block;
    a->total += want;
    if (a->next < LARGEST)
        a->next *= 2;
    char *start = (char *)(block + 1);
    /* A large piece in the middle of small ones does not waste what the last block has left. */
    if (want == size && (size_t)(a->end - a->at) > 0)
        return start;
    a->at = start + size;
    a->end = start + want;
    return start;
}

const char *asli_jn_arena_join(struct asli_jn_arena *a, const char *left, size_t left_len,
                               const char *right, size_t right_len)
{
    size_t len = left_len + right_len;
    if (left_len && left + left_len == a->at && right_len <= (size_t)(a->end - a->at)) {
        memcpy(a->at, right, right_len);
        a->at += right_len;
        return left;
    }
    if (len > (size_t)(a->end - a->at)) {
        char *room = asli_jn_arena_more(a, (len * 2 + 64) & ~(size_t)7);
        if (!room)
            return NULL;
        a->at = room;
        a->end = room + ((len * 2 + 64) & ~(size_t)7);
    }
    char *text = a->at;
    memcpy(text, left, left_len);
    memcpy(text + left_len, right, right_len);
    a->at += len;
    return text;
}
