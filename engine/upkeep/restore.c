/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_load: a line of a dump becomes an execution again. The records are put into a store in
 * memory first and checked there like any store; what passes is copied, under a free id.
 *
 * Invariant: until the last batch the rows stand under a removal row, so that an interrupted load
 * leaves nothing behind.
 */
#include <asl/maintain.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/upkeep/record_text.h"
#include "engine/upkeep/upkeep.h"

struct restoring {
    asl_store *from; /* in memory: the records */
    void *snapshot;  /* of it */
    bool is_virtual;
    struct asli_summary s;
    struct asli_upkeep u; /* of the target */
    uint64_t id;
    uint64_t row; /* the last history row that was put */
    bool marked;
    asl_error *reterr;
};

/* ---- the line ---- */

static int read_format(struct restoring *r, const json_t *line)
{
    const json_t *format = json_object_get(line, "libasl");
    json_int_t dump = json_integer_value(json_object_get(format, "dumpVersion"));
    json_int_t store = json_integer_value(json_object_get(format, "storeVersion"));
    if (!dump || !store)
        return asl_error_set(r->reterr, ASL_EFORMAT, "this is no line of a dump");
    if (dump != ASLI_DUMP_VERSION || store != ASLI_STORE_VERSION)
        return asl_error_set(
            r->reterr, ASL_EFORMAT,
            "the dump has version %lld of a store of version %lld; this libasl reads "
            "version %d of %d",
            (long long)dump, (long long)store, ASLI_DUMP_VERSION, ASLI_STORE_VERSION);
    r->is_virtual = json_is_true(json_object_get(format, "virtualTime"));
    return 0;
}

static int bad_record(struct restoring *r, size_t i)
{
    return asl_error_set(r->reterr, ASL_EFORMAT, "record %zu of the line is damaged", i);
}

/* Kinds of which a line has no rows are refused, so that check sees one execution and no more; and
 * batches no store ever reaches, after which there would be no next one. */
static bool belongs(const struct asli_bytes *key)
{
    unsigned char kind = key->len > 2 && !key->data[0] ? (unsigned char)key->data[1] : 0;
    if (kind == ASLI_KEY_HISTORY)
        return !(key->data[2] & 0x80);
    return kind == ASLI_KEY_MACHINE || kind == ASLI_KEY_EXECUTION ||
           kind == ASLI_KEY_RUNNING || kind == ASLI_KEY_ROWS;
}

static int put_record(struct restoring *r, struct asli_upkeep *u, const json_t *pair,
                      size_t i)
{
    const json_t *key = json_array_get(pair, 0), *value = json_array_get(pair, 1);
    struct asli_bytes k = {0}, v = {0};
    int rc = 0;
    if (!json_is_string(key) || !json_is_string(value) ||
        !asli_hex_read(json_string_value(key), json_string_length(key), &k) ||
        !asli_base64_read(json_string_value(value), json_string_length(value), &v) ||
        (!k.oom && !belongs(&k)) || k.len > 64)
        rc = bad_record(r, i);
    else if (k.oom || v.oom)
        rc = asli_oom(r->reterr);
    else
        asli_upkeep_put(u, (asl_slice){k.data, k.len}, (asl_slice){v.data, v.len});
    asli_bytes_done(&k);
    asli_bytes_done(&v);
    return rc;
}

static int put_records(struct restoring *r, const json_t *line)
{
    const json_t *records = json_object_get(line, "records");
    struct asli_upkeep u;
    int rc = asli_upkeep_open(&u, r->from, r->reterr);
    for (size_t i = 0; !rc && i < json_array_size(records); i++)
        rc = put_record(r, &u, json_array_get(records, i), i);
    if (!rc)
        rc = asli_upkeep_take(&u); /* with them */
    asli_upkeep_done(&u);
    return rc;
}

/* ---- what the records say ---- */

static int visit_summary(void *arg, asl_slice key, asl_slice value)
{
    struct restoring *r = arg;
    uint64_t id = asli_key_read_u64(key, 2);
    if (r->s.name)
        return asl_error_set(r->reterr, ASL_EFORMAT, "the line has several executions");
    return asli_decode_execution(value, id, &r->s, r->reterr);
}

static int read_summary(struct restoring *r)
{
    struct asli_key key = asli_key_of(ASLI_KEY_EXECUTION);
    void *snapshot;
    int rc = asl_store_snapshot(r->from, &snapshot, r->reterr);
    if (rc)
        return rc;
    rc = asli_scan(r->from, snapshot, &key, 0, visit_summary, r, r->reterr);
    asl_store_release(r->from, snapshot);
    if (!rc && !r->s.name)
        rc = asl_error_set(r->reterr, ASL_EFORMAT, "the line has no execution");
    return rc;
}

static void put_name(struct asli_upkeep *u, const struct asli_summary *s, uint64_t id)
{
    struct asli_key key = asli_key_name(s->name, s->arn);
    asli_upkeep_begin(u, asli_key_slice(&key));
    size_t start = u->bytes.len;
    asli_bytes_u8(&u->bytes, ASLI_FORMAT);
    asli_bytes_be64(&u->bytes, id);
    asli_value_end(&u->bytes, start);
    asli_upkeep_end(u);
}

/* The name row is not dumped: it follows from the execution's. */
static int add_name(struct restoring *r)
{
    struct asli_upkeep u;
    int rc = asli_upkeep_open(&u, r->from, r->reterr);
    if (!rc) {
        put_name(&u, &r->s, r->s.id);
        rc = asli_upkeep_apply(&u);
    }
    asli_upkeep_done(&u);
    return rc;
}

static void first_problem(void *arg, const asl_problem *problem)
{
    char *text = arg;
    if (!*text)
        snprintf(text, 512, "%s: %s", problem->key, problem->text);
}

static int check_records(struct restoring *r)
{
    char text[512] = "";
    asl_check_counts counts = {0};
    int rc = asl_check(r->from, first_problem, text, &counts, r->reterr);
    if (!rc && counts.problems)
        rc = asl_error_set(r->reterr, ASL_EFORMAT, "the line is damaged: %s", text);
    return rc;
}

/* ---- the target ---- */

static int last_id(void *arg, asl_slice key, asl_slice value)
{
    uint64_t id = asli_key_read_u64(key, 2), *last = arg;
    (void)value;
    if (id > *last)
        *last = id;
    return 1;
}

static int find_id(struct restoring *r, void *snapshot)
{
    static const enum asli_key_kind kinds[] = {ASLI_KEY_EXECUTION, ASLI_KEY_ROWS,
                                               ASLI_KEY_RUNNING, ASLI_KEY_REMOVAL,
                                               ASLI_KEY_START};
    uint64_t last = 0;
    bool taken = r->s.id == 0 || r->s.id > INT64_MAX;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct asli_key all = asli_key_of(kinds[i]), end = asli_key_after(all);
        struct asli_key one = asli_key_id(kinds[i], r->s.id), after = asli_key_after(one);
        uint64_t hit = 0;
        int rc = asl_store_scan(r->u.store, snapshot, asli_key_slice(&all),
                                asli_key_slice(&end), 1, last_id, &last, r->reterr);
        if (rc >= 0)
            rc = asl_store_scan(r->u.store, snapshot, asli_key_slice(&one),
                                asli_key_slice(&after), 0, last_id, &hit, r->reterr);
        if (rc < 0)
            return rc;
        taken |= hit != 0;
    }
    r->id = taken ? last + 1 : r->s.id;
    return 0;
}

static int prepare(struct restoring *r)
{
    uint64_t other;
    void *snapshot;
    if (r->u.is_new)
        r->u.is_virtual = r->is_virtual;
    if (r->u.is_virtual != r->is_virtual)
        return asl_error_set(r->reterr, ASL_EINVAL,
                             "the dump is of a store of %s time, this one has %s time",
                             r->is_virtual ? "virtual" : "real",
                             r->is_virtual ? "real" : "virtual");
    int rc = asli_upkeep_take(&r->u);
    if (!rc)
        rc = asl_store_snapshot(r->u.store, &snapshot, r->reterr);
    if (rc)
        return rc;
    rc = asli_find_execution(r->u.store, snapshot, r->s.arn, &other, NULL);
    if (rc == ASL_ENOTFOUND)
        rc = find_id(r, snapshot);
    else if (!rc)
        rc = asl_error_set(r->reterr, ASL_EEXISTS, "Execution Already Exists: '%s'",
                           r->s.arn);
    else
        asl_error_set(r->reterr, rc, "the names of the store cannot be read");
    asl_store_release(r->u.store, snapshot);
    return rc;
}

static void put_renamed(struct restoring *r, asl_slice key, asl_slice value)
{
    struct asli_key id = asli_key_id(ASLI_KEY_EXECUTION, r->id), k = {.len = key.len};
    memcpy(k.bytes, key.data, key.len);
    if (k.bytes[1] == ASLI_KEY_HISTORY) {
        r->row = asli_key_read_u64(key, 2);
        k = asli_key_history(r->row, r->id);
    } else if (k.bytes[1] != ASLI_KEY_MACHINE) {
        memcpy(k.bytes + 2, id.bytes + 2, 8);
    }
    asli_upkeep_put(&r->u, asli_key_slice(&k), value);
}

static int visit_row(void *arg, asl_slice key, asl_slice value)
{
    struct restoring *r = arg;
    int rc = 0;
    if (asli_upkeep_count(&r->u) >= ASLI_UPKEEP_OPS ||
        r->u.bytes.len > ASLI_BATCH_BYTES) {
        r->marked = true;
        asli_upkeep_mark(&r->u, r->id, r->row);
        rc = asli_upkeep_apply(&r->u);
    }
    if (!rc)
        put_renamed(r, key, value);
    return rc;
}

static int copy_one(struct restoring *r, const struct asli_key *key)
{
    asl_slice value;
    int rc = asl_store_get(r->from, r->snapshot, asli_key_slice(key), &value, r->reterr);
    if (!rc)
        put_renamed(r, asli_key_slice(key), value);
    return rc == ASL_ENOTFOUND ? 0 : rc; /* only one that runs has a wake */
}

static int copy_rows(struct restoring *r)
{
    struct asli_key rows = asli_key_id(ASLI_KEY_ROWS, r->s.id), to = asli_key_after(rows);
    struct asli_key history = asli_key_of(ASLI_KEY_HISTORY),
                    end = asli_key_after(history);
    struct asli_key heads[] = {
        asli_key_machine(r->s.machine_hash),
        asli_key_id(ASLI_KEY_EXECUTION, r->s.id),
        asli_key_id(ASLI_KEY_RUNNING, r->s.id),
    };
    int rc = asl_store_scan(r->from, r->snapshot, asli_key_slice(&rows),
                            asli_key_slice(&to), 0, visit_row, r, r->reterr);
    if (!rc) /* the first batch first: under the removal row there is always a chain */
        rc = asl_store_scan(r->from, r->snapshot, asli_key_slice(&history),
                            asli_key_slice(&end), 0, visit_row, r, r->reterr);
    for (size_t i = 0; !rc && i < sizeof heads / sizeof *heads; i++)
        rc = copy_one(r, &heads[i]);
    if (rc)
        return rc;
    put_name(&r->u, &r->s, r->id);
    if (r->marked) {
        struct asli_key mark = asli_key_id(ASLI_KEY_REMOVAL, r->id);
        asli_upkeep_delete(&r->u, asli_key_slice(&mark));
    }
    return asli_upkeep_apply(&r->u);
}

static int copy(struct restoring *r)
{
    int rc = prepare(r);
    if (!rc)
        rc = asl_store_snapshot(r->from, &r->snapshot, r->reterr);
    if (rc)
        return rc;
    rc = copy_rows(r);
    asl_store_release(r->from, r->snapshot);
    return rc;
}

static int restore(struct restoring *r, const char *text, size_t len)
{
    ASLI_AUTO(json) json_t *line = NULL;
    int rc = asli_json_read(text, len, &line, r->reterr);
    if (!rc)
        rc = read_format(r, line);
    if (!rc)
        rc = asl_store_mem(&r->from, r->reterr);
    if (!rc)
        rc = put_records(r, line);
    if (!rc)
        rc = read_summary(r);
    if (!rc)
        rc = add_name(r);
    if (!rc)
        rc = check_records(r);
    return rc ? rc : copy(r);
}

int asl_load(asl_store *store, const char *line, size_t len, char **ret_arn,
             asl_error *reterr)
{
    struct restoring r = {.reterr = reterr};
    int rc = asli_upkeep_open(&r.u, store, reterr);
    if (!rc)
        rc = restore(&r, line, len == (size_t)-1 ? strlen(line) : len);
    if (!rc && ret_arn) {
        *ret_arn = r.s.arn;
        r.s.arn = NULL;
    }
    asli_summary_done(&r.s);
    asli_upkeep_done(&r.u);
    asl_store_free(r.from);
    return rc;
}
