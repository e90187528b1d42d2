/* SPDX-License-Identifier: Apache-2.0
 *
 * See arena.h. A list of blocks, each of which may own a value.
 */
#include "providers/dynamodb/arena.h"

#include <stdalign.h>
#include <string.h>

#include "engine/base/alloc.h"

struct asli_dyn_block {
    struct asli_dyn_block *next;
    json_t *value;
    alignas(max_align_t) char data[];
};

static struct asli_dyn_block *add(struct asli_dyn_arena *arena, size_t size)
{
    struct asli_dyn_block *block = asli_alloc(sizeof *block + size);
    if (block) {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *asli_dyn_alloc(struct asli_dyn_arena *arena, size_t size)
{
    struct asli_dyn_block *block = add(arena, size);
    return block ? block->data : NULL;
}

char *asli_dyn_copy(struct asli_dyn_arena *arena, const char *text, size_t len)
{
    char *copy = asli_dyn_alloc(arena, len + 1);
    return copy ? memcpy(copy, text, len) : NULL;
}

json_t *asli_dyn_hold(struct asli_dyn_arena *arena, json_t *take_value)
{
    struct asli_dyn_block *block = take_value ? add(arena, 0) : NULL;
    if (!block) {
        json_decref(take_value);
        return NULL;
    }
    return block->value = take_value;
}

void asli_dyn_arena_done(struct asli_dyn_arena *arena)
{
    while (arena->blocks) {
        struct asli_dyn_block *block = arena->blocks;
        arena->blocks = block->next;
        json_decref(block->value);
        asli_free(block);
    }
}
