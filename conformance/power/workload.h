/* SPDX-License-Identifier: Apache-2.0
 *
 * What is done to a store while it is recorded: several lives, with upkeep between them. Beside the
 * marks of life.h its log has
 *
 *     {"mark": "deleting" | "deleted" | "loading" | "loaded", "name"}   asked for, acknowledged
 *     {"mark": "applied", "rows": hash}    a batch was applied, or the store opened; the rows of the
 *                                          store are now these
 *     {"mark": "unsure", "rows": hash}     the power was cut before this, and a batch under way that
 *                                          would have made these rows
 *     {"mark": "final", "name", "redrives", "status", "output"}   of one that has ended, found in
 *                                          the store when it is opened
 */
#ifndef POWER_WORKLOAD_H
#define POWER_WORKLOAD_H

#include <asl.h>

#include "conformance/power/log.h"

/* Runs it in a directory of its own and fills the log. Some lives end with a power cut, which the
 * seed draws: then the log ends there, and goes on with what the next life found. `no_sync`: as the
 * option of the store. False: it went wrong, as is told on standard error. */
bool power_workload(struct power_log *log, uint64_t seed, int no_sync);

/* A hash of all rows of a store. 0, or the code of the store's error. */
int power_rows(asl_store *store, uint64_t *ret_hash, asl_error *reterr);

#endif
