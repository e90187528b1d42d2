/* SPDX-License-Identifier: Apache-2.0
 *
 * UpdateMapRun: what a Map run does with another concurrency or tolerance, and who is refused.
 */
#include <asl/control.h>

#include <stdio.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"

static struct kit k;
static asl_error err;
static char arn[256]; /* of the run */

static void setup(void)
{
    memset(&k, 0, sizeof k);
    memset(&err, 0, sizeof err);
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static void start(const char *definition, const char *input)
{
    json_t *runs;
    kit_start(&k, "run", definition, input);
    kit_settle(&k);
    ck_assert_int_eq(asl_list_map_runs(k.store, "run", &runs, NULL), 0);
    const json_t *run = json_array_get(json_object_get(runs, "mapRuns"), 0);
    snprintf(arn, sizeof arn, "%s", json_string_value(json_object_get(run, "mapRunArn")));
    json_decref(runs);
    k.trace[0] = '\0';
}

static int update(const int64_t *concurrency, const int64_t *count, const double *percent)
{
    asl_map_run_changes c = {sizeof c, concurrency, count, percent};
    return asl_map_run_update(k.engine, arn, &c, kit_done, &k, &err);
}

static json_t *described(void)
{
    json_t *run;
    ck_assert_int_eq(asl_describe_map_run(k.store, arn, &run, NULL), 0);
    return run;
}

/* How many of its children are of that kind, such as "running". */
static json_int_t children(const char *which)
{
    json_t *run = described();
    json_int_t n = json_integer_value(
        json_object_get(json_object_get(run, "executionCounts"), which));
    json_decref(run);
    return n;
}

START_TEST(more_children_start_at_once)
{
    int64_t three = 3, any = 0;
    start(KIT_RUN("'MaxConcurrency':1,"), "[5,5,5,5,5]");
    ck_assert_int_eq(children("running"), 1);
    ck_assert_int_eq(update(&three, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_OK ");
    ck_assert_int_eq(children("running"), 3);
    ck_assert_int_eq(update(&any, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_int_eq(children("running"), 5);
    kit_until(&k, 6000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(fewer_stop_none_that_runs)
{
    int64_t one = 1;
    start(KIT_RUN("'MaxConcurrency':3,"), "[5,5,5,5,5]");
    ck_assert_int_eq(update(&one, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_int_eq(children("running"), 3);
    kit_until(&k, 5000);
    ck_assert_int_eq(children("running"), 1);
    kit_until(&k, 15000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(what_failed_too_often_by_the_new_tolerance_fails_at_once)
{
    int64_t one = 1, two = 2;
    start(KIT_RUN("'ToleratedFailurePercentage':100,"), "[0,0,60]");
    ck_assert_int_eq(update(NULL, &two, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "run"), "RUNNING");
    ck_assert_int_eq(update(NULL, &one, NULL), 0);
    kit_settle(&k);
    json_t *d = kit_describe(&k, "run");
    ck_assert_str_eq(json_string_value(json_object_get(d, "error")),
                     "States.ExceedToleratedFailureThreshold");
    json_decref(d);
    ck_assert_int_eq(children("aborted"), 1);
}
END_TEST

START_TEST(a_percentage_saves_what_would_have_failed)
{
    double half = 50;
    start(KIT_RUN(""), "[1,60]");
    ck_assert_int_eq(update(NULL, NULL, &half), 0);
    kit_settle(&k);
    json_t *run = described();
    ck_assert(json_real_value(json_object_get(run, "toleratedFailurePercentage")) == 50);
    json_decref(run);
}
END_TEST

START_TEST(a_change_outlives_the_process)
{
    int64_t two = 2, count = 7;
    start(KIT_RUN("'MaxConcurrency':1,'ToleratedFailureCount':1,"), "[5,5,5,5]");
    ck_assert_int_eq(update(&two, &count, NULL), 0);
    kit_settle(&k);
    kit_reopen(&k);
    kit_settle(&k);
    json_t *run = described();
    ck_assert_int_eq(json_integer_value(json_object_get(run, "maxConcurrency")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(run, "toleratedFailureCount")),
                     7);
    json_decref(run);
    kit_until(&k, 10000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(fewer_before_a_redrive_goes_on_in_their_number)
{
    int64_t one = 1;
    start(KIT_RUN("'MaxConcurrency':3,"), "[60,60,60]");
    ck_assert_int_eq(asl_stop(k.engine, "run", NULL, NULL, NULL, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_int_eq(asl_redrive(k.engine, "run", NULL, NULL, NULL), 0);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_int_eq(update(&one, NULL, NULL), 0);
    kit_settle(&k);
    kit_until(&k, 500000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
}
END_TEST

START_TEST(one_that_has_ended_or_never_was_is_refused)
{
    int64_t two = 2;
    start(KIT_RUN(""), "[1]");
    kit_until(&k, 2000);
    k.trace[0] = '\0';
    ck_assert_int_eq(update(&two, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_EENDED ");
    k.trace[0] = '\0';
    arn[strlen(arn) - 1] ^= 1;
    ck_assert_int_eq(update(&two, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "done:ASL_ENOTFOUND ");
}
END_TEST

START_TEST(values_out_of_range_are_refused)
{
    int64_t less = -1;
    double more = 100.5;
    start(KIT_RUN(""), "[1]");
    ck_assert_int_eq(update(&less, NULL, NULL), ASL_EINVAL);
    ck_assert_int_eq(update(NULL, &less, NULL), ASL_EINVAL);
    ck_assert_int_eq(update(NULL, NULL, &more), ASL_EINVAL);
}
END_TEST

START_TEST(when_any_allocation_fails_it_is_done_again)
{
    int64_t two = 2;
    for (unsigned long n = 1;; n++) {
        teardown();
        setup();
        start(KIT_RUN("'MaxConcurrency':1,"), "[5,5,5]");
        fault_alloc_arm(n);
        int rc = update(&two, NULL, NULL);
        int ran = rc ? rc : asl_engine_run_ready(k.engine, k.now, &err);
        bool met = fault_alloc_disarm();
        ck_assert(ran == 0 || ran == ASL_ENOMEM);
        if (!rc) {
            kit_settle(&k);
            ck_assert_str_eq(k.trace, "done:ASL_OK ");
            ck_assert_int_eq(children("running"), 2);
        }
        if (!met)
            break;
    }
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        more_children_start_at_once,
        fewer_stop_none_that_runs,
        what_failed_too_often_by_the_new_tolerance_fails_at_once,
        a_percentage_saves_what_would_have_failed,
        a_change_outlives_the_process,
        fewer_before_a_redrive_goes_on_in_their_number,
        one_that_has_ended_or_never_was_is_refused,
        values_out_of_range_are_refused,
        when_any_allocation_fails_it_is_done_again,
    };
    Suite *s = suite_create("update_run");
    TCase *t = tcase_create("update_run");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
