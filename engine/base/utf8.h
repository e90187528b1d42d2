/* SPDX-License-Identifier: Apache-2.0
 *
 * UTF-8, strictly: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef ASLI_BASE_UTF8_H
#define ASLI_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The length (1 to 4) of the character at p, p < end, and the character; 0: not UTF-8. */
size_t asli_utf8_decode(const char *p, const char *end, uint32_t *ret_character);
/* Writes a valid character (not checked) and returns its length. */
size_t asli_utf8_encode(uint32_t character, char buf[4]);
/* The first place in text that is not UTF-8, NULL when there is none. */
const char *asli_utf8_check(const char *text, const char *end);

#endif
