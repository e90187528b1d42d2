/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a history, whole or a page of it: only the rows that hold its events are read, and those
 * that their payloads refer to.
 *
 * All texts but those that were fetched from other rows are borrowed from rows of the open snapshot.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/read.h"

#define PAGE_EVENTS 100 /* unless said otherwise: AWS's */

/* The text of an event's payload. */
struct text {
    struct asli_map_node node; /* in history.fetched, by event */
    const char *text;
    char *owned;
    size_t len;
};

struct history {
    struct asli_reading r;
    struct asli_summary s;
    asl_history_options o;
    uint64_t first, last, end; /* the events of the page; the last one there is */
    json_t *array;
    char *region, *machine_arn;
    uint64_t base;           /* the first event of the rows that are read */
    struct asli_bytes texts; /* struct text of each event from there on */
    struct asli_map fetched; /* struct text of events before it */
};

/* ---- payloads ---- */

static const struct text *read_text(struct history *h, uint64_t event)
{
    const struct text *t = (const struct text *)(const void *)h->texts.data;
    return event >= h->base && event - h->base < h->texts.len / sizeof *t
               ? &t[event - h->base]
               : NULL;
}

/* Of an event on an earlier page. */
static int fetch(struct history *h, const struct asli_stored_event *ev,
                 const struct text **ret_text)
{
    struct asli_map_node *n = asli_map_find(&h->fetched, ev->payload_event);
    struct asli_payload place = {.row = ev->payload_row, .event = ev->payload_event};
    struct text *t = n ? ASLI_OF(n, struct text, node) : asli_alloc(sizeof *t);
    if (n || !t)
        return n ? (*ret_text = t, 0) : asli_oom(h->r.reterr);
    int rc = asli_payload_fetch(h->r.store, h->r.snapshot, h->s.id, &place, &t->owned,
                                &t->len, h->r.reterr);
    if (!rc && !asli_map_add(&h->fetched, ev->payload_event, &t->node))
        rc = asli_oom(h->r.reterr);
    if (rc) {
        asli_free(t->owned);
        asli_free(t);
        return rc;
    }
    t->text = t->owned;
    *ret_text = t;
    return 0;
}

static int find_text(struct history *h, const struct asli_stored_event *ev,
                     const struct text *mine, const struct text **ret_text)
{
    *ret_text = mine;
    if (!ev->payload_event)
        return 0;
    if (ev->payload_event < h->base)
        return fetch(h, ev, ret_text);
    *ret_text = read_text(h, ev->payload_event);
    return *ret_text && (*ret_text)->text
               ? 0
               : asli_damaged(h->r.reterr, "history (a payload is missing)");
}

/* ---- events ---- */

static int show(struct history *h, const struct asli_stored_event *ev,
                const struct text *mine)
{
    const struct text *text;
    json_t *o;
    int rc = find_text(h, ev, mine, &text);
    if (rc)
        return rc;
    struct asli_event_texts texts = {.region = h->region,
                                     .machine_arn = h->machine_arn,
                                     .no_data = h->o.no_data,
                                     .payload = text->text,
                                     .payload_len = text->len,
                                     .assigned = ev->assigned,
                                     .assigned_count = ev->assigned_count};
    rc = asli_event_json(&ev->e, &texts, &o, h->r.reterr);
    if (!rc && json_array_append_new(h->array, o))
        rc = asli_oom(h->r.reterr);
    return rc;
}

static int visit_event(void *arg, struct asli_stored_event *ev)
{
    struct history *h = arg;
    struct text mine = {.text = ev->payload_text, .len = ev->payload_len};
    if (!h->texts.len)
        h->base = ev->e.id;
    asli_bytes_add(&h->texts, &mine, sizeof mine);
    if (h->texts.oom)
        return asli_oom(h->r.reterr);
    return ev->e.id < h->first || ev->e.id > h->last ? 0 : show(h, ev, &mine);
}

static int visit_rows(struct history *h, uint64_t row)
{
    struct asli_bytes rows = {0}; /* newest first */
    int rc = asli_history_rows(h->r.store, h->r.snapshot, h->s.id, row, h->first, h->last,
                               &rows, h->r.reterr);
    for (size_t at = rows.len; !rc && at; at -= sizeof row) {
        asl_slice value;
        memcpy(&row, rows.data + at - sizeof row, sizeof row);
        struct asli_key key = asli_key_history(row, h->s.id);
        rc = asli_get_needed(h->r.store, h->r.snapshot, &key, "history", &value,
                             h->r.reterr);
        if (!rc)
            rc = asli_decode_history(value, row, visit_event, h, h->r.reterr);
    }
    asli_bytes_done(&rows);
    return rc;
}

/* ---- the page ---- */

static void set_page(struct history *h)
{
    uint64_t limit = h->o.limit, after = h->o.after;
    if (h->o.reverse) {
        h->last = after && after <= h->end ? after - 1 : h->end;
        h->first = h->last > limit ? h->last - limit + 1 : 1;
    } else {
        after = after < h->end ? after : h->end;
        h->first = after + 1;
        h->last = h->end - after < limit ? h->end : after + limit;
    }
}

static uint64_t next_page(const struct history *h)
{
    if (h->first > h->last)
        return 0;
    if (h->o.reverse)
        return h->first > 1 ? h->first : 0;
    return h->last < h->end ? h->last : 0;
}

static int reverse(struct history *h)
{
    size_t count = json_array_size(h->array);
    for (size_t i = 0; i < count / 2; i++) {
        ASLI_AUTO(json) json_t *low = json_incref(json_array_get(h->array, i));
        if (json_array_set(h->array, i, json_array_get(h->array, count - 1 - i)) ||
            json_array_set(h->array, count - 1 - i, low))
            return asli_oom(h->r.reterr);
    }
    return 0;
}

static int read_page(struct history *h)
{
    struct asli_history_head head = {0};
    uint64_t row = 0;
    int rc = asli_history_end(h->r.store, h->r.snapshot, &h->s, &row, h->r.reterr);
    if (!rc && row)
        rc = asli_history_head(h->r.store, h->r.snapshot, h->s.id, row, &head,
                               h->r.reterr);
    if (rc || !row)
        return rc;
    h->end = head.first + head.count - 1;
    set_page(h);
    if (h->first <= h->last)
        rc = visit_rows(h, row);
    return rc || !h->o.reverse ? rc : reverse(h);
}

static int read_history(struct history *h, const char *execution)
{
    struct asli_map_node *n;
    int rc = asli_read_summary(&h->r, execution, &h->s);
    if (rc)
        return rc;
    h->region = asli_arn_field(h->s.arn, 3);
    h->machine_arn = asli_machine_arn(h->s.arn);
    rc = h->region && h->machine_arn ? read_page(h) : asli_oom(h->r.reterr);
    while ((n = asli_map_any(&h->fetched))) {
        struct text *t = ASLI_OF(n, struct text, node);
        asli_map_remove(&h->fetched, n);
        asli_free(t->owned);
        asli_free(t);
    }
    asli_map_done(&h->fetched);
    asli_bytes_done(&h->texts);
    asli_summary_done(&h->s);
    asli_free(h->region);
    asli_free(h->machine_arn);
    return rc;
}

static int history(struct history *h, asl_store *store, const char *execution,
                   json_t **ret_page, uint64_t *ret_next, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *o = json_object();
    if (!o || asli_put(o, "events", h->array = json_array()))
        return asli_oom(reterr);
    int rc = asli_read_open(&h->r, store, reterr);
    if (rc)
        return rc;
    rc = read_history(h, execution);
    asl_store_release(store, h->r.snapshot);
    if (rc)
        return rc;
    *ret_page = json_incref(o);
    if (ret_next)
        *ret_next = next_page(h);
    return 0;
}

int asl_history(asl_store *store, const char *execution, json_t **ret_history,
                asl_error *reterr)
{
    struct history h = {.o = {.limit = SIZE_MAX}};
    return history(&h, store, execution, ret_history, NULL, reterr);
}

int asl_history_page(asl_store *store, const char *execution,
                     const asl_history_options *options, json_t **ret_page,
                     uint64_t *ret_next, asl_error *reterr)
{
    struct history h = {0};
    memcpy(&h.o, options, options->size < sizeof h.o ? options->size : sizeof h.o);
    if (!h.o.limit)
        h.o.limit = PAGE_EVENTS;
    return history(&h, store, execution, ret_page, ret_next, reterr);
}
