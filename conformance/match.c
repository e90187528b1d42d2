/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing JSON with JSON by the recordings' rules: decoded texts, placeholders for whole
 * values, and everything else exactly. Events as a list are match_events.c, the inside of texts
 * is match_text.c.
 *
 * Invariant: the cursor's path names a place in the recording, whatever had to be decoded.
 */
#include "conformance/match.h"

#include <strings.h>

#include "conformance/kit/need.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

/* ------------------------------------------------------------------ cursor and differences */

static void push(struct cursor *c, struct step step)
{
    c->path = need_room(c->path, c->depth, &c->cap, sizeof *c->path);
    c->path[c->depth++] = step;
}

void cursor_key(struct cursor *c, const char *key)
{
    push(c, (struct step){.key = key});
}

void cursor_index(struct cursor *c, size_t index)
{
    push(c, (struct step){.index = index});
}

void cursor_up(struct cursor *c)
{
    c->depth--;
}

static const char *last_key(const struct cursor *c)
{
    const char *key = c->depth > 0 ? c->path[c->depth - 1].key : NULL;
    return key != NULL ? key : "";
}

static void put_pointer(FILE *out, const struct cursor *c)
{
    for (size_t i = 0; i < c->depth; i++) {
        fputc('/', out);
        if (c->path[i].key == NULL)
            fprintf(out, "%zu", c->path[i].index);
        else
            for (const char *k = c->path[i].key; *k != '\0'; k++)
                fputs(*k == '~' ? "~0" : *k == '/' ? "~1" : (char[]){*k, '\0'}, out);
    }
}

static char *pointer_text(const struct cursor *c)
{
    char *text;
    size_t len;
    FILE *out = need(open_memstream(&text, &len));
    put_pointer(out, c);
    if (fclose(out) != 0)
        need(NULL);
    return text;
}

static char *value_text(const json_t *value)
{
    char *text;
    if (value == NULL)
        return need(strdup("nothing"));
    if (asli_json_text(value, &text, NULL, NULL) != 0)
        need(NULL);
    char *copy = need(strdup(text));
    asli_free(text);
    return copy;
}

bool match_differ(struct cursor *c, const json_t *expected, const json_t *got)
{
    struct differences *list = c->list;
    if (list == NULL)
        return false;
    list->items = need_room(list->items, list->count, &list->cap, sizeof *list->items);
    list->items[list->count++] =
        (struct difference){pointer_text(c), value_text(expected), value_text(got)};
    return false;
}

void differences_done(struct differences *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].pointer);
        free(list->items[i].expected);
        free(list->items[i].got);
    }
    free(list->items);
    *list = (struct differences){0};
}

/* ------------------------------------------------------------------ whole-value placeholders */

/* Does a path end as `jsonpath` ("$..a.b..c") says? Where the recording's root is does not
 * matter, nor do list indices on the way. */
static bool path_matches(const char *jsonpath, size_t len, const struct step *path,
                         size_t depth)
{
    if (len <= 1) /* "$" */
        return true;
    size_t name = len;
    while (name > 0 && jsonpath[name - 1] != '.')
        name--;
    const char *key = depth > 0 ? path[depth - 1].key : NULL;
    if (key == NULL || strlen(key) != len - name ||
        strncmp(key, jsonpath + name, len - name) != 0)
        return false;
    for (depth--; depth > 0 && path[depth - 1].key == NULL;)
        depth--;
    if (name < 2 || jsonpath[name - 2] != '.')
        return path_matches(jsonpath, name > 0 ? name - 1 : 0, path, depth);
    for (size_t d = depth;; d--) {
        if (path_matches(jsonpath, name - 2, path, d))
            return true;
        if (d == 0)
            return false;
    }
}

/* The same place in the terminal event, which output, error and cause repeat. */
static bool terminal_matches(const char *jsonpath, const struct cursor *c,
                             const char *details)
{
    if (c->depth == 0 || c->path[0].key == NULL || strcmp(c->path[0].key, "events") == 0)
        return false;
    struct step *path = need(malloc((c->depth + 2) * sizeof *path));
    path[0] = (struct step){.key = "events"};
    path[1] = (struct step){.key = details};
    memcpy(path + 2, c->path, c->depth * sizeof *path);
    bool matches = path_matches(jsonpath, strlen(jsonpath), path, c->depth + 2);
    free(path);
    return matches;
}

static bool place_matches(const struct cursor *c, const json_t *placeholder)
{
    const char *jsonpath = json_string_value(json_object_get(placeholder, "jsonpath"));
    const char *key = json_string_value(json_object_get(placeholder, "key"));
    if (jsonpath == NULL)
        return key == NULL || strcmp(key, last_key(c)) == 0;
    return path_matches(jsonpath, strlen(jsonpath), c->path, c->depth) ||
           terminal_matches(jsonpath, c, "executionSucceededEventDetails") ||
           terminal_matches(jsonpath, c, "executionFailedEventDetails");
}

static bool is_listed_value(const struct cursor *c, const char *text)
{
    size_t i;
    json_t *placeholder;
    json_array_foreach(json_object_get(c->m->testcase, "placeholders"), i, placeholder)
    {
        const char *its = json_string_value(json_object_get(placeholder, "text"));
        const char *stands_for =
            json_string_value(json_object_get(placeholder, "stands_for"));
        if (its != NULL && stands_for != NULL && strcmp(its, text) == 0 &&
            strcmp(stands_for, "value") == 0 && place_matches(c, placeholder))
            return true;
    }
    return false;
}

/* Header-like keys whose value the recorder replaced by the key itself. */
static bool is_request_id(const char *key)
{
    static const char *const keys[] = {"RequestId",   "x-amzn-RequestId",
                                       "x-amz-crc32", "X-Amzn-Trace-Id",
                                       "x-amz-id-2",  "x-amz-request-id"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (strcmp(key, keys[i]) == 0)
            return true;
    return false;
}

bool match_is_wild(const struct cursor *c, const json_t *expected)
{
    const char *text = json_string_value(expected), *key = last_key(c);
    if (text == NULL)
        return false;
    if (strcmp(text, "timestamp") == 0)
        return strcasestr(key, "timestamp") != NULL || is_listed_value(c, text);
    if (strcmp(text, "datetime") == 0)
        return strlen(key) > 4 && strcmp(key + strlen(key) - 4, "Date") == 0 &&
               !c->decoded;
    return (strcmp(text, key) == 0 && is_request_id(key)) || is_listed_value(c, text);
}

bool match_is_uncompared(const struct cursor *c)
{
    return c->depth == 2 && c->path[0].key != NULL &&
           strcmp(c->path[0].key, "response") == 0 &&
           strcmp(last_key(c), "billingDetails") == 0;
}

/* A date-time would have become "date"; times of responses are numbers or date-times. */
static bool wild_form(const json_t *expected, const json_t *got)
{
    const char *text = json_string_value(expected);
    size_t len = json_string_length(got);
    char *undated =
        json_is_string(got) ? text_undate(json_string_value(got), len, &len) : NULL;
    bool is_date = undated != NULL && strcmp(undated, "date") == 0;
    free(undated);
    if (strcmp(text, "timestamp") == 0)
        return !is_date;
    if (strcmp(text, "datetime") == 0)
        return is_date || json_is_number(got);
    return true;
}

/* ------------------------------------------------------------------ values */

static json_t *decode(const json_t *text)
{
    json_t *value;
    if (!json_is_string(text) ||
        asli_json_read(json_string_value(text), json_string_length(text), &value, NULL) !=
            0)
        return NULL;
    return value;
}

static bool match_decoded(struct cursor *c, const json_t *expected, json_t *take_got)
{
    bool outer = c->decoded;
    c->decoded = true;
    bool same = match_value(c, expected, take_got);
    c->decoded = outer;
    json_decref(take_got);
    return same;
}

/* Keys under which AWS gives JSON as text, whose spacing and key order do not count. */
static bool holds_json(const struct cursor *c)
{
    const char *key = last_key(c);
    if (c->decoded || *key == '\0')
        return false;
    if (strcmp(key, "input") == 0 || strcmp(key, "output") == 0 ||
        strcmp(key, "parameters") == 0)
        return true;
    const char *parent = c->depth > 1 ? c->path[c->depth - 2].key : NULL;
    return parent != NULL && strcmp(parent, "assignedVariables") == 0;
}

static bool match_texts(struct cursor *c, const json_t *expected, const json_t *got)
{
    if (text_match(&c->m->vocabulary, json_string_value(expected),
                   json_string_length(expected), json_string_value(got),
                   json_string_length(got)))
        return true;
    json_t *e = holds_json(c) ? decode(expected) : NULL;
    json_t *g = e != NULL ? decode(got) : NULL;
    bool same = false;
    if (g != NULL) {
        struct cursor quiet = *c;
        quiet.list = NULL;
        size_t bound = c->m->vocabulary.bound;
        same = match_decoded(&quiet, e, json_incref(g));
        c->path = quiet.path; /* it may have grown */
        c->cap = quiet.cap;
        if (!same)
            vocabulary_undo(&c->m->vocabulary, bound);
    }
    json_decref(e);
    json_decref(g);
    return same || match_differ(c, expected, got);
}

static bool same_number(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b))
        return json_integer_value(a) == json_integer_value(b);
    return json_number_value(a) == json_number_value(b);
}

static bool match_arrays(struct cursor *c, const json_t *expected, const json_t *got)
{
    size_t n = json_array_size(expected), have = json_array_size(got);
    bool same = true;
    for (size_t i = 0; (i < n || i < have) && (same || c->list != NULL); i++) {
        const json_t *e = json_array_get(expected, i), *g = json_array_get(got, i);
        cursor_index(c, i);
        bool ok = e != NULL && g != NULL ? match_value(c, e, g) : match_differ(c, e, g);
        cursor_up(c);
        same = same && ok;
    }
    return same;
}

static bool skips(const struct cursor *c, const char *key)
{
    return c->skip_ids && c->depth == 2 &&
           (strcmp(key, "id") == 0 || strcmp(key, "previousEventId") == 0);
}

static bool match_objects(struct cursor *c, const json_t *expected, const json_t *got)
{
    bool same = true;
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)expected, key, value)
    {
        if (skips(c, key))
            continue;
        const json_t *its = json_object_get(got, key);
        cursor_key(c, key);
        bool ok = match_is_uncompared(c) || (its != NULL ? match_value(c, value, its)
                                                         : match_differ(c, value, NULL));
        cursor_up(c);
        same = same && ok;
        if (!same && c->list == NULL)
            return false;
    }
    json_object_foreach((json_t *)got, key, value)
    {
        if (skips(c, key) || json_object_get(expected, key) != NULL)
            continue;
        cursor_key(c, key);
        same = match_differ(c, NULL, value);
        cursor_up(c);
    }
    return same;
}

/* The recorder parsed texts that began with '{' and were values of keys, once. */
static bool was_decoded(const struct cursor *c, const json_t *expected, const json_t *got)
{
    if (!json_is_string(got) || c->decoded || *last_key(c) == '\0')
        return false;
    if (json_is_object(expected))
        return json_string_value(got)[0] == '{';
    return c->m->decode_outputs && strcmp(last_key(c), "output") == 0;
}

bool match_value(struct cursor *c, const json_t *expected, const json_t *got)
{
    if (match_is_wild(c, expected) && wild_form(expected, got))
        return true;
    if (json_is_string(expected) && json_is_string(got))
        return match_texts(c, expected, got);
    if (json_is_number(expected) && json_is_number(got))
        return same_number(expected, got) || match_differ(c, expected, got);
    if (json_is_array(expected) && json_is_array(got))
        return match_arrays(c, expected, got);
    if (json_is_object(expected) && json_is_object(got))
        return match_objects(c, expected, got);
    if (was_decoded(c, expected, got)) {
        json_t *value = decode(got);
        return value != NULL ? match_decoded(c, expected, value)
                             : match_differ(c, expected, got);
    }
    return json_typeof(expected) == json_typeof(got) || match_differ(c, expected, got);
}

/* ------------------------------------------------------------------ the whole expectation */

/* X(key, absent): absent 1: when the recording has a status but not this, there must be none. */
#define PARTS(X)                                                                         \
    X(status, 0)                                                                         \
    X(output, 1)                                                                         \
    X(error, 1)                                                                          \
    X(cause, 1)                                                                          \
    X(events, 0)                                                                         \
    X(describe, 0)                                                                       \
    X(response, 0)                                                                       \
    X(error_response, 0)                                                                 \
    X(end_event, 0)                                                                      \
    X(logs, 0)

bool match_compares(const char *key)
{
#define IS_PART(name, absent)                                                            \
    if (strcmp(key, #name) == 0)                                                         \
        return true;
    PARTS(IS_PART)
#undef IS_PART
    return false;
}

/* `output` was decoded whole, whatever it is; its own strings were not. */
static bool match_output(struct cursor *c, const json_t *expected, const json_t *got)
{
    if (match_is_wild(c, expected))
        return true;
    json_t *value = decode(got);
    return value != NULL ? match_decoded(c, expected, value)
                         : match_differ(c, expected, got);
}

static bool match_part(struct cursor *c, const char *key, const json_t *expected,
                       const json_t *got)
{
    if (got == NULL)
        return match_differ(c, expected, NULL);
    if (strcmp(key, "events") == 0)
        return match_events(c, expected, got);
    if (strcmp(key, "output") == 0)
        return match_output(c, expected, got);
    return match_value(c, expected, got);
}

bool match_compare(struct match *m, const json_t *expect, const json_t *actual,
                   struct differences *ret_list)
{
    vocabulary_undo(&m->vocabulary, 0);
    struct cursor c = {.m = m, .list = ret_list};
    bool same = true, has_status = json_object_get(expect, "status") != NULL;
#define MATCH_PART(name, absent)                                                         \
    {                                                                                    \
        const json_t *e = json_object_get(expect, #name);                                \
        const json_t *g = json_object_get(actual, #name);                                \
        cursor_key(&c, #name);                                                           \
        if (e != NULL)                                                                   \
            same = match_part(&c, #name, e, g) && same;                                  \
        else if ((absent) && has_status && g != NULL)                                    \
            same = match_differ(&c, NULL, g);                                            \
        cursor_up(&c);                                                                   \
    }
    PARTS(MATCH_PART)
#undef MATCH_PART
    free(c.path);
    return same;
}

bool match_whole(struct match *m, const json_t *expected, const json_t *actual,
                 struct differences *ret_list)
{
    vocabulary_undo(&m->vocabulary, 0);
    struct cursor c = {.m = m, .list = ret_list};
    bool same = match_value(&c, expected, actual);
    free(c.path);
    return same;
}

/* ------------------------------------------------------------------ a case */

static bool lists(const json_t *testcase, const char *key, const char *part)
{
    size_t i;
    json_t *text;
    json_array_foreach(json_object_get(testcase, key), i, text)
    {
        if (json_is_string(text) && strstr(json_string_value(text), part) != NULL)
            return true;
    }
    return false;
}

/* Can two scopes of this definition run at once? */
static bool is_concurrent(const json_t *definition)
{
    const char *type = json_string_value(json_object_get(definition, "Type"));
    if (type != NULL && strcmp(type, "Map") == 0 &&
        json_integer_value(json_object_get(definition, "MaxConcurrency")) != 1)
        return true;
    if (type != NULL && strcmp(type, "Parallel") == 0 &&
        json_array_size(json_object_get(definition, "Branches")) > 1)
        return true;
    const char *key;
    json_t *value;
    size_t i;
    if (json_is_object(definition))
        json_object_foreach((json_t *)definition, key, value)
        {
            if (is_concurrent(value))
                return true;
        }
    if (json_is_array(definition))
        json_array_foreach(definition, i, value)
        {
            if (is_concurrent(value))
                return true;
        }
    return false;
}

void match_init(struct match *m, const json_t *testcase)
{
    *m = (struct match){.testcase = testcase};
    vocabulary_init(&m->vocabulary, json_object_get(testcase, "placeholders"));
    m->unfinished = lists(testcase, "needs", "unfinished");
    m->concurrent = lists(testcase, "needs", "concurrent-order") &&
                    is_concurrent(json_object_get(testcase, "definition"));
    m->decode_outputs = lists(testcase, "notes", "rewrites the snapshot");
}

void match_done(struct match *m)
{
    vocabulary_done(&m->vocabulary);
}
