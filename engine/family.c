/* SPDX-License-Identifier: Apache-2.0
 *
 * The errands between executions and their children: asked for in a step, run after it.
 */
#include "engine/family.h"

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/record.h"
#include "engine/step.h"

/* ---- asking ---- */

static void errand_free(struct asli_errand *errand)
{
    asli_payload_unref(errand->input);
    asli_free(errand->name);
    asli_free(errand->arn);
    asli_free(errand);
}

void asli_errands_free(struct asli_errand *list)
{
    while (list) {
        struct asli_errand *next = list->next;
        errand_free(list);
        list = next;
    }
}

static struct asli_errand *ask(struct asli_execution *x, enum asli_errand_kind kind)
{
    struct asli_errand *e = asli_alloc(sizeof *e);
    if (!e)
        return NULL;
    e->kind = kind;
    *x->errands_tail = e;
    x->errands_tail = &e->next;
    return e;
}

static struct asli_kin kin_of(const struct asli_frame *f, uint64_t index, uint64_t items)
{
    return (struct asli_kin){.parent = f->x->id,
                             .run = f->d.run->event,
                             .index = index,
                             .items = items,
                             .serial = f->serial};
}

int asli_frame_bear(struct asli_frame *frame, uint64_t index, uint64_t items,
                    struct asli_scope *scope, struct asli_payload *input)
{
    struct asli_errand *e = ask(frame->x, ASLI_ERRAND_BIRTH);
    if (!e)
        return ASL_ENOMEM;
    e->kin = kin_of(frame, index, items);
    e->scope = scope;
    e->input = asli_payload_ref(input);
    return 0;
}

int asli_frame_errand(struct asli_frame *frame, enum asli_errand_kind kind,
                      uint64_t index, uint64_t items, uint64_t child)
{
    struct asli_errand *e = ask(frame->x, kind);
    if (!e)
        return ASL_ENOMEM;
    e->kin = kin_of(frame, index, items);
    e->child = child;
    return 0;
}

/* Of one run, or (0) of all. */
static int stop_children(struct asli_execution *x, uint64_t run)
{
    for (size_t i = 0; x->children.count && i <= x->children.mask; i++)
        for (struct asli_map_node *n = x->children.slots[i]; n; n = n->next) {
            const struct asli_child *c = ASLI_OF(n, struct asli_child, node);
            if (run && c->run != run)
                continue;
            struct asli_errand *e = ask(x, ASLI_ERRAND_STOP);
            if (!e)
                return ASL_ENOMEM;
            e->child = c->id;
        }
    return 0;
}

int asli_frame_stop_run(struct asli_frame *frame)
{
    return stop_children(frame->x, frame->d.run->event);
}

static void abort_running(struct asli_run_counts *counts)
{
    counts->of[ASL_ABORTED] += counts->of[ASL_RUNNING];
    counts->of[ASL_RUNNING] = 0;
}

int asli_frame_end_run(struct asli_frame *frame, enum asl_status status)
{
    struct asli_map_run *run = asli_map_run_copy(frame->d.run, NULL, 0);
    if (run) {
        run->status = status;
        run->stop_time = asli_frame_now(frame);
        abort_running(&run->executions); /* they are being stopped */
        abort_running(&run->items);
    }
    frame->d.joining = false;
    return asli_frame_set_run(frame, run);
}

/* An execution that ends takes the runs that are under way with it. */
static int end_runs(struct asli_execution *x)
{
    int rc = 0;
    for (size_t i = 0; x->frames.count && i <= x->frames.mask; i++)
        for (struct asli_map_node *n = x->frames.slots[i]; n && !rc; n = n->next) {
            struct asli_frame *f = ASLI_OF(n, struct asli_frame, node);
            if (!f->d.run || f->d.run->status != ASL_RUNNING)
                continue;
            rc = asli_frame_touch(f);
            if (!rc)
                rc = asli_frame_end_run(f, ASL_ABORTED);
        }
    return rc;
}

int asli_family_ended(struct asli_execution *x)
{
    int rc = x->status == ASL_SUCCEEDED ? 0 : end_runs(x);
    if (!rc)
        rc = stop_children(x, 0);
    if (rc || !x->kin.parent)
        return rc;
    struct asli_errand *e = ask(x, ASLI_ERRAND_DEATH);
    if (!e)
        return ASL_ENOMEM;
    e->kin = x->kin;
    e->child = x->id;
    e->status = x->status;
    return 0;
}

static void insert(asl_engine *e, struct asli_errand **at, struct asli_errand *errand)
{
    errand->next = *at;
    *at = errand;
    if (e->errands_tail == at)
        e->errands_tail = &errand->next;
}

/* Who begins comes first: below `begun` a run's children are there when another one ends. */
void asli_errands_commit(struct asli_execution *x)
{
    asl_engine *engine = x->engine;
    struct asli_errand **front = &engine->errands, *next;
    for (struct asli_errand *e = x->errands; e; e = next) {
        next = e->next;
        bool begins = e->kind == ASLI_ERRAND_BIRTH || e->kind == ASLI_ERRAND_REVIVE;
        insert(engine, begins ? front : engine->errands_tail, e);
        if (begins)
            front = &e->next;
    }
    x->errands = NULL;
    x->errands_tail = &x->errands;
}

/* ---- who runs ---- */

static struct asli_child *find_child(const struct asli_execution *x, uint64_t run,
                                     uint64_t index)
{
    struct asli_map_node *n = asli_map_find(&x->children, asli_child_key(run, index));
    return n ? ASLI_OF(n, struct asli_child, node) : NULL;
}

bool asli_child_runs(const struct asli_execution *x, uint64_t run, uint64_t index)
{
    return find_child(x, run, index) != NULL;
}

static int add_child(struct asli_execution *x, uint64_t run, uint64_t index, uint64_t id)
{
    struct asli_child *c = asli_alloc(sizeof *c);
    if (!c || !asli_map_add(&x->children, asli_child_key(run, index), &c->node)) {
        asli_free(c);
        return ASL_ENOMEM;
    }
    c->id = id;
    c->run = run;
    c->index = index;
    return 0;
}

static void remove_child(struct asli_execution *x, uint64_t run, uint64_t index)
{
    struct asli_child *c = find_child(x, run, index);
    if (!c)
        return;
    asli_map_remove(&x->children, &c->node);
    asli_free(c);
}

void asli_children_free(struct asli_execution *x)
{
    struct asli_map_node *n;
    while ((n = asli_map_any(&x->children))) {
        asli_map_remove(&x->children, n);
        asli_free(ASLI_OF(n, struct asli_child, node));
    }
    asli_map_done(&x->children);
}

struct children {
    struct asli_frame *frame;
    asl_error *reterr;
};

/* An Express child was in memory: with its name it begins anew. */
static int begin_again(struct asli_frame *f, uint64_t index,
                       const struct asli_child_row *row, asl_error *reterr)
{
    struct asli_summary s;
    uint32_t scope;
    int rc = asli_decode_express(row, &s, &scope, reterr);
    if (!rc && scope >= f->x->machine->scope_count) {
        asli_summary_done(&s);
        return asli_damaged(reterr, "child record");
    }
    if (rc)
        return rc;
    struct asli_errand *e = ask(f->x, ASLI_ERRAND_BIRTH);
    if (e) {
        e->kin = kin_of(f, index, row->items);
        e->scope = f->x->machine->scopes[scope];
        e->input = asli_payload_ref(s.input);
        e->name = s.name;
        e->arn = s.arn;
        s.name = s.arn = NULL;
    }
    asli_summary_done(&s);
    return e ? 0 : asli_oom(reterr);
}

static int visit_child(void *arg, asl_slice key, asl_slice value)
{
    struct children *c = arg;
    struct asli_frame *f = c->frame;
    uint64_t index = asli_key_read_u64(key, 19);
    struct asli_child_row row;
    int rc = asli_decode_child(value, &row, c->reterr);
    if (rc || row.status != ASL_RUNNING)
        return rc;
    if (!row.id)
        return begin_again(f, index, &row, c->reterr);
    return add_child(f->x, f->d.run->event, index, row.id) ? asli_oom(c->reterr) : 0;
}

int asli_children_load(struct asli_frame *frame, void *snapshot, asl_error *reterr)
{
    const struct asli_map_run *run = frame->d.run;
    struct children c = {frame, reterr};
    struct asli_key from = asli_key_child(frame->x->id, run->event, run->low),
                    to = asli_key_child(frame->x->id, run->event, run->begun);
    return asli_scan_between(frame->x->engine->store, snapshot, &from, &to, visit_child,
                             &c, reterr);
}

/* ---- running ---- */

static struct asli_execution *resident(asl_engine *e, uint64_t id, int *code,
                                       asl_error *reterr)
{
    struct asli_map_node *n = asli_map_find(&e->wakes, id);
    struct asli_wake *w = n ? ASLI_OF(n, struct asli_wake, node) : NULL;
    *code = w ? asli_execution_load(e, w, reterr) : 0;
    return w && !*code ? w->x : NULL;
}

char *asli_run_arn(const struct asli_execution *x, const struct asli_map_run *run)
{
    const asl_engine *e = x->engine;
    char id[37];
    asli_uuid_format(run->id, id);
    ASLI_AUTO(text) char *place = asli_map_run_name(run, x->machine->name);
    return place ? asli_printf("arn:%s:states:%s:%s:mapRun:%s:%s", e->partition,
                               e->region, e->account, place, id)
                 : NULL;
}

/* "...:execution:MACHINE/LABEL:NAME" or, Express, "...:express:MACHINE/LABEL:NAME:UUID". */
static char *child_arn(asl_engine *e, const struct asli_errand *errand,
                       const struct asli_frame *f, const char *name)
{
    if (errand->arn)
        return asli_strdup(errand->arn);
    ASLI_AUTO(text) char *place = asli_map_run_name(f->d.run, f->x->machine->name);
    return place ? asli_execution_arn(e, place, errand->scope->express, name) : NULL;
}

static struct asli_execution *new_child(asl_engine *e, const struct asli_errand *errand,
                                        const struct asli_frame *f)
{
    unsigned char random[16] = {0};
    char uuid[37];
    if (!errand->name && e->options.random(e->options.arg, random, sizeof random))
        return NULL;
    asli_uuid_format(random, uuid);
    const char *name = errand->name ? errand->name : uuid;
    struct asli_execution *x = asli_execution_create(
        e, errand->scope->express ? ASLI_DURABLE_CHILD : ASLI_DURABLE_STEPS,
        f->x->machine, errand->scope, name, child_arn(e, errand, f, name), errand->input);
    if (!x)
        return NULL;
    x->kin = errand->kin;
    if (errand->arn) /* its row is there */
        x->is_new = x->meta_dirty = false;
    return x;
}

/* The frame with the run that it belongs to; NULL: the state was left. */
static struct asli_frame *frame_of(const struct asli_execution *parent,
                                   const struct asli_kin *kin)
{
    struct asli_map_node *n = asli_map_find(&parent->frames, kin->serial);
    struct asli_frame *f = n ? ASLI_OF(n, struct asli_frame, node) : NULL;
    return f && f->d.run && f->d.run->event == kin->run ? f : NULL;
}

static int birth(asl_engine *e, const struct asli_errand *errand, asl_error *reterr)
{
    const struct asli_kin *kin = &errand->kin;
    int rc;
    struct asli_execution *parent = resident(e, kin->parent, &rc, reterr);
    struct asli_frame *f = parent ? frame_of(parent, kin) : NULL;
    if (!f || kin->index >= f->d.run->begun) /* it was not counted: its step failed */
        return rc;
    struct asli_execution *x = new_child(e, errand, f);
    if (!x)
        return asli_oom(reterr);
    bool ended = f->d.run->status != ASL_RUNNING; /* its number is taken all the same */
    struct asli_errand *stop = ended ? asli_alloc(sizeof *stop) : NULL;
    rc = (ended && !stop) || add_child(parent, kin->run, kin->index, x->id)
             ? asli_oom(reterr)
             : asli_step_start(x, reterr);
    if (!rc && ended) {
        stop->kind = ASLI_ERRAND_STOP;
        stop->child = x->id;
        insert(e, e->errands_tail, stop);
    } else {
        asli_free(stop);
    }
    if (rc) {
        remove_child(parent, kin->run, kin->index);
        asli_execution_discard(x);
        return rc;
    }
    e->next_execution++;
    return 0;
}

static int death(asl_engine *e, const struct asli_errand *errand, asl_error *reterr)
{
    const struct asli_kin *kin = &errand->kin;
    int rc;
    struct asli_execution *x = resident(e, kin->parent, &rc, reterr);
    if (!x)
        return rc;
    struct asli_frame *f = frame_of(x, kin);
    bool waits = x->status == ASL_RUNNING && f && f->d.run->status == ASL_RUNNING;
    struct asli_child *c = find_child(x, kin->run, kin->index);
    if (c)
        asli_map_remove(&x->children, &c->node);
    if (waits) {
        struct asli_event event = {
            .kind = ASLI_ON_EXECUTION, .kin = kin, .status = errand->status};
        rc = asli_step_child(x, f, &event, reterr);
    }
    if (rc && c)
        asli_map_add(&x->children, c->node.key, &c->node); /* room: it was there */
    else
        asli_free(c);
    asli_execution_release(x);
    return rc;
}

static int stop_child(asl_engine *e, const struct asli_errand *errand, asl_error *reterr)
{
    int rc;
    struct asli_execution *x = resident(e, errand->child, &rc, reterr);
    return !x || x->status != ASL_RUNNING ? rc : asli_step_stop(x, NULL, NULL, reterr);
}

/* The child's row says RUNNING again with its first batch. */
static int revive(asl_engine *e, const struct asli_errand *errand, asl_error *reterr)
{
    const struct asli_kin *kin = &errand->kin;
    int rc;
    struct asli_execution *parent = resident(e, kin->parent, &rc, reterr), *x = NULL;
    const struct asli_frame *f = parent ? frame_of(parent, kin) : NULL;
    if (f && f->d.run->status == ASL_RUNNING) /* else it has ended meanwhile, again */
        rc = asli_execution_load_any(e, errand->child, &x, reterr);
    if (!x)
        return rc;
    rc = add_child(parent, kin->run, kin->index, x->id) ? asli_oom(reterr)
                                                        : asli_step_redrive(x, reterr);
    if (rc)
        remove_child(parent, kin->run, kin->index);
    asli_execution_release(x);
    return rc;
}

static int run_one(asl_engine *e, const struct asli_errand *errand, asl_error *reterr)
{
    switch (errand->kind) {
    case ASLI_ERRAND_BIRTH:
        return birth(e, errand, reterr);
    case ASLI_ERRAND_DEATH:
        return death(e, errand, reterr);
    case ASLI_ERRAND_STOP:
        return stop_child(e, errand, reterr);
    case ASLI_ERRAND_REVIVE:
        break;
    }
    return revive(e, errand, reterr);
}

int asli_errands_run(asl_engine *engine, asl_error *reterr)
{
    struct asli_errand *errand;
    while ((errand = engine->errands)) {
        asl_error error = {0};
        engine->errands = errand->next;
        if (!engine->errands)
            engine->errands_tail = &engine->errands;
        int rc = run_one(engine, errand, &error);
        if (rc == ASL_EFORMAT) {
            asli_log(engine, 1, "a child or parent execution is left alone: %s",
                     error.text);
        } else if (rc) {
            insert(engine, &engine->errands, errand);
            return asli_error_pass(reterr, &error);
        }
        errand_free(errand);
    }
    return 0;
}
