/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry, action by action: what AWS answers, what is there after a restart.
 */
#include <asl/activity.h>
#include <asl/control.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/engine_kit.h"
#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define A "arn:aws:states:us-east-1:123456789012:"
#define M A "stateMachine:m"
#define ROLE "'roleArn':'arn:aws:iam::123456789012:role/r'"
#define PASS(comment)                                                                    \
    "'definition':'{\\'Comment\\':\\'" comment "\\',\\'StartAt\\':\\'P\\',"              \
    "\\'States\\':{\\'P\\':{\\'Type\\':\\'Pass\\',\\'End\\':true}}}'"
#define WAIT                                                                             \
    "'definition':'{\\'StartAt\\':\\'W\\',\\'States\\':{\\'W\\':{\\'Type\\':"            \
    "\\'Wait\\',\\'Seconds\\':60,\\'End\\':true}}}'"
#define MACHINE(more) "{'name':'m'," PASS("1") "," ROLE more "}"
#define ARN(name) "'stateMachineArn':'" A "stateMachine:" name "'"
#define NOW "1.7E9"

struct world {
    struct kit kit;
    asl_control *control;
    char said[4096];
};

static void open_control(struct world *w)
{
    asl_error err = {0};
    kit_settle(&w->kit); /* it has a time then */
    ck_assert_msg(asl_control_open(w->kit.engine, &w->control, &err) == 0, "%s",
                  err.text);
}

static void open_world(struct world *w)
{
    *w = (struct world){0};
    ck_assert_int_eq(asl_store_mem(&w->kit.store, NULL), 0);
    w->kit.options.virtual_time = 1;
    kit_open(&w->kit);
    open_control(w);
}

static void reopen_world(struct world *w)
{
    kit_reopen(&w->kit);
    open_control(w);
}

static void close_world(struct world *w)
{
    kit_close(&w->kit);
    asl_store_free(w->kit.store);
}

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    struct world *w = arg;
    char *text = NULL;
    if (response)
        ck_assert_int_eq(asli_json_text(response, &text, NULL, NULL), 0);
    else if (error->exception)
        text = asli_printf("%s: %s", error->exception, error->text);
    else
        text = asli_printf("%s: %s", asl_code_name(error->code), error->text);
    ck_assert_str_eq(w->said, ""); /* once */
    snprintf(w->said, sizeof w->said, "%s", text);
    asli_free(text);
    for (char *p = w->said; *p; p++)
        *p = *p == '"' ? '\'' : *p;
}

/* Asks without waiting for the reply. */
static void ask(struct world *w, const char *action, const char *request)
{
    char *text = kit_quoted(request);
    json_t *params;
    ck_assert_msg(asli_json_read(text, strlen(text), &params, NULL) == 0, "%s", text);
    free(text);
    w->said[0] = '\0';
    asl_control_call(w->control, action, params, on_reply, w);
    json_decref(params);
}

/* The reply: JSON with ' for ", or "Exception: message". */
static const char *say(struct world *w, const char *action, const char *request)
{
    ask(w, action, request);
    kit_settle(&w->kit);
    ck_assert_str_ne(w->said, "");
    return w->said;
}

static void expect(struct world *w, const char *action, const char *request,
                   const char *reply)
{
    ck_assert_str_eq(say(w, action, request), reply);
}

/* The reply has all of these words. */
static void expect_in(struct world *w, const char *action, const char *request,
                      const char *part)
{
    say(w, action, request);
    ck_assert_msg(strstr(w->said, part) != NULL, "%s is not in %s", part, w->said);
}

static void expect_not_in(struct world *w, const char *action, const char *request,
                          const char *part)
{
    say(w, action, request);
    ck_assert_msg(strstr(w->said, part) == NULL, "%s is in %s", part, w->said);
}

static void make(struct world *w)
{
    expect(w, "CreateStateMachine", MACHINE(",'publish':true"),
           "{'stateMachineArn':'" M "','creationDate':" NOW
           ",'stateMachineVersionArn':'" M ":1'}");
}

/* ---- state machines ---- */

START_TEST(a_machine_is_described_as_it_was_created)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(creating_again_is_no_error_when_it_is_the_same)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(what_cannot_be_created_is_refused)
{
    static const char *const rows[][2] = {
        {"{'name':'a b'," PASS("") "," ROLE "}", "InvalidName: Invalid Name: 'a b'"},
        {"{'name':'m'," PASS("") ",'roleArn':'r'}",
         "InvalidArn: Invalid Arn: 'Invalid ARN prefix: r'"},
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
        {MACHINE(",'encryptionConfiguration':{'type':'CUSTOMER_MANAGED_KMS_KEY'}"),
         "InvalidEncryptionConfiguration: Invalid Encryption Configuration: type "
         "CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId."},
        {"{'name':'m'}", "ASL_EINVAL: CreateStateMachine needs definition"},
        {"{'name':7}", "ASL_EINVAL: name is of another type"},
    };
    struct world w;
    open_world(&w);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&w, "CreateStateMachine", rows[i][0], rows[i][1]);
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    expect(&w, "PaintStateMachine", "{}",
           "ASL_EINVAL: no such action: PaintStateMachine");
    close_world(&w);
}
END_TEST

START_TEST(all_that_is_wrong_with_a_definition_is_said)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine",
              "{'name':'m','definition':'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':"
              "{\\'Type\\':\\'Pass\\'},\\'B\\':{\\'Type\\':\\'Nap\\'}}}'," ROLE "}",
              " at /States/A, ");
    close_world(&w);
}
END_TEST

START_TEST(keys_are_not_told_of_before_aws_did)
{
    struct world w = {.kit.options.as_of = 1700000000000};
    w.kit.options.virtual_time = 1;
    kit_open(&w.kit);
    open_control(&w);
    make(&w);
    expect_not_in(&w, "DescribeStateMachine", "{" ARN("m") "}",
                  "encryptionConfiguration");
    kit_close(&w.kit);
}
END_TEST

START_TEST(an_update_makes_a_revision_when_it_changes_something)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(an_update_that_is_wrong_changes_nothing)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(an_arn_of_something_else_is_refused)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

static void create_some(struct world *w, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char request[512];
        snprintf(request, sizeof request, "{'name':'%s'," PASS("") "," ROLE "}",
                 names[i]);
        expect_in(w, "CreateStateMachine", request, "creationDate");
    }
}

/* "a b, c": the names in pages of this size. Static. */
static const char *pages(struct world *w, const char *action, const char *request,
                         int size)
{
    static char names[512];
    char token[512] = "";
    names[0] = '\0';
    do {
        char with[1024];
        snprintf(with, sizeof with, "{%s%s'maxResults':%d%s%s%s}", request,
                 *request ? "," : "", size, *token ? ",'nextToken':'" : "", token,
                 *token ? "'" : "");
        say(w, action, with);
        for (const char *p = w->said; (p = strstr(p, "Arn':'"));) {
            const char *end = strchr(p + 6, '\'');
            const char *name = end;
            while (name[-1] != ':')
                name--;
            size_t len = strlen(names);
            snprintf(names + len, sizeof names - len, "%.*s ", (int)(end - name), name);
            p = end;
        }
        const char *next = strstr(w->said, "'nextToken':'");
        snprintf(token, sizeof token, "%.*s", next ? (int)strcspn(next + 13, "'") : 0,
                 next ? next + 13 : "");
        if (next)
            names[strlen(names) - 1] = ',';
    } while (*token);
    return names;
}

START_TEST(machines_are_listed_by_name_in_pages)
{
    static const char *const names[] = {"b", "a_1_", "a_10_", "c"};
    struct world w;
    open_world(&w);
    create_some(&w, names, 4);
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 3), "a_10_ a_1_ b,c ");
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 2), "a_10_ a_1_,b c ");
    ck_assert_str_eq(pages(&w, "ListStateMachines", "", 4), "a_10_ a_1_ b c ");
    expect_in(&w, "ListStateMachines", "{}",
              "{'name':'b','type':'STANDARD','creationDate':" NOW ",'stateMachineArn':'" A
              "stateMachine:b'}");
    expect(&w, "ListStateMachines", "{'nextToken':'x'}",
           "InvalidToken: Invalid Token: 'Invalid token'");
    close_world(&w);
}
END_TEST

START_TEST(a_page_goes_on_where_the_last_item_was_deleted)
{
    static const char *const names[] = {"a", "b", "c"};
    struct world w;
    char request[512];
    open_world(&w);
    create_some(&w, names, 3);
    expect_in(&w, "ListStateMachines", "{'maxResults':2}", "nextToken");
    snprintf(request, sizeof request, "{'maxResults':2,%s",
             strstr(w.said, "'nextToken'"));
    expect(&w, "DeleteStateMachine", "{" ARN("b") "}", "{}");
    expect_not_in(&w, "ListStateMachines", request, ":a'");
    ck_assert_ptr_nonnull(strstr(w.said, ":c'"));
    close_world(&w);
}
END_TEST

/* ---- deleting ---- */

START_TEST(a_deleted_machine_is_gone_with_all_it_had)
{
    struct world w;
    open_world(&w);
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
        reopen_world(&w);
    }
    make(&w);
    close_world(&w);
}
END_TEST

static void start(struct world *w, const char *arn, const char *name)
{
    asl_target target;
    asl_error err = {0};
    ck_assert_msg(asl_control_target(w->control, arn, &target, &err) == 0, "%s",
                  err.text);
    ck_assert_int_eq(kit_start_rc(&w->kit, target.machine, name, "{}", NULL), 0);
    asl_machine_unref(target.machine);
}

START_TEST(what_runs_of_a_deleted_machine_is_stopped)
{
    struct world w;
    asl_target target;
    asl_error err = {0};
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(deleting_goes_on_after_a_crash)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine", "{'name':'m'," WAIT "," ROLE "}", M);
    start(&w, M, "one");
    kit_settle(&w.kit);
    ask(&w, "DeleteStateMachine", "{" ARN("m") "}");
    ck_assert_int_eq(kit_turn(&w.kit, NULL),
                     0); /* it is marked, and stops are asked for */
    ck_assert_str_eq(kit_status(&w.kit, "one"), "RUNNING");
    reopen_world(&w);
    kit_settle(&w.kit);
    ck_assert_str_eq(kit_status(&w.kit, "one"), "ABORTED");
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    close_world(&w);
}
END_TEST

/* ---- versions ---- */

START_TEST(a_version_stays_what_it_was)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(a_revision_is_published_once)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(numbers_of_versions_are_never_used_again)
{
    struct world w;
    open_world(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":2'}", "{}");
    expect(&w, "DeleteStateMachineVersion", "{'stateMachineVersionArn':'" M ":2'}", "{}");
    reopen_world(&w);
    expect_in(&w, "PublishStateMachineVersion", "{" ARN("m") "}", M ":3");
    close_world(&w);
}
END_TEST

/* ---- aliases ---- */

#define ROUTE(version, weight)                                                           \
    "{'stateMachineVersionArn':'" A "stateMachine:" version "','weight':" #weight "}"
#define ALIAS(more, routes) "{'name':'prod'" more ",'routingConfiguration':[" routes "]}"
#define PROD "'stateMachineAliasArn':'" M ":prod'"

START_TEST(an_alias_is_created_once_and_described)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
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
    struct world w;
    char request[1024];
    open_world(&w);
    make(&w);
    expect_in(&w, "UpdateStateMachine", "{" ARN("m") "," PASS("2") ",'publish':true}",
              M ":2");
    expect_in(&w, "CreateStateMachine",
              "{'name':'n'," PASS("1") "," ROLE ",'publish':true}", "stateMachine:n:1");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        snprintf(request, sizeof request, ALIAS("", "%s"), rows[i][0]);
        expect(&w, "CreateStateMachineAlias", request, rows[i][1]);
    }
    close_world(&w);
}
END_TEST

START_TEST(an_alias_keeps_its_version_from_being_deleted)
{
    struct world w;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

START_TEST(an_alias_draws_its_versions_by_weight)
{
    struct world w;
    int drawn[3] = {0};
    open_world(&w);
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
    close_world(&w);
}
END_TEST

/* ---- activities and tags ---- */

#define PAINT "'activityArn':'" A "activity:paint'"

START_TEST(an_activity_exists_until_it_is_deleted)
{
    struct world w;
    open_world(&w);
    for (int i = 0; i < 2; i++)
        expect(&w, "CreateActivity", "{'name':'paint'}",
               "{" PAINT ",'creationDate':" NOW "}");
    reopen_world(&w);
    expect(&w, "DescribeActivity", "{" PAINT "}",
           "{'name':'paint','creationDate':" NOW
           ",'encryptionConfiguration':{'type':'AWS_OWNED_KEY'}," PAINT "}");
    expect(&w, "ListActivities", "{}",
           "{'activities':[{'name':'paint','creationDate':" NOW "," PAINT "}]}");
    asl_activity_queue *queue = asl_activity_queue_of(w.kit.engine, "paint");
    ck_assert_ptr_nonnull(queue);
    asl_activity_queue_unref(queue);
    for (int i = 0; i < 2; i++)
        expect(&w, "DeleteActivity", "{" PAINT "}", "{}");
    ck_assert_ptr_null(asl_activity_queue_of(w.kit.engine, "paint"));
    expect(&w, "DescribeActivity", "{" PAINT "}",
           "ActivityDoesNotExist: Activity Does Not Exist: '" A "activity:paint'");
    close_world(&w);
}
END_TEST

START_TEST(an_activity_of_another_name_or_key_is_refused)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateActivity", "{'name':'paint'}", PAINT);
    expect(&w, "CreateActivity", "{'name':'pa;int'}",
           "InvalidName: Invalid Name: 'pa;int'");
    expect(&w, "CreateActivity",
           "{'name':'paint','encryptionConfiguration':{'type':'CUSTOMER_MANAGED_KMS_KEY',"
           "'kmsKeyId':'k'}}",
           "ActivityAlreadyExists: Activity Already Exists: '" A "activity:paint'");
    expect(&w, "DescribeActivity", "{'activityArn':'x'}",
           "InvalidArn: Invalid Arn: 'Invalid ARN prefix: x'");
    close_world(&w);
}
END_TEST

START_TEST(tags_are_set_and_taken_away)
{
    struct world w;
    open_world(&w);
    expect_in(&w, "CreateStateMachine",
              MACHINE(",'tags':[{'key':'a','value':'1'},{'key':'b','value':'2'}]"), M);
    expect(&w, "TagResource",
           "{'resourceArn':'" M
           "','tags':[{'key':'a','value':'3'},{'key':'c','value':''}]}",
           "{}");
    expect(&w, "ListTagsForResource", "{'resourceArn':'" M "'}",
           "{'tags':[{'key':'b','value':'2'},{'key':'a','value':'3'},"
           "{'key':'c','value':''}]}");
    expect(&w, "UntagResource", "{'resourceArn':'" M "','tagKeys':['a','b','z']}", "{}");
    reopen_world(&w);
    expect(&w, "ListTagsForResource", "{'resourceArn':'" M "'}",
           "{'tags':[{'key':'c','value':''}]}");
    expect(&w, "TagResource",
           "{'resourceArn':'" A "activity:no','tags':[{'key':'a','value':'3'}]}",
           "ResourceNotFound: Resource not found: '" A "activity:no'");
    close_world(&w);
}
END_TEST

START_TEST(a_resource_has_fifty_tags_at_most)
{
    struct world w;
    char request[4096] = "{'resourceArn':'" M "','tags':[";
    open_world(&w);
    make(&w);
    for (int i = 0; i < 51; i++) {
        size_t len = strlen(request);
        snprintf(request + len, sizeof request - len, "%s{'key':'%d','value':''}",
                 i ? "," : "", i);
    }
    size_t len = strlen(request);
    snprintf(request + len, sizeof request - len, "]}");
    expect(&w, "TagResource", request, "TooManyTags: Too many tags: '" M "'");
    close_world(&w);
}
END_TEST

/* ---- definitions ---- */

START_TEST(a_definition_is_validated_without_being_kept)
{
    struct world w;
    open_world(&w);
    expect(&w, "ValidateStateMachineDefinition", "{" PASS("1") "}",
           "{'result':'OK','diagnostics':[],'truncated':false}");
    expect(&w, "ValidateStateMachineDefinition", "{'definition':'{}'}",
           "{'result':'FAIL','diagnostics':[{'severity':'ERROR','code':"
           "'SCHEMA_VALIDATION_FAILED','message':'These fields are required: [States, "
           "StartAt]','location':'/'}],'truncated':false}");
    static const char two[] =
        "'definition':'{\\'StartAt\\':\\'A\\',\\'States\\':{\\'A\\':"
        "{\\'Type\\':\\'Pass\\'},\\'B\\':{\\'Type\\':\\'Nap\\'}}}'";
    char request[512];
    snprintf(request, sizeof request, "{%s,'maxResults':1}", two);
    expect_in(&w, "ValidateStateMachineDefinition", request, "'truncated':true");
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    close_world(&w);
}
END_TEST

/* ---- executions of executions ---- */

START_TEST(executions_start_what_is_registered)
{
    struct world w;
    json_t *run;
    open_world(&w);
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
    close_world(&w);
}
END_TEST

/* ---- durability ---- */

START_TEST(everything_is_there_again_after_a_restart)
{
    struct world w;
    open_world(&w);
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
        reopen_world(&w);
        expect(&w, asked[i][0], asked[i][1], before);
    }
    start(&w, M ":prod", "run");
    kit_settle(&w.kit);
    ck_assert_str_eq(kit_status(&w.kit, "run"), "SUCCEEDED");
    close_world(&w);
}
END_TEST

START_TEST(a_reply_waits_until_it_is_durable)
{
    struct world w;
    open_world(&w);
    ask(&w, "CreateStateMachine", MACHINE(""));
    ck_assert_str_eq(w.said, "");
    ck_assert_int_eq(asl_engine_run_ready(w.kit.engine, w.kit.now, NULL), 0);
    ck_assert_ptr_nonnull(asl_engine_take_batch(w.kit.engine, NULL));
    ck_assert_str_eq(w.said, "");
    asl_engine_batch_done(w.kit.engine, ASL_ESTORE, NULL);
    ck_assert_msg(strncmp(w.said, "ASL_ESTORE", 10) == 0, "%s", w.said);
    w.said[0] = '\0';
    reopen_world(&w);
    expect(&w, "ListStateMachines", "{}", "{'stateMachines':[]}");
    close_world(&w);
}
END_TEST

START_TEST(an_engine_has_one_registry)
{
    struct world w;
    asl_control *again;
    open_world(&w);
    ck_assert_int_eq(asl_control_open(w.kit.engine, &again, NULL), 0);
    ck_assert_ptr_eq(again, w.control);
    close_world(&w);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("control/control");
    TCase *t = tcase_create("control");
    tcase_add_test(t, a_machine_is_described_as_it_was_created);
    tcase_add_test(t, creating_again_is_no_error_when_it_is_the_same);
    tcase_add_test(t, what_cannot_be_created_is_refused);
    tcase_add_test(t, all_that_is_wrong_with_a_definition_is_said);
    tcase_add_test(t, keys_are_not_told_of_before_aws_did);
    tcase_add_test(t, an_update_makes_a_revision_when_it_changes_something);
    tcase_add_test(t, an_update_that_is_wrong_changes_nothing);
    tcase_add_test(t, an_arn_of_something_else_is_refused);
    tcase_add_test(t, machines_are_listed_by_name_in_pages);
    tcase_add_test(t, a_page_goes_on_where_the_last_item_was_deleted);
    tcase_add_test(t, a_deleted_machine_is_gone_with_all_it_had);
    tcase_add_test(t, what_runs_of_a_deleted_machine_is_stopped);
    tcase_add_test(t, deleting_goes_on_after_a_crash);
    tcase_add_test(t, a_version_stays_what_it_was);
    tcase_add_test(t, a_revision_is_published_once);
    tcase_add_test(t, numbers_of_versions_are_never_used_again);
    tcase_add_test(t, an_alias_is_created_once_and_described);
    tcase_add_test(t, routes_that_make_no_sense_are_refused);
    tcase_add_test(t, an_alias_keeps_its_version_from_being_deleted);
    tcase_add_test(t, an_alias_draws_its_versions_by_weight);
    tcase_add_test(t, an_activity_exists_until_it_is_deleted);
    tcase_add_test(t, an_activity_of_another_name_or_key_is_refused);
    tcase_add_test(t, tags_are_set_and_taken_away);
    tcase_add_test(t, a_resource_has_fifty_tags_at_most);
    tcase_add_test(t, a_definition_is_validated_without_being_kept);
    tcase_add_test(t, executions_start_what_is_registered);
    tcase_add_test(t, everything_is_there_again_after_a_restart);
    tcase_add_test(t, a_reply_waits_until_it_is_durable);
    tcase_add_test(t, an_engine_has_one_registry);
    suite_add_tcase(suite, t);
    return suite;
}
