/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads any text as JSON. What was read is written, and read again: the same value, and the same
 * text when it is written once more; for people too, where a number may look different.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

static json_t *read_again(const struct asli_bytes *text)
{
    json_t *value;
    if (asli_json_read(text->data, text->len, &value, NULL))
        abort();
    return value;
}

static void check(const json_t *value)
{
    struct asli_bytes text = {0}, again = {0};
    if (asli_json_write(value, &text, NULL))
        abort();
    json_t *same = read_again(&text);
    if (asli_json_write(same, &again, NULL) || text.len != again.len ||
        memcmp(text.data, again.data, text.len) != 0 || !asli_json_equal(value, same))
        abort();
    json_decref(same);
    asli_bytes_reset(&again);
    if (asli_json_write_pretty(value, &again, NULL))
        abort();
    same = read_again(&again);
    if (!asli_json_equal(value, same))
        abort();
    json_decref(same);
    asli_bytes_done(&text);
    asli_bytes_done(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = len ? (const char *)data : "";
    asl_error error = {0};
    json_t *value;
    int line = 0, column = 0;
    int rc = asli_json_read(text, len, &value, &error);
    if (rc == ASL_EJSON && (error.line < 1 || error.column < 1 || !*error.text))
        abort(); /* a text error is told where it is */
    if (rc)
        return 0;
    check(value);
    json_decref(value);
    asli_json_locate(text, len, "/a/0/b[1]", &line, &column);
    if (line < 1 || column < 1)
        abort();
    return 0;
}
