/* SPDX-License-Identifier: Apache-2.0
 *
 * http:invoke: any URL. What the connection adds goes over what the task says.
 */
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"
#include "providers/http/connection.h"
#include "providers/http/form.h"
#include "providers/http/http.h"

#define RUNTIME "States.Runtime"

static bool claims(const struct asli_http *http, const asl_resource *resource)
{
    (void)http;
    return asl_resource_kind_of(resource) == ASL_RESOURCE_SERVICE &&
           asl_resource_pattern(resource) == ASL_PATTERN_REQUEST &&
           strcmp(asl_resource_name(resource), "http:invoke") == 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- the response ---- */

/* Step Functions takes texts only. */
static bool is_binary(const struct asli_transfer *t)
{
    static const char *const types[] = {"application/octet-stream", "image/", "video/",
                                        "audio/"};
    const char *type = asli_http_header(t, "Content-Type");
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++) {
        if (strncasecmp(type, types[i], strlen(types[i])) == 0)
            return true;
    }
    return t->response.len &&
           asli_utf8_check(t->response.data, t->response.data + t->response.len);
}

static int fail_status(const struct asli_transfer *t, asl_error *reterr)
{
    ASLI_AUTO(text) char *error = asli_printf("States.Http.StatusCode.%d", t->status);
    ASLI_AUTO(text) char *cause = asli_http_text(t);
    if (!error || !cause)
        return asli_oom(reterr);
    return asl_task_fail(t->task, error, *cause ? cause : t->reason, reterr);
}

static int give(struct asli_transfer *t, asl_error *reterr)
{
    json_t *body = NULL, *output = json_object();
    int rc = asli_http_parse(t, &body, reterr);
    int failed = json_object_set(output, "Headers", t->answered);
    failed |= json_object_set_new(output, "ResponseBody", body);
    failed |= json_object_set_new(output, "StatusCode", json_integer(t->status));
    failed |= json_object_set_new(output, "StatusText", json_string(t->reason));
    if (failed && !rc)
        rc = asli_oom(reterr);
    if (!rc)
        return asli_http_give(t, output, reterr);
    json_decref(output);
    return rc;
}

static int finish(struct asli_transfer *t, asl_error *reterr)
{
    asli_http_tell(t->http, t);
    if (t->code == ASLI_TRANSFER_TOO_LARGE)
        return asli_http_too_large(t, reterr);
    if (t->code)
        return asl_task_fail(t->task, "States.Http.Socket", t->trouble, reterr);
    if (t->status < 200 || t->status >= 300)
        return fail_status(t, reterr);
    if (is_binary(t))
        return asl_task_fail(t->task, RUNTIME,
                             "The response is no text: HTTP Task supports no binary data",
                             reterr);
    return give(t, reterr);
}

/* ---- the request ---- */

/* Headers that a task may not set; what ends with '-' is the beginning of some. */
static const char *const forbidden[] = {
    "A-IM",
    "Accept-Charset",
    "Accept-Datetime",
    "Accept-Encoding",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Encoding",
    "Content-MD5",
    "Date",
    "Expect",
    "Forwarded",
    "From",
    "Host",
    "HTTP2-Settings",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Max-Forwards",
    "Origin",
    "Pragma",
    "Proxy-Authorization",
    "Referer",
    "Server",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
    "Via",
    "Warning",
    "x-forwarded-",
    "x-amz-",
    "x-amzn-",
};

static bool is_forbidden(const char *name)
{
    for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++) {
        size_t len = strlen(forbidden[i]);
        bool all = forbidden[i][len - 1] != '-'; /* and its end */
        if (strncasecmp(forbidden[i], name, len + all) == 0)
            return true;
    }
    return false;
}

/* Sets a header, over one of the same name in other letters. What another thread is to have is
 * copied. */
static int put_header(json_t *headers, const char *name, const json_t *value)
{
    const char *key;
    json_t *old;
    json_object_foreach(headers, key, old)
    {
        if (strcasecmp(key, name) == 0)
            return json_object_set_new(headers, key, json_deep_copy(value));
    }
    return json_object_set_new(headers, name, json_deep_copy(value));
}

/* Nothing in it may end the line. */
static bool is_line(const json_t *value)
{
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) && !strpbrk(text, "\r\n");
}

static bool is_header(const char *name, const json_t *value)
{
    json_t *one;
    size_t i;
    bool ok =
        *name && !strpbrk(name, ":\r\n \t") && (json_is_array(value) || is_line(value));
    json_array_foreach((json_t *)value, i, one)
    {
        ok = ok && is_line(one);
    }
    return ok;
}

static int add_headers(struct asli_transfer *t, const json_t *given, const json_t *added,
                       asl_error *reterr)
{
    const char *name;
    json_t *value;
    bool oom = false;
    if (given && !json_is_object(given))
        return asli_http_refuse(t->task, RUNTIME, reterr,
                                "The value of the field 'Headers' has an invalid format");
    json_object_foreach((json_t *)given, name, value)
    {
        if (is_forbidden(name))
            return asli_http_refuse(t->task, RUNTIME, reterr,
                                    "The header '%s' is not allowed in an HTTP Task",
                                    name);
        if (!is_header(name, value))
            return asli_http_refuse(
                t->task, RUNTIME, reterr,
                "The value of the field 'Headers' has an invalid format");
        oom = oom || put_header(t->headers, name, value);
    }
    json_object_foreach((json_t *)added, name, value)
    {
        oom = oom || put_header(t->headers, name, value);
    }
    return oom ? asli_oom(reterr) : 0;
}

/* What Step Functions says of itself; the region is that of the execution's ARN. */
static int add_own_headers(struct asli_transfer *t, asl_error *reterr)
{
    const char *region = strstr(asl_task_execution(t->task), ":states:");
    region = region ? region + strlen(":states:") : "";
    ASLI_AUTO(text)
    char *agent = asli_printf("Amazon|StepFunctions|HttpInvoke|%.*s",
                              (int)strcspn(region, ":"), region);
    if (!agent)
        return asli_oom(reterr);
    int rc = asli_transfer_header(t, "User-Agent", agent, reterr);
    return rc ? rc : asli_transfer_header(t, "Range", "bytes=0-262144", reterr);
}

/* Two objects as one, the second over the first. NULL: oom. */
static json_t *merged(const json_t *first, const json_t *second)
{
    json_t *both = json_is_object(first) ? asli_json_copy(first) : json_object();
    if (!both || !second || json_object_update(both, (json_t *)second) == 0)
        return both;
    json_decref(both);
    return NULL;
}

/* QueryParameters may be a text: then they stand as they are. */
static int set_url(struct asli_transfer *t, const char *endpoint, const json_t *query,
                   const json_t *added, asl_error *reterr)
{
    struct asli_bytes url = {0};
    ASLI_AUTO(json) json_t *all = merged(query, added);
    size_t base = strcspn(endpoint, "#");
    asli_bytes_add(&url, endpoint, base);
    if (json_is_string(query) || json_object_size(all))
        asli_bytes_addc(&url, memchr(endpoint, '?', base) ? '&' : '?');
    if (json_is_string(query))
        asli_bytes_adds(&url, json_string_value(query));
    asli_form_write(&url, all, ASLI_FORM_REPEAT);
    t->url = asli_bytes_take_text(&url);
    return all && t->url ? 0 : asli_oom(reterr);
}

static int put_body(struct asli_transfer *t, const json_t *body, int arrays,
                    asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    const char *key;
    json_t *value;
    bool typed = false;
    json_object_foreach(t->headers, key, value)
    {
        typed = typed || strcasecmp(key, "Content-Type") == 0;
    }
    const char *type = typed         ? NULL
                       : arrays >= 0 ? "application/x-www-form-urlencoded"
                                     : "application/json; charset=UTF-8";
    if (json_is_string(body))
        return asli_http_body(t, json_string_value(body), json_string_length(body), type,
                              reterr);
    if (arrays >= 0) {
        asli_form_write(&t->body, body, (enum asli_form_arrays)arrays);
        return asli_http_body(t, "", 0, type, reterr);
    }
    int rc = asli_json_text(body, &text, &len, reterr);
    return rc ? rc : asli_http_body(t, text, len, type, reterr);
}

/* How arrays are written in a form; -1: the body is no form; -2: the task was failed. */
static int arrays_of(const struct asli_transfer *t, asl_error *reterr)
{
    const json_t *transform = json_object_get(asl_task_input(t->task), "Transform");
    const char *encoding = text_of(transform, "RequestBodyEncoding");
    const json_t *options = json_object_get(transform, "RequestEncodingOptions");
    int arrays = asli_form_arrays_of(text_of(options, "ArrayFormat"));
    if (!encoding || strcmp(encoding, "NONE") == 0)
        return -1;
    if (strcmp(encoding, "URL_ENCODED") == 0 && arrays >= 0)
        return arrays;
    asli_http_refuse(t->task, RUNTIME, reterr,
                     "The value of the field 'Transform' has an invalid format");
    return -2;
}

static int set_body(struct asli_transfer *t, const json_t *given, const json_t *added,
                    asl_error *reterr)
{
    int arrays = arrays_of(t, reterr);
    if (arrays == -2)
        return ASLI_FAILED;
    if (!json_object_size(added))
        return given ? put_body(t, given, arrays, reterr) : 0;
    if (given && !json_is_object(given))
        return asli_http_refuse(
            t->task, RUNTIME, reterr,
            "The field 'RequestBody' is no object and cannot be merged "
            "with the body parameters of the connection");
    ASLI_AUTO(json) json_t *both = merged(given, added);
    return both ? put_body(t, both, arrays, reterr) : asli_oom(reterr);
}

/* The connection of the task; NULL: it names none, or it was failed (*ret_rc). */
static const json_t *connection_of(const struct asli_http *http,
                                   const struct asli_transfer *t, int *ret_rc,
                                   asl_error *reterr)
{
    const json_t *input = asl_task_input(t->task);
    const char *arn =
        text_of(json_object_get(input, "InvocationConfig"), "ConnectionArn");
    size_t len;
    if (!arn)
        arn = text_of(json_object_get(input, "Authentication"), "ConnectionArn");
    if (!arn)
        return NULL;
    const char *name = asli_connection_name(arn, &len);
    ASLI_AUTO(text) char *own = asli_strndup(name, len);
    const json_t *connection = own ? json_object_get(http->connections, own) : NULL;
    if (!own)
        *ret_rc = asli_oom(reterr);
    else if (!connection)
        *ret_rc = asli_http_refuse(t->task, "Events.ConnectionResource.ResourceNotFound",
                                   reterr, "Connection '%s' does not exist.", own);
    return connection;
}

static const char *method_of(const char *name)
{
    static const char *const methods[] = {"GET",   "POST",    "PUT", "DELETE",
                                          "PATCH", "OPTIONS", "HEAD"};
    for (size_t i = 0; name && i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(methods[i], name) == 0)
            return methods[i];
    }
    return NULL;
}

static int fill(struct asli_transfer *t, const struct asli_additions *added,
                asl_error *reterr)
{
    const json_t *input = asl_task_input(t->task);
    int rc = add_headers(t, json_object_get(input, "Headers"), added->headers, reterr);
    if (!rc)
        rc = add_own_headers(t, reterr);
    if (!rc)
        rc = set_url(t, text_of(input, "ApiEndpoint"),
                     json_object_get(input, "QueryParameters"), added->query, reterr);
    return rc ? rc
              : set_body(t, json_object_get(input, "RequestBody"), added->body, reterr);
}

static int request(const struct asli_http *http, struct asli_transfer *t,
                   asl_error *reterr)
{
    const json_t *input = asl_task_input(t->task);
    const char *endpoint = text_of(input, "ApiEndpoint");
    struct asli_additions added = {NULL, NULL, NULL};
    int rc = 0;
    t->finish = finish;
    t->http = http;
    t->method = method_of(text_of(input, "Method"));
    if (!endpoint || !t->method)
        return asli_http_refuse(t->task, RUNTIME, reterr,
                                "The value of the field '%s' has an invalid format",
                                endpoint ? "Method" : "ApiEndpoint");
    if (strncmp(endpoint, "http://", 7) != 0 && strncmp(endpoint, "https://", 8) != 0)
        return asli_http_refuse(
            t->task, RUNTIME, reterr,
            "The value of the field 'ApiEndpoint' has an invalid format");
    const json_t *connection = connection_of(http, t, &rc, reterr);
    if (!rc && connection)
        rc = asli_connection_additions(connection, &added, reterr);
    if (!rc)
        rc = fill(t, &added, reterr);
    asli_additions_done(&added);
    return rc;
}

const struct asli_integration asli_http_invoke = {claims, request};
