/* SPDX-License-Identifier: Apache-2.0
 *
 * The power goes at the n-th commit, for every n, before it took effect and after: the execution
 * ends like an uninterrupted one, and its history is a proper extension of what was durable.
 * Likewise with an allocation or a store call that fails.
 */
#include <string.h>

#include "conformance/kit/unit.h"
#include "conformance/kit/world.h"
#include "torture/faulty_store.h"

static asl_store *store;
static struct faulty_store *faulty;
static json_t *clean_output;
static size_t clean_events;
static int machine;

static void open_store(void)
{
    asl_store *mem;
    ck_assert_int_eq(asl_store_mem(&mem, NULL), 0);
    ck_assert_int_eq(faulty_store_new(mem, &store, &faulty, NULL), 0);
}

static void close_store(void)
{
    asl_store_free(store);
}

static json_t *output_of(struct world *w)
{
    json_t *d = world_describe(w);
    ck_assert_ptr_nonnull(d);
    ck_assert_str_eq(json_string_value(json_object_get(d, "status")), "SUCCEEDED");
    json_t *output = json_incref(json_object_get(d, "output"));
    json_decref(d);
    return output;
}

/* What an uninterrupted run gives, and how many calls of a kind it makes. */
static unsigned long run_clean(enum faulty_call call)
{
    struct world w;
    open_store();
    world_init(&w, store, machine);
    faulty_store_plan(faulty, NULL);
    ck_assert_msg(world_run(&w) == 0, "%s", w.error.text);
    unsigned long calls = faulty_store_count(faulty, call);
    json_t *h = world_history(&w);
    clean_events = json_array_size(h);
    json_decref(h);
    json_decref(clean_output);
    clean_output = output_of(&w);
    close_store();
    return calls;
}

static void check_end(struct world *w, json_t *before)
{
    json_t *after = world_history(w);
    ck_assert_msg(!before || world_extends(after, before), "history is no extension");
    ck_assert_uint_eq(json_array_size(after), clean_events);
    json_t *output = output_of(w);
    ck_assert_str_eq(json_string_value(output), json_string_value(clean_output));
    json_decref(output);
    json_decref(after);
}

static void crash_at_each_commit(int after_effect)
{
    unsigned long commits = run_clean(FAULTY_APPLY);
    ck_assert_uint_gt(commits, 15);
    for (unsigned long n = 1; n <= commits; n++) {
        struct world w;
        struct faulty_plan plan = {.call = FAULTY_APPLY,
                                   .n = n,
                                   .code = ASL_ESTORE,
                                   .times = FAULTY_FOR_EVER,
                                   .after = after_effect};
        open_store();
        world_init(&w, store, machine);
        faulty_store_plan(faulty, &plan);
        ck_assert_int_ne(world_run(&w), 0);
        faulty_store_plan(faulty, NULL);
        json_t *before = world_history(&w);
        ck_assert_msg(world_run(&w) == 0, "commit %lu: %s", n, w.error.text);
        check_end(&w, before);
        json_decref(before);
        close_store();
    }
}

START_TEST(ends_the_same_when_killed_before_any_commit)
{
    machine = _i;
    crash_at_each_commit(0);
}
END_TEST

START_TEST(ends_the_same_when_killed_after_any_commit)
{
    machine = _i;
    crash_at_each_commit(1);
}
END_TEST

START_TEST(ends_the_same_when_killed_at_every_commit_in_turn)
{
    machine = _i;
    struct world w;
    int rc = -1;
    run_clean(FAULTY_APPLY);
    open_store();
    world_init(&w, store, machine);
    json_t *before = NULL;
    for (int life = 0; rc && life < 1000;
         life++) { /* every life gets one commit further */
        struct faulty_plan plan = {
            .call = FAULTY_APPLY, .n = 3, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER};
        faulty_store_plan(faulty, &plan);
        rc = world_run(&w);
        faulty_store_plan(faulty, NULL);
        json_t *now = world_history(&w);
        ck_assert(!before || world_extends(now, before));
        json_decref(before);
        before = now;
    }
    ck_assert_int_eq(rc, 0);
    check_end(&w, before);
    json_decref(before);
    close_store();
}
END_TEST

/* A call that fails once ends the life or is tried again; the next life ends as if nothing was. */
static void fail_each(enum faulty_call call)
{
    unsigned long calls = run_clean(call);
    for (unsigned long n = 1; n <= calls; n++) {
        struct world w;
        struct faulty_plan plan = {.call = call, .n = n, .code = ASL_ESTORE};
        open_store();
        world_init(&w, store, machine);
        faulty_store_plan(faulty, &plan);
        int rc = world_run(&w);
        faulty_store_plan(faulty, NULL);
        if (rc)
            rc = world_run(&w);
        ck_assert_msg(rc == 0, "call %lu: %s", n, w.error.text);
        check_end(&w, NULL);
        close_store();
    }
}

START_TEST(survives_any_failing_read)
{
    machine = _i;
    fail_each(FAULTY_GET);
    fail_each(FAULTY_SCAN);
    fail_each(FAULTY_SNAPSHOT);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("crash");
    TCase *t = tcase_create("crash");
    tcase_set_timeout(t, 0);
    tcase_add_loop_test(t, ends_the_same_when_killed_before_any_commit, 0,
                        WORLD_MACHINES);
    tcase_add_loop_test(t, ends_the_same_when_killed_after_any_commit, 0, WORLD_MACHINES);
    tcase_add_loop_test(t, ends_the_same_when_killed_at_every_commit_in_turn, 0,
                        WORLD_MACHINES);
    tcase_add_loop_test(t, survives_any_failing_read, 0, WORLD_MACHINES);
    suite_add_tcase(s, t);
    return s;
}
