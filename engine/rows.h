/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows that are not the engine's, on their way into a batch (asl/host.h).
 */
#ifndef ASLI_ROWS_H
#define ASLI_ROWS_H

#include <asl/store.h>

#include "engine/base/bytes.h"

/* What one call writes: all of it in one batch. */
struct asli_rows {
    struct asli_rows *next;
    struct asli_bytes bytes; /* keys and values, as they are stored */
    size_t count;
    asl_op ops[]; /* with offsets into bytes */
};
void asli_rows_free(struct asli_rows *list);

#endif
