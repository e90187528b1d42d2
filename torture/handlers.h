/* SPDX-License-Identifier: Apache-2.0
 *
 * The handlers of generated machines. What one answers depends on its name, the task's input and
 * the number of the attempt alone; what befalls it on the way there is up to who registers them.
 */
#ifndef TORTURE_HANDLERS_H
#define TORTURE_HANDLERS_H

#include <stdint.h>

#include <asl.h>

#define TORTURE_ACTIVITY "work"
#define TORTURE_INNER "inner" /* a machine that others start */

/* What may befall a handler. */
enum torture_mishap {
    TORTURE_NO_MISHAP,
    TORTURE_HANGS,         /* it never returns */
    TORTURE_TELLS_TWICE,   /* it completes the task again */
    TORTURE_TELLS_RUBBISH, /* what it gives first is no JSON, what it returns no code */
    TORTURE_CRASHES,
    TORTURE_ENDS_THREAD, /* when it has completed the task */
};

/* Who gives the tasks out. All members but `arg` are required; they are called on any thread. */
struct torture_hands {
    void *arg;
    /* A handler has the task, and has done nothing yet. Returns a mark for what it will give. */
    int64_t (*taken)(void *arg, asl_task *task);
    enum torture_mishap (*mishap)(void *arg);
    /* To be completed by another thread, soon. A reference is taken, and the output. */
    void (*later)(void *arg, asl_task *task, json_t *take_output);
    /* It was submitted, and is to be answered by its token; `v` is what the answer has. */
    void (*submitted)(void *arg, asl_task *task, int64_t v, int64_t mark);
    /* Kept for ever: the reference is taken. */
    void (*kept)(void *arg, asl_task *task);
    /* Does not return until the life ends, if it can be helped. */
    void (*stuck)(void *arg);
    /* A second completion was accepted. */
    void (*again)(void *arg, asl_task *task);
};

/* All of them, the activity and the inner machine. `flags` as of asl_handler. `hands` lives as
 * long as the engine. */
int torture_register(asl_engine *engine, struct torture_hands *hands, unsigned flags,
                     asl_error *reterr);
/* Does what a worker of the activity does with a task. */
void torture_work(struct torture_hands *hands, asl_task *task);
/* What a handler gives: {"v": v, "mark": mark}. New. */
json_t *torture_output(int64_t v, int64_t mark);
/* The v of a callback's answer, known from the task's input, {"v": ...}. */
int64_t torture_callback_v(const json_t *input);

#endif
