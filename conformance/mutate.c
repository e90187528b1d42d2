/* SPDX-License-Identifier: Apache-2.0
 *
 * Mutants of an expectation. One deep copy is walked; at each place it is changed, compared and
 * changed back.
 *
 * Invariant: a mutant differs from the recording in something that it says. What is no change is
 * not made: the order of events that the recorder sorted, the end of a history that was recorded
 * as a prefix, the order of keys, and what a placeholder stands for.
 */
#include "conformance/mutate.h"

#include <ctype.h>
#include <stdint.h>

#include "conformance/kit/need.h"

struct walk {
    struct match *m;
    json_t *expect; /* the copy */
    const json_t *actual;
    struct cursor c;
    struct mutation *result;
};

static void ok(int rc)
{
    if (rc != 0)
        need(NULL);
}

/* The copy is a mutant now: it must fail. */
static void try_mutant(struct walk *w, const char *what)
{
    w->result->tried++;
    if (!match_compare(w->m, w->expect, w->actual, NULL))
        return;
    w->result->survived++;
    struct differences list = {0};
    w->c.list = &list;
    match_differ(&w->c, NULL, NULL);
    w->c.list = NULL;
    if (w->result->survivor != NULL)
        w->result->survivor(w->result->arg, list.items[0].pointer, what);
    differences_done(&list);
}

/* ------------------------------------------------------------------ values of one place */

/* Where a value stands, so that it can be replaced. */
struct place {
    json_t *container;
    const char *key; /* NULL: an array */
    size_t index;
};

static void put(const struct place *p, json_t *take_value)
{
    ok(p->key != NULL ? json_object_set_new(p->container, p->key, take_value)
                      : json_array_set_new(p->container, p->index, take_value));
}

static void try_value(struct walk *w, const struct place *p, json_t *take_mutant,
                      const char *what)
{
    json_t *old = json_incref(p->key != NULL ? json_object_get(p->container, p->key)
                                             : json_array_get(p->container, p->index));
    put(p, need(take_mutant));
    try_mutant(w, what);
    put(p, old);
}

static char other_letter(char c)
{
    if (c == '9' || c == 'z' || c == 'Z')
        return c - 1;
    return isalnum((unsigned char)c) ? c + 1 : 'x';
}

static void try_letter(struct walk *w, const struct place *p, const char *text,
                       size_t len, size_t at)
{
    char *mutant = need_text(text, len);
    mutant[at] = other_letter(mutant[at]);
    try_value(w, p, json_stringn(mutant, len), "one letter");
    free(mutant);
}

/* The first, the middle and the last letter or digit that is no placeholder's, and one more at
 * the end. */
static void mutate_text(struct walk *w, const struct place *p, json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value), count = 0;
    unsigned char *mask = need(malloc(len + 1));
    size_t *spots = need(malloc((len + 1) * sizeof *spots));
    text_mask(&w->m->vocabulary, text, len, mask);
    for (size_t i = 0; i < len; i++)
        if (mask[i] && isalnum((unsigned char)text[i]))
            spots[count++] = i;
    if (count > 0)
        try_letter(w, p, text, len, spots[0]);
    if (count > 2)
        try_letter(w, p, text, len, spots[count / 2]);
    if (count > 1)
        try_letter(w, p, text, len, spots[count - 1]);
    char *longer = need(malloc(len + 1));
    memcpy(longer, text, len);
    longer[len] = 'x';
    try_value(w, p, json_stringn(longer, len + 1), "one letter more");
    free(longer);
    free(spots);
    free(mask);
}

static const char *other_type(const char *type)
{
    return strcmp(type, "PassStateEntered") == 0 ? "TaskStateEntered"
                                                 : "PassStateEntered";
}

static void mutate_leaf(struct walk *w, const struct place *p, json_t *value)
{
    json_int_t integer = json_integer_value(value);
    if (json_is_integer(value))
        try_value(w, p, json_integer(integer == INT64_MAX ? 0 : integer + 1), "a number");
    else if (json_is_real(value))
        try_value(w, p, json_real(json_real_value(value) * 2 + 1), "a number");
    else if (json_is_boolean(value))
        try_value(w, p, json_boolean(!json_is_true(value)), "a boolean");
    else if (json_is_null(value))
        try_value(w, p, json_false(), "a null");
    else
        mutate_text(w, p, value);
    if (p->key != NULL && strcmp(p->key, "type") == 0 && w->c.depth == 3 &&
        json_is_string(value))
        try_value(w, p, json_string(other_type(json_string_value(value))), "a type");
}

/* ------------------------------------------------------------------ lists and objects */

static bool is_event(const struct walk *w)
{
    return w->c.depth == 2 && strcmp(w->c.path[0].key, "events") == 0;
}

static void try_dropped(struct walk *w, json_t *list, size_t i)
{
    json_t *item = json_incref(json_array_get(list, i));
    ok(json_array_remove(list, i));
    try_mutant(w, "dropped");
    ok(json_array_insert_new(list, i, item));
}

static void try_added(struct walk *w, json_t *list, size_t i)
{
    ok(json_array_insert(list, i, json_array_get(list, i)));
    try_mutant(w, "added");
    ok(json_array_remove(list, i));
}

static void try_swapped(struct walk *w, json_t *list, size_t i)
{
    json_t *a = json_array_get(list, i), *b = json_array_get(list, i + 1);
    if (json_equal(a, b) || (match_is_erased(a) && match_is_erased(b)))
        return;
    json_incref(a);
    json_incref(b);
    ok(json_array_set(list, i, b));
    ok(json_array_set(list, i + 1, a));
    try_mutant(w, "swapped");
    ok(json_array_set_new(list, i, a));
    ok(json_array_set_new(list, i + 1, b));
}

static void mutate_list(struct walk *w, json_t *list)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        cursor_index(&w->c, i);
        if (!(is_event(w) && w->m->unfinished && i + 1 == n))
            try_dropped(w, list, i);
        try_added(w, list, i);
        if (i + 1 < n)
            try_swapped(w, list, i);
        cursor_up(&w->c);
    }
}

/* A key dropped, and one too many. What a recording holds at all is not its claim: only output,
 * error and cause must be absent where they are. */
static void mutate_object(struct walk *w, json_t *object, const char *key)
{
    bool top = w->c.depth == 1;
    if (top && strcmp(key, "output") != 0 && strcmp(key, "error") != 0 &&
        strcmp(key, "cause") != 0)
        return;
    if (top && json_object_get(object, "status") == NULL)
        return;
    json_t *value = json_incref(json_object_get(object, key));
    ok(json_object_del(object, key));
    try_mutant(w, "a key dropped");
    ok(json_object_set_new(object, key, value));
}

static void mutate_value(struct walk *w, const struct place *p, json_t *value);

static void mutate_members(struct walk *w, json_t *value)
{
    void *it;
    size_t n = json_object_size(value), i = 0;
    const char **keys = need(calloc(n + 1, sizeof *keys));
    for (it = json_object_iter(value); it != NULL; it = json_object_iter_next(value, it))
        keys[i++] = need(strdup(json_object_iter_key(it)));
    for (i = 0; i < n; i++) {
        struct place p = {.container = value, .key = keys[i]};
        cursor_key(&w->c, keys[i]);
        if (w->c.depth == 1 ? match_compares(keys[i]) : !match_is_uncompared(&w->c)) {
            mutate_object(w, value, keys[i]);
            mutate_value(w, &p, json_object_get(value, keys[i]));
        }
        cursor_up(&w->c);
        free((char *)keys[i]);
    }
    free(keys);
    if (w->c.depth == 0)
        return;
    ok(json_object_set_new(value, "mutant", need(json_true())));
    try_mutant(w, "a key added");
    ok(json_object_del(value, "mutant"));
}

static void mutate_value(struct walk *w, const struct place *p, json_t *value)
{
    if (match_is_wild(&w->c, value))
        return;
    if (json_is_object(value)) {
        mutate_members(w, value);
    } else if (json_is_array(value)) {
        mutate_list(w, value);
        for (size_t i = 0; i < json_array_size(value); i++) {
            struct place item = {.container = value, .index = i};
            cursor_index(&w->c, i);
            mutate_value(w, &item, json_array_get(value, i));
            cursor_up(&w->c);
        }
    } else {
        mutate_leaf(w, p, value);
    }
}

void mutate(struct match *m, const json_t *actual, struct mutation *result)
{
    struct walk w = {.m = m, .actual = actual, .result = result, .c = {.m = m}};
    w.expect = need(json_deep_copy(json_object_get(m->testcase, "expect")));
    mutate_members(&w, w.expect);
    json_decref(w.expect);
    free(w.c.path);
}
