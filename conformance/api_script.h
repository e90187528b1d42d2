/* SPDX-License-Identifier: Apache-2.0
 *
 * A recorded case of the API asked again: scripts of calls (kind `api`), and the single calls of the
 * kinds `test-state` and `validate`.
 */
#ifndef CONFORMANCE_API_SCRIPT_H
#define CONFORMANCE_API_SCRIPT_H

#include <jansson.h>

#include "conformance/kit/client.h"

struct api {
    struct endpoint endpoint;
    struct client client;
    json_t *made; /* calls that delete what calls have made */
};

/* One call: the response, or {"error": {"Code", "Message", "HTTPStatusCode"}}; NULL: there was no
 * answer. */
json_t *api_call(struct api *api, const char *action, const json_t *params);

/* Deletes the state machines and activities that were made. */
void api_undo(struct api *api);

/* What a case expects of each call, and what it got: two values to compare with match_whole.
 * `ret_trouble` (to be freed): why it came to no end, NULL when it did. */
struct api_outcome {
    json_t *expected, *actual;
    char *trouble;
    const char *recorded; /* date, in the case; or NULL */
};
void api_replay(struct api *api, const json_t *testcase, struct api_outcome *ret_outcome);
void api_outcome_done(struct api_outcome *outcome);

#endif
