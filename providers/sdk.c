/* SPDX-License-Identifier: Apache-2.0
 *
 * What the SDKs add, see sdk.h: version 1 sorts what it has by name.
 */
#include "engine/base/json.h"
#include "providers/sdk.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/id.h"

void asli_sdk_request_id(const asl_task *task, char ret_id[37])
{
    const char *token = asl_task_token(task);
    size_t len = strlen(token);
    uint64_t halves[2] = {asli_hash(token, len), asli_hash(token, len / 2)};
    unsigned char bytes[16];
    memcpy(bytes, halves, sizeof bytes);
    asli_uuid_format(bytes, ret_id);
}

/* ---- answers ---- */

const json_t *asli_sdk_header(const json_t *headers, const char *name)
{
    const char *key;
    json_t *values;
    json_object_foreach((json_t *)headers, key, values)
    {
        if (strcasecmp(key, name) == 0)
            return json_array_get(values, 0);
    }
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* The same members in the order of their names, large and small letters alike. NULL: oom. */
static json_t *sorted(json_t *object)
{
    size_t count = 0;
    const char *key;
    json_t *value;
    json_t *copy = json_object();
    const char **names = asli_alloc(json_object_size(object) * sizeof *names);
    bool ok = copy && names;
    json_object_foreach(object, key, value)
    {
        if (ok)
            names[count++] = key;
    }
    if (ok)
        qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; ok && i < count; i++)
        ok = json_object_set(copy, names[i], json_object_get(object, names[i])) == 0;
    asli_free(names);
    if (ok)
        return copy;
    json_decref(copy);
    return NULL;
}

/* Version 1 has each header a second time, with one value, sorted. */
static json_t *single(json_t *headers)
{
    json_t *first = sorted(headers), *values;
    const char *name;
    bool ok = first != NULL;
    json_object_foreach(headers, name, values)
    {
        ok = ok && json_object_set(first, name, json_array_get(values, 0)) == 0;
    }
    if (ok)
        return first;
    json_decref(first);
    return NULL;
}

static json_t *http_metadata(json_t *take_headers, int status)
{
    ASLI_AUTO(json) json_t *all = take_headers;
    json_t *metadata = json_object();
    if (all && json_object_set(metadata, "AllHttpHeaders", all) == 0 &&
        json_object_set_new(metadata, "HttpHeaders", single(all)) == 0 &&
        json_object_set_new(metadata, "HttpStatusCode", json_integer(status)) == 0)
        return metadata;
    json_decref(metadata);
    return NULL;
}

static json_t *response_metadata(const char *request_id)
{
    json_t *metadata = json_object();
    if (json_object_set_new(metadata, "RequestId", json_string(request_id)) == 0)
        return metadata;
    json_decref(metadata);
    return NULL;
}

int asli_sdk_answer(const json_t *members, json_t *take_headers, int status,
                    const char *request_id, json_t **ret_answer, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *whole = asli_json_copy(members);
    int failed =
        json_object_set_new(whole, "SdkHttpMetadata",
                            http_metadata(take_headers, status)) ||
        json_object_set_new(whole, "SdkResponseMetadata", response_metadata(request_id));
    json_t *answer = failed ? NULL : sorted(whole);
    if (!answer)
        return asli_oom(reterr);
    *ret_answer = answer;
    return 0;
}

/* ---- exceptions ---- */

static char *cause_of(const struct asli_sdk_exception *e)
{
    if (!e->v2)
        return asli_printf("%s (Service: %s; Status Code: %d; Error Code: %s; "
                           "Request ID: %s; Proxy: null)",
                           e->message, e->service, e->status, e->code, e->request_id);
    return asli_printf("%s (Service: %s, Status Code: %d, Request ID: %s%s%s)%s",
                       e->message, e->service, e->status, e->request_id,
                       e->extended_id ? ", Extended Request ID: " : "",
                       e->extended_id ? e->extended_id : "",
                       e->attempts ? " (SDK Attempt Count: 1)" : "");
}

int asli_sdk_fail(asl_task *task, const struct asli_sdk_exception *exception,
                  asl_error *reterr)
{
    ASLI_AUTO(text)
    char *error = asli_printf("%s.%s", exception->prefix, exception->name);
    ASLI_AUTO(text) char *cause = cause_of(exception);
    if (!error || !cause)
        return asli_oom(reterr);
    return asl_task_fail(task, error, cause, reterr);
}
