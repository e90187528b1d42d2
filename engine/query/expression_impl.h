/* SPDX-License-Identifier: Apache-2.0
 *
 * What expression.c and expression_check.c share.
 */
#ifndef ASLI_QUERY_EXPRESSION_IMPL_H
#define ASLI_QUERY_EXPRESSION_IMPL_H

#include <asl/jsonata.h>

#include "engine/query/expression.h"

struct asli_expression {
    asl_jsonata *compiled;
    char *text;   /* without delimiters, trimmed */
    char *field;  /* "Output/a/b[0]" */
    bool context; /* may read $states.context: it costs something to make */
};

/* What AWS refuses at creation, and which variables are read. Sets `context`; *ret_bad: something
 * was reported. 0 or ASL_ENOMEM. */
int asli_expression_check(struct asli_expression *expression, const char *where,
                          const struct asli_compiling *who, bool *ret_bad);

#endif
