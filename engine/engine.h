/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine: executions, one inbox, timers, and the open batch. See include/asl/host.h for how
 * it is driven.
 *
 * Invariant: everything here but the inbox and the providers' completions is touched by the
 * engine's thread alone. An effect (dispatch, answer, hook) hangs on the batch it was computed in
 * and is released when that batch is durable, in order.
 */
#ifndef ASLI_ENGINE_H
#define ASLI_ENGINE_H

#include <pthread.h>

#include <asl/host.h>
#include <asl/objects.h>
#include <asl/provider.h>

#include "engine/execution.h"
#include "engine/rows.h"

#define ASLI_BATCH_OPS 2048
#define ASLI_BATCH_BYTES (8u << 20)
#define ASLI_MAX_WAIT_SCALE 1000
#define ASLI_MAX_EVENTS 25000 /* of a history, unless options.max_events says another */
#define ASLI_STEP_TRANSITIONS 100
#define ASLI_STEP_BYTES (1u << 20)

/* ---- effects ---- */

enum asli_effect_kind {
    ASLI_EFFECT_DISPATCH, /* task -> its provider */
    ASLI_EFFECT_CANCEL,
    ASLI_EFFECT_DONE,    /* answer of a queued call */
    ASLI_EFFECT_STARTED, /* answer of a start */
    ASLI_EFFECT_ENDED,
    ASLI_EFFECT_DURABLE, /* a frame wanted to know */
};
struct asli_effect {
    enum asli_effect_kind kind;
    struct asli_effect *next;
    struct asl_task *task; /* a reference */
    asl_done_fn *done;
    void (*started)(void *arg, int code, const char *arn);
    void (*ended)(void *arg, const asl_result *result);
    void *arg;
    int code;
    const char *exception; /* AWS's name for it, static; or NULL */
    char *text;            /* ARN, or the answer's sentence */
    int64_t start_time;    /* STARTED: of the execution */
    struct asli_ending *ending;
    struct asli_message *message; /* DURABLE: goes to the inbox; owned */
    bool quiet;                   /* ENDED: the engine's own hook is not told */
};
struct asli_ending { /* owned copy of a result */
    asl_result result;
    char *arn, *name, *output, *error, *cause;
};
void asli_effects_free(struct asli_effect *list);
struct asli_effect *asli_effect_new(enum asli_effect_kind kind);
/* Adds to the step's effects / to the open batch's. */
void asli_step_effect(struct asli_execution *x, struct asli_effect *effect);

/* ---- inbox ---- */

enum asli_message_kind {
    ASLI_MSG_START,
    ASLI_MSG_STOP,
    ASLI_MSG_REDRIVE,
    ASLI_MSG_SUCCEED,
    ASLI_MSG_FAIL,
    ASLI_MSG_HEARTBEAT,
    ASLI_MSG_SUBMITTED,
    ASLI_MSG_WORKER, /* ActivityStarted */
    ASLI_MSG_ROWS,
    ASLI_MSG_UPDATE_RUN,
    ASLI_MSG_DURABLE, /* a batch that the frame `event` waited for */
};
struct asli_message {
    struct asli_message *next;
    enum asli_message_kind kind;
    bool embedded; /* part of an asl_task */
    uint64_t execution, event;
    unsigned char secret[16];
    struct asl_task *task;    /* a reference, or NULL */
    asl_machine *machine;     /* START: a reference */
    bool sync;                /* START */
    unsigned version;         /* START */
    char *alias;              /* START */
    struct asli_probe *probe; /* START: or NULL; owned */
    struct asli_payload *payload;
    char *name; /* START: execution name; STOP: name or ARN; WORKER: worker */
    char *arn;  /* START: the execution's */
    char *error, *cause;
    struct asli_run_changes *changes; /* UPDATE_RUN: owned; of the Map run `name` */
    struct asli_rows *rows;           /* ROWS: owned; NULL: it is a barrier */
    asl_done_fn *done;
    void (*started)(void *arg, int code, const char *arn);
    void (*ended)(void *arg, const asl_result *result);
    void *arg;
};
void asli_message_free(struct asli_message *message);

/* Shared with tasks, which may outlive the engine. */
struct asli_inbox {
    atomic_uint refs;
    pthread_mutex_t lock;
    struct asli_message *head, **tail;
    bool closed, dead;
    int busy; /* asl_task_busy */
    asl_engine
        *engine; /* NULL once closed; read under the lock or on the engine's thread */
    const asl_host_ops *host;
    void *host_self;
};
struct asli_inbox *asli_inbox_new(asl_engine *engine);
void asli_inbox_ref(struct asli_inbox *inbox);
void asli_inbox_unref(struct asli_inbox *inbox);
/* Consumes the message; ASL_ECLOSED: the engine is gone, ASL_ESTORE: it is dead (then the message
 * is freed). */
int asli_inbox_push(struct asli_inbox *inbox, struct asli_message *take_message);
struct asli_message *
asli_inbox_take(struct asli_inbox *inbox); /* the first; NULL: none */
/* asli_inbox_push for a caller: says what is wrong. */
int asli_message_post(asl_engine *engine, struct asli_message *take_message,
                      asl_error *reterr);
/* Puts one that could not be handled back in front. */
void asli_inbox_untake(struct asli_inbox *inbox, struct asli_message *message);

/* ---- batches ---- */

struct asli_batch {
    uint64_t number;
    struct asli_bytes bytes; /* keys and values */
    struct asli_bytes ops;   /* asl_op with offsets instead of pointers until sealed */
    asl_batch view;
    struct asli_effect *effects;
    struct asli_execution **executions; /* held by it */
    size_t execution_count, execution_cap;
    struct asl_event *events; /* for the event hook, moved from the executions */
    size_t event_count;
};

/* ---- engine ---- */

struct asli_provider {
    asl_provider_ops ops;
    const asl_provider_ops *original;
    void *self;
    struct asli_provider *next;
};

struct asl_engine {
    asl_options options; /* texts owned */
    char *partition, *region, *account, *role_arn;
    uint64_t max_events;
    size_t max_payload;
    asl_store *store;
    bool own_store, dead, full, closing, claims_changed;
    struct asli_inbox *inbox;
    struct asli_provider *providers;
    asl_objects *objects;     /* of distributed Maps; NULL: none */
    unsigned char drawn[512]; /* the system's random bytes, the last drawn_left unused */
    size_t drawn_left;

    int64_t now;
    uint64_t next_execution, epoch, batch_number;
    struct asli_map wakes; /* running and resident executions, by id */
    struct asli_wakes
        *slabs; /* where they are kept, many a block: there may be a million */
    struct asli_map_node *free_wakes;
    struct asli_map names; /* resident executions by hash of their name */
    struct asli_map listeners;
    struct asli_map machines; /* loaded ones, by their hash's first 8 bytes */
    struct asli_map watches;  /* of tasks that wait for an execution: engine/wait.c */
    struct asli_heap timers;  /* of wakes */
    struct asli_execution *runnable_head, *runnable_tail;
    struct asli_execution *dirty_head, **dirty_tail;
    struct asli_execution *kept_head,
        *kept_tail; /* parked, yet in memory; oldest first */
    size_t kept, kept_bytes;
    struct asli_errand *errands, **errands_tail; /* engine/family.h */
    struct asli_bytes attention; /* ids (uint64_t) to load at the first turns */
    size_t attention_next;
    void *snapshot;                              /* of the turn that runs */
    struct asli_effect *effects, **effects_tail; /* of the open batch */
    struct asli_rows *rows, **rows_tail;         /* of the open batch */
    size_t open_events, open_bytes;              /* estimate of the open batch's size */
    struct asli_undo *undo; /* the log of the step that runs: no two do at once */
    size_t undo_cap;
    const asl_error *answer; /* what the callback that runs was called with */
    int64_t start_time;      /* the same: of the execution that was started */
    struct asli_batch *out;
    struct asli_batch *spare; /* the last one, empty: its room is the next one's */
    size_t executions, express;
    size_t count[ASLI_WAITS]; /* sums over wakes; SLEEP: executions that have any */
};

/* engine/step.c: one step of an execution, from begin to commit or rollback. */
int asli_step_start(struct asli_execution *x, asl_error *reterr);
int asli_step_run(struct asli_execution *x, asl_error *reterr);
int asli_step_timer(struct asli_execution *x, asl_error *reterr);
int asli_step_stop(struct asli_execution *x, const char *error, const char *cause,
                   asl_error *reterr);
int asli_step_message(struct asli_execution *x, struct asli_frame *frame,
                      struct asli_message *message, asl_error *reterr);
/* A child execution of the frame's Map run has ended. */
int asli_step_child(struct asli_execution *x, struct asli_frame *frame,
                    const struct asli_event *event, asl_error *reterr);
/* engine/update_run.c: the frame's Map run is to be another. */
int asli_step_update_run(struct asli_frame *frame, const struct asli_run_changes *changes,
                         asl_error *reterr);
/* What the frame waited for is durable now. */
int asli_step_durable(struct asli_execution *x, struct asli_frame *frame,
                      asl_error *reterr);
/* engine/redrive.c: an ended execution that is resident goes on. */
int asli_step_redrive(struct asli_execution *x, asl_error *reterr);
/* Why one of that status, with so many events of at most `limit`, that ended `age` ms ago cannot be
 * redriven; NULL: it can. Static. */
const char *asli_redrive_refusal(enum asl_status status, uint64_t events, uint64_t limit,
                                 int64_t age);

/* engine/recover.c: reads what the store holds and takes its lease; engine/resident.c: the rest. */
int asli_recover(asl_engine *engine, asl_error *reterr);
/* engine/express.c: makes every Express execution whose start is in the store anew, to begin at
 * the first turn. */
int asli_express_recover(asl_engine *engine, void *snapshot, asl_error *reterr);
/* Makes wake->x resident. When it is read, its open tasks are dispatched again and its frames that
 * waited for a batch are told. */
int asli_execution_load(asl_engine *engine, struct asli_wake *wake, asl_error *reterr);
/* Running or ended; who does not go on with an ended one releases it. */
int asli_execution_load_any(asl_engine *engine, uint64_t id,
                            struct asli_execution **ret_x, asl_error *reterr);
/* Queues the dispatch of its open tasks that no provider has; nothing else is told again. */
int asli_execution_dispatch(struct asli_execution *x, asl_error *reterr);
/* The engine's own reference to a machine of that hash, loaded from the store when needed. */
int asli_machine_of_hash(asl_engine *engine, const unsigned char hash[16],
                         asl_machine **machine, asl_error *reterr);
/* Keeps a machine for the engine's life; *known: its definition is in the store or on its way. */
struct asli_known_machine {
    struct asli_map_node node;
    asl_machine *machine;
    bool stored;
};
/* A machine record, compiled. */
int asli_machine_decode(asl_slice value, asl_machine **ret_machine, asl_error *reterr);
struct asli_known_machine *asli_machine_know(asl_engine *engine, asl_machine *machine);
/* The turn's snapshot, opened when first asked for. */
int asli_engine_snapshot(asl_engine *engine, void **snapshot, asl_error *reterr);

/* engine/find.c: a field of an ARN, the first is 0 ("" when there are fewer); the ARN of an
 * execution's machine, a child's: new texts; NULL: oom. */
char *asli_arn_field(const char *arn, int field);
char *asli_machine_arn(const char *execution);
/* The name in an execution's ARN (field 8, Express or not), or the text itself when
 * it is no ARN: a new text; NULL: oom. */
char *asli_name_of(const char *execution);
/* The id of an execution by name or ARN. ASL_ENOTFOUND, ASL_EINVAL (ambiguous, or the ARN of an
 * Express one). */
int asli_find_execution(asl_store *store, void *snapshot, const char *execution,
                        uint64_t *ret_id, asl_error *reterr);

/* engine/find_run.c: the execution of a Map run's ARN, and its MapRunStarted event. ASL_ENOTFOUND. */
int asli_find_map_run(asl_store *store, void *snapshot, const char *arn,
                      uint64_t *ret_execution, uint64_t *ret_event, asl_error *reterr);

/* A write failed: nothing more is accepted. */
#define ASLI_DEAD_TEXT "the engine stopped after a failed write; open the store again"
void asli_engine_die(asl_engine *engine);

/* engine/batch.c */
bool asli_batch_is_full(const asl_engine *engine);
/* Where nothing has to be written, what was computed is told at once. */
int asli_batch_skip(asl_engine *engine, asl_error *reterr);
void asli_batch_free(struct asli_batch *batch);

/* engine/wake.c */
struct asli_wake *asli_wake_new(asl_engine *engine, uint64_t id); /* NULL: oom */
void asli_wake_free(asl_engine *engine, struct asli_wake *wake);
void asli_wakes_done(asl_engine *engine); /* all are free */

/* Who asked to be told of an execution's end: of asl_start_options. Few executions that are parked
 * have one. */
struct asli_listener {
    struct asli_map_node node; /* in engine->listeners, by execution id */
    void (*ended)(void *arg, const asl_result *result);
    void *arg;
};
struct asli_listener *asli_listener_of(const asl_engine *engine, uint64_t id);
/* `ended` NULL: nobody. ASL_ENOMEM. Goes with the wake. */
int asli_listen(asl_engine *engine, uint64_t id,
                void (*ended)(void *arg, const asl_result *result), void *arg);
void asli_wake_count(asl_engine *engine, struct asli_wake *wake, enum asli_wait wait,
                     int by);
void asli_wake_settle(struct asli_execution *x); /* the engine's timer for it */
/* Frees the execution when nothing in this process works for it and all of it is durable. */
void asli_execution_release(struct asli_execution *x);
void asli_execution_make_runnable(struct asli_execution *x);

/* engine/wait.c: the end of an execution is durable. */
void asli_watches_ended(asl_engine *engine, const char *arn);
void asli_watches_free(asl_engine *engine);

/* engine/provider.c */
struct asli_provider *asli_provider_for(const asl_engine *engine,
                                        const asl_resource *resource);
/* All handlers a machine needs and nobody claims, as one text; NULL: none. */
int asli_machine_unclaimed(const asl_engine *engine, const asl_machine *machine,
                           asl_error *reterr);

void asli_log(const asl_engine *engine, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Behaviour of AWS that changed on some day (dated.c). */
enum asli_dated {
    ASLI_MAP_EXIT_FOLLOWS_RUN_START, /* not MapRunSucceeded */
    ASLI_EVALUATION_FOLLOWS_ENTERED, /* not what came before it */
    ASLI_ITEMS_MAY_BE_AN_OBJECT,     /* of a file; and Map.Item has Key and Source */
};
bool asli_engine_since(const asl_engine *engine, enum asli_dated what);

#endif
