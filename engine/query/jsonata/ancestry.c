/* SPDX-License-Identifier: Apache-2.0
 *
 * The parent operator: while a tree is processed, each % looks for the step whose input it means.
 * A slot that has not found it travels up with the node that contains it.
 */
#include "engine/query/jsonata/parse.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_slot slot;

int asli_jn_add_slot(struct asli_jn_parser *p, struct asli_jn_slots *slots, slot *one)
{
    if (slots->count == slots->cap) {
        uint32_t cap = slots->cap ? slots->cap * 2 : 2;
        slot **items = asli_jn_zalloc(p, cap * sizeof(slot *));
        if (!items)
            return asli_jn_no_memory(p);
        if (slots->count)
            memcpy(items, slots->items, slots->count * sizeof(slot *));
        slots->items = items;
        slots->cap = cap;
    }
    slots->items[slots->count++] = one;
    return 0;
}

/* Two parents that mean the same step share its label. */
static void found(node *step, slot *s)
{
    if (step->ancestor)
        s->label = step->ancestor->label;
    step->ancestor = s;
    step->tuple = true;
}

static int seek_in_path(struct asli_jn_parser *p, node *path, slot *s)
{
    uint32_t i = path->count - 1;
    path->tuple = true;
    int result = asli_jn_seek_parent(p, path->list[i], s);
    while (result == 0 && s->level > 0 && i > 0)
        result = asli_jn_seek_parent(p, path->list[--i], s);
    return result;
}

int asli_jn_seek_parent(struct asli_jn_parser *p, node *n, slot *s)
{
    switch (n->type) {
    case JN_N_NAME:
    case JN_N_WILDCARD:
        s->level--;
        if (s->level == 0)
            found(n, s);
        return 0;
    case JN_N_PARENT:
        s->level++;
        return 0;
    case JN_N_BLOCK:
        if (n->count == 0)
            return 0;
        n->tuple = true;
        return asli_jn_seek_parent(p, n->list[n->count - 1], s);
    case JN_N_PATH:
        return seek_in_path(p, n, s);
    default:
        p->trouble->token = asli_jn_literal(asli_jn_node_text(n->type));
        return asli_jn_syntax(p, "S0217", n->position);
    }
}

int asli_jn_push_ancestry(struct asli_jn_parser *p, node *result, const node *part)
{
    int status = 0;
    for (uint32_t i = 0; status == 0 && i < part->seeking.count; i++)
        status = asli_jn_add_slot(p, &result->seeking, part->seeking.items[i]);
    if (status == 0 && part->type == JN_N_PARENT)
        status = asli_jn_add_slot(p, &result->seeking, part->slot);
    return status;
}

/* Goes up from the last step but one until the slot has found its step; it is the path's to seek
 * further when none is left. */
static int resolve(struct asli_jn_parser *p, node *path, slot *s)
{
    int64_t i = (int64_t)path->count - 2;
    while (s->level > 0) {
        if (i < 0)
            return asli_jn_add_slot(p, &path->seeking, s);
        node *step = path->list[i--];
        /* Several focus bindings in a row are one step. */
        while (i >= 0 && step->focus && path->list[i]->focus)
            step = path->list[i--];
        int result = asli_jn_seek_parent(p, step, s);
        if (result != 0)
            return result;
    }
    return 0;
}

int asli_jn_resolve_ancestry(struct asli_jn_parser *p, node *path)
{
    node *last = path->list[path->count - 1];
    int result = 0;
    if (last->type == JN_N_PARENT)
        result = asli_jn_add_slot(p, &last->seeking, last->slot);
    for (uint32_t i = 0; result == 0 && i < last->seeking.count; i++)
        result = resolve(p, path, last->seeking.items[i]);
    return result;
}
