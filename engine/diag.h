/* SPDX-License-Identifier: Apache-2.0
 *
 * A growing list of diagnostics: located problems of one definition. All of them are kept, never
 * only the first. Lines and columns are filled in once, at the end, from the definition's text.
 */
#ifndef ASLI_DIAG_H
#define ASLI_DIAG_H

#include <stdarg.h>

#include <asl.h>

struct asl_diagnostics {
    asl_diagnostic *items; /* texts owned */
    char **spots;          /* of each: where line and column are taken from */
    size_t count, cap, errors;
};

asl_diagnostics *asli_diags_new(void); /* NULL: oom */
/* Adds one; `location` as AWS writes it ("/States/X/Next"). 0 or ASL_ENOMEM. */
int asli_diag(asl_diagnostics *list, enum asl_severity severity, const char *code,
              const char *location, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The same with the place that line and column point at, which may be finer than AWS's location:
 * of a field that is not supported AWS names the object only. Indexes as "/0". */
int asli_vdiag(asl_diagnostics *list, enum asl_severity severity, const char *code,
               const char *location, const char *spot, const char *format, va_list args);
/* Sets line and column of every diagnostic; sorts by them (stable). */
void asli_diags_locate(asl_diagnostics *list, const char *text, size_t len);

#endif
