/* SPDX-License-Identifier: Apache-2.0
 *
 * Calls: of the library, of lambdas, of what partial application and ~> make. A call in tail
 * position is not made where it stands: it is left in run->thunk for the loop in asli_jn_apply,
 * so that tail recursion needs no depth.
 */
#include "engine/query/jsonata/library.h"
#include "engine/query/jsonata/parse.h"
#include "engine/query/jsonata/regex_node.h"
#include "engine/query/jsonata/signature.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;
typedef struct asli_jn_function function;

#define FEW 5 /* arguments that need no memory */

int asli_jn_arity(jn_value f)
{
    switch (f.as.function->kind) {
    case JN_NATIVE:
        return f.as.function->builtin->native->arity;
    case JN_LAMBDA:
        return (int)f.as.function->count;
    case JN_BOUND: {
        int holes = 0;
        for (uint32_t i = 0; i < f.as.function->count; i++)
            holes += f.as.function->args[i].type == JN_THUNK;
        return holes;
    }
    case JN_REGEX:
        return 2;
    case JN_NEXT:
        return 0;
    default:
        return 1;
    }
}

/* Whoever fails first is named: what is called is a variable, or a bare name, or nonsense. */
static int name_trouble(run *r, const node *procedure, int result)
{
    static const bool nameless[JN_N_NODE_TYPES] = {
        [JN_N_BLOCK] = true,     [JN_N_PARENT] = true,    [JN_N_LAMBDA] = true,
        [JN_N_CONDITION] = true, [JN_N_TRANSFORM] = true, [JN_N_SORT] = true};
    if (procedure->type == JN_N_PATH)
        procedure = procedure->list[0];
    if (result == ASLI_JN_FAULT && r->trouble->token.type == JN_UNDEFINED &&
        !nameless[procedure->type])
        r->trouble->token = asli_jn_token_value(procedure);
    return result;
}

/* ------------------------------------------------------------------ one call */

static int call_native(run *r, const struct asli_jn_builtin *b, const jn_value *args,
                       uint32_t count, jn_value context, frame *env, jn_value *ret)
{
    struct asli_jn_call call = {r, b->native, args, count, context, env};
    if (b->signature) {
        int result = asli_jn_validate(b->signature, &r->arena, args, count, context,
                                      &call.args, &call.count, r->trouble);
        if (result != 0)
            return result > 0 ? result : asli_jn_no_room(r);
    }
    *ret = JN_NOTHING;
    return b->native->fn(&call, ret);
}

static int call_lambda(run *r, const function *f, const jn_value *args, uint32_t count,
                       jn_value context, bool checked, jn_value *ret)
{
    const node *n = f->node;
    frame *env;
    int result = 0;
    if (n->signature && checked) {
        result = asli_jn_validate(n->signature, &r->arena, args, count, context, &args,
                                  &count, r->trouble);
        if (result != 0)
            return result > 0 ? result : asli_jn_no_room(r);
    }
    result = asli_jn_new_frame(r, f->env, n->count, &env);
    if (result != 0)
        return result;
    for (uint32_t i = 0; i < n->count; i++)
        env->vars[i] =
            (struct asli_jn_binding){&n->list[i]->name, i < count ? args[i] : JN_NOTHING};
    env->count = n->count;
    return asli_jn_eval(r, n->a, f->input, env, ret);
}

static int call_once(run *r, jn_value f, const jn_value *args, uint32_t count,
                     jn_value context, bool checked, frame *env, jn_value *ret);

/* Fills the holes of a partial application, from the left. */
static int call_bound(run *r, const function *f, const jn_value *args, uint32_t count,
                      frame *env, jn_value *ret)
{
    uint32_t used = 0, n = f->count;
    jn_value *all = asli_jn_alloc(&r->arena, (n + 1) * sizeof *all);
    if (!all)
        return asli_jn_no_room(r);
    for (uint32_t i = 0; i < n; i++) {
        all[i] = f->args[i];
        if (all[i].type == JN_THUNK)
            all[i] = used < count ? args[used++] : JN_NOTHING;
    }
    if (f->first->kind == JN_NATIVE) {
        const struct asli_jn_builtin *b = f->first->builtin;
        struct asli_jn_call call = {r, b->native, all, n, JN_NOTHING, env};
        if (!b->signature || asli_jn_positional(b->signature, all, n)) {
            *ret = JN_NOTHING;
            return b->native->fn(&call, ret);
        }
        while (n > 0 && all[n - 1].type == JN_UNDEFINED)
            n--;
    }
    jn_value inner = asli_jn_of_function((function *)f->first);
    return call_once(r, inner, all, n, JN_NOTHING, false, env, ret);
}

static int call_chain(run *r, const function *f, const jn_value *args, uint32_t count,
                      frame *env, jn_value *ret)
{
    jn_value one = count > 0 ? args[0] : JN_NOTHING, null = {.type = JN_NULL}, middle;
    int result = asli_jn_apply(r, asli_jn_of_function((function *)f->first), &one, 1,
                               null, env, &middle);
    if (result != 0)
        return result;
    middle = asli_jn_unwrap(middle);
    return asli_jn_apply(r, asli_jn_of_function((function *)f->second), &middle, 1, null,
                         env, ret);
}

static int call_transform(run *r, const function *f, const jn_value *args, uint32_t count,
                          jn_value *ret)
{
    jn_value object = count > 0 ? args[0] : JN_NOTHING;
    bool fits = object.type == JN_UNDEFINED || asli_jn_is_object(object) ||
                asli_jn_is_array(object);
    if (!fits || count > 1) {
        r->trouble->index = fits ? 2 : 1;
        return asli_jn_throw_value(r, "T0410", fits ? args[1] : object);
    }
    return asli_jn_transform(r, f, object, ret);
}

static int call_once(run *r, jn_value f, const jn_value *args, uint32_t count,
                     jn_value context, bool checked, frame *env, jn_value *ret)
{
    if (f.type != JN_FUNCTION)
        return asli_jn_throw(r, "T1006");
    if (f.flags & JN_WRAPPED)
        context = (jn_value){.type = JN_NULL};
    const function *fn = f.as.function;
    switch (fn->kind) {
    case JN_NATIVE:
        return call_native(r, fn->builtin, args, count, context, env, ret);
    case JN_LAMBDA:
        return call_lambda(r, fn, args, count, context, checked, ret);
    case JN_BOUND:
        return call_bound(r, fn, args, count, env, ret);
    case JN_REGEX:
    case JN_NEXT:
        return asli_jn_call_matcher(r, fn, args, count, ret);
    case JN_CHAIN:
        return call_chain(r, fn, args, count, env, ret);
    case JN_TRANSFORM:
        return call_transform(r, fn, args, count, ret);
    }
    return asli_jn_throw(r, "T1006");
}

/* ------------------------------------------------------------------ arguments */

/* Evaluates arguments into `few` when they fit, else into the arena. */
static int arguments(run *r, const node *n, jn_value input, frame *env,
                     const jn_value *first, bool wrap, jn_value *few, jn_value **ret_args,
                     uint32_t *ret_count)
{
    uint32_t count = n->count + (first != NULL), i = 0;
    jn_value *args = few;
    if (count > FEW && !(args = asli_jn_alloc(&r->arena, count * sizeof *args)))
        return asli_jn_no_room(r);
    if (first)
        args[i++] = *first;
    for (uint32_t k = 0; k < n->count; k++, i++) {
        int result = asli_jn_eval(r, n->list[k], input, env, &args[i]);
        if (result != 0)
            return result;
        if (wrap && args[i].type == JN_FUNCTION)
            args[i].flags = JN_WRAPPED;
    }
    *ret_args = args;
    *ret_count = count;
    return 0;
}

/* Makes the calls that are left in run->thunk until there is a value. */
static int bounce(run *r, jn_value context, frame *env, jn_value *ret)
{
    while (ret->type == JN_THUNK) {
        jn_value few[FEW], *args = few, proc, input = r->thunk.input;
        const node *n = r->thunk.node;
        frame *inner = r->thunk.env;
        uint32_t count = 0;
        int result = asli_jn_eval(r, n->a, input, inner, &proc);
        if (result == 0)
            result = arguments(r, n, input, inner, NULL, false, few, &args, &count);
        if (result == 0) {
            result = call_once(r, proc, args, count, context, true, env, ret);
            result = name_trouble(r, n->a, result);
        }
        if (result != 0)
            return result;
    }
    return 0;
}

int asli_jn_apply(run *r, jn_value f, const jn_value *args, uint32_t count,
                  jn_value context, frame *env, jn_value *ret)
{
    int result = call_once(r, f, args, count, context, true, env, ret);
    return result != 0 || ret->type != JN_THUNK ? result : bounce(r, context, env, ret);
}

/* ------------------------------------------------------------------ nodes */

/* foo() where $foo was meant. */
static int forgotten_dollar(run *r, const node *n, jn_value proc, frame *env,
                            const char *code)
{
    if (proc.type != JN_UNDEFINED || n->a->type != JN_N_PATH)
        return 0;
    const node *step = n->a->list[0];
    struct asli_jn_tree probe = {.library = r->library};
    const struct asli_jn_builtin *builtin = NULL;
    bool found;
    jn_value v;
    if (!step->name.text)
        return 0;
    int result = asli_jn_lookup(r, env, &step->name, &v, &found);
    if (result == 0 && !found) {
        asli_jn_arena_init(&probe.arena, NULL, 0, SIZE_MAX);
        if (asli_jn_find_builtin(&probe, &step->name, &builtin) != 0)
            result = ASL_ENOMEM;
        found = builtin != NULL;
        asli_jn_arena_done(&probe.arena);
    }
    if (result != 0 || !found)
        return result;
    r->trouble->token = asli_jn_string(step->name.text, step->name.len);
    return asli_jn_throw(r, code);
}

int asli_jn_eval_call(run *r, const node *n, jn_value input, frame *env,
                      const jn_value *first, jn_value *ret)
{
    jn_value few[FEW], *args = few, proc;
    uint32_t count = 0;
    if (n->tail && !first) {
        r->thunk.node = n;
        r->thunk.input = input;
        r->thunk.env = env;
        ret->type = JN_THUNK;
        return 0;
    }
    int result = asli_jn_eval(r, n->a, input, env, &proc);
    if (result == 0)
        result = forgotten_dollar(r, n, proc, env, "T1005");
    if (result == 0)
        result = arguments(r, n, input, env, first, true, few, &args, &count);
    if (result != 0)
        return result;
    result = asli_jn_apply(r, proc, args, count, input, env, ret);
    return name_trouble(r, n->a, result);
}

int asli_jn_eval_partial(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    uint32_t count = n->count;
    jn_value proc;
    jn_value *args;
    int result = asli_jn_eval(r, n->a, input, env, &proc);
    if (result == 0)
        result = forgotten_dollar(r, n, proc, env, "T1007");
    if (result == 0 && proc.type != JN_FUNCTION)
        result = name_trouble(r, n->a, asli_jn_throw(r, "T1008"));
    if (result != 0)
        return result;
    int arity = asli_jn_arity(proc);
    if (proc.as.function->kind == JN_LAMBDA && (uint32_t)arity < count)
        count = (uint32_t)arity;
    if (!(args = asli_jn_alloc(&r->arena, (n->count + 1) * sizeof *args)))
        return asli_jn_no_room(r);
    for (uint32_t i = 0; result == 0 && i < n->count; i++)
        if (n->list[i]->type == JN_N_OPERATOR)
            args[i] = (jn_value){.type = JN_THUNK};
        else
            result = asli_jn_eval(r, n->list[i], input, env, &args[i]);
    if (result != 0)
        return result;
    return asli_jn_new_function(
        r,
        (function){
            .kind = JN_BOUND, .first = proc.as.function, .args = args, .count = count},
        ret);
}

int asli_jn_eval_apply(run *r, const node *n, jn_value input, frame *env, jn_value *ret)
{
    jn_value left, f, null = {.type = JN_NULL};
    int result = asli_jn_eval(r, n->a, input, env, &left);
    if (result != 0)
        return result;
    /* Its predicates and group, if any, are not looked at: so the reference. */
    if (n->b->type == JN_N_FUNCTION)
        return asli_jn_eval_call(r, n->b, input, env, &left, ret);
    if ((result = asli_jn_eval(r, n->b, input, env, &f)) != 0)
        return result;
    if (f.type != JN_FUNCTION)
        return asli_jn_throw_value(r, "T2006", f);
    if (left.type != JN_FUNCTION)
        return asli_jn_apply(r, f, &left, 1, null, env, ret);
    return asli_jn_new_function(
        r,
        (function){.kind = JN_CHAIN, .first = left.as.function, .second = f.as.function},
        ret);
}
