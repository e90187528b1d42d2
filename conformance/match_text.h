/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts of a recording against texts of the engine. A recording holds placeholders where a value
 * differed from run to run; a vocabulary is all those of one case, with what each was bound to.
 *
 * Invariant: outside of placeholders every byte must be the same. A placeholder that may stand
 * for anything is bound on first sight and stands for the same text ever after; two numbers of
 * one family (<uuid:1>, <uuid:2>) never stand for the same text.
 */
#ifndef CONFORMANCE_MATCH_TEXT_H
#define CONFORMANCE_MATCH_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct token;

struct binding {
    char *name;    /* the placeholder as it stands in the recording */
    char *text;    /* what it stands for */
    size_t family; /* token it is of, to keep the numbers of one family apart */
};

struct vocabulary {
    struct token *tokens;
    size_t count, cap;
    struct binding *bindings; /* also the trail: truncating it undoes */
    size_t bound, bound_cap;
};

/* The vocabulary of a case: the format's own placeholders and those of `placeholders`. */
void vocabulary_init(struct vocabulary *v, const json_t *placeholders);
void vocabulary_done(struct vocabulary *v);

/* Forgets bindings made after there were `bound` of them. */
void vocabulary_undo(struct vocabulary *v, size_t bound);

/* True: `actual` is a text that `expected` stands for; new bindings stay. False: none stays. */
bool text_match(struct vocabulary *v, const char *expected, size_t len,
                const char *actual, size_t actual_len);

/* mask[i] is 1 where byte i of `text` is literal, 0 inside a placeholder. */
void text_mask(const struct vocabulary *v, const char *text, size_t len,
               unsigned char *mask);

/* `text` with every placeholder of known value replaced by it and others by "x"; new. */
char *text_instantiate(const struct vocabulary *v, const char *text);

/* `text` with every ISO-8601 date-time replaced by "date", as the recorder did; NULL when it
 * holds none. */
char *text_undate(const char *text, size_t len, size_t *ret_len);

#endif
