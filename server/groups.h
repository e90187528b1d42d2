/* SPDX-License-Identifier: Apache-2.0
 *
 * What executions log, into files of a tenant's log_dir: one for each log group.
 */
#ifndef ASLI_SERVER_GROUPS_H
#define ASLI_SERVER_GROUPS_H

#include "server/private.h"

/* Logs an event when the state machine's configuration wants it. What cannot be written is lost. */
void asli_groups_event(struct asli_tenant *tenant, const asl_event *event);
void asli_groups_flush(struct asli_tenant *tenant);
void asli_groups_close(struct asli_tenant *tenant);

#endif
