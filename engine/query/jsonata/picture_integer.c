/* SPDX-License-Identifier: Apache-2.0
 *
 * $formatInteger and $parseInteger: decimal digits with separators, letters, Roman numerals and
 * English words. The pictures of times (picture_date*.c) are made of these as well.
 */
#include "engine/query/jsonata/picture_impl.h"

#include <asl/error.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/utf8.h"
#include "engine/query/jsonata/number.h"

/* Roman numerals of larger numbers have no end. */
#define ROMAN_MOST 1e7

static const struct {
    const char *picture;
    enum asli_jn_integer_form form;
    enum asli_jn_case letters;
} forms[] = {
    {"A", ASLI_JN_LETTERS, ASLI_JN_UPPER}, {"a", ASLI_JN_LETTERS, ASLI_JN_LOWER},
    {"I", ASLI_JN_ROMAN, ASLI_JN_UPPER},   {"i", ASLI_JN_ROMAN, ASLI_JN_LOWER},
    {"W", ASLI_JN_WORDS, ASLI_JN_UPPER},   {"w", ASLI_JN_WORDS, ASLI_JN_LOWER},
    {"Ww", ASLI_JN_WORDS, ASLI_JN_TITLE},
};

static const struct {
    int value;
    const char *letters;
} romans[] = {
    {1000, "m"}, {900, "cm"}, {500, "d"}, {400, "cd"}, {100, "c"}, {90, "xc"}, {50, "l"},
    {40, "xl"},  {10, "x"},   {9, "ix"},  {5, "v"},    {4, "iv"},  {1, "i"},
};

/* The zeros of the families of digits. */
static const uint32_t zeros[] = {
    0x30,   0x660,  0x6f0,  0x7c0,  0x966,  0x9e6,  0xa66,  0xae6,  0xb66,  0xbe6,
    0xc66,  0xce6,  0xd66,  0xde6,  0xe50,  0xed0,  0xf20,  0x1040, 0x1090, 0x17e0,
    0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620,
    0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10,
};

static uint32_t zero_of(uint32_t character)
{
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (character >= zeros[i] && character <= zeros[i] + 9)
            return zeros[i];
    return 0;
}

/* Separators that stand at every multiple of one interval, and are the same. */
static size_t regular_interval(const struct asli_jn_integer *format)
{
    size_t interval = 0, seen = 0;
    for (size_t i = 0; i < format->group_count; i++) {
        if (format->groups[i].character != format->groups[0].character)
            return 0;
        interval = asli_jn_divisor(format->groups[i].right, interval);
    }
    for (size_t i = 0; interval && i < format->group_count; i++)
        seen += format->groups[i].right == (seen + 1) * interval;
    return seen == format->group_count ? interval : 0;
}

/* Reads a pattern of digits from its end. */
static int analyse_digits(struct asli_jn_text text, struct asli_jn_integer *format,
                          struct asli_jn_fault *fault)
{
    size_t digits = 0;
    uint32_t zero = 0;
    for (const char *p = text.data + text.len; p > text.data;) {
        uint32_t character = 0;
        do
            p--;
        while (p > text.data && (*p & 0xc0) == 0x80);
        asli_utf8_decode(p, text.data + text.len, &character);
        uint32_t family = zero_of(character);
        if (family && zero && family != zero)
            return asli_jn_fail(fault, "D3131", NULL, 0);
        zero = family ? family : zero;
        digits += family || character == '#';
        format->mandatory += family != 0;
        format->optional += character == '#';
        if (!family && character != '#')
            format->groups[format->group_count++] =
                (struct asli_jn_group){digits, character};
    }
    format->zero = zero;
    format->form = zero ? ASLI_JN_DECIMAL : ASLI_JN_SEQUENCE;
    format->interval = regular_interval(format);
    return 0;
}

int asli_jn_integer_analyse(struct asli_jn_text picture, struct asli_jn_integer *format,
                            struct asli_jn_fault *fault)
{
    const char *modifier = memrchr(picture.data, ';', picture.len);
    memset(format, 0, sizeof *format);
    if (modifier) {
        format->ordinal = modifier + 1 < picture.data + picture.len && modifier[1] == 'o';
        picture.len = (size_t)(modifier - picture.data);
    }
    format->token = picture;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strlen(forms[i].picture) == picture.len &&
            !memcmp(forms[i].picture, picture.data, picture.len)) {
            format->form = forms[i].form;
            format->letters = forms[i].letters;
            return 0;
        }
    format->groups = asli_alloc(picture.len * sizeof *format->groups);
    if (!format->groups)
        return ASL_ENOMEM;
    int rc = analyse_digits(picture, format, fault);
    if (rc)
        asli_jn_integer_done(format);
    return rc;
}

void asli_jn_integer_done(struct asli_jn_integer *format)
{
    asli_free(format->groups);
    format->groups = NULL;
}

static void put_letters(double value, struct asli_bytes *out)
{
    char letters[256], *p = letters + sizeof letters;
    for (; value > 0; value = floor((value - 1) / 26))
        *--p = (char)('a' + (int)fmod(value - 1, 26));
    asli_bytes_add(out, p, (size_t)(letters + sizeof letters - p));
}

static void put_roman(double value, struct asli_bytes *out)
{
    for (size_t i = 0; i < sizeof romans / sizeof *romans; i++)
        for (; value >= romans[i].value; value -= romans[i].value)
            asli_bytes_adds(out, romans[i].letters);
}

/* The text of a decimal number on its way, a character an element. */
struct digits {
    uint32_t *at;
    size_t len;
};

/* A separator before the last `right` characters. Beyond the start JavaScript's slice counts from
 * the end, and the reference loses what is before that place. */
static void insert_group(struct digits *d, size_t right, uint32_t character)
{
    size_t place = right <= d->len ? d->len - right : 0;
    size_t lost = right <= d->len || right >= 2 * d->len ? 0 : 2 * d->len - right;
    memmove(d->at + place + 1, d->at + place + lost,
            (d->len - place - lost) * sizeof *d->at);
    d->at[place] = character;
    d->len += 1 - lost;
}

static void insert_groups(const struct asli_jn_integer *format, struct digits *d)
{
    size_t i = format->interval ? (d->len - 1) / format->interval : format->group_count;
    for (; i-- > 0;)
        if (format->interval)
            insert_group(d, (i + 1) * format->interval, format->groups[0].character);
        else
            insert_group(d, format->groups[i].right, format->groups[i].character);
}

static void put_ordinal(const struct digits *d, struct asli_bytes *out)
{
    static const char *const suffixes[] = {"st", "nd", "rd"};
    uint32_t last = d->at[d->len - 1];
    bool teen = d->len > 1 && d->at[d->len - 2] == '1';
    asli_bytes_adds(out,
                    last >= '1' && last <= '3' && !teen ? suffixes[last - '1'] : "th");
}

static int put_decimal(double value, const struct asli_jn_integer *format,
                       struct asli_bytes *out)
{
    char text[32], character[4];
    size_t len = asli_jn_number_text(value, text);
    size_t zeros_before = format->mandatory > len ? format->mandatory - len : 0;
    struct digits d = {NULL, zeros_before + len};
    d.at = asli_alloc((2 * d.len + format->group_count) * sizeof *d.at);
    if (!d.at)
        return ASL_ENOMEM;
    for (size_t i = 0; i < d.len; i++)
        d.at[i] = (uint32_t)(i < zeros_before ? '0' : text[i - zeros_before]) +
                  format->zero - '0';
    insert_groups(format, &d);
    for (size_t i = 0; i < d.len; i++)
        asli_bytes_add(out, character, asli_utf8_encode(d.at[i], character));
    if (format->ordinal)
        put_ordinal(&d, out);
    asli_free(d.at);
    return 0;
}

void asli_jn_set_case(struct asli_bytes *out, size_t from, enum asli_jn_case letters)
{
    for (size_t i = from; i < out->len && letters != ASLI_JN_TITLE; i++)
        out->data[i] =
            (char)(letters == ASLI_JN_UPPER ? toupper((unsigned char)out->data[i])
                                            : tolower((unsigned char)out->data[i]));
}

int asli_jn_integer_put(double value, const struct asli_jn_integer *format,
                        struct asli_bytes *out, struct asli_jn_fault *fault)
{
    double amount = fabs(value);
    size_t start = out->len + (value < 0);
    if (format->form == ASLI_JN_SEQUENCE)
        return asli_jn_fail(fault, "D3130", format->token.data, format->token.len);
    if (format->form != ASLI_JN_DECIMAL &&
        (isinf(amount) || (isnan(amount) && format->form == ASLI_JN_WORDS) ||
         (amount > ROMAN_MOST && format->form == ASLI_JN_ROMAN)))
        return asli_jn_fail(fault, "U1001", NULL, 0);
    asli_bytes_adds(out, value < 0 ? "-" : "");
    if (format->form == ASLI_JN_DECIMAL)
        return put_decimal(amount, format, out) || out->oom ? ASL_ENOMEM : 0;
    if (format->form == ASLI_JN_LETTERS)
        put_letters(amount, out);
    else if (format->form == ASLI_JN_ROMAN)
        put_roman(amount, out);
    else
        asli_jn_words_put(amount, format->ordinal, out);
    asli_jn_set_case(out, start, format->letters);
    return out->oom ? ASL_ENOMEM : 0;
}

static double read_letters(struct asli_jn_text text, char first)
{
    double value = 0;
    for (const char *p = text.data, *end = p + text.len; p < end;) {
        uint32_t character = 0;
        size_t len = asli_utf8_decode(p, end, &character);
        value = value * 26 + (double)character - first + 1;
        p += len ? len : 1;
    }
    return value;
}

static int roman_value(char letter)
{
    for (size_t i = 0; i < sizeof romans / sizeof *romans; i++)
        if (romans[i].letters[0] == letter && !romans[i].letters[1])
            return romans[i].value;
    return 0;
}

static double read_roman(struct asli_jn_text text, enum asli_jn_case letters)
{
    int value = 0, most = 1;
    for (size_t i = text.len; i-- > 0;) {
        bool upper = isupper((unsigned char)text.data[i]);
        int digit = roman_value((char)tolower((unsigned char)text.data[i]));
        if (!digit || (letters == ASLI_JN_UPPER && !upper))
            return NAN;
        most = digit > most ? digit : most;
        value += digit < most ? -digit : digit;
    }
    return value;
}

double asli_jn_parse_int(const char *text, size_t len)
{
    const char *p = text, *end = text + len;
    while (p < end && (*p == ' ' || (*p >= '\t' && *p <= '\r')))
        p++;
    bool negative = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    bool hex = end - p >= 2 && p[0] == '0' && (p[1] | 0x20) == 'x';
    p += hex ? 2 : 0;
    double value = 0;
    const char *digits = p;
    for (; p < end && (hex ? isxdigit((unsigned char)*p) : isdigit((unsigned char)*p));
         p++)
        if (hex)
            value = value * 16 +
                    (isdigit((unsigned char)*p) ? *p - '0' : (*p | 0x20) - 'a' + 10);
    if (p == digits)
        return NAN;
    if (!hex) {
        char buf[400];
        size_t count = (size_t)(p - digits);
        if (count >= sizeof buf)
            return negative ? -INFINITY : INFINITY;
        memcpy(buf, digits, count);
        buf[count] = '\0';
        value = strtod(buf, NULL);
    }
    return negative ? -value : value;
}

static bool is_separator(const struct asli_jn_integer *format, uint32_t character)
{
    if (format->interval) /* whatever the separator is: so the reference */
        return character == ',';
    for (size_t i = 0; i < format->group_count; i++)
        if (format->groups[i].character == character)
            return true;
    return false;
}

static int read_decimal(struct asli_jn_text text, const struct asli_jn_integer *format,
                        double *ret_value)
{
    struct asli_bytes digits = {0};
    if (format->ordinal)
        text.len -= text.len < 2 ? text.len : 2;
    for (const char *p = text.data, *end = p + text.len; p < end;) {
        uint32_t character = 0;
        char plain[4];
        size_t len = asli_utf8_decode(p, end, &character);
        p += len ? len : 1;
        if (is_separator(format, character))
            continue;
        character += '0' - format->zero;
        if (character > 0x7f)
            character = '?';
        asli_bytes_add(&digits, plain, asli_utf8_encode(character, plain));
    }
    *ret_value = asli_jn_parse_int(digits.data, digits.len);
    bool oom = digits.oom;
    asli_bytes_done(&digits);
    return oom ? ASL_ENOMEM : 0;
}

static int read_words(struct asli_jn_text text, double *ret_value)
{
    struct asli_bytes lower = {0};
    asli_bytes_add(&lower, text.data, text.len);
    if (lower.oom)
        return ASL_ENOMEM;
    asli_jn_set_case(&lower, 0, ASLI_JN_LOWER);
    *ret_value = asli_jn_words_read(lower.data, lower.len);
    asli_bytes_done(&lower);
    return 0;
}

int asli_jn_integer_read(struct asli_jn_text text, const struct asli_jn_integer *format,
                         double *ret_value)
{
    if (format->form == ASLI_JN_LETTERS)
        *ret_value = read_letters(text, format->letters == ASLI_JN_UPPER ? 'A' : 'a');
    else if (format->form == ASLI_JN_ROMAN)
        *ret_value = read_roman(text, format->letters);
    else if (format->form == ASLI_JN_WORDS)
        return read_words(text, ret_value);
    else
        return read_decimal(text, format, ret_value);
    return 0;
}

int asli_jn_integer_regex(const struct asli_jn_integer *format, struct asli_bytes *out,
                          struct asli_jn_fault *fault)
{
    bool upper = format->letters == ASLI_JN_UPPER;
    if (format->form == ASLI_JN_SEQUENCE)
        return asli_jn_fail(fault, "D3130", format->token.data, format->token.len);
    if (format->form == ASLI_JN_LETTERS) {
        asli_bytes_adds(out, upper ? "[A-Z]+" : "[a-z]+");
    } else if (format->form == ASLI_JN_ROMAN) {
        asli_bytes_adds(out, upper ? "[MDCLXVI]+" : "[mdclxvi]+");
    } else if (format->form == ASLI_JN_WORDS) {
        asli_jn_words_regex(out);
    } else {
        asli_bytes_adds(out, "[0-9]");
        if (format->parse_width)
            asli_bytes_addf(out, "{%zu}", format->parse_width);
        else
            asli_bytes_addc(out, '+');
        asli_bytes_adds(out, format->ordinal ? "(?:th|st|nd|rd)" : "");
    }
    return 0;
}

int asli_jn_format_integer(double value, struct asli_jn_text picture,
                           struct asli_bytes *out, struct asli_jn_fault *fault)
{
    struct asli_jn_integer format;
    int rc = asli_jn_integer_analyse(picture, &format, fault);
    if (rc)
        return rc;
    rc = asli_jn_integer_put(floor(value), &format, out, fault);
    asli_jn_integer_done(&format);
    return rc;
}

int asli_jn_parse_integer(struct asli_jn_text text, struct asli_jn_text picture,
                          double *ret_value, struct asli_jn_fault *fault)
{
    struct asli_jn_integer format;
    int rc = asli_jn_integer_analyse(picture, &format, fault);
    if (rc)
        return rc;
    if (format.form == ASLI_JN_SEQUENCE)
        rc = asli_jn_fail(fault, "D3130", format.token.data, format.token.len);
    else
        rc = asli_jn_integer_read(text, &format, ret_value);
    asli_jn_integer_done(&format);
    return rc;
}
