/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading Map runs and their children (asl-reference 11.2). What is counted are the children's rows:
 * a run takes those that it stopped for aborted, and counts anew when it is redriven.
 */
#include <asl/control.h>

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/read.h"

/* An open read of one execution's runs. */
struct runs {
    struct asli_reading r;
    struct asli_summary s;
    json_t *array;
    const char *wanted; /* a run's ARN */
    uint64_t event;     /* of the run that has it; 0: none */
    const char *status; /* of children; NULL: any */
};

static int open_runs(struct runs *r, asl_store *store, const char *execution,
                     asl_error *reterr)
{
    int rc = asli_read_open(&r->r, store, reterr);
    if (rc)
        return rc;
    rc = asli_read_summary(&r->r, execution, &r->s);
    if (rc)
        asl_store_release(store, r->r.snapshot);
    return rc;
}

static void close_runs(struct runs *r)
{
    asli_summary_done(&r->s);
    asl_store_release(r->r.store, r->r.snapshot);
}

/* ---- runs ---- */

struct counts {
    struct asli_run_counts executions, items;
    asl_error *reterr;
};

static int count_child(void *arg, asl_slice key, asl_slice value)
{
    struct counts *c = arg;
    struct asli_child_row row;
    (void)key;
    int rc = asli_decode_child(value, &row, c->reterr);
    if (rc)
        return rc;
    c->executions.of[row.status]++;
    c->items.of[row.status] += row.items;
    return 0;
}

static int count_children(struct runs *r, uint64_t event, struct counts *c)
{
    struct asli_key key = asli_key_children(r->s.id, event);
    c->reterr = r->r.reterr;
    return asli_scan(r->r.store, r->r.snapshot, &key, 0, count_child, c, r->r.reterr);
}

/* `total` of them, or more. Results are written, to objects or to the output, when all ended. */
static json_t *counts_json(const struct asli_run_counts *c, uint64_t total, bool written)
{
    uint64_t begun = 0;
    for (int i = 0; i <= ASL_ABORTED; i++)
        begun += c->of[i];
    total = total > begun ? total : begun;
    const struct {
        const char *name;
        uint64_t value;
    } rows[] = {
        {"pending", total - begun},
        {"running", c->of[ASL_RUNNING]},
        {"succeeded", c->of[ASL_SUCCEEDED]},
        {"failed", c->of[ASL_FAILED]},
        {"timedOut", c->of[ASL_TIMED_OUT]},
        {"aborted", c->of[ASL_ABORTED]},
        {"total", total},
        {"resultsWritten", written ? begun : 0},
        {"failuresNotRedrivable", 0},
        {"pendingRedrive", 0},
    };
    json_t *o = json_object();
    for (size_t i = 0; o && i < sizeof rows / sizeof *rows; i++)
        if (asli_put(o, rows[i].name, json_integer((json_int_t)rows[i].value))) {
            json_decref(o);
            return NULL;
        }
    return o;
}

static json_t *run_json(const struct runs *r, const struct asli_map_run *run,
                        const char *arn, const struct counts *c)
{
    json_t *o = json_object();
    bool written = run->status == ASL_SUCCEEDED;
    int64_t count = run->tolerated_count > 0 ? run->tolerated_count : 0;
    double percentage = run->tolerated_percentage > 0 ? run->tolerated_percentage : 0;
    if (!o || asli_put_text(o, "mapRunArn", arn) ||
        asli_put_text(o, "executionArn", r->s.arn) ||
        asli_put_text(o, "status", asl_status_name(run->status)) ||
        asli_put(o, "startDate", asli_seconds(run->start_time)) ||
        asli_put_date(o, "stopDate", run->stop_time) ||
        asli_put(o, "maxConcurrency", json_integer((json_int_t)run->concurrency)) ||
        asli_put(o, "toleratedFailurePercentage", json_real(percentage)) ||
        asli_put(o, "toleratedFailureCount", json_integer(count)) ||
        asli_put(o, "itemCounts", counts_json(&c->items, run->total, written)) ||
        asli_put(o, "executionCounts", counts_json(&c->executions, 0, written)) ||
        asli_put(o, "redriveCount", json_integer(run->redrive_count))) {
        json_decref(o);
        return NULL;
    }
    return o;
}

static int tell_run(struct runs *r, uint64_t event, asl_slice value, json_t **ret_run)
{
    struct asli_map_run *run;
    struct counts counts = {0};
    ASLI_AUTO(text) char *arn = NULL;
    int rc = asli_decode_run(value, event, &run, &arn, r->r.reterr);
    if (rc)
        return rc;
    rc = count_children(r, event, &counts);
    if (!rc && !(*ret_run = run_json(r, run, arn, &counts)))
        rc = asli_oom(r->r.reterr);
    asli_map_run_unref(run);
    return rc;
}

static int visit_run(void *arg, asl_slice key, asl_slice value)
{
    struct runs *r = arg;
    json_t *run;
    int rc = tell_run(r, asli_key_read_u64(key, 11), value, &run);
    if (!rc && json_array_append_new(r->array, run))
        rc = asli_oom(r->r.reterr);
    return rc;
}

/* {"mapRuns": [...]}: what `visit` appends. */
static int list_runs(asl_store *store, const char *execution, int reverse,
                     asl_scan_fn *visit, json_t **ret_runs, asl_error *reterr)
{
    struct runs r = {0};
    ASLI_AUTO(json) json_t *o = json_object();
    if (!o || asli_put(o, "mapRuns", r.array = json_array()))
        return asli_oom(reterr);
    int rc = open_runs(&r, store, execution, reterr);
    if (rc)
        return rc;
    struct asli_key key = asli_key_row(r.s.id, ASLI_ROW_RUN);
    rc = asli_scan(store, r.r.snapshot, &key, reverse, visit, &r, reterr);
    close_runs(&r);
    if (!rc)
        *ret_runs = json_incref(o);
    return rc;
}

int asl_map_runs(asl_store *store, const char *execution, json_t **ret_runs,
                 asl_error *reterr)
{
    return list_runs(store, execution, 0, visit_run, ret_runs, reterr);
}

/* ---- by AWS's requests ---- */

static int visit_listed(void *arg, asl_slice key, asl_slice value)
{
    struct runs *r = arg;
    struct asli_map_run *run;
    ASLI_AUTO(text) char *arn = NULL;
    int rc = asli_decode_run(value, asli_key_read_u64(key, 11), &run, &arn, r->r.reterr);
    if (rc)
        return rc;
    ASLI_AUTO(text) char *machine = asli_machine_arn(arn);
    json_t *o = json_object();
    if (!o || !machine || asli_put_text(o, "executionArn", r->s.arn) ||
        asli_put_text(o, "mapRunArn", arn) ||
        asli_put_text(o, "stateMachineArn", machine) ||
        asli_put(o, "startDate", asli_seconds(run->start_time)) ||
        asli_put_date(o, "stopDate", run->stop_time)) {
        json_decref(o);
        rc = asli_oom(r->r.reterr);
    } else if (json_array_append_new(r->array, o)) {
        rc = asli_oom(r->r.reterr);
    }
    asli_map_run_unref(run);
    return rc;
}

int asl_list_map_runs(asl_store *store, const char *execution, json_t **ret_runs,
                      asl_error *reterr)
{
    return list_runs(store, execution, 1, visit_listed, ret_runs, reterr);
}

/* With r->s filled. */
static int read_run(struct runs *r, uint64_t event, json_t **ret_run)
{
    struct asli_key key = asli_key_run(r->s.id, event);
    asl_slice value;
    int rc = asli_get_needed(r->r.store, r->r.snapshot, &key, "Map run record", &value,
                             r->r.reterr);
    return rc ? rc : tell_run(r, event, value, ret_run);
}

int asl_describe_map_run(asl_store *store, const char *map_run_arn, json_t **ret_run,
                         asl_error *reterr)
{
    struct runs r = {0};
    uint64_t id, event;
    int rc = asli_read_open(&r.r, store, reterr);
    if (rc)
        return rc;
    rc = asli_find_map_run(store, r.r.snapshot, map_run_arn, &id, &event, reterr);
    if (!rc)
        rc = asli_summary_get(store, r.r.snapshot, id, &r.s, reterr);
    if (!rc)
        rc = read_run(&r, event, ret_run);
    close_runs(&r);
    return rc;
}

/* ---- children ---- */

static int add_child(struct runs *r, const struct asli_summary *s)
{
    json_t *o = json_object();
    if (!o || asli_put_listed(o, s, r->wanted)) {
        json_decref(o);
        return asli_oom(r->r.reterr);
    }
    return json_array_append_new(r->array, o) ? asli_oom(r->r.reterr) : 0;
}

static int visit_child(void *arg, asl_slice key, asl_slice value)
{
    struct runs *r = arg;
    struct asli_child_row row;
    struct asli_summary s;
    (void)key;
    int rc = asli_decode_child(value, &row, r->r.reterr);
    if (!rc && !row.id)
        return 0; /* Express: nobody is shown them */
    if (rc || (r->status && strcmp(r->status, asl_status_name(row.status)) != 0))
        return rc;
    rc = asli_summary_get(r->r.store, r->r.snapshot, row.id, &s, r->r.reterr);
    if (rc)
        return rc;
    rc = add_child(r, &s);
    asli_summary_done(&s);
    return rc;
}

/* The run that is wanted. */
static int visit_wanted(void *arg, asl_slice key, asl_slice value)
{
    struct runs *r = arg;
    struct asli_map_run *run;
    uint64_t event = asli_key_read_u64(key, 11);
    ASLI_AUTO(text) char *arn = NULL;
    int rc = asli_decode_run(value, event, &run, &arn, r->r.reterr);
    if (rc)
        return rc;
    if (strcmp(r->wanted, arn) == 0)
        r->event = event;
    asli_map_run_unref(run);
    return 0;
}

static int visit_children(struct runs *r)
{
    struct asli_key runs = asli_key_row(r->s.id, ASLI_ROW_RUN);
    int rc = asli_scan(r->r.store, r->r.snapshot, &runs, 0, visit_wanted, r, r->r.reterr);
    if (!rc && !r->event)
        rc = asli_refuse(r->r.reterr, ASL_ENOTFOUND, "ResourceNotFound",
                         "Map Run Does Not Exist: '%s'", r->wanted);
    struct asli_key key = asli_key_children(r->s.id, r->event);
    return rc ? rc
              : asli_scan(r->r.store, r->r.snapshot, &key, 1, visit_child, r,
                          r->r.reterr);
}

int asl_map_run_executions(asl_store *store, const char *execution,
                           const char *map_run_arn, const char *status, json_t **ret_list,
                           asl_error *reterr)
{
    struct runs r = {.wanted = map_run_arn, .status = status};
    ASLI_AUTO(json) json_t *o = json_object();
    if (!o || asli_put(o, "executions", r.array = json_array()))
        return asli_oom(reterr);
    int rc = open_runs(&r, store, execution, reterr);
    if (rc)
        return rc;
    rc = visit_children(&r);
    close_runs(&r);
    if (!rc)
        *ret_list = json_incref(o);
    return rc;
}
