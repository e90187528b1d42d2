/* SPDX-License-Identifier: Apache-2.0
 *
 * Pruning and deleting executions (asl/maintain.h), on top of upkeep.h.
 *
 * Candidates are read in chunks, so that a store of any size needs little memory.
 */
#include <asl/maintain.h>

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/upkeep/upkeep.h"

#define CHUNK 256

struct pruning {
    struct asli_upkeep u;
    asl_prune_options options;
    asl_prune_counts counts;
    uint64_t next; /* id from which the next chunk is read */
    struct asli_summary chunk[CHUNK];
    size_t count;
};

/* Children go with their parent. */
static bool matches(void *arg, const struct asli_summary *s)
{
    const struct pruning *p = arg;
    return !s->kin.parent && s->status != ASL_RUNNING &&
           s->stop_time < p->options.before &&
           (!p->options.status ||
            strcmp(p->options.status, asl_status_name(s->status)) == 0);
}

static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct pruning *p = arg;
    struct asli_summary *s = &p->chunk[p->count];
    uint64_t id = asli_key_read_u64(key, 2);
    int rc = asli_value_verify(&value, p->u.reterr);
    if (!rc)
        rc = asli_decode_execution(value, id, s, p->u.reterr);
    if (rc)
        return rc;
    p->next = id + 1;
    if (matches(p, s))
        p->count++;
    else
        asli_summary_done(s);
    return p->count == CHUNK;
}

static int read_chunk(struct pruning *p, bool *ret_last)
{
    struct asli_key from = asli_key_id(ASLI_KEY_EXECUTION, p->next),
                    to = asli_key_after(asli_key_of(ASLI_KEY_EXECUTION));
    void *snapshot;
    int rc = asl_store_snapshot(p->u.store, &snapshot, p->u.reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(p->u.store, snapshot, asli_key_slice(&from), asli_key_slice(&to),
                        0, visit, p, p->u.reterr);
    asl_store_release(p->u.store, snapshot);
    *ret_last = rc == 0;
    return rc < 0 ? rc : 0;
}

static int remove_chunk(struct pruning *p)
{
    int rc = 0;
    for (size_t i = 0; !rc && !p->options.dry_run && i < p->count; i++) {
        struct asli_key name = asli_key_name(p->chunk[i].name, p->chunk[i].arn);
        rc = asli_upkeep_remove(&p->u, p->chunk[i].id, p->chunk[i].row, &name);
    }
    if (!rc)
        rc = asli_upkeep_apply(&p->u);
    for (size_t i = 0; i < p->count; i++) {
        struct asli_summary *s = &p->chunk[i];
        if (!rc && p->options.pruned)
            p->options.pruned(p->options.arg, s->arn, s->status, s->stop_time);
        asli_summary_done(s);
    }
    p->counts.executions += rc ? 0 : p->count;
    p->count = 0;
    return rc;
}

static int prune(struct pruning *p)
{
    bool last = false;
    int rc = p->options.dry_run ? 0 : asli_upkeep_take(&p->u);
    while (!rc && !last) {
        rc = read_chunk(p, &last);
        int removed = rc ? 0 : remove_chunk(p);
        rc = rc ? rc : removed;
    }
    for (size_t i = 0; i < p->count; i++) /* a chunk that was not read whole */
        asli_summary_done(&p->chunk[i]);
    if (rc)
        return rc;
    return asli_upkeep_unused(&p->u, p->options.dry_run ? matches : NULL, p,
                              p->options.dry_run, &p->counts.machines);
}

static bool is_end(const char *status)
{
    for (int s = ASL_SUCCEEDED; s <= ASL_ABORTED; s++)
        if (strcmp(asl_status_name((enum asl_status)s), status) == 0)
            return true;
    return false;
}

int asl_prune(asl_store *store, const asl_prune_options *options,
              asl_prune_counts *ret_counts, asl_error *reterr)
{
    if (options->status && !is_end(options->status))
        return asl_error_set(reterr, ASL_EINVAL,
                             "'%s' is no status of an execution that ended",
                             options->status);
    struct pruning *p = asli_alloc(sizeof *p);
    if (!p)
        return asli_oom(reterr);
    memcpy(&p->options, options,
           options->size < sizeof *options ? options->size : sizeof *options);
    int rc = asli_upkeep_open(&p->u, store, reterr);
    if (!rc && !p->u.is_new)
        rc = prune(p);
    if (!rc && ret_counts)
        *ret_counts = p->counts;
    asli_upkeep_done(&p->u);
    asli_free(p);
    return rc;
}

/* ---- one ---- */

static int find(struct asli_upkeep *u, const char *execution, struct asli_summary *s)
{
    uint64_t id;
    void *snapshot;
    int rc = asl_store_snapshot(u->store, &snapshot, u->reterr);
    if (rc)
        return rc;
    rc = asli_find_execution(u->store, snapshot, execution, &id, u->reterr);
    if (!rc)
        rc = asli_summary_get(u->store, snapshot, id, s, u->reterr);
    if (!rc)
        rc = asli_upkeep_own(u->store, snapshot, s, "delete", u->reterr);
    asl_store_release(u->store, snapshot);
    if (!rc && s->status == ASL_RUNNING)
        rc = asl_error_set(u->reterr, ASL_EBUSY,
                           "the execution '%s' is running; stop it first", execution);
    return rc;
}

static int remove_one(struct asli_upkeep *u, const struct asli_summary *s)
{
    struct asli_key name = asli_key_name(s->name, s->arn);
    size_t machines = 0;
    int rc = asli_upkeep_take(u);
    if (!rc)
        rc = asli_upkeep_remove(u, s->id, s->row, &name);
    if (!rc)
        rc = asli_upkeep_apply(u);
    return rc ? rc : asli_upkeep_unused(u, NULL, NULL, false, &machines);
}

int asl_delete(asl_store *store, const char *execution, asl_error *reterr)
{
    struct asli_upkeep u;
    struct asli_summary s = {0};
    int rc = asli_upkeep_open(&u, store, reterr);
    if (!rc)
        rc = find(&u, execution, &s);
    if (!rc)
        rc = remove_one(&u, &s);
    asli_summary_done(&s);
    asli_upkeep_done(&u);
    return rc;
}
