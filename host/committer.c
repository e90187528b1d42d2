/* SPDX-License-Identifier: Apache-2.0
 *
 * The commit thread: makes one batch durable while the engine's thread goes on filling the next.
 *
 * Invariant: a batch is given, applied, collected, in this order, one at a time; `batch` is set
 * from the first to the second, `done` from the second to the third.
 */
#include "host/host_private.h"

#include "engine/base/alloc.h"
#include "engine/base/error.h"

struct asli_committer {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    asl_store *store;
    asl_host *host;
    const asl_batch *batch;
    bool done, ending, running;
    int code;
    asl_error error;
    pthread_t thread;
};

static void *work(void *arg)
{
    struct asli_committer *c = arg;
    pthread_mutex_lock(&c->lock);
    for (;;) {
        while (!c->batch && !c->ending)
            pthread_cond_wait(&c->changed, &c->lock);
        if (!c->batch)
            break;
        pthread_mutex_unlock(&c->lock);
        c->error = (asl_error){0};
        c->code = asl_store_apply(c->store, c->batch, &c->error);
        pthread_mutex_lock(&c->lock);
        c->batch = NULL;
        c->done = true;
        asli_host_wake(c->host);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

int asli_committer_new(asl_store *store, asl_host *host,
                       struct asli_committer **ret_committer, asl_error *reterr)
{
    struct asli_committer *c = asli_alloc(sizeof *c);
    if (!c)
        return asli_oom(reterr);
    pthread_mutex_init(&c->lock,
                       NULL); /* with default attributes these cannot fail on Linux */
    pthread_cond_init(&c->changed, NULL);
    c->store = store;
    c->host = host;
    int rc = asli_thread_start(&c->thread, work, c, reterr);
    if (rc) {
        asli_committer_free(c);
        return rc;
    }
    c->running = true;
    *ret_committer = c;
    return 0;
}

void asli_committer_give(struct asli_committer *committer, const asl_batch *batch)
{
    pthread_mutex_lock(&committer->lock);
    committer->batch = batch;
    pthread_cond_signal(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
}

bool asli_committer_collect(struct asli_committer *committer, int *ret_code,
                            asl_error *ret_error)
{
    pthread_mutex_lock(&committer->lock);
    bool done = committer->done;
    if (done) {
        committer->done = false;
        *ret_code = committer->code;
        *ret_error = committer->error;
    }
    pthread_mutex_unlock(&committer->lock);
    return done;
}

void asli_committer_stop(struct asli_committer *committer)
{
    if (!committer->running)
        return;
    pthread_mutex_lock(&committer->lock);
    committer->ending = true;
    pthread_cond_signal(&committer->changed);
    pthread_mutex_unlock(&committer->lock);
    pthread_join(committer->thread, NULL);
    committer->running = false;
}

void asli_committer_free(struct asli_committer *committer)
{
    if (!committer)
        return;
    asli_committer_stop(committer);
    pthread_cond_destroy(&committer->changed);
    pthread_mutex_destroy(&committer->lock);
    asli_free(committer);
}
