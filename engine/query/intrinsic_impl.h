/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files intrinsic*.c share: the compiled form of a call, and how its functions are
 * called. Nobody else includes this.
 */
#ifndef ASLI_QUERY_INTRINSIC_IMPL_H
#define ASLI_QUERY_INTRINSIC_IMPL_H

#include "engine/query/intrinsic.h"
#include "engine/query/path.h"
#include "engine/tbl/intrinsics.h"

/* One call of one function, its arguments computed. */
struct asli_call {
    const struct asli_env *env;
    const struct asli_function *function;
    json_t **args; /* borrowed */
    size_t count;
    /* The first argument as written between its quotes, when it is a string literal, else NULL:
     * States.Format must tell "\{" from "{". */
    const char *raw;
    char *detail; /* after ASLI_FAILED: what is wrong, owned by the evaluation */
    asl_error *reterr;
};

/* 0 and a new reference; ASLI_FAILED with call->detail; or an ASL_E code. */
typedef int asli_function_fn(struct asli_call *call, json_t **ret_value);

struct asli_function {
    const char *name; /* "States.Array" */
    size_t least, most;
    bool gives_string;
    asli_function_fn *run;
};

#define ASLI_FUNCTION_DECLARE(name, least, most, text, function)                         \
    asli_function_fn asli_states_##function;
ASLI_INTRINSICS(ASLI_FUNCTION_DECLARE)
#undef ASLI_FUNCTION_DECLARE

/* "Invalid arguments in States.X: <reason>", the sentence AWS begins all of these with. */
int asli_call_invalid(struct asli_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Any other sentence. */
int asli_call_failure(struct asli_call *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Hands over `take_value` (NULL: out of memory). */
int asli_call_return(struct asli_call *call, json_t *take_value, json_t **ret_value);

/* Typed arguments; 0, or what asli_call_invalid returned. */
int asli_call_array(struct asli_call *call, size_t i);
int asli_call_string(struct asli_call *call, size_t i);
/* A number with its fraction cut off, as AWS does although its guide says "rounded". */
int asli_call_integer(struct asli_call *call, size_t i, int64_t *ret_value);

enum asli_node_kind { ASLI_NODE_LITERAL, ASLI_NODE_PATH, ASLI_NODE_CALL };

struct asli_node {
    enum asli_node_kind kind;
    json_t *literal;
    char *raw; /* string literals: as written between the quotes */
    struct asli_path *path;
    const struct asli_function *function;
    struct asli_node *args;
    size_t count;
};

struct asli_intrinsic {
    char *text; /* as written: failures quote it */
    struct asli_node root;
};

#endif
