/* SPDX-License-Identifier: Apache-2.0
 *
 * The values of a JSONata evaluation: 16 bytes, passed by value. What came from the input stays a
 * jansson value and is referenced in place; what the evaluation makes lives in its arena.
 *
 * JSONata tells kinds of arrays apart by flags on them: a *sequence* is what a step or a filter
 * gives, and one of length 1 is its item; *cons* arrays were written as [...] in a step and are
 * not flattened; an *outer* one wraps an input that is an array.
 */
#ifndef ASLI_JSONATA_VALUE_H
#define ASLI_JSONATA_VALUE_H

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum asli_jn_type {
    JN_UNDEFINED,
    JN_NULL,
    JN_BOOL,
    JN_INTEGER, /* of the input: exact in 64 bits while untouched */
    JN_NUMBER,
    JN_STRING,
    JN_JARRAY, /* jansson's */
    JN_ARRAY,
    JN_JOBJECT, /* jansson's */
    JN_OBJECT,
    JN_FUNCTION,
    JN_TUPLE, /* inside tuple streams only */
    JN_THUNK, /* a tail call that waits in run.thunk */
};

enum {
    JN_WRAPPED = 1
}; /* of a function that was an argument: it is called without context */

typedef struct asli_jn_value {
    uint8_t type, flags;
    uint32_t len; /* of a string, in bytes */
    union {
        bool truth;
        int64_t integer;
        double number;
        const char *text; /* UTF-8; lone surrogates as three bytes */
        json_t *json;
        struct asli_jn_array *array;
        struct asli_jn_object *object;
        struct asli_jn_function *function;
        struct asli_jn_tuple *tuple;
    } as;
} jn_value;

enum { JN_SEQUENCE = 1, JN_KEEP = 2, JN_CONS = 4, JN_OUTER = 8, JN_TUPLES = 16 };

/* Items never change once they are in an array; room behind them may be taken by a longer array
 * that begins with the same items. */
struct asli_jn_room {
    uint32_t cap, used;
};
struct asli_jn_array {
    uint32_t len, flags;
    jn_value *items; /* NULL: the numbers from `first` on */
    struct asli_jn_room *room;
    double first;
};

struct asli_jn_entry {
    const char *key;
    uint32_t len, hash;
    jn_value value;
};
/* The entry that a member's value is in. */
#define ASLI_JN_ENTRY(member)                                                            \
    ((struct asli_jn_entry *)((char *)(member)-offsetof(struct asli_jn_entry, value)))
struct asli_jn_object {
    uint32_t count, cap;
    struct asli_jn_entry *entries; /* in the order they came */
    uint32_t *index, mask;         /* hash table of entry numbers + 1; NULL while small */
};

/* A name with its hash: of a field, a variable. */
struct asli_jn_name {
    const char *text;
    uint32_t len, hash;
};

static inline uint32_t asli_jn_hash(const char *text, size_t len)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

#define JN_NOTHING ((jn_value){.type = JN_UNDEFINED})

static inline jn_value asli_jn_bool(bool truth)
{
    return (jn_value){.type = JN_BOOL, .as.truth = truth};
}
static inline jn_value asli_jn_number(double number)
{
    return (jn_value){.type = JN_NUMBER, .as.number = number};
}
static inline jn_value asli_jn_string(const char *text, size_t len)
{
    return (jn_value){.type = JN_STRING, .len = (uint32_t)len, .as.text = text};
}
static inline jn_value asli_jn_of_array(struct asli_jn_array *array)
{
    return (jn_value){.type = JN_ARRAY, .as.array = array};
}
static inline jn_value asli_jn_of_object(struct asli_jn_object *object)
{
    return (jn_value){.type = JN_OBJECT, .as.object = object};
}
static inline jn_value asli_jn_of_function(struct asli_jn_function *function)
{
    return (jn_value){.type = JN_FUNCTION, .as.function = function};
}

static inline bool asli_jn_is_array(jn_value v)
{
    return v.type == JN_ARRAY || v.type == JN_JARRAY;
}
static inline bool asli_jn_is_object(jn_value v)
{
    return v.type == JN_OBJECT || v.type == JN_JOBJECT;
}
static inline bool asli_jn_is_number(jn_value v)
{
    return v.type == JN_NUMBER || v.type == JN_INTEGER;
}
static inline bool asli_jn_has(jn_value v, unsigned flag) /* false for all but arrays */
{
    return v.type == JN_ARRAY && (v.as.array->flags & flag);
}
static inline double asli_jn_double(jn_value v)
{
    return v.type == JN_INTEGER ? (double)v.as.integer : v.as.number;
}

/* A jansson value, referenced. NULL is undefined. */
static inline jn_value asli_jn_of_json(const json_t *json)
{
    jn_value v = JN_NOTHING;
    if (!json)
        return v;
    switch (json_typeof(json)) {
    case JSON_NULL:
        v.type = JN_NULL;
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        v.type = JN_BOOL;
        v.as.truth = json_is_true(json);
        break;
    case JSON_INTEGER:
        v.type = JN_INTEGER;
        v.as.integer = json_integer_value(json);
        break;
    case JSON_REAL:
        v.type = JN_NUMBER;
        v.as.number = json_real_value(json);
        break;
    case JSON_STRING:
        v.type = JN_STRING;
        v.as.text = json_string_value(json);
        v.len = (uint32_t)json_string_length(json);
        break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        v.type = json_is_array(json) ? JN_JARRAY : JN_JOBJECT;
        v.as.json = (json_t *)json;
        break;
    }
    return v;
}

/* Length and items of an array of either kind. */
static inline size_t asli_jn_len(jn_value v)
{
    return v.type == JN_ARRAY ? v.as.array->len : json_array_size(v.as.json);
}
static inline jn_value asli_jn_at(jn_value v, size_t i)
{
    if (v.type == JN_JARRAY)
        return asli_jn_of_json(json_array_get(v.as.json, i));
    const struct asli_jn_array *a = v.as.array;
    return a->items ? a->items[i] : asli_jn_number(a->first + (double)i);
}

/* The members of an object of either kind, in order:
 *     for (struct asli_jn_member m = {0}; asli_jn_next(object, &m);) */
struct asli_jn_member {
    const char *key;
    size_t len;
    jn_value value;
    void *iter;
    size_t i;
};
bool asli_jn_next(jn_value object, struct asli_jn_member *m);
size_t asli_jn_size(jn_value object);
/* Undefined when there is none, or `object` is no object. */
jn_value asli_jn_get(jn_value object, const struct asli_jn_name *name);

/* JavaScript's === and the reference's deep equality. */
bool asli_jn_same(jn_value a, jn_value b);
/* `left`: how many more comparisons there may be; with none left the answer is false. */
bool asli_jn_equal(jn_value a, jn_value b, uint64_t *left);
/* Strings in the order of UTF-16, as JavaScript compares them. */
int asli_jn_compare(jn_value a, jn_value b);
bool asli_jn_all_strings(jn_value array);

/* Where the string `part` begins in `s` at or behind the byte `at`; NULL: nowhere. */
const char *asli_jn_find(jn_value s, size_t at, jn_value part);
/* Characters, and UTF-16 units (what JavaScript counts), of UTF-8 text. */
size_t asli_jn_characters(const char *text, size_t len);
size_t asli_jn_units(const char *text, size_t len);
/* The byte where character or unit `n` begins; `len` when there are not so many. */
size_t asli_jn_character_at(const char *text, size_t len, size_t n);
size_t asli_jn_unit_at(const char *text, size_t len, size_t n);

#endif
