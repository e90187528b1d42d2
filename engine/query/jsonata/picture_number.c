/* SPDX-License-Identifier: Apache-2.0
 *
 * $formatNumber: decimal pictures. Each character of the picture gets the set of its roles first;
 * the rules of the specification (its 4.7.3 to 4.7.5) then speak of roles only.
 */
#include "engine/query/jsonata/picture.h"

#include <asl/error.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/utf8.h"
#include "engine/query/jsonata/number.h"

#define ROLE(id) (1u << ASLI_JN_DECIMAL_##id)
#define DIGITS (ROLE(DIGIT) | ROLE(OPTIONAL))
/* What may stand in the active part, and what may begin and end it. */
#define ENDS (DIGITS | ROLE(POINT) | ROLE(GROUPING) | ROLE(PATTERN))
#define ACTIVE (ENDS | ROLE(EXPONENT))
#define NONE ((size_t)-1)
#define PLACES 100 /* JavaScript's toFixed has no more */

/* A range of characters. */
struct part {
    size_t from, to;
};

struct character {
    uint16_t roles;
    uint32_t at; /* its first byte in the picture */
};

struct decimal_picture {
    const struct asli_jn_decimal_format *format;
    const char *text;
    struct character *chars; /* and one behind the last */
    uint32_t zero;           /* the character; 0: no digits */
};

/* One of the (at most two) pictures, for positive and for negative numbers. */
struct sub_picture {
    struct part whole, active, mantissa, integer, fraction, exponent;
    bool has_exponent;
};

void asli_jn_decimal_format_init(struct asli_jn_decimal_format *format)
{
    static const struct asli_jn_decimal_format defaults = {{
#define TEXT(id, name, text) {text, sizeof text - 1},
        ASLI_JN_DECIMAL_TEXTS(TEXT)
#undef TEXT
    }};
    *format = defaults;
}

bool asli_jn_decimal_format_set(struct asli_jn_decimal_format *format,
                                struct asli_jn_text name, struct asli_jn_text value)
{
    static const char *const names[] = {
#define NAME(id, name, text) name,
        ASLI_JN_DECIMAL_TEXTS(NAME)
#undef NAME
    };
    for (int i = 0; i < ASLI_JN_DECIMAL_COUNT; i++)
        if (strlen(names[i]) == name.len && !memcmp(names[i], name.data, name.len)) {
            format->texts[i] = value;
            return true;
        }
    return false;
}

static unsigned roles_of(const struct decimal_picture *p, const char *at, const char *end,
                         size_t width, uint32_t character)
{
    unsigned roles = p->zero && character >= p->zero && character < p->zero + 10;
    for (int i = ASLI_JN_DECIMAL_OPTIONAL; i <= ASLI_JN_DECIMAL_PER_MILLE; i++) {
        struct asli_jn_text text = p->format->texts[i];
        bool sign = i >= ASLI_JN_DECIMAL_PERCENT; /* others are single characters */
        if (text.len && (sign || text.len == width) && text.len <= (size_t)(end - at) &&
            !memcmp(text.data, at, text.len))
            roles |= 1u << i;
    }
    return roles;
}

static size_t classify(struct decimal_picture *p, struct asli_jn_text picture)
{
    struct asli_jn_text zero = p->format->texts[ASLI_JN_DECIMAL_DIGIT];
    const char *end = picture.data + picture.len;
    size_t count = 0;
    if (!zero.len || !asli_utf8_decode(zero.data, zero.data + zero.len, &p->zero))
        p->zero = 0;
    for (const char *at = picture.data; at < end; count++) {
        uint32_t character = 0;
        size_t width = asli_utf8_decode(at, end, &character);
        width = width ? width : 1;
        p->chars[count].at = (uint32_t)(at - picture.data);
        p->chars[count].roles = (uint16_t)roles_of(p, at, end, width, character);
        at += width;
    }
    p->chars[count] = (struct character){0, (uint32_t)picture.len};
    return count;
}

static bool is(const struct decimal_picture *p, size_t at, unsigned roles)
{
    return p->chars[at].roles & roles;
}

static size_t count_of(const struct decimal_picture *p, struct part part, unsigned roles)
{
    size_t count = 0;
    for (size_t i = part.from; i < part.to; i++)
        count += is(p, i, roles);
    return count;
}

/* The first of such at or after `from`; NONE. */
static size_t find(const struct decimal_picture *p, struct part part, unsigned roles)
{
    for (size_t i = part.from; i < part.to; i++)
        if (is(p, i, roles))
            return i;
    return NONE;
}

static size_t find_last(const struct decimal_picture *p, struct part part, unsigned roles)
{
    for (size_t i = part.to; i-- > part.from;)
        if (is(p, i, roles))
            return i;
    return NONE;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void split_parts(const struct decimal_picture *p, struct part whole,
                        struct sub_picture *s)
{
    size_t first = find(p, whole, ENDS), last = find_last(p, whole, ENDS);
    s->whole = s->active = whole;
    if (first != NONE)
        s->active = (struct part){first, last + 1};
    s->mantissa = s->active;
    s->exponent = (struct part){s->active.to, s->active.to};
    size_t e = find(p, (struct part){first == NONE ? whole.from : first, whole.to},
                    ROLE(EXPONENT));
    s->has_exponent = e != NONE && e <= (first == NONE ? whole.to : s->active.to);
    if (s->has_exponent) {
        /* The reference counts this from the start of the picture, prefix included. */
        size_t skipped = s->active.from - whole.from;
        s->mantissa.to = least(e + skipped, s->active.to);
        s->exponent.from = least(e + skipped + 1, s->active.to);
    }
    size_t point = find(p, s->mantissa, ROLE(POINT));
    s->integer = s->mantissa;
    s->fraction = (struct part){s->mantissa.to, s->mantissa.to};
    if (point != NONE) {
        s->integer.to = point;
        s->fraction.from = point + 1;
    }
}

static bool grouping_beside(const struct decimal_picture *p, const struct sub_picture *s,
                            size_t point)
{
    return (point > s->whole.from && is(p, point - 1, ROLE(GROUPING))) ||
           (point + 1 < s->whole.to && is(p, point + 1, ROLE(GROUPING)));
}

static bool grouping_twice(const struct decimal_picture *p, struct part whole)
{
    for (size_t i = whole.from + 1; i < whole.to; i++)
        if (is(p, i - 1, ROLE(GROUPING)) && is(p, i, ROLE(GROUPING)))
            return true;
    return false;
}

/* A digit left of an optional one in the integer part, right of one in the fraction. */
static bool optional_inside(const struct decimal_picture *p, const struct sub_picture *s)
{
    size_t first = find(p, s->integer, ROLE(OPTIONAL));
    return first != NONE &&
           count_of(p, (struct part){s->integer.from, first}, ROLE(DIGIT));
}

static bool optional_first(const struct decimal_picture *p, const struct sub_picture *s)
{
    size_t last = find_last(p, s->fraction, ROLE(OPTIONAL));
    return last != NONE && count_of(p, (struct part){last, s->fraction.to}, ROLE(DIGIT));
}

/* The code of what is wrong, the last rule broken; NULL: nothing. */
static const char *validate(const struct decimal_picture *p, const struct sub_picture *s)
{
    const char *code = NULL;
    size_t percents = count_of(p, s->whole, ROLE(PERCENT));
    size_t per_milles = count_of(p, s->whole, ROLE(PER_MILLE));
    size_t point = find(p, s->whole, ROLE(POINT));
    size_t exponent_len = s->exponent.to - s->exponent.from;
    size_t exponent_digits = count_of(p, s->exponent, ROLE(DIGIT));
    size_t active_len = s->active.to - s->active.from;
    const struct {
        bool broken;
        const char *code;
    } rules[] = {
        {count_of(p, s->whole, ROLE(POINT)) > 1, "D3081"},
        {percents > 1, "D3082"},
        {per_milles > 1, "D3083"},
        {percents && per_milles, "D3084"},
        {!count_of(p, s->mantissa, DIGITS), "D3085"},
        {count_of(p, s->active, ACTIVE) < active_len, "D3086"},
        {point != NONE && grouping_beside(p, s, point), "D3087"},
        {point == NONE && s->integer.to > s->integer.from &&
             is(p, s->integer.to - 1, ROLE(GROUPING)),
         "D3088"},
        {grouping_twice(p, s->whole), "D3089"},
        {optional_inside(p, s), "D3090"},
        {optional_first(p, s), "D3091"},
        {s->has_exponent && exponent_len && (percents || per_milles), "D3092"},
        {s->has_exponent && (!exponent_len || exponent_digits < exponent_len), "D3093"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        code = rules[i].broken ? rules[i].code : code;
    return code;
}

/* How many digits a number gets. */
struct sizes {
    size_t integer, fraction, fraction_most, exponent;
    int scaling;
};

static struct sizes measure(const struct decimal_picture *p, const struct sub_picture *s)
{
    struct sizes sizes = {
        .integer = count_of(p, s->integer, ROLE(DIGIT)),
        .fraction = count_of(p, s->fraction, ROLE(DIGIT)),
        .fraction_most = count_of(p, s->fraction, DIGITS),
        .exponent = count_of(p, s->exponent, ROLE(DIGIT)),
    };
    sizes.scaling = (int)sizes.integer;
    if (!sizes.integer && !sizes.fraction_most) {
        if (s->has_exponent)
            sizes.fraction = sizes.fraction_most = 1;
        else
            sizes.integer = 1;
    }
    if (s->has_exponent && !sizes.integer && count_of(p, s->integer, ROLE(OPTIONAL)))
        sizes.integer = 1;
    if (!sizes.integer && !sizes.fraction)
        sizes.fraction = 1;
    return sizes;
}

/* The number's text on its way: ASCII digits, '.' and ',' whatever the format's signs are. A place
 * beyond the start counts from the end, as in JavaScript's slice. */
static void insert_group(struct asli_bytes *b, ptrdiff_t place)
{
    ptrdiff_t len = (ptrdiff_t)b->len;
    if (place < 0)
        place = place + len < 0 ? 0 : place + len;
    if (place > len)
        place = len;
    asli_bytes_addc(b, ',');
    if (b->oom)
        return;
    memmove(b->data + place + 1, b->data + place, (size_t)(len - place));
    b->data[place] = ',';
}

static ptrdiff_t point_of(const struct asli_bytes *b)
{
    const char *point = b->oom ? NULL : memchr(b->data, '.', b->len);
    return point ? point - b->data : 0;
}

/* The interval of the integer part's separators; 0: they are not regular. */
static size_t regular_interval(const struct decimal_picture *p, struct part integer)
{
    size_t interval = 0, count = 0, right = 0, seen = 0;
    for (size_t i = integer.to; i-- > integer.from;) {
        right += is(p, i, DIGITS);
        if (is(p, i, ROLE(GROUPING))) {
            interval = asli_jn_divisor(right, interval);
            count++;
        }
    }
    right = 0;
    for (size_t i = integer.to; interval && i-- > integer.from;) {
        right += is(p, i, DIGITS);
        if (is(p, i, ROLE(GROUPING)))
            seen += right == (seen + 1) * interval;
    }
    return seen == count ? interval : 0;
}

static void group_integer(const struct decimal_picture *p, const struct sub_picture *s,
                          struct asli_bytes *b)
{
    size_t interval = regular_interval(p, s->integer);
    ptrdiff_t point = point_of(b);
    if (interval) {
        for (ptrdiff_t place = point - (ptrdiff_t)interval; place > 0;
             place -= (ptrdiff_t)interval)
            insert_group(b, place);
        return;
    }
    for (size_t i = s->integer.from; i < s->integer.to; i++)
        if (is(p, i, ROLE(GROUPING))) {
            struct part rest = {i, s->integer.to};
            insert_group(b, point - (ptrdiff_t)count_of(p, rest, DIGITS));
            point++;
        }
}

/* From the second separator on the reference looks in the integer part for where it stands. */
static void group_fraction(const struct decimal_picture *p, const struct sub_picture *s,
                           struct asli_bytes *b)
{
    ptrdiff_t point = point_of(b);
    size_t found = find(p, s->fraction, ROLE(GROUPING));
    size_t at = found == NONE ? NONE : found - s->fraction.from;
    while (at != NONE) {
        struct part left = {s->fraction.from,
                            least(s->fraction.from + at, s->fraction.to)};
        insert_group(b, point + 1 + (ptrdiff_t)count_of(p, left, DIGITS));
        struct part rest = {least(s->integer.from + at + 1, s->integer.to),
                            s->integer.to};
        found = find(p, rest, ROLE(GROUPING));
        at = found == NONE ? NONE : found - s->integer.from;
    }
}

/* JavaScript's toFixed of a positive number. The point is what printf has between the digits: the
 * host's locale says which sign, and how long. */
static void put_fixed(double value, int places, char *text, size_t size)
{
    static const char digits[] = "0123456789";
    snprintf(text, size, "%.*f", places, value);
    char *point = text + strspn(text, digits);
    if (*point) {
        const char *fraction = point + strcspn(point, digits);
        *point = '.';
        memmove(point + 1, fraction, strlen(fraction) + 1);
    }
}

/* The mantissa's digits, zeros around them cut and filled up to the sizes. */
static void put_mantissa(double value, const struct sizes *sizes, struct asli_bytes *b)
{
    char text[PLACES + 32];
    int places = sizes->fraction_most < PLACES ? (int)sizes->fraction_most : PLACES;
    value =
        fabs(asli_jn_number_round(value, places)); /* no places but those of toFixed */
    if (value < 1e21)
        put_fixed(value, places, text, sizeof text);
    else
        asli_jn_number_text(value, text);
    size_t whole = strcspn(text, "."), start = strspn(text, "0");
    start = least(start, whole);
    const char *fraction = text[whole] ? text + whole + 1 : "";
    size_t len = strlen(fraction);
    while (len && fraction[len - 1] == '0')
        len--;
    for (size_t i = whole - start; i < sizes->integer; i++)
        asli_bytes_addc(b, '0');
    asli_bytes_add(b, text + start, whole - start);
    asli_bytes_addc(b, '.');
    asli_bytes_add(b, fraction, len);
    for (; len < sizes->fraction; len++)
        asli_bytes_addc(b, '0');
}

static void put_text(struct asli_bytes *out, struct asli_jn_text text)
{
    asli_bytes_add(out, text.data, text.len);
}

/* The working text in the format's own signs. */
static void put_signs(const struct decimal_picture *p, const char *text, size_t len,
                      struct asli_bytes *out)
{
    for (size_t i = 0; i < len; i++) {
        char digit[4];
        if (text[i] == '.')
            put_text(out, p->format->texts[ASLI_JN_DECIMAL_POINT]);
        else if (text[i] == ',')
            put_text(out, p->format->texts[ASLI_JN_DECIMAL_GROUPING]);
        else if (text[i] >= '0' && text[i] <= '9' && p->zero)
            asli_bytes_add(out, digit,
                           asli_utf8_encode(p->zero + (uint32_t)(text[i] - '0'), digit));
        else
            asli_bytes_addc(out, text[i]);
    }
}

static void put_exponent(const struct decimal_picture *p, int exponent,
                         size_t least_digits, struct asli_bytes *out)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%d", exponent < 0 ? -exponent : exponent);
    put_text(out, p->format->texts[ASLI_JN_DECIMAL_EXPONENT]);
    if (exponent < 0)
        put_text(out, p->format->texts[ASLI_JN_DECIMAL_MINUS]);
    for (size_t i = (size_t)len; i < least_digits; i++)
        put_signs(p, "0", 1, out);
    put_signs(p, text, (size_t)len, out);
}

static int exponent_of(double *value, int scaling)
{
    double most = pow(10, scaling), fewest = pow(10, scaling - 1), v = fabs(*value);
    int exponent = 0;
    for (; v != 0 && v < fewest; exponent--)
        v *= 10;
    for (; v > most; exponent++)
        v /= 10;
    *value = v;
    return exponent;
}

static int format_by(const struct decimal_picture *p, const struct sub_picture *s,
                     double value, struct asli_bytes *out)
{
    struct asli_bytes b = {0};
    struct sizes sizes = measure(p, s);
    int exponent = 0;
    if (count_of(p, s->whole, ROLE(PERCENT)))
        value *= 100;
    else if (count_of(p, s->whole, ROLE(PER_MILLE)))
        value *= 1000;
    if (sizes.exponent)
        exponent = exponent_of(&value, sizes.scaling);
    put_mantissa(value, &sizes, &b);
    group_integer(p, s, &b);
    group_fraction(p, s, &b);
    if (!b.oom && (!count_of(p, s->whole, ROLE(POINT)) || b.data[b.len - 1] == '.'))
        b.len--;
    const char *prefix = p->text + p->chars[s->whole.from].at;
    asli_bytes_add(out, prefix, p->chars[s->active.from].at - p->chars[s->whole.from].at);
    put_signs(p, b.data, b.len, out);
    if (sizes.exponent)
        put_exponent(p, exponent, sizes.exponent, out);
    const char *suffix = p->text + p->chars[s->active.to].at;
    asli_bytes_add(out, suffix, p->chars[s->whole.to].at - p->chars[s->active.to].at);
    int rc = b.oom || out->oom ? ASL_ENOMEM : 0;
    asli_bytes_done(&b);
    return rc;
}

static int format_classified(const struct decimal_picture *p, size_t count, double value,
                             struct asli_bytes *out, struct asli_jn_fault *fault)
{
    struct sub_picture subs[2];
    struct part all = {0, count};
    size_t cut = find(p, all, ROLE(PATTERN)), used = cut == NONE ? 1 : 2;
    if (count_of(p, all, ROLE(PATTERN)) > 1)
        return asli_jn_fail(fault, "D3080", NULL, 0);
    split_parts(p, (struct part){0, cut == NONE ? count : cut}, &subs[0]);
    if (used == 2)
        split_parts(p, (struct part){cut + 1, count}, &subs[1]);
    for (size_t i = 0; i < used; i++) {
        const char *code = validate(p, &subs[i]);
        if (code)
            return asli_jn_fail(fault, code, NULL, 0);
    }
    bool negative = !(value >= 0);
    const struct sub_picture *s = &subs[negative && used == 2];
    if (isinf(value) && s->has_exponent)
        return asli_jn_fail(fault, "D1001", "Infinity", 8);
    if (negative && used == 1)
        put_text(out, p->format->texts[ASLI_JN_DECIMAL_MINUS]);
    return format_by(p, s, value, out);
}

int asli_jn_format_number(double value, struct asli_jn_text picture,
                          const struct asli_jn_decimal_format *format,
                          struct asli_bytes *out, struct asli_jn_fault *fault)
{
    struct asli_jn_decimal_format defaults;
    asli_jn_decimal_format_init(&defaults);
    struct decimal_picture p = {format ? format : &defaults, picture.data, NULL, 0};
    p.chars = asli_alloc((picture.len + 1) * sizeof *p.chars);
    if (!p.chars)
        return ASL_ENOMEM;
    size_t count = classify(&p, picture);
    int rc = format_classified(&p, count, value, out, fault);
    asli_free(p.chars);
    return rc;
}
