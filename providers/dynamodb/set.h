/* SPDX-License-Identifier: Apache-2.0
 *
 * The members of DynamoDB's sets: JSON arrays of texts, sorted, each member once. So sets are
 * equal when they are equal as lists, and a member is found by halving.
 */
#ifndef ASLI_DYNAMODB_SET_H
#define ASLI_DYNAMODB_SET_H

#include "providers/dynamodb/value.h"

/* A new set of the members of two arrays (b may be NULL) that are all of one set type. Returns
 * NULL when out of memory. *ret_repeated (may be NULL): a member came twice. */
json_t *asli_dyn_set_union(enum asli_dyn_type type, const json_t *a, const json_t *b,
                           bool *ret_repeated);
/* A new set of the members of a that are not in b; NULL: oom. */
json_t *asli_dyn_set_without(enum asli_dyn_type type, const json_t *a, const json_t *b);
bool asli_dyn_set_has(enum asli_dyn_type type, const json_t *set, const json_t *member);

#endif
