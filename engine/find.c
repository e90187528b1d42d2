/* SPDX-License-Identifier: Apache-2.0
 *
 * From a name or an ARN to an execution's id, among what is durable.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/record.h"

/* NULL: it has fewer fields. */
static const char *field_of(const char *arn, int field)
{
    const char *p = arn;
    for (; p && field; field--)
        p = strchr(p, ':') ? strchr(p, ':') + 1 : NULL;
    return p;
}

char *asli_arn_field(const char *arn, int field)
{
    const char *text = field_of(arn, field);
    return text ? asli_strndup(text, strcspn(text, ":")) : asli_strdup("");
}

char *asli_machine_arn(const char *execution)
{
    const char *type = field_of(execution, 5);
    ASLI_AUTO(text) char *name = asli_arn_field(execution, 6);
    return name && type ? asli_printf("%.*sstateMachine:%s", (int)(type - execution),
                                      execution, name)
                        : NULL;
}

char *asli_name_of(const char *execution)
{
    if (strncmp(execution, "arn:", 4) != 0)
        return asli_strdup(execution);
    return asli_arn_field(execution, 7);
}

static bool is_express(const char *arn)
{
    const char *type = field_of(arn, 5);
    return type && strncmp(type, "express:", 8) == 0;
}

struct search {
    asl_store *store;
    void *snapshot;
    const char *arn; /* NULL: any of that name */
    const char *name;
    uint64_t id;
    size_t hits;
    struct asli_bytes arns;
    asl_error *reterr;
};

static bool is_wanted(const struct search *s, const struct asli_summary *x)
{
    return strcmp(s->arn ? x->arn : x->name, s->arn ? s->arn : s->name) == 0;
}

/* Names of one hash: the execution decides. */
static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct search *s = arg;
    struct asli_reader r;
    struct asli_summary x;
    (void)key;
    asli_reader_init(&r, value.data, value.len);
    unsigned format = asli_read_u8(&r);
    uint64_t id = asli_read_be64(&r);
    if (format != ASLI_FORMAT || r.bad || r.p != r.end)
        return asli_damaged(s->reterr, "name record");
    int rc = asli_summary_get(s->store, s->snapshot, id, &x, s->reterr);
    if (rc)
        return rc;
    if (is_wanted(s, &x)) {
        s->id = id;
        s->hits++;
        asli_bytes_addf(&s->arns, "%s%s", s->arns.len ? ", " : "", x.arn);
    }
    asli_summary_done(&x);
    return s->arns.oom ? asli_oom(s->reterr) : 0;
}

int asli_find_execution(asl_store *store, void *snapshot, const char *execution,
                        uint64_t *ret_id, asl_error *reterr)
{
    bool is_arn = strncmp(execution, "arn:", 4) == 0;
    if (is_arn && is_express(execution))
        return asli_refuse(
            reterr, ASL_EINVAL, "InvalidArn",
            "Invalid Arn: 'Resource type not valid in this context: express'");
    ASLI_AUTO(text) char *name = asli_name_of(execution);
    if (!name)
        return asli_oom(reterr);
    struct search s = {store, snapshot, .arn = is_arn ? execution : NULL, .name = name,
                       .reterr = reterr};
    struct asli_key from = asli_key_name(s.name, NULL);
    if (is_arn)
        from = asli_key_name(s.name, s.arn);
    int rc = asli_scan(store, snapshot, &from, 0, visit, &s, reterr);
    if (!rc && s.hits == 0)
        rc = asli_refuse(reterr, ASL_ENOTFOUND, "ExecutionDoesNotExist",
                         "Execution Does Not Exist: '%s'", execution);
    else if (!rc && s.hits > 1)
        rc = asl_error_set(
            reterr, ASL_EINVAL,
            "several state machines have an execution '%s'; give one of: %.*s", execution,
            (int)s.arns.len, s.arns.data);
    if (!rc)
        *ret_id = s.id;
    asli_bytes_done(&s.arns);
    return rc;
}
