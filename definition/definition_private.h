/* SPDX-License-Identifier: Apache-2.0
 *
 * What the readers of definitions share: a JSON text in which every member and every element
 * begins a line of its own, so that a line stands for a value, and a mark for each line.
 */
#ifndef ASLI_DEFINITION_PRIVATE_H
#define ASLI_DEFINITION_PRIVATE_H

#include <stdbool.h>

#include <asl/definition.h>

#include "engine/base/bytes.h"

/* Where the value of a JSON line was written, from 1. */
struct asli_mark {
    int line, column;
};
struct asli_marks {
    struct asli_mark *items; /* of line i + 1 */
    size_t count, cap;
};
bool asli_marks_add(struct asli_marks *marks, int line, int column); /* false: oom */
void asli_marks_done(struct asli_marks *marks);

/* A replaced ${Name}: at a place of the text made, so many characters instead of so many. */
struct asli_edit {
    int line, column, made, was;
};
struct asli_edits {
    struct asli_edit *items;
    size_t count, cap;
};

struct asl_definition {
    char *text;
    size_t len;
    /* From the JSON text to its source: first these edits are undone, then a line leads to its
     * mark (when there are marks), then the edits of the source are undone. */
    struct asli_edits edits;
    struct asli_marks marks;
    struct asli_edits source_edits;
};

/* Appends the JSON text of YAML `text`, one line a value, and its marks. */
int asli_yaml_read(const char *text, size_t len, struct asli_bytes *out,
                   struct asli_marks *marks, asl_error *reterr);

/* Makes a definition of a JSON text. `take_text` and `take_marks` (emptied) are consumed. */
int asli_definition_of(struct asli_bytes *take_text, struct asli_marks *take_marks,
                       const asl_substitution *list, size_t count,
                       asl_definition **ret_definition, asl_error *reterr);

#endif
