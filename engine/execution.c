/* SPDX-License-Identifier: Apache-2.0
 *
 * Executions as objects: made, committed into the open batch, ended, released.
 */
#include "engine/execution.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/effect.h"
#include "engine/family.h"
#include "engine/probe.h"
#include "engine/step.h"
#include "engine/task_handle.h"

char *asli_execution_arn(const asl_engine *engine, const char *machine, bool express,
                         const char *name)
{
    unsigned char random[16];
    char uuid[37];
    if (!express)
        return asli_printf("arn:%s:states:%s:%s:execution:%s:%s", engine->partition,
                           engine->region, engine->account, machine, name);
    if (engine->options.random(engine->options.arg, random, sizeof random))
        return NULL;
    asli_uuid_format(random, uuid);
    return asli_printf("arn:%s:states:%s:%s:express:%s:%s:%s", engine->partition,
                       engine->region, engine->account, machine, name, uuid);
}

const char *asli_execution_role(const struct asli_execution *x)
{
    return x->machine->role ? x->machine->role : x->engine->role_arn;
}

struct asli_execution *asli_execution_new(asl_engine *engine, struct asli_wake *wake)
{
    struct asli_execution *x = asli_alloc(sizeof *x);
    if (!x)
        return NULL;
    x->engine = engine;
    x->wake = wake;
    x->id = wake->node.key;
    x->next_event = 1;
    x->errands_tail = &x->errands;
    wake->x = x;
    return x;
}

static bool set_up(struct asli_execution *x, struct asli_scope *scope, const char *name,
                   struct asli_payload *input)
{
    bool is_named = asli_execution_is_stored(x); /* nobody finds another one */
    x->name = asli_strdup(name);
    x->by_name_set =
        x->name && is_named &&
        asli_map_add(&x->engine->names, asli_hash(name, strlen(name)), &x->by_name);
    struct asli_frame *root = x->name && x->arn && x->by_name_set == is_named
                                  ? asli_frame_new(x, NULL, scope, x->next_serial++, 0)
                                  : NULL;
    if (root)
        root->d.input = asli_payload_ref(input);
    return root != NULL;
}

/* Children of Map runs are told of there. */
static bool is_express(const struct asli_execution *x)
{
    return x->durable == ASLI_DURABLE_START || x->durable == ASLI_DURABLE_NOTHING;
}

struct asli_execution *asli_execution_create(asl_engine *engine,
                                             enum asli_durable durable,
                                             asl_machine *machine,
                                             struct asli_scope *scope, const char *name,
                                             char *take_arn, struct asli_payload *input)
{
    struct asli_wake *w = asli_wake_new(engine, engine->next_execution);
    struct asli_execution *x = w ? asli_execution_new(engine, w) : NULL;
    if (!x) {
        asli_free(take_arn);
        if (w)
            asli_wake_free(engine, w);
        return NULL;
    }
    x->durable = durable;
    engine->express += is_express(x);
    x->machine = asl_machine_ref(machine);
    x->arn = take_arn;
    x->input = asli_payload_ref(input);
    x->meta_dirty = x->is_new = true;
    if (set_up(x, scope, name, input))
        return x;
    asli_execution_discard(x);
    return NULL;
}

void asli_execution_discard(struct asli_execution *x)
{
    struct asli_wake *wake = x->wake;
    asl_engine *engine = x->engine;
    asli_execution_free(x);
    asli_wake_free(engine, wake);
}

/* A parked execution is only forgotten for a while: who holds its tasks may still complete them. */
static void free_frames(struct asli_execution *x)
{
    struct asli_map_node *node;
    bool is_over = x->status != ASL_RUNNING || x->engine->closing;
    while ((node = asli_map_any(&x->frames))) {
        struct asli_frame *f = ASLI_OF(node, struct asli_frame, node);
        asli_map_remove(&x->frames, node);
        if (f->d.task && is_over && atomic_load(&f->d.task->state) == ASLI_HANDLE_OPEN)
            asli_task_abandon(f->d.task);
        asli_frame_free(f);
    }
    while (x->dirty_frames) { /* dead ones are in no other list */
        struct asli_frame *f = x->dirty_frames;
        x->dirty_frames = f->dirty_next;
        if (f->dead)
            asli_frame_free(f);
    }
}

static void forget_dead(struct asli_execution *x)
{
    struct asli_frame **p = &x->dirty_frames;
    while (*p) {
        struct asli_frame *f = *p;
        if (f->dead)
            p = &f->dirty_next;
        else
            *p = f->dirty_next; /* freed with the tree */
    }
}

void asli_execution_free(struct asli_execution *x)
{
    if (!x)
        return;
    asli_execution_unkeep(x);
    x->engine->express -= is_express(x);
    forget_dead(x);
    free_frames(x);
    if (x->by_name_set)
        asli_map_remove(&x->engine->names, &x->by_name);
    x->wake->x = NULL;
    for (size_t i = 0; i < x->pending_count; i++)
        asli_event_done(&x->pending[i]);
    asli_free(x->pending);
    for (size_t i = 0; i + sizeof(struct asli_dropped) <= x->dropped.len;
         i += sizeof(struct asli_dropped))
        asli_results_unref(
            ((struct asli_dropped *)(void *)(x->dropped.data + i))->results);
    asli_bytes_done(&x->dropped);
    asli_bytes_done(&x->removed);
    asli_map_done(&x->frames);
    asli_heap_done(&x->timers);
    asli_effects_free(x->effects);
    asli_errands_free(x->errands);
    asli_children_free(x);
    for (size_t i = 0; i + sizeof(void *) <= x->runs.len; i += sizeof(void *))
        asli_map_run_unref(*(struct asli_map_run **)(void *)(x->runs.data + i));
    asli_bytes_done(&x->runs);
    asli_payload_unref(x->input);
    asli_payload_unref(x->output);
    asli_free(x->name);
    asli_free(x->arn);
    asli_free(x->alias);
    asli_free(x->error);
    asli_free(x->cause);
    asl_machine_unref(x->machine);
    if (x->probe)
        x->probe->release(x->probe);
    asli_free(x);
}

/* ---- end ---- */

static int cancel_tasks(struct asli_frame *f, asl_error *reterr)
{
    int rc = 0;
    if (f->d.task && atomic_load(&f->d.task->state) == ASLI_HANDLE_OPEN) {
        struct asli_effect *e = asli_effect_new(ASLI_EFFECT_CANCEL);
        if (!e)
            return asli_oom(reterr);
        e->task = asli_task_handle_ref(f->d.task);
        asli_step_effect(f->x, e);
    }
    for (struct asli_frame *c = f->first_child; c && !rc; c = c->next_sibling)
        rc = cancel_tasks(c, reterr);
    return rc;
}

int asli_execution_ended(struct asli_execution *x, asl_error *reterr)
{
    int rc = x->root ? cancel_tasks(x->root, reterr) : 0;
    if (!rc && asli_family_ended(x))
        rc = asli_oom(reterr);
    if (x->kin.parent)
        return rc; /* its parent is told, nobody else */
    const struct asli_listener *listener = asli_listener_of(x->engine, x->id);
    if (rc || (!listener && !x->engine->options.ended && !x->engine->watches.count))
        return rc;
    struct asli_effect *e = asli_effect_new(ASLI_EFFECT_ENDED);
    if (!e || !(e->ending = asli_ending_new(x))) {
        asli_free(e);
        return asli_oom(reterr);
    }
    if (listener) {
        e->ended = listener->ended;
        e->arg = listener->arg;
    }
    e->quiet = x->probe != NULL;
    asli_step_effect(x, e);
    return 0;
}

/* ---- commit ---- */

void asli_execution_make_runnable(struct asli_execution *x)
{
    asl_engine *engine = x->engine;
    if (x->runnable)
        return;
    x->runnable = true;
    x->runnable_next = NULL;
    if (engine->runnable_tail)
        engine->runnable_tail->runnable_next = x;
    else
        engine->runnable_head = x;
    engine->runnable_tail = x;
}

static void make_dirty(struct asli_execution *x)
{
    asl_engine *engine = x->engine;
    if (x->dirty)
        return;
    x->dirty = true;
    x->dirty_next = NULL;
    *engine->dirty_tail = x;
    engine->dirty_tail = &x->dirty_next;
}

int asli_execution_commit(struct asli_execution *x)
{
    asl_engine *engine = x->engine;
    size_t frames = x->undo_count;
    if (asli_step_commit(x))
        return ASL_ENOMEM;
    engine->open_events += x->pending_count - x->mark_pending + frames;
    engine->open_bytes += x->step_bytes;
    x->bytes += x->step_bytes;
    if (x->effects) {
        *engine->effects_tail = x->effects;
        engine->effects_tail = x->effects_tail;
        x->effects = NULL;
        x->effects_tail = &x->effects;
    }
    asli_errands_commit(x);
    make_dirty(x);
    asli_wake_settle(x);
    if (x->status == ASL_RUNNING && x->ready_head)
        asli_execution_make_runnable(x);
    return 0;
}

void asli_execution_release(struct asli_execution *x)
{
    const struct asli_wake *wake = x->wake;
    asli_execution_unkeep(x);
    if (x->batches || x->dirty || x->runnable)
        return;
    if (x->status != ASL_RUNNING) {
        asli_execution_discard(x);
    } else if (asli_execution_is_stored(x) && !wake->count[ASLI_WAIT_TASK] &&
               !x->ready_head && !x->children.count) {
        asli_execution_keep(x);
    }
}
