/* SPDX-License-Identifier: Apache-2.0
 *
 * Single evaluated fields of ItemReader, ItemBatcher and ResultWriter. One that is not what it must
 * be is a failure of the given Error.
 */
#ifndef ASLI_ITEMS_SETTINGS_H
#define ASLI_ITEMS_SETTINGS_H

#include <jansson.h>
#include <stdint.h>

#include "engine/base/error.h"

struct asli_choice {
    int value;
    const char *name; /* NULL ends */
};

/* The field's text, borrowed; NULL: it is none that a C text can hold, or there is none. */
const char *asli_setting_text(const json_t *object, const char *field);
/* The value of the field's name; an absent field leaves *value as it is. */
int asli_setting_choice(const json_t *object, const char *field,
                        const struct asli_choice *choices, const char *error, int *value,
                        struct asli_failure *failure, asl_error *reterr);
/* An integer of at least `min`; NULL is 0. "field MaxItems must be positive" */
int asli_setting_number(const json_t *value, const char *field, int64_t min,
                        const char *error, int64_t *ret_number,
                        struct asli_failure *failure, asl_error *reterr);
/* "The field X is not valid." */
int asli_setting_bad(const char *field, const char *error, struct asli_failure *failure,
                     asl_error *reterr);

#endif
