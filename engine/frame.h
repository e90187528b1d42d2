/* SPDX-License-Identifier: Apache-2.0
 *
 * What a state type may ask of the engine about its frame. Asking appends to the open batch and
 * changes memory under the undo log; nothing leaves the process (engine/step.c).
 *
 * Functions that return an int give 0, ASLI_FAILED (frame->failure is set) or an ASL_E code;
 * ASLI_STEP maps that to a step's answer.
 */
#ifndef ASLI_FRAME_H
#define ASLI_FRAME_H

#include "engine/execution.h"

enum asli_event_kind {
    ASLI_ON_TIMER,          /* the wake-up asked for */
    ASLI_ON_TASK_SUCCEEDED, /* payload */
    ASLI_ON_TASK_FAILED,    /* error, cause */
    ASLI_ON_TASK_TIMED_OUT, /* heartbeat: which clock */
    ASLI_ON_CHILD_DONE,     /* child, payload */
    ASLI_ON_CHILD_FAILED,   /* child: its failure, head and reported flag */
    ASLI_ON_EXECUTION,      /* a child execution has ended: kin, status */
    ASLI_ON_DURABLE,        /* what was written when the frame asked is durable */
};
struct asli_event {
    enum asli_event_kind kind;
    struct asli_payload *payload;
    const char *error, *cause;
    bool heartbeat;
    struct asli_frame *child;
    const struct asli_kin *kin;
    enum asl_status status;
};

/* ASLI_STEP_FAIL for ASLI_FAILED, ASLI_STEP_BROKEN for a code; not for 0. */
enum asli_step asli_step_of(int rc);

/* The effective input (InputPath, Parameters), borrowed. */
int asli_frame_work(struct asli_frame *frame, struct asli_payload **work,
                    asl_error *reterr);
int asli_frame_work_tree(struct asli_frame *frame, json_t **tree, asl_error *reterr);

/* What a query of this frame sees, with `input` as "$". */
struct asli_env asli_frame_env(struct asli_frame *frame, const json_t *input);
/* Ends an evaluation: drops the cached context object and the seed. */
void asli_frame_env_done(struct asli_frame *frame);
/* For the next evaluation, of what is not stored and evaluated again after a crash: the time is that
 * of the state's entry, and random numbers come from it, so that the value is the same each time. */
void asli_frame_reseed(struct asli_frame *frame);

/* A failure as a task or a Fail state gives it; NULL: absent. ASLI_FAILED or ASL_ENOMEM. */
int asli_frame_fail(struct asli_frame *frame, const char *error, const char *cause,
                    asl_error *reterr);
/* An interpreter failure, neither retried nor caught: States.Runtime with AWS's prefix "An error
 * occurred while executing the state ...". Returns ASLI_FAILED or ASL_ENOMEM. */
int asli_frame_runtime(struct asli_frame *frame, asl_error *reterr, const char *format,
                       ...) __attribute__((format(printf, 3, 4)));
/* The same for what a query said: adds the prefix; States.Runtime is fatal, others are not. */
int asli_frame_query_failed(struct asli_frame *frame, struct asli_failure *take_failure,
                            asl_error *reterr);
/* States.QueryEvaluationError with AWS's prefix; `location`: the field, or NULL. */
int asli_frame_evaluation(struct asli_frame *frame, const char *location,
                          asl_error *reterr, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* The input after InputPath and before Parameters: a new reference, and its tree, borrowed. */
int asli_frame_input(struct asli_frame *frame, struct asli_payload **ret_input,
                     json_t **tree, asl_error *reterr);
/* The value at a *Path field, in the input after InputPath (not after Parameters: a recorded
 * TimeoutSecondsPath names what Parameters left out); a miss is "Invalid path '...' : ...". A new reference. */
int asli_frame_path(struct asli_frame *frame, const struct asli_path *path,
                    json_t **ret_value, asl_error *reterr);
int asli_frame_path_in(struct asli_frame *frame, const struct asli_path *path,
                       const json_t *input, json_t **ret_value, asl_error *reterr);
/* The number of a field of that name, written as X (an expression too) or as XPath; one that is absent changes nothing.
 * By a path a text of digits is a number too, as recorded. */
int asli_frame_int(struct asli_frame *frame, const struct asli_int_field *field,
                   const char *name, int64_t min, int64_t max, int64_t *value,
                   asl_error *reterr);
/* Any number; by a path too. Limits are the caller's. */
int asli_frame_number(struct asli_frame *frame, const struct asli_number_field *field,
                      const char *name, double *value, asl_error *reterr);
/* A payload template over `input`; a new reference. */
int asli_frame_template(struct asli_frame *frame, const struct asli_template *t,
                        const json_t *input, json_t **ret_value, asl_error *reterr);
/* A text field X or XPath of that name: a new text; NULL when it is absent. */
int asli_frame_text(struct asli_frame *frame, const struct asli_text_field *field,
                    const char *name, char **ret_text, asl_error *reterr);
/* What an expression gives, which must be of the JSON type named, or an "integer"; a new
 * reference. */
int asli_frame_computed(struct asli_frame *frame, const struct asli_template *t,
                        const char *type, json_t **ret_value, asl_error *reterr);
/* The same after asli_frame_reseed. */
int asli_frame_recomputed(struct asli_frame *frame, const struct asli_template *t,
                          const char *type, json_t **ret_value, asl_error *reterr);

/* Appends an event of this frame: its previousEventId is the frame's chain head, which it becomes
 * when `advance`. What the event owns is consumed, on failure too. */
int asli_frame_record(struct asli_frame *frame, struct asl_event *take_event,
                      bool advance, asl_error *reterr);
/* The same with a previousEventId of one's own and no chain. take_event->id is set. */
int asli_execution_record(struct asli_execution *x, struct asl_event *take_event,
                          uint64_t previous, asl_error *reterr);

/* ASLI_ON_DURABLE comes when the open batch is durable; it is asked for again after a crash. */
int asli_frame_when_durable(struct asli_frame *frame, asl_error *reterr);
/* Arms the frame's timer; ASLI_ON_TIMER comes at `at` (ms). */
void asli_frame_wake_at(struct asli_frame *frame, int64_t at);

/* Task (engine/task.c): records Scheduled and Started, arms the clocks, dispatches when durable. */
struct asli_task_clocks {
    int64_t timeout, heartbeat; /* seconds; 0: not declared */
    char *role;                 /* Credentials: the role's ARN; consumed by schedule */
};
int asli_task_schedule(struct asli_frame *frame, struct asl_resource *resource,
                       struct asli_task_clocks *take_clocks, asl_error *reterr);
/* Draws the attempt's token; `shown`: it stands in the context object. */
int asli_task_draw_token(struct asli_frame *frame, bool shown, asl_error *reterr);
/* Ends the open task: cancels it when its provider still has it. */
int asli_task_close(struct asli_frame *frame, asl_error *reterr);
/* What happened to the open task: closes it, records *Succeeded, *Failed or *TimedOut, and
 * resumes the state. The frame is touched. */
int asli_task_event(struct asli_frame *frame, const struct asli_event *event,
                    asl_error *reterr);

/* Stops every child: tasks cancelled, Aborted events recorded (all pointing at `cause_event`). Of
 * `failed` the state alone is aborted, not its iteration. */
int asli_frame_abort_children(struct asli_frame *frame, struct asli_frame *failed,
                              uint64_t cause_event, asl_error *reterr);

/* Removes every child, stopped or not. */
int asli_frame_drop_children(struct asli_frame *frame, asl_error *reterr);

/* Now, ms: the time of this step. */
int64_t asli_frame_now(const struct asli_frame *frame);

#endif
