/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/activity.h: activities: tasks that wait until a worker asks for one (AWS: CreateActivity,
 * GetActivityTask).
 *
 * A Task whose Resource is arn:...:activity:NAME is kept in a queue, oldest first, until a worker
 * polls; ActivityStarted is recorded then and its time-outs begin. The worker completes it as any
 * task: asl_task_succeed, asl_task_fail, asl_task_heartbeat, and gives it back with
 * asl_task_unref. The Resource of an activity that nobody created does not exist, and the
 * execution fails with States.Runtime, as AWS's does.
 */
#ifndef ASL_ACTIVITY_H
#define ASL_ACTIVITY_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

enum asl_activity_flags {
    ASL_ACTIVITY_ELSEWHERE =
        1, /* it exists and has no workers in this process: its tasks stay
                                   parked in the store for an engine that has some */
};

/* Creates the activity, by name (1 to 80 characters) or ARN; again is no error, and sets the flags
 * anew. Errors: ASL_EINVAL, ASL_ENOMEM. */
ASL_API int asl_activity_create(asl_engine *engine, const char *activity, unsigned flags,
                                asl_error *reterr);

/* The activity does not exist any more; its tasks wait until they time out, or until it is created
 * again. No such activity: nothing happens. */
ASL_API void asl_activity_delete(asl_engine *engine, const char *activity);

/* Workers' side: the queue of an activity; counted, it may outlive the engine. */
typedef struct asl_activity_queue asl_activity_queue;

/* A new reference to the queue, to be given back with asl_activity_queue_unref; NULL: there is no
 * such activity. */
ASL_API asl_activity_queue *asl_activity_queue_of(const asl_engine *engine,
                                                  const char *activity);
ASL_API void asl_activity_queue_unref(asl_activity_queue *queue); /* Thread: any */

/* Takes the oldest task for `worker` (a name of 1 to 80 characters; may be NULL), waiting up to
 * `timeout_ms` of real time (0: not at all; -1: for ever) for one. *ret_task is NULL when there
 * was none. Errors: ASL_ECLOSED (the engine is closed), ASL_EINVAL, ASL_ENOMEM. Thread: any. */
ASL_API int asl_activity_poll(asl_activity_queue *queue, const char *worker,
                              int64_t timeout_ms, asl_task **ret_task, asl_error *reterr);

/* Calls `ready` whenever a task joins the queue, on the engine's thread, where it may poll with
 * timeout 0 or wake somebody who does; at once when there is one already. NULL: no more. */
ASL_API void asl_activity_notify(asl_activity_queue *queue,
                                 void (*ready)(void *arg, asl_activity_queue *queue),
                                 void *arg);

#ifdef __cplusplus
}
#endif
#endif
