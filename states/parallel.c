/* SPDX-License-Identifier: Apache-2.0
 *
 * Parallel: all branches at once over the same input; the array of their outputs is its result
 * (asl-reference 10). The first branch that fails fails it and stops the others.
 */
#include <stdio.h>

#include "engine/base/alloc.h"
#include "engine/state.h"
#include "engine/tbl/messages.h"
#include "states/join.h"

struct parallel {
    json_t *value;
    struct asli_scope **branches; /* owned array; the scopes are the machine's */
    size_t count;
};

static const struct asli_field fields[] = {
    {"Branches", ASLI_FIELD_JSON, ASLI_REQUIRED, offsetof(struct parallel, value)},
    {NULL},
};

static int load(struct asli_loader *loader, struct asli_state *state)
{
    struct parallel *def = state->def;
    size_t n = json_array_size(def->value);
    char where[40];
    if (!json_is_array(def->value))
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Branches",
                                 ASLI_MSG_EXPECTED, "Array");
    if (n == 0)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Branches",
                                 ASLI_MSG_EMPTY);
    def->branches = asli_alloc(n * sizeof *def->branches);
    if (!def->branches)
        return ASL_ENOMEM;
    def->count = n;
    for (size_t i = 0; i < n; i++) {
        snprintf(where, sizeof where, "/Branches/%zu", i);
        int rc = asli_load_scope(loader, state, json_array_get(def->value, i), where,
                                 &def->branches[i]);
        if (rc)
            return rc;
    }
    return 0;
}

static void unload(struct asli_state *state)
{
    struct parallel *def = state->def;
    asli_free(def->branches);
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct parallel *def = frame->d.state->def;
    struct asl_event e = {.type = ASLI_EVENT_ParallelStateStarted,
                          .state = frame->d.state->name};
    int rc = asli_frame_record(frame, &e, true, reterr);
    if (rc)
        return asli_step_of(rc);
    struct asli_results *results = asli_results_new(def->count);
    if (!results)
        return asli_step_of(asli_oom(reterr));
    asli_results_unref(frame->d.results);
    frame->d.results = results;
    frame->d.done_count = 0;
    frame->d.active = (uint32_t)def->count;
    frame->d.join_event = frame->d.head;
    for (size_t i = 0; i < def->count; i++) {
        struct asli_frame *child;
        if (asli_frame_spawn(frame, def->branches[i], (uint32_t)i, frame->d.work,
                             frame->d.head, NULL, &child))
            return asli_step_of(asli_oom(reterr));
    }
    return ASLI_STEP_PARK;
}

static enum asli_step resume(struct asli_frame *frame, const struct asli_event *event,
                             asl_error *reterr)
{
    if (event->kind == ASLI_ON_CHILD_FAILED)
        return asli_join_failed(frame, event->child, reterr);
    if (event->child->d.head > frame->d.join_event)
        frame->d.join_event = event->child->d.head;
    int rc = asli_join_child(frame, event, reterr);
    if (!rc && frame->d.done_count < frame->d.results->count)
        return ASLI_STEP_PARK;
    if (!rc)
        rc = asli_join_results(frame, reterr);
    struct asl_event e = {.type = ASLI_EVENT_ParallelStateSucceeded,
                          .state = frame->d.state->name};
    frame->d.head = frame->d.join_event;
    if (!rc)
        rc = asli_frame_record(frame, &e, false, reterr);
    return rc ? asli_step_of(rc) : ASLI_STEP_DONE;
}

const struct asli_state_ops asli_state_parallel = {
    .type = "Parallel",
    .traits = ASLI_HAS_IO | ASLI_HAS_PARAMETERS | ASLI_HAS_ARGUMENTS |
              ASLI_HAS_RESULT_PATH | ASLI_HAS_RESULT_SELECTOR | ASLI_HAS_RETRY |
              ASLI_HAS_NEXT | ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct parallel),
    .entered = ASLI_EVENT_ParallelStateEntered,
    .exited = ASLI_EVENT_ParallelStateExited,
    .aborted = ASLI_EVENT_ParallelStateAborted,
    .failed = ASLI_EVENT_ParallelStateFailed,
    .load = load,
    .unload = unload,
    .enter = enter,
    .resume = resume,
};
