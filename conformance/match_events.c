/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing histories. Three ways, by what the recording is: event by event (the rule); up to a
 * renumbering of ids, where iterations or branches ran concurrently; and, where the recorder
 * sorted a Parallel's events and erased their ids ([0]), those as a multiset between numbered
 * ones.
 *
 * Invariant: the ids of the recording are those of the answer, place by place, in every way that
 * has ids; a renumbering only chooses which event bears which.
 */
#include "conformance/match.h"

#include "conformance/kit/need.h"

/* Choices tried before a list counts as different; identical events could else be permuted for
 * ever. */
#define BUDGET 20000

bool match_is_erased(const json_t *event)
{
    const json_t *id = json_object_get(event, "id");
    const json_t *previous = json_object_get(event, "previousEventId");
    const json_t *zero = json_array_get(id, 0);
    return json_array_size(id) == 1 && json_is_integer(zero) &&
           json_integer_value(zero) == 0 && json_is_integer(previous) &&
           json_integer_value(previous) == 0;
}

static json_int_t number(const json_t *event, const char *key)
{
    const json_t *value = json_object_get(event, key);
    return json_is_integer(value) ? json_integer_value(value) : -1;
}

static const char *type_of(const json_t *event)
{
    const char *type = json_string_value(json_object_get(event, "type"));
    return type != NULL ? type : "";
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), k = strlen(end);
    return n >= k && strcmp(text + n - k, end) == 0;
}

/* Compares the events at these places, whichever are there. */
static bool match_at(struct cursor *c, size_t i, const json_t *e, const json_t *g)
{
    cursor_index(c, i);
    bool same = e != NULL && g != NULL ? match_value(c, e, g) : match_differ(c, e, g);
    cursor_up(c);
    return same;
}

static bool match_rest(struct cursor *c, size_t from, const json_t *expected,
                       const json_t *got)
{
    size_t n = json_array_size(expected), have = json_array_size(got);
    bool same = true;
    for (size_t i = from; i < n || (i < have && !c->m->unfinished); i++) {
        same =
            match_at(c, i, json_array_get(expected, i), json_array_get(got, i)) && same;
        if (!same && c->list == NULL)
            break;
    }
    return same;
}

/* ------------------------------------------------------------------ assigning */

/* Which event of the answer each expected one became. */
struct assignment {
    struct cursor c; /* quiet */
    const json_t *expected, *got;
    size_t from, count;         /* the expected ones: [from, from + count) */
    size_t got_from, got_count; /* the candidates */
    size_t *of;                 /* expected - from -> index in got */
    bool *used;                 /* candidate - got_from */
    bool chains;                /* ids matter, up to renumbering */
    unsigned budget;
    size_t deepest; /* of the expected ones, the first that never found its event */
};

/* The id an expected id became; 0 stays 0; -1: of an event that stands later or nowhere. */
static json_int_t renumbered(const struct assignment *a, size_t n, json_int_t id)
{
    if (id == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (number(json_array_get(a->expected, a->from + i), "id") == id)
            return number(json_array_get(a->got, a->of[i]), "id");
    return -1;
}

/* Does this event open a scope (an iteration, a branch), so that the order among its like, which
 * follow the same event, says nothing? */
static bool opens_scope(const struct assignment *a, const json_t *event)
{
    if (strcmp(type_of(event), "MapIterationStarted") == 0)
        return true;
    json_int_t previous = number(event, "previousEventId");
    for (size_t i = 0; i < a->count; i++) {
        const json_t *other = json_array_get(a->expected, a->from + i);
        if (number(other, "id") == previous)
            return strcmp(type_of(other), "ParallelStateStarted") == 0 &&
                   ends_with(type_of(event), "StateEntered");
    }
    return false;
}

/* Events that follow the same event keep their order, unless both open scopes. */
static bool keeps_order(const struct assignment *a, size_t n, const json_t *event,
                        size_t candidate)
{
    for (size_t i = 0; i < n; i++) {
        const json_t *other = json_array_get(a->expected, a->from + i);
        if (number(other, "previousEventId") == number(event, "previousEventId") &&
            a->of[i] > candidate && !(opens_scope(a, other) && opens_scope(a, event)))
            return false;
    }
    return true;
}

static bool can_be(struct assignment *a, size_t n, size_t candidate)
{
    const json_t *e = json_array_get(a->expected, a->from + n);
    const json_t *g = json_array_get(a->got, candidate);
    if (strcmp(type_of(e), type_of(g)) != 0)
        return false;
    if (a->chains &&
        (renumbered(a, n, number(e, "previousEventId")) != number(g, "previousEventId") ||
         !keeps_order(a, n, e, candidate)))
        return false;
    return match_at(&a->c, a->from + n, e, g);
}

/* Finds an event for each expected one from the n-th on. */
static bool assign(struct assignment *a, size_t n)
{
    struct vocabulary *v = &a->c.m->vocabulary;
    if (n == a->count)
        return true;
    if (n > a->deepest)
        a->deepest = n;
    for (size_t i = 0; i < a->got_count && a->budget > 0; i++) {
        if (a->used[i])
            continue;
        size_t bound = v->bound;
        if (can_be(a, n, a->got_from + i)) {
            a->budget--;
            a->used[i] = true;
            a->of[n] = a->got_from + i;
            if (assign(a, n + 1))
                return true;
            a->used[i] = false;
        }
        vocabulary_undo(v, bound);
    }
    return false;
}

/* Runs an assignment; where it fails, notes which event found none. */
static bool assign_all(struct assignment *a, struct cursor *c)
{
    a->c = (struct cursor){.m = c->m, .skip_ids = true};
    cursor_key(&a->c, "events");
    a->of = need(calloc(a->count + 1, sizeof *a->of));
    a->used = need(calloc(a->got_count + 1, sizeof *a->used));
    a->budget = BUDGET;
    bool same = assign(a, 0);
    if (!same) {
        cursor_index(c, a->from + a->deepest);
        match_differ(c, json_array_get(a->expected, a->from + a->deepest), NULL);
        cursor_up(c);
    }
    free(a->of);
    free(a->used);
    free(a->c.path);
    return same;
}

/* ------------------------------------------------------------------ concurrent scopes */

static bool same_ids(struct cursor *c, const json_t *expected, const json_t *got)
{
    size_t n = json_array_size(expected), have = json_array_size(got);
    bool same = true;
    for (size_t i = 0; i < n || (i < have && !c->m->unfinished); i++) {
        const json_t *e = json_array_get(expected, i), *g = json_array_get(got, i);
        if (e == NULL || g == NULL || number(e, "id") < 0 ||
            number(e, "id") != number(g, "id")) {
            cursor_index(c, i);
            same = match_differ(c, e, g);
            cursor_up(c);
        }
    }
    return same;
}

static bool match_renumbered(struct cursor *c, const json_t *expected, const json_t *got)
{
    struct cursor quiet = {.m = c->m};
    cursor_key(&quiet, "events");
    size_t bound = c->m->vocabulary.bound;
    bool literal = match_rest(&quiet, 0, expected, got);
    free(quiet.path);
    if (literal)
        return true;
    vocabulary_undo(&c->m->vocabulary, bound);
    if (!same_ids(c, expected, got))
        return false;
    struct assignment a = {.expected = expected,
                           .got = got,
                           .count = json_array_size(expected),
                           .got_count = json_array_size(got),
                           .chains = true};
    return assign_all(&a, c);
}

/* ------------------------------------------------------------------ sorted Parallels */

/* Events from `from` on have no ids up to the next that has; they stand for the ids between.
 * The Parallel's closing event, if one id is over, is not recorded. */
static bool match_sorted_run(struct cursor *c, const json_t *expected, const json_t *got,
                             size_t from, size_t count, size_t at, size_t closing)
{
    struct assignment a = {.expected = expected,
                           .got = got,
                           .from = from,
                           .count = count,
                           .got_from = at,
                           .got_count = count};
    bool same = assign_all(&a, c);
    for (size_t i = at; i < at + count + closing; i++)
        if (number(json_array_get(got, i), "id") != (json_int_t)i + 1)
            same = match_at(c, from, NULL, json_array_get(got, i));
    if (closing == 0)
        return same;
    const json_t *last = json_array_get(got, at + count);
    const char *type = type_of(last);
    if (strcmp(type, "ParallelStateSucceeded") != 0 &&
        strcmp(type, "ParallelStateFailed") != 0)
        same = match_at(c, from + count - 1, NULL, last);
    return same;
}

static bool match_sorted(struct cursor *c, const json_t *expected, const json_t *got)
{
    size_t n = json_array_size(expected),
           at = 0; /* at: events of `got` that are accounted for */
    bool same = true;
    for (size_t i = 0, count; i < n; i += count) {
        const json_t *e = json_array_get(expected, i);
        for (count = 0; i + count < n; count++)
            if (!match_is_erased(json_array_get(expected, i + count)))
                break;
        if (count == 0) {
            same = match_at(c, i, e, json_array_get(got, at)) && same;
            at++;
            count = 1;
            continue;
        }
        json_int_t next = number(json_array_get(expected, i + count), "id");
        json_int_t closing = next - 1 - (json_int_t)(at + count);
        if (next < 0 || closing < 0 || closing > 1)
            return match_at(c, i + count, json_array_get(expected, i + count), NULL);
        same = match_sorted_run(c, expected, got, i, count, at, (size_t)closing) && same;
        at += count + (size_t)closing;
    }
    for (; at < json_array_size(got); at++)
        same = match_at(c, at, NULL, json_array_get(got, at));
    return same;
}

bool match_events(struct cursor *c, const json_t *expected, const json_t *got)
{
    if (!json_is_array(expected) || !json_is_array(got))
        return match_differ(c, expected, got);
    for (size_t i = 0; i < json_array_size(expected); i++)
        if (match_is_erased(json_array_get(expected, i)))
            return match_sorted(c, expected, got);
    if (c->m->concurrent)
        return match_renumbered(c, expected, got);
    return match_rest(c, 0, expected, got);
}
