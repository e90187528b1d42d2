/* SPDX-License-Identifier: Apache-2.0
 *
 * The state type vtable: what a file in states/ provides (one const asli_state_ops, one row in
 * engine/tbl/states.h). It holds only what is particular to its type; input and output
 * processing, Retry, Catch, Entered and Exited events, time-outs and persistence are the
 * engine's, switched on by traits.
 *
 * enter and resume may *ask* (engine/frame.h: arm a timer, schedule a task, spawn children, record
 * an event); asking only appends to the pending batch, so no state file can get durability wrong.
 */
#ifndef ASLI_STATE_H
#define ASLI_STATE_H

#include "engine/event_type.h"
#include "engine/fields.h"
#include "engine/machine.h"

enum asli_step {
    ASLI_STEP_DONE, /* result set: the engine does output processing, then Next or End */
    ASLI_STEP_PARK, /* waits for a timer, a token or children                          */
    ASLI_STEP_FAIL, /* Error and Cause set: the engine tries Retry, then Catch         */
    ASLI_STEP_BROKEN, /* libasl itself failed: reterr set, nothing recorded              */
};

/* What a type takes part in. */
enum asli_trait {
    ASLI_HAS_IO = 1,         /* InputPath, OutputPath; Output */
    ASLI_HAS_PARAMETERS = 2, /* Parameters (Map: ItemSelector is its own affair) */
    ASLI_HAS_RESULT_PATH = 4,
    ASLI_HAS_RESULT_SELECTOR = 8,
    ASLI_HAS_RETRY = 16,  /* Retry, Catch; State.RetryCount in the context object */
    ASLI_HAS_NEXT = 32,   /* Next or End, exactly one */
    ASLI_HAS_EXITED = 64, /* an Exited event (all but Fail) */
    ASLI_HAS_ASSIGN = 128,
    ASLI_HAS_ARGUMENTS = 256,
};

struct asli_frame;
struct asli_event;

struct asli_state_ops {
    const char *type; /* "Pass" */
    unsigned traits;
    const struct asli_field *fields; /* its own ones; common ones come from the traits */
    size_t def_size;
    /* Its history events; ASLI_EVENT_NONE where AWS has none. */
    enum asli_event_type entered, exited, aborted, failed;
    /* After the fields: what no row can say. 0 or ASL_ENOMEM; problems go to the loader. NULL:
     * nothing. */
    int (*load)(struct asli_loader *loader, struct asli_state *state);
    void (*unload)(
        struct asli_state *state); /* frees what load made, not the fields' values */
    /* Before each attempt's input processing: draws what the context object shows. 0 or an ASL_E
     * code. NULL: nothing. */
    int (*prepare)(struct asli_frame *frame, asl_error *reterr);
    /* The value of item `index`, borrowed from the frame's input; for $$.Map.Item. NULL: not a
     * type with items. */
    int (*item)(struct asli_frame *frame, uint32_t index, json_t **item,
                asl_error *reterr);
    enum asli_step (*enter)(struct asli_frame *frame, asl_error *reterr);
    /* A mock is to take the place of its work (engine/probe.h): evaluates what `enter` would, and
     * notes it. 0, ASLI_FAILED or an ASL_E code. NULL: nothing. */
    int (*inspect)(struct asli_frame *frame, asl_error *reterr);
    enum asli_step (*resume)(struct asli_frame *frame, const struct asli_event *event,
                             asl_error *reterr);
};

struct asl_resource;
/* The resource of a Task state (states/task.c keeps it at the head of its def). */
static inline const struct asl_resource *
asli_state_resource(const struct asli_state *state)
{
    return *(struct asl_resource **)state->def;
}

/* All types, in the order AWS lists them; NULL ends. (engine/state.c, from tbl/states.h) */
extern const struct asli_state_ops *const asli_state_types[];

#endif
