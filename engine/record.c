/* SPDX-License-Identifier: Apache-2.0
 *
 * Records but history rows: keys, and the values of executions, frames and machines.
 * Numbers are LEB128, times and ids too; a payload is its place in the history, or its text when
 * it stands in no event yet. See docs/store-format.md.
 */
#include "engine/record.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/engine.h"

int asli_damaged(asl_error *reterr, const char *what)
{
    return asl_error_set(
        reterr, ASL_EFORMAT,
        "the store's %s is damaged or was written by another version of libasl", what);
}

int asli_bad_record(const struct asli_reader *r, asl_error *reterr, const char *what)
{
    return r->oom ? asli_oom(reterr) : asli_damaged(reterr, what);
}

/* ---- keys ---- */

static void add_be(struct asli_key *key, uint64_t value, int bytes)
{
    for (int i = bytes - 1; i >= 0; i--)
        key->bytes[key->len++] = (unsigned char)(value >> (8 * i));
}

struct asli_key asli_key_of(enum asli_key_kind kind)
{
    struct asli_key key = {.bytes = {0, (unsigned char)kind}, .len = 2};
    return key;
}

struct asli_key asli_key_id(enum asli_key_kind kind, uint64_t id)
{
    struct asli_key key = asli_key_of(kind);
    add_be(&key, id, 8);
    return key;
}

struct asli_key asli_key_own(const void *own, size_t len)
{
    struct asli_key key = asli_key_of(ASLI_KEY_OWN);
    if (len)
        memcpy(key.bytes + key.len, own, len);
    key.len += len;
    return key;
}

struct asli_key asli_key_machine(const unsigned char hash[16])
{
    struct asli_key key = asli_key_of(ASLI_KEY_MACHINE);
    memcpy(key.bytes + key.len, hash, 16);
    key.len += 16;
    return key;
}

struct asli_key asli_key_name(const char *name, const char *arn)
{
    struct asli_key key = asli_key_id(ASLI_KEY_NAME, asli_hash(name, strlen(name)));
    if (arn)
        add_be(&key, asli_hash(arn, strlen(arn)), 8);
    return key;
}

struct asli_key asli_key_row(uint64_t id, enum asli_row_kind kind)
{
    struct asli_key key = asli_key_id(ASLI_KEY_ROWS, id);
    add_be(&key, kind, 1);
    return key;
}

struct asli_key asli_key_frame(uint64_t id, uint32_t serial)
{
    struct asli_key key = asli_key_row(id, ASLI_ROW_FRAME);
    add_be(&key, serial, 4);
    return key;
}

struct asli_key asli_key_run(uint64_t id, uint64_t event)
{
    struct asli_key key = asli_key_row(id, ASLI_ROW_RUN);
    add_be(&key, event, 8);
    return key;
}

struct asli_key asli_key_children(uint64_t id, uint64_t event)
{
    struct asli_key key = asli_key_row(id, ASLI_ROW_CHILD);
    add_be(&key, event, 8);
    return key;
}

struct asli_key asli_key_child(uint64_t id, uint64_t event, uint64_t index)
{
    struct asli_key key = asli_key_children(id, event);
    add_be(&key, index, 8);
    return key;
}

struct asli_key asli_key_result(uint64_t id, uint32_t serial, uint32_t index)
{
    struct asli_key key = asli_key_row(id, ASLI_ROW_RESULT);
    add_be(&key, serial, 4);
    add_be(&key, index, 4);
    return key;
}

struct asli_key asli_key_history(uint64_t batch, uint64_t id)
{
    struct asli_key key = asli_key_id(ASLI_KEY_HISTORY, batch);
    add_be(&key, id, 8);
    return key;
}

struct asli_key asli_key_after(struct asli_key key)
{
    while (key.len && ++key.bytes[key.len - 1] == 0)
        key.len--;
    return key;
}

uint64_t asli_key_read_u64(asl_slice key, size_t offset)
{
    uint64_t v = 0;
    const unsigned char *p = key.data;
    for (size_t i = offset; i < offset + 8 && i < key.len; i++)
        v = v << 8 | p[i];
    return v;
}

uint32_t asli_key_read_u32(asl_slice key, size_t offset)
{
    uint32_t v = 0;
    const unsigned char *p = key.data;
    for (size_t i = offset; i < offset + 4 && i < key.len; i++)
        v = v << 8 | p[i];
    return v;
}

/* ---- payloads ---- */

enum { PAYLOAD_NONE, PAYLOAD_TEXT, PAYLOAD_REFERENCE };

void asli_encode_payload(struct asli_bytes *out, const struct asli_payload *payload)
{
    if (!payload) {
        asli_bytes_u8(out, PAYLOAD_NONE);
    } else if (payload->event) {
        asli_bytes_u8(out, PAYLOAD_REFERENCE);
        asli_bytes_uint(out, payload->row);
        asli_bytes_uint(out, payload->event);
        asli_bytes_uint(out, payload->part);
    } else {
        asli_bytes_u8(out, PAYLOAD_TEXT);
        asli_bytes_blob(out, payload->text, payload->len);
    }
}

struct asli_payload *asli_decode_payload(struct asli_reader *r)
{
    unsigned kind = asli_read_u8(r);
    struct asli_payload *p = NULL;
    if (kind == PAYLOAD_REFERENCE) {
        uint64_t row = asli_read_uint(r);
        uint64_t event = asli_read_uint(r);
        uint32_t part = (uint32_t)asli_read_uint(r);
        if (!row || !event || r->bad)
            r->bad = true;
        else if (!(p = asli_payload_stored(row, event, part)))
            r->bad = r->oom = true;
    } else if (kind == PAYLOAD_TEXT) {
        size_t len;
        const char *text = asli_read_blob(r, &len);
        p = text ? asli_payload_stored(0, 0, 0) : NULL;
        if (p && !(p->text = asli_strndup(text, len))) {
            asli_payload_unref(p);
            p = NULL;
        }
        if (p)
            p->len = len;
        else
            r->oom |= text != NULL, r->bad = true;
    } else if (kind != PAYLOAD_NONE) {
        r->bad = true;
    }
    return p;
}

/* ---- execution ---- */

void asli_encode_execution(struct asli_bytes *out, const struct asli_execution *x,
                           uint64_t batch)
{
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_u8(out, x->status);
    asli_bytes_int(out, x->start_time);
    asli_bytes_int(out, x->stop_time);
    asli_bytes_int(out, x->timeout_at);
    asli_bytes_add(out, x->machine->hash, 16);
    asli_bytes_text(out, x->name);
    asli_bytes_text(out, x->arn);
    asli_bytes_text(out, x->machine->name);
    asli_bytes_uint(out, x->version);
    asli_bytes_text(out, x->alias);
    asli_encode_payload(out, x->input);
    asli_encode_payload(out, x->output);
    asli_bytes_text(out, x->error);
    asli_bytes_text(out, x->cause);
    asli_bytes_uint(out, x->redrive_count);
    asli_bytes_int(out, x->redrive_time);
    asli_bytes_uint(out, x->kin.parent);
    if (x->kin.parent) {
        asli_bytes_uint(out, x->kin.run);
        asli_bytes_uint(out, x->kin.index);
        asli_bytes_uint(out, x->kin.items);
        asli_bytes_uint(out, x->kin.serial);
    }
    asli_bytes_uint(out, x->status == ASL_RUNNING ? 0 : asli_tail_after(x, batch).row);
}

int asli_decode_execution(asl_slice value, uint64_t id, struct asli_summary *ret_summary,
                          asl_error *reterr)
{
    struct asli_reader r;
    struct asli_summary s = {.id = id};
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "execution record");
    s.status = asli_read_u8(&r);
    s.start_time = asli_read_int(&r);
    s.stop_time = asli_read_int(&r);
    s.timeout_at = asli_read_int(&r);
    asli_read_bytes(&r, s.machine_hash, sizeof s.machine_hash);
    s.name = asli_read_text(&r);
    s.arn = asli_read_text(&r);
    bool named = asli_skip_text(&r); /* its machine */
    s.version = (uint32_t)asli_read_uint(&r);
    s.alias = asli_read_text(&r);
    s.input = asli_decode_payload(&r);
    s.output = asli_decode_payload(&r);
    s.error = asli_read_text(&r);
    s.cause = asli_read_text(&r);
    s.redrive_count = (uint32_t)asli_read_uint(&r);
    s.redrive_time = asli_read_int(&r);
    s.kin_at = (size_t)(r.p - (const unsigned char *)value.data);
    s.kin.parent = asli_read_uint(&r);
    if (s.kin.parent) {
        s.kin.run = asli_read_uint(&r);
        s.kin.index = asli_read_uint(&r);
        s.kin.items = asli_read_uint(&r);
        s.kin.serial = (uint32_t)asli_read_uint(&r);
    }
    s.row = asli_read_uint(&r);
    if (r.bad || r.p != r.end || !s.name || !s.arn || !named || !s.input ||
        s.status > ASL_ABORTED) {
        asli_summary_done(&s);
        return asli_bad_record(&r, reterr, "execution record");
    }
    *ret_summary = s;
    return 0;
}

int asli_summary_find(asl_store *store, void *snapshot, uint64_t id,
                      struct asli_summary *ret_summary, asl_error *reterr)
{
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, id);
    asl_slice value;
    int rc = asli_get(store, snapshot, &key, &value, reterr);
    return rc ? rc : asli_decode_execution(value, id, ret_summary, reterr);
}

int asli_summary_get(asl_store *store, void *snapshot, uint64_t id,
                     struct asli_summary *ret_summary, asl_error *reterr)
{
    struct asli_key key = asli_key_id(ASLI_KEY_EXECUTION, id);
    asl_slice value;
    int rc = asli_get_needed(store, snapshot, &key, "execution record", &value, reterr);
    return rc ? rc : asli_decode_execution(value, id, ret_summary, reterr);
}

void asli_summary_done(struct asli_summary *summary)
{
    asli_free(summary->name);
    asli_free(summary->arn);
    asli_free(summary->error);
    asli_free(summary->cause);
    asli_free(summary->alias);
    asli_payload_unref(summary->input);
    asli_payload_unref(summary->output);
    memset(summary, 0, sizeof *summary);
}

void asli_encode_adopted(struct asli_bytes *out, asl_slice value,
                         const struct asli_summary *s, uint64_t parent)
{
    struct asli_reader r;
    const char *row = value.data;
    asli_reader_init(&r, row + s->kin_at, value.len - s->kin_at);
    asli_read_uint(&r);
    asli_bytes_add(out, row, s->kin_at);
    asli_bytes_uint(out, parent);
    asli_bytes_add(out, r.p, (size_t)(r.end - r.p));
}

/* ---- Map runs ---- */

void asli_encode_child(struct asli_bytes *out, const struct asli_child_row *row)
{
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_uint(out, row->id);
    asli_bytes_u8(out, row->status);
    asli_bytes_uint(out, row->items);
    asli_bytes_add(out, row->express.data, row->express.len);
}

int asli_decode_child(asl_slice value, struct asli_child_row *ret_row, asl_error *reterr)
{
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "child record");
    ret_row->id = asli_read_uint(&r);
    ret_row->status = asli_read_u8(&r);
    ret_row->items = asli_read_uint(&r);
    ret_row->express = (asl_slice){r.p, (size_t)(r.end - r.p)};
    return r.bad || (ret_row->id && r.p != r.end) || ret_row->status > ASL_ABORTED
               ? asli_damaged(reterr, "child record")
               : 0;
}

/* The text itself: no event that holds it is ever stored. */
static void encode_text(struct asli_bytes *out, const struct asli_payload *p)
{
    struct asli_payload text = {.text = p ? p->text : NULL, .len = p ? p->len : 0};
    asli_encode_payload(out, p ? &text : NULL);
}

void asli_encode_express(struct asli_bytes *out, const struct asli_execution *x)
{
    asli_bytes_uint(out, x->root->scope->index);
    asli_bytes_text(out, x->name);
    asli_bytes_text(out, x->arn);
    asli_bytes_int(out, x->start_time);
    asli_bytes_int(out, x->stop_time);
    encode_text(out, x->input);
    encode_text(out, x->output);
    asli_bytes_text(out, x->error);
    asli_bytes_text(out, x->cause);
}

int asli_decode_express(const struct asli_child_row *row,
                        struct asli_summary *ret_summary, uint32_t *ret_scope,
                        asl_error *reterr)
{
    struct asli_reader r;
    struct asli_summary s = {.status = row->status, .kin.items = row->items};
    asli_reader_init(&r, row->express.data, row->express.len);
    uint64_t scope = asli_read_uint(&r);
    s.name = asli_read_text(&r);
    s.arn = asli_read_text(&r);
    s.start_time = asli_read_int(&r);
    s.stop_time = asli_read_int(&r);
    s.input = asli_decode_payload(&r);
    s.output = asli_decode_payload(&r);
    s.error = asli_read_text(&r);
    s.cause = asli_read_text(&r);
    if (r.bad || r.p != r.end || !s.name || !s.arn || !s.input || s.input->event ||
        (s.output && s.output->event) || scope > UINT32_MAX) {
        asli_summary_done(&s);
        return asli_bad_record(&r, reterr, "child record");
    }
    *ret_summary = s;
    if (ret_scope)
        *ret_scope = (uint32_t)scope;
    return 0;
}

int asli_decode_run(asl_slice value, uint64_t event, struct asli_map_run **ret_run,
                    char **ret_arn, asl_error *reterr)
{
    struct asli_reader r;
    char *arn = NULL;
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "Map run record");
    struct asli_map_run *run = asli_map_run_decode(&r, ret_arn ? &arn : NULL);
    if (!run || r.p != r.end) {
        asli_map_run_unref(run);
        asli_free(arn);
        return asli_bad_record(&r, reterr, "Map run record");
    }
    run->event = event;
    *ret_run = run;
    if (ret_arn)
        *ret_arn = arn;
    return 0;
}

/* ---- frame ---- */

void asli_encode_frame(struct asli_bytes *out, const struct asli_frame *f)
{
    const struct asli_frame_data *d = &f->d;
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_uint(out, f->parent ? (uint64_t)f->parent->serial + 1 : 0);
    asli_bytes_uint(out, f->scope->index);
    asli_bytes_uint(out, f->index);
    asli_bytes_uint(out, d->state->index);
    asli_bytes_u8(out, d->phase);
    asli_bytes_u8(out, d->task_phase | (d->own_token ? 4u : 0) | (d->stopped ? 8u : 0) |
                           (d->joining ? 16u : 0));
    asli_encode_payload(out, d->input);
    asli_bytes_uint(out, d->head);
    asli_bytes_uint(out, d->entered_event);
    asli_bytes_int(out, d->entered_time);
    asli_bytes_uint(out, d->retry_count);
    asli_bytes_uint(out, d->tries ? d->tries->count : 0);
    for (unsigned i = 0; d->tries && i < d->tries->count; i++)
        asli_bytes_uint(out, d->tries->n[i]);
    asli_bytes_int(out, d->wake_at);
    asli_bytes_int(out, d->timeout_at);
    asli_bytes_int(out, d->heartbeat_at);
    asli_bytes_int(out, d->timeout_ms);
    asli_bytes_int(out, d->heartbeat_ms);
    asli_bytes_uint(out, d->scheduled_event);
    if (d->task_phase || d->own_token)
        asli_bytes_add(out, d->secret, sizeof d->secret);
    if (d->task_phase)
        asli_encode_payload(out, d->work);
    asli_bytes_uint(out, d->run ? d->run->event : 0);
    asli_bytes_uint(out, d->variables ? d->variables->count : 0);
    for (uint32_t i = 0; d->variables && i < d->variables->count; i++) {
        asli_bytes_uint(out, d->variables->items[i].name);
        asli_encode_payload(out, d->variables->items[i].value);
    }
    asli_bytes_uint(out, d->results ? d->results->count + 1 : 0);
    if (d->results) {
        asli_bytes_uint(out, d->next_index);
        asli_bytes_uint(out, d->done_count);
        asli_bytes_uint(out, d->limit);
        asli_bytes_uint(out, d->join_event);
    }
}

static int read_tries(struct asli_reader *r, const struct asli_state *state,
                      struct asli_frame_data *d)
{
    size_t count = asli_read_uint(r);
    if (!count)
        return 0;
    if (count != state->retrier_count)
        return -1;
    d->tries = asli_alloc(sizeof *d->tries + count * sizeof *d->tries->n);
    if (!d->tries) {
        r->oom = true;
        return -1;
    }
    d->tries->refs = 1;
    d->tries->count = (unsigned)count;
    for (size_t i = 0; i < count; i++)
        d->tries->n[i] = (uint32_t)asli_read_uint(r);
    return 0;
}

static int read_variables(struct asli_reader *r, const asl_machine *machine,
                          struct asli_frame_data *d)
{
    uint64_t count = asli_read_uint(r);
    if (!count || r->bad)
        return 0;
    if (count > machine->variable_count)
        return -1;
    if (!(d->variables = asli_variables_new(count))) {
        r->oom = true;
        return -1;
    }
    while (d->variables->count < count) {
        struct asli_variable *v = &d->variables->items[d->variables->count];
        v->name = (uint32_t)asli_read_uint(r);
        v->value = asli_decode_payload(r);
        if (!v->value || v->name >= machine->variable_count)
            return asli_payload_unref(v->value), -1;
        d->variables->count++;
    }
    return 0;
}

/* More items than any input can hold: a damaged number must not ask for all memory. */
#define MAX_RESULTS (1u << 24)

static int read_children(struct asli_reader *r, struct asli_frame_data *d)
{
    uint64_t results = asli_read_uint(r);
    if (!results || r->bad)
        return 0;
    if (results > MAX_RESULTS)
        return -1;
    if (!(d->results = asli_results_new(results - 1))) {
        r->oom = true;
        return -1;
    }
    d->next_index = (uint32_t)asli_read_uint(r);
    d->done_count = (uint32_t)asli_read_uint(r);
    d->limit = (uint32_t)asli_read_uint(r);
    d->join_event = asli_read_uint(r);
    return 0;
}

int asli_decode_frame(asl_slice value, asl_machine *machine, struct asli_frame_row *row,
                      struct asli_frame_data *ret_data, asl_error *reterr)
{
    struct asli_reader r;
    struct asli_frame_data d = {0};
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "frame record");
    uint64_t parent = asli_read_uint(&r);
    row->root = parent == 0;
    row->parent = (uint32_t)(parent ? parent - 1 : 0);
    row->scope = (uint32_t)asli_read_uint(&r);
    row->index = (uint32_t)asli_read_uint(&r);
    uint64_t state = asli_read_uint(&r);
    if (r.bad || row->scope >= machine->scope_count || state >= machine->state_count)
        return asli_damaged(reterr, "frame record");
    d.state = machine->states[state];
    d.phase = asli_read_u8(&r);
    unsigned task = asli_read_u8(&r);
    d.task_phase = task & 3;
    d.own_token = (task & 4) != 0;
    d.stopped = (task & 8) != 0;
    d.joining = (task & 16) != 0;
    d.input = asli_decode_payload(&r);
    d.head = asli_read_uint(&r);
    d.entered_event = asli_read_uint(&r);
    d.entered_time = asli_read_int(&r);
    d.retry_count = (uint32_t)asli_read_uint(&r);
    if (read_tries(&r, d.state, &d))
        r.bad = true;
    d.wake_at = asli_read_int(&r);
    d.timeout_at = asli_read_int(&r);
    d.heartbeat_at = asli_read_int(&r);
    d.timeout_ms = asli_read_int(&r);
    d.heartbeat_ms = asli_read_int(&r);
    d.scheduled_event = asli_read_uint(&r);
    if (d.task_phase || d.own_token)
        asli_read_bytes(&r, d.secret, sizeof d.secret);
    if (d.task_phase)
        d.work = asli_decode_payload(&r);
    row->run = asli_read_uint(&r);
    if (read_variables(&r, machine, &d) || read_children(&r, &d) || r.bad ||
        r.p != r.end || d.phase > ASLI_PHASE_BACKOFF || !d.input) {
        asli_frame_data_done(&d);
        return asli_bad_record(&r, reterr, "frame record");
    }
    *ret_data = d;
    return 0;
}

/* ---- where a running execution stands ---- */

static unsigned flags_of(const struct asli_execution *x)
{
    const uint32_t *count = x->wake->count;
    /* children: Express ones are in memory alone, and it is their parent that begins them anew */
    bool attention = x->ready_head || count[ASLI_WAIT_TASK] ||
                     count[ASLI_WAIT_UNCLAIMED] || x->children.count;
    return attention ? ASLI_ATTENTION : 0;
}

void asli_encode_running(struct asli_bytes *out, const struct asli_execution *x,
                         uint64_t batch)
{
    struct asli_tail tail = asli_tail_after(x, batch);
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_int(out, x->wake->timer.slot ? x->wake->timer.deadline : 0);
    asli_bytes_uint(out, flags_of(x));
    for (int i = 0; i < ASLI_WAITS; i++)
        asli_bytes_uint(out, x->wake->count[i]);
    asli_bytes_uint(out, tail.row);
    asli_bytes_uint(out, tail.landmark);
    asli_bytes_int(out, tail.time);
    asli_bytes_uint(out, x->next_event);
    asli_bytes_uint(out, x->next_serial);
    asli_encode_frame(out, x->root);
}

int asli_decode_running(asl_slice value, struct asli_running_row *ret_row,
                        asl_error *reterr)
{
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "running record");
    ret_row->deadline = asli_read_int(&r);
    if (!ret_row->deadline)
        ret_row->deadline = INT64_MAX;
    ret_row->flags = (unsigned)asli_read_uint(&r);
    for (int i = 0; i < ASLI_WAITS; i++)
        ret_row->count[i] = (uint32_t)asli_read_uint(&r);
    ret_row->tail.row = asli_read_uint(&r);
    ret_row->tail.landmark = asli_read_uint(&r);
    ret_row->tail.time = asli_read_int(&r);
    ret_row->next_event = asli_read_uint(&r);
    ret_row->next_serial = (uint32_t)asli_read_uint(&r);
    ret_row->root = (asl_slice){r.p, (size_t)(r.end - r.p)};
    return r.bad ? asli_damaged(reterr, "running record") : 0;
}

/* ---- start of an Express execution ---- */

void asli_encode_start(struct asli_bytes *out, const struct asli_execution *x)
{
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_add(out, x->machine->hash, 16);
    asli_bytes_text(out, x->name);
    asli_bytes_text(out, x->arn);
    asli_bytes_uint(out, x->version);
    asli_bytes_text(out, x->alias);
    encode_text(out, x->input);
}

int asli_decode_start(asl_slice value, struct asli_start_row *ret_row, asl_error *reterr)
{
    struct asli_reader r;
    struct asli_start_row row;
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "start record");
    asli_read_bytes(&r, row.machine_hash, sizeof row.machine_hash);
    row.name = asli_read_text(&r);
    row.arn = asli_read_text(&r);
    row.version = (uint32_t)asli_read_uint(&r);
    row.alias = asli_read_text(&r);
    row.input = asli_decode_payload(&r);
    if (r.bad || r.p != r.end || !row.name || !row.arn || !row.input ||
        row.input->event) {
        asli_start_row_done(&row);
        return asli_bad_record(&r, reterr, "start record");
    }
    *ret_row = row;
    return 0;
}

void asli_start_row_done(struct asli_start_row *row)
{
    asli_free(row->name);
    asli_free(row->arn);
    asli_free(row->alias);
    asli_payload_unref(row->input);
}

/* ---- machine ---- */

void asli_encode_machine(struct asli_bytes *out, const asl_machine *machine)
{
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_bytes_u8(out, machine->express);
    asli_bytes_text(out, machine->name);
    asli_bytes_text(out, machine->role);
    asli_bytes_text(out, machine->revision);
    asli_bytes_int(out, machine->updated);
    asli_bytes_blob(out, machine->definition, machine->definition_len);
}

int asli_decode_machine(asl_slice value, struct asli_machine_row *ret_row,
                        asl_error *reterr)
{
    struct asli_reader r;
    struct asli_machine_row row = {0};
    asli_reader_init(&r, value.data, value.len);
    if (asli_read_u8(&r) != ASLI_FORMAT)
        return asli_damaged(reterr, "machine record");
    row.express = asli_read_u8(&r) != 0;
    row.name = asli_read_text(&r);
    row.role = asli_read_text(&r);
    row.revision = asli_read_text(&r);
    row.updated = asli_read_int(&r);
    const char *text = asli_read_blob(&r, &row.len);
    row.definition = text ? asli_strndup(text, row.len) : NULL;
    if (r.bad || r.p != r.end || !row.name || !row.definition) {
        r.oom |= text && !row.definition;
        asli_machine_row_done(&row);
        return asli_bad_record(&r, reterr, "machine record");
    }
    *ret_row = row;
    return 0;
}

void asli_machine_row_done(struct asli_machine_row *row)
{
    asli_free(row->name);
    asli_free(row->role);
    asli_free(row->revision);
    asli_free(row->definition);
}
