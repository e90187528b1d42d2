/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects: {key: value} for one context, and over a sequence, where items of the same key are
 * grouped.
 */
#include "engine/query/jsonata/eval.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

/* Groups are members of an object while they are collected: key to the group's items. Which pair
 * a group belongs to lies beside, in the order of the members. */
struct groups {
    struct asli_jn_object *data;
    uint32_t *pair;
    uint32_t cap;
};

static int fault_at(run *r, const node *n, const char *code, jn_value value)
{
    r->trouble->position = n->position;
    r->trouble->positioned = true;
    return asli_jn_throw_value(r, code, value);
}

/* A key's name. False: the pair gives nothing. */
static int check_key(run *r, const node *n, jn_value key, bool *ret_there)
{
    static const char *const reserved[] = {"_jsonata_lambda", "_jsonata_function"};
    *ret_there = key.type != JN_UNDEFINED;
    if (!*ret_there)
        return 0;
    if (key.type != JN_STRING)
        return fault_at(r, n, "T1003", key);
    if (key.len < 15 || key.as.text[0] != '_')
        return 0;
    for (int i = 0; i < 2; i++)
        if (key.len == strlen(reserved[i]) &&
            memcmp(key.as.text, reserved[i], key.len) == 0)
            return fault_at(r, n, "D1013", key);
    return 0;
}

static int enter(run *r, const node *n, struct groups *g, jn_value key, jn_value item,
                 uint32_t pair)
{
    struct asli_jn_name name = {key.as.text, key.len, asli_jn_hash(key.as.text, key.len)};
    jn_value *member = asli_jn_member(g->data, &name);
    if (member) {
        uint32_t i = (uint32_t)(ASLI_JN_ENTRY(member) - g->data->entries);
        return g->pair[i] == pair ? asli_jn_append(r, *member, item, member)
                                  : fault_at(r, n, "D1009", key);
    }
    if (g->data->count == g->cap) {
        uint32_t *more = asli_jn_alloc(&r->arena, g->cap * 2 * sizeof *more);
        if (!more)
            return asli_jn_no_room(r);
        memcpy(more, g->pair, g->cap * sizeof *more);
        g->pair = more;
        g->cap *= 2;
    }
    g->pair[g->data->count] = pair;
    return asli_jn_set(r, g->data, &name, item);
}

static int keys_of(run *r, const node *n, struct groups *g, jn_value item,
                   jn_value context, frame *env)
{
    int result = 0;
    for (uint32_t pair = 0; result == 0 && pair < n->count; pair += 2) {
        jn_value key;
        bool there;
        result = asli_jn_eval(r, n->list[pair], context, env, &key);
        if (result == 0)
            result = check_key(r, n, key, &there);
        if (result == 0 && there)
            result = enter(r, n, g, key, item, pair);
    }
    return result;
}

static int collect(run *r, const node *n, struct groups *g, jn_value input, frame *env)
{
    bool tuples = asli_jn_has(input, JN_TUPLES), array = asli_jn_is_array(input);
    size_t len = array ? asli_jn_len(input) : 1;
    int result = 0;
    if (array && len == 0 && !tuples)
        return keys_of(r, n, g, JN_NOTHING, JN_NOTHING, env);
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value item = array ? asli_jn_at(input, i) : input, context = item;
        frame *inner = env;
        if (tuples) {
            context = item.as.tuple->item;
            result = asli_jn_tuple_frame(r, env, item, &inner);
        }
        if (result == 0)
            result = keys_of(r, n, g, item, context, inner);
    }
    return result;
}

/* ------------------------------------------------------------------ groups of tuples */

/* Adds what one tuple binds: of each name the newest. */
static int add_tuple(run *r, const struct asli_jn_tuple *t, frame *all)
{
    int result = 0;
    for (const struct asli_jn_link *l = t->vars; result == 0 && l; l = l->next) {
        struct asli_jn_binding *b = NULL;
        bool shadowed = false;
        for (const struct asli_jn_link *k = t->vars; k != l; k = k->next)
            shadowed |= asli_jn_same_name(k->name, l->name);
        if (shadowed)
            continue;
        for (uint32_t i = 0; i < all->count; i++)
            if (asli_jn_same_name(all->vars[i].name, l->name))
                b = &all->vars[i];
        result = b ? asli_jn_append(r, b->value, l->value, &b->value)
                   : asli_jn_bind(r, all, l->name, l->value);
    }
    return result;
}

/* One context and frame for all tuples of a group. */
static int reduce(run *r, jn_value group, frame *env, jn_value *ret_context,
                  frame **ret_env)
{
    bool array = asli_jn_is_array(group);
    size_t len = array ? asli_jn_len(group) : 1;
    int result = asli_jn_new_frame(r, env, 4, ret_env);
    *ret_context = JN_NOTHING;
    for (size_t i = 0; result == 0 && i < len; i++) {
        const struct asli_jn_tuple *t = (array ? asli_jn_at(group, i) : group).as.tuple;
        result = i == 0 ? 0 : asli_jn_append(r, *ret_context, t->item, ret_context);
        if (i == 0)
            *ret_context = t->item;
        if (result == 0)
            result = add_tuple(r, t, *ret_env);
    }
    return result;
}

/* ------------------------------------------------------------------ one context */

/* The keys of an object that is made once; each member's value is, for now, its pair. */
static int enter_keys(run *r, const node *n, jn_value input, frame *env,
                      struct asli_jn_object *object)
{
    int result = 0;
    for (uint32_t pair = 0; result == 0 && pair < n->count; pair += 2) {
        struct asli_jn_name name = n->list[pair]->name;
        jn_value key;
        bool there;
        result = asli_jn_eval(r, n->list[pair], input, env, &key);
        if (result == 0)
            result = check_key(r, n, key, &there);
        if (result != 0 || !there)
            continue;
        if (n->list[pair]->type != JN_N_STRING)
            name = (struct asli_jn_name){key.as.text, key.len,
                                         asli_jn_hash(key.as.text, key.len)};
        if (asli_jn_member(object, &name))
            return fault_at(r, n, "D1009", key);
        result = asli_jn_set(r, object, &name,
                             (jn_value){.type = JN_INTEGER, .as.integer = pair});
    }
    return result;
}

/* What is nearly always asked for: {...} for one value, which needs no groups. */
static int one_context(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    struct asli_jn_object *object;
    uint32_t kept = 0;
    int result = asli_jn_new_object(r, n->count / 2, &object);
    if (result == 0)
        result = enter_keys(r, n, input, env, object);
    if (result != 0)
        return result;
    for (uint32_t i = 0; i < object->count; i++) {
        struct asli_jn_entry *e = &object->entries[i];
        jn_value v;
        result = asli_jn_eval(r, n->list[e->value.as.integer + 1], input, env, &v);
        if (result != 0)
            return result;
        e->value = v;
        if (v.type != JN_UNDEFINED)
            object->entries[kept++] = *e;
    }
    if (kept < object->count)
        object->index = NULL; /* the members have moved */
    object->count = kept;
    *ret = asli_jn_of_object(object);
    return 0;
}

/* ------------------------------------------------------------------ the object */

int asli_jn_eval_group(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    struct groups g = {.cap = n->count / 2 > 4 ? n->count / 2 : 4};
    struct asli_jn_object *object;
    bool tuples = asli_jn_has(input, JN_TUPLES);
    if (!asli_jn_is_array(input))
        return one_context(r, n, input, env, ret);
    g.pair = asli_jn_alloc(&r->arena, g.cap * sizeof *g.pair);
    if (!g.pair)
        return asli_jn_no_room(r);
    int result = asli_jn_new_object(r, n->count / 2, &g.data);
    if (result == 0)
        result = collect(r, n, &g, input, env);
    if (result == 0)
        result = asli_jn_new_object(r, g.data->count, &object);
    for (uint32_t i = 0; result == 0 && i < g.data->count; i++) {
        const struct asli_jn_entry *e = &g.data->entries[i];
        struct asli_jn_name name = {e->key, e->len, e->hash};
        jn_value context = e->value, v;
        frame *inner = env;
        if (tuples)
            result = reduce(r, e->value, env, &context, &inner);
        if (result == 0)
            result = asli_jn_eval(r, n->list[g.pair[i] + 1], context, inner, &v);
        if (result == 0 && v.type != JN_UNDEFINED)
            result = asli_jn_set(r, object, &name, v);
    }
    if (result == 0)
        *ret = asli_jn_of_object(object);
    return result;
}
