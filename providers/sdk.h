/* SPDX-License-Identifier: Apache-2.0
 *
 * What AWS's SDKs for Java put around the answers and errors of services: version 1 does the work of
 * optimized integrations (sqs:sendMessage), version 2 that of aws-sdk:SERVICE:ACTION.
 */
#ifndef ASLI_PROVIDERS_SDK_H
#define ASLI_PROVIDERS_SDK_H

#include <stdbool.h>

#include <asl.h>

/* The id of a task's request where no service gives one: made from the token, so that the same run
 * gives the same answers. */
void asli_sdk_request_id(const asl_task *task, char ret_id[37]);

/* The first value of a header, in whatever case its name came; NULL: there is none. */
const json_t *asli_sdk_header(const json_t *headers, const char *name);

/* Version 1's answer: `members` of the response and SdkHttpMetadata, SdkResponseMetadata, in the
 * order of their names. `take_headers`: NAME -> [VALUE, ...], as they came; NULL: out of memory. */
int asli_sdk_answer(const json_t *members, json_t *take_headers, int status,
                    const char *request_id, json_t **ret_answer, asl_error *reterr);

/* An exception of a service. */
struct asli_sdk_exception {
    bool v2;
    const char *prefix;  /* of the Error, such as "SQS" */
    const char *name;    /* the class, such as "QueueDoesNotExistException" */
    const char *service; /* as the Cause calls it, such as "AmazonSQS" */
    const char *code;    /* version 1: the service's own name for it */
    const char *message;
    const char *request_id;
    const char *extended_id; /* S3's; NULL: none */
    int status;
    bool
        attempts; /* version 2, as AWS answers since 2025: the Cause tells the attempts */
};

/* Fails the task with it. */
int asli_sdk_fail(asl_task *task, const struct asli_sdk_exception *exception,
                  asl_error *reterr);

#endif
