/* SPDX-License-Identifier: Apache-2.0
 *
 * Items and answers as rows of the store, see tables.h.
 */
#include <openssl/evp.h>
#include <string.h>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "providers/dynamodb/tables.h"

static void number_row(char kind, uint64_t number, struct asli_dyn_row *row)
{
    row->data[0] = (unsigned char)kind;
    for (int i = 0; i < 8; i++)
        row->data[1 + i] = (unsigned char)(number >> (56 - 8 * i));
    row->len = 9;
}

static asl_slice slice(const struct asli_dyn_row *row)
{
    return (asl_slice){row->data, row->len};
}

/* ---- items ---- */

int asli_dyn_item_row(const struct asli_dyn_table *table, const json_t *keys,
                      struct asli_dyn_row *ret_row, asl_error *reterr)
{
    struct asli_bytes bytes = {0};
    unsigned len = 32;
    for (size_t i = 0; i < table->key_count; i++) {
        const json_t *key = asli_dyn_payload(json_object_get(keys, table->keys[i].name));
        asli_bytes_blob(&bytes, json_string_value(key), json_string_length(key));
    }
    number_row('I', table->id, ret_row);
    bool ok =
        !bytes.oom && EVP_Digest(bytes.data, bytes.len, ret_row->data + ret_row->len,
                                 &len, EVP_sha256(), NULL);
    ret_row->len += len;
    asli_bytes_done(&bytes);
    return ok ? 0 : asli_oom(reterr);
}

/* Reads one row with `decode`, which gets its bytes; a missing one leaves *ret NULL. */
static int read_row(asl_dynamodb *db, const struct asli_dyn_row *row,
                    int decode(void *arg, asl_slice value, asl_error *reterr), void *arg,
                    asl_error *reterr)
{
    void *snapshot;
    asl_slice value;
    int rc = asl_store_snapshot(db->store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = asl_store_get(db->store, snapshot, slice(row), &value, reterr);
    if (!rc)
        rc = decode(arg, value, reterr);
    else if (rc == ASL_ENOTFOUND)
        rc = 0;
    asl_store_release(db->store, snapshot);
    return rc;
}

static int decode_item(void *arg, asl_slice value, asl_error *reterr)
{
    int rc = asli_json_read(value.data, value.len, arg, reterr);
    return rc && rc != ASL_ENOMEM
               ? asl_error_set(reterr, ASL_EFORMAT, "an item in the store is damaged")
               : rc;
}

int asli_dyn_read_item(asl_dynamodb *db, const struct asli_dyn_row *row,
                       json_t **ret_item, asl_error *reterr)
{
    *ret_item = NULL;
    return read_row(db, row, decode_item, ret_item, reterr);
}

/* ---- answers ---- */

static void answer_row(const char *token, struct asli_dyn_row *row)
{
    number_row('A', asli_hash(token, strlen(token)), row);
}

struct answer {
    const char *token;
    json_t *value;
};

static int decode_answer(void *arg, asl_slice value, asl_error *reterr)
{
    struct answer *answer = arg;
    struct asli_reader r;
    size_t token_len, len;
    asli_reader_init(&r, value.data, value.len);
    const char *token = asli_read_blob(&r, &token_len);
    const char *text = asli_read_blob(&r, &len);
    if (r.bad)
        return asl_error_set(reterr, ASL_EFORMAT, "an answer in the store is damaged");
    if (token_len != strlen(answer->token) ||
        memcmp(token, answer->token, token_len) != 0)
        return 0; /* another token of the same hash */
    return asli_json_read(text, len, &answer->value, reterr);
}

int asli_dyn_read_answer(asl_dynamodb *db, const char *token, json_t **ret_answer,
                         asl_error *reterr)
{
    struct answer answer = {token, NULL};
    struct asli_dyn_row row;
    answer_row(token, &row);
    int rc = read_row(db, &row, decode_answer, &answer, reterr);
    if (!rc)
        *ret_answer = answer.value;
    return rc;
}

/* ---- writing ---- */

struct batch {
    asl_op ops[5];
    size_t count;
};

static void add(struct batch *b, enum asl_op_kind kind, const struct asli_dyn_row *row,
                asl_slice value)
{
    b->ops[b->count++] = (asl_op){kind, slice(row), value};
}

static int decode_key(void *arg, asl_slice value, asl_error *reterr)
{
    struct asli_dyn_row *row = arg;
    (void)reterr;
    if (value.len <= sizeof row->data) {
        memcpy(row->data, value.data, value.len);
        row->len = value.len;
    }
    return 0;
}

/* The answer's rows, and those of one that is old enough to go. */
struct kept {
    struct asli_dyn_row answer, queue, old_answer, old_queue;
    struct asli_bytes bytes;
};

static int keep_answer(asl_dynamodb *db, struct kept *k, const char *token,
                       const json_t *answer, struct batch *b, asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len;
    int rc = asli_json_text(answer, &text, &len, reterr);
    if (rc)
        return rc;
    asli_bytes_blob(&k->bytes, token, strlen(token));
    asli_bytes_blob(&k->bytes, text, len);
    if (k->bytes.oom)
        return asli_oom(reterr);
    answer_row(token, &k->answer);
    number_row('Q', db->next_answer, &k->queue);
    if (db->next_answer >= ASLI_DYN_ANSWERS_KEPT) {
        number_row('Q', db->next_answer - ASLI_DYN_ANSWERS_KEPT, &k->old_queue);
        rc = read_row(db, &k->old_queue, decode_key, &k->old_answer, reterr);
    }
    if (!rc && k->old_answer.len) {
        add(b, ASL_OP_DELETE, &k->old_answer, (asl_slice){NULL, 0});
        add(b, ASL_OP_DELETE, &k->old_queue, (asl_slice){NULL, 0});
    }
    add(b, ASL_OP_PUT, &k->answer, (asl_slice){k->bytes.data, k->bytes.len});
    add(b, ASL_OP_PUT, &k->queue, slice(&k->answer));
    return rc;
}

int asli_dyn_write(asl_dynamodb *db, const struct asli_dyn_row *row,
                   const json_t *item_or_null, const char *token, const json_t *answer,
                   asl_error *reterr)
{
    struct batch b = {0};
    struct kept kept = {0};
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    int rc = item_or_null ? asli_json_text(item_or_null, &text, &len, reterr) : 0;
    if (rc)
        return rc;
    add(&b, item_or_null ? ASL_OP_PUT : ASL_OP_DELETE, row, (asl_slice){text, len});
    if (token)
        rc = keep_answer(db, &kept, token, answer, &b, reterr);
    if (!rc)
        rc = asl_store_apply(db->store, &(asl_batch){b.ops, b.count}, reterr);
    if (!rc && token)
        db->next_answer++;
    asli_bytes_done(&kept.bytes);
    return rc;
}
