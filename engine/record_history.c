/* SPDX-License-Identifier: Apache-2.0
 *
 * History rows: all events of one execution in one batch. Ids are consecutive, times and
 * previous ids are differences; a payload that stands in an earlier event is a reference to it.
 *
 * The rows of an execution are a chain: each names the one before it, the last is named by the
 * execution's own row. An index by execution would cost what ordering them by batch wins.
 */
#include "engine/record.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"

enum {
    HAS_STATE = 1,
    HAS_RESOURCE = 2,
    HAS_TYPE = 4,
    HAS_TEXT = 8,
    HAS_ERROR = 16,
    HAS_CAUSE = 32,
    HAS_PAYLOAD = 64,
    HAS_NUMBERS = 128,
};
enum { TEXT_INLINE, TEXT_ELSEWHERE };
enum { ASSIGNS = 0x80 }; /* beside the type: variables follow */

static unsigned flags_of(const struct asl_event *e)
{
    return (e->state ? HAS_STATE : 0) | (e->resource ? HAS_RESOURCE : 0) |
           (e->resource_type ? HAS_TYPE : 0) | (e->text ? HAS_TEXT : 0) |
           (e->error ? HAS_ERROR : 0) | (e->cause ? HAS_CAUSE : 0) |
           (e->payload ? HAS_PAYLOAD : 0) |
           (e->has_number || e->timeout || e->heartbeat ? HAS_NUMBERS : 0);
}

static void encode_assigned(struct asli_bytes *out, const struct asl_event *e,
                            const asl_machine *machine)
{
    asli_bytes_uint(out, e->assigned->count);
    for (uint32_t i = 0; i < e->assigned->count; i++) {
        const struct asli_variable *v = &e->assigned->items[i];
        asli_bytes_text(out, machine->variables[v->name]->name);
        asli_bytes_blob(out, v->value->text, v->value->len);
    }
}

static void encode_event(struct asli_bytes *out, const struct asl_event *e, uint64_t row,
                         int64_t base_time, const asl_machine *machine)
{
    unsigned flags = flags_of(e);
    asli_bytes_u8(out, e->type | (e->assigned ? ASSIGNS : 0));
    asli_bytes_u8(out, flags);
    asli_bytes_int(out, e->time - base_time);
    asli_bytes_uint(out, e->previous ? e->id - e->previous : 0);
    if (flags & HAS_STATE)
        asli_bytes_text(out, e->state);
    if (flags & HAS_RESOURCE)
        asli_bytes_text(out, e->resource);
    if (flags & HAS_TYPE)
        asli_bytes_text(out, e->resource_type);
    if (flags & HAS_TEXT)
        asli_bytes_text(out, e->text);
    if (flags & HAS_ERROR)
        asli_bytes_text(out, e->error);
    if (flags & HAS_CAUSE)
        asli_bytes_text(out, e->cause);
    if (flags & HAS_NUMBERS) {
        asli_bytes_int(out, e->number);
        asli_bytes_uint(out, (uint64_t)e->timeout);
        asli_bytes_uint(out, (uint64_t)e->heartbeat);
    }
    if (e->assigned)
        encode_assigned(out, e, machine);
    if (!(flags & HAS_PAYLOAD))
        return;
    const struct asli_payload *p = e->payload;
    if (p->event == e->id) {
        asli_bytes_u8(out, TEXT_INLINE);
        asli_bytes_blob(out, p->text, p->len);
    } else {
        asli_bytes_u8(out, TEXT_ELSEWHERE);
        asli_bytes_uint(out, e->id - p->event);
        asli_bytes_uint(out, row - p->row);
    }
}

/* The last event up to `last` that makes its row a landmark. */
static uint64_t landmark_event(uint64_t last)
{
    return last - (last - 1) % ASLI_LANDMARK;
}

uint64_t asli_landmark_of(const struct asli_history_head *head, uint64_t row)
{
    uint64_t last = head->first + head->count - 1;
    return landmark_event(last) >= head->first ? row : head->landmark;
}

struct asli_tail asli_tail_after(const struct asli_execution *x, uint64_t batch)
{
    if (!x->pending_count)
        return x->tail;
    const struct asl_event *last = &x->pending[x->pending_count - 1];
    uint64_t mark = landmark_event(last->id);
    return (struct asli_tail){
        .row = batch,
        .landmark = mark >= x->pending[0].id ? batch : x->tail.landmark,
        .time = last->time,
    };
}

static uint64_t distance(uint64_t from, uint64_t row)
{
    return row ? from - row : 0;
}

void asli_encode_history(struct asli_bytes *out, const struct asli_execution *x,
                         uint64_t batch)
{
    int64_t base = x->pending[x->pending_count - 1].time;
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_uint(out, x->pending[0].id);
    asli_bytes_uint(out, x->pending_count);
    asli_bytes_int(out, base);
    asli_bytes_uint(out, distance(batch, x->tail.row));
    asli_bytes_uint(out, distance(batch, x->tail.landmark));
    for (size_t i = 0; i < x->pending_count; i++)
        encode_event(out, &x->pending[i], batch, base, x->machine);
}

void asli_stored_event_done(struct asli_stored_event *event)
{
    for (int i = 0; i < 3; i++)
        asli_free(event->strings[i]);
    for (size_t i = 0; i < event->assigned_count; i++)
        asli_free((char *)event->assigned[i].name);
    asli_free(event->assigned);
    asli_event_done(&event->e);
}

static void read_assigned(struct asli_reader *r, struct asli_stored_event *ev)
{
    uint64_t count = asli_read_uint(r);
    if (r->bad || count > (uint64_t)(r->end - r->p)) {
        r->bad = true;
        return;
    }
    ev->assigned = asli_alloc(count * sizeof *ev->assigned);
    r->oom |= !ev->assigned;
    r->bad |= r->oom;
    while (!r->bad && ev->assigned_count < count) {
        struct asli_assigned_text *a = &ev->assigned[ev->assigned_count++];
        a->name = asli_read_text(r);
        a->text = asli_read_blob(r, &a->len);
        r->bad |= !a->name || !a->text;
    }
}

static void read_payload(struct asli_reader *r, uint64_t row,
                         struct asli_stored_event *ev)
{
    if (asli_read_u8(r) == TEXT_INLINE) {
        ev->payload_text = asli_read_blob(r, &ev->payload_len);
        r->bad |= !ev->payload_text;
        return;
    }
    ev->payload_event = ev->e.id - asli_read_uint(r);
    ev->payload_row = row - asli_read_uint(r);
    r->bad |= !ev->payload_event || ev->payload_event > ev->e.id || !ev->payload_row ||
              ev->payload_row > row;
}

static void decode_event(struct asli_reader *r, uint64_t id, uint64_t row,
                         int64_t base_time, struct asli_stored_event *ev)
{
    struct asl_event *e = &ev->e;
    memset(ev, 0, sizeof *ev);
    unsigned type = asli_read_u8(r), flags = asli_read_u8(r);
    e->type = type & ~(unsigned)ASSIGNS;
    e->id = id;
    r->bad |= __builtin_add_overflow(base_time, asli_read_int(r), &e->time);
    uint64_t back = asli_read_uint(r);
    e->previous = back ? id - back : 0;
    if (e->type >= ASLI_EVENT_COUNT) {
        r->bad = true;
        return;
    }
    for (int i = 0; i < 3; i++)
        if (flags & (HAS_STATE << i))
            ev->strings[i] = asli_read_text(r);
    e->state = ev->strings[0];
    e->resource = ev->strings[1];
    e->resource_type = ev->strings[2];
    if (flags & HAS_TEXT)
        e->text = asli_read_text(r);
    if (flags & HAS_ERROR)
        e->error = asli_read_text(r);
    if (flags & HAS_CAUSE)
        e->cause = asli_read_text(r);
    if (flags & HAS_NUMBERS) {
        e->has_number = true;
        e->number = asli_read_int(r);
        e->timeout = (int64_t)asli_read_uint(r);
        e->heartbeat = (int64_t)asli_read_uint(r);
    }
    if (type & ASSIGNS)
        read_assigned(r, ev);
    if (flags & HAS_PAYLOAD)
        read_payload(r, row, ev);
}

/* A row so far before `row`. */
static uint64_t read_row(struct asli_reader *r, uint64_t row)
{
    uint64_t back = asli_read_uint(r);
    r->bad |= back >= row;
    return back ? row - back : 0;
}

static int read_head(struct asli_reader *r, asl_slice value, uint64_t row,
                     struct asli_history_head *head, asl_error *reterr)
{
    asli_reader_init(r, value.data, value.len);
    if (asli_read_u8(r) != ASLI_FORMAT)
        return asli_damaged(reterr, "history");
    head->first = asli_read_uint(r);
    head->count = (uint32_t)asli_read_uint(r);
    head->time = asli_read_int(r);
    head->previous = read_row(r, row);
    head->landmark = read_row(r, row);
    bool starts = head->first == 1;
    return r->bad || !head->count || starts != !head->previous
               ? asli_damaged(reterr, "history")
               : 0;
}

int asli_decode_history_head(asl_slice value, uint64_t row,
                             struct asli_history_head *ret_head, asl_error *reterr)
{
    struct asli_reader r;
    return read_head(&r, value, row, ret_head, reterr);
}

int asli_decode_history(asl_slice value, uint64_t row, asli_stored_event_fn *fn,
                        void *arg, asl_error *reterr)
{
    struct asli_reader r;
    struct asli_history_head head;
    int rc = read_head(&r, value, row, &head, reterr);
    for (uint32_t i = 0; !rc && i < head.count; i++) {
        struct asli_stored_event ev;
        decode_event(&r, head.first + i, row, head.time, &ev);
        rc = r.bad ? asli_bad_record(&r, reterr, "history") : fn(arg, &ev);
        asli_stored_event_done(&ev);
    }
    if (!rc && r.p != r.end)
        rc = asli_damaged(reterr, "history");
    return rc;
}

/* ---- the chain ---- */

static int get_row(asl_store *store, void *snapshot, uint64_t id, uint64_t row,
                   asl_slice *ret_value, asl_error *reterr)
{
    struct asli_key key = asli_key_history(row, id);
    int rc = asli_get(store, snapshot, &key, ret_value, reterr);
    return rc == ASL_ENOTFOUND ? asli_damaged(reterr, "history (a row is missing)") : rc;
}

int asli_history_head(asl_store *store, void *snapshot, uint64_t id, uint64_t row,
                      struct asli_history_head *ret_head, asl_error *reterr)
{
    asl_slice value;
    int rc = get_row(store, snapshot, id, row, &value, reterr);
    return rc ? rc : asli_decode_history_head(value, row, ret_head, reterr);
}

int asli_history_end(asl_store *store, void *snapshot, const struct asli_summary *s,
                     uint64_t *ret_row, asl_error *reterr)
{
    struct asli_key key = asli_key_id(ASLI_KEY_RUNNING, s->id);
    struct asli_running_row row;
    asl_slice value;
    *ret_row = s->row;
    if (s->status != ASL_RUNNING)
        return 0;
    int rc = asli_get_needed(store, snapshot, &key, "running record", &value, reterr);
    if (!rc)
        rc = asli_decode_running(value, &row, reterr);
    if (!rc)
        *ret_row = row.tail.row;
    return rc;
}

int asli_history_rows(asl_store *store, void *snapshot, uint64_t id, uint64_t row,
                      uint64_t first, uint64_t last, struct asli_bytes *rows,
                      asl_error *reterr)
{
    struct asli_history_head head, mark;
    uint64_t next = 0; /* the event after this row's, when that is known */
    while (row) {
        int rc = asli_history_head(store, snapshot, id, row, &head, reterr);
        if (rc)
            return rc;
        if (next && head.first + head.count != next)
            return asli_damaged(reterr, "history (events are missing)");
        if (head.first > last && head.landmark) {
            rc = asli_history_head(store, snapshot, id, head.landmark, &mark, reterr);
            if (rc)
                return rc;
            if (mark.first > last) {
                row = head.landmark;
                next = 0;
                continue;
            }
        }
        if (head.first <= last)
            asli_bytes_add(rows, &row, sizeof row);
        row = head.first > first ? head.previous : 0;
        next = head.first;
    }
    return rows->oom ? asli_oom(reterr) : 0;
}

int asli_history_each(asl_store *store, void *snapshot, const struct asli_summary *s,
                      int (*each)(void *arg, const struct asli_key *key, uint64_t row),
                      void *arg, asl_error *reterr)
{
    struct asli_bytes rows = {0};
    uint64_t end = 0;
    int rc = asli_history_end(store, snapshot, s, &end, reterr);
    if (!rc)
        rc = asli_history_rows(store, snapshot, s->id, end, 1, UINT64_MAX, &rows, reterr);
    for (size_t at = rows.len; !rc && at; at -= sizeof(uint64_t)) {
        uint64_t row;
        memcpy(&row, rows.data + at - sizeof row, sizeof row);
        struct asli_key key = asli_key_history(row, s->id);
        rc = each(arg, &key, row);
    }
    asli_bytes_done(&rows);
    return rc;
}

/* ---- one payload ---- */

struct wanted {
    const struct asli_payload *payload;
    char *text;
    size_t len;
    bool found;
};

static int match(void *arg, struct asli_stored_event *ev)
{
    struct wanted *w = arg;
    const char *text = ev->payload_text;
    uint32_t part = w->payload->part;
    if (ev->e.id != w->payload->event)
        return 0;
    w->len = ev->payload_len;
    if (part) {
        text = part <= ev->assigned_count ? ev->assigned[part - 1].text : NULL;
        w->len = text ? ev->assigned[part - 1].len : 0;
    }
    w->found = text != NULL;
    if (w->found)
        w->text = asli_strndup(text, w->len);
    return 1;
}

int asli_payload_fetch(asl_store *store, void *snapshot, uint64_t id,
                       const struct asli_payload *payload, char **ret_text,
                       size_t *ret_len, asl_error *reterr)
{
    struct wanted w = {.payload = payload};
    asl_slice value;
    int rc = get_row(store, snapshot, id, payload->row, &value, reterr);
    if (!rc)
        rc = asli_decode_history(value, payload->row, match, &w, reterr);
    if (rc < 0)
        return rc;
    if (!w.found)
        return asli_damaged(reterr, "history (a payload is missing)");
    if (!w.text)
        return asli_oom(reterr);
    *ret_text = w.text;
    *ret_len = w.len;
    return 0;
}

int asli_record_payload(struct asli_execution *x, const struct asli_payload *payload,
                        char **ret_text, size_t *ret_len, asl_error *reterr)
{
    asl_store *store = x->engine->store;
    void *snapshot;
    int rc = asl_store_snapshot(store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = asli_payload_fetch(store, snapshot, x->id, payload, ret_text, ret_len, reterr);
    asl_store_release(store, snapshot);
    return rc;
}
