/* SPDX-License-Identifier: Apache-2.0
 *
 * AWS Lambda's side of lambda:invoke, see func_private.h. Request ids are made from the task's
 * token: the same run gives the same answers.
 */
#include "providers/func_private.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"

const char *asli_lambda_function(const char *function_name, size_t *ret_len)
{
    static const char mark[] = "function:";
    const char *at = strstr(function_name, mark);
    const char *name = at && (at == function_name || at[-1] == ':') ? at + sizeof mark - 1
                                                                    : function_name;
    *ret_len = strcspn(name, ":");
    return name;
}

static void request_id(const asl_task *task, char id[37])
{
    const char *token = asl_task_token(task);
    size_t len = strlen(token);
    uint64_t halves[2] = {asli_hash(token, len), asli_hash(token, len / 2)};
    unsigned char bytes[16];
    memcpy(bytes, halves, sizeof bytes);
    asli_uuid_format(bytes, id);
}

/* ---- the answer ---- */

/* What AWS sends, in its order; without the Date and the trace id. */
#define ANSWER                                                                           \
    "{\"ExecutedVersion\":\"$LATEST\",\"Payload\":null,\"SdkHttpMetadata\":"             \
    "{\"AllHttpHeaders\":{\"X-Amz-Executed-Version\":[\"$LATEST\"],"                     \
    "\"x-amzn-Remapped-Content-Length\":[\"0\"],\"Connection\":[\"keep-alive\"],"        \
    "\"x-amzn-RequestId\":[\"%s\"],\"Content-Length\":[\"%zu\"],"                        \
    "\"Content-Type\":[\"application/json\"]},"                                          \
    "\"HttpHeaders\":{\"Connection\":\"keep-alive\",\"Content-Length\":\"%zu\","         \
    "\"Content-Type\":\"application/json\",\"X-Amz-Executed-Version\":\"$LATEST\","      \
    "\"x-amzn-Remapped-Content-Length\":\"0\",\"x-amzn-RequestId\":\"%s\"},"             \
    "\"HttpStatusCode\":200},\"SdkResponseMetadata\":{\"RequestId\":\"%s\"},"            \
    "\"StatusCode\":200}"

static int answer(const asl_task *task, json_t *take_output, json_t **ret_answer,
                  asl_error *reterr)
{
    ASLI_AUTO(json) json_t *payload = take_output;
    ASLI_AUTO(text) char *text = NULL;
    char id[37];
    size_t len;
    json_t *whole;
    int rc = asli_json_text(payload, &text, &len, reterr);
    if (rc)
        return rc;
    request_id(task, id);
    ASLI_AUTO(text) char *form = asli_printf(ANSWER, id, len, len, id, id);
    if (!form)
        return asli_oom(reterr);
    rc = asli_json_read(form, strlen(form), &whole, reterr);
    if (rc)
        return rc;
    if (json_object_set(whole, "Payload", payload)) { /* in its place: the key is there */
        json_decref(whole);
        return asli_oom(reterr);
    }
    *ret_answer = whole;
    return 0;
}

int asli_lambda_view(asl_task *task, const char *handler, asl_error *reterr)
{
    json_t *payload = json_object_get(asl_task_input(task), "Payload");
    payload = payload ? json_incref(payload)
                      : json_object(); /* AWS: an event without content */
    if (!payload)
        return asli_oom(reterr);
    return asl_task_set_view(task, handler, payload, answer, reterr);
}

/* ---- no such function ---- */

/* The ARN that AWS names: FunctionName's own, or one made of the execution's partition, region
 * and account (arn:PARTITION:states:REGION:ACCOUNT:execution:...). NULL: oom. */
static char *function_arn(const asl_task *task, const char *function_name)
{
    size_t len;
    const char *name = asli_lambda_function(function_name, &len);
    const char *qualifier =
        name[len] == ':' && name[len + 1] ? name + len + 1 : "$LATEST";
    if (strncmp(function_name, "arn:", 4) == 0)
        return asli_printf("%.*s:%s", (int)(name + len - function_name), function_name,
                           qualifier);
    const char *partition = asl_task_execution(task) + strlen("arn:");
    const char *service = partition + strcspn(partition, ":");
    const char *region = service + strlen(":states:");
    const char *account = region + strcspn(region, ":") + 1;
    return asli_printf("arn:%.*s:lambda:%.*s:%.*s:function:%.*s:%s",
                       (int)(service - partition), partition, (int)(account - 1 - region),
                       region, (int)strcspn(account, ":"), account, (int)len, name,
                       qualifier);
}

int asli_lambda_not_found(asl_task *task, asl_error *reterr)
{
    const json_t *function = json_object_get(asl_task_input(task), "FunctionName");
    ASLI_AUTO(text) char *arn = function_arn(task, json_string_value(function));
    char id[37];
    if (!arn)
        return asli_oom(reterr);
    request_id(task, id);
    ASLI_AUTO(text)
    char *cause = asli_printf(
        "Function not found: %s (Service: AWSLambda; Status Code: 404; Error Code: "
        "ResourceNotFoundException; Request ID: %s; Proxy: null)",
        arn, id);
    if (!cause)
        return asli_oom(reterr);
    return asl_task_fail(task, "Lambda.ResourceNotFoundException", cause, reterr);
}
