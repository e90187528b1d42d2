/* SPDX-License-Identifier: Apache-2.0
 *
 * Payload templates (asl-reference 2.1): a JSON value whose keys ending in ".$" are computed.
 *
 * Compiled once; parts without ".$" keys are shared with every result, never copied.
 */
#ifndef ASLI_QUERY_TEMPLATE_H
#define ASLI_QUERY_TEMPLATE_H

#include "engine/query/env.h"

struct asli_template; /* immutable */

/* Compiles `value` (borrowed; kept by reference). Each problem goes to `who`: AWS's
 * "The value for the field 'x.$' must be a valid JSONPath or a valid intrinsic function call".
 * 0 also when problems were reported (*ret_template is then NULL). */
int asli_template_compile(json_t *value, const struct asli_compiling *who,
                          struct asli_template **ret_template, asl_error *reterr);
/* The same in JSONata: every text that is "{% ... %}" is an expression, keys are literal. `field`
 * is the value's place in its state, as failures tell it: "Output", "Catch[0]/Assign". */
int asli_template_compile_jsonata(json_t *value, const char *field,
                                  const struct asli_compiling *who,
                                  struct asli_template **ret_template, asl_error *reterr);
void asli_template_free(struct asli_template *t);
/* 0: a new reference. ASLI_FAILED: "The JSONPath '$.x' specified for the field 'value.$' could
 * not be found in the input '<json>'" (States.Runtime), or what the intrinsic said. */
int asli_template_eval(const struct asli_template *t, const struct asli_env *env,
                       json_t **ret_value, struct asli_failure *failure,
                       asl_error *reterr);
/* What a template gave is not of the type that its field wants: "The JSONata expression '1'
 * specified for the field 'Items' returned an unexpected result type. Expected 'array', but was
 * 'number' for value: 1". ASLI_FAILED or an ASL_E code. */
int asli_template_unexpected(const struct asli_template *t, const char *expected,
                             const json_t *value, struct asli_failure *failure,
                             asl_error *reterr);

#endif
