/* SPDX-License-Identifier: Apache-2.0
 *
 * Map runs and their children in the shapes AWS answers with.
 */
#include <asl/control.h>
#include <asl/maintain.h>

#include <stdbool.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

static struct kit k;
static asl_error err;

static void setup(void)
{
    memset(&k, 0, sizeof k);
    k.options.region = "eu-west-1";
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

#define HEAD "arn:aws:states:eu-west-1:123456789012:"

static json_t *runs(const char *execution)
{
    json_t *all;
    ck_assert_msg(asl_map_runs(k.store, execution, &all, &err) == 0, "%s", err.text);
    return all;
}

static const json_t *run_at(const json_t *all, size_t i)
{
    return json_array_get(json_object_get(all, "mapRuns"), i);
}

static json_int_t count(const json_t *run, const char *of, const char *key)
{
    const json_t *n = json_object_get(json_object_get(run, of), key);
    ck_assert_msg(json_is_integer(n), "%s.%s", of, key);
    return json_integer_value(n);
}

/* The children of the execution's first run. */
static json_t *children(const char *execution, const char *status)
{
    json_t *all = runs(execution), *list;
    ck_assert_int_eq(asl_map_run_executions(k.store, execution,
                                            kit_text(run_at(all, 0), "mapRunArn"), status,
                                            &list, &err),
                     0);
    json_decref(all);
    return list;
}

static size_t how_many(const char *execution, const char *status)
{
    json_t *list = children(execution, status);
    size_t n = json_array_size(json_object_get(list, "executions"));
    json_decref(list);
    return n;
}

START_TEST(a_run_is_described_while_it_runs)
{
    kit_start(&k, "run", KIT_RUN("'MaxConcurrency':2,'ToleratedFailureCount':1,"),
              "[0,5,9,9,9]");
    kit_until(&k, 6000);
    json_t *all = runs("run");
    const json_t *run = run_at(all, 0);
    ck_assert_uint_eq(json_array_size(json_object_get(all, "mapRuns")), 1);
    ck_assert_ptr_nonnull(
        strstr(kit_text(run, "mapRunArn"), HEAD "mapRun:machine/Each:"));
    ck_assert_str_eq(kit_text(run, "executionArn"), HEAD "execution:machine:run");
    ck_assert_str_eq(kit_text(run, "status"), "RUNNING");
    ck_assert(json_is_real(json_object_get(run, "startDate")));
    ck_assert_ptr_null(json_object_get(run, "stopDate"));
    ck_assert_int_eq(json_integer_value(json_object_get(run, "maxConcurrency")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(run, "toleratedFailureCount")),
                     1);
    ck_assert_int_eq(count(run, "itemCounts", "pending"), 1);
    ck_assert_int_eq(count(run, "itemCounts", "total"), 5);
    ck_assert_int_eq(count(run, "executionCounts", "running"), 2);
    ck_assert_int_eq(count(run, "executionCounts", "succeeded"), 1);
    ck_assert_int_eq(count(run, "executionCounts", "failed"), 1);
    ck_assert_int_eq(count(run, "executionCounts", "resultsWritten"), 0);
    json_decref(all);
}
END_TEST

START_TEST(a_run_that_succeeded_has_written_its_results)
{
    kit_start(&k, "run", KIT_RUN(""), "[1,2]");
    kit_until(&k, 5000);
    json_t *all = runs("run");
    const json_t *run = run_at(all, 0);
    ck_assert_str_eq(kit_text(run, "status"), "SUCCEEDED");
    ck_assert(json_is_real(json_object_get(run, "stopDate")));
    ck_assert_int_eq(count(run, "itemCounts", "succeeded"), 2);
    ck_assert_int_eq(count(run, "itemCounts", "resultsWritten"), 2);
    ck_assert_int_eq(count(run, "executionCounts", "total"), 2);
    ck_assert(json_is_real(json_object_get(run, "toleratedFailurePercentage")));
    json_decref(all);
}
END_TEST

START_TEST(children_that_a_failed_run_stopped_are_counted_as_aborted)
{
    kit_start(&k, "run", KIT_RUN(""), "[9,0,9]");
    kit_until(&k, 1000);
    json_t *all = runs("run");
    const json_t *run = run_at(all, 0);
    ck_assert_str_eq(kit_text(run, "status"), "FAILED");
    ck_assert_int_eq(count(run, "executionCounts", "aborted"), 2);
    ck_assert_int_eq(count(run, "executionCounts", "failed"), 1);
    ck_assert_int_eq(count(run, "executionCounts", "running"), 0);
    json_decref(all);
}
END_TEST

START_TEST(each_attempt_is_a_run_and_the_newest_is_last)
{
    kit_start(&k, "run",
              KIT_RUN("'Retry':[{'ErrorEquals':['States.ALL'],'MaxAttempts':1,"
                      "'IntervalSeconds':3}],"),
              "[0]");
    kit_until(&k, 1000);
    ck_assert_uint_eq(how_many("run", NULL), 1);
    kit_until(&k, 9000);
    json_t *all = runs("run");
    ck_assert_uint_eq(json_array_size(json_object_get(all, "mapRuns")), 2);
    ck_assert(json_real_value(json_object_get(run_at(all, 0), "startDate")) <
              json_real_value(json_object_get(run_at(all, 1), "startDate")));
    json_decref(all);
}
END_TEST

START_TEST(an_execution_without_a_run_has_none)
{
    kit_start(&k, "run", KIT_PASS, NULL);
    kit_settle(&k);
    json_t *all = runs("run");
    ck_assert_uint_eq(json_array_size(json_object_get(all, "mapRuns")), 0);
    json_decref(all);
    ck_assert_int_eq(asl_map_runs(k.store, "none", &all, &err), ASL_ENOTFOUND);
    ck_assert_int_eq(
        asl_map_run_executions(k.store, "run", HEAD "mapRun:x/y:z", NULL, &all, &err),
        ASL_ENOTFOUND);
    ck_assert_str_eq(err.text, "Map Run Does Not Exist: '" HEAD "mapRun:x/y:z'");
}
END_TEST

START_TEST(children_are_listed_newest_first_and_by_status)
{
    kit_start(&k, "run", KIT_RUN("'ToleratedFailureCount':1,"), "[0,5,9]");
    kit_until(&k, 6000);
    json_t *list = children("run", NULL);
    const json_t *all = json_object_get(list, "executions");
    ck_assert_uint_eq(json_array_size(all), 3);
    ck_assert_str_eq(kit_text(json_array_get(all, 0), "status"), "RUNNING");
    const json_t *first = json_array_get(all, 2);
    ck_assert_str_eq(kit_text(first, "status"), "FAILED");
    ck_assert_str_eq(kit_text(first, "stateMachineArn"),
                     HEAD "stateMachine:machine/Each");
    ck_assert_ptr_nonnull(
        strstr(kit_text(first, "executionArn"), HEAD "execution:machine/Each:"));
    ck_assert_int_eq(json_integer_value(json_object_get(first, "itemCount")), 1);
    ck_assert_ptr_nonnull(strstr(kit_text(first, "mapRunArn"), ":mapRun:machine/Each:"));
    json_decref(list);
    ck_assert_uint_eq(how_many("run", "SUCCEEDED"), 1);
    ck_assert_uint_eq(how_many("run", "ABORTED"), 0);
}
END_TEST

START_TEST(a_child_is_described_but_not_listed)
{
    kit_start(&k, "run", KIT_RUN(""), "[1]");
    kit_until(&k, 5000);
    json_t *list, *all = children("run", NULL);
    const json_t *one = json_array_get(json_object_get(all, "executions"), 0);
    json_t *d = kit_describe(&k, kit_text(one, "name"));
    ck_assert_str_eq(kit_text(d, "executionArn"), kit_text(one, "executionArn"));
    ck_assert_str_eq(kit_text(d, "stateMachineArn"), HEAD "stateMachine:machine/Each");
    ck_assert_str_eq(kit_text(d, "mapRunArn"), kit_text(one, "mapRunArn"));
    json_decref(d);
    json_decref(all);
    d = kit_describe(&k, "run");
    ck_assert_ptr_null(json_object_get(d, "mapRunArn"));
    json_decref(d);
    ck_assert_int_eq(asl_list(k.store, NULL, &list, &err), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "executions")), 1);
    json_decref(list);
}
END_TEST

START_TEST(a_run_is_found_by_its_arn)
{
    json_t *described, *listed, *all;
    kit_start(&k, "before", KIT_PASS, NULL);
    kit_start(&k, "run", KIT_RUN(""), "[1]");
    kit_until(&k, 5000);
    all = runs("run");
    const char *arn = kit_text(run_at(all, 0), "mapRunArn");
    ck_assert_int_eq(asl_describe_map_run(k.store, arn, &described, &err), 0);
    ck_assert(json_equal(described, run_at(all, 0)));
    ck_assert_int_eq(asl_list_map_runs(k.store, "run", &listed, &err), 0);
    const json_t *one = run_at(listed, 0);
    ck_assert_str_eq(kit_text(one, "mapRunArn"), arn);
    ck_assert_str_eq(kit_text(one, "executionArn"), HEAD "execution:machine:run");
    ck_assert_str_eq(kit_text(one, "stateMachineArn"), HEAD "stateMachine:machine/Each");
    ck_assert_ptr_nonnull(json_object_get(one, "stopDate"));
    json_decref(all);
    json_decref(described);
    json_decref(listed);
}
END_TEST

static int load(void *store, const char *line, size_t len)
{
    return asl_load(store, line, len, NULL, &err);
}

START_TEST(a_run_is_found_in_another_store_where_its_execution_has_another_id)
{
    asl_store *copy;
    json_t *run;
    kit_start(&k, "run", KIT_RUN(""), "[1]");
    kit_until(&k, 5000);
    json_t *all = runs("run");
    const char *arn = kit_text(run_at(all, 0), "mapRunArn");
    struct kit other = {.options = {.virtual_time = 1, .region = "eu-west-1"}};
    ck_assert_int_eq(asl_store_mem(&copy, NULL), 0);
    other.store = copy;
    kit_open(&other);
    kit_start(&other, "else", KIT_PASS, NULL);
    kit_settle(&other);
    kit_close(&other);
    ck_assert_int_eq(asl_dump(k.store, "run", load, copy, &err), 0);
    ck_assert_int_eq(asl_describe_map_run(copy, arn, &run, &err), 0);
    ck_assert(json_equal(run, run_at(all, 0)));
    json_decref(run);
    json_decref(all);
    asl_store_free(copy);
}
END_TEST

/* The process ends at the n-th commit, before or after it; what is left goes on. */
static bool killed_at(unsigned long n, int after)
{
    struct faulty_store *faulty;
    struct faulty_plan plan = {FAULTY_APPLY, n, ASL_ESTORE, FAULTY_FOR_EVER, after};
    asl_check_counts counts;
    teardown();
    setup();
    kit_close(&k);
    asl_store *inner = k.store;
    ck_assert_int_eq(faulty_store_new(inner, &k.store, &faulty, &err), 0);
    kit_open(&k);
    kit_start(&k, "run", KIT_RUN("'MaxConcurrency':2,"), "[5,4,3,2,1]");
    kit_turn(&k, NULL); /* its start is durable */
    faulty_store_plan(faulty, &plan);
    for (int i = 0; i < 64 && !kit_turn(&k, NULL); i++)
        if (asl_engine_next_deadline(k.engine) < INT64_MAX)
            k.now = asl_engine_next_deadline(k.engine);
    bool failed = faulty_store_failed(faulty) != 0;
    faulty_store_plan(faulty, NULL);
    ck_assert_int_eq(asl_check(k.store, NULL, NULL, &counts, &err), 0);
    ck_assert_uint_eq(counts.problems, 0);
    kit_reopen(&k);
    kit_until(&k, 60000);
    return failed;
}

START_TEST(a_map_run_killed_at_any_commit_gives_each_item_one_child)
{
    unsigned long n = 1;
    for (bool failed = true; failed; n++) {
        killed_at(n, 1);
        ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
        ck_assert_uint_eq(how_many("run", NULL), 5);
        failed = killed_at(n, 0);
        json_t *d = kit_describe(&k, "run");
        ck_assert_str_eq(kit_text(d, "output"), "[5,4,3,2,1]");
        json_decref(d);
        ck_assert_uint_eq(how_many("run", "SUCCEEDED"), 5);
    }
    ck_assert_uint_gt(n, 5);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("read_runs");
    TCase *c = tcase_create("read_runs");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_run_is_described_while_it_runs);
    tcase_add_test(c, a_run_that_succeeded_has_written_its_results);
    tcase_add_test(c, children_that_a_failed_run_stopped_are_counted_as_aborted);
    tcase_add_test(c, each_attempt_is_a_run_and_the_newest_is_last);
    tcase_add_test(c, an_execution_without_a_run_has_none);
    tcase_add_test(c, children_are_listed_newest_first_and_by_status);
    tcase_add_test(c, a_child_is_described_but_not_listed);
    tcase_add_test(c, a_run_is_found_by_its_arn);
    tcase_add_test(c, a_run_is_found_in_another_store_where_its_execution_has_another_id);
    tcase_add_test(c, a_map_run_killed_at_any_commit_gives_each_item_one_child);
    suite_add_tcase(suite, c);
    return suite;
}
