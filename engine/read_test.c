/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a store: the shapes AWS answers with, and what a name may stand for.
 */
#include "conformance/kit/engine_kit.h"

#include <string.h>

#include "conformance/kit/unit.h"

static struct kit k;

static void setup(void)
{
    memset(&k, 0, sizeof k);
    k.options.region = "eu-west-1";
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

#define ARN(machine, name)                                                               \
    "arn:aws:states:eu-west-1:123456789012:execution:" machine ":" name

START_TEST(a_running_execution_is_described)
{
    kit_start(&k, "run", KIT_WAIT(5), "{ \"a\": 1 }");
    kit_settle(&k);
    json_t *d = kit_describe(&k, "run");
    ck_assert_str_eq(kit_text(d, "executionArn"), ARN("machine", "run"));
    ck_assert_str_eq(kit_text(d, "stateMachineArn"),
                     "arn:aws:states:eu-west-1:123456789012:stateMachine:machine");
    ck_assert_str_eq(kit_text(d, "name"), "run");
    ck_assert_str_eq(kit_text(d, "status"), "RUNNING");
    ck_assert_str_eq(kit_text(d, "input"), "{ \"a\": 1 }"); /* as it was given */
    ck_assert(
        json_is_true(json_object_get(json_object_get(d, "inputDetails"), "included")));
    ck_assert_ptr_null(json_object_get(d, "stopDate"));
    ck_assert_ptr_null(json_object_get(d, "output"));
    ck_assert_str_eq(kit_text(d, "redriveStatusReason"),
                     "Execution is RUNNING and cannot be redriven");
    json_decref(d);
}
END_TEST

START_TEST(ends_are_described_each_in_its_shape)
{
    static const struct {
        const char *definition, *status, *output, *error, *cause, *redrive;
    } rows[] = {
        {KIT_PASS, "SUCCEEDED", "{}", "(none)", "(none)", "NOT_REDRIVABLE"},
        {"{'StartAt':'F','States':{'F':{'Type':'Fail','Error':'E','Cause':'C'}}}",
         "FAILED", "(none)", "E", "C", "REDRIVABLE"},
        {"{'StartAt':'F','States':{'F':{'Type':'Fail'}}}", "FAILED", "(none)", "(none)",
         "(none)", "REDRIVABLE"},
        {"{'StartAt':'W','TimeoutSeconds':1,'States':{'W':{'Type':'Wait','Seconds':5,"
         "'End':true}}}",
         "TIMED_OUT", "(none)", "(none)", "(none)", "REDRIVABLE"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char name[] = {'r', (char)('0' + i), 0};
        kit_start(&k, name, rows[i].definition, NULL);
        kit_until(&k, (int64_t)(i + 1) * 10000);
        json_t *d = kit_describe(&k, name);
        ck_assert_str_eq(kit_text(d, "status"), rows[i].status);
        ck_assert_str_eq(kit_text(d, "output"), rows[i].output);
        ck_assert_str_eq(kit_text(d, "error"), rows[i].error);
        ck_assert_str_eq(kit_text(d, "cause"), rows[i].cause);
        ck_assert_str_eq(kit_text(d, "redriveStatus"), rows[i].redrive);
        ck_assert_ptr_nonnull(json_object_get(d, "stopDate"));
        json_decref(d);
    }
}
END_TEST

START_TEST(a_list_is_newest_first_and_may_ask_for_a_status)
{
    json_t *list;
    kit_start(&k, "first", KIT_PASS, NULL);
    kit_start(&k, "second", KIT_WAIT(5), NULL);
    kit_settle(&k);
    ck_assert_int_eq(asl_list(k.store, NULL, &list, NULL), 0);
    json_t *all = json_object_get(list, "executions");
    ck_assert_uint_eq(json_array_size(all), 2);
    ck_assert_str_eq(kit_text(json_array_get(all, 0), "name"), "second");
    ck_assert_str_eq(kit_text(json_array_get(all, 1), "status"), "SUCCEEDED");
    json_decref(list);
    ck_assert_int_eq(asl_list(k.store, "RUNNING", &list, NULL), 0);
    ck_assert_uint_eq(json_array_size(json_object_get(list, "executions")), 1);
    json_decref(list);
}
END_TEST

START_TEST(a_history_is_whole_and_chained)
{
    json_t *history, *event;
    size_t i;
    kit_start(&k, "run", KIT_TASK("handler:echo", ), "[1]");
    kit_settle(&k);
    ck_assert_int_eq(asl_history(k.store, "run", &history, NULL), 0);
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        ck_assert_int_eq(json_integer_value(json_object_get(event, "id")), (int)i + 1);
        ck_assert_int_eq(json_integer_value(json_object_get(event, "previousEventId")),
                         i < 2 ? 0 : (int)i);
    }
    ck_assert_uint_eq(i, 7);
    json_t *entered = json_array_get(json_object_get(history, "events"), 1);
    json_t *d = json_object_get(entered, "stateEnteredEventDetails");
    ck_assert_str_eq(kit_text(d, "input"),
                     "[1]"); /* stored once, shown wherever it stands */
    json_decref(history);
}
END_TEST

START_TEST(open_tasks_are_listed_with_their_clocks)
{
    json_t *tasks;
    kit_start(&k, "run", KIT_TASK(KIT_ASK, "'TimeoutSeconds':20,'HeartbeatSeconds':10,"),
              NULL);
    kit_settle(&k);
    ck_assert_int_eq(asl_open_tasks(k.store, "run", &tasks, NULL), 0);
    ck_assert_uint_eq(json_array_size(tasks), 1);
    json_t *t = json_array_get(tasks, 0);
    ck_assert_str_eq(kit_text(t, "taskToken"), k.token);
    ck_assert_str_eq(kit_text(t, "stateName"), "T");
    ck_assert_str_eq(kit_text(t, "resource"), KIT_ASK);
    ck_assert(json_is_true(json_object_get(t, "submitted")));
    ck_assert(json_real_value(json_object_get(t, "timeoutDate")) ==
              (KIT_EPOCH + 20000) / 1000.0);
    ck_assert(json_real_value(json_object_get(t, "heartbeatDate")) ==
              (KIT_EPOCH + 10000) / 1000.0);
    json_decref(tasks);
    kit_until(&k, 10000);
    ck_assert_int_eq(asl_open_tasks(k.store, "run", &tasks, NULL), 0);
    ck_assert_uint_eq(json_array_size(tasks), 0);
    json_decref(tasks);
}
END_TEST

START_TEST(what_is_not_there_is_not_found)
{
    json_t *o;
    asl_error err = {0};
    ck_assert_int_eq(asl_describe(k.store, "none", &o, &err), ASL_ENOTFOUND);
    ck_assert_str_eq(err.text, "Execution Does Not Exist: 'none'");
    ck_assert_int_eq(asl_history(k.store, ARN("m", "x"), &o, NULL), ASL_ENOTFOUND);
    ck_assert_int_eq(asl_open_tasks(k.store, "", &o, NULL), ASL_ENOTFOUND);
    ck_assert_int_eq(asl_describe(k.store, "arn:", &o, NULL), ASL_ENOTFOUND);
}
END_TEST

START_TEST(a_name_of_two_machines_must_be_an_arn)
{
    json_t *o;
    asl_error err = {0};
    static const char *const machines[] = {"one", "two"};
    for (size_t i = 0; i < 2; i++) {
        asl_machine *m = kit_machine(KIT_PASS, machines[i]);
        ck_assert_int_eq(kit_start_rc(&k, m, "run", NULL, NULL), 0);
        asl_machine_unref(m);
    }
    kit_settle(&k);
    ck_assert_int_eq(asl_describe(k.store, "run", &o, &err), ASL_EINVAL);
    ck_assert_ptr_nonnull(strstr(err.text, ARN("one", "run")));
    ck_assert_ptr_nonnull(strstr(err.text, ARN("two", "run")));
    o = kit_describe(&k, ARN("two", "run"));
    ck_assert_str_eq(kit_text(o, "executionArn"), ARN("two", "run"));
    json_decref(o);
}
END_TEST

START_TEST(names_may_hold_any_letters)
{
    char name[241] = "";
    for (int i = 0; i < 80; i++)
        strcat(name, "\xe6\x9c\xba"); /* three bytes each */
    asl_machine *m =
        kit_machine("{'StartAt':'P','States':{'P':{'Type':'Pass','Parameters':{'a.$':"
                    "'$$.StateMachine.Id'},'OutputPath':'$.a','End':true}}}",
                    name);
    ck_assert_int_eq(kit_start_rc(&k, m, "r\xc3\xa4n", NULL, NULL), 0);
    asl_machine_unref(m);
    kit_settle(&k);
    ck_assert_str_eq(kit_status(&k, "r\xc3\xa4n"), "SUCCEEDED");
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        a_running_execution_is_described,
        ends_are_described_each_in_its_shape,
        a_list_is_newest_first_and_may_ask_for_a_status,
        a_history_is_whole_and_chained,
        open_tasks_are_listed_with_their_clocks,
        what_is_not_there_is_not_found,
        a_name_of_two_machines_must_be_an_arn,
        names_may_hold_any_letters,
    };
    Suite *s = suite_create("read");
    TCase *t = tcase_create("read");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
