/* SPDX-License-Identifier: Apache-2.0
 *
 * The golden store: executions of every kind at one moment of their lives, always the same ones,
 * ids, times and secrets included. vN/ keeps what a libasl of store version N made of them, as text:
 * rows.txt the rows, told.txt what is told of them, ends.txt how they go on.
 */
#ifndef GOLDEN_GOLDEN_H
#define GOLDEN_GOLDEN_H

#include <asl/store.h>

#include "engine/base/bytes.h"

/* Fills an empty store; the engine that did it is gone, as after a crash (life.c). */
void golden_make(asl_store *store);
/* Goes on with all of it until nothing happens any more, and answers who waits for an answer. */
void golden_go_on(asl_store *store);

/* The rows of a store, a line each: key, tab, value; what is not printable, a tab or a backslash
 * is a backslash and two hexadecimal digits (rows.c). */
void golden_rows(asl_store *store, struct asli_bytes *out);
/* Puts such rows into a store. */
void golden_put(asl_store *store, const char *rows);

/* What the readers of asl.h tell of every execution: in full, or its end alone (told.c). */
void golden_told(asl_store *store, struct asli_bytes *out);
void golden_ends(asl_store *store, struct asli_bytes *out);

/* Ends the program when a call failed: the golden store allows for no failure. */
void golden_must(int rc, const char *what, const asl_error *error);

#endif
