/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/provider.h: for those who implement a task provider: something that does the work of Task
 * states (C functions, processes, HTTP, queues).
 *
 * Design notes. The engine asks each provider, last added first, whether it claims a resource;
 * the one that does gets every task of it. A task is *completed* exactly once (asl_task_succeed,
 * asl_task_fail), now or later, from any thread; a second or late completion changes nothing and
 * returns ASL_EENDED. The task is dispatched when the batch that scheduled it is durable, so
 * after a crash the same task (same token) may be dispatched again: work should be idempotent or
 * remember the token. The engine holds a reference from start until completion or cancel; a
 * provider that keeps the task longer than start takes its own with asl_task_ref.
 */
#ifndef ASL_PROVIDER_H
#define ASL_PROVIDER_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A Task state's Resource, resolved. Borrowed from the machine. */
typedef struct asl_resource asl_resource;

enum asl_resource_kind {
    ASL_RESOURCE_LAMBDA = 1, /* arn:aws:lambda:...:function:NAME; LambdaFunction* ones */
    ASL_RESOURCE_ACTIVITY = 2, /* arn:aws:states:...:activity:NAME; Activity* events */
    ASL_RESOURCE_SERVICE = 3,  /* arn:aws:states:::SERVICE:ACTION; Task* events */
    ASL_RESOURCE_HANDLER = 4,  /* handler:NAME, our extension; LambdaFunction* events */
};
enum asl_pattern {
    ASL_PATTERN_REQUEST = 0, /* wait for the response */
    ASL_PATTERN_SYNC = 1,    /* .sync: submitted, then completed */
    ASL_PATTERN_SYNC2 = 2,   /* .sync:2 */
    ASL_PATTERN_TOKEN = 3,   /* .waitForTaskToken: submitted, then answered by token */
};
ASL_API const char *asl_resource_text(const asl_resource *resource); /* as written */
/* LAMBDA, ACTIVITY, HANDLER: NAME; SERVICE: what stands between ":::" and the suffix. */
ASL_API const char *asl_resource_name(const asl_resource *resource);
ASL_API enum asl_resource_kind asl_resource_kind_of(const asl_resource *resource);
ASL_API enum asl_pattern asl_resource_pattern(const asl_resource *resource);
/* The state's Parameters as written, NULL when it has none. */
ASL_API const json_t *asl_resource_parameters(const asl_resource *resource);
/* The names of the state it belongs to and of that one's state machine. */
ASL_API const char *asl_resource_state(const asl_resource *resource);
ASL_API const char *asl_resource_machine(const asl_resource *resource);
/* That machine's revision_id, NULL when it has none. */
ASL_API const char *asl_resource_revision(const asl_resource *resource);

/* The same machine as another revision: what executions of it are to be told by. Errors: ASL_ENOMEM.
 * Thread: any. */
ASL_API int asl_machine_revise(const asl_machine *machine, const char *revision_id,
                               asl_machine **ret_machine, asl_error *reterr);

typedef struct asl_provider_ops {
    size_t size;
    const char *name;

    /* 1: this provider serves `resource`; 0: it does not. Called when an execution is about to
     * start, when a task is dispatched, and at recovery. Must not block. Required. */
    int (*claims)(void *self, const asl_resource *resource);

    /* Begins the work. Must not block, may complete at once. 0: accepted; ASL_EHANDLER: nobody in
     * this process does it, the task stays parked until the store is opened again; ASL_ENOMEM: it
     * is asked again; anything else fails the task with Error "States.TaskFailed" and reterr's
     * text as Cause. Required. */
    int (*start)(void *self, asl_task *task, asl_error *reterr);

    /* Nobody waits for the task any more (timed out, stopped, engine closing): end its work if
     * that can be done. May be called for a task that was just completed. NULL: not supported. */
    void (*cancel)(void *self, asl_task *task);

    /* The engine closes: free self. Tasks that still run are abandoned. NULL: nothing to do. */
    void (*close)(void *self);
} asl_provider_ops;

/* Adds a provider. `take_self` is closed with the engine, and on failure. Errors: ASL_EINVAL (a
 * required member is missing), ASL_ENOMEM. */
ASL_API int asl_engine_add_provider(asl_engine *engine, const asl_provider_ops *ops,
                                    void *take_self, asl_error *reterr);

/* A provider claims a resource that it did not claim before: tasks that nobody claimed are offered
 * again. (asl_engine_add_provider says so itself.) */
ASL_API void asl_engine_claims_changed(asl_engine *engine);

/* The `self` of the provider added with these ops; NULL when there is none. */
ASL_API void *asl_engine_provider(const asl_engine *engine, const asl_provider_ops *ops);

/* Runs job(arg) on a worker thread of the host, or at once when there are none; when the host ends
 * before a worker took it, drop(arg) on the engine's thread instead. Errors: ASL_ENOMEM,
 * ASL_ECLOSED, ASL_ELIMIT (no worker is left: hundreds of jobs that were abandoned have not
 * returned); then neither is called. */
ASL_API int asl_engine_submit(asl_engine *engine, void (*job)(void *arg),
                              void (*drop)(void *arg), void *arg, asl_error *reterr);
/* Nobody waits for the job of this `arg` any more (its task was cancelled): if it runs, another
 * thread takes the place of its worker, which ends when the job returns. Never fails. Engine's
 * thread. */
ASL_API void asl_engine_abandon(asl_engine *engine, const void *arg);

/* For a provider's start, before anybody else sees the task: it is not for this provider after all, so
 * the one that is asked next and claims the resource gets it. What that one's start returned, or
 * ASL_ENOTFOUND: there is none. */
ASL_API int asl_task_pass(asl_task *task, asl_error *reterr);

/* The resource of a task, the engine it belongs to (NULL once that is closed; engine's thread). */
ASL_API const asl_resource *asl_task_resource_info(const asl_task *task);
ASL_API asl_engine *asl_task_engine(const asl_task *task);
/* What the engine takes the time to be, ms. On its thread. */
ASL_API int64_t asl_engine_now(const asl_engine *engine);
/* `len` random bytes as asl_options.random gives them; 0 on success. On its thread. */
ASL_API int asl_engine_random(asl_engine *engine, void *buffer, size_t len);
/* What stands in the engine's ARNs. Borrowed. */
ASL_API const char *asl_engine_partition(const asl_engine *engine);
ASL_API const char *asl_engine_region(const asl_engine *engine);
ASL_API const char *asl_engine_account(const asl_engine *engine);

/* Makes the service's answer of what a handler gave: 0 and a new value, or an ASL_E code. Called
 * on the thread that completes the task. */
typedef int asl_answer_fn(const asl_task *task, json_t *take_output, json_t **ret_answer,
                          asl_error *reterr);

/* For a provider's start, before anybody else sees the task: what a handler is shown in place of
 * the request. `handler` is what asl_task_handler gives then, `take_input` what asl_task_input
 * gives, and `answer` (NULL: none) is put over asl_task_succeed's output or, with
 * .waitForTaskToken, asl_task_submitted's. Errors: ASL_EINVAL (no input), ASL_ENOMEM. */
ASL_API int asl_task_set_view(asl_task *task, const char *handler, json_t *take_input,
                              asl_answer_fn *answer, asl_error *reterr);

/* An activity worker took the task: records ActivityStarted with `worker` (may be NULL). Clocks
 * start here. Taken again after a crash, the first time counts. For other kinds the engine records
 * the start itself: ASL_EINVAL. Thread: any. */
ASL_API int asl_task_started(asl_task *task, const char *worker, asl_error *reterr);

/* Work for the task begins (by = 1) or has ended (by = -1, after its completion) on a thread of the
 * provider's own: meanwhile virtual time stands still and asl_host_run goes on. Thread: any. */
ASL_API void asl_task_busy(asl_task *task, int by);

/* 1 when the task was found open in the store: it may have been given to a provider before. */
ASL_API int asl_task_redelivered(const asl_task *task);

/* The task waits for another execution of the engine (its ARN): `ended` gets code 0 and the ARN
 * when that has ended, be it before this call, and asl_describe tells how. Meanwhile the task does
 * not count as being worked on. `ended` is not called after asl_task_unwatch or when the engine
 * closes. Errors: ASL_ENOTFOUND, ASL_ECLOSED, ASL_ENOMEM, the store's. Engine's thread. */
ASL_API int asl_task_watch(asl_task *task, const char *execution, asl_done_fn *ended,
                           void *arg, asl_error *reterr);
ASL_API void asl_task_unwatch(asl_task *task, const char *execution);

/* The handler has returned `code`, and the provider holds one reference (asl_task_ref) which it is
 * about to give back: completes the task with a failure that says so, unless it was completed,
 * submitted, or (code 0) somebody else holds a reference. Thread: any. */
ASL_API void asl_task_returned(asl_task *task, int code);

#ifdef __cplusplus
}
#endif
#endif
