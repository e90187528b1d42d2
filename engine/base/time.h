/* SPDX-License-Identifier: Apache-2.0
 *
 * Timestamps: ISO-8601 extended offset date-times, as java.time reads and AWS writes them.
 */
#ifndef ASLI_BASE_TIME_H
#define ASLI_BASE_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An instant: seconds since 1970 and nanoseconds, 0..999999999. */
struct asli_instant {
    int64_t seconds;
    int32_t nanos;
};

/* YYYY-MM-DDTHH:MM:SS[.1 to 9 digits](Z|+hh:mm|-hh:mm), real dates only (leap years, no month 13,
 * no hour 25); 'T' and 'Z' upper case. Seconds may be left out as in java.time ("12:30Z").
 * False: not such a string. */
bool asli_time_parse(const char *text, size_t len, struct asli_instant *ret_instant);
int asli_instant_compare(struct asli_instant a, struct asli_instant b);
/* Rounded up to whole milliseconds. */
int64_t asli_instant_ms(struct asli_instant instant);

/* Days since 1970-01-01 of a date, and back; months from 1. */
int64_t asli_days_of_date(int64_t year, int month, int day);
void asli_date_of_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day);

/* "2026-11-22T10:00:00.000Z" into buf (at least 32 bytes). */
void asli_time_format(int64_t ms, char *buf);

#endif
