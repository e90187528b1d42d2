/* SPDX-License-Identifier: Apache-2.0
 *
 * TestState (asl-reference 16.1): a request becomes a probe (engine/probe.h), what that came to a
 * response. What each file does:
 *
 * request.c reads the request and refuses it; definition.c finds the state; schema.c knows what
 * services answer; data.c has what an ItemReader would read; response.c tells what was seen.
 *
 * Functions return 0 or an ASL_E code; a refusal of AWS is ASL_EINVAL with reterr->exception set.
 */
#ifndef ASLI_TESTSTATE_H
#define ASLI_TESTSTATE_H

#include <asl/control.h>

#include "engine/engine.h"
#include "engine/probe.h"
#include "engine/resource.h"

enum asli_inspection { ASLI_INSPECT_INFO, ASLI_INSPECT_DEBUG, ASLI_INSPECT_TRACE };

struct asli_teststate {
    struct asli_probe probe; /* its arg is this */
    enum asli_inspection level;
    bool secrets; /* shown too */
    struct asli_payload *input;
    asl_reply_fn *reply; /* NULL: it has replied */
    void *arg;
};

/* Fills the probe and the rest from the request, as far as it is valid. */
int asli_teststate_read(struct asli_teststate *test, const json_t *request,
                        asl_error *reterr);

/* Sets probe.machine, whose role is that one (NULL: the engine's), and probe.state: of a whole
 * definition the one called `name`, or (NULL) of a text that is the state itself. */
int asli_teststate_find(struct asli_probe *probe, const char *definition,
                        const char *name, const char *role, asl_error *reterr);

/* Does a mocked result look like what the service of the state's resource answers? `strict`: nothing
 * that it always has is missing. */
int asli_teststate_check_result(const asl_resource *resource, const json_t *result,
                                bool strict, asl_error *reterr);

/* Is it a context object for such a state? */
int asli_teststate_check_context(const struct asli_state *state, const json_t *context,
                                 asl_error *reterr);

/* Objects of which each, whatever it is called, is `text`. */
int asli_teststate_data(const char *text, asl_objects **ret_objects, asl_error *reterr);

/* AWS's response; NULL: out of memory, or reterr says what. */
json_t *asli_teststate_response(struct asli_teststate *test, const asl_result *result,
                                asl_error *reterr);

#endif
