/* SPDX-License-Identifier: Apache-2.0
 *
 * TestState: the library's own answer. One that waits long for a client that has gone ends by itself,
 * after five minutes at the latest.
 */
#include "server/private.h"

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    struct asli_call *call = arg;
    if (response)
        asli_call_succeed(call, json_incref(response));
    else
        asli_call_fail(call, error);
}

void asli_act_TestState(struct asli_call *call)
{
    asl_test_state(asli_call_tenant(call)->engine, asli_call_input(call), on_reply, call);
}
