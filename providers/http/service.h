/* SPDX-License-Identifier: Apache-2.0
 *
 * Services of AWS as the HTTP provider knows them: how each is spoken to, and how Step Functions
 * calls its members and errors.
 *
 * A service's own names of members differ from those in states: there they begin with a large
 * letter. Which members are maps (whose keys are data), times, bytes or texts that hold JSON is told
 * by name, for the whole service.
 */
#ifndef ASLI_HTTP_SERVICE_H
#define ASLI_HTTP_SERVICE_H

#include <stdbool.h>

#include "providers/http/http.h"

struct asli_call; /* one request of a service */

/* How a response that is an error reads. Texts are owned. */
struct asli_service_error {
    char *code, *message;
    char *own_code; /* as the Cause of version 1 calls it; NULL: code */
};

struct asli_protocol {
    /* Fills the request: method, URL, headers and body. May refuse (ASLI_FAILED). */
    int (*request)(const struct asli_http *http, struct asli_transfer *transfer,
                   const struct asli_call *call, asl_error *reterr);
    /* The members of a response that is no error. New. */
    int (*answer)(const struct asli_transfer *transfer, const struct asli_call *call,
                  json_t **ret_members, asl_error *reterr);
    int (*error)(const struct asli_transfer *transfer, struct asli_service_error *error,
                 asl_error *reterr);
    /* Actions, each between blanks; NULL: whatever there is. */
    const char *actions;
};

struct asli_service {
    const char *name;    /* aws-sdk:NAME */
    const char *prefix;  /* of its errors in aws-sdk */
    const char *signing; /* its name in signatures */
    const struct asli_protocol *protocol;
    const char *target, *version; /* JSON: of X-Amz-Target and of the content type */
    bool small;                   /* its members begin with a small letter */
    /* Lists of its own names, each between blanks. */
    const char *maps, *times, *bytes, *texts;
    const char *odd;      /* those that Java writes in another way: "KMSKeyId" */
    const char *modelled; /* common exceptions that it has as its own */
};

/* An optimized integration. */
struct asli_optimized {
    const char *name;    /* NAME:ACTION */
    const char *service; /* an asli_service's name */
    const char *prefix;  /* of its errors */
    const char *called;  /* in Causes */
    const char *base;    /* the exception of the service as such */
    const char *actions; /* each between blanks */
    bool bare;           /* its answers are without metadata */
};

struct asli_call {
    const struct asli_service *service;
    const struct asli_optimized *optimized; /* NULL: aws-sdk */
    const char *action;                     /* as in the resource: "sendMessage" */
};

extern const struct asli_protocol asli_protocol_json, asli_protocol_query,
    asli_protocol_s3;

/* service.c: is `word` in a list? */
bool asli_service_has(const char *list, const char *word);
/* The name of the service that an endpoint is given for ("events" is "eventbridge"); NULL: none. */
const char *asli_service_name(const char *given);
/* All of them, for messages. NULL: oom. */
char *asli_service_list(void);

/* names.c: a request's members by the service's own names, and a response's by those in states. */
int asli_names_request(const struct asli_call *call, const json_t *input,
                       json_t **ret_request, asl_error *reterr);
int asli_names_answer(const struct asli_call *call, const json_t *response,
                      json_t **ret_answer, asl_error *reterr);
/* The action, with a large letter. NULL: oom. */
char *asli_names_action(const struct asli_call *call);

/* connection.c: is it what asl_http_connections takes? */
int asli_connections_check(const json_t *connections, asl_error *reterr);

#endif
