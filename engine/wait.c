/* SPDX-License-Identifier: Apache-2.0
 *
 * What a task may wait for without a thread of the host: another execution of this engine (a
 * watch), and work that its provider does elsewhere (busy).
 *
 * Invariant: a watch is called once, when the end it tells of is durable, and is then gone. A
 * watched task is not counted as being worked on: the execution it waits for is counted itself.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/effect.h"
#include "engine/task_handle.h"

struct watch {
    struct asli_map_node node; /* by hash of the ARN */
    char *arn;
    asl_task *task;
    asl_done_fn *ended;
    void *arg;
};

static uint64_t key_of(const char *text)
{
    return asli_hash(text, strlen(text));
}

/* The watch of that execution by `task`, or by any. */
static struct watch *find(const asl_engine *engine, const char *arn, const asl_task *task)
{
    struct asli_map_node *n = asli_map_find(&engine->watches, key_of(arn));
    for (; n; n = asli_map_next(n)) {
        struct watch *w = ASLI_OF(n, struct watch, node);
        if (strcmp(w->arn, arn) == 0 && (!task || w->task == task))
            return w;
    }
    return NULL;
}

static void forget(asl_engine *engine, struct watch *w)
{
    asli_map_remove(&engine->watches, &w->node);
    asli_free(w->arn);
    asli_free(w);
}

void asli_watches_ended(asl_engine *engine, const char *arn)
{
    struct watch *w;
    while (engine->watches.count && (w = find(engine, arn, NULL))) {
        asl_done_fn *ended = w->ended;
        void *arg = w->arg;
        forget(engine, w);
        ended(arg, 0, arn);
    }
}

void asli_watches_free(asl_engine *engine)
{
    struct asli_map_node *n;
    while ((n = asli_map_any(&engine->watches)))
        forget(engine, ASLI_OF(n, struct watch, node));
    asli_map_done(&engine->watches);
}

/* ---- asking for one ---- */

static const struct asli_execution *in_memory(const asl_engine *engine, const char *name,
                                              const char *arn)
{
    struct asli_map_node *n = asli_map_find(&engine->names, key_of(name));
    for (; n; n = asli_map_next(n)) {
        const struct asli_execution *x = ASLI_OF(n, struct asli_execution, by_name);
        if (strcmp(x->arn, arn) == 0)
            return x;
    }
    return NULL;
}

/* Has the execution ended, be it durable or not? */
static int has_ended(const asl_engine *engine, const char *arn, bool *ret_ended,
                     asl_error *reterr)
{
    ASLI_AUTO(text) char *name = asli_name_of(arn);
    if (!name)
        return asli_oom(reterr);
    const struct asli_execution *x = in_memory(engine, name, arn);
    uint64_t id;
    void *snapshot;
    if (x) {
        *ret_ended = x->status != ASL_RUNNING;
        return 0;
    }
    int rc = asl_store_snapshot(engine->store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = asli_find_execution(engine->store, snapshot, arn, &id, reterr);
    asl_store_release(engine->store, snapshot);
    if (!rc)
        *ret_ended = asli_map_find(&engine->wakes, id) == NULL;
    return rc;
}

static void tell(void *arg, int code, const char *arn)
{
    if (code == 0) /* else the engine is closing */
        asli_watches_ended(arg, arn);
}

/* The end is behind us: told when everything computed so far is durable. */
static int tell_soon(asl_engine *engine, const char *arn, asl_error *reterr)
{
    struct asli_effect *e = asli_effect_new(ASLI_EFFECT_DONE);
    if (!e || !(e->text = asli_strdup(arn))) {
        asli_free(e);
        return asli_oom(reterr);
    }
    e->done = tell;
    e->arg = engine;
    asli_engine_effect(engine, e);
    return 0;
}

static int add(asl_engine *engine, const struct watch *watch, asl_error *reterr)
{
    struct watch *w = asli_alloc(sizeof *w);
    if (w) {
        *w = *watch;
        w->arn = asli_strdup(watch->arn);
        if (w->arn && asli_map_add(&engine->watches, key_of(w->arn), &w->node))
            return 0;
        asli_free(w->arn);
        asli_free(w);
    }
    return asli_oom(reterr);
}

int asl_task_watch(asl_task *task, const char *execution, asl_done_fn *ended, void *arg,
                   asl_error *reterr)
{
    asl_engine *engine = task->inbox->engine;
    const struct watch watch = {
        .arn = (char *)execution, .task = task, .ended = ended, .arg = arg};
    bool over = false;
    if (!engine)
        return asl_error_set(reterr, ASL_ECLOSED, "the engine is closed");
    int rc = has_ended(engine, execution, &over, reterr);
    if (!rc)
        rc = add(engine, &watch, reterr);
    if (rc || !over)
        return rc;
    rc = tell_soon(engine, execution, reterr);
    if (rc)
        asl_task_unwatch(task, execution);
    return rc;
}

void asl_task_unwatch(asl_task *task, const char *execution)
{
    asl_engine *engine = task->inbox->engine;
    struct watch *w = engine ? find(engine, execution, task) : NULL;
    if (w)
        forget(engine, w);
}

/* ---- work elsewhere ---- */

void asl_task_busy(asl_task *task, int by)
{
    struct asli_inbox *inbox = task->inbox;
    pthread_mutex_lock(&inbox->lock);
    inbox->busy += by;
    if (inbox->busy == 0 && inbox->host && inbox->host->wake)
        inbox->host->wake(inbox->host_self);
    pthread_mutex_unlock(&inbox->lock);
}

int asl_engine_is_busy(const asl_engine *engine)
{
    pthread_mutex_lock(&engine->inbox->lock);
    bool busy = engine->inbox->busy > 0;
    pthread_mutex_unlock(&engine->inbox->lock);
    return busy;
}

int asl_task_redelivered(const asl_task *task)
{
    return task->redelivered;
}
