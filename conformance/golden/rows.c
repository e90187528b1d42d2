/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of a store as text that people can read and compare, and back.
 */
#include <string.h>

#include "conformance/golden/golden.h"
#include "conformance/kit/need.h"

void golden_must(int rc, const char *what, const asl_error *error)
{
    if (rc == 0)
        return;
    fprintf(stderr, "%s: %d %s\n", what, rc, error ? error->text : "");
    exit(2);
}

static void add_escaped(struct asli_bytes *out, asl_slice bytes)
{
    const unsigned char *p = bytes.data;
    for (size_t i = 0; i < bytes.len; i++)
        if (p[i] < ' ' || p[i] > '~' || p[i] == '\\')
            asli_bytes_addf(out, "\\%02x", p[i]);
        else
            asli_bytes_addc(out, (char)p[i]);
}

static int add_row(void *arg, asl_slice key, asl_slice value)
{
    struct asli_bytes *out = arg;
    add_escaped(out, key);
    asli_bytes_addc(out, '\t');
    add_escaped(out, value);
    asli_bytes_addc(out, '\n');
    return 0;
}

void golden_rows(asl_store *store, struct asli_bytes *out)
{
    void *snapshot;
    asl_error error = {0};
    int rc = asl_store_snapshot(store, &snapshot, &error);
    golden_must(rc, "snapshot", &error);
    rc = asl_store_scan(store, snapshot, (asl_slice){"", 0}, (asl_slice){"", 0}, 0,
                        add_row, out, &error);
    golden_must(rc, "scan", &error);
    asl_store_release(store, snapshot);
}

/* Up to a tab or a line's end, which is left out; returns what follows it. */
static const char *read_escaped(const char *text, struct asli_bytes *out)
{
    for (; *text && *text != '\t' && *text != '\n'; text++) {
        unsigned byte = (unsigned char)*text;
        if (*text == '\\' && sscanf(text + 1, "%2x", &byte) == 1)
            text += 2;
        asli_bytes_u8(out, byte);
    }
    return *text ? text + 1 : text;
}

void golden_put(asl_store *store, const char *rows)
{
    struct asli_bytes key = {0}, value = {0};
    while (*rows) {
        asl_error error = {0};
        asli_bytes_reset(&key);
        asli_bytes_reset(&value);
        rows = read_escaped(rows, &key);
        rows = read_escaped(rows, &value);
        asl_op op = {ASL_OP_PUT, {key.data, key.len}, {value.data, value.len}};
        golden_must(asl_store_apply(store, &(asl_batch){&op, 1}, &error), "put", &error);
    }
    asli_bytes_done(&key);
    asli_bytes_done(&value);
}
