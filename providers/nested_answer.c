/* SPDX-License-Identifier: Apache-2.0
 *
 * The answers of startExecution, as recorded from AWS; see nested_private.h. Times are
 * milliseconds, in the AWS SDK's answer ISO 8601.
 */
#include "providers/nested_private.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "providers/activity_private.h"
#include "providers/sdk.h"

void asli_nested_id(const asl_task *task, char ret_id[37])
{
    const char *token = asl_task_token(task);
    size_t len = strlen(token);
    uint64_t halves[2] = {asli_hash(token, len), asli_hash(token, len / 2 + 1)};
    unsigned char bytes[16];
    memcpy(bytes, halves, sizeof bytes);
    asli_uuid_format(bytes, ret_id);
}

bool asli_nested_is_sdk(const asl_task *task)
{
    return strncmp(asl_resource_name(asl_task_resource_info(task)), "aws-sdk:", 8) == 0;
}

static const char *text(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* "Fri, 28 Jun 2024 10:00:00 GMT", in any locale. */
static void http_date(int64_t ms, char buf[40])
{
    static const char days[] = "SunMonTueWedThuFriSat",
                      months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t seconds = (time_t)(ms / 1000);
    struct tm t;
    gmtime_r(&seconds, &t);
    snprintf(buf, 40, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT", days + 3 * t.tm_wday,
             t.tm_mday, months + 3 * t.tm_mon, t.tm_year + 1900, t.tm_hour, t.tm_min,
             t.tm_sec);
}

/* ---- StartExecution ---- */

#define SDK_ANSWER "{\"ExecutionArn\":\"%s\",\"StartDate\":\"%s\"}"
#define ANSWER "{\"ExecutionArn\":\"%s\",\"StartDate\":%" PRId64 "}"
/* What AWS sends, in its order. */
#define HEADERS                                                                          \
    "{\"x-amzn-RequestId\":[\"%s\"],\"connection\":[\"keep-alive\"],"                    \
    "\"Content-Length\":[\"%d\"],\"Date\":[\"%s\"],"                                     \
    "\"Content-Type\":[\"application/x-amz-json-1.0\"]}"
/* The body of AWS's response, which it counts. */
#define BODY "{\"executionArn\":\"%s\",\"startDate\":1.000000000000E9}"

static int read_form(const char *form_or_null, json_t **ret_value, asl_error *reterr)
{
    return form_or_null
               ? asli_json_read(form_or_null, strlen(form_or_null), ret_value, reterr)
               : asli_oom(reterr);
}

static int sdk_started(const char *arn, int64_t ms, json_t **ret_answer,
                       asl_error *reterr)
{
    char date[40];
    asli_time_format(ms, date);
    ASLI_AUTO(text) char *answer = asli_printf(SDK_ANSWER, arn, date);
    return read_form(answer, ret_answer, reterr);
}

int asli_nested_started(const asl_task *task, const json_t *description,
                        json_t **ret_answer, asl_error *reterr)
{
    const char *arn = text(description, "executionArn");
    int64_t ms = asli_recall_ms(description, "startDate");
    ASLI_AUTO(json) json_t *members = NULL;
    json_t *headers = NULL;
    char id[37], date[40];
    if (asli_nested_is_sdk(task))
        return sdk_started(arn, ms, ret_answer, reterr);
    asli_nested_id(task, id);
    http_date(ms, date);
    ASLI_AUTO(text) char *answer = asli_printf(ANSWER, arn, ms);
    ASLI_AUTO(text)
    char *form = asli_printf(HEADERS, id, snprintf(NULL, 0, BODY, arn), date);
    int rc = read_form(answer, &members, reterr);
    if (!rc)
        rc = read_form(form, &headers, reterr);
    return rc ? rc : asli_sdk_answer(members, headers, 200, id, ret_answer, reterr);
}

/* ---- its end ---- */

/* Copies what the description has; the order is the answer's. */
static int copy(json_t *to, const char *name, const json_t *from, const char *key)
{
    json_t *value = json_object_get(from, key);
    return value ? json_object_set(to, name, value) : 0;
}

static int put_date(json_t *to, const char *name, const json_t *from, const char *key)
{
    return json_object_set_new(to, name, json_integer(asli_recall_ms(from, key)));
}

/* A payload and its details; `parse`: as JSON, not as text. */
static int put_payload(json_t *to, const char *name, const char *details,
                       const json_t *from, const char *key, bool parse)
{
    const json_t *payload = json_object_get(from, key);
    json_t *value = NULL;
    if (!payload)
        return 0;
    if (!parse)
        value = json_string(json_string_value(payload));
    else if (asli_json_read(json_string_value(payload), json_string_length(payload),
                            &value, NULL))
        return -1;
    ASLI_AUTO(json) json_t *included = json_object();
    if (json_object_set_new(to, name, value) || !included ||
        json_object_set_new(included, "Included", json_true()))
        return -1;
    return json_object_set(to, details, included);
}

int asli_nested_ended(const asl_task *task, const json_t *description,
                      json_t **ret_answer, asl_error *reterr)
{
    const json_t *d = description;
    bool parse =
        asl_resource_pattern(asl_task_resource_info(task)) == ASL_PATTERN_SYNC2 &&
        json_object_get(d, "output");
    ASLI_AUTO(json) json_t *a = json_object();
    if (!a || copy(a, "Cause", d, "cause") || copy(a, "Error", d, "error") ||
        copy(a, "ExecutionArn", d, "executionArn") ||
        put_payload(a, "Input", "InputDetails", d, "input", parse) ||
        copy(a, "Name", d, "name") ||
        put_payload(a, "Output", "OutputDetails", d, "output", parse) ||
        put_date(a, "StartDate", d, "startDate") ||
        copy(a, "StateMachineArn", d, "stateMachineArn") ||
        copy(a, "Status", d, "status") || put_date(a, "StopDate", d, "stopDate"))
        return asli_oom(reterr);
    *ret_answer = json_incref(a);
    return 0;
}

/* ---- errors ---- */

int asli_nested_refuse(asl_task *task, const char *code, const char *take_message,
                       asl_error *reterr)
{
    bool sdk = asli_nested_is_sdk(task);
    char id[37];
    asli_nested_id(task, id);
    ASLI_AUTO(text) char *message = (char *)take_message;
    ASLI_AUTO(text) char *name = asli_printf("%sException", code);
    const struct asli_sdk_exception exception = {
        .v2 = sdk,
        .prefix = sdk ? "Sfn" : "StepFunctions",
        .name = name,
        .service = sdk ? "Sfn" : "AWSStepFunctions",
        .code = code,
        .message = message,
        .request_id = id,
        .status = 400,
        .attempts = true,
    };
    return name && message ? asli_sdk_fail(task, &exception, reterr) : asli_oom(reterr);
}
