/* SPDX-License-Identifier: Apache-2.0
 *
 * The evaluator: one function for each type of node, and what all of them have in common: bounds,
 * predicates, and that a sequence of one is its item.
 */
#include "engine/query/jsonata/eval.h"

#include "engine/query/jsonata/library.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

/* ------------------------------------------------------------------ frames */

int asli_jn_new_frame(run *r, frame *parent, uint32_t cap, frame **ret)
{
    struct {
        frame frame;
        struct asli_jn_binding vars[];
    } *made = asli_jn_alloc(&r->arena, sizeof *made + cap * sizeof made->vars[0]);
    if (!made)
        return asli_jn_no_room(r);
    made->frame = (frame){.parent = parent, .cap = cap, .vars = made->vars};
    *ret = &made->frame;
    return 0;
}

bool asli_jn_same_name(const struct asli_jn_name *a, const struct asli_jn_name *b)
{
    return a == b || (a->hash == b->hash && a->len == b->len &&
                      memcmp(a->text, b->text, a->len) == 0);
}

int asli_jn_bind(run *r, frame *f, const struct asli_jn_name *name, jn_value value)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (asli_jn_same_name(f->vars[i].name, name)) {
            f->vars[i].value = value;
            return 0;
        }
    if (f->count == f->cap) {
        uint32_t cap = f->cap ? f->cap * 2 : 4;
        struct asli_jn_binding *vars = asli_jn_alloc(&r->arena, cap * sizeof *vars);
        if (!vars)
            return asli_jn_no_room(r);
        if (f->count)
            memcpy(vars, f->vars, f->count * sizeof *vars);
        f->vars = vars;
        f->cap = cap;
    }
    f->vars[f->count++] = (struct asli_jn_binding){name, value};
    return 0;
}

int asli_jn_lookup(run *r, const frame *f, const struct asli_jn_name *name, jn_value *ret,
                   bool *ret_found)
{
    *ret_found = true;
    for (; f; f = f->parent) {
        for (uint32_t i = 0; i < f->count; i++)
            if (asli_jn_same_name(f->vars[i].name, name)) {
                *ret = f->vars[i].value;
                return 0;
            }
        for (const struct asli_jn_link *l = f->tuple; l; l = l->next)
            if (asli_jn_same_name(l->name, name)) {
                *ret = l->value;
                return 0;
            }
    }
    *ret = JN_NOTHING;
    return asli_jn_host_variable(r, name, ret, ret_found);
}

static int variable(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    bool found;
    if (n->name.len == 0) {
        *ret = asli_jn_has(input, JN_OUTER) ? asli_jn_at(input, 0) : input;
        return 0;
    }
    int result = asli_jn_lookup(r, env, &n->name, ret, &found);
    if (result != 0 || found || !n->builtin)
        return result;
    *ret = asli_jn_of_function(n->builtin->function);
    /* The host is not asked again. */
    return asli_jn_bind(r, &r->root, &n->name, *ret);
}

/* ------------------------------------------------------------------ names */

/* Pushes what the items of an array have in field `name`. */
static int push_fields(run *r, jn_value array, const struct asli_jn_name *name)
{
    size_t len = asli_jn_len(array);
    int result = asli_jn_stack_left(r);
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value item = asli_jn_at(array, i);
        if (asli_jn_is_array(item)) {
            result = push_fields(r, item, name);
            continue;
        }
        jn_value v = asli_jn_get(item, name);
        if (asli_jn_is_array(v))
            result = asli_jn_push_items(r, v);
        else if (v.type != JN_UNDEFINED)
            result = asli_jn_push(r, v);
    }
    return result;
}

int asli_jn_field(run *r, jn_value v, const struct asli_jn_name *name, jn_value *ret)
{
    if (!asli_jn_is_array(v)) {
        *ret = asli_jn_get(v, name);
        return 0;
    }
    size_t base = r->top;
    int result = push_fields(r, v, name);
    return result != 0 ? result : asli_jn_pop_array(r, base, JN_SEQUENCE, ret);
}

static int name(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    return asli_jn_field(r, input, &n->name, ret);
}

static int literal(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    *ret = n->value;
    return 0;
}

static int push_flat(run *r, jn_value v)
{
    if (!asli_jn_is_array(v))
        return asli_jn_push(r, v);
    size_t len = asli_jn_len(v);
    int result = asli_jn_stack_left(r);
    for (size_t i = 0; result == 0 && i < len; i++)
        result = push_flat(r, asli_jn_at(v, i));
    return result;
}

/* An array's members are its items. Once one of them is an array, what comes out is no sequence
 * any more, as appending makes a plain array. */
static int wildcard(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    size_t base = r->top;
    bool plain = false;
    int result = 0;
    if (asli_jn_has(input, JN_OUTER) && asli_jn_len(input) > 0)
        input = asli_jn_at(input, 0);
    if (asli_jn_is_array(input)) {
        size_t len = asli_jn_len(input);
        for (size_t i = 0; result == 0 && i < len; i++) {
            jn_value item = asli_jn_at(input, i);
            plain |= asli_jn_is_array(item);
            result = push_flat(r, item);
        }
    }
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(input, &m);) {
        plain |= asli_jn_is_array(m.value);
        result = push_flat(r, m.value);
    }
    return result != 0 ? result
                       : asli_jn_pop_array(r, base, plain ? 0 : JN_SEQUENCE, ret);
}

static int push_descendants(run *r, jn_value v)
{
    int result = asli_jn_stack_left(r);
    if (asli_jn_is_array(v)) {
        size_t len = asli_jn_len(v);
        for (size_t i = 0; result == 0 && i < len; i++)
            result = push_descendants(r, asli_jn_at(v, i));
        return result;
    }
    if (result == 0)
        result = asli_jn_push(r, v);
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(v, &m);)
        result = push_descendants(r, m.value);
    return result;
}

static int descendant(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    size_t base = r->top;
    *ret = JN_NOTHING;
    if (input.type == JN_UNDEFINED)
        return 0;
    int result = push_descendants(r, input);
    return result != 0 ? result : asli_jn_pop_sequence(r, base, n->keep_array, ret);
}

static int parent(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    bool found;
    return asli_jn_lookup(r, env, &n->slot->label, ret, &found);
}

/* ------------------------------------------------------------------ the rest */

static int negate(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    bool numeric;
    int result = asli_jn_eval(r, n->a, input, env, ret);
    if (result != 0 || ret->type == JN_UNDEFINED)
        return result;
    if ((result = asli_jn_numeric(r, *ret, &numeric)) != 0)
        return result;
    if (numeric) {
        *ret = asli_jn_number(-asli_jn_double(*ret));
        return 0;
    }
    r->trouble->token = asli_jn_string("-", 1);
    return asli_jn_throw_value(r, "D1002", *ret);
}

static int array(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    size_t base = r->top;
    jn_value v;
    int result = 0;
    /* A lone generator is not copied: [1..10000000]. */
    if (n->count == 1 && n->list[0]->type != JN_N_ARRAY && !n->cons) {
        if ((result = asli_jn_eval(r, n->list[0], input, env, &v)) != 0)
            return result;
        if (v.type == JN_ARRAY)
            return asli_jn_append(r, asli_jn_of_array(&(struct asli_jn_array){0}), v,
                                  ret);
        if (asli_jn_is_array(v))
            result = asli_jn_push_items(r, v);
        else if (v.type != JN_UNDEFINED)
            result = asli_jn_push(r, v);
        return result != 0 ? result : asli_jn_pop_array(r, base, 0, ret);
    }
    for (uint32_t i = 0; result == 0 && i < n->count; i++) {
        result = asli_jn_eval(r, n->list[i], input, env, &v);
        if (result != 0 || v.type == JN_UNDEFINED)
            continue;
        if (n->list[i]->type != JN_N_ARRAY && asli_jn_is_array(v))
            result = asli_jn_push_items(r, v);
        else
            result = asli_jn_push(r, v);
    }
    return result != 0 ? result : asli_jn_pop_array(r, base, n->cons ? JN_CONS : 0, ret);
}

static int bind(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    int result = asli_jn_eval(r, n->b, input, env, ret);
    return result != 0 ? result : asli_jn_bind(r, env, &n->a->name, *ret);
}

static int condition(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    bool truth;
    int result = asli_jn_eval(r, n->a, input, env, ret);
    if (result == 0)
        result = asli_jn_truth(r, *ret, &truth);
    if (result != 0)
        return result;
    const node *tested = n->op == JN_OP_COALESCE ? n->a->list[0] : n->a;
    const node *chosen = !truth ? n->c : n->b ? n->b : tested;
    *ret = JN_NOTHING;
    return chosen ? asli_jn_eval(r, chosen, input, env, ret) : 0;
}

static int block(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    int result = 0;
    *ret = JN_NOTHING;
    if ((n->needs_frame || r->tree->uses_eval) &&
        (result = asli_jn_new_frame(r, env, 4, &env)) != 0)
        return result;
    for (uint32_t i = 0; result == 0 && i < n->count; i++)
        result = asli_jn_eval(r, n->list[i], input, env, ret);
    return result;
}

static int regex(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    return asli_jn_new_function(r, (struct asli_jn_function){.kind = JN_REGEX, .node = n},
                                ret);
}

static int lambda(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    return asli_jn_new_function(
        r,
        (struct asli_jn_function){
            .kind = JN_LAMBDA, .node = n, .count = n->count, .env = env, .input = input},
        ret);
}

static int transform(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    return asli_jn_new_function(
        r, (struct asli_jn_function){.kind = JN_TRANSFORM, .node = n, .env = env}, ret);
}

static int call(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    return asli_jn_eval_call(r, n, input, env, NULL, ret);
}

static int nothing(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    *ret = JN_NOTHING;
    return 0;
}

static int (*const by_type[JN_N_NODE_TYPES])(run *, const node *, jn_value, frame *,
                                             jn_value *) = {
    [JN_N_END] = nothing,
    [JN_N_NAME] = name,
    [JN_N_STRING] = literal,
    [JN_N_NUMBER] = literal,
    [JN_N_VALUE] = literal,
    [JN_N_VARIABLE] = variable,
    [JN_N_REGEX] = regex,
    [JN_N_OPERATOR] = nothing,
    [JN_N_WILDCARD] = wildcard,
    [JN_N_DESCENDANT] = descendant,
    [JN_N_PARENT] = parent,
    [JN_N_BINARY] = asli_jn_eval_binary,
    [JN_N_NEGATE] = negate,
    [JN_N_ARRAY] = array,
    [JN_N_OBJECT] = asli_jn_eval_group,
    [JN_N_FUNCTION] = call,
    [JN_N_PARTIAL] = asli_jn_eval_partial,
    [JN_N_LAMBDA] = lambda,
    [JN_N_CONDITION] = condition,
    [JN_N_BLOCK] = block,
    [JN_N_TRANSFORM] = transform,
    [JN_N_PATH] = asli_jn_eval_path,
    [JN_N_SORT] = nothing,
    [JN_N_BIND] = bind,
    [JN_N_APPLY] = asli_jn_eval_apply,
};

/* Predicates and groups of what is no path. */
static int after(run *r, const node *n, frame *env, jn_value *ret)
{
    int result = 0;
    for (const struct asli_jn_stage *s = n->predicates; result == 0 && s; s = s->next)
        result = asli_jn_filter(r, s->filter, *ret, env, ret);
    if (result == 0 && n->group && n->type != JN_N_PATH)
        result = asli_jn_eval_group(r, n->group, *ret, env, ret);
    return result;
}

static int bounds(run *r)
{
    if (r->depth > r->max_depth)
        return asli_jn_throw(r, "U1001");
    if (++r->steps > r->max_steps)
        return asli_jn_too_long(r);
    return asli_jn_stack_left(r);
}

int asli_jn_eval(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    r->depth++;
    int result = bounds(r);
    if (result == 0)
        result = by_type[n->type](r, n, input, env, ret);
    if (result == 0 && (n->predicates || n->group))
        result = after(r, n, env, ret);
    if (result != 0) {
        if (!r->trouble->positioned && n->position) {
            r->trouble->positioned = true;
            r->trouble->position = n->position;
        }
        return result;
    }
    if (ret->type == JN_ARRAY) {
        if (n->keep_array && asli_jn_has(*ret, JN_SEQUENCE) && asli_jn_len(*ret) > 0)
            ret->as.array->flags |= JN_KEEP;
        *ret = asli_jn_unwrap(*ret);
    }
    r->depth--;
    return 0;
}
