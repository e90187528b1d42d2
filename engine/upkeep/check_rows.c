/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of one execution, which come in order: frames (parents first), results, history. What
 * refers forward, to a payload in the history, is kept until the execution's last row.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/upkeep/check.h"
#include "engine/engine.h"

struct frame {
    uint32_t serial, done, results;
    uint32_t begun, children; /* of a Parallel or Map */
};
struct place {
    uint64_t row, event;
    struct asli_key key; /* of a reference: the row that has it */
};

static struct frame *frame_of(struct asli_check_rows *x, uint32_t serial)
{
    struct frame *f = (struct frame *)(void *)x->frames.data;
    size_t low = 0, high = x->frames.len / sizeof *f;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (f[middle].serial == serial)
            return &f[middle];
        if (f[middle].serial < serial)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static bool has_place(const struct asli_check_rows *x, uint64_t row, uint64_t event)
{
    const struct place *p = (const struct place *)(const void *)x->places.data;
    size_t low = 0, high = x->places.len / sizeof *p;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p[middle].event == event)
            return p[middle].row == row;
        if (p[middle].event < event)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void refer(struct asli_check_rows *x, asl_slice key, const struct asli_payload *p)
{
    if (!p || !p->event)
        return;
    struct place place = {.row = p->row, .event = p->event, .key.len = key.len};
    memcpy(place.key.bytes, key.data, key.len);
    asli_bytes_add(&x->references, &place, sizeof place);
}

static const char *arn(const struct asli_check_rows *x)
{
    return x->known ? x->s.arn : NULL;
}

/* ---- from one execution to the next ---- */

static void check_frames(struct asli_check *c)
{
    struct asli_check_rows *x = &c->rows;
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->id);
    const struct frame *f = (const struct frame *)(const void *)x->frames.data;
    if (x->s.status != ASL_RUNNING || x->damaged || !x->machine)
        return;
    if (x->roots != 1)
        asli_check_tell(c, asli_key_slice(&key), arn(x), ASLI_PROBLEM_NO_ROOT, NULL);
    for (size_t i = 0; i < x->frames.len / sizeof *f; i++) {
        key = asli_key_frame(x->id, f[i].serial);
        if (f[i].done != f[i].results)
            asli_check_tell(c, asli_key_slice(&key), arn(x), ASLI_PROBLEM_NO_RESULT,
                            NULL);
        if (f[i].begun != f[i].done + f[i].children)
            asli_check_tell(c, asli_key_slice(&key), arn(x), ASLI_PROBLEM_NO_CHILD, NULL);
    }
}

static bool is_end(unsigned type)
{
    return type >= ASLI_EVENT_ExecutionSucceeded && type <= ASLI_EVENT_ExecutionTimedOut;
}

static void finish(struct asli_check *c)
{
    struct asli_check_rows *x = &c->rows;
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->id);
    const struct place *p = (const struct place *)(const void *)x->references.data;
    if (!x->known)
        return;
    check_frames(c);
    if (!x->damaged && (x->next_event <= x->last_event || x->next_event == 1 ||
                        is_end(x->last_type) != (x->s.status != ASL_RUNNING)))
        asli_check_tell(c, asli_key_slice(&key), arn(x), ASLI_PROBLEM_NO_HISTORY, NULL);
    for (size_t i = 0; !x->damaged && i < x->references.len / sizeof *p; i++)
        if (!has_place(x, p[i].row, p[i].event))
            asli_check_tell(c, asli_key_slice(&p[i].key), arn(x), ASLI_PROBLEM_REFERENCE,
                            NULL);
}

static void leave(struct asli_check *c)
{
    struct asli_check_rows *x = &c->rows;
    if (x->known)
        asli_summary_done(&x->s);
    x->known = x->orphan = x->damaged = false;
    x->machine = NULL;
    x->id = x->roots = 0;
    x->last_event = 0;
    x->next_event = 1;
    x->last_type = ASLI_EVENT_NONE;
    asli_bytes_reset(&x->frames);
    asli_bytes_reset(&x->references);
    asli_bytes_reset(&x->places);
}

static uint64_t id_at(const struct asli_check *c, size_t i)
{
    uint64_t id;
    memcpy(&id, c->ids.data + i * sizeof id, sizeof id);
    return id;
}

/* Executions before `id` (0: all) have no rows at all. */
static int skip_to(struct asli_check *c, uint64_t id)
{
    for (; c->next_id < c->ids.len / sizeof id; c->next_id++) {
        uint64_t at = id_at(c, c->next_id);
        struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, at);
        struct asli_summary s;
        asl_error err = {0};
        if (id && at >= id) {
            c->next_id += at == id;
            break;
        }
        int rc = asli_check_summary(c, at, &s, &err);
        if (rc == ASL_EFORMAT)
            continue;
        if (rc)
            return asli_error_pass(c->reterr, &err);
        asli_check_tell(c, asli_key_slice(&key), s.arn, ASLI_PROBLEM_NO_HISTORY, NULL);
        asli_summary_done(&s);
    }
    return 0;
}

/* Rows without an execution, unless somebody was about to remove them. */
static int check_orphan(struct asli_check *c, asl_slice row, uint64_t id)
{
    struct asli_key key = asli_key_id(ASLI_KEY_REMOVAL, id);
    asl_error err = {0};
    asl_slice value;
    int rc = asl_store_get(c->store, c->snapshot, asli_key_slice(&key), &value, &err);
    return asli_check_trouble(c, row, NULL, rc, ASLI_PROBLEM_ROW_ORPHAN, &err);
}

static int enter(struct asli_check *c, asl_slice key)
{
    struct asli_check_rows *x = &c->rows;
    uint64_t id = asli_key_read_u64(key, 2);
    asl_error err = {0};
    if (x->id == id)
        return 0;
    finish(c);
    leave(c);
    int rc = skip_to(c, id);
    if (rc)
        return rc;
    x->id = id;
    rc = asli_check_summary(c, id, &x->s, &err);
    x->known = rc == 0;
    x->orphan = rc == ASL_ENOTFOUND;
    if (x->orphan)
        return check_orphan(c, key, id);
    if (rc)
        return rc == ASL_EFORMAT ? 0 : asli_error_pass(c->reterr, &err);
    struct asli_key own = asli_key_id(ASLI_KEY_EXECUTION, id);
    x->machine = asli_check_machine(c, x->s.machine_hash);
    refer(x, asli_key_slice(&own), x->s.input);
    refer(x, asli_key_slice(&own), x->s.output);
    return 0;
}

/* ---- rows ---- */

static int check_frame(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_check_rows *x = &c->rows;
    struct asli_frame_row row;
    struct asli_frame_data d;
    asl_error err = {0};
    if (!x->machine) /* was told */
        return 0;
    int rc = asli_decode_frame(value, x->machine, &row, &d, &err);
    if (rc) {
        x->damaged = true;
        return asli_check_trouble(c, key, arn(x), rc, ASLI_PROBLEM_FRAME, &err);
    }
    struct frame f = {.serial = asli_key_read_u32(key, 11), .done = d.done_count};
    if (d.results)
        f.begun = d.state->ops->item ? d.next_index : (uint32_t)d.results->count;
    struct frame *parent = row.root ? NULL : frame_of(x, row.parent);
    if (parent) {
        parent->children++;
    } else if (!row.root && !x->damaged) {
        asli_check_tell(c, key, arn(x), ASLI_PROBLEM_FRAME_ORPHAN, NULL);
        x->damaged = true;
    }
    x->roots += row.root;
    uint64_t last = d.head > d.scheduled_event ? d.head : d.scheduled_event;
    x->last_event = last > x->last_event ? last : x->last_event;
    refer(x, key, d.input);
    refer(x, key, d.work);
    asli_bytes_add(&x->frames, &f, sizeof f);
    asli_frame_data_done(&d);
    return 0;
}

static int check_result(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_check_rows *x = &c->rows;
    struct frame *f = frame_of(x, asli_key_read_u32(key, 11));
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    unsigned format = asli_read_u8(&r);
    struct asli_payload *p = asli_decode_payload(&r);
    bool good = format == ASLI_FORMAT && p && r.p == r.end && !r.bad;
    if (good)
        refer(x, key, p);
    asli_payload_unref(p);
    if (r.oom)
        return asli_oom(c->reterr);
    if (!good)
        asli_check_tell(c, key, arn(x), ASLI_PROBLEM_RESULT, NULL);
    else if (!f && x->machine && !x->damaged)
        asli_check_tell(c, key, arn(x), ASLI_PROBLEM_RESULT_ORPHAN, NULL);
    if (f)
        f->results++;
    return 0;
}

struct events {
    struct asli_check_rows *x;
    asl_slice key;
    uint64_t row;
};

static int visit_event(void *arg, struct asli_stored_event *ev)
{
    struct events *e = arg;
    struct place place = {.row = e->row, .event = ev->e.id};
    struct asli_payload refers = {.row = ev->payload_row, .event = ev->payload_event};
    if (ev->payload_text)
        asli_bytes_add(&e->x->places, &place, sizeof place);
    refer(e->x, e->key, &refers);
    e->x->last_type = ev->e.type;
    e->x->next_event = ev->e.id + 1;
    return 0;
}

static int check_history(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_check_rows *x = &c->rows;
    struct events e = {x, key, asli_key_read_u64(key, 11)};
    asl_error err = {0};
    if (e.row != x->next_event && !x->damaged) {
        asli_check_tell(c, key, arn(x), ASLI_PROBLEM_GAP, NULL);
        x->damaged = true;
    }
    int rc = asli_decode_history(value, e.row, visit_event, &e, &err);
    if (rc)
        x->damaged = true;
    return asli_check_trouble(c, key, arn(x), rc, ASLI_PROBLEM_HISTORY, &err);
}

int asli_check_rows(struct asli_check *c, asl_slice key, asl_slice value)
{
    struct asli_check_rows *x = &c->rows;
    unsigned kind = ((const unsigned char *)key.data)[10];
    int rc = enter(c, key);
    if (rc || !x->known)
        return rc;
    rc = kind == ASLI_ROW_FRAME    ? check_frame(c, key, value)
         : kind == ASLI_ROW_RESULT ? check_result(c, key, value)
                                   : check_history(c, key, value);
    if (!rc && (x->frames.oom || x->references.oom || x->places.oom))
        rc = asli_oom(c->reterr);
    return rc;
}

int asli_check_rows_damaged(struct asli_check *c, asl_slice key)
{
    int rc = enter(c, key);
    c->rows.damaged = true;
    return rc;
}

int asli_check_rows_end(struct asli_check *c)
{
    finish(c);
    leave(c);
    return skip_to(c, 0);
}

void asli_check_rows_done(struct asli_check *c)
{
    leave(c);
    asli_bytes_done(&c->rows.frames);
    asli_bytes_done(&c->rows.references);
    asli_bytes_done(&c->rows.places);
}
