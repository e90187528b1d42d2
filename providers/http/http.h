/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HTTP provider share. An integration is one exported const struct of its own
 * file, listed in http.c.
 */
#ifndef ASLI_HTTP_HTTP_H
#define ASLI_HTTP_HTTP_H

#include <asl/http.h>

#include "providers/http/transfer.h"

struct asli_http {
    struct asli_transfers *transfers;
    asl_http_options options; /* its texts are NULL, these are ours: */
    char *region, *credentials, *session_token, *ca_file;
    json_t *endpoints;   /* name of the service -> URL */
    json_t *connections; /* name -> connection */
};

struct asli_integration {
    /* May this resource be done with what is configured? */
    bool (*claims)(const struct asli_http *http, const asl_resource *resource);
    /* Fills the request; `finish` and what it needs too. 1 (ASLI_FAILED): the task was failed
     * instead. */
    int (*request)(const struct asli_http *http, struct asli_transfer *transfer,
                   asl_error *reterr);
};

extern const struct asli_integration asli_http_invoke, asli_http_lambda,
    asli_http_services;

/* NULL: that service has no endpoint. Borrowed. */
const char *asli_http_endpoint(const struct asli_http *http, const char *service);

/* Makes the URL: the service's endpoint without a '/' at its end, and the path. */
int asli_http_url(const struct asli_http *http, struct asli_transfer *transfer,
                  const char *service, const char *path, asl_error *reterr);
/* The request is to be signed for a service. */
int asli_http_sign(const struct asli_http *http, struct asli_transfer *transfer,
                   const char *service, asl_error *reterr);
/* The body, and its Content-Type unless that is NULL. */
int asli_http_body(struct asli_transfer *transfer, const char *data, size_t len,
                   const char *content_type, asl_error *reterr);

/* The first value of a header of the response, or NULL. */
const char *asli_http_header(const struct asli_transfer *transfer, const char *name);
/* The response's own request id, or one made of the token; `buf` has 37 bytes. */
const char *asli_http_request_id(const struct asli_transfer *transfer, char *buf);
/* The response's body as JSON; what is none: as a string, whatever is not UTF-8 replaced; none:
 * null. */
int asli_http_parse(const struct asli_transfer *transfer, json_t **ret_value,
                    asl_error *reterr);
/* The body as a text: valid UTF-8, whatever is not replaced. NULL: oom. */
char *asli_http_text(const struct asli_transfer *transfer);

/* The task's result, or, with .waitForTaskToken, what was submitted. NULL: oom. */
int asli_http_give(struct asli_transfer *transfer, json_t *take_output,
                   asl_error *reterr);
/* Fails the task of a transfer that got no response: "PREFIX.SdkClientException" and why. */
int asli_http_trouble(const struct asli_transfer *transfer, const char *prefix,
                      asl_error *reterr);
/* Fails it because the response was too large. */
int asli_http_too_large(const struct asli_transfer *transfer, asl_error *reterr);
/* Fails it before anything is sent: ASLI_FAILED, or an ASL_E code. */
int asli_http_refuse(asl_task *task, const char *error, asl_error *reterr,
                     const char *cause_format, ...) __attribute__((format(printf, 4, 5)));

/* trace.c: tells `exchanged` what was said. Out of memory it says nothing. */
void asli_http_tell(const struct asli_http *http, const struct asli_transfer *transfer);

/* Appends `text` as it may stand in a URL: all but letters, digits and "-_.~" escaped; those of
 * `also` stand as they are. */
void asli_http_escape(struct asli_bytes *out, const char *text, const char *also);

#endif
