/* SPDX-License-Identifier: Apache-2.0
 *
 * Wakes: what remains of an execution in memory when nothing works for it, and the counts by
 * which a host knows whether anything can still happen.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"

struct asli_wakes {
    struct asli_wakes *next;
    struct asli_wake wakes[63]; /* about a page */
};

static struct asli_wake *take(asl_engine *engine)
{
    struct asli_map_node *n = engine->free_wakes;
    if (n) {
        engine->free_wakes = n->next;
        return ASLI_OF(n, struct asli_wake, node);
    }
    struct asli_wakes *slab = asli_alloc(sizeof *slab);
    if (!slab)
        return NULL;
    slab->next = engine->slabs;
    engine->slabs = slab;
    for (size_t i = 1; i < sizeof slab->wakes / sizeof *slab->wakes; i++) {
        slab->wakes[i].node.next = engine->free_wakes;
        engine->free_wakes = &slab->wakes[i].node;
    }
    return &slab->wakes[0];
}

static void give_back(asl_engine *engine, struct asli_wake *wake)
{
    memset(wake, 0, sizeof *wake);
    wake->node.next = engine->free_wakes;
    engine->free_wakes = &wake->node;
}

void asli_wakes_done(asl_engine *engine)
{
    while (engine->slabs) {
        struct asli_wakes *next = engine->slabs->next;
        asli_free(engine->slabs);
        engine->slabs = next;
    }
}

struct asli_wake *asli_wake_new(asl_engine *engine, uint64_t id)
{
    struct asli_wake *w = take(engine);
    if (!w)
        return NULL;
    w->node.next = NULL;
    if (!asli_heap_reserve(&engine->timers, engine->wakes.count + 1) ||
        !asli_map_add(&engine->wakes, id, &w->node)) {
        give_back(engine, w);
        return NULL;
    }
    w->timer.order = id;
    engine->executions++;
    return w;
}

struct asli_listener *asli_listener_of(const asl_engine *engine, uint64_t id)
{
    struct asli_map_node *n = asli_map_find(&engine->listeners, id);
    return n ? ASLI_OF(n, struct asli_listener, node) : NULL;
}

int asli_listen(asl_engine *engine, uint64_t id,
                void (*ended)(void *arg, const asl_result *result), void *arg)
{
    struct asli_listener *l = ended ? asli_alloc(sizeof *l) : NULL;
    if (!ended)
        return 0;
    if (!l || !asli_map_add(&engine->listeners, id, &l->node)) {
        asli_free(l);
        return ASL_ENOMEM;
    }
    l->ended = ended;
    l->arg = arg;
    return 0;
}

void asli_wake_free(asl_engine *engine, struct asli_wake *wake)
{
    struct asli_listener *listener = asli_listener_of(engine, wake->node.key);
    for (int i = 0; i < ASLI_WAITS; i++)
        engine->count[i] -= wake->count[i];
    asli_heap_remove(&engine->timers, &wake->timer);
    asli_map_remove(&engine->wakes, &wake->node);
    engine->executions--;
    if (listener)
        asli_map_remove(&engine->listeners, &listener->node);
    asli_free(listener);
    give_back(engine, wake);
}

void asli_wake_count(asl_engine *engine, struct asli_wake *wake, enum asli_wait wait,
                     int by)
{
    if (wait == ASLI_WAIT_NONE)
        return;
    wake->count[wait] += (uint32_t)by;
    engine->count[wait] += (size_t)by;
}

void asli_wake_settle(struct asli_execution *x)
{
    struct asli_heap_node *first = asli_heap_first(&x->timers);
    int64_t at = first ? first->deadline : INT64_MAX;
    if (x->timeout_at && x->timeout_at < at)
        at = x->timeout_at;
    if (x->status != ASL_RUNNING || at == INT64_MAX)
        asli_heap_remove(&x->engine->timers, &x->wake->timer);
    else
        asli_heap_set(&x->engine->timers, &x->wake->timer, at); /* reserved by wake_new */
}

/* ---- frames ---- */

static int64_t earliest(const struct asli_frame_data *d)
{
    int64_t at = d->wake_at ? d->wake_at : INT64_MAX;
    if (d->timeout_at && d->timeout_at < at)
        at = d->timeout_at;
    if (d->heartbeat_at && d->heartbeat_at < at)
        at = d->heartbeat_at;
    return at;
}

static enum asli_wait wait_of(const struct asli_frame *f)
{
    const struct asli_frame_data *d = &f->d;
    if (d->task_phase == ASLI_TASK_OPEN)
        return d->unclaimed ? ASLI_WAIT_UNCLAIMED : ASLI_WAIT_TASK;
    if (d->task_phase == ASLI_TASK_SUBMITTED) {
        enum asl_pattern p = asli_state_resource(d->state)->pattern;
        bool here = p == ASL_PATTERN_SYNC || p == ASL_PATTERN_SYNC2;
        return here ? ASLI_WAIT_TASK : ASLI_WAIT_CALLBACK;
    }
    if (d->joining)
        return ASLI_WAIT_TASK;
    return d->wake_at ? ASLI_WAIT_SLEEP : ASLI_WAIT_NONE;
}

static void set_wait(struct asli_frame *f, enum asli_wait wait)
{
    if (wait == f->wait)
        return;
    asli_wake_count(f->x->engine, f->x->wake, f->wait, -1);
    asli_wake_count(f->x->engine, f->x->wake, wait, 1);
    f->wait = wait;
}

void asli_frame_settle(struct asli_frame *frame)
{
    int64_t at = earliest(&frame->d);
    if (at == INT64_MAX)
        asli_heap_remove(&frame->x->timers, &frame->timer);
    else
        asli_heap_set(&frame->x->timers, &frame->timer,
                      at); /* reserved by the step's commit */
    set_wait(frame, wait_of(frame));
}

void asli_frame_unsettle(struct asli_frame *frame)
{
    asli_heap_remove(&frame->x->timers, &frame->timer);
    set_wait(frame, ASLI_WAIT_NONE);
}
