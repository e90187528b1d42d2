/* SPDX-License-Identifier: Apache-2.0
 *
 * Values, as far as they need no memory: members, equality, order, lengths of text.
 */
#include "engine/query/jsonata/value.h"

bool asli_jn_next(jn_value object, struct asli_jn_member *m)
{
    if (object.type == JN_OBJECT) {
        if (m->i >= object.as.object->count)
            return false;
        const struct asli_jn_entry *e = &object.as.object->entries[m->i++];
        m->key = e->key;
        m->len = e->len;
        m->value = e->value;
        return true;
    }
    if (object.type != JN_JOBJECT)
        return false;
    m->iter = m->iter ? json_object_iter_next(object.as.json, m->iter)
                      : json_object_iter(object.as.json);
    if (!m->iter)
        return false;
    m->key = json_object_iter_key(m->iter);
    m->len = json_object_iter_key_len(m->iter);
    m->value = asli_jn_of_json(json_object_iter_value(m->iter));
    return true;
}

size_t asli_jn_size(jn_value object)
{
    return object.type == JN_OBJECT    ? object.as.object->count
           : object.type == JN_JOBJECT ? json_object_size(object.as.json)
                                       : 0;
}

static jn_value get_own(const struct asli_jn_object *o, const struct asli_jn_name *name)
{
    if (o->index) {
        for (uint32_t slot = name->hash & o->mask; o->index[slot];
             slot = (slot + 1) & o->mask) {
            const struct asli_jn_entry *e = &o->entries[o->index[slot] - 1];
            if (e->hash == name->hash && e->len == name->len &&
                memcmp(e->key, name->text, e->len) == 0)
                return e->value;
        }
        return JN_NOTHING;
    }
    for (uint32_t i = 0; i < o->count; i++) {
        const struct asli_jn_entry *e = &o->entries[i];
        if (e->hash == name->hash && e->len == name->len &&
            memcmp(e->key, name->text, e->len) == 0)
            return e->value;
    }
    return JN_NOTHING;
}

jn_value asli_jn_get(jn_value object, const struct asli_jn_name *name)
{
    if (object.type == JN_JOBJECT)
        return asli_jn_of_json(json_object_getn(object.as.json, name->text, name->len));
    if (object.type == JN_OBJECT)
        return get_own(object.as.object, name);
    return JN_NOTHING;
}

static bool same_text(jn_value a, jn_value b)
{
    return a.len == b.len && memcmp(a.as.text, b.as.text, a.len) == 0;
}

bool asli_jn_same(jn_value a, jn_value b)
{
    if (asli_jn_is_number(a) && asli_jn_is_number(b))
        return a.type == JN_INTEGER && b.type == JN_INTEGER
                   ? a.as.integer == b.as.integer
                   : asli_jn_double(a) == asli_jn_double(b);
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case JN_UNDEFINED:
    case JN_NULL:
        return true;
    case JN_BOOL:
        return a.as.truth == b.as.truth;
    case JN_STRING:
        return same_text(a, b);
    default:
        return a.as.json == b.as.json;
    }
}

#define DEEPEST 1000 /* values that are nested deeper can be made, but are never equal */

static bool equal(jn_value a, jn_value b, int depth, uint64_t *left);

static bool equal_arrays(jn_value a, jn_value b, int depth, uint64_t *left)
{
    size_t len = asli_jn_len(a);
    bool same = len == asli_jn_len(b);
    for (size_t i = 0; same && i < len; i++)
        same = equal(asli_jn_at(a, i), asli_jn_at(b, i), depth, left);
    return same;
}

static bool equal(jn_value a, jn_value b, int depth, uint64_t *left)
{
    if (asli_jn_same(a, b))
        return true;
    if (depth >= DEEPEST || *left == 0)
        return false;
    --*left;
    if (asli_jn_is_array(a) && asli_jn_is_array(b))
        return equal_arrays(a, b, depth + 1, left);
    if (!asli_jn_is_object(a) || !asli_jn_is_object(b) ||
        asli_jn_size(a) != asli_jn_size(b))
        return false;
    for (struct asli_jn_member m = {0}; asli_jn_next(a, &m);) {
        struct asli_jn_name name = {m.key, (uint32_t)m.len, asli_jn_hash(m.key, m.len)};
        jn_value other = asli_jn_get(b, &name);
        if (other.type == JN_UNDEFINED || !equal(m.value, other, depth + 1, left))
            return false;
    }
    return true;
}

bool asli_jn_equal(jn_value a, jn_value b, uint64_t *left)
{
    return equal(a, b, 0, left);
}

int asli_jn_compare(jn_value a, jn_value b)
{
    size_t len = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < len; i++) {
        unsigned char x = (unsigned char)a.as.text[i], y = (unsigned char)b.as.text[i];
        if (x == y)
            continue;
        /* Pairs of surrogates come before U+E000 to U+FFFF in UTF-16. */
        if ((x >= 0xf0) != (y >= 0xf0) && x >= 0xee && y >= 0xee)
            return x >= 0xf0 ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return a.len < b.len ? -1 : a.len > b.len;
}

bool asli_jn_all_strings(jn_value array)
{
    size_t len = asli_jn_len(array);
    for (size_t i = 0; i < len; i++)
        if (asli_jn_at(array, i).type != JN_STRING)
            return false;
    return true;
}

static bool begins(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

const char *asli_jn_find(jn_value s, size_t at, jn_value part)
{
    return memmem(s.as.text + at, s.len - at, part.as.text, part.len);
}

size_t asli_jn_characters(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += begins(text[i]);
    return n;
}

size_t asli_jn_units(const char *text, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += begins(text[i]) + ((unsigned char)text[i] >= 0xf0);
    return n;
}

static size_t place(const char *text, size_t len, size_t n, bool units)
{
    size_t i = 0;
    while (i < len && n > 0) {
        size_t wide = units && (unsigned char)text[i] >= 0xf0 ? 2 : 1;
        n -= wide < n ? wide : n;
        do
            i++;
        while (i < len && !begins(text[i]));
    }
    return i;
}

size_t asli_jn_character_at(const char *text, size_t len, size_t n)
{
    return place(text, len, n, false);
}

size_t asli_jn_unit_at(const char *text, size_t len, size_t n)
{
    return place(text, len, n, true);
}
