/* SPDX-License-Identifier: Apache-2.0
 *
 * The world outside of a replayed execution: a provider that serves every resource and answers
 * with the case's mocks, in the order of invocation of each state.
 */
#ifndef CONFORMANCE_REPLAY_MOCKS_H
#define CONFORMANCE_REPLAY_MOCKS_H

#include <asl.h>
#include <jansson.h>

struct mocks {
    const json_t *testcase;
    const json_t **used; /* invocations given out */
    size_t used_count, used_cap;
    asl_task **held; /* never answered: kept to the end */
    size_t held_count, held_cap;
};

/* Adds the provider to the engine; `mocks` must outlive that. */
int mocks_serve(struct mocks *mocks, asl_engine *engine, asl_error *reterr);
/* After the engine is closed. */
void mocks_done(struct mocks *mocks);

#endif
