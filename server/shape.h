/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tables know of actions and of the shapes that they take, for those who check inputs.
 */
#ifndef ASLI_SERVER_SHAPE_H
#define ASLI_SERVER_SHAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/bytes.h"
#include "server/action.h"

enum asli_kind {
    ASLI_TEXT,
    ASLI_ENUM,
    ASLI_INTEGER,
    ASLI_LONG,
    ASLI_FLOAT,
    ASLI_BOOLEAN,
    ASLI_LIST,
    ASLI_STRUCTURE,
};

#define ASLI_NO_LIMIT (-1)

/* A row of server/tbl/shapes.h. */
struct asli_shape {
    const char *name;
    enum asli_kind kind;
    bool secret;      /* AWS shows no value of it */
    int64_t min, max; /* characters, items, or the value; max may be NO_LIMIT */
    const char *rule; /* TEXT: pattern or NULL; ENUM: values */
    const char *pcre; /* the pattern for PCRE2; NULL: the same */
    const struct asli_shape *item;     /* LIST */
    const struct asli_member *members; /* STRUCTURE */
    size_t count;
};
struct asli_member {
    const char *name;
    const struct asli_shape *shape;
    bool required;
};

/* A row of server/tbl/actions.h. */
struct asli_action {
    const char *name;
    asli_action_fn *handle;
    struct asli_shape input; /* a STRUCTURE */
};

enum {
#define ACTION(name, members) ASLI_ACTION_##name,
#include "server/tbl/actions.h"
#undef ACTION
    ASLI_ACTION_COUNT
};

/* NULL: there is none of that name. Static. */
const struct asli_action *asli_action_find(const char *name);
/* Of those above. */
const struct asli_action *asli_action_at(size_t index);
size_t asli_action_index(const struct asli_action *action);

/* What asli_input_check found. */
enum asli_verdict {
    ASLI_FITS,
    ASLI_BROKEN,  /* a constraint: ValidationException */
    ASLI_FOREIGN, /* a value of another type: SerializationException */
};
/* Appends AWS's message to `text` when it does not fit; text->oom: out of memory. */
enum asli_verdict asli_input_check(const struct asli_shape *shape, const json_t *input,
                                   struct asli_bytes *text);
/* A member that is null is as good as absent: takes them away. */
void asli_input_forget_nulls(json_t *input);

#endif
