/* SPDX-License-Identifier: Apache-2.0
 *
 * What AWS finds in an expression before it ever runs (asl-reference 13.3): there is no context
 * item, so bare names, $ and $$ mean nothing at its top level; a lambda's body counts as top level,
 * while predicates, later steps, sort terms and groupings have an item.
 */
#include "engine/query/expression_impl.h"

#include <string.h>

#include "engine/query/jsonata/jsonata.h"
#include "engine/query/jsonata/tree.h"

typedef struct asli_jn_node node;

struct checking {
    struct asli_expression *expression;
    const struct asli_compiling *who;
    const char *where;
    const node *root;
    bool top; /* of the node that is visited */
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

struct search {
    const struct asli_jn_name *name;
    bool found;
};

static bool same(const struct asli_jn_name *a, const struct asli_jn_name *b)
{
    return a && a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Does something in the expression itself bind that name? */
static void look(void *arg, const node *n)
{
    struct search *s = arg;
    bool binds =
        n->type == JN_N_BIND && n->a->type == JN_N_VARIABLE && same(&n->a->name, s->name);
    for (uint32_t i = 0; n->type == JN_N_LAMBDA && i < n->count; i++)
        binds |= same(&n->list[i]->name, s->name);
    for (const struct asli_jn_stage *stage = n->stages; stage; stage = stage->next)
        binds |= same(stage->index, s->name);
    if (binds || same(n->focus, s->name) || same(n->index, s->name))
        s->found = true;
    else if (!s->found)
        asli_jn_children(n, look, s);
}

static void variable(struct checking *c, const node *n, bool top)
{
    const struct asli_jn_name *name = &n->name;
    struct search s = {name, false};
    if (!name->len) {
        if (top)
            refuse(c, "Reference to '%.*s' at the top level is not supported.", "$", 1);
    } else if (is(name, "$")) {
        refuse(c, "Reference to '%.*s' is not supported.", "$$", 2);
    } else if (is(name, "states")) {
        c->expression->context = true; /* all of it, or a part that is not told here */
    } else if (!n->builtin && c->who->reads) {
        look(&s, c->root);
        if (!s.found && !c->code)
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
    const node *root = asli_jsonata_root(expression->compiled);
    struct checking c = {
        .expression = expression, .who = who, .where = where, .root = root};
    check(&c, root, true);
    *ret_bad = c.bad;
    return c.code;
}
