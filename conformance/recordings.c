/* SPDX-License-Identifier: Apache-2.0
 *
 * recordings: replays recorded executions of AWS Step Functions and says where the engine did
 * something else. Cases: the recordings' own, and the project's (conformance/language), in one
 * format. Built with another KIND and another `replay` it is the runner of that kind: test-state.
 *
 * Exit status: 0 nothing failed, 1 something did, 2 wrong usage. With --known FILE the verdict is
 * against that list: a failure that it does not name and a pass that it does are both wrong.
 * With --tap every case is a line of TAP, those that are skipped and known differences included.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <unistd.h>

#include "conformance/cases.h"
#include "conformance/kit/need.h"
#include "conformance/match.h"
#include "conformance/mutate.h"
#include "conformance/replay.h"

#ifndef KIND
#define KIND "execution"
#define RUNNER "recordings"
#else
#define RUNNER KIND
#endif
#ifndef ASL_LANGUAGE_CASES
#define ASL_LANGUAGE_CASES "conformance/language"
#endif
#define SHOWN 4   /* differences of one case */
#define WIDTH 300 /* bytes of one value */

struct options {
    const char *filter, *known, *dir;
    bool list_failures, list_skipped, mutate, tap, actual;
    size_t sample; /* cases wanted, 0: all */
};

struct run {
    struct options options;
    struct cases cases;
    json_t *known;   /* {id: reason}: failures that are allowed */
    json_t *reached; /* {id: true}: cases that ran */
    const char *id;  /* the case that runs */
    size_t passed, failed, skipped;
    size_t wrong; /* against the verdict */
    size_t lines; /* of TAP */
    size_t mutants, survivors, mutated;
    bool progress;
};

/* ------------------------------------------------------------------ reporting */

static void clear_progress(const struct run *r)
{
    if (r->progress)
        fputs("\r\033[K", stderr);
}

/* A line that says how something ended, when they are asked for. `skip` NULL: it was not skipped. */
static void tap(struct run *r, bool ok, const char *skip, const char *format, ...)
{
    va_list values;
    if (!r->options.tap)
        return;
    clear_progress(r);
    printf("%sok %zu - ", ok ? "" : "not ", ++r->lines);
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    printf("%s%s\n", skip != NULL ? " # SKIP " : "", skip != NULL ? skip : "");
}

/* What stands before a line for people. */
static const char *mark(const struct run *r)
{
    return r->options.tap ? "# " : "";
}

static const char *ellipsis(const char *text)
{
    return strlen(text) > WIDTH ? "..." : "";
}

static void list_differences(const struct run *r, const struct differences *list)
{
    for (size_t i = 0; i < list->count && i < SHOWN; i++) {
        const struct difference *d = &list->items[i];
        printf("%s%s: %s, expected %.*s%s, got %.*s%s\n", mark(r), r->id, d->pointer,
               WIDTH, d->expected, ellipsis(d->expected), WIDTH, d->got,
               ellipsis(d->got));
    }
    if (list->count > SHOWN)
        printf("%s%s: and %zu more\n", mark(r), r->id, list->count - SHOWN);
}

static void survived(void *arg, const char *pointer, const char *what)
{
    struct run *r = arg;
    tap(r, false, NULL, "%s: %s: %s, and still passed", r->id, pointer, what);
    if (r->options.tap)
        return;
    clear_progress(r);
    printf("%s: %s: %s, and still passed\n", r->id, pointer, what);
}

/* A known difference is no failure, but no pass either; in a sample it is not one of those wanted. */
static void tap_end(struct run *r, bool passed, const char *known)
{
    char *skip = NULL;
    if (!passed && known != NULL && r->options.sample != 0)
        return;
    if (!passed && known != NULL && asprintf(&skip, "known difference: %s", known) < 0)
        need(NULL);
    if (passed && known != NULL)
        tap(r, false, NULL, "%s: passes, but %s lists it", r->id, r->options.known);
    else
        tap(r, passed || known != NULL, skip, "%s", r->id);
    free(skip);
}

/* Counts a case's end; true: it is to be listed. */
static bool count(struct run *r, bool passed)
{
    const char *reason = json_string_value(json_object_get(r->known, r->id));
    bool known = reason != NULL;
    tap_end(r, passed, reason);
    if (passed)
        r->passed++;
    else
        r->failed++;
    if (json_object_set_new(r->reached, r->id, need(json_true())) != 0)
        need(NULL);
    if (r->known != NULL ? passed == known : !passed)
        r->wrong++;
    if (passed && known && !r->options.tap) {
        clear_progress(r);
        printf("%s: passes, but %s lists it\n", r->id, r->options.known);
    }
    return !passed &&
           (r->options.list_failures || (!known && (r->known != NULL || r->options.tap)));
}

/* ------------------------------------------------------------------ running */

static void prove(struct run *r, struct match *m, const json_t *actual)
{
    struct mutation result = {.survivor = survived, .arg = r};
    mutate(m, actual, &result);
    r->mutants += result.tried;
    r->survivors += result.survived;
    r->mutated++;
}

static bool run_case(struct run *r, const struct testcase *testcase)
{
    struct match m;
    struct differences list = {0};
    char *trouble;
    r->id = testcase->id;
    match_init(&m, testcase->json);
    json_t *actual = replay(testcase->json, &m, &trouble);
    if (r->options.actual && actual != NULL &&
        json_dumpf(actual, stdout, JSON_INDENT(2)) == 0)
        putchar('\n');
    bool passed =
        actual != NULL &&
        match_compare(&m, json_object_get(testcase->json, "expect"), actual, &list);
    if (count(r, passed)) {
        clear_progress(r);
        if (trouble != NULL)
            printf("%s%s: , expected an execution, got %s\n", mark(r), r->id, trouble);
        list_differences(r, &list);
    }
    if (passed && r->options.mutate)
        prove(r, &m, actual);
    differences_done(&list);
    json_decref(actual);
    match_done(&m);
    free(trouble);
    return passed;
}

/* Runs the cases that can be replayed; of a sample, the first that passes in each of as many
 * equal parts. */
static void run_all(struct run *r)
{
    size_t n = 0;
    const struct testcase **runnable = need(calloc(r->cases.count + 1, sizeof *runnable));
    for (size_t i = 0; i < r->cases.count; i++) {
        const struct testcase *its = &r->cases.items[i];
        if (its->skip == NULL)
            runnable[n++] = its;
        else if (r->options.list_skipped)
            printf("%s%s: %s\n", mark(r), its->id, its->skip);
        if (its->skip != NULL && r->options.sample == 0)
            tap(r, true, its->skip, "%s", its->id);
        r->skipped += its->skip != NULL;
    }
    size_t parts =
        r->options.sample != 0 && r->options.sample < n ? r->options.sample : n;
    for (size_t part = 0; part < parts; part++)
        for (size_t i = part * n / parts; i < (part + 1) * n / parts; i++) {
            if (r->progress)
                fprintf(stderr, "\r%zu/%zu ", i + 1, n);
            if (run_case(r, runnable[i]))
                break;
            fflush(stdout);
        }
    clear_progress(r);
    free(runnable);
}

/* ------------------------------------------------------------------ known differences */

/* The list is Markdown: each entry is "- `ID`: reason". */
static int read_known(struct run *r)
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

/* An entry that names no case is as wrong as one that passes. */
static void check_known(struct run *r)
{
    const char *id;
    json_t *value;
    if (r->options.filter != NULL || r->options.sample != 0)
        return;
    json_object_foreach(r->known, id, value)
    {
        if (json_object_get(r->reached, id) != NULL)
            continue;
        tap(r, false, NULL, "%s: listed in %s, but no such case ran", id,
            r->options.known);
        if (!r->options.tap)
            printf("%s: listed in %s, but no such case ran\n", id, r->options.known);
        r->wrong++;
    }
}

/* ------------------------------------------------------------------ main */

static int usage(FILE *out)
{
    fputs("usage: " RUNNER " [--filter TEXT] [--list-failures] [--list-skipped] "
          "[--mutate]\n"
          "                  [--tap] [--sample N] [--known FILE] [DIR]\n"
          "Replays the cases of kind " KIND " below DIR, or the project's own cases.\n"
          "  --filter TEXT    only cases whose id contains TEXT\n"
          "  --list-failures  print ID: JSON Pointer, expected, got\n"
          "  --list-skipped   print ID: reason\n"
          "  --actual         print what the engine did, as JSON\n"
          "  --mutate         change each passing case in one place at a time; it must "
          "fail\n"
          "  --tap            print a line of TAP for each case\n"
          "  --sample N       only N cases that pass, evenly spread\n"
          "  --known FILE     failures listed there (\"- `ID`: reason\") are expected, "
          "others and\n"
          "                   listed ones that pass are not\n",
          out);
    return out == stdout ? 0 : 2;
}

static int parse(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {{"filter", required_argument, NULL, 'f'},
                                          {"list-failures", no_argument, NULL, 'l'},
                                          {"list-skipped", no_argument, NULL, 's'},
                                          {"actual", no_argument, NULL, 'a'},
                                          {"mutate", no_argument, NULL, 'm'},
                                          {"tap", no_argument, NULL, 't'},
                                          {"sample", required_argument, NULL, 'n'},
                                          {"known", required_argument, NULL, 'k'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    char *end = NULL;
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        switch (c) {
        case 'f':
            o->filter = optarg;
            break;
        case 'l':
            o->list_failures = true;
            break;
        case 'a':
            o->actual = true;
            break;
        case 's':
            o->list_skipped = true;
            break;
        case 'm':
            o->mutate = true;
            break;
        case 't':
            o->tap = true;
            break;
        case 'n':
            o->sample = strtoul(optarg, &end, 10);
            if (*end != '\0' || o->sample == 0)
                return usage(stderr);
            break;
        case 'k':
            o->known = optarg;
            break;
        case 'h':
            exit(usage(stdout));
        default:
            return usage(stderr);
        }
    }
    if (optind + 1 < argc)
        return usage(stderr);
    o->dir = argv[optind];
    if (o->dir == NULL)
        o->dir = getenv("ASL_LANGUAGE_CASES");
    if (o->dir == NULL)
        o->dir = ASL_LANGUAGE_CASES;
    return 0;
}

int main(int argc, char **argv)
{
    struct run r = {.progress = isatty(STDERR_FILENO), .cases.kind = KIND};
    int rc = parse(&r.options, argc, argv);
    if (rc != 0)
        return rc;
    r.reached = need(json_object());
    rc = read_known(&r) != 0 || cases_load(&r.cases, r.options.dir, r.options.filter) != 0
             ? 2
             : 0;
    if (rc == 0) {
        run_all(&r);
        check_known(&r);
        if (r.options.mutate)
            printf("%s%zu mutants of %zu cases, %zu survived\n", mark(&r), r.mutants,
                   r.mutated, r.survivors);
        if (r.options.tap)
            printf("1..%zu\n", r.lines);
        printf("%s%zu passed, %zu failed, %zu skipped\n", mark(&r), r.passed, r.failed,
               r.skipped);
        rc = r.wrong + r.survivors > 0 ? 1 : 0;
    }
    cases_done(&r.cases);
    json_decref(r.known);
    json_decref(r.reached);
    return rc;
}
