/* SPDX-License-Identifier: Apache-2.0
 *
 * Pictures of times, [Y0001]-[M01]-[D01], and $fromMillis, which writes by them.
 */
#include "engine/query/jsonata/picture_date.h"

#include <asl/error.h>
#include <math.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/time.h"
#include "engine/query/jsonata/picture.h"

#define ISO_8601 "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]"
#define YEAR_10000 253402300800000.0
#define NUMBERS "YMDdFWwXxHhmsf" /* components that are numbers */

static bool one_of(const char *set, char c)
{
    return c && strchr(set, c);
}

/* How a component is written when its marker does not say; NULL: it is no component. */
static const char *default_modifier(char component)
{
    if (one_of("FPCE", component))
        return "n";
    if (one_of("ms", component))
        return "01";
    if (one_of("Zz", component))
        return "01:01";
    return one_of(NUMBERS, component) ? "1" : NULL;
}

static struct asli_jn_date_part *add_part(struct asli_jn_date_picture *picture)
{
    if (picture->count == picture->cap) {
        size_t cap = picture->cap ? 2 * picture->cap : 16;
        void *parts = asli_realloc(picture->parts, cap * sizeof *picture->parts);
        if (!parts)
            return NULL;
        picture->parts = parts;
        picture->cap = cap;
    }
    struct asli_jn_date_part *part = &picture->parts[picture->count++];
    memset(part, 0, sizeof *part);
    return part;
}

static int add_literal(struct asli_jn_date_picture *picture, const char *from,
                       const char *to)
{
    if (from == to)
        return 0;
    struct asli_jn_date_part *part = add_part(picture);
    if (!part)
        return ASL_ENOMEM;
    part->literal = true;
    part->text = (struct asli_jn_text){from, (size_t)(to - from)};
    return 0;
}

/* ",min-max" */
static void read_width(struct asli_jn_date_part *part, const char *text, size_t len)
{
    const char *dash = memchr(text, '-', len);
    size_t min_len = dash ? (size_t)(dash - text) : len;
    size_t max_len = dash ? len - min_len - 1 : 0;
    if (!(min_len == 1 && *text == '*'))
        part->min = asli_jn_parse_int(text, min_len);
    part->has_max = dash && !(max_len == 1 && dash[1] == '*');
    if (part->has_max)
        part->max = asli_jn_parse_int(dash + 1, max_len);
}

/* A width as a number of digits; what is no number is 0, as comparing with it has no effect. */
static size_t digits_of(double width)
{
    return width > 0 ? (size_t)fmin(width, ASLI_JN_DIGITS_MOST) : 0;
}

static void set_digits(struct asli_jn_date_part *part)
{
    struct asli_jn_integer *integer = &part->integer;
    if (integer->mandatory < digits_of(part->min) && integer->form == ASLI_JN_DECIMAL)
        integer->mandatory = digits_of(part->min);
    part->year_digits = -1;
    if (part->component != 'Y')
        return;
    if (part->has_max) {
        part->year_digits = part->max;
        integer->mandatory = digits_of(part->max);
    } else if (integer->mandatory + integer->optional >= 2) {
        part->year_digits = (double)(integer->mandatory + integer->optional);
    }
}

static int set_integer(struct asli_jn_date_part *part, size_t len,
                       struct asli_jn_fault *fault)
{
    struct asli_jn_text pattern = {part->pattern, len};
    int rc = asli_jn_integer_analyse(pattern, &part->integer, fault);
    part->has_integer = !rc;
    return rc;
}

/* The modifiers of a marker, blanks and width taken off. */
static int read_modifiers(struct asli_jn_date_picture *picture,
                          struct asli_jn_date_part *part, const char *text, size_t len,
                          struct asli_jn_fault *fault)
{
    const char *implied = len ? NULL : default_modifier(part->component);
    if (!len && !implied)
        return asli_jn_fail(fault, "D3132", part->text.data, part->text.len);
    if (len > 1 && one_of("atco", text[len - 1]))
        part->modifier = text[--len];
    if (implied)
        len = strlen(implied);
    part->pattern = asli_alloc(len + 3);
    if (!part->pattern)
        return ASL_ENOMEM;
    memcpy(part->pattern, implied ? implied : text, len);
    const char *p = part->pattern;
    part->names = *p == 'n' || *p == 'N';
    part->letters = *p == 'n'                ? ASLI_JN_LOWER
                    : len > 1 && p[1] == 'n' ? ASLI_JN_TITLE
                                             : ASLI_JN_UPPER;
    if (one_of("Zz", part->component))
        return set_integer(part, len, fault);
    if (part->names || !one_of(NUMBERS, part->component))
        return 0;
    if (part->modifier) {
        part->pattern[len++] = ';';
        part->pattern[len++] = part->modifier;
    }
    int rc = set_integer(part, len, fault);
    if (rc)
        return rc;
    set_digits(part);
    /* Nothing between two numbers: the digits of the first are counted. */
    if (part > picture->parts && part[-1].has_integer)
        part[-1].integer.parse_width = part[-1].integer.mandatory;
    return 0;
}

/* What stands between brackets, blanks taken out into `clean`. */
static int add_marker(struct asli_jn_date_picture *picture, const char *text, size_t len,
                      char *clean, struct asli_jn_fault *fault)
{
    struct asli_jn_date_part *part = add_part(picture);
    if (!part)
        return ASL_ENOMEM;
    size_t count = 0;
    part->text = (struct asli_jn_text){text, 0};
    part->min = part->max = NAN;
    for (size_t i = 0; i < len; i++) {
        if (one_of(" \t\n\v\f\r", text[i]))
            continue;
        if (!count)
            part->text = (struct asli_jn_text){text + i, 1};
        if (count == 1)
            part->modifiers = text + i;
        clean[count++] = text[i];
    }
    size_t first = count != 0;
    while (first && first < count && (clean[first] & 0xc0) == 0x80)
        first++;
    part->text.len = first;
    part->component = (char)(first == 1 ? clean[0] : first ? '?' : '\0');
    const char *comma = memrchr(clean, ',', count);
    if (comma) {
        size_t width = (size_t)(comma + 1 - clean);
        read_width(part, comma + 1, count - width);
        count = width - 1;
        first = first < count ? first : count;
    }
    return read_modifiers(picture, part, clean + first, count - first, fault);
}

static int analyse(struct asli_jn_text picture, struct asli_jn_date_picture *ret,
                   char *clean, struct asli_jn_fault *fault)
{
    const char *start = picture.data, *end = start + picture.len, *p = start;
    int rc = 0;
    while (p < end && !rc) {
        if (*p != '[') {
            p++;
            continue;
        }
        if (p + 1 < end && p[1] == '[') {
            /* The first bracket ends the literal, the second is skipped. */
            rc = add_literal(ret, start, p + 1);
            start = p += 2;
            continue;
        }
        const char *close = memchr(p, ']', (size_t)(end - p));
        if (!close)
            return asli_jn_fail(fault, "D3135", NULL, 0);
        rc = add_literal(ret, start, p);
        if (!rc)
            rc = add_marker(ret, p + 1, (size_t)(close - p - 1), clean, fault);
        start = p = close + 1;
    }
    return rc ? rc : add_literal(ret, start, end);
}

int asli_jn_date_analyse(struct asli_jn_text picture, struct asli_jn_date_picture *ret,
                         struct asli_jn_fault *fault)
{
    *ret = (struct asli_jn_date_picture){0};
    char *clean = asli_alloc(picture.len);
    int rc = clean ? analyse(picture, ret, clean, fault) : ASL_ENOMEM;
    asli_free(clean);
    if (rc)
        asli_jn_date_done(ret);
    return rc;
}

void asli_jn_date_done(struct asli_jn_date_picture *picture)
{
    for (size_t i = 0; i < picture->count; i++) {
        asli_jn_integer_done(&picture->parts[i].integer);
        asli_free(picture->parts[i].pattern);
    }
    asli_free(picture->parts);
    *picture = (struct asli_jn_date_picture){0};
}

void asli_jn_date_literal(struct asli_jn_text literal, bool escape,
                          struct asli_bytes *out)
{
    for (size_t i = 0; i < literal.len; i++) {
        if (escape && one_of(".*+?^${}()|[]\\", literal.data[i]))
            asli_bytes_addc(out, '\\');
        asli_bytes_addc(out, literal.data[i]);
        if (literal.data[i] == ']' && i + 1 < literal.len && literal.data[i + 1] == ']')
            i++;
    }
}

/* The zone of the whole picture: hours and minutes as the argument of $fromMillis has them. */
struct zone {
    double hours, minutes;
};

int asli_jn_date_fault(const struct asli_jn_date_part *part, int rc,
                       struct asli_jn_fault *fault)
{
    if (rc == ASLI_JN_FAULT && part->modifiers)
        fault->detail.data = part->modifiers;
    return rc;
}

static int put_integer(double value, const struct asli_jn_date_part *part,
                       struct asli_bytes *out, struct asli_jn_fault *fault)
{
    return asli_jn_date_fault(
        part, asli_jn_integer_put(value, &part->integer, out, fault), fault);
}

static int put_zone(const struct asli_jn_date_part *part, const struct zone *zone,
                    struct asli_bytes *out, struct asli_jn_fault *fault)
{
    double offset = zone->hours * 100 + zone->minutes;
    size_t digits = part->integer.mandatory;
    bool hours = digits == 1 || digits == 2;
    if (!part->integer.interval && !(digits >= 1 && digits <= 4))
        return asli_jn_fail(fault, "D3134", part->text.data, part->text.len);
    if (offset == 0 && part->modifier == 't') {
        asli_bytes_addc(out, 'Z');
        return 0;
    }
    asli_bytes_adds(out, part->component == 'z' ? "GMT" : "");
    asli_bytes_adds(out, offset >= 0 ? "+" : "");
    if (part->integer.interval || !hours)
        return put_integer(offset, part, out, fault);
    int rc = put_integer(zone->hours, part, out, fault);
    if (rc || zone->minutes == 0)
        return rc;
    asli_bytes_addc(out, ':');
    return asli_jn_format_integer(zone->minutes, (struct asli_jn_text){"00", 2}, out,
                                  fault);
}

static int put_name(const struct asli_jn_date_part *part, double number,
                    struct asli_bytes *out, struct asli_jn_fault *fault)
{
    if (!one_of("MxF", part->component))
        return asli_jn_fail(fault, "D3133", part->text.data, part->text.len);
    const char *name = asli_jn_date_name(part->component, number);
    if (!name) /* of a time that is none */
        name = "undefined";
    size_t from = out->len, len = strlen(name);
    if (part->has_max && (double)len > part->max)
        len = digits_of(part->max);
    asli_bytes_add(out, name, len);
    asli_jn_set_case(out, from, part->letters);
    return 0;
}

static int put_component(const struct asli_jn_date *date,
                         const struct asli_jn_date_part *part, const struct zone *zone,
                         struct asli_bytes *out, struct asli_jn_fault *fault)
{
    double number = asli_jn_date_component(date, part->component);
    if (one_of("Zz", part->component))
        return put_zone(part, zone, out, fault);
    if (part->component == 'P') {
        bool upper = part->names && part->letters == ASLI_JN_UPPER;
        asli_bytes_adds(out, date->hour >= 12 ? upper ? "PM" : "pm"
                             : upper          ? "AM"
                                              : "am");
        return 0;
    }
    if (!one_of(NUMBERS, part->component)) {
        asli_bytes_adds(out, one_of("CE", part->component) ? "ISO" : "undefined");
        return 0;
    }
    if (part->names)
        return put_name(part, number, out, fault);
    if (part->component == 'Y' && part->year_digits != -1)
        number = fmod(number, pow(10, part->year_digits));
    return put_integer(number, part, out, fault);
}

int asli_jn_format_millis(double millis, struct asli_jn_text picture,
                          struct asli_jn_text zone_text, struct asli_bytes *out,
                          struct asli_jn_fault *fault)
{
    struct asli_jn_date_picture parsed;
    struct zone zone = {0, 0};
    if (zone_text.data) {
        double offset = asli_jn_parse_int(zone_text.data, zone_text.len);
        zone = (struct zone){floor(offset / 100), fmod(offset, 100)};
    }
    if (!picture.data && !zone_text.data && millis >= 0 && millis < YEAR_10000) {
        char text[32]; /* the same, sooner */
        asli_time_format((int64_t)millis, text);
        asli_bytes_adds(out, text);
        return out->oom ? ASL_ENOMEM : 0;
    }
    if (!picture.data)
        picture = (struct asli_jn_text){ISO_8601, sizeof ISO_8601 - 1};
    int rc = asli_jn_date_analyse(picture, &parsed, fault);
    if (rc)
        return rc;
    struct asli_jn_date date =
        asli_jn_date_of(millis + (60 * zone.hours + zone.minutes) * 60000);
    for (size_t i = 0; i < parsed.count && !rc; i++) {
        if (parsed.parts[i].literal)
            asli_jn_date_literal(parsed.parts[i].text, false, out);
        else
            rc = put_component(&date, &parsed.parts[i], &zone, out, fault);
    }
    asli_jn_date_done(&parsed);
    return rc ? rc : out->oom ? ASL_ENOMEM : 0;
}
