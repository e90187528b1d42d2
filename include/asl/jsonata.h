/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/jsonata.h: JSONata 2.2, the query and transformation language, for jansson values.
 *
 *     asl_jsonata *expr;
 *     asl_jsonata_result result;
 *     asl_jsonata_compile("$sum(items.(price * qty))", (size_t)-1, NULL, &expr, &error);
 *     asl_jsonata_eval(expr, &(asl_jsonata_input){.size = sizeof(asl_jsonata_input),
 *                                                 .value = order}, &result, &error);
 *     ... result.value ...
 *     json_decref(result.value);
 *     asl_jsonata_free(expr);
 *
 * A library of its own (libasl-jsonata, pkg-config asl-jsonata), and part of libasl. It has no
 * clock, no global state and no thread: time and random numbers come with the input. The input is
 * neither changed nor copied; results share parts of it by reference. Conventions are those of
 * asl.h: (size_t)-1 as a length means strlen, options are zeroed and `size` set.
 */
#ifndef ASL_JSONATA_H
#define ASL_JSONATA_H

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include <asl/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A compiled expression. Immutable: any number of threads may evaluate it at once. */
typedef struct asl_jsonata asl_jsonata;

enum asl_jsonata_trouble {
    ASL_JSONATA_SYNTAX = 1, /* the text is no expression */
    ASL_JSONATA_EVALUATION, /* it failed: a type, a value, $error() */
    ASL_JSONATA_LIMIT,      /* it went too deep, took too many steps or too much memory */
    ASL_JSONATA_NO_MEMORY,  /* malloc failed */
};

/* Why an expression failed. Nothing to free; texts that are too long are cut. */
typedef struct asl_jsonata_error {
    enum asl_jsonata_trouble kind;
    char code[8];       /* as the reference has it: "S0202", "T0410", "D3030", "U1001" */
    size_t position;    /* in the expression: UTF-16 units, as the reference counts */
    int line, column;   /* the same, from 1; 0: unknown */
    char token[128];    /* the operator, function or token it is about, or "" */
    char value[512];    /* JSON of the value it is about, or "" */
    char message[1024]; /* one sentence, as the reference words it */
    void *reserved[4];
} asl_jsonata_error;

/* ------------------------------------------------------------------ functions of the host */

/* A call of a host's function, valid while it runs. */
typedef struct asl_jsonata_call asl_jsonata_call;

typedef struct asl_jsonata_function {
    const char *name;      /* without $ */
    const char *signature; /* "<s-n?:s>"; NULL: any arguments */
    /* 0, or a failure that asl_jsonata_fail made. No return value means undefined. */
    int (*fn)(asl_jsonata_call *call, void *arg);
    void *arg;
} asl_jsonata_function;

ASL_API size_t asl_jsonata_arg_count(const asl_jsonata_call *call);
/* Argument i, borrowed; NULL: undefined, a function, or out of memory. */
ASL_API const json_t *asl_jsonata_arg(asl_jsonata_call *call, size_t i);
/* The value of the call. 0 or ASL_ENOMEM. */
ASL_API int asl_jsonata_return(asl_jsonata_call *call, json_t *take_value);
/* Fails the evaluation with a code of at most 7 characters and a message; return what it
 * returns. */
ASL_API int asl_jsonata_fail(asl_jsonata_call *call, const char *code,
                             const char *message);

/* ------------------------------------------------------------------ compiling */

enum {
    /* As AWS Step Functions has it: no $eval, its own functions, and numbers that are not finite
     * become the strings "Infinity", "-Infinity" and "NaN" in results. */
    ASL_JSONATA_AWS = 1,
};

typedef struct asl_jsonata_options {
    size_t size;
    unsigned flags;
    const asl_jsonata_function *functions; /* copied; names and signatures are not */
    size_t function_count;
    int depth;     /* of nested expressions in the text; 0: 500 */
    size_t memory; /* bytes of the compiled form at most; 0: 64 MiB */
} asl_jsonata_options;

/* 0, ASL_EINVAL (syntax), ASL_ELIMIT or ASL_ENOMEM. `options` may be NULL. Thread: any. */
ASL_API int asl_jsonata_compile(const char *text, size_t len,
                                const asl_jsonata_options *options,
                                asl_jsonata **ret_expr, asl_jsonata_error *reterr);
/* When no evaluation uses it any more. */
ASL_API void asl_jsonata_free(asl_jsonata *expr);

/* ------------------------------------------------------------------ evaluating */

typedef struct asl_jsonata_binding {
    const char *name;    /* without $ */
    const json_t *value; /* NULL: undefined */
} asl_jsonata_binding;

typedef struct asl_jsonata_input {
    size_t size;
    const json_t *value; /* $; NULL: undefined */
    const asl_jsonata_binding *bindings;
    size_t binding_count;
    /* Asked for variables that are not bound otherwise, once each: a value that lives until the
     * evaluation ends, or NULL. The name is not NUL-terminated. */
    const json_t *(*variable)(void *arg, const char *name, size_t len);
    double (*random)(
        void *arg); /* in [0, 1); NULL: a fixed sequence that begins with `now` */
    void *arg;      /* of both */
    int64_t now;    /* of $now and $millis: ms since 1970 */
    /* Bounds; 0: the default. */
    int depth;      /* of nested evaluations: 1000 */
    uint64_t steps; /* evaluations of any part: 50 million */
    size_t stack;   /* bytes of the C stack: 512 KiB */
    size_t memory;  /* bytes of all values made: 256 MiB */
    /* Bytes of one value made, an element of an array taken as 8; 0: `memory`. */
    size_t value_bytes;
} asl_jsonata_input;

enum asl_jsonata_kind {
    ASL_JSONATA_VALUE,
    ASL_JSONATA_UNDEFINED, /* nothing, which is not null */
    ASL_JSONATA_FUNCTION,  /* no JSON */
};

typedef struct asl_jsonata_result {
    enum asl_jsonata_kind kind;
    json_t *
        value; /* the caller's reference, or NULL. Never to be changed: it shares parts */
} asl_jsonata_result;

/* `input` may be NULL: no input at all. 0, ASL_EINVAL (the evaluation failed), ASL_ELIMIT (a
 * bound) or ASL_ENOMEM. Thread: any. */
ASL_API int asl_jsonata_eval(const asl_jsonata *expr, const asl_jsonata_input *input,
                             asl_jsonata_result *ret_result, asl_jsonata_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
