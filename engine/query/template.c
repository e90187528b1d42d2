/* SPDX-License-Identifier: Apache-2.0
 *
 * A template is compiled to the tree of those containers that have something to compute below
 * them; everything else is a literal shared with each result. Strings in arrays are literals.
 *
 * When "a" and "a.$" stand in one object the later one wins.
 */
#include "engine/query/template.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/json.h"
#include "engine/query/expression.h"
#include "engine/query/intrinsic.h"
#include "engine/query/path.h"

enum kind { LITERAL, PATH, CALL, EXPRESSION, OBJECT, ARRAY };

struct member;
struct node {
    enum kind kind;
    json_t *literal;
    struct asli_path *path;
    struct asli_intrinsic *call;
    struct asli_expression *expression;
    struct member *members;
    size_t count;
};

struct member {
    char *key;  /* as written; NULL in arrays */
    size_t len; /* of the key in the result, a final ".$" left out */
    struct node value;
};

struct asli_template {
    struct node root;
};

struct compiler {
    const struct asli_compiling *who;
    const char *field;       /* JSONata: what is compiled; NULL: JSONPath */
    bool failed;             /* some problem was reported */
    struct asli_bytes place; /* of what is compiled, below the template: /a/b/0 */
    struct asli_bytes shown; /* the same as failures write it: Output/a/b[0] */
    asl_error *reterr;
};

struct evaluation {
    const struct asli_env *env;
    struct asli_failure *failure;
    asl_error *reterr;
};

static int compile(struct compiler *c, json_t *value, struct node *node);
static int eval(struct evaluation *ev, const struct node *node, const char *key,
                json_t **ret_value);

static void node_done(struct node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        asli_free(node->members[i].key);
        node_done(&node->members[i].value);
    }
    asli_free(node->members);
    json_decref(node->literal);
    if (node->path)
        asli_path_free(node->path);
    asli_intrinsic_free(node->call);
    asli_expression_free(node->expression);
}

/* The length of the key in the result; *ret_computed: its value is a query. */
static size_t key_length(const struct compiler *c, const char *key, size_t len,
                         bool *ret_computed)
{
    *ret_computed = !c->field && len >= 2 && !memcmp(key + len - 2, ".$", 2);
    return *ret_computed ? len - 2 : len;
}

/* As a text; out of memory is told at the end. */
static const char *text_of(struct asli_bytes *bytes)
{
    asli_bytes_addc(bytes, '\0');
    if (bytes->oom)
        return "";
    bytes->len--;
    return bytes->data;
}

/* The value of a key that ends in ".$". */
static int compile_query(struct compiler *c, const char *key, json_t *value,
                         struct node *node)
{
    const char *text = json_string_value(value);
    int err = ASL_EDEFINITION;
    if (text && strlen(text) != json_string_length(value))
        text = NULL;
    if (text && *text == '$') {
        node->kind = PATH;
        err = asli_path_compile(text, &node->path, c->reterr);
        if (!err)
            err = asli_path_reads(node->path, c->who);
    } else if (text && asli_intrinsic_like(text)) {
        node->kind = CALL;
        err = asli_intrinsic_compile(text, &node->call, c->reterr);
        if (!err)
            err = asli_intrinsic_reads(node->call, c->who);
    }
    if (err != ASL_EDEFINITION)
        return err;
    c->failed = true;
    return c->who->problem(
        c->who->arg, "SCHEMA_VALIDATION_FAILED", text_of(&c->place),
        "The value for the field '%s' must be a valid JSONPath or a valid "
        "intrinsic function call",
        key);
}

static int compile_object(struct compiler *c, json_t *value, struct node *node)
{
    int err = 0;
    for (void *it = json_object_iter(value); it && !err;
         it = json_object_iter_next(value, it)) {
        struct member *m = &node->members[node->count++];
        bool computed;
        size_t len = json_object_iter_key_len(it);
        m->key = asli_strndup(json_object_iter_key(it), len);
        m->len = key_length(c, json_object_iter_key(it), len, &computed);
        size_t place = c->place.len, shown = c->shown.len;
        asli_bytes_addf(&c->place, "/%s", json_object_iter_key(it));
        asli_bytes_addf(&c->shown, "/%s", json_object_iter_key(it));
        if (!m->key)
            err = asli_oom(c->reterr);
        else if (computed)
            err = compile_query(c, m->key, json_object_iter_value(it), &m->value);
        else
            err = compile(c, json_object_iter_value(it), &m->value);
        c->place.len = place;
        c->shown.len = shown;
    }
    return err;
}

static int compile_array(struct compiler *c, json_t *value, struct node *node)
{
    int err = 0;
    while (!err && node->count < json_array_size(value)) {
        struct member *m = &node->members[node->count++];
        size_t place = c->place.len, shown = c->shown.len;
        asli_bytes_addf(&c->place, "/%zu", node->count - 1);
        asli_bytes_addf(&c->shown, "[%zu]", node->count - 1);
        err = compile(c, json_array_get(value, node->count - 1), &m->value);
        c->place.len = place;
        c->shown.len = shown;
    }
    return err;
}

static int compile_expression(struct compiler *c, const json_t *value, struct node *node)
{
    node->kind = EXPRESSION;
    int err = asli_expression_compile(json_string_value(value), json_string_length(value),
                                      text_of(&c->shown), text_of(&c->place), c->who,
                                      &node->expression, c->reterr);
    c->failed |= !err && !node->expression;
    return err;
}

/* Bottom up: a container of nothing but literals is one. */
static int compile(struct compiler *c, json_t *value, struct node *node)
{
    if (c->field && json_is_string(value) &&
        asli_expression_like(json_string_value(value), json_string_length(value)))
        return compile_expression(c, value, node);
    size_t count =
        json_is_object(value) ? json_object_size(value) : json_array_size(value);
    int err = 0;
    bool computed = false;
    if (count) {
        node->members = asli_alloc(count * sizeof *node->members);
        if (!node->members)
            return asli_oom(c->reterr);
        err = json_is_object(value) ? compile_object(c, value, node)
                                    : compile_array(c, value, node);
    }
    for (size_t i = 0; i < node->count && !computed; i++)
        computed = node->members[i].value.kind != LITERAL;
    if (computed) {
        node->kind = json_is_object(value) ? OBJECT : ARRAY;
    } else {
        node_done(node);
        *node = (struct node){.kind = LITERAL, .literal = json_incref(value)};
    }
    return err;
}

static int compile_template(json_t *value, const char *field,
                            const struct asli_compiling *who,
                            struct asli_template **ret_template, asl_error *reterr)
{
    struct compiler c = {.who = who, .field = field, .reterr = reterr};
    struct asli_template *t = asli_alloc(sizeof *t);
    if (!t)
        return asli_oom(reterr);
    asli_bytes_adds(&c.shown, field ? field : "");
    int err = compile(&c, value, &t->root);
    if (!err && (c.place.oom || c.shown.oom))
        err = asli_oom(reterr);
    asli_bytes_done(&c.place);
    asli_bytes_done(&c.shown);
    if (err || c.failed) {
        asli_template_free(t);
        t = NULL;
    }
    if (!err)
        *ret_template = t;
    return err;
}

int asli_template_compile(json_t *value, const struct asli_compiling *who,
                          struct asli_template **ret_template, asl_error *reterr)
{
    return compile_template(value, NULL, who, ret_template, reterr);
}

int asli_template_compile_jsonata(json_t *value, const char *field,
                                  const struct asli_compiling *who,
                                  struct asli_template **ret_template, asl_error *reterr)
{
    return compile_template(value, field, who, ret_template, reterr);
}

void asli_template_free(struct asli_template *t)
{
    if (!t)
        return;
    node_done(&t->root);
    asli_free(t);
}

/* A path that finds nothing; a context path quotes the context. */
static int report_miss(struct evaluation *ev, const struct asli_path *path,
                       const char *key)
{
    const json_t *searched = ev->env->input;
    if (asli_path_root(path) == ASLI_ROOT_CONTEXT)
        searched = ev->env->context(ev->env->arg);
    if (!searched)
        return asli_oom(ev->reterr);
    ASLI_AUTO(text) char *json = NULL;
    int err = asli_json_text(searched, &json, NULL, ev->reterr);
    if (err)
        return err;
    return asli_fail(
        ev->failure, ev->reterr, "States.Runtime",
        "The JSONPath '%s' specified for the field '%s' could not be found in "
        "the input '%s'",
        asli_path_text(path), key, json);
}

static int eval_object(struct evaluation *ev, const struct node *node, json_t **ret_value)
{
    ASLI_AUTO(json) json_t *object = json_object();
    if (!object)
        return asli_oom(ev->reterr);
    for (size_t i = 0; i < node->count; i++) {
        const struct member *m = &node->members[i];
        json_t *value;
        int err = eval(ev, &m->value, m->key, &value);
        if (err)
            return err;
        if (json_object_setn_new_nocheck(object, m->key, m->len, value))
            return asli_oom(ev->reterr);
    }
    *ret_value = json_incref(object);
    return 0;
}

static int eval_array(struct evaluation *ev, const struct node *node, json_t **ret_value)
{
    ASLI_AUTO(json) json_t *array = json_array();
    if (!array)
        return asli_oom(ev->reterr);
    for (size_t i = 0; i < node->count; i++) {
        json_t *value;
        int err = eval(ev, &node->members[i].value, "", &value);
        if (err)
            return err;
        if (json_array_append_new(array, value))
            return asli_oom(ev->reterr);
    }
    *ret_value = json_incref(array);
    return 0;
}

static int eval(struct evaluation *ev, const struct node *node, const char *key,
                json_t **ret_value)
{
    int err;
    switch (node->kind) {
    case PATH:
        err = asli_path_eval(node->path, ev->env, ASLI_PATH_LENIENT, ret_value, NULL,
                             ev->reterr);
        return err == ASLI_FAILED ? report_miss(ev, node->path, key) : err;
    case CALL:
        return asli_intrinsic_eval(node->call, ev->env, ret_value, ev->failure,
                                   ev->reterr);
    case EXPRESSION:
        return asli_expression_eval(node->expression, ev->env, ret_value, ev->failure,
                                    ev->reterr);
    case OBJECT:
        return eval_object(ev, node, ret_value);
    case ARRAY:
        return eval_array(ev, node, ret_value);
    case LITERAL:
        break;
    }
    *ret_value = json_incref(node->literal);
    return 0;
}

int asli_template_eval(const struct asli_template *t, const struct asli_env *env,
                       json_t **ret_value, struct asli_failure *failure,
                       asl_error *reterr)
{
    struct evaluation ev = {.env = env, .failure = failure, .reterr = reterr};
    return eval(&ev, &t->root, "", ret_value);
}

int asli_template_unexpected(const struct asli_template *t, const char *expected,
                             const json_t *value, struct asli_failure *failure,
                             asl_error *reterr)
{
    if (t->root.expression)
        return asli_expression_unexpected(t->root.expression, expected, value, failure,
                                          reterr);
    return asli_fail(failure, reterr, "States.QueryEvaluationError",
                     "Expected a value of type '%s'", expected);
}
