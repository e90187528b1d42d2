/* SPDX-License-Identifier: Apache-2.0
 *
 * The four actions: what is stored and returned, and DynamoDB's refusals in its words.
 */
#include "conformance/kit/tables.h"

#include <pthread.h>

#include "conformance/kit/tempdir.h"
#include "conformance/kit/unit.h"
#include "providers/dynamodb/action.h"

#define INVALID "ValidationException: "
#define PARAMETERS "ValidationException: One or more parameter values were invalid: "

static asl_dynamodb *db;

static void setup(void)
{
    asl_error error = {0};
    db = NULL;
    ck_assert_msg(asl_dynamodb_open(NULL, &db, &error) == 0, "%s", error.text);
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id", NULL, &error), 0);
    ck_assert_int_eq(asl_dynamodb_table(db, "Log", "Day=N", "At=S", &error), 0);
    ck_assert_int_eq(asl_dynamodb_table(db, "Blobs", "Hash=B", NULL, &error), 0);
}

static void teardown(void)
{
    asl_dynamodb_free(db);
}

static void put(const char *request, const char *expected)
{
    kit_gives(db, "putItem", request, expected);
}

static void get(const char *request, const char *expected)
{
    kit_gives(db, "getItem", request, expected);
}

static void take(const char *request, const char *expected)
{
    kit_gives(db, "deleteItem", request, expected);
}

/* updateItem of Flats 'a', with the rest of its members. */
static void update(const char *members, const char *expected)
{
    char request[2048];
    snprintf(request, sizeof request, "{'TableName':'Flats','Key':{'Id':{'S':'a'}}%s%s}",
             *members ? "," : "", members);
    kit_gives(db, "updateItem", request, expected);
}

/* ---- storing ---- */

START_TEST(an_item_is_found_by_its_key)
{
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'},'n':{'N':'1.50'}}}", "{}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}",
        "{'Item':{'Id':{'S':'a'},'n':{'N':'1.5'}}}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'b'}}}", "{}");
}
END_TEST

START_TEST(all_types_come_back)
{
#define ITEM                                                                             \
    "{'Id':{'S':'a'},'b':{'B':'AAE='},'bs':{'BS':['AA==','AQ==']},'f':{'BOOL':false},"   \
    "'l':{'L':[{'S':''},{'L':[]}]},'m':{'M':{'x':{'N':'-1'}}},'n':{'NULL':true},"        \
    "'ns':{'NS':['-1','9','10']},'ss':{'SS':['a','b']}}"
    json_t *parameters = kit_json("{'TableName':'Flats','Item':" ITEM "}");
    char *text, *request = need(json_dumps(parameters, 0));
    put(request, "{}");
    text = kit_call(db, "getItem", "{'TableName':'Flats','Key':{'Id':{'S':'a'}}}");
    json_t *answer = kit_json(text);
    kit_same(json_object_get(answer, "Item"), ITEM);
    json_decref(answer);
    json_decref(parameters);
    free(text);
    free(request);
}
END_TEST

START_TEST(maps_are_shown_in_javas_order)
{
    put("{'TableName':'Flats','Item':{'data':{'S':'1'},'Id':{'S':'a'},'id':{'S':'2'},"
        "'S':{'S':'3'}}}",
        "{}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}",
        "{'Item':{'S':{'S':'3'},'data':{'S':'1'},'Id':{'S':'a'},'id':{'S':'2'}}}");
}
END_TEST

START_TEST(range_keys_and_equal_numbers_are_one_key)
{
    put("{'TableName':'Log','Item':{'Day':{'N':'1.0'},'At':{'S':'x'},'v':{'S':'1'}}}",
        "{}");
    put("{'TableName':'Log','Item':{'Day':{'N':'1'},'At':{'S':'y'},'v':{'S':'2'}}}",
        "{}");
    get("{'TableName':'Log','Key':{'At':{'S':'x'},'Day':{'N':'10e-1'}},"
        "'ProjectionExpression':'v'}",
        "{'Item':{'v':{'S':'1'}}}");
}
END_TEST

START_TEST(delete_gives_what_was_there)
{
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}}}", "{}");
    take("{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ReturnValues':'ALL_OLD'}",
         "{'Attributes':{'Id':{'S':'a'}}}");
    take("{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ReturnValues':'ALL_OLD'}", "{}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}", "{}");
}
END_TEST

START_TEST(update_makes_an_item_that_is_missing)
{
    update("", "{}");
    update("'UpdateExpression':'SET n = if_not_exists(n, :0) + :1',"
           "'ExpressionAttributeValues':{':0':{'N':'0'},':1':{'N':'1'}},"
           "'ReturnValues':'ALL_NEW'",
           "{'Attributes':{'Id':{'S':'a'},'n':{'N':'1'}}}");
}
END_TEST

START_TEST(return_values_of_updates)
{
#define SET                                                                              \
    "'UpdateExpression':'SET x = :v, m.k = "                                             \
    ":v','ExpressionAttributeValues':{':v':{'N':'2'}}"
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'},'x':{'N':'1'},'y':{'N':'9'},"
        "'m':{'M':{'o':{'N':'0'}}}}}",
        "{}");
    update(SET ",'ReturnValues':'UPDATED_OLD'", "{'Attributes':{'x':{'N':'1'}}}");
    update(SET ",'ReturnValues':'UPDATED_NEW'",
           "{'Attributes':{'x':{'N':'2'},'m':{'M':{'k':{'N':'2'}}}}}");
    update(SET ",'ReturnValues':'NONE'", "{}");
    update("'UpdateExpression':'REMOVE x, y, m','ReturnValues':'ALL_OLD'",
           "{'Attributes':{'x':{'N':'2'},'y':{'N':'9'},'Id':{'S':'a'},"
           "'m':{'M':{'k':{'N':'2'},'o':{'N':'0'}}}}}");
    update("'UpdateExpression':'REMOVE x','ReturnValues':'UPDATED_NEW'", "{}");
}
END_TEST

START_TEST(consumed_capacity_is_told_when_asked)
{
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}},'ReturnConsumedCapacity':'TOTAL'}",
        "{'ConsumedCapacity':{'CapacityUnits':1.0,'TableName':'Flats'}}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ReturnConsumedCapacity':'TOTAL'}",
        "{'ConsumedCapacity':{'CapacityUnits':0.5,'TableName':'Flats'},"
        "'Item':{'Id':{'S':'a'}}}");
}
END_TEST

/* ---- conditions ---- */

START_TEST(a_condition_that_fails_changes_nothing)
{
#define FAILED "ConditionalCheckFailedException: The conditional request failed"
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}},"
        "'ConditionExpression':'attribute_exists(Id)'}",
        FAILED);
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}", "{}");
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}},"
        "'ConditionExpression':'attribute_not_exists(Id)'}",
        "{}");
    take("{'TableName':'Flats','Key':{'Id':{'S':'a'}},'ConditionExpression':'#s = :s',"
         "'ExpressionAttributeNames':{'#s':'status'},"
         "'ExpressionAttributeValues':{':s':{'S':'free'}}}",
         FAILED);
    update("'UpdateExpression':'SET x = Id','ConditionExpression':'attribute_exists(y)'",
           FAILED);
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}", "{'Item':{'Id':{'S':'a'}}}");
}
END_TEST

enum { RACERS = 4, ROUNDS = 50 };

static void *race(void *arg)
{
    int *won = arg;
    for (int i = 0; i < ROUNDS; i++) {
        char request[200];
        snprintf(request, sizeof request,
                 "{'TableName':'Flats','Item':{'Id':{'S':'%d'}},"
                 "'ConditionExpression':'attribute_not_exists(Id)'}",
                 i);
        char *got = kit_call(db, "putItem", request);
        *won += strcmp(got, "{}") == 0;
        free(got);
    }
    return NULL;
}

START_TEST(of_all_who_race_for_an_item_one_wins)
{
    pthread_t threads[RACERS];
    int won[RACERS] = {0}, sum = 0;
    for (int i = 0; i < RACERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, race, &won[i]), 0);
    for (int i = 0; i < RACERS; i++) {
        pthread_join(threads[i], NULL);
        sum += won[i];
    }
    ck_assert_int_eq(sum, ROUNDS);
}
END_TEST

/* ---- refusals ---- */

START_TEST(members_that_are_missing_or_of_no_such_value)
{
    put("{'TableName':'Flats','Item':null}",
        INVALID "1 validation error detected: Value null at 'item' failed to satisfy "
                "constraint: Member must not be null");
    get("{}", INVALID
        "2 validation errors detected: Value null at 'tableName' failed to satisfy "
        "constraint: Member must not be null; Value null at 'key' failed to satisfy "
        "constraint: Member must not be null");
    update("'ReturnValues':'ALL'",
           INVALID "1 validation error detected: Value 'ALL' at 'returnValues' failed to "
                   "satisfy constraint: Member must satisfy enum value set: [ALL_NEW, "
                   "UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]");
    put("{'TableName':'Flats','Item':{},'ReturnValues':'ALL_NEW'}",
        INVALID "ReturnValues can only be ALL_OLD or NONE");
    get("{'TableName':'ab','Key':{}}",
        INVALID "TableName must be at least 3 characters long and at most 255 characters "
                "long");
    get("{'TableName':'Flats','Keys':{}}",
        "States.Runtime: The field 'Keys' is not supported by Step Functions");
    get("{'TableName':'Flats','Key':[]}",
        "States.Runtime: The value for the field 'Key' must be an OBJECT");
    get("{'TableName':'Houses','Key':{'Id':{'S':'a'}}}",
        "ResourceNotFoundException: Requested resource not found");
}
END_TEST

START_TEST(keys_that_do_not_fit_the_schema)
{
    static const char *const keys[] = {"{}", "{'id':{'S':'a'}}", "{'Id':{'N':'1'}}",
                                       "{'Id':{'S':'a'},'x':{'S':'a'}}"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char request[200];
        snprintf(request, sizeof request, "{'TableName':'Flats','Key':%s}", keys[i]);
        get(request, INVALID "The provided key element does not match the schema");
    }
    put("{'TableName':'Flats','Item':{'id':{'S':'a'}}}",
        PARAMETERS "Missing the key Id in the item");
    put("{'TableName':'Flats','Item':{'Id':{'N':'1'}}}",
        PARAMETERS "Type mismatch for key Id expected: S actual: N");
    put("{'TableName':'Flats','Item':{'Id':{'S':''}}}", INVALID
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty string value. Key: Id");
    put("{'TableName':'Blobs','Item':{'Hash':{'B':''}}}", INVALID
        "One or more parameter values are not valid. The AttributeValue for a key "
        "attribute cannot contain an empty binary value. Key: Hash");
    update(
        "'UpdateExpression':'SET Id = :v','ExpressionAttributeValues':{':v':{'S':'b'}}",
        PARAMETERS "Cannot update attribute Id. This attribute is part of the key");
}
END_TEST

static void refuses_value(const char *value, const char *expected)
{
    char request[300];
    snprintf(request, sizeof request, "{'TableName':'Flats','Item':{'Id':%s}}", value);
    put(request, expected);
}

START_TEST(values_that_are_none)
{
    refuses_value("{}", INVALID "Supplied AttributeValue is empty, must contain exactly "
                                "one of the supported datatypes");
    refuses_value("{'S':'a','N':'1'}",
                  INVALID "Supplied AttributeValue has more than one datatypes set, must "
                          "contain exactly one of the supported datatypes");
    refuses_value("{'N':'one'}",
                  INVALID "The parameter cannot be converted to a numeric value: one");
    refuses_value("{'N':''}",
                  INVALID "The parameter cannot be converted to a numeric value");
    refuses_value("{'N':'1e126'}",
                  INVALID "Number overflow. Attempting to store a number with magnitude "
                          "larger than supported range");
    refuses_value("{'NULL':false}",
                  PARAMETERS "Null attribute value types must have the value of true");
    refuses_value("{'SS':[]}", PARAMETERS "An string set  may not be empty");
    refuses_value("{'SS':['b','a','b']}",
                  PARAMETERS "Input collection [b, a, b] contains duplicates.");
    refuses_value("{'NS':['1','1.0']}", INVALID "Input collection contains duplicates");
    refuses_value("{'N':1}",
                  "States.Runtime: The value for the field 'N' must be a STRING");
    refuses_value("'a'", "States.Runtime: The value of an attribute must be an OBJECT");
    refuses_value("{'B':'A'}",
                  "SerializationException: 'A' can not be converted to a Blob");
}
END_TEST

START_TEST(items_above_400_kilobytes)
{
    enum { SIZE = 409600 };
    char *request = need(malloc(SIZE + 200)), *text = need(malloc(SIZE + 1));
    memset(text, 'x', SIZE);
    text[SIZE - 4] = '\0'; /* with Id, a and v it is all that fits */
    snprintf(request, SIZE + 200,
             "{'TableName':'Flats','Item':{'Id':{'S':'a'},'v':{'S':'%s'}}}", text);
    put(request, "{}");
    snprintf(request, SIZE + 200,
             "{'TableName':'Flats','Item':{'Id':{'S':'ab'},'v':{'S':'%s'}}}", text);
    put(request, INVALID "Item size has exceeded the maximum allowed size");
    update("'UpdateExpression':'SET w = :w','ExpressionAttributeValues':{':w':{'S':''}}",
           INVALID "Item size to update has exceeded the maximum allowed size");
    free(request);
    free(text);
}
END_TEST

START_TEST(names_and_values_of_expressions)
{
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}},'ExpressionAttributeNames':{'#a':'"
        "b'}}",
        INVALID "ExpressionAttributeNames can only be specified when using expressions");
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}},"
        "'ExpressionAttributeValues':{':a':{'S':'b'}}}",
        INVALID "ExpressionAttributeValues can only be specified when using expressions: "
                "ConditionExpression is null");
    update("'UpdateExpression':'REMOVE x','ExpressionAttributeNames':{}",
           INVALID "ExpressionAttributeNames must not be empty");
    update("'UpdateExpression':'REMOVE x','ExpressionAttributeNames':{'a':'b'}", INVALID
           "ExpressionAttributeNames contains invalid key: Syntax error; key: \"a\"");
    update("'UpdateExpression':'REMOVE x','ExpressionAttributeValues':{':b':{}}",
           INVALID "ExpressionAttributeValues contains invalid value: Supplied "
                   "AttributeValue is empty, must contain exactly one of the supported "
                   "datatypes for key :b");
    update("'UpdateExpression':'REMOVE x','ExpressionAttributeNames':{'#a':'b','#c':'d'}",
           INVALID
           "Value provided in ExpressionAttributeNames unused in expressions: keys: "
           "{#a, #c}");
    update("'UpdateExpression':'SET x = :y','ExpressionAttributeValues':"
           "{':x':{'S':'a'},':y':{'S':'a'}}",
           INVALID "Value provided in ExpressionAttributeValues unused in expressions: "
                   "keys: {:x}");
    update("'UpdateExpression':'SET x = :y','AttributeUpdates':{},"
           "'ExpressionAttributeValues':{':y':{'S':'a'}}",
           INVALID
           "Can not use both expression and non-expression parameters in the same "
           "request: Non-expression parameters: {AttributeUpdates} Expression "
           "parameters: {UpdateExpression}");
}
END_TEST

START_TEST(actions_that_are_not_there)
{
    json_t *request = json_object(), *answer;
    char *error, *message;
    ck_assert_int_eq(
        asl_dynamodb_call(db, "query", request, &answer, &error, &message, NULL),
        ASL_EINVAL);
    json_decref(request);
}
END_TEST

/* ---- tasks that are given again ---- */

/* What a task of this token is answered for adding 1 to n. */
static json_int_t add_one(const char *token, bool again)
{
    json_t *request = kit_json("{'TableName':'Flats','Key':{'Id':{'S':'a'}},"
                               "'UpdateExpression':'ADD n :1','ReturnValues':'ALL_NEW',"
                               "'ExpressionAttributeValues':{':1':{'N':'1'}}}");
    struct asli_failure failure = {NULL, NULL};
    json_t *answer = NULL;
    ck_assert_int_eq(asli_dyn_act(db, ASLI_DYN_DO_UPDATE, request, token, again, &answer,
                                  &failure, NULL),
                     0);
    const json_t *n = json_object_get(json_object_get(answer, "Attributes"), "n");
    json_int_t number = atoll(json_string_value(json_object_get(n, "N")));
    json_decref(answer);
    json_decref(request);
    return number;
}

START_TEST(a_task_that_is_given_again_writes_once)
{
    ck_assert_int_eq(add_one("one", false), 1);
    ck_assert_int_eq(add_one("one", true), 1);
    ck_assert_int_eq(add_one("two", true), 2);
    ck_assert_int_eq(add_one("one", true), 1);
    ck_assert_int_eq(add_one("three", false), 3);
}
END_TEST

START_TEST(old_answers_are_forgotten)
{
    ck_assert_int_eq(add_one("first", false), 1);
    db->next_answer = ASLI_DYN_ANSWERS_KEPT;
    ck_assert_int_eq(add_one("second", false), 2);
    ck_assert_int_eq(add_one("second", true), 2);
    ck_assert_int_eq(add_one("first", true), 3);
}
END_TEST

/* ---- tables ---- */

START_TEST(tables_have_one_schema)
{
    asl_error error = {0};
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id=S", NULL, &error), 0);
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id=N", NULL, &error), ASL_EEXISTS);
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id", "At", NULL), ASL_EEXISTS);
    ck_assert_int_eq(asl_dynamodb_table(db, "ab", "Id", NULL, &error), ASL_EINVAL);
    ck_assert_int_eq(asl_dynamodb_table(db, "a b", "Id", NULL, &error), ASL_EINVAL);
    ck_assert_int_eq(asl_dynamodb_table(db, "abc", "", NULL, &error), ASL_EINVAL);
    ck_assert_int_eq(asl_dynamodb_table(db, "abc", "Id", "Id=N", &error), ASL_EINVAL);
}
END_TEST

static int count_item(void *arg, const json_t *item)
{
    int *count = arg;
    ck_assert_ptr_nonnull(json_object_get(item, "Id"));
    return ++*count == 2 ? 7 : 0;
}

START_TEST(a_scan_goes_through_one_table)
{
    int count = 0;
    put("{'TableName':'Log','Item':{'Day':{'N':'1'},'At':{'S':'x'}}}", "{}");
    put("{'TableName':'Flats','Item':{'Id':{'S':'a'}}}", "{}");
    ck_assert_int_eq(asl_dynamodb_scan(db, "Flats", count_item, &count, NULL), 0);
    put("{'TableName':'Flats','Item':{'Id':{'S':'b'}}}", "{}");
    put("{'TableName':'Flats','Item':{'Id':{'S':'c'}}}", "{}");
    count = 0;
    ck_assert_int_eq(asl_dynamodb_scan(db, "Flats", count_item, &count, NULL), 7);
    ck_assert_int_eq(asl_dynamodb_scan(db, "Houses", count_item, &count, NULL),
                     ASL_ENOTFOUND);
}
END_TEST

START_TEST(all_is_there_when_the_store_is_opened_again)
{
    char dir[256];
    asl_store *store = NULL;
    asl_error error = {0};
    ck_assert(tempdir_make(dir, sizeof dir));
    for (int round = 1; round <= 2; round++) {
        teardown();
        ck_assert_msg(asl_store_lmdb(dir, NULL, &store, &error) == 0, "%s", error.text);
        ck_assert_int_eq(asl_dynamodb_open(store, &db, &error), 0);
        if (round == 1)
            ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Id=S", NULL, &error), 0);
        ck_assert_int_eq(add_one("first", true), 1);
    }
    ck_assert_int_eq(add_one("second", true), 2);
    ck_assert_int_eq(asl_dynamodb_table(db, "Flats", "Key", NULL, NULL), ASL_EEXISTS);
    ck_assert_int_eq(asl_dynamodb_table(db, "Log", "Day=N", "At", NULL), 0);
    put("{'TableName':'Log','Item':{'Day':{'N':'1'},'At':{'S':'x'}}}", "{}");
    get("{'TableName':'Flats','Key':{'Id':{'S':'a'}}}",
        "{'Item':{'Id':{'S':'a'},'n':{'N':'2'}}}");
    asl_dynamodb_free(db);
    db = NULL;
    tempdir_remove(dir);
}
END_TEST

START_TEST(a_store_of_something_else_is_refused)
{
    asl_store *store;
    asl_dynamodb *tables;
    asl_op op = {ASL_OP_PUT, {"key", 3}, {"value", 5}};
    ck_assert_int_eq(asl_store_mem(&store, NULL), 0);
    ck_assert_int_eq(asl_store_apply(store, &(asl_batch){&op, 1}, NULL), 0);
    ck_assert_int_eq(asl_dynamodb_open(store, &tables, NULL), ASL_EFORMAT);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("dynamodb/action");
    TCase *tests = tcase_create("action");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, an_item_is_found_by_its_key);
    tcase_add_test(tests, all_types_come_back);
    tcase_add_test(tests, maps_are_shown_in_javas_order);
    tcase_add_test(tests, range_keys_and_equal_numbers_are_one_key);
    tcase_add_test(tests, delete_gives_what_was_there);
    tcase_add_test(tests, update_makes_an_item_that_is_missing);
    tcase_add_test(tests, return_values_of_updates);
    tcase_add_test(tests, consumed_capacity_is_told_when_asked);
    tcase_add_test(tests, a_condition_that_fails_changes_nothing);
    tcase_add_test(tests, of_all_who_race_for_an_item_one_wins);
    tcase_add_test(tests, members_that_are_missing_or_of_no_such_value);
    tcase_add_test(tests, keys_that_do_not_fit_the_schema);
    tcase_add_test(tests, values_that_are_none);
    tcase_add_test(tests, items_above_400_kilobytes);
    tcase_add_test(tests, names_and_values_of_expressions);
    tcase_add_test(tests, actions_that_are_not_there);
    tcase_add_test(tests, a_task_that_is_given_again_writes_once);
    tcase_add_test(tests, old_answers_are_forgotten);
    tcase_add_test(tests, tables_have_one_schema);
    tcase_add_test(tests, a_scan_goes_through_one_table);
    tcase_add_test(tests, all_is_there_when_the_store_is_opened_again);
    tcase_add_test(tests, a_store_of_something_else_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
