/* SPDX-License-Identifier: Apache-2.0
 *
 * What an evaluation makes: arrays that can be appended to without copying them each time,
 * objects with a hash index once they are large, text; and how it says that it failed.
 */
#include "engine/base/alloc.h"
#include "engine/query/jsonata/eval.h"

#define ELEMENT 8 /* bytes that an element counts */
#define INDEXED 8 /* members from which on an object has an index */

/* ------------------------------------------------------------------ trouble */

int asli_jn_throw(struct asli_jn_run *r, const char *code)
{
    r->trouble->code = code;
    return ASLI_JN_FAULT;
}

int asli_jn_throw_value(struct asli_jn_run *r, const char *code, jn_value value)
{
    r->trouble->value = value;
    return asli_jn_throw(r, code);
}

int asli_jn_throw_limit(struct asli_jn_run *r, const char *text)
{
    r->trouble->custom = text;
    r->trouble->custom_len = strlen(text);
    return asli_jn_throw(r, "U1001");
}

int asli_jn_too_large(struct asli_jn_run *r)
{
    return asli_jn_throw_limit(r,
                               "Expression evaluation memory limit exceeded: Check for "
                               "excessive memory usage");
}

int asli_jn_no_room(struct asli_jn_run *r)
{
    return r->arena.limited || r->text.limited ? asli_jn_too_large(r) : ASL_ENOMEM;
}

int asli_jn_too_long(struct asli_jn_run *r)
{
    return asli_jn_throw_limit(r,
                               "Expression evaluation timeout: Check for infinite loop");
}

int asli_jn_equals(struct asli_jn_run *r, jn_value a, jn_value b, bool *ret_equal)
{
    uint64_t left = r->max_steps > r->steps ? r->max_steps - r->steps : 0;
    *ret_equal = asli_jn_equal(a, b, &left);
    r->steps = r->max_steps - left;
    return left ? 0 : asli_jn_too_long(r);
}

int asli_jn_stack_left(struct asli_jn_run *r)
{
    char here;
    ptrdiff_t used = r->base > &here ? r->base - &here : &here - r->base;
    return (size_t)used < r->max_stack ? 0 : asli_jn_throw(r, "U1001");
}

/* ------------------------------------------------------------------ the stack of items */

int asli_jn_push_slow(struct asli_jn_run *r)
{
    size_t cap = r->cap * 2, size = cap * sizeof(jn_value);
    if (size > r->arena.limit) {
        r->arena.limited = true;
        return asli_jn_no_room(r);
    }
    jn_value *stack = asli_realloc(r->stack_owned ? r->stack : NULL, size);
    if (!stack)
        return ASL_ENOMEM;
    if (!r->stack_owned)
        memcpy(stack, r->stack, r->top * sizeof *stack);
    r->stack = stack;
    r->stack_owned = true;
    r->cap = cap;
    return 0;
}

int asli_jn_push_items(struct asli_jn_run *r, jn_value array)
{
    size_t len = asli_jn_len(array);
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++)
        result = asli_jn_push(r, asli_jn_at(array, i));
    return result;
}

int asli_jn_pop_array(struct asli_jn_run *r, size_t base, unsigned flags, jn_value *ret)
{
    struct asli_jn_array *array;
    size_t len = r->top - base;
    int result = len * ELEMENT > r->largest ? asli_jn_too_large(r)
                                            : asli_jn_new_array(r, len, flags, &array);
    if (result != 0)
        return result;
    memcpy(array->items, r->stack + base, len * sizeof(jn_value));
    array->len = array->room->used = (uint32_t)len;
    r->top = base;
    *ret = asli_jn_of_array(array);
    return 0;
}

int asli_jn_pop_sequence(struct asli_jn_run *r, size_t base, bool keep, jn_value *ret)
{
    size_t len = r->top - base;
    if (len > 1 || (len == 1 && keep))
        return asli_jn_pop_array(r, base, JN_SEQUENCE | (keep ? JN_KEEP : 0), ret);
    *ret = len ? r->stack[base] : JN_NOTHING;
    r->top = base;
    return 0;
}

/* ------------------------------------------------------------------ arrays */

int asli_jn_new_array(struct asli_jn_run *r, size_t cap, unsigned flags,
                      struct asli_jn_array **ret)
{
    struct {
        struct asli_jn_array array;
        struct asli_jn_room room;
        jn_value items[];
    } *made = asli_jn_alloc(&r->arena, sizeof *made + cap * sizeof(jn_value));
    if (!made || cap > UINT32_MAX)
        return asli_jn_no_room(r);
    made->room = (struct asli_jn_room){.cap = (uint32_t)cap};
    made->array =
        (struct asli_jn_array){.flags = flags, .items = made->items, .room = &made->room};
    *ret = &made->array;
    return 0;
}

static void fill(jn_value *to, jn_value from)
{
    if (!asli_jn_is_array(from)) {
        *to = from;
        return;
    }
    size_t len = asli_jn_len(from);
    if (from.type == JN_ARRAY && from.as.array->items) {
        memcpy(to, from.as.array->items, len * sizeof *to);
        return;
    }
    for (size_t i = 0; i < len; i++)
        to[i] = asli_jn_at(from, i);
}

/* Takes the room behind `old`, when nobody has: *ret shares its items. */
static bool extend(struct asli_jn_run *r, const struct asli_jn_array *old, size_t more,
                   struct asli_jn_array **ret)
{
    struct asli_jn_room *room = old->room;
    if (!room || room->used != old->len || room->cap - room->used < more)
        return false;
    *ret = asli_jn_alloc(&r->arena, sizeof **ret);
    if (!*ret)
        return false;
    **ret = (struct asli_jn_array){.len = old->len, .items = old->items, .room = room};
    return true;
}

int asli_jn_append(struct asli_jn_run *r, jn_value a, jn_value b, jn_value *ret)
{
    *ret = a.type == JN_UNDEFINED ? b : a;
    if (a.type == JN_UNDEFINED || b.type == JN_UNDEFINED)
        return 0;
    size_t left = asli_jn_is_array(a) ? asli_jn_len(a) : 1;
    size_t right = asli_jn_is_array(b) ? asli_jn_len(b) : 1;
    struct asli_jn_array *made;
    if (left == 0 && b.type == JN_ARRAY) { /* the same items, but no sequence any more */
        made = asli_jn_alloc(&r->arena, sizeof *made);
        if (!made)
            return asli_jn_no_room(r);
        *made = *b.as.array;
        made->flags = 0;
        *ret = asli_jn_of_array(made);
        return 0;
    }
    if (a.type != JN_ARRAY || !extend(r, a.as.array, right, &made)) {
        size_t cap = left + right + (left > 8 ? left : 0);
        int result = asli_jn_new_array(r, cap, 0, &made);
        if (result != 0)
            return result;
        fill(made->items, a);
        made->len = (uint32_t)left;
    }
    fill(made->items + made->len, b);
    made->len += (uint32_t)right;
    made->room->used = made->len;
    *ret = asli_jn_of_array(made);
    return 0;
}

/* ------------------------------------------------------------------ objects */

int asli_jn_new_object(struct asli_jn_run *r, size_t cap, struct asli_jn_object **ret)
{
    cap = cap ? cap : 4;
    struct asli_jn_object *o = asli_jn_alloc(&r->arena, sizeof *o);
    struct asli_jn_entry *entries = asli_jn_alloc(&r->arena, cap * sizeof *entries);
    if (!o || !entries)
        return asli_jn_no_room(r);
    *o = (struct asli_jn_object){.cap = (uint32_t)cap, .entries = entries};
    *ret = o;
    return 0;
}

static void enter(struct asli_jn_object *o, uint32_t i)
{
    uint32_t slot = o->entries[i].hash & o->mask;
    while (o->index[slot])
        slot = (slot + 1) & o->mask;
    o->index[slot] = i + 1;
}

/* Makes the index, of at least twice as many slots as members. */
static int index_members(struct asli_jn_run *r, struct asli_jn_object *o)
{
    uint32_t slots = 32;
    while (slots < o->cap * 2)
        slots *= 2;
    uint32_t *index = asli_jn_alloc(&r->arena, slots * sizeof *index);
    if (!index)
        return asli_jn_no_room(r);
    memset(index, 0, slots * sizeof *index);
    o->index = index;
    o->mask = slots - 1;
    for (uint32_t i = 0; i < o->count; i++)
        enter(o, i);
    return 0;
}

static int grow(struct asli_jn_run *r, struct asli_jn_object *o)
{
    struct asli_jn_entry *entries =
        asli_jn_alloc(&r->arena, o->cap * 2 * sizeof *entries);
    if (!entries)
        return asli_jn_no_room(r);
    memcpy(entries, o->entries, o->count * sizeof *entries);
    o->entries = entries;
    o->cap *= 2;
    o->index = NULL;
    return 0;
}

jn_value *asli_jn_member(struct asli_jn_object *o, const struct asli_jn_name *key)
{
    uint32_t slot = o->index ? key->hash & o->mask : 0;
    uint32_t i = o->index ? o->index[slot] : 1;
    while (i != 0 && i <= o->count) {
        struct asli_jn_entry *e = &o->entries[i - 1];
        if (e->hash == key->hash && e->len == key->len &&
            memcmp(e->key, key->text, key->len) == 0)
            return &e->value;
        slot = (slot + 1) & o->mask;
        i = o->index ? o->index[slot] : i + 1;
    }
    return NULL;
}

int asli_jn_set(struct asli_jn_run *r, struct asli_jn_object *o,
                const struct asli_jn_name *key, jn_value value)
{
    jn_value *member = asli_jn_member(o, key);
    int result = 0;
    if (member) {
        *member = value;
        return 0;
    }
    if (o->count == o->cap && (result = grow(r, o)) != 0)
        return result;
    o->entries[o->count++] =
        (struct asli_jn_entry){key->text, key->len, key->hash, value};
    if (o->index)
        enter(o, o->count - 1);
    else if (o->count > INDEXED)
        result = index_members(r, o);
    return result;
}

void asli_jn_unset(struct asli_jn_object *o, const char *key, size_t len)
{
    for (uint32_t i = 0; i < o->count; i++) {
        struct asli_jn_entry *e = &o->entries[i];
        if (e->len != len || memcmp(e->key, key, len) != 0)
            continue;
        o->count--;
        memmove(e, e + 1, (o->count - i) * sizeof *e);
        o->index = NULL; /* the next set makes a new one */
        o->mask = 0;
        return;
    }
}

/* ------------------------------------------------------------------ text, functions */

int asli_jn_copy_text(struct asli_jn_run *r, const char *text, size_t len, jn_value *ret)
{
    if (len > r->largest)
        return asli_jn_too_large(r);
    char *copy = asli_jn_alloc(&r->arena, len + 1);
    if (!copy || len > UINT32_MAX)
        return asli_jn_no_room(r);
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    *ret = asli_jn_string(copy, len);
    return 0;
}

int asli_jn_buf_text(struct asli_jn_run *r, jn_value *ret)
{
    int result =
        r->buf.oom ? ASL_ENOMEM : asli_jn_copy_text(r, r->buf.data, r->buf.len, ret);
    asli_bytes_reset(&r->buf);
    return result;
}

int asli_jn_new_function(struct asli_jn_run *r, struct asli_jn_function f, jn_value *ret)
{
    struct asli_jn_function *made = asli_jn_alloc(&r->arena, sizeof *made);
    if (!made)
        return asli_jn_no_room(r);
    *made = f;
    *ret = asli_jn_of_function(made);
    return 0;
}

/* ------------------------------------------------------------------ truth */

int asli_jn_numeric(struct asli_jn_run *r, jn_value v, bool *ret_numeric)
{
    *ret_numeric = asli_jn_is_number(v) && !isnan(asli_jn_double(v));
    if (*ret_numeric && isinf(asli_jn_double(v)) && !r->non_finite)
        return asli_jn_throw_value(r, "D1001", v);
    return 0;
}

int asli_jn_truth(struct asli_jn_run *r, jn_value v, bool *ret_truth)
{
    int result = 0;
    bool numeric;
    size_t len = asli_jn_is_array(v) ? asli_jn_len(v) : 0;
    while (len == 1 && asli_jn_is_array(v)) {
        v = asli_jn_at(v, 0);
        len = asli_jn_is_array(v) ? asli_jn_len(v) : 0;
    }
    *ret_truth = false;
    switch (v.type) {
    case JN_BOOL:
        *ret_truth = v.as.truth;
        return 0;
    case JN_STRING:
        *ret_truth = v.len > 0;
        return 0;
    case JN_INTEGER:
    case JN_NUMBER:
        result = asli_jn_numeric(r, v, &numeric);
        *ret_truth = numeric && asli_jn_double(v) != 0;
        return result;
    case JN_JOBJECT:
    case JN_OBJECT:
        *ret_truth = asli_jn_size(v) > 0;
        return 0;
    case JN_JARRAY:
    case JN_ARRAY:
        if ((result = asli_jn_stack_left(r)) != 0)
            return result;
        for (size_t i = 0; result == 0 && !*ret_truth && i < len; i++)
            result = asli_jn_truth(r, asli_jn_at(v, i), ret_truth);
        return result;
    default:
        return 0;
    }
}
