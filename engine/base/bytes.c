/* SPDX-License-Identifier: Apache-2.0
 *
 * bytes.h: growth by doubling, LEB128 and its reader. A reader never looks past its end,
 * whatever the bytes say: stored data may be damaged.
 */
#include "engine/base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"

#define BYTES_FIRST 64 /* room of the first allocation */

void asli_bytes_done(struct asli_bytes *b)
{
    asli_free(b->data);
    *b = (struct asli_bytes){0};
}

void asli_bytes_reset(struct asli_bytes *b)
{
    b->len = 0;
    b->oom = false;
}

bool asli_bytes_grow(struct asli_bytes *b, size_t more)
{
    size_t cap = b->cap < BYTES_FIRST ? BYTES_FIRST : b->cap * 2;
    if (more > SIZE_MAX / 4 - b->len) {
        b->oom = true;
        return false;
    }
    if (cap < b->len + more)
        cap = b->len + more;
    char *data = asli_realloc(b->data, cap);
    if (!data) {
        b->oom = true;
        return false;
    }
    b->data = data;
    b->cap = cap;
    return true;
}

void asli_bytes_add(struct asli_bytes *b, const void *data, size_t len)
{
    if (!len || !asli_bytes_reserve(b, len))
        return;
    memcpy(b->data + b->len, data, len);
    b->len += len;
}

void asli_bytes_adds(struct asli_bytes *b, const char *text)
{
    asli_bytes_add(b, text, strlen(text));
}

void asli_bytes_addf(struct asli_bytes *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = asli_vprintf(format, args);
    va_end(args);
    if (text)
        asli_bytes_adds(b, text);
    else
        b->oom = true;
    asli_free(text);
}

char *asli_bytes_take_text(struct asli_bytes *b)
{
    char *text = NULL;
    asli_bytes_addc(b, '\0');
    if (!b->oom) {
        text = b->data;
        b->data = NULL;
        if (b->cap - b->len > b->len / 4 + BYTES_FIRST) {
            char *fitting =
                asli_realloc(text, b->len); /* texts may live long: give back room */
            text = fitting ? fitting : text;
        }
    }
    asli_bytes_done(b);
    return text;
}

void asli_bytes_uint_long(struct asli_bytes *b, uint64_t value)
{
    unsigned char buf[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        buf[n++] = (unsigned char)(value | 0x80);
    buf[n++] = (unsigned char)value;
    asli_bytes_add(b, buf, n);
}

void asli_bytes_int(struct asli_bytes *b, int64_t value)
{
    uint64_t bits = (uint64_t)value;
    asli_bytes_uint(b, value < 0 ? ~(bits << 1) : bits << 1);
}

void asli_bytes_be64(struct asli_bytes *b, uint64_t value)
{
    unsigned char buf[8];
    for (int i = 7; i >= 0; i--, value >>= 8)
        buf[i] = (unsigned char)value;
    asli_bytes_add(b, buf, sizeof buf);
}

void asli_bytes_blob(struct asli_bytes *b, const void *data, size_t len)
{
    asli_bytes_uint(b, len);
    asli_bytes_add(b, data, len);
}

void asli_bytes_text(struct asli_bytes *b, const char *text_or_null)
{
    size_t len = text_or_null ? strlen(text_or_null) : 0;
    asli_bytes_uint(b, text_or_null ? (uint64_t)len + 1 : 0);
    asli_bytes_add(b, text_or_null, len);
}

void asli_reader_init(struct asli_reader *r, const void *data, size_t len)
{
    r->p = data;
    r->end = len ? r->p + len : r->p;
    r->bad = r->oom = false;
}

/* The next `len` bytes, or NULL and bad for good. */
static const unsigned char *reader_take(struct asli_reader *r, uint64_t len)
{
    if (r->bad || len > (uint64_t)(r->end - r->p)) {
        r->bad = true;
        return NULL;
    }
    const unsigned char *at = r->p;
    r->p = len ? at + len : at;
    return at ? at : (const unsigned char *)"";
}

unsigned asli_read_u8(struct asli_reader *r)
{
    const unsigned char *at = reader_take(r, 1);
    return at ? *at : 0;
}

uint64_t asli_read_uint(struct asli_reader *r)
{
    uint64_t value = 0;
    for (int shift = 0; shift < 64 && !r->bad; shift += 7) {
        unsigned byte = asli_read_u8(r);
        if (shift == 63 && byte > 1)
            break;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return r->bad ? 0 : value;
    }
    r->bad = true;
    return 0;
}

int64_t asli_read_int(struct asli_reader *r)
{
    uint64_t bits = asli_read_uint(r);
    return (int64_t)(bits >> 1) ^ -(int64_t)(bits & 1);
}

uint64_t asli_read_be64(struct asli_reader *r)
{
    const unsigned char *at = reader_take(r, 8);
    uint64_t value = 0;
    for (int i = 0; at && i < 8; i++)
        value = value << 8 | at[i];
    return value;
}

void asli_read_bytes(struct asli_reader *r, void *to, size_t len)
{
    const unsigned char *at = reader_take(r, len);
    if (at)
        memcpy(to, at, len);
    else
        memset(to, 0, len);
}

const char *asli_read_blob(struct asli_reader *r, size_t *ret_len)
{
    uint64_t len = asli_read_uint(r);
    const unsigned char *at = reader_take(r, len);
    *ret_len = at ? (size_t)len : 0;
    return (const char *)at;
}

static const unsigned char *text_at(struct asli_reader *r, uint64_t *ret_len)
{
    uint64_t len = asli_read_uint(r); /* 0: NULL, or bad */
    *ret_len = len - 1;
    return len ? reader_take(r, len - 1) : NULL;
}

char *asli_read_text(struct asli_reader *r)
{
    uint64_t len;
    const unsigned char *at = text_at(r, &len);
    if (!at)
        return NULL;
    char *text = asli_strndup((const char *)at, (size_t)len);
    if (!text)
        r->bad = r->oom = true;
    return text;
}

bool asli_skip_text(struct asli_reader *r)
{
    uint64_t len;
    return text_at(r, &len) != NULL;
}
