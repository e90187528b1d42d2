/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and values of members: what stands in states, made into what a service is sent, and back;
 * see service.h. Java's SDKs write names in their own way, and Step Functions follows them.
 */
#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/base/utf8.h"
#include "providers/http/service.h"

char *asli_names_action(const struct asli_call *call)
{
    char *action = asli_strdup(call->action);
    if (action)
        *action = (char)toupper((unsigned char)*action);
    return action;
}

/* "KMSKeyId" -> "KmsKeyId", in place: of large letters in a row, only the first one stays, and the
 * last when a word begins with it. */
static void javanize(char *name)
{
    bool after_large = isupper((unsigned char)*name);
    for (char *p = name + 1; *p; p++) {
        bool large = isupper((unsigned char)*p);
        if (large && after_large && !islower((unsigned char)p[1]))
            *p = (char)tolower((unsigned char)*p);
        after_large = large;
    }
}

/* A service's name for a member as it stands in states. NULL: oom. */
static char *name_in_states(const struct asli_call *call, const char *own)
{
    char *name = asli_strdup(own);
    if (!name || !*name)
        return name;
    *name = (char)toupper((unsigned char)*name);
    if (!call->optimized && asli_service_has(call->service->odd, own))
        javanize(name);
    return name;
}

/* The odd name that looks like this one in states. NULL: it is none, or oom (*ret_oom). */
static char *odd_name(const struct asli_call *call, const char *name, bool *ret_oom)
{
    const char *at = call->service->odd;
    while (at && at[1]) {
        size_t len = strcspn(at + 1, " ");
        char *own = asli_strndup(at + 1, len);
        ASLI_AUTO(text) char *seen = own ? name_in_states(call, own) : NULL;
        if (!seen || strcmp(seen, name) == 0) {
            *ret_oom = !seen;
            if (seen)
                return own;
        }
        asli_free(own);
        if (!seen)
            return NULL;
        at += 1 + len;
    }
    return NULL;
}

/* The service's own name. NULL: oom. */
static char *own_name(const struct asli_call *call, const char *name)
{
    bool oom = false;
    char *own = odd_name(call, name, &oom);
    if (own || oom)
        return own;
    own = asli_strdup(name);
    if (own && call->service->small)
        *own = (char)tolower((unsigned char)*own);
    return own;
}

/* ---- values ---- */

static json_t *text_of(const json_t *value)
{
    ASLI_AUTO(text) char *text = NULL;
    if (json_is_string(value))
        return json_incref((json_t *)value);
    return asli_json_text(value, &text, NULL, NULL) ? NULL : json_string(text);
}

/* Bytes are sent as Base64: of a text, or of the text of JSON. */
static json_t *encode(const json_t *value)
{
    ASLI_AUTO(json) json_t *text = text_of(value);
    size_t len = text ? json_string_length(text) : 0;
    ASLI_AUTO(text) char *buf = text ? asli_alloc(len / 3 * 4 + 5) : NULL;
    if (!buf)
        return NULL;
    EVP_EncodeBlock((unsigned char *)buf, (const unsigned char *)json_string_value(text),
                    (int)len);
    return json_string(buf);
}

/* And given as a text, when they are one. */
static json_t *decode(const json_t *value)
{
    const char *text = json_string_value(value);
    size_t len = json_string_length(value);
    ASLI_AUTO(text) char *buf = text ? asli_alloc(len / 4 * 3 + 4) : NULL;
    if (text && !buf)
        return NULL;
    int got = text ? EVP_DecodeBlock((unsigned char *)buf, (const unsigned char *)text,
                                     (int)len)
                   : -1;
    for (size_t i = len; got > 0 && i > 0 && text[i - 1] == '='; i--)
        got--;
    if (got < 0 || asli_utf8_check(buf, buf + got))
        return json_incref((json_t *)value);
    return json_stringn(buf, (size_t)got);
}

static json_t *seconds_of(const json_t *value)
{
    struct asli_instant instant;
    const char *text = json_string_value(value);
    if (!text || !asli_time_parse(text, strlen(text), &instant))
        return json_incref((json_t *)value);
    return instant.nanos ? json_real((double)asli_instant_ms(instant) / 1000)
                         : json_integer(instant.seconds);
}

/* Seconds of the service: an ISO 8601 text by version 2 of the SDK, milliseconds by version 1. */
static json_t *time_of(const struct asli_call *call, const json_t *value)
{
    char buf[40];
    if (!json_is_number(value))
        return json_incref((json_t *)value);
    double exact = json_number_value(value) * 1000;
    int64_t ms = (int64_t)(exact + (exact < 0 ? -0.5 : 0.5));
    if (call->optimized)
        return json_integer(ms);
    asli_time_format(ms, buf);
    return json_string(buf);
}

/* ---- whole requests and responses ---- */

typedef json_t *convert_fn(const struct asli_call *call, const json_t *value, bool map);

static json_t *convert_list(const struct asli_call *call, const json_t *list, bool map,
                            convert_fn *convert)
{
    json_t *copy = json_array(), *value;
    size_t i;
    json_array_foreach((json_t *)list, i, value)
    {
        if (json_array_append_new(copy, convert(call, value, map))) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

/* A map's keys are data. */
static json_t *convert_map(const struct asli_call *call, const json_t *map,
                           convert_fn *convert)
{
    json_t *copy = json_object(), *value;
    const char *key;
    json_object_foreach((json_t *)map, key, value)
    {
        if (json_object_set_new(copy, key, convert(call, value, false))) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *to_service(const struct asli_call *call, const json_t *value, bool map);
static json_t *from_service(const struct asli_call *call, const json_t *value, bool map);

/* A member's value by what is known of its name. */
static json_t *member_to(const struct asli_call *call, const char *own,
                         const json_t *value)
{
    const struct asli_service *s = call->service;
    if (json_is_null(value))
        return json_null();
    if (asli_service_has(s->texts, own))
        return text_of(value);
    if (asli_service_has(s->bytes, own))
        return encode(value);
    if (asli_service_has(s->times, own))
        return seconds_of(value);
    return to_service(call, value, asli_service_has(s->maps, own));
}

static json_t *member_from(const struct asli_call *call, const char *own,
                           const json_t *value)
{
    const struct asli_service *s = call->service;
    if (asli_service_has(s->bytes, own) && json_is_string(value))
        return decode(value);
    if (asli_service_has(s->times, own))
        return time_of(call, value);
    return from_service(call, value, asli_service_has(s->maps, own));
}

static json_t *to_service(const struct asli_call *call, const json_t *value, bool map)
{
    if (json_is_array(value))
        return convert_list(call, value, map, to_service);
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    if (map)
        return convert_map(call, value, to_service);
    json_t *copy = json_object(), *member;
    const char *key;
    json_object_foreach((json_t *)value, key, member)
    {
        ASLI_AUTO(text) char *own = own_name(call, key);
        if (!own || json_object_set_new(copy, own, member_to(call, own, member))) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

static json_t *from_service(const struct asli_call *call, const json_t *value, bool map)
{
    if (json_is_array(value))
        return convert_list(call, value, map, from_service);
    if (!json_is_object(value))
        return json_incref((json_t *)value);
    if (map)
        return convert_map(call, value, from_service);
    json_t *copy = json_object(), *member;
    const char *key;
    json_object_foreach((json_t *)value, key, member)
    {
        if (json_is_null(member)) /* the SDKs know no such members */
            continue;
        ASLI_AUTO(text) char *name = name_in_states(call, key);
        if (!name || json_object_set_new(copy, name, member_from(call, key, member))) {
            json_decref(copy);
            return NULL;
        }
    }
    return copy;
}

int asli_names_request(const struct asli_call *call, const json_t *input,
                       json_t **ret_request, asl_error *reterr)
{
    json_t *request = to_service(call, input, false);
    if (!request)
        return asli_oom(reterr);
    *ret_request = request;
    return 0;
}

int asli_names_answer(const struct asli_call *call, const json_t *response,
                      json_t **ret_answer, asl_error *reterr)
{
    json_t *answer = from_service(call, response, false);
    if (!answer)
        return asli_oom(reterr);
    *ret_answer = answer;
    return 0;
}
