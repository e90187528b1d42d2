/* SPDX-License-Identifier: Apache-2.0
 *
 * Children of distributed Maps: who of them runs, what of them is written, and what a crash leaves.
 */
#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/engine.h"
#include "engine/record.h"

static struct kit k;
static char begun[4096]; /* the names of executions that began, each with a blank */

static void on_event(void *arg, const asl_event *event)
{
    size_t len = strlen(begun);
    (void)arg;
    if (strcmp(asl_event_type(event), "ExecutionStarted") == 0)
        snprintf(begun + len, sizeof begun - len, "%s ", asl_event_execution(event));
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    begun[0] = '\0';
    k.options.event = on_event;
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static size_t running(void)
{
    asl_activity a;
    asl_engine_activity(k.engine, &a);
    return a.executions;
}

/* A Map, `more` of its fields, whose children of a type begin with W. */
#define MAP(type, more, states) "{" MAP_STATES(type, more, states)
#define MAP_STATES(type, more, states)                                                   \
    "'StartAt':'M','States':{'M':{'Type':'Map'," more "'End':true,'ItemProcessor':{"     \
    "'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'" type "'},"               \
    "'StartAt':'W','States':{" states "}}}}}"
#define WAIT(seconds) "'W':{'Type':'Wait','Seconds':" #seconds ",'End':true}"
#define TWO "'MaxConcurrency':2,"

/* ---- who runs ---- */

static void stopped_after_two_ended_at_once(const char *definition)
{
    kit_start(&k, "s", definition, "[1,2,3,4]");
    kit_until(&k, 1500);
    kit_reopen(&k);
    asl_stop(k.engine, "s", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "s"), "ABORTED");
    ck_assert_uint_eq(running(), 0);
}

START_TEST(children_that_begin_while_others_end_are_stopped_with_their_parent)
{
    stopped_after_two_ended_at_once(MAP("STANDARD", TWO, WAIT(1)));
}
END_TEST

START_TEST(children_that_begin_while_others_end_are_begun_again_after_a_crash)
{
    kit_start(&k, "s", MAP("EXPRESS", TWO, WAIT(1)), "[1,2,3,4]");
    kit_until(&k, 1500);
    kit_reopen(&k);
    kit_until(&k, 9000);
    ck_assert_str_eq(k.output, "[1,2,3,4]");
}
END_TEST

/* ---- Express children ---- */

static int count_row(void *arg, asl_slice key, asl_slice value)
{
    const unsigned char *bytes = key.data;
    (void)value;
    ((unsigned *)arg)[bytes[1]]++;
    return 0;
}

/* How many rows of a kind (docs/store-format.md) there are. */
static unsigned rows(char kind)
{
    unsigned count[256] = {0};
    asl_slice from = {"\0c", 2}, to = {NULL, 0};
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(
        asl_store_scan(k.store, snapshot, from, to, 0, count_row, count, NULL), 0);
    asl_store_release(k.store, snapshot);
    return count[(unsigned char)kind];
}

START_TEST(an_express_child_has_a_row_in_its_run_and_no_other)
{
    kit_start(&k, "s", MAP("EXPRESS", "", WAIT(5)), "[1,2]");
    kit_settle(&k);
    ck_assert_uint_eq(running(), 3);
    ck_assert_uint_eq(rows('c'), 0);
    ck_assert_uint_eq(rows('e'), 1); /* the parent's name, where it stands, its history */
    ck_assert_uint_eq(rows('f'), 1);
    ck_assert_uint_eq(rows('g'), 1);
    ck_assert_uint_eq(rows('j'), 1);
    ck_assert_uint_eq(rows('h'), 3); /* the run, its children */
    kit_until(&k, 5000);
    ck_assert_str_eq(k.output, "[1,2]");
    ck_assert_uint_eq(rows('h'), 3);
}
END_TEST

#define WHO "'Parameters':{'who.$':'$$.Execution','m.$':'$$.StateMachine.Id'},"

START_TEST(an_express_child_has_the_arn_of_one)
{
    kit_start(&k, "s",
              MAP("EXPRESS", "'Label':'L',", "'W':{'Type':'Pass'," WHO "'End':true}"),
              "[{\"a\":1}]");
    kit_settle(&k);
    ck_assert_ptr_nonnull(strstr(k.output, ":express:machine/L:"));
    ck_assert_ptr_nonnull(strstr(k.output, ":stateMachine:machine/L\""));
    ck_assert_ptr_nonnull(strstr(k.output, "\"Input\":{\"a\":1}"));
}
END_TEST

START_TEST(an_express_child_is_not_listed)
{
    json_t *json = NULL;
    kit_start(&k, "s", MAP("EXPRESS", "", WAIT(5)), "[1,2]");
    kit_settle(&k);
    ck_assert_int_eq(asl_list(k.store, NULL, &json, NULL), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(json, "executions")), 1);
    json_decref(json);
}
END_TEST

START_TEST(begun_again_after_a_crash_it_has_its_name_its_input_and_all_its_time)
{
    char first[sizeof begun];
    kit_start(&k, "s", MAP("EXPRESS", "", WAIT(200)), "[1,2]");
    kit_until(&k, 199000);
    memcpy(first, begun, sizeof first);
    begun[0] = '\0';
    kit_reopen(&k);
    kit_until(&k, 398000);
    ck_assert_str_eq(begun, first + 2); /* without the parent, "s " */
    ck_assert_uint_eq(running(), 3);
    kit_until(&k, 400000);
    ck_assert_str_eq(k.trace, "started:s ended:s:SUCCEEDED ");
    ck_assert_str_eq(k.output, "[1,2]");
}
END_TEST

START_TEST(what_ended_before_a_crash_is_not_begun_again)
{
    kit_start(&k, "s", MAP("EXPRESS", TWO, WAIT(1)), "[1,2,3,4]");
    kit_until(&k, 1500);
    begun[0] = '\0';
    kit_reopen(&k);
    kit_until(&k, 9000);
    ck_assert_uint_eq(strlen(begun), 2 * 37);
    ck_assert_str_eq(k.output, "[1,2,3,4]");
}
END_TEST

START_TEST(an_express_child_times_out_after_five_minutes)
{
    kit_start(&k, "s", MAP("EXPRESS", "", WAIT(1000)), "[1]");
    kit_until(&k, 299999);
    ck_assert_uint_eq(running(), 2);
    kit_until(&k, 300000);
    ck_assert_str_eq(k.trace, "started:s ended:s:FAILED ");
    ck_assert_str_eq(k.error, "States.ExceedToleratedFailureThreshold");
    ck_assert_uint_eq(running(), 0);
}
END_TEST

START_TEST(the_history_of_an_express_child_has_no_limit)
{
    kit_close(&k);
    k.options.max_events = 12;
    kit_open(&k);
    kit_start(&k, "s",
              MAP("EXPRESS", "",
                  "'W':{'Type':'Map','ItemProcessor':{'StartAt':'P','States':{"
                  "'P':{'Type':'Pass','End':true}}},'End':true}"),
              "[[1,2,3,4,5,6,7]]");
    kit_settle(&k);
    ck_assert_str_eq(k.output, "[[1,2,3,4,5,6,7]]");
}
END_TEST

START_TEST(express_children_are_stopped_with_their_parent)
{
    kit_start(&k, "s", MAP("EXPRESS", "", WAIT(5)), "[1,2]");
    kit_settle(&k);
    asl_stop(k.engine, "s", NULL, NULL, kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_uint_eq(running(), 0);
    begun[0] = '\0';
    kit_reopen(&k);
    kit_settle(&k);
    ck_assert_uint_eq(running(), 0);
    ck_assert_str_eq(begun, "");
}
END_TEST

START_TEST(express_children_that_were_lost_are_stopped_with_their_parent)
{
    stopped_after_two_ended_at_once(MAP("EXPRESS", TWO, WAIT(1)));
}
END_TEST

START_TEST(an_express_child_that_failed_begins_anew_when_its_parent_is_redriven)
{
    char first[sizeof begun];
    kit_handler(&k, "h", kit_fail);
    kit_start(&k, "s",
              MAP("EXPRESS", "", "'W':{'Type':'Task','Resource':'handler:h','End':true}"),
              "[7]");
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "s"), "FAILED");
    memcpy(first, begun, sizeof first);
    begun[0] = '\0';
    kit_handler(&k, "h", kit_echo);
    asl_redrive(k.engine, "s", kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "s"), "SUCCEEDED");
    ck_assert_uint_eq(strlen(begun), 37); /* another name */
    ck_assert_str_ne(begun, first + 2);
    ck_assert_uint_eq(rows('h'), 2);
}
END_TEST

/* ---- Standard children ---- */

/* What DescribeExecution does not tell of one that is running. */
static int64_t timeout_of(uint64_t id)
{
    struct asli_summary s;
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(k.store, &snapshot, NULL), 0);
    ck_assert_int_eq(asli_summary_get(k.store, snapshot, id, &s, NULL), 0);
    int64_t timeout = s.timeout_at;
    asli_summary_done(&s);
    asl_store_release(k.store, snapshot);
    return timeout;
}

START_TEST(a_child_has_no_timeout_of_its_own_when_its_parent_is_redriven)
{
    kit_handler(&k, "h", kit_fail);
    kit_start(
        &k, "s",
        "{'TimeoutSeconds':60," MAP_STATES(
            "STANDARD", "", "'W':{'Type':'Task','Resource':'handler:h','End':true}"),
        "[7]");
    kit_settle(&k);
    ck_assert_int_eq(timeout_of(1), KIT_EPOCH + 60000);
    ck_assert_int_eq(timeout_of(2), 0);
    kit_handler(&k, "h", kit_keep);
    asl_redrive(k.engine, "s", kit_done, &k, NULL);
    kit_settle(&k);
    ck_assert_int_eq(timeout_of(1), KIT_EPOCH + 60000);
    ck_assert_int_eq(timeout_of(2), 0);
}
END_TEST

/* One turn whose batch is looked at: how many definitions are put. */
static size_t definitions_put(void)
{
    size_t count = 0;
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    const asl_batch *batch = asl_engine_take_batch(k.engine, NULL);
    for (size_t i = 0; batch && i < batch->count; i++)
        count += ((const char *)batch->ops[i].key.data)[1] == ASLI_KEY_MACHINE;
    int rc = batch ? asl_store_apply(k.store, batch, NULL) : 0;
    ck_assert_int_eq(rc, 0);
    asl_engine_batch_done(k.engine, rc, NULL);
    return count;
}

static void definition_is_put_once(const char *map)
{
    size_t count = 0;
    kit_start(&k, "s", map, "[1,2,3,4,5,6,7,8]");
    do
        count += definitions_put();
    while (asl_engine_has_ready(k.engine));
    ck_assert_uint_eq(running(), 9);
    ck_assert_uint_eq(count, 1);
}

START_TEST(children_do_not_put_their_definition_again)
{
    definition_is_put_once(MAP("STANDARD", "", WAIT(5)));
}
END_TEST

START_TEST(express_children_do_not_put_their_definition_again)
{
    definition_is_put_once(MAP("EXPRESS", "", WAIT(5)));
}
END_TEST

static struct asli_execution *first(void)
{
    struct asli_map_node *n = asli_map_find(&k.engine->wakes, 1);
    return n ? ASLI_OF(n, struct asli_wake, node)->x : NULL;
}

static size_t told_when_durable(void)
{
    size_t count = 0;
    for (struct asli_effect *e = k.engine->effects; e; e = e->next)
        count += e->kind == ASLI_EFFECT_DURABLE;
    return count;
}

START_TEST(a_map_that_joined_before_a_crash_is_told_once)
{
    kit_start(&k, "s", MAP("STANDARD", "", "'W':{'Type':'Pass','End':true}"), "[1,2]");
    while (!first() || !first()->root->d.joining)
        ck_assert_int_eq(kit_turn(&k, NULL), 0);
    kit_reopen(&k);
    /* a step that leaves something for a batch, so that what is told waits for it */
    kit_start(&k, "other", KIT_WAIT(5), NULL);
    ck_assert_int_eq(asl_engine_run_ready(k.engine, k.now, NULL), 0);
    ck_assert_uint_eq(told_when_durable(), 1);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "s"), "SUCCEEDED");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("family");
    TCase *t = tcase_create("family");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, children_that_begin_while_others_end_are_stopped_with_their_parent);
    tcase_add_test(t, children_that_begin_while_others_end_are_begun_again_after_a_crash);
    tcase_add_test(t, an_express_child_has_a_row_in_its_run_and_no_other);
    tcase_add_test(t, an_express_child_has_the_arn_of_one);
    tcase_add_test(t, an_express_child_is_not_listed);
    tcase_add_test(t,
                   begun_again_after_a_crash_it_has_its_name_its_input_and_all_its_time);
    tcase_add_test(t, what_ended_before_a_crash_is_not_begun_again);
    tcase_add_test(t, an_express_child_times_out_after_five_minutes);
    tcase_add_test(t, the_history_of_an_express_child_has_no_limit);
    tcase_add_test(t, express_children_are_stopped_with_their_parent);
    tcase_add_test(t, express_children_that_were_lost_are_stopped_with_their_parent);
    tcase_add_test(t,
                   an_express_child_that_failed_begins_anew_when_its_parent_is_redriven);
    tcase_add_test(t, a_child_has_no_timeout_of_its_own_when_its_parent_is_redriven);
    tcase_add_test(t, children_do_not_put_their_definition_again);
    tcase_add_test(t, express_children_do_not_put_their_definition_again);
    tcase_add_test(t, a_map_that_joined_before_a_crash_is_told_once);
    suite_add_tcase(s, t);
    return s;
}
