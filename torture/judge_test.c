/* SPDX-License-Identifier: Apache-2.0
 *
 * The judge sees what is wrong: small stores and journals that are right but for one thing, and the
 * name of the check that must tell of it.
 */
#include <string.h>

#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "torture/hash.h"
#include "torture/judge.h"
#include "torture/oracle.h"

/* One execution with a task and a Wait of two seconds, as AWS would tell of it. */
#define BEGIN                                                                            \
    "{'id':1,'previousEventId':0,'timestamp':10.0,'type':'ExecutionStarted'},"           \
    "{'id':2,'previousEventId':1,'timestamp':10.0,'type':'TaskStateEntered',"            \
    "'stateEnteredEventDetails':{'name':'T'}},"                                          \
    "{'id':3,'previousEventId':2,'timestamp':10.0,'type':'LambdaFunctionScheduled'},"    \
    "{'id':4,'previousEventId':3,'timestamp':10.0,'type':'LambdaFunctionStarted'},"
#define TASK                                                                             \
    "{'id':5,'previousEventId':4,'timestamp':11.0,'type':'LambdaFunctionSucceeded',"     \
    "'lambdaFunctionSucceededEventDetails':{'output':'{\\\"v\\\":1,\\\"mark\\\":7}'}},"
#define WAIT_ENTERED                                                                     \
    "{'id':6,'previousEventId':5,'timestamp':11.0,'type':'WaitStateEntered',"            \
    "'stateEnteredEventDetails':{'name':'p1Wait2'}},"
#define WAIT_EXITED(time)                                                                \
    "{'id':7,'previousEventId':6,'timestamp':" time ",'type':'WaitStateExited',"         \
    "'stateExitedEventDetails':{'name':'p1Wait2'}},"
#define END "{'id':8,'previousEventId':7,'timestamp':14.0,'type':'ExecutionSucceeded'}"
#define EVENTS "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("13.0") END "]"
#define MISSING                                                                          \
    "[" BEGIN TASK                                                                       \
    "{'id':6,'previousEventId':5,'timestamp':14.0,'type':'ExecutionSucceeded'}]"
#define DESCRIPTION "{'status':'SUCCEEDED','output':'1'}"
#define JOURNAL                                                                          \
    "life - 0 9000 commit\n"                                                             \
    "start e0 0 0 arn\n"                                                                 \
    "dispatch e0 3 7 token\n"                                                            \
    "event e0 5 0 LambdaFunctionSucceeded\n"                                             \
    "turn - 12000 12100 \n"                                                              \
    "life - 1 12500 eio\n"                                                               \
    "ended e0 1 0 1\n"

static struct torture_case its;
static struct torture_round its_round;
static char found[256]; /* names of checks, once each */

static json_t *json(const char *text)
{
    char *copy = kit_quoted(text);
    json_t *value = NULL;
    asl_error error = {0};
    ck_assert_msg(asli_json_read(copy, strlen(copy), &value, &error) == 0, "%s",
                  error.text);
    free(copy);
    return value;
}

static void setup(void)
{
    memset(&its, 0, sizeof its);
    memset(&its_round, 0, sizeof its_round);
    strcpy(its.name, "e0");
    its.status = ASL_SUCCEEDED;
    its.output = torture_need(asli_strdup("1"));
    its.told = torture_need(asli_strdup("1"));
    json_t *events = json(EVENTS);
    its.events = torture_count_events(events);
    json_decref(events);
    its_round.cases = &its;
    its_round.count = 1;
}

static void teardown(void)
{
    torture_case_done(&its);
    torture_journal_done(&its_round.journal);
}

static void on_wrong(void *arg, enum torture_check check, const char *execution,
                     const char *expected, const char *got)
{
    const char *name = torture_check_name(check);
    if (strstr(found, name))
        return;
    size_t len = strlen(found);
    snprintf(found + len, sizeof found - len, "%s%s", len ? " " : "", name);
}

/* The checks that something is wrong for; NULL for `description`: there is no such execution. */
static const char *judge(const char *journal, const char *description, const char *events)
{
    struct torture_judge judge = {.round = &its_round, .wrong = on_wrong};
    json_t *d = description ? json(description) : NULL, *e = json(events);
    char *text = torture_need(asli_strdup(journal));
    found[0] = '\0';
    torture_journal_done(&its_round.journal);
    its_round.journal = (struct torture_journal){0};
    ck_assert_uint_eq(torture_journal_add(&its_round.journal, text, strlen(text)),
                      strlen(journal));
    torture_judge_begin(&judge);
    torture_judge_execution(&judge, "e0", &its, d, e);
    torture_judge_done(&judge);
    json_decref(d);
    json_decref(e);
    return found;
}

START_TEST(what_is_right_passes)
{
    ck_assert_str_eq(judge(JOURNAL, DESCRIPTION, EVENTS), "");
}
END_TEST

START_TEST(a_lost_execution_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, NULL, "[]"), "kept");
}
END_TEST

START_TEST(one_that_was_never_acknowledged_may_be_missing)
{
    ck_assert_str_eq(judge("life - 0 9000 kill\n", NULL, "[]"), "");
}
END_TEST

START_TEST(another_output_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, "{'status':'SUCCEEDED','output':'2'}", EVENTS),
                     "end");
}
END_TEST

START_TEST(another_status_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, "{'status':'FAILED','error':'E'}", EVENTS),
                     "end told");
}
END_TEST

START_TEST(a_missing_event_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, DESCRIPTION, MISSING), "events");
}
END_TEST

START_TEST(a_second_dispatch_after_the_completion_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "dispatch e0 3 8 token\n", DESCRIPTION, EVENTS),
                     "again");
}
END_TEST

START_TEST(a_second_dispatch_after_the_answer_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "answer e0 0 7 token\ndispatch e0 0 8 token\n",
                           DESCRIPTION, EVENTS),
                     "again");
}
END_TEST

START_TEST(a_second_dispatch_before_the_completion_is_allowed)
{
    ck_assert_str_eq(judge("dispatch e0 3 6 token\n" JOURNAL, DESCRIPTION, EVENTS), "");
}
END_TEST

START_TEST(a_result_that_no_handler_gave_is_seen)
{
    ck_assert_str_eq(judge("dispatch e0 3 8 token\n", DESCRIPTION, EVENTS), "once");
}
END_TEST

START_TEST(a_second_completion_in_the_history_is_seen)
{
    static const char twice[] =
        "[" BEGIN TASK
        "{'id':6,'previousEventId':4,'timestamp':11.0,'type':'LambdaFunctionFailed'}]";
    ck_assert_str_eq(judge(JOURNAL, DESCRIPTION, twice), "events once");
}
END_TEST

START_TEST(a_timer_that_fires_early_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, DESCRIPTION,
                           "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("12.9") END "]"),
                     "early");
}
END_TEST

START_TEST(a_timer_that_a_turn_left_alone_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "turn - 13000 13100 \n", DESCRIPTION,
                           "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("13.9") END "]"),
                     "late");
}
END_TEST

START_TEST(a_timer_that_was_due_while_nothing_ran_is_not_late)
{
    ck_assert_str_eq(judge(JOURNAL "life - 2 13500 kill\nturn - 13600 13950 \n",
                           DESCRIPTION,
                           "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("13.9") END "]"),
                     "");
}
END_TEST

START_TEST(where_a_clock_jumped_a_turn_counts_when_the_wait_was_known_before)
{
    static const char late[] = "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("13.9") END "]";
    json_t *events = json(late);
    char read[64], journal[1024];
    snprintf(read, sizeof read, "read e0 6 %lld \n",
             (long long)torture_hash_events(events, 6));
    json_decref(events);
    snprintf(journal, sizeof journal,
             JOURNAL "turn - 13000 13100 \nlife - 2 9000 clock\n%s", read);
    ck_assert_str_eq(judge(journal, DESCRIPTION, late), "");
    snprintf(journal, sizeof journal,
             JOURNAL "%sturn - 13000 13100 \nlife - 2 9000 clock\n", read);
    ck_assert_str_eq(judge(journal, DESCRIPTION, late), "late");
}
END_TEST

START_TEST(time_that_goes_back_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL, DESCRIPTION,
                           "[" BEGIN TASK WAIT_ENTERED WAIT_EXITED("14.1") END "]"),
                     "order");
}
END_TEST

START_TEST(a_history_that_is_no_extension_is_seen)
{
    json_t *events = json(EVENTS);
    char journal[1024];
    snprintf(journal, sizeof journal, JOURNAL "read e0 5 %lld \n",
             (long long)torture_hash_events(events, 5));
    json_decref(events);
    ck_assert_str_eq(judge(journal, DESCRIPTION, EVENTS), "");
    ck_assert_str_eq(judge(JOURNAL "read e0 5 12345 \n", DESCRIPTION, EVENTS), "extends");
}
END_TEST

START_TEST(a_history_that_has_shrunk_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "read e0 9 12345 \n", DESCRIPTION, EVENTS), "extends");
}
END_TEST

START_TEST(a_lost_stop_a_lost_redrive_and_a_lost_answer_are_seen)
{
    ck_assert_str_eq(judge(JOURNAL "stop e0 0 0 \n", DESCRIPTION, EVENTS),
                     "acknowledged");
    ck_assert_str_eq(judge(JOURNAL "redrive e0 0 0 \n", DESCRIPTION, EVENTS),
                     "acknowledged");
    ck_assert_str_eq(judge(JOURNAL "answer e0 99 7 other\n", DESCRIPTION, EVENTS),
                     "acknowledged");
}
END_TEST

START_TEST(an_end_that_is_not_the_one_told_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "ended e0 2 0 E\n", DESCRIPTION, EVENTS), "told");
}
END_TEST

START_TEST(a_second_completion_that_was_accepted_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "again e0 0 0 token\n", DESCRIPTION, EVENTS),
                     "refused");
}
END_TEST

START_TEST(an_error_that_nobody_planned_or_that_says_nothing_is_seen)
{
    ck_assert_str_eq(judge(JOURNAL "error - -13 0 failed; open the store again\n",
                           DESCRIPTION, EVENTS),
                     "");
    ck_assert_str_eq(judge(JOURNAL "error - -13 0 \n", DESCRIPTION, EVENTS), "errors");
    ck_assert_str_eq(
        judge(JOURNAL "life - 3 9000 hang\nerror - -13 0 why\n", DESCRIPTION, EVENTS),
        "errors");
}
END_TEST

START_TEST(an_express_execution_that_never_ran_is_seen)
{
    its.express = true;
    ck_assert_str_eq(judge("start e0 0 0 arn\n", NULL, "[]"), "kept");
    ck_assert_str_eq(judge("start e0 0 0 arn\nended e0 3 0 States.Timeout\n", NULL, "[]"),
                     "");
    ck_assert_str_eq(judge("dispatch e0 0 7 token\nended e0 1 0 1\n", NULL, "[]"), "");
    ck_assert_str_eq(judge("ended e0 1 0 2\n", NULL, "[]"), "end");
}
END_TEST

static const char *judge_run(const char *run, const char *children)
{
    struct torture_judge judge = {.round = &its_round, .wrong = on_wrong};
    json_t *r = json(run), *c = json(children);
    found[0] = '\0';
    torture_judge_run(&judge, "e0", r, c);
    json_decref(r);
    json_decref(c);
    return found;
}

START_TEST(an_item_without_a_child_or_with_one_that_runs_is_seen)
{
    static const char run[] =
        "{'status':'SUCCEEDED','itemCounts':{'total':2,'succeeded':2,'failed':0}}";
    static const char child[] = "{'name':'c','status':'SUCCEEDED'}";
    char two[128], running[128];
    snprintf(two, sizeof two, "[%s,%s]", child, child);
    snprintf(running, sizeof running, "[%s,{'name':'d','status':'RUNNING'}]", child);
    ck_assert_str_eq(judge_run(run, two), "");
    ck_assert_str_eq(judge_run(run, "[{'name':'c','status':'SUCCEEDED'}]"), "children");
    ck_assert_str_eq(judge_run(run, running), "children");
    ck_assert_str_eq(
        judge_run("{'status':'SUCCEEDED','itemCounts':{'total':3,'succeeded':2}}", two),
        "children");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("judge");
    TCase *t = tcase_create("judge");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, what_is_right_passes);
    tcase_add_test(t, a_lost_execution_is_seen);
    tcase_add_test(t, one_that_was_never_acknowledged_may_be_missing);
    tcase_add_test(t, another_output_is_seen);
    tcase_add_test(t, another_status_is_seen);
    tcase_add_test(t, a_missing_event_is_seen);
    tcase_add_test(t, a_second_dispatch_after_the_completion_is_seen);
    tcase_add_test(t, a_second_dispatch_after_the_answer_is_seen);
    tcase_add_test(t, a_second_dispatch_before_the_completion_is_allowed);
    tcase_add_test(t, a_result_that_no_handler_gave_is_seen);
    tcase_add_test(t, a_second_completion_in_the_history_is_seen);
    tcase_add_test(t, a_timer_that_fires_early_is_seen);
    tcase_add_test(t, a_timer_that_a_turn_left_alone_is_seen);
    tcase_add_test(t, a_timer_that_was_due_while_nothing_ran_is_not_late);
    tcase_add_test(t, where_a_clock_jumped_a_turn_counts_when_the_wait_was_known_before);
    tcase_add_test(t, time_that_goes_back_is_seen);
    tcase_add_test(t, a_history_that_is_no_extension_is_seen);
    tcase_add_test(t, a_history_that_has_shrunk_is_seen);
    tcase_add_test(t, a_lost_stop_a_lost_redrive_and_a_lost_answer_are_seen);
    tcase_add_test(t, an_end_that_is_not_the_one_told_is_seen);
    tcase_add_test(t, a_second_completion_that_was_accepted_is_seen);
    tcase_add_test(t, an_error_that_nobody_planned_or_that_says_nothing_is_seen);
    tcase_add_test(t, an_express_execution_that_never_ran_is_seen);
    tcase_add_test(t, an_item_without_a_child_or_with_one_that_runs_is_seen);
    suite_add_tcase(s, t);
    return s;
}
