/* SPDX-License-Identifier: Apache-2.0
 *
 * Unpacking gzip, a piece at a time. Without zlib at build time, what is packed is a failure.
 */
#ifndef ASLI_ITEMS_GUNZIP_H
#define ASLI_ITEMS_GUNZIP_H

#include <stdint.h>

#include "engine/base/error.h"

struct asli_gunzip;

/* Gives up to `len` bytes of the packed data from `offset` on; fewer only at its end. */
typedef int asli_packed_fn(void *arg, uint64_t offset, void *buffer, size_t len,
                           size_t *ret_len, struct asli_failure *failure,
                           asl_error *reterr);

int asli_gunzip_new(struct asli_gunzip **ret_gunzip, struct asli_failure *failure,
                    asl_error *reterr);
/* Unpacks up to `len` bytes; 0 bytes: the end. */
int asli_gunzip_read(struct asli_gunzip *g, void *buffer, size_t len, size_t *ret_len,
                     asli_packed_fn *read, void *arg, struct asli_failure *failure,
                     asl_error *reterr);
void asli_gunzip_free(struct asli_gunzip *g); /* NULL is allowed */

#endif
