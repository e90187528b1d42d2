/* SPDX-License-Identifier: Apache-2.0
 *
 * A JSON value on its way through one execution: parsed at most once, and only when its tree is
 * asked for, serialised at most once, stored once. An unchanged value keeps its payload, and so its
 * text and its place in the store.
 *
 * Invariant: at least one of tree, text and event is set. `event` is the history event in which
 * the text first stood, `row` the number of the batch that holds it, `part` which of the event's
 * texts it is: a record refers to these instead of repeating the text. Used on the engine's thread
 * only; trees are shared and immutable.
 */
#ifndef ASLI_PAYLOAD_H
#define ASLI_PAYLOAD_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "engine/base/error.h"

struct asli_execution;

struct asli_payload {
    unsigned refs;
    bool verbatim; /* an outsider's text, may hold blanks: not for the next state */
    json_t *tree;
    char *text;
    size_t len;
    uint64_t event, row;
    uint32_t part; /* 0: the event's payload; n: its n-th assigned variable */
};

/* NULL: out of memory (the tree is consumed all the same). */
struct asli_payload *asli_payload_new(json_t *take_tree);
/* Of both, or of one of them: NULL for the other. The text is what we write for the tree. */
struct asli_payload *asli_payload_new_text(json_t *take_tree, char *take_text,
                                           size_t len);
/* Of an outsider's text, which is checked; len (size_t)-1: strlen. Errors: ASL_EJSON, ASL_ELIMIT, ASL_ENOMEM. */
int asli_payload_parse(const char *text, size_t len, struct asli_payload **ret_payload,
                       asl_error *reterr);
/* Of a place in the execution's history; fetched when first needed. */
struct asli_payload *asli_payload_stored(uint64_t row, uint64_t event, uint32_t part);
struct asli_payload *asli_payload_ref(struct asli_payload *payload); /* NULL stays NULL */
void asli_payload_unref(struct asli_payload *payload);

/* The value, borrowed. Errors: ASL_ENOMEM, ASL_EFORMAT, ASL_ESTORE. */
int asli_payload_tree(struct asli_payload *payload, struct asli_execution *x,
                      json_t **tree, asl_error *reterr);
/* Makes text and len valid. */
int asli_payload_text(struct asli_payload *payload, struct asli_execution *x,
                      asl_error *reterr);
/* The payload itself, or, when it is verbatim and its text not compact, a compact twin.
 * *ret_payload is a new reference. */
int asli_payload_compact(struct asli_payload *payload, struct asli_execution *x,
                         struct asli_payload **ret_payload, asl_error *reterr);

#endif
