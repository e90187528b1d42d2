/* SPDX-License-Identifier: Apache-2.0
 *
 * What reading and writing JSON share, places in a text, and equality of values. Locating
 * walks the source text, since values do not remember where they stood; it is for
 * messages, never on the way of an execution.
 */
#include "engine/base/json.h"

#include <string.h>

#include "engine/base/json_scan.h"
#include "engine/base/utf8.h"

/* --- escapes ------------------------------------------------------------------------ */

/* The four hex digits at p, or -1. */
static int32_t hex4(const char *p, const char *end)
{
    int32_t value = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        char c = p[i], lower = (char)(c | 32);
        if (c >= '0' && c <= '9')
            value = value << 4 | (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value << 4 | (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

size_t asli_json_escape(const char *p, const char *end, char ret_text[4], size_t *ret_len)
{
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    const char *name = p < end && *p ? strchr(names, *p) : NULL;
    *ret_len = 1;
    if (name) {
        ret_text[0] = values[name - names];
        return 1;
    }
    int32_t c = p < end && *p == 'u' ? hex4(p + 1, end) : -1, low = -1;
    if (c < 0)
        return 0;
    size_t took = 5;
    if (c >= 0xd800 && c < 0xdc00 && end - p > 6 && p[5] == '\\' && p[6] == 'u')
        low = hex4(p + 7, end);
    if (low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        took = 11;
    } else if (c >= 0xd800 && c < 0xe000) {
        c = 0xfffd;
    }
    *ret_len = asli_utf8_encode((uint32_t)c, ret_text);
    return took;
}

/* --- places ------------------------------------------------------------------------- */

void asli_json_position(const char *text, const char *at, int *ret_line, int *ret_column)
{
    int line = 1, column = 1;
    for (const char *p = text; p < at; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*p & 0xc0) != 0x80) {
            column++;
        }
    }
    *ret_line = line;
    *ret_column = column;
}

/* The walk: p goes once over the text; the deepest match so far is kept, since a key may
 * hold '/' and the first match need not be the right one. */
struct locate {
    const char *p, *end;
    const char *best; /* the place of the match */
    size_t best_left; /* how much of the pointer it leaves unmatched */
};

static void skip_space(struct locate *l)
{
    while (l->p < l->end &&
           (*l->p == ' ' || *l->p == '\n' || *l->p == '\r' || *l->p == '\t'))
        l->p++;
}

/* True: c stood there, after any space. */
static bool take(struct locate *l, char c)
{
    skip_space(l);
    if (l->p == l->end || *l->p != c)
        return false;
    l->p++;
    return true;
}

/* p is at an opening quote; goes after the closing one. */
static void skip_string(struct locate *l)
{
    for (l->p++; l->p < l->end && *l->p != '"'; l->p++)
        if (*l->p == '\\' && l->p + 1 < l->end)
            l->p++;
    if (l->p < l->end)
        l->p++;
}

static void skip_value(struct locate *l)
{
    size_t depth = 0;
    skip_space(l);
    for (; l->p < l->end; l->p++) {
        char c = *l->p;
        if (c == '"') {
            skip_string(l);
            l->p--; /* onto the closing quote */
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']' || c == ',') {
            if (!depth)
                return; /* behind a scalar */
            depth -= c != ',';
            if (!depth) {
                l->p++;
                return;
            }
        }
    }
}

static bool ends_token(char c)
{
    return c == '\0' || c == '/' || c == '[';
}

/* What is left of `pointer` behind the key written from p to end; NULL: another key. */
static const char *match_key(const char *p, const char *end, const char *pointer)
{
    if (*pointer++ != '/')
        return NULL;
    while (p < end) {
        char text[4] = {*p};
        size_t len = 1, took = 1;
        if (*p == '\\') {
            took = 1 + asli_json_escape(p + 1, end, text, &len);
            if (took == 1)
                return NULL;
        }
        if (strncmp(pointer, text, len) != 0 || !text[0])
            return NULL;
        pointer += len;
        p += took;
    }
    return ends_token(*pointer) ? pointer : NULL;
}

/* The same for an element: "/12" or "[12]". */
static const char *match_index(size_t index, const char *pointer)
{
    bool bracket = *pointer == '[';
    size_t value = 0;
    const char *p = pointer + 1;
    if (!bracket && *pointer != '/')
        return NULL;
    for (; *p >= '0' && *p <= '9' && value < SIZE_MAX / 16; p++)
        value = value * 10 + (size_t)(*p - '0');
    if (p == pointer + 1 || value != index || (bracket && *p++ != ']'))
        return NULL;
    return ends_token(*p) ? p : NULL;
}

static void locate_value(struct locate *l, const char *pointer, int depth);

static void locate_in(struct locate *l, const char *place, const char *left, int depth)
{
    if (!left) {
        skip_value(l);
        return;
    }
    size_t len = strlen(left);
    if (len <= l->best_left) { /* the same again: the last of equal keys counts */
        l->best = place;
        l->best_left = len;
    }
    locate_value(l, left, depth + 1);
}

static void locate_members(struct locate *l, const char *pointer, int depth)
{
    do {
        skip_space(l);
        const char *key = l->p;
        if (key == l->end || *key != '"')
            return;
        skip_string(l);
        const char *left = match_key(key + 1, l->p - 1, pointer);
        if (!take(l, ':'))
            return;
        locate_in(l, key, left, depth);
    } while (take(l, ','));
}

static void locate_value(struct locate *l, const char *pointer, int depth)
{
    skip_space(l);
    if (l->p == l->end || !*pointer || depth > ASLI_JSON_DEPTH ||
        (*l->p != '{' && *l->p != '[')) {
        skip_value(l);
        return;
    }
    if (*l->p++ == '{') {
        locate_members(l, pointer, depth);
        take(l, '}');
        return;
    }
    for (size_t i = 0; i == 0 || take(l, ','); i++) {
        skip_space(l);
        if (l->p < l->end && *l->p == ']')
            break;
        locate_in(l, l->p, match_index(i, pointer), depth);
    }
    take(l, ']');
}

void asli_json_locate(const char *text, size_t len, const char *pointer, int *ret_line,
                      int *ret_column)
{
    const char *start = len ? text : "";
    struct locate l = {.p = start, .end = start + len, .best_left = SIZE_MAX};
    skip_space(&l);
    l.best = l.p;
    if (strcmp(pointer, "/") != 0)
        locate_value(&l, pointer, 0);
    asli_json_position(start, l.best, ret_line, ret_column);
}

/* --- equality ----------------------------------------------------------------------- */

/* By value and exactly: no integer is turned into a real that only comes near it. */
static bool equal_numbers(const json_t *integer, const json_t *real)
{
    double r = json_real_value(real);
    json_int_t i = json_integer_value(integer);
    return r >= -0x1p63 && r < 0x1p63 && (json_int_t)r == i && (double)(json_int_t)r == r;
}

static bool equal_arrays(const json_t *a, const json_t *b)
{
    size_t size = json_array_size(a);
    if (size != json_array_size(b))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!asli_json_equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

static bool equal_objects(json_t *a, const json_t *b)
{
    if (json_object_size(a) != json_object_size(b))
        return false;
    for (void *i = json_object_iter(a); i; i = json_object_iter_next(a, i)) {
        const json_t *other =
            json_object_getn(b, json_object_iter_key(i), json_object_iter_key_len(i));
        if (!other || !asli_json_equal(json_object_iter_value(i), other))
            return false;
    }
    return true;
}

bool asli_json_equal(const json_t *a, const json_t *b)
{
    if (a == b)
        return true;
    if (json_is_integer(a) && json_is_real(b))
        return equal_numbers(a, b);
    if (json_is_real(a) && json_is_integer(b))
        return equal_numbers(b, a);
    if (json_typeof(a) != json_typeof(b))
        return false;
    switch (json_typeof(a)) {
    case JSON_OBJECT:
        return equal_objects((json_t *)a, b); /* jansson's iterators want no const */
    case JSON_ARRAY:
        return equal_arrays(a, b);
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) &&
               !memcmp(json_string_value(a), json_string_value(b), json_string_length(a));
    case JSON_INTEGER:
        return json_integer_value(a) == json_integer_value(b);
    case JSON_REAL:
        return json_real_value(a) == json_real_value(b);
    default:
        return true; /* true, false, null */
    }
}

json_t *asli_json_copy(const json_t *container)
{
    bool array = json_is_array(container);
    json_t *copy = array ? json_array() : json_object();
    if (array && json_array_extend(copy, (json_t *)container) == 0)
        return copy;
    if (!array && json_object_update(copy, (json_t *)container) == 0)
        return copy;
    json_decref(copy);
    return NULL;
}
