/* SPDX-License-Identifier: Apache-2.0
 *
 * Memory that lives as long as one request: parsed expressions, and the values made on the way.
 * Zero it, take from it, free it all at once.
 */
#ifndef ASLI_DYNAMODB_ARENA_H
#define ASLI_DYNAMODB_ARENA_H

#include <jansson.h>
#include <stddef.h>

struct asli_dyn_arena {
    struct asli_dyn_block *blocks;
};

void *asli_dyn_alloc(struct asli_dyn_arena *arena, size_t size); /* zeroed; NULL: oom */
char *asli_dyn_copy(struct asli_dyn_arena *arena, const char *text, size_t len);
/* Keeps a value until the end of the request; NULL for NULL, and when out of memory. */
json_t *asli_dyn_hold(struct asli_dyn_arena *arena, json_t *take_value);
void asli_dyn_arena_done(struct asli_dyn_arena *arena);

#endif
