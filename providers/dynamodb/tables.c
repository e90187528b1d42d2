/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of a store: opening, making and finding them, and going through one.
 */
#include "providers/dynamodb/tables.h"

#include <string.h>

#include "engine/base/bytes.h"
#include "engine/base/json.h"

static const char magic[] = "asl-dynamodb 1";
static const asl_slice magic_key = {"F", 1}, magic_value = {magic, sizeof magic - 1};

enum { TABLE_NAME_MIN = 3, TABLE_NAME_MAX = 255, KEY_NAME_MAX = 255 };

static void id_key(char kind, uint64_t id, unsigned char key[9])
{
    key[0] = (unsigned char)kind;
    for (int i = 0; i < 8; i++)
        key[1 + i] = (unsigned char)(id >> (56 - 8 * i));
}

static uint64_t id_of(asl_slice key)
{
    struct asli_reader r;
    asli_reader_init(&r, key.data, key.len);
    asli_read_u8(&r);
    return asli_read_be64(&r);
}

static void free_table(struct asli_dyn_table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < 2; i++)
        asli_free(table->keys[i].name);
    asli_free(table->name);
    asli_free(table);
}

void asli_dyn_tables_done(struct asli_dyn_table *tables)
{
    while (tables) {
        struct asli_dyn_table *next = tables->next;
        free_table(tables);
        tables = next;
    }
}

/* ---- a table and its row ---- */

/* {"TableName": ..., "KeySchema": [...], "AttributeDefinitions": [...]}; NULL: oom. */
static json_t *describe(const struct asli_dyn_table *table)
{
    ASLI_AUTO(json) json_t *row = json_object();
    json_t *schema = json_array(), *types = json_array();
    int bad = json_object_set_new(row, "TableName", json_string(table->name));
    bad |= json_object_set_new(row, "KeySchema", schema);
    bad |= json_object_set_new(row, "AttributeDefinitions", types);
    for (size_t i = 0; !bad && i < table->key_count; i++) {
        const struct asli_dyn_key *key = &table->keys[i];
        json_t *one = json_object(), *type = json_object();
        bad |= json_array_append_new(schema, one) | json_array_append_new(types, type);
        if (bad)
            break;
        bad |= json_object_set_new(one, "AttributeName", json_string(key->name));
        bad |= json_object_set_new(one, "KeyType", json_string(i ? "RANGE" : "HASH"));
        bad |= json_object_set_new(type, "AttributeName", json_string(key->name));
        bad |= json_object_set_new(type, "AttributeType",
                                   json_string(asli_dyn_type_name(key->type)));
    }
    return bad ? NULL : json_incref(row);
}

static const char *member(const json_t *list, size_t i, const char *name)
{
    return json_string_value(json_object_get(json_array_get(list, i), name));
}

static int damaged(asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EFORMAT, "a table in the store is damaged");
}

static int decode_table(asl_slice value, struct asli_dyn_table *table, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *row = NULL;
    int rc = asli_json_read(value.data, value.len, &row, reterr);
    if (rc)
        return rc == ASL_ENOMEM ? rc : damaged(reterr);
    const json_t *types = json_object_get(row, "AttributeDefinitions");
    const char *name = json_string_value(json_object_get(row, "TableName"));
    table->key_count = json_array_size(types);
    if (!name || table->key_count < 1 || table->key_count > 2)
        return damaged(reterr);
    table->name = asli_strdup(name);
    for (size_t i = 0; i < table->key_count; i++) {
        const char *key = member(types, i, "AttributeName");
        const char *type = member(types, i, "AttributeType");
        if (!key || !type || asli_dyn_type_of_name(type) > ASLI_DYN_B)
            return damaged(reterr);
        table->keys[i].type = asli_dyn_type_of_name(type);
        table->keys[i].name = asli_strdup(key);
        if (!table->keys[i].name)
            return asli_oom(reterr);
    }
    return table->name ? 0 : asli_oom(reterr);
}

/* ---- opening ---- */

struct loading {
    asl_dynamodb *db;
    asl_error *reterr;
};

static int load_table(void *arg, asl_slice key, asl_slice value)
{
    struct loading *loading = arg;
    struct asli_dyn_table *table = asli_alloc(sizeof *table);
    if (!table)
        return asli_oom(loading->reterr);
    int rc = decode_table(value, table, loading->reterr);
    if (rc) {
        free_table(table);
        return rc;
    }
    table->id = id_of(key);
    table->next = loading->db->tables;
    loading->db->tables = table;
    loading->db->next_id = table->id + 1;
    return 0;
}

static int last_answer(void *arg, asl_slice key, asl_slice value)
{
    (void)value;
    ((struct loading *)arg)->db->next_answer = id_of(key) + 1;
    return 1;
}

static int any_row(void *arg, asl_slice key, asl_slice value)
{
    (void)arg, (void)key, (void)value;
    return 1;
}

static int check_format(asl_dynamodb *db, void *snapshot, asl_error *reterr)
{
    asl_slice value, none = {NULL, 0};
    int rc = asl_store_get(db->store, snapshot, magic_key, &value, reterr);
    if (!rc && value.len == magic_value.len && memcmp(value.data, magic, value.len) == 0)
        return 0;
    if (rc == ASL_ENOTFOUND) {
        db->fresh = true;
        rc = asl_store_scan(db->store, snapshot, none, none, 0, any_row, NULL, reterr);
    }
    return rc == 0 && db->fresh ? 0
           : rc < 0
               ? rc
               : asl_error_set(reterr, ASL_EFORMAT,
                               "the store holds no tables of this format: \"%s\"", magic);
}

int asli_dyn_load(asl_dynamodb *db, asl_error *reterr)
{
    static const asl_slice tables = {"T", 1}, tables_end = {"U", 1};
    static const asl_slice queue = {"Q", 1}, queue_end = {"R", 1};
    struct loading loading = {db, reterr};
    void *snapshot;
    int rc = asl_store_snapshot(db->store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = check_format(db, snapshot, reterr);
    if (!rc)
        rc = asl_store_scan(db->store, snapshot, tables, tables_end, 0, load_table,
                            &loading, reterr);
    if (!rc)
        rc = asl_store_scan(db->store, snapshot, queue, queue_end, 1, last_answer,
                            &loading, reterr);
    asl_store_release(db->store, snapshot);
    return rc < 0 ? rc : 0;
}

/* ---- finding and making ---- */

static struct asli_dyn_table *find(asl_dynamodb *db, const char *name)
{
    struct asli_dyn_table *table = db->tables;
    while (table && strcmp(table->name, name) != 0)
        table = table->next;
    return table;
}

const struct asli_dyn_table *asli_dyn_find_table(asl_dynamodb *db, const char *name)
{
    pthread_mutex_lock(&db->lock);
    const struct asli_dyn_table *table = find(db, name);
    pthread_mutex_unlock(&db->lock);
    return table;
}

/* "Id" or "Id=N". */
static int parse_key(const char *text, struct asli_dyn_key *key, asl_error *reterr)
{
    size_t len = strlen(text);
    key->type = ASLI_DYN_S;
    if (len > 2 && text[len - 2] == '=' && strchr("SNB", text[len - 1])) {
        key->type = asli_dyn_type_of_name(text + len - 1);
        len -= 2;
    }
    if (len == 0 || len > KEY_NAME_MAX)
        return asl_error_set(reterr, ASL_EINVAL,
                             "'%.300s' is not the name of a key: 1 to %d bytes, perhaps "
                             "with =S, =N or =B for its type",
                             text, KEY_NAME_MAX);
    key->name = asli_strndup(text, len);
    return key->name ? 0 : asli_oom(reterr);
}

static int check_name(const char *name, asl_error *reterr)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t len = strlen(name);
    if (len >= TABLE_NAME_MIN && len <= TABLE_NAME_MAX && strspn(name, allowed) == len)
        return 0;
    return asl_error_set(reterr, ASL_EINVAL,
                         "'%.300s' is not the name of a table: %d to %d letters, digits, "
                         "'_', '-' and '.'",
                         name, TABLE_NAME_MIN, TABLE_NAME_MAX);
}

static int new_table(const char *name, const char *hash_key, const char *range_key,
                     struct asli_dyn_table **ret_table, asl_error *reterr)
{
    struct asli_dyn_table *table = asli_alloc(sizeof *table);
    if (!table)
        return asli_oom(reterr);
    table->key_count = range_key ? 2 : 1;
    table->name = asli_strdup(name);
    int rc = table->name ? check_name(name, reterr) : asli_oom(reterr);
    if (!rc)
        rc = parse_key(hash_key, &table->keys[0], reterr);
    if (!rc && range_key)
        rc = parse_key(range_key, &table->keys[1], reterr);
    if (!rc && range_key && strcmp(table->keys[0].name, table->keys[1].name) == 0)
        rc = asl_error_set(reterr, ASL_EINVAL, "both keys of table '%.300s' are '%.300s'",
                           name, table->keys[0].name);
    if (rc)
        free_table(table);
    else
        *ret_table = table;
    return rc;
}

static bool same_keys(const struct asli_dyn_table *a, const struct asli_dyn_table *b)
{
    bool same = a->key_count == b->key_count;
    for (size_t i = 0; same && i < a->key_count; i++)
        same = a->keys[i].type == b->keys[i].type &&
               strcmp(a->keys[i].name, b->keys[i].name) == 0;
    return same;
}

static int write_table(asl_dynamodb *db, const struct asli_dyn_table *table,
                       asl_error *reterr)
{
    unsigned char key[9];
    ASLI_AUTO(text) char *text = NULL;
    ASLI_AUTO(json) json_t *row = describe(table);
    size_t len;
    int rc = row ? asli_json_text(row, &text, &len, reterr) : asli_oom(reterr);
    if (rc)
        return rc;
    id_key('T', table->id, key);
    asl_op ops[] = {{ASL_OP_PUT, {key, sizeof key}, {text, len}},
                    {ASL_OP_PUT, magic_key, magic_value}};
    rc = asl_store_apply(db->store, &(asl_batch){ops, db->fresh ? 2 : 1}, reterr);
    if (!rc)
        db->fresh = false;
    return rc;
}

int asl_dynamodb_table(asl_dynamodb *db, const char *name, const char *hash_key,
                       const char *range_key, asl_error *reterr)
{
    struct asli_dyn_table *table = NULL;
    int rc = new_table(name, hash_key, range_key, &table, reterr);
    if (rc)
        return rc;
    pthread_mutex_lock(&db->lock);
    const struct asli_dyn_table *old = find(db, name);
    table->id = db->next_id;
    if (old && !same_keys(old, table))
        rc = asl_error_set(reterr, ASL_EEXISTS,
                           "table '%.255s' exists with another key: '%.255s'", name,
                           old->keys[0].name);
    else if (!old)
        rc = write_table(db, table, reterr);
    if (!old && !rc) {
        table->next = db->tables;
        db->tables = table;
        db->next_id++;
    }
    pthread_mutex_unlock(&db->lock);
    if (old || rc)
        free_table(table);
    return rc;
}

/* ---- going through one ---- */

struct scanning {
    asl_dynamodb_item_fn *fn;
    void *arg;
    asl_error *reterr;
};

static int scan_row(void *arg, asl_slice key, asl_slice value)
{
    struct scanning *scanning = arg;
    ASLI_AUTO(json) json_t *item = NULL;
    (void)key;
    int rc = asli_json_read(value.data, value.len, &item, scanning->reterr);
    if (rc)
        return rc == ASL_ENOMEM ? rc
                                : asl_error_set(scanning->reterr, ASL_EFORMAT,
                                                "an item in the store is damaged");
    return scanning->fn(scanning->arg, item);
}

int asl_dynamodb_scan(asl_dynamodb *db, const char *name, asl_dynamodb_item_fn *fn,
                      void *arg, asl_error *reterr)
{
    const struct asli_dyn_table *table = asli_dyn_find_table(db, name);
    struct scanning scanning = {fn, arg, reterr};
    unsigned char from[9], to[9];
    void *snapshot;
    if (!table)
        return asl_error_set(reterr, ASL_ENOTFOUND, "there is no table '%.255s'", name);
    int rc = asl_store_snapshot(db->store, &snapshot, reterr);
    if (rc)
        return rc;
    id_key('I', table->id, from);
    id_key('I', table->id + 1, to);
    rc = asl_store_scan(db->store, snapshot, (asl_slice){from, sizeof from},
                        (asl_slice){to, sizeof to}, 0, scan_row, &scanning, reterr);
    asl_store_release(db->store, snapshot);
    return rc;
}
