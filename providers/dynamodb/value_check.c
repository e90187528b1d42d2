/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking attribute values as they come in a request, and making their one form.
 *
 * What is not of the shape at all is refused in Step Functions' words, as it refuses to send such
 * a request; what DynamoDB would refuse, in DynamoDB's.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "providers/dynamodb/base64.h"
#include "providers/dynamodb/set.h"

#define INVALID "One or more parameter values were invalid: "

enum { NESTING_MAX = 32 };

struct check {
    struct asli_failure *failure;
    asl_error *reterr;
    int depth;
};

static int check_value(struct check *c, const json_t *raw, json_t **ret_value);

static int invalid(struct check *c, const char *text)
{
    return asli_fail(c->failure, c->reterr, ASLI_DYN_VALIDATION, "%s", text);
}

static int wrong_shape(struct check *c, enum asli_dyn_type type, const char *shape)
{
    return asli_fail(c->failure, c->reterr, ASLI_DYN_RUNTIME,
                     "The value for the field '%s' must be %s", asli_dyn_type_name(type),
                     shape);
}

/* ---- scalars ---- */

const char *asli_dyn_number_text(enum asli_decimal_code code)
{
    static const char *const texts[] = {
        [ASLI_DECIMAL_OK] = NULL,
        [ASLI_DECIMAL_SYNTAX] = "The parameter cannot be converted to a numeric value",
        [ASLI_DECIMAL_OVERFLOW] =
            "Number overflow. Attempting to store a number with magnitude larger than "
            "supported range",
        [ASLI_DECIMAL_UNDERFLOW] =
            "Number underflow. Attempting to store a number with magnitude smaller than "
            "supported range",
        [ASLI_DECIMAL_PRECISION] =
            "Attempting to store more than 38 significant digits in a Number",
    };
    return texts[code];
}

static int check_number(struct check *c, const json_t *raw, json_t **ret_payload)
{
    const char *text = json_string_value(raw);
    size_t len = json_string_length(raw);
    struct asli_decimal number;
    char canonical[ASLI_DECIMAL_TEXT];
    enum asli_decimal_code code = asli_decimal_parse(text, len, &number);
    if (code == ASLI_DECIMAL_SYNTAX && len)
        return asli_fail(c->failure, c->reterr, ASLI_DYN_VALIDATION, "%s: %s",
                         asli_dyn_number_text(code), text);
    if (code)
        return invalid(c, asli_dyn_number_text(code));
    len = asli_decimal_format(&number, canonical);
    *ret_payload = json_stringn_nocheck(canonical, len);
    return *ret_payload ? 0 : asli_oom(c->reterr);
}

static int check_text(struct check *c, enum asli_dyn_type type, const json_t *raw,
                      json_t **ret_payload)
{
    if (!json_is_string(raw))
        return wrong_shape(c, type, "a STRING");
    if (type == ASLI_DYN_N || type == ASLI_DYN_NS)
        return check_number(c, raw, ret_payload);
    if ((type == ASLI_DYN_B || type == ASLI_DYN_BS) &&
        !asli_base64_check(json_string_value(raw), json_string_length(raw)))
        return asli_fail(c->failure, c->reterr, "SerializationException",
                         "'%s' can not be converted to a Blob", json_string_value(raw));
    *ret_payload = json_incref((json_t *)raw);
    return 0;
}

static int check_flag(struct check *c, enum asli_dyn_type type, const json_t *raw,
                      json_t **ret_payload)
{
    if (!json_is_boolean(raw))
        return wrong_shape(c, type, "a BOOLEAN");
    if (type == ASLI_DYN_NULL && !json_is_true(raw))
        return invalid(c,
                       INVALID "Null attribute value types must have the value of true");
    *ret_payload = json_incref((json_t *)raw);
    return 0;
}

/* ---- sets ---- */

static int duplicates(struct check *c, enum asli_dyn_type type, const json_t *raw)
{
    struct asli_bytes list = {0};
    if (type == ASLI_DYN_NS)
        return invalid(c, "Input collection contains duplicates");
    for (size_t i = 0; i < json_array_size(raw); i++) {
        asli_bytes_adds(&list, i ? ", " : "");
        asli_bytes_adds(&list, json_string_value(json_array_get(raw, i)));
    }
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&list);
    if (!text)
        return asli_oom(c->reterr);
    return asli_fail(c->failure, c->reterr, ASLI_DYN_VALIDATION,
                     INVALID "Input collection [%s]%s contains duplicates.", text,
                     type == ASLI_DYN_BS ? "of type BS" : "");
}

static int empty_member(struct check *c, enum asli_dyn_type type)
{
    return invalid(c, type == ASLI_DYN_SS ? INVALID
                          "An string set may not have a empty string as a member"
                                          : INVALID
                          "Binary sets may not contain null or empty values");
}

static int check_set(struct check *c, enum asli_dyn_type type, const json_t *raw,
                     json_t **ret_payload)
{
    if (!json_is_array(raw))
        return wrong_shape(c, type, "an ARRAY");
    if (json_array_size(raw) == 0)
        return invalid(c, type == ASLI_DYN_SS ? INVALID "An string set  may not be empty"
                          : type == ASLI_DYN_NS
                              ? INVALID "An number set  may not be empty"
                              : INVALID "Binary sets should not be empty");
    bool repeated;
    ASLI_AUTO(json) json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(raw); i++) {
        json_t *member;
        int rc = check_text(c, type, json_array_get(raw, i), &member);
        if (!rc && json_string_length(member) == 0) {
            json_decref(member);
            rc = empty_member(c, type);
        }
        if (rc)
            return rc;
        if (json_array_append_new(list, member))
            return asli_oom(c->reterr);
    }
    json_t *set = list ? asli_dyn_set_union(type, list, NULL, &repeated) : NULL;
    if (!set)
        return asli_oom(c->reterr);
    if (!repeated) {
        *ret_payload = set;
        return 0;
    }
    json_decref(set);
    return duplicates(c, type, raw);
}

/* ---- containers ---- */

static int check_list(struct check *c, const json_t *raw, json_t **ret_payload)
{
    if (!json_is_array(raw))
        return wrong_shape(c, ASLI_DYN_L, "an ARRAY");
    ASLI_AUTO(json) json_t *list = json_array();
    for (size_t i = 0; i < json_array_size(raw); i++) {
        json_t *element;
        int rc = check_value(c, json_array_get(raw, i), &element);
        if (rc)
            return rc;
        if (json_array_append_new(list, element))
            return asli_oom(c->reterr);
    }
    if (!list)
        return asli_oom(c->reterr);
    *ret_payload = json_incref(list);
    return 0;
}

static int check_map(struct check *c, const json_t *raw, json_t **ret_payload)
{
    const char *name;
    json_t *value;
    if (!json_is_object(raw))
        return wrong_shape(c, ASLI_DYN_M, "an OBJECT");
    ASLI_AUTO(json) json_t *map = json_object();
    json_object_foreach((json_t *)raw, name, value)
    {
        json_t *checked;
        int rc = check_value(c, value, &checked);
        if (rc)
            return rc;
        if (json_object_set_new_nocheck(map, name, checked))
            return asli_oom(c->reterr);
    }
    if (!map)
        return asli_oom(c->reterr);
    *ret_payload = json_incref(map);
    return 0;
}

static int check_payload(struct check *c, enum asli_dyn_type type, const json_t *raw,
                         json_t **ret_payload)
{
    switch (type) {
    case ASLI_DYN_M:
        return check_map(c, raw, ret_payload);
    case ASLI_DYN_L:
        return check_list(c, raw, ret_payload);
    case ASLI_DYN_SS:
    case ASLI_DYN_NS:
    case ASLI_DYN_BS:
        return check_set(c, type, raw, ret_payload);
    case ASLI_DYN_BOOL:
    case ASLI_DYN_NULL:
        return check_flag(c, type, raw, ret_payload);
    default:
        return check_text(c, type, raw, ret_payload);
    }
}

/* ---- values ---- */

/* The one type that is set: {"S": null} says nothing. */
static int find_type(struct check *c, const json_t *raw, enum asli_dyn_type *ret_type)
{
    const char *name;
    json_t *payload;
    int found = 0;
    json_object_foreach((json_t *)raw, name, payload)
    {
        enum asli_dyn_type type = asli_dyn_type_of_name(name);
        if (type == ASLI_DYN_TYPE_COUNT)
            return asli_fail(c->failure, c->reterr, ASLI_DYN_RUNTIME,
                             "The field '%s' is not supported by Step Functions", name);
        if (!json_is_null(payload)) {
            found++;
            *ret_type = type;
        }
    }
    if (found == 1)
        return 0;
    return invalid(c, found
                          ? "Supplied AttributeValue has more than one datatypes set, "
                            "must contain exactly one of the supported datatypes"
                          : "Supplied AttributeValue is empty, must contain exactly one "
                            "of the supported datatypes");
}

static int check_value(struct check *c, const json_t *raw, json_t **ret_value)
{
    enum asli_dyn_type type = ASLI_DYN_S;
    json_t *payload = NULL;
    if (!json_is_object(raw))
        return asli_fail(c->failure, c->reterr, ASLI_DYN_RUNTIME,
                         "The value of an attribute must be an OBJECT");
    if (c->depth >= NESTING_MAX)
        return invalid(c,
                       "Nesting Levels have exceeded supported limits: Attributes in the "
                       "item have nested levels beyond supported limit");
    c->depth++;
    int rc = find_type(c, raw, &type);
    if (!rc)
        rc = check_payload(c, type, json_object_get(raw, asli_dyn_type_name(type)),
                           &payload);
    c->depth--;
    if (rc)
        return rc;
    *ret_value = asli_dyn_make(type, payload);
    return *ret_value ? 0 : asli_oom(c->reterr);
}

int asli_dyn_value(const json_t *raw, json_t **ret_value, struct asli_failure *failure,
                   asl_error *reterr)
{
    struct check check = {failure, reterr, 0};
    return check_value(&check, raw, ret_value);
}

int asli_dyn_values(const json_t *raw, json_t **ret_values, struct asli_failure *failure,
                    asl_error *reterr)
{
    struct check check = {failure, reterr, 0};
    return check_map(&check, raw, ret_values);
}
