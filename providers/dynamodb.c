/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl/dynamodb.h: tasks of dynamodb:getItem and its like on tables in a store.
 *
 * The work is done on the host's workers, for a write waits until it is durable. What AWS puts
 * around DynamoDB's answers and errors is put here: it differs between dynamodb:, which is made
 * with version 1 of AWS's SDK for Java, and aws-sdk:dynamodb:, made with version 2. Request ids
 * are made from the task's token: the same run gives the same answers.
 */
#include <string.h>

#include <asl/provider.h>

#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "providers/dynamodb/action.h"
#include "providers/sdk.h"

#define SDK "aws-sdk:"
#define SERVICE "dynamodb:"

/* ---- a set of tables ---- */

static void unref(asl_dynamodb *db)
{
    if (!db || atomic_fetch_sub(&db->references, 1) > 1)
        return;
    asli_dyn_tables_done(db->tables);
    asl_store_free(db->store);
    pthread_mutex_destroy(&db->lock);
    asli_free(db);
}

int asl_dynamodb_open(asl_store *take_store, asl_dynamodb **ret_tables, asl_error *reterr)
{
    asl_store *store = take_store;
    int rc = store ? 0 : asl_store_mem(&store, reterr);
    asl_dynamodb *db = rc ? NULL : asli_alloc(sizeof *db);
    if (!db) {
        asl_store_free(store);
        return rc ? rc : asli_oom(reterr);
    }
    db->store = store;
    atomic_init(&db->references, 1);
    pthread_mutex_init(&db->lock, NULL);
    rc = asli_dyn_load(db, reterr);
    if (rc)
        unref(db);
    else
        *ret_tables = db;
    return rc;
}

void asl_dynamodb_free(asl_dynamodb *tables)
{
    unref(tables);
}

int asl_dynamodb_call(asl_dynamodb *tables, const char *action, const json_t *request,
                      json_t **ret_answer, char **ret_error, char **ret_message,
                      asl_error *reterr)
{
    enum asli_dyn_action known = asli_dyn_action_of_name(action);
    struct asli_failure failure = {NULL, NULL};
    json_t *answer = NULL;
    if (!known)
        return asl_error_set(reterr, ASL_EINVAL, "'%.80s' is no action of these tables",
                             action);
    int rc = asli_dyn_act(tables, known, request, NULL, false, &answer, &failure, reterr);
    if (rc < 0)
        return rc;
    *ret_answer = answer;
    *ret_error = failure.error; /* both NULL beside an answer */
    *ret_message = failure.cause;
    return 0;
}

/* ---- what AWS puts around it ---- */

enum { REQUEST_ID = 52 };

/* DynamoDB's ids are 52 letters and digits, the last 26 always the same. */
static void request_id(const asl_task *task, char id[REQUEST_ID + 1])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    const char *token = asl_task_token(task);
    size_t len = strlen(token);
    uint64_t halves[2] = {asli_hash(token, len), asli_hash(token, len / 2)};
    for (int i = 0; i < 26; i++) {
        id[i] = letters[halves[i & 1] & 31];
        halves[i & 1] >>= 5;
    }
    memcpy(id + 26, "VV4KQNSO5AEMVJF66Q9ASUAAJG", 27);
}

static uint32_t crc32_of(const char *text, size_t len)
{
    uint32_t crc = 0xFFFFFFFF;
    for (size_t i = 0; i < len; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320 & -(crc & 1));
    }
    return ~crc;
}

/* What AWS sends, in its order, but for the Date. */
#define HEADERS                                                                          \
    "{\"Server\":[\"Server\"],\"Connection\":[\"keep-alive\"],"                          \
    "\"x-amzn-RequestId\":[\"%s\"],\"x-amz-crc32\":[\"%u\"],"                            \
    "\"Content-Length\":[\"%zu\"],\"Content-Type\":[\"application/x-amz-json-1.0\"]}"

static int add_metadata(const asl_task *task, const json_t *members, json_t **ret_answer,
                        asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    json_t *headers = NULL;
    char id[REQUEST_ID + 1];
    size_t len;
    int rc = asli_json_text(members, &text, &len, reterr);
    if (rc)
        return rc;
    uint32_t crc = crc32_of(text, len);
    request_id(task, id);
    ASLI_AUTO(text) char *form = asli_printf(HEADERS, id, crc, len);
    rc = form ? asli_json_read(form, strlen(form), &headers, reterr) : asli_oom(reterr);
    return rc ? rc : asli_sdk_answer(members, headers, 200, id, ret_answer, reterr);
}

/* An exception that the SDK has no class for is the service's own. */
static const char *class_of(const char *exception, bool sdk)
{
    static const char *const unmodelled[] = {"ValidationException",
                                             "SerializationException"};
    for (size_t i = 0; i < sizeof unmodelled / sizeof *unmodelled; i++) {
        if (strcmp(exception, unmodelled[i]) == 0)
            return sdk ? "DynamoDbException" : "AmazonDynamoDBException";
    }
    return exception;
}

static int fail(asl_task *task, bool sdk, const char *exception, const char *message,
                asl_error *reterr)
{
    if (strcmp(exception, ASLI_DYN_RUNTIME) == 0)
        return asl_task_fail(task, exception, message, reterr);
    bool trouble = strcmp(exception, "InternalServerErrorException") == 0;
    char id[REQUEST_ID + 1];
    request_id(task, id);
    const struct asli_sdk_exception e = {
        .v2 = sdk,
        .prefix = sdk ? "DynamoDb" : "DynamoDB",
        .name = class_of(exception, sdk),
        .service = sdk ? "DynamoDb" : "AmazonDynamoDBv2",
        .code = trouble ? "InternalServerError" : exception,
        .message = message,
        .request_id = id,
        .status = trouble ? 500 : 400,
    };
    return asli_sdk_fail(task, &e, reterr);
}

/* ---- the provider ---- */

struct job {
    asl_task *task;   /* a provider's reference */
    asl_dynamodb *db; /* likewise */
    enum asli_dyn_action action;
    bool sdk;
};

static enum asli_dyn_action action_of(const asl_resource *resource, bool *ret_sdk)
{
    const char *name = asl_resource_name(resource);
    if (asl_resource_kind_of(resource) != ASL_RESOURCE_SERVICE ||
        asl_resource_pattern(resource) != ASL_PATTERN_REQUEST)
        return ASLI_DYN_DO_NOTHING;
    *ret_sdk = strncmp(name, SDK, strlen(SDK)) == 0;
    if (*ret_sdk)
        name += strlen(SDK);
    return strncmp(name, SERVICE, strlen(SERVICE)) == 0
               ? asli_dyn_action_of_name(name + strlen(SERVICE))
               : ASLI_DYN_DO_NOTHING;
}

static int claims(void *self, const asl_resource *resource)
{
    bool sdk;
    (void)self;
    return action_of(resource, &sdk) != ASLI_DYN_DO_NOTHING;
}

static void drop(void *arg)
{
    struct job *job = arg;
    asl_task_unref(job->task);
    unref(job->db);
    asli_free(job);
}

static int complete(const struct job *job, json_t *take_answer, asl_error *reterr)
{
    json_t *answer = take_answer;
    int rc = job->sdk ? 0 : add_metadata(job->task, take_answer, &answer, reterr);
    if (!job->sdk) /* before another thread has what is in it */
        json_decref(take_answer);
    return rc ? rc : asl_task_succeed(job->task, answer, reterr);
}

static int work(const struct job *job, asl_error *reterr)
{
    struct asli_failure failure = {NULL, NULL};
    json_t *answer = NULL;
    asl_error trouble = {0};
    int rc = asli_dyn_act(job->db, job->action, asl_task_input(job->task),
                          asl_task_token(job->task), asl_task_redelivered(job->task),
                          &answer, &failure, &trouble);
    if (rc == 0)
        rc = complete(job, answer, reterr);
    else if (rc == ASLI_FAILED)
        rc = fail(job->task, job->sdk, failure.error, failure.cause, reterr);
    else if (rc != ASL_ENOMEM)
        rc = fail(job->task, job->sdk, "InternalServerErrorException", trouble.text,
                  reterr);
    asli_failure_done(&failure);
    return rc;
}

static void run(void *arg)
{
    struct job *job = arg;
    if (!asl_task_cancelled(job->task))
        asl_task_returned(job->task, work(job, NULL));
    drop(job);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    asl_dynamodb *db = self;
    struct job *job = asli_alloc(sizeof *job);
    if (!job)
        return asli_oom(reterr);
    job->action = action_of(asl_task_resource_info(task), &job->sdk);
    job->task = asl_task_ref(task);
    job->db = db;
    atomic_fetch_add(&db->references, 1);
    int rc = asl_engine_submit(asl_task_engine(task), run, drop, job, reterr);
    if (rc)
        drop(job);
    return rc;
}

static void on_close(void *self)
{
    unref(self);
}

static const asl_provider_ops ops = {
    sizeof ops, "dynamodb", claims, start, NULL, on_close,
};

int asl_dynamodb_serve(asl_dynamodb *tables, asl_engine *engine, asl_error *reterr)
{
    atomic_fetch_add(&tables->references, 1);
    return asl_engine_add_provider(engine, &ops, tables, reterr);
}
