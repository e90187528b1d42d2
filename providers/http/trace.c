/* SPDX-License-Identifier: Apache-2.0
 *
 * What was said by HTTP, as TestState's inspection level TRACE shows it.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "providers/http/http.h"

/* "[Name: value, Other: a, Other: b]" */
static json_t *header_text(json_t *headers)
{
    struct asli_bytes text = {0};
    const char *name;
    json_t *value, *one;
    size_t i;
    asli_bytes_addc(&text, '[');
    json_object_foreach(headers, name, value)
    {
        if (json_is_string(value))
            asli_bytes_addf(&text, "%s%s: %s", text.len > 1 ? ", " : "", name,
                            json_string_value(value));
        json_array_foreach(value, i, one)
        {
            asli_bytes_addf(&text, "%s%s: %s", text.len > 1 ? ", " : "", name,
                            json_string_value(one));
        }
    }
    asli_bytes_addc(&text, ']');
    ASLI_AUTO(text) char *whole = asli_bytes_take_text(&text);
    return whole ? json_string(whole) : NULL;
}

static json_t *protocol(const struct asli_transfer *t)
{
    return json_stringn(t->url, strcspn(t->url, ":"));
}

static json_t *request_of(const struct asli_transfer *t)
{
    json_t *request = json_object();
    if (json_object_set_new(request, "protocol", protocol(t)) == 0 &&
        json_object_set_new(request, "method", json_string(t->method)) == 0 &&
        json_object_set_new(request, "url", json_string(t->url)) == 0 &&
        json_object_set_new(request, "headers", header_text(t->headers)) == 0 &&
        (!t->body.len ||
         json_object_set_new(request, "body", json_stringn(t->body.data, t->body.len)) ==
             0))
        return request;
    json_decref(request);
    return NULL;
}

static json_t *response_of(const struct asli_transfer *t)
{
    ASLI_AUTO(text) char *status = asli_printf("%d", t->status);
    ASLI_AUTO(text) char *body = asli_http_text(t);
    json_t *response = json_object();
    if (status && body && json_object_set_new(response, "protocol", protocol(t)) == 0 &&
        json_object_set_new(response, "statusCode", json_string(status)) == 0 &&
        json_object_set_new(response, "statusMessage", json_string(t->reason)) == 0 &&
        json_object_set_new(response, "headers", header_text(t->answered)) == 0 &&
        json_object_set_new(response, "body", json_string(body)) == 0)
        return response;
    json_decref(response);
    return NULL;
}

void asli_http_tell(const struct asli_http *http, const struct asli_transfer *transfer)
{
    if (!http->options.exchanged)
        return;
    ASLI_AUTO(json) json_t *request = request_of(transfer);
    ASLI_AUTO(json) json_t *response = transfer->code ? NULL : response_of(transfer);
    if (request)
        http->options.exchanged(http->options.arg, transfer->task, request, response);
}
