/* SPDX-License-Identifier: Apache-2.0
 *
 * What the three stages of compiling share: the text, the token that is next, the tree's arena.
 */
#ifndef ASLI_JSONATA_PARSE_H
#define ASLI_JSONATA_PARSE_H

#include "engine/query/jsonata/tree.h"

struct asli_jn_parser {
    struct asli_jn_tree *tree;
    const char *text;
    size_t len, at;
    struct asli_jn_node *token; /* what is next */
    struct asli_jn_trouble *trouble;
    const struct asli_jn_limits *limits;
    const char *stack; /* a place on the stack when compiling began */
    int depth;
    uint32_t labels; /* of parents, so far */
    uint32_t binds;  /* variables bound by what was processed so far */
};

/* All: 0, ASLI_JN_FAULT (trouble filled) or ASL_ENOMEM. */

/* lexer.c: reads the next token into a new node; END at the end. `infix`: where a '/' divides. */
int asli_jn_lex(struct asli_jn_parser *p, bool infix, struct asli_jn_node **ret_token);
int asli_jn_lex_regex(struct asli_jn_parser *p, struct asli_jn_node *node);
/* parse.c: the whole text. */
int asli_jn_parse(struct asli_jn_parser *p, struct asli_jn_node **ret_root);
/* ancestry.c: whom the parents in a path mean. */
int asli_jn_seek_parent(struct asli_jn_parser *p, struct asli_jn_node *node,
                        struct asli_jn_slot *slot);
int asli_jn_push_ancestry(struct asli_jn_parser *p, struct asli_jn_node *result,
                          const struct asli_jn_node *part);
int asli_jn_resolve_ancestry(struct asli_jn_parser *p, struct asli_jn_node *path);
int asli_jn_add_slot(struct asli_jn_parser *p, struct asli_jn_slots *slots,
                     struct asli_jn_slot *slot);

/* NULL: asli_jn_no_memory says what to return. Zeroed. */
void *asli_jn_zalloc(struct asli_jn_parser *p, size_t size);
int asli_jn_no_memory(struct asli_jn_parser *p);
struct asli_jn_node *asli_jn_node(struct asli_jn_parser *p, enum asli_jn_node_type type,
                                  size_t position);
/* Fails with `code` at `position`; token and value are set by the caller, in *p->trouble. */
int asli_jn_syntax(struct asli_jn_parser *p, const char *code, size_t position);
/* May the C stack and the depth take one more level? */
int asli_jn_deeper(struct asli_jn_parser *p);
jn_value asli_jn_literal(const char *text);
/* What the reference has in a token's `value`: a text or a number. */
jn_value asli_jn_token_value(const struct asli_jn_node *token);
/* Adds one to a list that grows by doubling. */
int asli_jn_list_add(struct asli_jn_parser *p, struct asli_jn_node *node,
                     struct asli_jn_node *item);

#endif
