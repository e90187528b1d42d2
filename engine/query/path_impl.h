/* SPDX-License-Identifier: Apache-2.0
 *
 * What the path*.c files share: the compiled form of a path and the seams between its
 * parser (path.c, path_parse.c), its filters (path_filter*.c, path_regex.c), its
 * functions (path_call.c) and its evaluator (path_eval.c). Nobody else includes this.
 *
 * A compiled path never changes. Recursion is bounded: by ASLI_PATH_NESTING in the
 * parser, by ASLI_PATH_DEPTH in the evaluator.
 */
#ifndef ASLI_QUERY_PATH_IMPL_H
#define ASLI_QUERY_PATH_IMPL_H

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/path.h"

#define ASLI_PATH_NESTING 64                  /* of filters, parentheses and literals */
#define ASLI_PATH_DEPTH (3 * ASLI_JSON_DEPTH) /* of the evaluator's recursion */

enum asli_part_kind {
    ASLI_PART_KEY,     /* .a  ['a']      */
    ASLI_PART_INDEX,   /* [1]  [-1]      */
    ASLI_PART_KEYS,    /* ['a','b']      */
    ASLI_PART_INDEXES, /* [0,2]          */
    ASLI_PART_SLICE,   /* [1:2]          */
    ASLI_PART_WILD,    /* .*  [*]        */
    ASLI_PART_SCAN,    /* ..             */
    ASLI_PART_FILTER,  /* [?(@.a == 1)]  */
    ASLI_PART_CALL,    /* .length(), last part only */
};

struct asli_path_key {
    char *text;
    size_t len;
};

struct asli_part {
    enum asli_part_kind kind;
    bool owned; /* KEY: its text is a block of its own, else it stands in a path's text */
    char quote; /* how keys were quoted: Jayway repeats it in its sentences */
    size_t count; /* of keys or indexes */
    union {
        struct asli_path_key key;
        struct asli_path_key *keys;
        json_int_t index;
        json_int_t *indexes;
        struct {
            json_int_t from, to;
            bool has_from, has_to;
        } slice;
        struct asli_filter *filter;
        struct asli_path_call *call;
    };
};

struct asli_path {
    char *text;
    enum asli_path_root root;
    size_t variable; /* ROOT_VARIABLE: length of the name, which begins at text[1] */
    bool item;       /* starts with "@": only inside filters */
    bool definite;
    bool reference;
    bool inverted; /* $..a.sum(): the function takes all that $..a finds at once */
    struct asli_part *parts;
    size_t count, cap;
    size_t straight; /* parts at the front that are keys and indexes */
};

/* One side of a comparison, or an argument of a function. */
struct asli_operand {
    struct asli_path *path;  /* one of */
    json_t *literal;         /* these  */
    struct asli_pcre *regex; /* three  */
};

/* X(NAME, text): the operators of filters; words in any case. */
#define ASLI_FILTER_OPS(X)                                                               \
    X(EQ, "==")                                                                          \
    X(NE, "!=")                                                                          \
    X(TSEQ, "===")                                                                       \
    X(TSNE, "!==")                                                                       \
    X(LT, "<")                                                                           \
    X(LE, "<=")                                                                          \
    X(GT, ">")                                                                           \
    X(GE, ">=")                                                                          \
    X(REGEX, "=~")                                                                       \
    X(IN, "in")                                                                          \
    X(NIN, "nin")                                                                        \
    X(CONTAINS, "contains")                                                              \
    X(ALL, "all")                                                                        \
    X(SIZE, "size")                                                                      \
    X(EMPTY, "empty")                                                                    \
    X(SUBSETOF, "subsetof")                                                              \
    X(ANYOF, "anyof")                                                                    \
    X(NONEOF, "noneof")

enum asli_filter_op {
#define ASLI_FILTER_ROW(name, text) ASLI_OP_##name,
    ASLI_FILTER_OPS(ASLI_FILTER_ROW)
#undef ASLI_FILTER_ROW
        ASLI_OP_EXISTS, /* just a path */
};

enum asli_filter_kind {
    ASLI_FILTER_OR,
    ASLI_FILTER_AND,
    ASLI_FILTER_NOT,
    ASLI_FILTER_TEST
};

struct asli_filter {
    enum asli_filter_kind kind;
    struct asli_filter *first; /* OR, AND, NOT: its terms, chained by `next` */
    struct asli_filter *next;
    enum asli_filter_op op; /* TEST */
    struct asli_operand left, right;
};

struct asli_path_call {
    const struct asli_path_call_ops *ops;
    struct asli_operand *args;
    size_t count;
};

/* ---- parsing */

struct asli_parse {
    const char *text, *p; /* all of it, and where we are */
    unsigned depth;
    asl_error *reterr;
};

/* ASL_EDEFINITION: "The path '...' is not valid: expected WHAT at offset N". */
int asli_parse_fail(struct asli_parse *in, const char *expected);
/* What a name without quotes is made of: letters, digits, '_', '-', anything beyond
 * ASCII. */
static inline bool asli_parse_namely(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || (unsigned char)c >= 0x80;
}
void asli_parse_blanks(struct asli_parse *in);
bool asli_parse_take(struct asli_parse *in,
                     const char *token); /* skips blanks, then token */
/* A quoted text; in->p is at the quote. `escapes`: Java's are undone; else, as in a bracketed
 * name (recorded), a backslash stands for itself but before the quote. */
int asli_parse_quoted(struct asli_parse *in, bool escapes,
                      struct asli_path_key *ret_text);
int asli_parse_integer(struct asli_parse *in, json_int_t *ret_value); /* of Java's int */
/* A path inside a filter or an argument: starts at '$' or '@'. */
int asli_parse_inner(struct asli_parse *in, struct asli_path **ret_path);
int asli_parse_operand(struct asli_parse *in, struct asli_operand *ret_operand);
void asli_operand_done(struct asli_operand *operand);

int asli_filter_parse(struct asli_parse *in,
                      struct asli_filter **ret_filter); /* at "(" */
void asli_filter_free(struct asli_filter *filter);
int asli_path_call_parse(struct asli_parse *in, const char *name, size_t len,
                         struct asli_path_call **ret_call); /* after "(" */
void asli_path_call_free(struct asli_path_call *call);
const char *asli_path_call_name(const struct asli_path_call *call);

/* ---- evaluation */

struct asli_scope {
    const json_t *root; /* "$" */
    const json_t *item; /* "@": the element a filter tests */
    bool require;       /* existence tests: a key missing anywhere means "no" */
    unsigned depth;
    asl_error *reterr;
};

/* What a path found. After ASLI_FAILED: what it missed, for Jayway's sentence. */
struct asli_found {
    const json_t *value; /* borrowed, or == owned */
    json_t *owned;
    const json_t *node; /* missed: the value at which ... */
    size_t at;          /* ... this part found nothing */
    const char *why;    /* missed: a function's own sentence; static */
};

int asli_path_find(const struct asli_path *path, struct asli_scope *scope,
                   struct asli_found *ret_found);
/* Jayway's sentence for a miss. */
int asli_path_sentence(const struct asli_path *path, const struct asli_found *found,
                       char **ret_text, asl_error *reterr);
/* The value one key or index further on, or NULL. */
const json_t *asli_part_step(const struct asli_part *part, const json_t *node);

/* The filter's verdict on scope->item. */
int asli_filter_test(const struct asli_filter *filter, struct asli_scope *scope,
                     bool *ret_match);

/* The function over `model`; `found` (may be NULL) is one more argument before its own,
 * the results of an inverted path. ASLI_FAILED: *ret_why says why, static. */
int asli_path_call_eval(const struct asli_path_call *call, const json_t *model,
                        const json_t *found, struct asli_scope *scope, json_t **ret_value,
                        const char **ret_why);

struct asli_pcre; /* immutable */

/* /pattern/flags; in->p is at the first slash. */
int asli_regex_parse(struct asli_parse *in, struct asli_pcre **ret_regex);
/* Does all of `text` match, as Java's Matcher.matches()? */
int asli_regex_match(const struct asli_pcre *regex, const char *text, size_t len,
                     bool *ret_match, asl_error *reterr);

#endif
