/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the definition that an execution runs by: DescribeStateMachineForExecution.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/read.h"

static int find_role(void *arg, struct asli_stored_event *ev)
{
    char **role = arg;
    *role = asli_strdup(ev->e.text);
    return 1;
}

/* The engine's role, where the definition has none: as the first event says. *ret_role is a new
 * text. */
static int read_role(struct asli_reading *r, const struct asli_summary *s,
                     char **ret_role)
{
    struct asli_bytes rows = {0};
    uint64_t row = 0;
    asl_slice value;
    int rc = asli_history_end(r->store, r->snapshot, s, &row, r->reterr);
    if (!rc)
        rc = asli_history_rows(r->store, r->snapshot, s->id, row, 1, 1, &rows, r->reterr);
    if (!rc && rows.len < sizeof row)
        rc = asli_damaged(r->reterr, "history (it is missing)");
    if (!rc) {
        memcpy(&row, rows.data + rows.len - sizeof row, sizeof row);
        struct asli_key key = asli_key_history(row, s->id);
        rc = asli_get_needed(r->store, r->snapshot, &key, "history", &value, r->reterr);
    }
    if (!rc)
        rc = asli_decode_history(value, row, find_role, ret_role, r->reterr);
    asli_bytes_done(&rows);
    if (rc < 0)
        return rc;
    return *ret_role ? 0 : asli_oom(r->reterr);
}

static int put_variables(json_t *o, const asl_machine *machine, asl_error *reterr)
{
    json_t *references;
    int rc = asl_machine_variable_references(machine, &references, reterr);
    if (rc)
        return rc;
    if (!json_is_null(references))
        return asli_put(o, "variableReferences", references) ? asli_oom(reterr) : 0;
    json_decref(references);
    return 0;
}

/* Of a child: its Map run. */
static int put_run(struct asli_reading *r, json_t *o, const struct asli_summary *s,
                   const char *name)
{
    ASLI_AUTO(text) char *run = NULL;
    const char *label = strchr(name, '/');
    if (!s->kin.parent)
        return 0;
    int rc = asli_read_run_arn(r, &s->kin, &run);
    if (rc)
        return rc;
    return asli_put_text(o, "mapRunArn", run) ||
                   asli_put_text(o, "label", label ? label + 1 : NULL)
               ? asli_oom(r->reterr)
               : 0;
}

static int put_machine(struct asli_reading *r, json_t *o, const struct asli_summary *s,
                       const asl_machine *machine)
{
    ASLI_AUTO(text) char *role = NULL;
    ASLI_AUTO(text) char *arn = asli_machine_arn(s->arn);
    ASLI_AUTO(text) char *name = asli_arn_field(s->arn, 6);
    int rc = machine->role ? 0 : read_role(r, s, &role);
    if (rc)
        return rc;
    if (!arn || !name || asli_put_text(o, "stateMachineArn", arn) ||
        asli_put_text(o, "name", name) ||
        asli_put(o, "definition",
                 json_stringn(machine->definition, machine->definition_len)) ||
        asli_put_text(o, "roleArn", machine->role ? machine->role : role) ||
        asli_put_text(o, "revisionId", machine->revision) ||
        asli_put_date(o, "updateDate",
                      machine->updated ? machine->updated : s->start_time))
        return asli_oom(r->reterr);
    rc = put_run(r, o, s, name);
    return rc ? rc : put_variables(o, machine, r->reterr);
}

static int describe(struct asli_reading *r, json_t *o, const struct asli_summary *s)
{
    struct asli_key key = asli_key_machine(s->machine_hash);
    asl_machine *machine;
    asl_slice value;
    int rc =
        asli_get_needed(r->store, r->snapshot, &key, "machine record", &value, r->reterr);
    if (!rc)
        rc = asli_machine_decode(value, &machine, r->reterr);
    if (rc)
        return rc;
    rc = put_machine(r, o, s, machine);
    asl_machine_unref(machine);
    return rc;
}

int asl_describe_machine(asl_store *store, const char *execution,
                         json_t **ret_description, asl_error *reterr)
{
    struct asli_reading r;
    struct asli_summary s = {0};
    ASLI_AUTO(json) json_t *o = json_object();
    int rc = o ? asli_read_open(&r, store, reterr) : asli_oom(reterr);
    if (rc)
        return rc;
    rc = asli_read_summary(&r, execution, &s);
    if (!rc)
        rc = describe(&r, o, &s);
    asli_summary_done(&s);
    asl_store_release(store, r.snapshot);
    if (!rc)
        *ret_description = json_incref(o);
    return rc;
}
