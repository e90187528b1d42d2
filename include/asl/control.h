/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/control.h: what AWS has beside executions: state machines by ARN, their versions, aliases and
 * tags, activities, TestState; and the Map runs of distributed Maps.
 *
 * The functions of the last group: as the readers of asl.h these read what is durable, from any store,
 * beside a running engine too, and store a new JSON value in AWS's response shape. `execution` is an
 * ARN, or a name when only one machine has an execution of it. Errors: ASL_ENOTFOUND, ASL_EINVAL (the
 * name is ambiguous), ASL_EFORMAT, ASL_ESTORE, ASL_ENOMEM. Thread: any.
 */
#ifndef ASL_CONTROL_H
#define ASL_CONTROL_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How a call ends, on the engine's thread, when all that its answer was computed from is durable:
 * with the response in AWS's shape (borrowed), or, when that is NULL, with the error: of AWS when
 * error->exception is set. */
typedef void asl_reply_fn(void *arg, json_t *response, const asl_error *error);

/* ------------------------------------------------------------------ state machines and activities */

/* The registry of an engine: what CreateStateMachine and its like know. It lives in the engine's
 * store, in rows of its own, written in the engine's batches. All calls: engine's thread. */
typedef struct asl_control asl_control;

/* Reads the registry of the engine's store, creates its activities in the engine (asl/activity.h), lets
 * executions start its state machines (asl/nested.h), goes on with what is being deleted, and closes
 * with the engine. One for each engine: again gives the same one. Errors: ASL_EFORMAT, ASL_ESTORE,
 * ASL_ENOMEM. */
ASL_API int asl_control_open(asl_engine *engine, asl_control **ret_control,
                             asl_error *reterr);

/* X(Action): request and response are those of AWS's API reference. */
#define ASL_CONTROL_ACTIONS(X)                                                           \
    X(CreateStateMachine)                                                                \
    X(UpdateStateMachine)                                                                \
    X(DescribeStateMachine)                                                              \
    X(ListStateMachines)                                                                 \
    X(DeleteStateMachine)                                                                \
    X(PublishStateMachineVersion)                                                        \
    X(ListStateMachineVersions)                                                          \
    X(DeleteStateMachineVersion)                                                         \
    X(CreateStateMachineAlias)                                                           \
    X(UpdateStateMachineAlias)                                                           \
    X(DescribeStateMachineAlias)                                                         \
    X(ListStateMachineAliases)                                                           \
    X(DeleteStateMachineAlias)                                                           \
    X(CreateActivity)                                                                    \
    X(DescribeActivity)                                                                  \
    X(ListActivities)                                                                    \
    X(DeleteActivity)                                                                    \
    X(TagResource)                                                                       \
    X(UntagResource)                                                                     \
    X(ListTagsForResource)                                                               \
    X(ValidateStateMachineDefinition)

/* Does one of these actions; `reply` is called exactly once, then or later. `request` is an object
 * whose members have AWS's types and sizes (the server's table checks that; here a member of another
 * type is ASL_EINVAL), borrowed until this returns. Log groups, roles and keys are kept as they are
 * told: whether they exist is not known here.
 *
 * DeleteStateMachine stops the executions of the machine (ABORTED), Express ones apart, which end by
 * themselves. Until they have ended it is DELETING, which is as durable as all else; it replies
 * when the machine is gone or, when something runs, as soon as that goes on by itself. */
ASL_API void asl_control_call(asl_control *control, const char *action,
                              const json_t *request, asl_reply_fn *reply, void *arg);

/* What the ARN of a state machine, a version or an alias (which draws one of its versions) means for
 * an execution that is started now. */
typedef struct asl_target {
    asl_machine *machine; /* a reference of the caller's */
    const char *arn; /* of the state machine, without version or alias; borrowed until the
                             next change of the registry, as the rest */
    unsigned version;      /* number; 0: none, it was the state machine itself */
    const char *alias;     /* name, or NULL */
    const json_t *logging; /* its loggingConfiguration, or NULL */
} asl_target;
/* Errors: InvalidArn, StateMachineDoesNotExist, StateMachineDeleting (exception), ASL_ENOMEM. */
ASL_API int asl_control_target(asl_control *control, const char *arn,
                               asl_target *ret_target, asl_error *reterr);

/* ------------------------------------------------------------------ TestState */

/* Tests one state as AWS's TestState does: `request` and the response are its, and the definition is
 * in AWS's language alone, without resources like handler:NAME. Tasks without a mock go to the
 * engine's providers. Nothing is stored. `reply` is called once, then or later; at most five
 * minutes later. Engine's thread. */
ASL_API void asl_test_state(asl_engine *engine, const json_t *request,
                            asl_reply_fn *reply, void *arg);

/* For who does tasks by HTTP (asl_http_options.exchanged): what was said for one, as TestState's
 * inspectionData has it, before its completion. Kept when the task belongs to a test at level TRACE;
 * `arg` is not used. Thread: any. */
ASL_API void asl_test_state_exchanged(void *arg, const asl_task *task,
                                      const json_t *request, const json_t *response);

/* ------------------------------------------------------------------ Map runs */

/* {"mapRuns": [...]}, newest last, each as DescribeMapRun tells of it; one for each attempt of each
 * distributed Map. "total" counts what is known of: of items that are read (ItemReader) and of
 * executions, those that were started. */
ASL_API int asl_map_runs(asl_store *store, const char *execution, json_t **ret_runs,
                         asl_error *reterr);

/* ListMapRuns: {"mapRuns": [...]}, newest first. */
ASL_API int asl_list_map_runs(asl_store *store, const char *execution, json_t **ret_runs,
                              asl_error *reterr);

/* DescribeMapRun. ASL_ENOTFOUND: there is no such Map run. */
ASL_API int asl_describe_map_run(asl_store *store, const char *map_run_arn,
                                 json_t **ret_run, asl_error *reterr);

/* What is to be another; NULL: as it is. */
typedef struct asl_map_run_changes {
    size_t size;
    const int64_t *max_concurrency; /* 0: 10000, the most there is */
    const int64_t *tolerated_count;
    const double *tolerated_percentage; /* 0 to 100 */
} asl_map_run_changes;

/* UpdateMapRun, of a Map run that is under way: fewer children at once stop none that runs, and a run
 * that has failed too often by the new tolerance fails at once. Answers to `done` (may be NULL), when
 * it is durable: 0, ASL_ENOTFOUND (ResourceNotFound), ASL_EENDED. Errors: ASL_EINVAL (out of range),
 * ASL_ENOMEM, ASL_ECLOSED, ASL_ESTORE. Thread: any. */
ASL_API int asl_map_run_update(asl_engine *engine, const char *map_run_arn,
                               const asl_map_run_changes *changes, asl_done_fn *done,
                               void *arg, asl_error *reterr);

/* {"executions": [...]}, newest first: the children of one of its Map runs, as ListExecutions tells
 * of them with a mapRunArn. asl_describe, asl_history and asl_open_tasks know them by name or ARN,
 * asl_list leaves them out. Express children are not among them. `status` NULL: all. ASL_ENOTFOUND
 * also: it has no such Map run. */
ASL_API int asl_map_run_executions(asl_store *store, const char *execution,
                                   const char *map_run_arn, const char *status,
                                   json_t **ret_list, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
