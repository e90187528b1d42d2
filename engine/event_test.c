/* SPDX-License-Identifier: Apache-2.0
 *
 * Events in the hook: as JSON they are what GetExecutionHistory shows, and what AWS logs of them.
 */
#include "conformance/kit/engine_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"

static struct kit k;
static json_t *seen;      /* every event, as JSON */
static json_t *logged;    /* what is logged at `level` */
static const char *level; /* NULL: nothing */
static int data;
static char arn[256]; /* of the last event */
static bool out_of_memory;

static void on_event(void *arg, const asl_event *event)
{
    json_t *o;
    (void)arg;
    snprintf(arn, sizeof arn, "%s", asl_event_arn(event));
    for (unsigned long n = 1; out_of_memory; n++) {
        fault_alloc_arm(n);
        int rc = asl_event_log_record(event, "ALL", 1, &o, NULL);
        bool met = fault_alloc_disarm();
        ck_assert_int_eq(rc, met ? ASL_ENOMEM : 0);
        if (met)
            continue;
        json_decref(o);
        break;
    }
    ck_assert_int_eq(asl_event_json(event, 0, &o, NULL), 0);
    json_array_append_new(seen, o);
    ck_assert_int_eq(asl_event_log_record(event, level, data, &o, NULL), 0);
    if (o)
        json_array_append_new(logged, o);
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    seen = json_array();
    logged = json_array();
    level = "ALL";
    data = 1;
    k.options.event = on_event;
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
    json_decref(seen);
    json_decref(logged);
}

/* The types that were logged, each followed by a blank. Static. */
static const char *types(void)
{
    static char all[512];
    json_t *one;
    size_t i;
    all[0] = '\0';
    json_array_foreach(logged, i, one)
    {
        strcat(all, kit_text(one, "type"));
        strcat(all, " ");
    }
    return all;
}

/* Every shape of details, variables and references to earlier events. */
#define MANY                                                                             \
    "{'StartAt':'P','States':{'P':{'Type':'Pass','Assign':{'a.$':'$'},'Next':'M'},"      \
    "'M':{'Type':'Map','ItemsPath':'$.list','ItemProcessor':{'StartAt':'T','States':"    \
    "{'T':{'Type':'Task','Resource':'handler:echo','End':true}}},'ResultPath':'$.r',"    \
    "'Next':'W'},'W':{'Type':'Wait','Seconds':2,'Next':'F'},"                            \
    "'F':{'Type':'Fail','Error':'E','Cause':'C'}}}"

START_TEST(events_are_what_the_history_shows)
{
    json_t *h;
    kit_handler(&k, "echo", kit_echo);
    kit_start(&k, "run", MANY, "{\"list\":[1,\"x\"]}");
    kit_until(&k, 3000);
    ck_assert_int_eq(asl_history(k.store, "run", &h, NULL), 0);
    ck_assert(json_equal(json_object_get(h, "events"), seen));
    ck_assert_str_eq(arn, "arn:aws:states:us-east-1:123456789012:execution:machine:run");
    json_decref(h);
}
END_TEST

START_TEST(a_log_record_is_all_text)
{
    kit_start(&k, "run", KIT_PASS, "{\"a\":1}");
    kit_settle(&k);
    const json_t *o = json_array_get(logged, 2);
    ck_assert_uint_eq(json_object_size(o), 7);
    ck_assert_str_eq(kit_text(o, "id"), "3");
    ck_assert_str_eq(kit_text(o, "type"), "PassStateExited");
    ck_assert_str_eq(kit_text(o, "previous_event_id"), "2");
    ck_assert_str_eq(kit_text(o, "event_timestamp"), "1700000000000");
    ck_assert_str_eq(kit_text(o, "execution_arn"), arn);
    ck_assert_str_eq(kit_text(o, "redrive_count"), "0");
    ck_assert_str_eq(kit_text(json_object_get(o, "details"), "output"), "{\"a\":1}");
}
END_TEST

START_TEST(a_level_logs_what_it_is_for)
{
    static const struct {
        const char *level, *types;
    } rows[] = {
        {"ALL", "ExecutionStarted FailStateEntered ExecutionFailed "},
        {"ERROR", "FailStateEntered ExecutionFailed "},
        {"FATAL", "ExecutionFailed "},
        {"OFF", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[] = {'r', (char)('0' + i), 0};
        json_array_clear(logged);
        level = rows[i].level;
        kit_start(&k, name, "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", NULL);
        kit_settle(&k);
        ck_assert_str_eq(types(), rows[i].types);
    }
}
END_TEST

START_TEST(errors_of_every_kind_are_logged_as_errors)
{
    level = "ERROR";
    kit_handler(&k, "bad", kit_fail);
    kit_start(&k, "run",
              "{'StartAt':'P','States':{'P':{'Type':'Parallel','End':true,'Branches':["
              "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:bad',"
              "'End':true}}},{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':9,"
              "'End':true}}}]}}}",
              NULL);
    kit_settle(&k);
    ck_assert_str_eq(types(), "LambdaFunctionFailed TaskStateAborted WaitStateAborted "
                              "ParallelStateFailed ExecutionFailed ");
}
END_TEST

START_TEST(without_data_names_and_roles_stay)
{
    data = 0;
    kit_start(&k, "run", KIT_PASS, "{\"a\":1}");
    kit_settle(&k);
    static const char *const rows[] = {
        "{\"roleArn\": \"arn:aws:iam::123456789012:role/asl\"}", "{\"name\": \"P\"}",
        "{\"name\": \"P\"}", "{}"};
    for (size_t i = 0; i < 4; i++) {
        char *details =
            json_dumps(json_object_get(json_array_get(logged, i), "details"), 0);
        ck_assert_str_eq(details, rows[i]);
        free(details);
    }
}
END_TEST

START_TEST(express_executions_are_logged_by_their_arn)
{
    kit_start_express(&k, "run", KIT_PASS, NULL, 1);
    kit_settle(&k);
    ck_assert_str_eq(types(), "ExecutionStarted PassStateEntered PassStateExited "
                              "ExecutionSucceeded ");
    const char *express = "arn:aws:states:us-east-1:123456789012:express:x:run:";
    ck_assert_int_eq(strncmp(arn, express, strlen(express)), 0);
    ck_assert_str_eq(kit_text(json_array_get(logged, 3), "execution_arn"), arn);
}
END_TEST

START_TEST(a_redrive_is_counted)
{
    kit_start(&k, "run", "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", NULL);
    kit_settle(&k);
    ck_assert_int_eq(asl_redrive(k.engine, "run", NULL, NULL, NULL), 0);
    kit_settle(&k);
    size_t last = json_array_size(logged) - 1;
    ck_assert_str_eq(kit_text(json_array_get(logged, 2), "redrive_count"), "0");
    ck_assert_str_eq(kit_text(json_array_get(logged, last), "redrive_count"), "1");
}
END_TEST

START_TEST(out_of_memory_tells_nothing)
{
    out_of_memory = true;
    kit_start(&k, "run", MANY, "{\"list\":[]}");
    kit_settle(&k);
    ck_assert_uint_gt(json_array_size(seen), 4);
    out_of_memory = false;
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        events_are_what_the_history_shows,
        a_log_record_is_all_text,
        a_level_logs_what_it_is_for,
        errors_of_every_kind_are_logged_as_errors,
        without_data_names_and_roles_stay,
        express_executions_are_logged_by_their_arn,
        a_redrive_is_counted,
        out_of_memory_tells_nothing,
    };
    Suite *s = suite_create("event");
    TCase *t = tcase_create("event");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
