/* SPDX-License-Identifier: Apache-2.0
 *
 * S3: objects by path, headers for their attributes and XML for lists and errors.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/digest.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "providers/http/form.h"
#include "providers/http/service.h"
#include "providers/http/xml.h"

#define ACTIONS " deleteObject getObject headObject listObjectsV2 putObject "

/* Members of requests and responses that are headers; those of a request go by the same names. */
static const struct header {
    const char *member, *header;
    bool number;
} headers[] = {
    {"AcceptRanges", "Accept-Ranges", false},
    {"CacheControl", "Cache-Control", false},
    {"ContentDisposition", "Content-Disposition", false},
    {"ContentEncoding", "Content-Encoding", false},
    {"ContentLanguage", "Content-Language", false},
    {"ContentLength", "Content-Length", true},
    {"ContentRange", "Content-Range", false},
    {"ContentType", "Content-Type", false},
    {"ETag", "ETag", false},
    {"IfMatch", "If-Match", false},
    {"IfNoneMatch", "If-None-Match", false},
    {"Range", "Range", false},
    {"ServerSideEncryption", "x-amz-server-side-encryption", false},
    {"StorageClass", "x-amz-storage-class", false},
    {"VersionId", "x-amz-version-id", false},
};
/* Those of a list that are in the query, in the order in which they are signed. */
static const struct query {
    const char *member, *name; /* member NULL: always "2" */
} queries[] = {
    {"ContinuationToken", "continuation-token"},
    {"Delimiter", "delimiter"},
    {NULL, "list-type"},
    {"MaxKeys", "max-keys"},
    {"Prefix", "prefix"},
    {"StartAfter", "start-after"},
};

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- the request ---- */

static int add_headers(struct asli_transfer *t, const json_t *input, asl_error *reterr)
{
    const char *name;
    json_t *value;
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof headers / sizeof *headers; i++) {
        const char *text = text_of(input, headers[i].member);
        if (text)
            rc = asli_transfer_header(t, headers[i].header, text, reterr);
    }
    json_object_foreach(json_object_get(input, "Metadata"), name, value)
    {
        ASLI_AUTO(text) char *header = asli_printf("x-amz-meta-%s", name);
        if (!rc && json_is_string(value))
            rc = header
                     ? asli_transfer_header(t, header, json_string_value(value), reterr)
                     : asli_oom(reterr);
    }
    return rc;
}

static void add_query(struct asli_bytes *path, const json_t *input)
{
    asli_bytes_addc(path, '?');
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        const struct query *q = &queries[i];
        ASLI_AUTO(json)
        json_t *value =
            q->member ? json_incref(json_object_get(input, q->member)) : json_string("2");
        ASLI_AUTO(json) json_t *pair = json_object();
        if (value && json_object_set(pair, q->name, value))
            path->oom = true;
        else if (value)
            asli_form_write(path, pair, ASLI_FORM_REPEAT);
        else if (!q->member)
            path->oom = true;
    }
}

/* A text as it is, JSON as its text. */
static int set_body(struct asli_transfer *t, const json_t *body, asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    size_t len = 0;
    if (json_is_string(body))
        return asli_http_body(t, json_string_value(body), json_string_length(body),
                              json_object_get(t->headers, "Content-Type")
                                  ? NULL
                                  : "application/octet-stream",
                              reterr);
    int rc = body ? asli_json_text(body, &text, &len, reterr) : 0;
    return rc ? rc
              : asli_http_body(t, text ? text : "", len,
                               json_object_get(t->headers, "Content-Type")
                                   ? NULL
                                   : "application/octet-stream",
                               reterr);
}

/* S3 signs the hash of the body, which libcurl takes from here. */
static int add_hash(struct asli_transfer *t, asl_error *reterr)
{
    char hex[ASLI_DIGEST_HEX];
    if (asli_digest_hex("SHA-256", strlen("SHA-256"), t->body.data ? t->body.data : "",
                        t->body.len, hex))
        return asl_error_set(reterr, ASL_ESYSTEM, "libcrypto has no SHA-256");
    return asli_transfer_header(t, "x-amz-content-sha256", hex, reterr);
}

static const char *method_of(const char *action)
{
    return strcmp(action, "putObject") == 0      ? "PUT"
           : strcmp(action, "deleteObject") == 0 ? "DELETE"
           : strcmp(action, "headObject") == 0   ? "HEAD"
                                                 : "GET";
}

static int request(const struct asli_http *http, struct asli_transfer *t,
                   const struct asli_call *call, asl_error *reterr)
{
    const json_t *input = asl_task_input(t->task);
    const char *bucket = text_of(input, "Bucket"), *key = text_of(input, "Key");
    bool list = strcmp(call->action, "listObjectsV2") == 0;
    struct asli_bytes path = {0};
    if (!bucket || !*bucket || (!list && (!key || !*key)))
        return asli_http_refuse(t->task, "States.Runtime", reterr,
                                "The field '%s' is required but was missing",
                                bucket && *bucket ? "Key" : "Bucket");
    t->method = method_of(call->action);
    asli_bytes_addc(&path, '/');
    asli_http_escape(&path, bucket, "");
    if (list)
        add_query(&path, input);
    else {
        asli_bytes_addc(&path, '/');
        asli_http_escape(&path, key, "/");
    }
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&path);
    int rc = text ? asli_http_url(http, t, call->service->name, text, reterr)
                  : asli_oom(reterr);
    if (!rc)
        rc = add_headers(t, input, reterr);
    if (!rc && strcmp(t->method, "PUT") == 0)
        rc = set_body(t, json_object_get(input, "Body"), reterr);
    return rc ? rc : add_hash(t, reterr);
}

/* ---- the response ---- */

static void put(json_t *to, const char *key, json_t *take_value, bool *ret_oom)
{
    if (json_object_set_new(to, key, take_value))
        *ret_oom = true;
}

/* "Wed, 12 Oct 2009 17:50:00 GMT" -> ISO 8601; what is none as it is. */
static json_t *date(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    char month[4], buf[40];
    int day, year, hour, minute, second;
    if (sscanf(text, "%*3s, %d %3s %d %d:%d:%d GMT", &day, month, &year, &hour, &minute,
               &second) != 6)
        return json_string(text);
    const char *at = strstr(months, month);
    int number = at ? (int)(at - months) / 3 + 1 : 1;
    int64_t days = asli_days_of_date(year, number, day);
    asli_time_format((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000, buf);
    return json_string(buf);
}

/* What the headers tell of an object. */
static void put_headers(json_t *members, const struct asli_transfer *t, bool *ret_oom)
{
    const char *modified = asli_http_header(t, "Last-Modified"), *name;
    json_t *metadata = json_object(), *values;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        const char *text = asli_http_header(t, headers[i].header);
        if (text)
            put(members, headers[i].member,
                headers[i].number ? json_integer(strtoll(text, NULL, 10))
                                  : json_string(text),
                ret_oom);
    }
    if (modified)
        put(members, "LastModified", date(modified), ret_oom);
    json_object_foreach(t->answered, name, values)
    {
        if (strncasecmp(name, "x-amz-meta-", 11) == 0)
            put(metadata, name + 11, json_incref(json_array_get(values, 0)), ret_oom);
    }
    put(members, "Metadata", metadata, ret_oom);
}

/* Texts of a list that are something else: numbers and booleans. */
static json_t *typed(const char *name, json_t *value)
{
    const char *text = json_string_value(value);
    if (text && asli_service_has(" KeyCount MaxKeys Size ", name))
        return json_integer(strtoll(text, NULL, 10));
    if (text && asli_service_has(" IsTruncated ", name))
        return json_boolean(strcmp(text, "true") == 0);
    return json_incref(value);
}

static json_t *element(const json_t *from, bool *ret_oom);

static json_t *elements(json_t *values, bool *ret_oom)
{
    json_t *list = json_array(), *value;
    size_t i;
    json_array_foreach(values, i, value)
    {
        if (json_array_append_new(list, element(value, ret_oom)))
            *ret_oom = true;
    }
    return list;
}

/* An element's members: Contents and CommonPrefixes are lists, the rest is there once. */
static json_t *element(const json_t *from, bool *ret_oom)
{
    json_t *members = json_object(), *values;
    const char *name;
    json_object_foreach((json_t *)from, name, values)
    {
        put(members, name,
            asli_service_has(" CommonPrefixes Contents ", name)
                ? elements(values, ret_oom)
                : typed(name, json_array_get(values, 0)),
            ret_oom);
    }
    return members;
}

static int answer(const struct asli_transfer *t, const struct asli_call *call,
                  json_t **ret_members, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *root = NULL;
    bool oom = false;
    if (strcmp(call->action, "listObjectsV2") == 0) {
        if (asli_xml_read(t->response.data, t->response.len, &root, reterr) == ASL_ENOMEM)
            return ASL_ENOMEM;
        ASLI_AUTO(json)
        json_t *list = element(asli_xml_child(root, "ListBucketResult"), &oom);
        *ret_members = oom ? NULL : json_incref(list);
        return *ret_members ? 0 : asli_oom(reterr);
    }
    ASLI_AUTO(json) json_t *members = json_object();
    if (strcmp(call->action, "getObject") == 0) {
        ASLI_AUTO(text) char *text = asli_http_text(t);
        put(members, "Body", text ? json_string(text) : NULL, &oom);
    }
    if (strcmp(call->action, "getObject") == 0 || strcmp(call->action, "headObject") == 0)
        put_headers(members, t, &oom);
    else if (asli_http_header(t, "ETag"))
        put(members, "ETag", json_string(asli_http_header(t, "ETag")), &oom);
    if (oom || !members)
        return asli_oom(reterr);
    *ret_members = json_incref(members);
    return 0;
}

/* An answer without a body has nothing but its status. */
static int error(const struct asli_transfer *t, struct asli_service_error *ret_error,
                 asl_error *reterr)
{
    ASLI_AUTO(json) json_t *root = NULL;
    if (t->response.len &&
        asli_xml_read(t->response.data, t->response.len, &root, reterr) == ASL_ENOMEM)
        return ASL_ENOMEM;
    const json_t *e = asli_xml_child(root, "Error");
    const char *code = asli_xml_text(e, "Code"), *message = asli_xml_text(e, "Message");
    if (!code && t->status == 404)
        code = "NoSuchKey";
    if (code &&
        asli_service_has(" AccessDenied SignatureDoesNotMatch InvalidAccessKeyId "
                         "PreconditionFailed InternalError SlowDown InvalidRange ",
                         code))
        code = NULL; /* no class of its own */
    ret_error->code = asli_strdup(code);
    ret_error->message = asli_strdup(message);
    return (code && !ret_error->code) || (message && !ret_error->message)
               ? asli_oom(reterr)
               : 0;
}

const struct asli_protocol asli_protocol_s3 = {request, answer, error, ACTIONS};
