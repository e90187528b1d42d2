/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be asked of checked attribute values, see value.h (value_check.c checks them).
 *
 * Binaries are compared as the bytes behind their base64; canonical base64 (value_check.c) makes
 * equal bytes equal texts.
 */
#include "providers/dynamodb/value.h"

#include <string.h>

#include "providers/dynamodb/base64.h"
#include "providers/dynamodb/set.h"

static const struct {
    const char *name, *word;
} types[] = {
#define ROW(type, word) {#type, word},
    ASLI_DYN_TYPES(ROW)
#undef ROW
};

const char *asli_dyn_type_name(enum asli_dyn_type type)
{
    return types[type].name;
}

const char *asli_dyn_type_word(enum asli_dyn_type type)
{
    return types[type].word;
}

enum asli_dyn_type asli_dyn_type_of_name(const char *name)
{
    int i = 0;
    while (i < ASLI_DYN_TYPE_COUNT && strcmp(types[i].name, name) != 0)
        i++;
    return (enum asli_dyn_type)i;
}

enum asli_dyn_type asli_dyn_type(const json_t *value)
{
    void *first = json_object_iter((json_t *)value);
    return asli_dyn_type_of_name(json_object_iter_key(first));
}

json_t *asli_dyn_payload(const json_t *value)
{
    return json_object_iter_value(json_object_iter((json_t *)value));
}

json_t *asli_dyn_make(enum asli_dyn_type type, json_t *take_payload)
{
    json_t *value = json_object();
    if (json_object_set_new(value, types[type].name, take_payload) == 0)
        return value;
    json_decref(value);
    return NULL;
}

static const char *text_of(const json_t *value)
{
    return json_string_value(asli_dyn_payload(value));
}

static size_t length_of(const json_t *value)
{
    return json_string_length(asli_dyn_payload(value));
}

struct asli_decimal asli_dyn_number(const json_t *value)
{
    struct asli_decimal number = {0};
    asli_decimal_parse(text_of(value), length_of(value), &number);
    return number;
}

/* ---- equality ---- */

static bool equal_lists(const json_t *a, const json_t *b)
{
    size_t count = json_array_size(a);
    bool equal = count == json_array_size(b);
    for (size_t i = 0; equal && i < count; i++)
        equal = asli_dyn_equal(json_array_get(a, i), json_array_get(b, i));
    return equal;
}

static bool equal_maps(const json_t *a, const json_t *b)
{
    const char *name;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_foreach((json_t *)a, name, value)
    {
        const json_t *other = json_object_get(b, name);
        if (!other || !asli_dyn_equal(value, other))
            return false;
    }
    return true;
}

bool asli_dyn_equal(const json_t *a, const json_t *b)
{
    const json_t *x = asli_dyn_payload(a), *y = asli_dyn_payload(b);
    enum asli_dyn_type type = asli_dyn_type(a);
    if (type != asli_dyn_type(b))
        return false;
    switch (type) {
    case ASLI_DYN_M:
        return equal_maps(x, y);
    case ASLI_DYN_L:
        return equal_lists(x, y);
    default: /* of one form, sets too */
        return json_equal(x, y) != 0;
    }
}

/* ---- order ---- */

static int compare_bytes(const char *a, size_t alen, const char *b, size_t blen)
{
    int order = memcmp(a, b, alen < blen ? alen : blen);
    return order ? (order > 0) - (order < 0) : (alen > blen) - (alen < blen);
}

bool asli_dyn_compare(const json_t *a, const json_t *b, int *ret_order)
{
    enum asli_dyn_type type = asli_dyn_type(a);
    if (type != asli_dyn_type(b))
        return false;
    switch (type) {
    case ASLI_DYN_S:
        *ret_order = compare_bytes(text_of(a), length_of(a), text_of(b), length_of(b));
        return true;
    case ASLI_DYN_N: {
        struct asli_decimal x = asli_dyn_number(a), y = asli_dyn_number(b);
        *ret_order = asli_decimal_compare(&x, &y);
        return true;
    }
    case ASLI_DYN_B:
        *ret_order = asli_base64_compare(text_of(a), text_of(b));
        return true;
    default:
        return false;
    }
}

/* ---- functions ---- */

bool asli_dyn_begins_with(const json_t *value, const json_t *prefix)
{
    enum asli_dyn_type type = asli_dyn_type(value);
    if (type != asli_dyn_type(prefix))
        return false;
    if (type == ASLI_DYN_B)
        return asli_base64_find(text_of(value), text_of(prefix)) == 0;
    return type == ASLI_DYN_S && length_of(prefix) <= length_of(value) &&
           memcmp(text_of(value), text_of(prefix), length_of(prefix)) == 0;
}

bool asli_dyn_contains(const json_t *value, const json_t *part)
{
    enum asli_dyn_type type = asli_dyn_type(value), other = asli_dyn_type(part);
    const json_t *all = asli_dyn_payload(value);
    if (type == ASLI_DYN_S && other == ASLI_DYN_S)
        return memmem(text_of(value), length_of(value), text_of(part), length_of(part)) !=
               NULL;
    if (type == ASLI_DYN_B && other == ASLI_DYN_B)
        return asli_base64_find(text_of(value), text_of(part)) >= 0;
    if ((type == ASLI_DYN_SS && other == ASLI_DYN_S) ||
        (type == ASLI_DYN_NS && other == ASLI_DYN_N) ||
        (type == ASLI_DYN_BS && other == ASLI_DYN_B))
        return asli_dyn_set_has(type, all, asli_dyn_payload(part));
    for (size_t i = 0; type == ASLI_DYN_L && i < json_array_size(all); i++) {
        if (asli_dyn_equal(json_array_get(all, i), part))
            return true;
    }
    return false;
}

/* As Java counts: a character beyond the first plane is two. */
static size_t utf16_length(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        count += (byte & 0xC0u) != 0x80u; /* the first byte of a character */
        count += byte >= 0xF0u;
    }
    return count;
}

bool asli_dyn_size(const json_t *value, size_t *ret_size)
{
    const json_t *payload = asli_dyn_payload(value);
    switch (asli_dyn_type(value)) {
    case ASLI_DYN_S:
        *ret_size = utf16_length(text_of(value), length_of(value));
        return true;
    case ASLI_DYN_B:
        *ret_size = asli_base64_size(text_of(value));
        return true;
    case ASLI_DYN_M:
        *ret_size = json_object_size(payload);
        return true;
    case ASLI_DYN_L:
    case ASLI_DYN_SS:
    case ASLI_DYN_NS:
    case ASLI_DYN_BS:
        *ret_size = json_array_size(payload);
        return true;
    default:
        return false;
    }
}

/* ---- what an item weighs ---- */

enum { CONTAINER_BYTES = 3, ELEMENT_BYTES = 1 };

static size_t scalar_bytes(enum asli_dyn_type type, const json_t *payload)
{
    struct asli_decimal number = {0};
    switch (type) {
    case ASLI_DYN_S:
    case ASLI_DYN_SS:
        return json_string_length(payload);
    case ASLI_DYN_B:
    case ASLI_DYN_BS:
        return asli_base64_size(json_string_value(payload));
    case ASLI_DYN_N:
    case ASLI_DYN_NS:
        asli_decimal_parse(json_string_value(payload), json_string_length(payload),
                           &number);
        return asli_decimal_size(&number);
    default:
        return 1;
    }
}

static size_t value_bytes(const json_t *value)
{
    const json_t *payload = asli_dyn_payload(value);
    enum asli_dyn_type type = asli_dyn_type(value);
    size_t sum = 0;
    if (type == ASLI_DYN_M)
        return CONTAINER_BYTES + json_object_size(payload) * ELEMENT_BYTES +
               asli_dyn_item_size(payload);
    if (!json_is_array(payload))
        return scalar_bytes(type, payload);
    for (size_t i = 0; i < json_array_size(payload); i++) {
        const json_t *one = json_array_get(payload, i);
        sum += type == ASLI_DYN_L ? value_bytes(one) + ELEMENT_BYTES
                                  : scalar_bytes(type, one);
    }
    return sum + (type == ASLI_DYN_L ? CONTAINER_BYTES : 0);
}

size_t asli_dyn_item_size(const json_t *item)
{
    size_t sum = 0;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)item, name, value) sum +=
        strlen(name) + value_bytes(value);
    return sum;
}
