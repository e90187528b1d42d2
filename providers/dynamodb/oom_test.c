/* SPDX-License-Identifier: Apache-2.0
 *
 * The n-th allocation fails, for every n: the call says so, nothing leaks, a write is done whole or
 * not at all, and the same call then succeeds.
 */
#include <asl/dynamodb.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/tables.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "providers/dynamodb/action.h"

#define PUT                                                                              \
    "{'TableName':'Flats','Item':{'Id':{'S':'a'},'n':{'N':'1.50'},'ss':{'SS':['b','a']}" \
    ","                                                                                  \
    "'m':{'M':{'l':{'L':[{'B':'AAE='},{'NULL':true}]}}}},"                               \
    "'ConditionExpression':'attribute_not_exists(Id)'}"
#define UPDATE                                                                           \
    "{'TableName':'Flats','Key':{'Id':{'S':'a'}},'UpdateExpression':'SET n = "           \
    "if_not_exists(n, :n) + :n, #q = list_append(m.l, m.l) REMOVE m.l[0] ADD ss :s',"    \
    "'ConditionExpression':'size(#q) < :n OR (n = :n OR begins_with(Id, :a)) AND NOT "   \
    "contains(ss, :b)','ExpressionAttributeNames':{'#q':'q'},"                           \
    "'ExpressionAttributeValues':{':n':{'N':'2'},':s':{'SS':['z']},':a':{'S':'a'},"      \
    "':b':{'S':'q'}},'ReturnValues':'UPDATED_NEW','ReturnConsumedCapacity':'INDEXES'}"
#define WRONG "{'TableName':'Flats','Key':{'Id':{'SS':['a','a']}}}"
#define OVERLAP                                                                          \
    "{'TableName':'Flats','Key':{'Id':{'S':'a'}},'UpdateExpression':'REMOVE a, a.b'}"
#define GET                                                                              \
    "{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ProjectionExpression':'n, q[1], m.l'}"
#define DELETE "{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ReturnValues':'ALL_OLD'}"

static const struct {
    enum asli_dyn_action action;
    const char *request;
    int rc;
} steps[] = {{ASLI_DYN_DO_PUT, PUT, 0},   {ASLI_DYN_DO_UPDATE, UPDATE, 0},
             {ASLI_DYN_DO_GET, WRONG, 1}, {ASLI_DYN_DO_UPDATE, OVERLAP, 1},
             {ASLI_DYN_DO_GET, GET, 0},   {ASLI_DYN_DO_DELETE, DELETE, 0}};

static int act(asl_dynamodb *db, size_t i, const json_t *request, json_t **ret_answer)
{
    struct asli_failure failure = {NULL, NULL};
    char token[8] = "token0";
    token[5] = (char)('0' + i);
    int rc = asli_dyn_act(db, steps[i].action, request, token, true, ret_answer, &failure,
                          NULL);
    asli_failure_done(&failure);
    return rc;
}

START_TEST(each_step_says_so_and_then_succeeds)
{
    asl_dynamodb *db;
    ck_assert_int_eq(asl_dynamodb_open(NULL, &db, NULL), 0);
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id", NULL, NULL), 0);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        json_t *request = kit_json(steps[i].request), *answer = NULL;
        int rc = ASL_ENOMEM;
        for (unsigned long n = 1; rc == ASL_ENOMEM; n++) {
            fault_alloc_arm(n);
            rc = act(db, i, request, &answer);
            bool failed = fault_alloc_disarm();
            ck_assert_msg(failed || rc != ASL_ENOMEM, "step %zu", i);
        }
        ck_assert_msg(rc == steps[i].rc, "step %zu: %d", i, rc);
        json_decref(answer);
        json_decref(request);
    }
    asl_dynamodb_free(db);
}
END_TEST

START_TEST(opening_and_making_tables)
{
    int rc = ASL_ENOMEM;
    for (unsigned long n = 1; rc; n++) {
        asl_dynamodb *db = NULL;
        fault_alloc_arm(n);
        rc = asl_dynamodb_open(NULL, &db, NULL);
        if (!rc)
            rc = asl_dynamodb_table(db, "Flats", "Id", "At=N", NULL);
        fault_alloc_disarm();
        asl_dynamodb_free(db);
        ck_assert(!rc || rc == ASL_ENOMEM);
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("dynamodb/oom");
    TCase *tests = tcase_create("oom");
    tcase_set_timeout(tests, 0);
    tcase_add_test(tests, each_step_says_so_and_then_succeeds);
    tcase_add_test(tests, opening_and_making_tables);
    suite_add_tcase(suite, tests);
    return suite;
}
