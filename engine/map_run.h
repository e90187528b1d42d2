/* SPDX-License-Identifier: Apache-2.0
 *
 * A map run: what a distributed Map keeps of its reader and its child executions (asl-reference
 * 11.2). It stands in a row of its own, which outlives the state.
 *
 * Invariant: an asli_map_run never changes once a frame has it; a step that changes one makes a new
 * one. Children are numbered from 0 in the order of their starts; those below `begun` have rows.
 */
#ifndef ASLI_MAP_RUN_H
#define ASLI_MAP_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <asl.h>

/* Children at once: at most, and when 0 asks for any number. */
#define ASLI_RUN_CONCURRENCY 10000

/* Of executions, or of the items they were given. */
struct asli_run_counts {
    uint64_t of[ASL_ABORTED + 1]; /* by enum asl_status */
};

struct asli_map_run {
    unsigned refs;
    unsigned char id[16]; /* a UUID */
    char label[164];      /* of the state, or a UUID */
    enum asl_status status;
    uint64_t event; /* its MapRunStarted: names it among those of its execution */
    int64_t start_time, stop_time;
    uint64_t concurrency;
    int64_t tolerated_count;     /* -1: not given */
    double tolerated_percentage; /* -1: not given */
    uint64_t begun;              /* children */
    uint64_t low;                /* none below this number runs */
    uint64_t revived; /* redrive: of these children those that did not succeed are
                                    tried again, the rest of them before new ones begin */
    bool exhausted;   /* there are no more items */
    uint64_t total;   /* items; known from the start when `exhausted` or of an array */
    struct asli_run_counts executions, items;
    uint32_t redrive_count;
    size_t position_len; /* of the reader (engine/items/items.h) */
    char position[];
};

/* What UpdateMapRun changes; -1: nothing. */
struct asli_run_changes {
    int64_t concurrency, count;
    double percentage;
};

/* A copy with another position (NULL: the same), refs 1; `from` NULL: all zero. NULL: oom. */
struct asli_map_run *asli_map_run_copy(const struct asli_map_run *from,
                                       const void *position, size_t len);
struct asli_map_run *asli_map_run_ref(struct asli_map_run *run); /* NULL stays NULL */
void asli_map_run_unref(struct asli_map_run *run);

/* A run is asked for by its ARN alone: the UUID in it, which is random, also says of which execution
 * it is, a hint (a store that was loaded from a dump may have given the execution another id; older
 * runs have none). Hide: writes it into random bytes. Hint: 0, there is none. */
void asli_map_run_hide(unsigned char id[16], uint64_t execution);
uint64_t asli_map_run_hint(const char *arn);

/* "MACHINE/LABEL": a new text; NULL: oom. */
char *asli_map_run_name(const struct asli_map_run *run, const char *machine);

struct asli_bytes;
struct asli_reader;
void asli_map_run_encode(struct asli_bytes *out, const struct asli_map_run *run,
                         const char *arn);
/* NULL with r->bad. *ret_arn, when wanted, is a new text. */
struct asli_map_run *asli_map_run_decode(struct asli_reader *r, char **ret_arn);

#endif
