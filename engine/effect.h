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
/* A copy of how an execution ended; NULL: oom. */
struct asli_ending *asli_ending_new(const struct asli_execution *x);
/* No provider claims the task: its frame is marked so. */
void asli_task_unclaimed(asl_engine *engine, asl_task *task);

#endif
