/* SPDX-License-Identifier: Apache-2.0
 *
 * The only reader (json_read.c) and writer (json_write.c) of JSON text. Values are jansson's.
 *
 * Reader: RFC 8259, any value at the top, UTF-8 checked; duplicate keys: the last wins, in the
 * first's place (Jackson); integers beyond 64 bits become reals; depth at most
 * ASLI_JSON_DEPTH arrays and objects. NUL characters in strings are kept.
 * Writer: what Jackson prints: compact, insertion order, non-ASCII as it is, only '"', '\\' and
 * control characters escaped (\b \t \n \f \r short, others \u00XX with upper-case hex digits);
 * reals as Java's Double.toString with the shortest digits that read back the same: 0.1, 1.0,
 * 1.0E10, 1.0E-5 (plain between 1e-3 and 1e7).
 */
#ifndef ASLI_BASE_JSON_H
#define ASLI_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>

#include "engine/base/bytes.h"
#include "engine/base/error.h"

#define ASLI_JSON_DEPTH 1000
#define ASLI_JSON_TOO_DEEP                                                               \
    "more than %d arrays and objects stand one in another; that limit is fixed"

/* Parses all of `text`. Errors: ASL_EJSON (syntax: line and column set, text says what was
 * expected and what came), ASL_ELIMIT (too deep), ASL_ENOMEM. */
int asli_json_read(const char *text, size_t len, json_t **ret_value, asl_error *reterr);

/* The same without the value. *ret_compact: the writer would write that very text, for sure; it may
 * be false of such a text too. */
int asli_json_check(const char *text, size_t len, bool *ret_compact, asl_error *reterr);

/* Appends the text of `value`. Depth beyond ASLI_JSON_DEPTH: ASL_ELIMIT, and `out` is as before.
 * Out of memory: ASL_ENOMEM, and it sticks in `out`. */
int asli_json_write(const json_t *value, struct asli_bytes *out, asl_error *reterr);
/* The same as a new text; `ret_len` may be NULL. */
int asli_json_text(const json_t *value, char **ret_text, size_t *ret_len,
                   asl_error *reterr);
/* Indented by two spaces, keys in order, for people. */
int asli_json_write_pretty(const json_t *value, struct asli_bytes *out,
                           asl_error *reterr);

/* Java's Double.toString of a finite number into buf (at least 32 bytes); returns its length.
 * `plain`: no exponent below 1e15, for people. */
size_t asli_json_real(double value, bool plain, char *buf);

/* Line and column, from 1, of the place `at` in `text`; columns count characters. */
void asli_json_position(const char *text, const char *at, int *ret_line, int *ret_column);

/* Where in valid JSON `text` the value at `pointer` stands (keys joined by '/', unescaped as AWS
 * writes locations, "/States/X/Choices[0]/Next" or "/States/X/Choices/0/Next"; "" or "/" the
 * root): line and column from 1 of its key when it is an object member, else of the value; of
 * the deepest part that exists when it is missing. */
void asli_json_locate(const char *text, size_t len, const char *pointer, int *ret_line,
                      int *ret_column);

/* Deep equality, numbers by value (1 equals 1.0), object order ignored. */
bool asli_json_equal(const json_t *a, const json_t *b);

/* A new object or array with the same members, which are shared; NULL: out of memory (json_copy would
 * leave out what it has no memory for). */
json_t *asli_json_copy(const json_t *container);

#endif
