/* SPDX-License-Identifier: Apache-2.0
 *
 * What can go wrong with an expression: a code of tbl/errors.h and what its text speaks of.
 */
#ifndef ASLI_JSONATA_TROUBLE_H
#define ASLI_JSONATA_TROUBLE_H

#include <asl/error.h>
#include <stdbool.h>

#include "engine/base/bytes.h"
#include "engine/query/jsonata/text.h"
#include "engine/query/jsonata/value.h"

/* One error, while it is on its way out. Values live in the arena of whoever failed. */
struct asli_jn_trouble {
    const char *code;   /* NULL: none yet */
    const char *custom; /* the whole text, instead of the code's */
    size_t custom_len;
    bool positioned;
    uint32_t position; /* bytes into the text */
    jn_value token, value, value2;
    int index;            /* of an argument, from 1 */
    const char *type;     /* plural, of an array's items */
    const char *function; /* by its name in the library */
};

/* Appends the text of the trouble's code, its {{fields}} filled in. */
void asli_jn_trouble_text(const struct asli_jn_trouble *trouble, struct asli_bytes *out);

/* Appends the JSON of a value, nothing when that is too much. */
void asli_jn_trouble_json(jn_value v, struct asli_bytes *out);

#endif
