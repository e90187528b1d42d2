/* SPDX-License-Identifier: Apache-2.0
 *
 * Hashes by the names that Step Functions has for them.
 */
#ifndef ASLI_BASE_DIGEST_H
#define ASLI_BASE_DIGEST_H

#include <stdbool.h>
#include <stddef.h>

#define ASLI_DIGEST_HEX 129
#define ASLI_DIGEST_NAMES "MD5, SHA-1, SHA-256, SHA-384 or SHA-512"

/* Names are case-sensitive. */
bool asli_digest_known(const char *algorithm, size_t len);
/* The hash of the data as lower-case hexadecimal digits. 0; ASL_EINVAL: it is not known;
 * ASL_ESYSTEM: libcrypto refuses it. */
int asli_digest_hex(const char *algorithm, size_t algorithm_len, const void *data,
                    size_t len, char ret_hex[ASLI_DIGEST_HEX]);

#endif
