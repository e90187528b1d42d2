/* SPDX-License-Identifier: Apache-2.0
 *
 * Map, when a mock takes the place of its iterations (engine/probe.h): its items as ItemsPath,
 * ItemSelector and ItemBatcher make them, all at once, and whether so many that failed are tolerated.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/probe.h"
#include "states/map_distributed.h"

#define REFUSAL                                                                          \
    "Map iteration failure count must be less than or equal to the number of Map "       \
    "iterations"

/* What becomes of the items; the lists grow together. */
struct items {
    json_t *raw, *selected, *batches;
};

static void items_done(struct items *items)
{
    json_decref(items->raw);
    json_decref(items->selected);
    json_decref(items->batches);
}

/* As recorded: compact elements, and a blank after each comma between them. */
static int list_text(const json_t *list, struct asli_bytes *out, asl_error *reterr)
{
    size_t i;
    json_t *value;
    int rc = 0;
    asli_bytes_add(out, "[", 1);
    json_array_foreach(list, i, value)
    {
        if (i)
            asli_bytes_add(out, ", ", 2);
        if (!rc)
            rc = asli_json_write(value, out, reterr);
    }
    asli_bytes_add(out, "]", 1);
    return !rc && out->oom ? asli_oom(reterr) : rc;
}

static int note(struct asli_frame *f, enum asli_stage stage, json_t *list,
                asl_error *reterr)
{
    struct asli_bytes bytes = {0};
    int rc = list_text(list, &bytes, reterr);
    char *text = rc ? NULL : asli_strndup((const char *)bytes.data, bytes.len);
    struct asli_payload *p =
        text ? asli_payload_new_text(json_incref(list), text, bytes.len) : NULL;
    asli_bytes_done(&bytes);
    if (!p)
        return rc ? rc : asli_oom(reterr);
    asli_probe_note(f, stage, p);
    asli_payload_unref(p);
    return 0;
}

static int take_batch(struct asli_map_reader *r, struct items *items, asl_error *reterr)
{
    json_t *batch;
    if (!asli_batcher_count(r->batcher))
        return 0;
    int rc = asli_batcher_take(r->batcher, &batch, reterr);
    return !rc && json_array_append_new(items->batches, batch) ? asli_oom(reterr) : rc;
}

static int add_to_batch(struct asli_map_reader *r, struct items *items, json_t *item,
                        struct asli_failure *failure, asl_error *reterr)
{
    bool taken = false;
    int rc = asli_batcher_offer(r->batcher, item, &taken, failure, reterr);
    if (!rc && !taken) {
        rc = take_batch(r, items, reterr);
        if (!rc)
            rc = asli_batcher_offer(r->batcher, item, &taken, failure, reterr);
    }
    if (!rc && asli_batcher_is_full(r->batcher))
        rc = take_batch(r, items, reterr);
    return rc;
}

static int add_item(struct asli_frame *f, struct asli_map_reader *r, struct items *items,
                    struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *selected = NULL;
    int rc = json_array_append(items->raw, r->held.value) ? asli_oom(reterr) : 0;
    if (!rc)
        rc = asli_map_select_held(f, r, &selected, reterr);
    if (!rc && json_array_append(items->selected, selected))
        rc = asli_oom(reterr);
    if (!rc && r->batcher)
        rc = add_to_batch(r, items, selected, failure, reterr);
    asli_map_drop_held(r);
    return rc;
}

static int read_all(struct asli_frame *f, struct items *items,
                    struct asli_failure *failure, asl_error *reterr)
{
    struct asli_map_reader *r;
    int rc = asli_map_ensure(f, &r, failure, reterr);
    while (!rc) {
        r->held_index = asli_items_index(r->items);
        rc = asli_items_next(r->items, &r->held, failure, reterr);
        if (rc || !r->held.value)
            break;
        rc = add_item(f, r, items, failure, reterr);
    }
    if (!rc && r->batcher)
        rc = take_batch(r, items, reterr);
    return rc;
}

static int note_items(struct asli_frame *f, const struct items *items, asl_error *reterr)
{
    const struct asli_map_def *def = asli_map_def_of(f);
    bool read = def->reader.value && f->x->probe->objects;
    const struct asli_map_reader *r = f->reader;
    int rc = 0;
    if (read && r->config.pointer)
        rc = note(f, ASLI_STAGE_ITEMS_POINTER, items->raw, reterr);
    else if (!read && !f->d.state->jsonata)
        rc = note(f, ASLI_STAGE_ITEMS_PATH, items->raw, reterr);
    if (!rc && def->selector)
        rc = note(f, ASLI_STAGE_ITEM_SELECTOR, items->selected, reterr);
    if (!rc && r->batcher)
        rc = note(f, ASLI_STAGE_ITEM_BATCHER, items->batches, reterr);
    return rc;
}

/* What reading said; its own errors are the state's. */
static int failed(struct asli_frame *f, int rc, struct asli_failure *failure,
                  asl_error *reterr)
{
    if (rc != ASLI_FAILED || !failure->error)
        return rc;
    if (!asli_map_is_of_items(failure))
        return asli_frame_query_failed(f, failure, reterr);
    rc = asli_frame_fail(f, failure->error, failure->cause, reterr);
    asli_failure_done(failure);
    return rc;
}

static int inspect_items(struct asli_frame *f, struct items *items, asl_error *reterr)
{
    struct asli_failure failure = {0};
    items->raw = json_array();
    items->selected = json_array();
    items->batches = json_array();
    if (!items->raw || !items->selected || !items->batches)
        return asli_oom(reterr);
    int rc = failed(f, read_all(f, items, &failure, reterr), &failure, reterr);
    return rc ? rc : note_items(f, items, reterr);
}

/* Those that failed, as far as the request says. */
static int judge(struct asli_frame *f, size_t total, asl_error *reterr)
{
    struct asli_probe *probe = f->x->probe;
    struct asli_map_run *run = f->d.run;
    if (probe->failed_items > (int64_t)total) {
        probe->refusal = REFUSAL;
        return asli_frame_fail(f, NULL, NULL, reterr);
    }
    run->total = total;
    run->exhausted = true;
    run->items.of[ASL_FAILED] =
        probe->failed_items > 0 ? (uint64_t)probe->failed_items : 0;
    return probe->error || !asli_map_has_exceeded(f) ? 0 : asli_map_threshold(f, reterr);
}

static int inspect_limits(struct asli_frame *f, asl_error *reterr)
{
    struct asli_probe *probe = f->x->probe;
    int64_t limit = 0;
    int rc = asli_frame_int(f, &asli_map_def_of(f)->concurrency, "MaxConcurrency", 0,
                            INT32_MAX, &limit, reterr);
    if (rc)
        return rc;
    probe->concurrency = limit;
    asli_map_forget(f);
    asli_map_run_unref(f->d.run);
    f->d.run = asli_map_run_copy(NULL, NULL, 0);
    if (!f->d.run)
        return asli_oom(reterr);
    rc = asli_map_tolerance(f, f->d.run, reterr);
    if (!rc) {
        probe->tolerated_count = f->d.run->tolerated_count;
        probe->tolerated_percentage = f->d.run->tolerated_percentage;
    }
    return rc;
}

int asli_map_inspect(struct asli_frame *frame, asl_error *reterr)
{
    struct items items = {0};
    int rc = inspect_limits(frame, reterr);
    if (!rc)
        rc = inspect_items(frame, &items, reterr);
    if (!rc)
        rc = judge(frame, json_array_size(items.raw), reterr);
    asli_map_forget(frame);
    items_done(&items);
    return rc;
}
