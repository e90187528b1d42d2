/* SPDX-License-Identifier: Apache-2.0
 *
 * The shared parts of the parsers of expressions, see parser.h.
 */
#include "providers/dynamodb/parser.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/utf8.h"

enum { EXPRESSION_MAX = 4096, DEPTH_MAX = 150, INDEX_MAX = 1000000 };

/* ---- troubles ---- */

void *asli_dyn_no_memory(struct asli_dyn_parser *p)
{
    p->rc = asli_oom(p->scope->reterr);
    return NULL;
}

void *asli_dyn_refuse(struct asli_dyn_parser *p, const char *text)
{
    p->rc = asli_fail(p->scope->failure, p->scope->reterr, ASLI_DYN_VALIDATION,
                      "Invalid %s: %s", p->label, text);
    return NULL;
}

/* DynamoDB shows the token with those before and after it, as they are in the text. */
void *asli_dyn_syntax(struct asli_dyn_parser *p)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    const struct asli_dyn_token *first = p->at ? token - 1 : token;
    const struct asli_dyn_token *last = token->kind == ASLI_DYN_END ? first : token + 1;
    if (last->kind == ASLI_DYN_END)
        last = token->kind == ASLI_DYN_END ? first : token;
    bool end = token->kind == ASLI_DYN_END;
    p->rc = asli_fail(p->scope->failure, p->scope->reterr, ASLI_DYN_VALIDATION,
                      "Invalid %s: Syntax error; token: \"%.*s\", near: \"%.*s\"",
                      p->label, end ? 5 : (int)token->len, end ? "<EOF>" : token->text,
                      (int)(last->text + last->len - first->text), first->text);
    return NULL;
}

void asli_dyn_note(struct asli_dyn_parser *p, enum asli_dyn_problem kind,
                   const char *format, ...)
{
    va_list args;
    if (p->rc || p->problems[kind])
        return;
    va_start(args, format);
    ASLI_AUTO(text) char *text = asli_vprintf(format, args);
    va_end(args);
    p->problems[kind] = text ? asli_dyn_copy(p->scope->arena, text, strlen(text)) : NULL;
    if (!p->problems[kind])
        asli_dyn_no_memory(p);
}

/* ---- tokens ---- */

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static size_t word_length(const char *text)
{
    size_t len = 0;
    while (text[len] && strchr(LETTERS DIGITS "_", text[len]))
        len++;
    return len;
}

static size_t symbol_length(const char *text)
{
    uint32_t character;
    if (strncmp(text, "<>", 2) == 0 || strncmp(text, "<=", 2) == 0 ||
        strncmp(text, ">=", 2) == 0)
        return 2;
    size_t len = asli_utf8_decode(text, text + strlen(text), &character);
    return len ? len : 1;
}

static struct asli_dyn_token next_token(const char *text)
{
    struct asli_dyn_token token = {ASLI_DYN_SYMBOL, text, 0};
    if (*text == '\0') {
        token.kind = ASLI_DYN_END;
    } else if (strspn(text, DIGITS)) {
        token.kind = ASLI_DYN_DIGITS;
        token.len = strspn(text, DIGITS);
    } else if (strspn(text, LETTERS)) {
        token.kind = ASLI_DYN_NAME;
        token.len = word_length(text);
    } else if ((*text == '#' || *text == ':') && word_length(text + 1)) {
        token.kind = *text == '#' ? ASLI_DYN_ALIAS : ASLI_DYN_PLACEHOLDER;
        token.len = 1 + word_length(text + 1);
    } else {
        token.len = symbol_length(text);
    }
    return token;
}

int asli_dyn_parser_open(struct asli_dyn_parser *p, struct asli_dyn_scope *scope,
                         const char *label, const char *text, const char *const *keywords)
{
    static const char blanks[] = " \t\r\n";
    size_t len = strlen(text), count = 0;
    *p = (struct asli_dyn_parser){
        .scope = scope, .label = label, .text = text, .keywords = keywords};
    if (len > EXPRESSION_MAX) {
        asli_dyn_refuse(p, "Expression size has exceeded the maximum allowed size;");
        return p->rc;
    }
    p->tokens = asli_dyn_alloc(scope->arena, (len + 1) * sizeof *p->tokens);
    if (!p->tokens)
        return asli_oom(scope->reterr);
    do {
        text += strspn(text, blanks);
        p->tokens[count] = next_token(text);
        text += p->tokens[count].len;
    } while (p->tokens[count++].kind != ASLI_DYN_END);
    if (count == 1)
        asli_dyn_refuse(p, "The expression can not be empty;");
    return p->rc;
}

int asli_dyn_parser_end(struct asli_dyn_parser *p, const enum asli_dyn_problem *order)
{
    if (!p->rc && p->tokens[p->at].kind != ASLI_DYN_END)
        asli_dyn_syntax(p);
    for (; !p->rc && *order != ASLI_DYN_PROBLEM_COUNT; order++) {
        if (p->problems[*order])
            asli_dyn_refuse(p, p->problems[*order]);
    }
    return p->rc;
}

bool asli_dyn_is(const struct asli_dyn_parser *p, const char *symbol)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    return !p->rc && token->kind == ASLI_DYN_SYMBOL && token->len == strlen(symbol) &&
           memcmp(token->text, symbol, token->len) == 0;
}

static bool is_keyword(const struct asli_dyn_token *token, const char *keyword)
{
    return token->kind == ASLI_DYN_NAME && token->len == strlen(keyword) &&
           strncasecmp(token->text, keyword, token->len) == 0;
}

bool asli_dyn_is_word(const struct asli_dyn_parser *p, const char *keyword)
{
    return !p->rc && is_keyword(&p->tokens[p->at], keyword);
}

bool asli_dyn_accept(struct asli_dyn_parser *p, const char *symbol)
{
    bool is = asli_dyn_is(p, symbol);
    p->at += is;
    return is;
}

bool asli_dyn_accept_word(struct asli_dyn_parser *p, const char *keyword)
{
    bool is = asli_dyn_is_word(p, keyword);
    p->at += is;
    return is;
}

bool asli_dyn_expect(struct asli_dyn_parser *p, const char *symbol)
{
    if (asli_dyn_accept(p, symbol))
        return true;
    if (!p->rc)
        asli_dyn_syntax(p);
    return false;
}

bool asli_dyn_deeper(struct asli_dyn_parser *p)
{
    if (++p->depth <= DEPTH_MAX)
        return true;
    asli_dyn_refuse(p, "The expression is nested too deeply;");
    return false;
}

/* ---- paths ---- */

/* What an #alias or :placeholder stands for, marked as used; NULL when it is not defined. */
static const json_t *look_up(struct asli_dyn_parser *p,
                             const struct asli_dyn_token *token, const json_t *defined,
                             json_t *used)
{
    const json_t *value = json_object_getn(defined, token->text, token->len);
    if (value && json_object_setn_new(used, token->text, token->len, json_true()) != 0)
        asli_dyn_no_memory(p);
    return value;
}

/* The name of one step; "" stands for an undefined alias. */
static const char *step_name(struct asli_dyn_parser *p,
                             const struct asli_dyn_token *token)
{
    const struct asli_dyn_scope *scope = p->scope;
    if (token->kind == ASLI_DYN_NAME) {
        if (asli_dyn_reserved(token->text, token->len))
            asli_dyn_note(p, ASLI_DYN_RESERVED,
                          "Attribute name is a reserved keyword; reserved keyword: %.*s",
                          (int)token->len, token->text);
        return asli_dyn_copy(scope->arena, token->text, token->len);
    }
    const json_t *name = look_up(p, token, scope->names, scope->used_names);
    if (!name)
        asli_dyn_note(p, ASLI_DYN_NO_NAME,
                      "An expression attribute name used in the document path is not "
                      "defined; attribute name: %.*s",
                      (int)token->len, token->text);
    return name ? json_string_value(name) : "";
}

static bool is_name(const struct asli_dyn_parser *p)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    for (const char *const *word = p->keywords; *word; word++) {
        if (is_keyword(token, *word))
            return false;
    }
    return token->kind == ASLI_DYN_NAME || token->kind == ASLI_DYN_ALIAS;
}

static bool parse_name(struct asli_dyn_parser *p, struct asli_dyn_step *step)
{
    if (!is_name(p)) {
        asli_dyn_syntax(p);
        return false;
    }
    step->name = step_name(p, &p->tokens[p->at++]);
    if (!step->name)
        asli_dyn_no_memory(p);
    return !p->rc;
}

static bool parse_index(struct asli_dyn_parser *p, struct asli_dyn_step *step)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    if (token->kind != ASLI_DYN_DIGITS) {
        asli_dyn_syntax(p);
        return false;
    }
    for (size_t i = 0; i < token->len && step->index < INDEX_MAX; i++)
        step->index = step->index * 10 + (size_t)(token->text[i] - '0');
    p->at++;
    return asli_dyn_expect(p, "]");
}

/* How many steps may follow: no more than there are dots and brackets. */
static size_t most_steps(const struct asli_dyn_parser *p)
{
    size_t count = 1;
    for (const struct asli_dyn_token *token = &p->tokens[p->at];
         token->kind != ASLI_DYN_END; token++)
        count += *token->text == '.' || *token->text == '[';
    return count;
}

bool asli_dyn_parse_path(struct asli_dyn_parser *p, struct asli_dyn_path *ret_path)
{
    struct asli_dyn_path path = {NULL, 0};
    if (p->rc)
        return false;
    path.steps = asli_dyn_alloc(p->scope->arena, most_steps(p) * sizeof *path.steps);
    if (!path.steps)
        return asli_dyn_no_memory(p) != NULL;
    if (!parse_name(p, &path.steps[path.count++]))
        return false;
    for (;;) {
        struct asli_dyn_step *step = &path.steps[path.count];
        bool ok;
        if (asli_dyn_accept(p, "."))
            ok = parse_name(p, step);
        else if (asli_dyn_accept(p, "["))
            ok = parse_index(p, step);
        else
            break;
        if (!ok)
            return false;
        path.count++;
    }
    *ret_path = path;
    return true;
}

static const char *overlap(const struct asli_dyn_path *a, const struct asli_dyn_path *b,
                           enum asli_dyn_problem *ret_kind)
{
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        const struct asli_dyn_step *x = &a->steps[i], *y = &b->steps[i];
        if (!x->name != !y->name) {
            *ret_kind = ASLI_DYN_CONFLICT;
            return "conflict";
        }
        if (x->name ? strcmp(x->name, y->name) != 0 : x->index != y->index)
            return NULL;
    }
    *ret_kind = ASLI_DYN_OVERLAP;
    return "overlap";
}

bool asli_dyn_add_path(struct asli_dyn_parser *p, struct asli_dyn_paths *paths,
                       const struct asli_dyn_path *path)
{
    enum asli_dyn_problem kind = ASLI_DYN_OVERLAP;
    for (size_t i = 0; i < paths->count; i++) {
        const char *word = overlap(&paths->paths[i], path, &kind);
        if (!word)
            continue;
        const char *one = asli_dyn_path_text(p->scope->arena, &paths->paths[i]);
        const char *two = asli_dyn_path_text(p->scope->arena, path);
        if (!one || !two)
            return asli_dyn_no_memory(p) != NULL;
        asli_dyn_note(p, kind,
                      "Two document paths %s with each other; must remove or rewrite one "
                      "of these paths; path one: %s, path two: %s",
                      word, one, two);
    }
    if ((paths->count & (paths->count - 1)) == 0) { /* full: room for as many again */
        size_t room = paths->count ? paths->count * 2 : 1;
        struct asli_dyn_path *more = asli_dyn_alloc(p->scope->arena, room * sizeof *more);
        if (!more)
            return asli_dyn_no_memory(p) != NULL;
        if (paths->count)
            memcpy(more, paths->paths, paths->count * sizeof *more);
        paths->paths = more;
    }
    paths->paths[paths->count++] = *path;
    return !p->rc;
}

/* ---- nodes ---- */

struct asli_dyn_node *asli_dyn_node(struct asli_dyn_parser *p, enum asli_dyn_kind kind)
{
    struct asli_dyn_node *node = asli_dyn_alloc(p->scope->arena, sizeof *node);
    if (!node)
        return asli_dyn_no_memory(p);
    node->kind = kind;
    return node;
}

struct asli_dyn_node *asli_dyn_add(struct asli_dyn_parser *p, struct asli_dyn_node *node,
                                   struct asli_dyn_node *argument)
{
    if (!node || !argument)
        return NULL;
    if ((node->count & (node->count - 1)) == 0) { /* full */
        size_t room = node->count ? node->count * 2 : 1;
        struct asli_dyn_node **more =
            asli_dyn_alloc(p->scope->arena, room * sizeof *more);
        if (!more)
            return asli_dyn_no_memory(p);
        if (node->count)
            memcpy(more, node->args, node->count * sizeof *more);
        node->args = more;
    }
    node->args[node->count++] = argument;
    return node;
}

struct asli_dyn_node *asli_dyn_parse_placeholder(struct asli_dyn_parser *p)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    if (p->rc || token->kind != ASLI_DYN_PLACEHOLDER)
        return p->rc ? NULL : asli_dyn_syntax(p);
    struct asli_dyn_node *node = asli_dyn_node(p, ASLI_DYN_VALUE);
    if (!node)
        return NULL;
    p->at++;
    node->value = look_up(p, token, p->scope->values, p->scope->used_values);
    if (!node->value)
        asli_dyn_note(p, ASLI_DYN_NO_VALUE,
                      "An expression attribute value used in expression is not defined; "
                      "attribute value: %.*s",
                      (int)token->len, token->text);
    return p->rc ? NULL : node;
}

static struct asli_dyn_node *parse_function(struct asli_dyn_parser *p,
                                            asli_dyn_check_fn *check)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    struct asli_dyn_node *node = asli_dyn_node(p, ASLI_DYN_FUNCTION);
    if (!node || !asli_dyn_deeper(p))
        return NULL;
    node->name = asli_dyn_copy(p->scope->arena, token->text, token->len);
    if (!node->name)
        return asli_dyn_no_memory(p);
    p->at += 2;
    do
        node = asli_dyn_add(p, node, asli_dyn_parse_operand(p, check));
    while (node && asli_dyn_accept(p, ","));
    if (!node || !asli_dyn_expect(p, ")"))
        return NULL;
    p->depth--;
    check(p, node);
    return p->rc ? NULL : node;
}

struct asli_dyn_node *asli_dyn_parse_bare(struct asli_dyn_parser *p,
                                          asli_dyn_check_fn *check)
{
    const struct asli_dyn_token *token = &p->tokens[p->at];
    if (p->rc)
        return NULL;
    if (token->kind == ASLI_DYN_PLACEHOLDER)
        return asli_dyn_parse_placeholder(p);
    if (token->kind == ASLI_DYN_NAME && is_name(p) && token[1].kind == ASLI_DYN_SYMBOL &&
        *token[1].text == '(')
        return parse_function(p, check);
    struct asli_dyn_node *node = asli_dyn_node(p, ASLI_DYN_PATH);
    return node && asli_dyn_parse_path(p, &node->path) ? node : NULL;
}

struct asli_dyn_node *asli_dyn_parse_operand(struct asli_dyn_parser *p,
                                             asli_dyn_check_fn *check)
{
    if (!asli_dyn_accept(p, "("))
        return asli_dyn_parse_bare(p, check);
    if (!asli_dyn_deeper(p))
        return NULL;
    struct asli_dyn_node *node = asli_dyn_parse_operand(p, check);
    if (!node || !asli_dyn_expect(p, ")"))
        return NULL;
    p->depth--;
    if (node->parenthesised)
        asli_dyn_note(p, ASLI_DYN_REDUNDANT, "The expression has redundant parentheses;");
    node->parenthesised = true;
    return node;
}

/* ---- checks ---- */

int asli_dyn_find_function(struct asli_dyn_parser *p,
                           const struct asli_dyn_function *known,
                           const struct asli_dyn_node *function)
{
    int i = 0;
    while (known[i].name && strcmp(known[i].name, function->name) != 0)
        i++;
    if (!known[i].name)
        asli_dyn_note(p, ASLI_DYN_UNKNOWN_FUNCTION, "Invalid function name; function: %s",
                      function->name);
    else if (known[i].operands != function->count)
        asli_dyn_note(
            p, ASLI_DYN_OPERAND_COUNT,
            "Incorrect number of operands for operator or function; operator or "
            "function: %s, number of operands: %zu",
            function->name, function->count);
    return known[i].name && known[i].operands == function->count ? i : -1;
}

const char *asli_dyn_static_type(const struct asli_dyn_node *node)
{
    if (node->kind == ASLI_DYN_VALUE && node->value)
        return asli_dyn_type_name(asli_dyn_type(node->value));
    if (node->kind == ASLI_DYN_FUNCTION && strcmp(node->name, "size") == 0)
        return "N";
    return NULL;
}

void asli_dyn_note_type(struct asli_dyn_parser *p, const char *function, const char *type)
{
    asli_dyn_note(
        p, ASLI_DYN_WRONG_OPERAND,
        "Incorrect operand type for operator or function; operator or function: "
        "%s, operand type: %s",
        function, type);
}

void asli_dyn_note_no_path(struct asli_dyn_parser *p, const char *function)
{
    asli_dyn_note(
        p, ASLI_DYN_WRONG_OPERAND,
        "Operator or function requires a document path; operator or function: %s",
        function);
}

/* ---- projections, and what nobody used ---- */

int asli_dyn_projection(struct asli_dyn_scope *scope, const char *label, const char *text,
                        struct asli_dyn_paths *ret_paths)
{
    static const char *const no_keywords[] = {NULL};
    static const enum asli_dyn_problem order[] = {ASLI_DYN_RESERVED, ASLI_DYN_NO_NAME,
                                                  ASLI_DYN_OVERLAP, ASLI_DYN_CONFLICT,
                                                  ASLI_DYN_PROBLEM_COUNT};
    struct asli_dyn_parser p;
    struct asli_dyn_path path;
    int rc = asli_dyn_parser_open(&p, scope, label, text, no_keywords);
    if (rc)
        return rc;
    do {
        if (!asli_dyn_parse_path(&p, &path) || !asli_dyn_add_path(&p, ret_paths, &path))
            return p.rc;
    } while (asli_dyn_accept(&p, ","));
    return asli_dyn_parser_end(&p, order);
}

static int check_used(struct asli_dyn_scope *scope, const char *what,
                      const json_t *defined, const json_t *used)
{
    ASLI_AUTO(text) char *list = NULL;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)defined, key, value)
    {
        if (json_object_get(used, key))
            continue;
        char *longer = asli_printf("%s%s%s", list ? list : "", list ? ", " : "", key);
        if (!longer)
            return asli_oom(scope->reterr);
        asli_free(list);
        list = longer;
    }
    return list ? asli_fail(scope->failure, scope->reterr, ASLI_DYN_VALIDATION,
                            "Value provided in %s unused in expressions: keys: {%s}",
                            what, list)
                : 0;
}

int asli_dyn_unused(struct asli_dyn_scope *scope)
{
    int rc =
        check_used(scope, "ExpressionAttributeNames", scope->names, scope->used_names);
    return rc ? rc
              : check_used(scope, "ExpressionAttributeValues", scope->values,
                           scope->used_values);
}
