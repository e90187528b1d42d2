/* SPDX-License-Identifier: Apache-2.0
 *
 * What the unit tests of intrinsics, templates and Choice rules share: values from JSON text, an
 * environment with a fixed context and fixed "random" bytes, and a collector of problems.
 */
#ifndef ASLI_QUERY_TEST_H
#define ASLI_QUERY_TEST_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/env.h"

static inline json_t *value_of(const char *text)
{
    json_t *value = NULL;
    asl_error error;
    int err = asli_json_read(text, strlen(text), &value, &error);
    ck_assert_msg(!err, "%s: %s", text, err ? error.text : "");
    return value;
}

static inline char *text_of(const json_t *value)
{
    char *text = NULL;
    ck_assert_int_eq(asli_json_text(value, &text, NULL, NULL), 0);
    return text;
}

static inline const json_t *test_context(void *arg)
{
    return arg;
}

static inline int test_random(void *arg, void *buffer, size_t len)
{
    memset(buffer, 0x5A, len);
    return 0;
}

static inline struct asli_env env_of(const json_t *input, json_t *context)
{
    return (struct asli_env){
        .input = input, .context = test_context, .random = test_random, .arg = context};
}

struct problems {
    int count;
    char text[2000]; /* "CODE message at where\n" ... */
};

static inline int collect(void *arg, const char *code, const char *where,
                          const char *format, ...)
{
    struct problems *problems = arg;
    char message[500];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t len = strlen(problems->text);
    snprintf(problems->text + len, sizeof problems->text - len, "%s%s: %s at %s",
             problems->count++ ? "\n" : "", code, message, where);
    return 0;
}

#endif
