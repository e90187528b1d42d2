/* SPDX-License-Identifier: Apache-2.0
 *
 * Lambda at an endpoint: the function of an ARN, lambda:invoke, and aws-sdk:lambda:invoke.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "providers/func_private.h"
#include "providers/http/http.h"
#include "providers/sdk.h"

#define SERVICE "lambda"
#define TIMEOUT_MS (15 * 60000 + 10000) /* a function's longest, and the way */

enum manner { DIRECT, INVOKE, SDK_INVOKE };

static const char *const names[] = {
    [INVOKE] = "lambda:invoke",
    [SDK_INVOKE] = "aws-sdk:lambda:invoke",
};

/* What is it? -1: none of ours. */
static int manner_of(const asl_resource *resource)
{
    const char *name = asl_resource_name(resource);
    enum asl_pattern pattern = asl_resource_pattern(resource);
    if (asl_resource_kind_of(resource) == ASL_RESOURCE_LAMBDA)
        return DIRECT;
    if (asl_resource_kind_of(resource) != ASL_RESOURCE_SERVICE ||
        (pattern != ASL_PATTERN_REQUEST && pattern != ASL_PATTERN_TOKEN))
        return -1;
    return strcmp(name, names[INVOKE]) == 0       ? INVOKE
           : strcmp(name, names[SDK_INVOKE]) == 0 ? SDK_INVOKE
                                                  : -1;
}

static bool claims(const struct asli_http *http, const asl_resource *resource)
{
    return manner_of(resource) >= 0 && asli_http_endpoint(http, SERVICE);
}

/* ---- the response ---- */

/* The exceptions that Lambda's API has; others are only the service's. */
static const char *const modelled[] = {
    "CodeArtifactUserFailedException",
    "EC2AccessDeniedException",
    "EC2ThrottledException",
    "EC2UnexpectedException",
    "EFSIOException",
    "EFSMountConnectivityException",
    "EFSMountFailureException",
    "EFSMountTimeoutException",
    "ENILimitReachedException",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "InvalidRuntimeException",
    "InvalidSecurityGroupIDException",
    "InvalidSubnetIDException",
    "InvalidZipFileException",
    "KMSAccessDeniedException",
    "KMSDisabledException",
    "KMSInvalidStateException",
    "KMSNotFoundException",
    "RecursiveInvocationException",
    "RequestTooLargeException",
    "ResourceConflictException",
    "ResourceNotFoundException",
    "ResourceNotReadyException",
    "ServiceException",
    "SnapStartException",
    "SnapStartNotReadyException",
    "SnapStartTimeoutException",
    "SubnetIPAddressLimitReachedException",
    "TooManyRequestsException",
    "UnsupportedMediaTypeException",
};

static bool is_modelled(const char *code)
{
    for (size_t i = 0; i < sizeof modelled / sizeof *modelled; i++) {
        if (strcmp(modelled[i], code) == 0)
            return true;
    }
    return false;
}

/* What stands for a status when the endpoint names no exception. */
static const char *code_of_status(int status)
{
    return status == 404   ? "ResourceNotFoundException"
           : status == 403 ? "AccessDeniedException"
           : status == 413 ? "RequestTooLargeException"
           : status == 429 ? "TooManyRequestsException"
           : status >= 500 ? "ServiceException"
                           : "InvalidRequestContentException";
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int fail_service(const struct asli_transfer *t, bool sdk, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *body = NULL;
    char buf[37];
    int rc = asli_http_parse(t, &body, reterr);
    if (rc)
        return rc;
    const char *type = asli_http_header(t, "x-amzn-ErrorType");
    type = type ? type : text_of(body, "Type");
    ASLI_AUTO(text)
    char *code = type && strstr(type, "Exception")
                     ? asli_strndup(type, strcspn(type, ":"))
                     : asli_strdup(code_of_status(t->status));
    const char *message = text_of(body, "Message");
    message = message ? message : text_of(body, "message");
    if (!code)
        return asli_oom(reterr);
    const struct asli_sdk_exception e = {
        .v2 = sdk,
        .prefix = "Lambda",
        .name = is_modelled(code) ? code
                : sdk             ? "LambdaException"
                                  : "AWSLambdaException",
        .service = sdk ? "Lambda" : "AWSLambda",
        .code = code,
        .message = message                ? message
                   : json_is_string(body) ? json_string_value(body)
                                          : "null",
        .request_id = asli_http_request_id(t, buf),
        .status = t->status,
        .attempts = true,
    };
    return asli_sdk_fail(t->task, &e, reterr);
}

/* The function failed: the Error is its errorType, the Cause all that it said. */
static int fail_function(const struct asli_transfer *t, const json_t *payload,
                         asl_error *reterr)
{
    const char *type = text_of(payload, "errorType");
    ASLI_AUTO(text) char *text = asli_http_text(t);
    if (!text)
        return asli_oom(reterr);
    if (type)
        return asl_task_fail(t->task, type, text, reterr);
    ASLI_AUTO(text)
    char *cause = asli_printf("The cause could not be determined because Lambda did not "
                              "return an error type. Returned payload: %s",
                              text);
    return cause ? asl_task_fail(t->task, "Lambda.Unknown", cause, reterr)
                 : asli_oom(reterr);
}

/* lambda:invoke's answer; an event that was only queued has an empty Payload. */
static int give_invoke(struct asli_transfer *t, json_t *take_payload, asl_error *reterr)
{
    json_t *payload = take_payload, *answer;
    char buf[37];
    if (!t->response.len) {
        json_decref(payload);
        payload = json_string("");
    }
    int rc = asli_lambda_answer(payload, json_incref(t->answered), t->status,
                                asli_http_request_id(t, buf),
                                asli_http_header(t, "X-Amz-Log-Result"), &answer, reterr);
    return rc ? rc : asli_http_give(t, answer, reterr);
}

static int put_header(json_t *to, const char *key, const struct asli_transfer *t,
                      const char *header)
{
    const char *text = asli_http_header(t, header);
    return text ? json_object_set_new(to, key, json_string(text)) : 0;
}

/* The SDK's: the Payload is a text, and a function's error no failure. */
static int give_sdk(struct asli_transfer *t, asl_error *reterr)
{
    ASLI_AUTO(text) char *payload = asli_http_text(t);
    ASLI_AUTO(json) json_t *answer = json_object();
    if (!payload || put_header(answer, "ExecutedVersion", t, "X-Amz-Executed-Version") ||
        put_header(answer, "FunctionError", t, "X-Amz-Function-Error") ||
        put_header(answer, "LogResult", t, "X-Amz-Log-Result") ||
        json_object_set_new(answer, "Payload", json_string(payload)) ||
        json_object_set_new(answer, "StatusCode", json_integer(t->status)))
        return asli_oom(reterr);
    return asli_http_give(t, json_incref(answer), reterr);
}

static int finish(struct asli_transfer *t, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *payload = NULL;
    int manner = manner_of(asl_task_resource_info(t->task));
    if (t->code)
        return asli_http_trouble(t, "Lambda", reterr);
    if (t->status < 200 || t->status >= 300)
        return fail_service(t, manner == SDK_INVOKE, reterr);
    if (manner == SDK_INVOKE)
        return give_sdk(t, reterr);
    int rc = asli_http_parse(t, &payload, reterr);
    if (rc)
        return rc;
    if (asli_http_header(t, "X-Amz-Function-Error"))
        return fail_function(t, payload, reterr);
    if (manner == INVOKE)
        return give_invoke(t, json_incref(payload), reterr);
    return asli_http_give(t, json_incref(payload), reterr);
}

/* ---- the request ---- */

/* Members of the request that are headers. */
static int add_headers(struct asli_transfer *t, const json_t *input, asl_error *reterr)
{
    static const struct {
        const char *member, *header;
    } rows[] = {
        {"ClientContext", "X-Amz-Client-Context"},
        {"InvocationType", "X-Amz-Invocation-Type"},
        {"LogType", "X-Amz-Log-Type"},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof rows / sizeof *rows; i++) {
        const char *text = text_of(input, rows[i].member);
        if (text)
            rc = asli_transfer_header(t, rows[i].header, text, reterr);
    }
    return rc;
}

/* Endpoints know functions by their own name; the rest of an ARN says nothing to them. */
static int set_url(const struct asli_http *http, struct asli_transfer *t,
                   const char *function, const char *qualifier, asl_error *reterr)
{
    struct asli_bytes path = {0};
    size_t len;
    const char *name = asli_lambda_function(function, &len);
    ASLI_AUTO(text) char *own = asli_strndup(name, len);
    if (!own)
        return asli_oom(reterr);
    if (!qualifier && name[len] == ':' && name[len + 1])
        qualifier = name + len + 1;
    asli_bytes_adds(&path, "/2015-03-31/functions/");
    asli_http_escape(&path, own, "");
    asli_bytes_adds(&path, "/invocations");
    if (qualifier) {
        asli_bytes_adds(&path, "?Qualifier=");
        asli_http_escape(&path, qualifier, "");
    }
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&path);
    return text ? asli_http_url(http, t, SERVICE, text, reterr) : asli_oom(reterr);
}

/* The SDK's Payload is a text of JSON, or JSON. */
static int set_payload(struct asli_transfer *t, const json_t *payload, bool sdk,
                       asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 2;
    if (sdk && json_is_string(payload))
        return asli_http_body(t, json_string_value(payload), json_string_length(payload),
                              "application/json", reterr);
    int rc = payload ? asli_json_text(payload, &text, &len, reterr) : 0;
    return rc ? rc
              : asli_http_body(t, text ? text : "{}", len, "application/json", reterr);
}

static int request(const struct asli_http *http, struct asli_transfer *t,
                   asl_error *reterr)
{
    const json_t *input = asl_task_input(t->task), *payload = input;
    const asl_resource *resource = asl_task_resource_info(t->task);
    const char *function = asl_resource_text(resource), *qualifier = NULL;
    int rc = 0, manner = manner_of(resource);
    if (manner != DIRECT) {
        function = text_of(input, "FunctionName");
        qualifier = text_of(input, "Qualifier");
        payload = json_object_get(input, "Payload");
        if (!function)
            return asli_http_refuse(
                t->task, "States.Runtime", reterr,
                "The field 'FunctionName' is required but was missing");
        rc = add_headers(t, input, reterr);
    }
    t->method = "POST";
    t->timeout_ms = TIMEOUT_MS;
    t->finish = finish;
    if (!rc)
        rc = set_url(http, t, function, qualifier, reterr);
    if (!rc)
        rc = set_payload(t, payload, manner == SDK_INVOKE, reterr);
    return rc ? rc : asli_http_sign(http, t, SERVICE, reterr);
}

const struct asli_integration asli_http_lambda = {claims, request};
