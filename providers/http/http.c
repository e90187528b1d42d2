/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl/http.h: which integration does a task, and what they have in common.
 */
#include "providers/http/http.h"

#include <stdarg.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"
#include "providers/http/service.h"
#include "providers/sdk.h"

#define MAX_RUNNING 64
#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS 60000
#define MAX_RESPONSE (6u << 20) /* what a Lambda function may return */

/* ---- requests ---- */

const char *asli_http_endpoint(const struct asli_http *http, const char *service)
{
    return json_string_value(json_object_get(http->endpoints, service));
}

int asli_http_url(const struct asli_http *http, struct asli_transfer *transfer,
                  const char *service, const char *path, asl_error *reterr)
{
    const char *endpoint = asli_http_endpoint(http, service);
    size_t len = strlen(endpoint);
    while (len && endpoint[len - 1] == '/')
        len--;
    transfer->url = asli_printf("%.*s%s", (int)len, endpoint, path);
    return transfer->url ? 0 : asli_oom(reterr);
}

/* The engine's region: arn:PARTITION:states:REGION:... */
static const char *region_of(const asl_task *task, int *ret_len)
{
    const char *at = strstr(asl_task_execution(task), ":states:");
    at = at ? at + strlen(":states:") : "us-east-1";
    *ret_len = (int)strcspn(at, ":");
    return at;
}

int asli_http_sign(const struct asli_http *http, struct asli_transfer *transfer,
                   const char *service, asl_error *reterr)
{
    int len;
    const char *region = region_of(transfer->task, &len);
    transfer->sign = http->region ? asli_printf("aws:amz:%s:%s", http->region, service)
                                  : asli_printf("aws:amz:%.*s:%s", len, region, service);
    if (!transfer->sign)
        return asli_oom(reterr);
    return http->session_token ? asli_transfer_header(transfer, "X-Amz-Security-Token",
                                                      http->session_token, reterr)
                               : 0;
}

int asli_http_body(struct asli_transfer *transfer, const char *data, size_t len,
                   const char *content_type, asl_error *reterr)
{
    transfer->has_body = true;
    asli_bytes_add(&transfer->body, data, len);
    if (transfer->body.oom)
        return asli_oom(reterr);
    return content_type
               ? asli_transfer_header(transfer, "Content-Type", content_type, reterr)
               : 0;
}

void asli_http_escape(struct asli_bytes *out, const char *text, const char *also)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-_.~";
    for (; *text; text++) {
        if (strchr(plain, *text) || strchr(also, *text))
            asli_bytes_addc(out, *text);
        else
            asli_bytes_addf(out, "%%%02X", (unsigned char)*text);
    }
}

/* ---- responses ---- */

const char *asli_http_header(const struct asli_transfer *transfer, const char *name)
{
    return json_string_value(asli_sdk_header(transfer->answered, name));
}

const char *asli_http_request_id(const struct asli_transfer *transfer, char *buf)
{
    const char *id = asli_http_header(transfer, "x-amzn-RequestId");
    id = id ? id : asli_http_header(transfer, "x-amz-request-id");
    if (id)
        return id;
    asli_sdk_request_id(transfer->task, buf);
    return buf;
}

char *asli_http_text(const struct asli_transfer *transfer)
{
    struct asli_bytes text = {0};
    if (!transfer->response.len)
        return asli_strdup("");
    const char *at = transfer->response.data, *end = at + transfer->response.len, *bad;
    while ((bad = asli_utf8_check(at, end))) {
        asli_bytes_add(&text, at, (size_t)(bad - at));
        asli_bytes_adds(&text, "\xEF\xBF\xBD");
        at = bad + 1;
    }
    asli_bytes_add(&text, at, (size_t)(end - at));
    return asli_bytes_take_text(&text);
}

int asli_http_parse(const struct asli_transfer *transfer, json_t **ret_value,
                    asl_error *reterr)
{
    const struct asli_bytes *body = &transfer->response;
    if (!body->len) {
        *ret_value = json_null();
        return 0;
    }
    int rc = asli_json_read(body->data, body->len, ret_value, NULL);
    if (rc == 0)
        return 0;
    ASLI_AUTO(text) char *text = rc == ASL_ENOMEM ? NULL : asli_http_text(transfer);
    *ret_value = text ? json_string(text) : NULL;
    return *ret_value ? 0 : asli_oom(reterr);
}

/* ---- completing ---- */

int asli_http_give(struct asli_transfer *transfer, json_t *take_output, asl_error *reterr)
{
    transfer->output = take_output;
    return take_output ? 0 : asli_oom(reterr);
}

int asli_http_too_large(const struct asli_transfer *transfer, asl_error *reterr)
{
    const asl_resource *resource = asl_task_resource_info(transfer->task);
    const char *text = asl_task_resource(transfer->task), *action = NULL;
    if (asl_resource_kind_of(resource) == ASL_RESOURCE_SERVICE) {
        text = asl_resource_name(resource);
        action = strrchr(text, ':');
    }
    ASLI_AUTO(text)
    char *cause =
        asli_printf("The state/task '%.*s' returned a result with a size "
                    "exceeding the maximum number of bytes service limit.",
                    (int)(action ? (size_t)(action - text) : strlen(text)), text);
    return cause
               ? asl_task_fail(transfer->task, "States.DataLimitExceeded", cause, reterr)
               : asli_oom(reterr);
}

int asli_http_trouble(const struct asli_transfer *transfer, const char *prefix,
                      asl_error *reterr)
{
    if (transfer->code == ASLI_TRANSFER_TOO_LARGE)
        return asli_http_too_large(transfer, reterr);
    ASLI_AUTO(text) char *error = asli_printf("%s.SdkClientException", prefix);
    ASLI_AUTO(text)
    char *cause = asli_printf("Unable to execute HTTP request: %s", transfer->trouble);
    return error && cause ? asl_task_fail(transfer->task, error, cause, reterr)
                          : asli_oom(reterr);
}

int asli_http_refuse(asl_task *task, const char *error, asl_error *reterr,
                     const char *cause_format, ...)
{
    va_list args;
    va_start(args, cause_format);
    ASLI_AUTO(text) char *cause = asli_vprintf(cause_format, args);
    va_end(args);
    int rc = cause ? asl_task_fail(task, error, cause, reterr) : asli_oom(reterr);
    return rc ? rc : ASLI_FAILED;
}

/* ---- the provider ---- */

static const struct asli_integration *const integrations[] = {
    &asli_http_invoke,
    &asli_http_lambda,
    &asli_http_services,
};

static const struct asli_integration *integration_of(const struct asli_http *http,
                                                     const asl_resource *resource)
{
    for (size_t i = 0; i < sizeof integrations / sizeof *integrations; i++) {
        if (integrations[i]->claims(http, resource))
            return integrations[i];
    }
    return NULL;
}

static int claims(void *self, const asl_resource *resource)
{
    return integration_of(self, resource) != NULL;
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    struct asli_http *http = self;
    struct asli_transfer *transfer = asli_transfer_new(task);
    if (!transfer)
        return asli_oom(reterr);
    transfer->timeout_ms = (long)http->options.timeout_ms;
    int rc = integration_of(http, asl_task_resource_info(task))
                 ->request(http, transfer, reterr);
    if (rc == 0)
        return asli_transfers_add(http->transfers, transfer, reterr);
    asli_transfer_free(transfer);
    return rc == ASLI_FAILED ? 0 : rc;
}

static void cancel(void *self, asl_task *task)
{
    asli_transfers_cancel(((struct asli_http *)self)->transfers, task);
}

static void on_close(void *self)
{
    struct asli_http *http = self;
    asli_transfers_free(http->transfers);
    json_decref(http->endpoints);
    json_decref(http->connections);
    asli_free(http->region);
    asli_free(http->credentials);
    asli_free(http->session_token);
    asli_free(http->ca_file);
    asli_free(http);
}

static const asl_provider_ops ops = {
    sizeof ops, "http", claims, start, cancel, on_close,
};

/* ---- configuring it ---- */

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

static int copy_options(struct asli_http *http, const asl_http_options *options)
{
    asl_http_options *o = &http->options;
    if (options)
        memcpy(o, options, options->size < sizeof *o ? options->size : sizeof *o);
    http->region = asli_strdup(o->region);
    http->session_token = asli_strdup(o->session_token);
    http->ca_file = asli_strdup(o->ca_file);
    http->credentials = asli_printf("%s:%s", o->access_key ? o->access_key : "test",
                                    o->secret_key ? o->secret_key : "test");
    http->endpoints = json_object();
    http->connections = json_object();
    if (!http->credentials || !http->endpoints || !http->connections ||
        (o->region && !http->region) || (o->session_token && !http->session_token) ||
        (o->ca_file && !http->ca_file))
        return ASL_ENOMEM;
    o->region = o->access_key = o->secret_key = o->session_token = o->ca_file = NULL;
    o->timeout_ms = or_default(o->timeout_ms, TIMEOUT_MS);
    return 0;
}

static int http_new(const asl_http_options *options, struct asli_http **ret_http,
                    asl_error *reterr)
{
    struct asli_http *http = asli_alloc(sizeof *http);
    if (!http)
        return asli_oom(reterr);
    int rc = copy_options(http, options) ? asli_oom(reterr) : 0;
    const asl_http_options *o = &http->options;
    const struct asli_transfers_options transfers = {
        .max_running = or_default(o->max_requests, MAX_RUNNING),
        .connect_timeout_ms = or_default(o->connect_timeout_ms, CONNECT_TIMEOUT_MS),
        .max_response = o->max_response ? o->max_response : MAX_RESPONSE,
        .credentials = http->credentials,
        .ca_file = http->ca_file,
    };
    if (!rc)
        rc = asli_transfers_new(&transfers, &http->transfers, reterr);
    if (rc)
        on_close(http);
    else
        *ret_http = http;
    return rc;
}

int asl_http_open(asl_engine *engine, const asl_http_options *options, asl_error *reterr)
{
    struct asli_http *http = NULL;
    if (asl_engine_provider(engine, &ops))
        return asl_error_set(reterr, ASL_EEXISTS, "the engine has HTTP already");
    int rc = http_new(options, &http, reterr);
    return rc ? rc : asl_engine_add_provider(engine, &ops, http, reterr);
}

static int find_http(const asl_engine *engine, struct asli_http **ret_http,
                     asl_error *reterr)
{
    *ret_http = asl_engine_provider(engine, &ops);
    return *ret_http ? 0 : asl_error_set(reterr, ASL_EINVAL, "asl_http_open comes first");
}

int asl_http_endpoint(asl_engine *engine, const char *service, const char *url,
                      asl_error *reterr)
{
    struct asli_http *http;
    int rc = find_http(engine, &http, reterr);
    if (rc)
        return rc;
    const char *name = asli_service_name(service);
    if (!name) {
        ASLI_AUTO(text) char *known = asli_service_list();
        return known
                   ? asl_error_set(reterr, ASL_EINVAL,
                                   "there is no way to service '%.40s'; there is to: %s",
                                   service, known)
                   : asli_oom(reterr);
    }
    if (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0)
        return asl_error_set(reterr, ASL_EINVAL,
                             "an endpoint begins with http:// or https://, not '%.80s'",
                             url);
    json_t *text = json_string(url);
    if (!text && asli_utf8_check(url, url + strlen(url)))
        return asl_error_set(reterr, ASL_EINVAL, "an endpoint's URL is not UTF-8");
    if (json_object_set_new(http->endpoints, name, text))
        return asli_oom(reterr);
    asl_engine_claims_changed(engine);
    return 0;
}

int asl_http_connections(asl_engine *engine, const char *text, size_t len,
                         asl_error *reterr)
{
    struct asli_http *http;
    json_t *connections;
    int rc = find_http(engine, &http, reterr);
    if (!rc)
        rc = asli_json_read(text, len == (size_t)-1 ? strlen(text) : len, &connections,
                            reterr);
    if (rc)
        return rc;
    rc = asli_connections_check(connections, reterr);
    if (rc) {
        json_decref(connections);
        return rc;
    }
    json_decref(http->connections);
    http->connections = connections;
    return 0;
}
