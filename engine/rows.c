/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows of one's own (asl/host.h): what others than the engine keep in its store, written in its
 * batches. They pass the inbox like any request, so that they become durable in the order in which
 * things were asked for.
 */
#include "engine/rows.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/read.h"
#include "engine/record.h"

#define KEY_MAX 60

/* ---- writing ---- */

void asli_rows_free(struct asli_rows *list)
{
    while (list) {
        struct asli_rows *next = list->next;
        asli_bytes_done(&list->bytes);
        asli_free(list);
        list = next;
    }
}

static void encode(struct asli_rows *rows, const asl_row *row)
{
    struct asli_key key = asli_key_own(row->key, row->key_len);
    asl_op *op = &rows->ops[rows->count++];
    op->kind = row->value ? ASL_OP_PUT : ASL_OP_DELETE;
    op->key = (asl_slice){(void *)(uintptr_t)rows->bytes.len, key.len};
    asli_bytes_add(&rows->bytes, key.bytes, key.len);
    size_t start = rows->bytes.len;
    if (row->value) {
        asli_bytes_u8(&rows->bytes, ASLI_FORMAT);
        asli_bytes_add(&rows->bytes, row->value, row->value_len);
        asli_value_end(&rows->bytes, start);
    }
    op->value = (asl_slice){(void *)(uintptr_t)start, rows->bytes.len - start};
}

static int make(const asl_row *row, size_t count, struct asli_rows **ret_rows,
                asl_error *reterr)
{
    struct asli_rows *rows = asli_alloc(sizeof *rows + count * sizeof *rows->ops);
    if (!rows)
        return asli_oom(reterr);
    for (size_t i = 0; i < count; i++)
        encode(rows, &row[i]);
    if (rows->bytes.oom) {
        asli_rows_free(rows);
        return asli_oom(reterr);
    }
    *ret_rows = rows;
    return 0;
}

/* Rows that only go need no room. */
static int check(const asl_engine *engine, const asl_row *rows, size_t count,
                 asl_error *reterr)
{
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].key_len || rows[i].key_len > KEY_MAX)
            return asl_error_set(reterr, ASL_EINVAL, "a key has 1 to %d bytes, not %zu",
                                 KEY_MAX, rows[i].key_len);
        if (rows[i].value && engine->full)
            return asl_error_set(reterr, ASL_ENOSPACE, "the store has no space left");
    }
    return 0;
}

int asl_engine_write_rows(asl_engine *engine, const asl_row *rows, size_t count,
                          asl_done_fn *done, void *arg, asl_error *reterr)
{
    int rc = check(engine, rows, count, reterr);
    struct asli_message *m = rc ? NULL : asli_alloc(sizeof *m);
    if (rc || !m)
        return rc ? rc : asli_oom(reterr);
    m->kind = ASLI_MSG_ROWS;
    m->done = done;
    m->arg = arg;
    rc = count ? make(rows, count, &m->rows, reterr) : 0;
    if (rc) {
        asli_message_free(m);
        return rc;
    }
    return asli_message_post(engine, m, reterr);
}

/* ---- reading ---- */

struct scanning {
    int (*fn)(void *arg, const asl_row *row);
    void *arg;
    asl_error *reterr;
};

static int visit(void *arg, asl_slice key, asl_slice value)
{
    const struct scanning *s = arg;
    const struct asli_key prefix = asli_key_of(ASLI_KEY_OWN);
    const unsigned char *v = value.data;
    if (!value.len || v[0] != ASLI_FORMAT)
        return asli_damaged(s->reterr, "row");
    asl_row row = {(const char *)key.data + prefix.len, key.len - prefix.len, v + 1,
                   value.len - 1};
    return s->fn(s->arg, &row);
}

int asl_rows_scan(asl_store *store, const void *prefix, size_t len,
                  int (*fn)(void *arg, const asl_row *row), void *arg, asl_error *reterr)
{
    struct scanning s = {fn, arg, reterr};
    struct asli_reading r;
    if (len > KEY_MAX)
        return asl_error_set(reterr, ASL_EINVAL, "a key has at most %d bytes, not %zu",
                             KEY_MAX, len);
    struct asli_key from = asli_key_own(prefix, len);
    int rc = asli_read_open(&r, store, reterr);
    if (rc)
        return rc;
    rc = asli_scan(store, r.snapshot, &from, 0, visit, &s, reterr);
    asl_store_release(store, r.snapshot);
    return rc;
}
