/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that fails on purpose: it passes every call to another store, except that the n-th call
 * of a kind gives an error, before or after the other store did the work. It counts calls, and
 * tells a hook when an apply begins and ends, the two moments to pull the plug.
 */
#ifndef TORTURE_FAULTY_STORE_H
#define TORTURE_FAULTY_STORE_H

#include <asl/store.h>
#include <limits.h>

enum faulty_call {
    FAULTY_ANY,
    FAULTY_SNAPSHOT,
    FAULTY_GET,
    FAULTY_SCAN,
    FAULTY_APPLY,
    FAULTY_CALLS, /* how many there are */
};

/* Which call fails. n = 0: none. */
struct faulty_plan {
    enum faulty_call call;
    unsigned long n;     /* of this kind, counted from 1 from when the plan was set */
    int code;            /* what it returns: an ASL_E code */
    unsigned long times; /* how many of this kind fail from there on; 0: that one */
    int after; /* 1: the work is done (an apply is durable, all rows of a scan were
                        visited), and only then the error returned */
};

#define FAULTY_FOR_EVER ULONG_MAX

struct faulty_store; /* owned by the asl_store that is made with it */

/* Wraps `take_inner`. Free the asl_store when done: that frees `take_inner` as well. The
 * functions below may be called from any thread until then. */
int faulty_store_new(asl_store *take_inner, asl_store **ret_store,
                     struct faulty_store **ret_faulty, asl_error *reterr);

/* A new plan, NULL: none; the counting starts anew. */
void faulty_store_plan(struct faulty_store *faulty, const struct faulty_plan *plan);

/* The calls of this kind since the last plan was set. */
unsigned long faulty_store_count(struct faulty_store *faulty, enum faulty_call call);

/* How many calls were failed since the last plan was set. */
unsigned long faulty_store_failed(struct faulty_store *faulty);

/* Called on the applying thread before every apply and after it: n = 1 before the first, 2 after
 * it, 3 before the second, ... and never starts anew. Set it before the store is used. */
void faulty_store_at_apply(struct faulty_store *faulty,
                           void (*at_apply)(void *arg, unsigned long n), void *arg);

#endif
