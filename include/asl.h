/* SPDX-License-Identifier: Apache-2.0
 *
 * asl.h: the public API of libasl, for programs that embed it.
 *
 * libasl loads Amazon States Language definitions and runs them durably. The life of a program:
 *
 *     asl_store_lmdb(...)        where executions live         (asl/store.h; or none: in memory)
 *     asl_engine_open(...)       one engine per store
 *     asl_handler(...)           name the C functions that do the work of Task states
 *     asl_host_new(...)          a clock, a commit thread and workers around the engine
 *     asl_machine_load(...)      definition text -> state machine
 *     asl_start(...)             begin an execution
 *     asl_host_run(...)          let everything run
 *     asl_host_free, asl_engine_close, asl_store_free   in this order
 *
 * or, for one execution and no ceremony, asl_run_sync. Writers of providers go on with
 * asl/provider.h, of stores with asl/store.h, and who drives an engine without a host reads
 * asl/host.h.
 *
 * Conventions. A function returns 0 or a negative ASL_E code and fills `reterr` (which may be
 * NULL) when it fails. A pointer that is *returned* is borrowed and lives as long as the object
 * asked; one stored through `ret_x` is the caller's, written on success only. A parameter named
 * `take_x` is consumed, on failure too; all others are borrowed for the call. Text is UTF-8,
 * lengths are bytes, (size_t)-1 as a length means strlen. Times are milliseconds since 1970, UTC.
 * Destroyers accept NULL. Options structs are zeroed by the caller, who sets `size` to sizeof and
 * then what is needed; they grow at the end only. Unless a function says otherwise it is called
 * on the engine's thread: the one that runs the host (or asl_engine_run_ready).
 *
 * Guarantees. Every effect and every answer leaves the process only when the batch that records
 * it is durable. State transitions happen exactly once; a task whose completion is not durable
 * when the process ends is given to its handler again (at least once).
 */
#ifndef ASL_H
#define ASL_H

#include <stddef.h>
#include <stdint.h>
#include <jansson.h>

#include <asl/error.h>
#include <asl/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/* "MAJOR.MINOR.PATCH" of the library that runs. Static. Thread: any. */
ASL_API const char *asl_version(void);

/* Frees a text stored through a ret_ parameter of this library. Thread: any. */
ASL_API void asl_free(void *text);

/* ------------------------------------------------------------------ state machines */

/* An immutable, compiled definition; counted. Thread: any, once loaded. */
typedef struct asl_machine asl_machine;

enum asl_severity { ASL_ERROR = 1, ASL_WARNING = 2 };

/* Something wrong in a definition (AWS: ValidateStateMachineDefinition). Members are borrowed
 * from the list they came from. */
typedef struct asl_diagnostic {
    enum asl_severity severity;
    const char
        *code; /* AWS's: "SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", ... */
    const char *message; /* AWS's text */
    const char
        *location; /* JSON Pointer without escapes, as AWS writes it: "/States/X/Next" */
    int line, column; /* in the definition text, from 1; 0 when unknown */
} asl_diagnostic;

typedef struct asl_diagnostics asl_diagnostics;
ASL_API size_t asl_diagnostics_count(const asl_diagnostics *list);
/* The i-th, 0 <= i < count: errors and warnings in the order of the text. */
ASL_API const asl_diagnostic *asl_diagnostics_get(const asl_diagnostics *list, size_t i);
ASL_API void asl_diagnostics_free(asl_diagnostics *list);
/* A list of one: why a text could not even be read (asl_definition_read). */
ASL_API int asl_diagnostics_of(const asl_error *error, asl_diagnostics **ret_list);

typedef struct asl_machine_options {
    size_t size;
    const char *name; /* 1 to 80 characters, part of its ARN; NULL: "machine" */
    int express; /* 1: type EXPRESS, whose executions live in memory: see asl_start */
    int aws;     /* 1: what libasl understands and AWS does not is an error */
    /* Not NULL: a Task that nobody serves is a warning (HANDLER_NOT_REGISTERED). The call is then
     * for the engine's thread. */
    const struct asl_engine *engine;
    /* Not NULL: turns a place of the definition's text into the one of the source it was made of
     * (asl/definition.h), for every diagnostic. */
    void (*origin)(void *origin_arg, int *line, int *column);
    void *origin_arg;
    size_t max_definition; /* bytes of a definition, 0: 1048576, as AWS has it */
    /* Stored with the definition; another role or revision makes it another definition. */
    const char *role_arn; /* of its executions; NULL: the engine's */
    const char *revision_id;
    int64_t updated; /* when this revision was made, ms; 0: nobody knows */
} asl_machine_options;

/* Compiles a definition: JSON text of at most `max_definition` bytes, in which at most 1000 arrays
 * and objects stand one in another. What an execution was started with is stored, and needs no
 * such option when the store is opened again. `ret_diagnostics` may be NULL; it
 * is written on success (warnings, or NULL when there are none) *and* on ASL_EDEFINITION (every
 * problem found, never the first only), when reterr holds the first one's text. A ${Name} that
 * nobody gave a value is a warning; where the value must be known (TimeoutSeconds, Next, a path)
 * the machine cannot be made: ASL_EDEFINITION with warnings alone. Errors:
 * ASL_EDEFINITION, ASL_EINVAL (a bad name), ASL_ENOMEM. Thread: any. */
ASL_API int asl_machine_load(const char *definition, size_t len,
                             const asl_machine_options *options,
                             asl_machine **ret_machine, asl_diagnostics **ret_diagnostics,
                             asl_error *reterr);
ASL_API asl_machine *asl_machine_ref(asl_machine *machine); /* returns machine */
ASL_API void asl_machine_unref(asl_machine *machine);
ASL_API const char *asl_machine_name(const asl_machine *machine);
ASL_API int asl_machine_is_express(const asl_machine *machine); /* Thread: any */
/* As given in its options, or NULL. Thread: any. */
ASL_API const char *asl_machine_role(const asl_machine *machine);
ASL_API const char *asl_machine_revision(const asl_machine *machine);
/* DescribeStateMachine's variableReferences: {state name: [workflow variables that it reads,
 * sorted]}, of states that read some; JSON null when none does. Errors: ASL_ENOMEM. Thread: any. */
ASL_API int asl_machine_variable_references(const asl_machine *machine,
                                            json_t **ret_references, asl_error *reterr);

/* ------------------------------------------------------------------ engine */

typedef struct asl_engine asl_engine;

/* One durable history event, handed to the `event` hook; accessors below. */
typedef struct asl_event asl_event;

enum asl_status {
    ASL_RUNNING = 0,
    ASL_SUCCEEDED = 1,
    ASL_FAILED = 2,
    ASL_TIMED_OUT = 3,
    ASL_ABORTED = 4,
};
/* "RUNNING", "SUCCEEDED", ... as AWS spells them. Static. Thread: any. */
ASL_API const char *asl_status_name(enum asl_status status);

/* How an execution ended. Borrowed for the call that hands it over. */
typedef struct asl_result {
    const char *arn;  /* the execution's ARN */
    const char *name; /* its name */
    enum asl_status status;
    const char *output; /* SUCCEEDED: JSON text; else NULL */
    const char *error;  /* error name, or NULL when there is none */
    const char *cause;  /* or NULL */
} asl_result;

/* Hooks are called on the engine's thread, may call any function here that only queues
 * (asl_start, asl_stop, asl_answer_*), and get `arg` back. */
typedef struct asl_options {
    size_t size;
    asl_store
        *store; /* borrowed until asl_engine_close; NULL: in memory, gone at close */
    const char *partition; /* of ARNs; NULL: "aws" */
    const char *region;    /* NULL: "us-east-1" */
    const char *account;   /* twelve digits; NULL: "123456789012" */
    const char *role_arn;  /* NULL: arn:aws:iam::ACCOUNT:role/asl */
    int virtual_time; /* 1: time jumps to the next deadline when nothing else can happen;
                              a store remembers it and refuses the other kind (ASL_EINVAL) */
    unsigned
        max_payload; /* bytes of a payload, 0: 262144 (States.DataLimitExceeded above) */
    unsigned max_events; /* events of a history, 0: 25000 */
    void *arg;
    /* Every event once it is durable, in order per execution. */
    void (*event)(void *arg, const asl_event *event);
    /* Every execution that ends, when that is durable, resumed ones included. */
    void (*ended)(void *arg, const asl_result *result);
    /* Trouble worth a line in a log: level 1 error, 2 warning, 3 information. */
    void (*log)(void *arg, int level, const char *text);
    /* `len` random bytes into `buffer`, 0 on success; NULL: the system's (getrandom). Thread:
     * any, since asl_start draws names. */
    int (*random)(void *arg, void *buffer, size_t len);
    /* Where AWS changed its answers, those of that day (epoch milliseconds); 0: the newest. */
    int64_t as_of;
    /* How much of its time a Wait state takes, for tests: 0.01: a minute of 100; 0: all of
     * it. */
    double wait_scale;
} asl_options;

/* Opens an engine on a store and recovers what it holds; nothing runs before it is driven.
 * `options` NULL: all defaults. Errors: ASL_EINVAL, ASL_EFORMAT, ASL_ESTORE, ASL_ENOMEM. */
ASL_API int asl_engine_open(const asl_options *options, asl_engine **ret_engine,
                            asl_error *reterr);

/* Ends the engine: takes no more work, makes what is computed durable, releases the answers,
 * dispatches nothing, abandons running handlers (their late results are refused). Running
 * executions stay in the store and go on when it is opened again. */
ASL_API void asl_engine_close(asl_engine *engine);

ASL_API asl_store *asl_engine_store(const asl_engine *engine);

typedef struct asl_start_options {
    size_t size;
    const char *name; /* unique per machine, 1 to 80 characters; NULL: a UUID */
    void *arg;
    /* The start is durable (code 0), or was refused: ASL_EEXISTS (another execution of that
     * name), ASL_ENOSPACE, ASL_ECLOSED, ASL_ENOMEM; when its write failed: the store's code. */
    void (*started)(void *arg, int code, const char *arn);
    void (*ended)(void *arg, const asl_result *result); /* its end, if in this process */
    int sync; /* 1: AWS's StartSyncExecution: of EXPRESS machines only */
    /* By which version or alias of the state machine it was asked for: what DescribeExecution and
     * ExecutionStarted tell. */
    unsigned version;  /* 0: none */
    const char *alias; /* its name; NULL: none */
} asl_start_options;

/* Queues the start of an execution with `input` (JSON text; NULL: "{}"). As with AWS, the same
 * name with the same input while that execution runs is no error and starts nothing (that of the
 * same definition, whatever its role, revision or version). `ret_arn`
 * may be NULL. Errors: ASL_EJSON, ASL_ELIMIT (input too long), ASL_EINVAL (name, or `sync` of a
 * Standard machine), ASL_EHANDLER (a Task's handler is not registered; all of them are in
 * reterr->text), ASL_ENOMEM. Where AWS has a name for it, in reterr->exception: InvalidName,
 * StateMachineTypeNotSupported. Thread: any.
 *
 * An execution of an EXPRESS machine stays in memory until it ends, after five minutes at the
 * latest. Its name is never taken, readers of the store do not find it, it cannot be stopped or
 * redriven; the hooks tell of it. Only its start is durable, until its end is: a process that
 * opens the store after a crash runs it again from the beginning (at least once). With `sync`
 * nothing is written at all, and a crash loses it (at most once). */
ASL_API int asl_start(asl_engine *engine, asl_machine *machine, const char *input,
                      size_t len, const asl_start_options *options, char **ret_arn,
                      asl_error *reterr);

/* Answer of a queued call, given once: when what it did is durable, or with the store's code when
 * its write failed, or ASL_ECLOSED. */
typedef void asl_done_fn(void *arg, int code, const char *text);

/* Inside of `started` or a done callback that is given a code: the whole error, borrowed for the call,
 * with AWS's exception (ExecutionAlreadyExists, ExecutionDoesNotExist, InvalidArn,
 * ExecutionNotRedrivable, TaskTimedOut) where it has one; NULL everywhere else, and when there is no
 * more to say than the code (the engine is closing, a write failed). */
ASL_API const asl_error *asl_engine_answer(const asl_engine *engine);
/* Inside of `started` with code 0: when the execution started, ms. */
ASL_API int64_t asl_engine_start_time(const asl_engine *engine);

/* Stops a running execution (AWS: StopExecution). `execution` is an ARN, or a name when only one
 * machine has an execution of it. `error` and `cause` may be NULL; `done` too. Answers: 0,
 * ASL_ENOTFOUND, ASL_EENDED. Errors: ASL_EINVAL, ASL_ENOMEM. Thread: any. */
ASL_API int asl_stop(asl_engine *engine, const char *execution, const char *error,
                     const char *cause, asl_done_fn *done, void *arg, asl_error *reterr);

/* Goes on with an execution that FAILED, TIMED_OUT or was ABORTED (AWS: RedriveExecution), from the
 * states in which it ended, with the input they had and by the definition it was started with; of a
 * Parallel or Map only branches and iterations that did not succeed. Answers: 0, ASL_ENOTFOUND,
 * ASL_EREDRIVE (its text says why: it runs, it succeeded, it ended more than 14 days ago, its
 * history is full), ASL_EINVAL (ambiguous). Errors: ASL_ENOMEM. Thread: any. */
ASL_API int asl_redrive(asl_engine *engine, const char *execution, asl_done_fn *done,
                        void *arg, asl_error *reterr);

/* Answers a task by its token (AWS: SendTaskSuccess, -Failure, -Heartbeat). `output` is JSON
 * text. Answers to `done`: 0, ASL_ETOKEN, ASL_EENDED (TaskTimedOut). Errors: ASL_EJSON, ASL_ETOKEN
 * (malformed: InvalidToken), ASL_ELIMIT, ASL_ENOMEM. Thread: any. */
ASL_API int asl_answer_success(asl_engine *engine, const char *token, const char *output,
                               size_t len, asl_done_fn *done, void *arg,
                               asl_error *reterr);
ASL_API int asl_answer_failure(asl_engine *engine, const char *token, const char *error,
                               const char *cause, asl_done_fn *done, void *arg,
                               asl_error *reterr);
ASL_API int asl_answer_heartbeat(asl_engine *engine, const char *token, asl_done_fn *done,
                                 void *arg, asl_error *reterr);

/* What the engine has in hand; all executions, loaded or not. */
typedef struct asl_activity {
    size_t executions; /* running */
    size_t tasks;      /* given to a provider and neither completed nor submitted */
    size_t callbacks;  /* submitted: they wait for their token */
    size_t unclaimed;  /* parked, because no provider claims their resource */
    int64_t deadline;  /* of the next timer of any kind; INT64_MAX: none */
    size_t sleeping;   /* executions that a Wait or a retry carries on by itself */
    int ready;         /* 1: something is queued, due at once, or not yet durable */
    size_t express;    /* of `executions`, the Express ones: no list has them */
} asl_activity;
ASL_API void asl_engine_activity(const asl_engine *engine, asl_activity *ret_activity);

/* Accessors of a durable event; texts are borrowed for the hook's call. */
ASL_API const char *asl_event_type(const asl_event *event); /* "PassStateEntered", ... */
ASL_API int64_t asl_event_id(const asl_event *event);
ASL_API int64_t asl_event_previous_id(const asl_event *event);
ASL_API int64_t asl_event_time(const asl_event *event);
ASL_API const char *
asl_event_execution(const asl_event *event);               /* name of the execution */
ASL_API const char *asl_event_arn(const asl_event *event); /* of the execution */
ASL_API const char *asl_event_state_name(const asl_event *event); /* NULL: of no state */
ASL_API const char *asl_event_error(const asl_event *event);      /* NULL: none */
ASL_API const char *asl_event_cause(const asl_event *event);      /* NULL: none */

/* The event as GetExecutionHistory shows it; `no_data`: without inputs and outputs. Errors:
 * ASL_ENOMEM. */
ASL_API int asl_event_json(const asl_event *event, int no_data, json_t **ret_event,
                           asl_error *reterr);
/* The event as AWS logs it, of Express executions too: {"id", "type", "details",
 * "previous_event_id", "event_timestamp", "execution_arn", "redrive_count"}, numbers as texts; NULL
 * when `level` ("ALL", "ERROR", "FATAL", "OFF") leaves it out. Errors: ASL_ENOMEM. */
ASL_API int asl_event_log_record(const asl_event *event, const char *level,
                                 int include_data, json_t **ret_record,
                                 asl_error *reterr);

/* ------------------------------------------------------------------ tasks and handlers */

/* One attempt at a Task state's work; counted. */
typedef struct asl_task asl_task;

/* A C function registered by name. It completes the task (asl_task_succeed, asl_task_fail), or
 * says that it was submitted (asl_task_submitted), or keeps it with asl_task_ref and does one of
 * these later, from any thread. Returns 0; anything else fails the task with Error
 * "States.TaskFailed". Returning 0 with none of these done fails it too, and says so. */
typedef int asl_handler_fn(asl_task *task, void *arg);

enum asl_handler_flags {
    ASL_HANDLER_INLINE = 1, /* run on the engine's thread: it must not block */
};

/* Registers the handler of a name: "reserve" serves arn:aws:lambda:...:function:reserve,
 * lambda:invoke with that FunctionName, and handler:reserve; "sqs:sendMessage" serves
 * arn:aws:states:::sqs:sendMessage, with .sync, .sync:2 or .waitForTaskToken too. A later one of
 * the same name replaces it. Errors: ASL_EINVAL, ASL_ENOMEM. */
ASL_API int asl_handler(asl_engine *engine, const char *name, asl_handler_fn *handler,
                        void *arg, unsigned flags, asl_error *reterr);

/* Facts about a task, borrowed while it is referenced. Thread: any. */
ASL_API const json_t *asl_task_input(const asl_task *task); /* never change it; shared */
ASL_API const char *
asl_task_input_text(const asl_task *task); /* the same as compact JSON text;
                                                                  NULL: out of memory */
ASL_API const char *
asl_task_resource(const asl_task *task); /* as written in the definition */
ASL_API const char *asl_task_handler(const asl_task *task); /* the name it resolved to */
ASL_API const char *asl_task_token(const asl_task *task);   /* for asl_answer_* */
ASL_API const char *asl_task_execution(const asl_task *task); /* ARN */
ASL_API const char *asl_task_state(const asl_task *task);     /* name of the state */
ASL_API int asl_task_attempt(const asl_task *task); /* 0, or the retry's number */
ASL_API int64_t
asl_task_map_index(const asl_task *task); /* of the innermost Map iteration; -1 */

ASL_API asl_task *asl_task_ref(asl_task *task); /* returns task. Thread: any */
ASL_API void asl_task_unref(asl_task *task);    /* Thread: any */

/* Completes the task, once, now or later. 0: accepted (it counts when it is durable; a task that
 * timed out meanwhile ignores it); ASL_EENDED: it was completed before or its state is over;
 * ASL_EJSON, ASL_ENOMEM: not accepted, try again. Error and Cause may be NULL. Thread: any. */
ASL_API int asl_task_succeed(asl_task *task, json_t *take_output, asl_error *reterr);
ASL_API int asl_task_succeed_text(asl_task *task, const char *output, size_t len,
                                  asl_error *reterr);
ASL_API int asl_task_fail(asl_task *task, const char *error, const char *cause,
                          asl_error *reterr);

/* Restarts the HeartbeatSeconds clock. Thread: any. */
ASL_API int asl_task_heartbeat(asl_task *task, asl_error *reterr);

/* The work was handed on (.sync, .waitForTaskToken): records TaskSubmitted with `take_output`
 * (NULL: {}); the task then waits for its completion. Thread: any. */
ASL_API int asl_task_submitted(asl_task *task, json_t *take_output, asl_error *reterr);

/* 1 when nobody waits for the result any more (timed out, stopped, engine closed). Thread: any. */
ASL_API int asl_task_cancelled(const asl_task *task);

/* What a plug-in (.so given to `asl run --handlers`) exports: registers its handlers. */
typedef int asl_plugin_fn(asl_engine *engine, asl_error *reterr);

/* ------------------------------------------------------------------ host: running an engine */

/* A clock, a commit thread and worker threads around one engine. */
typedef struct asl_host asl_host;

typedef struct asl_host_options {
    size_t size;
    unsigned workers;  /* threads for handlers that are not inline; 0: 4 */
    int single_thread; /* 1: no threads at all: handlers and commits run in the caller's */
    int64_t (*now)(
        void *arg); /* the clock, ms; NULL: the system's. With virtual_time: only the
                                  moment at which virtual time begins */
    void *arg;
} asl_host_options;

/* Errors: ASL_ESYSTEM, ASL_EINVAL (the engine has a host), ASL_ENOMEM. `options` may be NULL. */
ASL_API int asl_host_new(asl_engine *engine, const asl_host_options *options,
                         asl_host **ret_host, asl_error *reterr);
/* Ends the threads; a handler that still runs is waited for, one that was not begun is begun when
 * the store is opened again. The engine lives on. */
ASL_API void asl_host_free(asl_host *host);

/* Does all that can be done without waiting; with virtual time, one that finds nothing to do moves
 * it to the next deadline. A full store is no error, it is tried again. Errors: the store's; the
 * engine then runs on, or, when memory and disk may differ, is dead (every call ASL_ESTORE) until
 * opened again. */
ASL_API int asl_host_turn(asl_host *host, asl_error *reterr);

/* For a loop of one's own: call asl_host_turn when `fd` is readable (poll(2), epoll, libev) or
 * asl_host_wait_ms has passed. The fd is the host's. -1 ms: nothing but the fd will wake it. */
ASL_API int asl_host_fd(const asl_host *host);
ASL_API int64_t asl_host_wait_ms(const asl_host *host);

enum asl_run_until {
    /* asl_host_stop. */
    ASL_UNTIL_STOPPED = 0,
    /* No execution can go on without an answer from outside. */
    ASL_UNTIL_IDLE = 1,
    /* Nothing is due now: timers are not waited for, nor room in a full store (ASL_ENOSPACE). */
    ASL_UNTIL_NOW = 2,
    /* No execution runs, or none can ever go on by itself (time-outs of callbacks are waited
     * for). */
    ASL_UNTIL_ENDED = 3,
};

/* Runs, waiting as needed, until then or until asl_host_stop. */
ASL_API int asl_host_run(asl_host *host, enum asl_run_until until, asl_error *reterr);

/* Makes asl_host_run return soon; stays in force for later runs. Thread: any; signal-safe. */
ASL_API void asl_host_stop(asl_host *host);
ASL_API int asl_host_stopped(const asl_host *host);

/* Runs one execution to its end in the calling thread and gives its output (JSON text) or, for
 * status other than SUCCEEDED, returns 0 with *ret_output NULL; `ret_status` says which. The
 * engine must have no host. An EXPRESS machine is started with `sync`. `ret_error`, `ret_cause`
 * (each may be NULL as a parameter) get texts or NULL. When it can go on only by an answer from
 * outside: ASL_EBUSY. Other errors: as asl_start and asl_host_run. */
ASL_API int asl_run_sync(asl_engine *engine, asl_machine *machine, const char *input,
                         enum asl_status *ret_status, char **ret_output, char **ret_error,
                         char **ret_cause, asl_error *reterr);

/* ------------------------------------------------------------------ reading a store */

/* These read what is durable, from any store, beside a running engine too; each stores a new
 * JSON value in AWS's response shape (times: epoch seconds; payloads: JSON texts).
 * `execution` is an ARN, or a name when only one machine has an execution of it.
 * Errors: ASL_ENOTFOUND (ExecutionDoesNotExist), ASL_EINVAL (the name is ambiguous: reterr lists the
 * ARNs; of an Express execution: InvalidArn), ASL_EFORMAT, ASL_ESTORE, ASL_ENOMEM. Thread: any. */

/* {"executions": [...]}, newest first, without the children of distributed Maps (asl/control.h).
 * `status` NULL: all; else a name such as "RUNNING". */
ASL_API int asl_list(asl_store *store, const char *status, json_t **ret_list,
                     asl_error *reterr);
typedef struct asl_list_options {
    size_t size;
    const char
        *machine_arn; /* of a state machine, or of one of its versions or aliases */
    const char *map_run_arn; /* its children instead, as ListExecutions tells of them */
    const char *status;      /* such as "RUNNING" */
    const char *redrive_filter; /* "REDRIVEN" or "NOT_REDRIVEN" */
    uint64_t after;             /* *ret_next of the page before; 0: the first page */
    size_t limit;               /* entries of a page, 0: 100 */
} asl_list_options;

/* ListExecutions: {"executions": [...]}, newest first; what is NULL in the options filters nothing.
 * A page reads 5000 rows at most, so it may be short, or empty, and not the last: that is the one
 * with *ret_next 0. What starts meanwhile is on no later page. ASL_ENOTFOUND: there is no such Map
 * run; a state machine without executions is none. */
ASL_API int asl_list_page(asl_store *store, const asl_list_options *options,
                          json_t **ret_page, uint64_t *ret_next, asl_error *reterr);

typedef struct asl_history_options {
    size_t size;
    int reverse;    /* 1: the newest event first */
    int no_data;    /* 1: without inputs and outputs (includeExecutionData false) */
    uint64_t after; /* *ret_next of the page before; 0: the first page */
    size_t limit;   /* events of a page, 0: 100 */
} asl_history_options;

/* GetExecutionHistory: {"events": [...]}. Reads what the page needs. *ret_next is 0 with what is the
 * last event now. */
ASL_API int asl_history_page(asl_store *store, const char *execution,
                             const asl_history_options *options, json_t **ret_page,
                             uint64_t *ret_next, asl_error *reterr);

/* DescribeStateMachineForExecution, but for the configurations of logging, tracing and encryption:
 * of these the engine knows nothing. */
ASL_API int asl_describe_machine(asl_store *store, const char *execution,
                                 json_t **ret_description, asl_error *reterr);
/* DescribeExecution. */
ASL_API int asl_describe(asl_store *store, const char *execution,
                         json_t **ret_description, asl_error *reterr);
/* GetExecutionHistory, whole: {"events": [...]}. */
ASL_API int asl_history(asl_store *store, const char *execution, json_t **ret_history,
                        asl_error *reterr);
/* [{"taskToken", "stateName", "resource", "scheduledEventId", "submitted": bool,
 *   "timeoutDate"?, "heartbeatDate"?}, ...]: tasks that are open. */
ASL_API int asl_open_tasks(asl_store *store, const char *execution, json_t **ret_tasks,
                           asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
