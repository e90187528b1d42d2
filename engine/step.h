/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside a step: what the driver, Retry and Catch, and tasks ask of each other. Called between
 * asli_step_begin and commit; all return 0 or an ASL_E code (then the step is rolled back).
 */
#ifndef ASLI_STEP_H
#define ASLI_STEP_H

#include "engine/engine.h"
#include "engine/frame.h"

/* Gives `event` to the frame's state and handles its answer. */
int asli_frame_resume(struct asli_frame *frame, const struct asli_event *event,
                      asl_error *reterr);
/* Leaves the state for `next` with `output`; NULL: the frame ends. */
int asli_frame_leave(struct asli_frame *frame, struct asli_state *next,
                     struct asli_payload *output, asl_error *reterr);
/* Records the state's Exited event, and gives the frame the variables (NULL: none) that the way out
 * assigned. */
int asli_frame_exited(struct asli_frame *frame, struct asli_payload *output,
                      struct asli_variables *assigned, asl_error *reterr);

/* When an execution that begins, or is redriven, at `from` times out; 0: never. */
int64_t asli_execution_timeout(const struct asli_execution *x, int64_t from);
/* The common end of a step: runs what became ready, then commits; `rc` or what fails then rolls
 * back, and the event that began the step is kept. */
int asli_step_finish(struct asli_execution *x, int rc, asl_error *reterr);

/* engine/retry.c. *ret_handled: the failure is taken care of. */
int asli_retry(struct asli_frame *frame, bool *ret_handled, asl_error *reterr);
int asli_catch(struct asli_frame *frame, bool *ret_handled, asl_error *reterr);

/* Ends the execution: records its last event, cancels its tasks. `take_event` as for record. */
int asli_execution_end(struct asli_execution *x, enum asl_status status,
                       uint64_t previous, struct asl_event *take_event,
                       asl_error *reterr);

/* Effects of the end: who waits for it, and the tasks to cancel. */
int asli_execution_ended(struct asli_execution *x, asl_error *reterr);
/* Commits the step and puts what it did into the open batch; ASL_ENOMEM: roll back. */
int asli_execution_commit(struct asli_execution *x);

/* engine/task.c: a queued completion, heartbeat or submission for the frame's open task. */
int asli_task_message(struct asli_frame *frame, struct asli_message *message,
                      asl_error *reterr);

#endif
