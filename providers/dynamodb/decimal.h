/* SPDX-License-Identifier: Apache-2.0
 *
 * DynamoDB's numbers: exact decimals of at most 38 significant digits, 1E-130 to 9.9...E+125.
 *
 * A number is 0.d1d2d3... times 10 to the power `point`, without zeros at either end of its
 * digits: one form for each number, so that equal numbers have equal texts.
 */
#ifndef ASLI_DYNAMODB_DECIMAL_H
#define ASLI_DYNAMODB_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>

#define ASLI_DECIMAL_DIGITS 38
#define ASLI_DECIMAL_TEXT 192 /* more than the longest text */

struct asli_decimal {
    bool negative;
    int count; /* of digits; 0: the number is zero */
    int point;
    unsigned char digit[ASLI_DECIMAL_DIGITS];
};

enum asli_decimal_code {
    ASLI_DECIMAL_OK = 0,
    ASLI_DECIMAL_SYNTAX,
    ASLI_DECIMAL_OVERFLOW,
    ASLI_DECIMAL_UNDERFLOW,
    ASLI_DECIMAL_PRECISION,
};

/* Reads what Java's BigDecimal reads: [+-]digits[.digits][e[+-]digits]. */
enum asli_decimal_code asli_decimal_parse(const char *text, size_t len,
                                          struct asli_decimal *ret_number);
/* Writes it without an exponent, as DynamoDB does; returns the length. */
size_t asli_decimal_format(const struct asli_decimal *number,
                           char ret_text[ASLI_DECIMAL_TEXT]);
int asli_decimal_compare(const struct asli_decimal *a, const struct asli_decimal *b);
/* a + b, or a - b. */
enum asli_decimal_code asli_decimal_add(const struct asli_decimal *a,
                                        const struct asli_decimal *b, bool subtract,
                                        struct asli_decimal *ret_sum);
/* The bytes it counts for in the size of an item. */
size_t asli_decimal_size(const struct asli_decimal *number);

#endif
