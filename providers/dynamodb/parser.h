/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parsers of expressions share: tokens, document paths, operands, and the problems found.
 *
 * DynamoDB reports a syntax error at once, and else the first problem of the gravest kind; which
 * kind is graver depends on the expression. So problems are noted while parsing and one is chosen
 * at the end. Functions that return a pointer or bool give NULL or false when parsing ends:
 * parser->rc says why.
 */
#ifndef ASLI_DYNAMODB_PARSER_H
#define ASLI_DYNAMODB_PARSER_H

#include "providers/dynamodb/expression.h"

enum asli_dyn_token_kind {
    ASLI_DYN_END,
    ASLI_DYN_NAME,        /* letters, digits and _ after a letter */
    ASLI_DYN_ALIAS,       /* #name */
    ASLI_DYN_PLACEHOLDER, /* :name */
    ASLI_DYN_DIGITS,
    ASLI_DYN_SYMBOL, /* all else, one character or <> <= >= */
};

struct asli_dyn_token {
    enum asli_dyn_token_kind kind;
    const char *text;
    size_t len;
};

enum asli_dyn_problem {
    ASLI_DYN_REDUNDANT,
    ASLI_DYN_UNKNOWN_FUNCTION,
    ASLI_DYN_MISUSED,
    ASLI_DYN_RESERVED,
    ASLI_DYN_IN_CONDITION, /* the gravest of those below, of the first condition that has any*/
    ASLI_DYN_TWICE,
    ASLI_DYN_NO_NAME,
    ASLI_DYN_NO_VALUE,
    ASLI_DYN_OVERLAP,
    ASLI_DYN_CONFLICT,
    ASLI_DYN_WRONG_VALUE,
    ASLI_DYN_OPERAND_COUNT,
    ASLI_DYN_NOT_DISTINCT,
    ASLI_DYN_WRONG_OPERAND,
    ASLI_DYN_PROBLEM_COUNT
};

struct asli_dyn_parser {
    struct asli_dyn_scope *scope;
    const char *label, *text;
    const char *const *keywords; /* not names here; ends with NULL */
    struct asli_dyn_token *tokens;
    size_t at, depth;
    const char *problems[ASLI_DYN_PROBLEM_COUNT];
    int rc; /* 0 while parsing goes on */
};

/* ---- beginning and end ---- */

int asli_dyn_parser_open(struct asli_dyn_parser *p, struct asli_dyn_scope *scope,
                         const char *label, const char *text,
                         const char *const *keywords);
/* The end of the text must be reached; reports the gravest problem by `order`, which ends with
 * ASLI_DYN_PROBLEM_COUNT. Returns p->rc. */
int asli_dyn_parser_end(struct asli_dyn_parser *p, const enum asli_dyn_problem *order);

/* ---- troubles ---- */

void *asli_dyn_no_memory(struct asli_dyn_parser *p); /* NULL */
/* The token here is not what may stand here. */
void *asli_dyn_syntax(struct asli_dyn_parser *p); /* NULL */
/* Fails with "Invalid LABEL: TEXT". */
void *asli_dyn_refuse(struct asli_dyn_parser *p, const char *text); /* NULL */
/* Notes a problem, unless there is one of that kind. */
void asli_dyn_note(struct asli_dyn_parser *p, enum asli_dyn_problem kind,
                   const char *format, ...) __attribute__((format(printf, 3, 4)));

/* ---- tokens ---- */

bool asli_dyn_is(const struct asli_dyn_parser *p, const char *symbol);
bool asli_dyn_is_word(const struct asli_dyn_parser *p, const char *keyword);
bool asli_dyn_accept(struct asli_dyn_parser *p, const char *symbol);
bool asli_dyn_accept_word(struct asli_dyn_parser *p, const char *keyword);
bool asli_dyn_expect(struct asli_dyn_parser *p, const char *symbol);
/* One level deeper; false: too deep. */
bool asli_dyn_deeper(struct asli_dyn_parser *p);
bool asli_dyn_reserved(const char *name, size_t len);

/* ---- parts ---- */

struct asli_dyn_node *asli_dyn_node(struct asli_dyn_parser *p, enum asli_dyn_kind kind);
/* Adds an argument; returns node. NULL arguments are passed on as NULL. */
struct asli_dyn_node *asli_dyn_add(struct asli_dyn_parser *p, struct asli_dyn_node *node,
                                   struct asli_dyn_node *argument);
bool asli_dyn_parse_path(struct asli_dyn_parser *p, struct asli_dyn_path *ret_path);
/* :value */
struct asli_dyn_node *asli_dyn_parse_placeholder(struct asli_dyn_parser *p);
/* A path, a :value or a function, perhaps in parentheses. `check` looks at each function. */
typedef void asli_dyn_check_fn(struct asli_dyn_parser *p, struct asli_dyn_node *function);
struct asli_dyn_node *asli_dyn_parse_operand(struct asli_dyn_parser *p,
                                             asli_dyn_check_fn *check);
/* The same without parentheses around it. */
struct asli_dyn_node *asli_dyn_parse_bare(struct asli_dyn_parser *p,
                                          asli_dyn_check_fn *check);
/* Adds a path to those of the expression; none may be the beginning of another. */
bool asli_dyn_add_path(struct asli_dyn_parser *p, struct asli_dyn_paths *paths,
                       const struct asli_dyn_path *path);

/* ---- checks ---- */

/* Of a function: which it is, by `names` (NULL at the end), or -1; notes what is wrong with its
 * name and with the number of its arguments. */
struct asli_dyn_function {
    const char *name;
    size_t operands;
};
int asli_dyn_find_function(struct asli_dyn_parser *p,
                           const struct asli_dyn_function *known,
                           const struct asli_dyn_node *function);
/* The type's name when the expression alone tells it, else NULL. */
const char *asli_dyn_static_type(const struct asli_dyn_node *node);
void asli_dyn_note_type(struct asli_dyn_parser *p, const char *function,
                        const char *type);
void asli_dyn_note_no_path(struct asli_dyn_parser *p, const char *function);

#endif
