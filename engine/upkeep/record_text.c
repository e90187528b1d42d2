/* SPDX-License-Identifier: Apache-2.0
 *
 * See record_text.h. Reading is strict: padding, and no bits left over.
 */
#include "engine/upkeep/record_text.h"

#include <string.h>

#include "engine/base/alloc.h"

static const char digits[] = "0123456789abcdef";
static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *asli_hex_text(asl_slice bytes)
{
    const unsigned char *p = bytes.data;
    char *text = asli_alloc(2 * bytes.len + 1);
    for (size_t i = 0; text && i < bytes.len; i++) {
        text[2 * i] = digits[p[i] >> 4];
        text[2 * i + 1] = digits[p[i] & 15];
    }
    return text;
}

char *asli_base64_text(asl_slice bytes)
{
    const unsigned char *p = bytes.data;
    char *text = asli_alloc((bytes.len + 2) / 3 * 4 + 1), *out = text;
    for (size_t left = bytes.len; text && left; p += 3, out += 4) {
        size_t n = left < 3 ? left : 3;
        unsigned v = (unsigned)p[0] << 16 | (n > 1 ? (unsigned)p[1] << 8 : 0) |
                     (n > 2 ? p[2] : 0u);
        for (size_t i = 0; i < 4; i++)
            out[i] = i <= n ? letters[v >> (18 - 6 * i) & 63] : '=';
        left -= n;
    }
    return text;
}

static int value_of(const char *alphabet, char c)
{
    const char *at = c ? strchr(alphabet, c) : NULL;
    return at ? (int)(at - alphabet) : -1;
}

bool asli_hex_read(const char *text, size_t len, struct asli_bytes *out)
{
    for (size_t i = 0; i + 1 < len; i += 2) {
        int high = value_of(digits, text[i]), low = value_of(digits, text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        asli_bytes_u8(out, (unsigned)(high << 4 | low));
    }
    return len % 2 == 0;
}

bool asli_base64_read(const char *text, size_t len, struct asli_bytes *out)
{
    signed char table[256];
    if (len % 4)
        return false;
    memset(table, -1, sizeof table);
    for (int i = 0; i < 64; i++)
        table[(unsigned char)letters[i]] = (signed char)i;
    for (size_t i = 0; i < len; i += 4) {
        bool last = i + 4 == len;
        size_t pad = last && text[i + 3] == '=' ? 1 + (text[i + 2] == '=') : 0;
        unsigned v = 0;
        for (size_t j = 0; j < 4; j++) {
            int bits = j < 4 - pad ? table[(unsigned char)text[i + j]] : 0;
            if (bits < 0)
                return false;
            v = v << 6 | (unsigned)bits;
        }
        if (v & ((1u << 8 * pad) - 1))
            return false;
        for (size_t j = 0; j < 3 - pad; j++)
            asli_bytes_u8(out, v >> (16 - 8 * j) & 255);
    }
    return true;
}
