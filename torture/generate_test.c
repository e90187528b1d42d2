/* SPDX-License-Identifier: Apache-2.0
 *
 * A seed and a number give one machine, and one end, for ever; all kinds of states come.
 */
#include <string.h>

#include "conformance/kit/unit.h"
#include "torture/oracle.h"
#include "torture/plan.h"

START_TEST(a_seed_and_a_number_give_the_same_machine)
{
    struct torture_case a = {0}, b = {0}, other = {0};
    torture_generate(&a, 7, 3);
    torture_generate(&b, 7, 3);
    torture_generate(&other, 8, 3);
    ck_assert_str_eq(a.definition, b.definition);
    ck_assert_str_eq(a.input, b.input);
    ck_assert_str_ne(a.definition, other.definition);
    torture_case_done(&a);
    torture_case_done(&b);
    torture_case_done(&other);
}
END_TEST

START_TEST(every_machine_has_one_end)
{
    struct torture_case a = {0}, b = {0};
    asl_error error = {0};
    torture_generate(&a, 1, (unsigned)_i);
    torture_generate(&b, 1, (unsigned)_i);
    ck_assert_msg(torture_foresee(&a, &error) == 0, "%s: %s", error.text, a.definition);
    ck_assert_msg(torture_foresee(&b, &error) == 0, "%s: %s", error.text, b.definition);
    ck_assert_int_eq(a.status, b.status);
    ck_assert_int_ne(a.status, ASL_RUNNING);
    ck_assert_str_eq(a.told ? a.told : "", b.told ? b.told : "");
    ck_assert(
        json_equal(a.events ? a.events : json_null(), b.events ? b.events : json_null()));
    torture_case_done(&a);
    torture_case_done(&b);
}
END_TEST

START_TEST(all_kinds_of_states_and_ends_come)
{
    static const char *const wanted[] = {
        "\"Task\"",       "\"Pass\"",         "\"Choice\"",
        "\"Wait\"",       "\"Succeed\"",      "\"Fail\"",
        "\"Parallel\"",   "\"Map\"",          "DISTRIBUTED",
        "EXPRESS",        "waitForTaskToken", "activity:",
        "TimeoutSeconds", "HeartbeatSeconds", "Retry",
        "Catch",          "Assign",           "JSONata",
        "RedriveCount",   "reserve",          "startExecution.sync:2",
    };
    bool seen[sizeof wanted / sizeof *wanted] = {false}, stop = false, redrive = false,
                                     express = false;
    for (unsigned i = 0; i < 300; i++) {
        struct torture_case its = {0};
        torture_generate(&its, 2, i);
        for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++)
            seen[w] |= strstr(its.definition, wanted[w]) != NULL;
        stop |= its.stop;
        redrive |= its.redrive;
        express |= its.express;
        torture_case_done(&its);
    }
    for (size_t w = 0; w < sizeof wanted / sizeof *wanted; w++)
        ck_assert_msg(seen[w], "%s never comes", wanted[w]);
    ck_assert(stop && redrive && express);
}
END_TEST

START_TEST(a_seed_and_a_number_give_the_same_plan)
{
    unsigned all = torture_all_faults(), seen = 0;
    for (unsigned i = 0; i < 400; i++) {
        struct torture_plan a = torture_plan_of(9, i, 400, 10, all);
        struct torture_plan b = torture_plan_of(9, i, 400, 10, all);
        ck_assert(a.fault == b.fault && a.nth == b.nth && a.after == b.after &&
                  a.delay_us == b.delay_us && a.times == b.times);
        seen |= 1u << a.fault;
    }
    ck_assert_uint_eq(seen, all);
    ck_assert(torture_plan_of(9, 400, 400, 10, all).peace);
}
END_TEST

START_TEST(only_the_faults_that_were_named_come)
{
    const char *unknown = "";
    unsigned set = torture_fault_set("commit,eio", &unknown);
    ck_assert_uint_eq(set, 1u << TORTURE_COMMIT | 1u << TORTURE_EIO);
    for (unsigned i = 0; i < 100; i++)
        ck_assert(set >> torture_plan_of(9, i, 400, 10, set).fault & 1);
    ck_assert_uint_eq(torture_fault_set("commit,what,eio", &unknown), 0);
    ck_assert_str_eq(unknown, "what,eio");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("generate");
    TCase *t = tcase_create("generate");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, a_seed_and_a_number_give_the_same_machine);
    tcase_add_loop_test(t, every_machine_has_one_end, 0, 100);
    tcase_add_test(t, all_kinds_of_states_and_ends_come);
    tcase_add_test(t, a_seed_and_a_number_give_the_same_plan);
    tcase_add_test(t, only_the_faults_that_were_named_come);
    suite_add_tcase(s, t);
    return s;
}
