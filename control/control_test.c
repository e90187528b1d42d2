/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: state machines, what they start, and what is there after a restart.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/control_kit.h"
#include "conformance/kit/unit.h"

/* ---- state machines ---- */

START_TEST(a_machine_is_described_as_it_was_created)
{
    struct control_kit w;
    control_kit_open(&w);
    expect(&w, "CreateStateMachine", MACHINE(""),
           "{'stateMachineArn':'" M "','creationDate':" NOW "}");
    expect(
        &w, "DescribeStateMachine", "{" ARN("m") "}",
        "{'name':'m'," PASS(
            "1") "," ROLE ",'type':'STANDARD','creationDate':" NOW
                 ",'loggingConfiguration':{'level':'OFF','includeExecutionData':false},"
                 "'tracingConfiguration':{'enabled':false},"
                 "'encryptionConfiguration':{'type':'AWS_OWNED_KEY'},"
                 "'stateMachineArn':'" M "','status':'ACTIVE'}");
    expect_in(&w, "DescribeStateMachine", "{" ARN("m") ",'includedData':'METADATA_ONLY'}",
              "'definition':'{}'");
    control_kit_close(&w);
}
END_TEST

START_TEST(creating_again_is_no_error_when_it_is_the_same)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    make(&w);
    expect_in(&w, "CreateStateMachine",
              "{'name':'m'," PASS("1") ",'roleArn':'arn:aws:iam::1:role/other',"
                                       "'publish':true,'tags':[{'key':'a','value':'b'}]}",
              "stateMachineVersionArn");
    expect(&w, "ListTagsForResource", "{'resourceArn':'" M "'}", "{'tags':[]}");
    static const char exists[] =
        "StateMachineAlreadyExists: State Machine Already Exists: '" M "'";
    expect(&w, "CreateStateMachine", MACHINE(""), exists);
    expect(&w, "CreateStateMachine",
           "{'name':'m'," PASS("1 ") "," ROLE ",'publish':true}", exists);
    expect(&w, "CreateStateMachine", MACHINE(",'publish':true,'type':'EXPRESS'"), exists);
    control_kit_close(&w);
}
END_TEST

START_TEST(what_is_not_said_is_as_good_as_its_default)
{
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine", MACHINE(""), M);
    expect_in(&w, "CreateStateMachine", MACHINE(",'publish':false,'type':'STANDARD'"),
              "{'stateMachineArn':'" M);
    control_kit_close(&w);
}
END_TEST

START_TEST(what_cannot_be_created_is_refused)
{
    static const char *const rows[][2] = {
        {"{'name':'a b'," PASS("") "," ROLE "}", "InvalidName: Invalid Name: 'a b'"},
        {"{'name':'m'," PASS("") ",'roleArn':'r'}", "InvalidArn: Invalid Role Arn: 'r'"},
        {"{'name':'m','definition':'{\\'StartAt\\':\\'S\\'}'," ROLE "}",
         "InvalidDefinition: Invalid State Machine Definition: "
         "'SCHEMA_VALIDATION_FAILED: "
         "These fields are required: [States] at /'"},
        {MACHINE(",'versionDescription':'v'"),
         "ValidationException: Version description can only be set when publish is true"},
        {MACHINE(",'loggingConfiguration':{'level':'ALL'}"),
         "InvalidLoggingConfiguration: Invalid Logging Configuration: Must specify "
         "exactly "
         "one Log Destination."},
        {MACHINE(",'loggingConfiguration':{'level':'ALL','destinations':[{}]}"),
         "InvalidLoggingConfiguration: Invalid Logging Configuration: Must specify "
         "exactly "
         "one Log Destination."},
        {MACHINE(",'loggingConfiguration':{'destinations':[{'cloudWatchLogsLogGroup':"
                 "{'logGroupArn':'arn:aws:logs:us-east-1:1:log-group:g'}}]}"),
         "InvalidLoggingConfiguration: Invalid Logging Configuration: Log Group ARN must "
         "be provided with '*' qualifier."},
        {MACHINE(",'encryptionConfiguration':{'type':'CUSTOMER_MANAGED_KMS_KEY'}"),
         "InvalidEncryptionConfiguration: Invalid Encryption Configuration: type "
         "CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId."},
        {"{'name':'m'}", "ASL_EINVAL: CreateStateMachine needs definition"},
        {"{'name':7}", "ASL_EINVAL: name is of another type"},
    };
    struct control_kit w;
    control_kit_open(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&w, "CreateStateMachine", rows[i][0], rows[i][1]);
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    expect(&w, "PaintStateMachine", "{}",
           "ASL_EINVAL: no such action: PaintStateMachine");
    control_kit_close(&w);
}
END_TEST

START_TEST(all_that_is_wrong_with_a_definition_is_said)
{
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine",
              "{'name':'m','definition':'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':"
              "{\\'Type\\':\\'Pass\\'},\\'B\\':{\\'Type\\':\\'Nap\\'}}}'," ROLE "}",
              " at /States/A, ");
    control_kit_close(&w);
}
END_TEST

START_TEST(an_update_makes_a_revision_when_it_changes_something)
{
    struct control_kit w;
    control_kit_open(&w);
    expect(&w, "CreateStateMachine", MACHINE(""),
           "{'stateMachineArn':'" M "','creationDate':" NOW "}");
    expect(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("1") "}",
           "{'updateDate':" NOW "}");
    expect_not_in(&w, "DescribeStateMachine", "{" ARN("m") "}", "revisionId");
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") "}", "'revisionId':'");
    char first[64];
    snprintf(first, sizeof first, "%.49s", strstr(w.said, "'revisionId'"));
    expect_in(&w, "DescribeStateMachine", "{" ARN("m") "}", first);
    expect_in(&w, "DescribeStateMachine", "{" ARN("m") "}", PASS("2"));
    expect_not_in(&w, "UpdateStateMachine",
                  "{" ARN("m") ",'roleArn':'arn:aws:iam::1:role/other'}", first);
    control_kit_close(&w);
}
END_TEST

START_TEST(an_update_that_is_wrong_changes_nothing)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect(&w, "UpdateStateMachine", "{" ARN("m") "}",
           "MissingRequiredParameter: Either the definition, the role ARN, the "
           "LoggingConfiguration, or the TracingConfiguration must be specified");
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") ",'definition':'{}'}",
              "InvalidDefinition: ");
    expect(&w, "UpdateStateMachine", "{" ARN("n") "," PASS("2") "}",
           "StateMachineDoesNotExist: State Machine Does Not Exist: '" A
           "stateMachine:n'");
    expect_in(&w, "UpdateStateMachine", "{" ARN("m:1") "," PASS("2") "}",
              "ValidationException: ");
    expect_in(&w, "DescribeStateMachine", "{" ARN("m") "}", PASS("1"));
    control_kit_close(&w);
}
END_TEST

START_TEST(an_arn_of_something_else_is_refused)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect(&w, "DescribeStateMachine", "{'stateMachineArn':'m'}",
           "InvalidArn: Invalid Arn: 'Invalid ARN prefix: m'");
    expect(
        &w, "DescribeStateMachine", "{'stateMachineArn':'" A "activity:m'}",
        "InvalidArn: Invalid Arn: 'Resource type not valid in this context: activity'");
    expect(&w, "DescribeStateMachine",
           "{'stateMachineArn':'arn:aws:states:eu-west-1:123456789012:stateMachine:m'}",
           "StateMachineDoesNotExist: State Machine Does Not Exist: "
           "'arn:aws:states:eu-west-1:123456789012:stateMachine:m'");
    expect_in(&w, "DescribeStateMachine", "{" ARN("m/label") "}",
              "ValidationException: ");
    control_kit_close(&w);
}
END_TEST

static void create_some(struct control_kit *w, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char request[512];
        snprintf(request, sizeof request, "{'name':'%s'," PASS("") "," ROLE "}",
                 names[i]);
        expect_in(w, "CreateStateMachine", request, "creationDate");
    }
}

START_TEST(machines_are_listed_by_name_in_pages)
{
    static const char *const names[] = {"b", "a_1_", "a_10_", "c"};
    struct control_kit w;
    control_kit_open(&w);
    create_some(&w, names, 4);
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 3), "a_10_ a_1_ b,c ");
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 2), "a_10_ a_1_,b c ");
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 4), "a_10_ a_1_ b c ");
    expect_in(&w, "ListStateMachines", "{}",
              "{'name':'b','type':'STANDARD','creationDate':" NOW ",'stateMachineArn':'" A
              "stateMachine:b'}");
    expect(&w, "ListStateMachines", "{'nextToken':'x'}",
           "InvalidToken: Invalid Token: 'Invalid token'");
    control_kit_close(&w);
}
END_TEST

START_TEST(a_page_goes_on_where_the_last_item_was_deleted)
{
    static const char *const names[] = {"a", "b", "c"};
    struct control_kit w;
    char request[512];
    control_kit_open(&w);
    create_some(&w, names, 3);
    expect_in(&w, "ListStateMachines", "{'maxResults':2}", "nextToken");
    snprintf(request, sizeof request, "{'maxResults':2,%s",
             strstr(w.said, "'nextToken'"));
    expect(&w, "DeleteStateMachine", "{" ARN("b") "}", "{}");
    expect_not_in(&w, "ListStateMachines", request, ":a'");
    ck_assert_ptr_nonnull(strstr(w.said, ":c'"));
    control_kit_close(&w);
}
END_TEST

/* ---- deleting ---- */

START_TEST(a_deleted_machine_is_gone_with_all_it_had)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect(&w, "CreateStateMachineAlias",
           "{'name':'prod','routingConfiguration':[{'stateMachineVersionArn':'" M
           ":1','weight':100}]}",
           "{'stateMachineAliasArn':'" M ":prod','creationDate':" NOW "}");
    expect(&w, "DeleteStateMachine", "{" ARN("m") "}", "{}");
    for (int i = 0; i < 2; i++) {
        expect_in(&w, "DescribeStateMachine", "{" ARN("m:1") "}",
                  "StateMachineDoesNotExist");
        expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
        expect(&w, "DeleteStateMachine", "{" ARN("m") "}", "{}");
        control_kit_reopen(&w);
    }
    make(&w);
    control_kit_close(&w);
}
END_TEST

START_TEST(what_runs_of_a_deleted_machine_is_stopped)
{
    struct control_kit w;
    asl_target target;
    asl_error err = {0};
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine", "{'name':'m'," WAIT "," ROLE "}", M);
    expect_in(&w, "CreateStateMachine", "{'name':'n'," WAIT "," ROLE "}",
              "stateMachine:n");
    start(&w, M, "one");
    start(&w, M, "two");
    start(&w, A "stateMachine:n", "other");
    ask(&w, "DeleteStateMachine", "{" ARN("m") "}");
    ck_assert_int_eq(asl_control_target(w.control, M, &target, &err), ASL_EENDED);
    ck_assert_str_eq(err.exception, "StateMachineDeleting");
    kit_settle(&w.kit);
    ck_assert_str_eq(w.said, "{}");
    ck_assert_str_eq(kit_status(&w.kit, "one"), "ABORTED");
    ck_assert_str_eq(kit_status(&w.kit, "two"), "ABORTED");
    ck_assert_str_eq(kit_status(&w.kit, "other"), "RUNNING");
    expect_in(&w, "DescribeStateMachine", "{" ARN("m") "}", "StateMachineDoesNotExist");
    control_kit_close(&w);
}
END_TEST

START_TEST(deleting_goes_on_after_a_crash)
{
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine", "{'name':'m'," WAIT "," ROLE "}", M);
    start(&w, M, "one");
    kit_settle(&w.kit);
    ask(&w, "DeleteStateMachine", "{" ARN("m") "}");
    ck_assert_int_eq(kit_turn(&w.kit, NULL),
                     0); /* it is marked, and stops are asked for */
    ck_assert_str_eq(kit_status(&w.kit, "one"), "RUNNING");
    control_kit_reopen(&w);
    kit_settle(&w.kit);
    ck_assert_str_eq(kit_status(&w.kit, "one"), "ABORTED");
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    control_kit_close(&w);
}
END_TEST

/* When it was started does not matter. */
START_TEST(an_execution_tells_when_its_state_machine_was_updated)
{
    static const char *const arns[] = {M, M ":1", M ":2"};
    static const double dates[] = {1700000060, 1700000000, 1700000060};
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    kit_until(&w.kit, 60000);
    kit_settle(&w.kit);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              "'stateMachineVersionArn':'" M ":2'");
    kit_until(&w.kit, 90000);
    kit_settle(&w.kit);
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"one", "two", "three"};
        json_t *machine;
        start(&w, arns[i], names[i]);
        kit_settle(&w.kit);
        ck_assert_int_eq(asl_describe_machine(w.kit.store, names[i], &machine, NULL), 0);
        ck_assert_double_eq(json_number_value(json_object_get(machine, "updateDate")),
                            dates[i]);
        json_decref(machine);
    }
    control_kit_close(&w);
}
END_TEST

/* What cannot be read cannot be stopped, by nobody: it is not waited for. */
START_TEST(a_damaged_execution_keeps_no_machine_from_being_deleted)
{
    static const unsigned char key[] = {0, 'g', 0, 0, 0, 0, 0, 0, 0, 1};
    const asl_op spoil = {ASL_OP_PUT, {key, sizeof key}, {"\xff", 1}};
    struct control_kit w;
    control_kit_open(&w);
    expect_in(&w, "CreateStateMachine", "{'name':'m'," WAIT "," ROLE "}", M);
    start(&w, M, "one");
    start(&w, M, "two");
    kit_settle(&w.kit);
    ck_assert_int_eq(asl_store_apply(w.kit.store, &(asl_batch){&spoil, 1}, NULL), 0);
    control_kit_reopen(&w);
    ask(&w, "DeleteStateMachine", "{" ARN("m") "}");
    for (int turns = 0; turns < 20; turns++)
        ck_assert_int_eq(kit_turn(&w.kit, NULL), 0);
    ck_assert_int_eq(asl_engine_has_ready(w.kit.engine), 0);
    ck_assert_str_eq(kit_status(&w.kit, "two"), "ABORTED");
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    control_kit_close(&w);
}
END_TEST

/* ---- executions of executions ---- */

START_TEST(executions_start_what_is_registered)
{
    struct control_kit w;
    json_t *run;
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "CreateStateMachineAlias", ALIAS("", ROUTE("m:1", 100)), M ":prod");
    expect_in(&w, "CreateStateMachine",
              "{'name':'p','definition':'{\\'StartAt\\':\\'S\\',\\'States\\':{\\'S\\':"
              "{\\'Type\\':\\'Task\\',\\'Resource\\':"
              "\\'arn:aws:states:::states:startExecution.sync\\',\\'Parameters\\':"
              "{\\'StateMachineArn.$\\':\\'$\\',\\'Name\\':\\'child\\'},"
              "\\'End\\':true}}}'," ROLE "}",
              "stateMachine:p");
    asl_target target;
    ck_assert_int_eq(asl_control_target(w.control, A "stateMachine:p", &target, NULL), 0);
    ck_assert_int_eq(kit_start_rc(&w.kit, target.machine, "good", "\"" M ":prod\"", NULL),
                     0);
    ck_assert_int_eq(kit_start_rc(&w.kit, target.machine, "bad", "\"" M ":none\"", NULL),
                     0);
    kit_settle(&w.kit);
    ck_assert_str_eq(kit_status(&w.kit, "good"), "SUCCEEDED");
    run = kit_describe(&w.kit, "child");
    ck_assert_str_eq(json_string_value(json_object_get(run, "stateMachineAliasArn")),
                     M ":prod");
    json_decref(run);
    run = kit_describe(&w.kit, "bad");
    ck_assert_str_eq(json_string_value(json_object_get(run, "error")),
                     "StepFunctions.StateMachineDoesNotExistException");
    json_decref(run);
    asl_machine_unref(target.machine);
    control_kit_close(&w);
}
END_TEST

/* ---- durability ---- */

START_TEST(everything_is_there_again_after_a_restart)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect_in(&w, "CreateStateMachineAlias", ALIAS("", ROUTE("m:2", 100)), M ":prod");
    char before[sizeof w.said];
    static const char *const asked[][2] = {
        {"DescribeStateMachine", "{" ARN("m") "}"},
        {"DescribeStateMachine", "{" ARN("m:1") "}"},
        {"ListStateMachineVersions", "{" ARN("m") "}"},
        {"DescribeStateMachineAlias", "{" PROD "}"},
        {"ListStateMachineAliases", "{" ARN("m") "}"},
    };
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        snprintf(before, sizeof before, "%s", say(&w, asked[i][0], asked[i][1]));
        control_kit_reopen(&w);
        expect(&w, asked[i][0], asked[i][1], before);
    }
    start(&w, M ":prod", "run");
    kit_settle(&w.kit);
    ck_assert_str_eq(kit_status(&w.kit, "run"), "SUCCEEDED");
    control_kit_close(&w);
}
END_TEST

START_TEST(a_reply_waits_until_it_is_durable)
{
    struct control_kit w;
    control_kit_open(&w);
    ask(&w, "CreateStateMachine", MACHINE(""));
    ck_assert_str_eq(w.said, "");
    ck_assert_int_eq(asl_engine_run_ready(w.kit.engine, w.kit.now, NULL), 0);
    ck_assert_ptr_nonnull(asl_engine_take_batch(w.kit.engine, NULL));
    ck_assert_str_eq(w.said, "");
    asl_engine_batch_done(w.kit.engine, ASL_ESTORE, NULL);
    ck_assert_msg(strncmp(w.said, "ASL_ESTORE", 10) == 0, "%s", w.said);
    w.said[0] = '\0';
    control_kit_reopen(&w);
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    control_kit_close(&w);
}
END_TEST

START_TEST(an_engine_has_one_registry)
{
    struct control_kit w;
    asl_control *again;
    control_kit_open(&w);
    ck_assert_int_eq(asl_control_open(w.kit.engine, &again, NULL), 0);
    ck_assert_ptr_eq(again, w.control);
    control_kit_close(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("control/control");
    TCase *t = tcase_create("control");
    tcase_add_test(t, a_machine_is_described_as_it_was_created);
    tcase_add_test(t, creating_again_is_no_error_when_it_is_the_same);
    tcase_add_test(t, what_is_not_said_is_as_good_as_its_default);
    tcase_add_test(t, what_cannot_be_created_is_refused);
    tcase_add_test(t, all_that_is_wrong_with_a_definition_is_said);
    tcase_add_test(t, an_update_makes_a_revision_when_it_changes_something);
    tcase_add_test(t, an_update_that_is_wrong_changes_nothing);
    tcase_add_test(t, an_arn_of_something_else_is_refused);
    tcase_add_test(t, machines_are_listed_by_name_in_pages);
    tcase_add_test(t, a_page_goes_on_where_the_last_item_was_deleted);
    tcase_add_test(t, a_deleted_machine_is_gone_with_all_it_had);
    tcase_add_test(t, what_runs_of_a_deleted_machine_is_stopped);
    tcase_add_test(t, an_execution_tells_when_its_state_machine_was_updated);
    tcase_add_test(t, deleting_goes_on_after_a_crash);
    tcase_add_test(t, a_damaged_execution_keeps_no_machine_from_being_deleted);
    tcase_add_test(t, executions_start_what_is_registered);
    tcase_add_test(t, everything_is_there_again_after_a_restart);
    tcase_add_test(t, a_reply_waits_until_it_is_durable);
    tcase_add_test(t, an_engine_has_one_registry);
    suite_add_tcase(suite, t);
    return suite;
}
