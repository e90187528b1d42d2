/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions are told apart from other texts; they are not run yet.
 */
#include "engine/query/expression.h"

#include <string.h>

bool asli_expression_like(const char *text, size_t len)
{
    return len >= 4 && !memcmp(text, "{%", 2) && !memcmp(text + len - 2, "%}", 2);
}

int asli_expression_compile(const char *text, size_t len, const char *field,
                            const char *where, const struct asli_compiling *who,
                            struct asli_expression **ret_expression, asl_error *reterr)
{
    return who->problem(who->arg, "ASL_UNSUPPORTED", where,
                        "JSONata is not supported by this version of libasl");
}

void asli_expression_free(struct asli_expression *expression)
{
}

int asli_expression_eval(const struct asli_expression *expression,
                         const struct asli_env *env, json_t **ret_value,
                         struct asli_failure *failure, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EINTERNAL, "an expression was not refused");
}

int asli_expression_unexpected(const struct asli_expression *expression,
                               const char *expected, const json_t *value,
                               struct asli_failure *failure, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EINTERNAL, "an expression was not refused");
}
