/* SPDX-License-Identifier: Apache-2.0
 *
 * The order in which java.util.HashMap shows its keys: by bucket, and within one by insertion.
 *
 * AWS reads DynamoDB's responses into such maps and prints them from there, so an item comes out
 * as {"S", "data", "id"} whatever the order in which its attributes were put.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/java.h"
#include "providers/dynamodb/action.h"

struct entry {
    const char *key;
    json_t *value;
    uint32_t bucket;
    size_t order;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->bucket != y->bucket)
        return x->bucket < y->bucket ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static json_t *order_array(const json_t *array)
{
    json_t *made = json_array();
    for (size_t i = 0; made && i < json_array_size(array); i++) {
        if (json_array_append_new(made, asli_dyn_java_order(json_array_get(array, i)))) {
            json_decref(made);
            made = NULL;
        }
    }
    return made;
}

static void fill(struct entry *entries, const json_t *object)
{
    size_t count = json_object_size(object), i = 0;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        uint32_t bucket = asli_java_bucket(key, strlen(key), count);
        entries[i] = (struct entry){key, value, bucket, i};
        i++;
    }
    qsort(entries, count, sizeof *entries, compare_entries);
}

static json_t *order_object(const json_t *object)
{
    size_t count = json_object_size(object);
    struct entry *entries = asli_alloc(count * sizeof *entries);
    json_t *made = entries ? json_object() : NULL;
    if (made)
        fill(entries, object);
    for (size_t i = 0; made && i < count; i++) {
        json_t *value = asli_dyn_java_order(entries[i].value);
        if (json_object_set_new_nocheck(made, entries[i].key, value)) {
            json_decref(made);
            made = NULL;
        }
    }
    asli_free(entries);
    return made;
}

json_t *asli_dyn_java_order(const json_t *value)
{
    if (json_is_object(value))
        return order_object(value);
    return json_is_array(value) ? order_array(value) : json_incref((json_t *)value);
}
