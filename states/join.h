/* SPDX-License-Identifier: Apache-2.0
 *
 * What Parallel and Map share (join.c).
 */
#ifndef ASLI_STATES_JOIN_H
#define ASLI_STATES_JOIN_H

#include "engine/frame.h"

/* Sets frame->result to the array of all results, in order. 0 or an ASL_E code. */
int asli_join_results(struct asli_frame *frame, asl_error *reterr);
/* Keeps the child's result and removes its frame. 0 or ASL_ENOMEM. */
int asli_join_child(struct asli_frame *frame, const struct asli_event *event,
                    asl_error *reterr);
/* Takes over the child's failure, stops the others; FAIL or BROKEN. */
enum asli_step asli_join_failed(struct asli_frame *frame, struct asli_frame *child,
                                asl_error *reterr);

#endif
