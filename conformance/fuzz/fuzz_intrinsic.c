/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiles any text as a call of intrinsic functions and evaluates it.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/error.h"
#include "engine/query/env.h"
#include "engine/query/intrinsic.h"

static const char document[] =
    "{\"a\": [1, 2, 3], \"s\": \"one,two\", \"n\": 4, \"o\": {\"k\": 1}}";

static const json_t *context(void *arg)
{
    return arg;
}

static int zeros(void *arg, void *buffer, size_t len)
{
    memset(buffer, 0, len);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1);
    struct asli_intrinsic *call;
    json_t *input = json_loads(document, 0, NULL), *value;
    if (!text || !input)
        abort();
    memcpy(text, data, len);
    text[len] = '\0';
    if (len < 2000 && !asli_intrinsic_compile(text, &call, NULL)) {
        struct asli_env env = {
            .input = input, .context = context, .random = zeros, .arg = input};
        struct asli_failure failure = {0};
        if (!asli_intrinsic_eval(call, &env, &value, &failure, NULL))
            json_decref(value);
        asli_failure_done(&failure);
        asli_intrinsic_free(call);
    }
    json_decref(input);
    free(text);
    return 0;
}
