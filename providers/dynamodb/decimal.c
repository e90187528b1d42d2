/* SPDX-License-Identifier: Apache-2.0
 *
 * See decimal.h. A sum is made in a row of digits that is wide enough for any two numbers, so
 * nothing is ever rounded: what does not fit into 38 digits is refused, as DynamoDB does.
 */
#include "providers/dynamodb/decimal.h"

#include <string.h>

enum {
    LARGEST_POINT = 126,
    SMALLEST_POINT = -129,
    /* from the highest digit of the largest to the lowest of the smallest, and a carry */
    WIDTH = LARGEST_POINT - SMALLEST_POINT + ASLI_DECIMAL_DIGITS + 2,
    FAR_EXPONENT = 1000000, /* beyond any that a text can balance by its length */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- reading ---- */

struct reading {
    struct asli_decimal *number;
    int zeros; /* seen after the last digit kept */
    bool too_long;
};

static void push(struct reading *r, unsigned char digit)
{
    struct asli_decimal *n = r->number;
    if (digit == 0) {
        r->zeros += n->count < ASLI_DECIMAL_DIGITS;
        return;
    }
    if (n->count + r->zeros >= ASLI_DECIMAL_DIGITS) {
        r->too_long = true;
        return;
    }
    n->count += r->zeros; /* they are 0 already */
    r->zeros = 0;
    n->digit[n->count++] = digit;
}

/* The digits with their point; returns where they end, NULL when there is none. */
static const char *read_digits(struct reading *r, const char *p, const char *end)
{
    bool any = false, fraction = false, started = false;
    for (; p < end && (is_digit(*p) || (*p == '.' && !fraction)); p++) {
        if (*p == '.') {
            fraction = true;
            continue;
        }
        any = true;
        started = started || *p != '0';
        if (started) {
            r->number->point += !fraction;
            push(r, (unsigned char)(*p - '0'));
        } else {
            r->number->point -= fraction;
        }
    }
    return any ? p : NULL;
}

static const char *read_exponent(const char *p, const char *end, int *ret_exponent)
{
    bool negative = p < end && *p == '-';
    int exponent = 0;
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end || !is_digit(*p))
        return NULL;
    for (; p < end && is_digit(*p); p++) {
        if (exponent < FAR_EXPONENT)
            exponent = exponent * 10 + (*p - '0');
    }
    *ret_exponent = negative ? -exponent : exponent;
    return p;
}

static enum asli_decimal_code check_range(const struct asli_decimal *n)
{
    if (n->point > LARGEST_POINT)
        return ASLI_DECIMAL_OVERFLOW;
    return n->point < SMALLEST_POINT ? ASLI_DECIMAL_UNDERFLOW : ASLI_DECIMAL_OK;
}

static void make_zero(struct asli_decimal *n)
{
    memset(n, 0, sizeof *n);
}

enum asli_decimal_code asli_decimal_parse(const char *text, size_t len,
                                          struct asli_decimal *ret_number)
{
    const char *p = text, *end = text + len;
    struct asli_decimal n = {0};
    struct reading r = {&n, 0, false};
    int exponent = 0;
    if (p < end && (*p == '-' || *p == '+'))
        n.negative = *p++ == '-';
    p = read_digits(&r, p, end);
    if (p && p < end && (*p == 'e' || *p == 'E'))
        p = read_exponent(p + 1, end, &exponent);
    if (!p || p != end)
        return ASLI_DECIMAL_SYNTAX;
    n.point += exponent;
    if (n.count == 0)
        make_zero(&n);
    enum asli_decimal_code code = check_range(&n);
    if (!code && r.too_long)
        code = ASLI_DECIMAL_PRECISION;
    if (!code)
        *ret_number = n;
    return code;
}

/* ---- writing ---- */

size_t asli_decimal_format(const struct asli_decimal *n, char ret_text[ASLI_DECIMAL_TEXT])
{
    char *p = ret_text;
    int last = n->point > n->count ? n->point : n->count;
    if (n->negative)
        *p++ = '-';
    if (n->point <= 0)
        *p++ = '0';
    if (n->point <= 0 && n->count > 0) {
        *p++ = '.';
        for (int i = n->point; i < 0; i++)
            *p++ = '0';
    }
    for (int i = 0; i < last; i++) {
        if (i == n->point && i > 0)
            *p++ = '.';
        *p++ = (char)('0' + (i < n->count ? n->digit[i] : 0));
    }
    *p = '\0';
    return (size_t)(p - ret_text);
}

size_t asli_decimal_size(const struct asli_decimal *n)
{
    return (size_t)(n->count + 1) / 2 + 1 + n->negative;
}

/* ---- comparing and adding ---- */

static int compare_magnitude(const struct asli_decimal *a, const struct asli_decimal *b)
{
    if (a->count == 0 || b->count == 0)
        return (a->count != 0) - (b->count != 0);
    if (a->point != b->point)
        return a->point < b->point ? -1 : 1;
    int order = memcmp(a->digit, b->digit, ASLI_DECIMAL_DIGITS); /* zeros at the end */
    return (order > 0) - (order < 0);
}

int asli_decimal_compare(const struct asli_decimal *a, const struct asli_decimal *b)
{
    if (a->negative != b->negative)
        return a->negative ? -1 : 1;
    return a->negative ? compare_magnitude(b, a) : compare_magnitude(a, b);
}

/* Adds `sign` times the digits of n to a row whose place 1 has the exponent `top`. */
static void add_digits(int row[WIDTH], int top, const struct asli_decimal *n, int sign)
{
    for (int i = 0; i < n->count; i++)
        row[top - n->point + 1 + i] += sign * n->digit[i];
}

static enum asli_decimal_code take_row(int row[WIDTH], int top, struct asli_decimal *n)
{
    int first = 0, last = WIDTH - 1;
    for (int i = WIDTH - 1; i > 0; i--) {
        int carry = row[i] < 0 ? -1 : row[i] / 10;
        row[i] -= carry * 10;
        row[i - 1] += carry;
    }
    while (first < WIDTH && row[first] == 0)
        first++;
    while (last > first && row[last] == 0)
        last--;
    if (last - first >= ASLI_DECIMAL_DIGITS)
        return ASLI_DECIMAL_PRECISION;
    n->count = last - first + 1;
    for (int i = 0; i < n->count && i < ASLI_DECIMAL_DIGITS; i++)
        n->digit[i] = (unsigned char)row[first + i];
    n->point = top + 1 - first;
    if (n->count == 0)
        make_zero(n);
    return check_range(n);
}

enum asli_decimal_code asli_decimal_add(const struct asli_decimal *a,
                                        const struct asli_decimal *b, bool subtract,
                                        struct asli_decimal *ret_sum)
{
    struct asli_decimal other = *b, sum = {0};
    int row[WIDTH] = {0}, top = a->point > b->point ? a->point : b->point;
    other.negative = b->count > 0 && b->negative != subtract;
    if (a->count == 0 || b->count == 0) {
        *ret_sum = b->count == 0 ? *a : other;
        return ASLI_DECIMAL_OK;
    }
    bool swap = compare_magnitude(a, &other) < 0;
    const struct asli_decimal *larger = swap ? &other : a, *smaller = swap ? a : &other;
    sum.negative = larger->negative;
    add_digits(row, top, larger, 1);
    add_digits(row, top, smaller, larger->negative == smaller->negative ? 1 : -1);
    enum asli_decimal_code code = take_row(row, top, &sum);
    if (!code)
        *ret_sum = sum;
    return code;
}
