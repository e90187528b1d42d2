/* SPDX-License-Identifier: Apache-2.0
 *
 * id.h: texts made of hex digits, a hash, and the name rule. All of it is pure; random
 * bytes come from the caller.
 */
#include "engine/base/id.h"

#include <string.h>

#include "engine/base/utf8.h"

static const char hex_digits[] = "0123456789abcdef";

static void hex_put(char *text, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = hex_digits[bytes[i] >> 4];
        text[2 * i + 1] = hex_digits[bytes[i] & 15];
    }
}

static bool hex_get(const char *text, unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const char *high = memchr(hex_digits, text[2 * i], 16);
        const char *low = memchr(hex_digits, text[2 * i + 1], 16);
        if (!high || !low)
            return false;
        bytes[i] = (unsigned char)((high - hex_digits) << 4 | (low - hex_digits));
    }
    return true;
}

void asli_uuid_format(const unsigned char random[16], char ret_text[37])
{
    unsigned char bytes[16];
    char hex[32];
    memcpy(bytes, random, sizeof bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40; /* version 4 */
    bytes[8] = (bytes[8] & 0x3f) | 0x80; /* RFC 4122 */
    hex_put(hex, bytes, sizeof bytes);
    for (size_t i = 0, out = 0; i < sizeof hex; i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            ret_text[out++] = '-';
        ret_text[out++] = hex[i];
    }
    ret_text[36] = '\0';
}

bool asli_uuid_parse(const char *text, unsigned char ret_bytes[16])
{
    char hex[32];
    for (size_t i = 0, out = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text[i] == '-'))
            return false;
        if (!dash)
            hex[out++] = text[i];
    }
    return hex_get(hex, ret_bytes, 16);
}

uint64_t asli_hash(const void *data, size_t len)
{
    const unsigned char *p = data;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    h = (h ^ h >> 33) * UINT64_C(0xff51afd7ed558ccd); /* FNV's high bits mix poorly */
    h = (h ^ h >> 33) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ h >> 33;
}

static void be64_put(unsigned char *bytes, uint64_t value)
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        bytes[i] = (unsigned char)value;
}

static uint64_t be64_get(const unsigned char *bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | bytes[i];
    return value;
}

void asli_token_format(const struct asli_token *token, char ret_text[ASLI_TOKEN_LEN + 1])
{
    unsigned char bytes[ASLI_TOKEN_LEN / 2];
    be64_put(bytes, token->execution);
    be64_put(bytes + 8, token->frame);
    memcpy(bytes + 16, token->secret, sizeof token->secret);
    hex_put(ret_text, bytes, sizeof bytes);
    ret_text[ASLI_TOKEN_LEN] = '\0';
}

bool asli_token_parse(const char *text, struct asli_token *ret_token)
{
    unsigned char bytes[ASLI_TOKEN_LEN / 2];
    if (!text || strlen(text) != ASLI_TOKEN_LEN || !hex_get(text, bytes, sizeof bytes))
        return false;
    ret_token->execution = be64_get(bytes);
    ret_token->frame = be64_get(bytes + 8);
    memcpy(ret_token->secret, bytes + 16, sizeof ret_token->secret);
    return true;
}

static bool name_space(uint32_t c)
{
    return c == ' ' || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x2028 ||
           c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

static bool name_refused(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || name_space(c)) /* U+00A0 is a space */
        return true;
    if (c < 0x80)
        return strchr("<>{}[]?*\"#%\\^|~`$&,;:/", (int)c) != NULL;
    return c == 0xfffe || c == 0xffff || c == 0x10ffff;
}

bool asli_name_valid(const char *name)
{
    if (!name)
        return false;
    size_t count = 0;
    for (const char *p = name, *end = name + strlen(name); p < end; count++) {
        uint32_t c;
        size_t len = asli_utf8_decode(p, end, &c);
        if (!len || name_refused(c) || count == 80)
            return false;
        p += len;
    }
    return count > 0;
}
