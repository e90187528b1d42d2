/* SPDX-License-Identifier: Apache-2.0
 *
 * One recorded execution, done again: an engine of its own on the virtual clock, in which every
 * task is answered from the case's mocks. Through the public API only.
 *
 * Invariant: nothing of the expectation reaches the engine but the names of the world that the
 * recording depends on, when to stop, and how a service spaced its JSON.
 */
#ifndef CONFORMANCE_REPLAY_H
#define CONFORMANCE_REPLAY_H

#include <asl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "conformance/kit/mem_objects.h"
#include "conformance/match.h"
#include "conformance/replay_mocks.h"

/* What the engine did: an object as match_compare takes it; or NULL, and *ret_trouble says why it
 * could not be done (free it). */
json_t *replay(const json_t *testcase, const struct match *m, char **ret_trouble);

/* ------------------------------------------------------------------ life by life */

/* What is there from one life of the process to the next. */
struct replay {
    const json_t *testcase;
    asl_store *store; /* borrowed */
    unsigned
        patience; /* calls that fail and are tried again before a life ends by that */
    int64_t now;  /* ms; goes on */
    char *arn;    /* NULL: not started yet */
    bool acknowledged;   /* the start was said to be durable */
    bool too_long;       /* it had more events than a history may hold, and was left */
    int64_t stop_after;  /* event id; 0: the test stopped nothing */
    uint64_t seed;       /* of the random numbers */
    bool express, async; /* an Express execution: no store has it */
    int64_t begun;       /* time of its first event */
    json_t *ended;       /* StartSyncExecution's response; NULL: its end was not told */
    json_t *end_event;   /* as the logs have it */
    json_t *logs;        /* all that was logged; NULL: nobody asks */
    struct mocks mocks;
    struct mem_objects objects;      /* what the test put, and what the execution wrote */
    char *definition, *input, *role; /* input, role: or NULL */
    asl_engine *engine;              /* of this life */
};

/* `testcase`, `m` (for the call) and `store` are borrowed. */
void replay_init(struct replay *r, const json_t *testcase, const struct match *m,
                 asl_store *store);
void replay_done(struct replay *r);

/* One life of a process: it starts the execution or goes on with it, until nothing can happen any
 * more or a call fails. 0, or the code of that call. ASL_EINTERNAL: an execution that was
 * acknowledged is gone. */
int replay_live(struct replay *r, asl_error *reterr);

/* The history's events as durable now. A new reference; NULL: none. */
json_t *replay_events(const struct replay *r);

/* What it left in the store, as match_compare takes it. A new reference; NULL: reterr. */
json_t *replay_result(const struct replay *r, asl_error *reterr);

#endif
