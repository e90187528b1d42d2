/* SPDX-License-Identifier: Apache-2.0
 *
 * The matcher of recordings: is what the engine did what AWS did? Pure: a case and an answer, both
 * JSON, in; a list of differences out. The rules are those of the recordings' FORMAT.md.
 *
 * Invariant: everything that the recording holds must be there, and nothing else; only
 * placeholders (and ids where work ran concurrently) leave room. mutate.h proves it.
 */
#ifndef CONFORMANCE_MATCH_H
#define CONFORMANCE_MATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "conformance/match_text.h"

struct difference {
    char *pointer;  /* JSON Pointer into `expect` */
    char *expected; /* JSON text, or "nothing" */
    char *got;
};

struct differences {
    struct difference *items;
    size_t count, cap;
};

void differences_done(struct differences *list);

/* One case, prepared. `testcase` is borrowed and must outlive it. */
struct match {
    const json_t *testcase;
    struct vocabulary vocabulary;
    bool unfinished;     /* the recorded events are a prefix */
    bool concurrent;     /* ids may be numbered otherwise */
    bool decode_outputs; /* the test decoded every `output` */
};

void match_init(struct match *m, const json_t *testcase);
void match_done(struct match *m);

/* Compares `expect` (the case's own, or a mutant of it) with `actual`: an object of "status",
 * "output" (text), "error", "cause", "events", "describe", "response", as far as known. True:
 * the same. `ret_list` may be NULL: then it stops at the first difference. */
bool match_compare(struct match *m, const json_t *expect, const json_t *actual,
                   struct differences *ret_list);

/* The same for any two values, of which every part is compared. */
bool match_whole(struct match *m, const json_t *expected, const json_t *actual,
                 struct differences *ret_list);

/* ------------------------------------------------------------------ for match_*.c, mutate.c */

struct step {
    const char *key; /* NULL: `index` */
    size_t index;
};

/* A place in `expect`, while walking over it. */
struct cursor {
    struct match *m;
    struct differences *list; /* NULL: only the verdict counts */
    struct step *path;
    size_t depth, cap;
    bool decoded;  /* inside a JSON text that was decoded: there is no second time */
    bool skip_ids; /* an event's id and previousEventId are compared elsewhere */
};

void cursor_key(struct cursor *c, const char *key);
void cursor_index(struct cursor *c, size_t index);
void cursor_up(struct cursor *c);

/* Notes a difference at the cursor (NULL: nothing) and returns false. */
bool match_differ(struct cursor *c, const json_t *expected, const json_t *got);
bool match_value(struct cursor *c, const json_t *expected, const json_t *got);
bool match_events(struct cursor *c, const json_t *expected, const json_t *got);

/* True: the whole value at the cursor is a placeholder, anything (but for its form) matches. */
bool match_is_wild(const struct cursor *c, const json_t *expected);

/* Keys of `expect` that are compared. */
bool match_compares(const char *key);

/* Parts of responses that are about money, not about the language: not compared. */
bool match_is_uncompared(const struct cursor *c);

/* The id [0] of events that were sorted. */
bool match_is_erased(const json_t *event);

#endif
