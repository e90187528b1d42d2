/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a store: what is durable, in AWS's response shapes. Needs no engine.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/map.h"
#include "engine/engine.h"
#include "engine/read.h"
#include "engine/upkeep/upgrade.h"

int asli_read_open(struct asli_reading *r, asl_store *store, asl_error *reterr)
{
    r->store = store;
    r->reterr = reterr;
    int rc = asl_store_snapshot(store, &r->snapshot, reterr);
    if (!rc && (rc = asli_version_of(store, r->snapshot, reterr)))
        asl_store_release(store, r->snapshot);
    return rc;
}

int asli_put(json_t *o, const char *key, json_t *take_value)
{
    return json_object_set_new(o, key, take_value);
}

int asli_put_text(json_t *o, const char *key, const char *text)
{
    return text ? asli_put(o, key, json_string(text)) : 0;
}

json_t *asli_seconds(int64_t ms)
{
    return json_real((double)ms / 1000.0);
}

int asli_put_date(json_t *o, const char *key, int64_t ms)
{
    return ms ? asli_put(o, key, asli_seconds(ms)) : 0;
}

int asli_put_execution(json_t *o, const struct asli_summary *s)
{
    ASLI_AUTO(text) char *machine = asli_machine_arn(s->arn);
    return !machine || asli_put_text(o, "executionArn", s->arn) ||
           asli_put_text(o, "stateMachineArn", machine) ||
           asli_put_started_by(o, machine, s->version, s->alias) ||
           asli_put_text(o, "name", s->name) ||
           asli_put_text(o, "status", asl_status_name(s->status)) ||
           asli_put(o, "startDate", asli_seconds(s->start_time)) ||
           asli_put_date(o, "stopDate", s->stop_time);
}

/* ---- one execution ---- */

int asli_read_summary(struct asli_reading *r, const char *execution,
                      struct asli_summary *s)
{
    uint64_t id = 0;
    int rc = asli_find_execution(r->store, r->snapshot, execution, &id, r->reterr);
    return rc ? rc : asli_summary_get(r->store, r->snapshot, id, s, r->reterr);
}

int asli_read_run_arn(struct asli_reading *r, const struct asli_kin *kin, char **ret_arn)
{
    struct asli_key key = asli_key_run(kin->parent, kin->run);
    struct asli_map_run *run;
    asl_slice value;
    int rc =
        asli_get_needed(r->store, r->snapshot, &key, "Map run record", &value, r->reterr);
    if (!rc)
        rc = asli_decode_run(value, kin->run, &run, ret_arn, r->reterr);
    if (!rc)
        asli_map_run_unref(run);
    return rc;
}

static int put_payload(struct asli_reading *r, json_t *o, const char *key,
                       const char *details, uint64_t id, struct asli_payload *p)
{
    ASLI_AUTO(text) char *fetched = NULL;
    size_t len = p ? p->len : 0;
    int rc = 0;
    if (!p)
        return 0;
    if (!p->text)
        rc = asli_payload_fetch(r->store, r->snapshot, id, p, &fetched, &len, r->reterr);
    if (rc)
        return rc;
    json_t *included = json_object();
    if (!included || asli_put(included, "included", json_true()) ||
        asli_put(o, key, json_stringn(p->text ? p->text : fetched, len))) {
        json_decref(included);
        return asli_oom(r->reterr);
    }
    return asli_put(o, details, included) ? asli_oom(r->reterr) : 0;
}

/* What depends on today's date or on the engine's options is left to the redrive. */
static int put_redrive(json_t *o, const struct asli_summary *s, uint64_t events)
{
    const char *refusal = asli_redrive_refusal(s->status, events, ASLI_MAX_EVENTS, 0);
    return asli_put(o, "redriveCount", json_integer(s->redrive_count)) ||
           asli_put_date(o, "redriveDate", s->redrive_time) ||
           asli_put_text(o, "redriveStatus", refusal ? "NOT_REDRIVABLE" : "REDRIVABLE") ||
           asli_put_text(o, "redriveStatusReason", refusal);
}

/* How long the history of an ended execution is. */
static int count_events(struct asli_reading *r, const struct asli_summary *s,
                        uint64_t *events)
{
    struct asli_history_head head = {0};
    int rc =
        s->row ? asli_history_head(r->store, r->snapshot, s->id, s->row, &head, r->reterr)
               : 0;
    *events = s->row ? head.first + head.count - 1 : 0;
    return rc;
}

static int describe(struct asli_reading *r, const struct asli_summary *s, json_t *o)
{
    bool timed_out = s->status == ASL_TIMED_OUT;
    ASLI_AUTO(text) char *run = NULL;
    int rc = s->kin.parent ? asli_read_run_arn(r, &s->kin, &run) : 0;
    if (rc)
        return rc;
    if (asli_put_execution(o, s) || asli_put_text(o, "mapRunArn", run))
        return asli_oom(r->reterr);
    rc = put_payload(r, o, "input", "inputDetails", s->id, s->input);
    if (!rc)
        rc = put_payload(r, o, "output", "outputDetails", s->id, s->output);
    uint64_t events = 0;
    if (!rc)
        rc = count_events(r, s, &events);
    if (rc)
        return rc;
    if ((!timed_out &&
         (asli_put_text(o, "error", s->error) || asli_put_text(o, "cause", s->cause))) ||
        put_redrive(o, s, events))
        return asli_oom(r->reterr);
    return 0;
}

int asl_describe(asl_store *store, const char *execution, json_t **ret_description,
                 asl_error *reterr)
{
    struct asli_reading r;
    struct asli_summary s = {0};
    json_t *o = json_object();
    int rc = o ? asli_read_open(&r, store, reterr) : asli_oom(reterr);
    if (!rc) {
        rc = asli_read_summary(&r, execution, &s);
        if (!rc)
            rc = describe(&r, &s, o);
        asli_summary_done(&s);
        asl_store_release(store, r.snapshot);
    }
    if (rc)
        json_decref(o);
    else
        *ret_description = o;
    return rc;
}

/* ---- open tasks ---- */

struct open_tasks {
    struct asli_reading r;
    uint64_t id;
    asl_machine *machine;
    json_t *array;
};

static json_t *task_json(const struct open_tasks *o, const struct asli_frame_data *d,
                         uint32_t serial)
{
    struct asli_token token = {o->id, serial, {0}};
    char text[ASLI_TOKEN_LEN + 1];
    json_t *t = json_object();
    memcpy(token.secret, d->secret, sizeof token.secret);
    asli_token_format(&token, text);
    if (!t || asli_put_text(t, "taskToken", text) ||
        asli_put_text(t, "stateName", d->state->name) ||
        asli_put_text(t, "resource", asli_state_resource(d->state)->text) ||
        asli_put(t, "scheduledEventId", json_integer((json_int_t)d->scheduled_event)) ||
        asli_put(t, "submitted", json_boolean(d->task_phase == ASLI_TASK_SUBMITTED)) ||
        asli_put_date(t, "timeoutDate", d->timeout_at) ||
        asli_put_date(t, "heartbeatDate", d->heartbeat_at)) {
        json_decref(t);
        return NULL;
    }
    return t;
}

static int add_task(struct open_tasks *o, asl_slice value, uint32_t serial)
{
    struct asli_frame_row row;
    struct asli_frame_data d;
    int rc = asli_decode_frame(value, o->machine, &row, &d, o->r.reterr);
    if (rc)
        return rc;
    if (d.task_phase != ASLI_TASK_NONE &&
        json_array_append_new(o->array, task_json(o, &d, serial)))
        rc = asli_oom(o->r.reterr);
    asli_frame_data_done(&d);
    return rc;
}

static int visit_frame(void *arg, asl_slice key, asl_slice value)
{
    return add_task(arg, value, asli_key_read_u32(key, 11));
}

static int scan_frames(struct open_tasks *o)
{
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, o->id),
                    frames = asli_key_row(o->id, ASLI_ROW_FRAME);
    struct asli_running_row row;
    asl_slice value;
    int rc = asli_get_needed(o->r.store, o->r.snapshot, &key, "running record", &value,
                             o->r.reterr);
    if (!rc)
        rc = asli_decode_running(value, &row, o->r.reterr);
    if (!rc)
        rc = add_task(o, row.root, 0);
    return rc ? rc
              : asli_scan(o->r.store, o->r.snapshot, &frames, 0, visit_frame, o,
                          o->r.reterr);
}

static int scan_tasks(struct open_tasks *o, const struct asli_summary *s)
{
    struct asli_key key = asli_key_machine(s->machine_hash);
    asl_slice value;
    int rc = asli_get_needed(o->r.store, o->r.snapshot, &key, "machine record", &value,
                             o->r.reterr);
    if (!rc)
        rc = asli_machine_decode(value, &o->machine, o->r.reterr);
    if (rc)
        return rc;
    rc = scan_frames(o);
    asl_machine_unref(o->machine);
    return rc;
}

int asl_open_tasks(asl_store *store, const char *execution, json_t **ret_tasks,
                   asl_error *reterr)
{
    struct open_tasks o = {.array = json_array()};
    struct asli_summary s = {0};
    int rc = o.array ? asli_read_open(&o.r, store, reterr) : asli_oom(reterr);
    if (!rc) {
        rc = asli_read_summary(&o.r, execution, &s);
        o.id = s.id;
        if (!rc && s.status == ASL_RUNNING)
            rc = scan_tasks(&o, &s);
        asli_summary_done(&s);
        asl_store_release(store, o.r.snapshot);
    }
    if (rc)
        json_decref(o.array);
    else
        *ret_tasks = o.array;
    return rc;
}
