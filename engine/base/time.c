/* SPDX-License-Identifier: Apache-2.0
 *
 * time.h: calendar arithmetic on days since 1970-01-01 in the proleptic Gregorian
 * calendar, as java.time has it; no time zone tables, no leap seconds, no locale, no
 * clock.
 */
#include "engine/base/time.h"

#include <stdio.h>

#define OFFSET_MAX (18 * 60) /* minutes; java.time's limit */

/* What is left of the text being parsed. */
struct scan {
    const char *p, *end;
};

/* Exactly `count` digits making a number of lowest..highest. */
static bool scan_number(struct scan *s, int count, int lowest, int highest,
                        int *ret_value)
{
    int value = 0;
    for (int i = 0; i < count; i++, s->p++) {
        if (s->p == s->end || *s->p < '0' || *s->p > '9')
            return false;
        value = value * 10 + (*s->p - '0');
    }
    *ret_value = value;
    return value >= lowest && value <= highest;
}

static bool scan_char(struct scan *s, char c)
{
    if (s->p == s->end || *s->p != c)
        return false;
    s->p++;
    return true;
}

static bool leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap_year(year) ? 29 : days[month - 1];
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Years are taken to begin in March, so that the leap day is their last. */
int64_t asli_days_of_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400), in_era = year - era * 400;
    int64_t in_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

void asli_date_of_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = floor_div(days, 146097), of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t march = (5 * of_year + 2) / 153;
    *ret_day = (int)(of_year - (153 * march + 2) / 5 + 1);
    *ret_month = (int)(march < 10 ? march + 3 : march - 9);
    *ret_year = years + era * 400 + (*ret_month <= 2);
}

static bool scan_date(struct scan *s, int64_t *ret_days)
{
    int year, month, day;
    if (!scan_number(s, 4, 0, 9999, &year) || !scan_char(s, '-') ||
        !scan_number(s, 2, 1, 12, &month) || !scan_char(s, '-') ||
        !scan_number(s, 2, 1, month_days(year, month), &day))
        return false;
    *ret_days = asli_days_of_date(year, month, day);
    return true;
}

/* The digits after the point, 1 to 9 of them. */
static bool scan_fraction(struct scan *s, int32_t *ret_nanos)
{
    int32_t nanos = 0, unit = 100000000;
    const char *first = s->p;
    for (; s->p < s->end && *s->p >= '0' && *s->p <= '9'; s->p++, unit /= 10) {
        if (s->p - first == 9)
            return false;
        nanos += (*s->p - '0') * unit;
    }
    *ret_nanos = nanos;
    return s->p > first;
}

static bool scan_time(struct scan *s, int *ret_seconds, int32_t *ret_nanos)
{
    int hour, minute, second = 0;
    *ret_nanos = 0;
    if (!scan_number(s, 2, 0, 23, &hour) || !scan_char(s, ':') ||
        !scan_number(s, 2, 0, 59, &minute))
        return false;
    if (scan_char(s, ':')) {
        if (!scan_number(s, 2, 0, 59, &second))
            return false;
        if (scan_char(s, '.') && !scan_fraction(s, ret_nanos))
            return false;
    }
    *ret_seconds = hour * 3600 + minute * 60 + second;
    return true;
}

static bool scan_offset(struct scan *s, int *ret_minutes)
{
    int hours, minutes;
    *ret_minutes = 0;
    if (scan_char(s, 'Z'))
        return true;
    bool west = scan_char(s, '-');
    if ((!west && !scan_char(s, '+')) || !scan_number(s, 2, 0, 18, &hours) ||
        !scan_char(s, ':') || !scan_number(s, 2, 0, 59, &minutes))
        return false;
    minutes += hours * 60;
    *ret_minutes = west ? -minutes : minutes;
    return minutes <= OFFSET_MAX;
}

bool asli_time_parse(const char *text, size_t len, struct asli_instant *ret_instant)
{
    struct scan s = {text, text + len};
    int64_t days;
    int seconds, offset;
    int32_t nanos;
    if (!scan_date(&s, &days) || !scan_char(&s, 'T') ||
        !scan_time(&s, &seconds, &nanos) || !scan_offset(&s, &offset) || s.p != s.end)
        return false;
    ret_instant->seconds = days * 86400 + seconds - offset * 60;
    ret_instant->nanos = nanos;
    return true;
}

int asli_instant_compare(struct asli_instant a, struct asli_instant b)
{
    if (a.seconds != b.seconds)
        return a.seconds < b.seconds ? -1 : 1;
    return (a.nanos > b.nanos) - (a.nanos < b.nanos);
}

int64_t asli_instant_ms(struct asli_instant instant)
{
    return instant.seconds * 1000 + (instant.nanos + 999999) / 1000000;
}

static char *put_digits(char *p, int value, int count, char after)
{
    for (int i = count - 1; i >= 0; i--, value /= 10)
        p[i] = (char)('0' + value % 10);
    p[count] = after;
    return p + count + 1;
}

void asli_time_format(int64_t ms, char *buf)
{
    int64_t days = floor_div(ms, 86400000), year;
    int of_day = (int)(ms % 86400000), month, day;
    of_day += of_day < 0 ? 86400000 : 0;
    asli_date_of_days(days, &year, &month, &day);
    char *p = buf;
    if (year >= 0 && year <= 9999)
        p = put_digits(p, (int)year, 4, '-');
    else
        p += snprintf(buf, 12, "%05lld-", (long long)year); /* no wider: ms has 64 bits */
    p = put_digits(p, month, 2, '-');
    p = put_digits(p, day, 2, 'T');
    p = put_digits(p, of_day / 3600000, 2, ':');
    p = put_digits(p, of_day / 60000 % 60, 2, ':');
    p = put_digits(p, of_day / 1000 % 60, 2, '.');
    p = put_digits(p, of_day % 1000, 3, 'Z');
    *p = '\0';
}
