/* SPDX-License-Identifier: Apache-2.0
 *
 * History rows: all events of one execution in one batch. Ids are consecutive, times and
 * previous ids are differences; a payload that stands in an earlier event is a reference to it.
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

static void encode_event(struct asli_bytes *out, const struct asl_event *e,
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
        asli_bytes_uint(out, p->event - p->row);
    }
}

void asli_encode_history(struct asli_bytes *out, const struct asli_execution *x)
{
    /* the last one's: loading reads the head alone, and time must not go back */
    int64_t base = x->pending_count ? x->pending[x->pending_count - 1].time : 0;
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_uint(out, x->pending_count);
    asli_bytes_uint(out, x->next_serial);
    asli_bytes_int(out, base);
    for (size_t i = 0; i < x->pending_count; i++)
        encode_event(out, &x->pending[i], base, x->machine);
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

static void read_payload(struct asli_reader *r, struct asli_stored_event *ev)
{
    if (asli_read_u8(r) == TEXT_INLINE) {
        ev->payload_text = asli_read_blob(r, &ev->payload_len);
        r->bad |= !ev->payload_text;
        return;
    }
    ev->payload_event = ev->e.id - asli_read_uint(r);
    ev->payload_row = ev->payload_event - asli_read_uint(r);
    r->bad |= !ev->payload_event || ev->payload_event > ev->e.id;
}

static void decode_event(struct asli_reader *r, uint64_t id, int64_t base_time,
                         struct asli_stored_event *ev)
{
    struct asl_event *e = &ev->e;
    memset(ev, 0, sizeof *ev);
    unsigned type = asli_read_u8(r), flags = asli_read_u8(r);
    e->type = type & ~(unsigned)ASSIGNS;
    e->id = id;
    e->time = base_time + asli_read_int(r);
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
        read_payload(r, ev);
}

static int read_head(struct asli_reader *r, asl_slice value,
                     struct asli_history_head *head, asl_error *reterr)
{
    asli_reader_init(r, value.data, value.len);
    if (asli_read_u8(r) != ASLI_FORMAT)
        return asli_damaged(reterr, "history");
    head->count = (uint32_t)asli_read_uint(r);
    head->next_serial = (uint32_t)asli_read_uint(r);
    head->time = asli_read_int(r);
    return r->bad ? asli_damaged(reterr, "history") : 0;
}

int asli_decode_history_head(asl_slice value, struct asli_history_head *ret_head,
                             asl_error *reterr)
{
    struct asli_reader r;
    return read_head(&r, value, ret_head, reterr);
}

int asli_decode_history(asl_slice value, uint64_t first_event, asli_stored_event_fn *fn,
                        void *arg, asl_error *reterr)
{
    struct asli_reader r;
    struct asli_history_head head;
    int rc = read_head(&r, value, &head, reterr);
    for (uint32_t i = 0; !rc && i < head.count; i++) {
        struct asli_stored_event ev;
        decode_event(&r, first_event + i, head.time, &ev);
        rc = r.bad ? asli_bad_record(&r, reterr, "history") : fn(arg, &ev);
        asli_stored_event_done(&ev);
    }
    if (!rc && r.p != r.end)
        rc = asli_damaged(reterr, "history");
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
    struct asli_key key = asli_key_history(id, payload->row);
    struct wanted w = {.payload = payload};
    asl_slice value;
    int rc = asli_get(store, snapshot, &key, &value, reterr);
    if (rc == ASL_ENOTFOUND)
        return asli_damaged(reterr, "history (a row is missing)");
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
