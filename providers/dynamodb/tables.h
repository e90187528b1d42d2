/* SPDX-License-Identifier: Apache-2.0
 *
 * How tables and items are kept in a store. Rows, by the first byte of their key:
 *
 *     F                        "asl-dynamodb 1": whose store this is, and its format
 *     T id                     a table: JSON in the shape of DescribeTable
 *     I id sha256(keys)        an item: JSON
 *     A hash(token)            what a task was answered: number, token, JSON
 *     Q number                 the key of that row: the oldest answers are forgotten
 *
 * id and number are 8 bytes, big-endian. A write and its answer are one batch. Writers hold the
 * lock from before they read until the batch is applied: this process is the store's only
 * writer, so that makes a transaction.
 */
#ifndef ASLI_DYNAMODB_TABLES_H
#define ASLI_DYNAMODB_TABLES_H

#include <pthread.h>
#include <stdatomic.h>

#include <asl/dynamodb.h>

#include "engine/base/alloc.h"
#include "providers/dynamodb/value.h"

struct asli_dyn_key {
    char *name;
    enum asli_dyn_type type; /* S, N or B */
};

struct asli_dyn_table {
    struct asli_dyn_table *next;
    char *name;
    uint64_t id;
    struct asli_dyn_key keys[2]; /* hash, range */
    size_t key_count;
};

struct asl_dynamodb {
    atomic_size_t references;
    pthread_mutex_t lock;
    asl_store *store;
    struct asli_dyn_table *tables; /* only ever added to */
    uint64_t next_id, next_answer;
    bool fresh; /* the row F is not written yet */
};

enum { ASLI_DYN_ANSWERS_KEPT = 65536, ASLI_DYN_ROW_MAX = 41 };

struct asli_dyn_row {
    unsigned char data[ASLI_DYN_ROW_MAX];
    size_t len;
};

/* NULL: there is no such table. */
const struct asli_dyn_table *asli_dyn_find_table(asl_dynamodb *db, const char *name);
/* Reads all tables at opening. */
int asli_dyn_load(asl_dynamodb *db, asl_error *reterr);
void asli_dyn_tables_done(struct asli_dyn_table *tables);

/* Where the item with these keys stands; it has them, checked. */
int asli_dyn_item_row(const struct asli_dyn_table *table, const json_t *keys,
                      struct asli_dyn_row *ret_row, asl_error *reterr);
/* A new value; NULL: there is no such item. */
int asli_dyn_read_item(asl_dynamodb *db, const struct asli_dyn_row *row,
                       json_t **ret_item, asl_error *reterr);
/* What the task was answered before; NULL: nothing. */
int asli_dyn_read_answer(asl_dynamodb *db, const char *token, json_t **ret_answer,
                         asl_error *reterr);
/* Puts the item, or deletes it when it is NULL, and keeps the answer unless `token` is NULL. The
 * lock is held. */
int asli_dyn_write(asl_dynamodb *db, const struct asli_dyn_row *row,
                   const json_t *item_or_null, const char *token, const json_t *answer,
                   asl_error *reterr);

#endif
