/* SPDX-License-Identifier: Apache-2.0
 *
 * JavaScript's calendar, UTC only: times in milliseconds as doubles, NaN when out of range; and the
 * weeks of ISO 8601, in years and, as XPath has it, in months.
 */
#include <math.h>
#include <string.h>

#include "engine/base/time.h"
#include "engine/query/jsonata/picture_date.h"

#define DAY 86400000.0
#define TIME_MOST 8.64e15
#define YEAR_MOST 400000.0 /* no time reaches it */

double asli_jn_date_utc(double year, double month, double day, const double time[4])
{
    static const double units[] = {3600000, 60000, 1000, 1};
    if (!(fabs(year) < YEAR_MOST) || !(fabs(month) < YEAR_MOST))
        return NAN;
    if (year >= 0 && year <= 99)
        year += 1900;
    double years = floor(month / 12);
    int64_t days =
        asli_days_of_date((int64_t)(year + years), (int)(month - 12 * years) + 1, 1);
    double value = ((double)days + day - 1) * DAY;
    for (int i = 0; time && i < 4; i++)
        value += time[i] * units[i];
    return fabs(value) <= TIME_MOST ? value : NAN;
}

struct asli_jn_date asli_jn_date_of(double millis)
{
    if (!(fabs(millis) <= TIME_MOST))
        return (struct asli_jn_date){NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN, NAN};
    struct asli_jn_date d = {.time = trunc(millis)};
    double days = floor(d.time / DAY), rest = d.time - days * DAY;
    int64_t year;
    int month, day;
    asli_date_of_days((int64_t)days, &year, &month, &day);
    d.year = (double)year;
    d.month = month;
    d.day = day;
    d.hour = floor(rest / 3600000);
    d.minute = floor(fmod(rest, 3600000) / 60000);
    d.second = floor(fmod(rest, 60000) / 1000);
    d.milli = fmod(rest, 1000);
    d.weekday = fmod(fmod(days + 3, 7) + 7, 7) + 1;
    return d;
}

/* The Monday of the week that has the first Thursday of the month (from 0). */
static double first_week(double year, double month)
{
    double first = asli_jn_date_utc(year, month, 1, NULL);
    double weekday = asli_jn_date_of(first).weekday;
    return weekday > 4 ? first + (8 - weekday) * DAY : first - (weekday - 1) * DAY;
}

/* The week of the date in its year or month: `length` months from `month` on, of at least `most`
 * weeks. */
static double week_of(const struct asli_jn_date *d, double month, double length,
                      double most)
{
    double today = asli_jn_date_utc(d->year, d->month - 1, d->day, NULL);
    double week = (today - first_week(d->year, month)) / (7 * DAY) + 1;
    if (week > most && today >= first_week(d->year, month + length))
        week = 1;
    else if (week < 1)
        week = (today - first_week(d->year, month - length)) / (7 * DAY) + 1;
    return floor(week);
}

/* -1, 0 or 1: the date's week belongs to the year or month before, to its own, to the next. */
static double week_owner(const struct asli_jn_date *d, double month, double length)
{
    if (isnan(d->time))
        return 0;
    return d->time < first_week(d->year, month)             ? -1
           : d->time >= first_week(d->year, month + length) ? 1
                                                            : 0;
}

static double week_month(const struct asli_jn_date *d)
{
    double month = d->month + week_owner(d, d->month - 1, 1);
    return month < 1 ? 12 : month > 12 ? 1 : month;
}

double asli_jn_date_component(const struct asli_jn_date *d, char component)
{
    switch (component) {
    case 'Y':
        return d->year;
    case 'M':
        return d->month;
    case 'D':
        return d->day;
    case 'd':
        return (asli_jn_date_utc(d->year, d->month - 1, d->day, NULL) -
                asli_jn_date_utc(d->year, 0, 1, NULL)) /
                   DAY +
               1;
    case 'F':
        return d->weekday;
    case 'W':
        return week_of(d, 0, 12, 52);
    case 'w':
        return week_of(d, d->month - 1, 1, 4);
    case 'X':
        return d->year + week_owner(d, 0, 12);
    case 'x':
        return week_month(d);
    case 'H':
        return d->hour;
    case 'h':
        return fmod(d->hour, 12) == 0 ? 12 : fmod(d->hour, 12);
    case 'm':
        return d->minute;
    case 's':
        return d->second;
    case 'f':
        return d->milli;
    default:
        return NAN;
    }
}

const char *asli_jn_date_name(char component, double number)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    static const char *const days[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                       "Friday", "Saturday", "Sunday"};
    if (component == 'F')
        return number >= 1 && number <= 7 ? days[(int)number - 1] : NULL;
    return number >= 1 && number <= 12 ? months[(int)number - 1] : NULL;
}
