/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiles any text as JSONata, in both dialects.
 */
#include <asl/jsonata.h>

#include "conformance/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    for (unsigned flags = 0; flags <= ASL_JSONATA_AWS; flags += ASL_JSONATA_AWS) {
        asl_jsonata_options options = {.size = sizeof options, .flags = flags};
        asl_jsonata_error error;
        asl_jsonata *expr;
        if (!asl_jsonata_compile((const char *)data, len, &options, &expr, &error))
            asl_jsonata_free(expr);
    }
    return 0;
}
