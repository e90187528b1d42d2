/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows that say which field a state may have and of what kind. One table a state type (in its
 * file under states/) drives the loader, the checks and the manual's tables.
 *
 * A row's `offset` is where the loader stores the compiled value in the state's def; the C type
 * there is fixed by the kind. NONE stores nothing (ops->load handles the value).
 */
#ifndef ASLI_FIELDS_H
#define ASLI_FIELDS_H

#include <stddef.h>
#include <stdint.h>

enum asli_field_kind {
    ASLI_FIELD_NONE,    /* checked by ops->load                                        */
    ASLI_FIELD_TEXT,    /* struct asli_text_field  literal, or computed in JSONata     */
    ASLI_FIELD_INT,     /* struct asli_int_field   min..max; computed in JSONata       */
    ASLI_FIELD_NUMBER,  /* struct asli_number_field  min..max; computed in JSONata     */
    ASLI_FIELD_REFPATH, /* struct asli_path *      a Reference Path                    */
    ASLI_FIELD_PATH_NULL, /* struct asli_path_field  a Path or null (InputPath)          */
    ASLI_FIELD_RESULT_PATH, /* struct asli_path_field  a Reference Path into $, or null    */
    ASLI_FIELD_TEXT_PATH, /* struct asli_text_field  a Path or string-giving intrinsic   */
    ASLI_FIELD_TEMPLATE, /* struct asli_template *                                      */
    ASLI_FIELD_ASSIGN,   /* struct asli_template *  of workflow variables               */
    ASLI_FIELD_JSON,     /* json_t *                borrowed from the tree, any value   */
    ASLI_FIELD_TIMESTAMP, /* struct asli_text_field  RFC 3339, checked                   */
    ASLI_FIELD_STATE, /* struct asli_state *     name of a state of the same scope   */
    ASLI_FIELD_SCOPE, /* struct asli_scope *     object with StartAt and States      */
};

enum asli_field_flags {
    ASLI_REQUIRED = 1,
    ASLI_JSONPATH = 2, /* only in this query language */
    ASLI_JSONATA = 4,
    ASLI_LATER = 8,       /* this version does not run it: diagnosed */
    ASLI_CONSTANT = 16,   /* never an expression */
    ASLI_NO_CONTEXT = 32, /* a path that does not lead into the context object */
};

struct asli_field {
    const char *name; /* NULL ends the table */
    enum asli_field_kind kind;
    unsigned flags;
    size_t offset;
    char group; /* rows of the same letter exclude each other; upper case: exactly one */
    int64_t min, max; /* INT; max 0: none */
    unsigned traits;  /* the common rows: only for types that have one of these; else 0 */
};

#endif
