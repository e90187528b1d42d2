/* SPDX-License-Identifier: Apache-2.0
 *
 * utf8.h. Runs of ASCII are checked eight bytes at a time: most text is that.
 */
#include "engine/base/utf8.h"

#include <string.h>

#define ASCII_ONLY UINT64_C(0x8080808080808080)

size_t asli_utf8_decode(const char *p, const char *end, uint32_t *ret_character)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t lead = (unsigned char)*p, c;
    if (lead < 0x80) {
        *ret_character = lead;
        return 1;
    }
    size_t len = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || (size_t)(end - p) < len)
        return 0;
    c = lead & (0x7fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)p[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (next & 0x3f);
    }
    if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_character = c;
    return len;
}

size_t asli_utf8_encode(uint32_t character, char buf[4])
{
    if (character < 0x80) {
        buf[0] = (char)character;
        return 1;
    }
    size_t len = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = len - 1; i > 0; i--, character >>= 6)
        buf[i] = (char)(0x80 | (character & 0x3f));
    buf[0] = (char)((0xf00u >> len & 0xff) | character);
    return len;
}

const char *asli_utf8_check(const char *text, const char *end)
{
    const char *p = text;
    uint32_t character;
    while (p < end) {
        uint64_t word;
        if (end - p >= (ptrdiff_t)sizeof word) {
            memcpy(&word, p, sizeof word);
            if (!(word & ASCII_ONLY)) {
                p += sizeof word;
                continue;
            }
        }
        size_t len = asli_utf8_decode(p, end, &character);
        if (!len)
            return p;
        p += len;
    }
    return NULL;
}
