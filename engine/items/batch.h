/* SPDX-License-Identifier: Apache-2.0
 *
 * ItemBatcher: items gathered into inputs {"BatchInput": ..., "Items": [...]} of child executions.
 *
 * An item is offered; when it does not fit any more, the batch is complete and the item begins the
 * next one. So which items are in a batch depends on where it begins and on nothing else: opened
 * again at the position of a batch's first item, the rest comes in the same batches.
 */
#ifndef ASLI_ITEMS_BATCH_H
#define ASLI_ITEMS_BATCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "engine/base/error.h"

struct asli_batcher_config {
    int64_t max_items; /* 0: no limit */
    int64_t max_bytes; /* of the input's text; 0: as large as a payload may be */
    json_t *input;     /* BatchInput, evaluated; NULL: none. Owned */
};
/* Checks evaluated values, each NULL when absent: MaxItemsPerBatch, MaxInputBytesPerBatch,
 * BatchInput. ASLI_FAILED: a number is not one, or not positive. */
int asli_batcher_configure(const json_t *max_items, const json_t *max_bytes,
                           json_t *input, struct asli_batcher_config *ret_config,
                           struct asli_failure *failure, asl_error *reterr);
void asli_batcher_config_done(struct asli_batcher_config *config);

struct asli_batcher; /* one batch that is being filled */

/* `config` must live as long as it. */
int asli_batcher_new(const struct asli_batcher_config *config,
                     struct asli_batcher **ret_batcher, asl_error *reterr);
void asli_batcher_free(struct asli_batcher *batcher); /* NULL is allowed */
/* Takes the item, or (*ret_taken false) nothing: the batch is complete. ASLI_FAILED: it does not
 * even fit alone. */
int asli_batcher_offer(struct asli_batcher *batcher, json_t *item, bool *ret_taken,
                       struct asli_failure *failure, asl_error *reterr);
/* It has as many items as it may: no use in offering more. */
bool asli_batcher_is_full(const struct asli_batcher *batcher);
size_t asli_batcher_count(const struct asli_batcher *batcher);
/* The input, a new reference; the batcher is empty then. */
int asli_batcher_take(struct asli_batcher *batcher, json_t **ret_input,
                      asl_error *reterr);

#endif
