/* SPDX-License-Identifier: Apache-2.0
 *
 * From what was written to what is evaluated: a.b[c]{d} becomes a path of steps with stages and a
 * group, the last call of a lambda a tail call, names of the library their functions.
 */
#include "engine/base/alloc.h"
#include "engine/base/utf8.h"
#include "engine/query/jsonata/library.h"
#include "engine/query/jsonata/parse.h"
#include "engine/query/jsonata/regex_node.h"

typedef struct asli_jn_node node;

static node *path_of(struct asli_jn_parser *p, node *step)
{
    node *path = asli_jn_node(p, JN_N_PATH, step->position);
    return path && asli_jn_list_add(p, path, step) == 0 ? path : NULL;
}

static node *last_step(node *n)
{
    return n->type == JN_N_PATH ? n->list[n->count - 1] : n;
}

static int process_into(struct asli_jn_parser *p, node *n, node **ret);

static int process(struct asli_jn_parser *p, node **n)
{
    return process_into(p, *n, n);
}

/* Processes one part of `result`, which takes over its open parents. */
static int part(struct asli_jn_parser *p, node *result, node **n)
{
    int status = process(p, n);
    return status != 0 ? status : asli_jn_push_ancestry(p, result, *n);
}

/* ------------------------------------------------------------------ paths */

static int check_steps(struct asli_jn_parser *p, node *path)
{
    for (uint32_t i = 0; i < path->count; i++) {
        node *step = path->list[i];
        if (step->type == JN_N_NUMBER || step->type == JN_N_VALUE) {
            p->trouble->value = step->value;
            return asli_jn_syntax(p, "S0213", step->position);
        }
        if (step->type == JN_N_STRING)
            step->type = JN_N_NAME;
        path->keep_singleton |= step->keep_array;
    }
    node *first = path->list[0], *last = last_step(path);
    first->cons |= first->type == JN_N_ARRAY;
    last->cons |= last->type == JN_N_ARRAY;
    return 0;
}

static int map(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result == 0)
        result = process(p, &n->b);
    if (result != 0)
        return result;
    node *path = n->a->type == JN_N_PATH ? n->a : path_of(p, n->a), *rest = n->b;
    if (!path)
        return asli_jn_no_memory(p);
    if (n->a->type == JN_N_PARENT)
        result = asli_jn_add_slot(p, &path->seeking, n->a->slot);
    if (rest->type != JN_N_PATH) {
        if (rest->predicates) {
            rest->stages = rest->predicates;
            rest->predicates = NULL;
        }
        if (result == 0)
            result = asli_jn_list_add(p, path, rest);
    } else
        for (uint32_t i = 0; result == 0 && i < rest->count; i++)
            result = asli_jn_list_add(p, path, rest->list[i]);
    if (result == 0)
        result = check_steps(p, path);
    *ret = path;
    return result != 0 ? result : asli_jn_resolve_ancestry(p, path);
}

static int add_stage(struct asli_jn_parser *p, struct asli_jn_stage **at,
                     struct asli_jn_stage stage)
{
    struct asli_jn_stage *made = asli_jn_zalloc(p, sizeof *made);
    if (!made)
        return asli_jn_no_memory(p);
    *made = stage;
    while (*at)
        at = &(*at)->next;
    *at = made;
    return 0;
}

static int filter(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result != 0)
        return result;
    *ret = n->a;
    node *step = last_step(n->a);
    if (step->group)
        return asli_jn_syntax(p, "S0209", n->position);
    if ((result = process(p, &n->b)) != 0)
        return result;
    for (uint32_t i = 0; i < n->b->seeking.count; i++) {
        struct asli_jn_slot *s = n->b->seeking.items[i];
        if (s->level != 1)
            s->level--;
        else if ((result = asli_jn_seek_parent(p, step, s)) != 0)
            return result;
    }
    if (n->b->seeking.count && (result = asli_jn_push_ancestry(p, step, n->b)) != 0)
        return result;
    return add_stage(p, n->a->type == JN_N_PATH ? &step->stages : &step->predicates,
                     (struct asli_jn_stage){.filter = n->b});
}

static int pairs(struct asli_jn_parser *p, node *n, bool ancestry)
{
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < n->count; i++)
        result = ancestry ? part(p, n, &n->list[i]) : process(p, &n->list[i]);
    return result;
}

static int group(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result != 0)
        return result;
    if (n->a->group)
        return asli_jn_syntax(p, "S0210", n->position);
    node *object = asli_jn_node(p, JN_N_OBJECT, n->position);
    if (!object)
        return asli_jn_no_memory(p);
    object->list = n->list;
    object->count = n->count;
    n->a->group = object;
    *ret = n->a;
    return pairs(p, object, false);
}

static int sort(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result != 0)
        return result;
    node *path = n->a->type == JN_N_PATH ? n->a : path_of(p, n->a);
    node *step = asli_jn_node(p, JN_N_SORT, n->position);
    if (!path || !step)
        return asli_jn_no_memory(p);
    for (uint32_t i = 0; result == 0 && i < n->count; i++) {
        node *term = n->list[i];
        if ((result = part(p, step, &term->a)) == 0)
            result = asli_jn_list_add(p, step, term);
    }
    if (result == 0)
        result = asli_jn_list_add(p, path, step);
    *ret = path;
    return result != 0 ? result : asli_jn_resolve_ancestry(p, path);
}

static int focus(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result != 0)
        return result;
    node *step = last_step(n->a);
    *ret = n->a;
    if (step->stages || step->predicates)
        return asli_jn_syntax(p, "S0215", n->position);
    if (step->type == JN_N_SORT)
        return asli_jn_syntax(p, "S0216", n->position);
    step->keep_array |= n->keep_array;
    step->focus = &n->b->name;
    step->tuple = true;
    return 0;
}

static int position(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result != 0)
        return result;
    node *path = n->a, *step = last_step(path);
    if (path->type != JN_N_PATH) {
        if (!(path = path_of(p, step)))
            return asli_jn_no_memory(p);
        if (step->predicates) {
            step->stages = step->predicates;
            step->predicates = NULL;
        }
    }
    *ret = path;
    step->tuple = true;
    if (step->stages)
        return add_stage(p, &step->stages, (struct asli_jn_stage){.index = &n->b->name});
    step->index = &n->b->name;
    return 0;
}

/* ------------------------------------------------------------------ the others */

static int apply(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    if (result == 0)
        result = process(p, &n->b);
    n->type = JN_N_APPLY;
    *ret = n;
    if (result == 0)
        n->keep_array |= n->a->keep_array || n->b->keep_array;
    return result;
}

static int binary(struct asli_jn_parser *p, node *n, node **ret)
{
    int result;
    *ret = n;
    switch (n->op) {
    case JN_OP_DOT:
        return map(p, n, ret);
    case JN_OP_BRACKET:
        return filter(p, n, ret);
    case JN_OP_BRACE:
        return group(p, n, ret);
    case JN_OP_ORDER:
        return sort(p, n, ret);
    case JN_OP_FOCUS:
        return focus(p, n, ret);
    case JN_OP_INDEX:
        return position(p, n, ret);
    case JN_OP_APPLY:
        return apply(p, n, ret);
    case JN_OP_ASSIGN:
        n->type = JN_N_BIND;
        p->binds++;
        result = process(p, &n->a);
        return result != 0 ? result : part(p, n, &n->b);
    default:
        result = part(p, n, &n->a);
        return result != 0 ? result : part(p, n, &n->b);
    }
}

static int negate(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    *ret = n;
    if (result != 0)
        return result;
    if (n->a->type != JN_N_NUMBER)
        return asli_jn_push_ancestry(p, n, n->a);
    n->a->value.as.number = -n->a->value.as.number;
    *ret = n->a;
    return 0;
}

static int array(struct asli_jn_parser *p, node *n, node **ret)
{
    *ret = n;
    return pairs(p, n, true);
}

static int call(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = pairs(p, n, true);
    *ret = n;
    return result != 0 ? result : process(p, &n->a);
}

/* The last call of a body returns to whoever called the body. */
static void tail_calls(node *n)
{
    if (n->predicates || n->group)
        return;
    if (n->type == JN_N_FUNCTION)
        n->tail = true;
    else if (n->type == JN_N_CONDITION) {
        if (n->b)
            tail_calls(n->b);
        if (n->c)
            tail_calls(n->c);
    } else if (n->type == JN_N_BLOCK && n->count > 0)
        tail_calls(n->list[n->count - 1]);
}

static int lambda(struct asli_jn_parser *p, node *n, node **ret)
{
    uint32_t binds = p->binds;
    int result = process(p, &n->a);
    *ret = n;
    p->binds = binds; /* into the frame of the call */
    if (result == 0)
        tail_calls(n->a);
    return result;
}

static int condition(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = part(p, n, &n->a);
    *ret = n;
    if (result == 0 && n->b)
        result = part(p, n, &n->b);
    return result == 0 && n->c ? part(p, n, &n->c) : result;
}

static int transform(struct asli_jn_parser *p, node *n, node **ret)
{
    int result = process(p, &n->a);
    *ret = n;
    p->binds++; /* its parts are evaluated in the frame where it was made */
    if (result == 0)
        result = process(p, &n->b);
    return result == 0 && n->c ? process(p, &n->c) : result;
}

static int block(struct asli_jn_parser *p, node *n, node **ret)
{
    uint32_t binds = p->binds;
    int result = pairs(p, n, true);
    *ret = n;
    if (result != 0)
        return result;
    for (uint32_t i = 0; i < n->count; i++) {
        node *item = n->list[i];
        n->cons |= item->cons || (item->type == JN_N_PATH && item->list[0]->cons);
    }
    n->needs_frame = p->binds != binds;
    p->binds = binds;
    return 0;
}

static int name(struct asli_jn_parser *p, node *n, node **ret)
{
    node *path = path_of(p, n);
    if (!path)
        return asli_jn_no_memory(p);
    path->keep_singleton = n->keep_array;
    *ret = path;
    return 0;
}

static int parent(struct asli_jn_parser *p, node *n, node **ret)
{
    *ret = n;
    char *text = asli_jn_zalloc(p, 16);
    n->slot = asli_jn_zalloc(p, sizeof *n->slot);
    if (!n->slot || !text)
        return asli_jn_no_memory(p);
    int len = 1;
    text[0] = '!'; /* no name that can be written */
    for (uint32_t label = ++p->labels; label; label /= 10)
        text[len++] = (char)('0' + label % 10);
    n->slot->level = 1;
    n->slot->label =
        (struct asli_jn_name){text, (uint32_t)len, asli_jn_hash(text, (size_t)len)};
    return 0;
}

static int variable(struct asli_jn_parser *p, node *n, node **ret)
{
    *ret = n;
    int result = asli_jn_find_builtin(p->tree, &n->name, &n->builtin);
    if (n->builtin && n->builtin->native->fn == asli_jn_fn_eval)
        p->tree->uses_eval = true;
    return result == 0 ? 0 : asli_jn_no_memory(p);
}

static int operator_(struct asli_jn_parser *p, node *n, node **ret)
{
    *ret = n;
    if (n->op == JN_OP_QUESTION)
        return 0;
    const char *text = asli_jn_op_text(n->op);
    n->type = JN_N_NAME;
    n->name = (struct asli_jn_name){text, (uint32_t)strlen(text),
                                    asli_jn_hash(text, strlen(text))};
    return name(p, n, ret);
}

static int same(struct asli_jn_parser *p, node *n, node **ret)
{
    *ret = n;
    return 0;
}

static int end(struct asli_jn_parser *p, node *n, node **ret)
{
    p->trouble->token = asli_jn_token_value(n);
    return asli_jn_syntax(p, "S0207", p->len);
}

static int process_into(struct asli_jn_parser *p, node *n, node **ret)
{
    static int (*const by_type[JN_N_NODE_TYPES])(
        struct asli_jn_parser *, node *, node **) = {[JN_N_END] = end,
                                                     [JN_N_NAME] = name,
                                                     [JN_N_OPERATOR] = operator_,
                                                     [JN_N_PARENT] = parent,
                                                     [JN_N_VARIABLE] = variable,
                                                     [JN_N_BINARY] = binary,
                                                     [JN_N_NEGATE] = negate,
                                                     [JN_N_ARRAY] = array,
                                                     [JN_N_OBJECT] = array,
                                                     [JN_N_FUNCTION] = call,
                                                     [JN_N_PARTIAL] = call,
                                                     [JN_N_LAMBDA] = lambda,
                                                     [JN_N_CONDITION] = condition,
                                                     [JN_N_BLOCK] = block,
                                                     [JN_N_TRANSFORM] = transform};
    bool keep = n->keep_array;
    int result = asli_jn_deeper(p);
    if (result != 0)
        return result;
    p->depth++;
    result = (by_type[n->type] ? by_type[n->type] : same)(p, n, ret);
    p->depth--;
    if (result == 0)
        (*ret)->keep_array |= keep;
    return result;
}

/* ------------------------------------------------------------------ the whole */

/* Once all is processed: which paths are nothing but names. */
static void mark_names(void *unused, const node *child)
{
    node *n = (node *)child;
    bool names = n->type == JN_N_PATH && !n->group && !n->tuple && !n->keep_singleton &&
                 !n->keep_array;
    for (uint32_t i = 0; names && i < n->count; i++) {
        const node *step = n->list[i];
        names = step->type == JN_N_NAME && !step->stages && !step->predicates &&
                !step->group && !step->tuple && !step->keep_array;
    }
    n->names = names;
    asli_jn_children(n, mark_names, NULL);
}

static int check_root(struct asli_jn_parser *p, const node *root)
{
    if (root->type != JN_N_PARENT && root->seeking.count == 0)
        return 0;
    p->trouble->token = asli_jn_literal(asli_jn_node_text(root->type));
    return asli_jn_syntax(p, "S0217", root->position);
}

static int check_text(struct asli_jn_parser *p)
{
    static const char message[] = "The expression is not valid UTF-8";
    const char *bad = asli_utf8_check(p->text, p->text + p->len);
    if (!bad)
        return 0;
    p->trouble->custom = message;
    p->trouble->custom_len = sizeof message - 1;
    return asli_jn_syntax(p, "S0201", (size_t)(bad - p->text));
}

int asli_jn_compile(struct asli_jn_tree *tree, const char *text, size_t len,
                    const struct asli_jn_library *library,
                    const struct asli_jn_limits *limits, struct asli_jn_trouble *trouble)
{
    char here;
    struct asli_jn_parser p = {
        .tree = tree, .trouble = trouble, .limits = limits, .stack = &here, .len = len};
    node *root;
    tree->library = library;
    char *own = asli_jn_zalloc(&p, len + 1);
    if (!own)
        return asli_jn_no_memory(&p);
    memcpy(own, text, len);
    p.text = own;
    int result = check_text(&p);
    if (result == 0)
        result = asli_jn_parse(&p, &root);
    if (result == 0)
        result = process(&p, &root);
    if (result == 0)
        result = check_root(&p, root);
    if (result != 0)
        return result;
    mark_names(NULL, root);
    tree->root = root;
    return 0;
}

void asli_jn_tree_done(struct asli_jn_tree *tree)
{
    for (struct asli_jn_regexes *r = tree->regexes; r; r = r->next)
        asli_pcre_free(r->regex);
    tree->regexes = NULL;
    asli_jn_arena_done(&tree->arena);
}

void asli_jn_children(const node *n, void (*visit)(void *arg, const node *child),
                      void *arg)
{
    const node *const direct[] = {n->a, n->b, n->c, n->group};
    for (size_t i = 0; i < sizeof direct / sizeof *direct; i++)
        if (direct[i])
            visit(arg, direct[i]);
    for (uint32_t i = 0; i < n->count; i++)
        visit(arg, n->list[i]);
    for (const struct asli_jn_stage *s = n->predicates; s; s = s->next)
        if (s->filter)
            visit(arg, s->filter);
    for (const struct asli_jn_stage *s = n->stages; s; s = s->next)
        if (s->filter)
            visit(arg, s->filter);
}
