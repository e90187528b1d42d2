/* SPDX-License-Identifier: Apache-2.0
 *
 * The functions of the language: rows of tbl/functions.h, and those the host registers. A file
 * fn_*.c holds the functions of one concern.
 */
#ifndef ASLI_JSONATA_LIBRARY_H
#define ASLI_JSONATA_LIBRARY_H

#include "engine/query/jsonata/eval.h"

/* A call of a function: its arguments fit the signature. Beyond `count` there are none:
 * asli_jn_arg gives undefined. */
struct asli_jn_call {
    struct asli_jn_run *run;
    const struct asli_jn_native *native;
    const jn_value *args;
    uint32_t count;
    jn_value context;
    struct asli_jn_frame *env; /* the caller's */
};

struct asli_jn_native {
    const char *name, *signature; /* signature NULL: any arguments */
    int arity; /* how many arguments the functions that call it give it */
    int (*fn)(const struct asli_jn_call *call, jn_value *ret_value);
    const void *host; /* of a registered one: the host's row */
};

struct asli_jn_library {
    struct asli_jn_native *extra; /* looked at first */
    size_t extra_count;
    bool aws; /* the dialect of Step Functions */
};

static inline jn_value asli_jn_arg(const struct asli_jn_call *call, uint32_t i)
{
    return i < call->count ? call->args[i] : JN_NOTHING;
}
static inline bool asli_jn_given(const struct asli_jn_call *call, uint32_t i)
{
    return asli_jn_arg(call, i).type != JN_UNDEFINED;
}

/* *ret_builtin is NULL when no function has the name. Not 0: the arena gave NULL. */
int asli_jn_find_builtin(struct asli_jn_tree *tree, const struct asli_jn_name *name,
                         const struct asli_jn_builtin **ret_builtin);

#define JN_FUNCTION(name, signature, arity, fn)                                          \
    int asli_jn_fn_##fn(const struct asli_jn_call *call, jn_value *ret_value);
#include "engine/query/jsonata/tbl/functions.h"
#include "engine/query/jsonata/tbl/functions_aws.h"
#undef JN_FUNCTION

#endif
