/* SPDX-License-Identifier: Apache-2.0
 *
 * One life of a child: what its files share. life.c is the engine's thread, desk.c what other
 * threads do meanwhile: answer, complete, stop, redrive, read.
 */
#ifndef TORTURE_LIFE_H
#define TORTURE_LIFE_H

#include <pthread.h>
#include <stdatomic.h>

#include <asl/activity.h>

#include "torture/faulty_store.h"
#include "torture/handlers.h"
#include "torture/round.h"

struct torture_life {
    struct torture_round *round; /* its sets: under lock */
    const struct torture_plan *plan;
    int journal;
    asl_store *store;
    struct faulty_store *faulty;
    asl_engine *engine;
    asl_host *host;
    struct torture_hands hands;
    atomic_ulong taken, mishaps, readings;
    pthread_mutex_t lock; /* all below */
    pthread_cond_t changed, ends;
    struct torture_job *first, **last;
    bool ending;
    asl_task **kept; /* by handlers that never answer */
    size_t kept_count;
    pthread_t desk, worker;
    asl_activity_queue *work;
};

void torture_note(struct torture_life *life, enum torture_line_kind kind,
                  const char *name, int64_t a, int64_t b, const char *text);
/* Adds to what was told of a case. */
void torture_mark(struct torture_life *life, enum torture_line_kind kind,
                  const struct torture_case *its);
/* What a task is known as: the name of its execution, with room for 80 characters of UTF-8. */
#define TORTURE_NAME_LEN 336
void torture_name_of(const char *arn, char ret_name[TORTURE_NAME_LEN]);

/* Fills life->hands. */
void torture_desk_init(struct torture_life *life);
/* Starts the threads; 0, or 1 when they cannot be started. */
int torture_desk_open(struct torture_life *life);
/* Ends the desk's; no other call is made on the engine. */
void torture_desk_stop(struct torture_life *life);
/* Ends the worker's, and gives back what was kept: after the engine was closed. */
void torture_desk_close(struct torture_life *life);
/* Looks at a case, by and by, and does what it is still to be done to: a stop, a redrive. */
void torture_desk_tend(struct torture_life *life, const struct torture_case *its);

#endif
