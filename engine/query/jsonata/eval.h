/* SPDX-License-Identifier: Apache-2.0
 *
 * One evaluation: where its values live, its bounds, its frames of variables, and how the files
 * that evaluate call each other.
 *
 * Every int: 0, ASLI_JN_FAULT (run->trouble is filled) or ASL_ENOMEM.
 */
#ifndef ASLI_JSONATA_EVAL_H
#define ASLI_JSONATA_EVAL_H

#include <locale.h>

#include "engine/query/jsonata/tree.h"

struct asli_jn_binding {
    const struct asli_jn_name *name;
    jn_value value;
};

/* The bindings of one item of a tuple stream: the newest of a name counts. They never change. */
struct asli_jn_link {
    const struct asli_jn_name *name;
    jn_value value;
    struct asli_jn_link *next;
};
struct asli_jn_tuple {
    jn_value item; /* what the reference calls '@' */
    struct asli_jn_link *vars;
};

struct asli_jn_frame {
    struct asli_jn_frame *parent;
    const struct asli_jn_link *tuple; /* when it was made for one */
    uint32_t count, cap;
    struct asli_jn_binding *vars;
};

enum asli_jn_function_kind {
    JN_NATIVE,
    JN_LAMBDA,
    JN_BOUND,     /* partial application */
    JN_REGEX,     /* a matcher */
    JN_NEXT,      /* what a match has as `next` */
    JN_CHAIN,     /* f ~> g */
    JN_TRANSFORM, /* | ... | */
};

struct asli_jn_function {
    enum asli_jn_function_kind kind;
    uint32_t count;                        /* LAMBDA: parameters; BOUND: arguments */
    const struct asli_jn_builtin *builtin; /* NATIVE */
    const struct asli_jn_node *node;       /* LAMBDA, TRANSFORM, REGEX, NEXT */
    struct asli_jn_frame *env;             /* LAMBDA, TRANSFORM */
    jn_value input;                        /* LAMBDA: context; NEXT: text */
    const struct asli_jn_function *first, *second; /* CHAIN; BOUND: first */
    const jn_value *args;                          /* BOUND: holes are JN_THUNK */
    size_t offset;                                 /* NEXT */
};

struct asli_jn_host; /* jsonata.c: the public input */

struct asli_jn_run {
    struct asli_jn_arena arena, text;
    jn_value *stack; /* items of sequences that are being made */
    size_t top, cap;
    bool stack_owned;
    int depth, max_depth;
    uint64_t steps, max_steps;
    const char *base;
    size_t max_stack;
    size_t largest; /* bytes of one value that is made: see asl_jsonata_input */
    const struct asli_jn_tree *tree;
    const struct asli_jn_library *library;
    struct asli_jn_tree *evals; /* trees of $eval, freed with the run */
    struct asli_jn_trouble *trouble;
    struct {
        const struct asli_jn_node *node;
        jn_value input;
        struct asli_jn_frame *env;
    } thunk;
    struct asli_jn_kept *kept; /* values of the host, released with the run */
    struct asli_bytes buf;
    locale_t unicode; /* for $uppercase and $lowercase, made when first asked for */
    struct asli_jn_frame root;
    struct asli_jn_host *host;
    int64_t now;
    bool non_finite; /* infinite numbers are allowed */
    size_t given;    /* bytes of what was made for the host */
};

/* ------------------------------------------------------------------ trouble and memory */

int asli_jn_throw(struct asli_jn_run *r, const char *code); /* ASLI_JN_FAULT */
int asli_jn_throw_value(struct asli_jn_run *r, const char *code, jn_value value);
int asli_jn_throw_limit(struct asli_jn_run *r, const char *text); /* U1001 */
int asli_jn_too_large(struct asli_jn_run *r);
int asli_jn_no_room(struct asli_jn_run *r);  /* the arena gave NULL: why */
int asli_jn_too_long(struct asli_jn_run *r); /* the steps are used up */
/* Deep equality; its comparisons are steps. */
int asli_jn_equals(struct asli_jn_run *r, jn_value a, jn_value b, bool *ret_equal);
/* Is there C stack left? For recursion over values. */
int asli_jn_stack_left(struct asli_jn_run *r);

int asli_jn_push_slow(struct asli_jn_run *r);
static inline int asli_jn_push(struct asli_jn_run *r, jn_value v)
{
    if (r->top == r->cap) {
        int result = asli_jn_push_slow(r);
        if (result != 0)
            return result;
    }
    r->stack[r->top++] = v;
    return 0;
}
int asli_jn_push_items(struct asli_jn_run *r, jn_value array);
/* Takes everything above `base` off the stack as a new array. */
int asli_jn_pop_array(struct asli_jn_run *r, size_t base, unsigned flags, jn_value *ret);
/* The same as the value of an expression: nothing, the only item, or the sequence. */
int asli_jn_pop_sequence(struct asli_jn_run *r, size_t base, bool keep, jn_value *ret);

/* build.c: arrays, objects and text in the arena. */
int asli_jn_new_array(struct asli_jn_run *r, size_t cap, unsigned flags,
                      struct asli_jn_array **ret);
int asli_jn_append(struct asli_jn_run *r, jn_value a, jn_value b, jn_value *ret);
int asli_jn_new_object(struct asli_jn_run *r, size_t cap, struct asli_jn_object **ret);
/* Sets a member; its key is referenced. */
int asli_jn_set(struct asli_jn_run *r, struct asli_jn_object *o,
                const struct asli_jn_name *key, jn_value value);
void asli_jn_unset(struct asli_jn_object *o, const char *key, size_t len);
jn_value *asli_jn_member(struct asli_jn_object *o, const struct asli_jn_name *key);
int asli_jn_copy_text(struct asli_jn_run *r, const char *text, size_t len, jn_value *ret);
int asli_jn_buf_text(struct asli_jn_run *r, jn_value *ret); /* of run->buf, then reset */
int asli_jn_new_function(struct asli_jn_run *r, struct asli_jn_function f, jn_value *ret);

/* string.c: $string. Undefined gives "". */
int asli_jn_to_string(struct asli_jn_run *r, jn_value v, bool pretty, jn_value *ret);
int asli_jn_write(struct asli_jn_run *r, jn_value v, bool pretty, struct asli_bytes *out);

/* ------------------------------------------------------------------ frames */

int asli_jn_new_frame(struct asli_jn_run *r, struct asli_jn_frame *parent, uint32_t cap,
                      struct asli_jn_frame **ret);
int asli_jn_bind(struct asli_jn_run *r, struct asli_jn_frame *frame,
                 const struct asli_jn_name *name, jn_value value);
/* The value of a variable; a bound one may be undefined: then *ret_found is true. */
int asli_jn_lookup(struct asli_jn_run *r, const struct asli_jn_frame *frame,
                   const struct asli_jn_name *name, jn_value *ret, bool *ret_found);
bool asli_jn_same_name(const struct asli_jn_name *a, const struct asli_jn_name *b);
/* jsonata.c: a variable that the host binds when it is asked for. */
int asli_jn_host_variable(struct asli_jn_run *r, const struct asli_jn_name *name,
                          jn_value *ret, bool *ret_found);
/* output.c: a new reference, numbers and text as JSON has them; undefined becomes null. */
int asli_jn_to_json(struct asli_jn_run *r, jn_value v, json_t **ret_json);
/* Keeps a reference until the evaluation ends; consumed on failure, too. */
int asli_jn_keep(struct asli_jn_run *r, json_t *take_json);
void asli_jn_release(struct asli_jn_run *r);

/* A number in [0, 1). */
double asli_jn_host_random(struct asli_jn_run *r);

/* ------------------------------------------------------------------ evaluation */

/* What a sequence is as the value of an expression: nothing, its only item, itself. */
static inline jn_value asli_jn_unwrap(jn_value v)
{
    if (v.type != JN_ARRAY ||
        (v.as.array->flags & (JN_SEQUENCE | JN_TUPLES)) != JN_SEQUENCE)
        return v;
    if (v.as.array->len == 0)
        return JN_NOTHING;
    return v.as.array->len == 1 && !(v.as.array->flags & JN_KEEP) ? asli_jn_at(v, 0) : v;
}

int asli_jn_eval(struct asli_jn_run *r, const struct asli_jn_node *n, jn_value input,
                 struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_path(struct asli_jn_run *r, const struct asli_jn_node *n, jn_value input,
                      struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_tuples(struct asli_jn_run *r, const struct asli_jn_node *path,
                        uint32_t from, jn_value source, struct asli_jn_frame *env,
                        jn_value *ret);
int asli_jn_eval_binary(struct asli_jn_run *r, const struct asli_jn_node *n,
                        jn_value input, struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_group(struct asli_jn_run *r, const struct asli_jn_node *n,
                       jn_value input, struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_sort(struct asli_jn_run *r, const struct asli_jn_node *n, jn_value input,
                      struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_call(struct asli_jn_run *r, const struct asli_jn_node *n, jn_value input,
                      struct asli_jn_frame *env, const jn_value *first, jn_value *ret);
int asli_jn_eval_partial(struct asli_jn_run *r, const struct asli_jn_node *n,
                         jn_value input, struct asli_jn_frame *env, jn_value *ret);
int asli_jn_eval_apply(struct asli_jn_run *r, const struct asli_jn_node *n,
                       jn_value input, struct asli_jn_frame *env, jn_value *ret);
int asli_jn_transform(struct asli_jn_run *r, const struct asli_jn_function *f,
                      jn_value object, jn_value *ret);

/* A filter over `input`: for [number] the item or nothing, else a sequence. */
int asli_jn_filter(struct asli_jn_run *r, const struct asli_jn_node *predicate,
                   jn_value input, struct asli_jn_frame *env, jn_value *ret);
/* The frame in which what stands in a step is evaluated for one item. */
int asli_jn_tuple_frame(struct asli_jn_run *r, struct asli_jn_frame *env, jn_value tuple,
                        struct asli_jn_frame **ret);
/* Field `name` of the value, over arrays as well. */
int asli_jn_field(struct asli_jn_run *r, jn_value v, const struct asli_jn_name *name,
                  jn_value *ret);

/* Calls a function value. `env` is the caller's, `context` stands in for missing arguments. */
int asli_jn_apply(struct asli_jn_run *r, jn_value function, const jn_value *args,
                  uint32_t count, jn_value context, struct asli_jn_frame *env,
                  jn_value *ret);
int asli_jn_arity(jn_value function);
/* Merge sort by a comparator that says whether a belongs behind b. Stable. */
int asli_jn_merge_sort(struct asli_jn_run *r, jn_value *items, size_t count,
                       int (*behind)(void *arg, jn_value a, jn_value b, bool *ret_behind),
                       void *arg);

/* A number, and a finite one? D1001 when it is not finite. */
int asli_jn_numeric(struct asli_jn_run *r, jn_value v, bool *ret_numeric);
/* The reference's boolean(); undefined is false. */
int asli_jn_truth(struct asli_jn_run *r, jn_value v, bool *ret_truth);

#endif
