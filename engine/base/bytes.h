/* SPDX-License-Identifier: Apache-2.0
 *
 * Growable bytes, and the variable-length encoding that records are made of.
 *
 * A writer's failure sticks: after one failed append `oom` is set and further appends do nothing,
 * so a long encoding is checked once at its end. A reader's failure sticks likewise (`bad`).
 */
#ifndef ASLI_BASE_BYTES_H
#define ASLI_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct asli_bytes {
    char *data; /* not NUL-terminated; see asli_bytes_take_text */
    size_t len, cap;
    bool oom;
};

void asli_bytes_done(struct asli_bytes *b);
void asli_bytes_reset(struct asli_bytes *b); /* length 0, room kept, oom cleared */
bool asli_bytes_grow(struct asli_bytes *b, size_t more); /* reserve's slow part */
static inline bool asli_bytes_reserve(struct asli_bytes *b, size_t more) /* false: oom */
{
    return !b->oom && (more <= b->cap - b->len || asli_bytes_grow(b, more));
}
void asli_bytes_add(struct asli_bytes *b, const void *data, size_t len);
static inline void asli_bytes_addc(struct asli_bytes *b, char c)
{
    if (asli_bytes_reserve(b, 1))
        b->data[b->len++] = c;
}
void asli_bytes_adds(struct asli_bytes *b, const char *text);
void asli_bytes_addf(struct asli_bytes *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The content as a NUL-terminated text, which is then the caller's; b is empty. NULL: oom. */
char *asli_bytes_take_text(struct asli_bytes *b);

static inline void asli_bytes_u8(struct asli_bytes *b, unsigned value)
{
    asli_bytes_addc(b, (char)(unsigned char)value);
}
void asli_bytes_uint_long(struct asli_bytes *b, uint64_t value);
static inline void asli_bytes_uint(struct asli_bytes *b,
                                   uint64_t value) /* LEB128, 1 to 10 bytes */
{
    if (value < 0x80)
        asli_bytes_u8(b, (unsigned)value);
    else
        asli_bytes_uint_long(b, value);
}
void asli_bytes_int(struct asli_bytes *b, int64_t value); /* zig-zag, then LEB128 */
void asli_bytes_be64(struct asli_bytes *b,
                     uint64_t value); /* 8 bytes, sorts as a number */
void asli_bytes_blob(struct asli_bytes *b, const void *data,
                     size_t len); /* length, bytes */
void asli_bytes_text(struct asli_bytes *b,
                     const char *text_or_null); /* len+1, bytes; 0: NULL */

struct asli_reader {
    const unsigned char *p, *end;
    bool bad; /* a read went past the end or found nonsense; all later reads give 0 */
    bool oom; /* bad, but the bytes are innocent */
};

void asli_reader_init(struct asli_reader *r, const void *data, size_t len);
unsigned asli_read_u8(struct asli_reader *r);
uint64_t asli_read_uint(struct asli_reader *r);
int64_t asli_read_int(struct asli_reader *r);
uint64_t asli_read_be64(struct asli_reader *r);
void asli_read_bytes(struct asli_reader *r, void *to, size_t len); /* bad: zeros */
const char *asli_read_blob(struct asli_reader *r,
                           size_t *ret_len); /* borrowed from the input */
/* A text written by asli_bytes_text: a new NUL-terminated copy, or NULL for NULL, bad or oom
 * (oom sets bad too). */
char *asli_read_text(struct asli_reader *r);
bool asli_skip_text(struct asli_reader *r); /* false: NULL, or bad */

#endif
