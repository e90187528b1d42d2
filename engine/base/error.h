/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling an asl_error (asl/error.h), and the language's own failures.
 *
 * Functions that can meet both return 0, ASLI_FAILED (the failure is filled) or a negative ASL_E
 * code (reterr is filled). The three never mix.
 */
#ifndef ASLI_BASE_ERROR_H
#define ASLI_BASE_ERROR_H

#include <asl/error.h>

#define ASLI_FAILED 1

int asli_oom(asl_error *reterr); /* ASL_ENOMEM with its text */
int asli_error_pass(asl_error *reterr,
                    const asl_error *from); /* copies, returns from->code */

/* asl_error_set with AWS's name for it, static; the sentence is AWS's message. */
int asli_refuse(asl_error *reterr, int code, const char *exception, const char *format,
                ...) __attribute__((format(printf, 4, 5)));

/* An Error name and a Cause: data. NULL means absent. Both owned. */
struct asli_failure {
    char *error, *cause;
    char *
        location; /* of a failed evaluation: the field; NULL: not in one field, or none */
};

/* Sets both (freeing what was there) and returns ASLI_FAILED; out of memory: ASL_ENOMEM. */
int asli_fail(struct asli_failure *failure, asl_error *reterr, const char *error,
              const char *cause_format, ...) __attribute__((format(printf, 4, 5)));
void asli_failure_done(struct asli_failure *failure); /* frees and zeroes */

#endif
