/* SPDX-License-Identifier: Apache-2.0
 *
 * Activities: workers that poll, in the engine's thread and in their own, and what a second
 * process finds.
 */
#include <asl/activity.h>
#include <asl/host.h>
#include <asl/provider.h>

#include <check.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"

#define ARN "arn:aws:states:us-east-1:123456789012:activity:paint"
#define PAINT                                                                            \
    "{'StartAt':'P','States':{'P':{'Type':'Task','Resource':'" ARN "','End':true}}}"
#define TIMED                                                                            \
    "{'StartAt':'P','States':{'P':{'Type':'Task','Resource':'" ARN                       \
    "','TimeoutSeconds':5,'End':true}}}"

static asl_activity_queue *create(struct bench *b, unsigned flags)
{
    asl_error err = {0};
    ck_assert_msg(asl_activity_create(b->engine, "paint", flags, &err) == 0, "%s",
                  err.text);
    asl_activity_queue *queue = asl_activity_queue_of(b->engine, ARN);
    asl_activity_queue_unref(queue); /* the engine has it */
    return queue;
}

static asl_task *poll_now(asl_activity_queue *queue, const char *worker)
{
    asl_task *task;
    asl_error err = {0};
    ck_assert_msg(asl_activity_poll(queue, worker, 0, &task, &err) == 0, "%s", err.text);
    return task;
}

static void answer(asl_task *task, const char *output)
{
    ck_assert_ptr_nonnull(task);
    ck_assert_int_eq(asl_task_succeed_text(task, output, (size_t)-1, NULL), 0);
    asl_task_unref(task);
}

static int count_events(struct bench *b, const char *arn, const char *type)
{
    json_t *history, *event;
    size_t i;
    int n = 0;
    ck_assert_int_eq(asl_history(asl_engine_store(b->engine), arn, &history, NULL), 0);
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        n += strcmp(json_string_value(json_object_get(event, "type")), type) == 0;
    }
    json_decref(history);
    return n;
}

START_TEST(one_that_nobody_created_does_not_exist)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asl_activity_create(b.engine, "other", 0, NULL), 0);
    asl_free(bench_start(&b, PAINT, NULL));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.error, "States.Runtime");
    ck_assert_ptr_nonnull(strstr(b.cause, "The activity " ARN " does not exist."));
    bench_close(&b);
}
END_TEST

START_TEST(names_follow_the_rules)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(asl_activity_create(b.engine, "a b", 0, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_activity_create(b.engine, NULL, 0, NULL), ASL_EINVAL);
    ck_assert_int_eq(asl_activity_create(b.engine, "a", 8, NULL), ASL_EINVAL);
    ck_assert_ptr_null(asl_activity_queue_of(b.engine, "a"));
    bench_close(&b);
}
END_TEST

START_TEST(a_worker_takes_the_oldest_task)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE | BENCH_REAL_TIME);
    asl_activity_queue *queue = create(&b, 0);
    ck_assert_ptr_null(poll_now(queue, "ann"));
    char *first = bench_start(&b, PAINT, "1"), *second = bench_start(&b, PAINT, "2");
    bench_run(&b, ASL_UNTIL_NOW);
    asl_task *one = poll_now(queue, "ann"), *two = poll_now(queue, NULL);
    ck_assert_int_eq(json_integer_value(asl_task_input(one)), 1);
    ck_assert_int_eq(json_integer_value(asl_task_input(two)), 2);
    ck_assert_ptr_null(poll_now(queue, "ann"));
    answer(two, "\"b\"");
    answer(one, "\"a\"");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 2);
    ck_assert_int_eq(count_events(&b, first, "ActivityStarted"), 1);
    asl_free(first);
    asl_free(second);
    bench_close(&b);
}
END_TEST

START_TEST(clocks_begin_when_a_worker_takes_it)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE);
    asl_activity_queue *queue = create(&b, 0);
    char *arn = bench_start(&b, TIMED, NULL);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_int_eq(asl_engine_next_deadline(b.engine), INT64_MAX);
    asl_task *task = poll_now(queue, "ann");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.error, "States.Timeout");
    ck_assert_int_eq(asl_task_succeed(task, json_true(), NULL), ASL_EENDED);
    asl_task_unref(task);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

START_TEST(tasks_nobody_waits_for_leave_the_queue)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE);
    asl_activity_queue *queue = create(&b, 0);
    char *arn = bench_start(&b, PAINT, NULL), *kept = bench_start(&b, PAINT, "2");
    bench_run(&b, ASL_UNTIL_NOW);
    asl_stop(b.engine, arn, NULL, NULL, NULL, NULL, NULL);
    bench_run(&b, ASL_UNTIL_NOW);
    answer(poll_now(queue, NULL), "1");
    ck_assert_ptr_null(poll_now(queue, NULL));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(count_events(&b, arn, "ActivityStarted"), 0);
    asl_free(arn);
    asl_free(kept);
    bench_close(&b);
}
END_TEST

static void *work(void *arg)
{
    asl_task *task;
    int rc;
    while ((rc = asl_activity_poll(arg, "ann", -1, &task, NULL)) == 0)
        answer(task, "\"done\"");
    asl_activity_queue_unref(arg);
    return rc == ASL_ECLOSED ? arg : NULL;
}

START_TEST(workers_wait_in_their_own_threads_until_the_engine_closes)
{
    struct bench b;
    pthread_t threads[3];
    void *closed;
    bench_open(&b, NULL, BENCH_REAL_TIME);
    create(&b, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(
            pthread_create(&threads[i], NULL, work, asl_activity_queue_of(b.engine, ARN)),
            0);
    for (int i = 0; i < 20; i++)
        asl_free(bench_start(&b, PAINT, NULL));
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 20);
    ck_assert_str_eq(b.output, "\"done\"");
    bench_close(&b);
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], &closed);
        ck_assert_ptr_nonnull(closed);
    }
}
END_TEST

START_TEST(a_poll_gives_up_when_its_time_is_over)
{
    struct bench b;
    asl_task *task = (asl_task *)&b;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(asl_activity_poll(create(&b, 0), NULL, 1, &task, NULL), 0);
    ck_assert_ptr_null(task);
    bench_close(&b);
}
END_TEST

static void on_ready(void *arg, asl_activity_queue *queue)
{
    ++*(int *)arg;
    answer(poll_now(queue, "bob"), "3");
}

START_TEST(a_callback_tells_of_new_tasks)
{
    struct bench b;
    int calls = 0;
    bench_open(&b, NULL, BENCH_SINGLE | BENCH_REAL_TIME);
    asl_activity_queue *queue = create(&b, 0);
    asl_free(bench_start(&b, PAINT, NULL));
    bench_run(&b, ASL_UNTIL_NOW);
    asl_activity_notify(queue, on_ready, &calls);
    ck_assert_int_eq(calls, 1);
    ck_assert_str_eq(bench_output(&b, PAINT, NULL), "3");
    ck_assert_int_eq(calls, 2);
    bench_close(&b);
}
END_TEST

START_TEST(without_workers_here_a_task_stays_in_the_store)
{
    struct bench b;
    asl_store *store;
    asl_activity a;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    bench_open(&b, store, BENCH_SINGLE);
    create(&b, ASL_ACTIVITY_ELSEWHERE);
    asl_free(bench_start(&b, PAINT, NULL));
    bench_run(&b, ASL_UNTIL_IDLE);
    asl_engine_activity(b.engine, &a);
    ck_assert_uint_eq(a.unclaimed, 1);
    bench_close(&b);
    bench_open(&b, store, BENCH_SINGLE);
    asl_activity_queue *queue = create(&b, 0);
    bench_run(&b, ASL_UNTIL_NOW);
    answer(poll_now(queue, NULL), "4");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "4");
    bench_close(&b);
    asl_store_free(store);
}
END_TEST

START_TEST(a_task_taken_before_a_crash_is_started_once)
{
    struct bench b;
    asl_store *store;
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    bench_open(&b, store, BENCH_SINGLE | BENCH_REAL_TIME);
    char *arn;
    asl_activity_queue *queue = create(&b, 0);
    arn = bench_start(&b, PAINT, NULL);
    bench_run(&b, ASL_UNTIL_NOW);
    asl_task *lost = poll_now(queue, "ann");
    ck_assert_int_eq(asl_task_redelivered(lost), 0);
    bench_run(&b, ASL_UNTIL_NOW);
    bench_close(&b);
    asl_task_unref(lost);
    bench_open(&b, store, BENCH_SINGLE | BENCH_REAL_TIME);
    queue = create(&b, 0);
    bench_run(&b, ASL_UNTIL_NOW);
    asl_task *again = poll_now(queue, "bob");
    ck_assert_int_eq(asl_task_redelivered(again), 1);
    answer(again, "5");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "5");
    ck_assert_int_eq(count_events(&b, arn, "ActivityStarted"), 1);
    bench_close(&b);
    asl_store_free(store);
    asl_free(arn);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("activity");
    TCase *t = tcase_create("activity");
    tcase_add_test(t, one_that_nobody_created_does_not_exist);
    tcase_add_test(t, names_follow_the_rules);
    tcase_add_test(t, a_worker_takes_the_oldest_task);
    tcase_add_test(t, clocks_begin_when_a_worker_takes_it);
    tcase_add_test(t, tasks_nobody_waits_for_leave_the_queue);
    tcase_add_test(t, workers_wait_in_their_own_threads_until_the_engine_closes);
    tcase_add_test(t, a_poll_gives_up_when_its_time_is_over);
    tcase_add_test(t, a_callback_tells_of_new_tasks);
    tcase_add_test(t, without_workers_here_a_task_stays_in_the_store);
    tcase_add_test(t, a_task_taken_before_a_crash_is_started_once);
    suite_add_tcase(s, t);
    return s;
}
