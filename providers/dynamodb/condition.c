/* SPDX-License-Identifier: Apache-2.0
 *
 * Condition expressions: reading them, and whether one holds for an item.
 *
 * A missing attribute makes every comparison false but <>, as does one of another type. What the
 * expression and its values alone show to be wrong is refused before any item is looked at.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "providers/dynamodb/parser.h"

enum { OPERANDS_OF_IN_MAX = 100 };

/* X(ID, name, operands) */
#define FUNCTIONS(X)                                                                     \
    X(ATTRIBUTE_EXISTS, "attribute_exists", 1)                                           \
    X(ATTRIBUTE_NOT_EXISTS, "attribute_not_exists", 1)                                   \
    X(ATTRIBUTE_TYPE, "attribute_type", 2)                                               \
    X(BEGINS_WITH, "begins_with", 2)                                                     \
    X(CONTAINS, "contains", 2)                                                           \
    X(SIZE, "size", 1)

enum function {
#define ID(id, name, operands) id,
    FUNCTIONS(ID)
#undef ID
};

static const struct asli_dyn_function functions[] = {
#define ROW(id, name, operands) {name, operands},
    FUNCTIONS(ROW)
#undef ROW
        {NULL, 0},
};

static int function_of(const struct asli_dyn_node *node)
{
    int i = 0;
    while (functions[i].name && strcmp(functions[i].name, node->name) != 0)
        i++;
    return i;
}

static bool is_size(const struct asli_dyn_node *node)
{
    return node->kind == ASLI_DYN_FUNCTION && strcmp(node->name, "size") == 0;
}

static bool is_operand(const struct asli_dyn_node *node)
{
    return node->kind == ASLI_DYN_PATH || node->kind == ASLI_DYN_VALUE;
}

/* ---- checks ---- */

static void note_misused(struct asli_dyn_parser *p, const struct asli_dyn_node *node)
{
    asli_dyn_note(p, ASLI_DYN_MISUSED,
                  "The function is not allowed to be used this way in an expression; "
                  "function: %s",
                  node->name);
}

/* As operands, only size gives something to compare. */
static void check_operands(struct asli_dyn_parser *p, const struct asli_dyn_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        if (node->args[i]->kind == ASLI_DYN_FUNCTION && !is_size(node->args[i]))
            note_misused(p, node->args[i]);
    }
}

static void check_distinct(struct asli_dyn_parser *p, const struct asli_dyn_node *node)
{
    const struct asli_dyn_node *a = node->args[0], *b = node->args[node->count - 1];
    if (node->count != 2 || a->kind != ASLI_DYN_PATH || b->kind != ASLI_DYN_PATH ||
        asli_dyn_path_compare(&a->path, &b->path) != 0)
        return;
    const char *text = asli_dyn_path_text(p->scope->arena, &a->path);
    if (!text) {
        asli_dyn_no_memory(p);
        return;
    }
    asli_dyn_note(
        p, ASLI_DYN_NOT_DISTINCT,
        "The first operand must be distinct from the remaining operands for this "
        "operator or function; operator: %s, first operand: %s",
        node->name, text);
}

static void check_attribute_type(struct asli_dyn_parser *p,
                                 const struct asli_dyn_node *node)
{
    const char *type = asli_dyn_static_type(node->args[1]);
    if (!type || strcmp(type, "S") != 0) {
        asli_dyn_note_type(p, node->name, type ? type : "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
        return;
    }
    const char *name = json_string_value(asli_dyn_payload(node->args[1]->value));
    if (asli_dyn_type_of_name(name) == ASLI_DYN_TYPE_COUNT)
        asli_dyn_note(p, ASLI_DYN_WRONG_OPERAND,
                      "Invalid attribute type name found; type: %s, valid types: "
                      "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                      name);
}

static void check_function(struct asli_dyn_parser *p, struct asli_dyn_node *node)
{
    check_operands(p, node);
    int function = asli_dyn_find_function(p, functions, node);
    const char *type;
    if (function < 0)
        return;
    check_distinct(p, node);
    switch ((enum function)function) {
    case ATTRIBUTE_EXISTS:
    case ATTRIBUTE_NOT_EXISTS:
        if (node->args[0]->kind != ASLI_DYN_PATH)
            asli_dyn_note_no_path(p, node->name);
        break;
    case ATTRIBUTE_TYPE:
        check_attribute_type(p, node);
        break;
    case BEGINS_WITH:
        for (size_t i = 0; i < node->count; i++) {
            type = asli_dyn_static_type(node->args[i]);
            if (type && strcmp(type, "S") != 0 && strcmp(type, "B") != 0)
                asli_dyn_note_type(p, node->name, type);
        }
        break;
    case SIZE:
        type = asli_dyn_static_type(node->args[0]);
        if (type && (strcmp(type, "N") == 0 || strcmp(type, "BOOL") == 0 ||
                     strcmp(type, "NULL") == 0))
            asli_dyn_note_type(p, node->name, type);
        break;
    case CONTAINS:
        break;
    }
}

/* < and its like, and BETWEEN, are for what has an order. */
static void check_order(struct asli_dyn_parser *p, const struct asli_dyn_node *node)
{
    for (size_t i = 0; i < node->count; i++) {
        const char *type = asli_dyn_static_type(node->args[i]);
        if (type && strcmp(type, "S") != 0 && strcmp(type, "N") != 0 &&
            strcmp(type, "B") != 0)
            asli_dyn_note_type(p, node->name, type);
    }
}

static const char *bound_text(struct asli_dyn_parser *p, const json_t *value)
{
    const char *type = asli_dyn_type_name(asli_dyn_type(value));
    const char *payload = json_string_value(asli_dyn_payload(value));
    ASLI_AUTO(text) char *text = asli_printf("{%s:%s}", type, payload ? payload : "");
    char *kept = text ? asli_dyn_copy(p->scope->arena, text, strlen(text)) : NULL;
    return kept ? kept : asli_dyn_no_memory(p);
}

static void check_bounds(struct asli_dyn_parser *p, const struct asli_dyn_node *node)
{
    const json_t *low = node->args[1]->value, *high = node->args[2]->value;
    int order = 0;
    if (!low || !high)
        return;
    bool same = asli_dyn_type(low) == asli_dyn_type(high);
    if (same && (!asli_dyn_compare(low, high, &order) || order <= 0))
        return;
    const char *one = bound_text(p, low), *two = bound_text(p, high);
    if (one && two)
        asli_dyn_note(p, ASLI_DYN_WRONG_OPERAND,
                      "The BETWEEN operator requires %s; lower bound operand: "
                      "AttributeValue: %s, upper bound operand: AttributeValue: %s",
                      same ? "upper bound to be greater than or equal to lower bound"
                           : "same data type for lower and upper bounds",
                      one, two);
}

/* A condition is complete: of what is wrong in it, the gravest counts. */
static struct asli_dyn_node *complete(struct asli_dyn_parser *p,
                                      struct asli_dyn_node *node)
{
    static const enum asli_dyn_problem order[] = {
        ASLI_DYN_NO_NAME,      ASLI_DYN_NO_VALUE,      ASLI_DYN_OPERAND_COUNT,
        ASLI_DYN_NOT_DISTINCT, ASLI_DYN_WRONG_OPERAND,
    };
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        if (!p->problems[ASLI_DYN_IN_CONDITION])
            p->problems[ASLI_DYN_IN_CONDITION] = p->problems[order[i]];
    }
    return p->rc ? NULL : node;
}

/* ---- reading ---- */

static struct asli_dyn_node *parse_or(struct asli_dyn_parser *p);

static struct asli_dyn_node *parse_primary(struct asli_dyn_parser *p)
{
    if (!asli_dyn_accept(p, "("))
        return asli_dyn_parse_bare(p, check_function);
    if (!asli_dyn_deeper(p))
        return NULL;
    struct asli_dyn_node *node = parse_or(p);
    if (!node || !asli_dyn_expect(p, ")"))
        return NULL;
    p->depth--;
    if (node->parenthesised)
        asli_dyn_note(p, ASLI_DYN_REDUNDANT, "The expression has redundant parentheses;");
    node->parenthesised = true;
    return node;
}

static struct asli_dyn_node *parse_comparison(struct asli_dyn_parser *p,
                                              struct asli_dyn_node *left,
                                              const char *symbol)
{
    struct asli_dyn_node *node =
        asli_dyn_add(p, asli_dyn_node(p, ASLI_DYN_COMPARISON), left);
    node = asli_dyn_add(p, node, asli_dyn_parse_operand(p, check_function));
    if (!node)
        return NULL;
    node->name = symbol;
    check_operands(p, node);
    check_distinct(p, node);
    if (strcmp(symbol, "=") != 0 && strcmp(symbol, "<>") != 0)
        check_order(p, node);
    return complete(p, node);
}

static struct asli_dyn_node *parse_between(struct asli_dyn_parser *p,
                                           struct asli_dyn_node *left)
{
    struct asli_dyn_node *node =
        asli_dyn_add(p, asli_dyn_node(p, ASLI_DYN_BETWEEN), left);
    node = asli_dyn_add(p, node, asli_dyn_parse_operand(p, check_function));
    if (node && !asli_dyn_accept_word(p, "AND"))
        return asli_dyn_syntax(p);
    node = node ? asli_dyn_add(p, node, asli_dyn_parse_operand(p, check_function)) : NULL;
    if (!node)
        return NULL;
    node->name = "BETWEEN";
    check_operands(p, node);
    check_order(p, node);
    check_bounds(p, node);
    return complete(p, node);
}

static struct asli_dyn_node *parse_in(struct asli_dyn_parser *p,
                                      struct asli_dyn_node *left)
{
    struct asli_dyn_node *node = asli_dyn_add(p, asli_dyn_node(p, ASLI_DYN_IN), left);
    if (!node || !asli_dyn_expect(p, "("))
        return NULL;
    do
        node = asli_dyn_add(p, node, asli_dyn_parse_operand(p, check_function));
    while (node && asli_dyn_accept(p, ","));
    if (!node || !asli_dyn_expect(p, ")"))
        return NULL;
    node->name = "IN";
    check_operands(p, node);
    if (node->count - 1 > OPERANDS_OF_IN_MAX)
        asli_dyn_note(p, ASLI_DYN_OPERAND_COUNT,
                      "The IN operator is provided with too many operands; number of "
                      "operands: %zu",
                      node->count - 1);
    return complete(p, node);
}

/* A condition; or an operand that stands where only what follows can make it one. */
static struct asli_dyn_node *parse_condition(struct asli_dyn_parser *p)
{
    static const char *const operators[] = {"=", "<>", "<", "<=", ">", ">="};
    struct asli_dyn_node *left = parse_primary(p);
    if (!left || (!is_operand(left) && left->kind != ASLI_DYN_FUNCTION))
        return left;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (asli_dyn_accept(p, operators[i]))
            return parse_comparison(p, left, operators[i]);
    }
    if (asli_dyn_accept_word(p, "BETWEEN"))
        return parse_between(p, left);
    if (asli_dyn_accept_word(p, "IN"))
        return parse_in(p, left);
    return left;
}

/* Where a truth value is needed: an operand there lacks its operator. */
static struct asli_dyn_node *truth(struct asli_dyn_parser *p, struct asli_dyn_node *node)
{
    if (!node || p->rc)
        return NULL;
    if (is_operand(node))
        return asli_dyn_syntax(p);
    if (is_size(node))
        note_misused(p, node);
    return complete(p, node);
}

static struct asli_dyn_node *parse_not(struct asli_dyn_parser *p)
{
    if (!asli_dyn_accept_word(p, "NOT"))
        return parse_condition(p);
    if (!asli_dyn_deeper(p))
        return NULL;
    struct asli_dyn_node *node = truth(p, parse_not(p));
    p->depth--;
    return node ? asli_dyn_add(p, asli_dyn_node(p, ASLI_DYN_NOT), node) : NULL;
}

/* A row of parts between the same keyword; a single part is passed on. */
static struct asli_dyn_node *
parse_row(struct asli_dyn_parser *p, const char *keyword, enum asli_dyn_kind kind,
          struct asli_dyn_node *parse(struct asli_dyn_parser *))
{
    struct asli_dyn_node *first = parse(p), *row;
    if (!first || !asli_dyn_is_word(p, keyword))
        return first;
    row = asli_dyn_add(p, asli_dyn_node(p, kind), truth(p, first));
    while (row && asli_dyn_accept_word(p, keyword))
        row = asli_dyn_add(p, row, truth(p, parse(p)));
    return row;
}

static struct asli_dyn_node *parse_and(struct asli_dyn_parser *p)
{
    return parse_row(p, "AND", ASLI_DYN_AND, parse_not);
}

static struct asli_dyn_node *parse_or(struct asli_dyn_parser *p)
{
    return parse_row(p, "OR", ASLI_DYN_OR, parse_and);
}

int asli_dyn_condition(struct asli_dyn_scope *scope, const char *label, const char *text,
                       const struct asli_dyn_node **ret_condition)
{
    static const char *const keywords[] = {"AND", "OR", "NOT", "BETWEEN", "IN", NULL};
    static const enum asli_dyn_problem order[] = {
        ASLI_DYN_REDUNDANT, ASLI_DYN_UNKNOWN_FUNCTION, ASLI_DYN_MISUSED,
        ASLI_DYN_RESERVED,  ASLI_DYN_IN_CONDITION,     ASLI_DYN_PROBLEM_COUNT};
    struct asli_dyn_parser p;
    int rc = asli_dyn_parser_open(&p, scope, label, text, keywords);
    if (rc)
        return rc;
    const struct asli_dyn_node *node = truth(&p, parse_or(&p));
    rc = asli_dyn_parser_end(&p, order);
    if (!rc)
        *ret_condition = node;
    return rc;
}

/* ---- evaluating ---- */

struct evaluation {
    struct asli_dyn_scope *scope;
    const json_t *item;
    bool oom;
};

static const json_t *size_of(struct evaluation *e, const json_t *value)
{
    size_t size;
    if (!value || !asli_dyn_size(value, &size))
        return NULL;
    json_t *text = json_sprintf("%zu", size);
    json_t *number = asli_dyn_hold(e->scope->arena, asli_dyn_make(ASLI_DYN_N, text));
    e->oom = e->oom || !number;
    return number;
}

/* The operand's value, NULL when there is none. */
static const json_t *value_of(struct evaluation *e, const struct asli_dyn_node *node)
{
    switch (node->kind) {
    case ASLI_DYN_PATH:
        return asli_dyn_path_get(e->item, &node->path);
    case ASLI_DYN_VALUE:
        return node->value;
    default:
        return size_of(e, value_of(e, node->args[0]));
    }
}

static bool equal(const json_t *a, const json_t *b)
{
    return a && b && asli_dyn_equal(a, b);
}

static bool compare(const json_t *a, const char *symbol, const json_t *b)
{
    int order;
    if (strcmp(symbol, "=") == 0)
        return equal(a, b);
    if (strcmp(symbol, "<>") == 0)
        return !equal(a, b);
    if (!a || !b || !asli_dyn_compare(a, b, &order))
        return false;
    if (order == 0)
        return symbol[1] == '=';
    return symbol[0] == (order < 0 ? '<' : '>');
}

static bool call(struct evaluation *e, const struct asli_dyn_node *node)
{
    const json_t *value = value_of(e, node->args[0]);
    const json_t *other = node->count > 1 ? value_of(e, node->args[1]) : NULL;
    switch ((enum function)function_of(node)) {
    case ATTRIBUTE_EXISTS:
        return value != NULL;
    case ATTRIBUTE_NOT_EXISTS:
        return value == NULL;
    case ATTRIBUTE_TYPE:
        return value && strcmp(asli_dyn_type_name(asli_dyn_type(value)),
                               json_string_value(asli_dyn_payload(other))) == 0;
    case BEGINS_WITH:
        return value && other && asli_dyn_begins_with(value, other);
    case CONTAINS:
        return value && other && asli_dyn_contains(value, other);
    case SIZE:
        break;
    }
    return false;
}

static bool holds(struct evaluation *e, const struct asli_dyn_node *node)
{
    const json_t *value;
    switch (node->kind) {
    case ASLI_DYN_AND:
    case ASLI_DYN_OR:
        for (size_t i = 0; i < node->count; i++) {
            if (holds(e, node->args[i]) == (node->kind == ASLI_DYN_OR))
                return node->kind == ASLI_DYN_OR;
        }
        return node->kind == ASLI_DYN_AND;
    case ASLI_DYN_NOT:
        return !holds(e, node->args[0]);
    case ASLI_DYN_COMPARISON:
        return compare(value_of(e, node->args[0]), node->name,
                       value_of(e, node->args[1]));
    case ASLI_DYN_BETWEEN:
        value = value_of(e, node->args[0]);
        return compare(value, ">=", value_of(e, node->args[1])) &&
               compare(value, "<=", value_of(e, node->args[2]));
    case ASLI_DYN_IN:
        value = value_of(e, node->args[0]);
        for (size_t i = 1; i < node->count; i++) {
            if (equal(value, value_of(e, node->args[i])))
                return true;
        }
        return false;
    default:
        return call(e, node);
    }
}

bool asli_dyn_holds(struct asli_dyn_scope *scope, const struct asli_dyn_node *condition,
                    const json_t *item, bool *ret_oom)
{
    struct evaluation evaluation = {scope, item, false};
    bool result = holds(&evaluation, condition);
    *ret_oom = evaluation.oom;
    return result;
}
