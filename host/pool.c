/* SPDX-License-Identifier: Apache-2.0
 *
 * Worker threads for handlers that may block: one queue, first in first out.
 *
 * Invariants. `open` counts jobs queued or running; it falls when a job has returned, so that
 * "idle" means that no handler of ours can change anything any more. A thread is in `workers` as
 * long as it has to be joined. `useful` of them take jobs: a handler that ends its thread, or that
 * nobody waits for any more, costs none of these.
 */
#include "host/host_private.h"

#include <signal.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

enum { ABANDONED_MAX = 256 }; /* threads that handlers do not give back */

struct job {
    struct job *next;
    void (*run)(void *arg);
    void (*drop)(void *arg);
    void *arg;
};

struct worker {
    struct worker *next;
    struct asli_pool *pool;
    pthread_t thread;
    struct job *job; /* that it runs; NULL: none */
    bool abandoned; /* nobody waits for the job: it does not count, another thread does */
};

struct asli_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job *head, **tail;
    size_t open;
    bool ending;
    asl_host *host;
    struct worker *workers;
    unsigned wanted, useful, abandoned;
};

int asli_thread_start(pthread_t *thread, void *(*run)(void *), void *arg,
                      asl_error *reterr)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int failed = pthread_create(thread, NULL, run, arg);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return failed ? asl_error_set(reterr, ASL_ESYSTEM,
                                  "no thread could be started (errno %d)", failed)
                  : 0;
}

static struct job *take(struct asli_pool *pool)
{
    struct job *job = pool->head;
    pool->head = job->next;
    if (!pool->head)
        pool->tail = &pool->head;
    return job;
}

/* ---- a worker's life; its lock is held in all of these ---- */

static int make_up(struct asli_pool *pool);

static void count_down(struct asli_pool *pool)
{
    if (--pool->open == 0)
        asli_host_wake(pool->host);
}

static void end_job(struct worker *w)
{
    asli_free(w->job);
    w->job = NULL;
    if (!w->abandoned)
        count_down(w->pool);
}

/* The thread ends by itself: nobody joins it, unless the pool's end is about to. */
static void leave(struct worker *w)
{
    struct asli_pool *pool = w->pool;
    struct worker **at = &pool->workers;
    if (w->abandoned)
        pool->abandoned--;
    else
        pool->useful--;
    if (pool->ending)
        return;
    while (*at != w)
        at = &(*at)->next;
    *at = w->next;
    pthread_detach(w->thread);
    asli_free(w);
    make_up(pool);
}

/* A handler has ended its thread (pthread_exit, or a cancellation) and will never return. */
static void on_thread_end(void *arg)
{
    struct worker *w = arg;
    struct asli_pool *pool = w->pool;
    pthread_mutex_lock(&pool->lock);
    end_job(w);
    leave(w);
    pthread_mutex_unlock(&pool->lock);
}

static void *work(void *arg)
{
    struct worker *w = arg;
    struct asli_pool *pool = w->pool;
    pthread_mutex_lock(&pool->lock);
    while (!w->abandoned) {
        while (!pool->head && !pool->ending)
            pthread_cond_wait(&pool->changed, &pool->lock);
        if (pool->ending)
            break;
        w->job = take(pool);
        pthread_mutex_unlock(&pool->lock);
        pthread_cleanup_push(on_thread_end, w);
        w->job->run(w->job->arg);
        pthread_cleanup_pop(0);
        pthread_mutex_lock(&pool->lock);
        end_job(w);
    }
    leave(w);
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static int add_worker(struct asli_pool *pool, asl_error *reterr)
{
    struct worker *w = asli_alloc(sizeof *w);
    if (!w)
        return asli_oom(reterr);
    w->pool = pool;
    int rc = asli_thread_start(&w->thread, work, w, reterr);
    if (rc) {
        asli_free(w);
        return rc;
    }
    w->next = pool->workers;
    pool->workers = w;
    pool->useful++;
    return 0;
}

/* Workers that were lost are replaced as far as they can be; one is enough to go on. */
static int make_up(struct asli_pool *pool)
{
    int rc = 0;
    while (!rc && !pool->ending && pool->useful < pool->wanted &&
           pool->abandoned <= ABANDONED_MAX)
        rc = add_worker(pool, NULL);
    if (pool->useful || pool->ending)
        return 0;
    return rc ? ASL_ENOMEM : ASL_ELIMIT;
}

/* ---- the pool ---- */

int asli_pool_new(unsigned workers, asl_host *host, struct asli_pool **ret_pool,
                  asl_error *reterr)
{
    struct asli_pool *pool = asli_alloc(sizeof *pool);
    int rc = 0;
    if (!pool)
        return asli_oom(reterr);
    pthread_mutex_init(&pool->lock,
                       NULL); /* with default attributes these cannot fail on Linux */
    pthread_cond_init(&pool->changed, NULL);
    pool->tail = &pool->head;
    pool->host = host;
    pool->wanted = workers;
    pthread_mutex_lock(&pool->lock);
    while (!rc && pool->useful < workers)
        rc = add_worker(pool, reterr);
    pthread_mutex_unlock(&pool->lock);
    if (rc) {
        asli_pool_free(pool);
        return rc;
    }
    *ret_pool = pool;
    return 0;
}

int asli_pool_submit(struct asli_pool *pool, void (*run)(void *arg),
                     void (*drop)(void *arg), void *arg)
{
    struct job *job = asli_alloc(sizeof *job);
    if (!job)
        return ASL_ENOMEM;
    *job = (struct job){.run = run, .drop = drop, .arg = arg};
    pthread_mutex_lock(&pool->lock);
    int rc = make_up(pool);
    if (rc) {
        asli_free(job);
    } else {
        *pool->tail = job;
        pool->tail = &job->next;
        pool->open++;
        pthread_cond_signal(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return rc;
}

void asli_pool_abandon(struct asli_pool *pool, const void *arg)
{
    pthread_mutex_lock(&pool->lock);
    struct worker *w = pool->workers;
    while (w && !(w->job && w->job->arg == arg && !w->abandoned))
        w = w->next;
    if (w) {
        w->abandoned = true;
        pool->abandoned++;
        pool->useful--;
        count_down(pool);
        make_up(pool);
    }
    pthread_mutex_unlock(&pool->lock);
}

bool asli_pool_is_idle(struct asli_pool *pool)
{
    if (!pool)
        return true;
    pthread_mutex_lock(&pool->lock);
    bool idle = pool->open == 0;
    pthread_mutex_unlock(&pool->lock);
    return idle;
}

void asli_pool_stop(struct asli_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    while (pool->workers) {
        struct worker *w = pool->workers;
        pool->workers = w->next;
        pthread_join(w->thread, NULL);
        asli_free(w);
    }
}

void asli_pool_free(struct asli_pool *pool)
{
    if (!pool)
        return;
    asli_pool_stop(pool);
    while (pool->head) {
        struct job *job = take(pool);
        if (job->drop)
            job->drop(job->arg);
        asli_free(job);
    }
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    asli_free(pool);
}
