/* SPDX-License-Identifier: Apache-2.0
 *
 * One execution in memory: a tree of frames (root, branch, iteration), the events not yet
 * written, and the undo log of the step that runs.
 *
 * Invariants. Between steps the undo log is empty and memory equals what the open batch will make
 * durable. Inside a step every change of a frame's data is preceded by asli_frame_touch, so that
 * asli_step_rollback can restore it. An execution stays in memory until the last batch that
 * touched it is durable and nothing in this process works for it; then it is evicted, at once or,
 * of the last few, later, and its `asli_wake` alone remembers when to load it again.
 */
#ifndef ASLI_EXECUTION_H
#define ASLI_EXECUTION_H

#include "engine/base/bytes.h"
#include "engine/base/map.h"
#include "engine/history.h"
#include "engine/map_run.h"
#include "engine/state.h"
#include "engine/variables.h"

struct asli_effect;
struct asli_probe;

/* What a parked frame waits for. */
enum asli_wait {
    ASLI_WAIT_TASK,      /* a provider has its task */
    ASLI_WAIT_CALLBACK,  /* submitted: its token */
    ASLI_WAIT_UNCLAIMED, /* no provider claims its task */
    ASLI_WAIT_SLEEP,     /* a Wait or a back-off */
    ASLI_WAITS,
    ASLI_WAIT_NONE = ASLI_WAITS,
};

/* Where an execution's history ends; rows are numbered by their batch, 0: none. */
struct asli_tail {
    uint64_t row, landmark; /* the last row, the last landmark (engine/record.h) */
    int64_t time;           /* of the last event */
};

/* What the store holds of an execution. */
enum asli_durable {
    ASLI_DURABLE_STEPS, /* Standard: all of it, step by step */
    ASLI_DURABLE_START, /* Express: its start, until it has ended */
    ASLI_DURABLE_CHILD, /* Express, of a Map run: its row there says how it began and ended */
    ASLI_DURABLE_NOTHING, /* Express, synchronous */
};

/* All a parked, evicted execution costs, 64 bytes; its row restarts it (engine/record.h). */
struct asli_wake {
    struct asli_map_node node; /* in engine->wakes, by execution id */
    struct asli_heap_node timer;
    struct asli_execution *x;   /* NULL: not in memory */
    uint32_t count[ASLI_WAITS]; /* its parked frames by what they wait for */
};

enum asli_phase {
    ASLI_PHASE_READY,   /* to enter `state` with `input` */
    ASLI_PHASE_RETRY,   /* to attempt `state` again (its back-off is over) */
    ASLI_PHASE_PARKED,  /* inside `state`: timer, task or children */
    ASLI_PHASE_BACKOFF, /* waits for the retry's timer */
};

enum asli_task_phase {
    ASLI_TASK_NONE,
    ASLI_TASK_OPEN,      /* scheduled; a provider has it or will get it */
    ASLI_TASK_SUBMITTED, /* handed on; waits for its completion */
};

/* Failed attempts by retrier: shared, copied on change. */
struct asli_tries {
    unsigned refs, count;
    uint32_t n[];
};

/* Results of branches or iterations in order; owned by the frame, its slots undone one by one. */
struct asli_result_slot {
    struct asli_payload *payload;
    bool stored, dirty; /* has a row; has changed since the last batch */
    uint32_t next_dirty;
};
struct asli_results {
    unsigned refs;
    size_t count;
    bool any_stored;
    uint32_t unread; /* after loading: so many of the first may have a row not read yet */
    uint32_t first_dirty; /* list of the dirty ones; both are index + 1, 0 ends */
    struct asli_result_slot slots[];
};

/* What a step may change, saved as a whole before the first change. References are owned. */
struct asli_frame_data {
    struct asli_state *state;
    enum asli_phase phase;
    bool stopped; /* with its owner's failure: only a redrive goes on with it */
    struct asli_payload *input; /* raw input of `state` */
    struct asli_payload *work;  /* effective input; NULL: computed again when needed */
    struct asli_variables *variables; /* of this scope; NULL: none yet */
    uint64_t head;                    /* chain head: previousEventId of the next event */
    uint64_t entered_event;
    int64_t entered_time;
    uint32_t retry_count;
    struct asli_tries *tries;
    int64_t wake_at; /* Wait or back-off; 0: none */
    int64_t timeout_at, heartbeat_at;
    int64_t heartbeat_ms, timeout_ms; /* of the open task; 0: none */
    enum asli_task_phase task_phase;
    uint64_t scheduled_event;
    unsigned char secret[16];
    bool own_token;        /* the secret was drawn for this attempt */
    struct asl_task *task; /* dispatched in this process, or NULL */
    bool unclaimed;
    /* Parallel, Map */
    struct asli_results *results;
    uint32_t next_index, active, done_count;
    uint32_t limit;           /* iterations at once */
    uint64_t join_event;      /* what Succeeded and Exited point at */
    struct asli_map_run *run; /* distributed Map; counted */
    bool joining;             /* its results are read when they are durable */
};

/* What the context object tells of an item; all borrowed. */
struct asli_map_item {
    uint32_t index;
    json_t *value;
    const char *key, *source; /* NULL: it has none to show */
};

struct asli_frame {
    struct asli_frame_data d;
    struct asli_execution *x;
    struct asli_frame *parent; /* NULL: root */
    struct asli_frame *first_child, *next_sibling, *previous_sibling;
    struct asli_scope *scope;
    uint32_t serial, index; /* index: of the branch or item */
    json_t *
        item; /* Map iteration: the item's value, owned; NULL after loading: asked for again */
    struct asli_map_node node; /* in x->frames, by serial */
    struct asli_heap_node timer;
    struct asli_frame *ready_next, *ready_previous;
    bool ready, stored, dirty, removed, dead; /* dead: freed when the batch is sealed */
    enum asli_wait wait;                      /* as counted in x->wake */
    uint64_t touched;                         /* the step that saved it */
    struct asli_frame *dirty_next;
    /* The outcome of enter or resume, valid during its handling. */
    struct asli_payload *result;
    struct asli_failure failure;
    const struct asli_map_item *selecting; /* Map: its ItemSelector is evaluated for it */
    json_t *items; /* Map in JSONata: what Items gave, which it would give again; owned */
    uint64_t
        seed; /* while a value that can be made again is evaluated: of its random numbers */
    bool fatal;   /* the failure is an interpreter's: neither retried nor caught */
    void *reader; /* Map: what is open to read its items (states/map_distributed.c) */
    void (*close_reader)(void *reader);
    bool evaluation;         /* an expression's: it has an event of its own */
    uint64_t before_entered; /* the chain head that the state's Entered event followed */
    bool heartbeat; /* it is a heartbeat's: States.HeartbeatTimeout matches it too */
    struct asli_state *chosen;      /* Choice: the next state */
    const struct asli_way_out *out; /* Choice: of the rule; NULL: the state's */
};

enum asli_undo_kind {
    ASLI_UNDO_DATA,    /* restore frame->d */
    ASLI_UNDO_CREATED, /* destroy the frame */
    ASLI_UNDO_REMOVED, /* link it again */
    ASLI_UNDO_PUSHED,  /* take it from the ready queue's tail */
    ASLI_UNDO_POPPED,  /* put it back at the ready queue's head */
    ASLI_UNDO_SLOT,    /* restore a result slot */
};
struct asli_undo {
    enum asli_undo_kind kind;
    bool was_ready;
    struct asli_frame *frame;
    struct asli_result_slot *slot, old_slot;
    struct asli_results *results; /* SLOT: keeps the slot alive */
    struct asli_frame_data *data; /* DATA: the saved copy, owned */
};

/* Results nobody needs any more, whose rows the next batch deletes. */
struct asli_dropped {
    uint32_t serial;
    struct asli_results *results;
};

/* Whose child an execution is: of which Map run of which execution, and its number there. */
struct asli_kin {
    uint64_t parent; /* 0: of nobody */
    uint64_t run;    /* its MapRunStarted event */
    uint64_t index, items;
    uint32_t serial; /* of the Map's frame */
};

struct asli_execution {
    asl_engine *engine;
    struct asli_wake *wake;
    uint64_t id;
    enum asli_durable durable;
    char *name, *arn;
    asl_machine *machine;
    uint32_t version; /* by which it was started; 0: none */
    char *alias;
    int64_t start_time, stop_time;
    enum asl_status status;
    uint32_t redrive_count;
    int64_t redrive_time;
    struct asli_payload *input, *output;
    char *error, *cause;
    struct asli_kin kin;
    struct asli_map children; /* struct asli_child: those of its Map runs that run */
    struct asli_probe
        *probe; /* engine/probe.h: it tests one state; NULL: it does not. Owned */
    int64_t
        timeout_at; /* machine TimeoutSeconds, Express: five minutes at most; 0: none */

    struct asli_frame *root;
    struct asli_map frames;
    struct asli_heap timers;
    struct asli_frame *ready_head, *ready_tail;
    uint32_t next_serial;
    uint64_t next_event;

    struct asl_event *pending; /* events of the open batch */
    size_t pending_count, pending_cap;
    struct asli_tail tail; /* without them */
    struct asli_frame *dirty_frames;
    struct asli_bytes removed; /* serials (uint32_t) of stored frames that are gone */
    struct asli_bytes dropped; /* struct asli_dropped */

    bool dirty, meta_dirty, is_new, runnable, history_full, by_name_set;
    bool
        root_row; /* its root frame has a row of its own: it has ended, or was redriven just now */
    unsigned batches; /* batches taken and not yet durable that hold it */
    size_t bytes;     /* of its rows, as loaded and written since: about its size */
    struct asli_execution *kept_next, *kept_previous; /* engine->kept: oldest first */
    size_t kept_bytes; /* its part of the engine's; 0: it is not kept */
    struct asli_execution *dirty_next, *runnable_next;
    struct asli_map_node by_name; /* in engine->names, by hash of its name */

    /* the running step */
    uint64_t step;
    size_t undo_count; /* of engine->undo */
    size_t mark_pending, step_bytes;
    uint64_t mark_event;
    uint32_t mark_serial;
    struct asli_effect *effects, **effects_tail;
    struct asli_errand *errands, **errands_tail;
    struct asli_bytes
        runs; /* struct asli_map_run *: to be written, the last of an event counts */
    size_t mark_runs;
    json_t *context; /* of the frame that evaluates now; cached within one evaluation */
};

/* Linked to its wake; NULL: oom. Free also takes it out of every list of the engine. */
struct asli_execution *asli_execution_new(asl_engine *engine, struct asli_wake *wake);
/* A new one with the engine's next id, ready to enter the scope's start state; the id is used up
 * when its step succeeded. NULL: oom. Discard: it never was; its wake goes too. */
struct asli_execution *asli_execution_create(asl_engine *engine,
                                             enum asli_durable durable,
                                             asl_machine *machine,
                                             struct asli_scope *scope, const char *name,
                                             char *take_arn, struct asli_payload *input);
void asli_execution_discard(struct asli_execution *x);
void asli_execution_free(struct asli_execution *x);
/* The role that it runs by. */
const char *asli_execution_role(const struct asli_execution *x);
/* Do its steps go to the store? Else it stays in memory until it ends. */
static inline bool asli_execution_is_stored(const struct asli_execution *x)
{
    return x->durable == ASLI_DURABLE_STEPS;
}
/* "arn:aws:states:REGION:ACCOUNT:execution:MACHINE:NAME"; Express: "...:express:MACHINE:NAME:UUID",
 * another at each call. NULL: oom. */
char *asli_execution_arn(const asl_engine *engine, const char *machine, bool express,
                         const char *name);

/* Frames. */
struct asli_frame *asli_frame_new(struct asli_execution *x, struct asli_frame *parent,
                                  struct asli_scope *scope, uint32_t serial,
                                  uint32_t index);
void asli_frame_free(struct asli_frame *frame); /* unlinked, children gone */
void asli_frame_link(
    struct asli_frame *frame); /* last child of its parent; cannot fail twice */
void asli_frame_unlink(struct asli_frame *frame);
void asli_frame_data_copy(struct asli_frame_data *to, const struct asli_frame_data *from);
void asli_frame_data_done(struct asli_frame_data *data);

/* The undo log. Each returns 0 or ASL_ENOMEM, and then nothing was changed. */
void asli_step_begin(struct asli_execution *x);
int asli_frame_touch(struct asli_frame *frame);
int asli_frame_push(
    struct asli_frame *frame); /* to the ready queue; touches nothing else */
int asli_frame_pop(struct asli_execution *x, struct asli_frame **frame); /* NULL: none */
void asli_frame_enqueue_loaded(struct asli_frame *frame); /* outside a step */
/* A new child, ready to enter its scope's start state with `input`. */
int asli_frame_spawn(struct asli_frame *parent, struct asli_scope *scope, uint32_t index,
                     struct asli_payload *input, uint64_t head, json_t *item,
                     struct asli_frame **frame);
int asli_frame_remove(struct asli_frame *frame); /* with all below it */
int asli_frame_set_result(struct asli_frame *parent, uint32_t index,
                          struct asli_payload *payload);
void asli_step_rollback(struct asli_execution *x);
int asli_step_commit(struct asli_execution *x); /* ASL_ENOMEM: roll back */
/* Brings the frame's timer and the execution's counts in line with its data; unsettle: out. */
void asli_frame_settle(struct asli_frame *frame);
void asli_frame_unsettle(struct asli_frame *frame);

/* The frame's Map run is another one from now on, and is written. ASL_ENOMEM; then nothing
 * changed, but the run is consumed. */
int asli_frame_set_run(struct asli_frame *frame, struct asli_map_run *take_run);
/* Takes tries one up; *n is the number before. */
int asli_frame_count_try(struct asli_frame *frame, size_t retrier, uint32_t *n);
/* engine/resident.c: a parked execution stays in memory until younger ones need the room; x may be
 * gone then. Unkeep: it is used again, or freed. */
void asli_execution_keep(struct asli_execution *x);
void asli_execution_unkeep(struct asli_execution *x);
/* Reads the results that are in the store alone (engine/resident.c). */
int asli_results_read(struct asli_frame *frame, asl_error *reterr);
struct asli_results *asli_results_new(size_t count);
void asli_results_unref(struct asli_results *results);

#endif
