/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading page by page: executions by what they are asked for, and histories from both ends.
 */
#include <asl/control.h>

#include <stdio.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

#define MACHINE "arn:aws:states:us-east-1:123456789012:stateMachine:"

static struct kit k;
static struct faulty_store *faulty;

static void setup(void)
{
    asl_store *inner;
    memset(&k, 0, sizeof k);
    k.options.virtual_time = 1;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &k.store, &faulty, NULL), 0);
    kit_open(&k);
}

static void teardown(void)
{
    kit_close(&k);
    asl_store_free(k.store);
}

/* ---- executions ---- */

static void start(const char *machine, const char *name, const char *definition,
                  unsigned version, const char *alias)
{
    asl_start_options o = {
        .size = sizeof o, .name = name, .version = version, .alias = alias};
    asl_machine *m = kit_machine(definition, machine);
    ck_assert_int_eq(asl_start(k.engine, m, NULL, 0, &o, NULL, NULL), 0);
    asl_machine_unref(m);
    kit_settle(&k);
}

/* The names on a page, each followed by a blank. Static. */
static const char *list(asl_list_options o, uint64_t *ret_next)
{
    static char names[512];
    uint64_t next;
    json_t *page, *one;
    size_t i;
    o.size = sizeof o;
    names[0] = '\0';
    ck_assert_int_eq(asl_list_page(k.store, &o, &page, &next, NULL), 0);
    json_array_foreach(json_object_get(page, "executions"), i, one)
    {
        strcat(names, kit_text(one, "name"));
        strcat(names, " ");
    }
    json_decref(page);
    if (ret_next)
        *ret_next = next;
    else
        ck_assert_uint_eq(next, 0);
    return names;
}

START_TEST(pages_of_executions_follow_one_another_newest_first)
{
    uint64_t next;
    char name[] = "a";
    for (; *name < 'f'; ++*name)
        start("m", name, KIT_PASS, 0, NULL);
    ck_assert_str_eq(list((asl_list_options){.limit = 2}, &next), "e d ");
    start("m", "new", KIT_PASS, 0, NULL);
    ck_assert_str_eq(list((asl_list_options){.limit = 2, .after = next}, &next), "c b ");
    ck_assert_str_eq(list((asl_list_options){.limit = 2, .after = next}, &next), "a ");
    ck_assert_uint_eq(next, 0);
    ck_assert_str_eq(list((asl_list_options){.limit = 6}, &next), "new e d c b a ");
    ck_assert_uint_eq(next, 0);
}
END_TEST

START_TEST(executions_are_listed_by_machine_version_alias_and_status)
{
    start("m", "old", KIT_PASS, 0, NULL);
    start("m", "by-1", KIT_PASS, 1, NULL);
    start("m", "live", KIT_WAIT(5), 1, "live");
    start("other", "else", KIT_PASS, 1, "live");
    ck_assert_str_eq(list((asl_list_options){.machine_arn = MACHINE "m"}, NULL),
                     "live by-1 old ");
    ck_assert_str_eq(list((asl_list_options){.machine_arn = MACHINE "m:1"}, NULL),
                     "live by-1 ");
    ck_assert_str_eq(list((asl_list_options){.machine_arn = MACHINE "m:live"}, NULL),
                     "live ");
    ck_assert_str_eq(list((asl_list_options){.machine_arn = MACHINE "none"}, NULL), "");
    ck_assert_str_eq(
        list((asl_list_options){.machine_arn = MACHINE "m", .status = "SUCCEEDED"}, NULL),
        "by-1 old ");
}
END_TEST

START_TEST(executions_are_listed_by_whether_they_were_redriven)
{
    start("m", "once", "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", 0, NULL);
    start("m", "twice", "{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", 0, NULL);
    ck_assert_int_eq(asl_redrive(k.engine, "twice", NULL, NULL, NULL), 0);
    kit_settle(&k);
    ck_assert_str_eq(list((asl_list_options){.redrive_filter = "REDRIVEN"}, NULL),
                     "twice ");
    ck_assert_str_eq(list((asl_list_options){.redrive_filter = "NOT_REDRIVEN"}, NULL),
                     "once ");
}
END_TEST

#define MAP(label)                                                                       \
    "{'StartAt':'M','States':{'M':{'Type':'Map','Label':'" label "','ItemProcessor':"    \
    "{'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},"              \
    "'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}},'End':true}}}"

/* The ARN of the only Map run of an execution. Static. */
static const char *run_of(const char *execution)
{
    static char arn[256];
    json_t *runs;
    ck_assert_int_eq(asl_list_map_runs(k.store, execution, &runs, NULL), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(runs, "mapRuns")), 1);
    snprintf(arn, sizeof arn, "%s",
             kit_text(json_array_get(json_object_get(runs, "mapRuns"), 0), "mapRunArn"));
    json_decref(runs);
    return arn;
}

START_TEST(the_children_of_a_map_run_have_pages_of_their_own)
{
    json_t *page;
    uint64_t next;
    kit_start(&k, "other", MAP("b"), "[1]");
    kit_start(&k, "run", MAP("a"), "[1,2,3]");
    kit_settle(&k);
    asl_list_options o = {.size = sizeof o, .map_run_arn = run_of("run"), .limit = 2};
    ck_assert_int_eq(asl_list_page(k.store, &o, &page, &next, NULL), 0);
    const json_t *all = json_object_get(page, "executions"),
                 *one = json_array_get(all, 0);
    ck_assert_uint_eq(json_array_size(all), 2);
    ck_assert_str_eq(kit_text(one, "mapRunArn"), o.map_run_arn);
    ck_assert_str_eq(kit_text(one, "stateMachineArn"), MACHINE "machine/a");
    ck_assert_int_eq(json_integer_value(json_object_get(one, "itemCount")), 1);
    ck_assert_uint_eq(next, 1);
    json_decref(page);
    o.after = next;
    ck_assert_int_eq(asl_list_page(k.store, &o, &page, &next, NULL), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(page, "executions")), 1);
    ck_assert_uint_eq(next, 0);
    json_decref(page);
    ck_assert_str_eq(list((asl_list_options){0}, NULL), "run other ");
}
END_TEST

#define RUN "arn:aws:states:us-east-1:123456789012:mapRun:machine/a:"

START_TEST(a_map_run_that_is_not_there_is_not_found)
{
    static const char *const arns[] = {"", RUN "x",
                                       RUN "00000000-0000-4000-8000-000000000000"};
    kit_start(&k, "run", MAP("a"), "[1]");
    kit_settle(&k);
    for (size_t i = 0; i < sizeof arns / sizeof *arns; i++) {
        asl_list_options o = {.size = sizeof o, .map_run_arn = arns[i]};
        asl_error err = {0};
        json_t *page;
        uint64_t next;
        ck_assert_int_eq(asl_list_page(k.store, &o, &page, &next, &err), ASL_ENOTFOUND);
        ck_assert_str_eq(err.exception, "ResourceNotFound");
    }
}
END_TEST

START_TEST(a_page_reads_no_more_than_its_share)
{
    uint64_t next;
    asl_machine *m = kit_machine(KIT_PASS, "many"), *rare = kit_machine(KIT_PASS, "rare");
    kit_start_rc(&k, rare, "rare", "1", NULL);
    for (int i = 0; i < 5200; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        asl_start_options o = {.size = sizeof o, .name = name};
        ck_assert_int_eq(asl_start(k.engine, m, NULL, 0, &o, NULL, NULL), 0);
    }
    asl_machine_unref(m);
    asl_machine_unref(rare);
    kit_settle(&k);
    ck_assert_str_eq(list((asl_list_options){.machine_arn = MACHINE "rare"}, &next), "");
    ck_assert_uint_ne(next, 0);
    ck_assert_str_eq(
        list((asl_list_options){.machine_arn = MACHINE "rare", .after = next}, &next),
        "rare ");
    ck_assert_uint_eq(next, 0);
}
END_TEST

/* ---- histories ---- */

static asl_history_options page_of(int reverse, size_t limit, uint64_t after)
{
    return (asl_history_options){.size = sizeof(asl_history_options),
                                 .reverse = reverse,
                                 .limit = limit,
                                 .after = after};
}

static json_t *page(const char *execution, asl_history_options o, uint64_t *next)
{
    json_t *json;
    ck_assert_int_eq(asl_history_page(k.store, execution, &o, &json, next, NULL), 0);
    return json;
}

/* All pages one after another: the same events as asl_history gives. */
static void assert_pages(const char *execution, int reverse, size_t limit)
{
    json_t *whole, *one, *all = json_array();
    uint64_t next = 0;
    ck_assert_int_eq(asl_history(k.store, execution, &whole, NULL), 0);
    do {
        json_t *p = page(execution, page_of(reverse, limit, next), &next);
        size_t i, count = json_array_size(json_object_get(p, "events"));
        ck_assert(count && (count == limit || !next));
        json_array_foreach(json_object_get(p, "events"), i, one) reverse
            ? json_array_insert(all, 0, one)
            : json_array_append(all, one);
        json_decref(p);
    } while (next);
    ck_assert(json_equal(json_object_get(whole, "events"), all));
    json_decref(whole);
    json_decref(all);
}

/* A loop of Choice, Wait and Pass: many rows, with inputs that refer to earlier ones. */
#define LOOP                                                                             \
    "{'StartAt':'C','States':{'C':{'Type':'Choice','Choices':[{'Variable':'$.n',"        \
    "'NumericLessThan':60,'Next':'A'}],'Default':'E'},'A':{'Type':'Pass','Parameters':"  \
    "{'n.$':'States.MathAdd($.n, 1)'},'Next':'W'},'W':{'Type':'Wait','Seconds':1,"       \
    "'Next':'C'},'E':{'Type':'Succeed'}}}"

START_TEST(pages_of_a_history_are_the_history)
{
    kit_start(&k, "run", LOOP, "{\"n\":0}");
    kit_until(&k, 61000);
    static const size_t limits[] = {1, 7, 100, 366, 1000};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        assert_pages("run", 0, limits[i]);
        assert_pages("run", 1, limits[i]);
    }
}
END_TEST

START_TEST(behind_the_last_event_there_is_an_empty_page)
{
    uint64_t next;
    kit_start(&k, "run", KIT_WAIT(5), NULL);
    kit_settle(&k);
    json_t *p = page("run", page_of(0, 0, 0), &next);
    ck_assert_uint_eq(json_array_size(json_object_get(p, "events")), 2);
    ck_assert_uint_eq(next, 0);
    json_decref(p);
    p = page("run", page_of(0, 0, 9), &next);
    ck_assert_uint_eq(json_array_size(json_object_get(p, "events")), 0);
    ck_assert_uint_eq(next, 0);
    json_decref(p);
    p = page("run", page_of(1, 1, 9), &next);
    ck_assert_uint_eq(json_array_size(json_object_get(p, "events")), 1);
    ck_assert_uint_eq(next, 2);
    json_decref(p);
}
END_TEST

START_TEST(a_page_reads_few_rows_of_a_long_history)
{
    uint64_t next;
    kit_start(&k, "run", LOOP, "{\"n\":0}");
    kit_until(&k, 61000);
    faulty_store_plan(faulty, NULL);
    json_t *p = page("run", page_of(1, 3, 0), &next);
    ck_assert_uint_le(faulty_store_count(faulty, FAULTY_GET), 12);
    json_decref(p);
}
END_TEST

START_TEST(without_data_the_details_stay)
{
    uint64_t next;
    asl_history_options o = page_of(0, 0, 0);
    o.no_data = 1;
    kit_start(&k, "run", KIT_PASS, "{\"a\":1}");
    kit_settle(&k);
    json_t *p = page("run", o, &next), *one;
    size_t i;
    json_array_foreach(json_object_get(p, "events"), i, one)
    {
        const char *key = i == 0   ? "executionStartedEventDetails"
                          : i == 1 ? "stateEnteredEventDetails"
                          : i == 2 ? "stateExitedEventDetails"
                                   : "executionSucceededEventDetails";
        const json_t *details = json_object_get(one, key);
        ck_assert_ptr_nonnull(details);
        ck_assert_uint_eq(json_object_size(details), i < 3 ? 1 : 0); /* role, name */
    }
    json_decref(p);
}
END_TEST

START_TEST(out_of_memory_leaves_nothing_behind)
{
    kit_start(&k, "run", LOOP, "{\"n\":40}");
    kit_until(&k, 61000);
    for (unsigned long n = 1;; n++) {
        json_t *p = NULL;
        uint64_t next;
        asl_history_options o = page_of(1, 5, 60);
        asl_list_options l = {.size = sizeof l, .machine_arn = MACHINE "machine"};
        fault_alloc_arm(n);
        int rc = asl_history_page(k.store, "run", &o, &p, &next, NULL);
        json_decref(p);
        if (!rc)
            rc = asl_list_page(k.store, &l, &p, &next, NULL);
        bool met = fault_alloc_disarm();
        if (!rc)
            json_decref(p);
        ck_assert_int_eq(rc, met ? ASL_ENOMEM : 0);
        if (!met)
            break;
    }
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        pages_of_executions_follow_one_another_newest_first,
        executions_are_listed_by_machine_version_alias_and_status,
        executions_are_listed_by_whether_they_were_redriven,
        the_children_of_a_map_run_have_pages_of_their_own,
        a_map_run_that_is_not_there_is_not_found,
        a_page_reads_no_more_than_its_share,
        pages_of_a_history_are_the_history,
        behind_the_last_event_there_is_an_empty_page,
        a_page_reads_few_rows_of_a_long_history,
        without_data_the_details_stay,
        out_of_memory_leaves_nothing_behind,
    };
    Suite *s = suite_create("read_page");
    TCase *t = tcase_create("read_page");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
