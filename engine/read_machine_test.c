/* SPDX-License-Identifier: Apache-2.0
 *
 * What an execution was started by: role, revision, version and alias, where they are told, and
 * that they outlive the process.
 */
#include <asl/control.h>
#include <asl/maintain.h>

#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"

#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/machine.h"

#define ROLE "arn:aws:iam::123456789012:role/mine"
#define MACHINE "arn:aws:states:us-east-1:123456789012:stateMachine:machine"

static struct kit k;

static void setup(void)
{
    memset(&k, 0, sizeof k);
    kit_open_stored(&k);
}

static void teardown(void)
{
    kit_close_stored(&k);
}

static asl_machine *load(const char *definition, const char *role, const char *revision)
{
    asl_machine_options o = {
        .size = sizeof o, .role_arn = role, .revision_id = revision, .updated = 12000};
    char *text = kit_quoted(definition);
    asl_machine *machine;
    ck_assert_int_eq(asl_machine_load(text, (size_t)-1, &o, &machine, NULL, NULL), 0);
    free(text);
    return machine;
}

static void start(const char *name, asl_machine *take_machine, unsigned version,
                  const char *alias)
{
    asl_start_options o = {
        .size = sizeof o, .name = name, .version = version, .alias = alias};
    ck_assert_int_eq(asl_start(k.engine, take_machine, NULL, 0, &o, NULL, NULL), 0);
    asl_machine_unref(take_machine);
}

static json_t *machine_of(const char *execution)
{
    json_t *o;
    ck_assert_int_eq(asl_describe_machine(k.store, execution, &o, NULL), 0);
    return o;
}

START_TEST(a_machine_keeps_its_role_and_revision)
{
    asl_machine *m = load(KIT_PASS, ROLE, "r1");
    ck_assert_str_eq(asl_machine_role(m), ROLE);
    ck_assert_str_eq(asl_machine_revision(m), "r1");
    asl_machine_unref(m);
    m = load(KIT_PASS, NULL, NULL);
    ck_assert_ptr_null(asl_machine_role(m));
    ck_assert_ptr_null(asl_machine_revision(m));
    asl_machine_unref(m);
}
END_TEST

START_TEST(another_role_or_revision_is_another_definition)
{
    asl_machine *m[] = {load(KIT_PASS, NULL, NULL), load(KIT_PASS, ROLE, NULL),
                        load(KIT_PASS, NULL, ROLE), load(KIT_PASS, ROLE, "r1")};
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_mem_ne(m[i]->hash, m[j]->hash, sizeof m[i]->hash);
    for (size_t i = 0; i < 4; i++)
        asl_machine_unref(m[i]);
}
END_TEST

START_TEST(the_context_and_the_first_event_have_the_machines_role)
{
    json_t *h;
    start("run",
          load("{'StartAt':'P','States':{'P':{'Type':'Pass','Parameters':{'r.$':"
               "'$$.Execution.RoleArn'},'End':true}}}",
               ROLE, NULL),
          0, NULL);
    kit_settle(&k);
    json_t *d = kit_describe(&k, "run");
    ck_assert_str_eq(kit_text(d, "output"), "{\"r\":\"" ROLE "\"}");
    json_decref(d);
    ck_assert_int_eq(asl_history(k.store, "run", &h, NULL), 0);
    const json_t *first = json_object_get(json_array_get(json_object_get(h, "events"), 0),
                                          "executionStartedEventDetails");
    ck_assert_str_eq(kit_text(first, "roleArn"), ROLE);
    ck_assert_ptr_null(json_object_get(first, "stateMachineVersionArn"));
    ck_assert_ptr_null(json_object_get(first, "stateMachineAliasArn"));
    json_decref(h);
}
END_TEST

START_TEST(version_and_alias_are_told_where_aws_tells_them)
{
    json_t *h, *list;
    start("run", load(KIT_WAIT(5), ROLE, "r1"), 3, "live");
    kit_settle(&k);
    kit_reopen(&k);
    kit_until(&k, 6000);
    json_t *d = kit_describe(&k, "run");
    ck_assert_int_eq(asl_history(k.store, "run", &h, NULL), 0);
    ck_assert_int_eq(asl_list(k.store, NULL, &list, NULL), 0);
    const json_t *told[] = {
        d, json_array_get(json_object_get(list, "executions"), 0),
        json_object_get(json_array_get(json_object_get(h, "events"), 0),
                        "executionStartedEventDetails")};
    for (size_t i = 0; i < 3; i++) {
        ck_assert_str_eq(kit_text(told[i], "stateMachineVersionArn"), MACHINE ":3");
        ck_assert_str_eq(kit_text(told[i], "stateMachineAliasArn"), MACHINE ":live");
    }
    ck_assert_str_eq(kit_text(d, "status"), "SUCCEEDED");
    json_decref(d);
    json_decref(h);
    json_decref(list);
}
END_TEST

START_TEST(the_machine_of_an_execution_is_described)
{
    start("run", load(KIT_WAIT(5), ROLE, "r1"), 3, NULL);
    kit_settle(&k);
    json_t *o = machine_of("run");
    char *definition = kit_quoted(KIT_WAIT(5));
    ck_assert_str_eq(kit_text(o, "stateMachineArn"), MACHINE);
    ck_assert_str_eq(kit_text(o, "name"), "machine");
    ck_assert_str_eq(kit_text(o, "definition"), definition);
    ck_assert_str_eq(kit_text(o, "roleArn"), ROLE);
    ck_assert_str_eq(kit_text(o, "revisionId"), "r1");
    ck_assert(json_real_value(json_object_get(o, "updateDate")) == 12.0);
    ck_assert_ptr_null(json_object_get(o, "mapRunArn"));
    ck_assert_ptr_null(json_object_get(o, "variableReferences"));
    free(definition);
    json_decref(o);
}
END_TEST

START_TEST(where_it_has_no_role_the_engines_is_told)
{
    kit_start(&k, "run",
              "{'StartAt':'P','States':{'P':{'Type':'Pass','Assign':{'a':1},'Next':'Q'},"
              "'Q':{'Type':'Pass','Parameters':{'a.$':'$a'},'End':true}}}",
              NULL);
    kit_settle(&k);
    json_t *o = machine_of("run");
    ck_assert_str_eq(kit_text(o, "roleArn"), "arn:aws:iam::123456789012:role/asl");
    ck_assert_str_eq(kit_text(o, "revisionId"), "(none)");
    ck_assert(json_real_value(json_object_get(o, "updateDate")) == KIT_EPOCH / 1000.0);
    const json_t *q = json_object_get(json_object_get(o, "variableReferences"), "Q");
    ck_assert_str_eq(json_string_value(json_array_get(q, 0)), "a");
    json_decref(o);
}
END_TEST

START_TEST(a_childs_machine_names_its_map_run)
{
    json_t *runs, *children;
    kit_start(&k, "run",
              "{'StartAt':'M','States':{'M':{'Type':'Map','Label':'each','ItemProcessor':"
              "{'ProcessorConfig':{'Mode':'DISTRIBUTED','ExecutionType':'STANDARD'},"
              "'StartAt':'P','States':{'P':{'Type':'Pass','End':true}}},'End':true}}}",
              "[1]");
    kit_settle(&k);
    ck_assert_int_eq(asl_map_runs(k.store, "run", &runs, NULL), 0);
    const char *run =
        kit_text(json_array_get(json_object_get(runs, "mapRuns"), 0), "mapRunArn");
    ck_assert_int_eq(asl_map_run_executions(k.store, "run", run, NULL, &children, NULL),
                     0);
    json_t *o = machine_of(kit_text(
        json_array_get(json_object_get(children, "executions"), 0), "executionArn"));
    ck_assert_str_eq(kit_text(o, "mapRunArn"), run);
    ck_assert_str_eq(kit_text(o, "label"), "each");
    ck_assert_str_eq(kit_text(o, "stateMachineArn"), MACHINE "/each");
    json_decref(o);
    json_decref(children);
    json_decref(runs);
}
END_TEST

START_TEST(the_same_start_of_another_revision_is_the_same_start)
{
    asl_activity a;
    start("run", load(KIT_WAIT(5), ROLE, "r1"), 1, NULL);
    asl_machine *m = load(KIT_WAIT(5), ROLE, "r2");
    kit_start_rc(&k, m, "run", "{}", NULL);
    asl_machine_unref(m);
    kit_settle(&k);
    ck_assert_str_eq(k.trace, "started:run ");
    asl_engine_activity(k.engine, &a);
    ck_assert_uint_eq(a.executions, 1);
}
END_TEST

START_TEST(an_express_execution_begun_anew_is_by_the_same_alias)
{
    asl_machine_options o = {.size = sizeof o, .express = 1, .role_arn = ROLE};
    char *definition = kit_quoted(KIT_WAIT(5));
    asl_machine *machine;
    ck_assert_int_eq(asl_machine_load(definition, (size_t)-1, &o, &machine, NULL, NULL),
                     0);
    start("run", machine, 2, "live");
    free(definition);
    kit_settle(&k);
    kit_reopen(&k);
    kit_settle(&k);
    asl_check_counts counts;
    ck_assert_int_eq(asl_check(k.store, NULL, NULL, &counts, NULL), 0);
    ck_assert_uint_eq(counts.problems, 0);
    kit_until(&k, 6000);
}
END_TEST

Suite *unit_suite(void)
{
    const TTest *const tests[] = {
        a_machine_keeps_its_role_and_revision,
        another_role_or_revision_is_another_definition,
        the_context_and_the_first_event_have_the_machines_role,
        version_and_alias_are_told_where_aws_tells_them,
        the_machine_of_an_execution_is_described,
        where_it_has_no_role_the_engines_is_told,
        a_childs_machine_names_its_map_run,
        the_same_start_of_another_revision_is_the_same_start,
        an_express_execution_begun_anew_is_by_the_same_alias,
    };
    Suite *s = suite_create("read_machine");
    TCase *t = tcase_create("read_machine");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tcase_add_test(t, tests[i]);
    suite_add_tcase(s, t);
    return s;
}
