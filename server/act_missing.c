/* SPDX-License-Identifier: Apache-2.0
 *
 * Handlers that are not there yet.
 */
#include "server/private.h"

#define ACTION(name, members)                                                            \
    void asli_act_##name(struct asli_call *call)                                         \
    {                                                                                    \
        asli_call_trouble(call, ASLI_EXCEPTION_UNKNOWN_OPERATION, "%s is not built yet", \
                          #name);                                                        \
    }
#include "server/tbl/actions.h"
