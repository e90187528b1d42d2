/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's log.
 */
#include "server/private.h"

void asli_log_call(const struct asli_call *call)
{
    (void)call;
}
