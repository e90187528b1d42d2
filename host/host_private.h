/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of a host: a pool of worker threads, a commit thread, and the host that owns both.
 *
 * Invariant: only the thread that runs the host calls the engine; the pool and the committer tell
 * it that something changed through asli_host_wake.
 */
#ifndef ASLI_HOST_PRIVATE_H
#define ASLI_HOST_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include <asl.h>
#include <asl/host.h>

/* A thread of ours, with every signal blocked: signals are the program's. Errors: ASL_ESYSTEM. */
int asli_thread_start(pthread_t *thread, void *(*run)(void *), void *arg,
                      asl_error *reterr);

/* ---- pool.c ---- */

struct asli_pool;
int asli_pool_new(unsigned workers, asl_host *host, struct asli_pool **ret_pool,
                  asl_error *reterr);
/* Queues a job; `drop` is called in its place by asli_pool_free. 0, ASL_ENOMEM, or ASL_ELIMIT: too
 * many were abandoned and have not returned. Any thread. */
int asli_pool_submit(struct asli_pool *pool, void (*run)(void *arg),
                     void (*drop)(void *arg), void *arg);
/* Nobody waits for what the job with this `arg` does: if it runs, it counts no more, and another
 * thread takes its worker's place. Any thread. */
void asli_pool_abandon(struct asli_pool *pool, const void *arg);
/* No job is queued or runs, but abandoned ones. What jobs did before is visible to who sees this. NULL: true. */
bool asli_pool_is_idle(struct asli_pool *pool);
/* Ends the threads once the jobs they run are done; others stay queued. */
void asli_pool_stop(struct asli_pool *pool);
void asli_pool_free(
    struct asli_pool *pool); /* stops it and drops what is queued; NULL: fine */

/* ---- committer.c ---- */

struct asli_committer;
int asli_committer_new(asl_store *store, asl_host *host,
                       struct asli_committer **ret_committer, asl_error *reterr);
/* Starts applying a batch; not while another is applied or its outcome was not collected. */
void asli_committer_give(struct asli_committer *committer, const asl_batch *batch);
/* True: a batch was applied with *ret_code; `ret_error` is filled when that is not 0. */
bool asli_committer_collect(struct asli_committer *committer, int *ret_code,
                            asl_error *ret_error);
/* Ends the thread once the batch it applies is applied; its outcome can be collected still. */
void asli_committer_stop(struct asli_committer *committer);
void asli_committer_free(struct asli_committer *committer); /* stops it; NULL: fine */

/* ---- host.c ---- */

struct asl_host {
    asl_engine *engine;
    asl_store *store;
    int64_t (*now)(void *arg);
    void *arg;
    bool is_virtual;
    int64_t virtual_now;
    int64_t ran_at;   /* of the last run_ready */
    int fd;           /* eventfd: written when somebody wakes a host that is asleep */
    atomic_int watch; /* enum watch, host.c */
    bool asleep;      /* the fd may have been written since it was last read */
    atomic_bool stopped;
    struct asli_pool *pool;           /* NULL: single thread */
    struct asli_committer *committer; /* NULL: single thread */
    const asl_batch *batch;           /* taken from the engine, not yet durable */
    bool given;                       /* the committer has it */
    bool shared;      /* its thread does other things too: it never waits for a disk */
    int delay;        /* ms between tries while the store is full; 0: it is not */
    int64_t retry_at; /* monotonic ms */
    asl_error full;   /* what the store said */
};

/* Makes the host look again. Any thread. */
void asli_host_wake(asl_host *host);

#endif
