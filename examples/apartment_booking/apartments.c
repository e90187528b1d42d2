/* SPDX-License-Identifier: Apache-2.0
 *
 * The apartments table: one LMDB database, id -> struct apartment. All changes go through
 * `change`, which gives a small decision function the row inside a write transaction and commits
 * only what it answers OK to. LMDB lets one writer in at a time, in all processes together, so a
 * payment and a revert can never both win.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <lmdb.h>

#include "examples/apartment_booking/apartments.h"

struct apartments {
    MDB_env *env;
    MDB_dbi dbi;
};

#define ERROR_ROW(name, error, cause) error,
#define CAUSE_ROW(name, error, cause) cause,
static const char *const errors[] = {APARTMENT_ENDS(ERROR_ROW)};
static const char *const causes[] = {APARTMENT_ENDS(CAUSE_ROW)};

const char *apartment_error(enum apartment_end end)
{
    return errors[end];
}

const char *apartment_cause(enum apartment_end end)
{
    return causes[end];
}

static int open_table(apartments *table, const char *dir)
{
    MDB_txn *txn = NULL;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return -1;
    if (mdb_env_create(&table->env) != 0 ||
        mdb_env_open(table->env, dir, MDB_NOTLS, 0600) != 0 ||
        mdb_txn_begin(table->env, NULL, 0, &txn) != 0)
        return -1;
    if (mdb_dbi_open(txn, NULL, 0, &table->dbi) != 0) {
        mdb_txn_abort(txn);
        return -1;
    }
    return mdb_txn_commit(txn) == 0 ? 0 : -1;
}

apartments *apartments_open(const char *dir)
{
    apartments *table = calloc(1, sizeof *table);
    if (table && open_table(table, dir) != 0) {
        apartments_close(table);
        table = NULL;
    }
    return table;
}

void apartments_close(apartments *table)
{
    if (table && table->env)
        mdb_env_close(table->env);
    free(table);
}

static MDB_val key_of(const char *id)
{
    return (MDB_val){strlen(id), (void *)id};
}

static enum apartment_end read_row(apartments *table, MDB_txn *txn, const char *id,
                                   apartment *row)
{
    MDB_val key = key_of(id), value;
    int rc = key.mv_size ? mdb_get(txn, table->dbi, &key, &value) : MDB_NOTFOUND;
    if (rc == MDB_NOTFOUND || rc == MDB_BAD_VALSIZE)
        return APARTMENT_UNKNOWN;
    if (rc != 0 || value.mv_size != sizeof *row)
        return APARTMENT_TROUBLE;
    memcpy(row, value.mv_data, sizeof *row);
    return APARTMENT_OK;
}

static int write_row(apartments *table, MDB_txn *txn, const char *id, apartment *row)
{
    MDB_val key = key_of(id), value = {sizeof *row, row};
    return mdb_put(txn, table->dbi, &key, &value, 0);
}

static void set_row(apartment *row, const char *status, const char *holder)
{
    memset(row, 0, sizeof *row);
    strncpy(row->status, status, sizeof row->status - 1);
    strncpy(row->holder, holder, sizeof row->holder - 1);
}

static int is(const apartment *row, const char *status)
{
    return strcmp(row->status, status) == 0;
}

/* Decides on a row: changes it and answers OK, or says why not. */
typedef enum apartment_end decide_fn(apartment *row, const char *holder);

static enum apartment_end change(apartments *table, const char *id, const char *holder,
                                 decide_fn *decide, apartment *ret_row)
{
    MDB_txn *txn;
    apartment row;
    if (mdb_txn_begin(table->env, NULL, 0, &txn) != 0)
        return APARTMENT_TROUBLE;
    enum apartment_end end = read_row(table, txn, id, &row);
    if (end == APARTMENT_OK)
        end = decide(&row, holder);
    if (end == APARTMENT_OK && write_row(table, txn, id, &row) != 0)
        end = APARTMENT_TROUBLE;
    if (end != APARTMENT_OK)
        mdb_txn_abort(txn);
    else if (mdb_txn_commit(txn) != 0)
        end = APARTMENT_TROUBLE;
    if (ret_row && end != APARTMENT_UNKNOWN && end != APARTMENT_TROUBLE)
        *ret_row = row;
    return end;
}

static enum apartment_end decide_reserve(apartment *row, const char *holder)
{
    if (strcmp(row->holder, holder) == 0)
        return APARTMENT_OK; /* done before, and perhaps paid by now */
    if (!is(row, "vacant"))
        return APARTMENT_TAKEN;
    set_row(row, "reserved", holder);
    return APARTMENT_OK;
}

static enum apartment_end decide_pay(apartment *row, const char *holder)
{
    (void)holder;
    if (!is(row, "reserved"))
        return is(row, "paid") ? APARTMENT_PAID : APARTMENT_VACANT;
    strcpy(row->status, "paid");
    return APARTMENT_OK;
}

static enum apartment_end decide_revert(apartment *row, const char *holder)
{
    if (strcmp(row->holder, holder) != 0)
        return APARTMENT_OK; /* done before, and perhaps somebody else's by now */
    if (is(row, "paid"))
        return APARTMENT_PAID;
    set_row(row, "vacant", "");
    return APARTMENT_OK;
}

enum apartment_end apartments_reserve(apartments *table, const char *id,
                                      const char *holder, apartment *ret_row)
{
    return change(table, id, holder, decide_reserve, ret_row);
}

enum apartment_end apartments_pay(apartments *table, const char *id, apartment *ret_row)
{
    return change(table, id, NULL, decide_pay, ret_row);
}

enum apartment_end apartments_revert(apartments *table, const char *id,
                                     const char *holder, apartment *ret_row)
{
    return change(table, id, holder, decide_revert, ret_row);
}

enum apartment_end apartments_add(apartments *table, const char *id)
{
    MDB_txn *txn;
    apartment row;
    MDB_val key = key_of(id), value = {sizeof row, &row};
    set_row(&row, "vacant", "");
    if (mdb_txn_begin(table->env, NULL, 0, &txn) != 0)
        return APARTMENT_TROUBLE;
    int rc = mdb_put(txn, table->dbi, &key, &value, MDB_NOOVERWRITE);
    if (rc != 0) {
        mdb_txn_abort(txn);
        return rc == MDB_KEYEXIST ? APARTMENT_OK : APARTMENT_TROUBLE;
    }
    return mdb_txn_commit(txn) == 0 ? APARTMENT_OK : APARTMENT_TROUBLE;
}

enum apartment_end apartments_get(apartments *table, const char *id, apartment *ret_row)
{
    MDB_txn *txn;
    apartment row;
    if (mdb_txn_begin(table->env, NULL, MDB_RDONLY, &txn) != 0)
        return APARTMENT_TROUBLE;
    enum apartment_end end = read_row(table, txn, id, &row);
    mdb_txn_abort(txn);
    if (ret_row && end == APARTMENT_OK)
        *ret_row = row;
    return end;
}

/* The first row behind `after`, then the next ones. */
static int move_on(MDB_cursor *cursor, const char *after, MDB_val *key, MDB_val *value)
{
    MDB_val from = key_of(after);
    *key = from;
    if (!from.mv_size)
        return mdb_cursor_get(cursor, key, value, MDB_FIRST);
    int rc = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (rc == 0 && key->mv_size == from.mv_size &&
        memcmp(key->mv_data, after, from.mv_size) == 0)
        rc = mdb_cursor_get(cursor, key, value, MDB_NEXT);
    return rc;
}

static int each_row(MDB_cursor *cursor, const char *after, apartments_fn *fn, void *arg)
{
    MDB_val key, value;
    int rc = move_on(cursor, after, &key, &value);
    for (; rc == 0; rc = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) {
        char id[512] = "";
        apartment row;
        if (key.mv_size >= sizeof id || value.mv_size != sizeof row)
            return MDB_CORRUPTED;
        memcpy(id, key.mv_data, key.mv_size);
        memcpy(&row, value.mv_data, sizeof row);
        if (fn(arg, id, &row) != 0)
            return 0;
    }
    return rc == MDB_NOTFOUND ? 0 : rc;
}

enum apartment_end apartments_each(apartments *table, const char *after,
                                   apartments_fn *fn, void *arg)
{
    MDB_txn *txn;
    MDB_cursor *cursor;
    if (mdb_txn_begin(table->env, NULL, MDB_RDONLY, &txn) != 0)
        return APARTMENT_TROUBLE;
    int rc = mdb_cursor_open(txn, table->dbi, &cursor);
    if (rc == 0) {
        rc = each_row(cursor, after, fn, arg);
        mdb_cursor_close(cursor);
    }
    mdb_txn_abort(txn);
    return rc == 0 ? APARTMENT_OK : APARTMENT_TROUBLE;
}
