/* SPDX-License-Identifier: Apache-2.0
 *
 * Access keys, and whether a request is signed by one: AWS's Signature Version 4.
 */
#ifndef ASLI_SERVER_KEYS_H
#define ASLI_SERVER_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "server/exception.h"

struct asli_key {
    char *id, *secret, *account, *region;
    /* The key that signs of a day and service, kept since it is the same all day. */
    char scope[96];
    unsigned char signing[32];
};
struct asli_keys {
    struct asli_key *list;
    size_t count;
};

/* Reads the text of a file of keys: on each line access key, secret, account and region, with blanks
 * between; empty lines, and those that begin with '#', are left out. Errors: ASL_EINVAL (the text
 * says which line), ASL_ENOMEM. */
int asli_keys_read(const char *text, struct asli_keys *ret_keys, asl_error *reterr);
void asli_keys_done(struct asli_keys *keys);

/* What is signed of a request. */
struct asli_header {
    const char *name, *value;
};
struct asli_signed {
    const char *method, *path, *query; /* both as SigV4 wants them: encoded, sorted */
    const struct asli_header *headers; /* as they came */
    size_t header_count;
    const void *body;
    size_t body_len;
};

/* Who signed it for `service`, within five minutes of `now` (seconds since 1970). NULL: nobody;
 * *ret_exception says what AWS calls that, its message is appended to `text`. */
const struct asli_key *asli_keys_verify(struct asli_keys *keys,
                                        const struct asli_signed *request,
                                        const char *service, int64_t now,
                                        enum asli_exception_id *ret_exception,
                                        struct asli_bytes *text);

#endif
