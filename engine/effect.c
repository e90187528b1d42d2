/* SPDX-License-Identifier: Apache-2.0
 *
 * Effects: what leaves the process once the batch it was computed in is durable.
 */
#include "engine/effect.h"

#include "engine/base/alloc.h"
#include "engine/task_handle.h"

struct asli_effect *asli_effect_new(enum asli_effect_kind kind)
{
    struct asli_effect *e = asli_alloc(sizeof *e);
    if (e)
        e->kind = kind;
    return e;
}

static void ending_free(struct asli_ending *ending)
{
    if (!ending)
        return;
    asli_free(ending->arn);
    asli_free(ending->name);
    asli_free(ending->output);
    asli_free(ending->error);
    asli_free(ending->cause);
    asli_free(ending);
}

static void effect_free(struct asli_effect *e)
{
    asli_task_handle_unref(e->task);
    asli_free(e->text);
    ending_free(e->ending);
    asli_message_free(e->message);
    asli_free(e);
}

void asli_effects_free(struct asli_effect *list)
{
    while (list) {
        struct asli_effect *next = list->next;
        effect_free(list);
        list = next;
    }
}

void asli_effects_refuse(struct asli_effect **list, int code)
{
    for (struct asli_effect *e = *list; e; e = e->next) {
        if (e->kind == ASLI_EFFECT_DONE && e->done)
            e->done(e->arg, code, asl_code_text(code));
        if (e->kind == ASLI_EFFECT_STARTED && e->started)
            e->started(e->arg, code, e->text);
    }
    asli_effects_free(*list);
    *list = NULL;
}

void asli_step_effect(struct asli_execution *x, struct asli_effect *effect)
{
    *x->effects_tail = effect;
    x->effects_tail = &effect->next;
}

void asli_engine_effect(asl_engine *engine, struct asli_effect *effect)
{
    *engine->effects_tail = effect;
    engine->effects_tail = &effect->next;
}

struct asli_effect *asli_effect_durable(const struct asli_frame *frame)
{
    struct asli_effect *e = asli_effect_new(ASLI_EFFECT_DURABLE);
    struct asli_message *m = e ? asli_alloc(sizeof *m) : NULL;
    if (!m) {
        asli_free(e);
        return NULL;
    }
    m->kind = ASLI_MSG_DURABLE;
    m->execution = frame->x->id;
    m->event = frame->serial;
    e->message = m;
    return e;
}

struct asli_ending *asli_ending_new(const struct asli_execution *x)
{
    struct asli_ending *n = asli_alloc(sizeof *n);
    if (!n)
        return NULL;
    n->arn = asli_strdup(x->arn);
    n->name = asli_strdup(x->name);
    n->output = x->output ? asli_strndup(x->output->text, x->output->len) : NULL;
    n->error = asli_strdup(x->error);
    n->cause = asli_strdup(x->cause);
    if (!n->arn || !n->name || (x->output && !n->output) || (x->error && !n->error) ||
        (x->cause && !n->cause)) {
        ending_free(n);
        return NULL;
    }
    n->result = (asl_result){n->arn, n->name, x->status, n->output, n->error, n->cause};
    return n;
}

/* False: out of memory, the effect is to be tried again. */
static bool release_dispatch(asl_engine *engine, asl_task *task)
{
    asl_error err = {0};
    if (engine->closing || !asli_task_waits(engine, task))
        return true;
    struct asli_provider *p = asli_provider_for(engine, task->resource);
    if (!p) {
        asli_task_unclaimed(engine, task);
        return true;
    }
    task->provider = p;
    int rc = p->ops.start(p->self, task, &err);
    if (rc == ASL_EHANDLER) {
        asli_log(engine, 2, "%s", err.text);
        asli_task_unclaimed(engine, task);
    } else if (rc && rc != ASL_ENOMEM)
        rc = asl_task_fail(task, "States.TaskFailed", err.text, NULL);
    return rc != ASL_ENOMEM;
}

int asl_task_pass(asl_task *task, asl_error *reterr)
{
    struct asli_provider *p = task->provider->next;
    while (p && !p->ops.claims(p->self, task->resource))
        p = p->next;
    if (!p)
        return asl_error_set(reterr, ASL_ENOTFOUND, "no other provider claims '%s'",
                             task->resource->text);
    task->provider = p;
    return p->ops.start(p->self, task, reterr);
}

void asli_task_abandon(asl_task *task)
{
    asli_task_handle_cancel(task);
    if (task->provider && task->provider->ops.cancel)
        task->provider->ops.cancel(task->provider->self, task);
}

const asl_error *asl_engine_answer(const asl_engine *engine)
{
    return engine->answer;
}

int64_t asl_engine_start_time(const asl_engine *engine)
{
    return engine->start_time;
}

static void answer(asl_engine *engine, const struct asli_effect *e)
{
    asl_error error = {0};
    bool started = e->kind == ASLI_EFFECT_STARTED;
    if (e->code == ASL_EEXISTS)
        asli_refuse(&error, e->code, e->exception, "Execution Already Exists: '%s'",
                    e->text);
    else if (e->code)
        asli_refuse(&error, e->code, e->exception, "%s",
                    started ? asl_code_text(e->code) : e->text);
    engine->answer = e->code ? &error : NULL;
    engine->start_time = e->start_time;
    if (started && e->started)
        e->started(e->arg, e->code, e->text);
    if (!started && e->done)
        e->done(e->arg, e->code, e->text);
    engine->answer = NULL;
}

static bool release_one(asl_engine *engine, struct asli_effect *e)
{
    const asl_options *o = &engine->options;
    switch (e->kind) {
    case ASLI_EFFECT_DISPATCH:
        return release_dispatch(engine, e->task);
    case ASLI_EFFECT_CANCEL:
        asli_task_abandon(e->task);
        break;
    case ASLI_EFFECT_DONE:
    case ASLI_EFFECT_STARTED:
        answer(engine, e);
        break;
    case ASLI_EFFECT_DURABLE:
        asli_inbox_push(engine->inbox, e->message);
        e->message = NULL;
        break;
    case ASLI_EFFECT_ENDED:
        if (e->ended)
            e->ended(e->arg, &e->ending->result);
        if (o->ended && !e->quiet)
            o->ended(o->arg, &e->ending->result);
        asli_watches_ended(engine, e->ending->arn);
        break;
    }
    return true;
}

void asli_effects_release(asl_engine *engine, struct asli_effect *take_list)
{
    while (take_list) {
        struct asli_effect *next = take_list->next;
        take_list->next = NULL;
        if (release_one(engine, take_list))
            effect_free(take_list);
        else
            asli_engine_effect(engine, take_list);
        take_list = next;
    }
}
