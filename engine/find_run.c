/* SPDX-License-Identifier: Apache-2.0
 *
 * From a Map run's ARN to the execution that it is of, and its event there. Its UUID gives a hint;
 * where that is wrong, all executions of its state machine are looked at.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/record.h"

struct search {
    asl_store *store;
    void *snapshot;
    const char *arn;
    char *machine; /* the first part of the name of its machine: of nested runs too */
    uint64_t execution, event;
    asl_error *reterr;
};

static int visit_run(void *arg, asl_slice key, asl_slice value)
{
    struct search *s = arg;
    struct asli_map_run *run;
    ASLI_AUTO(text) char *arn = NULL;
    uint64_t event = asli_key_read_u64(key, 11);
    int rc = asli_decode_run(value, event, &run, &arn, s->reterr);
    if (rc)
        return rc;
    asli_map_run_unref(run);
    if (strcmp(arn, s->arn) != 0)
        return 0;
    s->event = event;
    return 1;
}

/* 1: it is one of this execution. */
static int look_at(struct search *s, uint64_t execution)
{
    struct asli_key key = asli_key_row(execution, ASLI_ROW_RUN);
    s->execution = execution;
    return asli_scan(s->store, s->snapshot, &key, 0, visit_run, s, s->reterr);
}

static char *first_part(const char *arn)
{
    char *name = asli_arn_field(arn, 6);
    if (name)
        name[strcspn(name, "/")] = '\0';
    return name;
}

static int visit_execution(void *arg, asl_slice key, asl_slice value)
{
    struct search *s = arg;
    struct asli_summary x;
    uint64_t id = asli_key_read_u64(key, 2);
    int rc = asli_decode_execution(value, id, &x, s->reterr);
    if (rc)
        return rc;
    ASLI_AUTO(text) char *machine = first_part(x.arn);
    asli_summary_done(&x);
    if (!machine)
        return asli_oom(s->reterr);
    return strcmp(machine, s->machine) == 0 ? look_at(s, id) : 0;
}

static int look_everywhere(struct search *s)
{
    struct asli_key executions = asli_key_of(ASLI_KEY_EXECUTION);
    s->machine = first_part(s->arn);
    int rc = s->machine ? asli_scan(s->store, s->snapshot, &executions, 1,
                                    visit_execution, s, s->reterr)
                        : asli_oom(s->reterr);
    asli_free(s->machine);
    return rc;
}

int asli_find_map_run(asl_store *store, void *snapshot, const char *arn,
                      uint64_t *ret_execution, uint64_t *ret_event, asl_error *reterr)
{
    struct search s = {store, snapshot, .arn = arn, .reterr = reterr};
    uint64_t hint = asli_map_run_hint(arn);
    int rc = hint ? look_at(&s, hint) : 0;
    if (!rc && hint)
        rc = look_everywhere(&s);
    if (rc < 0)
        return rc;
    if (!rc)
        return asli_refuse(reterr, ASL_ENOTFOUND, "ResourceNotFound",
                           "Map Run Does Not Exist: '%s'", arn);
    *ret_execution = s.execution;
    *ret_event = s.event;
    return 0;
}
