/* SPDX-License-Identifier: Apache-2.0
 *
 * A template that was read (stack.c), and what its functions stand for (stack_resolve.c).
 */
#ifndef ASLI_STACK_H
#define ASLI_STACK_H

#include "definition/definition_private.h"

struct asl_stack {
    char *source;
    char *partition, *region, *account;
    json_t *tree;            /* of the JSON text, one line a value */
    struct asli_marks marks; /* of its lines */
    json_t *kept;            /* array: texts that the lists below point into */
    asl_stack_machine *machines;
    size_t machine_count;
    asl_stack_table *tables;
    size_t table_count;
};

/* Is it {"Ref": ...} or {"Fn::...": ...}? */
bool asli_stack_is_call(const json_t *value);
/* A new value with every function in `value` resolved; NULL: one of them cannot be, here. */
int asli_stack_resolve(const asl_stack *stack, json_t *value, json_t **ret_value,
                       asl_error *reterr);
/* The name of a resource: its name property when that is a literal, else its logical id. */
const char *asli_stack_name(const char *id, const json_t *resource);

#endif
