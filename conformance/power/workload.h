/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done to a store while it is recorded: several lives, with upkeep between them. Beside the
 * marks of life.h its log has
 *
 *     {"mark": "deleting" | "deleted" | "loading" | "loaded", "name"}   asked for, acknowledged
 *     {"mark": "repaired"}                 from here on what failed may be redriven, and succeeds
 *     {"mark": "applied", "rows": hash}    a batch was applied; the rows of the store are now these
 */
#ifndef POWER_WORKLOAD_H
#define POWER_WORKLOAD_H

#include <asl.h>

#include "conformance/power/log.h"

/* Runs it in a directory of its own and fills the log. `no_sync`: as the option of the store.
 * False: it went wrong, as is told on standard error. */
bool power_workload(struct power_log *log, int no_sync);

/* A hash of all rows of a store. 0, or the code of the store's error. */
int power_rows(asl_store *store, uint64_t *ret_hash, asl_error *reterr);

#endif
