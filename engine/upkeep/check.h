/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of asl_check share. Functions return 0 (a problem was told, or none), or an
 * error that ends the check.
 */
#ifndef ASLI_CHECK_H
#define ASLI_CHECK_H

#include <asl/maintain.h>

#include "engine/record.h"

#define ASLI_RESTORE "restore the store from a copy, or remove the execution"
#define ASLI_LEFTOVER                                                                    \
    "it does no harm; dump the executions and load them into a new store"

/* X(ID, "what is wrong", "what to do") */
#define ASLI_PROBLEMS(X)                                                                 \
    X(KEY, "a row that this version does not know", ASLI_LEFTOVER)                       \
    X(COUNTER, "a row of the store itself is damaged or missing",                        \
      "dump the executions and load them into a new store")                              \
    X(CHECKSUM, "the row is damaged: its checksum is wrong", ASLI_RESTORE)               \
    X(MACHINE, "the definition is damaged",                                              \
      "load the executions that have it from a dump; they cannot go on")                 \
    X(NAME, "the name is damaged", ASLI_RESTORE)                                         \
    X(NAME_ORPHAN, "a name without its execution", ASLI_RESTORE)                         \
    X(NAMELESS, "the execution has no name: it cannot be found", ASLI_RESTORE)           \
    X(EXECUTION, "the execution's record is damaged", ASLI_RESTORE)                      \
    X(NO_MACHINE, "the execution's definition is missing", ASLI_RESTORE)                 \
    X(START, "the start of an Express execution is damaged: it will not run",            \
      "start it again")                                                                  \
    X(NOT_RUNNING, "the execution runs, but nothing will wake it", ASLI_RESTORE)         \
    X(RUNNING, "where the execution stands is damaged", ASLI_RESTORE)                    \
    X(RUNNING_ORPHAN, "it stands somewhere, but does not run", ASLI_RESTORE)             \
    X(ROW_ORPHAN, "rows without an execution", ASLI_LEFTOVER)                            \
    X(UNLINKED, "rows that the execution's history does not name", ASLI_LEFTOVER)        \
    X(FRAME, "the frame is damaged", ASLI_RESTORE)                                       \
    X(FRAME_ORPHAN, "the frame's parent is missing", ASLI_RESTORE)                       \
    X(NO_ROOT, "the execution runs, but its root frame is missing", ASLI_RESTORE)        \
    X(NO_CHILD, "branches or iterations of the frame are missing", ASLI_RESTORE)         \
    X(RESULT, "the result is damaged", ASLI_RESTORE)                                     \
    X(RESULT_ORPHAN, "a result without its frame", ASLI_RESTORE)                         \
    X(NO_RESULT, "results of a frame are missing", ASLI_RESTORE)                         \
    X(HISTORY, "the history is damaged", ASLI_RESTORE)                                   \
    X(NO_HISTORY, "the execution's history, or its end, is missing", ASLI_RESTORE)       \
    X(REFERENCE, "it refers to a payload that is missing", ASLI_RESTORE)                 \
    X(RUN, "the Map run is damaged", ASLI_RESTORE)                                       \
    X(NO_RUN, "the Map run is missing", ASLI_RESTORE)                                    \
    X(RUN_COUNTS, "the Map run's counts are not those of its children", ASLI_RESTORE)    \
    X(CHILD, "the row of a child execution is damaged", ASLI_RESTORE)                    \
    X(CHILD_ORPHAN, "the child execution is missing, or is another one", ASLI_RESTORE)   \
    X(KIN, "it is a child execution that its parent does not know", ASLI_RESTORE)

enum asli_problem {
#define ASLI_PROBLEM_ID(id, text, advice) ASLI_PROBLEM_##id,
    ASLI_PROBLEMS(ASLI_PROBLEM_ID)
#undef ASLI_PROBLEM_ID
};

/* An execution, as the pass over all rows saw it. */
struct asli_checked {
    uint64_t id, history; /* its rows of history */
    bool damaged;         /* a row was lost: what is missing is not told again */
};

struct asli_check {
    asl_store *store;
    void *snapshot;
    asl_problem_fn *problem;
    void *arg;
    asl_error *reterr;
    asl_check_counts counts;
    unsigned plain;               /* which rows without a checksum were there */
    struct asli_bytes machines;   /* struct asli_checked_machine, by hash */
    struct asli_bytes executions; /* struct asli_checked, by id */
    uint64_t orphan;              /* the id without an execution that was told last */
};

/* `execution` and `detail` may be NULL. */
void asli_check_tell(struct asli_check *c, asl_slice key, const char *execution,
                     enum asli_problem problem, const char *detail);
/* Tells it when rc is ASL_EFORMAT or ASL_ENOTFOUND; passes any other error on. */
int asli_check_trouble(struct asli_check *c, asl_slice key, const char *execution, int rc,
                       enum asli_problem problem, const asl_error *error);
asl_machine *asli_check_machine(const struct asli_check *c, const unsigned char hash[16]);

/* check_rows.c: what the rows of one execution say of each other. */
int asli_check_rows(struct asli_check *c, const struct asli_checked *checked);

/* check_runs.c: an execution's Map runs and its children. Nothing that is missing is told when it is
 * `damaged`. */
struct asli_checked_run {
    uint64_t event;
    bool live; /* its frame goes on with it */
};
/* `used`: struct asli_checked_run of its frames. */
int asli_check_runs(struct asli_check *c, const struct asli_summary *s,
                    const struct asli_bytes *used, bool damaged);
/* The row that a child's parent has of it. */
int asli_check_kin(struct asli_check *c, const struct asli_summary *s);

#endif
