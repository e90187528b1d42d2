/* SPDX-License-Identifier: Apache-2.0
 *
 * The pool of workers, by itself: jobs that are given up, and jobs that are never begun.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"
#include "host/host_private.h"

static void count_up(void *arg)
{
    atomic_fetch_add((atomic_int *)arg, 1);
}

/* Jobs that return when the test opens it. */
struct gate {
    atomic_int begun;
    pthread_mutex_t closed; /* locked by the test */
};

static void pass_gate(void *arg)
{
    struct gate *gate = arg;
    atomic_fetch_add(&gate->begun, 1);
    pthread_mutex_lock(&gate->closed);
    pthread_mutex_unlock(&gate->closed);
}

START_TEST(a_pool_whose_jobs_never_return_takes_no_more_in_the_end)
{
    struct bench b;
    struct asli_pool *pool;
    struct gate gate = {.closed = PTHREAD_MUTEX_INITIALIZER};
    int rc = 0, jobs = 0;
    pthread_mutex_lock(&gate.closed);
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asli_pool_new(1, b.host, &pool, NULL), 0);
    for (; jobs < 1000 && !rc; jobs++) {
        rc = asli_pool_submit(pool, pass_gate, NULL, &gate);
        while (!rc && !asli_pool_is_idle(pool))
            asli_pool_abandon(pool, &gate);
    }
    ck_assert_int_eq(rc, ASL_ELIMIT);
    ck_assert_int_gt(jobs, 100);
    pthread_mutex_unlock(&gate.closed);
    asli_pool_free(pool);
    bench_close(&b);
}
END_TEST

START_TEST(a_job_that_no_worker_was_left_for_runs_when_one_comes_back)
{
    struct bench b;
    struct asli_pool *pool;
    struct gate gate = {.closed = PTHREAD_MUTEX_INITIALIZER};
    atomic_int ran = 0;
    int jobs = 0;
    pthread_mutex_lock(&gate.closed);
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asli_pool_new(1, b.host, &pool, NULL), 0);
    while (asli_pool_submit(pool, pass_gate, NULL, &gate) == 0) {
        ck_assert_int_eq(asli_pool_submit(pool, count_up, NULL, &ran), 0);
        jobs++;
        while (atomic_load(&gate.begun) < jobs)
            sched_yield();
        asli_pool_abandon(pool, &gate);
    }
    ck_assert_int_eq(ran, jobs - 1);
    pthread_mutex_unlock(&gate.closed);
    while (atomic_load(&ran) < jobs)
        sched_yield();
    asli_pool_free(pool);
    bench_close(&b);
}
END_TEST

START_TEST(a_pool_that_ends_drops_the_jobs_it_did_not_begin)
{
    struct bench b;
    struct asli_pool *pool;
    atomic_int run = 0, dropped = 0;
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asli_pool_new(2, b.host, &pool, NULL), 0);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(asli_pool_submit(pool, count_up, NULL, &run), 0);
    while (!asli_pool_is_idle(pool))
        sched_yield();
    ck_assert_int_eq(run, 10);
    asli_pool_stop(pool);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(asli_pool_submit(pool, count_up, count_up, &dropped), 0);
    asli_pool_submit(pool, count_up, NULL, &dropped);
    asli_pool_free(pool);
    ck_assert_int_eq(dropped, 3);
    bench_close(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("pool");
    TCase *t = tcase_create("pool");
    tcase_add_test(t, a_pool_whose_jobs_never_return_takes_no_more_in_the_end);
    tcase_add_test(t, a_job_that_no_worker_was_left_for_runs_when_one_comes_back);
    tcase_add_test(t, a_pool_that_ends_drops_the_jobs_it_did_not_begin);
    suite_add_tcase(s, t);
    return s;
}
