/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_load: a line of a dump becomes an execution again. The records are put into a store in
 * memory first and checked there like any store; what passes is copied, under free ids.
 *
 * Invariant: until the last batch the rows stand under a removal row, so that an interrupted load
 * leaves nothing behind. Children are found by the rows of their parent, which come before them;
 * the one at hand has a removal row too.
 */
#include <asl/maintain.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/upkeep/record_text.h"
#include "engine/upkeep/upgrade.h"
#include "engine/upkeep/upkeep.h"

struct restoring {
    asl_store *from; /* in memory: the records */
    void *snapshot;  /* of it */
    bool is_virtual;
    unsigned version; /* of the records */
    const struct asli_upgrade_step *steps;
    struct asli_summary s; /* the execution's */
    struct asli_bytes ids; /* uint64_t: its own, then those of its children, rising */
    struct asli_upkeep u;  /* of the target */
    uint64_t first;        /* the ids there: from here on; 0: the same */
    size_t rank;           /* which of `ids` is copied */
    uint64_t row, own_row; /* the last history row that was put, of that one and of `s` */
    bool marked, own_marked;
    asl_error *reterr;
};

static uint64_t old_id(const struct restoring *r, size_t rank)
{
    uint64_t id;
    memcpy(&id, r->ids.data + rank * sizeof id, sizeof id);
    return id;
}

static uint64_t new_id(const struct restoring *r, uint64_t id)
{
    size_t low = 0, high = r->ids.len / sizeof id;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (old_id(r, middle) < id)
            low = middle + 1;
        else
            high = middle;
    }
    return r->first ? r->first + low : id;
}

/* ---- the line ---- */

static int read_format(struct restoring *r, const json_t *line)
{
    const json_t *format = json_object_get(line, "libasl");
    json_int_t dump = json_integer_value(json_object_get(format, "dumpVersion"));
    json_int_t store = json_integer_value(json_object_get(format, "storeVersion"));
    if (!dump || !store)
        return asl_error_set(r->reterr, ASL_EFORMAT, "this is no line of a dump");
    r->version = store > 0 && store <= 255 ? (unsigned)store : 0;
    if (dump != ASLI_DUMP_VERSION || !asli_can_upgrade(r->steps, r->version))
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

/* Kinds of which a line has no rows are refused, so that check sees what is loaded and no more; and
 * batches no store ever reaches, after which there would be no next one. */
static bool belongs(const struct asli_bytes *key)
{
    unsigned char kind = key->len > 2 && !key->data[0] ? (unsigned char)key->data[1] : 0;
    if (kind == ASLI_KEY_HISTORY)
        return !(key->data[2] & 0x80);
    return kind == ASLI_KEY_MACHINE || kind == ASLI_KEY_EXECUTION ||
           kind == ASLI_KEY_RUNNING || kind == ASLI_KEY_ROWS;
}

static int put_upgraded(struct restoring *r, struct asli_upkeep *u, asl_slice key,
                        asl_slice value)
{
    struct asli_bytes now = {0};
    int rc = 0;
    if (r->version != ASLI_STORE_VERSION) {
        rc = asli_upgrade_row(r->steps, r->version, key, value, &now, r->reterr);
        value = (asl_slice){now.data, now.len};
    }
    if (!rc && value.len)
        asli_upkeep_put(u, key, value);
    asli_bytes_done(&now);
    return rc;
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
        rc = put_upgraded(r, u, (asl_slice){k.data, k.len}, (asl_slice){v.data, v.len});
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

struct naming {
    struct restoring *r;
    struct asli_upkeep u; /* of the records */
};

/* The name row is not dumped: it follows from the execution's. */
static int visit_summary(void *arg, asl_slice key, asl_slice value)
{
    struct naming *n = arg;
    struct restoring *r = n->r;
    struct asli_summary s;
    uint64_t id = asli_key_read_u64(key, 2);
    int rc = asli_decode_execution(value, id, &s, r->reterr);
    if (rc)
        return rc;
    if (!s.kin.parent != !r->ids.len)
        rc = asl_error_set(r->reterr, ASL_EFORMAT,
                           "the line has several executions, or begins with a child");
    put_name(&n->u, &s, id);
    asli_bytes_add(&r->ids, &id, sizeof id);
    if (rc || r->s.name)
        asli_summary_done(&s);
    else
        r->s = s;
    return rc ? rc : r->ids.oom ? asli_oom(r->reterr) : 0;
}

static int read_summaries(struct restoring *r)
{
    struct naming n = {.r = r};
    struct asli_key key = asli_key_of(ASLI_KEY_EXECUTION);
    void *snapshot;
    int rc = asli_upkeep_open(&n.u, r->from, r->reterr);
    if (!rc)
        rc = asl_store_snapshot(r->from, &snapshot, r->reterr);
    if (!rc) {
        rc = asli_scan(r->from, snapshot, &key, 0, visit_summary, &n, r->reterr);
        asl_store_release(r->from, snapshot);
    }
    if (!rc && !r->s.name)
        rc = asl_error_set(r->reterr, ASL_EFORMAT, "the line has no execution");
    if (!rc)
        rc = asli_upkeep_apply(&n.u);
    asli_upkeep_done(&n.u);
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

static const enum asli_key_kind kinds[] = {ASLI_KEY_EXECUTION, ASLI_KEY_ROWS,
                                           ASLI_KEY_RUNNING, ASLI_KEY_REMOVAL,
                                           ASLI_KEY_START};
#define KINDS (sizeof kinds / sizeof *kinds)

static int last_id(void *arg, asl_slice key, asl_slice value)
{
    uint64_t id = asli_key_read_u64(key, 2), *last = arg;
    (void)value;
    if (id > *last)
        *last = id;
    return 1;
}

/* Whether there are rows of this id. */
static int is_taken(struct restoring *r, void *snapshot, uint64_t id, bool *taken)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct asli_key one = asli_key_id(kinds[i], id), after = asli_key_after(one);
        uint64_t hit = 0;
        int rc = asl_store_scan(r->u.store, snapshot, asli_key_slice(&one),
                                asli_key_slice(&after), 0, last_id, &hit, r->reterr);
        if (rc < 0)
            return rc;
        *taken |= hit != 0;
    }
    *taken |= id == 0 || id > INT64_MAX;
    return 0;
}

/* The ids stay if all are free. */
static int find_ids(struct restoring *r, void *snapshot)
{
    uint64_t last = 0;
    bool taken = false;
    for (size_t i = 0; i < KINDS; i++) {
        struct asli_key all = asli_key_of(kinds[i]), end = asli_key_after(all);
        int rc = asl_store_scan(r->u.store, snapshot, asli_key_slice(&all),
                                asli_key_slice(&end), 1, last_id, &last, r->reterr);
        if (rc < 0)
            return rc;
    }
    for (size_t i = 0; i < r->ids.len / sizeof(uint64_t) && !taken; i++) {
        int rc = is_taken(r, snapshot, old_id(r, i), &taken);
        if (rc)
            return rc;
    }
    r->first = taken ? last + 1 : 0;
    return 0;
}

static int summary_at(struct restoring *r, size_t rank, struct asli_summary *s)
{
    return asli_summary_get(r->from, r->snapshot, old_id(r, rank), s, r->reterr);
}

static int check_name(struct restoring *r, void *snapshot, size_t rank)
{
    struct asli_summary s;
    uint64_t other;
    int rc = summary_at(r, rank, &s);
    if (rc)
        return rc;
    rc = asli_find_execution(r->u.store, snapshot, s.arn, &other, NULL);
    if (!rc)
        rc = asl_error_set(r->reterr, ASL_EEXISTS, "Execution Already Exists: '%s'",
                           s.arn);
    else if (rc != ASL_ENOTFOUND)
        asl_error_set(r->reterr, rc, "the names of the store cannot be read");
    asli_summary_done(&s);
    return rc == ASL_ENOTFOUND ? 0 : rc;
}

static int prepare(struct restoring *r)
{
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
    for (size_t i = 0; !rc && i < r->ids.len / sizeof(uint64_t); i++)
        rc = check_name(r, snapshot, i);
    if (!rc)
        rc = find_ids(r, snapshot);
    asl_store_release(r->u.store, snapshot);
    return rc;
}

/* Rows that name other executions. */
static int put_rewritten(struct restoring *r, const struct asli_key *key, asl_slice value,
                         bool is_child)
{
    struct asli_child_row row;
    struct asli_summary s = {0};
    int rc = asli_value_verify(&value, r->reterr);
    if (!rc)
        rc = is_child ? asli_decode_child(value, &row, r->reterr)
                      : asli_decode_execution(value, old_id(r, r->rank), &s, r->reterr);
    if (rc)
        return rc;
    asli_upkeep_begin(&r->u, asli_key_slice(key));
    size_t start = r->u.bytes.len;
    if (is_child) {
        row.id = row.id ? new_id(r, row.id) : 0;
        asli_encode_child(&r->u.bytes, &row);
    } else {
        asli_encode_adopted(&r->u.bytes, value, &s, new_id(r, s.kin.parent));
    }
    asli_value_end(&r->u.bytes, start);
    asli_upkeep_end(&r->u);
    asli_summary_done(&s);
    return 0;
}

static int put_renamed(struct restoring *r, asl_slice key, asl_slice value)
{
    uint64_t to = new_id(r, old_id(r, r->rank));
    struct asli_key id = asli_key_id(ASLI_KEY_EXECUTION, to), k = {.len = key.len};
    memcpy(k.bytes, key.data, key.len);
    unsigned char kind = k.bytes[1];
    if (kind == ASLI_KEY_HISTORY) {
        r->row = asli_key_read_u64(key, 2);
        k = asli_key_history(r->row, to);
    } else if (kind != ASLI_KEY_MACHINE) {
        memcpy(k.bytes + 2, id.bytes + 2, 8);
    }
    bool is_child = kind == ASLI_KEY_ROWS && k.bytes[10] == ASLI_ROW_CHILD;
    if (r->first && (is_child || (kind == ASLI_KEY_EXECUTION && r->rank)))
        return put_rewritten(r, &k, value, is_child);
    asli_upkeep_put(&r->u, asli_key_slice(&k), value);
    return 0;
}

/* Under the removal rows of the first execution and of the one at hand. */
static int flush(struct restoring *r)
{
    asli_upkeep_mark(&r->u, new_id(r, old_id(r, 0)), r->rank ? r->own_row : r->row);
    if (r->rank)
        asli_upkeep_mark(&r->u, new_id(r, old_id(r, r->rank)), r->row);
    r->marked = r->own_marked = true;
    return asli_upkeep_apply(&r->u);
}

static int visit_row(void *arg, asl_slice key, asl_slice value)
{
    struct restoring *r = arg;
    int rc = 0;
    if (asli_upkeep_count(&r->u) >= ASLI_UPKEEP_OPS || r->u.bytes.len > ASLI_BATCH_BYTES)
        rc = flush(r);
    return rc ? rc : put_renamed(r, key, value);
}

static int copy_one(struct restoring *r, const struct asli_key *key)
{
    asl_slice value;
    int rc = asl_store_get(r->from, r->snapshot, asli_key_slice(key), &value, r->reterr);
    if (rc) /* only one that runs has a wake */
        return rc == ASL_ENOTFOUND ? 0 : rc;
    return ((const char *)asli_key_slice(key).data)[1] == ASLI_KEY_HISTORY
               ? visit_row(r, asli_key_slice(key), value)
               : put_renamed(r, asli_key_slice(key), value);
}

static int copy_history(void *arg, const struct asli_key *key, uint64_t row)
{
    (void)row;
    return copy_one(arg, key);
}

static int copy_rows(struct restoring *r, const struct asli_summary *s)
{
    struct asli_key rows = asli_key_id(ASLI_KEY_ROWS, s->id), to = asli_key_after(rows);
    r->row = 0;
    r->marked = false;
    int rc = asl_store_scan(r->from, r->snapshot, asli_key_slice(&rows),
                            asli_key_slice(&to), 0, visit_row, r, r->reterr);
    if (rc)
        return rc;
    /* The first batch first: under the removal row there is always a chain. */
    return asli_history_each(r->from, r->snapshot, s, copy_history, r, r->reterr);
}

/* What makes it an execution. */
static int copy_head(struct restoring *r, const struct asli_summary *s, bool marked)
{
    struct asli_key heads[] = {
        asli_key_machine(s->machine_hash),
        asli_key_id(ASLI_KEY_EXECUTION, s->id),
        asli_key_id(ASLI_KEY_RUNNING, s->id),
    };
    int rc = 0;
    for (size_t i = s->kin.parent ? 1 : 0; !rc && i < sizeof heads / sizeof *heads; i++)
        rc = copy_one(r, &heads[i]);
    put_name(&r->u, s, new_id(r, s->id));
    struct asli_key mark = asli_key_id(ASLI_KEY_REMOVAL, new_id(r, s->id));
    if (marked)
        asli_upkeep_delete(&r->u, asli_key_slice(&mark));
    return rc;
}

static int copy_child(struct restoring *r)
{
    struct asli_summary s;
    int rc = summary_at(r, r->rank, &s);
    if (rc)
        return rc;
    rc = copy_rows(r, &s);
    if (!rc)
        rc = copy_head(r, &s, r->marked);
    asli_summary_done(&s);
    return rc;
}

static int copy_all(struct restoring *r)
{
    int rc = copy_rows(r, &r->s);
    r->own_row = r->row;
    for (r->rank = 1; !rc && r->rank < r->ids.len / sizeof(uint64_t); r->rank++)
        rc = copy_child(r);
    r->rank = 0;
    if (!rc)
        rc = copy_head(r, &r->s, r->own_marked);
    return rc ? rc : asli_upkeep_apply(&r->u);
}

static int copy(struct restoring *r)
{
    int rc = asl_store_snapshot(r->from, &r->snapshot, r->reterr);
    if (rc)
        return rc;
    rc = prepare(r);
    if (!rc)
        rc = copy_all(r);
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
        rc = read_summaries(r);
    if (!rc)
        rc = check_records(r);
    return rc ? rc : copy(r);
}

int asl_load(asl_store *store, const char *line, size_t len, char **ret_arn,
             asl_error *reterr)
{
    return asli_load(store, line, len, asli_upgrade_steps, ret_arn, reterr);
}

int asli_load(asl_store *store, const char *line, size_t len,
              const struct asli_upgrade_step *steps, char **ret_arn, asl_error *reterr)
{
    struct restoring r = {.steps = steps, .reterr = reterr};
    int rc = asli_upkeep_open(&r.u, store, reterr);
    if (!rc)
        rc = restore(&r, line, len == (size_t)-1 ? strlen(line) : len);
    if (!rc && ret_arn) {
        *ret_arn = r.s.arn;
        r.s.arn = NULL;
    }
    asli_summary_done(&r.s);
    asli_bytes_done(&r.ids);
    asli_upkeep_done(&r.u);
    asl_store_free(r.from);
    return rc;
}
