/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiles any text as a JSONPath and evaluates it.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/alloc.h"
#include "engine/query/env.h"
#include "engine/query/path.h"

static const char document[] =
    "{\"a\": {\"b\": [1, 2, {\"c\": \"x\"}]}, \"s\": \"text\", \"n\": null,"
    " \"items\": [{\"p\": 1.5, \"k\": [1]}, {\"p\": 3, \"k\": []}]}";

static const json_t *context(void *arg)
{
    return arg;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *text = malloc(len + 1);
    struct asli_path *path;
    json_t *input = json_loads(document, 0, NULL), *value;
    if (!text || !input)
        abort();
    memcpy(text, data, len);
    text[len] = '\0';
    if (len < 2000 && !asli_path_compile(text, &path, NULL)) {
        struct asli_env env = {.input = input, .context = context, .arg = input};
        char *detail = NULL;
        if (!asli_path_eval(path, &env, ASLI_PATH_STRICT, &value, &detail, NULL))
            json_decref(value);
        asli_free(detail);
        asli_path_free(path);
    }
    json_decref(input);
    free(text);
    return 0;
}
