/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows as text, for the lines of a dump: keys in hexadecimal, values in base64 (RFC 4648).
 */
#ifndef ASLI_RECORD_TEXT_H
#define ASLI_RECORD_TEXT_H

#include <asl/store.h>

#include "engine/base/bytes.h"

#define ASLI_DUMP_VERSION 1

/* New texts; NULL: out of memory. */
char *asli_hex_text(asl_slice bytes);
char *asli_base64_text(asl_slice bytes);
/* Append what the text stands for; false: it is none. */
bool asli_hex_read(const char *text, size_t len, struct asli_bytes *out);
bool asli_base64_read(const char *text, size_t len, struct asli_bytes *out);

#endif
