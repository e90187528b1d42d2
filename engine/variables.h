/* SPDX-License-Identifier: Apache-2.0
 *
 * Workflow variables (asl-reference 12). A frame holds those of its scope; what it reads it looks
 * for in itself and then in the frames around it.
 *
 * A set never changes once a frame has it: Assign makes a new one that shares the values. Names
 * are numbers of the machine's table, in the order of the definition's text.
 */
#ifndef ASLI_VARIABLES_H
#define ASLI_VARIABLES_H

#include "engine/payload.h"

struct asl_machine;
struct asli_frame;

struct asli_variable {
    uint32_t name;              /* in machine->variables */
    struct asli_payload *value; /* owned */
};
struct asli_variables {
    unsigned refs;
    uint32_t count;
    struct asli_variable items[];
};

/* An empty set with room for `count`; NULL: oom. */
struct asli_variables *asli_variables_new(size_t count);
struct asli_variables *
asli_variables_ref(struct asli_variables *set); /* NULL stays NULL */
void asli_variables_unref(struct asli_variables *set);
/* The value of that name, borrowed; NULL: it is not there, or the set is NULL. */
struct asli_payload *asli_variables_get(const struct asli_variables *set, uint32_t name);
/* A set with what both hold; `over` wins. NULL: oom. Either may be NULL, not both. */
struct asli_variables *asli_variables_merge(struct asli_variables *under,
                                            struct asli_variables *over);

/* The `variable` of a frame's asli_env; arg: the frame. */
int asli_frame_variable(void *arg, const char *name, size_t len, const json_t **ret_value,
                        asl_error *reterr);

#endif
