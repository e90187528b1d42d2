/* SPDX-License-Identifier: Apache-2.0
 *
 * $toMillis: reads a time by a picture, which becomes a regular expression, or as ISO 8601. What the
 * text leaves out comes from the present, down to the first component that it has, and is the
 * least there is after the last one.
 */
#include <asl/error.h>
#include <math.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/query/jsonata/picture_date.h"
#include "engine/query/jsonata/regex.h"

/* The components a text can have. */
#define LETTERS "YXMxWwdDFPHhmsfZz"
#define LETTER_COUNT (sizeof LETTERS - 1)

struct found {
    double value[LETTER_COUNT]; /* NaN when the text is no number */
    bool defined[LETTER_COUNT];
    bool any; /* a component was there, if only with a name that means nothing */
};

static size_t letter_index(char component)
{
    return (size_t)(strchr(LETTERS, component) - LETTERS);
}

static double value_of(const struct found *found, char component)
{
    size_t i = letter_index(component);
    return found->defined[i] ? found->value[i] : NAN;
}

static void set(struct found *found, char component, double value)
{
    size_t i = letter_index(component);
    found->value[i] = value;
    found->defined[i] = true;
}

static bool is_zone(const struct asli_jn_date_part *part)
{
    return part->component == 'Z' || part->component == 'z';
}

static void zone_regex(const struct asli_jn_date_part *part, struct asli_bytes *out)
{
    asli_bytes_adds(out, part->component == 'z' ? "GMT[-+][0-9]+" : "[-+][0-9]+");
    if (part->integer.interval) {
        char sign[4];
        uint32_t character = part->integer.groups[0].character;
        asli_bytes_add(out, sign, asli_utf8_encode(character, sign));
        asli_bytes_adds(out, "[0-9]+");
    }
}

static int part_regex(const struct asli_jn_date_part *part, struct asli_bytes *out,
                      struct asli_jn_fault *fault)
{
    if (part->literal) {
        asli_jn_date_literal(part->text, true, out);
        return 0;
    }
    if (is_zone(part)) {
        zone_regex(part, out);
        return 0;
    }
    if (part->component == 'f') { /* however it is written */
        asli_bytes_adds(out, "[0-9]+");
        return 0;
    }
    if (part->has_integer)
        return asli_jn_date_fault(part, asli_jn_integer_regex(&part->integer, out, fault),
                                  fault);
    if (!memchr("MxFP", part->component, 4))
        return asli_jn_fail(fault, "D3133", part->text.data, part->text.len);
    asli_bytes_adds(out, "[a-zA-Z]+");
    return 0;
}

static int picture_regex(const struct asli_jn_date_picture *picture,
                         struct asli_pcre **ret_regex, struct asli_jn_fault *fault)
{
    struct asli_bytes source = {0};
    int rc = 0;
    asli_bytes_addc(&source, '^');
    for (size_t i = 0; i < picture->count && !rc; i++) {
        asli_bytes_addc(&source, '(');
        rc = part_regex(&picture->parts[i], &source, fault);
        asli_bytes_addc(&source, ')');
    }
    asli_bytes_addc(&source, '$');
    if (!rc && source.oom)
        rc = ASL_ENOMEM;
    if (!rc)
        rc = asli_jn_regex_compile((struct asli_jn_text){source.data, source.len},
                                   (struct asli_jn_text){"i", 1}, ret_regex, fault);
    /* The source is gone when the fault is read. */
    if (rc == ASLI_JN_FAULT && fault->detail.data == source.data)
        fault->detail = (struct asli_jn_text){0};
    asli_bytes_done(&source);
    return rc;
}

/* Minutes. The sign belongs to the hours alone, as in the reference. */
static double read_zone(const struct asli_jn_date_part *part, struct asli_jn_text text)
{
    if (part->component == 'z')
        text = (struct asli_jn_text){text.data + 3, text.len - 3};
    size_t hours = text.len <= 3 ? text.len : 3, skipped = 0;
    if (part->integer.interval) {
        char sign[4];
        size_t len = asli_utf8_encode(part->integer.groups[0].character, sign);
        const char *at = memmem(text.data, text.len, sign, len);
        hours = at ? (size_t)(at - text.data) : 0;
        skipped = len;
    } else if (text.len <= 3) {
        return 60 * asli_jn_parse_int(text.data, text.len);
    }
    return 60 * asli_jn_parse_int(text.data, hours) +
           asli_jn_parse_int(text.data + hours + skipped, text.len - hours - skipped);
}

/* The digits of a fraction of a second; those beyond milliseconds are cut off. */
static double fraction_millis(const char *digits, size_t len)
{
    double value = 0, scale = 100;
    for (size_t i = 0; i < len && i < 3; i++, scale /= 10)
        value += scale * (digits[i] - '0');
    return value;
}

static bool is_word(struct asli_jn_text text, const char *word, size_t len)
{
    return text.len == len && !memcmp(text.data, word, len);
}

/* The number of a name, the last of those that a width makes equal; false: none. */
static bool read_name(const struct asli_jn_date_part *part, struct asli_jn_text text,
                      double *ret_value)
{
    bool found = false;
    const char *name;
    if (part->component == 'P') {
        *ret_value = is_word(text, "pm", 2) || is_word(text, "PM", 2);
        return *ret_value == 1 || is_word(text, "am", 2) || is_word(text, "AM", 2);
    }
    for (int i = 1; (name = asli_jn_date_name(part->component, i)); i++) {
        size_t len = strlen(name);
        if (part->has_max && part->max != 0 && part->max < (double)len)
            len = part->max > 0 ? (size_t)part->max : 0;
        if (is_word(text, name, len)) {
            *ret_value = i;
            found = true;
        }
    }
    return found;
}

static int read_part(const struct asli_jn_date_part *part, struct asli_jn_text text,
                     struct found *found)
{
    double value = NAN;
    bool defined = true;
    int rc = 0;
    if (part->literal)
        return 0;
    if (is_zone(part))
        value = read_zone(part, text);
    else if (part->component == 'f')
        value = fraction_millis(text.data, text.len);
    else if (part->has_integer)
        rc = asli_jn_integer_read(text, &part->integer, &value);
    else
        defined = read_name(part, text, &value);
    set(found, part->component, value);
    found->defined[letter_index(part->component)] = defined;
    found->any = true;
    return rc;
}

/* Which of `letters` the text gave (0 counts as not given), the first in the highest bit; and
 * whether there are some and only such as `form` has. */
static bool has_form(const struct found *found, const char *letters, const char *form)
{
    bool some = false;
    for (; *letters; letters++) {
        double value = value_of(found, *letters);
        if (isnan(value) || value == 0)
            continue;
        if (!strchr(form, *letters))
            return false;
        some = true;
    }
    return some;
}

/* Where filling in stands: before the components that are there, among them, behind them. */
struct progress {
    bool started, ended;
};

/* Fills in what is missing of `order`, the largest unit first; false: there is a gap. */
static bool complete(struct found *found, const char *order, struct progress *progress,
                     const struct asli_jn_date *now)
{
    for (; *order; order++) {
        if (found->defined[letter_index(*order)]) {
            progress->started = true;
            if (progress->ended)
                return false;
        } else if (progress->started) {
            set(found, *order, strchr("MDd", *order) ? 1 : 0);
            progress->ended = true;
        } else {
            set(found, *order, *order == 'P' ? 0 : asli_jn_date_component(now, *order));
        }
    }
    return true;
}

static double twelve_hours(const struct found *found)
{
    double hour = value_of(found, 'h');
    return (hour == 12 ? 0 : hour) + (value_of(found, 'P') == 1 ? 12 : 0);
}

static int assemble(struct found *found, int64_t now_ms, double *ret_millis,
                    struct asli_jn_fault *fault)
{
    static const char dates[] = "YXMxWwdD", times[] = "PHhmsf";
    struct asli_jn_date now = asli_jn_date_of((double)now_ms);
    struct progress progress = {false, false};
    bool by_date = has_form(found, dates, "YMD");
    bool by_day = !by_date && has_form(found, dates, "Yd");
    bool by_month_week = has_form(found, dates, "Xxw");
    bool by_week = !by_month_week && has_form(found, dates, "XW");
    bool twelve = !has_form(found, times, "Hmsf") && has_form(found, times, "Phmsf");
    const char *date_order = by_day          ? "YD"
                             : by_month_week ? "XxwF"
                             : by_week       ? "XWF"
                                             : "YMD";
    /* Dates by weeks are not read, here as in the reference. */
    if (!complete(found, date_order, &progress, &now) ||
        !complete(found, twelve ? "Phmsf" : "Hmsf", &progress, &now) || by_month_week ||
        by_week)
        return asli_jn_fail(fault, "D3136", NULL, 0);
    double year = value_of(found, 'Y'), month = value_of(found, 'M');
    double day = value_of(found, 'D');
    month = month > 0 ? month - 1 : 0;
    if (by_day) { /* a day beyond the year's end is one of that year again */
        double first = asli_jn_date_utc(year, 0, 1, NULL);
        struct asli_jn_date d =
            asli_jn_date_of(first + (value_of(found, 'd') - 1) * 86400000);
        month = d.month - 1;
        day = d.day;
    }
    double time[4] = {twelve ? twelve_hours(found) : value_of(found, 'H'),
                      value_of(found, 'm'), value_of(found, 's'), value_of(found, 'f')};
    double millis = asli_jn_date_utc(year, month, day, time);
    double zone = value_of(found, 'Z');
    if (isnan(zone) || zone == 0)
        zone = value_of(found, 'z');
    *ret_millis = isnan(zone) ? millis : millis - zone * 60000;
    return 0;
}

static int parse_matched(const struct asli_jn_date_picture *picture,
                         struct asli_jn_text text, const size_t *spans, int64_t now_ms,
                         bool *ret_found, double *ret_millis, struct asli_jn_fault *fault)
{
    struct found found = {0};
    int rc = 0;
    for (size_t i = 0; i < picture->count && !rc; i++) {
        const size_t *span = spans + 2 * (i + 1);
        struct asli_jn_text part = {text.data + span[0], span[1] - span[0]};
        rc = read_part(&picture->parts[i], part, &found);
    }
    *ret_found = found.any;
    return rc || !found.any ? rc : assemble(&found, now_ms, ret_millis, fault);
}

static int parse_by(const struct asli_jn_date_picture *picture, struct asli_jn_text text,
                    int64_t now_ms, bool *ret_found, double *ret_millis,
                    struct asli_jn_fault *fault)
{
    struct asli_pcre *regex;
    struct asli_pcre_search search;
    int rc = picture_regex(picture, &regex, fault);
    if (rc)
        return rc;
    *ret_found = false;
    rc = asli_pcre_begin(&search, regex);
    if (!rc)
        rc = asli_pcre_find(&search, text.data, text.len, 0, ret_found);
    if (!rc && *ret_found)
        rc = parse_matched(picture, text, search.spans, now_ms, ret_found, ret_millis,
                           fault);
    asli_pcre_end(&search);
    asli_pcre_free(regex);
    return rc == ASL_ELIMIT ? asli_jn_fail(fault, "U1001", NULL, 0) : rc;
}

/* A fixed form: each 9 stands for up to a digit of that size, other characters for themselves. */
static bool take_form(const char **p, const char *end, const char *form, double *values)
{
    const char *at = *p;
    bool in_number = false;
    for (; *form; form++, at++) {
        bool digit = *form >= '0' && *form <= '9';
        if (at == end || (digit ? *at < '0' || *at > *form : *at != *form))
            return false;
        if (digit) {
            *values = (in_number ? *values * 10 : 0) + (*at - '0');
        } else if (in_number) {
            values++;
        }
        in_number = digit;
    }
    *p = at;
    return true;
}

static bool take_fraction(const char **p, const char *end, double *ret_millis)
{
    const char *at = *p;
    if (end - at < 2 || *at != '.' || at[1] < '0' || at[1] > '9')
        return false;
    for (at++; at < end && *at >= '0' && *at <= '9';)
        at++;
    *ret_millis = fraction_millis(*p + 1, (size_t)(at - *p - 1));
    *p = at;
    return true;
}

/* Z, or a sign, hours and minutes: minutes. */
static bool take_offset(const char **p, const char *end, double *ret_minutes)
{
    double values[2] = {0};
    const char *at = *p;
    if (at == end || (*at != 'Z' && *at != '+' && *at != '-'))
        return false;
    at++;
    if (**p != 'Z' && !take_form(&at, end, "29:59", values)) {
        double four;
        if (!take_form(&at, end, "2959", &four))
            return false;
        values[0] = floor(four / 100);
        values[1] = fmod(four, 100);
    }
    *ret_minutes =
        (**p == '-' ? -1 : 1) * (values[0] < 24 ? 60 * values[0] + values[1] : NAN);
    *p = at;
    return true;
}

/* What the reference lets through to Date.parse, and what that makes of it; NaN where it is no time. */
static int parse_iso(struct asli_jn_text text, double *ret_millis,
                     struct asli_jn_fault *fault)
{
    const char *p = text.data, *end = p + text.len;
    double year, month = 1, day = 1, time[4] = {0}, offset = 0;
    bool ok = take_form(&p, end, "9999", &year);
    bool has_month = ok && take_form(&p, end, "-19", &month);
    bool has_day = ok && take_form(&p, end, "-39", &day);
    bool has_time = ok && take_form(&p, end, "T29:59:59", time);
    bool has_fraction = ok && take_fraction(&p, end, &time[3]);
    const char *zone = p;
    bool has_zone = ok && take_offset(&p, end, &offset);
    if (!ok || p != end)
        return asli_jn_fail(fault, "D3110", text.data, text.len);
    bool midnight = time[0] == 24 && !time[1] && !time[2] && !time[3];
    if ((has_day && !has_month) || month < 1 || month > 12 || day < 1 || day > 31 ||
        (time[0] > 23 && !midnight) ||
        (!has_time && (has_fraction || (has_zone && *zone != 'Z'))))
        *ret_millis = NAN;
    else /* 400 years earlier, where years below 100 are themselves */
        *ret_millis = asli_jn_date_utc(year + 400, month - 1, day, time) -
                      146097 * 86400000.0 - offset * 60000;
    return 0;
}

int asli_jn_parse_millis(struct asli_jn_text text, struct asli_jn_text picture,
                         int64_t now_ms, bool *ret_found, double *ret_millis,
                         struct asli_jn_fault *fault)
{
    struct asli_jn_date_picture parsed;
    if (!picture.data) {
        *ret_found = true;
        return parse_iso(text, ret_millis, fault);
    }
    int rc = asli_jn_date_analyse(picture, &parsed, fault);
    if (rc)
        return rc;
    rc = parse_by(&parsed, text, now_ms, ret_found, ret_millis, fault);
    asli_jn_date_done(&parsed);
    return rc;
}
