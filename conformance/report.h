/* SPDX-License-Identifier: Apache-2.0
 *
 * What the runners of recordings (recordings.c, api.c) print, and their verdict: the options they
 * have in common, lines for people or TAP, the list of known differences.
 *
 * Exit status of a runner: 0 nothing failed, 1 something did, 2 wrong usage. With a list of known
 * differences the verdict is against it: a failure that it does not name and a pass that it does
 * are both wrong.
 */
#ifndef CONFORMANCE_REPORT_H
#define CONFORMANCE_REPORT_H

#include <getopt.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "conformance/cases.h"
#include "conformance/match.h"

struct report_options {
    const char *filter, *known;
    bool list_failures, list_skipped, tap;
    bool sample; /* not all cases are meant to run */
};

/* For a table of getopt_long; what it returns is for report_option. */
#define REPORT_LONGS                                                                     \
    {"filter", required_argument, NULL, 'f'}, {"list-failures", no_argument, NULL, 'l'}, \
        {"list-skipped", no_argument, NULL, 's'}, {"tap", no_argument, NULL, 't'},       \
        {"known", required_argument, NULL, 'k'},                                         \
    {                                                                                    \
        "help", no_argument, NULL, 'h'                                                   \
    }
#define REPORT_USAGE                                                                     \
    "  --filter TEXT    only cases whose id contains TEXT\n"                             \
    "  --list-failures  print ID: JSON Pointer, expected, got\n"                         \
    "  --list-skipped   print ID: reason\n"                                              \
    "  --tap            print a line of TAP for each case\n"                             \
    "  --known FILE     failures listed there (\"- `ID`: reason\") are expected, "       \
    "others and\n"                                                                       \
    "                   listed ones that pass are not\n"
/* False: it is none of these. */
bool report_option(struct report_options *options, int option);

struct report {
    struct report_options options;
    json_t *known;   /* {id: reason}: failures that are allowed */
    json_t *reached; /* {id: true}: cases that ran */
    const char *id;  /* the case that runs */
    size_t passed, failed, skipped;
    size_t wrong; /* against the verdict */
    size_t lines; /* of TAP */
    bool progress;
};

/* Reads the list of known differences, when there is one. 0; -1: it cannot be read, stderr says why. */
int report_begin(struct report *r, const struct report_options *options);

/* A line for people follows on stdout; what it has to begin with. */
const char *report_line(const struct report *r);
void report_progress(const struct report *r, size_t at, size_t of);

/* Of a case that does not run. */
void report_skip(struct report *r, const struct testcase *testcase);

/* Of one that did: `trouble` (NULL: none) is why it had nothing to compare. */
void report_case(struct report *r, bool passed, const char *trouble,
                 const struct differences *list);

/* A failure of the runner's own kind, told in TAP only. */
void report_wrong(struct report *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Entries of the list that name no case; the last lines. The exit status, 0 or 1. */
int report_end(struct report *r);

void report_done(struct report *r); /* also when report_begin failed */

#endif
