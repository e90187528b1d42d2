/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths and Reference Paths, with Jayway JsonPath's meaning (asl-reference 2.2, fidelity D1).
 *
 * A path is compiled once and evaluated over shared values without copying them: a definite path
 * gives the value itself, an indefinite one a new array of the values found (none: []).
 */
#ifndef ASLI_QUERY_PATH_H
#define ASLI_QUERY_PATH_H

#include <stdbool.h>

#include "engine/query/env.h"

struct asli_path; /* immutable */

enum asli_path_root {
    ASLI_ROOT_INPUT,    /* $   */
    ASLI_ROOT_CONTEXT,  /* $$  */
    ASLI_ROOT_VARIABLE, /* $name */
};

/* Errors: ASL_EDEFINITION (the text says what is wrong and where), ASL_ENOMEM. */
int asli_path_compile(const char *text, struct asli_path **ret_path, asl_error *reterr);
void asli_path_free(struct asli_path *path);
const char *asli_path_text(const struct asli_path *path); /* as written */
enum asli_path_root asli_path_root(const struct asli_path *path);
/* Tells `who` of the workflow variable at the root, if there is one. 0 or ASL_ENOMEM. */
int asli_path_reads(const struct asli_path *path, const struct asli_compiling *who);
bool asli_path_is_definite(const struct asli_path *path);
/* Only .name, ['name'] and [n] (n >= 0): what ResultPath and the *Path fields need. */
bool asli_path_is_reference(const struct asli_path *path);
bool asli_path_is_root(const struct asli_path *path); /* just "$" (or "$$") */

/* How a missed index of an existing array counts: a template gives null (fidelity D1.4). */
enum asli_path_mode {
    ASLI_PATH_STRICT,  /* a miss                                   */
    ASLI_PATH_LENIENT, /* index past the end: null; missing key: a miss */
};

/* 0: *ret_value is a new reference. ASLI_FAILED: nothing there, and *ret_detail (when not NULL)
 * is Jayway's sentence, to be freed: "No results for path: $['x']", "Missing property in path
 * $['no']", "Filter: [0] can only be applied to arrays. Current context is: 1"; of a variable to
 * which nothing was assigned one of ours. Negative: error. */
int asli_path_eval(const struct asli_path *path, const struct asli_env *env,
                   enum asli_path_mode mode, json_t **ret_value, char **ret_detail,
                   asl_error *reterr);

/* Grafts `value` into `root` at a reference path (asl-reference 2, ResultPath): parents that are
 * missing are made, neither root nor anything it holds is changed (containers on the way are
 * copied, the rest shared). *ret_root is a new reference. ASLI_FAILED: root or a parent is not an
 * object, or an index outside its array; *ret_detail, when not NULL, is a sentence to free. */
int asli_path_graft(const struct asli_path *path, const json_t *root, json_t *value,
                    json_t **ret_root, char **ret_detail, asl_error *reterr);

#endif
