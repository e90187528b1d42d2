/* SPDX-License-Identifier: Apache-2.0
 *
 * The recorded cases of a folder, in the order of their paths, and whether each can be replayed.
 *
 * Invariant: a case is skipped for a reason that this file can name, never for how it ends.
 */
#ifndef CONFORMANCE_CASES_H
#define CONFORMANCE_CASES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct testcase {
    json_t *json;
    const char *id;   /* inside json */
    const char *skip; /* why it is not replayed, inside json or static; NULL: it is */
};

struct cases {
    const char *kinds; /* those wanted, with spaces between: "api validate" */
    const char *lacks; /* a need that this runner cannot meet; or NULL */
    struct testcase *items;
    size_t count, cap;
};

/* Adds the cases of the kinds wanted below `dir` whose id contains `filter` (NULL: all). 0; -1: it cannot be
 * read or a file is no case, and stderr says which. */
int cases_load(struct cases *cases, const char *dir, const char *filter);
void cases_done(struct cases *cases);

/* The JSON of a file; NULL: stderr says why. */
json_t *cases_read(const char *path);

#endif
