/* SPDX-License-Identifier: Apache-2.0
 *
 * See base64.h. Byte i lies in the six-bit groups i * 4 / 3 and the one after it.
 */
#include "providers/dynamodb/base64.h"

#include <string.h>

static int bits(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool asli_base64_check(const char *text, size_t len)
{
    size_t pad = 0;
    if (len % 4 || memchr(text, '\0', len))
        return false;
    while (pad < 2 && pad < len && text[len - 1 - pad] == '=')
        pad++;
    for (size_t i = 0; i < len - pad; i++) {
        if (bits(text[i]) < 0)
            return false;
    }
    /* the last group's bits beyond the last byte */
    return pad == 0 || (bits(text[len - 1 - pad]) & (pad == 1 ? 3 : 15)) == 0;
}

size_t asli_base64_size(const char *text)
{
    size_t len = strcspn(text, "=");
    return len * 3 / 4;
}

unsigned char asli_base64_byte(const char *text, size_t i)
{
    const char *group = text + i / 3 * 4;
    switch (i % 3) {
    case 0:
        return (unsigned char)(bits(group[0]) << 2 | bits(group[1]) >> 4);
    case 1:
        return (unsigned char)(bits(group[1]) << 4 | bits(group[2]) >> 2);
    default:
        return (unsigned char)(bits(group[2]) << 6 | bits(group[3]));
    }
}

int asli_base64_compare(const char *a, const char *b)
{
    size_t alen = asli_base64_size(a), blen = asli_base64_size(b);
    for (size_t i = 0; i < alen && i < blen; i++) {
        int order = asli_base64_byte(a, i) - asli_base64_byte(b, i);
        if (order)
            return order < 0 ? -1 : 1;
    }
    return (alen > blen) - (alen < blen);
}

static bool stands_at(const char *text, size_t at, const char *part, size_t len)
{
    size_t i = 0;
    while (i < len && asli_base64_byte(text, at + i) == asli_base64_byte(part, i))
        i++;
    return i == len;
}

ptrdiff_t asli_base64_find(const char *text, const char *part)
{
    size_t size = asli_base64_size(text), len = asli_base64_size(part);
    for (size_t at = 0; at + len <= size; at++) {
        if (stands_at(text, at, part, len))
            return (ptrdiff_t)at;
    }
    return -1;
}
