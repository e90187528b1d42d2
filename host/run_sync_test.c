/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_run_sync: what it gives back, and what it leaves to others.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/bench.h"
#include "conformance/kit/unit.h"

#define PASS "{'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}}"
#define FAIL "{'StartAt':'F','States':{'F':{'Type':'Fail','Error':'E','Cause':'C'}}}"
#define WAIT "{'StartAt':'W','States':{'W':{'Type':'Wait','Seconds':3600,'End':true}}}"
#define CALLBACK                                                                         \
    "{'StartAt':'T','States':{'T':{'Type':'Task','End':true,"                            \
    "'Resource':'arn:aws:states:::desk:ask.waitForTaskToken'}}}"

struct answer {
    enum asl_status status;
    char *output, *error, *cause;
    asl_error err;
};

static int run(struct bench *b, const char *definition, const char *input,
               struct answer *a)
{
    asl_machine *m = bench_machine(definition);
    memset(a, 0, sizeof *a);
    int rc = asl_run_sync(b->engine, m, input, &a->status, &a->output, &a->error,
                          &a->cause, &a->err);
    asl_machine_unref(m);
    return rc;
}

static void done(struct answer *a)
{
    asl_free(a->output);
    asl_free(a->error);
    asl_free(a->cause);
}

START_TEST(gives_the_output)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, BENCH_NO_HOST);
    for (int i = 0; i < 2; i++) { /* as often as one likes */
        ck_assert_int_eq(run(&b, PASS, "{\"a\":1}", &a), 0);
        ck_assert_int_eq(a.status, ASL_SUCCEEDED);
        ck_assert_str_eq(a.output, "{\"a\":1}");
        ck_assert_ptr_null(a.error);
        done(&a);
    }
    bench_close(&b);
}
END_TEST

START_TEST(gives_error_and_cause)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(run(&b, FAIL, NULL, &a), 0);
    ck_assert_int_eq(a.status, ASL_FAILED);
    ck_assert_ptr_null(a.output);
    ck_assert_str_eq(a.error, "E");
    ck_assert_str_eq(a.cause, "C");
    done(&a);
    bench_close(&b);
}
END_TEST

START_TEST(an_express_machine_is_run_in_memory)
{
    struct bench b;
    struct answer a = {0};
    asl_machine *m;
    asl_machine_options options = {.size = sizeof options, .express = 1};
    json_t *list = NULL;
    static const char wait[] = "{\"StartAt\":\"W\",\"States\":{\"W\":{\"Type\":"
                               "\"Wait\",\"Seconds\":301,\"End\":true}}}";
    ck_assert_int_eq(asl_machine_load(wait, (size_t)-1, &options, &m, NULL, NULL), 0);
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(
        asl_run_sync(b.engine, m, NULL, &a.status, &a.output, &a.error, &a.cause, NULL),
        0);
    ck_assert_int_eq(a.status, ASL_TIMED_OUT);
    ck_assert_int_eq(asl_list(asl_engine_store(b.engine), NULL, &list, NULL), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "executions")), 0);
    json_decref(list);
    done(&a);
    asl_machine_unref(m);
    bench_close(&b);
}
END_TEST

START_TEST(answers_nobody_wants_may_be_left_out)
{
    struct bench b;
    asl_machine *m = bench_machine(FAIL);
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(asl_run_sync(b.engine, m, NULL, NULL, NULL, NULL, NULL, NULL), 0);
    asl_machine_unref(m);
    bench_close(&b);
}
END_TEST

START_TEST(waits_are_waited_for)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(run(&b, WAIT, "7", &a), 0);
    ck_assert_str_eq(a.output, "7");
    done(&a);
    bench_close(&b);
}
END_TEST

START_TEST(a_bad_input_is_refused)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(run(&b, PASS, "{", &a), ASL_EJSON);
    ck_assert_int_eq(a.err.line, 1);
    bench_close(&b);
}
END_TEST

START_TEST(a_missing_handler_is_refused)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, BENCH_NO_HOST);
    ck_assert_int_eq(run(&b, CALLBACK, NULL, &a), ASL_EHANDLER);
    bench_close(&b);
}
END_TEST

static int submit(asl_task *task, void *arg)
{
    *(char **)arg = strdup(asl_task_token(task));
    return asl_task_submitted(task, NULL, NULL);
}

START_TEST(a_callback_is_left_to_others)
{
    struct bench b;
    struct answer a;
    char *token = NULL;
    bench_open(&b, NULL, BENCH_NO_HOST);
    bench_handler(&b, "desk:ask", submit, &token, 0);
    ck_assert_int_eq(run(&b, CALLBACK, NULL, &a), ASL_EBUSY);
    ck_assert_int_eq(b.ended, 0);
    asl_answer_success(b.engine, token, "1", 1, NULL, NULL, NULL);
    ck_assert_int_eq(run(&b, PASS, "2", &a), 0); /* the other one ends on the way */
    ck_assert_str_eq(a.output, "2");
    ck_assert_int_eq(b.ended, 2);
    done(&a);
    free(token);
    bench_close(&b);
}
END_TEST

START_TEST(an_engine_that_has_a_host_is_refused)
{
    struct bench b;
    struct answer a;
    bench_open(&b, NULL, 0);
    ck_assert_int_eq(run(&b, PASS, NULL, &a), ASL_EINVAL);
    bench_close(&b);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("run_sync");
    TCase *t = tcase_create("run_sync");
    tcase_add_test(t, gives_the_output);
    tcase_add_test(t, gives_error_and_cause);
    tcase_add_test(t, an_express_machine_is_run_in_memory);
    tcase_add_test(t, answers_nobody_wants_may_be_left_out);
    tcase_add_test(t, waits_are_waited_for);
    tcase_add_test(t, a_bad_input_is_refused);
    tcase_add_test(t, a_missing_handler_is_refused);
    tcase_add_test(t, a_callback_is_left_to_others);
    tcase_add_test(t, an_engine_that_has_a_host_is_refused);
    suite_add_tcase(s, t);
    return s;
}
