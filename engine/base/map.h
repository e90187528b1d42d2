/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash table of intrusive nodes by 64-bit key, and a binary heap of intrusive nodes by deadline.
 * Neither owns its nodes; equal keys may coexist in the table (walk with asli_map_next).
 */
#ifndef ASLI_BASE_MAP_H
#define ASLI_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asli_map_node {
    uint64_t key;
    struct asli_map_node *next;
};
struct asli_map {
    struct asli_map_node **slots;
    size_t mask, count; /* slots: mask + 1, or none yet */
    size_t low;         /* every slot before this one is empty: makes emptying linear */
};
bool asli_map_add(struct asli_map *map, uint64_t key,
                  struct asli_map_node *node); /* false: oom */
struct asli_map_node *asli_map_find(const struct asli_map *map, uint64_t key);
struct asli_map_node *
asli_map_next(struct asli_map_node *node); /* of the same key, or NULL */
void asli_map_remove(struct asli_map *map, struct asli_map_node *node);
/* Any node, NULL when empty: to take a table apart. */
struct asli_map_node *asli_map_any(struct asli_map *map);
void asli_map_done(struct asli_map *map);

struct asli_heap_node {
    int64_t deadline;
    uint64_t order; /* ties: smaller first */
    size_t slot;    /* 1-based place in the heap; 0: not in one */
};
struct asli_heap {
    struct asli_heap_node **nodes;
    size_t count, cap;
};
/* Room for `count` nodes in all, so that set cannot fail. False: oom. */
bool asli_heap_reserve(struct asli_heap *heap, size_t count);
/* Inserts or moves; the node's deadline is set. False: oom (only when not reserved). */
bool asli_heap_set(struct asli_heap *heap, struct asli_heap_node *node, int64_t deadline);
void asli_heap_remove(struct asli_heap *heap,
                      struct asli_heap_node *node);                   /* not in: no-op */
struct asli_heap_node *asli_heap_first(const struct asli_heap *heap); /* NULL: empty */
void asli_heap_done(struct asli_heap *heap);

/* container_of */
#define ASLI_OF(node, type, member) ((type *)((char *)(node)-offsetof(type, member)))

#endif
