/* SPDX-License-Identifier: Apache-2.0
 *
 * Stopping the children of a Parallel or Map that failed, with the events AWS records for it
 * (asl-reference 15.3 rule 7): iteration by iteration its MapIterationAborted, then the Aborted
 * event of the state it was in; all of them point at the event that caused the failure.
 *
 * The frames stay, stopped, until their owner is tried again or left: when the execution fails
 * instead, a redrive goes on with them.
 */
#include "engine/family.h"
#include "engine/step.h"

/* A Map run ends with its state: its children are stopped. */
static int abort_run(struct asli_frame *f, uint64_t cause, asl_error *reterr)
{
    if (!f->d.run || f->d.run->status != ASL_RUNNING)
        return 0;
    struct asl_event e = {.type = ASLI_EVENT_MapRunAborted};
    int rc = asli_execution_record(f->x, &e, cause, reterr);
    if (!rc && (asli_frame_stop_run(f) || asli_frame_end_run(f, ASL_ABORTED)))
        rc = asli_oom(reterr);
    return rc;
}

static int abort_state(struct asli_frame *f, bool failed, uint64_t cause,
                       asl_error *reterr)
{
    const struct asli_state_ops *ops = f->d.state->ops;
    if (asli_frame_touch(f))
        return asli_oom(reterr);
    f->d.stopped = true;
    f->d.wake_at = 0;
    if (f->d.phase == ASLI_PHASE_READY)
        return 0; /* between two states */
    int rc = asli_frame_abort_children(f, NULL, cause, reterr);
    if (!rc)
        rc = abort_run(f, cause, reterr);
    if (!rc)
        rc = asli_task_close(f, reterr);
    if (rc || ops->aborted == ASLI_EVENT_NONE ||
        (failed && ops->failed != ASLI_EVENT_NONE))
        return rc;
    struct asl_event e = {.type = ops->aborted, .state = f->d.state->name};
    return asli_execution_record(f->x, &e, cause, reterr);
}

static int abort_child(struct asli_frame *parent, struct asli_frame *child, bool failed,
                       uint64_t cause, asl_error *reterr)
{
    if (!failed && parent->d.state->ops->item) {
        struct asl_event e = {.type = ASLI_EVENT_MapIterationAborted,
                              .state = parent->d.state->name,
                              .number = child->index,
                              .has_number = true};
        int rc = asli_execution_record(parent->x, &e, cause, reterr);
        if (rc)
            return rc;
    }
    return abort_state(child, failed, cause, reterr);
}

int asli_frame_abort_children(struct asli_frame *frame, struct asli_frame *failed,
                              uint64_t cause_event, asl_error *reterr)
{
    int rc = failed ? abort_child(frame, failed, true, cause_event, reterr) : 0;
    for (struct asli_frame *c = frame->first_child; c && !rc; c = c->next_sibling)
        if (c != failed && !c->d.stopped)
            rc = abort_child(frame, c, false, cause_event, reterr);
    return rc;
}

int asli_frame_drop_children(struct asli_frame *frame, asl_error *reterr)
{
    while (frame->first_child)
        if (asli_frame_remove(frame->first_child->previous_sibling))
            return asli_oom(reterr);
    return 0;
}
