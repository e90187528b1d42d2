/* SPDX-License-Identifier: Apache-2.0
 *
 * Several engines in one process know nothing of each other: handlers, hooks and trouble are each
 * engine's own, and each may have a thread of its own.
 */
#include <pthread.h>
#include <string.h>

#include <asl.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

#define WORK                                                                             \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:work','End':true}}" \
    "}"
#define PASS "{'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}}"

static int give(asl_task *task, void *arg)
{
    return asl_task_succeed(task, json_integer(*(int *)arg), NULL);
}

START_TEST(each_has_its_own_handlers)
{
    struct bench a, b;
    int one = 1, two = 2;
    bench_open(&a, NULL, 0);
    bench_open(&b, NULL, 0);
    bench_handler(&a, "work", give, &one, 0);
    bench_handler(&b, "work", give, &two, 0);
    ck_assert_str_eq(bench_output(&a, WORK, "{}"), "1");
    ck_assert_str_eq(bench_output(&b, WORK, "{}"), "2");
    ck_assert_int_eq(a.ended, 1);
    bench_close(&a);
    ck_assert_str_eq(bench_output(&b, WORK, "{}"), "2");
    bench_close(&b);
}
END_TEST

static void *drive(void *arg)
{
    struct bench *b = arg;
    bench_run(b, ASL_UNTIL_ENDED);
    return NULL;
}

START_TEST(each_may_have_its_own_thread)
{
    enum { ENGINES = 3, EXECUTIONS = 40 };
    struct bench b[ENGINES];
    pthread_t thread[ENGINES];
    asl_machine *shared = bench_machine(WORK); /* immutable: one for all */
    int number = 7;
    for (int i = 0; i < ENGINES; i++) {
        bench_open(&b[i], NULL, i == 0 ? BENCH_SINGLE : 0);
        bench_handler(&b[i], "work", give, &number, 0);
        for (int k = 0; k < EXECUTIONS; k++)
            ck_assert_int_eq(asl_start(b[i].engine, shared, NULL, 0, NULL, NULL, NULL),
                             0);
    }
    asl_machine_unref(shared);
    for (int i = 0; i < ENGINES; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, drive, &b[i]), 0);
    for (int i = 0; i < ENGINES; i++) {
        pthread_join(thread[i], NULL);
        ck_assert_int_eq(b[i].ended, EXECUTIONS);
        bench_close(&b[i]);
    }
}
END_TEST

struct log {
    int level, lines;
    char text[256];
};

static void on_log(void *arg, int level, const char *text)
{
    struct log *log = arg;
    log->level = level;
    log->lines++;
    snprintf(log->text, sizeof log->text, "%s", text);
}

static asl_engine *open_logged(asl_store *store, struct log *log)
{
    asl_options options = {
        .size = sizeof options, .store = store, .arg = log, .log = on_log};
    asl_engine *engine;
    memset(log, 0, sizeof *log);
    ck_assert_int_eq(asl_engine_open(&options, &engine, NULL), 0);
    return engine;
}

static int run(asl_engine *engine)
{
    asl_host_options options = {.size = sizeof options, .single_thread = 1};
    asl_host *host;
    asl_machine *machine = bench_machine(PASS);
    ck_assert_int_eq(asl_host_new(engine, &options, &host, NULL), 0);
    ck_assert_int_eq(asl_start(engine, machine, NULL, 0, NULL, NULL, NULL), 0);
    asl_machine_unref(machine);
    int rc = asl_host_run(host, ASL_UNTIL_ENDED, NULL);
    asl_host_free(host);
    return rc;
}

START_TEST(trouble_is_told_to_the_log_of_its_engine_only)
{
    static const struct faulty_plan broken = {
        .call = FAULTY_APPLY, .n = 1, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER};
    struct faulty_store *faulty;
    struct log bad, good;
    asl_store *mem, *store;
    ck_assert_int_eq(asl_store_mem(&mem, NULL), 0);
    ck_assert_int_eq(faulty_store_new(mem, &store, &faulty, NULL), 0);
    asl_engine *failing = open_logged(store, &bad), *fine = open_logged(NULL, &good);
    faulty_store_plan(faulty, &broken);
    ck_assert_int_eq(run(failing), ASL_ESTORE);
    ck_assert_int_eq(run(fine), 0);
    ck_assert_int_eq(bad.level, 1);
    ck_assert_ptr_nonnull(strstr(bad.text, "the engine stops"));
    ck_assert_int_eq(good.lines, 0);
    asl_engine_close(failing);
    asl_engine_close(fine);
    asl_store_free(store);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("engines");
    TCase *tests = tcase_create("several engines");
    tcase_add_test(tests, each_has_its_own_handlers);
    tcase_add_test(tests, each_may_have_its_own_thread);
    tcase_add_test(tests, trouble_is_told_to_the_log_of_its_engine_only);
    suite_add_tcase(suite, tests);
    return suite;
}
