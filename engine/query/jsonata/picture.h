/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers and times by picture strings (XPath's functions and operators 3.1, as the reference
 * understands them, its slips included): $formatNumber, $formatInteger, $parseInteger,
 * $fromMillis, $toMillis.
 *
 * All append to `out` (which on failure may hold a part) or fill ret_x, and return 0,
 * ASLI_JN_FAULT or ASL_ENOMEM.
 */
#ifndef ASLI_JSONATA_PICTURE_H
#define ASLI_JSONATA_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/bytes.h"
#include "engine/query/jsonata/text.h"

/* The texts of a decimal format: X(ID, "name of the option", "default") */
#define ASLI_JN_DECIMAL_TEXTS(X)                                                         \
    X(DIGIT, "zero-digit", "0") /* and the nine characters behind it */                  \
    X(OPTIONAL, "digit", "#")                                                            \
    X(POINT, "decimal-separator", ".")                                                   \
    X(GROUPING, "grouping-separator", ",")                                               \
    X(EXPONENT, "exponent-separator", "e")                                               \
    X(PATTERN, "pattern-separator", ";")                                                 \
    X(PERCENT, "percent", "%")                                                           \
    X(PER_MILLE, "per-mille", "\xe2\x80\xb0")                                            \
    X(MINUS, "minus-sign", "-")                                                          \
    X(INFINITY, "infinity", "Infinity")                                                  \
    X(NAN, "NaN", "NaN")

enum asli_jn_decimal_text {
#define ASLI_JN_DECIMAL_ID(id, name, text) ASLI_JN_DECIMAL_##id,
    ASLI_JN_DECIMAL_TEXTS(ASLI_JN_DECIMAL_ID)
#undef ASLI_JN_DECIMAL_ID
        ASLI_JN_DECIMAL_COUNT
};

struct asli_jn_decimal_format {
    struct asli_jn_text texts[ASLI_JN_DECIMAL_COUNT];
};

void asli_jn_decimal_format_init(struct asli_jn_decimal_format *format);
/* False: there is no such option, which changes nothing. Borrows `value`. */
bool asli_jn_decimal_format_set(struct asli_jn_decimal_format *format,
                                struct asli_jn_text name, struct asli_jn_text value);

/* `format` NULL: the defaults. Faults: D3080 to D3093; D1001: infinite, with an exponent. */
int asli_jn_format_number(double value, struct asli_jn_text picture,
                          const struct asli_jn_decimal_format *format,
                          struct asli_bytes *out, struct asli_jn_fault *fault);

/* Faults: D3130, D3131; U1001: a number too large for Roman numerals or words. */
int asli_jn_format_integer(double value, struct asli_jn_text picture,
                           struct asli_bytes *out, struct asli_jn_fault *fault);
/* *ret_value may be NaN: the text is no such number. */
int asli_jn_parse_integer(struct asli_jn_text text, struct asli_jn_text picture,
                          double *ret_value, struct asli_jn_fault *fault);

/* `picture` without data: ISO 8601. `zone` ("+0130") without data: UTC. Faults: D3132 to D3135 and
 * those of integers. */
int asli_jn_format_millis(double millis, struct asli_jn_text picture,
                          struct asli_jn_text zone, struct asli_bytes *out,
                          struct asli_jn_fault *fault);
/* *ret_found false: the text does not fit the picture. *ret_millis may be NaN. `picture` without
 * data: ISO 8601, D3110 when the text is not. What the text leaves out before its first part comes
 * from now_ms. Faults: also D3133, D3136; U1001: matching took too long. */
int asli_jn_parse_millis(struct asli_jn_text text, struct asli_jn_text picture,
                         int64_t now_ms, bool *ret_found, double *ret_millis,
                         struct asli_jn_fault *fault);

#endif
