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

#include <jansson.h>

#include "conformance/match.h"

/* What the engine did: an object as match_compare takes it; or NULL, and *ret_trouble says why it
 * could not be done (free it). */
json_t *replay(const json_t *testcase, const struct match *m, char **ret_trouble);

#endif
