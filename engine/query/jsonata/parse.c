/* SPDX-License-Identifier: Apache-2.0
 *
 * From tokens to nodes as they are written: a Pratt parser. nud: what an expression may begin
 * with; led: what may go on with one.
 */
#include "engine/query/jsonata/parse.h"

#include "engine/query/jsonata/signature.h"

typedef struct asli_jn_node node;

static int expression(struct asli_jn_parser *p, int power, node **ret);

static const char *const node_texts[] = {
#define ROW(id, text) text,
    JN_NODES(ROW)
#undef ROW
};

const char *asli_jn_node_text(enum asli_jn_node_type type)
{
    return node_texts[type];
}

/* ------------------------------------------------------------------ helpers */

void *asli_jn_zalloc(struct asli_jn_parser *p, size_t size)
{
    void *block = asli_jn_alloc(&p->tree->arena, size);
    if (block)
        memset(block, 0, size);
    return block;
}

int asli_jn_no_memory(struct asli_jn_parser *p)
{
    if (!p->tree->arena.limited)
        return ASL_ENOMEM;
    p->trouble->custom = "Expression is too large";
    p->trouble->custom_len = strlen(p->trouble->custom);
    return asli_jn_syntax(p, "U1001", p->at);
}

node *asli_jn_node(struct asli_jn_parser *p, enum asli_jn_node_type type, size_t position)
{
    node *n = asli_jn_zalloc(p, sizeof *n);
    if (n) {
        n->type = (uint8_t)type;
        n->position = (uint32_t)position;
    }
    return n;
}

int asli_jn_syntax(struct asli_jn_parser *p, const char *code, size_t position)
{
    p->trouble->code = code;
    p->trouble->position = (uint32_t)position;
    p->trouble->positioned = true;
    return ASLI_JN_FAULT;
}

int asli_jn_deeper(struct asli_jn_parser *p)
{
    char here;
    ptrdiff_t used = p->stack > &here ? p->stack - &here : &here - p->stack;
    if (p->depth < p->limits->depth && (size_t)used < p->limits->stack)
        return 0;
    return asli_jn_syntax(p, "U1001", p->at);
}

jn_value asli_jn_literal(const char *text)
{
    return asli_jn_string(text, strlen(text));
}

jn_value asli_jn_token_value(const node *token)
{
    switch (token->type) {
    case JN_N_END:
        return asli_jn_literal("(end)");
    case JN_N_OPERATOR:
    case JN_N_BINARY:
    case JN_N_NEGATE:
    case JN_N_ARRAY:
    case JN_N_OBJECT:
    case JN_N_FUNCTION:
    case JN_N_PARTIAL:
    case JN_N_LAMBDA:
    case JN_N_CONDITION:
    case JN_N_BLOCK:
    case JN_N_TRANSFORM:
    case JN_N_WILDCARD:
    case JN_N_DESCENDANT:
    case JN_N_PARENT:
        return asli_jn_literal(asli_jn_op_text(token->op));
    case JN_N_STRING:
    case JN_N_NUMBER:
    case JN_N_VALUE:
        return token->value;
    default:
        return token->name.text ? asli_jn_string(token->name.text, token->name.len)
                                : JN_NOTHING;
    }
}

int asli_jn_list_add(struct asli_jn_parser *p, node *n, node *item)
{
    if ((n->count & (n->count - 1)) == 0) { /* full: 0, 1, 2, 4, ... */
        node **list = asli_jn_zalloc(p, (n->count ? n->count * 2 : 1) * sizeof *list);
        if (!list)
            return asli_jn_no_memory(p);
        if (n->count)
            memcpy(list, n->list, n->count * sizeof *list);
        n->list = list;
    }
    n->list[n->count++] = item;
    return 0;
}

/* ------------------------------------------------------------------ tokens */

static bool at_op(const struct asli_jn_parser *p, enum asli_jn_op op)
{
    return p->token->type == JN_N_OPERATOR && p->token->op == op;
}

static int next(struct asli_jn_parser *p, bool infix)
{
    int result = asli_jn_lex(p, infix, &p->token);
    if (result != 0)
        return result;
    if (at_op(p, JN_OP_BANG) || at_op(p, JN_OP_TILDE)) {
        p->trouble->token = asli_jn_token_value(p->token);
        return asli_jn_syntax(p, "S0204", p->token->position);
    }
    return 0;
}

/* Steps over the operator that must be here. */
static int expect(struct asli_jn_parser *p, enum asli_jn_op op, bool infix)
{
    if (at_op(p, op))
        return next(p, infix);
    p->trouble->token = asli_jn_token_value(p->token);
    p->trouble->value = asli_jn_literal(asli_jn_op_text(op));
    return asli_jn_syntax(p, p->token->type == JN_N_END ? "S0203" : "S0202",
                          p->token->position);
}

/* Reads expressions, separated by commas, into the list of `n`. */
static int list(struct asli_jn_parser *p, node *n,
                int (*item)(struct asli_jn_parser *, node *))
{
    for (;;) {
        int result = item(p, n);
        if (result != 0 || !at_op(p, JN_OP_COMMA))
            return result;
        if ((result = next(p, false)) != 0)
            return result;
    }
}

/* ------------------------------------------------------------------ nud */

static int block(struct asli_jn_parser *p, node *n)
{
    n->type = JN_N_BLOCK;
    while (!at_op(p, JN_OP_PAREN_END)) {
        node *part;
        int result = expression(p, 0, &part);
        if (result == 0)
            result = asli_jn_list_add(p, n, part);
        if (result != 0)
            return result;
        if (!at_op(p, JN_OP_SEMICOLON))
            break;
        if ((result = next(p, false)) != 0)
            return result;
    }
    return expect(p, JN_OP_PAREN_END, true);
}

static int array_item(struct asli_jn_parser *p, node *n)
{
    node *item;
    int result = expression(p, 0, &item);
    if (result == 0 && at_op(p, JN_OP_RANGE)) {
        node *range = asli_jn_node(p, JN_N_BINARY, p->token->position);
        if (!range)
            return asli_jn_no_memory(p);
        range->op = JN_OP_RANGE;
        range->a = item;
        item = range;
        result = next(p, false);
        if (result == 0)
            result = expression(p, 0, &range->b);
    }
    return result != 0 ? result : asli_jn_list_add(p, n, item);
}

static int array(struct asli_jn_parser *p, node *n)
{
    n->type = JN_N_ARRAY;
    int result = at_op(p, JN_OP_BRACKET_END) ? 0 : list(p, n, array_item);
    return result != 0 ? result : expect(p, JN_OP_BRACKET_END, true);
}

static int pair(struct asli_jn_parser *p, node *n)
{
    node *key, *value;
    int result = expression(p, 0, &key);
    if (result == 0)
        result = expect(p, JN_OP_COLON, false);
    if (result == 0)
        result = expression(p, 0, &value);
    if (result == 0)
        result = asli_jn_list_add(p, n, key);
    return result != 0 ? result : asli_jn_list_add(p, n, value);
}

static int object(struct asli_jn_parser *p, node *n)
{
    n->type = JN_N_OBJECT;
    int result = at_op(p, JN_OP_BRACE_END) ? 0 : list(p, n, pair);
    return result != 0 ? result : expect(p, JN_OP_BRACE_END, true);
}

static int transform(struct asli_jn_parser *p, node *n)
{
    n->type = JN_N_TRANSFORM;
    int result = expression(p, 0, &n->a);
    if (result == 0)
        result = expect(p, JN_OP_BAR, false);
    if (result == 0)
        result = expression(p, 0, &n->b);
    if (result == 0 && at_op(p, JN_OP_COMMA)) {
        result = next(p, false);
        if (result == 0)
            result = expression(p, 0, &n->c);
    }
    return result != 0 ? result : expect(p, JN_OP_BAR, false);
}

static int nud(struct asli_jn_parser *p, node *n)
{
    if (n->type != JN_N_OPERATOR)
        return 0;
    switch (n->op) {
    case JN_OP_AND: /* names, where an operand is expected */
    case JN_OP_OR:
    case JN_OP_IN:
        return 0;
    case JN_OP_MINUS:
        n->type = JN_N_NEGATE;
        return expression(p, 70, &n->a);
    case JN_OP_TIMES:
        n->type = JN_N_WILDCARD;
        return 0;
    case JN_OP_STARS:
        n->type = JN_N_DESCENDANT;
        return 0;
    case JN_OP_MODULO:
        n->type = JN_N_PARENT;
        return 0;
    case JN_OP_PAREN:
        return block(p, n);
    case JN_OP_BRACKET:
        return array(p, n);
    case JN_OP_BRACE:
        return object(p, n);
    case JN_OP_BAR:
        return transform(p, n);
    default:
        p->trouble->token = asli_jn_token_value(n);
        return asli_jn_syntax(p, "S0211", n->position);
    }
}

/* ------------------------------------------------------------------ led */

static int argument(struct asli_jn_parser *p, node *n)
{
    if (at_op(p, JN_OP_QUESTION)) {
        n->type = JN_N_PARTIAL;
        int result = asli_jn_list_add(p, n, p->token);
        return result != 0 ? result : next(p, false);
    }
    node *value;
    int result = expression(p, 0, &value);
    return result != 0 ? result : asli_jn_list_add(p, n, value);
}

static int parameters_are_variables(struct asli_jn_parser *p, const node *n)
{
    for (uint32_t i = 0; i < n->count; i++)
        if (n->list[i]->type != JN_N_VARIABLE) {
            p->trouble->token = asli_jn_token_value(n->list[i]);
            p->trouble->value = asli_jn_number(i + 1);
            return asli_jn_syntax(p, "S0208", n->list[i]->position);
        }
    return 0;
}

/* <...> behind the parameters: the texts of its tokens put together. */
static int signature(struct asli_jn_parser *p, node *n)
{
    size_t position = p->token->position, start = p->at - 1, offset = 0;
    int depth = 1, result = 0;
    while (depth > 0 && !at_op(p, JN_OP_BRACE) && p->token->type != JN_N_END) {
        if ((result = next(p, false)) != 0)
            return result;
        depth += at_op(p, JN_OP_LT) ? 1 : at_op(p, JN_OP_GT) ? -1 : 0;
    }
    size_t end = p->at;
    if ((result = expect(p, JN_OP_GT, false)) != 0)
        return result;
    /* It is the tokens that make a signature, whatever blanks are between them. */
    char *text = asli_jn_alloc(&p->tree->arena, end - start);
    size_t len = 0;
    if (!text)
        return asli_jn_no_memory(p);
    for (size_t i = start; i < end; i++)
        if (!memchr(" \t\n\r\v", p->text[i], 5))
            text[len++] = p->text[i];
    result =
        asli_jn_signature(&p->tree->arena, text, len, &n->signature, p->trouble, &offset);
    if (result == ASLI_JN_FAULT)
        return asli_jn_syntax(p, p->trouble->code, position + offset);
    return result == 0 ? 0 : asli_jn_no_memory(p);
}

static int lambda(struct asli_jn_parser *p, node *n)
{
    int result = parameters_are_variables(p, n);
    n->type = JN_N_LAMBDA;
    if (result == 0 && at_op(p, JN_OP_LT))
        result = signature(p, n);
    if (result == 0)
        result = expect(p, JN_OP_BRACE, false);
    if (result == 0)
        result = expression(p, 0, &n->a);
    return result != 0 ? result : expect(p, JN_OP_BRACE_END, false);
}

static bool is_name(const node *n, const char *text)
{
    return n->type == JN_N_NAME && n->name.len == strlen(text) &&
           memcmp(n->name.text, text, n->name.len) == 0;
}

static int call(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_FUNCTION;
    n->a = left;
    int result = at_op(p, JN_OP_PAREN_END) ? 0 : list(p, n, argument);
    if (result == 0)
        result = expect(p, JN_OP_PAREN_END, true);
    if (result != 0 || (!is_name(left, "function") && !is_name(left, "\u03bb")))
        return result;
    return lambda(p, n);
}

static int predicate(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_BINARY;
    n->a = left;
    int result = expression(p, 0, &n->b);
    return result != 0 ? result : expect(p, JN_OP_BRACKET_END, true);
}

static int term(struct asli_jn_parser *p, node *n)
{
    bool descending = at_op(p, JN_OP_GT);
    node *value;
    int result = descending || at_op(p, JN_OP_LT) ? next(p, false) : 0;
    if (result == 0)
        result = expression(p, 0, &value);
    if (result != 0)
        return result;
    /* The order is the term's, not the expression's, which may be shared. */
    node *wrapped = asli_jn_node(p, JN_N_SORT, value->position);
    if (!wrapped)
        return asli_jn_no_memory(p);
    wrapped->a = value;
    wrapped->descending = descending;
    return asli_jn_list_add(p, n, wrapped);
}

static int order(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_BINARY;
    n->a = left;
    int result = expect(p, JN_OP_PAREN, false);
    if (result == 0)
        result = list(p, n, term);
    return result != 0 ? result : expect(p, JN_OP_PAREN_END, false);
}

static int group(struct asli_jn_parser *p, node *n, node *left)
{
    int result = object(p, n);
    n->type = JN_N_BINARY;
    n->a = left;
    return result;
}

static int assign(struct asli_jn_parser *p, node *n, node *left)
{
    if (left->type != JN_N_VARIABLE) {
        p->trouble->token = asli_jn_token_value(left);
        return asli_jn_syntax(p, "S0212", left->position);
    }
    n->type = JN_N_BINARY;
    n->a = left;
    return expression(p, asli_jn_op_power(JN_OP_ASSIGN) - 1, &n->b);
}

static int bind_position(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_BINARY;
    n->a = left;
    int result = expression(p, asli_jn_op_power(n->op), &n->b);
    if (result == 0 && n->b->type != JN_N_VARIABLE) {
        p->trouble->token = asli_jn_literal(asli_jn_op_text(n->op));
        return asli_jn_syntax(p, "S0214", n->b->position);
    }
    return result;
}

/* a ?: b is a ? a : b, a ?? b is $exists(a) ? a : b: conditions without a part for true, which is
 * what was tested, evaluated again. */
static int otherwise(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_CONDITION;
    n->a = left;
    if (n->op == JN_OP_COALESCE) {
        node *exists = asli_jn_node(p, JN_N_FUNCTION, n->position);
        node *name = asli_jn_node(p, JN_N_VARIABLE, n->position);
        if (!exists || !name)
            return asli_jn_no_memory(p);
        name->name = (struct asli_jn_name){"exists", 6, asli_jn_hash("exists", 6)};
        exists->op = JN_OP_PAREN;
        exists->a = name;
        int result = asli_jn_list_add(p, exists, left);
        if (result != 0)
            return result;
        n->a = exists;
    }
    return expression(p, 0, &n->c);
}

static int condition(struct asli_jn_parser *p, node *n, node *left)
{
    n->type = JN_N_CONDITION;
    n->a = left;
    int result = expression(p, 0, &n->b);
    if (result == 0 && at_op(p, JN_OP_COLON)) {
        result = next(p, false);
        if (result == 0)
            result = expression(p, 0, &n->c);
    }
    return result;
}

static int keep_array(struct asli_jn_parser *p, node *left)
{
    while (left->type == JN_N_BINARY && left->op == JN_OP_BRACKET)
        left = left->a;
    left->keep_array = true;
    return next(p, false);
}

static int led(struct asli_jn_parser *p, node *n, node **left)
{
    node *was = *left;
    if (n->op == JN_OP_BRACKET && at_op(p, JN_OP_BRACKET_END))
        return keep_array(p, was);
    *left = n;
    switch (n->op) {
    case JN_OP_PAREN:
        return call(p, n, was);
    case JN_OP_BRACKET:
        return predicate(p, n, was);
    case JN_OP_ORDER:
        return order(p, n, was);
    case JN_OP_BRACE:
        return group(p, n, was);
    case JN_OP_ASSIGN:
        return assign(p, n, was);
    case JN_OP_FOCUS:
    case JN_OP_INDEX:
        return bind_position(p, n, was);
    case JN_OP_QUESTION:
        return condition(p, n, was);
    case JN_OP_ELVIS:
    case JN_OP_COALESCE:
        return otherwise(p, n, was);
    default:
        n->type = JN_N_BINARY;
        n->a = was;
        return expression(p, asli_jn_op_power(n->op), &n->b);
    }
}

static int power_here(const struct asli_jn_parser *p)
{
    return p->token->type == JN_N_OPERATOR ? asli_jn_op_power(p->token->op) : 0;
}

static int expression(struct asli_jn_parser *p, int power, node **ret)
{
    int result = asli_jn_deeper(p);
    if (result != 0)
        return result;
    p->depth++;
    node *left = p->token;
    if ((result = next(p, true)) == 0)
        result = nud(p, left);
    while (result == 0 && power < power_here(p)) {
        node *n = p->token;
        if ((result = next(p, false)) == 0)
            result = led(p, n, &left);
    }
    p->depth--;
    if (result == 0)
        *ret = left;
    return result;
}

int asli_jn_parse(struct asli_jn_parser *p, node **ret_root)
{
    int result = next(p, false);
    if (result == 0)
        result = expression(p, 0, ret_root);
    if (result == 0 && p->token->type != JN_N_END) {
        p->trouble->token = asli_jn_token_value(p->token);
        return asli_jn_syntax(p, "S0201", p->token->position);
    }
    return result;
}
