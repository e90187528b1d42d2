/* SPDX-License-Identifier: Apache-2.0
 *
 * Every recorded case, disturbed: the n-th allocation fails, the n-th call of the store fails, the
 * store is full, the process is killed at the n-th commit, for every n or for as many as there is
 * work for. However a case was disturbed, it must end as recorded, and its history must go on from
 * what had been durable. Prints TAP, a line a case.
 *
 * How many times a case is run is reckoned from the work of one run, in bytes
 * that it allocates: no verdict and
 * no number of runs depends on time.
 */
#include <getopt.h>

#include "conformance/cases.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/need.h"
#include "conformance/match.h"
#include "conformance/replay.h"
#include "torture/faulty_store.h"

#define WORK (12 << 20) /* bytes allocated by all runs of a case with one fault */
#define PATIENCE 4      /* how often a call that failed is made again */
#define SHOWN 3         /* runs of one fault that are told */

/* What goes wrong, once the n-th time that it can. */
static const struct fault {
    const char *name;
    bool alloc;              /* an allocation, not: */
    struct faulty_plan plan; /* a call of the store; n is to come */
    unsigned patience;
} faults[] = {
    {"no memory, and opened again", .alloc = true},
    {"no memory, and asked again", .alloc = true, .patience = PATIENCE},
    {"a call of the store fails", .plan = {.call = FAULTY_ANY, .code = ASL_ESTORE},
     .patience = PATIENCE},
    {"calls of the store fail until it is opened again",
     .plan = {.call = FAULTY_ANY, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER},
     .patience = PATIENCE},
    {"the store is full for a while",
     .plan = {.call = FAULTY_APPLY, .code = ASL_ENOSPACE, .times = 3}},
    {"killed before a commit",
     .plan = {.call = FAULTY_APPLY, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER}},
    {"killed after a commit", .plan = {.call = FAULTY_APPLY,
                                       .code = ASL_ESTORE,
                                       .times = FAULTY_FOR_EVER,
                                       .after = 1}},
};
#define FAULTS (sizeof faults / sizeof *faults)

struct run {
    const struct testcase *testcase;
    const struct fault *fault; /* NULL: none */
    unsigned long n;
    asl_store *store;
    struct faulty_store *faulty;
    struct replay replay;
    unsigned long allocations, bytes, calls[FAULTY_CALLS]; /* of the first life */
    bool struck; /* something did go wrong in it */
    struct differences differences;
    char *trouble;
};

/* ------------------------------------------------------------------ one run */

static int disturbed_life(struct run *r, asl_error *reterr)
{
    struct faulty_plan plan = {0};
    bool alloc = r->fault != NULL && r->fault->alloc;
    if (r->fault != NULL && !alloc) {
        plan = r->fault->plan;
        plan.n = r->n;
    }
    r->replay.patience = r->fault != NULL ? r->fault->patience : 0;
    faulty_store_plan(r->faulty, &plan);
    fault_alloc_arm(alloc ? r->n : 0);
    int rc = replay_live(&r->replay, reterr);
    r->struck = fault_alloc_disarm() || faulty_store_failed(r->faulty) > 0;
    r->allocations = fault_alloc_count();
    r->bytes = fault_alloc_bytes();
    for (int i = 0; i < FAULTY_CALLS; i++)
        r->calls[i] = faulty_store_count(r->faulty, (enum faulty_call)i);
    faulty_store_plan(r->faulty, NULL);
    return rc;
}

/* Is `later` the same events as `earlier`, and perhaps more? */
static bool extends(const json_t *later, const json_t *earlier)
{
    size_t i;
    json_t *event;
    json_array_foreach(earlier, i, event)
    {
        if (!json_equal(json_array_get(later, i), event))
            return false;
    }
    return true;
}

static void say(struct run *r, const char *what, const asl_error *error)
{
    if (asprintf(&r->trouble, "%s%s%s", what, error != NULL ? ": " : "",
                 error != NULL ? error->text : "") < 0)
        need(NULL);
}

/* Disturbed, then left in peace. */
static void live(struct run *r)
{
    asl_error error = {0};
    int rc = disturbed_life(r, &error);
    if (r->struck != (r->fault != NULL))
        say(r, "the fault did not happen", NULL);
    if (rc == 0 || r->trouble != NULL)
        return;
    json_t *before = replay_events(&r->replay);
    if (replay_live(&r->replay, &error) != 0)
        say(r, "does not go on", &error);
    json_t *after = replay_events(&r->replay);
    if (r->trouble == NULL && !extends(after, before))
        say(r, "what was durable has changed", NULL);
    json_decref(before);
    json_decref(after);
}

static void judge(struct run *r, struct match *m)
{
    asl_error error = {0};
    json_t *result = replay_result(&r->replay, &error);
    if (result == NULL)
        say(r, "cannot be described", &error);
    else
        match_compare(m, json_object_get(r->testcase->json, "expect"), result,
                      &r->differences);
    json_decref(result);
}

/* True: it ended as recorded. Else the reason is in r, to be freed. */
static bool run(struct run *r)
{
    asl_store *mem;
    struct match m;
    if (asl_store_mem(&mem, NULL) != 0 ||
        faulty_store_new(mem, &r->store, &r->faulty, NULL) != 0)
        need(NULL);
    match_init(&m, r->testcase->json);
    replay_init(&r->replay, r->testcase->json, &m, r->store);
    live(r);
    if (r->trouble == NULL)
        judge(r, &m);
    replay_done(&r->replay);
    match_done(&m);
    asl_store_free(r->store);
    return r->trouble == NULL && r->differences.count == 0;
}

static void tell(const struct run *r)
{
    printf("# %s, number %lu", r->fault != NULL ? r->fault->name : "undisturbed", r->n);
    if (r->trouble != NULL)
        printf(": %s\n", r->trouble);
    else
        printf(": %s, expected %.300s, got %.300s\n", r->differences.items[0].pointer,
               r->differences.items[0].expected, r->differences.items[0].got);
}

static bool run_and_tell(struct run *r, bool quiet)
{
    bool passed = run(r);
    if (!passed && !quiet)
        tell(r);
    differences_done(&r->differences);
    free(r->trouble);
    r->differences = (struct differences){0};
    r->trouble = NULL;
    return passed;
}

/* ------------------------------------------------------------------ all runs of a case */

struct sum {
    unsigned long runs, skipped, failed;
};

/* Of every stride-th n; where they begin differs from case to case, so that all of them together
 * meet every n. */
static void run_fault(const struct testcase *testcase, const struct fault *fault,
                      const struct run *clean, unsigned long nth, unsigned long work,
                      struct sum *sum)
{
    unsigned long last =
        fault->alloc ? clean->allocations : clean->calls[fault->plan.call];
    unsigned long failed = 0;
    unsigned long runs = work / (clean->bytes + 1) + 1;
    unsigned long stride = (last + runs - 1) / runs, n = 1 + nth % (stride ? stride : 1);
    for (; n <= last; n += stride) {
        struct run r = {.testcase = testcase, .fault = fault, .n = n};
        failed += !run_and_tell(&r, failed >= SHOWN);
        sum->runs++;
    }
    if (failed > SHOWN)
        printf("# %s: and %lu more\n", fault->name, failed - SHOWN);
    if (stride > 1)
        sum->skipped += last - (last + stride - 1) / stride;
    sum->failed += failed;
}

/* True: nothing failed. */
static bool run_case(const struct testcase *testcase, unsigned long nth, bool every)
{
    struct sum sum = {0};
    struct run clean = {.testcase = testcase};
    bool passed = run_and_tell(&clean, false);
    for (size_t i = 0; i < FAULTS && passed; i++)
        run_fault(testcase, &faults[i], &clean, nth, every ? ULONG_MAX / 2 : WORK, &sum);
    passed &= sum.failed == 0;
    printf("%sok %lu - %s\n", passed ? "" : "not ", nth, testcase->id);
    if (sum.skipped > 0)
        printf(
            "# in %lu places of %lu, since a run allocates %lu bytes (--every: in all)\n",
            sum.runs, sum.runs + sum.skipped, clean.bytes);
    return passed;
}

static bool run_all(const struct cases *cases, bool every)
{
    bool passed = true;
    printf("1..%zu\n", cases->count);
    for (size_t i = 0; i < cases->count; i++) {
        const struct testcase *its = &cases->items[i];
        if (its->skip != NULL)
            printf("ok %zu - %s # SKIP %s\n", i + 1, its->id, its->skip);
        else
            passed &= run_case(its, i + 1, every);
        fflush(stdout);
    }
    return passed;
}

/* ------------------------------------------------------------------ main */

static int usage(FILE *out)
{
    fputs("usage: faults [--filter TEXT] [--every] DIR...\n"
          "Disturbs each recorded execution below DIR in as many places as there is work "
          "for.\n"
          "  --filter TEXT  only cases whose id contains TEXT\n"
          "  --every        in every place, however long it takes\n",
          out);
    return out == stdout ? 0 : 2;
}

int main(int argc, char **argv)
{
    static const struct option longs[] = {{"filter", required_argument, NULL, 'f'},
                                          {"every", no_argument, NULL, 'e'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    struct cases cases = {.kinds = "execution"};
    const char *filter = NULL;
    bool every = false;
    for (int c; (c = getopt_long(argc, argv, "h", longs, NULL)) != -1;)
        if (c == 'f')
            filter = optarg;
        else if (c == 'e')
            every = true;
        else
            return usage(c == 'h' ? stdout : stderr);
    if (optind == argc)
        return usage(stderr);
    int rc = 0;
    for (int i = optind; i < argc && rc == 0; i++)
        rc = cases_load(&cases, argv[i], filter) != 0 ? 2 : 0;
    if (rc == 0)
        rc = run_all(&cases, every) ? 0 : 1;
    cases_done(&cases);
    return rc;
}
