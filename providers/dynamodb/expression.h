/* SPDX-License-Identifier: Apache-2.0
 *
 * DynamoDB's expressions: conditions, updates and projections.
 *
 * An expression is parsed whole, then evaluated. Names and values are put in while parsing, and
 * marked as used in the scope that all expressions of a request share. Everything lives in the
 * scope's arena. Functions return 0, ASLI_FAILED (scope->failure has DynamoDB's words) or
 * ASL_ENOMEM.
 */
#ifndef ASLI_DYNAMODB_EXPRESSION_H
#define ASLI_DYNAMODB_EXPRESSION_H

#include "providers/dynamodb/arena.h"
#include "providers/dynamodb/value.h"

struct asli_dyn_scope {
    struct asli_dyn_arena *arena;
    const json_t *names, *values;     /* of the request, checked; NULL: none */
    json_t *used_names, *used_values; /* objects whose keys were used */
    struct asli_failure *failure;
    asl_error *reterr;
};

/* ---- document paths ---- */

struct asli_dyn_step {
    const char *name; /* NULL: an index */
    size_t index;
};
struct asli_dyn_path {
    struct asli_dyn_step *steps;
    size_t count; /* at least 1 */
};

/* What stands there in an item (names to values), or NULL. */
json_t *asli_dyn_path_get(const json_t *item, const struct asli_dyn_path *path);
/* Puts or removes the value at a path of an item that nobody else sees; what stands between must
 * be there. False: it is not. Beyond a list's end, a value goes to its end. */
bool asli_dyn_path_set(json_t *item, const struct asli_dyn_path *path, json_t *value,
                       bool *ret_oom);
bool asli_dyn_path_remove(json_t *item, const struct asli_dyn_path *path);
/* Depth first, names by their bytes, indexes by number, a prefix before what it leads to. */
int asli_dyn_path_compare(const struct asli_dyn_path *a, const struct asli_dyn_path *b);
/* "[a, [1], b]" in the arena; NULL: oom. */
const char *asli_dyn_path_text(struct asli_dyn_arena *arena,
                               const struct asli_dyn_path *path);

/* ---- nodes ---- */

enum asli_dyn_kind {
    ASLI_DYN_PATH,
    ASLI_DYN_VALUE,
    ASLI_DYN_FUNCTION,   /* name(args) */
    ASLI_DYN_ARITHMETIC, /* + or -, in name */
    ASLI_DYN_COMPARISON, /* its operator in name */
    ASLI_DYN_BETWEEN,
    ASLI_DYN_IN,
    ASLI_DYN_AND,
    ASLI_DYN_OR,
    ASLI_DYN_NOT,
};

struct asli_dyn_node {
    enum asli_dyn_kind kind;
    bool parenthesised;
    const char *name;
    const json_t *value; /* VALUE */
    struct asli_dyn_path path;
    struct asli_dyn_node **args;
    size_t count;
};

/* ---- the three kinds of expression; `label` is "ConditionExpression", ... ---- */

int asli_dyn_condition(struct asli_dyn_scope *scope, const char *label, const char *text,
                       const struct asli_dyn_node **ret_condition);
/* Whether it holds for an item; out of memory sets *ret_oom. */
bool asli_dyn_holds(struct asli_dyn_scope *scope, const struct asli_dyn_node *condition,
                    const json_t *item, bool *ret_oom);

struct asli_dyn_paths {
    struct asli_dyn_path *paths;
    size_t count;
};
int asli_dyn_projection(struct asli_dyn_scope *scope, const char *label, const char *text,
                        struct asli_dyn_paths *ret_paths);
/* A new item of what the paths lead to; lists keep only the elements asked for. NULL: oom. */
json_t *asli_dyn_project(const struct asli_dyn_paths *paths, const json_t *item);

/* X(ID, its keyword) */
#define ASLI_DYN_SECTIONS(X)                                                             \
    X(SET, "SET")                                                                        \
    X(REMOVE, "REMOVE")                                                                  \
    X(ADD, "ADD")                                                                        \
    X(DELETE, "DELETE")

enum asli_dyn_section {
#define ASLI_DYN_SECTION_ID(id, keyword) ASLI_DYN_##id,
    ASLI_DYN_SECTIONS(ASLI_DYN_SECTION_ID)
#undef ASLI_DYN_SECTION_ID
        ASLI_DYN_SECTION_COUNT
};

struct asli_dyn_change {
    enum asli_dyn_section section;
    struct asli_dyn_path path;
    const struct asli_dyn_node *operand; /* SET: an operand; ADD, DELETE: a value */
};
struct asli_dyn_update {
    struct asli_dyn_change *changes;
    struct asli_dyn_paths paths; /* theirs, in the order of the text */
    size_t count;
};
int asli_dyn_update(struct asli_dyn_scope *scope, const char *label, const char *text,
                    struct asli_dyn_update *ret_update);
/* A new item: `item` after the changes, all of which see it as it was. */
int asli_dyn_apply(struct asli_dyn_scope *scope, const struct asli_dyn_update *update,
                   const json_t *item, json_t **ret_item);

/* Names and values that no expression used. */
int asli_dyn_unused(struct asli_dyn_scope *scope);

#endif
