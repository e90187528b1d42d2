/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions on arrays, and those that call a function for each item.
 */
#include "engine/query/jsonata/library.h"

typedef const struct asli_jn_call call;

int asli_jn_fn_append(call *c, jn_value *ret)
{
    return asli_jn_append(c->run, asli_jn_arg(c, 0), asli_jn_arg(c, 1), ret);
}

int asli_jn_fn_zip(call *c, jn_value *ret)
{
    size_t base = c->run->top, len = c->count ? SIZE_MAX : 0;
    int result = 0;
    for (uint32_t k = 0; k < c->count; k++) {
        size_t own = asli_jn_is_array(c->args[k]) ? asli_jn_len(c->args[k]) : 0;
        len = own < len ? own : len;
    }
    for (size_t i = 0; result == 0 && i < len; i++) {
        size_t inner = c->run->top;
        jn_value row;
        for (uint32_t k = 0; result == 0 && k < c->count; k++)
            result = asli_jn_push(c->run, asli_jn_at(c->args[k], i));
        if (result == 0)
            result = asli_jn_pop_array(c->run, inner, 0, &row);
        if (result == 0)
            result = asli_jn_push(c->run, row);
    }
    return result != 0 ? result : asli_jn_pop_array(c->run, base, 0, ret);
}

int asli_jn_fn_reverse(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    int result = 0;
    *ret = list;
    if (list.type == JN_UNDEFINED || asli_jn_len(list) <= 1)
        return 0;
    for (size_t i = asli_jn_len(list); result == 0 && i > 0; i--)
        result = asli_jn_push(c->run, asli_jn_at(list, i - 1));
    return result != 0 ? result : asli_jn_pop_array(c->run, base, 0, ret);
}

/* Fisher and Yates, inside out. */
int asli_jn_fn_shuffle(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    int result = 0;
    *ret = list;
    if (list.type == JN_UNDEFINED || asli_jn_len(list) <= 1)
        return 0;
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++) {
        size_t j = (size_t)(asli_jn_host_random(c->run) * (double)(i + 1));
        jn_value v = asli_jn_at(list, i);
        result = asli_jn_push(c->run, v);
        if (result == 0 && j < i) {
            c->run->stack[base + i] = c->run->stack[base + j];
            c->run->stack[base + j] = v;
        }
    }
    return result != 0 ? result : asli_jn_pop_array(c->run, base, 0, ret);
}

static int among(struct asli_jn_run *r, size_t base, jn_value v, bool *ret_among)
{
    int result = 0;
    *ret_among = false;
    for (size_t i = base; i < r->top && !*ret_among && result == 0; i++)
        result = asli_jn_equals(r, r->stack[i], v, ret_among);
    return result;
}

/* Strings and numbers, which are most of what is made distinct, are found by a hash table: the
 * names of an object that is thrown away. A number's name is no UTF-8. *ret_name without text: it
 * is neither. */
static int distinct_name(struct asli_jn_run *r, jn_value v, struct asli_jn_name *ret_name)
{
    double number = asli_jn_is_number(v) ? asli_jn_double(v) : NAN;
    *ret_name = (struct asli_jn_name){NULL, 0, 0};
    if (v.type == JN_STRING) {
        *ret_name =
            (struct asli_jn_name){v.as.text, v.len, asli_jn_hash(v.as.text, v.len)};
    } else if (fabs(number) < 0x1p53) {
        char *text = asli_jn_alloc(&r->arena, 1 + sizeof number);
        if (!text)
            return asli_jn_no_room(r);
        number = number == 0 ? 0 : number; /* -0 */
        text[0] = '\xff';
        memcpy(text + 1, &number, sizeof number);
        *ret_name = (struct asli_jn_name){text, 1 + sizeof number,
                                          asli_jn_hash(text, 1 + sizeof number)};
    }
    return 0;
}

/* Is it the first of its kind? Then it is noted in `seen`. */
static int is_new(struct asli_jn_run *r, struct asli_jn_object *seen, size_t base,
                  jn_value v, bool *ret_new)
{
    struct asli_jn_name name;
    bool found = false;
    int result = distinct_name(r, v, &name);
    if (result == 0 && name.text) {
        found = asli_jn_member(seen, &name) != NULL;
        result = found ? 0 : asli_jn_set(r, seen, &name, v);
    } else if (result == 0) {
        result = among(r, base, v, &found);
    }
    *ret_new = !found;
    return result;
}

int asli_jn_fn_distinct(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    struct asli_jn_object *seen;
    *ret = list;
    if (!asli_jn_is_array(list) || asli_jn_len(list) <= 1)
        return 0;
    int result = asli_jn_new_object(c->run, 8, &seen);
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++) {
        jn_value v = asli_jn_at(list, i);
        bool new = false;
        result = is_new(c->run, seen, base, v, &new);
        if (result == 0 && new)
            result = asli_jn_push(c->run, v);
    }
    unsigned flags = asli_jn_has(list, JN_SEQUENCE) ? JN_SEQUENCE : 0;
    return result != 0 ? result : asli_jn_pop_array(c->run, base, flags, ret);
}

/* ------------------------------------------------------------------ sort */

static bool all_numbers(jn_value list)
{
    for (size_t i = 0, len = asli_jn_len(list); i < len; i++)
        if (!asli_jn_is_number(asli_jn_at(list, i)))
            return false;
    return true;
}

static int by_value(void *unused, jn_value a, jn_value b, bool *ret_behind)
{
    *ret_behind = a.type == JN_STRING ? asli_jn_compare(a, b) > 0
                                      : asli_jn_double(a) > asli_jn_double(b);
    return 0;
}

/* What JavaScript takes for true, which is not what the language does. */
static bool truthy(jn_value v)
{
    switch (v.type) {
    case JN_UNDEFINED:
    case JN_NULL:
        return false;
    case JN_BOOL:
        return v.as.truth;
    case JN_STRING:
        return v.len > 0;
    case JN_INTEGER:
    case JN_NUMBER:
        return asli_jn_double(v) != 0 && !isnan(asli_jn_double(v));
    default:
        return true;
    }
}

static int by_function(void *arg, jn_value a, jn_value b, bool *ret_behind)
{
    call *c = arg;
    jn_value args[2] = {a, b}, v, null = {.type = JN_NULL};
    int result = asli_jn_apply(c->run, c->args[1], args, 2, null, c->env, &v);
    *ret_behind = result == 0 && truthy(v);
    return result;
}

int asli_jn_fn_sort(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    bool function = asli_jn_given(c, 1);
    *ret = list;
    if (list.type == JN_UNDEFINED || asli_jn_len(list) <= 1)
        return 0;
    if (!function && !all_numbers(list) && !asli_jn_all_strings(list))
        return asli_jn_throw(c->run, "D3070");
    int result = asli_jn_push_items(c->run, list);
    if (result == 0)
        result = asli_jn_pop_array(c->run, base, 0, ret);
    if (result == 0)
        result = asli_jn_merge_sort(c->run, ret->as.array->items, ret->as.array->len,
                                    function ? by_function : by_value, (void *)c);
    return result;
}

/* ------------------------------------------------------------------ for each item */

/* Calls the second argument with as many of item, place and whole as it takes. */
static int visit(call *c, jn_value item, jn_value place, jn_value whole, jn_value *ret)
{
    jn_value args[3] = {item, place, whole}, null = {.type = JN_NULL};
    int arity = asli_jn_arity(c->args[1]);
    uint32_t count = arity >= 3 ? 3 : arity >= 2 ? 2 : 1;
    return asli_jn_apply(c->run, c->args[1], args, count, null, c->env, ret);
}

int asli_jn_fn_map(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0), v;
    size_t base = c->run->top;
    int result = 0;
    if (list.type == JN_UNDEFINED)
        return 0;
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++) {
        result = visit(c, asli_jn_at(list, i), asli_jn_number((double)i), list, &v);
        if (result == 0 && v.type != JN_UNDEFINED)
            result = asli_jn_push(c->run, v);
    }
    return result != 0 ? result : asli_jn_pop_array(c->run, base, JN_SEQUENCE, ret);
}

/* Does the function hold for item i? */
static int holds(call *c, jn_value list, size_t i, bool *ret_holds)
{
    jn_value v;
    int result = visit(c, asli_jn_at(list, i), asli_jn_number((double)i), list, &v);
    return result != 0 ? result : asli_jn_truth(c->run, v, ret_holds);
}

int asli_jn_fn_filter(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    int result = 0;
    if (list.type == JN_UNDEFINED)
        return 0;
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++) {
        bool yes;
        result = holds(c, list, i, &yes);
        if (result == 0 && yes)
            result = asli_jn_push(c->run, asli_jn_at(list, i));
    }
    return result != 0 ? result : asli_jn_pop_array(c->run, base, JN_SEQUENCE, ret);
}

int asli_jn_fn_single(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    bool found = false;
    int result = 0;
    if (list.type == JN_UNDEFINED)
        return 0;
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++) {
        bool yes = true;
        if (asli_jn_given(c, 1))
            result = holds(c, list, i, &yes);
        if (result != 0 || !yes)
            continue;
        if (found) {
            c->run->trouble->index = (int)i;
            return asli_jn_throw(c->run, "D3138");
        }
        *ret = asli_jn_at(list, i);
        found = true;
    }
    return result == 0 && !found ? asli_jn_throw(c->run, "D3139") : result;
}

int asli_jn_fn_reduce(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0), null = {.type = JN_NULL};
    size_t i = 0;
    int result = 0;
    if (list.type == JN_UNDEFINED)
        return 0;
    int arity = asli_jn_arity(c->args[1]);
    if (arity < 2) {
        c->run->trouble->index = 1;
        return asli_jn_throw(c->run, "D3050");
    }
    size_t len = asli_jn_len(list);
    *ret = asli_jn_arg(c, 2);
    if (ret->type == JN_UNDEFINED && len > 0)
        *ret = asli_jn_at(list, i++);
    for (; result == 0 && i < len; i++) {
        jn_value args[4] = {*ret, asli_jn_at(list, i), asli_jn_number((double)i), list};
        result = asli_jn_apply(c->run, c->args[1], args, arity < 4 ? (uint32_t)arity : 4,
                               null, c->env, ret);
    }
    return result;
}

/* ------------------------------------------------------------------ for each member */

int asli_jn_fn_each(call *c, jn_value *ret)
{
    jn_value object = asli_jn_arg(c, 0), v;
    size_t base = c->run->top;
    int result = 0;
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(object, &m);) {
        result = visit(c, m.value, asli_jn_string(m.key, m.len), object, &v);
        if (result == 0 && v.type != JN_UNDEFINED)
            result = asli_jn_push(c->run, v);
    }
    return result != 0 ? result : asli_jn_pop_array(c->run, base, JN_SEQUENCE, ret);
}

int asli_jn_fn_sift(call *c, jn_value *ret)
{
    jn_value object = asli_jn_arg(c, 0), v;
    struct asli_jn_object *kept;
    int result = asli_jn_new_object(c->run, 0, &kept);
    if (asli_jn_size(object) > 0 && !asli_jn_given(c, 1))
        return asli_jn_throw(c->run, "T1006");
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(object, &m);) {
        struct asli_jn_name name = {m.key, (uint32_t)m.len, asli_jn_hash(m.key, m.len)};
        bool yes = false;
        result = visit(c, m.value, asli_jn_string(m.key, m.len), object, &v);
        if (result == 0)
            result = asli_jn_truth(c->run, v, &yes);
        if (result == 0 && yes)
            result = asli_jn_set(c->run, kept, &name, m.value);
    }
    if (result == 0 && kept->count > 0)
        *ret = asli_jn_of_object(kept);
    return result;
}
