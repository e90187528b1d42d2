/* SPDX-License-Identifier: Apache-2.0
 *
 * One turn: everything queued or due is stepped, until nothing is left or the open batch is full.
 *
 * A message leaves the inbox when its step succeeded; trouble of ours puts it back in front.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/effect.h"
#include "engine/family.h"
#include "engine/probe.h"
#include "engine/task_handle.h"

/* ---- answers ---- */

static int reply(asl_engine *e, const struct asli_message *m, int code,
                 const char *exception, const char *text, asl_error *reterr)
{
    bool start = m->kind == ASLI_MSG_START;
    if (start ? !m->started : !m->done)
        return 0;
    struct asli_effect *effect =
        asli_effect_new(start ? ASLI_EFFECT_STARTED : ASLI_EFFECT_DONE);
    if (!effect || !(effect->text = asli_strdup(text))) {
        asli_free(effect);
        return asli_oom(reterr);
    }
    effect->done = m->done;
    effect->started = m->started;
    effect->arg = m->arg;
    effect->code = code;
    effect->exception = exception;
    asli_engine_effect(e, effect);
    return 0;
}

static int answer(asl_engine *e, const struct asli_message *m, int code, const char *text,
                  asl_error *reterr)
{
    return reply(e, m, code, NULL, text, reterr);
}

static int answer_start(asl_engine *e, const struct asli_message *m, const char *arn,
                        int64_t start_time, asl_error *reterr)
{
    struct asli_effect **mark = e->effects_tail;
    int rc = answer(e, m, 0, arn, reterr);
    if (*mark)
        (*mark)->start_time = start_time;
    return rc;
}

/* The answers since `mark`: what they are to failed. */
static void take_back(asl_engine *e, struct asli_effect **mark)
{
    asli_effects_free(*mark);
    *mark = NULL;
    e->effects_tail = mark;
}

/* ---- start ---- */

/* A resident execution of that ARN or, with arn NULL, of that name; not the one of id `but`. */
static struct asli_execution *resident(const asl_engine *e, const char *name,
                                       const char *arn, uint64_t but, size_t *ret_hits)
{
    struct asli_execution *found = NULL;
    struct asli_map_node *n = asli_map_find(&e->names, asli_hash(name, strlen(name)));
    *ret_hits = 0;
    for (; n; n = asli_map_next(n)) {
        struct asli_execution *x = ASLI_OF(n, struct asli_execution, by_name);
        if (x->id != but &&
            (arn ? strcmp(x->arn, arn) == 0 : strcmp(x->name, name) == 0)) {
            found = x;
            ++*ret_hits;
        }
    }
    return found;
}

static bool same_definition(const asl_machine *a, const asl_machine *b)
{
    return a->express == b->express && a->definition_len == b->definition_len &&
           memcmp(a->definition, b->definition, a->definition_len) == 0;
}

/* The same name with the same input while it runs is the same start (AWS: idempotent). */
static int started_before(asl_engine *e, struct asli_message *m, const char *arn,
                          uint64_t id, asl_error *reterr)
{
    struct asli_map_node *n = asli_map_find(&e->wakes, id);
    bool same = false;
    int64_t start_time = 0;
    if (n) {
        struct asli_wake *w = ASLI_OF(n, struct asli_wake, node);
        int rc = asli_execution_load(e, w, reterr);
        if (!rc)
            rc = asli_payload_text(w->x->input, w->x, reterr);
        if (rc)
            return rc;
        const struct asli_payload *old = w->x->input;
        start_time = w->x->start_time;
        same = w->x->status == ASL_RUNNING && old->len == m->payload->len &&
               memcmp(old->text, m->payload->text, old->len) == 0 &&
               same_definition(w->x->machine, m->machine);
        if (same && !asli_listener_of(e, id)) /* after a restart nobody listens yet */
            rc = asli_listen(e, id, m->ended, m->arg);
        asli_execution_release(w->x);
        if (rc)
            return asli_oom(reterr);
    }
    return same ? answer_start(e, m, arn, start_time, reterr)
                : reply(e, m, ASL_EEXISTS, "ExecutionAlreadyExists", arn, reterr);
}

static int find_started(asl_engine *e, const char *name, const char *arn,
                        uint64_t *ret_id, asl_error *reterr)
{
    size_t hits;
    void *snapshot;
    struct asli_execution *x = resident(e, name, arn, 0, &hits);
    if (x) {
        *ret_id = x->id;
        return 0;
    }
    int rc = asli_engine_snapshot(e, &snapshot, reterr);
    return rc ? rc : asli_find_execution(e->store, snapshot, arn, ret_id, reterr);
}

static enum asli_durable durable_of(const struct asli_message *start)
{
    return start->sync               ? ASLI_DURABLE_NOTHING
           : start->machine->express ? ASLI_DURABLE_START
                                     : ASLI_DURABLE_STEPS;
}

static int start(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    uint64_t id;
    const char *arn = m->arn;
    if (e->full && durable_of(m) != ASLI_DURABLE_NOTHING)
        return answer(e, m, ASL_ENOSPACE, arn, reterr);
    int rc = durable_of(m) != ASLI_DURABLE_STEPS
                 ? ASL_ENOTFOUND /* never the same as another */
                 : find_started(e, m->name, arn, &id, NULL);
    if (rc == 0)
        return started_before(e, m, arn, id, reterr);
    if (rc != ASL_ENOTFOUND)
        return asl_error_set(reterr, rc, "the name '%s' could not be looked up", m->name);
    struct asli_execution *x =
        asli_execution_create(e, durable_of(m), m->machine, m->machine->scopes[0],
                              m->name, asli_strdup(arn), m->payload);
    if (!x)
        return asli_oom(reterr);
    x->version = m->version;
    x->alias = asli_strdup(m->alias);
    struct asli_effect **mark = e->effects_tail;
    rc = (m->alias && !x->alias) || asli_listen(e, x->id, m->ended, m->arg)
             ? asli_oom(reterr)
             : 0;
    if (!rc && m->probe)
        rc = asli_probe_attach(x, m->probe, reterr);
    if (!rc)
        rc = answer_start(e, m, arn, e->now, reterr); /* before the end's effect */
    if (!rc)
        rc = asli_step_start(x, reterr);
    if (rc) {
        take_back(e, mark);
        x->probe = NULL; /* the message's still */
        asli_execution_discard(x);
        return rc;
    }
    m->probe = NULL;
    e->next_execution++;
    return 0;
}

/* ---- stop ---- */

static int find_any(asl_engine *e, const char *execution, uint64_t *ret_id,
                    asl_error *reterr)
{
    size_t hits;
    const char *arn = strncmp(execution, "arn:", 4) == 0 ? execution : NULL;
    ASLI_AUTO(text) char *name = asli_name_of(execution);
    if (!name)
        return asli_oom(reterr);
    void *snapshot;
    uint64_t durable = 0;
    int rc = asli_engine_snapshot(e, &snapshot, reterr);
    if (!rc)
        rc = asli_find_execution(e->store, snapshot, execution, &durable, reterr);
    if (rc && rc != ASL_ENOTFOUND)
        return rc;
    struct asli_execution *x = resident(e, name, arn, durable, &hits);
    if (hits + (durable != 0) > 1)
        return asl_error_set(
            reterr, ASL_EINVAL,
            "several state machines have an execution '%s'; give its ARN", execution);
    if (!x)
        return rc ? rc : (*ret_id = durable, 0);
    *ret_id = x->id; /* not durable yet */
    return 0;
}

static int stop(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    uint64_t id = 0;
    asl_error err = {0};
    int rc = find_any(e, m->name, &id, &err);
    if (rc == ASL_ENOTFOUND || rc == ASL_EINVAL)
        return reply(e, m, rc, err.exception, err.text, reterr);
    if (rc)
        return asli_error_pass(reterr, &err);
    struct asli_map_node *n = asli_map_find(&e->wakes, id);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    rc = w ? asli_execution_load(e, w, reterr) : 0;
    if (rc)
        return rc;
    if (!w || w->x->status != ASL_RUNNING)
        return answer(e, m, ASL_EENDED, "the execution has already ended", reterr);
    struct asli_effect **mark = e->effects_tail;
    rc = answer(e, m, 0, m->name, reterr);
    if (!rc)
        rc = asli_step_stop(w->x, m->error, m->cause, reterr);
    if (rc)
        take_back(e, mark);
    return rc;
}

/* ---- redrive ---- */

/* Answers, then redrives; the answer is taken back when that fails. */
static int redrive_now(asl_engine *e, struct asli_message *m, struct asli_execution *x,
                       asl_error *reterr)
{
    const char *refusal = asli_redrive_refusal(x->status, x->next_event - 1,
                                               e->max_events, e->now - x->stop_time);
    if (refusal)
        return reply(e, m, ASL_EREDRIVE, "ExecutionNotRedrivable", refusal, reterr);
    struct asli_effect **mark = e->effects_tail;
    int rc = answer(e, m, 0, m->name, reterr);
    if (!rc)
        rc = asli_step_redrive(x, reterr);
    if (rc)
        take_back(e, mark);
    return rc;
}

static int redrive(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    uint64_t id = 0;
    asl_error err = {0};
    int rc = find_any(e, m->name, &id, &err);
    if (rc == ASL_ENOTFOUND || rc == ASL_EINVAL)
        return reply(e, m, rc, err.exception, err.text, reterr);
    if (rc)
        return asli_error_pass(reterr, &err);
    struct asli_execution *x;
    rc = asli_execution_load_any(e, id, &x, reterr);
    if (rc)
        return rc;
    rc = redrive_now(e, m, x, reterr);
    asli_execution_release(x);
    return rc;
}

/* ---- tasks ---- */

static struct asli_frame *open_task(struct asli_execution *x,
                                    const struct asli_message *m)
{
    struct asli_map_node *n =
        x->status == ASL_RUNNING ? asli_map_find(&x->frames, m->event) : NULL;
    struct asli_frame *f = n ? ASLI_OF(n, struct asli_frame, node) : NULL;
    if (!f || f->d.task_phase == ASLI_TASK_NONE ||
        memcmp(f->d.secret, m->secret, sizeof m->secret) != 0)
        return NULL;
    return f;
}

static int task(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    struct asli_map_node *n = asli_map_find(&e->wakes, m->execution);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    int rc = w ? asli_execution_load(e, w, reterr) : 0;
    if (rc)
        return rc;
    struct asli_frame *f = w ? open_task(w->x, m) : NULL;
    if (!f) {
        if (w)
            asli_execution_release(w->x);
        return reply(e, m, ASL_EENDED, "TaskTimedOut",
                     "Task Timed Out: 'Provided task does not exist anymore'", reterr);
    }
    struct asli_effect **mark = e->effects_tail;
    rc = answer(e, m, 0, "", reterr);
    if (!rc)
        rc = asli_step_message(w->x, f, m, reterr);
    if (rc)
        take_back(e, mark);
    return rc;
}

static struct asli_frame *frame_of(const asl_engine *e, const asl_task *handle)
{
    struct asli_map_node *n = asli_map_find(&e->wakes, handle->execution_id);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    if (!w || !w->x || w->x->status != ASL_RUNNING)
        return NULL;
    n = asli_map_find(&w->x->frames, handle->serial);
    struct asli_frame *f = n ? ASLI_OF(n, struct asli_frame, node) : NULL;
    return f && f->d.task == handle ? f : NULL;
}

bool asli_task_waits(const asl_engine *engine, const asl_task *handle)
{
    return frame_of(engine, handle) != NULL;
}

void asli_task_unclaimed(asl_engine *engine, asl_task *handle)
{
    struct asli_frame *f = frame_of(engine, handle);
    if (!f)
        return;
    f->d.unclaimed = true; /* of this process alone: not a change to write */
    asli_frame_settle(f);
    asli_log(engine, 2, "no handler for '%s': state '%s' of '%s' stays parked",
             handle->resource->name, handle->state_name, f->x->name);
    asli_execution_release(f->x);
}

/* ---- Map runs ---- */

/* The frame that goes on with the run of this event; NULL: none does. */
static struct asli_frame *frame_with_run(const struct asli_execution *x, uint64_t event)
{
    for (size_t i = 0; x->frames.count && i <= x->frames.mask; i++)
        for (struct asli_map_node *n = x->frames.slots[i]; n; n = n->next) {
            struct asli_frame *f = ASLI_OF(n, struct asli_frame, node);
            if (f->d.run && f->d.run->event == event && f->d.run->status == ASL_RUNNING &&
                x->status == ASL_RUNNING)
                return f;
        }
    return NULL;
}

static int update_run(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    uint64_t id, event;
    void *snapshot;
    asl_error err = {0};
    int rc = asli_engine_snapshot(e, &snapshot, reterr);
    if (rc)
        return rc;
    rc = asli_find_map_run(e->store, snapshot, m->name, &id, &event, &err);
    if (rc)
        return rc == ASL_ENOTFOUND ? reply(e, m, rc, err.exception, err.text, reterr)
                                   : asli_error_pass(reterr, &err);
    struct asli_map_node *n = asli_map_find(&e->wakes, id);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    rc = w ? asli_execution_load(e, w, reterr) : 0;
    if (rc)
        return rc;
    struct asli_frame *f = w ? frame_with_run(w->x, event) : NULL;
    if (!f && w)
        asli_execution_release(w->x);
    if (!f)
        return answer(e, m, ASL_EENDED, "the Map run has already ended", reterr);
    struct asli_effect **mark = e->effects_tail;
    rc = answer(e, m, 0, "", reterr);
    if (!rc)
        rc = asli_step_update_run(f, m->changes, reterr);
    if (rc)
        take_back(e, mark);
    return rc;
}

/* ---- what is durable ---- */

static int durable(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    struct asli_map_node *n = asli_map_find(&e->wakes, m->execution);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    int rc = w ? asli_execution_load(e, w, reterr) : 0;
    if (rc || !w)
        return rc;
    n = w->x->status == ASL_RUNNING ? asli_map_find(&w->x->frames, m->event) : NULL;
    struct asli_frame *f = n ? ASLI_OF(n, struct asli_frame, node) : NULL;
    if (f && f->d.joining)
        return asli_step_durable(w->x, f, reterr);
    asli_execution_release(w->x);
    return 0;
}

/* ---- rows of others ---- */

static int rows(asl_engine *e, struct asli_message *m, asl_error *reterr)
{
    struct asli_rows *rows = m->rows;
    int rc = answer(e, m, 0, "", reterr);
    if (rc || !rows)
        return rc;
    m->rows = NULL;
    *e->rows_tail = rows;
    e->rows_tail = &rows->next;
    e->open_events += rows->count;
    e->open_bytes += rows->bytes.len;
    return 0;
}

/* ---- the turn ---- */

/* One execution whose records are damaged must not hold up the others. */
static void leave_alone(asl_engine *e, struct asli_wake *w, const asl_error *error)
{
    asli_heap_remove(&e->timers, &w->timer);
    asli_log(e, 1, "execution %llu is left alone until the store is opened again: %s",
             (unsigned long long)w->node.key, error->text);
}

static int by_kind(asl_engine *e, struct asli_message *m, asl_error *error)
{
    switch (m->kind) {
    case ASLI_MSG_START:
        return start(e, m, error);
    case ASLI_MSG_STOP:
        return stop(e, m, error);
    case ASLI_MSG_REDRIVE:
        return redrive(e, m, error);
    case ASLI_MSG_DURABLE:
        return durable(e, m, error);
    case ASLI_MSG_ROWS:
        return rows(e, m, error);
    case ASLI_MSG_UPDATE_RUN:
        return update_run(e, m, error);
    default:
        return task(e, m, error);
    }
}

static int handle(asl_engine *e, struct asli_message *m, asl_error *error)
{
    int rc = by_kind(e, m, error);
    if (rc != ASL_EFORMAT)
        return rc;
    asli_log(e, 1, "a request was refused: %s", error->text);
    return answer(e, m, rc, m->kind == ASLI_MSG_START ? m->arn : error->text, NULL);
}

/* Between two steps parents and children are told of each other. */
static bool may_step(const asl_engine *e)
{
    return !e->errands && !asli_batch_is_full(e);
}

static int drain_inbox(asl_engine *e, bool *worked, asl_error *error)
{
    struct asli_message *m;
    while (may_step(e) && (m = asli_inbox_take(e->inbox))) {
        int rc = handle(e, m, error);
        if (rc) {
            asli_inbox_untake(e->inbox, m);
            return rc;
        }
        asli_message_free(m);
        *worked = true;
    }
    return 0;
}

static int run_timers(asl_engine *e, bool *worked, asl_error *error)
{
    struct asli_heap_node *first;
    while (may_step(e) && (first = asli_heap_first(&e->timers)) &&
           first->deadline <= e->now) {
        struct asli_wake *w = ASLI_OF(first, struct asli_wake, timer);
        int rc = asli_execution_load(e, w, error);
        if (!rc)
            rc = asli_step_timer(w->x, error);
        if (rc == ASL_EFORMAT)
            leave_alone(e, w, error);
        else if (rc)
            return rc;
        *worked = true;
    }
    return 0;
}

static int run_runnable(asl_engine *e, bool *worked, asl_error *error)
{
    while (e->runnable_head && may_step(e)) {
        struct asli_execution *x = e->runnable_head;
        int rc = x->status == ASL_RUNNING ? asli_step_run(x, error) : 0;
        if (rc == ASL_EFORMAT)
            leave_alone(e, x->wake, error);
        else if (rc)
            return rc;
        bool again = !rc && x->status == ASL_RUNNING && x->ready_head;
        e->runnable_head = x->runnable_next;
        if (!e->runnable_head)
            e->runnable_tail = NULL;
        x->runnable = false;
        if (again)
            asli_execution_make_runnable(x);
        else
            asli_execution_release(x); /* durable before it came here, perhaps */
        *worked = true;
    }
    return 0;
}

/* Providers claim other resources than before: the tasks nobody claimed are tried again. */
static int reclaim(asl_engine *e, asl_error *error)
{
    if (e->claims_changed && e->count[ASLI_WAIT_UNCLAIMED]) {
        if (e->attention_next == e->attention.len) {
            asli_bytes_reset(&e->attention);
            e->attention_next = 0;
        }
        if (!asli_bytes_reserve(&e->attention, e->wakes.count * sizeof(uint64_t))) {
            e->attention.oom = false;
            return asli_oom(error);
        }
        for (size_t i = 0; i <= e->wakes.mask; i++)
            for (struct asli_map_node *n = e->wakes.slots[i]; n; n = n->next)
                if (ASLI_OF(n, struct asli_wake, node)->count[ASLI_WAIT_UNCLAIMED])
                    asli_bytes_add(&e->attention, &n->key, sizeof n->key);
    }
    e->claims_changed = false;
    return 0;
}

static int load_attention(asl_engine *e, bool *worked, asl_error *error)
{
    while (e->attention_next < e->attention.len && may_step(e)) {
        uint64_t id;
        memcpy(&id, e->attention.data + e->attention_next, sizeof id);
        struct asli_map_node *n = asli_map_find(&e->wakes, id);
        struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
        int rc = w ? asli_execution_load(e, w, error) : 0;
        if (w && !rc)
            rc = w->x->next_event == 1 ? asli_step_start(w->x, error)
                                       : asli_execution_dispatch(w->x, error);
        if (rc == ASL_EFORMAT)
            leave_alone(e, w, error);
        else if (rc)
            return rc;
        e->attention_next += sizeof id;
        *worked = true;
    }
    return 0;
}

int asl_engine_run_ready(asl_engine *engine, int64_t now, asl_error *reterr)
{
    asl_error err = {0};
    bool worked = true;
    if (engine->dead)
        return asl_error_set(reterr, ASL_ESTORE, "%s", ASLI_DEAD_TEXT);
    if (now > engine->now)
        engine->now = now;
    int rc = reclaim(engine, &err);
    if (!rc)
        rc = asli_errands_run(engine, &err);
    while (worked && !rc && !asli_batch_is_full(engine)) {
        worked = false;
        rc = load_attention(engine, &worked, &err);
        if (!rc)
            rc = drain_inbox(engine, &worked, &err);
        if (!rc)
            rc = run_timers(engine, &worked, &err);
        if (!rc)
            rc = run_runnable(engine, &worked, &err);
        if (!rc)
            rc = asli_errands_run(engine, &err);
    }
    if (engine->snapshot) {
        asl_store_release(engine->store, engine->snapshot);
        engine->snapshot = NULL;
    }
    int skipped = asli_batch_skip(engine, rc ? NULL : &err);
    return rc || skipped ? asli_error_pass(reterr, &err) : 0;
}
