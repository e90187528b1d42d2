/* SPDX-License-Identifier: Apache-2.0
 *
 * Order-by, and the merge sort that $sort uses as well. The terms of an item are evaluated when a
 * comparison first needs them, and once.
 */
#include "engine/query/jsonata/eval.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

struct order {
    run *r;
    const node *step;
    jn_value input;
    frame *env;
    jn_value *keys; /* per item one per term; JN_THUNK: not evaluated yet */
};

static int key(const struct order *o, size_t item, uint32_t term, jn_value *ret)
{
    jn_value *slot = &o->keys[item * o->step->count + term];
    if (slot->type == JN_THUNK) {
        jn_value context = asli_jn_at(o->input, item);
        frame *env = o->env;
        int result = 0;
        if (context.type == JN_TUPLE) {
            result = asli_jn_tuple_frame(o->r, env, context, &env);
            context = context.as.tuple->item;
        }
        if (result == 0)
            result = asli_jn_eval(o->r, o->step->list[term]->a, context, env, slot);
        if (result != 0)
            return result;
    }
    *ret = *slot;
    return 0;
}

static bool sortable(jn_value v)
{
    return v.type == JN_STRING || asli_jn_is_number(v);
}

/* *ret_order: 1 when a belongs behind b, -1 before, 0 when this term does not tell. */
static int compare(const struct order *o, jn_value a, jn_value b, bool descending,
                   int *ret_order)
{
    if (a.type == JN_UNDEFINED || b.type == JN_UNDEFINED) {
        *ret_order = (a.type == JN_UNDEFINED) - (b.type == JN_UNDEFINED);
        return 0;
    }
    struct asli_jn_trouble *t = o->r->trouble;
    const char *code = NULL;
    if (!sortable(a) || !sortable(b))
        code = "T2008";
    else if ((a.type == JN_STRING) != (b.type == JN_STRING))
        code = "T2007";
    if (code) {
        t->position = o->step->position;
        t->positioned = true;
        t->value2 = b;
        return asli_jn_throw_value(o->r, code, sortable(a) && !sortable(b) ? b : a);
    }
    int order = a.type == JN_STRING ? asli_jn_compare(a, b)
                                    : (asli_jn_double(a) > asli_jn_double(b)) -
                                          (asli_jn_double(a) < asli_jn_double(b));
    *ret_order = descending ? -order : order;
    return 0;
}

static int behind(void *arg, jn_value a, jn_value b, bool *ret_behind)
{
    const struct order *o = arg;
    int order = 0, result = 0;
    for (uint32_t term = 0; result == 0 && order == 0 && term < o->step->count; term++) {
        jn_value x, y;
        result = key(o, (size_t)a.as.integer, term, &x);
        if (result == 0)
            result = key(o, (size_t)b.as.integer, term, &y);
        if (result == 0)
            result = compare(o, x, y, o->step->list[term]->descending, &order);
    }
    *ret_behind = order > 0;
    return result;
}

/* ------------------------------------------------------------------ merge sort */

struct sorting {
    int (*behind)(void *arg, jn_value a, jn_value b, bool *ret_behind);
    void *arg;
};

/* Sorts items, with `room` for as many. */
static int merge_sort(const struct sorting *s, jn_value *items, size_t count,
                      jn_value *room)
{
    size_t middle = count / 2, l = 0, m = middle, out = 0;
    if (count < 2)
        return 0;
    int result = merge_sort(s, items, middle, room);
    if (result == 0)
        result = merge_sort(s, items + middle, count - middle, room);
    if (result != 0)
        return result;
    memcpy(room, items, middle * sizeof *room);
    while (l < middle && m < count) {
        bool right;
        if ((result = s->behind(s->arg, room[l], items[m], &right)) != 0)
            return result;
        items[out++] = right ? items[m++] : room[l++];
    }
    memcpy(items + out, room + l, (middle - l) * sizeof *room);
    return 0;
}

int asli_jn_merge_sort(run *r, jn_value *items, size_t count,
                       int (*compare_items)(void *arg, jn_value a, jn_value b,
                                            bool *ret_behind),
                       void *arg)
{
    struct sorting s = {compare_items, arg};
    jn_value *room = asli_jn_alloc(&r->arena, (count / 2 + 1) * sizeof *room);
    return room ? merge_sort(&s, items, count, room) : asli_jn_no_room(r);
}

int asli_jn_eval_sort(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    size_t len = asli_jn_len(input), keys = len * n->count;
    struct order o = {r, n, input, env, NULL};
    struct asli_jn_array *sorted;
    *ret = input;
    if (len < 2)
        return 0;
    o.keys = asli_jn_alloc(&r->arena, keys * sizeof *o.keys);
    if (!o.keys)
        return asli_jn_no_room(r);
    for (size_t i = 0; i < keys; i++)
        o.keys[i].type = JN_THUNK;
    int result = asli_jn_new_array(r, len, 0, &sorted);
    if (result != 0)
        return result;
    for (size_t i = 0; i < len; i++)
        sorted->items[i] = (jn_value){.type = JN_INTEGER, .as.integer = (int64_t)i};
    result = asli_jn_merge_sort(r, sorted->items, len, behind, &o);
    for (size_t i = 0; i < len; i++)
        sorted->items[i] = asli_jn_at(input, (size_t)sorted->items[i].as.integer);
    sorted->len = sorted->room->used = (uint32_t)len;
    *ret = asli_jn_of_array(sorted);
    return result;
}
