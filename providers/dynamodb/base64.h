/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading base64 in place: the bytes of DynamoDB's binaries without decoding them anywhere. Except
 * for the check, all take texts that passed it.
 */
#ifndef ASLI_DYNAMODB_BASE64_H
#define ASLI_DYNAMODB_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* Padded, whole, and the one text of its bytes. */
bool asli_base64_check(const char *text, size_t len);
size_t asli_base64_size(const char *text); /* bytes */
unsigned char asli_base64_byte(const char *text, size_t i);
int asli_base64_compare(const char *a, const char *b);
/* Where the bytes of `part` begin in `text`, or -1. */
ptrdiff_t asli_base64_find(const char *text, const char *part);

#endif
