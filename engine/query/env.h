/* SPDX-License-Identifier: Apache-2.0
 *
 * What a query sees: pure data and two callbacks. Values are shared and never changed.
 */
#ifndef ASLI_QUERY_ENV_H
#define ASLI_QUERY_ENV_H

#include <stdint.h>
#include <jansson.h>

#include "engine/base/error.h"

struct asli_env {
    const json_t *input; /* what "$" means here; in JSONata $states.input */
    const json_t *result,
        *error_output; /* $states.result, .errorOutput; NULL: not here */
    /* The context object "$$": built when first asked; borrowed from the callee. NULL: oom. */
    const json_t *(*context)(void *arg);
    /* The value of a workflow variable, borrowed; NULL: nothing was assigned to it. 0, or an
     * ASL_E code. NULL: there are no variables. */
    int (*variable)(void *arg, const char *name, size_t len, const json_t **ret_value,
                    asl_error *reterr);
    /* len random bytes; 0, or an ASL_E code. */
    int (*random)(void *arg, void *buffer, size_t len);
    void *arg;
    int64_t now; /* ms since 1970 */
};

/* A problem found while compiling part of a definition. `where` is the place below the compiled
 * value ("" for itself, "/And/0/Variable", ...); code as in asl_diagnostic. Returns 0, or
 * ASL_ENOMEM, which the compiler passes up. */
typedef int asli_problem_fn(void *arg, const char *code, const char *where,
                            const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Who hears what compiling finds. */
enum { ASLI_GIVEN_RESULT = 1, ASLI_GIVEN_ERROR = 2 };
struct asli_compiling {
    asli_problem_fn *problem;
    /* A workflow variable is read. 0 or ASL_ENOMEM. NULL: nobody asks. */
    int (*reads)(void *arg, const char *name, size_t len);
    void *arg;
    unsigned given; /* JSONata: $states.result, $states.errorOutput */
};

#endif
