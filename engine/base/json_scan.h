/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding the end of a run of characters that need no care inside a JSON string, eight
 * bytes at a time: what both the reader and the writer of JSON spend their time on.
 */
#ifndef ASLI_BASE_JSON_SCAN_H
#define ASLI_BASE_JSON_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ASLI_BYTES8(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Bytes of `word` that are `byte`, or (right of such a one) may be; 0: none is. */
static inline uint64_t asli_json_has(uint64_t word, unsigned char byte)
{
    word ^= ASLI_BYTES8(byte);
    return (word - ASLI_BYTES8(1)) & ~word & ASLI_BYTES8(0x80);
}

/* The first '"', '\\' or control character at or after p, or end. Ors something into
 * *ret_high's top bits when bytes above 127 were passed (it may do so for the stop's
 * too). */
static inline const char *asli_json_run(const char *p, const char *end,
                                        uint64_t *ret_high)
{
    for (; end - p >= 8; p += 8) {
        uint64_t word;
        memcpy(&word, p, sizeof word);
        *ret_high |= word & ASLI_BYTES8(0x80);
        if (asli_json_has(word, '"') | asli_json_has(word, '\\') |
            ((word - ASLI_BYTES8(0x20)) & ~word & ASLI_BYTES8(0x80)))
            break;
    }
    for (; p < end && (unsigned char)*p >= 0x20 && *p != '"' && *p != '\\'; p++)
        *ret_high |= (unsigned char)*p & 0x80u;
    return p;
}

/* Decodes the escape whose backslash stands before p, to `ret_len` bytes of UTF-8 (1 to
 * 4, a pair of \u escapes taken together, a lone surrogate as U+FFFD). Returns how many
 * bytes of the source it took; 0: not an escape. */
size_t asli_json_escape(const char *p, const char *end, char ret_text[4],
                        size_t *ret_len);

#endif
