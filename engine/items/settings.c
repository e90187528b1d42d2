/* SPDX-License-Identifier: Apache-2.0
 *
 * settings.h: the checks that AWS makes only when it runs a Map.
 */
#include "engine/items/settings.h"

#include <string.h>

int asli_setting_bad(const char *field, const char *error, struct asli_failure *failure,
                     asl_error *reterr)
{
    return asli_fail(failure, reterr, error, "The field %s is not valid.", field);
}

const char *asli_setting_text(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

int asli_setting_choice(const json_t *object, const char *field,
                        const struct asli_choice *choices, const char *error, int *value,
                        struct asli_failure *failure, asl_error *reterr)
{
    if (!json_object_get(object, field))
        return 0;
    const char *text = asli_setting_text(object, field);
    for (; text && choices->name; choices++) {
        if (strcmp(choices->name, text) == 0) {
            *value = choices->value;
            return 0;
        }
    }
    return asli_setting_bad(field, error, failure, reterr);
}

int asli_setting_number(const json_t *value, const char *field, int64_t min,
                        const char *error, int64_t *ret_number,
                        struct asli_failure *failure, asl_error *reterr)
{
    *ret_number = json_integer_value(value);
    if (value && !json_is_integer(value))
        return asli_setting_bad(field, error, failure, reterr);
    if (value && *ret_number < min)
        return asli_fail(failure, reterr, error, "field %s must be positive", field);
    return 0;
}
