/* SPDX-License-Identifier: Apache-2.0
 *
 * Walking through a JSON document that is never held: from value to value of a stream, each taken
 * as text or passed over.
 */
#ifndef ASLI_ITEMS_JSON_SCAN_H
#define ASLI_ITEMS_JSON_SCAN_H

#include "engine/items/source.h"

struct asli_scan {
    struct asli_stream stream;
    struct asli_bytes text; /* the last value or name that was taken */
    uint64_t begin;         /* and where it begins */
};

/* What stands next after blanks, not taken; 0: the end. */
int asli_scan_peek(struct asli_scan *s, unsigned char *ret_next,
                   struct asli_failure *failure, asl_error *reterr);
/* Takes the value that stands next. `keep`: its text, without most of its blanks, into s->text.
 * What is inside is not checked beyond strings and brackets. */
int asli_scan_value(struct asli_scan *s, bool keep, struct asli_failure *failure,
                    asl_error *reterr);
/* Takes a member's name and its ':'; a new text. */
int asli_scan_name(struct asli_scan *s, char **ret_name, size_t *ret_len,
                   struct asli_failure *failure, asl_error *reterr);
/* Takes ',' (*ret_more) or `close`. */
int asli_scan_comma(struct asli_scan *s, unsigned char close, bool *ret_more,
                    struct asli_failure *failure, asl_error *reterr);
/* Goes to the value at a JSON Pointer (NULL: the document); *ret_found false: there is none. */
int asli_scan_pointer(struct asli_scan *s, const char *pointer, bool *ret_found,
                      struct asli_failure *failure, asl_error *reterr);
void asli_scan_close(struct asli_scan *s);

/* The value at `pointer` of the configuration's object: a new reference, NULL: there is none. */
int asli_json_at(const struct asli_items *items, const char *pointer, json_t **ret_value,
                 struct asli_failure *failure, asl_error *reterr);

#endif
