/* SPDX-License-Identifier: Apache-2.0
 *
 * UUIDs, task tokens' text form, and the 64-bit hash of names.
 */
#ifndef ASLI_BASE_ID_H
#define ASLI_BASE_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* 36 characters and NUL of a version-4 UUID made of 16 random bytes. */
void asli_uuid_format(const unsigned char random[16], char ret_text[37]);

/* The bytes of 36 characters that are a UUID in lower case; false: they are none. */
bool asli_uuid_parse(const char *text, unsigned char ret_bytes[16]);

/* FNV-1a, 64 bits, then mixed: for keys of rows and hash tables, not for security. */
uint64_t asli_hash(const void *data, size_t len);

/* A task token: (execution id, serial of the frame, 128 random bits drawn for the attempt) as 64
 * text; parse is exact, false for anything else. */
struct asli_token {
    uint64_t execution, frame;
    unsigned char secret[16];
};
#define ASLI_TOKEN_LEN 64
void asli_token_format(const struct asli_token *token, char ret_text[ASLI_TOKEN_LEN + 1]);
bool asli_token_parse(const char *text, struct asli_token *ret_token);

/* Name rules of machines and executions (asl-reference 16): 1 to 80 characters, none refused. */
bool asli_name_valid(const char *name);

#endif
