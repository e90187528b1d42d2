/* SPDX-License-Identifier: Apache-2.0
 *
 * See upkeep.h. No snapshot lives while a batch is applied: a store that has to grow waits for
 * them. So a removal reads keys, lets go, applies, and reads again.
 */
#include "engine/upkeep/upkeep.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/upkeep/upgrade.h"

#define CHILDREN 1024 /* of one parent, read at a time */

/* ---- opening ---- */

static int read_head(struct asli_upkeep *u, void *snapshot, unsigned *version)
{
    struct asli_key key = asli_key_of(ASLI_KEY_LEASE);
    struct asli_store_head head = {0};
    asl_slice v;
    int rc = asli_store_head(u->store, snapshot, &head, u->reterr);
    if (rc)
        return rc;
    *version = head.version;
    u->is_new = head.is_new;
    u->is_virtual = head.is_virtual;
    rc = asl_store_get(u->store, snapshot, asli_key_slice(&key), &v, u->reterr);
    u->leased = rc == 0;
    u->epoch = rc == 0 ? asli_key_read_u64(v, 0) : 0;
    return rc == ASL_ENOTFOUND ? 0 : rc;
}

int asli_upkeep_open_any(struct asli_upkeep *u, asl_store *store, unsigned *ret_version,
                         asl_error *reterr)
{
    void *snapshot;
    memset(u, 0, sizeof *u);
    u->store = store;
    u->reterr = reterr;
    int rc = asl_store_snapshot(store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = read_head(u, snapshot, ret_version);
    asl_store_release(store, snapshot);
    return rc;
}

int asli_upkeep_open(struct asli_upkeep *u, asl_store *store, asl_error *reterr)
{
    unsigned version;
    int rc = asli_upkeep_open_any(u, store, &version, reterr);
    return rc ? rc : asli_version_check(version, reterr);
}

void asli_upkeep_done(struct asli_upkeep *u)
{
    asli_bytes_done(&u->bytes);
    asli_bytes_done(&u->ops);
}

/* ---- the open batch ---- */

size_t asli_upkeep_count(const struct asli_upkeep *u)
{
    return u->ops.len / sizeof(asl_op);
}

static void add_op(struct asli_upkeep *u, enum asl_op_kind kind, asl_slice key)
{
    asl_op op = {.kind = kind};
    op.key = (asl_slice){(void *)(uintptr_t)u->bytes.len, key.len};
    asli_bytes_add(&u->bytes, key.data, key.len);
    op.value.data = (void *)(uintptr_t)u->bytes.len;
    asli_bytes_add(&u->ops, &op, sizeof op);
}

void asli_upkeep_begin(struct asli_upkeep *u, asl_slice key)
{
    add_op(u, ASL_OP_PUT, key);
}

void asli_upkeep_end(struct asli_upkeep *u)
{
    if (u->ops.oom || u->bytes.oom)
        return;
    asl_op *op = (asl_op *)(void *)(u->ops.data + u->ops.len) - 1;
    op->value.len = u->bytes.len - (uintptr_t)op->value.data;
}

void asli_upkeep_put(struct asli_upkeep *u, asl_slice key, asl_slice value)
{
    asli_upkeep_begin(u, key);
    asli_bytes_add(&u->bytes, value.data, value.len);
    asli_upkeep_end(u);
}

void asli_upkeep_delete(struct asli_upkeep *u, asl_slice key)
{
    add_op(u, ASL_OP_DELETE, key);
}

static void delete_id(struct asli_upkeep *u, enum asli_key_kind kind, uint64_t id)
{
    struct asli_key key = asli_key_id(kind, id);
    asli_upkeep_delete(u, asli_key_slice(&key));
}

void asli_upkeep_mark(struct asli_upkeep *u, uint64_t id, uint64_t row)
{
    struct asli_key key = asli_key_id(ASLI_KEY_REMOVAL, id);
    size_t start = (asli_upkeep_begin(u, asli_key_slice(&key)), u->bytes.len);
    asli_bytes_u8(&u->bytes, ASLI_FORMAT);
    asli_bytes_uint(&u->bytes, row);
    asli_value_end(&u->bytes, start);
    asli_upkeep_end(u);
}

static void be64(unsigned char *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)(value >> (56 - 8 * i));
}

/* The batch with the lease before it. The next epoch is another one when it is being taken. */
static int apply(struct asli_upkeep *u, uint64_t next)
{
    struct asli_key lease = asli_key_of(ASLI_KEY_LEASE),
                    store = asli_key_of(ASLI_KEY_STORE);
    unsigned char old[8], new[8], version[2] = {ASLI_STORE_VERSION, u->is_virtual};
    size_t count = asli_upkeep_count(u), n = 0;
    asl_op *ops =
        u->bytes.oom || u->ops.oom ? NULL : asli_alloc((count + 3) * sizeof *ops);
    if (!ops)
        return asli_oom(u->reterr);
    be64(old, u->epoch);
    be64(new, next);
    ops[n++] = (asl_op){ASL_OP_EXPECT,
                        asli_key_slice(&lease),
                        {u->leased ? old : NULL, u->leased ? sizeof old : 0}};
    if (next != u->epoch)
        ops[n++] = (asl_op){ASL_OP_PUT, asli_key_slice(&lease), {new, sizeof new}};
    if (u->is_new)
        ops[n++] =
            (asl_op){ASL_OP_PUT, asli_key_slice(&store), {version, sizeof version}};
    const asl_op *open = (const asl_op *)(const void *)u->ops.data;
    for (size_t i = 0; i < count; i++) {
        asl_op op = open[i];
        op.key.data = u->bytes.data + (uintptr_t)op.key.data;
        op.value.data = u->bytes.data + (uintptr_t)op.value.data;
        ops[n++] = op;
    }
    asl_batch batch = {ops, n};
    int rc = asl_store_apply(u->store, &batch, u->reterr);
    asli_free(ops);
    if (rc)
        return rc;
    asli_bytes_reset(&u->bytes);
    asli_bytes_reset(&u->ops);
    u->epoch = next;
    u->leased = true;
    u->is_new = false;
    return 0;
}

int asli_upkeep_apply(struct asli_upkeep *u)
{
    if (u->bytes.oom || u->ops.oom)
        return asli_oom(u->reterr);
    return asli_upkeep_count(u) ? apply(u, u->epoch) : 0;
}

int asli_upkeep_lease(struct asli_upkeep *u)
{
    return apply(u, u->epoch + 1);
}

/* ---- removing ---- */

static bool is_full(const struct asli_upkeep *u)
{
    return asli_upkeep_count(u) >= ASLI_UPKEEP_OPS;
}

static int visit_key(void *arg, asl_slice key, asl_slice value)
{
    struct asli_upkeep *u = arg;
    (void)value;
    if (is_full(u))
        return 1;
    asli_upkeep_delete(u, key);
    return u->ops.oom;
}

/* From the last row backwards, so that what remains is a chain. One that is damaged ends there:
 * what it hides is in nobody's way. */
static int delete_history(struct asli_upkeep *u, void *snapshot, uint64_t id,
                          uint64_t *row)
{
    while (*row && !is_full(u) && !u->ops.oom) {
        struct asli_key key = asli_key_history(*row, id);
        struct asli_history_head head;
        int rc = asli_history_head(u->store, snapshot, id, *row, &head, u->reterr);
        if (rc && rc != ASL_EFORMAT)
            return rc;
        asli_upkeep_delete(u, asli_key_slice(&key));
        *row = rc ? 0 : head.previous;
    }
    return 0;
}

/* Deletes as many as the batch takes; *row is what remains of the history. */
static int delete_rows(struct asli_upkeep *u, uint64_t id, uint64_t *row, bool *ret_more)
{
    struct asli_key from = asli_key_id(ASLI_KEY_ROWS, id), to = asli_key_after(from);
    void *snapshot;
    int rc = asl_store_snapshot(u->store, &snapshot, u->reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(u->store, snapshot, asli_key_slice(&from), asli_key_slice(&to), 0,
                        visit_key, u, u->reterr);
    *ret_more = rc > 0;
    if (!rc)
        rc = delete_history(u, snapshot, id, row);
    asl_store_release(u->store, snapshot);
    *ret_more |= *row != 0;
    return rc < 0 ? rc : 0;
}

static void delete_head(struct asli_upkeep *u, uint64_t id, const struct asli_key *name)
{
    delete_id(u, ASLI_KEY_EXECUTION, id);
    delete_id(u, ASLI_KEY_RUNNING, id);
    if (name)
        asli_upkeep_delete(u, asli_key_slice(name));
}

static int remove_own(struct asli_upkeep *u, uint64_t id, uint64_t row,
                      const struct asli_key *name)
{
    for (;;) {
        size_t ops = u->ops.len, bytes = u->bytes.len;
        uint64_t rest = row;
        bool more;
        int rc = delete_rows(u, id, &rest, &more);
        if (rc)
            return rc;
        if (u->ops.oom || u->bytes.oom)
            return asli_oom(u->reterr);
        if (!more)
            break;
        if (ops) { /* another execution's: let this one begin a batch of its own */
            u->ops.len = ops;
            u->bytes.len = bytes;
        } else {
            delete_head(u, id, name);
            asli_upkeep_mark(u, id, row = rest);
        }
        if ((rc = asli_upkeep_apply(u)))
            return rc;
    }
    delete_head(u, id, name);
    delete_id(u, ASLI_KEY_REMOVAL, id);
    return is_full(u) ? asli_upkeep_apply(u) : 0;
}

/* ---- children: they go while the removal row of their parent stands ---- */

struct children {
    struct asli_upkeep *u;
    struct asli_bytes ids; /* uint64_t */
    struct asli_key from;  /* the first row that was not read */
};

static int visit_child(void *arg, asl_slice key, asl_slice value)
{
    struct children *c = arg;
    struct asli_child_row row;
    memcpy(c->from.bytes, key.data, key.len);
    c->from.len = key.len;
    if (c->ids.len >= CHILDREN * sizeof row.id)
        return 1;
    if (!asli_value_verify(&value, NULL) && !asli_decode_child(value, &row, NULL) &&
        row.id)
        asli_bytes_add(&c->ids, &row.id, sizeof row.id);
    return c->ids.oom ? asli_oom(c->u->reterr) : 0;
}

static int find_children(struct children *c, const struct asli_key *to, bool *ret_more)
{
    void *snapshot;
    asli_bytes_reset(&c->ids);
    int rc = asl_store_snapshot(c->u->store, &snapshot, c->u->reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(c->u->store, snapshot, asli_key_slice(&c->from),
                        asli_key_slice(to), 0, visit_child, c, c->u->reterr);
    asl_store_release(c->u->store, snapshot);
    *ret_more = rc > 0;
    return rc < 0 ? rc : 0;
}

/* With the end of its history, also of one that runs. */
static int read_child(struct asli_upkeep *u, uint64_t id, struct asli_summary *s,
                      asl_error *err)
{
    void *snapshot;
    int rc = asl_store_snapshot(u->store, &snapshot, err);
    if (rc)
        return rc;
    rc = asli_summary_find(u->store, snapshot, id, s, err);
    if (!rc && asli_history_end(u->store, snapshot, s, &s->row, NULL))
        s->row = 0; /* what cannot be found is in nobody's way */
    asl_store_release(u->store, snapshot);
    return rc;
}

/* One that is missing went before, or was not there yet; one that is damaged loses the rows that
 * can be found without it. */
static int remove_child(struct asli_upkeep *u, uint64_t parent, uint64_t id)
{
    struct asli_summary s = {0};
    asl_error err = {0};
    int rc = read_child(u, id, &s, &err);
    if (rc == ASL_EFORMAT)
        return remove_own(u, id, 0, NULL);
    if (rc)
        return rc == ASL_ENOTFOUND ? 0 : asli_error_pass(u->reterr, &err);
    struct asli_key name = asli_key_name(s.name, s.arn);
    if (s.kin.parent == parent && id > parent)
        rc = asli_upkeep_remove(u, id, s.row, &name);
    asli_summary_done(&s);
    return rc;
}

static int remove_children(struct asli_upkeep *u, uint64_t id, uint64_t row,
                           const struct asli_key *name)
{
    struct children c = {.u = u, .from = asli_key_row(id, ASLI_ROW_CHILD)};
    struct asli_key to = asli_key_after(c.from);
    bool more = true, marked = false;
    int rc = 0;
    while (!rc && more) {
        rc = find_children(&c, &to, &more);
        if (!rc && c.ids.len && !marked) {
            marked = true;
            delete_head(u, id, name);
            asli_upkeep_mark(u, id, row);
        }
        for (size_t i = 0; !rc && i < c.ids.len; i += sizeof(uint64_t)) {
            uint64_t child;
            memcpy(&child, c.ids.data + i, sizeof child);
            rc = remove_child(u, id, child);
        }
    }
    asli_bytes_done(&c.ids);
    return !rc && is_full(u) ? asli_upkeep_apply(u) : rc;
}

int asli_upkeep_remove(struct asli_upkeep *u, uint64_t id, uint64_t row,
                       const struct asli_key *name)
{
    int rc = remove_children(u, id, row, name);
    return rc ? rc : remove_own(u, id, row, name);
}

int asli_upkeep_own(asl_store *store, void *snapshot, const struct asli_summary *s,
                    const char *verb, asl_error *reterr)
{
    struct asli_summary parent;
    if (!s->kin.parent)
        return 0;
    int rc = asli_summary_get(store, snapshot, s->kin.parent, &parent, reterr);
    if (rc)
        return rc;
    asl_error_set(reterr, ASL_EINVAL, "'%s' is a child execution of '%s'; %s that one",
                  s->name, parent.arn, verb);
    asli_summary_done(&parent);
    return ASL_EINVAL;
}

/* ---- what was interrupted ---- */

struct mark {
    uint64_t id, row;
};

static int visit_mark(void *arg, asl_slice key, asl_slice value)
{
    struct asli_bytes *marks = arg;
    struct mark mark = {.id = asli_key_read_u64(key, 2)};
    struct asli_reader r;
    /* One that is damaged is still a removal. */
    if (!asli_value_verify(&value, NULL)) {
        asli_reader_init(&r, value.data, value.len);
        asli_read_u8(&r);
        mark.row = asli_read_uint(&r);
    }
    asli_bytes_add(marks, &mark, sizeof mark);
    return marks->oom;
}

static int find_marks(struct asli_upkeep *u, struct asli_bytes *marks)
{
    struct asli_key from = asli_key_of(ASLI_KEY_REMOVAL), to = asli_key_after(from);
    void *snapshot;
    int rc = asl_store_snapshot(u->store, &snapshot, u->reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(u->store, snapshot, asli_key_slice(&from), asli_key_slice(&to), 0,
                        visit_mark, marks, u->reterr);
    asl_store_release(u->store, snapshot);
    return rc > 0 ? asli_oom(u->reterr) : rc;
}

static int remove_marked(struct asli_upkeep *u, const struct asli_bytes *marks)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < marks->len; i += sizeof(struct mark)) {
        struct mark mark;
        memcpy(&mark, marks->data + i, sizeof mark);
        rc = asli_upkeep_remove(u, mark.id, mark.row, NULL);
    }
    return rc ? rc : asli_upkeep_apply(u);
}

int asli_upkeep_take(struct asli_upkeep *u)
{
    struct asli_bytes marks = {0};
    int rc = asli_upkeep_lease(u);
    if (!rc)
        rc = find_marks(u, &marks);
    if (!rc)
        rc = remove_marked(u, &marks);
    asli_bytes_done(&marks);
    return rc;
}

int asli_upkeep_finish(asl_store *store, asl_error *reterr)
{
    struct asli_upkeep u;
    struct asli_bytes marks = {0};
    int rc = asli_upkeep_open(&u, store, reterr);
    if (!rc && !u.is_new)
        rc = find_marks(&u, &marks);
    if (!rc && marks.len)
        rc = asli_upkeep_take(&u);
    asli_bytes_done(&marks);
    asli_upkeep_done(&u);
    return rc;
}

/* ---- definitions ---- */

struct hashes {
    struct asli_bytes keys; /* 16 bytes each, in order */
    struct asli_bytes used; /* a byte each */
    asli_skip_fn *skip;
    void *arg;
    asl_error *reterr;
};

static int visit_hash(void *arg, asl_slice key, asl_slice value)
{
    struct hashes *h = arg;
    (void)value;
    if (key.len != 18)
        return asli_damaged(h->reterr, "machine record");
    asli_bytes_add(&h->keys, (const char *)key.data + 2, 16);
    asli_bytes_u8(&h->used, 0);
    return h->keys.oom || h->used.oom ? asli_oom(h->reterr) : 0;
}

static void use(struct hashes *h, const unsigned char hash[16])
{
    size_t low = 0, high = h->used.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = memcmp(hash, h->keys.data + 16 * middle, 16);
        if (order == 0)
            h->used.data[middle] = 1;
        low = order > 0 ? middle + 1 : low;
        high = order > 0 ? high : middle;
    }
}

static int visit_user(void *arg, asl_slice key, asl_slice value)
{
    struct hashes *h = arg;
    struct asli_summary s;
    int rc = asli_decode_execution(value, asli_key_read_u64(key, 2), &s, h->reterr);
    if (rc)
        return rc;
    if (!s.kin.parent &&
        (!h->skip || !h->skip(h->arg, &s))) /* a child has its parent's */
        use(h, s.machine_hash);
    asli_summary_done(&s);
    return 0;
}

static int visit_start(void *arg, asl_slice key, asl_slice value)
{
    struct hashes *h = arg;
    struct asli_start_row row;
    (void)key;
    int rc = asli_decode_start(value, &row, h->reterr);
    if (rc)
        return rc;
    use(h, row.machine_hash);
    asli_start_row_done(&row);
    return 0;
}

static int find_unused(struct asli_upkeep *u, struct hashes *h)
{
    struct asli_key machines = asli_key_of(ASLI_KEY_MACHINE),
                    executions = asli_key_of(ASLI_KEY_EXECUTION),
                    starts = asli_key_of(ASLI_KEY_START);
    void *snapshot;
    int rc = asl_store_snapshot(u->store, &snapshot, u->reterr);
    if (rc)
        return rc;
    rc = asli_scan(u->store, snapshot, &machines, 0, visit_hash, h, u->reterr);
    if (!rc)
        rc = asli_scan(u->store, snapshot, &executions, 0, visit_user, h, u->reterr);
    if (!rc)
        rc = asli_scan(u->store, snapshot, &starts, 0, visit_start, h, u->reterr);
    asl_store_release(u->store, snapshot);
    return rc;
}

int asli_upkeep_unused(struct asli_upkeep *u, asli_skip_fn *skip, void *arg, bool dry_run,
                       size_t *count)
{
    struct hashes h = {.skip = skip, .arg = arg, .reterr = u->reterr};
    int rc = find_unused(u, &h);
    for (size_t i = 0; !rc && i < h.used.len; i++) {
        if (h.used.data[i])
            continue;
        ++*count;
        if (dry_run)
            continue;
        struct asli_key key = asli_key_machine((unsigned char *)h.keys.data + 16 * i);
        asli_upkeep_delete(u, asli_key_slice(&key));
        if (asli_upkeep_count(u) >= ASLI_UPKEEP_OPS)
            rc = asli_upkeep_apply(u);
    }
    asli_bytes_done(&h.keys);
    asli_bytes_done(&h.used);
    return rc ? rc : asli_upkeep_apply(u);
}
