/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON as application/x-www-form-urlencoded, as http:invoke's Transform has it.
 */
#ifndef ASLI_HTTP_FORM_H
#define ASLI_HTTP_FORM_H

#include <jansson.h>

#include "engine/base/bytes.h"

enum asli_form_arrays {
    ASLI_FORM_INDICES,  /* a[0]=x&a[1]=y */
    ASLI_FORM_REPEAT,   /* a=x&a=y */
    ASLI_FORM_COMMAS,   /* a=x,y */
    ASLI_FORM_BRACKETS, /* a[]=x&a[]=y */
};

/* "INDICES", ... NULL: the default. -1: none of them. */
int asli_form_arrays_of(const char *name_or_null);

/* Appends the members of an object; oom sticks in `out`. An '&' stands before the first when `out`
 * ends with neither that nor '?', and is not empty. */
void asli_form_write(struct asli_bytes *out, const json_t *object,
                     enum asli_form_arrays arrays);

#endif
