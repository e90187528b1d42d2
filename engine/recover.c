/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening a store: the lease, the last batch, and one wake for every running execution. Histories
 * are not read. An execution with work to do in this process is loaded at the first turn.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/record.h"
#include "engine/upkeep/upgrade.h"

struct opening {
    asl_engine *engine;
    asl_error *reterr;
};

/* One that is damaged has a wake too, which nothing wakes: it is there, and holds up no other. */
static int visit_running(void *arg, asl_slice key, asl_slice value)
{
    struct opening *o = arg;
    struct asli_running_row row;
    asl_error err = {0};
    uint64_t id = asli_key_read_u64(key, 2);
    if (asli_value_verify(&value, &err) || asli_decode_running(value, &row, &err)) {
        asli_log(o->engine, 1, "execution %llu is left alone: %s", (unsigned long long)id,
                 err.text);
        row = (struct asli_running_row){.deadline = INT64_MAX};
    }
    struct asli_wake *w = asli_wake_new(o->engine, id);
    if (!w)
        return asli_oom(o->reterr);
    for (int i = 0; i < ASLI_WAITS; i++)
        asli_wake_count(o->engine, w, i, (int)row.count[i]);
    if (row.deadline != INT64_MAX)
        asli_heap_set(&o->engine->timers, &w->timer, row.deadline);
    if (row.flags & ASLI_ATTENTION)
        asli_bytes_add(&o->engine->attention, &id, sizeof id);
    return o->engine->attention.oom ? asli_oom(o->reterr) : 0;
}

static int last_id(void *arg, asl_slice key, asl_slice value)
{
    (void)value;
    *(uint64_t *)arg = asli_key_read_u64(key, 2);
    return 1;
}

static int read_lease(asl_engine *e, void *snapshot, bool *ret_there, asl_error *reterr)
{
    struct asli_key key = asli_key_of(ASLI_KEY_LEASE);
    asl_slice v;
    int rc = asl_store_get(e->store, snapshot, asli_key_slice(&key), &v, reterr);
    *ret_there = rc == 0;
    e->epoch = rc == 0 ? asli_key_read_u64(v, 0) : 0;
    return rc == ASL_ENOTFOUND ? 0 : rc;
}

static int check_version(asl_engine *e, void *snapshot, bool *ret_new, asl_error *reterr)
{
    struct asli_store_head head = {0};
    int rc = asli_store_head(e->store, snapshot, &head, reterr);
    if (!rc)
        rc = asli_version_check(head.version, reterr);
    if (rc)
        return rc;
    *ret_new = head.is_new;
    if (!head.is_new && head.is_virtual != (e->options.virtual_time != 0))
        return asl_error_set(
            reterr, ASL_EINVAL,
            "the store was made for %s time and cannot be opened for %s time",
            head.is_virtual ? "virtual" : "real", head.is_virtual ? "real" : "virtual");
    return 0;
}

/* The number at the head of the last key of a kind, 0: there is none. Only the key counts: a
 * damaged record there is its own execution's trouble. */
static int read_last(asl_engine *e, void *snapshot, enum asli_key_kind kind,
                     uint64_t *ret_last, asl_error *reterr)
{
    struct asli_key from = asli_key_of(kind), to = asli_key_after(from);
    *ret_last = 0;
    int rc = asl_store_scan(e->store, snapshot, asli_key_slice(&from),
                            asli_key_slice(&to), 1, last_id, ret_last, reterr);
    return rc < 0 ? rc : 0;
}

static int scan_all(asl_engine *e, void *snapshot, asl_error *reterr)
{
    uint64_t last = 0, express = 0;
    struct opening o = {e, reterr};
    struct asli_key from = asli_key_of(ASLI_KEY_RUNNING), to = asli_key_after(from);
    int rc = read_last(e, snapshot, ASLI_KEY_EXECUTION, &last, reterr);
    if (!rc)
        rc = read_last(e, snapshot, ASLI_KEY_START, &express, reterr);
    if (!rc)
        rc = asli_express_recover(e, snapshot, reterr); /* each under its own id */
    e->next_execution = (last > express ? last : express) + 1;
    if (!rc)
        rc = read_last(e, snapshot, ASLI_KEY_HISTORY, &e->batch_number, reterr);
    return rc ? rc
              : asl_store_scan(e->store, snapshot, asli_key_slice(&from),
                               asli_key_slice(&to), 0, visit_running, &o, reterr);
}

/* From here on every other writer of this store is fenced. */
static int take_lease(asl_engine *e, bool there, bool is_new, asl_error *reterr)
{
    struct asli_key lease = asli_key_of(ASLI_KEY_LEASE),
                    store = asli_key_of(ASLI_KEY_STORE);
    struct asli_bytes old = {0}, next = {0};
    unsigned char version[2] = {ASLI_STORE_VERSION, e->options.virtual_time != 0};
    asli_bytes_be64(&old, e->epoch);
    asli_bytes_be64(&next, e->epoch + 1);
    if (old.oom || next.oom) {
        asli_bytes_done(&old);
        asli_bytes_done(&next);
        return asli_oom(reterr);
    }
    asl_op ops[3] = {
        {ASL_OP_EXPECT,
         asli_key_slice(&lease),
         {there ? old.data : NULL, there ? old.len : 0}},
        {ASL_OP_PUT, asli_key_slice(&lease), {next.data, next.len}},
        {ASL_OP_PUT, asli_key_slice(&store), {version, sizeof version}},
    };
    asl_batch batch = {ops, is_new ? 3 : 2};
    int rc = asl_store_apply(e->store, &batch, reterr);
    asli_bytes_done(&old);
    asli_bytes_done(&next);
    if (!rc)
        e->epoch++;
    return rc;
}

int asli_recover(asl_engine *engine, asl_error *reterr)
{
    void *snapshot;
    bool is_new = false, lease = false;
    int rc = asl_store_snapshot(engine->store, &snapshot, reterr);
    if (rc)
        return rc;
    engine->snapshot = snapshot; /* definitions are read in it too */
    rc = check_version(engine, snapshot, &is_new, reterr);
    if (!rc)
        rc = read_lease(engine, snapshot, &lease, reterr);
    if (!rc)
        rc = scan_all(engine, snapshot, reterr);
    engine->snapshot = NULL;
    asl_store_release(engine->store, snapshot);
    return rc ? rc : take_lease(engine, lease, is_new, reterr);
}
