/* SPDX-License-Identifier: Apache-2.0
 *
 * The 18 intrinsic functions States.* (asl-reference 3, fidelity D2). One table row each
 * (engine/tbl/intrinsics.h): name, argument count, implementation.
 */
#ifndef ASLI_QUERY_INTRINSIC_H
#define ASLI_QUERY_INTRINSIC_H

#include <stdbool.h>

#include "engine/base/bytes.h"
#include "engine/query/env.h"

struct asli_intrinsic; /* immutable */

/* Does the text look like a call ("States." at its start)? */
bool asli_intrinsic_like(const char *text);
/* Errors: ASL_EDEFINITION (syntax, illegal escape, unknown function, nesting over 10), ASL_ENOMEM.
 * The number of arguments is checked when the call runs, as on AWS. */
int asli_intrinsic_compile(const char *text, struct asli_intrinsic **ret_call,
                           asl_error *reterr);
void asli_intrinsic_free(struct asli_intrinsic *call);
/* ErrorPath and CausePath take only calls that give strings. */
bool asli_intrinsic_gives_string(const struct asli_intrinsic *call);
/* Tells `who` of every workflow variable it reads. 0 or ASL_ENOMEM. */
int asli_intrinsic_reads(const struct asli_intrinsic *call,
                         const struct asli_compiling *who);
/* 0: a new reference. ASLI_FAILED: States.Runtime (an argument path matches nothing) or
 * States.IntrinsicFailure, with AWS's sentence where it is known. */
int asli_intrinsic_eval(const struct asli_intrinsic *call, const struct asli_env *env,
                        json_t **ret_value, struct asli_failure *failure,
                        asl_error *reterr);

/* Java's toString of a value, as States.Format prints it: {a=1, b=[x, y]}. */
int asli_java_text(const json_t *value, struct asli_bytes *out);

#endif
