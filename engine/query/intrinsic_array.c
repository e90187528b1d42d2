/* SPDX-License-Identifier: Apache-2.0
 *
 * The intrinsic functions on arrays, and States.JsonMerge.
 *
 * Results share the elements they were given. Where AWS lets Java's collections show, so do we:
 * ArrayUnique answers in the order of a java.util.HashSet of the elements, ArrayContains compares
 * what toString says ('2' is in [2]; {a,b} is not in [{b,a}]).
 */
#include "engine/base/json.h"
#include "engine/query/intrinsic_impl.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/utf8.h"

#define RANGE_MAX 1000

static bool append(json_t *array, json_t *value)
{
    return !json_array_append_new(array, json_incref(value));
}

int asli_states_array(struct asli_call *call, json_t **ret_value)
{
    ASLI_AUTO(json) json_t *array = json_array();
    for (size_t i = 0; i < call->count; i++)
        if (!array || !append(array, call->args[i]))
            return asli_oom(call->reterr);
    return asli_call_return(call, json_incref(array), ret_value);
}

/* Elements first, first + 1, ... of an array as a new one; NULL: oom. */
static json_t *copy_chunk(const json_t *array, size_t first, size_t count)
{
    json_t *chunk = json_array();
    size_t end = json_array_size(array);
    if (count < end - first)
        end = first + count;
    for (; chunk && first < end; first++)
        if (!append(chunk, json_array_get(array, first))) {
            json_decref(chunk);
            return NULL;
        }
    return chunk;
}

int asli_states_array_partition(struct asli_call *call, json_t **ret_value)
{
    int64_t size;
    int err = asli_call_array(call, 0);
    if (!err)
        err = asli_call_integer(call, 1, &size);
    if (err)
        return err;
    if (size <= 0)
        return asli_call_invalid(call, "the chunk size must be positive");
    ASLI_AUTO(json) json_t *chunks = json_array();
    size_t count = json_array_size(call->args[0]);
    for (size_t i = 0; chunks && i < count; i += (size_t)size) {
        if (json_array_append_new(chunks, copy_chunk(call->args[0], i, (size_t)size)))
            return asli_oom(call->reterr);
        if ((uint64_t)size >= count)
            break;
    }
    return asli_call_return(call, json_incref(chunks), ret_value);
}

int asli_states_array_contains(struct asli_call *call, json_t **ret_value)
{
    struct asli_bytes wanted = {0}, text = {0};
    bool found = false;
    int err = asli_call_array(call, 0);
    if (!err && asli_java_text(call->args[1], &wanted))
        err = asli_oom(call->reterr);
    for (size_t i = 0; !err && !found && i < json_array_size(call->args[0]); i++) {
        asli_bytes_reset(&text);
        if (asli_java_text(json_array_get(call->args[0], i), &text))
            err = asli_oom(call->reterr);
        else
            found = text.len == wanted.len &&
                    (!text.len || !memcmp(text.data, wanted.data, text.len));
    }
    asli_bytes_done(&wanted);
    asli_bytes_done(&text);
    return err ? err : asli_call_return(call, json_boolean(found), ret_value);
}

int asli_states_array_range(struct asli_call *call, json_t **ret_value)
{
    int64_t number[3];
    for (size_t i = 0; i < 3; i++) {
        int err = asli_call_integer(call, i, &number[i]);
        if (err)
            return err;
    }
    int64_t first = number[0], last = number[1], step = number[2];
    if (!step)
        return asli_call_invalid(call, "the step must not be zero");
    int64_t count =
        (step > 0) == (last >= first) || last == first ? (last - first) / step + 1 : 0;
    if (count > RANGE_MAX)
        return asli_call_invalid(call, "the range has more than %d elements", RANGE_MAX);
    ASLI_AUTO(json) json_t *range = json_array();
    for (int64_t i = 0; range && i < count; i++)
        if (json_array_append_new(range, json_integer(first + i * step)))
            return asli_oom(call->reterr);
    return asli_call_return(call, json_incref(range), ret_value);
}

int asli_states_array_get_item(struct asli_call *call, json_t **ret_value)
{
    int64_t index;
    int err = asli_call_array(call, 0);
    if (!err)
        err = asli_call_integer(call, 1, &index);
    if (err)
        return err;
    size_t count = json_array_size(call->args[0]);
    if (!count && index >= 0) /* AWS's own exception from the rule below */
        return asli_call_return(call, json_null(), ret_value);
    if (index < 0 || (uint64_t)index >= count)
        return asli_call_invalid(call,
                                 "the index %lld is outside the array of length %zu",
                                 (long long)index, count);
    return asli_call_return(
        call, json_incref(json_array_get(call->args[0], (size_t)index)), ret_value);
}

int asli_states_array_length(struct asli_call *call, json_t **ret_value)
{
    int err = asli_call_array(call, 0);
    if (err)
        return err;
    return asli_call_return(
        call, json_integer((json_int_t)json_array_size(call->args[0])), ret_value);
}

static uint32_t fold(uint64_t bits)
{
    return (uint32_t)(bits ^ bits >> 32);
}

/* String.hashCode: over UTF-16 code units. */
static uint32_t java_string_hash(const char *p, size_t len)
{
    uint32_t hash = 0, c;
    for (const char *end = p + len; p < end;) {
        size_t used = asli_utf8_decode(p, end, &c);
        p += used ? used : 1;
        if (c >= 0x10000)
            hash = 31 * hash + 0xD7C0 + (c >> 10);
        hash = 31 * hash + (c >= 0x10000 ? 0xDC00 + (c & 0x3FF) : c);
    }
    return hash;
}

/* hashCode of the objects Java holds JSON in: Integer, Long, Double, Boolean, String, ArrayList,
 * LinkedHashMap, null. */
static uint32_t java_hash(const json_t *value)
{
    uint32_t hash = 0;
    size_t i;
    json_t *item;
    switch (json_typeof(value)) {
    case JSON_STRING:
        return java_string_hash(json_string_value(value), json_string_length(value));
    case JSON_INTEGER: {
        json_int_t n = json_integer_value(value);
        return n == (int32_t)n ? (uint32_t)n : fold((uint64_t)n);
    }
    case JSON_REAL: {
        double number = json_real_value(value);
        uint64_t bits;
        memcpy(&bits, &number, sizeof bits);
        return fold(bits);
    }
    case JSON_ARRAY:
        hash = 1;
        json_array_foreach(value, i, item)
        {
            hash = 31 * hash + java_hash(item);
        }
        return hash;
    case JSON_OBJECT:
        for (void *it = json_object_iter((json_t *)value); it;
             it = json_object_iter_next((json_t *)value, it))
            hash +=
                java_string_hash(json_object_iter_key(it), json_object_iter_key_len(it)) ^
                java_hash(json_object_iter_value(it));
        return hash;
    default:
        return json_is_true(value) ? 1231 : json_is_false(value) ? 1237 : 0;
    }
}

/* new HashSet<>(list), then iterated. */
struct hash_set {
    size_t mask;
    size_t *heads, *next; /* 1 + element, 0: none */
    uint32_t *hashes;
};

static bool hash_set_init(struct hash_set *set, size_t count)
{
    size_t room = 16;
    while (room < count + count / 3 + 1)
        room *= 2;
    set->mask = room - 1;
    set->heads = asli_alloc(room * sizeof *set->heads);
    set->next = asli_alloc(count * sizeof *set->next);
    set->hashes = asli_alloc(count * sizeof *set->hashes);
    return set->heads && set->next && set->hashes;
}

static void hash_set_done(struct hash_set *set)
{
    asli_free(set->heads);
    asli_free(set->next);
    asli_free(set->hashes);
}

static void hash_set_add(struct hash_set *set, const json_t *array, size_t i)
{
    json_t *item = json_array_get(array, i);
    uint32_t hash = java_hash(item);
    hash ^= hash >> 16;
    set->hashes[i] = hash;
    size_t *link = &set->heads[hash & set->mask];
    for (; *link; link = &set->next[*link - 1])
        if (set->hashes[*link - 1] == hash &&
            json_equal(json_array_get(array, *link - 1), item))
            return;
    *link = i + 1;
}

int asli_states_array_unique(struct asli_call *call, json_t **ret_value)
{
    int err = asli_call_array(call, 0);
    if (err)
        return err;
    json_t *array = call->args[0];
    struct hash_set set;
    ASLI_AUTO(json) json_t *unique = json_array();
    bool ok = hash_set_init(&set, json_array_size(array)) && unique;
    for (size_t i = 0; ok && i < json_array_size(array); i++)
        hash_set_add(&set, array, i);
    for (size_t bucket = 0; ok && bucket <= set.mask; bucket++)
        for (size_t at = set.heads[bucket]; ok && at; at = set.next[at - 1])
            ok = append(unique, json_array_get(array, at - 1));
    hash_set_done(&set);
    return asli_call_return(call, ok ? json_incref(unique) : NULL, ret_value);
}

int asli_states_json_merge(struct asli_call *call, json_t **ret_value)
{
    for (size_t i = 0; i < 2; i++)
        if (!json_is_object(call->args[i]))
            return asli_call_invalid(call, "argument %zu must be an object", i + 1);
    if (json_is_true(call->args[2]))
        return asli_call_invalid(call,
                                 "deep merge is not supported, argument 3 must be false");
    ASLI_AUTO(json) json_t *merged = asli_json_copy(call->args[0]);
    if (!merged || json_object_update(merged, call->args[1]))
        return asli_oom(call->reterr);
    return asli_call_return(call, json_incref(merged), ret_value);
}
