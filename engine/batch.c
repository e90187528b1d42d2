/* SPDX-License-Identifier: Apache-2.0
 *
 * The open batch becomes records: what every dirty execution has to write, sealed at the moment
 * the committer is free. Until then a row may change any number of times for nothing.
 *
 * Sealing has two passes: encoding changes nothing and may fail; settling cannot fail.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/effect.h"
#include "engine/family.h"
#include "engine/record.h"

#define SPARE_BYTES (2u << 20)

/* While the last batch is on its way there is time for more: fewer, larger ones cost a slow disk
 * less. */
bool asli_batch_is_full(const asl_engine *engine)
{
    size_t ops = engine->out ? 2 * ASLI_BATCH_OPS : ASLI_BATCH_OPS;
    return engine->open_events >= ops || engine->open_bytes >= ASLI_BATCH_BYTES;
}

static void forget(struct asli_batch *b)
{
    for (size_t i = 0; i < b->event_count; i++)
        asli_event_done(&b->events[i]);
    asli_free(b->events);
    asli_effects_free(b->effects);
    b->events = NULL;
    b->effects = NULL;
    b->event_count = b->execution_count = 0;
}

void asli_batch_free(struct asli_batch *batch)
{
    if (!batch)
        return;
    forget(batch);
    asli_free(batch->executions);
    asli_bytes_done(&batch->bytes);
    asli_bytes_done(&batch->ops);
    asli_free(batch);
}

/* Large blocks that come and go make malloc tidy up each time. An uncommonly large batch is not
 * kept. */
static void recycle(asl_engine *engine, struct asli_batch *b)
{
    forget(b);
    if (engine->spare || b->bytes.cap > SPARE_BYTES || b->ops.cap > SPARE_BYTES) {
        asli_batch_free(b);
        return;
    }
    asli_bytes_reset(&b->bytes);
    asli_bytes_reset(&b->ops);
    engine->spare = b;
}

static struct asli_batch *new_batch(asl_engine *engine)
{
    struct asli_batch *b = engine->spare ? engine->spare : asli_alloc(sizeof *b);
    engine->spare = NULL;
    if (b)
        b->number = engine->batch_number + 1;
    return b;
}

/* ---- operations: slices hold offsets into bytes until the batch is sealed ---- */

static void add_op(struct asli_batch *b, enum asl_op_kind kind,
                   const struct asli_key *key)
{
    asl_op op = {.kind = kind};
    op.key = (asl_slice){(void *)(uintptr_t)b->bytes.len, key->len};
    asli_bytes_add(&b->bytes, key->bytes, key->len);
    op.value.data = (void *)(uintptr_t)b->bytes.len;
    asli_bytes_add(&b->ops, &op, sizeof op);
}

static asl_op *last_op(struct asli_batch *b)
{
    return b->ops.oom || b->bytes.oom ? NULL
                                      : (asl_op *)(void *)(b->ops.data + b->ops.len) - 1;
}

/* The value is what was appended to bytes since add_op, as it is. */
static void end_plain(struct asli_batch *b)
{
    asl_op *op = last_op(b);
    if (op)
        op->value.len = b->bytes.len - (uintptr_t)op->value.data;
}

/* The same, of a record: with its checksum. */
static void end_op(struct asli_batch *b)
{
    asl_op *op = last_op(b);
    if (op)
        asli_value_end(&b->bytes, (uintptr_t)op->value.data);
    end_plain(b);
}

static void delete_op(struct asli_batch *b, struct asli_key key)
{
    add_op(b, ASL_OP_DELETE, &key);
}

static void resolve(struct asli_batch *b)
{
    asl_op *ops = (asl_op *)(void *)b->ops.data;
    size_t count = b->ops.len / sizeof *ops;
    for (size_t i = 0; i < count; i++) {
        ops[i].key.data = b->bytes.data + (uintptr_t)ops[i].key.data;
        ops[i].value.data = b->bytes.data + (uintptr_t)ops[i].value.data;
    }
    b->view = (asl_batch){ops, count};
}

static void put_rows(struct asli_batch *b, const struct asli_rows *rows)
{
    for (; rows; rows = rows->next)
        for (size_t i = 0; i < rows->count; i++) {
            const asl_op *own = &rows->ops[i];
            struct asli_key key = {.len = own->key.len};
            memcpy(key.bytes, rows->bytes.data + (uintptr_t)own->key.data, key.len);
            add_op(b, own->kind, &key);
            asli_bytes_add(&b->bytes, rows->bytes.data + (uintptr_t)own->value.data,
                           own->value.len);
            end_plain(b);
        }
}

/* ---- what one execution writes ---- */

static bool writes(const struct asli_execution *x)
{
    switch (x->durable) {
    case ASLI_DURABLE_STEPS:
        return true;
    case ASLI_DURABLE_START: /* when it begins and ends in one batch nothing is left behind */
        return x->is_new == (x->status == ASL_RUNNING);
    case ASLI_DURABLE_CHILD:
        return x->meta_dirty;
    case ASLI_DURABLE_NOTHING:
        break;
    }
    return false;
}

/* A child has its definition from its parent, whose batch or an earlier one puts it. */
static bool needs_machine(const struct asli_execution *x)
{
    return x->is_new && writes(x) && !x->kin.parent;
}

static int put_start(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    (void)reterr;
    struct asli_key key = asli_key_id(ASLI_KEY_START, x->id);
    if (x->durable != ASLI_DURABLE_START || !writes(x))
        return 0;
    if (!x->is_new) {
        delete_op(b, key);
        return 0;
    }
    add_op(b, ASL_OP_PUT, &key);
    asli_encode_start(&b->bytes, x);
    end_op(b);
    return 0;
}

static int put_machine(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    if (!needs_machine(x))
        return 0;
    struct asli_known_machine *known = asli_machine_know(x->engine, x->machine);
    if (!known)
        return asli_oom(reterr);
    if (!known->stored) {
        struct asli_key key = asli_key_machine(x->machine->hash);
        add_op(b, ASL_OP_PUT, &key);
        asli_encode_machine(&b->bytes, x->machine);
        end_op(b);
    }
    return 0;
}

static int put_name(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    (void)reterr;
    if (!x->is_new)
        return 0;
    struct asli_key key = asli_key_name(x->name, x->arn);
    add_op(b, ASL_OP_PUT, &key);
    asli_bytes_u8(&b->bytes, ASLI_FORMAT);
    asli_bytes_be64(&b->bytes, x->id);
    end_op(b);
    return 0;
}

static int put_summary(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    (void)reterr;
    if (!x->meta_dirty)
        return 0;
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->id);
    add_op(b, ASL_OP_PUT, &key);
    asli_encode_execution(&b->bytes, x, b->number);
    end_op(b);
    return 0;
}

static void put_results(struct asli_batch *b, struct asli_frame *f)
{
    struct asli_results *r = f->d.results;
    for (uint32_t i = r ? r->first_dirty : 0; i; i = r->slots[i - 1].next_dirty) {
        struct asli_key key = asli_key_result(f->x->id, f->serial, i - 1);
        add_op(b, ASL_OP_PUT, &key);
        asli_bytes_u8(&b->bytes, ASLI_FORMAT);
        asli_encode_payload(&b->bytes, r->slots[i - 1].payload);
        end_op(b);
    }
}

static void delete_results(struct asli_batch *b, uint64_t id, uint32_t serial,
                           const struct asli_results *r)
{
    for (size_t i = 0; r && r->any_stored && i < r->count; i++)
        if (r->slots[i].stored || i < r->unread)
            delete_op(b, asli_key_result(id, serial, (uint32_t)i));
}

/* What stands in no event is written as text. */
static int need_text(struct asli_frame *f, struct asli_payload *p, asl_error *reterr)
{
    return p && !p->event ? asli_payload_text(p, f->x, reterr) : 0;
}

static int need_texts(struct asli_frame *f, asl_error *reterr)
{
    int rc = need_text(f, f->d.input, reterr);
    return rc || !f->d.task_phase ? rc : need_text(f, f->d.work, reterr);
}

static int put_frame(struct asli_batch *b, struct asli_frame *f, asl_error *reterr)
{
    int rc = need_texts(f, reterr);
    if (rc)
        return rc;
    struct asli_key key = asli_key_frame(f->x->id, f->serial);
    add_op(b, ASL_OP_PUT, &key);
    asli_encode_frame(&b->bytes, f);
    end_op(b);
    return 0;
}

static void delete_tree(struct asli_batch *b, struct asli_frame *f)
{
    if (f->stored && f->parent)
        delete_op(b, asli_key_frame(f->x->id, f->serial));
    delete_results(b, f->x->id, f->serial, f->d.results);
    for (struct asli_frame *c = f->first_child; c; c = c->next_sibling)
        delete_tree(b, c);
}

static int put_frames(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    for (size_t i = 0; i + sizeof(uint32_t) <= x->removed.len; i += sizeof(uint32_t)) {
        uint32_t serial;
        memcpy(&serial, x->removed.data + i, sizeof serial);
        delete_op(b, asli_key_frame(x->id, serial));
    }
    for (size_t i = 0; i + sizeof(struct asli_dropped) <= x->dropped.len;
         i += sizeof(struct asli_dropped)) {
        struct asli_dropped d;
        memcpy(&d, x->dropped.data + i, sizeof d);
        delete_results(b, x->id, d.serial, d.results);
    }
    if (x->status == ASL_SUCCEEDED) {
        delete_tree(b, x->root);
        return 0;
    }
    for (struct asli_frame *f = x->dirty_frames; f; f = f->dirty_next) {
        int rc = f->dead || !f->parent ? 0 : put_frame(b, f, reterr);
        if (rc)
            return rc;
        if (!f->dead)
            put_results(b, f);
    }
    return 0;
}

/* The root's frame has no row of its own while the execution runs. */
static int put_running(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, x->id);
    if (x->status == ASL_RUNNING) {
        int rc = need_texts(x->root, reterr);
        if (rc)
            return rc;
        add_op(b, ASL_OP_PUT, &key);
        asli_encode_running(&b->bytes, x, b->number);
        end_op(b);
        if (x->root_row)
            delete_op(b, asli_key_frame(x->id, 0));
        return 0;
    }
    if (!x->is_new)
        delete_op(b, key);
    return x->status == ASL_SUCCEEDED ? 0 : put_frame(b, x->root, reterr);
}

static int put_history(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    (void)reterr;
    if (!x->pending_count)
        return 0;
    struct asli_key key = asli_key_history(b->number, x->id);
    add_op(b, ASL_OP_PUT, &key);
    asli_encode_history(&b->bytes, x, b->number);
    end_op(b);
    return 0;
}

/* Map runs that changed: of one event the newest. */
static int put_runs(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    struct asli_map_run **runs = (struct asli_map_run **)(void *)x->runs.data;
    size_t count = x->runs.len / sizeof *runs;
    for (size_t i = count; i-- > 0;) {
        size_t newer = i + 1;
        while (newer < count && runs[newer]->event != runs[i]->event)
            newer++;
        if (newer < count)
            continue;
        ASLI_AUTO(text) char *arn = asli_run_arn(x, runs[i]);
        if (!arn)
            return asli_oom(reterr);
        struct asli_key key = asli_key_run(x->id, runs[i]->event);
        add_op(b, ASL_OP_PUT, &key);
        asli_bytes_u8(&b->bytes, ASLI_FORMAT);
        asli_map_run_encode(&b->bytes, runs[i], arn);
        end_op(b);
    }
    return 0;
}

/* Its row in its parent's Map run. */
static int put_child(struct asli_batch *b, struct asli_execution *x, asl_error *reterr)
{
    (void)reterr;
    if (!x->kin.parent || !x->meta_dirty)
        return 0;
    struct asli_key key = asli_key_child(x->kin.parent, x->kin.run, x->kin.index);
    add_op(b, ASL_OP_PUT, &key);
    bool stored = asli_execution_is_stored(x);
    struct asli_child_row row = {
        .id = stored ? x->id : 0, .items = x->kin.items, .status = x->status};
    asli_encode_child(&b->bytes, &row);
    if (!stored)
        asli_encode_express(&b->bytes, x);
    end_op(b);
    return 0;
}

/* In the order of their keys: a store then finds each next row near the last. */
static const struct {
    int (*put)(struct asli_batch *b, struct asli_execution *x, asl_error *reterr);
    bool of_steps; /* of executions whose steps are stored */
} parts[] = {{put_start, false},  {put_machine, false}, {put_name, true},
             {put_summary, true}, {put_running, true},  {put_frames, true},
             {put_runs, true},    {put_child, false},   {put_history, true}};

/* ---- settling: the records are in the batch ---- */

static void settle_frames(struct asli_execution *x)
{
    while (x->dirty_frames) {
        struct asli_frame *f = x->dirty_frames;
        struct asli_results *r = f->d.results;
        x->dirty_frames = f->dirty_next;
        f->dirty = false;
        f->stored = true;
        if (f->dead) {
            asli_frame_free(f);
            continue;
        }
        for (uint32_t i = r ? r->first_dirty : 0; i; i = r->slots[i - 1].next_dirty) {
            r->slots[i - 1].dirty = false;
            r->slots[i - 1].stored = r->any_stored = true;
        }
        if (r)
            r->first_dirty = 0;
    }
    for (size_t i = 0; i + sizeof(struct asli_dropped) <= x->dropped.len;
         i += sizeof(struct asli_dropped))
        asli_results_unref(
            ((struct asli_dropped *)(void *)(x->dropped.data + i))->results);
    asli_bytes_reset(&x->dropped);
    asli_bytes_reset(&x->removed);
}

static void settle(struct asli_batch *b, struct asli_execution *x, bool keep_events)
{
    if (needs_machine(x))
        asli_machine_know(x->engine, x->machine)->stored = true;
    settle_frames(x);
    x->tail = asli_tail_after(x, b->number);
    while (x->runs.len) {
        struct asli_map_run *run;
        x->runs.len -= sizeof run;
        memcpy(&run, x->runs.data + x->runs.len, sizeof run);
        asli_map_run_unref(run);
    }
    x->root_row = x->status != ASL_RUNNING && x->status != ASL_SUCCEEDED;
    for (size_t i = 0; i < x->pending_count; i++) {
        if (keep_events && !x->probe)
            b->events[b->event_count++] = x->pending[i];
        else
            asli_event_done(&x->pending[i]);
    }
    x->pending_count = 0;
    x->is_new = x->meta_dirty = x->dirty = false;
    x->batches++;
}

/* By id, in place: qsort would ask malloc for a large block each time. Most come in order. */
static void sort(struct asli_execution **x, size_t count)
{
    for (size_t gap = count / 2; gap; gap = gap == 2 ? 1 : gap * 5 / 11)
        for (size_t i = gap; i < count; i++) {
            struct asli_execution *one = x[i];
            size_t at = i;
            for (; at >= gap && x[at - gap]->id > one->id; at -= gap)
                x[at] = x[at - gap];
            x[at] = one;
        }
}

static int gather(asl_engine *engine, struct asli_batch *b, asl_error *reterr)
{
    size_t events = 0;
    for (struct asli_execution *x = engine->dirty_head; x; x = x->dirty_next) {
        if (b->execution_count == b->execution_cap) {
            size_t cap = b->execution_cap ? 2 * b->execution_cap : 64;
            void *more = asli_realloc(b->executions, cap * sizeof *b->executions);
            if (!more)
                return asli_oom(reterr);
            b->executions = more;
            b->execution_cap = cap;
        }
        b->executions[b->execution_count++] = x;
        events += x->pending_count;
    }
    sort(b->executions, b->execution_count);
    b->events = engine->options.event ? asli_alloc(events * sizeof *b->events) : NULL;
    return engine->options.event && !b->events ? asli_oom(reterr) : 0;
}

static int encode(asl_engine *engine, struct asli_batch *b, asl_error *reterr)
{
    struct asli_key lease = asli_key_of(ASLI_KEY_LEASE);
    int rc = gather(engine, b, reterr);
    add_op(b, ASL_OP_EXPECT, &lease);
    asli_bytes_be64(&b->bytes, engine->epoch);
    end_plain(b);
    put_rows(b, engine->rows); /* their keys come before all others */
    for (size_t part = 0; part < sizeof parts / sizeof *parts; part++)
        for (size_t i = 0; !rc && i < b->execution_count; i++)
            if (!parts[part].of_steps || asli_execution_is_stored(b->executions[i]))
                rc = parts[part].put(b, b->executions[i], reterr);
    return rc || !(b->bytes.oom || b->ops.oom) ? rc : asli_oom(reterr);
}

static void seal(asl_engine *engine, struct asli_batch *b)
{
    for (size_t i = 0; i < b->execution_count; i++)
        settle(b, b->executions[i], engine->options.event != NULL);
    engine->dirty_head = NULL;
    engine->dirty_tail = &engine->dirty_head;
    b->effects = engine->effects;
    engine->effects = NULL;
    engine->effects_tail = &engine->effects;
    asli_rows_free(engine->rows);
    engine->rows = NULL;
    engine->rows_tail = &engine->rows;
    engine->open_events = engine->open_bytes = 0;
    engine->batch_number = b->number;
    engine->out = b;
}

const asl_batch *asl_engine_take_batch(asl_engine *engine, asl_error *reterr)
{
    if (reterr)
        reterr->code = 0;
    if (engine->out || engine->dead || engine->errands ||
        !(engine->dirty_head || engine->rows))
        return NULL;
    struct asli_batch *b = new_batch(engine);
    if (!b) {
        asli_oom(reterr);
        return NULL;
    }
    if (encode(engine, b, reterr)) {
        asli_batch_free(b);
        return NULL;
    }
    resolve(b);
    seal(engine, b);
    return &b->view;
}

void asl_engine_batch_done(asl_engine *engine, int code, const asl_error *error)
{
    struct asli_batch *b = engine->out;
    if (!b)
        return;
    engine->out = NULL;
    if (code) {
        asli_engine_die(engine);
        asli_log(engine, 1, "batch %llu failed, the engine stops: %s",
                 (unsigned long long)b->number,
                 error ? error->text : asl_code_text(code));
        for (size_t i = 0; i < b->execution_count; i++)
            b->executions[i]->batches--;
        asli_effects_refuse(&b->effects, code);
        asli_effects_refuse(&engine->effects, code);
        engine->effects_tail = &engine->effects;
        asli_batch_free(b);
        return;
    }
    for (size_t i = 0; i < b->event_count; i++)
        engine->options.event(engine->options.arg, &b->events[i]);
    struct asli_effect *effects = b->effects;
    b->effects = NULL;
    asli_effects_release(engine, effects);
    for (size_t i = 0; i < b->execution_count; i++) {
        b->executions[i]->batches--;
        asli_execution_release(b->executions[i]);
    }
    recycle(engine, b);
}

int asli_batch_skip(asl_engine *engine, asl_error *reterr)
{
    if (engine->out || engine->errands || engine->rows ||
        !(engine->dirty_head || engine->effects))
        return 0;
    for (struct asli_execution *x = engine->dirty_head; x; x = x->dirty_next)
        if (writes(x))
            return 0;
    struct asli_batch *b = new_batch(engine);
    if (!b || gather(engine, b, reterr)) {
        asli_batch_free(b);
        return asli_oom(reterr);
    }
    seal(engine, b);
    asl_engine_batch_done(engine, 0, NULL);
    return 0;
}
