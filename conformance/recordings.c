/* SPDX-License-Identifier: Apache-2.0
 *
 * recordings: replays recorded executions of AWS Step Functions and says where the engine did
 * something else. Cases: the recordings' own, and the project's (conformance/language), in one
 * format. Built with another KIND and another `replay` it is the runner of that kind: test-state.
 * Lines and exit status are report.h's.
 */
#include "conformance/kit/need.h"
#include "conformance/mutate.h"
#include "conformance/replay.h"
#include "conformance/report.h"

#ifndef KIND
#define KIND "execution"
#define RUNNER "recordings"
#else
#define RUNNER KIND
#endif
#ifndef ASL_LANGUAGE_CASES
#define ASL_LANGUAGE_CASES "conformance/language"
#endif

struct options {
    struct report_options report;
    const char *dir;
    bool mutate, actual;
    size_t sample; /* cases wanted, 0: all */
};

struct run {
    struct options options;
    struct cases cases;
    struct report report;
    size_t mutants, survivors, mutated;
};

/* ------------------------------------------------------------------ running */

static void survived(void *arg, const char *pointer, const char *what)
{
    struct run *r = arg;
    report_wrong(&r->report, "%s: %s: %s, and still passed", r->report.id, pointer, what);
}

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
    r->report.id = testcase->id;
    match_init(&m, testcase->json);
    json_t *actual = replay(testcase->json, &m, &trouble);
    if (r->options.actual && actual != NULL &&
        json_dumpf(actual, stdout, JSON_INDENT(2)) == 0)
        putchar('\n');
    bool passed =
        actual != NULL &&
        match_compare(&m, json_object_get(testcase->json, "expect"), actual, &list);
    report_case(&r->report, passed, trouble, &list);
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
        else
            report_skip(&r->report, its);
    }
    size_t parts =
        r->options.sample != 0 && r->options.sample < n ? r->options.sample : n;
    for (size_t part = 0; part < parts; part++)
        for (size_t i = part * n / parts; i < (part + 1) * n / parts; i++) {
            report_progress(&r->report, i + 1, n);
            if (run_case(r, runnable[i]))
                break;
            fflush(stdout);
        }
    free(runnable);
}

/* ------------------------------------------------------------------ main */

static int usage(FILE *out)
{
    fputs("usage: " RUNNER " [--filter TEXT] [--list-failures] [--list-skipped] "
          "[--mutate]\n"
          "                  [--tap] [--sample N] [--known FILE] [DIR]\n"
          "Replays the cases of kind " KIND
          " below DIR, or the project's own cases.\n" REPORT_USAGE
          "  --actual         print what the engine did, as JSON\n"
          "  --mutate         change each passing case in one place at a time; it must "
          "fail\n"
          "  --sample N       only N cases that pass, evenly spread\n",
          out);
    return out == stdout ? 0 : 2;
}

static int parse(struct options *o, int argc, char **argv)
{
    static const struct option longs[] = {REPORT_LONGS,
                                          {"actual", no_argument, NULL, 'a'},
                                          {"mutate", no_argument, NULL, 'm'},
                                          {"sample", required_argument, NULL, 'n'},
                                          {0}};
    char *end = NULL;
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;) {
        switch (c) {
        case 'a':
            o->actual = true;
            break;
        case 'm':
            o->mutate = true;
            break;
        case 'n':
            o->sample = strtoul(optarg, &end, 10);
            o->report.sample = true;
            if (*end != '\0' || o->sample == 0)
                return usage(stderr);
            break;
        case 'h':
            exit(usage(stdout));
        default:
            if (!report_option(&o->report, c))
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
    struct run r = {.cases.kinds = KIND};
    int rc = parse(&r.options, argc, argv);
    if (rc != 0)
        return rc;
    rc = report_begin(&r.report, &r.options.report) != 0 ||
                 cases_load(&r.cases, r.options.dir, r.options.report.filter) != 0
             ? 2
             : 0;
    if (rc == 0) {
        run_all(&r);
        if (r.options.mutate)
            printf("%s%zu mutants of %zu cases, %zu survived\n", report_line(&r.report),
                   r.mutants, r.mutated, r.survivors);
        rc = report_end(&r.report) != 0 || r.survivors > 0 ? 1 : 0;
    }
    cases_done(&r.cases);
    report_done(&r.report);
    return rc;
}
