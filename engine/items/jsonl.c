/* SPDX-License-Identifier: Apache-2.0
 *
 * Items from JSON Lines: each line a value, blank lines none.
 */
#include <string.h>

#include "engine/items/source.h"

struct jsonl {
    struct asli_items base;
    struct asli_stream stream;
    struct asli_bytes line;
};

static int jsonl_open(struct asli_items *items, struct asli_reader *position,
                      struct asli_failure *failure, asl_error *reterr)
{
    struct jsonl *l = (struct jsonl *)items;
    int rc = asli_stream_open(&l->stream, items, failure, reterr);
    if (!rc && position)
        rc = asli_stream_resume(&l->stream, position, failure, reterr);
    return rc;
}

static bool is_blank(const struct asli_bytes *line)
{
    size_t i = 0;
    while (i < line->len && strchr(" \t\r", line->data[i]) && line->data[i])
        i++;
    return i == line->len;
}

/* The next line, without its end; *ret_some false: the data has ended before it. */
static int read_line(struct jsonl *l, bool *ret_some, struct asli_failure *failure,
                     asl_error *reterr)
{
    struct asli_stream *s = &l->stream;
    asli_bytes_reset(&l->line);
    *ret_some = false;
    for (const unsigned char *end = NULL; !end;) {
        int rc = asli_stream_peek(s, failure, reterr);
        if (rc || s->p == s->end)
            return rc;
        *ret_some = true;
        end = memchr(s->p, '\n', (size_t)(s->end - s->p));
        const unsigned char *stop = end ? end : s->end;
        asli_bytes_add(&l->line, s->p, (size_t)(stop - s->p));
        s->p = end ? end + 1 : stop;
        if (l->line.oom)
            return asli_oom(reterr);
        if (l->line.len > ASLI_ITEM_RAW)
            return asli_items_too_large(&l->base, failure, reterr);
    }
    return 0;
}

static int jsonl_next(struct asli_items *items, struct asli_item *ret_item,
                      struct asli_failure *failure, asl_error *reterr)
{
    struct jsonl *l = (struct jsonl *)items;
    bool some = true;
    uint64_t offset = 0;
    l->line.len = 0;
    while (some && is_blank(&l->line)) {
        offset = asli_stream_offset(&l->stream);
        int rc = read_line(l, &some, failure, reterr);
        if (rc)
            return rc;
    }
    if (!some)
        return 0;
    return asli_items_parse(items, l->line.data, l->line.len, offset, &ret_item->value,
                            failure, reterr);
}

static void jsonl_position(const struct asli_items *items, struct asli_bytes *out)
{
    asli_stream_position(&((const struct jsonl *)items)->stream, out);
}

static void jsonl_close(struct asli_items *items)
{
    struct jsonl *l = (struct jsonl *)items;
    asli_stream_close(&l->stream);
    asli_bytes_done(&l->line);
}

const struct asli_item_source_ops asli_source_jsonl = {
    .tag = 'l',
    .size = sizeof(struct jsonl),
    .open = jsonl_open,
    .next = jsonl_next,
    .position = jsonl_position,
    .close = jsonl_close,
};
