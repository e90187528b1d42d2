/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry: versions and aliases of state machines.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/control_kit.h"
#include "conformance/kit/unit.h"

/* ---- versions ---- */

START_TEST(a_version_stays_what_it_was)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine",
              "{" ARN("m") "," PASS("2") ",'publish':true,'versionDescription':'two'}",
              "'stateMachineVersionArn':'" M ":2'");
    expect_in(&w, "DescribeStateMachine", "{" ARN("m:1") "}", PASS("1"));
    ck_assert_ptr_nonnull(strstr(w.said, "'stateMachineArn':'" M ":1'"));
    ck_assert_ptr_null(strstr(w.said, "description"));
    expect_in(&w, "DescribeStateMachine", "{" ARN("m:2") "}", "'description':'two'");
    expect(&w, "ListStateMachineVersions", "{" ARN("m") "}",
           "{'stateMachineVersions':[{'creationDate':" NOW ",'stateMachineVersionArn':'" M
           ":2'},{'creationDate':" NOW ",'stateMachineVersionArn':'" M ":1'}]}");
    ck_assert_str_eq(pages(&w, "ListStateMachineVersions", ARN("m"), 1), "2,1 ");
    control_kit_close(&w);
}
END_TEST

START_TEST(a_revision_is_published_once)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    static const char one[] =
        "{'stateMachineVersionArn':'" M ":1','creationDate':" NOW "}";
    expect(&w, "PublishStateMachineVersion", "{" ARN("m") ",'description':'x'}", one);
    expect(&w, "PublishStateMachineVersion", "{" ARN("m") ",'revisionId':'INITIAL'}",
           one);
    expect(&w, "PublishStateMachineVersion", "{" ARN("m") ",'revisionId':'r'}",
           "ConflictException: Failed to publish the State Machine version for revision "
           "r. The current State Machine revision is INITIAL.");
    expect(&w, "PublishStateMachineVersion", "{" ARN("n") "}",
           "StateMachineDoesNotExist: State Machine Does Not Exist: '" A
           "stateMachine:n'");
    control_kit_close(&w);
}
END_TEST

START_TEST(numbers_of_versions_are_never_used_again)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":2'}", "{}");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":2'}", "{}");
    control_kit_reopen(&w);
    expect_in(&w, "PublishStateMachineVersion", "{" ARN("m") "}", M ":3");
    control_kit_close(&w);
}
END_TEST

/* ---- aliases ---- */

START_TEST(an_alias_is_created_once_and_described)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    static const char conflict[] = "ConflictException: Failed to create alias because an "
                                   "alias with the same name and "
                                   "a different routing configuration already exists.";
    for (int i = 0; i < 2; i++)
        expect(&w, "CreateStateMachineAlias",
               ALIAS(",'description':'d'", ROUTE("m:1", 100)),
               "{" PROD ",'creationDate':" NOW "}");
    expect(&w, "CreateStateMachineAlias", ALIAS("", ROUTE("m:1", 100)), conflict);
    expect(&w, "DescribeStateMachineAlias", "{" PROD "}",
           "{'name':'prod','description':'d','creationDate':" NOW
           ",'routingConfiguration':[" ROUTE("m:1", 100) "],'updateDate':" NOW "," PROD
                                                         "}");
    expect(&w, "ListStateMachineAliases", "{" ARN("m") "}",
           "{'stateMachineAliases':[{'creationDate':" NOW "," PROD "}]}");
    expect(&w, "ListStateMachineAliases", "{" ARN("m:1") "}",
           "{'stateMachineAliases':[{'creationDate':" NOW "," PROD "}]}");
    expect(&w, "ListStateMachineAliases", "{" ARN("m") ",'nextToken':'InvalidToken'}",
           "InvalidToken: Invalid Token: 'Invalid token'");
    control_kit_close(&w);
}
END_TEST

START_TEST(routes_that_make_no_sense_are_refused)
{
    static const char *const rows[][2] = {
        {ROUTE("m:1", 50) "," ROUTE("m:1", 50),
         "ValidationException: Routing configuration must contain distinct state machine "
         "version ARNs. Received: [" M ":1, " M ":1]"},
        {ROUTE("m", 70) "," ROUTE("m:2", 30),
         "ValidationException: Routing configuration must contain state machine version "
         "ARNs. Received: [" M ", " M ":2]"},
        {ROUTE("m:1", 70) "," ROUTE("m:2", 29),
         "ValidationException: Sum of routing configuration weights must equal 100. "
         "Received: [70, 29]"},
        {ROUTE("m:9", 100),
         "ResourceNotFound: Request references a resource that does not exist."},
        {ROUTE("m:1", 50) "," ROUTE("n:1", 50),
         "ValidationException: Routing configuration must contain versions of one state "
         "machine. Received: [" M ":1, " A "stateMachine:n:1]"},
    };
    struct control_kit w;
    char request[1024];
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect_in(&w, "CreateStateMachine",
              "{'name':'n'," PASS("1") "," ROLE ",'publish':true}", "stateMachine:n:1");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(request, sizeof request, ALIAS("", "%s"), rows[i][0]);
        expect(&w, "CreateStateMachineAlias", request, rows[i][1]);
    }
    control_kit_close(&w);
}
END_TEST

START_TEST(an_alias_keeps_its_version_from_being_deleted)
{
    struct control_kit w;
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect_in(&w, "CreateStateMachineAlias", ALIAS("", ROUTE("m:1", 100)), M ":prod");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":1'}",
           "ConflictException: Version to be deleted must not be referenced by an alias. "
           "Current list of aliases referencing this version: [prod]");
    expect(&w, "UpdateStateMachineAlias",
           "{" PROD ",'routingConfiguration':[" ROUTE("m:2", 100) "]}",
           "{'updateDate':" NOW "}");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":1'}", "{}");
    expect(&w, "DeleteStateMachineAlias", "{" PROD "}", "{}");
    expect(&w, "DeleteStateMachineAlias", "{" PROD "}",
           "ResourceNotFound: Request references a resource that does not exist.");
    control_kit_close(&w);
}
END_TEST

START_TEST(an_alias_draws_its_versions_by_weight)
{
    struct control_kit w;
    int drawn[3] = {0};
    control_kit_open(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect_in(&w, "CreateStateMachineAlias",
              ALIAS("", ROUTE("m:1", 30) "," ROUTE("m:2", 70)), M ":prod");
    for (int i = 0; i < 1000; i++) {
        asl_target target;
        ck_assert_int_eq(asl_control_target(w.control, M ":prod", &target, NULL), 0);
        ck_assert_str_eq(target.arn, M);
        ck_assert_str_eq(target.alias, "prod");
        drawn[target.version]++;
        asl_machine_unref(target.machine);
    }
    ck_assert_int_eq(drawn[1], 300); /* the kit's random numbers count up */
    ck_assert_int_eq(drawn[2], 700);
    control_kit_close(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("control/versions");
    TCase *t = tcase_create("versions");
    tcase_add_test(t, a_version_stays_what_it_was);
    tcase_add_test(t, a_revision_is_published_once);
    tcase_add_test(t, numbers_of_versions_are_never_used_again);
    tcase_add_test(t, an_alias_is_created_once_and_described);
    tcase_add_test(t, routes_that_make_no_sense_are_refused);
    tcase_add_test(t, an_alias_keeps_its_version_from_being_deleted);
    tcase_add_test(t, an_alias_draws_its_versions_by_weight);
    suite_add_tcase(suite, t);
    return suite;
}
