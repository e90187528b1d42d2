/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_dump: one line of JSON an execution. Its "records" are the rows as they are stored, checksums
 * included, its children's behind its own; all else in the line is told again from them, for people
 * and programs.
 *
 * Everything is read from one snapshot, also by asl_describe and asl_history: they are given a
 * store that has no other.
 */
#include <asl/maintain.h>

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/upkeep/record_text.h"
#include "engine/upkeep/upkeep.h"

/* ---- a store of one snapshot ---- */

struct view {
    asl_store *store;
    void *snapshot;
};

static int view_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    (void)reterr;
    *ret_snapshot = ((struct view *)self)->snapshot;
    return 0;
}

static int view_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                    asl_error *reterr)
{
    return asl_store_get(((struct view *)self)->store, snapshot, key, ret_value, reterr);
}

static int view_scan(void *self, void *snapshot, asl_slice from, asl_slice to,
                     int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    return asl_store_scan(((struct view *)self)->store, snapshot, from, to, reverse, fn,
                          arg, reterr);
}

static void view_release(void *self, void *snapshot)
{
    (void)self;
    (void)snapshot;
}

static int view_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    (void)self;
    (void)batch;
    return asl_error_set(reterr, ASL_EINVAL, "a view is read only");
}

static void view_close(void *self)
{
    (void)self;
}

static const asl_store_ops view_ops = {
    .size = sizeof(asl_store_ops),
    .name = "view",
    .snapshot = view_snapshot,
    .get = view_get,
    .scan = view_scan,
    .release = view_release,
    .apply = view_apply,
    .close = view_close,
};

/* ---- one line ---- */

struct dumping {
    asl_store *store; /* the view */
    void *snapshot;
    bool is_virtual;
    asl_error *reterr;
    json_t *records;
};

static int add_record(void *arg, asl_slice key, asl_slice value)
{
    struct dumping *d = arg;
    ASLI_AUTO(text) char *hex = asli_hex_text(key);
    ASLI_AUTO(text) char *base64 = asli_base64_text(value);
    json_t *pair = json_array();
    if (!hex || !base64 || !pair || json_array_append_new(pair, json_string(hex)) ||
        json_array_append_new(pair, json_string(base64))) {
        json_decref(pair);
        return asli_oom(d->reterr);
    }
    return json_array_append_new(d->records, pair) ? asli_oom(d->reterr) : 0;
}

static int add_one(struct dumping *d, const struct asli_key *key)
{
    asl_slice value;
    int rc = asl_store_get(d->store, d->snapshot, asli_key_slice(key), &value, d->reterr);
    if (rc == ASL_ENOTFOUND)
        return 0;
    return rc ? rc : add_record(d, asli_key_slice(key), value);
}

static int add_history(void *arg, const struct asli_key *key, uint64_t row)
{
    (void)row;
    return add_one(arg, key);
}

static int add_children(struct dumping *d, const struct asli_summary *s);

/* A child has the definition of its parent. */
static int add_records(struct dumping *d, const struct asli_summary *s)
{
    struct asli_key keys[] = {
        asli_key_machine(s->machine_hash),
        asli_key_id(ASLI_KEY_EXECUTION, s->id),
        asli_key_id(ASLI_KEY_RUNNING, s->id),
    };
    struct asli_key from = asli_key_id(ASLI_KEY_ROWS, s->id), to = asli_key_after(from);
    int rc = 0;
    for (size_t i = s->kin.parent ? 1 : 0; !rc && i < sizeof keys / sizeof *keys; i++)
        rc = add_one(d, &keys[i]);
    if (!rc)
        rc = asl_store_scan(d->store, d->snapshot, asli_key_slice(&from),
                            asli_key_slice(&to), 0, add_record, d, d->reterr);
    if (!rc)
        rc = asli_history_each(d->store, d->snapshot, s, add_history, d, d->reterr);
    return rc ? rc : add_children(d, s);
}

struct family {
    struct dumping *d;
    uint64_t parent;
};

static int add_child(void *arg, asl_slice key, asl_slice value)
{
    const struct family *f = arg;
    struct asli_child_row row;
    struct asli_summary s;
    (void)key;
    int rc = asli_decode_child(value, &row, f->d->reterr);
    if (!rc && !row.id)
        return 0; /* Express: it has no records but this */
    if (!rc && row.id <= f->parent)
        rc = asli_damaged(f->d->reterr, "child record");
    if (!rc)
        rc = asli_summary_get(f->d->store, f->d->snapshot, row.id, &s, f->d->reterr);
    if (rc)
        return rc;
    rc = add_records(f->d, &s);
    asli_summary_done(&s);
    return rc;
}

static int add_children(struct dumping *d, const struct asli_summary *s)
{
    struct asli_key key = asli_key_row(s->id, ASLI_ROW_CHILD);
    struct family f = {d, s->id};
    return asli_scan(d->store, d->snapshot, &key, 0, add_child, &f, d->reterr);
}

static int put_definition(struct dumping *d, json_t *line, const struct asli_summary *s)
{
    struct asli_key key = asli_key_machine(s->machine_hash);
    struct asli_machine_row row;
    asl_slice value;
    int rc =
        asli_get_needed(d->store, d->snapshot, &key, "machine record", &value, d->reterr);
    if (!rc)
        rc = asli_decode_machine(value, &row, d->reterr);
    if (rc)
        return rc;
    if (json_object_set_new(line, "definition", json_stringn(row.definition, row.len)))
        rc = asli_oom(d->reterr);
    asli_machine_row_done(&row);
    return rc;
}

static int put_format(struct dumping *d, json_t *line)
{
    json_t *format = json_object();
    if (!format ||
        json_object_set_new(format, "dumpVersion", json_integer(ASLI_DUMP_VERSION)) ||
        json_object_set_new(format, "storeVersion", json_integer(ASLI_STORE_VERSION)) ||
        json_object_set_new(format, "virtualTime", json_boolean(d->is_virtual))) {
        json_decref(format);
        return asli_oom(d->reterr);
    }
    return json_object_set_new(line, "libasl", format) ? asli_oom(d->reterr) : 0;
}

static int fill_line(struct dumping *d, json_t *line, const struct asli_summary *s)
{
    json_t *part = NULL;
    int rc = put_format(d, line);
    if (!rc)
        rc = asl_describe(d->store, s->arn, &part, d->reterr);
    if (!rc && json_object_set_new(line, "execution", part))
        rc = asli_oom(d->reterr);
    if (!rc)
        rc = put_definition(d, line, s);
    if (!rc)
        rc = asl_history(d->store, s->arn, &part, d->reterr);
    if (!rc && json_object_set_new(line, "history", part))
        rc = asli_oom(d->reterr);
    if (!rc && json_object_set_new(line, "records", d->records = json_array()))
        return asli_oom(d->reterr);
    return rc ? rc : add_records(d, s);
}

static int dump_one(struct dumping *d, uint64_t id, asl_line_fn *fn, void *arg)
{
    ASLI_AUTO(json) json_t *line = json_object();
    ASLI_AUTO(text) char *text = NULL;
    struct asli_summary s;
    size_t len;
    if (!line)
        return asli_oom(d->reterr);
    int rc = asli_summary_get(d->store, d->snapshot, id, &s, d->reterr);
    if (rc)
        return rc;
    bool child = s.kin.parent != 0; /* it is in its parent's line */
    rc = child ? 0 : fill_line(d, line, &s);
    asli_summary_done(&s);
    if (child)
        return 0;
    if (!rc)
        rc = asli_json_text(line, &text, &len, d->reterr);
    return rc ? rc : fn(arg, text, len);
}

/* ---- all ---- */

static int visit_id(void *arg, asl_slice key, asl_slice value)
{
    uint64_t id = asli_key_read_u64(key, 2);
    (void)value;
    asli_bytes_add(arg, &id, sizeof id);
    return ((struct asli_bytes *)arg)->oom;
}

static int find_one(struct dumping *d, const char *execution, uint64_t *ret_id)
{
    struct asli_summary s;
    int rc = asli_find_execution(d->store, d->snapshot, execution, ret_id, d->reterr);
    if (!rc)
        rc = asli_summary_get(d->store, d->snapshot, *ret_id, &s, d->reterr);
    if (rc)
        return rc;
    rc = asli_upkeep_own(d->store, d->snapshot, &s, "dump", d->reterr);
    asli_summary_done(&s);
    return rc;
}

static int find_ids(struct dumping *d, const char *execution, struct asli_bytes *ids)
{
    struct asli_key from = asli_key_of(ASLI_KEY_EXECUTION), to = asli_key_after(from);
    uint64_t id;
    int rc;
    if (execution) {
        rc = find_one(d, execution, &id);
        if (!rc)
            asli_bytes_add(ids, &id, sizeof id);
    } else {
        rc = asl_store_scan(d->store, d->snapshot, asli_key_slice(&from),
                            asli_key_slice(&to), 0, visit_id, ids, d->reterr);
    }
    return ids->oom ? asli_oom(d->reterr) : rc;
}

static int dump(struct dumping *d, const char *execution, asl_line_fn *fn, void *arg)
{
    struct asli_bytes ids = {0};
    int rc = find_ids(d, execution, &ids);
    for (size_t i = 0; !rc && i < ids.len; i += sizeof(uint64_t)) {
        uint64_t id;
        memcpy(&id, ids.data + i, sizeof id);
        rc = dump_one(d, id, fn, arg);
    }
    asli_bytes_done(&ids);
    return rc;
}

int asl_dump(asl_store *store, const char *execution, asl_line_fn *line, void *arg,
             asl_error *reterr)
{
    struct asli_upkeep u; /* reads the version */
    struct view view = {.store = store};
    struct dumping d = {.reterr = reterr};
    int rc = asli_upkeep_open(&u, store, reterr);
    asli_upkeep_done(&u);
    d.is_virtual = u.is_virtual;
    if (!rc)
        rc = asl_store_snapshot(store, &view.snapshot, reterr);
    if (rc)
        return rc;
    d.snapshot = view.snapshot;
    rc = asl_store_new(&view_ops, &view, &d.store, reterr);
    if (!rc) {
        rc = dump(&d, execution, line, arg);
        asl_store_free(d.store);
    }
    asl_store_release(store, view.snapshot);
    return rc;
}
