/* SPDX-License-Identifier: Apache-2.0
 *
 * A Task's Resource string, taken apart once (asl-reference 8.2; include/asl/provider.h).
 */
#ifndef ASLI_RESOURCE_H
#define ASLI_RESOURCE_H

#include <stdbool.h>

#include <asl/provider.h>

struct asl_resource {
    char *text; /* as written */
    char *
        name; /* handler name: LAMBDA, HANDLER, ACTIVITY: NAME (without qualifier); SERVICE:
                   "sqs:sendMessage", "aws-sdk:dynamodb:putItem" */
    enum asl_resource_kind kind;
    enum asl_pattern pattern;
    char *
        type; /* SERVICE: resourceType of Task* events: "sqs", "aws-sdk:dynamodb"; else NULL */
    char *action; /* SERVICE: resource of Task* events: "sendMessage.waitForTaskToken" */
    const char *state, *machine; /* names of whose it is, borrowed; NULL in tests */
    const char *revision;        /* of that machine, borrowed; NULL: none */
    const json_t *parameters;    /* borrowed from the machine's tree; NULL: none */
};

/* Errors: ASL_EDEFINITION (reterr->text is AWS's sentence: "Value is not a valid resource ARN" for
 * what is no ARN, else "The resource provided X is not recognized. The value is not a valid
 * resource ARN, or the resource is not available in this region."), ASL_ENOMEM. A text holding an unresolved ${Name} is taken as
 * HANDLER with that text as its name, so that definitions with substitutions can be inspected. */
int asli_resource_parse(const char *text, const json_t *parameters,
                        struct asl_resource **ret_resource, asl_error *reterr);
void asli_resource_free(struct asl_resource *resource);
/* 0: AWS has no such thing: handler:NAME, or a service's action that is no integration. */
bool asli_resource_is_aws(const struct asl_resource *resource);

#endif
