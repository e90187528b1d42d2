/* SPDX-License-Identifier: Apache-2.0
 *
 * The buckets of java.util.HashMap: String.hashCode over UTF-16, its upper half mixed into the
 * lower one, and a table of 16 that doubles when it is three quarters full.
 */
#include "engine/base/java.h"

#include "engine/base/utf8.h"

uint32_t asli_java_bucket(const char *key, size_t len, size_t count)
{
    const char *end = key + len;
    uint32_t hash = 0, character = 0;
    size_t buckets = 16;
    while (key < end) {
        size_t step = asli_utf8_decode(key, end, &character);
        key += step ? step : 1;
        if (character >= 0x10000) {
            hash = hash * 31 + (0xD7C0 + (character >> 10));
            character = 0xDC00 + (character & 0x3FF);
        }
        hash = hash * 31 + character;
    }
    while (count * 4 > buckets * 3)
        buckets *= 2;
    return (hash ^ hash >> 16) & (uint32_t)(buckets - 1);
}
