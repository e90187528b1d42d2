/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading many executions: all of them (asl_list), and ListExecutions, page by page. A page costs no
 * more than PAGE_ROWS rows, whatever its filters let through; where it stopped, the next one begins.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/read.h"

#define PAGE_ROWS 5000
#define PAGE_ENTRIES 100 /* unless said otherwise: AWS's */

struct listing {
    struct asli_reading r;
    asl_list_options o;
    char *machine, *qualifier; /* of o.machine_arn; qualifier "": all of its versions */
    size_t rows, entries, max_rows;
    uint64_t position; /* of the row visited last: an execution's id, a child's number */
    bool more;         /* there are rows behind it */
    json_t *array;
};

int asli_put_listed(json_t *o, const struct asli_summary *s, const char *map_run_arn)
{
    return asli_put_execution(o, s) || asli_put_text(o, "mapRunArn", map_run_arn) ||
           (map_run_arn &&
            asli_put(o, "itemCount", json_integer((json_int_t)s->kin.items))) ||
           asli_put(o, "redriveCount", json_integer(s->redrive_count)) ||
           asli_put_date(o, "redriveDate", s->redrive_time);
}

/* ---- filters ---- */

static int split_machine(struct listing *l)
{
    const char *arn = l->o.machine_arn;
    if (!arn)
        return 0;
    ASLI_AUTO(text) char *name = asli_arn_field(arn, 6);
    l->qualifier = asli_arn_field(arn, 7);
    size_t len = l->qualifier ? strlen(l->qualifier) : 0;
    l->machine = asli_strndup(arn, strlen(arn) - (len ? len + 1 : 0));
    return name && l->qualifier && l->machine ? 0 : asli_oom(l->r.reterr);
}

/* A version is a number; an alias never is. */
static bool is_qualified(const struct listing *l, const struct asli_summary *s)
{
    char version[16];
    if (!*l->qualifier)
        return true;
    snprintf(version, sizeof version, "%u", (unsigned)s->version);
    return strcmp(l->qualifier, version) == 0 ||
           (s->alias && strcmp(l->qualifier, s->alias) == 0);
}

/* 1: it is wanted, 0: not; or an error. */
static int is_wanted(const struct listing *l, const struct asli_summary *s)
{
    const asl_list_options *o = &l->o;
    if (o->status && strcmp(o->status, asl_status_name(s->status)) != 0)
        return 0;
    if (o->redrive_filter &&
        (strcmp(o->redrive_filter, "REDRIVEN") == 0) != (s->redrive_count > 0))
        return 0;
    if (o->map_run_arn)
        return 1;
    if (!o->machine_arn)
        return !s->kin.parent;
    ASLI_AUTO(text) char *arn = asli_machine_arn(s->arn);
    if (!arn)
        return asli_oom(l->r.reterr);
    return strcmp(arn, l->machine) == 0 && is_qualified(l, s);
}

/* ---- rows ---- */

/* 1: the page ends before this row. */
static int begin_row(struct listing *l, uint64_t position)
{
    l->more = l->rows == l->max_rows || l->entries == l->o.limit;
    if (l->more)
        return 1;
    l->rows++;
    l->position = position;
    return 0;
}

static int add(struct listing *l, const struct asli_summary *s)
{
    int wanted = is_wanted(l, s);
    if (wanted <= 0)
        return wanted;
    json_t *o = json_object();
    if (!o || asli_put_listed(o, s, l->o.map_run_arn)) {
        json_decref(o);
        return asli_oom(l->r.reterr);
    }
    l->entries++;
    return json_array_append_new(l->array, o) ? asli_oom(l->r.reterr) : 0;
}

static int visit(void *arg, asl_slice key, asl_slice value)
{
    struct listing *l = arg;
    struct asli_summary s;
    uint64_t id = asli_key_read_u64(key, 2);
    if (begin_row(l, id))
        return 1;
    int rc = asli_decode_execution(value, id, &s, l->r.reterr);
    if (rc)
        return rc;
    rc = add(l, &s);
    asli_summary_done(&s);
    return rc;
}

static int visit_child(void *arg, asl_slice key, asl_slice value)
{
    struct listing *l = arg;
    struct asli_child_row row;
    struct asli_summary s;
    if (begin_row(l, asli_key_read_u64(key, 19)))
        return 1;
    int rc = asli_decode_child(value, &row, l->r.reterr);
    if (rc || !row.id) /* Express ones nobody is shown */
        return rc;
    rc = asli_summary_get(l->r.store, l->r.snapshot, row.id, &s, l->r.reterr);
    if (rc)
        return rc;
    rc = add(l, &s);
    asli_summary_done(&s);
    return rc;
}

/* Backwards from where the page before ended. */
static int scan(struct listing *l)
{
    struct asli_key from = asli_key_of(ASLI_KEY_EXECUTION), to = asli_key_after(from);
    uint64_t parent, event;
    if (l->o.map_run_arn) {
        int rc = asli_find_map_run(l->r.store, l->r.snapshot, l->o.map_run_arn, &parent,
                                   &event, l->r.reterr);
        if (rc)
            return rc;
        from = asli_key_children(parent, event);
        to =
            l->o.after ? asli_key_child(parent, event, l->o.after) : asli_key_after(from);
    } else if (l->o.after) {
        to = asli_key_id(ASLI_KEY_EXECUTION, l->o.after);
    }
    return asli_scan_back(l->r.store, l->r.snapshot, &from, &to,
                          l->o.map_run_arn ? visit_child : visit, l, l->r.reterr);
}

static int list(struct listing *l, asl_store *store, json_t **ret_list,
                uint64_t *ret_next, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *o = json_object();
    if (!o || asli_put(o, "executions", l->array = json_array()))
        return asli_oom(reterr);
    int rc = asli_read_open(&l->r, store, reterr);
    if (rc)
        return rc;
    rc = split_machine(l);
    if (!rc)
        rc = scan(l);
    asl_store_release(store, l->r.snapshot);
    asli_free(l->machine);
    asli_free(l->qualifier);
    if (rc < 0)
        return rc;
    *ret_list = json_incref(o);
    if (ret_next)
        *ret_next = l->more ? l->position : 0;
    return 0;
}

int asl_list(asl_store *store, const char *status, json_t **ret_list, asl_error *reterr)
{
    struct listing l = {.o = {.status = status, .limit = SIZE_MAX}, .max_rows = SIZE_MAX};
    return list(&l, store, ret_list, NULL, reterr);
}

int asl_list_page(asl_store *store, const asl_list_options *options, json_t **ret_page,
                  uint64_t *ret_next, asl_error *reterr)
{
    struct listing l = {.max_rows = PAGE_ROWS};
    memcpy(&l.o, options, options->size < sizeof l.o ? options->size : sizeof l.o);
    if (!l.o.limit)
        l.o.limit = PAGE_ENTRIES;
    return list(&l, store, ret_page, ret_next, reterr);
}
