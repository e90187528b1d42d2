/* SPDX-License-Identifier: Apache-2.0
 *
 * Services that speak AWS JSON 1.0 and 1.1: POST /, X-Amz-Target, and JSON both ways.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "providers/http/service.h"

static int request(const struct asli_http *http, struct asli_transfer *t,
                   const struct asli_call *call, asl_error *reterr)
{
    const struct asli_service *s = call->service;
    ASLI_AUTO(json) json_t *members = NULL;
    ASLI_AUTO(text) char *text = NULL;
    ASLI_AUTO(text) char *action = asli_names_action(call);
    ASLI_AUTO(text)
    char *target = action ? asli_printf("%s.%s", s->target, action) : NULL;
    ASLI_AUTO(text) char *type = asli_printf("application/x-amz-json-%s", s->version);
    size_t len;
    if (!target || !type)
        return asli_oom(reterr);
    t->method = "POST";
    int rc = asli_names_request(call, asl_task_input(t->task), &members, reterr);
    if (!rc)
        rc = asli_json_text(members, &text, &len, reterr);
    if (!rc)
        rc = asli_http_url(http, t, s->name, "/", reterr);
    if (!rc)
        rc = asli_http_body(t, text, len, type, reterr);
    return rc ? rc : asli_transfer_header(t, "X-Amz-Target", target, reterr);
}

static int answer(const struct asli_transfer *t, const struct asli_call *call,
                  json_t **ret_members, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *body = NULL;
    int rc = asli_http_parse(t, &body, reterr);
    if (rc)
        return rc;
    if (json_is_object(body))
        return asli_names_answer(call, body, ret_members, reterr);
    *ret_members = json_object();
    return *ret_members ? 0 : asli_oom(reterr);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://..." -> its name. */
static char *bare_code(const char *type)
{
    const char *hash = strchr(type, '#');
    type = hash ? hash + 1 : type;
    return asli_strndup(type, strcspn(type, ":"));
}

static int error(const struct asli_transfer *t, struct asli_service_error *ret_error,
                 asl_error *reterr)
{
    ASLI_AUTO(json) json_t *body = NULL;
    int rc = asli_http_parse(t, &body, reterr);
    if (rc)
        return rc;
    const char *type = asli_http_header(t, "x-amzn-ErrorType");
    const char *query = asli_http_header(t, "x-amzn-query-error");
    type = type ? type : text_of(body, "__type");
    type = type ? type : text_of(body, "code");
    const char *message = text_of(body, "message");
    message = message ? message : text_of(body, "Message");
    message = message || !json_is_string(body) ? message : json_string_value(body);
    ret_error->code = type ? bare_code(type) : NULL;
    ret_error->own_code = query ? asli_strndup(query, strcspn(query, ";")) : NULL;
    ret_error->message = asli_strdup(message);
    return (type && !ret_error->code) || (query && !ret_error->own_code) ||
                   (message && !ret_error->message)
               ? asli_oom(reterr)
               : 0;
}

const struct asli_protocol asli_protocol_json = {request, answer, error, NULL};
