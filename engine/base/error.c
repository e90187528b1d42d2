/* SPDX-License-Identifier: Apache-2.0
 *
 * The public error helpers of asl/error.h and the private ones of error.h. Texts given as
 * arguments may stand in the very error or failure being filled: wrapping a lower text is
 * usual.
 */
#include "engine/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"

const char *asl_code_text(int code)
{
    switch (code) {
#define CODE_TEXT(name, value, meaning)                                                  \
    case (value):                                                                        \
        return meaning;
        ASL_CODES(CODE_TEXT)
#undef CODE_TEXT
    default:
        return "unknown code";
    }
}

const char *asl_code_name(int code)
{
    switch (code) {
#define CODE_NAME(name, value, meaning)                                                  \
    case (value):                                                                        \
        return "ASL_" #name;
        ASL_CODES(CODE_NAME)
#undef CODE_NAME
    default:
        return "ASL_?";
    }
}

/* A text cut by vsnprintf may end inside a character: drop that character's bytes. */
static void error_trim(char *text, size_t len)
{
    size_t start = len;
    while (start && len - start < 4 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
        start--;
    if (!start)
        return;
    unsigned lead = (unsigned char)text[start - 1];
    size_t wanted = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (len - start + 1 < wanted)
        text[start - 1] = '\0';
}

static void set(asl_error *reterr, int code, const char *exception, const char *format,
                va_list args)
{
    asl_error error = {.code = code, .exception = exception};
    int len = vsnprintf(error.text, sizeof error.text, format, args);
    if (len < 0)
        error.text[0] = '\0';
    else if ((size_t)len >= sizeof error.text)
        error_trim(error.text, sizeof error.text - 1);
    *reterr = error;
}

int asl_error_set(asl_error *reterr, int code, const char *format, ...)
{
    va_list args;
    if (!reterr)
        return code;
    va_start(args, format);
    set(reterr, code, NULL, format, args);
    va_end(args);
    return code;
}

int asli_refuse(asl_error *reterr, int code, const char *exception, const char *format,
                ...)
{
    va_list args;
    if (!reterr)
        return code;
    va_start(args, format);
    set(reterr, code, exception, format, args);
    va_end(args);
    return code;
}

int asli_oom(asl_error *reterr)
{
    return asl_error_set(reterr, ASL_ENOMEM, "%s", asl_code_text(ASL_ENOMEM));
}

int asli_error_pass(asl_error *reterr, const asl_error *from)
{
    if (reterr && reterr != from)
        *reterr = *from;
    return from->code;
}

int asli_fail(struct asli_failure *failure, asl_error *reterr, const char *error,
              const char *cause_format, ...)
{
    char *cause = NULL, *name = asli_strdup(error);
    if (cause_format) {
        va_list args;
        va_start(args, cause_format);
        cause = asli_vprintf(cause_format, args);
        va_end(args);
    }
    if ((error && !name) || (cause_format && !cause)) {
        asli_free(name);
        asli_free(cause);
        return asli_oom(reterr);
    }
    asli_failure_done(failure);
    failure->error = name;
    failure->cause = cause;
    return ASLI_FAILED;
}

void asli_failure_done(struct asli_failure *failure)
{
    asli_free(failure->error);
    asli_free(failure->cause);
    asli_free(failure->location);
    *failure = (struct asli_failure){0};
}
