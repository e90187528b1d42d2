/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions on numbers, and those that format and parse numbers and times by pictures.
 */
#include "engine/base/decimal.h"
#include "engine/query/jsonata/library.h"
#include "engine/query/jsonata/number.h"
#include "engine/query/jsonata/picture.h"

typedef const struct asli_jn_call call;

static int number(jn_value *ret, double value)
{
    *ret = asli_jn_number(value);
    return 0;
}

/* ------------------------------------------------------------------ aggregates */

int asli_jn_fn_sum(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    double total = 0;
    if (list.type == JN_UNDEFINED)
        return 0;
    for (size_t i = 0, len = asli_jn_len(list); i < len; i++)
        total += asli_jn_double(asli_jn_at(list, i));
    return number(ret, total);
}

int asli_jn_fn_count(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    return number(ret, list.type == JN_UNDEFINED ? 0 : (double)asli_jn_len(list));
}

int asli_jn_fn_average(call *c, jn_value *ret)
{
    jn_value list = asli_jn_arg(c, 0);
    if (list.type == JN_UNDEFINED || asli_jn_len(list) == 0)
        return 0;
    int result = asli_jn_fn_sum(c, ret);
    ret->as.number /= (double)asli_jn_len(list);
    return result;
}

static int extreme(call *c, jn_value *ret, int sign)
{
    jn_value list = asli_jn_arg(c, 0);
    if (list.type == JN_UNDEFINED || asli_jn_len(list) == 0)
        return 0;
    *ret = asli_jn_at(list, 0);
    for (size_t i = 1, len = asli_jn_len(list); i < len; i++) {
        jn_value v = asli_jn_at(list, i);
        if (sign * asli_jn_double(v) > sign * asli_jn_double(*ret) ||
            isnan(asli_jn_double(v)))
            *ret = v;
    }
    return 0;
}

int asli_jn_fn_max(call *c, jn_value *ret)
{
    return extreme(c, ret, 1);
}

int asli_jn_fn_min(call *c, jn_value *ret)
{
    return extreme(c, ret, -1);
}

/* ------------------------------------------------------------------ one number */

static int apply(call *c, jn_value *ret, double (*f)(double))
{
    return asli_jn_given(c, 0) ? number(ret, f(asli_jn_double(c->args[0]))) : 0;
}

int asli_jn_fn_floor(call *c, jn_value *ret)
{
    return apply(c, ret, floor);
}

int asli_jn_fn_ceil(call *c, jn_value *ret)
{
    return apply(c, ret, ceil);
}

int asli_jn_fn_abs(call *c, jn_value *ret)
{
    return apply(c, ret, fabs);
}

int asli_jn_fn_sqrt(call *c, jn_value *ret)
{
    if (asli_jn_given(c, 0) && asli_jn_double(c->args[0]) < 0)
        return asli_jn_throw_value(c->run, "D3060", c->args[0]);
    return apply(c, ret, sqrt);
}

int asli_jn_fn_power(call *c, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    double exponent = asli_jn_given(c, 1) ? asli_jn_double(c->args[1]) : NAN;
    double base = asli_jn_double(c->args[0]), value = pow(base, exponent);
    if (fabs(base) == 1 && isinf(exponent))
        value = NAN;
    if (isfinite(value))
        return number(ret, value);
    c->run->trouble->value2 = asli_jn_arg(c, 1);
    return asli_jn_throw_value(c->run, "D3061", c->args[0]);
}

int asli_jn_fn_round(call *c, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    double places = asli_jn_given(c, 1) ? asli_jn_double(c->args[1]) : 0;
    places = fmin(fmax(places, -1000), 1000); /* beyond, nothing changes */
    return number(ret, asli_jn_number_round(asli_jn_double(c->args[0]), (int)places));
}

int asli_jn_fn_random(call *c, jn_value *ret)
{
    return number(ret, asli_jn_host_random(c->run));
}

/* ------------------------------------------------------------------ from text */

static size_t span(jn_value v, size_t at, const char *digits)
{
    while (at < v.len && v.as.text[at] && strchr(digits, v.as.text[at]))
        at++;
    return at;
}

/* -?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)? */
static bool is_decimal(jn_value v)
{
    static const char digits[] = "0123456789";
    size_t at = v.len > 0 && v.as.text[0] == '-', end = span(v, at, digits);
    if (end == at)
        return false;
    if (end < v.len && v.as.text[end] == '.') {
        at = end + 1;
        if ((end = span(v, at, digits)) == at)
            return false;
    }
    if (end < v.len && (v.as.text[end] | 32) == 'e') {
        at = end + 1;
        at += at < v.len && (v.as.text[at] == '-' || v.as.text[at] == '+');
        if ((end = span(v, at, digits)) == at)
            return false;
    }
    return end == v.len;
}

/* 0x, 0o and 0b; false: none of them. */
static bool prefixed(jn_value v, double *ret)
{
    static const struct {
        char letter;
        const char *digits;
    } bases[] = {{'x', "0123456789abcdef"}, {'o', "01234567"}, {'b', "01"}};
    double value = 0;
    if (v.len < 3 || v.as.text[0] != '0')
        return false;
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++) {
        if ((v.as.text[1] | 32) != bases[i].letter)
            continue;
        for (size_t at = 2; at < v.len; at++) {
            char digit = v.as.text[at];
            if (digit >= 'A' && digit <= 'F')
                digit = (char)(digit | 32);
            const char *found = digit ? strchr(bases[i].digits, digit) : NULL;
            if (!found)
                return false;
            value = value * (double)strlen(bases[i].digits) +
                    (double)(found - bases[i].digits);
        }
        *ret = value;
        return true;
    }
    return false;
}

int asli_jn_fn_number(call *c, jn_value *ret)
{
    jn_value v = asli_jn_arg(c, 0);
    double value;
    if (v.type == JN_UNDEFINED || asli_jn_is_number(v)) {
        *ret = v;
        return 0;
    }
    if (v.type == JN_BOOL)
        return number(ret, v.as.truth);
    if (v.type == JN_STRING && is_decimal(v)) {
        int result = asli_decimal_read(v.as.text, v.len, &value);
        if (result != 0)
            return result;
        if (isfinite(value))
            return number(ret, value);
    } else if (v.type == JN_STRING && prefixed(v, &value))
        return number(ret, value);
    return asli_jn_throw_value(c->run, "D3030", v);
}

/* ------------------------------------------------------------------ to text */

static int in_base(struct asli_jn_run *r, double value, int radix, jn_value *ret)
{
    char text[1100], *at = text + sizeof text;
    bool negative = value < 0;
    value = fabs(value);
    do {
        double rest = fmod(value, radix);
        *--at = "0123456789abcdefghijklmnopqrstuvwxyz"[(int)rest];
        value = (value - rest) / radix;
    } while (value >= 1 && at > text + 1);
    if (negative)
        *--at = '-';
    return asli_jn_copy_text(r, at, (size_t)(text + sizeof text - at), ret);
}

int asli_jn_fn_format_base(call *c, jn_value *ret)
{
    if (!asli_jn_given(c, 0))
        return 0;
    double value = asli_jn_number_round(asli_jn_double(c->args[0]), 0), radix = 10;
    if (asli_jn_given(c, 1))
        radix = asli_jn_number_round(asli_jn_double(c->args[1]), 0);
    if (!(radix >= 2 && radix <= 36))
        return asli_jn_throw_value(c->run, "D3100", asli_jn_number(radix));
    if (radix == 10 || !isfinite(value))
        return asli_jn_to_string(c->run, asli_jn_number(value), false, ret);
    return in_base(c->run, value, (int)radix, ret);
}

static struct asli_jn_text text_of(jn_value v)
{
    return v.type == JN_STRING ? (struct asli_jn_text){v.as.text, v.len}
                               : (struct asli_jn_text){0};
}

/* A picture that must be there; without one it is empty. */
static struct asli_jn_text picture_of(call *c)
{
    struct asli_jn_text picture = text_of(asli_jn_arg(c, 1));
    return picture.data ? picture : (struct asli_jn_text){"", 0};
}

/* A picture's result: 0, or its fault thrown. */
static int pictured(call *c, int result, const struct asli_jn_fault *fault)
{
    jn_value detail = JN_NOTHING;
    if (result != ASLI_JN_FAULT)
        return result;
    if (fault->detail.data) {
        result =
            asli_jn_copy_text(c->run, fault->detail.data, fault->detail.len, &detail);
        if (result != 0)
            return result;
    }
    return asli_jn_throw_value(c->run, fault->code, detail);
}

static int give_buf(call *c, int result, const struct asli_jn_fault *fault, jn_value *ret)
{
    result = pictured(c, result, fault);
    return result != 0 ? result : asli_jn_buf_text(c->run, ret);
}

int asli_jn_fn_format_integer(call *c, jn_value *ret)
{
    struct asli_jn_fault fault = {0};
    if (!asli_jn_given(c, 0))
        return 0;
    asli_bytes_reset(&c->run->buf);
    return give_buf(c,
                    asli_jn_format_integer(asli_jn_double(c->args[0]), picture_of(c),
                                           &c->run->buf, &fault),
                    &fault, ret);
}

int asli_jn_fn_parse_integer(call *c, jn_value *ret)
{
    struct asli_jn_fault fault = {0};
    double value = 0;
    if (!asli_jn_given(c, 0))
        return 0;
    int result = pictured(
        c, asli_jn_parse_integer(text_of(c->args[0]), picture_of(c), &value, &fault),
        &fault);
    return result == 0 ? number(ret, value) : result;
}

int asli_jn_fn_format_number(call *c, jn_value *ret)
{
    struct asli_jn_decimal_format format;
    struct asli_jn_fault fault = {0};
    int result = 0;
    if (!asli_jn_given(c, 0))
        return 0;
    asli_jn_decimal_format_init(&format);
    for (struct asli_jn_member m = {0};
         result == 0 && asli_jn_next(asli_jn_arg(c, 2), &m);)
        if (m.value.type == JN_STRING)
            asli_jn_decimal_format_set(&format, (struct asli_jn_text){m.key, m.len},
                                       text_of(m.value));
    asli_bytes_reset(&c->run->buf);
    return give_buf(c,
                    asli_jn_format_number(asli_jn_double(c->args[0]), picture_of(c),
                                          &format, &c->run->buf, &fault),
                    &fault, ret);
}

/* ------------------------------------------------------------------ time */

int asli_jn_fn_from_millis(call *c, jn_value *ret)
{
    struct asli_jn_fault fault = {0};
    if (!asli_jn_given(c, 0))
        return 0;
    asli_bytes_reset(&c->run->buf);
    return give_buf(
        c,
        asli_jn_format_millis(asli_jn_double(c->args[0]), text_of(asli_jn_arg(c, 1)),
                              text_of(asli_jn_arg(c, 2)), &c->run->buf, &fault),
        &fault, ret);
}

int asli_jn_fn_to_millis(call *c, jn_value *ret)
{
    struct asli_jn_fault fault = {0};
    bool found = false;
    double value;
    if (!asli_jn_given(c, 0))
        return 0;
    int result =
        pictured(c,
                 asli_jn_parse_millis(text_of(c->args[0]), text_of(asli_jn_arg(c, 1)),
                                      c->run->now, &found, &value, &fault),
                 &fault);
    return result == 0 && found ? number(ret, value) : result;
}

int asli_jn_fn_millis(call *c, jn_value *ret)
{
    return number(ret, (double)c->run->now);
}

int asli_jn_fn_now(call *c, jn_value *ret)
{
    jn_value args[3] = {asli_jn_number((double)c->run->now), asli_jn_arg(c, 0),
                        asli_jn_arg(c, 1)};
    struct asli_jn_call inner = *c;
    inner.args = args;
    inner.count = 3;
    return asli_jn_fn_from_millis(&inner, ret);
}
