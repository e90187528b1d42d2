/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n, in every action: the caller is told, nothing has changed,
 * in memory and in the store, and asked again it is done. So is what a store says that fails.
 */
#include <asl/control.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "torture/faulty_store.h"

#define A "arn:aws:states:us-east-1:123456789012:"
#define M "'stateMachineArn':'" A "stateMachine:m'"
#define ROLE "'roleArn':'arn:aws:iam::123456789012:role/r'"
#define PASS(comment)                                                                    \
    "'definition':'{\\'Comment\\':\\'" comment "\\',\\'StartAt\\':\\'P\\',"              \
    "\\'States\\':{\\'P\\':{\\'Type\\':\\'Pass\\',\\'End\\':true}}}'"
#define ROUTE(version)                                                                   \
    "'routingConfiguration':[{'stateMachineVersionArn':'" A "stateMachine:m:" version    \
    "','weight':100}]"
#define ALIAS "'stateMachineAliasArn':'" A "stateMachine:m:prod'"
#define PAINT "'activityArn':'" A "activity:paint'"

/* Each makes a difference to those after it. */
static const char *const actions[][2] = {
    {"CreateStateMachine", "{'name':'m'," PASS("1") "," ROLE ",'publish':true,"
                                                    "'tags':[{'key':'a','value':'b'}]}"},
    {"UpdateStateMachine", "{" M "," PASS("2") ",'publish':true}"},
    {"UpdateStateMachine", "{" M ",'loggingConfiguration':{}," PASS("3") "}"},
    {"PublishStateMachineVersion", "{" M ",'description':'three'}"},
    {"CreateStateMachineAlias", "{'name':'prod'," ROUTE("2") "}"},
    {"UpdateStateMachineAlias", "{" ALIAS "," ROUTE("3") "}"},
    {"DescribeStateMachineAlias", "{" ALIAS "}"},
    {"ListStateMachineAliases", "{" M "}"},
    {"DescribeStateMachine", "{" M "}"},
    {"ListStateMachines", "{}"},
    {"ListStateMachineVersions", "{" M ",'maxResults':2}"},
    {"DeleteStateMachineVersion", "{'stateMachineVersionArn':'" A "stateMachine:m:2'}"},
    {"TagResource", "{'resourceArn':'" A "stateMachine:m',"
                    "'tags':[{'key':'c','value':'d'}]}"},
    {"UntagResource", "{'resourceArn':'" A "stateMachine:m','tagKeys':['a']}"},
    {"ListTagsForResource", "{'resourceArn':'" A "stateMachine:m'}"},
    {"CreateActivity", "{'name':'paint'}"},
    {"DescribeActivity", "{" PAINT "}"},
    {"ListActivities", "{}"},
    {"DeleteActivity", "{" PAINT "}"},
    {"ValidateStateMachineDefinition", "{'definition':'{}'}"},
    {"DeleteStateMachineAlias", "{" ALIAS "}"},
    {"DeleteStateMachine", "{" M "}"},
};
#define COUNT (sizeof actions / sizeof *actions)

struct world {
    struct kit kit;
    asl_control *control;
    int replies, code;
};

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    struct world *w = arg;
    w->replies++;
    w->code = error ? error->code : 0;
}

static void open_control(struct world *w)
{
    kit_settle(&w->kit);
    asl_error err = {0};
    ck_assert_msg(asl_control_open(w->kit.engine, &w->control, &err) == 0, "%s",
                  err.text);
}

static json_t *read_request(const char *text)
{
    char *quoted = kit_quoted(text);
    json_t *request;
    ck_assert_int_eq(asli_json_read(quoted, strlen(quoted), &request, NULL), 0);
    free(quoted);
    return request;
}

/* What all readers tell, without times and random ids: the same in memory and from the store. */
static char *seen;
static void on_seen(void *arg, json_t *response, const asl_error *error)
{
    char *text = NULL;
    if (response)
        ck_assert_int_eq(asli_json_text(response, &text, NULL, NULL), 0);
    char *more = asli_printf("%s%s\n", seen ? seen : "", text ? text : error->exception);
    asli_free(seen);
    asli_free(text);
    seen = more;
}

static char *look(struct world *w)
{
    static const char *const readers[][2] = {
        {"ListStateMachines", "{}"},
        {"DescribeStateMachine", "{" M "}"},
        {"ListStateMachineVersions", "{" M "}"},
        {"ListStateMachineAliases", "{" M "}"},
        {"DescribeStateMachineAlias", "{" ALIAS "}"},
        {"ListTagsForResource", "{'resourceArn':'" A "stateMachine:m'}"},
        {"ListActivities", "{}"},
    };
    seen = NULL;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        json_t *request = read_request(readers[i][1]);
        asl_control_call(w->control, readers[i][0], request, on_seen, NULL);
        json_decref(request);
    }
    kit_settle(&w->kit);
    return seen;
}

/* In memory as in the store. */
static void check_same(struct world *w)
{
    char *memory = look(w);
    kit_reopen(&w->kit);
    open_control(w);
    char *stored = look(w);
    ck_assert_str_eq(memory, stored);
    asli_free(memory);
    asli_free(stored);
}

static void act(struct world *w, const char *const action[2])
{
    json_t *request = read_request(action[1]);
    for (unsigned long n = 1;; n++) {
        char *before = look(w);
        w->replies = 0;
        fault_alloc_arm(n);
        asl_control_call(w->control, action[0], request, on_reply, w);
        bool failed = fault_alloc_disarm();
        kit_settle(&w->kit);
        ck_assert_int_eq(w->replies, 1);
        char *after = look(w);
        if (w->code)
            ck_assert_str_eq(before, after);
        asli_free(before);
        asli_free(after);
        ck_assert_msg(w->code == 0 || (failed && w->code == ASL_ENOMEM), "%s: %d",
                      action[0], w->code);
        if (!failed || w->code == 0)
            break;
    }
    json_decref(request);
    check_same(w);
}

START_TEST(an_action_happens_or_it_does_not)
{
    struct world w = {0};
    ck_assert_int_eq(asl_store_mem(&w.kit.store, NULL), 0);
    w.kit.options.virtual_time = 1;
    kit_open(&w.kit);
    open_control(&w);
    for (size_t i = 0; i < COUNT; i++)
        act(&w, actions[i]);
    kit_close(&w.kit);
    asl_store_free(w.kit.store);
}
END_TEST

START_TEST(the_registry_is_opened_whole_or_not_at_all)
{
    struct world w = {0};
    ck_assert_int_eq(asl_store_mem(&w.kit.store, NULL), 0);
    w.kit.options.virtual_time = 1;
    kit_open(&w.kit);
    open_control(&w);
    for (size_t i = 0; i < COUNT - 2; i++) {
        json_t *request = read_request(actions[i][1]);
        asl_control_call(w.control, actions[i][0], request, on_reply, &w);
        json_decref(request);
        kit_settle(&w.kit);
    }
    for (unsigned long n = 1;; n++) {
        kit_reopen(&w.kit);
        kit_settle(&w.kit);
        fault_alloc_arm(n);
        int rc = asl_control_open(w.kit.engine, &w.control, NULL);
        bool failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
        if (!failed)
            break;
    }
    kit_close(&w.kit);
    asl_store_free(w.kit.store);
}
END_TEST

#define WAIT                                                                             \
    "'definition':'{\\'StartAt\\':\\'W\\',\\'States\\':{\\'W\\':{\\'Type\\':"            \
    "\\'Wait\\',\\'Seconds\\':60,\\'End\\':true}}}'"

static void call(struct world *w, const char *action, const char *quotes)
{
    json_t *request = read_request(quotes);
    asl_control_call(w->control, action, request, on_reply, w);
    json_decref(request);
}

/* A store with a machine that is DELETING, of which something runs. */
static void open_deleting(struct world *w)
{
    asl_target target;
    *w = (struct world){0};
    ck_assert_int_eq(asl_store_mem(&w->kit.store, NULL), 0);
    w->kit.options.virtual_time = 1;
    kit_open(&w->kit);
    open_control(w);
    call(w, "CreateStateMachine", "{'name':'m'," WAIT "," ROLE "}");
    kit_settle(&w->kit);
    ck_assert_int_eq(asl_control_target(w->control, A "stateMachine:m", &target, NULL),
                     0);
    ck_assert_int_eq(kit_start_rc(&w->kit, target.machine, "one", NULL, NULL), 0);
    asl_machine_unref(target.machine);
    kit_settle(&w->kit);
    call(w, "DeleteStateMachine", "{" M "}");
    ck_assert_int_eq(kit_turn(&w->kit, NULL), 0);
    kit_reopen(&w->kit);
    kit_settle(&w->kit);
}

START_TEST(what_failed_to_open_the_registry_is_done_when_it_is_opened_again)
{
    struct world w;
    bool failed = true;
    for (unsigned long n = 1; failed; n++) {
        open_deleting(&w);
        fault_alloc_arm(n);
        int rc = asl_control_open(w.kit.engine, &w.control, NULL);
        failed = fault_alloc_disarm();
        ck_assert_int_eq(rc, failed ? ASL_ENOMEM : 0);
        ck_assert_int_eq(asl_control_open(w.kit.engine, &w.control, NULL), 0);
        kit_settle(&w.kit);
        ck_assert_msg(strcmp(kit_status(&w.kit, "one"), "ABORTED") == 0, "allocation %lu",
                      n);
        kit_close(&w.kit);
        asl_store_free(w.kit.store);
    }
}
END_TEST

START_TEST(a_store_that_fails_is_told_of)
{
    for (size_t i = 0; i < COUNT; i++) {
        struct world w = {0};
        struct faulty_store *faulty;
        asl_store *memory;
        struct faulty_plan plan = {.call = FAULTY_APPLY, .n = 1, .code = ASL_ESTORE};
        ck_assert_int_eq(asl_store_mem(&memory, NULL), 0);
        ck_assert_int_eq(faulty_store_new(memory, &w.kit.store, &faulty, NULL), 0);
        kit_open(&w.kit);
        open_control(&w);
        for (size_t j = 0; j < i; j++) {
            json_t *earlier = read_request(actions[j][1]);
            asl_control_call(w.control, actions[j][0], earlier, on_reply, &w);
            json_decref(earlier);
            kit_settle(&w.kit);
        }
        w.replies = 0;
        faulty_store_plan(faulty, &plan);
        json_t *request = read_request(actions[i][1]);
        asl_control_call(w.control, actions[i][0], request, on_reply, &w);
        json_decref(request);
        while (w.replies == 0 && kit_turn(&w.kit, NULL) == 0)
            ;
        if (w.replies == 0)
            kit_close(&w.kit); /* it tells */
        ck_assert_int_eq(w.replies, 1);
        ck_assert(w.code == (faulty_store_failed(faulty) ? ASL_ESTORE : 0));
        if (w.kit.engine)
            kit_close(&w.kit);
        asl_store_free(w.kit.store);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("control/oom");
    TCase *t = tcase_create("oom");
    tcase_set_timeout(t, 0);
    tcase_add_test(t, an_action_happens_or_it_does_not);
    tcase_add_test(t, the_registry_is_opened_whole_or_not_at_all);
    tcase_add_test(t, what_failed_to_open_the_registry_is_done_when_it_is_opened_again);
    tcase_add_test(t, a_store_that_fails_is_told_of);
    suite_add_tcase(suite, t);
    return suite;
}
