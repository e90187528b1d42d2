/* SPDX-License-Identifier: Apache-2.0
 *
 * The world outside of a replayed execution: a provider that serves every resource and answers
 * with the case's mocks, in the order of invocation of each state.
 */
#ifndef CONFORMANCE_REPLAY_MOCKS_H
#define CONFORMANCE_REPLAY_MOCKS_H

#include <asl.h>
#include <jansson.h>

/* An invocation that was given out, and to whom: who asks again gets it again. */
struct given {
    const json_t *invocation;
    char *token;
};

struct mocks {
    const json_t *testcase;
    struct given *given;
    size_t given_count, given_cap;
    asl_task **held; /* never answered: kept to the engine's end */
    size_t held_count, held_cap;
};

/* Adds the provider to the engine; `mocks` must outlive that. */
int mocks_serve(struct mocks *mocks, asl_engine *engine, asl_error *reterr);
/* Answers the callbacks of an execution whose process ended before they were: whoever holds their
 * tokens does so late. */
int mocks_answer(struct mocks *mocks, asl_engine *engine, const char *arn,
                 asl_error *reterr);
/* After an engine is closed; another one may be served then. */
void mocks_drop(struct mocks *mocks);
/* After that, at the end. */
void mocks_done(struct mocks *mocks);

#endif
