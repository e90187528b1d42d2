/* SPDX-License-Identifier: Apache-2.0
 *
 * Children of distributed Maps: who of them runs, what of them is written, and what a crash leaves.
 */
#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"

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
    k.options.virtual_time = 1;
    k.options.event = on_event;
    ck_assert_int_eq(asl_store_mem(&k.store, NULL), 0);
    kit_open(&k);
}

static void teardown(void)
{
    kit_close(&k);
    asl_store_free(k.store);
}

static size_t running(void)
{
    asl_activity a;
    asl_engine_activity(k.engine, &a);
    return a.executions;
}

/* A Map, `more` of its fields, whose children of a type begin with W. */
#define MAP(type, more, states)                                                          \
    "{'StartAt':'M','States':{'M':{'Type':'Map'," more "'End':true,'ItemProcessor':{"    \
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

Suite *unit_suite(void)
{
    Suite *s = suite_create("family");
    TCase *t = tcase_create("family");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, children_that_begin_while_others_end_are_stopped_with_their_parent);
    suite_add_tcase(s, t);
    return s;
}
