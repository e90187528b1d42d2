/* SPDX-License-Identifier: Apache-2.0
 *
 * What picture_date.c (the picture of a time, and writing by it), picture_date_parse.c (reading)
 * and calendar.c share.
 */
#ifndef ASLI_JSONATA_PICTURE_DATE_H
#define ASLI_JSONATA_PICTURE_DATE_H

#include "engine/query/jsonata/picture_impl.h"

/* A time as JavaScript's Date has it; all NaN when it is out of range. */
struct asli_jn_date {
    double time; /* whole milliseconds since 1970 */
    double year, month, day, hour, minute, second, milli; /* month 1..12 */
    double weekday;                                       /* 1..7, Monday is 1 */
};

struct asli_jn_date asli_jn_date_of(double millis);
/* Date.UTC: month from 0, years 0 to 99 are those of the last century, anything may overflow. */
double asli_jn_date_utc(double year, double month, double day, const double time[4]);
/* The number of a component (a letter of YMDdFWwXxHhmsf) of the date. */
double asli_jn_date_component(const struct asli_jn_date *date, char component);

/* A literal text, or a component: [Y0001]. */
struct asli_jn_date_part {
    bool literal;
    struct asli_jn_text
        text; /* of a literal, with "]]" for "]"; else the component's letter */
    const char *modifiers; /* in the picture, behind the letter */
    char component;        /* '?' when it is none of ASCII */
    bool names, has_max, has_integer;
    enum asli_jn_case letters; /* of names */
    char modifier;             /* a, t, c, o; 0: none */
    double min, max;           /* widths; NaN: nonsense, or not given */
    double year_digits;        /* -1: all */
    char *pattern;             /* owned; what `integer` was made of */
    struct asli_jn_integer integer;
};

struct asli_jn_date_picture {
    struct asli_jn_date_part *parts;
    size_t count, cap;
};

int asli_jn_date_analyse(struct asli_jn_text picture, struct asli_jn_date_picture *ret,
                         struct asli_jn_fault *fault);
void asli_jn_date_done(struct asli_jn_date_picture *picture);
/* Appends a literal, "]]" as "]"; `escape`: as the source of a regular expression. */
void asli_jn_date_literal(struct asli_jn_text literal, bool escape,
                          struct asli_bytes *out);

/* The result of writing or reading a part's integer: its fault then speaks of the picture, which
 * outlives the part. */
int asli_jn_date_fault(const struct asli_jn_date_part *part, int rc,
                       struct asli_jn_fault *fault);

/* "January", "Monday"; number from 1. NULL: there is no such. Component M, x or F. */
const char *asli_jn_date_name(char component, double number);

#endif
