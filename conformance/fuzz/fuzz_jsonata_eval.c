/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluates any text as JSONata on a small input, within tight bounds.
 */
#include <asl/jsonata.h>

#include "conformance/fuzz/fuzz.h"

static const char document[] =
    "{\"a\": {\"b\": [1, 2.5, -3, 9007199254740993]}, \"s\": \"a "
    "b\\u00e9\\ud83d\\ude00\","
    " \"n\": null, \"t\": true, \"items\": [{\"k\": \"x\", \"p\": 3, \"q\": [1]},"
    " {\"k\": \"y\", \"p\": 1, \"q\": []}, {\"k\": \"x\", \"p\": 2}], \"e\": [], \"o\": "
    "{}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    asl_jsonata_options options = {.size = sizeof options};
    asl_jsonata_error error;
    asl_jsonata_result result = {0};
    asl_jsonata *expr;
    if (len > 2000 ||
        asl_jsonata_compile((const char *)data, len, &options, &expr, &error))
        return 0;
    json_t *value = json_loads(document, 0, NULL);
    asl_jsonata_input input = {.size = sizeof input,
                               .value = value,
                               .now = 1700000000000,
                               .depth = 100,
                               .steps = 20000,
                               .memory = 4 << 20};
    if (!asl_jsonata_eval(expr, &input, &result, &error) && result.value)
        json_decref(result.value);
    json_decref(value);
    asl_jsonata_free(expr);
    return 0;
}
