/* SPDX-License-Identifier: Apache-2.0
 *
 * | pattern | update, delete |: a function that gives back a copy of its argument, changed where
 * the pattern matches. Only objects of that copy are ever changed in place.
 */
#include "engine/query/jsonata/library.h"

typedef struct asli_jn_node node;
typedef struct asli_jn_run run;
typedef struct asli_jn_frame frame;

static int clone(run *r, frame *env, jn_value object, jn_value *ret)
{
    static const struct asli_jn_name name = {"clone", 5, 0};
    struct asli_jn_name own = {name.text, name.len, asli_jn_hash(name.text, name.len)};
    bool found;
    jn_value f;
    int result = asli_jn_lookup(r, env, &own, &f, &found);
    if (result != 0)
        return result;
    if (!found) {
        struct asli_jn_call call = {r, NULL, &object, 1, JN_NOTHING, env};
        return asli_jn_fn_clone(&call, ret);
    }
    if (f.type != JN_FUNCTION)
        return asli_jn_throw(r, "T2013");
    return asli_jn_apply(r, f, &object, 1, JN_NOTHING, env, ret);
}

static int update(run *r, const node *n, jn_value match, frame *env)
{
    jn_value changes;
    int result = asli_jn_eval(r, n, match, env, &changes);
    if (result != 0 || changes.type == JN_UNDEFINED)
        return result;
    if (!asli_jn_is_object(changes) && changes.type != JN_FUNCTION)
        return asli_jn_throw_value(r, "T2011", changes);
    if (match.type != JN_OBJECT)
        return 0;
    for (struct asli_jn_member m = {0}; result == 0 && asli_jn_next(changes, &m);) {
        struct asli_jn_name name = {m.key, (uint32_t)m.len, asli_jn_hash(m.key, m.len)};
        result = asli_jn_set(r, match.as.object, &name, m.value);
    }
    return result;
}

static int delete (run *r, const node *n, jn_value match, frame *env)
{
    jn_value names;
    int result = asli_jn_eval(r, n, match, env, &names);
    if (result != 0 || names.type == JN_UNDEFINED)
        return result;
    bool array = asli_jn_is_array(names);
    if (array ? !asli_jn_all_strings(names) : names.type != JN_STRING)
        return asli_jn_throw_value(r, "T2012", names);
    size_t len = array ? asli_jn_len(names) : 1;
    for (size_t i = 0; match.type == JN_OBJECT && i < len; i++) {
        jn_value name = array ? asli_jn_at(names, i) : names;
        asli_jn_unset(match.as.object, name.as.text, name.len);
    }
    return 0;
}

int asli_jn_transform(run *r, const struct asli_jn_function *f, jn_value object,
                      jn_value *ret)
{
    const node *n = f->node;
    jn_value matches;
    *ret = JN_NOTHING;
    if (object.type == JN_UNDEFINED)
        return 0;
    int result = clone(r, f->env, object, ret);
    if (result == 0)
        result = asli_jn_eval(r, n->a, *ret, f->env, &matches);
    if (result != 0 || matches.type == JN_UNDEFINED)
        return result;
    bool array = asli_jn_is_array(matches);
    size_t len = array ? asli_jn_len(matches) : 1;
    for (size_t i = 0; result == 0 && i < len; i++) {
        jn_value match = array ? asli_jn_at(matches, i) : matches;
        result = update(r, n->b, match, f->env);
        if (result == 0 && n->c)
            result = delete (r, n->c, match, f->env);
    }
    return result;
}
