/* SPDX-License-Identifier: Apache-2.0
 *
 * What the two halves of a distributed Map share: starting children (map_distributed.c), and
 * reading what came of them (map_results.c).
 */
#ifndef ASLI_STATES_MAP_DISTRIBUTED_H
#define ASLI_STATES_MAP_DISTRIBUTED_H

#include "engine/map_run.h"
#include "states/map.h"

/* What is open while a run goes on, besides what is stored; made again after a restart. */
struct asli_map_reader {
    unsigned char run[16]; /* the id of the run that it is for */
    struct asli_items_config config;
    struct asli_batcher_config batching;
    struct asli_batcher *batcher; /* NULL: an item a child */
    struct asli_items *items;
    struct asli_bytes position; /* where `items` stands, or `held` came from */
    struct asli_item held;      /* read and not yet taken: it may not fit into a batch */
    uint64_t held_index;
    /* results */
    struct asli_writer_config writing;
    struct asli_writer *writer;
    json_t *results;
    uint64_t joined; /* children whose results are there */
    size_t bytes;
};

static inline const struct asli_map_def *asli_map_def_of(const struct asli_frame *frame)
{
    return frame->d.state->def;
}

/* The frame's reader, open where the run stands.
 * ASLI_FAILED: `failure`, or the frame has its own. */
int asli_map_ensure(struct asli_frame *frame, struct asli_map_reader **ret_reader,
                    struct asli_failure *failure, asl_error *reterr);
void asli_map_forget(struct asli_frame *frame);
/* The item at hand as ItemSelector makes it, a new reference; and an end to it. */
int asli_map_select_held(struct asli_frame *frame, struct asli_map_reader *r,
                         json_t **ret_value, asl_error *reterr);
void asli_map_drop_held(struct asli_map_reader *r);
/* Is it of reading, batching or writing items, which have errors of their own? */
bool asli_map_is_of_items(const struct asli_failure *failure);
/* ToleratedFailureCount and -Percentage, -1: none, into the run, which is one's own. */
int asli_map_tolerance(struct asli_frame *frame, struct asli_map_run *run,
                       asl_error *reterr);
/* Have more items of the frame's run failed than it tolerates? And the failure that this is. */
bool asli_map_has_exceeded(const struct asli_frame *frame);
int asli_map_threshold(struct asli_frame *frame, asl_error *reterr);
/* The run has ended so. */
int asli_map_end_run(struct asli_frame *frame, enum asl_status status, asl_error *reterr);
/* What reading or writing said. Its own errors fail the run, those of queries the state alone;
 * `failure` is consumed. */
enum asli_step asli_map_failed(struct asli_frame *frame, int rc,
                               struct asli_failure *failure, asl_error *reterr);
/* All children have ended, and that is durable: reads some results, at last makes the state's. */
enum asli_step asli_map_join(struct asli_frame *frame, asl_error *reterr);

#endif
