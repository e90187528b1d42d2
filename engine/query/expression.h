/* SPDX-License-Identifier: Apache-2.0
 *
 * JSONata expressions in definitions: "{% ... %}" in AWS's dialect (asl-reference 13, fidelity D6),
 * with AWS's sentences for what goes wrong.
 */
#ifndef ASLI_QUERY_EXPRESSION_H
#define ASLI_QUERY_EXPRESSION_H

#include <stdbool.h>

#include "engine/query/env.h"

struct asli_expression; /* immutable */

/* Does the text begin with "{%" and end with "%}"? */
bool asli_expression_like(const char *text, size_t len);
/* Compiles such a text. `field` is its place in the state, as failures tell it; `where` its place
 * below what is compiled, for problems: INVALID_JSONATA_EXPRESSION, UNSUPPORTED_JSONATA_EXPRESSION.
 * 0 also when one was reported (*ret_expression is then NULL). */
int asli_expression_compile(const char *text, size_t len, const char *field,
                            const char *where, const struct asli_compiling *who,
                            struct asli_expression **ret_expression, asl_error *reterr);
void asli_expression_free(struct asli_expression *expression);
/* 0: a new reference. ASLI_FAILED: States.QueryEvaluationError, with location. */
int asli_expression_eval(const struct asli_expression *expression,
                         const struct asli_env *env, json_t **ret_value,
                         struct asli_failure *failure, asl_error *reterr);
/* "... returned an unexpected result type. Expected 'array', but was 'number' for value: 1".
 * ASLI_FAILED, or an ASL_E code. */
int asli_expression_unexpected(const struct asli_expression *expression,
                               const char *expected, const json_t *value,
                               struct asli_failure *failure, asl_error *reterr);

#endif
