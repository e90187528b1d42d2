/* SPDX-License-Identifier: Apache-2.0
 *
 * Items from CSV: each row an object of strings, by the headers (asl-reference 11.2). A cell that
 * begins with '"' goes on to the next '"' that is not doubled, over delimiters and line ends.
 * Empty lines are no rows.
 *
 * AWS keeps a row in a HashMap: its members come out in the order of Java's buckets.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/java.h"
#include "engine/items/source.h"

struct column {
    char *name;
    size_t len;
    size_t cell; /* its place in a row */
    uint32_t bucket;
};

struct csv {
    struct asli_items base;
    struct asli_stream stream;
    struct asli_bytes text;  /* of the row's cells, one after the other */
    struct asli_bytes cells; /* size_t: where each of them ends in it */
    struct column *columns;  /* in the order in which they are shown */
    size_t count, header_bytes;
    enum { START, PLAIN, QUOTED, CLOSED } at; /* in the cell that is being read */
    uint64_t row;                             /* where it begins */
};

/* ---- rows ---- */

static size_t cell_count(const struct csv *c)
{
    return c->cells.len / sizeof(size_t);
}

/* The cell's text, borrowed; a missing one is empty. */
static const char *cell(const struct csv *c, size_t i, size_t *ret_len)
{
    size_t begin = 0, end = 0;
    if (i < cell_count(c)) {
        if (i)
            memcpy(&begin, c->cells.data + (i - 1) * sizeof begin, sizeof begin);
        memcpy(&end, c->cells.data + i * sizeof end, sizeof end);
    }
    *ret_len = end - begin;
    return *ret_len ? c->text.data + begin : "";
}

static void end_cell(struct csv *c)
{
    asli_bytes_add(&c->cells, &c->text.len, sizeof c->text.len);
    c->at = START;
}

/* Up to the quote that ends the cell, or the buffer's end. */
static void take_quoted(struct csv *c)
{
    struct asli_stream *s = &c->stream;
    const unsigned char *quote = memchr(s->p, '"', (size_t)(s->end - s->p));
    const unsigned char *stop = quote ? quote : s->end;
    asli_bytes_add(&c->text, s->p, (size_t)(stop - s->p));
    s->p = stop;
    if (quote) {
        s->p++;
        c->at = CLOSED;
    }
}

static void take_plain(struct csv *c)
{
    struct asli_stream *s = &c->stream;
    const unsigned char *p = s->p;
    unsigned char delimiter = (unsigned char)c->base.config->delimiter;
    while (p < s->end && *p != delimiter && *p != '\n' && *p != '\r')
        p++;
    asli_bytes_add(&c->text, s->p, (size_t)(p - s->p));
    s->p = p;
    c->at = PLAIN;
}

/* Takes what stands at p < end; *ret_line: it was the end of a line. */
static void take(struct csv *c, bool *ret_line)
{
    unsigned char b = *c->stream.p;
    *ret_line = false;
    if (c->at == QUOTED) {
        take_quoted(c);
    } else if (b == '"' && (c->at == START || c->at == CLOSED)) {
        if (c->at == CLOSED) /* a doubled one */
            asli_bytes_addc(&c->text, '"');
        c->stream.p++;
        c->at = QUOTED;
    } else if (b == (unsigned char)c->base.config->delimiter) {
        c->stream.p++;
        end_cell(c);
    } else if (b == '\n' || b == '\r') {
        *ret_line = true;
    } else {
        take_plain(c);
    }
}

static int take_line_end(struct csv *c, struct asli_failure *failure, asl_error *reterr)
{
    if (*c->stream.p++ != '\r')
        return 0;
    int rc = asli_stream_peek(&c->stream, failure, reterr);
    if (!rc && c->stream.p < c->stream.end && *c->stream.p == '\n')
        c->stream.p++;
    return rc;
}

static bool is_empty(const struct csv *c)
{
    return c->at == START && !c->cells.len;
}

/* The data ends here: so does the row, if one has begun. */
static int end_row(struct csv *c, bool *ret_some, struct asli_failure *failure,
                   asl_error *reterr)
{
    *ret_some = !is_empty(c);
    if (c->at == QUOTED)
        return asli_items_bad(&c->base, c->row, "has a '\"' that is never closed",
                              failure, reterr);
    if (*ret_some)
        end_cell(c);
    return c->text.oom || c->cells.oom ? asli_oom(reterr) : 0;
}

/* The next row into text and cells; *ret_some false: there is none. */
static int read_row(struct csv *c, bool *ret_some, struct asli_failure *failure,
                    asl_error *reterr)
{
    asli_bytes_reset(&c->text);
    asli_bytes_reset(&c->cells);
    c->at = START;
    c->row = asli_stream_offset(&c->stream);
    for (;;) {
        bool line = false;
        int rc = asli_stream_peek(&c->stream, failure, reterr);
        if (rc)
            return rc;
        if (c->stream.p == c->stream.end)
            return end_row(c, ret_some, failure, reterr);
        take(c, &line);
        if (c->text.len + c->cells.len > ASLI_ITEM_RAW)
            return asli_items_too_large(&c->base, failure, reterr);
        if (!line)
            continue;
        rc = take_line_end(c, failure, reterr);
        if (rc)
            return rc;
        if (!is_empty(c))
            return end_row(c, ret_some, failure, reterr);
        c->row = asli_stream_offset(&c->stream);
    }
}

/* ---- headers ---- */

static int compare_columns(const void *a, const void *b)
{
    const struct column *x = a, *y = b;
    if (x->bucket != y->bucket)
        return x->bucket < y->bucket ? -1 : 1;
    return (x->cell > y->cell) - (x->cell < y->cell);
}

/* Takes the name (oom when NULL) as the next column; ASLI_FAILED when it is there already. */
static int add_column(struct csv *c, json_t *seen, json_t *take_name, size_t total,
                      struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *name = take_name;
    struct column *column = &c->columns[c->count];
    const char *text = json_string_value(name);
    if (!text)
        return asli_oom(reterr);
    column->len = json_string_length(name);
    if (json_object_getn(seen, text, column->len))
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "CSV headers cannot contain duplicates.");
    column->name = asli_strndup(text, column->len);
    if (!column->name ||
        json_object_setn_new_nocheck(seen, text, column->len, json_true()))
        return asli_oom(reterr);
    column->cell = c->count;
    column->bucket = asli_java_bucket(text, column->len, total);
    c->header_bytes += column->len + 8;
    c->count++;
    return 0;
}

/* The columns are the configuration's, or the cells of the row at hand. */
static int make_columns(struct csv *c, struct asli_failure *failure, asl_error *reterr)
{
    bool given = c->base.config->header == ASLI_HEADER_GIVEN;
    const json_t *headers = c->base.config->headers;
    size_t total = given ? json_array_size(headers) : cell_count(c);
    ASLI_AUTO(json) json_t *seen = json_object();
    c->columns = asli_alloc((total + 1) * sizeof *c->columns);
    int rc = c->columns && seen ? 0 : asli_oom(reterr);
    for (size_t i = 0; i < total && !rc; i++) {
        size_t len;
        const char *text = cell(c, i, &len);
        json_t *name =
            given ? json_incref(json_array_get(headers, i)) : asli_items_text(text, len);
        rc = add_column(c, seen, name, total, failure, reterr);
        if (rc == ASL_ENOMEM)
            asli_free(c->columns[i].name);
    }
    if (!rc)
        qsort(c->columns, c->count, sizeof *c->columns, compare_columns);
    return rc;
}

/* ---- the source ---- */

static int csv_open(struct asli_items *items, struct asli_reader *position,
                    struct asli_failure *failure, asl_error *reterr)
{
    struct csv *c = (struct csv *)items;
    bool some = true;
    int rc = asli_stream_open(&c->stream, items, failure, reterr);
    if (!rc && items->config->header != ASLI_HEADER_GIVEN)
        rc = read_row(c, &some, failure, reterr);
    if (!rc)
        rc = make_columns(c, failure, reterr);
    if (!rc && position)
        rc = asli_stream_resume(&c->stream, position, failure, reterr);
    return rc;
}

static int row_value(struct csv *c, json_t **ret_value, asl_error *reterr)
{
    json_t *object = json_object();
    for (size_t i = 0; object && i < c->count; i++) {
        const struct column *column = &c->columns[i];
        size_t len;
        const char *text = cell(c, column->cell, &len);
        if (json_object_setn_new_nocheck(object, column->name, column->len,
                                         asli_items_text(text, len))) {
            json_decref(object);
            object = NULL;
        }
    }
    *ret_value = object;
    return object ? 0 : asli_oom(reterr);
}

static int csv_next(struct asli_items *items, struct asli_item *ret_item,
                    struct asli_failure *failure, asl_error *reterr)
{
    struct csv *c = (struct csv *)items;
    bool some;
    json_t *value;
    int rc = read_row(c, &some, failure, reterr);
    if (rc || !some)
        return rc;
    rc = row_value(c, &value, reterr);
    /* No character takes more than 6 bytes of JSON text. */
    if (!rc && (c->text.len + c->header_bytes) * 6 > ASLI_ITEM_BYTES)
        rc = asli_items_check_size(items, value, failure, reterr);
    if (!rc)
        ret_item->value = value;
    else
        json_decref(value);
    return rc;
}

static void csv_position(const struct asli_items *items, struct asli_bytes *out)
{
    asli_stream_position(&((const struct csv *)items)->stream, out);
}

static void csv_close(struct asli_items *items)
{
    struct csv *c = (struct csv *)items;
    asli_stream_close(&c->stream);
    asli_bytes_done(&c->text);
    asli_bytes_done(&c->cells);
    for (size_t i = 0; i < c->count; i++)
        asli_free(c->columns[i].name);
    asli_free(c->columns);
}

const struct asli_item_source_ops asli_source_csv = {
    .tag = 'c',
    .size = sizeof(struct csv),
    .open = csv_open,
    .next = csv_next,
    .position = csv_position,
    .close = csv_close,
};
