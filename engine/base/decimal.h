/* SPDX-License-Identifier: Apache-2.0
 *
 * Doubles from decimal digits and back, whatever the host's locale is.
 */
#ifndef ASLI_BASE_DECIMAL_H
#define ASLI_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* The double nearest to a number as JSON writes it, which `text` is known to be (leading zeros
 * do no harm); infinite when it is too large. 0 or ASL_ENOMEM. */
int asli_decimal_read(const char *text, size_t len, double *ret_value);

/* Writes an integer at buf (at least 24 bytes), NUL-terminated; returns its length. */
size_t asli_decimal_integer(int64_t value, char *buf);

/* 0.digits times 10 to the power `point`; no zeros at the end. */
struct asli_decimal {
    char digits[20];
    int count, point;
};

/* The shortest digits that read back as `value` (> 0 and finite), the closest ones among these; how
 * they are laid out is the affair of who asks. `least`: never fewer digits than this are tried for
 * a subnormal; Java takes the best of two, 4.9E-324, where JavaScript takes one, 5e-324. */
void asli_decimal_shortest(double value, int least, struct asli_decimal *ret_decimal);
/* Writes the digits from..to-1 at p, zeros outside of those there are; returns the end. */
char *asli_decimal_put(char *p, const struct asli_decimal *d, int from, int to);

#endif
