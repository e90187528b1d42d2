/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two kinds of Map share: their definition, and what their items are. map.c has the fields
 * and INLINE maps, map_distributed.c the others.
 */
#ifndef ASLI_STATES_MAP_H
#define ASLI_STATES_MAP_H

#include "engine/frame.h"
#include "engine/items/fields.h"

struct asli_map_def {
    struct asli_scope *processor;
    struct asli_path *items_path;
    struct asli_template *selector, *items;
    struct asli_int_field concurrency, tolerated_count;
    struct asli_number_field tolerated_percentage;
    struct asli_text_field label;
    struct asli_item_reader reader;
    struct asli_item_batcher batcher;
    struct asli_result_writer writer;
    /* JSONata: the same three, whole, as values with expressions */
    struct asli_template *reader_value, *batcher_value, *writer_value;
};

/* A new reference to the array of items. */
int asli_map_items(struct asli_frame *frame, json_t **ret_items, asl_error *reterr);
/* How many at once, at most `ceiling`. */
int asli_map_concurrency(struct asli_frame *frame, int64_t ceiling, int64_t *ret_limit,
                         asl_error *reterr);
/* The item as ItemSelector makes it; a new reference. */
int asli_map_select(struct asli_frame *frame, const struct asli_map_item *item,
                    json_t **ret_selected, asl_error *reterr);

/* The `inspect` of its ops: map_inspect.c. */
int asli_map_inspect(struct asli_frame *frame, asl_error *reterr);

enum asli_step asli_map_distributed_enter(struct asli_frame *frame, asl_error *reterr);
enum asli_step asli_map_distributed_resume(struct asli_frame *frame,
                                           const struct asli_event *event,
                                           asl_error *reterr);

#endif
