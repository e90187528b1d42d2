/* SPDX-License-Identifier: Apache-2.0
 *
 * Service integrations: a request to a service's endpoint, and its response as Step Functions gives
 * it; see service.h.
 */
#include "providers/http/service.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "providers/http/services.h"
#include "providers/sdk.h"

#define SDK "aws-sdk:"

/* What exceptions of every service are called; a service that lists one has it as its own. */
#define COMMON                                                                           \
    " AccessDeniedException ExpiredTokenException IncompleteSignatureException "         \
    "InternalFailure InvalidSignatureException MissingAuthenticationTokenException "     \
    "OptInRequired RequestExpired SerializationException ServiceUnavailable "            \
    "ThrottlingException UnknownOperationException UnrecognizedClientException "         \
    "ValidationException "

/* ---- which one ---- */

static bool has(const char *list, const char *word, size_t len)
{
    const char *at = list;
    while (at && (at = strstr(at, " ")) && at[1]) {
        at++;
        if (strncmp(at, word, len) == 0 && at[len] == ' ')
            return true;
    }
    return false;
}

bool asli_service_has(const char *list, const char *word)
{
    return has(list, word, strlen(word));
}

static const struct asli_service *find_service(const char *name, size_t len)
{
    for (const struct asli_service *s = asli_services; s->name; s++) {
        if (strncmp(s->name, name, len) == 0 && s->name[len] == '\0')
            return s;
    }
    return NULL;
}

static const struct asli_optimized *find_optimized(const char *name, size_t len)
{
    for (const struct asli_optimized *o = asli_optimized; o->name; o++) {
        if (strncmp(o->name, name, len) == 0 && o->name[len] == '\0')
            return o;
    }
    return NULL;
}

const char *asli_service_name(const char *given)
{
    const struct asli_service *service = find_service(given, strlen(given));
    const struct asli_optimized *optimized = find_optimized(given, strlen(given));
    return service ? service->name : optimized ? optimized->service : NULL;
}

char *asli_service_list(void)
{
    struct asli_bytes list = {0};
    for (const struct asli_service *s = asli_services; s->name; s++)
        asli_bytes_addf(&list, "%s%s", list.len ? ", " : "", s->name);
    return asli_bytes_take_text(&list);
}

/* The call that a resource asks for; false: none of ours. */
static bool read_call(const asl_resource *resource, struct asli_call *ret_call)
{
    enum asl_pattern pattern = asl_resource_pattern(resource);
    const char *name = asl_resource_name(resource);
    if (asl_resource_kind_of(resource) != ASL_RESOURCE_SERVICE ||
        (pattern != ASL_PATTERN_REQUEST && pattern != ASL_PATTERN_TOKEN))
        return false;
    bool sdk = strncmp(name, SDK, strlen(SDK)) == 0;
    if (sdk)
        name += strlen(SDK);
    size_t len = strcspn(name, ":");
    const struct asli_optimized *o = sdk ? NULL : find_optimized(name, len);
    if (!name[len] || (!sdk && !o))
        return false;
    const struct asli_service *s =
        o ? find_service(o->service, strlen(o->service)) : find_service(name, len);
    *ret_call = (struct asli_call){s, o, name + len + 1};
    const char *actions = o ? o->actions : s && s->protocol ? s->protocol->actions : NULL;
    return s && s->protocol && (!actions || asli_service_has(actions, ret_call->action));
}

static bool claims(const struct asli_http *http, const asl_resource *resource)
{
    struct asli_call call;
    return read_call(resource, &call) && asli_http_endpoint(http, call.service->name);
}

/* ---- errors ---- */

static void error_done(struct asli_service_error *error)
{
    asli_free(error->code);
    asli_free(error->message);
    asli_free(error->own_code);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), ending = strlen(end);
    return len >= ending && strcmp(text + len - ending, end) == 0;
}

/* The class that the SDK has for an exception, or that of the service as such. NULL: oom. */
static char *class_of(const struct asli_call *call, const char *code)
{
    const struct asli_service *s = call->service;
    bool unknown = !code || (asli_service_has(COMMON, code) &&
                             !asli_service_has(s->modelled ? s->modelled : "", code));
    if (unknown)
        return call->optimized ? asli_strdup(call->optimized->base)
                               : asli_printf("%sException", s->prefix);
    return asli_printf(ends_with(code, "Exception") ? "%s" : "%sException", code);
}

static int fail(const struct asli_transfer *t, const struct asli_call *call,
                asl_error *reterr)
{
    const struct asli_optimized *o = call->optimized;
    struct asli_service_error error = {0};
    char buf[37];
    int rc = call->service->protocol->error(t, &error, reterr);
    ASLI_AUTO(text) char *name = rc ? NULL : class_of(call, error.code);
    if (!rc && !name)
        rc = asli_oom(reterr);
    const char *code = error.own_code ? error.own_code : error.code;
    const struct asli_sdk_exception e = {
        .v2 = !o,
        .prefix = o ? o->prefix : call->service->prefix,
        .name = name,
        .service = o ? o->called : call->service->prefix,
        .code = code ? code : "null",
        .message = error.message ? error.message : "null",
        .request_id = asli_http_request_id(t, buf),
        .extended_id = asli_http_header(t, "x-amz-id-2"),
        .status = t->status,
        .attempts = true,
    };
    if (!rc)
        rc = asli_sdk_fail(t->task, &e, reterr);
    error_done(&error);
    return rc;
}

/* ---- the response ---- */

/* Events that were not taken are a failure of the task. */
static int fail_entries(const struct asli_transfer *t, const json_t *members,
                        asl_error *reterr)
{
    ASLI_AUTO(text) char *cause = NULL;
    int rc = asli_json_text(members, &cause, NULL, reterr);
    return rc ? rc : asl_task_fail(t->task, "EventBridge.FailedEntry", cause, reterr);
}

static int give(struct asli_transfer *t, const struct asli_call *call,
                const json_t *members, asl_error *reterr)
{
    json_t *answer = NULL;
    char buf[37];
    if (call->optimized && !call->optimized->bare) {
        int rc = asli_sdk_answer(members, json_incref(t->answered), t->status,
                                 asli_http_request_id(t, buf), &answer, reterr);
        return rc ? rc : asli_http_give(t, answer, reterr);
    }
    if (call->optimized &&
        json_integer_value(json_object_get(members, "FailedEntryCount")) > 0)
        return fail_entries(t, members, reterr);
    return asli_http_give(t, json_incref((json_t *)members), reterr);
}

static int finish(struct asli_transfer *t, asl_error *reterr)
{
    struct asli_call call;
    ASLI_AUTO(json) json_t *members = NULL;
    read_call(asl_task_resource_info(t->task), &call);
    if (t->code)
        return asli_http_trouble(
            t, call.optimized ? call.optimized->prefix : call.service->prefix, reterr);
    if (t->status < 200 || t->status >= 300)
        return fail(t, &call, reterr);
    int rc = call.service->protocol->answer(t, &call, &members, reterr);
    return rc ? rc : give(t, &call, members, reterr);
}

static int request(const struct asli_http *http, struct asli_transfer *t,
                   asl_error *reterr)
{
    struct asli_call call;
    read_call(asl_task_resource_info(t->task), &call);
    t->finish = finish;
    int rc = call.service->protocol->request(http, t, &call, reterr);
    return rc ? rc : asli_http_sign(http, t, call.service->signing, reterr);
}

const struct asli_integration asli_http_services = {claims, request};
