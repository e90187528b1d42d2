/* SPDX-License-Identifier: Apache-2.0
 *
 * AWS Lambda's side of lambda:invoke, see func_private.h.
 */
#include "providers/func_private.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "providers/sdk.h"

const char *asli_lambda_function(const char *function_name, size_t *ret_len)
{
    static const char mark[] = "function:";
    const char *at = strstr(function_name, mark);
    const char *name = at && (at == function_name || at[-1] == ':') ? at + sizeof mark - 1
                                                                    : function_name;
    *ret_len = strcspn(name, ":");
    return name;
}

/* ---- the answer ---- */

/* What AWS sends, in its order; without the Date and the trace id. */
#define HEADERS                                                                          \
    "{\"X-Amz-Executed-Version\":[\"$LATEST\"],"                                         \
    "\"x-amzn-Remapped-Content-Length\":[\"0\"],\"Connection\":[\"keep-alive\"],"        \
    "\"x-amzn-RequestId\":[\"%s\"],\"Content-Length\":[\"%zu\"],"                        \
    "\"Content-Type\":[\"application/json\"]}"

int asli_lambda_answer(json_t *take_payload, json_t *take_headers, int status,
                       const char *request_id, const char *log_result,
                       json_t **ret_answer, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *members = json_object();
    ASLI_AUTO(json) json_t *headers = take_headers;
    const json_t *version = asli_sdk_header(headers, "X-Amz-Executed-Version");
    if (json_object_set_new(members, "Payload", take_payload) ||
        json_object_set_new(members, "StatusCode", json_integer(status)) ||
        (version && json_object_set(members, "ExecutedVersion", (json_t *)version)) ||
        (log_result &&
         json_object_set_new(members, "LogResult", json_string(log_result))))
        return asli_oom(reterr);
    return asli_sdk_answer(members, json_incref(headers), status, request_id, ret_answer,
                           reterr);
}

static int answer(const asl_task *task, json_t *take_output, json_t **ret_answer,
                  asl_error *reterr)
{
    ASLI_AUTO(json) json_t *payload = take_output;
    ASLI_AUTO(text) char *text = NULL;
    json_t *headers = NULL;
    char id[37];
    size_t len;
    int rc = asli_json_text(payload, &text, &len, reterr);
    if (rc)
        return rc;
    asli_sdk_request_id(task, id);
    ASLI_AUTO(text) char *form = asli_printf(HEADERS, id, len);
    rc = form ? asli_json_read(form, strlen(form), &headers, reterr) : asli_oom(reterr);
    if (rc)
        return rc;
    return asli_lambda_answer(json_incref(payload), headers, 200, id, NULL, ret_answer,
                              reterr);
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
    ASLI_AUTO(text) char *message = asli_printf("Function not found: %s", arn);
    if (!message)
        return asli_oom(reterr);
    asli_sdk_request_id(task, id);
    const struct asli_sdk_exception exception = {.prefix = "Lambda",
                                                 .name = "ResourceNotFoundException",
                                                 .service = "AWSLambda",
                                                 .code = "ResourceNotFoundException",
                                                 .message = message,
                                                 .request_id = id,
                                                 .status = 404};
    return asli_sdk_fail(task, &exception, reterr);
}
