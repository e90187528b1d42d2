/* SPDX-License-Identifier: Apache-2.0
 *
 * How an execution ends that nothing disturbs: it is run in memory, in virtual time.
 */
#ifndef TORTURE_ORACLE_H
#define TORTURE_ORACLE_H

#include "torture/generate.h"

/* Loads the machine of a generated case and fills in its end. Errors: ASL_EDEFINITION and others
 * mean that a piece is wrong. */
int torture_foresee(struct torture_case *its, asl_error *reterr);

/* {"TYPE STATE": how many, ...} of a history's events. New. */
json_t *torture_count_events(const json_t *events);
/* The object "...EventDetails" of an event; NULL: it has none. */
const json_t *torture_event_details(const json_t *event);
/* Of an event's type: is it about a task (not about its state), and does it end that? */
bool torture_is_of_task(const char *type);
bool torture_is_completion(const char *type);
bool torture_ends_with(const char *text, const char *end);

#endif
