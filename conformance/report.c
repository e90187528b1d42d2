/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines about cases, for people and as TAP, and what they add up to.
 *
 * Invariant: in TAP every case is one line, those that are skipped and known differences included.
 */
#include "conformance/report.h"

#include <stdarg.h>
#include <unistd.h>

#include "conformance/kit/need.h"

#define SHOWN 4   /* differences of one case */
#define WIDTH 300 /* bytes of one value */

bool report_option(struct report_options *options, int option)
{
    switch (option) {
    case 'f':
        options->filter = optarg;
        return true;
    case 'l':
        options->list_failures = true;
        return true;
    case 's':
        options->list_skipped = true;
        return true;
    case 't':
        options->tap = true;
        return true;
    case 'k':
        options->known = optarg;
        return true;
    default:
        return false;
    }
}

static void clear_progress(const struct report *r)
{
    if (r->progress)
        fputs("\r\033[K", stderr);
}

void report_progress(const struct report *r, size_t at, size_t of)
{
    if (r->progress)
        fprintf(stderr, "\r%zu/%zu ", at, of);
}

const char *report_line(const struct report *r)
{
    clear_progress(r);
    return r->options.tap ? "# " : "";
}

/* A line that says how something ended, when they are asked for. `skip` NULL: it was not skipped. */
static void tap(struct report *r, bool ok, const char *skip)
{
    if (!r->options.tap)
        return;
    clear_progress(r);
    printf("%sok %zu - %s%s%s\n", ok ? "" : "not ", ++r->lines, r->id,
           skip != NULL ? " # SKIP " : "", skip != NULL ? skip : "");
}

void report_wrong(struct report *r, const char *format, ...)
{
    va_list values;
    clear_progress(r);
    if (r->options.tap)
        printf("not ok %zu - ", ++r->lines);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
}

void report_skip(struct report *r, const struct testcase *testcase)
{
    r->id = testcase->id;
    if (r->options.list_skipped)
        printf("%s%s: %s\n", report_line(r), r->id, testcase->skip);
    if (!r->options.sample)
        tap(r, true, testcase->skip);
    r->skipped++;
}

static const char *ellipsis(const char *text)
{
    return strlen(text) > WIDTH ? "..." : "";
}

static void list_differences(const struct report *r, const struct differences *list)
{
    for (size_t i = 0; i < list->count && i < SHOWN; i++) {
        const struct difference *d = &list->items[i];
        printf("%s%s: %s, expected %.*s%s, got %.*s%s\n", report_line(r), r->id,
               d->pointer, WIDTH, d->expected, ellipsis(d->expected), WIDTH, d->got,
               ellipsis(d->got));
    }
    if (list->count > SHOWN)
        printf("%s%s: and %zu more\n", report_line(r), r->id, list->count - SHOWN);
}

/* A known difference is no failure, but no pass either; in a sample it is not one of those wanted. */
static void tell_end(struct report *r, bool passed, const char *known)
{
    char *skip = NULL;
    if (!passed && known != NULL && r->options.sample)
        return;
    if (!passed && known != NULL && asprintf(&skip, "known difference: %s", known) < 0)
        need(NULL);
    if (passed && known != NULL)
        report_wrong(r, "%s: passes, but %s lists it", r->id, r->options.known);
    else
        tap(r, passed || known != NULL, skip);
    free(skip);
}

void report_case(struct report *r, bool passed, const char *trouble,
                 const struct differences *list)
{
    const char *known = json_string_value(json_object_get(r->known, r->id));
    tell_end(r, passed, known);
    if (passed)
        r->passed++;
    else
        r->failed++;
    if (json_object_set_new(r->reached, r->id, need(json_true())) != 0)
        need(NULL);
    if (r->known != NULL ? passed == (known != NULL) : !passed)
        r->wrong++;
    if (passed || !(r->options.list_failures ||
                    (known == NULL && (r->known != NULL || r->options.tap))))
        return;
    if (trouble != NULL)
        printf("%s%s: , expected an execution, got %s\n", report_line(r), r->id, trouble);
    list_differences(r, list);
}

/* ------------------------------------------------------------------ known differences */

/* The list is Markdown: each entry is "- `ID`: reason". */
static int read_known(struct report *r)
{
    if (r->options.known == NULL)
        return 0;
    FILE *in = fopen(r->options.known, "r");
    if (in == NULL) {
        perror(r->options.known);
        return -1;
    }
    r->known = need(json_object());
    char *line = NULL;
    size_t cap = 0;
    while (getline(&line, &cap, in) > 0) {
        char *end = strncmp(line, "- `", 3) == 0 ? strchr(line + 3, '`') : NULL;
        if (end == NULL)
            continue;
        *end = '\0';
        const char *reason = end + 1 + strspn(end + 1, ": ");
        line[strcspn(reason, "\n") + (size_t)(reason - line)] = '\0';
        if (json_object_set_new(r->known, line + 3, need(json_string(reason))) != 0)
            need(NULL);
    }
    free(line);
    fclose(in);
    return 0;
}

int report_begin(struct report *r, const struct report_options *options)
{
    *r = (struct report){.options = *options, .progress = isatty(STDERR_FILENO)};
    r->reached = need(json_object());
    return read_known(r);
}

/* An entry that names no case is as wrong as one that passes. */
static void check_known(struct report *r)
{
    const char *id;
    json_t *value;
    if (r->options.filter != NULL || r->options.sample)
        return;
    json_object_foreach(r->known, id, value)
    {
        if (json_object_get(r->reached, id) != NULL)
            continue;
        report_wrong(r, "%s: listed in %s, but no such case ran", id, r->options.known);
        r->wrong++;
    }
}

int report_end(struct report *r)
{
    check_known(r);
    if (r->options.tap)
        printf("1..%zu\n", r->lines);
    printf("%s%zu passed, %zu failed, %zu skipped\n", report_line(r), r->passed,
           r->failed, r->skipped);
    return r->wrong > 0 ? 1 : 0;
}

void report_done(struct report *r)
{
    json_decref(r->known);
    json_decref(r->reached);
}
