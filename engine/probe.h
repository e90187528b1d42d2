/* SPDX-License-Identifier: Apache-2.0
 *
 * Looking at one state from the inside: an execution that consists of one attempt of one state, and
 * of which nothing is stored or told (TestState).
 *
 * The engine asks `x->probe` at a few places, and only when it is set: what the stages of input and
 * output processing gave is noted there; a mock takes the place of the state's work; and the execution
 * ends when the state is left, or would be tried again.
 */
#ifndef ASLI_PROBE_H
#define ASLI_PROBE_H

#include <asl/objects.h>

#include "engine/frame.h"

/* X(NAME, member of AWS's inspectionData): what a state made on its way, in its order. */
#define ASLI_STAGES(X)                                                                   \
    X(INPUT, "input")                                                                    \
    X(INPUT_PATH, "afterInputPath")                                                      \
    X(PARAMETERS, "afterParameters")                                                     \
    X(ARGUMENTS, "afterArguments")                                                       \
    X(ITEMS_POINTER, "afterItemsPointer")                                                \
    X(ITEMS_PATH, "afterItemsPath")                                                      \
    X(ITEM_SELECTOR, "afterItemSelector")                                                \
    X(ITEM_BATCHER, "afterItemBatcher")                                                  \
    X(RESULT, "result")                                                                  \
    X(RESULT_SELECTOR, "afterResultSelector")                                            \
    X(RESULT_PATH, "afterResultPath")                                                    \
    X(OUTPUT, NULL)

enum asli_stage {
#define ASLI_STAGE_ROW(name, member) ASLI_STAGE_##name,
    ASLI_STAGES(ASLI_STAGE_ROW)
#undef ASLI_STAGE_ROW
        ASLI_STAGES_COUNT,
};

struct asli_probe {
    /* ---- what is given ---- */
    const struct asli_state *state; /* of `machine` */
    asl_machine *machine;
    json_t *context;           /* in place of the context object; NULL: the usual one */
    json_t *variables;         /* that the state finds, {name: value}; NULL: none */
    uint32_t retries;          /* so often it was tried again */
    struct asli_map_item item; /* it is inside a Map; no value: it is not */
    /* The mock: one of the two, or none: it does its work. */
    struct asli_payload *result;
    char *error, *cause;  /* error NULL: no such mock */
    bool traced;          /* what its task says to others is of interest */
    asl_objects *objects; /* of a Map's ItemReader; NULL: its input has the items */
    int64_t failed_items; /* of a Map; -1: not given */

    /* ---- what it came to ---- */
    struct asli_payload *notes[ASLI_STAGES_COUNT];
    json_t *assigned;           /* {name: value} */
    json_t *request, *response; /* of its task; NULL: none */
    const struct asli_state *next;
    int64_t retry_index, catch_index; /* that met the error; -1: none did */
    bool retriable;
    int64_t backoff_ms;
    char *caught_error, *caught_cause;
    int64_t concurrency, tolerated_count; /* of a Map; -1: none */
    double tolerated_percentage;
    const char *refusal; /* the mock does not fit: what AWS says then; static */

    /* The execution has ended: told once, unless the engine closes first. */
    void (*ended)(struct asli_probe *probe, const asl_result *result);
    /* Nobody needs it any more: always the last call, from wherever it is held. */
    void (*release)(struct asli_probe *probe);
    void *arg;
};

/* Starts an execution of probe->state, which takes the probe over; `input` is shared. An engine that
 * is closed or dead releases it at once. Errors, which leave it the caller's: ASL_ENOMEM,
 * ASL_ESYSTEM. */
int asli_probe_start(asl_engine *engine, struct asli_probe *probe,
                     struct asli_payload *input, asl_error *reterr);

/* The new execution is that of the probe (which is not consumed), and its only frame gets what
 * that gives. */
int asli_probe_attach(struct asli_execution *x, struct asli_probe *probe,
                      asl_error *reterr);

/* In place of the state's own `enter`: the mock, if there is one. */
enum asli_step asli_probe_enter(struct asli_frame *frame, asl_error *reterr);
/* The state is left: who assigned what, and where to. */
int asli_probe_assigned(struct asli_frame *frame, const struct asli_variables *assigned,
                        asl_error *reterr);
int asli_probe_caught(struct asli_frame *frame, size_t catcher, asl_error *reterr);

/* A message of its task has come: what was said until then is its too. */
void asli_probe_exchanged(struct asli_probe *probe, const struct asl_task *task);
/* The resource of the state; NULL: it is no Task. */
const asl_resource *asli_probe_resource(const struct asli_probe *probe);

static inline void asli_probe_note(struct asli_frame *frame, enum asli_stage stage,
                                   struct asli_payload *payload)
{
    struct asli_probe *probe = frame->x->probe;
    if (!probe)
        return;
    struct asli_payload *old = probe->notes[stage];
    probe->notes[stage] = asli_payload_ref(payload);
    asli_payload_unref(old);
}

#endif
