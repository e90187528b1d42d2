/* SPDX-License-Identifier: Apache-2.0
 *
 * Pruning, deleting, dumping and loading: what is left afterwards, also when they were cut off at
 * any of their writes. asl_check is asked each time whether the store is whole.
 */
#include <asl/control.h>
#include <asl/maintain.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

#define ITEMS 4300 /* of a Map, 40 at once, a minute each: */
#define WAVES 107  /* so many minutes leave more rows than a batch takes */
#define MINUTE 60000
#define CHILDREN 1100 /* of a distributed Map: more rows than a batch takes */

static struct kit k;
static asl_error err;

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

static void tell(void *arg, const asl_problem *p)
{
    (void)arg;
    printf("# %s: %s (%s)\n", p->key, p->text, p->execution ? p->execution : "-");
}

static void assert_whole(asl_store *store)
{
    asl_check_counts counts;
    ck_assert_msg(asl_check(store, tell, NULL, &counts, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(counts.problems, 0);
}

static size_t executions(asl_store *store)
{
    json_t *list;
    ck_assert_int_eq(asl_list(store, NULL, &list, NULL), 0);
    size_t n = json_array_size(json_object_get(list, "executions"));
    json_decref(list);
    return n;
}

static int count_row(void *arg, asl_slice key, asl_slice value)
{
    (void)value;
    *(size_t *)arg += ((const char *)key.data)[1] > 'c';
    return 0;
}

static size_t rows(asl_store *store)
{
    size_t n = 0;
    void *snapshot;
    ck_assert_int_eq(asl_store_snapshot(store, &snapshot, NULL), 0);
    asl_slice from = {"", 1}, to = {NULL, 0};
    ck_assert_int_eq(asl_store_scan(store, snapshot, from, to, 0, count_row, &n, NULL),
                     0);
    asl_store_release(store, snapshot);
    return n;
}

static asl_prune_counts prune(int64_t before, const char *status, int dry_run)
{
    asl_prune_counts counts;
    asl_prune_options o = {
        .size = sizeof o, .before = before, .status = status, .dry_run = dry_run};
    ck_assert_msg(asl_prune(k.store, &o, &counts, &err) == 0, "%s", err.text);
    return counts;
}

#define KIT_FAIL "{'StartAt':'F','States':{'F':{'Type':'Fail','Error':'E'}}}"

START_TEST(only_what_stopped_before_is_pruned)
{
    kit_start(&k, "early", KIT_PASS, NULL);
    kit_until(&k, 5000);
    kit_start(&k, "late", KIT_PASS, NULL);
    kit_start(&k, "running", KIT_WAIT(500), NULL);
    kit_settle(&k);
    kit_close(&k);
    asl_prune_counts c = prune(KIT_EPOCH + 1, NULL, 0);
    ck_assert_uint_eq(c.executions, 1);
    ck_assert_uint_eq(c.machines, 0);
    ck_assert_uint_eq(executions(k.store), 2);
    assert_whole(k.store);
    c = prune(INT64_MAX, NULL, 0);
    ck_assert_uint_eq(c.executions, 1);
    ck_assert_uint_eq(c.machines, 1); /* of KIT_PASS */
    ck_assert_uint_eq(executions(k.store), 1);
    assert_whole(k.store);
    kit_open(&k);
    kit_until(&k, 600000);
    ck_assert_str_eq(kit_status(&k, "running"), "SUCCEEDED");
}
END_TEST

START_TEST(a_dry_run_counts_and_changes_nothing)
{
    kit_start(&k, "a", KIT_PASS, NULL);
    kit_start(&k, "b", KIT_FAIL, NULL);
    kit_settle(&k);
    size_t before = rows(k.store);
    asl_prune_counts c = prune(INT64_MAX, "FAILED", 1);
    ck_assert_uint_eq(c.executions, 1);
    ck_assert_uint_eq(c.machines, 1);
    ck_assert_uint_eq(rows(k.store), before);
    kit_start(&k, "c", KIT_PASS, NULL); /* nor was the lease taken */
    kit_settle(&k);
}
END_TEST

START_TEST(a_status_chooses)
{
    kit_start(&k, "a", KIT_PASS, NULL);
    kit_start(&k, "b", KIT_FAIL, NULL);
    kit_settle(&k);
    kit_close(&k);
    ck_assert_uint_eq(prune(INT64_MAX, "FAILED", 0).executions, 1);
    ck_assert_uint_eq(prune(INT64_MAX, "ABORTED", 0).executions, 0);
    ck_assert_uint_eq(executions(k.store), 1);
    assert_whole(k.store);
    asl_prune_options o = {.size = sizeof o, .status = "RUNNING"};
    ck_assert_int_eq(asl_prune(k.store, &o, NULL, &err), ASL_EINVAL);
}
END_TEST

START_TEST(an_engine_that_is_open_is_fenced)
{
    kit_start(&k, "a", KIT_PASS, NULL);
    kit_settle(&k);
    prune(INT64_MAX, NULL, 0);
    kit_start(&k, "b", KIT_PASS, NULL);
    ck_assert_int_eq(kit_turn(&k, &err), ASL_EFENCED);
    assert_whole(k.store);
}
END_TEST

START_TEST(a_deleted_name_is_free_and_one_that_runs_is_not_deleted)
{
    kit_start(&k, "a", KIT_PASS, NULL);
    kit_start(&k, "w", KIT_WAIT(5), NULL);
    kit_settle(&k);
    kit_close(&k);
    ck_assert_int_eq(asl_delete(k.store, "w", &err), ASL_EBUSY);
    ck_assert_int_eq(asl_delete(k.store, "none", &err), ASL_ENOTFOUND);
    ck_assert_int_eq(asl_delete(k.store, "a", &err), 0);
    ck_assert_uint_eq(executions(k.store), 1);
    assert_whole(k.store);
    kit_open(&k);
    kit_start(&k, "a", KIT_PASS, "[2]");
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "a"), "SUCCEEDED");
    assert_whole(k.store);
}
END_TEST

/* ---- children ---- */

#define RUN RUN_OF("STANDARD")
#define RUN_OF(type)                                                                     \
    "{'StartAt':'M','States':{'M':{'Type':'Map','Label':'L','End':true,'ItemProcessor'"  \
    ":{'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'" type "'},'StartAt':"   \
    "'W','States':{'W':{'Type':'Wait','SecondsPath':'$','End':true}}}}}}"

/* Name of the execution's n-th child, the newest first. */
static const char *child(const char *execution, size_t n)
{
    static char name[64];
    json_t *runs, *list;
    ck_assert_int_eq(asl_map_runs(k.store, execution, &runs, &err), 0);
    const char *run = json_string_value(json_object_get(
        json_array_get(json_object_get(runs, "mapRuns"), 0), "mapRunArn"));
    ck_assert_int_eq(asl_map_run_executions(k.store, execution, run, NULL, &list, &err),
                     0);
    const char *text = json_string_value(
        json_object_get(json_array_get(json_object_get(list, "executions"), n), "name"));
    snprintf(name, sizeof name, "%s", text ? text : "");
    json_decref(runs);
    json_decref(list);
    return name;
}

START_TEST(children_go_with_their_parent_and_not_before)
{
    kit_start(&k, "run", RUN, "[1,200]");
    kit_start(&k, "other", RUN, "[200]");
    kit_until(&k, 5000);
    kit_close(&k);
    ck_assert_uint_eq(executions(k.store), 2);
    asl_prune_counts c = prune(INT64_MAX, NULL, 0);
    ck_assert_uint_eq(c.executions, 0); /* one of its children has ended */
    ck_assert_int_eq(asl_delete(k.store, child("run", 1), &err), ASL_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, ":run'; delete that one"));
    ck_assert_int_eq(asl_dump(k.store, child("run", 1), NULL, NULL, &err), ASL_EINVAL);
    ck_assert_int_eq(asl_delete(k.store, "run", &err), ASL_EBUSY);
    assert_whole(k.store);
    kit_open(&k);
    kit_until(&k, 300000);
    kit_close(&k);
    ck_assert_uint_eq(prune(INT64_MAX, NULL, 1).executions, 2);
    ck_assert_uint_eq(prune(INT64_MAX, NULL, 1).machines, 1);
    ck_assert_int_eq(asl_delete(k.store, "run", &err), 0);
    assert_whole(k.store);
    ck_assert_uint_eq(executions(k.store), 1);
    c = prune(INT64_MAX, NULL, 0);
    ck_assert_uint_eq(c.executions, 1);
    ck_assert_uint_eq(c.machines, 1);
    ck_assert_uint_eq(rows(k.store), 0);
}
END_TEST

/* ---- dump and load ---- */

struct lines {
    char *text[8];
    size_t count;
};

static int keep_line(void *arg, const char *line, size_t len)
{
    struct lines *l = arg;
    ck_assert_ptr_null(memchr(line, '\n', len));
    l->text[l->count++] = strndup(line, len);
    return 0;
}

static void dump(struct lines *l, const char *execution)
{
    l->count = 0;
    ck_assert_msg(asl_dump(k.store, execution, keep_line, l, &err) == 0, "%s", err.text);
}

static void free_lines(struct lines *l)
{
    while (l->count)
        free(l->text[--l->count]);
}

/* Another, empty store instead of the kit's. */
static void new_store(void)
{
    kit_close(&k);
    asl_store_free(k.store);
    ck_assert_int_eq(asl_store_mem(&k.store, NULL), 0);
}

static void load(const char *line)
{
    ck_assert_msg(asl_load(k.store, line, (size_t)-1, NULL, &err) == 0, "%s", err.text);
}

#define MAP                                                                              \
    "{'StartAt':'M','States':{'M':{'Type':'Map','MaxConcurrency':2,'End':true,"          \
    "'ItemProcessor':{'StartAt':'A','States':{'A':{'Type':'Task','Resource':'" KIT_ASK   \
    "','Parameters':{'v.$':'$','t.$':'$$.Task.Token'},'End':true}}}}}}"

START_TEST(a_running_map_of_callbacks_goes_on_in_another_store)
{
    struct lines l, again;
    kit_start(&k, "other", KIT_PASS, NULL);
    kit_start(&k, "map", MAP, "[1,2,3]");
    kit_settle(&k);
    ck_assert_int_eq(
        asl_answer_success(k.engine, k.token, "\"x\"", (size_t)-1, NULL, NULL, &err), 0);
    kit_settle(&k);
    dump(&l, "map");
    ck_assert_uint_eq(l.count, 1);
    new_store();
    load(l.text[0]);
    assert_whole(k.store);
    dump(&again, NULL); /* the same, byte for byte */
    ck_assert_str_eq(again.text[0], l.text[0]);
    kit_open(&k);
    for (int i = 0; i < 2; i++) {
        json_t *tasks;
        kit_settle(&k);
        ck_assert_int_eq(asl_open_tasks(k.store, "map", &tasks, &err), 0);
        const char *token =
            json_string_value(json_object_get(json_array_get(tasks, 0), "taskToken"));
        ck_assert_ptr_nonnull(token);
        ck_assert_int_eq(
            asl_answer_success(k.engine, token, "\"y\"", (size_t)-1, NULL, NULL, &err),
            0);
        json_decref(tasks);
    }
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "map"), "SUCCEEDED");
    json_t *d = kit_describe(&k, "map");
    const char *output = json_string_value(json_object_get(d, "output"));
    ck_assert_ptr_nonnull(strstr(output, "\"x\""));
    json_decref(d);
    assert_whole(k.store);
    free_lines(&l);
    free_lines(&again);
}
END_TEST

START_TEST(a_map_run_goes_on_in_another_store_under_other_ids)
{
    struct lines l, again;
    kit_start(&k, "run", RUN, "[1,200,300]");
    kit_until(&k, 5000);
    dump(&l, NULL);
    ck_assert_uint_eq(l.count, 1);
    new_store();
    load(l.text[0]);
    assert_whole(k.store);
    dump(&again, NULL); /* the same, byte for byte */
    ck_assert_str_eq(again.text[0], l.text[0]);
    free_lines(&again);
    new_store();
    kit_open(&k);
    kit_start(&k, "first", KIT_PASS, NULL);
    kit_start(&k, "second", RUN, "[1]");
    kit_settle(&k);
    kit_close(&k);
    load(l.text[0]);
    assert_whole(k.store);
    ck_assert_int_eq(asl_load(k.store, l.text[0], (size_t)-1, NULL, &err), ASL_EEXISTS);
    kit_open(&k);
    kit_until(&k, 600000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
    ck_assert_str_eq(kit_status(&k, child("run", 2)), "SUCCEEDED");
    assert_whole(k.store);
    kit_close(&k);
    prune(INT64_MAX, NULL, 0);
    ck_assert_uint_eq(rows(k.store), 0);
    free_lines(&l);
}
END_TEST

START_TEST(express_children_begin_again_in_another_store)
{
    struct lines l;
    kit_start(&k, "run", RUN_OF("EXPRESS"), "[1,200]");
    kit_until(&k, 5000);
    dump(&l, NULL);
    ck_assert_uint_eq(l.count, 1);
    new_store();
    kit_open(&k);
    kit_start(&k, "first", KIT_PASS, NULL);
    kit_settle(&k);
    kit_close(&k);
    load(l.text[0]);
    assert_whole(k.store);
    kit_open(&k);
    kit_until(&k, 600000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
    ck_assert_str_eq(child("run", 0), ""); /* nobody is shown them */
    kit_close(&k);
    assert_whole(k.store);
    prune(INT64_MAX, NULL, 0);
    ck_assert_uint_eq(rows(k.store), 0);
    free_lines(&l);
}
END_TEST

START_TEST(all_executions_come_back_whatever_their_state)
{
    struct lines l, again;
    kit_start(&k, "a", KIT_PASS, "{\"text\": \"\xc3\xa9\"}");
    kit_start(&k, "b", KIT_FAIL, NULL);
    kit_start(&k, "c", KIT_WAIT(7), NULL);
    kit_settle(&k);
    dump(&l, NULL);
    ck_assert_uint_eq(l.count, 3);
    new_store();
    for (size_t i = 0; i < 3; i++)
        load(l.text[i]);
    assert_whole(k.store);
    dump(&again, NULL);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(again.text[i], l.text[i]);
    kit_open(&k);
    kit_until(&k, 10000);
    ck_assert_str_eq(kit_status(&k, "c"), "SUCCEEDED");
    free_lines(&l);
    free_lines(&again);
}
END_TEST

START_TEST(a_taken_name_is_refused_and_a_taken_id_replaced)
{
    struct lines l;
    kit_start(&k, "a", KIT_WAIT(3), NULL);
    kit_settle(&k);
    dump(&l, NULL);
    kit_close(&k);
    ck_assert_int_eq(asl_load(k.store, l.text[0], (size_t)-1, NULL, &err), ASL_EEXISTS);
    new_store();
    kit_open(&k);
    kit_start(&k, "b", KIT_PASS, NULL);
    kit_settle(&k);
    kit_close(&k);
    char *arn;
    ck_assert_int_eq(asl_load(k.store, l.text[0], (size_t)-1, &arn, &err), 0);
    ck_assert_str_eq(arn, "arn:aws:states:us-east-1:123456789012:execution:machine:a");
    asl_free(arn);
    ck_assert_uint_eq(executions(k.store), 2);
    assert_whole(k.store);
    kit_open(&k);
    kit_until(&k, 5000);
    ck_assert_str_eq(kit_status(&k, "a"), "SUCCEEDED");
    ck_assert_str_eq(kit_status(&k, "b"), "SUCCEEDED");
    free_lines(&l);
}
END_TEST

START_TEST(a_line_that_is_damaged_or_of_another_version_or_time_is_refused)
{
    struct lines l;
    kit_start(&k, "a", KIT_PASS, "[1]");
    kit_settle(&k);
    dump(&l, NULL);
    new_store();
    char *line = l.text[0], *records = strstr(line, "\"records\"");
    ck_assert_ptr_nonnull(records);
    for (size_t i = 0, len = strlen(records); i < len; i += 7) {
        char *p = records + i, was = *p; /* whatever the change, nothing is loaded */
        *p = was == 'A' ? 'B' : 'A';
        if (asl_load(k.store, line, (size_t)-1, NULL, &err) == 0)
            ck_abort_msg("loaded with a change at %td", p - line);
        *p = was;
    }
    ck_assert_uint_eq(rows(k.store), 0);
    ck_assert_int_eq(asl_load(k.store, "{}", 2, NULL, &err), ASL_EFORMAT);
    ck_assert_int_eq(asl_load(k.store, "{", 1, NULL, &err), ASL_EJSON);
    char *version = strstr(line, "\"storeVersion\":");
    version[15]++;
    ck_assert_int_eq(asl_load(k.store, line, (size_t)-1, NULL, &err), ASL_EFORMAT);
    version[15]--;
    k.options.virtual_time = 0;
    kit_open(&k);
    kit_close(&k);
    ck_assert_int_eq(asl_load(k.store, line, (size_t)-1, NULL, &err), ASL_EINVAL);
    k.options.virtual_time = 1;
    free_lines(&l);
}
END_TEST

/* ---- killed at every write ---- */

static struct faulty_store *faulty;

static void wrap(void)
{
    asl_store *inner = k.store;
    ck_assert_int_eq(faulty_store_new(inner, &k.store, &faulty, &err), 0);
}

/* As if the process was killed at the n-th apply, before or after it was durable. */
static void kill_at(unsigned long n, int after)
{
    struct faulty_plan plan = {FAULTY_APPLY, n, ASL_ESTORE, 1, after};
    faulty_store_plan(faulty, &plan);
}

/* Executions whose rows take several batches: frames and results, or history. */
static void start_wide(void)
{
    char input[2 * ITEMS + 2];
    for (int i = 0; i < ITEMS; i++)
        memcpy(input + 2 * i, ",1", 2);
    input[0] = '[';
    memcpy(input + 2 * ITEMS, "]", 2);
    kit_start(&k, "wide",
              "{'StartAt':'M','States':{'M':{'Type':'Map','End':true,'ItemProcessor':{"
              "'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':60,'End':true}}}}}}",
              input);
    kit_until(&k, WAVES * MINUTE);
}

static void start_long(void)
{
    kit_start(&k, "long",
              "{'StartAt':'A','States':{'A':{'Type':'Wait','Seconds':60,'Next':'B'},"
              "'B':{'Type':'Choice','Choices':[{'Variable':'$','IsString':true,"
              "'Next':'C'}],'Default':'A'},'C':{'Type':'Succeed'}}}",
              NULL);
    kit_until(&k, ITEMS * MINUTE);
}

static void start_run(void)
{
    char input[2 * CHILDREN + 2];
    for (int i = 0; i < CHILDREN; i++)
        memcpy(input + 2 * i, ",9", 2);
    input[0] = '[';
    memcpy(input + 2 * CHILDREN, "]", 2);
    kit_start(&k, "run", RUN, input);
    kit_until(&k, 5000);
}

static const struct {
    const char *name;
    void (*start)(void);
} large[] = {{"wide", start_wide}, {"long", start_long}, {"run", start_run}};
#define LARGE (sizeof large / sizeof *large)

START_TEST(a_prune_killed_at_any_write_is_finished_by_the_next_opening)
{
    large[_i].start();
    ck_assert_int_eq(asl_stop(k.engine, large[_i].name, NULL, NULL, NULL, NULL, &err), 0);
    kit_settle(&k); /* ABORTED keeps frames and results */
    ck_assert_uint_gt(rows(k.store), 4096);
    kit_start(&k, "small", KIT_PASS, NULL);
    kit_settle(&k);
    struct lines l;
    dump(&l, NULL);
    ck_assert_uint_eq(l.count, 2);
    unsigned long writes = 2;
    for (unsigned long n = 1; n < writes + 2; n++)
        for (int after = 0; after < 2; after++) {
            new_store();
            load(l.text[0]);
            load(l.text[1]);
            wrap();
            kill_at(n, after);
            asl_prune_options o = {.size = sizeof o, .before = INT64_MAX};
            int rc = asl_prune(k.store, &o, NULL, &err);
            writes = rc ? n : n - 1;
            faulty_store_plan(faulty, NULL);
            assert_whole(k.store);
            kit_open(&k); /* finishes */
            assert_whole(k.store);
            kit_start(&k, "small2", KIT_PASS, NULL); /* ids are given out anew */
            kit_settle(&k);
            assert_whole(k.store);
            kit_close(&k);
            prune(INT64_MAX, NULL, 0);
            ck_assert_uint_eq(rows(k.store), 0);
        }
    ck_assert_uint_ge(writes, 4);
    free_lines(&l);
}
END_TEST

START_TEST(a_load_killed_at_any_write_leaves_all_or_nothing)
{
    large[_i].start();
    ck_assert_uint_gt(rows(k.store), 4096);
    struct lines l;
    dump(&l, NULL);
    unsigned long writes = 2;
    for (unsigned long n = 1; n < writes + 2; n++)
        for (int after = 0; after < 2; after++) {
            new_store();
            wrap();
            kill_at(n, after);
            int rc = asl_load(k.store, l.text[0], (size_t)-1, NULL, &err);
            writes = rc ? n : n - 1;
            faulty_store_plan(faulty, NULL);
            assert_whole(k.store);
            kit_open(&k);
            assert_whole(k.store);
            if (executions(k.store)) {
                asl_stop(k.engine, large[_i].name, NULL, NULL, NULL, NULL, NULL);
                kit_settle(&k); /* it goes on from where it stood */
                ck_assert_str_eq(kit_status(&k, large[_i].name), "ABORTED");
                assert_whole(k.store);
            } else {
                ck_assert_uint_eq(rows(k.store), 0);
            }
        }
    ck_assert_uint_ge(writes, 3);
    free_lines(&l);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("maintain");
    TCase *c = tcase_create("maintain");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 120);
    tcase_add_test(c, only_what_stopped_before_is_pruned);
    tcase_add_test(c, a_dry_run_counts_and_changes_nothing);
    tcase_add_test(c, a_status_chooses);
    tcase_add_test(c, an_engine_that_is_open_is_fenced);
    tcase_add_test(c, a_deleted_name_is_free_and_one_that_runs_is_not_deleted);
    tcase_add_test(c, children_go_with_their_parent_and_not_before);
    tcase_add_test(c, a_map_run_goes_on_in_another_store_under_other_ids);
    tcase_add_test(c, express_children_begin_again_in_another_store);
    tcase_add_test(c, a_running_map_of_callbacks_goes_on_in_another_store);
    tcase_add_test(c, all_executions_come_back_whatever_their_state);
    tcase_add_test(c, a_taken_name_is_refused_and_a_taken_id_replaced);
    tcase_add_test(c, a_line_that_is_damaged_or_of_another_version_or_time_is_refused);
    tcase_add_loop_test(c, a_prune_killed_at_any_write_is_finished_by_the_next_opening, 0,
                        LARGE);
    tcase_add_loop_test(c, a_load_killed_at_any_write_leaves_all_or_nothing, 0, LARGE);
    suite_add_tcase(suite, c);
    return suite;
}
