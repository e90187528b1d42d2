/* SPDX-License-Identifier: Apache-2.0
 *
 * Update expressions: reading them, and making the item that comes of one.
 *
 * All operands are taken from the item as it was. Paths do not overlap (parser.c), so changes do
 * not meet, except that they move the elements of a list: puts go from low indexes to high ones,
 * removals come after them and go from high to low.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "providers/dynamodb/parser.h"
#include "providers/dynamodb/set.h"

static const char *const keywords[] = {
#define KEYWORD(id, keyword) keyword,
    ASLI_DYN_SECTIONS(KEYWORD)
#undef KEYWORD
        NULL,
};

enum function { IF_NOT_EXISTS, LIST_APPEND };
static const struct asli_dyn_function functions[] = {
    [IF_NOT_EXISTS] = {"if_not_exists", 2},
    [LIST_APPEND] = {"list_append", 2},
    {NULL, 0}};

/* ---- reading ---- */

static void check_types(struct asli_dyn_parser *p, const struct asli_dyn_node *node,
                        const char *wanted)
{
    for (size_t i = 0; i < node->count; i++) {
        const char *type = asli_dyn_static_type(node->args[i]);
        if (type && strcmp(type, wanted) != 0)
            asli_dyn_note_type(p, node->name, type);
    }
}

static void check_function(struct asli_dyn_parser *p, struct asli_dyn_node *node)
{
    int function = asli_dyn_find_function(p, functions, node);
    if (function == IF_NOT_EXISTS && node->args[0]->kind != ASLI_DYN_PATH)
        asli_dyn_note_no_path(p, node->name);
    else if (function == LIST_APPEND)
        check_types(p, node, "L");
}

static struct asli_dyn_node *parse_value(struct asli_dyn_parser *p)
{
    struct asli_dyn_node *left, *sum;
    if (asli_dyn_accept(p, "(")) {
        left = asli_dyn_deeper(p) ? parse_value(p) : NULL;
        if (!left || !asli_dyn_expect(p, ")"))
            return NULL;
        p->depth--;
    } else {
        left = asli_dyn_parse_bare(p, check_function);
    }
    bool plus = asli_dyn_is(p, "+");
    if (!left || left->kind == ASLI_DYN_ARITHMETIC || (!plus && !asli_dyn_is(p, "-")))
        return left;
    p->at++;
    sum = asli_dyn_add(p, asli_dyn_node(p, ASLI_DYN_ARITHMETIC), left);
    sum = asli_dyn_add(p, sum, asli_dyn_parse_operand(p, check_function));
    if (!sum)
        return NULL;
    sum->name = plus ? "+" : "-";
    check_types(p, sum, "N");
    return sum;
}

/* ADD takes a number or a set, DELETE a set. */
static void check_operand(struct asli_dyn_parser *p, const struct asli_dyn_change *change)
{
    if (!change->operand || !change->operand->value)
        return;
    enum asli_dyn_type type = asli_dyn_type(change->operand->value);
    if (type == ASLI_DYN_SS || type == ASLI_DYN_NS || type == ASLI_DYN_BS ||
        (type == ASLI_DYN_N && change->section == ASLI_DYN_ADD))
        return;
    asli_dyn_note(
        p, ASLI_DYN_WRONG_VALUE,
        "Incorrect operand type for operator or function; operator: %s, operand "
        "type: %s",
        keywords[change->section], asli_dyn_type_word(type));
}

static bool parse_change(struct asli_dyn_parser *p, struct asli_dyn_update *update,
                         struct asli_dyn_change *change)
{
    if (!asli_dyn_parse_path(p, &change->path))
        return false;
    if (change->section == ASLI_DYN_SET) {
        change->operand = asli_dyn_expect(p, "=") ? parse_value(p) : NULL;
    } else if (change->section != ASLI_DYN_REMOVE) {
        change->operand = asli_dyn_parse_placeholder(p);
        check_operand(p, change);
    }
    return !p->rc && asli_dyn_add_path(p, &update->paths, &change->path);
}

static bool parse_section(struct asli_dyn_parser *p, struct asli_dyn_update *update,
                          enum asli_dyn_section section)
{
    do {
        struct asli_dyn_change *change = &update->changes[update->count++];
        change->section = section;
        if (!parse_change(p, update, change))
            return false;
    } while (asli_dyn_accept(p, ","));
    return true;
}

/* The section whose keyword stands here; else a syntax error. */
static bool next_section(struct asli_dyn_parser *p, bool *seen,
                         enum asli_dyn_section *ret_section)
{
    for (int i = 0; i < ASLI_DYN_SECTION_COUNT; i++) {
        if (!asli_dyn_accept_word(p, keywords[i]))
            continue;
        if (seen[i])
            asli_dyn_note(p, ASLI_DYN_TWICE,
                          "The \"%s\" section can only be used once in an update "
                          "expression;",
                          keywords[i]);
        seen[i] = true;
        *ret_section = (enum asli_dyn_section)i;
        return true;
    }
    asli_dyn_syntax(p);
    return false;
}

int asli_dyn_update(struct asli_dyn_scope *scope, const char *label, const char *text,
                    struct asli_dyn_update *ret_update)
{
    static const enum asli_dyn_problem order[] = {
        ASLI_DYN_RESERVED,      ASLI_DYN_UNKNOWN_FUNCTION, ASLI_DYN_TWICE,
        ASLI_DYN_NO_NAME,       ASLI_DYN_NO_VALUE,         ASLI_DYN_OVERLAP,
        ASLI_DYN_CONFLICT,      ASLI_DYN_WRONG_VALUE,      ASLI_DYN_OPERAND_COUNT,
        ASLI_DYN_WRONG_OPERAND, ASLI_DYN_PROBLEM_COUNT};
    struct asli_dyn_parser p;
    struct asli_dyn_update update = {0};
    enum asli_dyn_section section;
    bool seen[ASLI_DYN_SECTION_COUNT] = {false};
    int rc = asli_dyn_parser_open(&p, scope, label, text, keywords);
    if (rc)
        return rc;
    /* a change has at least two tokens, or a comma or keyword before it */
    update.changes =
        asli_dyn_alloc(scope->arena, (strlen(text) / 2 + 1) * sizeof *update.changes);
    if (!update.changes)
        return asli_oom(scope->reterr);
    do {
        if (!next_section(&p, seen, &section) || !parse_section(&p, &update, section))
            return p.rc;
    } while (p.tokens[p.at].kind != ASLI_DYN_END);
    rc = asli_dyn_parser_end(&p, order);
    if (!rc)
        *ret_update = update;
    return rc;
}

/* ---- operands ---- */

struct applying {
    struct asli_dyn_scope *scope;
    const json_t *old;
    json_t *item; /* the new one, nobody else's */
};

static int refuse(struct applying *a, const char *text)
{
    return asli_fail(a->scope->failure, a->scope->reterr, ASLI_DYN_VALIDATION, "%s",
                     text);
}

static int refuse_type(struct applying *a)
{
    return refuse(a, "An operand in the update expression has an incorrect data type");
}

static int hold(struct applying *a, json_t *take_value, json_t **ret_value)
{
    *ret_value = asli_dyn_hold(a->scope->arena, take_value);
    return *ret_value ? 0 : asli_oom(a->scope->reterr);
}

static int add_numbers(struct applying *a, const json_t *left, const json_t *right,
                       bool subtract, json_t **ret_value)
{
    if (asli_dyn_type(left) != ASLI_DYN_N || asli_dyn_type(right) != ASLI_DYN_N)
        return refuse_type(a);
    struct asli_decimal x = asli_dyn_number(left), y = asli_dyn_number(right), sum;
    char text[ASLI_DECIMAL_TEXT];
    const char *wrong = asli_dyn_number_text(asli_decimal_add(&x, &y, subtract, &sum));
    if (wrong)
        return refuse(a, wrong);
    size_t len = asli_decimal_format(&sum, text);
    return hold(a, asli_dyn_make(ASLI_DYN_N, json_stringn(text, len)), ret_value);
}

static int append_lists(struct applying *a, const json_t *left, const json_t *right,
                        json_t **ret_value)
{
    if (asli_dyn_type(left) != ASLI_DYN_L || asli_dyn_type(right) != ASLI_DYN_L)
        return refuse_type(a);
    json_t *list = asli_json_copy(asli_dyn_payload(left));
    if (json_array_extend(list, asli_dyn_payload(right)) != 0) {
        json_decref(list);
        return asli_oom(a->scope->reterr);
    }
    return hold(a, asli_dyn_make(ASLI_DYN_L, list), ret_value);
}

static int operand_value(struct applying *a, const struct asli_dyn_node *node,
                         json_t **ret_value)
{
    json_t *left, *right;
    if (node->kind == ASLI_DYN_VALUE) {
        *ret_value = (json_t *)node->value;
        return 0;
    }
    const struct asli_dyn_path *path =
        node->kind == ASLI_DYN_PATH ? &node->path : &node->args[0]->path;
    bool default_given = node->kind == ASLI_DYN_FUNCTION &&
                         strcmp(node->name, functions[IF_NOT_EXISTS].name) == 0;
    if (default_given || node->kind == ASLI_DYN_PATH) {
        *ret_value = asli_dyn_path_get(a->old, path);
        if (*ret_value)
            return 0;
        return default_given ? operand_value(a, node->args[1], ret_value)
                             : refuse(a, "The provided expression refers to an attribute "
                                         "that does not exist in the item");
    }
    int rc = operand_value(a, node->args[0], &left);
    if (!rc)
        rc = operand_value(a, node->args[1], &right);
    if (rc)
        return rc;
    return node->kind == ASLI_DYN_FUNCTION
               ? append_lists(a, left, right, ret_value)
               : add_numbers(a, left, right, *node->name == '-', ret_value);
}

/* ADD to what is there: a sum, or a union. */
static int added_value(struct applying *a, const json_t *old, json_t *operand,
                       json_t **ret_value)
{
    enum asli_dyn_type type = asli_dyn_type(operand);
    *ret_value = operand;
    if (!old)
        return 0;
    if (asli_dyn_type(old) != type)
        return refuse_type(a);
    if (type == ASLI_DYN_N)
        return add_numbers(a, old, operand, false, ret_value);
    json_t *set =
        asli_dyn_set_union(type, asli_dyn_payload(old), asli_dyn_payload(operand), NULL);
    return hold(a, asli_dyn_make(type, set), ret_value);
}

/* DELETE from a set; *ret_value NULL: nothing is left of it. */
static int reduced_value(struct applying *a, const json_t *old, const json_t *operand,
                         json_t **ret_value)
{
    enum asli_dyn_type type = asli_dyn_type(operand);
    *ret_value = NULL;
    if (!old)
        return 0;
    if (asli_dyn_type(old) != type)
        return refuse_type(a);
    json_t *set =
        asli_dyn_set_without(type, asli_dyn_payload(old), asli_dyn_payload(operand));
    if (set && json_array_size(set) == 0) {
        json_decref(set);
        return 0;
    }
    return hold(a, asli_dyn_make(type, set), ret_value);
}

/* ---- changes ---- */

static int put_or_remove(struct applying *a, const struct asli_dyn_path *path,
                         json_t *value_or_null)
{
    bool oom = false;
    bool done = value_or_null ? asli_dyn_path_set(a->item, path, value_or_null, &oom)
                              : asli_dyn_path_remove(a->item, path);
    if (oom)
        return asli_oom(a->scope->reterr);
    return done ? 0
                : refuse(a, "The document path provided in the update expression is "
                            "invalid for update");
}

static int apply_change(struct applying *a, const struct asli_dyn_change *change)
{
    const json_t *old = asli_dyn_path_get(a->old, &change->path);
    json_t *operand = change->operand ? (json_t *)change->operand->value : NULL;
    json_t *value = NULL;
    int rc = 0;
    if (change->section == ASLI_DYN_SET)
        rc = operand_value(a, change->operand, &value);
    else if (change->section == ASLI_DYN_ADD)
        rc = added_value(a, old, operand, &value);
    else if (change->section == ASLI_DYN_DELETE)
        rc = reduced_value(a, old, operand, &value);
    return rc ? rc : put_or_remove(a, &change->path, value);
}

static int by_path(const void *a, const void *b)
{
    const struct asli_dyn_change *const *x = a, *const *y = b;
    return asli_dyn_path_compare(&(*x)->path, &(*y)->path);
}

static bool is_put(const struct asli_dyn_change *change)
{
    return change->section == ASLI_DYN_SET || change->section == ASLI_DYN_ADD;
}

int asli_dyn_apply(struct asli_dyn_scope *scope, const struct asli_dyn_update *update,
                   const json_t *item, json_t **ret_item)
{
    ASLI_AUTO(json) json_t *made = json_deep_copy(item);
    struct applying a = {scope, item, made};
    const struct asli_dyn_change **sorted =
        asli_dyn_alloc(scope->arena, update->count * sizeof *sorted);
    int rc = made && sorted ? 0 : asli_oom(scope->reterr);
    for (size_t i = 0; !rc && i < update->count; i++)
        sorted[i] = &update->changes[i];
    if (!rc)
        qsort(sorted, update->count, sizeof *sorted, by_path);
    for (size_t i = 0; !rc && i < update->count; i++)
        rc = is_put(sorted[i]) ? apply_change(&a, sorted[i]) : 0;
    for (size_t i = update->count; !rc && i-- > 0;)
        rc = is_put(sorted[i]) ? 0 : apply_change(&a, sorted[i]);
    if (!rc)
        *ret_item = json_incref(made);
    return rc;
}
