/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames: their tree, their data, and what they record. The undo log is in undo.c.
 */
#include "engine/frame.h"

#include <stdarg.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/effect.h"
#include "engine/engine.h"
#include "engine/task_handle.h"

enum asli_step asli_step_of(int rc)
{
    return rc == ASLI_FAILED ? ASLI_STEP_FAIL : ASLI_STEP_BROKEN;
}

int64_t asli_frame_now(const struct asli_frame *frame)
{
    return frame->x->engine->now;
}

/* ---- tree ---- */

struct asli_frame *asli_frame_new(struct asli_execution *x, struct asli_frame *parent,
                                  struct asli_scope *scope, uint32_t serial,
                                  uint32_t index)
{
    struct asli_frame *f = asli_alloc(sizeof *f);
    if (!f)
        return NULL;
    f->x = x;
    f->parent = parent;
    f->scope = scope;
    f->serial = serial;
    f->index = index;
    f->d.state = scope->start;
    f->wait = ASLI_WAIT_NONE;
    f->timer.order = serial;
    if (!asli_map_add(&x->frames, serial, &f->node)) {
        asli_free(f);
        return NULL;
    }
    asli_frame_link(f);
    x->bytes += sizeof *f;
    return f;
}

void asli_frame_link(struct asli_frame *frame)
{
    if (!frame->parent) {
        frame->x->root = frame;
        return;
    }
    struct asli_frame *first = frame->parent->first_child;
    if (!first) {
        frame->parent->first_child = frame->previous_sibling = frame;
        frame->next_sibling = NULL;
        return;
    }
    struct asli_frame *last =
        first->previous_sibling; /* the first points back at the last */
    last->next_sibling = frame;
    frame->previous_sibling = last;
    frame->next_sibling = NULL;
    first->previous_sibling = frame;
}

void asli_frame_unlink(struct asli_frame *frame)
{
    struct asli_frame *parent = frame->parent;
    if (!parent) {
        frame->x->root = NULL;
        return;
    }
    struct asli_frame *first = parent->first_child;
    struct asli_frame *last = first->previous_sibling;
    if (frame == first) {
        parent->first_child = frame->next_sibling;
        if (frame->next_sibling)
            frame->next_sibling->previous_sibling = last;
    } else {
        frame->previous_sibling->next_sibling = frame->next_sibling;
        if (frame == last)
            first->previous_sibling = frame->previous_sibling;
        else
            frame->next_sibling->previous_sibling = frame->previous_sibling;
    }
    frame->next_sibling = frame->previous_sibling = NULL;
}

void asli_frame_free(struct asli_frame *frame)
{
    if (!frame)
        return;
    asli_heap_remove(&frame->x->timers, &frame->timer);
    asli_frame_data_done(&frame->d);
    json_decref(frame->item);
    json_decref(frame->items);
    if (frame->reader)
        frame->close_reader(frame->reader);
    asli_payload_unref(frame->result);
    asli_failure_done(&frame->failure);
    asli_free(frame);
}

/* ---- data ---- */

void asli_frame_data_done(struct asli_frame_data *data)
{
    asli_payload_unref(data->input);
    asli_payload_unref(data->work);
    asli_variables_unref(data->variables);
    if (data->tries && --data->tries->refs == 0)
        asli_free(data->tries);
    asli_results_unref(data->results);
    asli_map_run_unref(data->run);
    asli_task_handle_unref(data->task);
    memset(data, 0, sizeof *data);
}

void asli_frame_data_copy(struct asli_frame_data *to, const struct asli_frame_data *from)
{
    *to = *from;
    asli_payload_ref(to->input);
    asli_payload_ref(to->work);
    asli_variables_ref(to->variables);
    if (to->tries)
        to->tries->refs++;
    if (to->results)
        to->results->refs++;
    asli_task_handle_ref(to->task);
    asli_map_run_ref(to->run);
}

int asli_frame_set_run(struct asli_frame *frame, struct asli_map_run *take_run)
{
    struct asli_bytes *runs = &frame->x->runs;
    if (!take_run || !asli_bytes_reserve(runs, sizeof take_run)) {
        runs->oom = false;
        asli_map_run_unref(take_run);
        return ASL_ENOMEM;
    }
    asli_bytes_add(runs, &take_run, sizeof take_run);
    asli_map_run_unref(frame->d.run);
    frame->d.run = asli_map_run_ref(take_run);
    return 0;
}

struct asli_results *asli_results_new(size_t count)
{
    struct asli_results *r =
        asli_alloc(sizeof *r + (count ? count : 1) * sizeof(struct asli_result_slot));
    if (r) {
        r->refs = 1;
        r->count = count;
    }
    return r;
}

void asli_results_unref(struct asli_results *results)
{
    if (!results || --results->refs)
        return;
    for (size_t i = 0; i < results->count; i++)
        asli_payload_unref(results->slots[i].payload);
    asli_free(results);
}

int asli_frame_count_try(struct asli_frame *frame, size_t retrier, uint32_t *n)
{
    struct asli_tries *old = frame->d.tries;
    size_t count = frame->d.state->retrier_count;
    struct asli_tries *tries = asli_alloc(sizeof *tries + count * sizeof *tries->n);
    if (!tries)
        return ASL_ENOMEM;
    tries->refs = 1;
    tries->count = (unsigned)count;
    if (old)
        memcpy(tries->n, old->n, count * sizeof *tries->n);
    *n = tries->n[retrier]++;
    if (old && --old->refs == 0)
        asli_free(old);
    frame->d.tries = tries;
    return 0;
}

/* ---- events ---- */

/* The variables' values stand in this event from now on. */
static void place_assigned(struct asli_execution *x, const struct asl_event *e)
{
    for (uint32_t i = 0; e->assigned && i < e->assigned->count; i++) {
        struct asli_payload *value = e->assigned->items[i].value;
        value->event = e->id;
        value->row = x->engine->batch_number + 1;
        value->part = i + 1;
        x->step_bytes += value->len;
    }
}

int asli_execution_record(struct asli_execution *x, struct asl_event *take_event,
                          uint64_t previous, asl_error *reterr)
{
    bool terminal = take_event->type <= ASLI_EVENT_ExecutionTimedOut &&
                    take_event->type != ASLI_EVENT_ExecutionStarted;
    if (x->next_event >= x->engine->max_events && !terminal &&
        asli_execution_is_stored(x)) { /* Express: there is no history to grow full */
        x->history_full = true; /* the driver ends the execution with the last event */
        asli_event_done(take_event);
        return 0;
    }
    if (x->pending_count == x->pending_cap) {
        size_t cap = x->pending_cap ? 2 * x->pending_cap : 8;
        struct asl_event *grown = asli_realloc(x->pending, cap * sizeof *grown);
        if (!grown) {
            asli_event_done(take_event);
            return asli_oom(reterr);
        }
        x->pending = grown;
        x->pending_cap = cap;
    }
    if (take_event->payload) {
        int rc = asli_payload_text(take_event->payload, x, reterr);
        if (rc) {
            asli_event_done(take_event);
            return rc;
        }
    }
    asli_text_clip(take_event->error, ASLI_ERROR_CHARS);
    asli_text_clip(take_event->cause, ASLI_CAUSE_CHARS);
    take_event->id = x->next_event++;
    if (take_event->payload && !take_event->payload->event) {
        take_event->payload->event = take_event->id;
        take_event->payload->row = x->engine->batch_number + 1;
        x->step_bytes += take_event->payload->len;
    }
    place_assigned(x, take_event);
    x->step_bytes += 32;
    take_event->previous = previous;
    take_event->time = x->engine->now;
    take_event->x = x;
    take_event->redrives = x->redrive_count;
    x->pending[x->pending_count++] = *take_event;
    return 0;
}

int asli_frame_fail(struct asli_frame *frame, const char *error, const char *cause,
                    asl_error *reterr)
{
    struct asli_failure f = {asli_strdup(error), asli_strdup(cause)};
    if ((error && !f.error) || (cause && !f.cause)) {
        asli_failure_done(&f);
        return asli_oom(reterr);
    }
    asli_failure_done(&frame->failure);
    frame->failure = f;
    return ASLI_FAILED;
}

int asli_frame_record(struct asli_frame *frame, struct asl_event *take_event,
                      bool advance, asl_error *reterr)
{
    take_event->id = 0;
    int rc = asli_execution_record(frame->x, take_event, frame->d.head, reterr);
    if (!rc && advance && take_event->id)
        frame->d.head = take_event->id;
    return rc;
}

void asli_frame_wake_at(struct asli_frame *frame, int64_t at)
{
    frame->d.wake_at = at;
}

int asli_frame_when_durable(struct asli_frame *frame, asl_error *reterr)
{
    struct asli_effect *e = asli_effect_durable(frame);
    if (!e)
        return asli_oom(reterr);
    asli_step_effect(frame->x, e);
    return 0;
}
