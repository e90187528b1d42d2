/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl/activity.h: a queue of tasks for each activity.
 *
 * Invariant: queues are made on the engine's thread; what changes later is under their lock. An
 * item is in the queue, or was handed to one worker, or is gone.
 */
#include <asl/activity.h>

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/id.h"
#include "providers/activity_private.h"

struct item {
    struct item *next;
    asl_task *task; /* a reference */
};

struct asl_activity_queue {
    struct asl_activity_queue *next;
    atomic_uint refs;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool closed;
    struct item *head, **tail;
    char *name;
    bool deleted; /* it keeps its place, for what is still in it */
    unsigned flags;
    void (*ready)(void *arg, asl_activity_queue *queue);
    void *arg;
};

struct activities {
    struct asl_activity_queue *queues;
};

static struct asl_activity_queue *find(const struct activities *a, const char *name)
{
    struct asl_activity_queue *q = a->queues;
    while (q && strcmp(q->name, name) != 0)
        q = q->next;
    return q;
}

static void free_item(struct item *item)
{
    asl_task_unref(item->task);
    asli_free(item);
}

/* ---- the provider ---- */

static int claims(void *self, const asl_resource *resource)
{
    if (asl_resource_kind_of(resource) != ASL_RESOURCE_ACTIVITY)
        return 0;
    const struct asl_activity_queue *q = find(self, asl_resource_name(resource));
    return q && !q->deleted;
}

static void push(struct asl_activity_queue *q, struct item *item)
{
    pthread_mutex_lock(&q->lock);
    *q->tail = item;
    q->tail = &item->next;
    pthread_cond_broadcast(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    const char *name = asl_resource_name(asl_task_resource_info(task));
    struct asl_activity_queue *q = find(self, name);
    if (q->flags & ASL_ACTIVITY_ELSEWHERE)
        return asl_error_set(reterr, ASL_EHANDLER,
                             "the workers of activity '%s' are elsewhere", name);
    struct item *item = asli_alloc(sizeof *item);
    if (!item)
        return asli_oom(reterr);
    item->task = asl_task_ref(task);
    push(q, item);
    if (q->ready)
        q->ready(q->arg, q);
    return 0;
}

static struct item *remove_item(struct asl_activity_queue *q, struct item **at)
{
    struct item *item = *at;
    *at = item->next;
    if (!*at)
        q->tail = at;
    item->next = NULL;
    return item;
}

static void cancel(void *self, asl_task *task)
{
    struct asl_activity_queue *q =
        find(self, asl_resource_name(asl_task_resource_info(task)));
    struct item *found = NULL;
    pthread_mutex_lock(&q->lock);
    for (struct item **p = &q->head; *p && !found;) {
        if ((*p)->task == task)
            found = remove_item(q, p);
        else
            p = &(*p)->next;
    }
    pthread_mutex_unlock(&q->lock);
    if (found)
        free_item(found);
}

static void drop_items(struct asl_activity_queue *q)
{
    while (q->head)
        free_item(remove_item(q, &q->head));
}

void asl_activity_queue_unref(asl_activity_queue *queue)
{
    if (!queue || atomic_fetch_sub(&queue->refs, 1) != 1)
        return;
    drop_items(queue);
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    asli_free(queue->name);
    asli_free(queue);
}

static void on_close(void *self)
{
    struct activities *a = self;
    while (a->queues) {
        struct asl_activity_queue *q = a->queues;
        a->queues = q->next;
        pthread_mutex_lock(&q->lock);
        q->closed = true;
        drop_items(q);
        pthread_cond_broadcast(&q->changed);
        pthread_mutex_unlock(&q->lock);
        asl_activity_queue_unref(q);
    }
    asli_free(a);
}

static const asl_provider_ops ops = {
    sizeof ops, "activity", claims, start, cancel, on_close,
};

/* ---- creating ---- */

static int queue_new(const char *name, struct asl_activity_queue **ret_queue,
                     asl_error *reterr)
{
    struct asl_activity_queue *q = asli_alloc(sizeof *q);
    pthread_condattr_t monotonic;
    if (!q || !(q->name = asli_strdup(name))) {
        asli_free(q);
        return asli_oom(reterr);
    }
    atomic_init(&q->refs, 1);
    q->tail = &q->head;
    pthread_condattr_init(&monotonic); /* none of these can fail on Linux */
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&q->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&q->lock, NULL);
    *ret_queue = q;
    return 0;
}

int asl_activity_create(asl_engine *engine, const char *activity, unsigned flags,
                        asl_error *reterr)
{
    const char *name = activity ? asli_activity_name(activity) : "";
    struct activities *a = asl_engine_provider(engine, &ops);
    struct asl_activity_queue *q = a ? find(a, name) : NULL;
    int rc = 0;
    if (!asli_name_valid(name) || (flags & ~(unsigned)ASL_ACTIVITY_ELSEWHERE))
        return asl_error_set(reterr, ASL_EINVAL, "Invalid Name: '%s'", name);
    if (!a) {
        a = asli_alloc(sizeof *a);
        rc = a ? asl_engine_add_provider(engine, &ops, a, reterr) : asli_oom(reterr);
    }
    if (!rc && !q) {
        rc = queue_new(name, &q, reterr);
        if (!rc) {
            q->next = a->queues;
            a->queues = q;
        }
    }
    if (rc)
        return rc;
    q->flags = flags;
    q->deleted = false;
    asl_engine_claims_changed(engine);
    return 0;
}

void asl_activity_delete(asl_engine *engine, const char *activity)
{
    struct activities *a = asl_engine_provider(engine, &ops);
    struct asl_activity_queue *q = a ? find(a, asli_activity_name(activity)) : NULL;
    if (q)
        q->deleted = true;
}

asl_activity_queue *asl_activity_queue_of(const asl_engine *engine, const char *activity)
{
    const struct activities *a = asl_engine_provider(engine, &ops);
    struct asl_activity_queue *q = a ? find(a, asli_activity_name(activity)) : NULL;
    if (!q || q->deleted)
        return NULL;
    atomic_fetch_add(&q->refs, 1);
    return q;
}

void asl_activity_notify(asl_activity_queue *queue,
                         void (*ready)(void *arg, asl_activity_queue *queue), void *arg)
{
    pthread_mutex_lock(&queue->lock);
    bool now = queue->head != NULL;
    pthread_mutex_unlock(&queue->lock);
    queue->ready = ready;
    queue->arg = arg;
    if (ready && now)
        ready(arg, queue);
}

/* ---- polling ---- */

static struct timespec deadline_of(int64_t timeout_ms)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    int64_t ns = t.tv_nsec + timeout_ms % 1000 * 1000000;
    t.tv_sec += timeout_ms / 1000 + ns / 1000000000;
    t.tv_nsec = ns % 1000000000;
    return t;
}

/* The oldest item, NULL when the time is up or the engine is closed. */
static struct item *take(struct asl_activity_queue *q, int64_t timeout_ms,
                         const struct timespec *deadline, bool *ret_closed)
{
    int late = timeout_ms == 0;
    pthread_mutex_lock(&q->lock);
    while (!q->closed && !q->head && !late)
        late = timeout_ms < 0 ? pthread_cond_wait(&q->changed, &q->lock)
                              : pthread_cond_timedwait(&q->changed, &q->lock, deadline);
    *ret_closed = q->closed;
    struct item *item = q->head ? remove_item(q, &q->head) : NULL;
    pthread_mutex_unlock(&q->lock);
    return item;
}

static void put_back(struct asl_activity_queue *q, struct item *item)
{
    pthread_mutex_lock(&q->lock);
    item->next = q->head;
    q->head = item;
    if (!item->next)
        q->tail = &item->next;
    pthread_mutex_unlock(&q->lock);
}

int asl_activity_poll(asl_activity_queue *queue, const char *worker, int64_t timeout_ms,
                      asl_task **ret_task, asl_error *reterr)
{
    struct timespec deadline = deadline_of(timeout_ms < 0 ? 0 : timeout_ms);
    struct item *item;
    bool closed;
    if (worker && !asli_name_valid(worker))
        return asl_error_set(reterr, ASL_EINVAL, "Invalid Name: '%s'", worker);
    while ((item = take(queue, timeout_ms, &deadline, &closed))) {
        int rc = asl_task_started(item->task, worker, reterr);
        if (rc == ASL_ENOMEM) {
            put_back(queue, item);
            return rc;
        }
        if (rc == 0 && !asl_task_cancelled(item->task)) {
            *ret_task = asl_task_ref(item->task);
            free_item(item);
            return 0;
        }
        free_item(item); /* nobody waits for it any more */
    }
    if (closed)
        return asl_error_set(reterr, ASL_ECLOSED, "the engine is closed");
    *ret_task = NULL;
    return 0;
}
