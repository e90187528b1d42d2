/* SPDX-License-Identifier: Apache-2.0
 *
 * See set.h. Numbers are in numeric order, texts and binaries in that of their bytes.
 */
#include "providers/dynamodb/set.h"

#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

static int compare_texts(const void *a, const void *b)
{
    return strcmp(json_string_value(*(json_t *const *)a),
                  json_string_value(*(json_t *const *)b));
}

static int compare_numbers(const void *a, const void *b)
{
    struct asli_decimal x = {0}, y = {0};
    const json_t *s = *(json_t *const *)a, *t = *(json_t *const *)b;
    asli_decimal_parse(json_string_value(s), json_string_length(s), &x);
    asli_decimal_parse(json_string_value(t), json_string_length(t), &y);
    return asli_decimal_compare(&x, &y);
}

typedef int compare_fn(const void *a, const void *b);

static compare_fn *comparison(enum asli_dyn_type type)
{
    return type == ASLI_DYN_NS ? compare_numbers : compare_texts;
}

static size_t collect(json_t **members, size_t count, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        members[count++] = json_array_get(array, i);
    return count;
}

json_t *asli_dyn_set_union(enum asli_dyn_type type, const json_t *a, const json_t *b,
                           bool *ret_repeated)
{
    size_t count = json_array_size(a) + json_array_size(b);
    compare_fn *compare = comparison(type);
    json_t *set = json_array(), **members = asli_alloc(count * sizeof *members);
    bool ok = set && members;
    if (ok) {
        collect(members, collect(members, 0, a), b);
        qsort(members, count, sizeof *members, compare);
    }
    for (size_t i = 0; ok && i < count; i++) {
        if (i == 0 || compare(&members[i - 1], &members[i]) != 0)
            ok = json_array_append(set, members[i]) == 0;
    }
    asli_free(members);
    if (!ok) {
        json_decref(set);
        return NULL;
    }
    if (ret_repeated)
        *ret_repeated = json_array_size(set) < count;
    return set;
}

json_t *asli_dyn_set_without(enum asli_dyn_type type, const json_t *a, const json_t *b)
{
    json_t *set = json_array();
    for (size_t i = 0; set && i < json_array_size(a); i++) {
        json_t *member = json_array_get(a, i);
        if (!asli_dyn_set_has(type, b, member) && json_array_append(set, member) != 0) {
            json_decref(set);
            set = NULL;
        }
    }
    return set;
}

bool asli_dyn_set_has(enum asli_dyn_type type, const json_t *set, const json_t *member)
{
    compare_fn *compare = comparison(type);
    size_t low = 0, high = json_array_size(set);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const json_t *one = json_array_get(set, middle);
        int order = compare(&one, &member);
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}
