/* SPDX-License-Identifier: Apache-2.0
 *
 * Correct in any locale: where shortest digits are looked for, printf and strtod are only asked
 * together, and of their text only digits and the exponent are used.
 */
#include "engine/base/decimal.h"

#include <asl/error.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"

/* --- reading ------------------------------------------------------------------------ */

/* All digits of a number as one integer, times ten to `scale`. */
struct parts {
    uint64_t digits;
    int64_t scale;
    int count;            /* of digits, leading zeros left out */
    bool negative, exact; /* not exact: too many to be held, 19 always fit */
};

static const char *take_digits(const char *p, const char *end, struct parts *n)
{
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        if (n->count < 19) {
            n->digits = n->digits * 10 + (uint64_t)(*p - '0');
            n->count += n->digits != 0;
        } else {
            n->exact = false;
        }
    }
    return p;
}

static struct parts take_apart(const char *p, const char *end)
{
    struct parts n = {.exact = true}, e = {.exact = true};
    n.negative = p < end && *p == '-';
    p = take_digits(p + n.negative, end, &n);
    if (p < end && *p == '.') {
        const char *first = p + 1;
        p = take_digits(first, end, &n);
        n.scale = first - p;
    }
    if (p < end) { /* at its e or E */
        p++;
        e.negative = p < end && *p == '-';
        take_digits(p + (p < end && (*p == '-' || *p == '+')), end, &e);
        int64_t value = e.exact && e.digits < 1000000 ? (int64_t)e.digits : 1000000;
        n.scale += e.negative ? -value : value;
    }
    return n;
}

static int read_slowly(const char *text, size_t len, double *ret_value)
{
    char *copy = asli_strndup(text, len);
    locale_t c = copy ? newlocale(LC_ALL_MASK, "C", (locale_t)0) : (locale_t)0;
    if (c) {
        *ret_value = strtod_l(copy, NULL, c);
        freelocale(c);
    }
    asli_free(copy);
    return c ? 0 : ASL_ENOMEM;
}

int asli_decimal_read(const char *text, size_t len, double *ret_value)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    struct parts n = take_apart(text, text + len);
    bool quick = FLT_EVAL_METHOD == 0 && n.exact && n.digits < UINT64_C(1) << 53;
    if (!quick || n.scale < -22 || n.scale > 22)
        return read_slowly(text, len, ret_value);
    /* Both numbers are exact, so one rounding makes the nearest double. */
    double value = n.scale < 0 ? (double)n.digits / tens[-n.scale]
                               : (double)n.digits * tens[n.scale];
    *ret_value = n.negative ? -value : value;
    return 0;
}

/* --- writing ------------------------------------------------------------------------ */

size_t asli_decimal_integer(int64_t value, char *buf)
{
    char digits[24], *p = digits + sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--p = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--p = '-';
    size_t len = (size_t)(digits + sizeof digits - p);
    memcpy(buf, p, len);
    buf[len] = '\0';
    return len;
}

/* --- shortest digits ---------------------------------------------------------------- */

static void decimal_strip(struct asli_decimal *d)
{
    while (d->count > 1 && d->digits[d->count - 1] == '0')
        d->count--;
}

/* Most reals in documents have few places, and so have times: when v is an exact quotient n/10^k, its
 * digits are n's, since division rounds correctly, and no two numbers of 15 digits are the same double.
 * For v >= 1e-3. */
static bool decimal_simple(double v, struct asli_decimal *ret_decimal)
{
    static const double tens[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    for (int k = 0; FLT_EVAL_METHOD == 0 && k < 7 && v * tens[k] < 1e15; k++) {
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
static bool decimal_try(double v, int count, struct asli_decimal *ret_decimal)
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
static bool decimal_try_above(double v, struct asli_decimal *ret_decimal)
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

void asli_decimal_shortest(double v, int least, struct asli_decimal *ret_decimal)
{
    if (v >= 1e-3 && decimal_simple(v, ret_decimal))
        return;
    /* Up to 15 digits always survive the way through a normal double; subnormals have
     * fewer. */
    for (int count = v < DBL_MIN ? least : 15; count < 17; count++)
        if (decimal_try(v, count, ret_decimal) ||
            (count == 16 && decimal_try_above(v, ret_decimal))) {
            decimal_strip(ret_decimal);
            return;
        }
    decimal_try(v, 17, ret_decimal);
}

char *asli_decimal_put(char *p, const struct asli_decimal *d, int from, int to)
{
    for (int i = from; i < to; i++)
        *p++ = i >= 0 && i < d->count ? d->digits[i] : '0';
    return p;
}
