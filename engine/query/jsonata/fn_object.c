/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions on objects, on values of any type, and on the evaluation itself.
 */
#include "engine/base/alloc.h"
#include "engine/query/jsonata/library.h"
#include "engine/query/jsonata/number.h"

typedef const struct asli_jn_call call;

static struct asli_jn_name name_of(const struct asli_jn_member *m)
{
    return (struct asli_jn_name){m->key, (uint32_t)m->len, asli_jn_hash(m->key, m->len)};
}

/* ------------------------------------------------------------------ objects */

static int collect_keys(struct asli_jn_run *r, jn_value v, struct asli_jn_object *keys)
{
    int result = asli_jn_stack_left(r);
    if (asli_jn_is_array(v))
        for (size_t i = 0, len = asli_jn_len(v); result == 0 && i < len; i++)
            result = collect_keys(r, asli_jn_at(v, i), keys);
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(v, &m);) {
        struct asli_jn_name name = name_of(&m);
        result = asli_jn_set(r, keys, &name, asli_jn_bool(true));
    }
    return result;
}

int asli_jn_fn_keys(call *c, jn_value *ret)
{
    struct asli_jn_object *keys;
    size_t base = c->run->top;
    int result = asli_jn_new_object(c->run, 0, &keys);
    if (result == 0)
        result = collect_keys(c->run, asli_jn_arg(c, 0), keys);
    for (uint32_t i = 0; result == 0 && i < keys->count; i++)
        result = asli_jn_push(c->run,
                              asli_jn_string(keys->entries[i].key, keys->entries[i].len));
    return result != 0 ? result : asli_jn_pop_array(c->run, base, JN_SEQUENCE, ret);
}

int asli_jn_fn_lookup(call *c, jn_value *ret)
{
    jn_value key = asli_jn_arg(c, 1);
    if (key.type != JN_STRING)
        return 0;
    struct asli_jn_name name = {key.as.text, key.len, asli_jn_hash(key.as.text, key.len)};
    return asli_jn_field(c->run, asli_jn_arg(c, 0), &name, ret);
}

/* One object a member, onto the stack. */
static int push_spread(struct asli_jn_run *r, jn_value v)
{
    int result = asli_jn_stack_left(r);
    if (asli_jn_is_array(v)) {
        for (size_t i = 0, len = asli_jn_len(v); result == 0 && i < len; i++)
            result = push_spread(r, asli_jn_at(v, i));
        return result;
    }
    if (!asli_jn_is_object(v))
        return result != 0 || v.type == JN_UNDEFINED ? result : asli_jn_push(r, v);
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(v, &m);) {
        struct asli_jn_name name = name_of(&m);
        struct asli_jn_object *one;
        result = asli_jn_new_object(r, 1, &one);
        if (result == 0)
            result = asli_jn_set(r, one, &name, m.value);
        if (result == 0)
            result = asli_jn_push(r, asli_jn_of_object(one));
    }
    return result;
}

int asli_jn_fn_spread(call *c, jn_value *ret)
{
    jn_value v = asli_jn_arg(c, 0);
    size_t base = c->run->top;
    bool array = asli_jn_is_array(v) && asli_jn_len(v) > 0;
    *ret = v;
    if (!asli_jn_is_object(v) && !asli_jn_is_array(v))
        return 0;
    int result = push_spread(c->run, v);
    return result != 0 ? result
                       : asli_jn_pop_array(c->run, base, array ? 0 : JN_SEQUENCE, ret);
}

int asli_jn_fn_merge(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    struct asli_jn_object *all;
    if (list.type == JN_UNDEFINED)
        return 0;
    int result = asli_jn_new_object(c->run, 0, &all);
    for (size_t i = 0, len = asli_jn_len(list); result == 0 && i < len; i++)
        for (struct asli_jn_member m = {0};
             result == 0 && asli_jn_next(asli_jn_at(list, i), &m);) {
            struct asli_jn_name name = name_of(&m);
            result = asli_jn_set(c->run, all, &name, m.value);
        }
    *ret = asli_jn_of_object(all);
    return result;
}

/* ------------------------------------------------------------------ any value */

int asli_jn_fn_boolean(call *c, jn_value *ret)
{
    bool truth;
    if (!asli_jn_given(c, 0))
        return 0;
    int result = asli_jn_truth(c->run, c->args[0], &truth);
    *ret = asli_jn_bool(truth);
    return result;
}

int asli_jn_fn_not(call *c, jn_value *ret)
{
    int result = asli_jn_fn_boolean(c, ret);
    ret->as.truth = !ret->as.truth;
    return result;
}

int asli_jn_fn_exists(call *c, jn_value *ret)
{
    *ret = asli_jn_bool(asli_jn_given(c, 0));
    return 0;
}

int asli_jn_fn_type(call *c, jn_value *ret)
{
    static const char *const names[] = {
        [JN_NULL] = "null",         [JN_BOOL] = "boolean",   [JN_INTEGER] = "number",
        [JN_NUMBER] = "number",     [JN_STRING] = "string",  [JN_JARRAY] = "array",
        [JN_ARRAY] = "array",       [JN_JOBJECT] = "object", [JN_OBJECT] = "object",
        [JN_FUNCTION] = "function", [JN_TUPLE] = "object",   [JN_THUNK] = "function"};
    bool numeric;
    jn_value v = asli_jn_arg(c, 0);
    if (v.type == JN_UNDEFINED)
        return 0;
    int result = asli_jn_numeric(c->run, v, &numeric);
    *ret = asli_jn_string(names[v.type], strlen(names[v.type]));
    return result;
}

static int fail_with(call *c, const char *code, jn_value message, const char *otherwise)
{
    bool given = message.type == JN_STRING && message.len > 0;
    c->run->trouble->custom = given ? message.as.text : otherwise;
    c->run->trouble->custom_len = given ? message.len : strlen(otherwise);
    return asli_jn_throw(c->run, code);
}

int asli_jn_fn_error(call *c, jn_value *ret)
{
    return fail_with(c, "D3137", asli_jn_arg(c, 0), "$error() function evaluated");
}

int asli_jn_fn_assert(call *c, jn_value *ret)
{
    jn_value condition = asli_jn_arg(c, 0);
    if (condition.type == JN_BOOL && condition.as.truth)
        return 0;
    return fail_with(c, "D3141", asli_jn_arg(c, 1), "$assert() statement failed");
}

/* ------------------------------------------------------------------ clone */

static int clone(struct asli_jn_run *r, jn_value v, jn_value *ret);

static int clone_array(struct asli_jn_run *r, jn_value v, jn_value *ret)
{
    size_t base = r->top;
    int result = 0;
    for (size_t i = 0, len = asli_jn_len(v); result == 0 && i < len; i++) {
        jn_value item;
        result = clone(r, asli_jn_at(v, i), &item);
        if (result == 0 && item.type == JN_UNDEFINED)
            item.type = JN_NULL;
        if (result == 0)
            result = asli_jn_push(r, item);
    }
    return result != 0 ? result : asli_jn_pop_array(r, base, 0, ret);
}

static int clone_object(struct asli_jn_run *r, jn_value v, jn_value *ret)
{
    struct asli_jn_object *o;
    int result = asli_jn_new_object(r, asli_jn_size(v), &o);
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(v, &m);) {
        struct asli_jn_name name = name_of(&m);
        jn_value value;
        result = clone(r, m.value, &value);
        if (result == 0 && value.type != JN_UNDEFINED)
            result = asli_jn_set(r, o, &name, value);
    }
    *ret = asli_jn_of_object(o);
    return result;
}

/* What reading back $string's text would give. */
static int clone(struct asli_jn_run *r, jn_value v, jn_value *ret)
{
    int result = asli_jn_stack_left(r);
    *ret = v;
    if (result != 0)
        return result;
    if (asli_jn_is_array(v))
        return clone_array(r, v, ret);
    if (asli_jn_is_object(v))
        return clone_object(r, v, ret);
    if (v.type == JN_FUNCTION)
        *ret = asli_jn_string("", 0);
    if (v.type != JN_NUMBER || floor(v.as.number) == v.as.number)
        return 0;
    bool numeric;
    if ((result = asli_jn_numeric(r, v, &numeric)) != 0)
        return result;
    ret->as.number = asli_jn_number_precise(v.as.number);
    return 0;
}

int asli_jn_fn_clone(call *c, jn_value *ret)
{
    jn_value v = asli_jn_arg(c, 0);
    if (asli_jn_has(v, JN_OUTER))
        v = asli_jn_at(v, 0);
    return v.type == JN_UNDEFINED ? 0 : clone(c->run, v, ret);
}

/* ------------------------------------------------------------------ eval */

/* The failure inside becomes the value of one outside; bounds stay what they are. */
static int wrap(struct asli_jn_run *r, const struct asli_jn_trouble *inner,
                const char *code)
{
    jn_value message;
    *r->trouble = *inner;
    if (strcmp(inner->code, "U1001") == 0)
        return ASLI_JN_FAULT;
    asli_bytes_reset(&r->buf);
    asli_jn_trouble_text(inner, &r->buf);
    int result = asli_jn_buf_text(r, &message);
    if (result != 0)
        return result;
    *r->trouble = (struct asli_jn_trouble){0};
    return asli_jn_throw_value(r, code, message);
}

static int compile(struct asli_jn_run *r, jn_value text, struct asli_jn_tree **ret)
{
    struct asli_jn_trouble inner = {0};
    struct asli_jn_limits limits = {.depth = r->max_depth, .stack = r->max_stack / 2};
    int result = asli_jn_stack_left(r);
    if (result != 0)
        return result;
    struct asli_jn_tree *tree = asli_alloc(sizeof *tree);
    if (!tree)
        return ASL_ENOMEM;
    asli_jn_arena_init(&tree->arena, NULL, 0, r->arena.limit);
    tree->next = r->evals;
    r->evals = tree;
    result = asli_jn_compile(tree, text.as.text, text.len, r->library, &limits, &inner);
    *ret = tree;
    return result == ASLI_JN_FAULT ? wrap(r, &inner, "D3120") : result;
}

int asli_jn_fn_eval(call *c, jn_value *ret)
{
    struct asli_jn_run *r = c->run;
    struct asli_jn_tree *tree;
    struct asli_jn_trouble inner = {0}, *outer = r->trouble;
    jn_value input = c->context;
    if (!asli_jn_given(c, 0))
        return 0;
    int result = compile(r, c->args[0], &tree);
    if (result == 0 && asli_jn_given(c, 1)) {
        input = c->args[1];
        if (asli_jn_is_array(input) && !asli_jn_has(input, JN_SEQUENCE)) {
            result = asli_jn_push(r, input);
            if (result == 0)
                result = asli_jn_pop_array(r, r->top - 1, JN_SEQUENCE | JN_OUTER, &input);
        }
    }
    if (result != 0)
        return result;
    r->trouble = &inner;
    result = asli_jn_eval(r, tree->root, input, c->env, ret);
    r->trouble = outer;
    return result == ASLI_JN_FAULT ? wrap(r, &inner, "D3121") : result;
}
