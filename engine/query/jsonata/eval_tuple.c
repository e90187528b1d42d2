/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths that name what they pass: @$x, #$i and parents. Their sequences are streams of tuples, an
 * item with the bindings that led to it; bindings are shared lists, so that a tuple costs what it
 * adds.
 */
#include "engine/query/jsonata/eval.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;
typedef struct asli_jn_tuple tuple;

static int new_tuple(run *r, jn_value item, struct asli_jn_link *vars, jn_value *ret)
{
    tuple *t = asli_jn_alloc(&r->arena, sizeof *t);
    if (!t)
        return asli_jn_no_room(r);
    *t = (tuple){item, vars};
    *ret = (jn_value){.type = JN_TUPLE, .as.tuple = t};
    return 0;
}

static int with(run *r, struct asli_jn_link **vars, const struct asli_jn_name *name,
                jn_value value)
{
    struct asli_jn_link *link = asli_jn_alloc(&r->arena, sizeof *link);
    if (!link)
        return asli_jn_no_room(r);
    *link = (struct asli_jn_link){name, value, *vars};
    *vars = link;
    return 0;
}

int asli_jn_tuple_frame(run *r, frame *env, jn_value t, frame **ret)
{
    int result = asli_jn_new_frame(r, env, 0, ret);
    if (result == 0)
        (*ret)->tuple = t.as.tuple->vars;
    return result;
}

/* Numbers the tuples of a stream; the stream is new, as tuples never change. */
static int number(run *r, const struct asli_jn_name *name, jn_value *stream)
{
    size_t base = r->top, len = asli_jn_len(*stream);
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++) {
        const tuple *t = asli_jn_at(*stream, i).as.tuple;
        struct asli_jn_link *vars = t->vars;
        jn_value made;
        result = with(r, &vars, name, asli_jn_number((double)i));
        if (result == 0)
            result = new_tuple(r, t->item, vars, &made);
        if (result == 0)
            result = asli_jn_push(r, made);
    }
    return result != 0 ? result
                       : asli_jn_pop_array(r, base, JN_SEQUENCE | JN_TUPLES, stream);
}

static int stages(run *r, const node *step, frame *env, jn_value *stream)
{
    int result = 0;
    for (const struct asli_jn_stage *s = step->stages; result == 0 && s; s = s->next)
        result = s->filter ? asli_jn_filter(r, s->filter, *stream, env, stream)
                           : number(r, s->index, stream);
    return result;
}

/* The tuple for one item that a step found from `from`. */
static int extend(run *r, const node *step, const tuple *from, jn_value v, size_t index,
                  jn_value *ret)
{
    struct asli_jn_link *vars = from->vars;
    jn_value item = step->focus ? from->item : v;
    int result = step->focus ? with(r, &vars, step->focus, v) : 0;
    if (result == 0 && step->index)
        result = with(r, &vars, step->index, asli_jn_number((double)index));
    if (result == 0 && step->ancestor)
        result = with(r, &vars, &step->ancestor->label, from->item);
    return result != 0 ? result : new_tuple(r, item, vars, ret);
}

/* A tuple that a path inside the step made, with the bindings of the outer one below its own. */
static int join(run *r, const tuple *outer, const tuple *inner, jn_value *ret)
{
    const struct asli_jn_link *list = inner->vars;
    struct asli_jn_link *vars = outer->vars, **at = &vars;
    int result = 0;
    for (; result == 0 && list; list = list->next) {
        *at = NULL;
        result = with(r, at, list->name, list->value);
        if (result == 0)
            at = &(*at)->next;
    }
    *at = outer->vars;
    return result != 0 ? result : new_tuple(r, inner->item, vars, ret);
}

static int step_from(run *r, const node *step, const tuple *from, frame *env)
{
    jn_value v, made, t = {.type = JN_TUPLE, .as.tuple = (tuple *)from};
    frame *inner;
    int result = asli_jn_tuple_frame(r, env, t, &inner);
    if (result == 0)
        result = asli_jn_eval(r, step, from->item, inner, &v);
    if (result != 0 || v.type == JN_UNDEFINED)
        return result;
    bool array = asli_jn_is_array(v), tuples = asli_jn_has(v, JN_TUPLES);
    size_t len = array ? asli_jn_len(v) : 1;
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value one = array ? asli_jn_at(v, i) : v;
        result = tuples ? join(r, from, one.as.tuple, &made)
                        : extend(r, step, from, one, i, &made);
        if (result == 0)
            result = asli_jn_push(r, made);
    }
    return result;
}

static int map_step(run *r, const node *step, frame *env, jn_value *stream)
{
    size_t base = r->top, len = asli_jn_len(*stream);
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++)
        result = step_from(r, step, asli_jn_at(*stream, i).as.tuple, env);
    return result != 0 ? result
                       : asli_jn_pop_array(r, base, JN_SEQUENCE | JN_TUPLES, stream);
}

/* A stream of the items of an array. */
static int start(run *r, jn_value source, jn_value *stream)
{
    size_t base = r->top, len = asli_jn_is_array(source) ? asli_jn_len(source) : 0;
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value t;
        result = new_tuple(r, asli_jn_at(source, i), NULL, &t);
        if (result == 0)
            result = asli_jn_push(r, t);
    }
    return result != 0 ? result
                       : asli_jn_pop_array(r, base, JN_SEQUENCE | JN_TUPLES, stream);
}

/* Sorting makes a plain array; it goes on as a stream. */
static int sort_step(run *r, const node *step, frame *env, jn_value *stream)
{
    int result = asli_jn_eval_sort(r, step, *stream, env, stream);
    if (result == 0)
        stream->as.array->flags = JN_SEQUENCE | JN_TUPLES;
    return result;
}

static int first_step(run *r, const node *step, jn_value source, frame *env,
                      jn_value *stream)
{
    int result = 0;
    if (step->type == JN_N_SORT)
        result = asli_jn_eval_sort(r, step, source, env, &source);
    if (result == 0)
        result = start(r, source, stream);
    if (result == 0 && step->type == JN_N_SORT)
        return step->index ? number(r, step->index, stream) : 0;
    return result != 0 ? result : map_step(r, step, env, stream);
}

static int items(run *r, jn_value stream, jn_value *ret)
{
    size_t base = r->top, len = asli_jn_len(stream);
    int result = 0;
    for (size_t i = 0; result == 0 && i < len; i++)
        result = asli_jn_push(r, asli_jn_at(stream, i).as.tuple->item);
    return result != 0 ? result : asli_jn_pop_array(r, base, JN_SEQUENCE, ret);
}

/* The steps of `path` from `from` on, over the items of `source`. */
int asli_jn_eval_tuples(run *r, const node *path, uint32_t from, jn_value source,
                        frame *env, jn_value *ret)
{
    jn_value stream = JN_NOTHING;
    int result = first_step(r, path->list[from], source, env, &stream);
    if (result == 0)
        result = stages(r, path->list[from], env, &stream);
    for (uint32_t i = from + 1; result == 0 && i < path->count; i++) {
        const node *step = path->list[i];
        result = step->type == JN_N_SORT ? sort_step(r, step, env, &stream)
                                         : map_step(r, step, env, &stream);
        if (result == 0)
            result = stages(r, step, env, &stream);
    }
    if (result == 0 && !path->tuple)
        result = items(r, stream, ret);
    else
        *ret = stream;
    if (result == 0 && path->keep_singleton)
        ret->as.array->flags |= JN_KEEP;
    return result == 0 && path->group
               ? asli_jn_eval_group(r, path->group, stream, env, ret)
               : result;
}
