/* SPDX-License-Identifier: Apache-2.0
 *
 * A double as text: the shortest decimal digits that read back as the same double, the
 * closest ones among these, laid out as Java's Double.toString does. Correct in any
 * locale: printf and strtod are only asked together, and of their text only digits and
 * the exponent are used.
 */
#include "engine/base/json.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 0.digits times 10 to the power `point`. */
struct decimal {
    char digits[20];
    int count, point;
};

static void decimal_strip(struct decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
}

/* Most reals in documents have few places: when v is an exact quotient n/10^k, n below
 * 2^53, its digits are n's, since division rounds correctly. For 1e-3 <= v < 1e7. */
static bool decimal_simple(double v, struct decimal *ret_decimal)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    for (int k = 0; FLT_EVAL_METHOD == 0 && k < 7; k++) {
        int64_t n = (int64_t)(v * tens[k] + 0.5);
        if ((double)n / tens[k] != v)
            continue;
        char digits[20];
        int count = 0;
        for (; n; n /= 10)
            digits[count++] = (char)('0' + n % 10);
        for (int i = 0; i < count; i++)
            ret_decimal->digits[i] = digits[count - 1 - i];
        ret_decimal->count = count;
        ret_decimal->point = count - k;
        decimal_strip(ret_decimal);
        return true;
    }
    return false;
}

/* v with `count` significant digits; true: they read back as v. */
static bool decimal_try(double v, int count, struct decimal *ret_decimal)
{
    char text[48];
    snprintf(text, sizeof text, "%.*e", count - 1, v);
    const char *exponent = strchr(text, 'e');
    ret_decimal->count = 0;
    for (const char *p = text; p < exponent; p++)
        if (*p >= '0' && *p <= '9')
            ret_decimal->digits[ret_decimal->count++] = *p;
    ret_decimal->point = (int)strtol(exponent + 1, NULL, 10) + 1;
    return strtod(text, NULL) == v;
}

/* Below a power of two doubles lie half as far apart as above it. The 16 digits nearest
 * to one may so read back as its lower neighbour while the next ones up are still its
 * own. */
static bool decimal_try_above(double v, struct decimal *ret_decimal)
{
    int exponent;
    char text[48], last = ret_decimal->digits[15];
    if (frexp(v, &exponent) != 0.5 || last == '9')
        return false;
    snprintf(text, sizeof text, "%.15e", v);
    *(strchr(text, 'e') - 1) = (char)(last + 1);
    if (strtod(text, NULL) != v)
        return false;
    ret_decimal->digits[15]++;
    return true;
}

static void decimal_shortest(double v, struct decimal *ret_decimal)
{
    if (v >= 1e-3 && v < 1e7 && decimal_simple(v, ret_decimal))
        return;
    /* Up to 15 digits always survive the way through a normal double; subnormals have
     * fewer. Never one digit alone: Java takes the best of two then, 4.9E-324. */
    for (int count = v < DBL_MIN ? 2 : 15; count < 17; count++)
        if (decimal_try(v, count, ret_decimal) ||
            (count == 16 && decimal_try_above(v, ret_decimal))) {
            decimal_strip(ret_decimal);
            return;
        }
    decimal_try(v, 17, ret_decimal);
}

static char *put_digits(char *p, const struct decimal *d, int from, int to)
{
    for (int i = from; i < to; i++)
        *p++ = i >= 0 && i < d->count ? d->digits[i] : '0';
    return p;
}

size_t asli_json_real(double value, bool plain, char *buf)
{
    struct decimal d;
    char *p = buf;
    if (signbit(value))
        *p++ = '-';
    if (value == 0) {
        memcpy(p, "0.0", 4);
        return (size_t)(p + 3 - buf);
    }
    decimal_shortest(fabs(value), &d);
    if (d.point > -3 && d.point <= (plain ? 15 : 7)) {
        p = d.point > 0 ? put_digits(p, &d, 0, d.point) : put_digits(p, &d, -1, 0);
        *p++ = '.';
        int first = d.point, last = d.count > d.point ? d.count : d.point + 1;
        p = put_digits(p, &d, first, last);
        *p = '\0';
        return (size_t)(p - buf);
    }
    *p++ = d.digits[0];
    *p++ = '.';
    p = put_digits(p, &d, 1, d.count > 1 ? d.count : 2);
    return (size_t)(p - buf) + (size_t)snprintf(p, 6, "E%d", d.point - 1);
}
