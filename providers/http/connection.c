/* SPDX-License-Identifier: Apache-2.0
 *
 * See connection.h and asl_http_connections.
 */
#include "providers/http/connection.h"

#include <openssl/evp.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "providers/http/service.h"

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* ---- checking ---- */

static const struct kind {
    const char *name, *parameters, *first, *second;
} kinds[] = {
    {"BASIC", "BasicAuthParameters", "Username", "Password"},
    {"API_KEY", "ApiKeyAuthParameters", "ApiKeyName", "ApiKeyValue"},
};

static const struct kind *kind_of(const json_t *connection)
{
    const char *name = text_of(connection, "AuthorizationType");
    for (size_t i = 0; name && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

static int check_list(const char *name, const json_t *lists, const char *key,
                      asl_error *reterr)
{
    const json_t *list = json_object_get(lists, key);
    json_t *item;
    size_t i;
    bool ok = !list || json_is_array(list);
    json_array_foreach((json_t *)list, i, item)
    {
        ok = ok && text_of(item, "Key") && text_of(item, "Value");
    }
    return ok ? 0
              : asl_error_set(reterr, ASL_EINVAL,
                              "connection '%.60s': %s is no list of {\"Key\", \"Value\"}",
                              name, key);
}

static int check(const char *name, const json_t *connection, asl_error *reterr)
{
    const json_t *auth = json_object_get(connection, "AuthParameters");
    const json_t *more = json_object_get(auth, "InvocationHttpParameters");
    const struct kind *kind = kind_of(connection);
    if (!kind)
        return asl_error_set(reterr, ASL_EINVAL,
                             "connection '%.60s': AuthorizationType is neither BASIC nor "
                             "API_KEY",
                             name);
    const json_t *parameters = json_object_get(auth, kind->parameters);
    if (!text_of(parameters, kind->first) || !text_of(parameters, kind->second))
        return asl_error_set(reterr, ASL_EINVAL,
                             "connection '%.60s': AuthParameters.%s needs %s and %s",
                             name, kind->parameters, kind->first, kind->second);
    int rc = check_list(name, more, "HeaderParameters", reterr);
    if (!rc)
        rc = check_list(name, more, "QueryStringParameters", reterr);
    return rc ? rc : check_list(name, more, "BodyParameters", reterr);
}

int asli_connections_check(const json_t *connections, asl_error *reterr)
{
    const char *name;
    json_t *connection;
    int rc = 0;
    if (!json_is_object(connections))
        return asl_error_set(reterr, ASL_EINVAL,
                             "connections are an object: name -> connection");
    json_object_foreach((json_t *)connections, name, connection)
    {
        rc = rc ? rc : check(name, connection, reterr);
    }
    return rc;
}

/* ---- what it adds ---- */

void asli_additions_done(struct asli_additions *additions)
{
    json_decref(additions->headers);
    json_decref(additions->query);
    json_decref(additions->body);
}

static json_t *basic(const char *user, const char *password)
{
    ASLI_AUTO(text) char *both = asli_printf("%s:%s", user, password);
    size_t len = both ? strlen(both) : 0;
    ASLI_AUTO(text) char *encoded = both ? asli_alloc(len / 3 * 4 + 5) : NULL;
    if (!encoded)
        return NULL;
    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)both, (int)len);
    ASLI_AUTO(text) char *value = asli_printf("Basic %s", encoded);
    return value ? json_string(value) : NULL;
}

static int add_list(json_t *to, const json_t *lists, const char *key)
{
    json_t *item;
    size_t i;
    int failed = !to;
    json_array_foreach(json_object_get(lists, key), i, item)
    {
        failed = failed || json_object_set(to, text_of(item, "Key"),
                                           json_object_get(item, "Value"));
    }
    return failed;
}

int asli_connection_additions(const json_t *connection,
                              struct asli_additions *ret_additions, asl_error *reterr)
{
    const json_t *auth = json_object_get(connection, "AuthParameters");
    const json_t *more = json_object_get(auth, "InvocationHttpParameters");
    const struct kind *kind = kind_of(connection);
    const json_t *parameters = json_object_get(auth, kind->parameters);
    const char *first = text_of(parameters, kind->first),
               *second = text_of(parameters, kind->second);
    struct asli_additions a = {json_object(), json_object(), json_object()};
    bool is_basic = kind == &kinds[0];
    if (json_object_set_new(a.headers, is_basic ? "Authorization" : first,
                            is_basic ? basic(first, second) : json_string(second)) ||
        add_list(a.headers, more, "HeaderParameters") ||
        add_list(a.query, more, "QueryStringParameters") ||
        add_list(a.body, more, "BodyParameters")) {
        asli_additions_done(&a);
        return asli_oom(reterr);
    }
    *ret_additions = a;
    return 0;
}

const char *asli_connection_name(const char *arn, size_t *ret_len)
{
    static const char mark[] = ":connection/";
    const char *at = strstr(arn, mark);
    const char *name = at ? at + strlen(mark) : arn;
    *ret_len = strcspn(name, "/");
    return name;
}
