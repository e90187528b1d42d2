/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of one execution: its own, where it stands, frames (parents first), results, Map runs,
 * and the chain of its history. Who refers to a payload is kept until all of them have been seen.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/upkeep/check.h"
#include "engine/engine.h"

struct frame {
    uint32_t serial, done, results;
    uint32_t begun, children; /* of a Parallel or Map */
};
struct place { /* of a payload, as in struct asli_payload */
    uint64_t row, event;
    uint32_t part;
    struct asli_key key; /* of a reference: the row that has it */
};

/* The execution that is checked. */
struct rows {
    struct asli_check *c;
    const struct asli_checked *checked;
    bool damaged; /* a row was lost: what is missing is not told again */
    struct asli_summary s;
    asl_machine *machine;
    uint64_t next_event; /* after the history's last */
    uint64_t last_event; /* that a frame knows of */
    unsigned last_type;  /* of the last event */
    size_t roots;
    struct asli_bytes frames;     /* struct frame, by serial */
    struct asli_bytes references; /* struct place, with who refers to it */
    struct asli_bytes places;     /* struct place: payloads, by event and part */
    struct asli_bytes runs;       /* struct asli_checked_run, of frames */
};

static struct frame *frame_of(struct rows *x, uint32_t serial)
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

static bool is_before(const struct place *a, const struct place *b)
{
    return a->event != b->event ? a->event < b->event : a->part < b->part;
}

static bool has_place(const struct rows *x, const struct place *wanted)
{
    const struct place *p = (const struct place *)(const void *)x->places.data;
    size_t low = 0, high = x->places.len / sizeof *p;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&p[middle], wanted))
            low = middle + 1;
        else if (is_before(wanted, &p[middle]))
            high = middle;
        else
            return p[middle].row == wanted->row;
    }
    return false;
}

static void refer(struct rows *x, asl_slice key, const struct asli_payload *p)
{
    if (!p || !p->event)
        return;
    struct place place = {
        .row = p->row, .event = p->event, .part = p->part, .key.len = key.len};
    memcpy(place.key.bytes, key.data, key.len);
    asli_bytes_add(&x->references, &place, sizeof place);
}

static void tell(struct rows *x, const struct asli_key *key, enum asli_problem problem,
                 const char *detail)
{
    asli_check_tell(x->c, asli_key_slice(key), x->s.arn, problem, detail);
}

/* Tells of a damaged row, after which nothing is missed any more; passes any other error on. */
static int trouble(struct rows *x, asl_slice key, int rc, enum asli_problem problem,
                   const asl_error *error)
{
    x->damaged |= rc != 0;
    return asli_check_trouble(x->c, key, x->s.arn, rc, problem, error);
}

/* ---- frames and results ---- */

static int check_frame(struct rows *x, asl_slice key, asl_slice value, uint32_t serial)
{
    struct asli_frame_row row;
    struct asli_frame_data d;
    asl_error err = {0};
    if (!x->machine) /* was told */
        return 0;
    int rc = asli_decode_frame(value, x->machine, &row, &d, &err);
    if (rc)
        return trouble(x, key, rc, ASLI_PROBLEM_FRAME, &err);
    struct frame f = {.serial = serial, .done = d.done_count};
    if (d.results)
        f.begun = d.state->ops->item ? d.next_index : (uint32_t)d.results->count;
    struct frame *parent = row.root ? NULL : frame_of(x, row.parent);
    if (parent) {
        parent->children++;
    } else if (!row.root && !x->damaged) {
        asli_check_tell(x->c, key, x->s.arn, ASLI_PROBLEM_FRAME_ORPHAN, NULL);
        x->damaged = true;
    }
    x->roots += row.root;
    uint64_t last = d.head > d.scheduled_event ? d.head : d.scheduled_event;
    x->last_event = last > x->last_event ? last : x->last_event;
    refer(x, key, d.input);
    refer(x, key, d.work);
    for (uint32_t i = 0; d.variables && i < d.variables->count; i++)
        refer(x, key, d.variables->items[i].value);
    asli_bytes_add(&x->frames, &f, sizeof f);
    struct asli_checked_run run = {row.run, x->s.status == ASL_RUNNING && !d.stopped};
    if (row.run)
        asli_bytes_add(&x->runs, &run, sizeof run);
    asli_frame_data_done(&d);
    return 0;
}

static int check_result(struct rows *x, asl_slice key, asl_slice value)
{
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
        return asli_oom(x->c->reterr);
    if (!good)
        asli_check_tell(x->c, key, x->s.arn, ASLI_PROBLEM_RESULT, NULL);
    else if (!f && x->machine && !x->damaged)
        asli_check_tell(x->c, key, x->s.arn, ASLI_PROBLEM_RESULT_ORPHAN, NULL);
    if (f)
        f->results++;
    return 0;
}

static int visit_row(void *arg, asl_slice key, asl_slice value)
{
    struct rows *x = arg;
    unsigned kind = ((const unsigned char *)key.data)[10];
    if (asli_value_verify(&value, NULL)) /* was told */
        return 0;
    return kind == ASLI_ROW_FRAME ? check_frame(x, key, value, asli_key_read_u32(key, 11))
           : kind == ASLI_ROW_RESULT ? check_result(x, key, value)
                                     : 0;
}

static int check_root(struct rows *x)
{
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, x->s.id);
    struct asli_running_row row;
    asl_error err = {0};
    asl_slice value;
    if (x->s.status != ASL_RUNNING) /* then it is a frame like any other */
        return 0;
    int rc = asli_get(x->c->store, x->c->snapshot, &key, &value, &err);
    if (rc == ASL_EFORMAT) /* was told */
        return 0;
    if (rc)
        return trouble(x, asli_key_slice(&key), rc, ASLI_PROBLEM_NOT_RUNNING, &err);
    rc = asli_decode_running(value, &row, &err);
    return rc ? trouble(x, asli_key_slice(&key), rc, ASLI_PROBLEM_RUNNING, &err)
              : check_frame(x, asli_key_slice(&key), row.root, 0);
}

static int check_standing(struct rows *x)
{
    struct asli_key rows = asli_key_id(ASLI_KEY_ROWS, x->s.id), to = asli_key_after(rows);
    int rc = check_root(x);
    return rc ? rc
              : asl_store_scan(x->c->store, x->c->snapshot, asli_key_slice(&rows),
                               asli_key_slice(&to), 0, visit_row, x, x->c->reterr);
}

static void check_children(struct rows *x)
{
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->s.id);
    const struct frame *f = (const struct frame *)(const void *)x->frames.data;
    if (x->s.status != ASL_RUNNING || x->damaged || !x->machine)
        return;
    if (x->roots != 1)
        tell(x, &key, ASLI_PROBLEM_NO_ROOT, NULL);
    for (size_t i = 0; i < x->frames.len / sizeof *f; i++) {
        key = asli_key_frame(x->s.id, f[i].serial);
        if (f[i].done != f[i].results)
            tell(x, &key, ASLI_PROBLEM_NO_RESULT, NULL);
        if (f[i].begun != f[i].done + f[i].children)
            tell(x, &key, ASLI_PROBLEM_NO_CHILD, NULL);
    }
}

/* ---- history ---- */

struct events {
    struct rows *x;
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
    while (place.part++ < ev->assigned_count)
        asli_bytes_add(&e->x->places, &place, sizeof place);
    refer(e->x, e->key, &refers);
    e->x->last_type = ev->e.type;
    e->x->next_event = ev->e.id + 1;
    return 0;
}

static int check_events(struct rows *x, uint64_t row)
{
    struct asli_key key = asli_key_history(row, x->s.id);
    struct events e = {x, asli_key_slice(&key), row};
    asl_error err = {0};
    asl_slice value;
    int rc = asli_get(x->c->store, x->c->snapshot, &key, &value, &err);
    if (!rc)
        rc = asli_decode_history(value, row, visit_event, &e, &err);
    return trouble(x, e.key, rc, ASLI_PROBLEM_HISTORY, &err);
}

static bool is_end(unsigned type)
{
    return type >= ASLI_EVENT_ExecutionSucceeded && type <= ASLI_EVENT_ExecutionTimedOut;
}

static int check_history(struct rows *x)
{
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->s.id);
    struct asli_bytes rows = {0};
    asl_error err = {0};
    uint64_t end;
    if (x->damaged)
        return 0;
    int rc = asli_history_end(x->c->store, x->c->snapshot, &x->s, &end, &err);
    if (!rc)
        rc = asli_history_rows(x->c->store, x->c->snapshot, x->s.id, end, 1, UINT64_MAX,
                               &rows, &err);
    if (rc)
        rc = trouble(x, asli_key_slice(&key), rc, ASLI_PROBLEM_HISTORY, &err);
    for (size_t at = rows.len; !rc && !x->damaged && at; at -= sizeof(uint64_t)) {
        uint64_t row;
        memcpy(&row, rows.data + at - sizeof row, sizeof row);
        rc = check_events(x, row);
    }
    if (!rc && !x->damaged && x->checked->history != rows.len / sizeof(uint64_t))
        tell(x, &key, ASLI_PROBLEM_UNLINKED, NULL);
    asli_bytes_done(&rows);
    return rc;
}

/* ---- all of it ---- */

static void check_ends(struct rows *x)
{
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, x->s.id);
    const struct place *p = (const struct place *)(const void *)x->references.data;
    if (x->damaged)
        return;
    if (x->next_event <= x->last_event || x->next_event == 1 ||
        is_end(x->last_type) != (x->s.status != ASL_RUNNING))
        tell(x, &key, ASLI_PROBLEM_NO_HISTORY, NULL);
    for (size_t i = 0; i < x->references.len / sizeof *p; i++)
        if (!has_place(x, &p[i]))
            tell(x, &p[i].key, ASLI_PROBLEM_REFERENCE, NULL);
}

static int check_all(struct rows *x)
{
    struct asli_key own = asli_key_id(ASLI_KEY_EXECUTION, x->s.id);
    refer(x, asli_key_slice(&own), x->s.input);
    refer(x, asli_key_slice(&own), x->s.output);
    int rc = check_standing(x);
    if (rc)
        return rc;
    check_children(x);
    if (x->frames.oom || x->runs.oom)
        return asli_oom(x->c->reterr);
    rc = asli_check_runs(x->c, &x->s, &x->runs, x->damaged);
    if (!rc && x->s.kin.parent)
        rc = asli_check_kin(x->c, &x->s);
    if (!rc)
        rc = check_history(x);
    if (!rc && (x->references.oom || x->places.oom))
        rc = asli_oom(x->c->reterr);
    if (!rc)
        check_ends(x);
    return rc;
}

int asli_check_rows(struct asli_check *c, const struct asli_checked *checked)
{
    struct rows x = {
        .c = c, .checked = checked, .damaged = checked->damaged, .next_event = 1};
    asl_error err = {0};
    int rc = asli_summary_find(c->store, c->snapshot, checked->id, &x.s, &err);
    if (rc == ASL_EFORMAT) /* was told */
        return 0;
    if (rc)
        return asli_error_pass(c->reterr, &err);
    x.machine = asli_check_machine(c, x.s.machine_hash);
    rc = check_all(&x);
    asli_summary_done(&x.s);
    asli_bytes_done(&x.frames);
    asli_bytes_done(&x.references);
    asli_bytes_done(&x.places);
    asli_bytes_done(&x.runs);
    return rc;
}
