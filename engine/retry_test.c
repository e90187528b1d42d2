/* SPDX-License-Identifier: Apache-2.0
 *
 * Retry: how long, how often, by which retrier.
 */
#include "conformance/kit/engine_kit.h"

#include <string.h>

#include "conformance/kit/unit.h"

static struct kit k;
static int64_t times[16]; /* of the calls */
static const char *errors[16];
static unsigned char jitter; /* the first byte of a drawn fraction */

static int recording(asl_task *task, void *arg)
{
    struct kit *kit = arg;
    const char *error = errors[kit->calls];
    ck_assert_int_eq(asl_task_attempt(task), kit->calls);
    times[kit->calls++] = kit->now - KIT_EPOCH;
    return error ? asl_task_fail(task, error, NULL, NULL)
                 : asl_task_succeed(task, json_true(), NULL);
}

/* Fails twice in each state, whatever came before. */
static int twice(asl_task *task, void *arg)
{
    ((struct kit *)arg)->calls++;
    return asl_task_attempt(task) < 2 ? asl_task_fail(task, "E", NULL, NULL)
                                      : asl_task_succeed(task, json_true(), NULL);
}

static int draw(void *arg, void *buffer, size_t len)
{
    (void)arg;
    memset(buffer, jitter, len);
    return 0;
}

static void setup(void)
{
    memset(&k, 0, sizeof k);
    memset(times, 0, sizeof times);
    for (size_t i = 0; i < 16; i++)
        errors[i] = "E";
    k.options.random = draw;
    kit_open_stored(&k);
    kit_handler(&k, "work", recording);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static void run(const char *definition)
{
    kit_start(&k, "run", definition, NULL);
    kit_until(&k, 1000000);
}

#define RETRY(retriers) KIT_TASK("handler:work", "'Retry':[" retriers "],")

static void check_times(size_t count, const int64_t *want)
{
    ck_assert_int_eq(k.calls, (int)count);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(times[i], want[i]);
}

START_TEST(three_retries_with_doubled_delays_are_the_default)
{
    run(RETRY("{'ErrorEquals':['E']}"));
    check_times(4, (int64_t[]){0, 1000, 3000, 7000});
    ck_assert_str_eq(k.error, "E");
}
END_TEST

START_TEST(delays_grow_by_the_rate_up_to_the_maximum)
{
    run(RETRY("{'ErrorEquals':['E'],'IntervalSeconds':2,'BackoffRate':1.5,"
              "'MaxDelaySeconds':4,'MaxAttempts':4}"));
    check_times(5, (int64_t[]){0, 2000, 5000, 9000, 13000});
}
END_TEST

START_TEST(zero_attempts_is_never)
{
    run(RETRY("{'ErrorEquals':['E'],'MaxAttempts':0}"));
    check_times(1, (int64_t[]){0});
}
END_TEST

START_TEST(full_jitter_draws_a_part_of_the_capped_delay)
{
    jitter = 0x80; /* 0.50196... */
    run(RETRY("{'ErrorEquals':['E'],'IntervalSeconds':100,'MaxAttempts':2,"
              "'BackoffRate':10,'MaxDelaySeconds':200,'JitterStrategy':'FULL'}"));
    check_times(3, (int64_t[]){0, 50196, 50196 + 100392});
}
END_TEST

START_TEST(no_jitter_at_all_may_be_drawn)
{
    jitter = 0;
    run(RETRY("{'ErrorEquals':['E'],'JitterStrategy':'FULL','MaxAttempts':2}"));
    check_times(3, (int64_t[]){0, 0, 0});
}
END_TEST

START_TEST(each_retrier_counts_for_itself)
{
    static const char *const order[] = {"A", "B", "A", "B", "A"};
    memcpy(errors, order, sizeof order);
    run(RETRY("{'ErrorEquals':['A'],'IntervalSeconds':1,'MaxAttempts':2},"
              "{'ErrorEquals':['B'],'IntervalSeconds':10,'MaxAttempts':2}"));
    check_times(5, (int64_t[]){0, 1000, 11000, 13000, 33000});
    ck_assert_str_eq(k.error, "A");
}
END_TEST

START_TEST(an_exhausted_retrier_ends_the_search)
{
    run(RETRY("{'ErrorEquals':['E'],'MaxAttempts':1},"
              "{'ErrorEquals':['States.ALL'],'MaxAttempts':9}"));
    check_times(2, (int64_t[]){0, 1000});
}
END_TEST

START_TEST(an_error_that_no_retrier_names_is_not_retried)
{
    run(RETRY("{'ErrorEquals':['State.ALL','F']}"));
    check_times(1, (int64_t[]){0});
}
END_TEST

START_TEST(task_failed_stands_for_all_but_timeouts)
{
    errors[1] = "States.Timeout";
    run(RETRY("{'ErrorEquals':['States.TaskFailed'],'MaxAttempts':9}"));
    check_times(2, (int64_t[]){0, 1000});
}
END_TEST

START_TEST(counters_begin_anew_when_the_state_is_left)
{
    kit_handler(&k, "twice", twice);
    kit_start(&k, "run",
              "{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:twice',"
              "'ResultPath':null,'Retry':[{'ErrorEquals':['E'],'MaxAttempts':2}],"
              "'Next':'U'},'U':{'Type':'Task','Resource':'handler:twice',"
              "'Retry':[{'ErrorEquals':['E'],'MaxAttempts':2}],'End':true}}}",
              NULL);
    kit_until(&k, 100000);
    ck_assert_str_eq(kit_status(&k, "run"), "SUCCEEDED");
    ck_assert_int_eq(k.calls, 6);
}
END_TEST

START_TEST(counters_and_delays_survive_a_restart)
{
    kit_start(&k, "run", RETRY("{'ErrorEquals':['E'],'MaxAttempts':2}"), NULL);
    kit_until(&k, 500);
    kit_reopen(&k);
    kit_handler(&k, "work", recording);
    kit_until(&k, 1500);
    kit_reopen(&k);
    kit_handler(&k, "work", recording);
    kit_until(&k, 100000);
    check_times(3, (int64_t[]){0, 1000, 3000});
    ck_assert_str_eq(kit_status(&k, "run"), "FAILED");
}
END_TEST

START_TEST(a_retried_map_runs_all_of_its_items_again)
{
    kit_start(&k, "run",
              "{'StartAt':'M','States':{'M':{'Type':'Map','MaxConcurrency':1,"
              "'ItemProcessor':{'StartAt':'C','States':{'C':{'Type':'Choice','Choices':["
              "{'Variable':'$','NumericEquals':2,'Next':'F'}],'Default':'W'},"
              "'W':{'Type':'Wait','Seconds':1,'End':true},'F':{'Type':'Fail','Error':'E'}"
              "}},'Retry':[{'ErrorEquals':['E'],'IntervalSeconds':1,'MaxAttempts':1}],"
              "'Catch':[{'ErrorEquals':['E'],'Next':'Z'}],'End':true},"
              "'Z':{'Type':'Pass','End':true}}}",
              "[1,2,3]");
    kit_until(&k, 1500);
    kit_reopen(&k);
    kit_until(&k, 100000);
    ck_assert_str_eq(
        kit_types(&k, "run"),
        "ExecutionStarted MapStateEntered MapStateStarted MapIterationStarted "
        "ChoiceStateEntered ChoiceStateExited WaitStateEntered WaitStateExited "
        "MapIterationSucceeded MapIterationStarted ChoiceStateEntered ChoiceStateExited "
        "FailStateEntered MapIterationFailed MapStateStarted MapIterationStarted "
        "ChoiceStateEntered ChoiceStateExited WaitStateEntered WaitStateExited "
        "MapIterationSucceeded MapIterationStarted ChoiceStateEntered ChoiceStateExited "
        "FailStateEntered MapIterationFailed MapStateFailed MapStateExited "
        "PassStateEntered PassStateExited ExecutionSucceeded");
}
END_TEST

START_TEST(an_interpreters_failure_is_never_retried)
{
    run("{'StartAt':'T','States':{'T':{'Type':'Task','Resource':'handler:work',"
        "'Parameters':{'x.$':'$.none'},'Retry':[{'ErrorEquals':['States.ALL']}],"
        "'Catch':[{'ErrorEquals':['States.ALL'],'Next':'P'}],'End':true},"
        "'P':{'Type':'Pass','End':true}}}");
    ck_assert_int_eq(k.calls, 0);
    ck_assert_str_eq(k.error, "States.Runtime");
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        three_retries_with_doubled_delays_are_the_default,
        delays_grow_by_the_rate_up_to_the_maximum,
        zero_attempts_is_never,
        full_jitter_draws_a_part_of_the_capped_delay,
        no_jitter_at_all_may_be_drawn,
        each_retrier_counts_for_itself,
        an_exhausted_retrier_ends_the_search,
        an_error_that_no_retrier_names_is_not_retried,
        task_failed_stands_for_all_but_timeouts,
        counters_begin_anew_when_the_state_is_left,
        counters_and_delays_survive_a_restart,
        a_retried_map_runs_all_of_its_items_again,
        an_interpreters_failure_is_never_retried,
    };
    Suite *s = suite_create("retry");
    TCase *t = tcase_create("retry");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
