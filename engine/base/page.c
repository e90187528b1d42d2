/* SPDX-License-Identifier: Apache-2.0
 *
 * page.h: a token is hex of (hash of action, arguments and position; position).
 */
#include "engine/base/page.h"

#include <stdint.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/json.h"

#define HASH_LEN 8

/* The same in whatever order the arguments stand. */
static int hash_of(const char *action, const json_t *params, const char *position,
                   uint64_t *ret_hash, asl_error *reterr)
{
    const char *key;
    json_t *value;
    struct asli_bytes text = {0};
    uint64_t hash =
        asli_hash(action, strlen(action)) * 31 + asli_hash(position, strlen(position));
    int rc = 0;
    json_object_foreach((json_t *)params, key, value)
    {
        if (strcmp(key, "nextToken") == 0 || strcmp(key, "maxResults") == 0)
            continue;
        asli_bytes_reset(&text);
        asli_bytes_add(&text, key, strlen(key) + 1);
        rc = asli_json_write(value, &text, reterr);
        if (rc)
            break;
        hash += asli_hash(text.data, text.len);
    }
    if (!rc && text.oom)
        rc = asli_oom(reterr);
    asli_bytes_done(&text);
    *ret_hash = hash;
    return rc;
}

int asli_page_token(const char *action, const json_t *params, const char *position,
                    char **ret_token, asl_error *reterr)
{
    static const char digits[] = "0123456789abcdef";
    struct asli_bytes raw = {0}, hex = {0};
    uint64_t hash;
    int rc = hash_of(action, params, position, &hash, reterr);
    if (rc)
        return rc;
    asli_bytes_be64(&raw, hash);
    asli_bytes_adds(&raw, position);
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char byte = (unsigned char)raw.data[i];
        asli_bytes_addc(&hex, digits[byte >> 4]);
        asli_bytes_addc(&hex, digits[byte & 15]);
    }
    hex.oom = hex.oom || raw.oom;
    asli_bytes_done(&raw);
    char *token = hex.oom ? NULL : asli_bytes_take_text(&hex);
    asli_bytes_done(&hex);
    if (!token)
        return asli_oom(reterr);
    *ret_token = token;
    return 0;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The hash and the bytes after it; false: no token has this form. */
static bool unhex(const char *token, uint64_t *ret_hash, char *position)
{
    size_t len = strlen(token) / 2;
    if (strlen(token) % 2 || len < HASH_LEN)
        return false;
    *ret_hash = 0;
    for (size_t i = 0; i < len; i++) {
        int high = digit(token[2 * i]), low = digit(token[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        if (i < HASH_LEN)
            *ret_hash = *ret_hash << 8 | (unsigned)(high << 4 | low);
        else
            position[i - HASH_LEN] = (char)(high << 4 | low);
    }
    return true;
}

int asli_page_position(const char *action, const json_t *params, char **ret_position,
                       asl_error *reterr)
{
    const char *token = json_string_value(json_object_get(params, "nextToken"));
    uint64_t told = 0, hash = 0;
    if (!token) {
        *ret_position = NULL;
        return 0;
    }
    char *position = asli_alloc(strlen(token) / 2 + 1);
    if (!position)
        return asli_oom(reterr);
    bool good = unhex(token, &told, position);
    int rc = good ? hash_of(action, params, position, &hash, reterr) : 0;
    if (!rc && (!good || told != hash))
        rc = asli_refuse(reterr, ASL_EINVAL, "InvalidToken",
                         "Invalid Token: 'Invalid token'");
    if (rc)
        asli_free(position);
    else
        *ret_position = position;
    return rc;
}

size_t asli_page_size(const json_t *params)
{
    json_int_t most = json_integer_value(json_object_get(params, "maxResults"));
    return most <= 0 ? 100 : most > 1000 ? 1000 : (size_t)most;
}
