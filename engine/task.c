/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks inside a step: scheduling one, and what happens to it. The handle that providers hold is
 * in task_handle.c.
 *
 * A frame has at most one open task. Its identity outside is (execution, frame, secret): a secret
 * is drawn for every attempt, so a late answer to an earlier attempt finds nothing.
 */
#include "engine/step.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/io.h"
#include "engine/probe.h"
#include "engine/task_handle.h"

/* The events of a family of resources. */
static const struct family {
    enum asli_event_type scheduled, started, succeeded, failed, timed_out;
} families[] = {
    [ASL_RESOURCE_LAMBDA] = {ASLI_EVENT_LambdaFunctionScheduled,
                             ASLI_EVENT_LambdaFunctionStarted,
                             ASLI_EVENT_LambdaFunctionSucceeded,
                             ASLI_EVENT_LambdaFunctionFailed,
                             ASLI_EVENT_LambdaFunctionTimedOut},
    [ASL_RESOURCE_ACTIVITY] = {ASLI_EVENT_ActivityScheduled, ASLI_EVENT_ActivityStarted,
                               ASLI_EVENT_ActivitySucceeded, ASLI_EVENT_ActivityFailed,
                               ASLI_EVENT_ActivityTimedOut},
    [ASL_RESOURCE_SERVICE] = {ASLI_EVENT_TaskScheduled, ASLI_EVENT_TaskStarted,
                              ASLI_EVENT_TaskSucceeded, ASLI_EVENT_TaskFailed,
                              ASLI_EVENT_TaskTimedOut},
    [ASL_RESOURCE_HANDLER] = {ASLI_EVENT_LambdaFunctionScheduled,
                              ASLI_EVENT_LambdaFunctionStarted,
                              ASLI_EVENT_LambdaFunctionSucceeded,
                              ASLI_EVENT_LambdaFunctionFailed,
                              ASLI_EVENT_LambdaFunctionTimedOut},
};

static bool is_service(const struct asl_resource *r)
{
    return r->kind == ASL_RESOURCE_SERVICE;
}

/* An event of the task, with what its family always shows. */
static struct asl_event task_event(const struct asli_frame *f, enum asli_event_type type)
{
    const struct asl_resource *r = asli_state_resource(f->d.state);
    struct asl_event e = {.type = type, .state = f->d.state->name};
    if (is_service(r)) {
        e.resource_type = r->type;
        e.resource = r->action;
    } else if (type == families[r->kind].scheduled) {
        e.resource = r->text;
    }
    return e;
}

static void start_clocks(struct asli_frame *f)
{
    int64_t now = asli_frame_now(f);
    f->d.timeout_at = f->d.timeout_ms ? now + f->d.timeout_ms : 0;
    f->d.heartbeat_at = f->d.heartbeat_ms ? now + f->d.heartbeat_ms : 0;
}

int asli_task_draw_token(struct asli_frame *frame, bool shown, asl_error *reterr)
{
    struct asli_env env = asli_frame_env(frame, NULL);
    if (env.random(env.arg, frame->d.secret, sizeof frame->d.secret))
        return asl_error_set(reterr, ASL_ESYSTEM, "no random bytes for a task token");
    frame->d.own_token = shown;
    return 0;
}

static int record_scheduled(struct asli_frame *f, struct asl_resource *r,
                            struct asli_task_clocks *clocks, asl_error *reterr)
{
    struct asl_event e = task_event(f, families[r->kind].scheduled);
    e.payload = asli_payload_ref(f->d.work);
    e.timeout = clocks->timeout;
    e.heartbeat = clocks->heartbeat;
    e.text = clocks->role;
    clocks->role = NULL;
    int rc = asli_frame_record(f, &e, true, reterr);
    f->d.scheduled_event = e.id;
    return rc;
}

int asli_task_schedule(struct asli_frame *frame, struct asl_resource *resource,
                       struct asli_task_clocks *take_clocks, asl_error *reterr)
{
    int rc = record_scheduled(frame, resource, take_clocks, reterr);
    if (rc)
        return rc;
    frame->d.timeout_ms = take_clocks->timeout * 1000;
    frame->d.heartbeat_ms = take_clocks->heartbeat * 1000;
    if (resource->kind != ASL_RESOURCE_ACTIVITY) {
        struct asl_event e = task_event(frame, families[resource->kind].started);
        rc = asli_frame_record(frame, &e, true, reterr);
        if (rc)
            return rc;
        start_clocks(frame);
    }
    frame->d.task_phase = ASLI_TASK_OPEN;
    frame->d.unclaimed = false;
    rc = asli_task_handle_new(frame, &frame->d.task, reterr);
    return rc ? rc : asli_task_dispatch(frame, reterr);
}

int asli_task_dispatch(struct asli_frame *frame, asl_error *reterr)
{
    struct asli_effect *effect = asli_effect_new(ASLI_EFFECT_DISPATCH);
    if (!effect)
        return asli_oom(reterr);
    effect->task = asli_task_handle_ref(frame->d.task);
    asli_step_effect(frame->x, effect);
    return 0;
}

int asli_task_close(struct asli_frame *frame, asl_error *reterr)
{
    if (frame->d.task && atomic_load(&frame->d.task->state) == ASLI_HANDLE_OPEN) {
        struct asli_effect *effect = asli_effect_new(ASLI_EFFECT_CANCEL);
        if (!effect)
            return asli_oom(reterr);
        effect->task = asli_task_handle_ref(frame->d.task);
        asli_step_effect(frame->x, effect);
    }
    asli_task_handle_unref(frame->d.task);
    frame->d.task = NULL;
    frame->d.task_phase = ASLI_TASK_NONE;
    frame->d.timeout_at = frame->d.heartbeat_at = 0;
    frame->d.unclaimed = false;
    return 0;
}

static int record_outcome(struct asli_frame *f, const struct asli_event *event,
                          asl_error *reterr)
{
    const struct family *family = &families[asli_state_resource(f->d.state)->kind];
    const char *error = event->error;
    struct asl_event e;
    switch (event->kind) {
    case ASLI_ON_TASK_SUCCEEDED:
        e = task_event(f, family->succeeded);
        e.payload = asli_payload_ref(event->payload);
        return asli_frame_record(f, &e, true, reterr);
    case ASLI_ON_TASK_FAILED:
        e = task_event(f, family->failed);
        e.cause = asli_strdup(event->cause);
        break;
    default:
        e = task_event(f, family->timed_out);
        error = "States.Timeout";
        break;
    }
    e.error = asli_strdup(error);
    if ((error && !e.error) || (event->cause && !e.cause)) {
        asli_event_done(&e);
        return asli_oom(reterr);
    }
    return asli_frame_record(f, &e, true, reterr);
}

/* A result over the size limit is the task's failure (recorded: catchable by States.ALL). */
static int limit_result(struct asli_frame *f, struct asli_event *event, char **cause,
                        asl_error *reterr)
{
    const struct asl_resource *r = asli_state_resource(f->d.state);
    if (event->kind != ASLI_ON_TASK_SUCCEEDED)
        return 0;
    int rc = asli_payload_text(event->payload, f->x, reterr);
    if (rc || event->payload->len <= f->x->engine->max_payload)
        return rc;
    *cause = asli_printf(
        "The state/task '%s' returned a result with a size exceeding the maximum "
        "number of bytes service limit.",
        is_service(r) ? r->type : r->text);
    event->kind = ASLI_ON_TASK_FAILED;
    event->error = "States.DataLimitExceeded";
    event->cause = *cause;
    return *cause ? 0 : asli_oom(reterr);
}

int asli_task_event(struct asli_frame *frame, const struct asli_event *event,
                    asl_error *reterr)
{
    struct asli_event ev = *event;
    ASLI_AUTO(text) char *cause = NULL;
    int rc = limit_result(frame, &ev, &cause, reterr);
    if (!rc)
        rc = asli_task_close(frame, reterr);
    if (!rc)
        rc = record_outcome(frame, &ev, reterr);
    return rc ? rc : asli_frame_resume(frame, &ev, reterr);
}

/* ---- messages ---- */

static int submitted(struct asli_frame *f, struct asli_message *m, asl_error *reterr)
{
    const struct asl_resource *r = asli_state_resource(f->d.state);
    if (f->d.task_phase != ASLI_TASK_OPEN)
        return 0; /* dispatched a second time after a crash: it is in the history already */
    f->d.task_phase = ASLI_TASK_SUBMITTED;
    if (!is_service(r) || r->pattern == ASL_PATTERN_REQUEST)
        return 0;
    struct asl_event e = task_event(f, ASLI_EVENT_TaskSubmitted);
    e.payload = asli_payload_ref(m->payload);
    return asli_frame_record(f, &e, true, reterr);
}

static int picked_up(struct asli_frame *f, struct asli_message *m, asl_error *reterr)
{
    struct asl_event e = task_event(f, ASLI_EVENT_ActivityStarted);
    if (f->d.head != f->d.scheduled_event)
        return 0; /* a worker took it before a crash: it is in the history already */
    e.text = asli_strdup(m->name);
    if (m->name && !e.text)
        return asli_oom(reterr);
    start_clocks(f);
    return asli_frame_record(f, &e, true, reterr);
}

int asli_task_message(struct asli_frame *frame, struct asli_message *message,
                      asl_error *reterr)
{
    struct asli_event ev = {0};
    if (frame->x->probe && message->embedded) /* it is the completion */
        asli_probe_exchanged(frame->x->probe, message->task);
    switch (message->kind) {
    case ASLI_MSG_SUCCEED:
        ev.kind = ASLI_ON_TASK_SUCCEEDED;
        ev.payload = message->payload;
        return asli_task_event(frame, &ev, reterr);
    case ASLI_MSG_FAIL:
        ev.kind = ASLI_ON_TASK_FAILED;
        ev.error = message->error;
        ev.cause = message->cause;
        return asli_task_event(frame, &ev, reterr);
    case ASLI_MSG_HEARTBEAT:
        if (frame->d.heartbeat_at)
            frame->d.heartbeat_at = asli_frame_now(frame) + frame->d.heartbeat_ms;
        return 0;
    case ASLI_MSG_SUBMITTED:
        return submitted(frame, message, reterr);
    case ASLI_MSG_WORKER:
        return picked_up(frame, message, reterr);
    default:
        return asl_error_set(reterr, ASL_EINTERNAL, "message %d is not a task's",
                             (int)message->kind);
    }
}
