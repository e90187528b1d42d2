/* SPDX-License-Identifier: Apache-2.0
 *
 * Express executions after a crash: each whose start is in the store is run again from its
 * beginning. All else about them stands where the Standard ones are handled, under
 * asli_execution_is_stored.
 */
#include "engine/engine.h"

#include "engine/base/alloc.h"
#include "engine/record.h"

struct recovery {
    asl_engine *engine;
    asl_error *reterr;
};

/* Its id is the one it had. */
static int make(asl_engine *e, uint64_t id, const struct asli_start_row *row,
                asl_error *reterr)
{
    asl_machine *machine;
    int rc = asli_machine_of_hash(e, row->machine_hash, &machine, reterr);
    if (rc)
        return rc;
    asli_bytes_add(&e->attention, &id, sizeof id);
    e->next_execution = id;
    struct asli_execution *x =
        e->attention.oom
            ? NULL
            : asli_execution_create(e, ASLI_DURABLE_START, machine, machine->scopes[0],
                                    row->name, asli_strdup(row->arn), row->input);
    if (!x || (row->alias && !(x->alias = asli_strdup(row->alias))))
        return asli_oom(reterr);
    x->version = row->version;
    x->is_new = false; /* the store has its start */
    return 0;
}

/* One that is damaged holds up no other. */
static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct recovery *r = arg;
    struct asli_start_row row;
    uint64_t id = asli_key_read_u64(key, 2);
    asl_error err = {0};
    int rc = asli_value_verify(&value, &err);
    if (!rc)
        rc = asli_decode_start(value, &row, &err);
    if (!rc) {
        rc = make(r->engine, id, &row, &err);
        asli_start_row_done(&row);
    }
    if (rc != ASL_EFORMAT)
        return rc ? asli_error_pass(r->reterr, &err) : 0;
    asli_log(r->engine, 1, "the Express execution %llu is left alone: %s",
             (unsigned long long)id, err.text);
    return 0;
}

int asli_express_recover(asl_engine *engine, void *snapshot, asl_error *reterr)
{
    struct recovery r = {engine, reterr};
    struct asli_key from = asli_key_of(ASLI_KEY_START), to = asli_key_after(from);
    return asl_store_scan(engine->store, snapshot, asli_key_slice(&from),
                          asli_key_slice(&to), 0, visit, &r, reterr);
}
