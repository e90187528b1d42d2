/* SPDX-License-Identifier: Apache-2.0
 *
 * The engine as an object: opened on a store, given a driver, closed. What it does in a turn is in
 * turn.c; requests from outside enter in request.c.
 */
#include "engine/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "engine/base/alloc.h"
#include "engine/effect.h"
#include "engine/family.h"
#include "engine/task_handle.h"
#include "engine/upkeep/upkeep.h"

const char *asl_version(void)
{
    return ASL_VERSION;
}

void asl_free(void *text)
{
    asli_free(text);
}

const char *asl_status_name(enum asl_status status)
{
    static const char *const names[] = {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT",
                                        "ABORTED"};
    return (unsigned)status < sizeof names / sizeof *names ? names[status] : "?";
}

void asli_log(const asl_engine *engine, int level, const char *format, ...)
{
    char text[1024];
    va_list args;
    if (!engine->options.log)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    engine->options.log(engine->options.arg, level, text);
}

static int system_random(void *arg, void *buffer, size_t len)
{
    (void)arg;
    return getrandom(buffer, len, 0) == (ssize_t)len ? 0 : -1;
}

/* One system call gives the bytes of many tokens; bytes given away are forgotten. */
int asl_engine_random(asl_engine *engine, void *buffer, size_t len)
{
    const asl_options *o = &engine->options;
    if (o->random != system_random || len > sizeof engine->drawn)
        return o->random(o->arg, buffer, len);
    if (len > engine->drawn_left) {
        if (system_random(NULL, engine->drawn, sizeof engine->drawn))
            return -1;
        engine->drawn_left = sizeof engine->drawn;
    }
    unsigned char *from = engine->drawn + sizeof engine->drawn - engine->drawn_left;
    memcpy(buffer, from, len);
    memset(from, 0, len);
    engine->drawn_left -= len;
    return 0;
}

/* ---- open ---- */

static char *text_or(const char *text, const char *otherwise)
{
    return asli_strdup(text ? text : otherwise);
}

static int copy_options(asl_engine *e, const asl_options *options, asl_error *reterr)
{
    asl_options *o = &e->options;
    if (options)
        memcpy(o, options, options->size < sizeof *o ? options->size : sizeof *o);
    if (!o->random)
        o->random = system_random;
    e->partition = text_or(o->partition, "aws");
    e->region = text_or(o->region, "us-east-1");
    e->account = text_or(o->account, "123456789012");
    if (e->account)
        e->role_arn = o->role_arn
                          ? asli_strdup(o->role_arn)
                          : asli_printf("arn:%s:iam::%s:role/asl",
                                        e->partition ? e->partition : "aws", e->account);
    e->max_events = o->max_events ? o->max_events : ASLI_MAX_EVENTS;
    e->max_payload = o->max_payload ? o->max_payload : 262144;
    e->store = o->store;
    if (!e->partition || !e->region || !e->account || !e->role_arn)
        return asli_oom(reterr);
    if (!(o->wait_scale >= 0 && o->wait_scale <= ASLI_MAX_WAIT_SCALE))
        return asl_error_set(reterr, ASL_EINVAL, "wait_scale is from 0 to %d",
                             ASLI_MAX_WAIT_SCALE);
    if (strlen(e->account) != 12 || strspn(e->account, "0123456789") != 12)
        return asl_error_set(reterr, ASL_EINVAL, "an account has twelve digits, not '%s'",
                             e->account);
    return 0;
}

int asl_engine_open(const asl_options *options, asl_engine **ret_engine,
                    asl_error *reterr)
{
    asl_engine *e = asli_alloc(sizeof *e);
    if (!e)
        return asli_oom(reterr);
    e->dirty_tail = &e->dirty_head;
    e->effects_tail = &e->effects;
    e->errands_tail = &e->errands;
    e->rows_tail = &e->rows;
    e->inbox = asli_inbox_new(e);
    int rc = e->inbox ? copy_options(e, options, reterr) : asli_oom(reterr);
    if (!rc && !e->store) {
        rc = asl_store_mem(&e->store, reterr);
        e->own_store = !rc;
    }
    if (!rc)
        rc = asli_upkeep_finish(e->store, reterr); /* before ids are given out */
    if (!rc)
        rc = asli_recover(e, reterr);
    if (rc) {
        e->dead = true; /* nothing to flush */
        asl_engine_close(e);
        return rc;
    }
    *ret_engine = e;
    return 0;
}

/* ---- close ---- */

void asli_engine_die(asl_engine *engine)
{
    engine->dead = true;
    pthread_mutex_lock(&engine->inbox->lock);
    engine->inbox->dead = true;
    pthread_mutex_unlock(&engine->inbox->lock);
}

/* What was computed becomes durable, then its answers go out. */
static void flush(asl_engine *e)
{
    asl_error err;
    const asl_batch *batch = e->out ? &e->out->view : asl_engine_take_batch(e, &err);
    while (batch && !e->dead) {
        int rc = asl_store_apply(e->store, batch, &err);
        asl_engine_batch_done(e, rc, &err);
        batch = asl_engine_take_batch(e, &err);
    }
    if (!e->dead && !e->dirty_head &&
        !e->rows) { /* else there was no memory for the batch */
        struct asli_effect *effects = e->effects;
        e->effects = NULL;
        e->effects_tail = &e->effects;
        asli_effects_release(e, effects);
    }
}

static void close_inbox(asl_engine *e)
{
    struct asli_inbox *inbox = e->inbox;
    pthread_mutex_lock(&inbox->lock);
    inbox->closed = true;
    inbox->engine = NULL;
    inbox->host = NULL;
    pthread_mutex_unlock(&inbox->lock);
    struct asli_message *m;
    while ((m = asli_inbox_take(inbox))) {
        if (m->done)
            m->done(m->arg, ASL_ECLOSED, "the engine is closing");
        if (m->started)
            m->started(m->arg, ASL_ECLOSED, "");
        asli_message_free(m);
    }
}

static void free_maps(asl_engine *e)
{
    struct asli_map_node *n;
    while ((n = asli_map_any(&e->wakes))) {
        struct asli_wake *w = ASLI_OF(n, struct asli_wake, node);
        asli_execution_free(w->x);
        asli_wake_free(e, w);
    }
    while ((n = asli_map_any(&e->machines))) {
        struct asli_known_machine *k = ASLI_OF(n, struct asli_known_machine, node);
        asli_map_remove(&e->machines, n);
        asl_machine_unref(k->machine);
        asli_free(k);
    }
    asli_map_done(&e->wakes);
    asli_wakes_done(e);
    asli_map_done(&e->listeners);
    asli_watches_free(e);
    asli_map_done(&e->names);
    asli_map_done(&e->machines);
    asli_heap_done(&e->timers);
    asli_free(e->undo);
}

void asl_engine_close(asl_engine *engine)
{
    if (!engine)
        return;
    engine->closing = true;
    if (!engine->dead)
        flush(engine);
    if (engine->inbox)
        close_inbox(engine);
    if (engine->out)
        asli_effects_refuse(&engine->out->effects, ASL_ECLOSED);
    asli_batch_free(engine->out);
    asli_batch_free(engine->spare);
    asli_effects_refuse(&engine->effects, ASL_ECLOSED);
    asli_errands_free(engine->errands);
    asli_rows_free(engine->rows);
    free_maps(engine);
    while (engine->providers) {
        struct asli_provider *p = engine->providers;
        engine->providers = p->next;
        if (p->ops.close)
            p->ops.close(p->self);
        asli_free(p);
    }
    asl_objects_free(engine->objects);
    asli_inbox_unref(engine->inbox);
    asli_bytes_done(&engine->attention);
    if (engine->own_store)
        asl_store_free(engine->store);
    asli_free(engine->partition);
    asli_free(engine->region);
    asli_free(engine->account);
    asli_free(engine->role_arn);
    asli_free(engine);
}

asl_store *asl_engine_store(const asl_engine *engine)
{
    return engine->store;
}

/* ---- driver ---- */

int asl_engine_set_host(asl_engine *engine, const asl_host_ops *ops, void *self,
                        asl_error *reterr)
{
    int rc = 0;
    pthread_mutex_lock(&engine->inbox->lock);
    if (ops && engine->inbox->host)
        rc = ASL_EINVAL;
    else {
        engine->inbox->host = ops;
        engine->inbox->host_self = self;
    }
    pthread_mutex_unlock(&engine->inbox->lock);
    return rc ? asl_error_set(reterr, rc, "the engine has a host already") : 0;
}

static const char *refusal(int code)
{
    return code == ASL_ELIMIT
               ? "no worker is left: too many handlers have not returned, though nobody "
                 "waits for them any more; let them look at asl_task_cancelled, and "
                 "start "
                 "the process anew"
               : "the host takes no more jobs";
}

int asl_engine_submit(asl_engine *engine, void (*job)(void *arg), void (*drop)(void *arg),
                      void *arg, asl_error *reterr)
{
    const asl_host_ops *host = engine->inbox->host;
    if (host && host->submit) {
        int rc = host->submit(engine->inbox->host_self, job, drop, arg);
        return rc ? asl_error_set(reterr, rc, "%s", refusal(rc)) : 0;
    }
    job(arg);
    return 0;
}

void asl_engine_abandon(asl_engine *engine, const void *arg)
{
    const asl_host_ops *host = engine->inbox->host;
    if (host && host->size > offsetof(asl_host_ops, abandon) && host->abandon)
        host->abandon(engine->inbox->host_self, arg);
}

int asl_engine_has_ready(const asl_engine *engine)
{
    pthread_mutex_lock(&engine->inbox->lock);
    bool queued = engine->inbox->head != NULL;
    pthread_mutex_unlock(&engine->inbox->lock);
    return queued || engine->runnable_head || engine->dirty_head || engine->rows ||
           engine->effects || engine->attention_next < engine->attention.len ||
           (engine->claims_changed && engine->count[ASLI_WAIT_UNCLAIMED]);
}

int64_t asl_engine_next_deadline(const asl_engine *engine)
{
    struct asli_heap_node *first = asli_heap_first(&engine->timers);
    return first ? first->deadline : INT64_MAX;
}

int64_t asl_engine_now(const asl_engine *engine)
{
    return engine->now;
}

const char *asl_engine_partition(const asl_engine *engine)
{
    return engine->partition;
}

const char *asl_engine_region(const asl_engine *engine)
{
    return engine->region;
}

const char *asl_engine_account(const asl_engine *engine)
{
    return engine->account;
}

void asl_engine_no_space(asl_engine *engine, int full)
{
    engine->full = full != 0;
}

int asl_engine_is_virtual(const asl_engine *engine)
{
    return engine->options.virtual_time != 0;
}

void asl_engine_activity(const asl_engine *engine, asl_activity *ret_activity)
{
    size_t tasks = engine->count[ASLI_WAIT_TASK], watching = engine->watches.count;
    *ret_activity = (asl_activity){
        .executions = engine->executions,
        .express = engine->express,
        .tasks = tasks > watching ? tasks - watching : 0,
        .callbacks = engine->count[ASLI_WAIT_CALLBACK],
        .unclaimed = engine->count[ASLI_WAIT_UNCLAIMED],
        .deadline = asl_engine_next_deadline(engine),
        .sleeping = engine->count[ASLI_WAIT_SLEEP],
        .ready = asl_engine_has_ready(engine) || engine->out != NULL,
    };
}
