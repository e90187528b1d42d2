/* SPDX-License-Identifier: Apache-2.0
 *
 * Effects hang on a batch until it is durable (engine/engine.h).
 */
#ifndef ASLI_EFFECT_H
#define ASLI_EFFECT_H

#include "engine/engine.h"

/* Adds to the open batch's effects. */
void asli_engine_effect(asl_engine *engine, struct asli_effect *effect);
/* Performs and frees them, in order. */
void asli_effects_release(asl_engine *engine, struct asli_effect *take_list);
/* Nothing of it came about, or nobody knows: tells the callers that wait, and frees the list. */
void asli_effects_refuse(struct asli_effect **list, int code);
/* ASLI_EFFECT_DURABLE of a frame; NULL: oom. */
struct asli_effect *asli_effect_durable(const struct asli_frame *frame);
/* A copy of how an execution ended; NULL: oom. */
struct asli_ending *asli_ending_new(const struct asli_execution *x);
/* Is it still its frame's open task? */
bool asli_task_waits(const asl_engine *engine, const asl_task *handle);
/* Nobody waits for it any more: its provider hears so. */
void asli_task_abandon(asl_task *task);
/* No provider claims the task: its frame is marked so. */
void asli_task_unclaimed(asl_engine *engine, asl_task *task);

#endif
