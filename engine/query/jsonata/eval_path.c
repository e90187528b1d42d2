/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths: each step maps a sequence to the next. The items of a sequence that is being made lie on
 * the run's stack, so that a path makes no array but its result.
 */
#include "engine/query/jsonata/eval.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

/* The items a step works on: an array, or when it is undefined the `count` on the stack from
 * `base` on. */
struct source {
    jn_value array;
    size_t base, count;
    bool plain; /* an array that is no sequence, even when it is of length 1 */
};

static jn_value item_at(const run *r, const struct source *s, size_t i)
{
    return s->array.type == JN_UNDEFINED ? r->stack[s->base + i]
                                         : asli_jn_at(s->array, i);
}

/* ------------------------------------------------------------------ filters */

static int matches(run *r, jn_value v, size_t index, size_t len, size_t *ret_times)
{
    bool numeric = true, truth;
    size_t n = asli_jn_is_array(v) ? asli_jn_len(v) : 1, times = 0;
    int result = 0;
    for (size_t i = 0; i < n && numeric; i++) {
        jn_value one = asli_jn_is_array(v) ? asli_jn_at(v, i) : v;
        if ((result = asli_jn_numeric(r, one, &numeric)) != 0)
            return result;
        if (!numeric)
            break;
        double at = floor(asli_jn_double(one));
        times += (at < 0 ? at + (double)len : at) == (double)index;
    }
    *ret_times = times;
    if (numeric)
        return 0;
    result = asli_jn_truth(r, v, &truth);
    *ret_times = truth;
    return result;
}

/* Pushes what a filter that is no number lets through. */
static int push_filtered(run *r, const node *predicate, jn_value input, frame *env)
{
    bool array = asli_jn_is_array(input), tuples = asli_jn_has(input, JN_TUPLES);
    size_t len = array ? asli_jn_len(input) : 1, times;
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value item = array ? asli_jn_at(input, i) : input, context = item, v;
        frame *inner = env;
        if (tuples) {
            context = item.as.tuple->item;
            result = asli_jn_tuple_frame(r, env, item, &inner);
        }
        if (result == 0)
            result = asli_jn_eval(r, predicate, context, inner, &v);
        if (result == 0)
            result = matches(r, v, i, len, &times);
        for (; result == 0 && times > 0; times--)
            result = asli_jn_push(r, item);
    }
    return result;
}

/* [number]: the item there, an array as it is. */
static jn_value pick(const node *predicate, jn_value input)
{
    bool array = asli_jn_is_array(input);
    size_t len = array ? asli_jn_len(input) : 1;
    double at = floor(asli_jn_double(predicate->value));
    if (at < 0)
        at += (double)len;
    if (at < 0 || at >= (double)len)
        return JN_NOTHING;
    return array ? asli_jn_at(input, (size_t)at) : input;
}

int asli_jn_filter(run *r, const node *predicate, jn_value input, frame *env,
                   jn_value *ret)
{
    size_t base = r->top;
    unsigned flags = JN_SEQUENCE | (asli_jn_has(input, JN_TUPLES) ? JN_TUPLES : 0);
    int result = 0;
    if (predicate->type == JN_N_NUMBER) {
        jn_value item = pick(predicate, input);
        if (asli_jn_is_array(item)) {
            *ret = item;
            return 0;
        }
        if (item.type != JN_UNDEFINED)
            result = asli_jn_push(r, item);
    } else
        result = push_filtered(r, predicate, input, env);
    return result != 0 ? result : asli_jn_pop_array(r, base, flags, ret);
}

/* ------------------------------------------------------------------ one step */

/* What a step has given so far. An only result that is a plain array is not flattened in a last
 * step, so the first is held back until there is a second. */
struct results {
    size_t count;
    jn_value held; /* the first; undefined when it is on the stack already */
};

static int flush(run *r, jn_value v)
{
    if (!asli_jn_is_array(v) || asli_jn_has(v, JN_CONS))
        return asli_jn_push(r, v);
    return asli_jn_push_items(r, v);
}

static int add(run *r, struct results *results, jn_value v)
{
    int result = 0;
    if (v.type == JN_UNDEFINED)
        return 0;
    if (results->count++ == 0 && asli_jn_is_array(v)) {
        results->held = v;
        return 0;
    }
    if (results->held.type != JN_UNDEFINED)
        result = flush(r, results->held);
    results->held = JN_NOTHING;
    return result != 0 ? result : flush(r, v);
}

/* A value through the stages of its step. The last filter leaves its items on the stack. */
static int staged(run *r, const node *step, jn_value v, frame *env,
                  struct results *results)
{
    int result = 0;
    const struct asli_jn_stage *s = step->stages;
    for (; result == 0 && s && (s->next || s->filter->type == JN_N_NUMBER); s = s->next)
        result = asli_jn_filter(r, s->filter, v, env, &v);
    if (result != 0 || !s)
        return result != 0 ? result : add(r, results, v);
    if (results->held.type != JN_UNDEFINED) {
        jn_value held = results->held;
        results->held = JN_NOTHING;
        if ((result = flush(r, held)) != 0)
            return result;
    }
    results->count++;
    return push_filtered(r, s->filter, v, env);
}

static int step_value(run *r, const node *step, jn_value item, frame *env, jn_value *ret)
{
    if (step->type != JN_N_NAME || asli_jn_is_array(item) || step->predicates ||
        step->group)
        return asli_jn_eval(r, step, item, env, ret);
    *ret = asli_jn_get(item, &step->name);
    return 0;
}

/* Evaluates `step` for every item; what comes out replaces the source. */
static int map_step(run *r, const node *step, struct source *s, frame *env, bool last)
{
    struct results results = {0};
    size_t base = r->top;
    int result = 0;
    for (size_t i = 0; result == 0 && i < s->count; i++) {
        jn_value v;
        result = step_value(r, step, item_at(r, s, i), env, &v);
        if (result == 0)
            result =
                step->stages ? staged(r, step, v, env, &results) : add(r, &results, v);
    }
    if (result != 0)
        return result;
    jn_value held = results.held;
    if (held.type != JN_UNDEFINED) {
        size_t len = asli_jn_len(held);
        if (last ? !asli_jn_has(held, JN_SEQUENCE)
                 : len > 0 && !asli_jn_has(held, JN_CONS)) {
            *s = (struct source){held, base, len, last};
            return 0;
        }
        if ((result = flush(r, held)) != 0)
            return result;
    }
    *s = (struct source){JN_NOTHING, base, r->top - base, false};
    return 0;
}

static int sort_step(run *r, const node *step, struct source *s, frame *env)
{
    jn_value v = s->array;
    int result = 0;
    if (v.type != JN_UNDEFINED && s->count == 1 && !s->plain) {
        s->base = r->top;
        result = asli_jn_push(r, asli_jn_at(v, 0));
        v = JN_NOTHING;
    }
    if (result == 0 && v.type == JN_UNDEFINED)
        result = asli_jn_pop_array(r, s->base, JN_SEQUENCE, &v);
    if (result == 0)
        result = asli_jn_eval_sort(r, step, v, env, &v);
    for (const struct asli_jn_stage *g = step->stages; result == 0 && g; g = g->next)
        if (g->filter)
            result = asli_jn_filter(r, g->filter, v, env, &v);
    if (result == 0)
        *s = (struct source){v, r->top, asli_jn_len(v), true};
    return result;
}

/* The first step [...]: made once, for the whole input. */
static int cons_step(run *r, const node *step, struct source *s, frame *env)
{
    jn_value v = s->array;
    int result = 0;
    if (v.type == JN_UNDEFINED)
        result = asli_jn_pop_array(r, s->base, JN_SEQUENCE, &v);
    if (result == 0)
        result = asli_jn_eval(r, step, v, env, &v);
    if (result == 0 &&
        !asli_jn_is_array(v)) /* no sequence: the next step finds nothing */
        *s = (struct source){JN_NOTHING, r->top, 0, false};
    else if (result == 0)
        *s = (struct source){v, r->top, asli_jn_len(v), true};
    return result;
}

/* ------------------------------------------------------------------ the path */

/* What the path's last sequence is as its value. */
static int finish(run *r, const node *n, struct source *s, frame *env, jn_value *ret)
{
    bool keep = n->keep_singleton || n->keep_array;
    int result = 0;
    jn_value v = s->array;
    if (v.type == JN_UNDEFINED && !n->group)
        return asli_jn_pop_sequence(r, s->base, keep, ret);
    if (v.type == JN_UNDEFINED)
        result = asli_jn_pop_array(r, s->base, JN_SEQUENCE, &v);
    if (result == 0 && n->keep_singleton && v.type == JN_ARRAY) {
        if (asli_jn_has(v, JN_CONS) && !asli_jn_has(v, JN_SEQUENCE)) {
            if ((result = asli_jn_push(r, v)) == 0)
                result = asli_jn_pop_array(r, r->top - 1, JN_SEQUENCE, &v);
        }
        if (result == 0 && asli_jn_has(v, JN_SEQUENCE))
            v.as.array->flags |= JN_KEEP;
    }
    *ret = v;
    if (result == 0 && n->group)
        result = asli_jn_eval_group(r, n->group, v, env, ret);
    return result;
}

static int steps(run *r, const node *n, struct source *s, frame *env, jn_value *ret)
{
    int result = 0;
    size_t base = r->top - (s->array.type == JN_UNDEFINED ? s->count : 0);
    for (uint32_t i = 0; result == 0 && i < n->count; i++) {
        const node *step = n->list[i];
        if (step->tuple && !(i == 0 && step->cons)) {
            jn_value v = s->array;
            if (v.type == JN_UNDEFINED)
                result = asli_jn_pop_array(r, s->base, JN_SEQUENCE, &v);
            return result != 0 ? result : asli_jn_eval_tuples(r, n, i, v, env, ret);
        }
        if (i == 0 && step->cons)
            result = cons_step(r, step, s, env);
        else if (step->type == JN_N_SORT)
            result = sort_step(r, step, s, env);
        else
            result = map_step(r, step, s, env, i + 1 == n->count);
        if (result != 0)
            return result;
        /* What the step before has left below is not needed any more. */
        if (s->array.type != JN_UNDEFINED)
            r->top = s->base = base;
        else if (s->base > base) {
            memmove(r->stack + base, r->stack + s->base, s->count * sizeof(jn_value));
            s->base = base;
            r->top = base + s->count;
        }
        if (s->count == 0)
            break;
    }
    return finish(r, n, s, env, ret);
}

/* a.b.c from object to object, which needs no sequence. False: an array is in the way. */
static bool walk_names(const node *n, jn_value v, jn_value *ret)
{
    uint32_t i = 0;
    for (; i < n->count && (v.type == JN_JOBJECT || v.type == JN_OBJECT); i++)
        v = asli_jn_get(v, &n->list[i]->name);
    if (i < n->count ? asli_jn_is_array(v) : v.type == JN_ARRAY)
        return false;
    *ret = i < n->count ? JN_NOTHING : v;
    return true;
}

int asli_jn_eval_path(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    if (n->names && walk_names(n, input, ret))
        return 0;
    struct source s = {JN_NOTHING, r->top, 1, false};
    if (asli_jn_is_array(input) && n->list[0]->type != JN_N_VARIABLE)
        s = (struct source){input, r->top, asli_jn_len(input), false};
    else {
        int result = asli_jn_push(r, input);
        if (result != 0)
            return result;
    }
    return steps(r, n, &s, env, ret);
}
