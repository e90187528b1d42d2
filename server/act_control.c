/* SPDX-License-Identifier: Apache-2.0
 *
 * The actions of the registry and TestState: asl/control.h does them.
 */
#include "server/act.h"

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    struct asli_call *call = arg;
    if (error)
        asli_call_fail(call, error);
    else
        asli_call_succeed(call, json_incref(response));
}

#define HANDLER(name)                                                                    \
    void asli_act_##name(struct asli_call *call)                                         \
    {                                                                                    \
        if (asli_act_name(call))                                                         \
            asl_control_call(asli_call_tenant(call)->control, #name,                     \
                             asli_call_input(call), on_reply, call);                     \
    }
ASL_CONTROL_ACTIONS(HANDLER)

void asli_act_TestState(struct asli_call *call)
{
    asl_test_state(asli_call_tenant(call)->engine, asli_call_input(call), on_reply, call);
}
