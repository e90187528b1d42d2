/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers as JavaScript has them. Texts for strtod have no point, so that no locale matters.
 */
#include "engine/query/jsonata/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/decimal.h"

#define EXACT 9007199254740992.0 /* 2^53 */
#define PRECISE 15

static size_t put_word(const char *word, char *buf)
{
    size_t len = strlen(word);
    memcpy(buf, word, len + 1);
    return len;
}

size_t asli_jn_number_text(double value, char *buf)
{
    struct asli_decimal d;
    char *p = buf;
    if (isnan(value))
        return put_word("NaN", buf);
    if (isinf(value))
        return put_word(value < 0 ? "-Infinity" : "Infinity", buf);
    if (fabs(value) <= EXACT && value == (double)(int64_t)value)
        return asli_decimal_integer((int64_t)value, buf);
    if (value < 0)
        *p++ = '-';
    asli_decimal_shortest(fabs(value), 1, &d);
    if (d.point > 21 || d.point <= -6) {
        *p++ = d.digits[0];
        if (d.count > 1)
            *p++ = '.';
        p = asli_decimal_put(p, &d, 1, d.count);
        return (size_t)(p - buf) + (size_t)snprintf(p, 8, "e%+d", d.point - 1);
    }
    if (d.point <= 0)
        *p++ = '0';
    p = asli_decimal_put(p, &d, 0, d.point);
    if (d.count > d.point)
        *p++ = '.';
    p = asli_decimal_put(p, &d, d.point, d.count);
    *p = '\0';
    return (size_t)(p - buf);
}

/* digits times 10 to the `exponent` */
static double number_of(const char *digits, int count, int exponent)
{
    char text[80];
    snprintf(text, sizeof text, "%.*se%d", count, digits, exponent);
    return strtod(text, NULL);
}

double asli_jn_number_precise(double value)
{
    if (!isfinite(value) || value == trunc(value))
        return value;
    /* JavaScript takes the larger of two that are equally near, printf the even one: so the
     * cut is made here, in digits enough to tell a tie from none. The 0 is for a carry. */
    char text[64], digits[48] = "0";
    int count = 1;
    snprintf(text, sizeof text, "%.40e", fabs(value));
    const char *exponent = strchr(text, 'e');
    for (const char *p = text; p < exponent; p++)
        if (*p >= '0' && *p <= '9')
            digits[count++] = *p;
    if (digits[PRECISE + 1] >= '5') {
        int i = PRECISE;
        for (; digits[i] == '9'; i--)
            digits[i] = '0';
        digits[i]++;
    }
    int power = (int)strtol(exponent + 1, NULL, 10) - PRECISE + 1;
    double cut = number_of(digits, PRECISE + 1, power);
    return value < 0 ? -cut : cut;
}

/* value times 10 to `places`, by its text: no error of a multiplication gets in. */
static double shifted(double value, int places)
{
    struct asli_decimal d;
    if (value == 0 || !isfinite(value))
        return value;
    asli_decimal_shortest(fabs(value), 1, &d);
    double moved = number_of(d.digits, d.count, d.point - d.count + places);
    return value < 0 ? -moved : moved;
}

double asli_jn_number_round(double value, int places)
{
    double whole = places ? shifted(value, places) : value;
    double rounded = floor(whole), rest = whole - rounded;
    if (rest > 0.5 || (rest == 0.5 && fmod(rounded, 2) != 0))
        rounded += 1;
    double result = places ? shifted(rounded, -places) : rounded;
    return result == 0 ? 0 : result;
}

size_t asli_jn_divisor(size_t a, size_t b)
{
    return b ? asli_jn_divisor(b, a % b) : a;
}
