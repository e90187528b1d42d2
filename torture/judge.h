/* SPDX-License-Identifier: Apache-2.0
 *
 * The judgement: what the store holds in the end, against what the child wrote down on the way and
 * what an undisturbed run gives. Pure, so that it can be shown that it sees what is wrong.
 */
#ifndef TORTURE_JUDGE_H
#define TORTURE_JUDGE_H

#include "torture/round.h"

/* X(ID, "name", what holds when it passes) */
#define TORTURE_CHECKS(X)                                                                \
    X(KEPT, "kept", "an execution whose start was acknowledged is there")                \
    X(END, "end", "it ends as an undisturbed run does")                                  \
    X(EVENTS, "events", "it has the events of an undisturbed run")                       \
    X(ORDER, "order", "events have their numbers in order, and time never goes back")    \
    X(EXTENDS, "extends",                                                                \
      "every history that was read is the beginning of the last one")                    \
    X(ONCE, "once", "a task has one completion, with what a handler gave for it")        \
    X(AGAIN, "again", "no task is given out after its completion was durable")           \
    X(EARLY, "early", "no timer fires early")                                            \
    X(LATE, "late", "no timer is late but by the time in which nothing ran")             \
    X(ACKNOWLEDGED, "acknowledged",                                                      \
      "a stop, redrive or answer that was acknowledged is there")                        \
    X(TOLD, "told", "the end that was told is the one that is stored")                   \
    X(CHILDREN, "children", "each item of a Map run has one child, which ended")         \
    X(REFUSED, "refused", "a second completion of a task is refused")                    \
    X(ERRORS, "errors", "calls fail only when it was planned, and say why")              \
    X(SOUND, "sound", "asl check finds no problem in the store")                         \
    X(SETTLED, "settled", "left in peace, all executions end")                           \
    X(ALIVE, "alive", "the child ends only as was planned")

enum torture_check {
#define TORTURE_CHECK_ID(id, name, text) TORTURE_CHECK_##id,
    TORTURE_CHECKS(TORTURE_CHECK_ID)
#undef TORTURE_CHECK_ID
        TORTURE_CHECK_COUNT
};
const char *torture_check_name(enum torture_check check);

struct torture_judge {
    const struct torture_round *round;
    /* Is told what is wrong; `execution` may be NULL. */
    void (*wrong)(void *arg, enum torture_check check, const char *execution,
                  const char *expected, const char *got);
    void *arg;
    const struct torture_line **by_name; /* sorted by name, then as written */
};

/* What the journal says, without the store. Ended with torture_judge_done. */
void torture_judge_begin(struct torture_judge *judge);
/* An execution: `its` is NULL for a child of a Map run; `description` is DescribeExecution's
 * response, NULL when there is none, `events` its history's. */
void torture_judge_execution(struct torture_judge *judge, const char *name,
                             const struct torture_case *its, const json_t *description,
                             const json_t *events);
/* A Map run, as asl_map_runs tells of it, and how many children are listed. */
void torture_judge_run(struct torture_judge *judge, const char *name, const json_t *run,
                       const json_t *children);
void torture_judge_done(struct torture_judge *judge);

/* Judges a store that is settled (inspect.c). *ret_events is added to. */
void torture_inspect(struct torture_judge *judge, uint64_t *ret_events);

#endif
