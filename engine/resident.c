/* SPDX-License-Identifier: Apache-2.0
 *
 * Making an execution resident: its frames are read, not its history; payloads come when they are
 * needed. Tasks that were scheduled and neither completed nor handed on are dispatched again. The
 * last ones that were parked stay resident, within bounds.
 */
#include "engine/engine.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/effect.h"
#include "engine/family.h"
#include "engine/record.h"
#include "engine/task_handle.h"

/* What parked executions may take of memory, about, before the oldest is evicted. */
#define KEPT_MAX 64
#define KEPT_BYTES (32u << 20)

int asli_engine_snapshot(asl_engine *engine, void **snapshot, asl_error *reterr)
{
    int rc = engine->snapshot
                 ? 0
                 : asl_store_snapshot(engine->store, &engine->snapshot, reterr);
    if (!rc)
        *snapshot = engine->snapshot;
    return rc;
}

/* ---- machines ---- */

static uint64_t hash_key(const unsigned char hash[16])
{
    uint64_t key;
    memcpy(&key, hash, sizeof key);
    return key;
}

static struct asli_known_machine *find_machine(const asl_engine *engine,
                                               const unsigned char hash[16])
{
    struct asli_map_node *n = asli_map_find(&engine->machines, hash_key(hash));
    for (; n; n = asli_map_next(n)) {
        struct asli_known_machine *k = ASLI_OF(n, struct asli_known_machine, node);
        if (memcmp(k->machine->hash, hash, 16) == 0)
            return k;
    }
    return NULL;
}

struct asli_known_machine *asli_machine_know(asl_engine *engine, asl_machine *machine)
{
    struct asli_known_machine *k = find_machine(engine, machine->hash);
    if (k)
        return k;
    k = asli_alloc(sizeof *k);
    if (!k || !asli_map_add(&engine->machines, hash_key(machine->hash), &k->node)) {
        asli_free(k);
        return NULL;
    }
    k->machine = asl_machine_ref(machine);
    return k;
}

int asli_machine_decode(asl_slice value, asl_machine **ret_machine, asl_error *reterr)
{
    struct asli_machine_row row;
    int rc = asli_decode_machine(value, &row, reterr);
    if (rc)
        return rc;
    asl_machine_options options = {.size = sizeof options,
                                   .name = row.name,
                                   .express = row.express,
                                   .role_arn = row.role,
                                   .revision_id = row.revision,
                                   .updated = row.updated,
                                   .max_definition = SIZE_MAX};
    asl_error err = {0};
    rc = asl_machine_load(row.definition, row.len, &options, ret_machine, NULL, &err);
    if (rc == ASL_EDEFINITION)
        asl_error_set(reterr, rc = ASL_EFORMAT,
                      "the stored definition of '%s' is not valid: %s", row.name,
                      err.text);
    else if (rc)
        asli_error_pass(reterr, &err);
    asli_machine_row_done(&row);
    return rc;
}

int asli_machine_of_hash(asl_engine *engine, const unsigned char hash[16],
                         asl_machine **machine, asl_error *reterr)
{
    struct asli_known_machine *k = find_machine(engine, hash);
    if (!k) {
        void *snapshot;
        asl_slice value;
        asl_machine *loaded;
        struct asli_key key = asli_key_machine(hash);
        int rc = asli_engine_snapshot(engine, &snapshot, reterr);
        if (!rc)
            rc = asli_get_needed(engine->store, snapshot, &key, "machine record", &value,
                                 reterr);
        if (!rc)
            rc = asli_machine_decode(value, &loaded, reterr);
        if (rc)
            return rc;
        k = asli_machine_know(engine, loaded);
        asl_machine_unref(loaded);
        if (!k)
            return asli_oom(reterr);
        k->stored = true;
    }
    *machine = k->machine;
    return 0;
}

/* ---- rows of one execution ---- */

struct loading {
    struct asli_execution *x;
    void *snapshot;
    asl_error *reterr;
};

static struct asli_frame *frame_of(struct asli_execution *x, uint32_t serial)
{
    struct asli_map_node *n = asli_map_find(&x->frames, serial);
    return n ? ASLI_OF(n, struct asli_frame, node) : NULL;
}

/* The Map run of a frame, and who runs for it. */
static int load_run(struct loading *l, struct asli_frame *f, uint64_t event)
{
    asl_store *store = l->x->engine->store;
    struct asli_key key = asli_key_run(l->x->id, event);
    asl_slice value;
    int rc =
        asli_get_needed(store, l->snapshot, &key, "Map run record", &value, l->reterr);
    if (!rc)
        rc = asli_decode_run(value, event, &f->d.run, NULL, l->reterr);
    if (!rc && l->x->status == ASL_RUNNING)
        rc = asli_children_load(f, l->snapshot, l->reterr);
    return rc;
}

static int add_frame(struct loading *l, asl_slice value, uint32_t serial)
{
    struct asli_execution *x = l->x;
    struct asli_frame_row row;
    struct asli_frame_data data;
    int rc = asli_decode_frame(value, x->machine, &row, &data, l->reterr);
    if (rc)
        return rc;
    struct asli_frame *parent = row.root ? NULL : frame_of(x, row.parent);
    if ((!row.root && !parent) || (row.root && x->root)) {
        asli_frame_data_done(&data);
        return asli_damaged(l->reterr, "frame record");
    }
    struct asli_frame *f =
        asli_frame_new(x, parent, x->machine->scopes[row.scope], serial, row.index);
    if (!f || !asli_heap_reserve(&x->timers, x->frames.count)) {
        asli_frame_data_done(&data);
        return asli_oom(l->reterr);
    }
    f->d = data;
    f->stored = true;
    if (row.run && (rc = load_run(l, f, row.run)))
        return rc;
    x->bytes += value.len;
    if (parent)
        parent->d.active++;
    if (data.results && data.done_count) {
        data.results->unread =
            data.state->ops->item ? data.next_index : (uint32_t)data.results->count;
        data.results->any_stored = true;
    }
    if (!data.stopped &&
        (data.phase == ASLI_PHASE_READY || data.phase == ASLI_PHASE_RETRY))
        asli_frame_enqueue_loaded(f);
    asli_frame_settle(f);
    return 0;
}

static int visit_frame(void *arg, asl_slice key, asl_slice value)
{
    return add_frame(arg, value, asli_key_read_u32(key, 11));
}

struct reading {
    struct asli_results *results;
    asl_error *reterr;
};

/* What is in memory is newer. */
static int visit_result(void *arg, asl_slice key, asl_slice value)
{
    struct reading *l = arg;
    uint32_t index = asli_key_read_u32(key, 15);
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    if (index >= l->results->count || asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(l->reterr, "result record");
    struct asli_payload *p = asli_decode_payload(&r);
    struct asli_result_slot *slot = &l->results->slots[index];
    if (!p || r.p != r.end) {
        asli_payload_unref(p);
        return asli_bad_record(&r, l->reterr, "result record");
    }
    if (slot->payload)
        asli_payload_unref(p);
    else
        slot->payload = p;
    slot->stored = true;
    return 0;
}

int asli_results_read(struct asli_frame *frame, asl_error *reterr)
{
    struct asli_results *results = frame->d.results;
    struct reading l = {results, reterr};
    void *snapshot;
    if (!results->unread)
        return 0;
    asl_engine *engine = frame->x->engine;
    struct asli_key from = asli_key_result(frame->x->id, frame->serial, 0);
    from.len -= 4; /* of all indexes */
    int rc = asli_engine_snapshot(engine, &snapshot, reterr);
    if (!rc)
        rc = asli_scan(engine->store, snapshot, &from, 0, visit_result, &l, reterr);
    for (size_t i = 0; !rc && i < results->count; i++) /* asked for when all are there */
        if (!results->slots[i].payload)
            rc = asli_damaged(reterr, "result record (it is missing)");
    if (!rc)
        results->unread = 0;
    return rc;
}

static int load_summary(struct asli_execution *x, void *snapshot, asl_error *reterr)
{
    struct asli_summary s;
    asl_machine *machine;
    int rc = asli_summary_get(x->engine->store, snapshot, x->id, &s, reterr);
    if (rc)
        return rc;
    x->status = s.status;
    x->start_time = s.start_time;
    x->stop_time = s.stop_time;
    x->timeout_at = s.timeout_at;
    x->redrive_count = s.redrive_count;
    x->redrive_time = s.redrive_time;
    x->tail.row = s.row;
    x->kin = s.kin;
    x->name = s.name;
    x->arn = s.arn;
    x->input = s.input;
    x->version = s.version;
    x->alias = s.alias;
    s.name = s.arn = s.alias = NULL;
    s.input = NULL;
    rc = asli_machine_of_hash(x->engine, s.machine_hash, &machine, reterr);
    asli_summary_done(&s);
    if (!rc)
        x->machine = asl_machine_ref(machine);
    return rc;
}

/* Time never goes back for an execution. */
static void keep_time(struct asli_execution *x, int64_t time)
{
    if (time > x->engine->now)
        x->engine->now = time;
}

/* Frames rise from parents to children; the root, serial 0, stands in the row itself. */
static int load_frames(struct asli_execution *x, void *snapshot, asl_error *reterr)
{
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, x->id);
    struct loading l = {.x = x, .snapshot = snapshot, .reterr = reterr};
    struct asli_running_row row;
    asl_slice value;
    int rc = asli_get_needed(x->engine->store, snapshot, &key, "running record", &value,
                             reterr);
    if (!rc)
        rc = asli_decode_running(value, &row, reterr);
    if (rc)
        return rc;
    x->bytes += value.len;
    x->tail = row.tail;
    x->next_event = row.next_event;
    x->next_serial = row.next_serial;
    keep_time(x, row.tail.time);
    rc = add_frame(&l, row.root, 0);
    key = asli_key_row(x->id, ASLI_ROW_FRAME);
    if (!rc && row.next_serial > 1)
        rc = asli_scan(x->engine->store, snapshot, &key, 0, visit_frame, &l, reterr);
    return rc || x->root ? rc : asli_damaged(reterr, "frame record (it is missing)");
}

struct highest {
    struct loading l;
    uint32_t serial;
};

static int visit_ended_frame(void *arg, asl_slice key, asl_slice value)
{
    struct highest *h = arg;
    h->serial = asli_key_read_u32(key, 11);
    return add_frame(&h->l, value, h->serial);
}

/* Of an execution that has ended: unless it succeeded its frames wait for a redrive. */
static int load_ended_frames(struct asli_execution *x, void *snapshot, asl_error *reterr)
{
    asl_store *store = x->engine->store;
    struct highest h = {{.x = x, .snapshot = snapshot, .reterr = reterr}, 0};
    struct asli_key key = asli_key_row(x->id, ASLI_ROW_FRAME);
    struct asli_history_head head;
    int rc = asli_history_head(store, snapshot, x->id, x->tail.row, &head, reterr);
    if (rc)
        return rc;
    x->tail.landmark = asli_landmark_of(&head, x->tail.row);
    x->tail.time = head.time;
    keep_time(x, x->stop_time); /* a redrive goes on with the history */
    x->next_event = head.first + head.count;
    rc = asli_scan(store, snapshot, &key, 0, visit_ended_frame, &h, reterr);
    x->next_serial = h.serial + 1;
    x->root_row = x->status != ASL_SUCCEEDED;
    return rc || x->root || !x->root_row
               ? rc
               : asli_damaged(reterr, "frame record (it is missing)");
}

/* ---- parked, and kept for a while ---- */

void asli_execution_unkeep(struct asli_execution *x)
{
    asl_engine *e = x->engine;
    if (!x->kept_bytes)
        return;
    *(x->kept_previous ? &x->kept_previous->kept_next : &e->kept_head) = x->kept_next;
    *(x->kept_next ? &x->kept_next->kept_previous : &e->kept_tail) = x->kept_previous;
    x->kept_next = x->kept_previous = NULL;
    e->kept--;
    e->kept_bytes -= x->kept_bytes;
    x->kept_bytes = 0;
}

static void keep_last(asl_engine *e, struct asli_execution *x)
{
    x->kept_previous = e->kept_tail;
    *(e->kept_tail ? &e->kept_tail->kept_next : &e->kept_head) = x;
    e->kept_tail = x;
    x->kept_bytes = x->bytes + sizeof *x;
    e->kept++;
    e->kept_bytes += x->kept_bytes;
}

/* To load one costs as much as it is large, and who waits for many answers is woken often. */
void asli_execution_keep(struct asli_execution *x)
{
    asl_engine *e = x->engine;
    asli_execution_unkeep(x);
    keep_last(e, x);
    while (e->kept > KEPT_MAX || e->kept_bytes > KEPT_BYTES) {
        struct asli_execution *oldest = e->kept_head;
        if (oldest->batches || oldest->dirty || oldest->runnable)
            asli_execution_unkeep(oldest); /* it comes again when that is durable */
        else
            asli_execution_free(oldest);
    }
}

/* ---- tasks to dispatch again ---- */

static int dispatch_one(struct asli_frame *f, asl_error *reterr)
{
    int rc = f->d.task ? 0 : asli_task_handle_new(f, &f->d.task, reterr);
    struct asli_effect *e = rc ? NULL : asli_effect_new(ASLI_EFFECT_DISPATCH);
    if (!e)
        return rc ? rc : asli_oom(reterr);
    f->d.task->redelivered = true;
    e->task = asli_task_handle_ref(f->d.task);
    asli_engine_effect(f->x->engine, e);
    f->d.unclaimed = false;
    asli_frame_settle(f);
    return 0;
}

/* A Map that joins waits like a task and has none. */
static bool needs_dispatch(const struct asli_frame *f)
{
    return f->d.task_phase != ASLI_TASK_NONE &&
           ((f->wait == ASLI_WAIT_TASK && !f->d.task) || f->wait == ASLI_WAIT_UNCLAIMED);
}

static int dispatch_again(struct asli_frame *f, asl_error *reterr)
{
    int rc = needs_dispatch(f) ? dispatch_one(f, reterr) : 0;
    for (struct asli_frame *c = f->first_child; c && !rc; c = c->next_sibling)
        rc = dispatch_again(c, reterr);
    return rc;
}

int asli_execution_dispatch(struct asli_execution *x, asl_error *reterr)
{
    return dispatch_again(x->root, reterr);
}

/* What a frame waited for, before a crash, is durable: the frame was read from there. */
static int tell_joining(struct asli_frame *f, asl_error *reterr)
{
    int rc = 0;
    if (f->d.joining) {
        struct asli_effect *e = asli_effect_durable(f);
        if (!e)
            return asli_oom(reterr);
        asli_engine_effect(f->x->engine, e);
    }
    for (struct asli_frame *c = f->first_child; c && !rc; c = c->next_sibling)
        rc = tell_joining(c, reterr);
    return rc;
}

static int load_rows(struct asli_execution *x, asl_error *reterr)
{
    void *snapshot;
    int rc = asli_engine_snapshot(x->engine, &snapshot, reterr);
    if (!rc)
        rc = load_summary(x, snapshot, reterr);
    bool running = !rc && x->status == ASL_RUNNING;
    if (!rc)
        rc = running ? load_frames(x, snapshot, reterr)
                     : load_ended_frames(x, snapshot, reterr);
    if (!rc && !asli_map_add(&x->engine->names, asli_hash(x->name, strlen(x->name)),
                             &x->by_name))
        rc = asli_oom(reterr);
    if (!rc)
        x->by_name_set = true;
    if (!rc && running)
        rc = dispatch_again(x->root, reterr);
    if (!rc && running)
        rc = tell_joining(x->root, reterr);
    if (!rc)
        asli_errands_commit(x);
    return rc;
}

int asli_execution_load(asl_engine *engine, struct asli_wake *wake, asl_error *reterr)
{
    uint32_t before[ASLI_WAITS];
    if (wake->x)
        return 0;
    struct asli_execution *x = asli_execution_new(engine, wake);
    if (!x)
        return asli_oom(reterr);
    memcpy(before, wake->count, sizeof before);
    for (int i = 0; i < ASLI_WAITS; i++)
        asli_wake_count(engine, wake, i, -(int)before[i]);
    int rc = load_rows(x, reterr);
    if (!rc) {
        asli_wake_settle(x);
        if (x->ready_head && x->status == ASL_RUNNING)
            asli_execution_make_runnable(x);
        return 0;
    }
    asli_execution_free(x);
    for (int i = 0; i < ASLI_WAITS; i++)
        asli_wake_count(engine, wake, i, (int)before[i] - (int)wake->count[i]);
    return rc;
}

int asli_execution_load_any(asl_engine *engine, uint64_t id,
                            struct asli_execution **ret_x, asl_error *reterr)
{
    struct asli_map_node *n = asli_map_find(&engine->wakes, id);
    struct asli_wake *w =
        n ? ASLI_OF(n, struct asli_wake, node) : asli_wake_new(engine, id);
    int rc = w ? asli_execution_load(engine, w, reterr) : asli_oom(reterr);
    if (!rc)
        *ret_x = w->x;
    else if (w && !n)
        asli_wake_free(engine, w);
    return rc;
}
