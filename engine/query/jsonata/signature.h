/* SPDX-License-Identifier: Apache-2.0
 *
 * Signatures of functions, <s-nn?:s>: which arguments may come, and where the context stands in
 * for a missing one.
 */
#ifndef ASLI_JSONATA_SIGNATURE_H
#define ASLI_JSONATA_SIGNATURE_H

#include "engine/query/jsonata/arena.h"
#include "engine/query/jsonata/trouble.h"
#include "engine/query/jsonata/value.h"

#define JN_MAX_PARAMS 16

struct asli_jn_param {
    uint16_t accepts; /* bits of kinds */
    char type;        /* as written; '(' for a choice */
    char items;       /* of an array: the kind of its items, 0: any */
    bool optional, many, context;
};
struct asli_jn_signature {
    uint8_t count;
    struct asli_jn_param params[];
};

/* Reads "<...>". ASLI_JN_FAULT: code, value and *ret_offset are set. */
int asli_jn_signature(struct asli_jn_arena *arena, const char *text, size_t len,
                      struct asli_jn_signature **ret_signature,
                      struct asli_jn_trouble *trouble, size_t *ret_offset);

/* Checks `args` and puts what the function is to be called with into *ret_args (in the arena, or
 * `args` itself). 0, ASLI_JN_FAULT or -1: the arena gave NULL. */
int asli_jn_validate(const struct asli_jn_signature *signature,
                     struct asli_jn_arena *arena, const jn_value *args, uint32_t count,
                     jn_value context, const jn_value **ret_args, uint32_t *ret_count,
                     struct asli_jn_trouble *trouble);

/* Does each argument fit where it stands? Missing ones do. Partial applications of the library's
 * functions are not checked more than that. */
bool asli_jn_positional(const struct asli_jn_signature *signature, const jn_value *args,
                        uint32_t count);

#endif
