/* SPDX-License-Identifier: Apache-2.0
 *
 * The driver: takes an execution from one moment at which it waits to the next.
 *
 * A step begins with something that happened (a start, a completion, a timer, a stop), runs every
 * frame that became ready, and ends committed (memory is ahead of the disk by exactly the open
 * batch) or rolled back (nothing happened). It yields after ASLI_STEP_TRANSITIONS transitions.
 */
#include "engine/step.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/io.h"
#include "engine/probe.h"

/* ---- entering and leaving a state ---- */

static int handle(struct asli_frame *f, enum asli_step answer, asl_error *reterr);

static char *dup_or_null(const char *text, bool *oom)
{
    char *copy = asli_strdup(text);
    if (text && !copy)
        *oom = true;
    return copy;
}

static int record_entered(struct asli_frame *f, asl_error *reterr)
{
    f->before_entered = f->d.head;
    struct asl_event e = {.type = f->d.state->ops->entered,
                          .state = f->d.state->name,
                          .payload = asli_payload_ref(f->d.input)};
    int rc = asli_frame_record(f, &e, true, reterr);
    f->d.entered_event = e.id;
    f->d.entered_time = f->x->engine->now;
    return rc;
}

static void forget_outcome(struct asli_frame *f)
{
    asli_payload_unref(f->result);
    f->result = NULL;
    asli_failure_done(&f->failure);
    f->fatal = f->heartbeat = f->evaluation = false;
    f->chosen = NULL;
    f->out = NULL;
}

static int attempt(struct asli_frame *f, asl_error *reterr)
{
    forget_outcome(f);
    const struct asli_state_ops *ops = f->d.state->ops;
    f->d.phase = ASLI_PHASE_PARKED;
    f->d.wake_at = 0;
    int rc = ops->prepare ? ops->prepare(f, reterr) : 0;
    if (!rc)
        rc = asli_io_input(f, reterr);
    if (rc)
        return handle(f, asli_step_of(rc), reterr);
    return handle(f, f->x->probe ? asli_probe_enter(f, reterr) : ops->enter(f, reterr),
                  reterr);
}

int asli_frame_exited(struct asli_frame *frame, struct asli_payload *output,
                      struct asli_variables *assigned, asl_error *reterr)
{
    if (frame->d.state->ops->exited == ASLI_EVENT_NONE)
        return 0;
    struct asl_event e = {.type = frame->d.state->ops->exited,
                          .state = frame->d.state->name,
                          .payload = asli_payload_ref(output),
                          .assigned = asli_variables_ref(assigned)};
    int rc = asli_frame_record(frame, &e, true, reterr);
    if (rc || !assigned)
        return rc;
    struct asli_variables *all = asli_variables_merge(frame->d.variables, assigned);
    if (!all)
        return asli_oom(reterr);
    asli_variables_unref(frame->d.variables);
    frame->d.variables = all;
    return frame->x->probe ? asli_probe_assigned(frame, assigned, reterr) : 0;
}

static int frame_ended(struct asli_frame *f, struct asli_payload *output,
                       asl_error *reterr)
{
    if (f->parent) {
        struct asli_event ev = {
            .kind = ASLI_ON_CHILD_DONE, .child = f, .payload = output};
        return asli_frame_resume(f->parent, &ev, reterr);
    }
    struct asli_execution *x = f->x;
    struct asl_event e = {.type = ASLI_EVENT_ExecutionSucceeded,
                          .payload = asli_payload_ref(output)};
    x->output = asli_payload_ref(output);
    return asli_execution_end(x, ASL_SUCCEEDED, f->d.head, &e, reterr);
}

/* Forgets all that belongs to the state being left. */
static void clear_state(struct asli_frame *f)
{
    struct asli_frame_data *d = &f->d;
    asli_payload_unref(d->work);
    d->work = NULL;
    if (d->tries && --d->tries->refs == 0)
        asli_free(d->tries);
    d->tries = NULL;
    asli_results_unref(d->results);
    d->results = NULL;
    asli_map_run_unref(d->run);
    d->run = NULL;
    d->joining = false;
    d->retry_count = 0;
    d->wake_at = 0;
    d->own_token = false;
    d->next_index = d->active = d->done_count = 0;
}

int asli_frame_leave(struct asli_frame *frame, struct asli_state *next,
                     struct asli_payload *output, asl_error *reterr)
{
    struct asli_payload *keep = asli_payload_ref(output);
    if (frame->x->probe) { /* it goes no further */
        frame->x->probe->next = next;
        next = NULL;
    }
    int rc = asli_frame_drop_children(frame, reterr);
    if (!rc)
        clear_state(frame);
    if (!rc && next) {
        asli_payload_unref(frame->d.input);
        frame->d.input = asli_payload_ref(keep);
        frame->d.state = next;
        frame->d.phase = ASLI_PHASE_READY;
        if (asli_frame_push(frame))
            rc = asli_oom(reterr);
    } else if (!rc) {
        rc = frame_ended(frame, keep, reterr);
    }
    asli_payload_unref(keep);
    return rc;
}

static int fail_frame(struct asli_frame *f, asl_error *reterr);

static int finish_state(struct asli_frame *f, asl_error *reterr)
{
    struct asli_payload *result = f->result, *output = NULL, *work;
    struct asli_variables *assigned = NULL;
    int rc = 0;
    asli_probe_note(f, ASLI_STAGE_RESULT, result);
    f->result = NULL;
    if (!result) {
        rc = asli_frame_work(f, &work, reterr);
        result = rc ? NULL : asli_payload_ref(work);
    }
    if (!rc)
        rc = asli_io_output(f, result, &output, reterr);
    if (!rc)
        rc = asli_io_assign(f, NULL, result, &assigned, reterr);
    asli_payload_unref(result);
    if (rc) {
        asli_payload_unref(output);
        return rc == ASLI_FAILED ? fail_frame(f, reterr) : rc;
    }
    struct asli_state *next = f->chosen ? f->chosen : f->d.state->next;
    f->chosen = NULL;
    rc = asli_frame_exited(f, output, assigned, reterr);
    if (!rc)
        rc = asli_frame_leave(f, next, output, reterr);
    asli_variables_unref(assigned);
    asli_payload_unref(output);
    return rc;
}

/* ---- failures ---- */

static int fail_execution(struct asli_frame *f, asl_error *reterr)
{
    struct asli_execution *x = f->x;
    bool oom = false;
    struct asl_event e = {.type = ASLI_EVENT_ExecutionFailed,
                          .error = dup_or_null(f->failure.error, &oom),
                          .cause = dup_or_null(f->failure.cause, &oom)};
    if (oom) {
        asli_event_done(&e);
        return asli_oom(reterr);
    }
    return asli_execution_end(x, ASL_FAILED, f->d.head, &e, reterr);
}

static int record_state_failed(struct asli_frame *f, asl_error *reterr)
{
    if (f->d.state->ops->failed == ASLI_EVENT_NONE)
        return 0;
    struct asl_event e = {.type = f->d.state->ops->failed, .state = f->d.state->name};
    return asli_frame_record(f, &e, true, reterr);
}

/* An expression failed: that has an event of its own. It follows the state's Entered event; before
 * December 2024 it followed what came before that. */
static int record_evaluation(struct asli_frame *f, asl_error *reterr)
{
    if (!f->evaluation)
        return 0;
    bool oom = false;
    struct asl_event e = {.type = ASLI_EVENT_EvaluationFailed,
                          .state = f->d.state->name,
                          .error = dup_or_null(f->failure.error, &oom),
                          .cause = dup_or_null(f->failure.cause, &oom),
                          .text = dup_or_null(f->failure.location, &oom)};
    f->evaluation = false;
    if (oom) {
        asli_event_done(&e);
        return asli_oom(reterr);
    }
    if (f->d.head == f->d.entered_event &&
        !asli_engine_since(f->x->engine, ASLI_EVALUATION_FOLLOWS_ENTERED))
        f->d.head = f->before_entered;
    return asli_frame_record(f, &e, true, reterr);
}

/* Retry, then Catch, then the enclosing state or the execution. */
static int fail_frame(struct asli_frame *f, asl_error *reterr)
{
    bool handled = false;
    int rc = record_evaluation(f, reterr);
    if (rc || f->fatal)
        return rc ? rc : fail_execution(f, reterr);
    rc = asli_retry(f, &handled, reterr);
    if (!rc && handled && f->x->probe)
        return fail_execution(f, reterr); /* what it would come to is known */
    if (rc || handled)
        return rc;
    rc = record_state_failed(f, reterr);
    if (!rc)
        rc = asli_catch(f, &handled, reterr);
    if (rc == ASLI_FAILED) { /* the catcher itself failed */
        if (f->fatal)
            return fail_execution(f, reterr);
        rc = record_evaluation(f, reterr);
        if (!rc)
            rc = record_state_failed(f, reterr);
    }
    if (rc || handled)
        return rc;
    if (!f->parent)
        return fail_execution(f, reterr);
    struct asli_event ev = {.kind = ASLI_ON_CHILD_FAILED, .child = f};
    return asli_frame_resume(f->parent, &ev, reterr);
}

static int handle(struct asli_frame *f, enum asli_step answer, asl_error *reterr)
{
    switch (answer) {
    case ASLI_STEP_DONE:
        return finish_state(f, reterr);
    case ASLI_STEP_PARK:
        return 0;
    case ASLI_STEP_FAIL:
        return fail_frame(f, reterr);
    case ASLI_STEP_BROKEN:
        break;
    }
    return reterr && reterr->code ? reterr->code : asli_oom(reterr);
}

int asli_frame_resume(struct asli_frame *frame, const struct asli_event *event,
                      asl_error *reterr)
{
    if (asli_frame_touch(frame))
        return asli_oom(reterr);
    forget_outcome(frame);
    return handle(frame, frame->d.state->ops->resume(frame, event, reterr), reterr);
}

/* The history is full: its last event says so, whatever was to come. */
static int overflow(struct asli_execution *x, asl_error *reterr)
{
    struct asl_event e = {.type = ASLI_EVENT_ExecutionFailed,
                          .error = asli_strdup("States.Runtime"),
                          .cause =
                              asli_printf("The execution reached the maximum number of "
                                          "history events (%llu).",
                                          (unsigned long long)x->engine->max_events)};
    asli_payload_unref(x->output);
    x->output = NULL;
    if (!e.error || !e.cause) {
        asli_event_done(&e);
        return asli_oom(reterr);
    }
    x->history_full = false;
    return asli_execution_end(x, ASL_FAILED, x->next_event - 1, &e, reterr);
}

int asli_execution_end(struct asli_execution *x, enum asl_status status,
                       uint64_t previous, struct asl_event *take_event, asl_error *reterr)
{
    bool oom = false;
    if (x->history_full) { /* events before this one are missing */
        asli_event_done(take_event);
        return overflow(x, reterr);
    }
    asli_text_clip(take_event->error, ASLI_ERROR_CHARS);
    asli_text_clip(take_event->cause, ASLI_CAUSE_CHARS);
    x->error = dup_or_null(take_event->error, &oom);
    x->cause = dup_or_null(take_event->cause, &oom);
    if (oom) {
        asli_event_done(take_event);
        return asli_oom(reterr);
    }
    int rc = asli_execution_record(x, take_event, previous, reterr);
    if (rc)
        return rc;
    x->status = status;
    x->stop_time = x->engine->now;
    x->meta_dirty = true;
    return asli_execution_ended(x, reterr);
}

/* ---- steps ---- */

static int run_frames(struct asli_execution *x, asl_error *reterr)
{
    for (int n = 0; n < ASLI_STEP_TRANSITIONS && x->status == ASL_RUNNING; n++) {
        struct asli_frame *f;
        int rc = asli_frame_pop(x, &f);
        if (rc || (f && asli_frame_touch(f)))
            return asli_oom(reterr);
        if (!f)
            return 0;
        if (f->d.stopped)
            continue;
        if (f->d.phase == ASLI_PHASE_READY)
            rc = record_entered(f, reterr);
        if (!rc)
            rc = attempt(f, reterr);
        if (!rc && x->history_full && x->status == ASL_RUNNING)
            rc = overflow(x, reterr);
        if (rc)
            return rc;
        if (x->step_bytes > ASLI_STEP_BYTES)
            break;
    }
    return 0;
}

int asli_step_finish(struct asli_execution *x, int rc, asl_error *reterr)
{
    if (!rc && x->history_full && x->status == ASL_RUNNING)
        rc = overflow(x, reterr);
    if (!rc)
        rc = run_frames(x, reterr);
    if (!rc && asli_execution_commit(x))
        rc = asli_oom(reterr);
    if (rc) {
        asli_step_rollback(x);
        return rc;
    }
    return 0;
}

int asli_step_run(struct asli_execution *x, asl_error *reterr)
{
    asli_step_begin(x);
    return asli_step_finish(x, 0, reterr);
}

/* AWS: an Express execution has five minutes, whatever TimeoutSeconds says. */
#define EXPRESS_SECONDS 300

int64_t asli_execution_timeout(const struct asli_execution *x, int64_t from)
{
    const struct asli_int_field *field = &x->machine->timeout_seconds;
    bool is_whole = x->root->scope->index == 0; /* not the child of a Map run */
    int64_t seconds = is_whole && field->set ? field->value : INT64_MAX;
    if (!asli_execution_is_stored(x) && seconds > EXPRESS_SECONDS)
        seconds = EXPRESS_SECONDS;
    return seconds == INT64_MAX ? 0 : from + seconds * 1000;
}

int asli_step_start(struct asli_execution *x, asl_error *reterr)
{
    asli_step_begin(x);
    x->start_time = x->engine->now;
    x->timeout_at = asli_execution_timeout(x, x->start_time);
    struct asl_event e = {.type = ASLI_EVENT_ExecutionStarted,
                          .payload = asli_payload_ref(x->input),
                          .text = asli_strdup(asli_execution_role(x)),
                          .has_number = x->version != 0,
                          .number = x->version,
                          .resource = x->alias};
    int rc = e.text ? asli_execution_record(x, &e, 0, reterr) : asli_oom(reterr);
    if (!e.text)
        asli_event_done(&e);
    if (!rc && asli_frame_push(x->root))
        rc = asli_oom(reterr);
    return asli_step_finish(x, rc, reterr);
}

int asli_step_stop(struct asli_execution *x, const char *error, const char *cause,
                   asl_error *reterr)
{
    bool oom = false;
    asli_step_begin(x);
    struct asl_event e = {.type = ASLI_EVENT_ExecutionAborted,
                          .error = dup_or_null(error, &oom),
                          .cause = dup_or_null(cause, &oom)};
    int rc = oom ? asli_oom(reterr) : asli_execution_end(x, ASL_ABORTED, 0, &e, reterr);
    if (oom)
        asli_event_done(&e);
    return asli_step_finish(x, rc, reterr);
}

static int time_out(struct asli_execution *x, asl_error *reterr)
{
    struct asl_event e = {.type = ASLI_EVENT_ExecutionTimedOut,
                          .error = asli_strdup("States.Timeout")};
    if (!e.error)
        return asli_oom(reterr);
    int rc = asli_execution_end(x, ASL_TIMED_OUT, 0, &e, reterr);
    x->stop_time = x->timeout_at;
    return rc;
}

static int frame_timer(struct asli_frame *f, asl_error *reterr)
{
    if (asli_frame_touch(f))
        return asli_oom(reterr);
    int64_t now = f->x->engine->now;
    if (f->d.wake_at && f->d.wake_at <= now) {
        f->d.wake_at = 0;
        if (f->d.phase == ASLI_PHASE_BACKOFF) {
            f->d.phase = ASLI_PHASE_RETRY;
            return asli_frame_push(f) ? asli_oom(reterr) : 0;
        }
        struct asli_event ev = {.kind = ASLI_ON_TIMER};
        return asli_frame_resume(f, &ev, reterr);
    }
    struct asli_event ev = {.kind = ASLI_ON_TASK_TIMED_OUT};
    ev.heartbeat =
        f->d.heartbeat_at && (!f->d.timeout_at || f->d.heartbeat_at < f->d.timeout_at);
    return asli_task_event(f, &ev, reterr);
}

int asli_step_timer(struct asli_execution *x, asl_error *reterr)
{
    asli_step_begin(x);
    struct asli_heap_node *first = asli_heap_first(&x->timers);
    int rc = 0;
    if (x->timeout_at && x->timeout_at <= x->engine->now &&
        (!first || first->deadline >= x->timeout_at))
        rc = time_out(x, reterr);
    else if (first && first->deadline <= x->engine->now)
        rc = frame_timer(ASLI_OF(first, struct asli_frame, timer), reterr);
    return asli_step_finish(x, rc, reterr);
}

static int resume_step(struct asli_execution *x, struct asli_frame *frame,
                       const struct asli_event *event, asl_error *reterr)
{
    asli_step_begin(x);
    return asli_step_finish(x, asli_frame_resume(frame, event, reterr), reterr);
}

int asli_step_child(struct asli_execution *x, struct asli_frame *frame,
                    const struct asli_event *event, asl_error *reterr)
{
    return resume_step(x, frame, event, reterr);
}

int asli_step_durable(struct asli_execution *x, struct asli_frame *frame,
                      asl_error *reterr)
{
    struct asli_event event = {.kind = ASLI_ON_DURABLE};
    return resume_step(x, frame, &event, reterr);
}

int asli_step_message(struct asli_execution *x, struct asli_frame *frame,
                      struct asli_message *message, asl_error *reterr)
{
    asli_step_begin(x);
    int rc = asli_frame_touch(frame) ? asli_oom(reterr)
                                     : asli_task_message(frame, message, reterr);
    return asli_step_finish(x, rc, reterr);
}
