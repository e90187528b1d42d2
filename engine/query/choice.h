/* SPDX-License-Identifier: Apache-2.0
 *
 * Choice rules in JSONPath: And, Or, Not and the 39 data-test operators (asl-reference 7,
 * fidelity D3). One table row an operator (engine/tbl/operators.h).
 */
#ifndef ASLI_QUERY_CHOICE_H
#define ASLI_QUERY_CHOICE_H

#include <stdbool.h>

#include "engine/query/env.h"

struct asli_rule; /* immutable */

/* Compiles one element of Choices, or a nested rule. "Next", "Comment", "Assign" are left to the
 * caller. Each problem goes to `who` (an unknown or second operator, a missing Variable, a value
 * of the wrong type). 0 also when problems were reported (*ret_rule is then NULL). */
int asli_rule_compile(json_t *value, const struct asli_compiling *who,
                      struct asli_rule **ret_rule, asl_error *reterr);
void asli_rule_free(struct asli_rule *rule);
/* 0: *ret_match is set. ASLI_FAILED: States.Runtime "Invalid path '$.foo': The choice state's
 * condition path references an invalid value." */
int asli_rule_eval(const struct asli_rule *rule, const struct asli_env *env,
                   bool *ret_match, struct asli_failure *failure, asl_error *reterr);

#endif
