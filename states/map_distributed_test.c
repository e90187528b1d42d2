/* SPDX-License-Identifier: Apache-2.0
 *
 * Distributed Maps of more items than a step or a batch takes: how many children run at a time, and
 * that a run survives its process.
 */
#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/need.h"
#include "conformance/kit/unit.h"

#define ITEMS 2000
#define CONCURRENCY 50
#define CEILING 10000 /* AWS's */

static struct kit k;
static int visits[CEILING + 1];

/* Each child waits a second, so that a wave of them is under way at a time. */
#define DEFINITION(concurrency)                                                          \
    "{'StartAt':'Each','States':{'Each':{'Type':'Map','MaxConcurrency':" concurrency     \
    ",'ItemProcessor':{'ProcessorConfig':"                                               \
    "{'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},"                                 \
    "'StartAt':'Wait','States':{'Wait':{'Type':'Wait','Seconds':1,'Next':'Visit'},"      \
    "'Visit':{'Type':'Task','Resource':'handler:visit','End':true}}},'End':true}}}"

static int visit(asl_task *task, void *arg)
{
    json_int_t item = json_integer_value(asl_task_input(task));
    (void)arg;
    visits[item]++;
    return asl_task_succeed(task, json_integer(2 * item), NULL);
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    memset(visits, 0, sizeof visits);
    kit_open_stored(&k);
    kit_handler(&k, "visit", visit);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

/* An execution of the items 0, 1, 2, ... */
static void start_of(const char *definition, int count)
{
    json_t *items = need(json_array());
    for (int i = 0; i < count; i++)
        json_array_append_new(items, json_integer(i));
    char *input = need(json_dumps(items, 0));
    kit_start(&k, "run", definition, input);
    free(input);
    json_decref(items);
}

static void start(void)
{
    start_of(DEFINITION("50"), ITEMS);
}

static int visited(void)
{
    int count = 0;
    for (int i = 0; i <= CEILING; i++)
        count += visits[i] > 0;
    return count;
}

static void check_result(void)
{
    json_t *description = kit_describe(&k, "run");
    const char *output = json_string_value(json_object_get(description, "output"));
    ck_assert_ptr_nonnull(output);
    json_t *result = need(json_loads(output, 0, NULL));
    ck_assert_uint_eq(json_array_size(result), ITEMS);
    for (int i = 0; i < ITEMS; i++)
        ck_assert_int_eq(json_integer_value(json_array_get(result, (size_t)i)), 2 * i);
    json_decref(result);
    json_decref(description);
}

/* As when the process is killed: what was stepped and not applied is lost. */
static void die_in_a_turn(void)
{
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    kit_reopen(&k);
    kit_handler(&k, "visit", visit);
}

START_TEST(a_wave_is_as_large_as_the_concurrency)
{
    start();
    for (int second = 1; second * CONCURRENCY <= ITEMS; second++) {
        kit_until(&k, second * 1000);
        ck_assert_int_eq(visited(), second * CONCURRENCY);
    }
    check_result();
}
END_TEST

START_TEST(no_wave_is_larger_than_ten_thousand)
{
    start_of(DEFINITION("20000"), CEILING + 1);
    kit_until(&k, 1000);
    ck_assert_int_eq(visited(), CEILING);
    kit_until(&k, 2000);
    ck_assert_int_eq(visited(), CEILING + 1);
}
END_TEST

START_TEST(a_run_that_was_killed_in_the_middle_goes_on)
{
    start();
    kit_until(&k, 20500);
    ck_assert_int_eq(visited(), ITEMS / 2);
    k.now = KIT_EPOCH + 21000;
    die_in_a_turn();
    kit_until(&k, 60000);
    ck_assert_int_eq(visited(), ITEMS);
    check_result();
}
END_TEST

START_TEST(a_run_that_is_killed_in_each_wave_comes_to_its_end)
{
    start();
    kit_settle(&k);
    for (int second = 1; second * CONCURRENCY <= ITEMS; second++) {
        k.now = KIT_EPOCH + second * 1000;
        for (int turns = second % 4; turns > 0; turns--)
            ck_assert_int_eq(kit_turn(&k, NULL), 0);
        die_in_a_turn();
        kit_settle(&k);
    }
    kit_settle(&k);
    ck_assert_int_eq(visited(), ITEMS);
    check_result();
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("map_distributed");
    TCase *tc = tcase_create("runs");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_wave_is_as_large_as_the_concurrency);
    tcase_add_test(tc, no_wave_is_larger_than_ten_thousand);
    tcase_add_test(tc, a_run_that_was_killed_in_the_middle_goes_on);
    tcase_add_test(tc, a_run_that_is_killed_in_each_wave_comes_to_its_end);
    suite_add_tcase(suite, tc);
    return suite;
}
