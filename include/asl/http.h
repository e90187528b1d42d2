/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/http.h: tasks done by services at URLs.
 *
 *     http:invoke                        any URL, with the connections given
 *     arn:aws:lambda:...:function:NAME   and lambda:invoke: a Lambda endpoint, as `sam local
 *                                        start-lambda` and emulators of AWS have one
 *     SERVICE:ACTION                     sqs:sendMessage, sns:publish, events:putEvents, dynamodb,
 *                                        states:startExecution and more
 *     aws-sdk:SERVICE:ACTION             services that speak JSON, and parts of S3, SNS and Lambda
 *
 * A service is served when it has an endpoint. Request Response and .waitForTaskToken are; what has
 * .sync is not claimed. Requests are signed (SigV4). Answers, Error names and Causes are those that
 * Step Functions makes of the services' responses.
 *
 * All requests of an engine run on one thread of their own, as many at once as is allowed; further
 * ones wait their turn. A task that is cancelled has its request aborted. After a crash a request may
 * be sent again, as any task. Nothing is sent twice otherwise: Retry is the definition's.
 */
#ifndef ASL_HTTP_H
#define ASL_HTTP_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asl_http_options {
    size_t size;
    unsigned max_requests;       /* at once; 0: 64 */
    unsigned connect_timeout_ms; /* 0: 10000 */
    unsigned timeout_ms; /* of a request, 0: 60000; a Lambda function has 15 minutes */
    size_t
        max_response; /* bytes of a response's body, 0: 6291456; above it the task fails with
                            States.DataLimitExceeded, as it does above the engine's max_payload */
    const char *region; /* that requests are signed for; NULL: the engine's */
    const char *access_key, *secret_key; /* NULL: "test", for services that do not care */
    const char *session_token;           /* NULL: none */
    const char *ca_file; /* certificates that HTTPS trusts, PEM; NULL: the system's */
    void *arg;
    /* What was said, for http:invoke: inspectionData's `request` and `response` of TestState
     * ({"protocol", "method", "url", "headers", "body"?}, {"protocol", "statusCode",
     * "statusMessage", "headers", "body"}; NULL: no response came). Before the task is completed, on
     * the thread of the requests. NULL: nobody asks. */
    void (*exchanged)(void *arg, const asl_task *task, const json_t *request,
                      const json_t *response);
} asl_http_options;

/* Lets an engine's tasks use HTTP, http:invoke at first; once for an engine. Providers added later
 * are asked before this one. `options` (NULL: all defaults) is copied. Errors: ASL_EEXISTS,
 * ASL_ENOMEM. */
ASL_API int asl_http_open(asl_engine *engine, const asl_http_options *options,
                          asl_error *reterr);

/* Where a service is: "lambda", "sqs", "events" or "eventbridge", ... and its URL, which begins with
 * http:// or https://. After asl_http_open; another URL replaces it. Errors: ASL_EINVAL (no such
 * URL, or a service that is not known: the text names those that are), ASL_ENOMEM. */
ASL_API int asl_http_endpoint(asl_engine *engine, const char *service, const char *url,
                              asl_error *reterr);

/* The connections of http:invoke: an object, name (as in the ARN) -> what EventBridge's
 * CreateConnection takes:
 *
 *     {"shop": {"AuthorizationType": "API_KEY", "AuthParameters": {"ApiKeyAuthParameters":
 *               {"ApiKeyName": "X-Key", "ApiKeyValue": "secret"}}}}
 *
 * BASIC and API_KEY are done, OAUTH_CLIENT_CREDENTIALS is not; InvocationHttpParameters are. Errors:
 * ASL_EJSON, ASL_EINVAL (not such an object: the text says where), ASL_ENOMEM. */
ASL_API int asl_http_connections(asl_engine *engine, const char *text, size_t len,
                                 asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
