/* SPDX-License-Identifier: Apache-2.0
 *
 * Hosts on libev loops. Time is virtual, or moves a second each time somebody looks at it, so that
 * no test waits; a loop ends when what it waits for has happened.
 */
#include <ev.h>
#include <pthread.h>
#include <string.h>

#include <asl/ev.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"
#include "torture/faulty_store.h"

#define WORK                                                                             \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:work','End':true}}" \
    "}"
#define WAIT "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':3,'End':true}}}"
/* One engine with its host, on a loop that it may share. */
struct party {
    asl_engine *engine;
    asl_host *host;
    asl_ev *ev;
    struct ev_loop *loop;
    int *left; /* executions that the loop waits for */
    int ended, failures;
    enum asl_status status;
    int64_t now;
};

static void on_ended(void *arg, const asl_result *result)
{
    struct party *p = arg;
    p->ended++;
    p->status = result->status;
    if (--*p->left == 0)
        ev_break(p->loop, EVBREAK_ALL);
}

static void on_failed(void *arg, const asl_error *error)
{
    struct party *p = arg;
    ck_assert_int_ne(error->code, 0);
    p->failures++;
    ev_break(p->loop, EVBREAK_ALL);
}

static int64_t ticking(void *arg)
{
    return ((struct party *)arg)->now += 1000;
}

static void party_open(struct party *p, struct ev_loop *loop, int *left, asl_store *store,
                       int virtual_time)
{
    asl_error err = {0};
    *p = (struct party){.loop = loop, .left = left, .now = BENCH_EPOCH};
    asl_options options = {.size = sizeof options,
                           .store = store,
                           .virtual_time = virtual_time,
                           .arg = p,
                           .ended = on_ended};
    asl_host_options host = {.size = sizeof host, .workers = 1, .now = ticking, .arg = p};
    ck_assert_msg(asl_engine_open(&options, &p->engine, &err) == 0, "%s", err.text);
    ck_assert_msg(asl_host_new(p->engine, &host, &p->host, &err) == 0, "%s", err.text);
    ck_assert_msg(asl_ev_attach(p->host, loop, on_failed, p, &p->ev, &err) == 0, "%s",
                  err.text);
}

static void party_close(struct party *p)
{
    asl_ev_detach(p->ev);
    asl_host_free(p->host);
    asl_engine_close(p->engine);
}

static void start(const struct party *p, const char *definition)
{
    asl_error err = {0};
    asl_machine *machine = bench_machine(definition);
    int rc = asl_start(p->engine, machine, NULL, 0, NULL, NULL, &err);
    asl_machine_unref(machine);
    ck_assert_msg(rc == 0, "%s", err.text);
}

static int work(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_true(), NULL);
}

static struct ev_loop *new_loop(void)
{
    struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
    ck_assert_ptr_nonnull(loop);
    return loop;
}

START_TEST(a_loop_runs_an_execution_with_a_handler_on_a_worker)
{
    struct ev_loop *loop = new_loop();
    struct party p;
    int left = 50;
    party_open(&p, loop, &left, NULL, 0);
    ck_assert_int_eq(asl_handler(p.engine, "work", work, NULL, 0, NULL), 0);
    for (int i = 0; i < 50; i++)
        start(&p, WORK);
    ev_run(loop, 0);
    ck_assert_int_eq(p.ended, 50);
    ck_assert_int_eq(p.status, ASL_SUCCEEDED);
    party_close(&p);
    ev_loop_destroy(loop);
}
END_TEST

START_TEST(a_deadline_of_the_engine_wakes_the_loop)
{
    for (int virtual_time = 0; virtual_time <= 1; virtual_time++) {
        struct ev_loop *loop = new_loop();
        struct party p;
        int left = 1;
        party_open(&p, loop, &left, NULL, virtual_time);
        start(&p, WAIT);
        ev_run(loop, 0);
        ck_assert_int_eq(p.status, ASL_SUCCEEDED);
        party_close(&p);
        ev_loop_destroy(loop);
    }
}
END_TEST

static void on_apply(void *arg, unsigned long n)
{
    (void)n;
    if (pthread_equal(pthread_self(), *(pthread_t *)arg))
        ck_abort_msg("the loop waits for a commit");
}

START_TEST(a_loop_never_waits_for_a_commit)
{
    struct ev_loop *loop = new_loop();
    pthread_t self = pthread_self();
    struct faulty_store *faulty;
    asl_store *inner, *store;
    struct party p;
    int left = 1;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &store, &faulty, NULL), 0);
    party_open(&p, loop, &left, store, 1);
    faulty_store_at_apply(faulty, on_apply, &self);
    start(&p, WAIT);
    ev_run(loop, 0);
    ck_assert_int_eq(p.status, ASL_SUCCEEDED);
    party_close(&p);
    asl_store_free(store);
    ev_loop_destroy(loop);
}
END_TEST

/* What another callback of the loop does: begins a thread that begins an execution. */
struct other {
    struct ev_prepare prepare;
    pthread_t thread;
    struct party *party;
};

static void *start_there(void *arg)
{
    start(arg, WAIT);
    return NULL;
}

static void on_prepare(struct ev_loop *loop, struct ev_prepare *prepare, int events)
{
    struct other *other = prepare->data;
    (void)events;
    ck_assert_int_eq(pthread_create(&other->thread, NULL, start_there, other->party), 0);
    ev_prepare_stop(loop, prepare);
}

START_TEST(a_start_on_another_thread_wakes_the_loop)
{
    struct ev_loop *loop = new_loop();
    struct party p;
    int left = 1;
    struct other other = {.party = &p};
    ev_prepare_init(&other.prepare, on_prepare);
    other.prepare.data = &other;
    party_open(&p, loop, &left, NULL, 1);
    ev_prepare_start(loop, &other.prepare);
    ev_run(loop, 0);
    pthread_join(other.thread, NULL);
    ck_assert_int_eq(p.ended, 1);
    party_close(&p);
    ev_loop_destroy(loop);
}
END_TEST

START_TEST(several_engines_share_a_loop)
{
    struct ev_loop *loop = new_loop();
    struct party p[3];
    int left = 3;
    for (int i = 0; i < 3; i++) {
        party_open(&p[i], loop, &left, NULL, i != 1);
        start(&p[i], WAIT);
    }
    ev_run(loop, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(p[i].ended, 1);
        party_close(&p[i]);
    }
    ev_loop_destroy(loop);
}
END_TEST

START_TEST(a_loop_goes_its_way_once_detached)
{
    struct ev_loop *loop = new_loop();
    struct party p;
    int left = 1;
    party_open(&p, loop, &left, NULL, 1);
    start(&p, WAIT);
    asl_ev_detach(p.ev);
    p.ev = NULL;
    ck_assert_int_eq(ev_run(loop, 0), 0); /* nothing keeps it */
    ck_assert_int_eq(asl_host_run(p.host, ASL_UNTIL_ENDED, NULL), 0);
    ck_assert_int_eq(p.ended, 1);
    asl_ev_detach(NULL);
    party_close(&p);
    ev_loop_destroy(loop);
}
END_TEST

START_TEST(a_turn_that_fails_is_told_and_the_loop_goes_on)
{
    static const struct faulty_plan broken = {
        .call = FAULTY_APPLY, .n = 1, .code = ASL_ESTORE, .times = FAULTY_FOR_EVER};
    struct ev_loop *loop = new_loop();
    struct party p;
    int left = 1;
    asl_store *mem, *store;
    struct faulty_store *faulty;
    ck_assert_int_eq(asl_store_mem(&mem, NULL), 0);
    ck_assert_int_eq(faulty_store_new(mem, &store, &faulty, NULL), 0);
    party_open(&p, loop, &left, store, 1);
    start(&p, WAIT);
    faulty_store_plan(faulty, &broken);
    ev_run(loop, 0);
    ck_assert_int_eq(p.failures, 1);
    ck_assert_int_eq(p.ended, 0);
    ck_assert_int_eq(ev_run(loop, EVRUN_NOWAIT) != 0, 1); /* attached still, and paused */
    ck_assert_int_eq(p.failures, 1);
    party_close(&p);
    asl_store_free(store);
    ev_loop_destroy(loop);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("loop_ev");
    TCase *tests = tcase_create("libev");
    tcase_add_test(tests, a_loop_runs_an_execution_with_a_handler_on_a_worker);
    tcase_add_test(tests, a_deadline_of_the_engine_wakes_the_loop);
    tcase_add_test(tests, a_loop_never_waits_for_a_commit);
    tcase_add_test(tests, a_start_on_another_thread_wakes_the_loop);
    tcase_add_test(tests, several_engines_share_a_loop);
    tcase_add_test(tests, a_loop_goes_its_way_once_detached);
    tcase_add_test(tests, a_turn_that_fails_is_told_and_the_loop_goes_on);
    suite_add_tcase(suite, tests);
    return suite;
}
