/* SPDX-License-Identifier: Apache-2.0
 *
 * Torture: a child process runs generated state machines on a store and is killed again and again,
 * by its parent at random moments and by itself at chosen commits, with other faults between. In
 * the end the store and what the child wrote down are judged.
 *
 * Work comes in rounds: a store, some executions, some lives of a child, one last life in peace,
 * the judgement. Everything a round does is a function of its seed; round i of seed S has seed
 * S + i, so a round that failed is run again alone by naming its seed. Kills at commits come at the
 * same commits again, whatever threads had put into these; kills at random moments as exactly as
 * time allows.
 */
#ifndef TORTURE_TORTURE_H
#define TORTURE_TORTURE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* X(ID, "name", weight, "what happens"): what may befall a life. The weight is how often; 0: only
 * when it is named. Whatever it is, a life that goes on is ended by SIGKILL. */
#define TORTURE_FAULTS(X)                                                                \
    X(KILL, "kill", 8, "SIGKILL at a random moment")                                     \
    X(COMMIT, "commit", 8, "SIGKILL right before or right after a commit")               \
    X(EIO, "eio", 2, "a call of the store fails, before or after it did its work")       \
    X(NOSPACE, "nospace", 1, "the store is full for a while")                            \
    X(CLOCK, "clock", 1, "the clock jumps back and forth, by up to an hour")             \
    X(HANG, "hang", 1, "a handler never returns")                                        \
    X(TWICE, "twice", 1, "handlers complete their tasks a second time")                  \
    X(GARBAGE, "garbage", 1, "handlers give what is no JSON, and return nonsense")       \
    X(CRASH, "crash", 1, "a handler crashes the process")                                \
    X(THREADS, "threads", 1, "handlers end the worker threads they run on")              \
    X(FORGET, "forget", 0,                                                               \
      "the store is put back to what it was before the life: this must be found")

enum torture_fault {
#define TORTURE_FAULT_ID(id, name, weight, text) TORTURE_##id,
    TORTURE_FAULTS(TORTURE_FAULT_ID)
#undef TORTURE_FAULT_ID
        TORTURE_FAULT_COUNT
};

struct torture_options {
    uint64_t seed;   /* of the first round */
    uint64_t kills;  /* rounds go on until the child was killed so often; 0: no end */
    int64_t end_ms;  /* or until CLOCK_MONOTONIC says so; 0: no end */
    unsigned faults; /* a set: 1u << TORTURE_KILL | ... */
    const char
        *dir;  /* where rounds live; must exist. That of a failed one is left there */
    bool keep; /* all are left there */
    volatile int *stop; /* not 0: end after this life; may be NULL */
    /* A line for people: how far it is (every few seconds), or what failed. */
    void (*say)(void *arg, bool failure, const char *text);
    void *arg;
};

struct torture_sum {
    uint64_t rounds, failed_rounds, lives, kills, executions, dispatches, events, reads;
    uint64_t failed_seed; /* of the first round that failed */
    int64_t ms;
};

/* Runs rounds. 0: whatever was found is in *ret_sum; 1: it could not be done, and was said. */
int torture_run(const struct torture_options *options, struct torture_sum *ret_sum);

const char *torture_fault_name(int fault);
const char *torture_fault_text(int fault);
/* Those that come when none is named. */
unsigned torture_all_faults(void);
/* The set that a list such as "kill,eio" names; 0: *ret_unknown is where it is wrong. */
unsigned torture_fault_set(const char *list, const char **ret_unknown);

#endif
