/* SPDX-License-Identifier: Apache-2.0
 *
 * What parent and child know of a round. The parent fills it, the child has a copy.
 */
#ifndef TORTURE_ROUND_H
#define TORTURE_ROUND_H

#include <stdatomic.h>

#include "torture/generate.h"
#include "torture/journal.h"
#include "torture/plan.h"

/* Time runs faster in a round: a second of a machine is 5 ms. */
#define TORTURE_SPEED 200
#define TORTURE_JUMP_MS 3600000 /* of a clock that jumps */
#define TORTURE_EPOCH INT64_C(1700000000000)

/* What a child lets its parent see without a system call. */
struct torture_seen {
    atomic_int up;      /* the store is open, the host turns */
    atomic_ulong moves; /* anything happened but reading */
};

struct torture_round {
    uint64_t seed;
    char *dir, *store_dir; /* of this round */
    int64_t begun_ns;      /* CLOCK_MONOTONIC when the clock said TORTURE_EPOCH */
    struct torture_case *cases;
    unsigned count, lives;
    struct torture_journal journal;
    size_t known;              /* lines of it that made the sets below */
    unsigned *told;            /* by case: which kinds of lines there are, 1u << kind */
    struct torture_seen *seen; /* shared with the child */
};

static inline bool torture_told(const struct torture_round *round, unsigned i,
                                enum torture_line_kind kind)
{
    return round->told[i] >> kind & 1;
}

/* Which case has that name; NULL: none, a child of a Map run has it. */
struct torture_case *torture_case_of(const struct torture_round *round, const char *name);
/* What the clock says that does not jump. */
int64_t torture_round_now(const struct torture_round *round);
/* Adds what the child has written to what is known. 0, or 1: it cannot be read. */
int torture_round_learn(struct torture_round *round);

/* One life, in a process of its own (life.c). Returns its exit status. */
enum torture_exit {
    TORTURE_EXIT_DONE = 0,   /* nothing is left to do */
    TORTURE_EXIT_FAILED = 3, /* a call failed, as was planned; it is written down */
    TORTURE_EXIT_NOT_UP = 4, /* the same while it was opening */
    TORTURE_EXIT_NO_JOURNAL = 7,
};
int torture_live(struct torture_round *round, const struct torture_plan *plan);

#endif
