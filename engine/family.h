/* SPDX-License-Identifier: Apache-2.0
 *
 * Executions that belong to others: the children of a distributed Map (asl-reference 11.2).
 *
 * A step asks for births and stops, an end tells the parent. These errands are run between steps,
 * and no batch is taken while one is left: parent and children always agree on the disk.
 */
#ifndef ASLI_FAMILY_H
#define ASLI_FAMILY_H

#include "engine/engine.h"

enum asli_errand_kind {
    ASLI_ERRAND_BIRTH,  /* of a child with `input`; with an `arn`: after a crash, again */
    ASLI_ERRAND_REVIVE, /* a child that did not succeed is redriven */
    ASLI_ERRAND_DEATH,  /* a child has ended: its parent's frame is told */
    ASLI_ERRAND_STOP,   /* a child is to end */
};
struct asli_errand {
    enum asli_errand_kind kind;
    struct asli_errand *next;
    struct asli_kin kin;
    uint64_t child;         /* its id; BIRTH: not yet */
    enum asl_status status; /* DEATH */
    struct asli_payload *input;
    struct asli_scope *scope;
    char *name, *arn; /* of one that was begun before; NULL: not yet */
};

/* A running child, in its parent. */
struct asli_child {
    struct asli_map_node node; /* in x->children, by asli_child_key */
    uint64_t id, run, index;
};
static inline uint64_t asli_child_key(uint64_t run, uint64_t index)
{
    return run << 32 | index;
}
bool asli_child_runs(const struct asli_execution *x, uint64_t run, uint64_t index);

/* Of a Map's frame with a run. ASL_ENOMEM. A child starts with `input` as the run's number `index`,
 * for `items` of them. */
int asli_frame_bear(struct asli_frame *frame, uint64_t index, uint64_t items,
                    struct asli_scope *scope, struct asli_payload *input);
/* The child of that number and id is redriven, or stopped. */
int asli_frame_errand(struct asli_frame *frame, enum asli_errand_kind kind,
                      uint64_t index, uint64_t items, uint64_t child);
/* Stops all that run for the frame's run. */
int asli_frame_stop_run(struct asli_frame *frame);

/* The ARN of one of its Map runs: a new text; NULL: oom. */
char *asli_run_arn(const struct asli_execution *x, const struct asli_map_run *run);

/* The frame's run has ended so. ASL_ENOMEM. */
int asli_frame_end_run(struct asli_frame *frame, enum asl_status status);

/* Called at an execution's end: tells its parent, stops its children. */
int asli_family_ended(struct asli_execution *x);
/* The step's errands become the engine's, or are forgotten. */
void asli_errands_commit(struct asli_execution *x);
void asli_errands_free(struct asli_errand *list);
/* Runs all there are; what fails stays. */
int asli_errands_run(asl_engine *engine, asl_error *reterr);

/* Reads which children of the frame's run are running. Express ones are to begin anew: errands
 * of the execution, to be committed when all of it is loaded. */
int asli_children_load(struct asli_frame *frame, void *snapshot, asl_error *reterr);
void asli_children_free(struct asli_execution *x);

#endif
