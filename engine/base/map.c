/* SPDX-License-Identifier: Apache-2.0
 *
 * map.h: chained hashing over a power of two of slots, at most one node a slot on
 * average; a binary heap with the smallest (deadline, order) at nodes[0], each node
 * knowing its place.
 */
#include "engine/base/map.h"

#include "engine/base/alloc.h"

#define MAP_FIRST 16
#define HEAP_FIRST 16

/* Keys may be plain serials: multiplying by 2^64 over the golden ratio spreads them. */
static size_t map_slot(uint64_t key, size_t mask)
{
    return (size_t)((key ^ key >> 32) * UINT64_C(0x9e3779b97f4a7c15) >> 24) & mask;
}

static void map_link(struct asli_map *map, struct asli_map_node *node)
{
    size_t slot = map_slot(node->key, map->mask);
    node->next = map->slots[slot];
    map->slots[slot] = node;
    if (slot < map->low)
        map->low = slot;
}

static bool map_grow(struct asli_map *map)
{
    struct asli_map old = *map;
    size_t size = old.slots ? (old.mask + 1) * 2 : MAP_FIRST;
    if (size > SIZE_MAX / sizeof *map->slots)
        return false;
    struct asli_map_node **slots = asli_alloc(size * sizeof *slots);
    if (!slots)
        return false;
    map->slots = slots;
    map->mask = size - 1;
    map->low = size;
    for (size_t i = 0; old.slots && i <= old.mask; i++)
        for (struct asli_map_node *node = old.slots[i], *next; node; node = next) {
            next = node->next;
            map_link(map, node);
        }
    asli_free(old.slots);
    return true;
}

bool asli_map_add(struct asli_map *map, uint64_t key, struct asli_map_node *node)
{
    /* Failing to grow only makes chains longer: an error for the first slots alone. */
    if ((!map->slots || map->count > map->mask) && !map_grow(map) && !map->slots)
        return false;
    node->key = key;
    map_link(map, node);
    map->count++;
    return true;
}

static struct asli_map_node *map_same(struct asli_map_node *node, uint64_t key)
{
    while (node && node->key != key)
        node = node->next;
    return node;
}

struct asli_map_node *asli_map_find(const struct asli_map *map, uint64_t key)
{
    return map->slots ? map_same(map->slots[map_slot(key, map->mask)], key) : NULL;
}

struct asli_map_node *asli_map_next(struct asli_map_node *node)
{
    return map_same(node->next, node->key);
}

void asli_map_remove(struct asli_map *map, struct asli_map_node *node)
{
    if (!map->slots)
        return;
    struct asli_map_node **link = &map->slots[map_slot(node->key, map->mask)];
    while (*link && *link != node)
        link = &(*link)->next;
    if (!*link)
        return;
    *link = node->next;
    node->next = NULL;
    map->count--;
}

struct asli_map_node *asli_map_any(struct asli_map *map)
{
    if (!map->count)
        return NULL;
    while (!map->slots[map->low])
        map->low++;
    return map->slots[map->low];
}

void asli_map_done(struct asli_map *map)
{
    asli_free(map->slots);
    *map = (struct asli_map){0};
}

static bool heap_less(const struct asli_heap_node *a, const struct asli_heap_node *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void heap_put(struct asli_heap *heap, size_t i, struct asli_heap_node *node)
{
    heap->nodes[i] = node;
    node->slot = i + 1;
}

/* Finds the place of `node`, going from the hole at i up, or else down. */
static void heap_settle(struct asli_heap *heap, size_t i, struct asli_heap_node *node)
{
    while (i && heap_less(node, heap->nodes[(i - 1) / 2])) {
        heap_put(heap, i, heap->nodes[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
    for (size_t child; (child = 2 * i + 1) < heap->count; i = child) {
        if (child + 1 < heap->count &&
            heap_less(heap->nodes[child + 1], heap->nodes[child]))
            child++;
        if (!heap_less(heap->nodes[child], node))
            break;
        heap_put(heap, i, heap->nodes[child]);
    }
    heap_put(heap, i, node);
}

bool asli_heap_reserve(struct asli_heap *heap, size_t count)
{
    if (count <= heap->cap)
        return true;
    size_t cap = heap->cap ? heap->cap * 2 : HEAP_FIRST;
    if (cap < count)
        cap = count;
    if (cap > SIZE_MAX / sizeof(struct asli_heap_node *))
        return false;
    struct asli_heap_node **nodes = asli_realloc(heap->nodes, cap * sizeof *nodes);
    if (!nodes)
        return false;
    heap->nodes = nodes;
    heap->cap = cap;
    return true;
}

bool asli_heap_set(struct asli_heap *heap, struct asli_heap_node *node, int64_t deadline)
{
    if (!node->slot) {
        if (!asli_heap_reserve(heap, heap->count + 1))
            return false;
        heap_put(heap, heap->count++, node);
    }
    node->deadline = deadline;
    heap_settle(heap, node->slot - 1, node);
    return true;
}

void asli_heap_remove(struct asli_heap *heap, struct asli_heap_node *node)
{
    if (!node->slot)
        return;
    size_t hole = node->slot - 1;
    struct asli_heap_node *last = heap->nodes[--heap->count];
    node->slot = 0;
    if (last != node)
        heap_settle(heap, hole, last);
}

struct asli_heap_node *asli_heap_first(const struct asli_heap *heap)
{
    return heap->count ? heap->nodes[0] : NULL;
}

void asli_heap_done(struct asli_heap *heap)
{
    asli_free(heap->nodes);
    *heap = (struct asli_heap){0};
}
