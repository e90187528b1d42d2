/* SPDX-License-Identifier: Apache-2.0
 *
 * The host: how long it runs, how virtual time moves, which thread does what, and what a store
 * that is full or fails does to it. No test waits for a moment: time is virtual or stands still.
 */
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <asl/host.h>
#include <asl/provider.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"
#include "host/host_private.h"
#include "torture/faulty_store.h"

#define TASK(resource, more)                                                             \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'" resource "'," more        \
    "'End':true}}}"
#define PASS "{'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}}"
#define WAIT(seconds)                                                                    \
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':" #seconds ",'End':true}}}"
#define CALLBACK "arn:aws:states:::desk:ask.waitForTaskToken"

/* ---- handlers ---- */

static int echo(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

/* For the test to complete. */
static int keep(asl_task *task, void *arg)
{
    *(asl_task **)arg = asl_task_ref(task);
    return 0;
}

static int submit(asl_task *task, void *arg)
{
    if (arg)
        *(char **)arg = strdup(asl_task_token(task));
    return asl_task_submitted(task, NULL, NULL);
}

static int which_thread(asl_task *task, void *arg)
{
    *(pthread_t *)arg = pthread_self();
    return asl_task_succeed(task, json_null(), NULL);
}

static void *complete(void *arg)
{
    asl_task *task = arg;
    asl_task_succeed(task, json_true(), NULL);
    asl_task_unref(task);
    return NULL;
}

/* Hands the task to a thread of its own and returns. */
static int hand_on(asl_task *task, void *arg)
{
    return pthread_create(arg, NULL, complete, asl_task_ref(task)) ? ASL_ESYSTEM : 0;
}

static void start(struct bench *b, const char *definition, const char *input)
{
    asl_free(bench_start(b, definition, input));
}

static asl_activity activity(const struct bench *b)
{
    asl_activity a;
    asl_engine_activity(b->engine, &a);
    return a;
}

/* ---- running ---- */

START_TEST(runs_an_execution_to_its_end)
{
    for (unsigned flags = 0; flags <= BENCH_SINGLE; flags++) {
        struct bench b;
        bench_open(&b, NULL, flags);
        ck_assert_str_eq(bench_output(&b, PASS, "{'a':1}"), "{\"a\":1}");
        ck_assert_int_eq(b.ended, 1);
        bench_close(&b);
    }
}
END_TEST

START_TEST(runs_many_executions_with_handlers_on_workers)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", echo, NULL, 0);
    for (int i = 0; i < 200; i++)
        start(&b, TASK("handler:work", ), "[1]");
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 200);
    bench_close(&b);
}
END_TEST

START_TEST(handlers_run_on_a_worker_unless_inline_or_single)
{
    static const struct {
        unsigned bench, handler;
        int here;
    } rows[] = {{0, 0, 0}, {0, ASL_HANDLER_INLINE, 1}, {BENCH_SINGLE, 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bench b;
        pthread_t thread;
        bench_open(&b, NULL, rows[i].bench);
        bench_handler(&b, "work", which_thread, &thread, rows[i].handler);
        bench_output(&b, TASK("handler:work", ), NULL);
        ck_assert_int_eq(!!pthread_equal(thread, pthread_self()), rows[i].here);
        bench_close(&b);
    }
}
END_TEST

START_TEST(a_task_may_be_completed_later_by_another_thread)
{
    struct bench b;
    pthread_t thread;
    bench_open(&b, NULL, BENCH_REAL_TIME);
    bench_handler(&b, "work", hand_on, &thread, 0);
    ck_assert_str_eq(bench_output(&b, TASK("handler:work", ), NULL), "true");
    pthread_join(thread, NULL);
    bench_close(&b);
}
END_TEST

START_TEST(an_engine_has_one_host)
{
    struct bench b;
    asl_host *second;
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(asl_host_new(b.engine, NULL, &second, NULL), ASL_EINVAL);
    asl_host_free(b.host);
    b.host = NULL;
    ck_assert_int_eq(asl_host_new(b.engine, NULL, &b.host, NULL), 0);
    ck_assert_str_eq(bench_output(&b, PASS, "1"), "1");
    bench_close(&b);
}
END_TEST

/* ---- until ---- */

START_TEST(until_now_leaves_what_must_wait)
{
    for (unsigned flags = 0; flags <= BENCH_REAL_TIME; flags += BENCH_REAL_TIME) {
        struct bench b;
        bench_open(&b, NULL, flags);
        start(&b, WAIT(5), NULL);
        start(&b, PASS, NULL);
        bench_run(&b, ASL_UNTIL_NOW);
        ck_assert_int_eq(b.ended, 1);
        ck_assert_int_eq(activity(&b).deadline, BENCH_EPOCH + 5000);
        bench_close(&b);
    }
}
END_TEST

START_TEST(until_idle_waits_for_timers_but_not_for_answers)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "desk:ask", submit, NULL, 0);
    start(&b, WAIT(5), NULL);
    start(&b, TASK(CALLBACK, "'TimeoutSeconds':99,"), NULL);
    bench_run(&b, ASL_UNTIL_IDLE);
    ck_assert_int_eq(b.ended, 1);
    ck_assert_int_eq(b.time, BENCH_EPOCH + 5000);
    ck_assert_uint_eq(activity(&b).callbacks, 1);
    bench_close(&b);
}
END_TEST

START_TEST(until_ended_waits_for_the_time_outs_of_answers)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "desk:ask", submit, NULL, 0);
    start(&b, TASK(CALLBACK, "'TimeoutSeconds':99,"), NULL);
    start(&b, TASK(CALLBACK, ), NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 1);
    ck_assert_int_eq(b.status, ASL_FAILED);
    ck_assert_str_eq(b.error, "States.Timeout");
    ck_assert_int_eq(b.time, BENCH_EPOCH + 99000);
    ck_assert_uint_eq(activity(&b).executions, 1);
    bench_close(&b);
}
END_TEST

static void stop_host(void *arg, int code, const char *text)
{
    ck_assert_int_eq(code, 0);
    (void)text;
    asl_host_stop(arg);
}

START_TEST(a_stop_ends_the_run_and_stays_in_force)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "desk:ask", submit, NULL, 0);
    char *arn = bench_start(&b, TASK(CALLBACK, ), NULL);
    asl_stop(b.engine, arn, NULL, NULL, stop_host, b.host, NULL);
    bench_run(&b, ASL_UNTIL_STOPPED);
    ck_assert_int_eq(asl_host_stopped(b.host), 1);
    bench_run(&b, ASL_UNTIL_STOPPED);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

static void *stop_from_elsewhere(void *arg)
{
    asl_host_stop(arg);
    return NULL;
}

START_TEST(a_stop_may_come_from_another_thread)
{
    struct bench b;
    pthread_t thread;
    bench_open(&b, NULL, BENCH_REAL_TIME);
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_from_elsewhere, b.host), 0);
    bench_run(&b, ASL_UNTIL_STOPPED);
    pthread_join(thread, NULL);
    bench_close(&b);
}
END_TEST

START_TEST(a_loop_of_ones_own_polls_the_fd)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_REAL_TIME);
    bench_handler(&b, "work", echo, NULL, 0);
    start(&b, TASK("handler:work", ), NULL);
    while (!b.ended) {
        struct pollfd pfd = {.fd = asl_host_fd(b.host), .events = POLLIN};
        int64_t wait = asl_host_wait_ms(b.host);
        ck_assert(wait == -1 || wait == 0);
        ck_assert_int_ge(poll(&pfd, 1, (int)wait), 0);
        ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    }
    start(&b, WAIT(5), NULL);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_int_eq(asl_host_wait_ms(b.host), 5000);
    bench_close(&b);
}
END_TEST

START_TEST(a_turn_with_nothing_to_do_moves_virtual_time)
{
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE);
    start(&b, WAIT(5), NULL);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_int_eq(b.ended, 0);
    ck_assert_int_eq(asl_host_wait_ms(b.host), 0);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_int_eq(b.ended, 1);
    ck_assert_int_eq(asl_host_wait_ms(b.host), -1);
    bench_close(&b);
}
END_TEST

START_TEST(a_turn_with_something_to_do_and_nothing_to_write_does_not)
{
    static const char pass[] = "{\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\","
                               "\"End\":true}}}";
    asl_machine_options options = {.size = sizeof options, .express = 1};
    asl_start_options start = {.size = sizeof start, .sync = 1};
    asl_machine *express;
    struct bench b;
    bench_open(&b, NULL, BENCH_SINGLE);
    ck_assert_int_eq(asl_machine_load(pass, (size_t)-1, &options, &express, NULL, NULL),
                     0);
    asl_free(bench_start(&b, WAIT(60), NULL));
    bench_run(&b, ASL_UNTIL_NOW);
    asl_start(b.engine, express, NULL, 0, &start, NULL, NULL);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    ck_assert_int_eq(b.ended, 1);
    ck_assert_int_eq(asl_engine_now(b.engine), BENCH_EPOCH);
    asl_machine_unref(express);
    bench_close(&b);
}
END_TEST

/* ---- virtual time and tasks ---- */

static int take_long(asl_task *task, void *arg)
{
    (void)arg;
    for (int i = 0; i < 1000; i++)
        sched_yield();
    return asl_task_succeed(task, json_true(), NULL);
}

START_TEST(virtual_time_stands_still_while_a_handler_runs)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", take_long, NULL, 0);
    ck_assert_str_eq(bench_output(&b, TASK("handler:work", "'TimeoutSeconds':1,"), NULL),
                     "true");
    ck_assert_int_eq(b.time, BENCH_EPOCH);
    bench_close(&b);
}
END_TEST

START_TEST(virtual_time_passes_over_a_task_nobody_completes)
{
    struct bench b;
    asl_task *task = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", keep, &task, 0);
    start(&b, TASK("handler:work", "'TimeoutSeconds':60,"), NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.error, "States.Timeout");
    ck_assert_int_eq(b.time, BENCH_EPOCH + 60000);
    ck_assert_int_eq(asl_task_cancelled(task), 1);
    ck_assert_int_eq(asl_task_succeed(task, json_true(), NULL), ASL_EENDED);
    asl_task_unref(task);
    bench_close(&b);
}
END_TEST

static int beat(asl_task *task, void *arg)
{
    int rc = asl_task_heartbeat(*(asl_task **)arg, NULL);
    return rc ? rc : asl_task_succeed(task, json_null(), NULL);
}

static int finish(asl_task *task, void *arg)
{
    complete(*(asl_task **)arg);
    return asl_task_succeed(task, json_null(), NULL);
}

/* A task of HeartbeatSeconds 10; beside it something happens after 6 s, and it ends after 12. */
#define BESIDE(resource)                                                                 \
    "{'StartAt':'B','States':{'B':{'Type':'Parallel','End':true,'Branches':["            \
    "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:work',"             \
    "'TimeoutSeconds':100,'HeartbeatSeconds':10,'End':true}}},"                          \
    "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':6,'Next':'M'},"               \
    "'M':{'Type':'Task','Resource':'handler:" resource "','Next':'V'},"                  \
    "'V':{'Type':'Wait','Seconds':6,'Next':'F'},"                                        \
    "'F':{'Type':'Task','Resource':'handler:finish','End':true}}}]}}}"

START_TEST(a_heartbeat_gives_more_time)
{
    struct bench b;
    asl_task *task = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", keep, &task, ASL_HANDLER_INLINE);
    bench_handler(&b, "beat", beat, &task, 0);
    bench_handler(&b, "finish", finish, &task, 0);
    ck_assert_str_eq(bench_output(&b, BESIDE("beat"), NULL), "[true,null]");
    bench_close(&b);
}
END_TEST

START_TEST(without_heartbeats_the_task_times_out)
{
    struct bench b;
    asl_task *task = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", keep, &task, ASL_HANDLER_INLINE);
    bench_handler(&b, "idle", echo, NULL, 0);
    bench_handler(&b, "finish", finish, &task, 0);
    start(&b, BESIDE("idle"), NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.status, ASL_FAILED);
    ck_assert_int_eq(b.time, BENCH_EPOCH + 10000);
    asl_task_unref(task);
    bench_close(&b);
}
END_TEST

START_TEST(a_stopped_execution_cancels_its_task)
{
    struct bench b;
    asl_task *task = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", keep, &task, ASL_HANDLER_INLINE);
    char *arn = bench_start(&b, TASK("handler:work", ), NULL);
    bench_run(&b, ASL_UNTIL_NOW);
    ck_assert_int_eq(asl_task_cancelled(task), 0);
    ck_assert_int_eq(asl_stop(b.engine, arn, "E", "why", NULL, NULL, NULL), 0);
    bench_run(&b, ASL_UNTIL_NOW);
    ck_assert_int_eq(b.status, ASL_ABORTED);
    ck_assert_int_eq(asl_task_cancelled(task), 1);
    ck_assert_int_eq(asl_task_heartbeat(task, NULL), ASL_EENDED);
    asl_task_unref(task);
    asl_free(arn);
    bench_close(&b);
}
END_TEST

START_TEST(a_task_that_outlives_the_engine_is_refused)
{
    struct bench b;
    asl_task *task = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", keep, &task, ASL_HANDLER_INLINE);
    start(&b, TASK("handler:work", ), NULL);
    bench_run(&b, ASL_UNTIL_NOW);
    bench_close(&b);
    ck_assert_int_eq(asl_task_cancelled(task), 1);
    ck_assert_int_eq(asl_task_succeed(task, json_true(), NULL), ASL_EENDED);
    asl_task_unref(task);
}
END_TEST

START_TEST(a_submitted_task_is_answered_by_its_token)
{
    struct bench b;
    char *token = NULL;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "desk:ask", submit, &token, 0);
    start(&b, TASK(CALLBACK, ), NULL);
    bench_run(&b, ASL_UNTIL_IDLE);
    ck_assert_int_eq(asl_answer_success(b.engine, token, "[7]", 3, NULL, NULL, NULL), 0);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_str_eq(b.output, "[7]");
    free(token);
    bench_close(&b);
}
END_TEST

/* ---- workers ---- */

/* Ends its thread; the first time, when it has completed its task. */
static int quit(asl_task *task, void *arg)
{
    if (atomic_fetch_add((atomic_int *)arg, 1) == 0)
        asl_task_succeed(task, json_true(), NULL);
    pthread_exit(NULL);
}

START_TEST(a_handler_that_ends_its_thread_costs_no_worker)
{
    struct bench b;
    atomic_int calls = 0;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "quit", quit, &calls, 0);
    bench_handler(&b, "echo", echo, NULL, 0);
    ck_assert_str_eq(bench_output(&b, TASK("handler:quit", ), "1"), "true");
    for (int i = 0; i < 5; i++) { /* more than there are workers */
        start(&b, TASK("handler:quit", ), "1");
        bench_run(&b, ASL_UNTIL_ENDED);
        ck_assert_int_eq(b.status, ASL_FAILED);
        ck_assert_str_eq(b.error, "States.TaskFailed");
        ck_assert_ptr_nonnull(strstr(b.cause, "without completing"));
    }
    ck_assert_int_eq(calls, 6);
    ck_assert_str_eq(bench_output(&b, TASK("handler:echo", ), "1"), "1");
    bench_close(&b);
}
END_TEST

/* A handler that runs until it is let go, and a clock that the test sets. */
struct hanging {
    atomic_int begun, let_go;
    _Atomic int64_t now;
};

static int hang(asl_task *task, void *arg)
{
    struct hanging *hanging = arg;
    atomic_fetch_add(&hanging->begun, 1);
    while (!atomic_load(&hanging->let_go))
        sched_yield();
    return asl_task_succeed(task, json_true(), NULL) == ASL_EENDED ? 0 : -1;
}

static int64_t set_clock(void *arg)
{
    return atomic_load(&((struct hanging *)arg)->now);
}

static void turn_until_ended(struct bench *b, int ended)
{
    while (b->ended < ended)
        ck_assert_int_eq(asl_host_turn(b->host, NULL), 0);
}

START_TEST(a_handler_that_never_returns_holds_up_no_other_once_its_time_is_over)
{
    struct bench b;
    struct hanging hanging = {.now = BENCH_EPOCH};
    asl_host_options options = {
        .size = sizeof options, .workers = 2, .now = set_clock, .arg = &hanging};
    bench_open(&b, NULL, BENCH_REAL_TIME | BENCH_NO_HOST);
    ck_assert_int_eq(asl_host_new(b.engine, &options, &b.host, NULL), 0);
    bench_handler(&b, "hang", hang, &hanging, 0);
    bench_handler(&b, "echo", echo, NULL, 0);
    for (int i = 1; i <= 3; i++) { /* twice the workers, and twice again */
        start(&b, TASK("handler:hang", "'TimeoutSeconds':1,"), NULL);
        start(&b, TASK("handler:hang", "'TimeoutSeconds':1,"), NULL);
        while (atomic_load(&hanging.begun) < 2 * i)
            ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
        hanging.now += 1000;
        turn_until_ended(&b, 2 * i);
        ck_assert_str_eq(b.error, "States.Timeout");
    }
    start(&b, TASK("handler:echo", ), "1");
    turn_until_ended(&b, 7);
    ck_assert_str_eq(b.output, "1");
    hanging.let_go = 1;
    bench_close(&b);
}
END_TEST

/* ---- trouble with the store ---- */

static asl_store *faulty(struct faulty_store **ret_faulty)
{
    asl_store *inner, *store;
    ck_assert_int_eq(asl_store_mem(&inner, NULL), 0);
    ck_assert_int_eq(faulty_store_new(inner, &store, ret_faulty, NULL), 0);
    return store;
}

static void keep_code(void *arg, int code, const char *arn)
{
    *(int *)arg = code;
    (void)arn;
}

START_TEST(a_full_store_holds_everything_back_until_it_has_room)
{
    static const struct faulty_plan full = {
        .call = FAULTY_APPLY, .n = 1, .code = ASL_ENOSPACE, .times = FAULTY_FOR_EVER};
    struct bench b;
    struct faulty_store *plan;
    int code = 1;
    asl_store *store = faulty(&plan);
    asl_machine *machine = bench_machine(PASS);
    asl_start_options second = {
        .size = sizeof second, .arg = &code, .started = keep_code};
    bench_open(&b, store, 0);
    faulty_store_plan(plan, &full);
    start(&b, PASS, "1");
    ck_assert_int_eq(asl_host_run(b.host, ASL_UNTIL_NOW, NULL), ASL_ENOSPACE);
    ck_assert_int_eq(b.ended, 0);
    ck_assert_int_ge(asl_host_wait_ms(b.host), 0);
    asl_start(b.engine, machine, NULL, 0, &second, NULL, NULL);
    asl_host_turn(b.host, NULL);
    ck_assert_int_eq(code, 1); /* the refusal, too, waits for what was before it */
    faulty_store_plan(plan, NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 1);
    ck_assert_str_eq(b.output, "1");
    ck_assert_int_eq(code, ASL_ENOSPACE);
    ck_assert_str_eq(bench_output(&b, PASS, "2"), "2");
    asl_machine_unref(machine);
    bench_close(&b);
    asl_store_free(store);
}
END_TEST

START_TEST(a_failed_write_is_returned_and_ends_the_engine)
{
    static const struct faulty_plan broken = {
        .call = FAULTY_APPLY, .n = 1, .code = ASL_ESTORE};
    struct bench b;
    struct faulty_store *plan;
    asl_store *store = faulty(&plan);
    bench_open(&b, store, 0);
    faulty_store_plan(plan, &broken);
    start(&b, PASS, NULL);
    ck_assert_int_eq(asl_host_run(b.host, ASL_UNTIL_ENDED, NULL), ASL_ESTORE);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), ASL_ESTORE);
    ck_assert_int_eq(b.ended, 0);
    bench_close(&b);
    asl_store_free(store);
}
END_TEST

/* What is seen while batches are written. */
struct meanwhile {
    struct bench *b;
    asl_machine *machine;
    atomic_int here, elsewhere; /* batches by the thread that wrote them */
    pthread_t thread;           /* the test's */
};

static void at_apply(void *arg, unsigned long n)
{
    struct meanwhile *m = arg;
    bool begins = n % 2 == 1, here = pthread_equal(m->thread, pthread_self());
    if (begins && m->here + m->elsewhere == 0)
        asl_start(m->b->engine, m->machine, NULL, 0, NULL, NULL, NULL);
    if (begins)
        atomic_fetch_add(here ? &m->here : &m->elsewhere, 1);
}

/* Queues another execution when the first one has started, while its batch is still open. */
static int start_another(asl_task *task, void *arg)
{
    struct meanwhile *m = arg;
    asl_start(m->b->engine, m->machine, NULL, 0, NULL, NULL, NULL);
    return asl_task_succeed(task, json_null(), NULL);
}

/* `count` executions, one of them started while the first batch is written. */
static void run_watched(struct meanwhile *m, unsigned flags, int count)
{
    struct bench b;
    struct faulty_store *plan;
    asl_store *store = faulty(&plan);
    *m = (struct meanwhile){
        .b = &b, .machine = bench_machine(PASS), .thread = pthread_self()};
    bench_open(&b, store, flags);
    faulty_store_at_apply(plan, at_apply, m);
    for (int i = 1; i < count; i++)
        start(&b, PASS, NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, count);
    asl_machine_unref(m->machine);
    bench_close(&b);
    asl_store_free(store);
}

START_TEST(a_lone_batch_is_written_by_the_calling_thread)
{
    struct meanwhile m;
    run_watched(&m, 0, 2);
    ck_assert_int_ge(m.here, 2);
    ck_assert_int_eq(m.elsewhere, 0);
}
END_TEST

START_TEST(with_more_to_do_batches_are_written_by_the_commit_thread)
{
    struct meanwhile m;
    run_watched(&m, 0, 3000); /* more events than a batch holds */
    ck_assert_int_ge(m.elsewhere, 1);
    run_watched(&m, BENCH_SINGLE, 3000);
    ck_assert_int_eq(m.elsewhere, 0);
}
END_TEST

START_TEST(what_comes_while_a_batch_is_taken_is_not_lost)
{
    struct bench b;
    struct meanwhile m = {.b = &b, .machine = bench_machine(PASS)};
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", start_another, &m, 0);
    for (int i = 0; i < 50; i++)
        start(&b, TASK("handler:work", ), NULL);
    bench_run(&b, ASL_UNTIL_ENDED);
    ck_assert_int_eq(b.ended, 100);
    asl_machine_unref(m.machine);
    bench_close(&b);
}
END_TEST

START_TEST(the_host_may_end_while_much_is_in_flight)
{
    struct bench b;
    bench_open(&b, NULL, 0);
    bench_handler(&b, "work", take_long, NULL, 0);
    for (int i = 0; i < 3000; i++)
        start(&b, TASK("handler:work", ), NULL);
    ck_assert_int_eq(asl_host_turn(b.host, NULL), 0);
    bench_close(&b);
}
END_TEST

static void add_running(Suite *s)
{
    TCase *t = tcase_create("running");
    tcase_add_test(t, runs_an_execution_to_its_end);
    tcase_add_test(t, runs_many_executions_with_handlers_on_workers);
    tcase_add_test(t, handlers_run_on_a_worker_unless_inline_or_single);
    tcase_add_test(t, a_task_may_be_completed_later_by_another_thread);
    tcase_add_test(t, an_engine_has_one_host);
    tcase_add_test(t, until_now_leaves_what_must_wait);
    tcase_add_test(t, until_idle_waits_for_timers_but_not_for_answers);
    tcase_add_test(t, until_ended_waits_for_the_time_outs_of_answers);
    tcase_add_test(t, a_stop_ends_the_run_and_stays_in_force);
    tcase_add_test(t, a_stop_may_come_from_another_thread);
    tcase_add_test(t, a_loop_of_ones_own_polls_the_fd);
    tcase_add_test(t, a_turn_with_nothing_to_do_moves_virtual_time);
    tcase_add_test(t, a_turn_with_something_to_do_and_nothing_to_write_does_not);
    suite_add_tcase(s, t);
}

static void add_tasks(Suite *s)
{
    TCase *t = tcase_create("tasks");
    tcase_add_test(t, virtual_time_stands_still_while_a_handler_runs);
    tcase_add_test(t, virtual_time_passes_over_a_task_nobody_completes);
    tcase_add_test(t, a_heartbeat_gives_more_time);
    tcase_add_test(t, without_heartbeats_the_task_times_out);
    tcase_add_test(t, a_stopped_execution_cancels_its_task);
    tcase_add_test(t, a_task_that_outlives_the_engine_is_refused);
    tcase_add_test(t, a_submitted_task_is_answered_by_its_token);
    tcase_add_test(t, a_handler_that_ends_its_thread_costs_no_worker);
    tcase_add_test(t,
                   a_handler_that_never_returns_holds_up_no_other_once_its_time_is_over);
    suite_add_tcase(s, t);
}

Suite *unit_suite(void)
{
    Suite *s = suite_create("host");
    add_running(s);
    add_tasks(s);
    TCase *t = tcase_create("store");
    tcase_add_test(t, a_full_store_holds_everything_back_until_it_has_room);
    tcase_add_test(t, a_failed_write_is_returned_and_ends_the_engine);
    tcase_add_test(t, a_lone_batch_is_written_by_the_calling_thread);
    tcase_add_test(t, with_more_to_do_batches_are_written_by_the_commit_thread);
    tcase_add_test(t, what_comes_while_a_batch_is_taken_is_not_lost);
    tcase_add_test(t, the_host_may_end_while_much_is_in_flight);
    suite_add_tcase(s, t);
    return s;
}
