/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as JavaScript has them: their text, and the two ways the reference rounds.
 */
#ifndef ASLI_JSONATA_NUMBER_H
#define ASLI_JSONATA_NUMBER_H

#include <stddef.h>

/* Number.prototype.toString of any double into buf (at least 32 bytes), NUL-terminated; its length.
 */
size_t asli_jn_number_text(double value, char *buf);
/* Number(value.toPrecision(15)) of what is not whole, as $string and & have it. */
double asli_jn_number_precise(double value);
/* $round: half to even, `places` after the point (negative: before it). */
double asli_jn_number_round(double value, int places);
/* The greatest number that divides both; of n and 0 it is n. */
size_t asli_jn_divisor(size_t a, size_t b);

#endif
