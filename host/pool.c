/* SPDX-License-Identifier: Apache-2.0
 *
 * Worker threads for handlers that may block: one queue, first in first out.
 *
 * Invariant: `open` counts jobs queued or running; it falls when a job has returned, so that
 * "idle" means that no handler of ours can change anything any more.
 */
#include "host/host_private.h"

#include <signal.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

struct job {
    struct job *next;
    void (*run)(void *arg);
    void (*drop)(void *arg);
    void *arg;
};

struct asli_pool {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct job *head, **tail;
    size_t open;
    bool ending;
    asl_host *host;
    unsigned count;
    pthread_t threads[];
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

static void *work(void *arg)
{
    struct asli_pool *pool = arg;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        while (!pool->head && !pool->ending)
            pthread_cond_wait(&pool->changed, &pool->lock);
        if (pool->ending)
            break;
        struct job *job = take(pool);
        pthread_mutex_unlock(&pool->lock);
        job->run(job->arg);
        asli_free(job);
        pthread_mutex_lock(&pool->lock);
        if (--pool->open == 0)
            asli_host_wake(pool->host);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

int asli_pool_new(unsigned workers, asl_host *host, struct asli_pool **ret_pool,
                  asl_error *reterr)
{
    struct asli_pool *pool = asli_alloc(sizeof *pool + workers * sizeof *pool->threads);
    int rc = 0;
    if (!pool)
        return asli_oom(reterr);
    pthread_mutex_init(&pool->lock,
                       NULL); /* with default attributes these cannot fail on Linux */
    pthread_cond_init(&pool->changed, NULL);
    pool->tail = &pool->head;
    pool->host = host;
    while (!rc && pool->count < workers) {
        rc = asli_thread_start(&pool->threads[pool->count], work, pool, reterr);
        if (!rc)
            pool->count++;
    }
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
    *pool->tail = job;
    pool->tail = &job->next;
    pool->open++;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    return 0;
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
    while (pool->count)
        pthread_join(pool->threads[--pool->count], NULL);
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
