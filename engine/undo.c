/* SPDX-License-Identifier: Apache-2.0
 *
 * The step's savepoint: every change of an execution's memory is logged before it is made, so
 * that trouble of ours (out of memory, a failing store) leaves it as it was and the step's event
 * can be tried again.
 *
 * A frame removed by a step stays allocated until the step commits.
 */
#include "engine/execution.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/family.h"

static struct asli_undo *log_entry(struct asli_execution *x, enum asli_undo_kind kind,
                                   struct asli_frame *frame)
{
    asl_engine *engine = x->engine;
    if (x->undo_count == engine->undo_cap) {
        size_t cap = engine->undo_cap ? 2 * engine->undo_cap : 64;
        struct asli_undo *grown = asli_realloc(engine->undo, cap * sizeof *grown);
        if (!grown)
            return NULL;
        engine->undo = grown;
        engine->undo_cap = cap;
    }
    struct asli_undo *u = &engine->undo[x->undo_count++];
    memset(u, 0, sizeof *u);
    u->kind = kind;
    u->frame = frame;
    return u;
}

void asli_step_begin(struct asli_execution *x)
{
    x->step++;
    x->undo_count = 0;
    x->mark_pending = x->pending_count;
    x->mark_event = x->next_event;
    x->mark_serial = x->next_serial;
    x->step_bytes = 0;
    x->effects = NULL;
    x->effects_tail = &x->effects;
    x->errands = NULL;
    x->errands_tail = &x->errands;
    x->mark_runs = x->runs.len;
}

int asli_frame_touch(struct asli_frame *frame)
{
    struct asli_execution *x = frame->x;
    if (frame->touched == x->step)
        return 0;
    struct asli_frame_data *saved = asli_alloc(sizeof *saved);
    if (!saved)
        return ASL_ENOMEM;
    struct asli_undo *u = log_entry(x, ASLI_UNDO_DATA, frame);
    if (!u) {
        asli_free(saved);
        return ASL_ENOMEM;
    }
    asli_frame_data_copy(saved, &frame->d);
    u->data = saved;
    frame->touched = x->step;
    return 0;
}

/* ---- ready queue ---- */

static void queue_push_tail(struct asli_execution *x, struct asli_frame *f)
{
    f->ready = true;
    f->ready_next = NULL;
    f->ready_previous = x->ready_tail;
    if (x->ready_tail)
        x->ready_tail->ready_next = f;
    else
        x->ready_head = f;
    x->ready_tail = f;
}

static void queue_push_head(struct asli_execution *x, struct asli_frame *f)
{
    f->ready = true;
    f->ready_previous = NULL;
    f->ready_next = x->ready_head;
    if (x->ready_head)
        x->ready_head->ready_previous = f;
    else
        x->ready_tail = f;
    x->ready_head = f;
}

static void queue_unlink(struct asli_execution *x, struct asli_frame *f)
{
    f->ready = false;
    if (f->ready_previous)
        f->ready_previous->ready_next = f->ready_next;
    else
        x->ready_head = f->ready_next;
    if (f->ready_next)
        f->ready_next->ready_previous = f->ready_previous;
    else
        x->ready_tail = f->ready_previous;
    f->ready_next = f->ready_previous = NULL;
}

int asli_frame_push(struct asli_frame *frame)
{
    if (frame->ready)
        return 0;
    if (!log_entry(frame->x, ASLI_UNDO_PUSHED, frame))
        return ASL_ENOMEM;
    queue_push_tail(frame->x, frame);
    return 0;
}

int asli_frame_pop(struct asli_execution *x, struct asli_frame **frame)
{
    *frame = x->ready_head;
    if (!*frame)
        return 0;
    if (!log_entry(x, ASLI_UNDO_POPPED, *frame))
        return ASL_ENOMEM;
    queue_unlink(x, *frame);
    return 0;
}

void asli_frame_enqueue_loaded(struct asli_frame *frame)
{
    queue_push_tail(frame->x, frame);
}

/* ---- frames come and go ---- */

int asli_frame_spawn(struct asli_frame *parent, struct asli_scope *scope, uint32_t index,
                     struct asli_payload *input, uint64_t head, json_t *item,
                     struct asli_frame **frame)
{
    struct asli_execution *x = parent->x;
    struct asli_undo *u = log_entry(x, ASLI_UNDO_CREATED, NULL);
    if (!u)
        return ASL_ENOMEM;
    struct asli_frame *f = asli_frame_new(x, parent, scope, x->next_serial, index);
    if (!f) {
        x->undo_count--;
        return ASL_ENOMEM;
    }
    u->frame = f;
    x->next_serial++;
    f->touched = x->step; /* nothing to save */
    f->d.input = asli_payload_ref(input);
    f->d.head = head;
    f->item = json_incref(item);
    *frame = f;
    return asli_frame_push(f);
}

int asli_frame_remove(struct asli_frame *frame)
{
    while (frame->first_child) {
        int rc =
            asli_frame_remove(frame->first_child->previous_sibling); /* the last one */
        if (rc)
            return rc;
    }
    struct asli_execution *x = frame->x;
    struct asli_undo *u = log_entry(x, ASLI_UNDO_REMOVED, frame);
    if (!u)
        return ASL_ENOMEM;
    u->was_ready = frame->ready;
    if (frame->ready)
        queue_unlink(x, frame);
    asli_frame_unlink(frame);
    asli_map_remove(&x->frames, &frame->node);
    frame->removed = true;
    return 0;
}

int asli_frame_set_result(struct asli_frame *parent, uint32_t index,
                          struct asli_payload *payload)
{
    struct asli_result_slot *slot = &parent->d.results->slots[index];
    struct asli_undo *u = log_entry(parent->x, ASLI_UNDO_SLOT, parent);
    if (!u)
        return ASL_ENOMEM;
    u->slot = slot;
    u->results = parent->d.results;
    u->results->refs++;
    u->old_slot = *slot;
    slot->payload = asli_payload_ref(payload);
    if (!slot->dirty) {
        slot->next_dirty = u->results->first_dirty;
        u->results->first_dirty = index + 1;
    }
    slot->dirty = true;
    return 0;
}

/* ---- the step's end ---- */

static void undo_one(struct asli_execution *x, struct asli_undo *u)
{
    struct asli_frame *f = u->frame;
    switch (u->kind) {
    case ASLI_UNDO_DATA:
        asli_frame_data_done(&f->d);
        f->d = *u->data;
        f->touched = 0;
        asli_free(u->data);
        break;
    case ASLI_UNDO_CREATED:
        asli_map_remove(&x->frames, &f->node);
        asli_frame_unlink(f);
        asli_frame_free(f);
        break;
    case ASLI_UNDO_REMOVED:
        f->removed = false;
        asli_map_add(&x->frames, f->serial, &f->node); /* room: it was there before */
        asli_frame_link(f);
        if (u->was_ready)
            queue_push_tail(x, f);
        break;
    case ASLI_UNDO_PUSHED:
        queue_unlink(x, f);
        break;
    case ASLI_UNDO_POPPED:
        queue_push_head(x, f);
        break;
    case ASLI_UNDO_SLOT:
        asli_payload_unref(u->slot->payload);
        if (!u->old_slot.dirty) /* undone in reverse: it is the first */
            u->results->first_dirty = u->slot->next_dirty;
        *u->slot = u->old_slot;
        asli_results_unref(u->results);
        break;
    }
}

/* References into the row that is not written yet must not outlive the events they name. */
static void forget_event(struct asl_event *event)
{
    if (event->payload && event->payload->event == event->id)
        event->payload->event = event->payload->row = 0;
    for (uint32_t i = 0; event->assigned && i < event->assigned->count; i++)
        event->assigned->items[i].value->event = 0;
    asli_event_done(event);
}

static struct asli_map_run *pop_run(struct asli_execution *x)
{
    struct asli_map_run *run;
    x->runs.len -= sizeof run;
    memcpy(&run, x->runs.data + x->runs.len, sizeof run);
    return run;
}

void asli_step_rollback(struct asli_execution *x)
{
    while (x->undo_count)
        undo_one(x, &x->engine->undo[--x->undo_count]);
    while (x->pending_count > x->mark_pending)
        forget_event(&x->pending[--x->pending_count]);
    x->next_event = x->mark_event;
    x->next_serial = x->mark_serial;
    x->history_full = false;
    x->status = ASL_RUNNING; /* a step begins with a running execution only */
    x->stop_time = 0;
    asli_free(x->error);
    asli_free(x->cause);
    x->error = x->cause = NULL;
    asli_payload_unref(x->output);
    x->output = NULL;
    asli_effects_free(x->effects);
    x->effects = NULL;
    x->effects_tail = &x->effects;
    asli_errands_free(x->errands);
    x->errands = NULL;
    while (x->runs.len > x->mark_runs)
        asli_map_run_unref(pop_run(x));
}

static void drop_results(struct asli_execution *x, struct asli_frame *f,
                         struct asli_results *results)
{
    if (!results || !results->any_stored)
        return;
    struct asli_dropped d = {f->serial, results};
    results->refs++;
    asli_bytes_add(&x->dropped, &d, sizeof d); /* reserved */
}

static void finish_removed(struct asli_execution *x, struct asli_frame *f)
{
    if (f->stored) {
        uint32_t serial = f->serial;
        asli_bytes_add(&x->removed, &serial, sizeof serial); /* reserved */
    }
    drop_results(x, f, f->d.results);
    if (f->dirty) { /* in the dirty list: freed when the batch is sealed */
        f->dead = true;
        return;
    }
    asli_frame_free(f);
}

static void make_dirty(struct asli_execution *x, struct asli_frame *f)
{
    if (f->dirty)
        return;
    f->dirty = true;
    f->dirty_next = x->dirty_frames;
    x->dirty_frames = f;
}

/* Room for all that committing may need, so that it cannot fail half-way. */
static int reserve_commit(struct asli_execution *x)
{
    if (asli_heap_reserve(&x->timers, x->frames.count + x->undo_count) &&
        asli_bytes_reserve(&x->removed, x->undo_count * sizeof(uint32_t)) &&
        asli_bytes_reserve(&x->dropped, x->undo_count * sizeof(struct asli_dropped)))
        return 0;
    x->removed.oom = x->dropped.oom = false; /* the next try may find room */
    return ASL_ENOMEM;
}

int asli_step_commit(struct asli_execution *x)
{
    if (reserve_commit(x))
        return ASL_ENOMEM;
    for (size_t i = 0; i < x->undo_count; i++) {
        struct asli_undo *u = &x->engine->undo[i];
        struct asli_frame *f = u->frame;
        switch (u->kind) {
        case ASLI_UNDO_DATA:
            if (u->data->results != f->d.results)
                drop_results(x, f, u->data->results);
            asli_frame_data_done(u->data);
            asli_free(u->data);
            if (!f->removed) {
                make_dirty(x, f);
                asli_frame_settle(f);
            }
            break;
        case ASLI_UNDO_CREATED:
            if (!f->removed) {
                make_dirty(x, f);
                asli_frame_settle(f);
            }
            break;
        case ASLI_UNDO_SLOT:
            asli_payload_unref(u->old_slot.payload);
            asli_results_unref(u->results);
            break;
        default:
            break;
        }
    }
    for (size_t i = 0; i < x->undo_count; i++) {
        struct asli_undo *u = &x->engine->undo[i];
        if (u->kind == ASLI_UNDO_REMOVED) {
            asli_frame_unsettle(u->frame);
            finish_removed(x, u->frame);
        }
    }
    x->undo_count = 0;
    return 0;
}
