/* SPDX-License-Identifier: Apache-2.0
 *
 * The proof that the matcher is strict: a passing case's expectation is changed in one place at a
 * time, outside of placeholders, and every mutant must fail.
 */
#ifndef CONFORMANCE_MUTATE_H
#define CONFORMANCE_MUTATE_H

#include <stddef.h>

#include "conformance/match.h"

struct mutation {
    size_t tried;
    size_t survived;
    /* Told of every mutant that passed: where, and what was changed. */
    void (*survivor)(void *arg, const char *pointer, const char *what);
    void *arg;
};

/* Tries every mutant of the case's expectation against `actual`, which it passes. */
void mutate(struct match *m, const json_t *actual, struct mutation *result);

#endif
