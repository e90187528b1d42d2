/* SPDX-License-Identifier: Apache-2.0
 *
 * Decodes any bytes as a row of each kind: the first byte says which, the rest is the value, which
 * is given the checksum that it needs to be looked at. What decodes is encoded again, decoded and
 * encoded once more: both encodings have to be the same bytes.
 */
#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"
#include "engine/base/alloc.h"
#include "engine/execution.h"
#include "engine/record.h"

#define ROW 1000000 /* a history row's batch */

/* Frames name states, scopes and variables of a machine by number. */
static const char definition[] =
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"M\",\"States\":{\"M\":{\"Type\":"
    "\"Map\","
    "\"Assign\":{\"a\":1,\"b\":2},\"Retry\":[{\"ErrorEquals\":[\"A\"]},{\"ErrorEquals\":"
    "[\"B\"]}],\"ItemProcessor\":{\"StartAt\":\"T\",\"States\":{\"T\":{\"Type\":\"Task\","
    "\"Resource\":\"handler:x\",\"Assign\":{\"c\":3},\"Retry\":[{\"ErrorEquals\":[\"C\"]}"
    "],"
    "\"End\":true}}},\"End\":true}}}";

static asl_machine *the_machine(void)
{
    static asl_machine *machine;
    if (!machine && asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, NULL))
        abort();
    return machine;
}

/* Appends the encoding of what `value` says; not 0: it says nothing. */
typedef int recode_fn(asl_slice value, struct asli_bytes *out);

static int execution(asl_slice value, struct asli_bytes *out)
{
    struct asli_summary s;
    char name[] = "machine";
    asl_machine machine = {.name = name};
    int rc = asli_decode_execution(value, 1, &s, NULL);
    if (rc)
        return rc;
    memcpy(machine.hash, s.machine_hash, sizeof s.machine_hash);
    struct asli_execution x = {.machine = &machine,
                               .status = s.status,
                               .start_time = s.start_time,
                               .stop_time = s.stop_time,
                               .timeout_at = s.timeout_at,
                               .name = s.name,
                               .arn = s.arn,
                               .version = s.version,
                               .alias = s.alias,
                               .input = s.input,
                               .output = s.output,
                               .error = s.error,
                               .cause = s.cause,
                               .redrive_count = s.redrive_count,
                               .redrive_time = s.redrive_time,
                               .kin = s.kin,
                               .tail.row = s.row};
    asli_encode_execution(out, &x, 0);
    if (s.kin.parent) { /* as a load does it */
        struct asli_bytes adopted = {0};
        asli_encode_adopted(&adopted, value, &s, s.kin.parent + 1);
        struct asli_summary other;
        if (asli_decode_execution((asl_slice){adopted.data, adopted.len}, 1, &other,
                                  NULL) ||
            other.kin.parent != s.kin.parent + 1)
            abort();
        asli_summary_done(&other);
        asli_bytes_done(&adopted);
    }
    asli_summary_done(&s);
    return 0;
}

static int frame_of(asl_slice value, struct asli_frame *f, struct asli_frame *parent,
                    struct asli_map_run *run)
{
    struct asli_frame_row row;
    asl_machine *machine = the_machine();
    int rc = asli_decode_frame(value, machine, &row, &f->d, NULL);
    if (rc)
        return rc;
    if (!row.root) {
        parent->serial = row.parent;
        f->parent = parent;
    }
    f->scope = machine->scopes[row.scope];
    f->index = row.index;
    run->event = row.run;
    f->d.run = row.run ? run : NULL;
    return 0;
}

static void frame_done(struct asli_frame *f)
{
    f->d.run = NULL;
    asli_frame_data_done(&f->d);
}

static int frame(asl_slice value, struct asli_bytes *out)
{
    struct asli_frame f = {0}, parent = {0};
    struct asli_map_run run = {0};
    int rc = frame_of(value, &f, &parent, &run);
    if (rc)
        return rc;
    asli_encode_frame(out, &f);
    frame_done(&f);
    return 0;
}

static int running(asl_slice value, struct asli_bytes *out)
{
    struct asli_frame f = {0}, parent = {0};
    struct asli_map_run run = {0};
    struct asli_running_row row;
    struct asli_wake wake = {0};
    int rc = asli_decode_running(value, &row, NULL);
    if (!rc)
        rc = frame_of(row.root, &f, &parent, &run);
    if (rc)
        return rc;
    wake.timer.deadline = row.deadline;
    wake.timer.slot = row.deadline != INT64_MAX;
    memcpy(wake.count, row.count, sizeof wake.count);
    struct asli_execution x = {.root = &f,
                               .wake = &wake,
                               .tail = row.tail,
                               .next_event = row.next_event,
                               .next_serial = row.next_serial};
    asli_encode_running(out, &x, 0);
    frame_done(&f);
    return 0;
}

static int start(asl_slice value, struct asli_bytes *out)
{
    struct asli_start_row row;
    asl_machine machine = {0};
    int rc = asli_decode_start(value, &row, NULL);
    if (rc)
        return rc;
    memcpy(machine.hash, row.machine_hash, sizeof row.machine_hash);
    struct asli_execution x = {.machine = &machine,
                               .name = row.name,
                               .arn = row.arn,
                               .version = row.version,
                               .alias = row.alias,
                               .input = row.input};
    asli_encode_start(out, &x);
    asli_start_row_done(&row);
    return 0;
}

static int machine(asl_slice value, struct asli_bytes *out)
{
    struct asli_machine_row row;
    int rc = asli_decode_machine(value, &row, NULL);
    if (rc)
        return rc;
    asl_machine m = {.name = row.name,
                     .definition = row.definition,
                     .definition_len = row.len,
                     .express = row.express,
                     .role = row.role,
                     .revision = row.revision,
                     .updated = row.updated};
    asli_encode_machine(out, &m);
    asli_machine_row_done(&row);
    return 0;
}

static int result(asl_slice value, struct asli_bytes *out)
{
    struct asli_reader r;
    asli_reader_init(&r, value.data, value.len);
    unsigned format = asli_read_u8(&r);
    struct asli_payload *payload = asli_decode_payload(&r);
    bool good = format == ASLI_FORMAT && !r.bad && r.p == r.end && payload;
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_encode_payload(out, payload);
    asli_payload_unref(payload);
    return good ? 0 : ASL_EFORMAT;
}

static int run(asl_slice value, struct asli_bytes *out)
{
    struct asli_map_run *decoded;
    char *arn;
    int rc = asli_decode_run(value, 1, &decoded, &arn, NULL);
    if (rc)
        return rc;
    asli_bytes_u8(out, ASLI_FORMAT);
    asli_map_run_encode(out, decoded, arn);
    asli_map_run_unref(decoded);
    asli_free(arn);
    return 0;
}

static void express(const struct asli_child_row *row, struct asli_bytes *out)
{
    struct asli_scope scope = {0};
    struct asli_frame root = {.scope = &scope};
    struct asli_summary s;
    if (asli_decode_express(row, &s, &scope.index, NULL))
        return;
    struct asli_execution x = {.root = &root,
                               .name = s.name,
                               .arn = s.arn,
                               .start_time = s.start_time,
                               .stop_time = s.stop_time,
                               .input = s.input,
                               .output = s.output,
                               .error = s.error,
                               .cause = s.cause};
    asli_encode_express(out, &x);
    asli_summary_done(&s);
}

static int child(asl_slice value, struct asli_bytes *out)
{
    struct asli_child_row row;
    struct asli_bytes told = {0};
    int rc = asli_decode_child(value, &row, NULL);
    if (rc)
        return rc;
    if (!row.id)
        express(&row, &told);
    row.express = (asl_slice){told.data, told.len};
    asli_encode_child(out, &row);
    asli_bytes_done(&told);
    return 0;
}

/* ---- history: events as an execution has them before they are stored ---- */

struct events {
    struct asl_event *items;
    size_t count;
    struct asli_variable_name names[8];
    struct asli_variable_name *variables[8];
    size_t named;
    bool skip; /* more names than there is room for */
};

static struct asli_payload *text_payload(const char *text, size_t len, uint64_t event)
{
    struct asli_payload *p = asli_payload_stored(0, event, 0);
    if (!p || !(p->text = asli_strndup(text, len)))
        abort();
    p->len = len;
    return p;
}

static void take_assigned(struct events *all, const struct asli_stored_event *ev,
                          struct asl_event *e)
{
    e->assigned = asli_variables_new(ev->assigned_count);
    if (!e->assigned)
        abort();
    for (size_t i = 0; i < ev->assigned_count && all->named < 8; i++) {
        const struct asli_assigned_text *a = &ev->assigned[i];
        all->names[all->named].name = asli_strdup(a->name);
        all->variables[all->named] = &all->names[all->named];
        e->assigned->items[i] = (struct asli_variable){
            (uint32_t)all->named++, text_payload(a->text, a->len, e->id)};
        e->assigned->count++;
    }
    all->skip |= e->assigned->count < ev->assigned_count;
}

static char *copy(const char *text)
{
    return text ? asli_strdup(text) : NULL;
}

static int take(void *arg, struct asli_stored_event *ev)
{
    struct events *all = arg;
    struct asl_event *items =
        asli_realloc(all->items, (all->count + 1) * sizeof *all->items);
    if (!items)
        abort();
    all->items = items;
    struct asl_event *e = &items[all->count++];
    *e = ev->e;
    e->state = copy(e->state);
    e->resource = copy(e->resource);
    e->resource_type = copy(e->resource_type);
    ev->e.text = ev->e.error = ev->e.cause = NULL; /* taken */
    if (ev->payload_text)
        e->payload = text_payload(ev->payload_text, ev->payload_len, e->id);
    else if (ev->payload_event)
        e->payload = asli_payload_stored(ev->payload_row, ev->payload_event, 0);
    if (ev->assigned)
        take_assigned(all, ev, e);
    return 0;
}

static void events_done(struct events *all)
{
    for (size_t i = 0; i < all->count; i++) {
        asli_free((char *)all->items[i].state);
        asli_free((char *)all->items[i].resource);
        asli_free((char *)all->items[i].resource_type);
        asli_event_done(&all->items[i]);
    }
    for (size_t i = 0; i < all->named; i++)
        asli_free(all->names[i].name);
    asli_free(all->items);
}

static int history(asl_slice value, struct asli_bytes *out)
{
    struct events all = {0};
    struct asli_history_head head;
    int rc = asli_decode_history_head(value, ROW, &head, NULL);
    if (!rc)
        rc = asli_decode_history(value, ROW, take, &all, NULL);
    if (!rc && all.skip)
        rc = ASL_ELIMIT;
    if (!rc) {
        asl_machine m = {.variables = all.variables};
        struct asli_execution x = {.machine = &m,
                                   .pending = all.items,
                                   .pending_count = all.count,
                                   .tail = {head.previous, head.landmark, 0}};
        asli_encode_history(out, &x, ROW);
    }
    events_done(&all);
    return rc;
}

/* ---- */

static const struct kind {
    char letter; /* that of its key, or the number of its row */
    recode_fn *recode;
} kinds[] = {
    {'c', start}, {'d', machine}, {'f', execution}, {'g', running}, {'j', history},
    {'1', frame}, {'2', result},  {'4', run},       {'5', child},
};

static void recode(recode_fn *fn, asl_slice value)
{
    struct asli_bytes once = {0}, twice = {0};
    if (fn(value, &once) == 0 &&
        (fn((asl_slice){once.data, once.len}, &twice) || once.len != twice.len ||
         memcmp(once.data, twice.data, once.len) != 0))
        abort();
    asli_bytes_done(&once);
    asli_bytes_done(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct asli_bytes row = {0};
    if (len < 2) /* no value is empty */
        return 0;
    asli_bytes_add(&row, data + 1, len - 1);
    asli_value_end(&row, 0);
    asl_slice value = {row.data, row.len};
    if (asli_value_verify(&value, NULL))
        abort();
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].letter == (char)data[0])
            recode(kinds[i].recode, value);
    asli_bytes_done(&row);
    return 0;
}
