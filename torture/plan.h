/* SPDX-License-Identifier: Apache-2.0
 *
 * What is to happen in a life: a function of the round's seed and the life's number.
 */
#ifndef TORTURE_PLAN_H
#define TORTURE_PLAN_H

#include "torture/torture.h"

enum torture_call { TORTURE_APPLY, TORTURE_ANY_CALL };

struct torture_plan {
    bool peace; /* the last life: nobody kills it, and its fault is none that ends it */
    enum torture_fault fault;
    unsigned number;   /* of the life, from 0 */
    unsigned started;  /* so many cases are to be started by now */
    unsigned delay_us; /* to SIGKILL: from its beginning, or from when it is up */
    bool from_up;
    /* Of the fault: it strikes the nth call, commit, reading of the clock, handler; before it did
     * its work or after; so often. */
    unsigned nth, times;
    bool after;
    enum torture_call call;
};

/* Such a life is killed only when nothing has happened in it for its delay. */
bool torture_ends_itself(enum torture_fault fault);
/* `faults`: which may be. */
struct torture_plan torture_plan_of(uint64_t seed, unsigned number, unsigned lives,
                                    unsigned cases, unsigned faults);

#endif
