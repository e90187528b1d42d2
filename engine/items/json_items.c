/* SPDX-License-Identifier: Apache-2.0
 *
 * Items from a JSON document: the elements of the array, or the members of the object, to which
 * ItemsPointer leads. What stands before it is passed over, what stands after it is not read.
 */
#include "engine/base/alloc.h"
#include "engine/items/json_scan.h"

struct json_items {
    struct asli_items base;
    struct asli_scan scan;
    unsigned char close; /* ']' or '}' */
    bool first, ended;   /* first: right after the opening bracket */
};

static int begin(struct json_items *j, struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_items_config *config = j->base.config;
    unsigned char c = 0;
    bool found;
    int rc = asli_scan_pointer(&j->scan, config->pointer, &found, failure, reterr);
    if (!rc && found)
        rc = asli_scan_peek(&j->scan, &c, failure, reterr);
    if (rc)
        return rc;
    if (c != '[' && (c != '{' || !(config->object_items || config->pointer)))
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "Attempting to map over non-iterable node.");
    j->scan.stream.p++;
    j->close = c == '[' ? ']' : '}';
    j->first = true;
    return 0;
}

static int json_open(struct asli_items *items, struct asli_reader *position,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct json_items *j = (struct json_items *)items;
    if (position) {
        unsigned flags = asli_read_u8(position);
        j->close = flags & 1 ? '}' : ']';
        j->first = flags & 2;
        j->ended = flags & 4;
    }
    int rc = asli_stream_open(&j->scan.stream, items, failure, reterr);
    if (!rc && !position)
        rc = begin(j, failure, reterr);
    else if (!rc)
        rc = asli_stream_resume(&j->scan.stream, position, failure, reterr);
    return rc;
}

static int json_next(struct asli_items *items, struct asli_item *ret_item,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct json_items *j = (struct json_items *)items;
    struct asli_item item = {NULL, NULL};
    unsigned char c = 0;
    size_t len;
    bool more;
    int rc = 0;
    if (j->first && !j->ended) {
        rc = asli_scan_peek(&j->scan, &c, failure, reterr);
        j->ended = c == j->close;
    }
    if (rc || j->ended)
        return rc;
    if (j->close == '}')
        rc = asli_scan_name(&j->scan, &item.key, &len, failure, reterr);
    if (!rc)
        rc = asli_scan_value(&j->scan, true, failure, reterr);
    if (!rc)
        rc = asli_items_parse(items, j->scan.text.data, j->scan.text.len, j->scan.begin,
                              &item.value, failure, reterr);
    if (!rc)
        rc = asli_scan_comma(&j->scan, j->close, &more, failure, reterr);
    if (rc) {
        json_decref(item.value);
        asli_free(item.key);
        return rc;
    }
    j->first = false;
    j->ended = !more;
    *ret_item = item;
    return 0;
}

static void json_position(const struct asli_items *items, struct asli_bytes *out)
{
    const struct json_items *j = (const struct json_items *)items;
    asli_bytes_u8(out, (j->close == '}') | j->first << 1 | j->ended << 2);
    asli_stream_position(&j->scan.stream, out);
}

static void json_close(struct asli_items *items)
{
    asli_scan_close(&((struct json_items *)items)->scan);
}

const struct asli_item_source_ops asli_source_json = {
    .tag = 'j',
    .size = sizeof(struct json_items),
    .open = json_open,
    .next = json_next,
    .position = json_position,
    .close = json_close,
};
