/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiled form of a JSONata expression: a tree of nodes in one arena, immutable once
 * asli_jn_compile has returned, so that threads may share it. Whoever wants to check expressions
 * walks it (asli_jn_children).
 *
 * lexer.c reads tokens, parse.c makes nodes of them as they are written, process.c turns those
 * into what is evaluated: paths of steps with their stages, tail calls, the slots of parents.
 */
#ifndef ASLI_JSONATA_TREE_H
#define ASLI_JSONATA_TREE_H

#include "engine/query/jsonata/arena.h"
#include "engine/query/jsonata/trouble.h"
#include "engine/query/jsonata/value.h"

struct asli_pcre;

/* X(NAME, "what the reference calls it") */
#define JN_NODES(X)                                                                      \
    X(END, "(end)")                                                                      \
    X(NAME, "name")         /* name */                                                   \
    X(STRING, "string")     /* value, name */                                            \
    X(NUMBER, "number")     /* value */                                                  \
    X(VALUE, "value")       /* value: true, false, null */                               \
    X(VARIABLE, "variable") /* name; "" is $, "$" is $$ */                               \
    X(REGEX, "regex")       /* regex */                                                  \
    X(OPERATOR, "operator") /* and, or, in as names; ? in partial applications */        \
    X(WILDCARD, "wildcard")                                                              \
    X(DESCENDANT, "descendant")                                                          \
    X(PARENT, "parent")       /* slot */                                                 \
    X(BINARY, "binary")       /* op a b; while parsing also . [ { ^ := @ # ~> */         \
    X(NEGATE, "unary")        /* a */                                                    \
    X(ARRAY, "unary")         /* list */                                                 \
    X(OBJECT, "unary")        /* list: key, value, key, value */                         \
    X(FUNCTION, "function")   /* a: procedure; list: arguments */                        \
    X(PARTIAL, "partial")     /* the same */                                             \
    X(LAMBDA, "lambda")       /* list: parameters; a: body; signature */                 \
    X(CONDITION, "condition") /* a ? b : c; b NULL: a again, c NULL: nothing */          \
    X(BLOCK, "block")         /* list */                                                 \
    X(TRANSFORM, "transform") /* | a | b, c or NULL | */                                 \
    X(PATH, "path")           /* list: steps */                                          \
    X(SORT, "sort")           /* step; list: terms, descending ones have .descending */  \
    X(BIND, "bind")           /* a := b */                                               \
    X(APPLY, "apply")         /* a ~> b */

enum asli_jn_node_type {
#define JN_NODE_ID(name, text) JN_N_##name,
    JN_NODES(JN_NODE_ID)
#undef JN_NODE_ID
        JN_N_NODE_TYPES
};

/* X(ID, "text", binding power as an infix, 0: none) */
#define JN_OPERATORS(X)                                                                  \
    X(NONE, "", 0)                                                                       \
    X(DOT, ".", 75)                                                                      \
    X(BRACKET, "[", 80)                                                                  \
    X(BRACKET_END, "]", 0)                                                               \
    X(BRACE, "{", 70)                                                                    \
    X(BRACE_END, "}", 0)                                                                 \
    X(PAREN, "(", 80)                                                                    \
    X(PAREN_END, ")", 0)                                                                 \
    X(COMMA, ",", 0)                                                                     \
    X(FOCUS, "@", 80)                                                                    \
    X(INDEX, "#", 80)                                                                    \
    X(SEMICOLON, ";", 0)                                                                 \
    X(COLON, ":", 0)                                                                     \
    X(QUESTION, "?", 20)                                                                 \
    X(PLUS, "+", 50)                                                                     \
    X(MINUS, "-", 50)                                                                    \
    X(TIMES, "*", 60)                                                                    \
    X(DIVIDE, "/", 60)                                                                   \
    X(MODULO, "%", 60)                                                                   \
    X(BAR, "|", 0)                                                                       \
    X(EQ, "=", 40)                                                                       \
    X(LT, "<", 40)                                                                       \
    X(GT, ">", 40)                                                                       \
    X(ORDER, "^", 40)                                                                    \
    X(CONCAT, "&", 50)                                                                   \
    X(BANG, "!", 0)                                                                      \
    X(TILDE, "~", 0)                                                                     \
    X(STARS, "**", 0)                                                                    \
    X(RANGE, "..", 0)                                                                    \
    X(ASSIGN, ":=", 10)                                                                  \
    X(NE, "!=", 40)                                                                      \
    X(LE, "<=", 40)                                                                      \
    X(GE, ">=", 40)                                                                      \
    X(APPLY, "~>", 40)                                                                   \
    X(ELVIS, "?:", 40)                                                                   \
    X(COALESCE, "??", 40)                                                                \
    X(AND, "and", 30)                                                                    \
    X(OR, "or", 25)                                                                      \
    X(IN, "in", 40)

enum asli_jn_op {
#define JN_OP_ID(name, text, power) JN_OP_##name,
    JN_OPERATORS(JN_OP_ID)
#undef JN_OP_ID
        JN_OPS
};

/* The text of an operator, and its binding power as an infix. */
const char *asli_jn_op_text(enum asli_jn_op op);
int asli_jn_op_power(enum asli_jn_op op);

/* Where a parent (%) is bound: `level` steps up while it is looked for, 0 when found. */
struct asli_jn_slot {
    struct asli_jn_name label;
    int level;
};
struct asli_jn_slots {
    struct asli_jn_slot **items;
    uint32_t count, cap;
};

/* What follows a step, in order: filters, and names for positions (#$i). */
struct asli_jn_stage {
    struct asli_jn_node *filter; /* NULL: index */
    const struct asli_jn_name *index;
    struct asli_jn_stage *next;
};

struct asli_jn_node {
    uint8_t type, op;
    bool keep_array, keep_singleton, cons, tuple, tail, descending;
    bool names;        /* of a path: nothing but names, a.b.c */
    bool needs_frame;  /* of a block: something in it may bind a variable */
    uint32_t position; /* in the text, bytes: behind its token */
    struct asli_jn_name name;
    jn_value value;
    struct asli_jn_node *a, *b, *c, **list;
    uint32_t count;
    struct asli_jn_stage *stages;     /* of a step */
    struct asli_jn_stage *predicates; /* of what is not in a path */
    struct asli_jn_node *group;       /* OBJECT */
    const struct asli_jn_name *focus, *index;
    struct asli_jn_slot *slot;     /* PARENT: its own */
    struct asli_jn_slot *ancestor; /* a step that is a parent: who asks */
    struct asli_jn_slots seeking;
    struct asli_jn_signature *signature;
    struct asli_pcre *regex;
    const struct asli_jn_builtin *builtin; /* VARIABLE: what it is when nobody binds it */
};

/* A function of the library that the expression names, ready to be called. */
struct asli_jn_builtin {
    const struct asli_jn_native *native;
    struct asli_jn_signature *signature;
    struct asli_jn_function *function; /* the value that it is */
};

struct asli_jn_regexes {
    struct asli_pcre *regex;
    struct asli_jn_regexes *next;
};

struct asli_jn_tree {
    struct asli_jn_arena arena;
    struct asli_jn_node *root;
    struct asli_jn_regexes *regexes;
    const struct asli_jn_library *library;
    struct asli_jn_tree *next; /* of those that $eval made */
    bool uses_eval;            /* its text names $eval: any frame may get new variables */
};

struct asli_jn_limits {
    int depth;    /* of nested expressions */
    size_t stack; /* bytes of the C stack */
    size_t memory;
};

/* Compiles `text`, which is copied, into an initialised tree. 0, ASLI_JN_FAULT or ASL_ENOMEM. The
 * tree is to be done with in all cases. */
int asli_jn_compile(struct asli_jn_tree *tree, const char *text, size_t len,
                    const struct asli_jn_library *library,
                    const struct asli_jn_limits *limits, struct asli_jn_trouble *trouble);
void asli_jn_tree_done(struct asli_jn_tree *tree);

/* Calls `visit` for each node directly below `node`. */
void asli_jn_children(const struct asli_jn_node *node,
                      void (*visit)(void *arg, const struct asli_jn_node *child),
                      void *arg);

/* jsonata.c: the root of a compiled expression. */
struct asl_jsonata;
const struct asli_jn_node *asli_jn_root_of(const struct asl_jsonata *expr);

const char *asli_jn_node_text(enum asli_jn_node_type type);

#endif
