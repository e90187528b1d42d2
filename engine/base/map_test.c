/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of map.h: the table and the heap against plain arrays, under fixed pseudo-random moves.
 */
#include "engine/base/map.h"

#include <stdlib.h>

#include "conformance/kit/unit.h"

#define MANY 5000

struct item {
    int id;
    struct asli_map_node in_map;
    struct asli_heap_node in_heap;
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

START_TEST(an_empty_map_finds_nothing)
{
    struct asli_map map = {0};
    struct asli_map_node node = {.key = 1};
    ck_assert_ptr_null(asli_map_find(&map, 1));
    ck_assert_ptr_null(asli_map_any(&map));
    asli_map_remove(&map, &node);
    asli_map_done(&map);
}
END_TEST

START_TEST(nodes_are_found_until_removed)
{
    static struct item items[MANY];
    struct asli_map map = {0};
    for (int i = 0; i < MANY; i++) {
        items[i].id = i;
        ck_assert(asli_map_add(&map, (uint64_t)i << 12, &items[i].in_map));
    }
    ck_assert_uint_eq(map.count, MANY);
    for (int i = 0; i < MANY; i += 2)
        asli_map_remove(&map, &items[i].in_map);
    for (int i = 0; i < MANY; i++) {
        struct asli_map_node *node = asli_map_find(&map, (uint64_t)i << 12);
        ck_assert_ptr_eq(node, i % 2 ? &items[i].in_map : NULL);
        if (node)
            ck_assert_int_eq(ASLI_OF(node, struct item, in_map)->id, i);
    }
    ck_assert_uint_eq(map.count, MANY / 2);
    asli_map_done(&map);
}
END_TEST

START_TEST(equal_keys_coexist)
{
    struct asli_map map = {0};
    struct asli_map_node nodes[3], other;
    for (int i = 0; i < 3; i++)
        asli_map_add(&map, 42, &nodes[i]);
    asli_map_add(&map, 43, &other);
    int count = 0;
    for (struct asli_map_node *n = asli_map_find(&map, 42); n; n = asli_map_next(n))
        count++;
    ck_assert_int_eq(count, 3);
    asli_map_remove(&map, &nodes[1]);
    count = 0;
    for (struct asli_map_node *n = asli_map_find(&map, 42); n; n = asli_map_next(n))
        count += n == &nodes[0] || n == &nodes[2];
    ck_assert_int_eq(count, 2);
    asli_map_done(&map);
}
END_TEST

START_TEST(a_map_is_taken_apart_by_any)
{
    static struct item items[MANY];
    struct asli_map map = {0};
    uint64_t random = 1;
    for (int i = 0; i < MANY; i++)
        asli_map_add(&map, next_random(&random), &items[i].in_map);
    int count = 0;
    for (struct asli_map_node *n; (n = asli_map_any(&map)); count++)
        asli_map_remove(&map, n);
    ck_assert_int_eq(count, MANY);
    asli_map_add(&map, 1, &items[0].in_map); /* and is as good as new */
    ck_assert_ptr_eq(asli_map_any(&map), &items[0].in_map);
    asli_map_done(&map);
}
END_TEST

START_TEST(removing_a_stranger_changes_nothing)
{
    struct asli_map map = {0};
    struct asli_map_node node, stranger = {.key = 7};
    asli_map_add(&map, 7, &node);
    asli_map_remove(&map, &stranger);
    ck_assert_uint_eq(map.count, 1);
    ck_assert_ptr_eq(asli_map_find(&map, 7), &node);
    asli_map_done(&map);
}
END_TEST

START_TEST(the_heap_gives_deadlines_in_order)
{
    static struct item items[MANY];
    struct asli_heap heap = {0};
    uint64_t random = 2;
    for (int i = 0; i < MANY; i++)
        ck_assert(asli_heap_set(&heap, &items[i].in_heap,
                                (int64_t)(next_random(&random) % 1000) - 500));
    for (int i = 0; i < MANY; i += 3) /* move some, both ways */
        asli_heap_set(&heap, &items[i].in_heap, (int64_t)(next_random(&random) % 1000));
    int count = 0;
    int64_t last = INT64_MIN;
    for (struct asli_heap_node *n; (n = asli_heap_first(&heap)); count++) {
        ck_assert_int_ge(n->deadline, last);
        last = n->deadline;
        asli_heap_remove(&heap, n);
        ck_assert_uint_eq(n->slot, 0);
    }
    ck_assert_int_eq(count, MANY);
    asli_heap_done(&heap);
}
END_TEST

START_TEST(the_heap_breaks_ties_by_order)
{
    struct asli_heap heap = {0};
    struct asli_heap_node nodes[20] = {0};
    for (int i = 0; i < 20; i++) {
        nodes[i].order = (uint64_t)((i * 7) % 20);
        asli_heap_set(&heap, &nodes[i], 5);
    }
    for (uint64_t order = 0; order < 20; order++) {
        struct asli_heap_node *n = asli_heap_first(&heap);
        ck_assert_uint_eq(n->order, order);
        asli_heap_remove(&heap, n);
    }
    asli_heap_done(&heap);
}
END_TEST

START_TEST(nodes_leave_the_heap_from_anywhere)
{
    static struct item items[MANY];
    struct asli_heap heap = {0};
    uint64_t random = 3;
    for (int i = 0; i < MANY; i++)
        asli_heap_set(&heap, &items[i].in_heap, (int64_t)next_random(&random));
    for (int i = 0; i < MANY; i += 2) {
        asli_heap_remove(&heap, &items[i].in_heap);
        asli_heap_remove(&heap, &items[i].in_heap); /* again: no-op */
    }
    ck_assert_uint_eq(heap.count, MANY / 2);
    for (size_t i = 0; i < heap.count; i++) {
        ck_assert_uint_eq(heap.nodes[i]->slot, i + 1);
        if (i)
            ck_assert_int_le(heap.nodes[(i - 1) / 2]->deadline, heap.nodes[i]->deadline);
    }
    asli_heap_done(&heap);
}
END_TEST

START_TEST(a_reserved_heap_does_not_grow)
{
    struct asli_heap heap = {0};
    static struct asli_heap_node nodes[100];
    ck_assert(asli_heap_reserve(&heap, 100));
    struct asli_heap_node **room = heap.nodes;
    for (int i = 0; i < 100; i++)
        ck_assert(asli_heap_set(&heap, &nodes[i], i));
    ck_assert_ptr_eq(heap.nodes, room);
    ck_assert(!asli_heap_reserve(&heap, SIZE_MAX / 4));
    asli_heap_done(&heap);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/map");
    TCase *t = tcase_create("map");
    tcase_add_test(t, an_empty_map_finds_nothing);
    tcase_add_test(t, nodes_are_found_until_removed);
    tcase_add_test(t, equal_keys_coexist);
    tcase_add_test(t, a_map_is_taken_apart_by_any);
    tcase_add_test(t, removing_a_stranger_changes_nothing);
    tcase_add_test(t, the_heap_gives_deadlines_in_order);
    tcase_add_test(t, the_heap_breaks_ties_by_order);
    tcase_add_test(t, nodes_leave_the_heap_from_anywhere);
    tcase_add_test(t, a_reserved_heap_does_not_grow);
    suite_add_tcase(suite, t);
    return suite;
}
