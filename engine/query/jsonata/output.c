/* SPDX-License-Identifier: Apache-2.0
 *
 * From values to jansson's: parts of the input as new references, the rest made.
 */
#include "engine/query/jsonata/eval.h"

#define INTEGERS                                                                         \
    9223372036854775808.0 /* 2^63: whole numbers below are integers, as in Java */

struct asli_jn_kept {
    json_t *json;
    struct asli_jn_kept *next;
};

int asli_jn_keep(struct asli_jn_run *r, json_t *take_json)
{
    struct asli_jn_kept *kept = asli_jn_alloc(&r->arena, sizeof *kept);
    if (!kept) {
        json_decref(take_json);
        return asli_jn_no_room(r);
    }
    *kept = (struct asli_jn_kept){take_json, r->kept};
    r->kept = kept;
    return 0;
}

void asli_jn_release(struct asli_jn_run *r)
{
    for (; r->kept; r->kept = r->kept->next)
        json_decref(r->kept->json);
}

/* Lone surrogates have no place in JSON text: U+FFFD. */
static json_t *string(const char *text, size_t len, char *scratch)
{
    memcpy(scratch, text, len);
    for (size_t i = 0; i + 2 < len; i++)
        if ((unsigned char)scratch[i] == 0xed && (unsigned char)scratch[i + 1] >= 0xa0)
            memcpy(scratch + i, "\xef\xbf\xbd", 3);
    return json_stringn_nocheck(scratch, len);
}

static int give(json_t *json, json_t **ret)
{
    *ret = json;
    return json ? 0 : ASL_ENOMEM;
}

static int to_string(struct asli_jn_run *r, jn_value v, json_t **ret)
{
    if (!memchr(v.as.text, 0xed, v.len))
        return give(json_stringn_nocheck(v.as.text, v.len), ret);
    char *scratch = asli_jn_alloc(&r->arena, v.len);
    return scratch ? give(string(v.as.text, v.len, scratch), ret) : asli_jn_no_room(r);
}

static int to_number(struct asli_jn_run *r, double number, json_t **ret)
{
    if (floor(number) == number && fabs(number) < INTEGERS)
        return give(json_integer((json_int_t)number), ret);
    if (isfinite(number))
        return give(json_real(number), ret);
    if (r->non_finite)
        return give(json_string(isnan(number) ? "NaN"
                                : number > 0  ? "Infinity"
                                              : "-Infinity"),
                    ret);
    return isnan(number) ? give(json_null(), ret)
                         : asli_jn_throw_value(r, "D1001", asli_jn_number(number));
}

static int to_array(struct asli_jn_run *r, jn_value v, json_t **ret)
{
    size_t len = asli_jn_len(v);
    json_t *array = json_array(), *item;
    int result = array ? 0 : ASL_ENOMEM;
    for (size_t i = 0; result == 0 && i < len; i++) {
        result = asli_jn_to_json(r, asli_jn_at(v, i), &item);
        if (result == 0 && json_array_append_new(array, item) != 0)
            result = ASL_ENOMEM;
    }
    if (result != 0)
        json_decref(array);
    else
        *ret = array;
    return result;
}

static int to_object(struct asli_jn_run *r, jn_value v, json_t **ret)
{
    json_t *object = json_object(), *member;
    int result = object ? 0 : ASL_ENOMEM;
    for (uint32_t i = 0; result == 0 && i < v.as.object->count; i++) {
        const struct asli_jn_entry *e = &v.as.object->entries[i];
        if (e->value.type == JN_UNDEFINED)
            continue;
        result = asli_jn_to_json(r, e->value, &member);
        if (result == 0 &&
            json_object_setn_new_nocheck(object, e->key, e->len, member) != 0)
            result = ASL_ENOMEM;
    }
    if (result != 0)
        json_decref(object);
    else
        *ret = object;
    return result;
}

/* About what jansson needs for the value itself. */
static size_t cost(jn_value v)
{
    switch (v.type) {
    case JN_STRING:
        return 64 + v.len;
    case JN_ARRAY:
        return 96 + 8 * (size_t)v.as.array->len;
    case JN_OBJECT:
        return 320 + 64 * (size_t)v.as.object->count;
    default:
        return 32;
    }
}

/* What is made is bounded like the values of the evaluation: these may share their parts, and
 * ranges are not spelt out, so that the result may be much larger. */
static int count(struct asli_jn_run *r, jn_value v)
{
    r->given += cost(v);
    if (r->given > r->arena.limit)
        return asli_jn_too_large(r);
    return asli_jn_stack_left(r);
}

int asli_jn_to_json(struct asli_jn_run *r, jn_value v, json_t **ret)
{
    int result = count(r, v);
    if (result != 0)
        return result;
    if (asli_jn_has(v, JN_OUTER))
        v = asli_jn_at(v, 0);
    switch (v.type) {
    case JN_BOOL:
        return give(json_boolean(v.as.truth), ret);
    case JN_INTEGER:
        return give(json_integer(v.as.integer), ret);
    case JN_NUMBER:
        return to_number(r, v.as.number, ret);
    case JN_STRING:
        return to_string(r, v, ret);
    case JN_JARRAY:
    case JN_JOBJECT:
        return give(json_incref(v.as.json), ret);
    case JN_ARRAY:
        return to_array(r, v, ret);
    case JN_OBJECT:
        return to_object(r, v, ret);
    case JN_FUNCTION: /* inside a value, as $string has it */
        return give(json_string(""), ret);
    default:
        return give(json_null(), ret);
    }
}
