/* SPDX-License-Identifier: Apache-2.0
 *
 * What AWS finds in an expression before it ever runs (asl-reference 13.3): there is no context
 * item, so bare names, $ and $$ mean nothing at its top level; a lambda's body counts as top level,
 * while predicates, later steps, sort terms and groupings have an item.
 */
#include "engine/query/expression_impl.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/map.h"
#include "engine/query/jsonata/tree.h"

typedef struct asli_jn_node node;

struct checking {
    struct asli_expression *expression;
    const struct asli_compiling *who;
    const char *where;
    struct asli_map bound; /* names: struct bound */
    bool top;              /* of the node that is visited */
    bool bad;
    int code;
};

static void check(struct checking *c, const node *n, bool top);

static void visit(void *arg, const node *child)
{
    struct checking *c = arg;
    check(c, child, c->top);
}

static void refuse(struct checking *c, const char *format, const char *name, size_t len)
{
    c->bad = true;
    int code = c->who->problem(c->who->arg, "UNSUPPORTED_JSONATA_EXPRESSION", c->where,
                               format, (int)len, name);
    if (!c->code)
        c->code = code;
}

static bool is(const struct asli_jn_name *name, const char *text)
{
    return name->len == strlen(text) && memcmp(name->text, text, name->len) == 0;
}

/* ---- variables ---- */

/* A name that something in the expression itself binds. */
struct bound {
    struct asli_map_node node;
    const struct asli_jn_name *name;
};

static uint64_t key_of(const struct asli_jn_name *name)
{
    return asli_hash(name->text, name->len);
}

static bool is_bound(const struct checking *c, const struct asli_jn_name *name)
{
    struct asli_map_node *at = asli_map_find(&c->bound, key_of(name));
    for (; at; at = asli_map_next(at)) {
        const struct asli_jn_name *other = ASLI_OF(at, struct bound, node)->name;
        if (other->len == name->len && memcmp(other->text, name->text, name->len) == 0)
            return true;
    }
    return false;
}

static void bind(struct checking *c, const struct asli_jn_name *name)
{
    if (!name || c->code || is_bound(c, name))
        return;
    struct bound *b = asli_alloc(sizeof *b);
    if (b)
        b->name = name;
    if (!b || !asli_map_add(&c->bound, key_of(name), &b->node)) {
        asli_free(b);
        c->code = ASL_ENOMEM;
    }
}

static void bind_all(void *arg, const node *n)
{
    struct checking *c = arg;
    if (n->type == JN_N_BIND && n->a->type == JN_N_VARIABLE)
        bind(c, &n->a->name);
    for (uint32_t i = 0; n->type == JN_N_LAMBDA && i < n->count; i++)
        bind(c, &n->list[i]->name);
    for (const struct asli_jn_stage *stage = n->stages; stage; stage = stage->next)
        bind(c, stage->index);
    bind(c, n->focus);
    bind(c, n->index);
    asli_jn_children(n, bind_all, c);
}

static void free_bound(struct checking *c)
{
    for (struct asli_map_node *at; (at = asli_map_any(&c->bound));) {
        asli_map_remove(&c->bound, at);
        asli_free(ASLI_OF(at, struct bound, node));
    }
    asli_map_done(&c->bound);
}

static void variable(struct checking *c, const node *n, bool top)
{
    const struct asli_jn_name *name = &n->name;
    if (!name->len) {
        if (top)
            refuse(c, "Reference to '%.*s' at the top level is not supported.", "$", 1);
    } else if (is(name, "$")) {
        refuse(c, "Reference to '%.*s' is not supported.", "$$", 2);
    } else if (is(name, "states")) {
        c->expression->context = true; /* all of it, or a part that is not told here */
    } else if (!n->builtin && c->who->reads && !is_bound(c, name)) {
        c->code = c->who->reads(c->who->arg, name->text, name->len);
    }
}

/* $states.NAME: true, and the two steps are done with. */
static bool states_field(struct checking *c, const node *path)
{
    static const char *const fields[] = {"input", "context", "result", "errorOutput"};
    const unsigned given[] = {0, 0, ASLI_GIVEN_RESULT, ASLI_GIVEN_ERROR};
    if (path->count < 2 || path->list[0]->type != JN_N_VARIABLE ||
        !is(&path->list[0]->name, "states") || path->list[1]->type != JN_N_NAME ||
        path->list[0]->predicates || path->list[0]->stages)
        return false;
    const struct asli_jn_name *name = &path->list[1]->name;
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (!is(name, fields[i]))
            continue;
        if (i == 1)
            c->expression->context = true;
        if ((given[i] & c->who->given) == given[i])
            return true;
        break;
    }
    refuse(c, "Field '$states.%.*s' does not exist.", name->text, name->len);
    return true;
}

/* ---- nodes ---- */

static void filters(struct checking *c, const struct asli_jn_stage *stage)
{
    for (; stage; stage = stage->next)
        if (stage->filter)
            check(c, stage->filter, false);
}

static void path(struct checking *c, const node *n, bool top)
{
    uint32_t i = 0;
    if (states_field(c, n)) {
        filters(c, n->list[1]->predicates);
        filters(c, n->list[1]->stages);
        i = 2;
    }
    for (; i < n->count; i++)
        check(c, n->list[i], top && i == 0);
}

static void check(struct checking *c, const node *n, bool top)
{
    bool mine = top;
    if (c->code)
        return;
    filters(c, n->predicates);
    filters(c, n->stages);
    if (n->group)
        check(c, n->group, false);
    switch (n->type) {
    case JN_N_VARIABLE:
        variable(c, n, top);
        return;
    case JN_N_NAME:
        if (top)
            refuse(c, "Reference to '%.*s' at the top level is not supported.",
                   n->name.text, n->name.len);
        return;
    case JN_N_PATH:
        path(c, n, top);
        return;
    case JN_N_LAMBDA:
        check(c, n->a, true);
        return;
    case JN_N_SORT:
    case JN_N_TRANSFORM:
        mine = false;
        break;
    default:
        break;
    }
    node bare = *n; /* what is done already */
    bare.predicates = bare.stages = NULL;
    bare.group = NULL;
    bool before = c->top;
    c->top = mine;
    asli_jn_children(&bare, visit, c);
    c->top = before;
}

int asli_expression_check(struct asli_expression *expression, const char *where,
                          const struct asli_compiling *who, bool *ret_bad)
{
    const node *root = asli_jn_root_of(expression->compiled);
    struct checking c = {.expression = expression, .who = who, .where = where};
    if (who->reads)
        bind_all(&c, root);
    check(&c, root, true);
    free_bound(&c);
    *ret_bad = c.bad;
    return c.code;
}
