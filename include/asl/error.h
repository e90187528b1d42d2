/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/error.h: how a call of libasl says that it failed.
 *
 * Three kinds of trouble are kept apart. An asl_error: a C call failed (this header). A
 * *failure*: an Error name and a Cause, data of the language that flows through Retry and Catch
 * and into the history. A *diagnostic*: something wrong in a definition (asl_diagnostic in asl.h).
 */
#ifndef ASL_ERROR_H
#define ASL_ERROR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ASL_API __attribute__((visibility("default")))
#else
#define ASL_API
#endif

/* X(NAME, value, meaning): every code a libasl function can return. 0 is success. */
#define ASL_CODES(X)                                                                     \
    X(OK, 0, "success")                                                                  \
    X(ENOMEM, -1, "out of memory")                                                       \
    X(EINVAL, -2, "an argument is not valid")                                            \
    X(EJSON, -3, "a text is not valid JSON")                                             \
    X(EDEFINITION, -4, "a definition is not valid")                                      \
    X(ENOTFOUND, -5, "no such execution, task or row")                                   \
    X(EEXISTS, -6, "the name is taken")                                                  \
    X(ELIMIT, -7, "a limit was reached")                                                 \
    X(EHANDLER, -8, "a task has no registered handler")                                  \
    X(ETOKEN, -9, "the task token is not valid")                                         \
    X(EENDED, -10, "the task or execution has already ended")                            \
    X(EBUSY, -11, "in use by another engine")                                            \
    X(ENOSPACE, -12, "the store has no space left")                                      \
    X(ESTORE, -13, "the store failed")                                                   \
    X(EFENCED, -14, "another engine has taken over the store")                           \
    X(EFORMAT, -15, "stored data is damaged or of another version")                      \
    X(ECLOSED, -16, "the engine is closing")                                             \
    X(ESYSTEM, -17, "an operating system call failed")                                   \
    X(EINTERNAL, -18, "libasl broke one of its own rules")                               \
    X(EREDRIVE, -19, "the execution cannot be redriven")

enum asl_code {
#define ASL_CODE_ROW(name, value, meaning) ASL_##name = (value),
    ASL_CODES(ASL_CODE_ROW)
#undef ASL_CODE_ROW
};

/* Filled by a call that failed, untouched by one that succeeded; the caller owns it (on the
 * stack, say), and may always pass NULL instead. No member is ever allocated: nothing to free. */
typedef struct asl_error {
    int code;         /* the code the call returned                                     */
    int line, column; /* where in a text, from 1; 0 when it is not about a text         */
    char text[768];   /* one sentence, UTF-8: what was expected, what came, what to do  */
    char
        pointer[224]; /* the JSON Pointer or key it is about; "" when there is none     */
    const char *
        exception; /* AWS's name for it ("StateMachineDoesNotExist"), where it has one: static;
                              then `text` is AWS's message */
    void *reserved[3];
} asl_error;

/* The meaning of `code` as in ASL_CODES, e.g. "out of memory"; "unknown code" for any other.
 * Borrowed, static. Thread: any. */
ASL_API const char *asl_code_text(int code);

/* The code's name, e.g. "ASL_ENOMEM"; "ASL_?" for any other. Borrowed, static. Thread: any. */
ASL_API const char *asl_code_name(int code);

/* Fills `reterr` (when not NULL) with `code` and a printf-formatted sentence, and returns
 * `code`; for stores, providers and plug-ins. Clears line, column and pointer. Thread: any. */
ASL_API int asl_error_set(asl_error *reterr, int code, const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 3, 4)))
#endif
    ;

#ifdef __cplusplus
}
#endif
#endif
