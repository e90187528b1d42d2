/* SPDX-License-Identifier: Apache-2.0
 *
 * Map, DISTRIBUTED: a child execution for each item or batch of items (asl-reference 11.2). What
 * it has come to is the frame's Map run; a step starts a few children and goes on in the next one.
 *
 * Items are read as children start, never ahead: the run keeps where the reader stands. Results are
 * read, a few in a step, when all that ended is durable.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/family.h"
#include "engine/io.h"
#include "engine/probe.h"
#include "engine/record.h"
#include "states/map_distributed.h"

#define CHILDREN_A_STEP 64

#define THRESHOLD "States.ExceedToleratedFailureThreshold"
#define THRESHOLD_CAUSE "The specified tolerated failure threshold was exceeded"

void asli_map_drop_held(struct asli_map_reader *r)
{
    json_decref(r->held.value);
    asli_free(r->held.key);
    r->held = (struct asli_item){0};
}

static void reader_close(void *self)
{
    struct asli_map_reader *r = self;
    asli_items_close(r->items);
    asli_items_config_done(&r->config);
    asli_batcher_free(r->batcher);
    asli_batcher_config_done(&r->batching);
    asli_writer_free(r->writer);
    asli_writer_config_done(&r->writing);
    asli_bytes_done(&r->position);
    asli_map_drop_held(r);
    json_decref(r->results);
    asli_free(r);
}

void asli_map_forget(struct asli_frame *f)
{
    if (f->reader)
        reader_close(f->reader);
    f->reader = NULL;
}

/* ---------------------------------------------------------------- the run */

/* A run of one's own, to be changed and then given to asli_frame_set_run. */
static struct asli_map_run *own_run(struct asli_frame *f)
{
    return asli_map_run_copy(f->d.run, NULL, 0);
}

static uint64_t running(const struct asli_map_run *run)
{
    return run->executions.of[ASL_RUNNING];
}

int asli_map_end_run(struct asli_frame *f, enum asl_status status, asl_error *reterr)
{
    asli_map_forget(f);
    return asli_frame_end_run(f, status) ? asli_oom(reterr) : 0;
}

/* The run fails, and with it the state: its children are stopped. */
static enum asli_step fail_run(struct asli_frame *f, const char *error, const char *cause,
                               asl_error *reterr)
{
    struct asl_event e = {.type = ASLI_EVENT_MapRunFailed,
                          .error = asli_strdup(error),
                          .cause = asli_strdup(cause)};
    if ((error && !e.error) || (cause && !e.cause)) {
        asli_event_done(&e);
        return asli_step_of(asli_oom(reterr));
    }
    int rc = asli_frame_record(f, &e, true, reterr);
    if (!rc && asli_frame_stop_run(f))
        rc = asli_oom(reterr);
    if (!rc)
        rc = asli_map_end_run(f, ASL_FAILED, reterr);
    if (!rc)
        rc = asli_frame_fail(f, error, cause, reterr);
    return asli_step_of(rc);
}

/* The state failed by a query of its own, which the history tells: its run has no event. */
static int fail_quietly(struct asli_frame *f, asl_error *reterr)
{
    if (asli_frame_stop_run(f))
        return asli_oom(reterr);
    int rc = asli_map_end_run(f, ASL_FAILED, reterr);
    return rc ? rc : ASLI_FAILED;
}

bool asli_map_is_of_items(const struct asli_failure *failure)
{
    return failure->error && (strcmp(failure->error, ASLI_READER_FAILED) == 0 ||
                              strcmp(failure->error, ASLI_WRITER_FAILED) == 0 ||
                              strcmp(failure->error, "States.DataLimitExceeded") == 0);
}

enum asli_step asli_map_failed(struct asli_frame *f, int rc, struct asli_failure *failure,
                               asl_error *reterr)
{
    if (rc != ASLI_FAILED)
        return asli_step_of(rc);
    if (asli_map_is_of_items(failure)) {
        enum asli_step step = fail_run(f, failure->error, failure->cause, reterr);
        asli_failure_done(failure);
        return step;
    }
    if (failure->error) /* else the frame has its failure */
        rc = asli_frame_query_failed(f, failure, reterr);
    return asli_step_of(rc == ASLI_FAILED ? fail_quietly(f, reterr) : rc);
}

/* ---------------------------------------------------------------- tolerance */

static bool exceeds(const struct asli_map_run *run, bool total_known)
{
    uint64_t bad = run->items.of[ASL_FAILED] + run->items.of[ASL_TIMED_OUT] +
                   run->items.of[ASL_ABORTED];
    bool percentage = run->tolerated_percentage >= 0;
    if (!bad)
        return false;
    if (run->tolerated_count >= 0 && bad > (uint64_t)run->tolerated_count)
        return true;
    if (percentage && total_known &&
        (double)bad * 100 > run->tolerated_percentage * (double)run->total)
        return true;
    return run->tolerated_count < 0 && !percentage;
}

/* A reader's total is known when there are no more items: only then a percentage is judged. */
bool asli_map_has_exceeded(const struct asli_frame *f)
{
    return exceeds(f->d.run, f->d.run->exhausted || !asli_map_def_of(f)->reader.value);
}

static enum asli_step fail_threshold(struct asli_frame *f, asl_error *reterr)
{
    return fail_run(f, THRESHOLD, THRESHOLD_CAUSE, reterr);
}

int asli_map_threshold(struct asli_frame *f, asl_error *reterr)
{
    return asli_frame_fail(f, THRESHOLD, THRESHOLD_CAUSE, reterr);
}

/* ---------------------------------------------------------------- what is open */

/* In JSONata a whole field is a value, empty when the state has none. */
static int value_of(struct asli_frame *f, const struct asli_template *t,
                    json_t **ret_value, asl_error *reterr)
{
    *ret_value = NULL;
    return t ? asli_frame_recomputed(f, t, "object", ret_value, reterr) : 0;
}

static int configure_jsonata(struct asli_frame *f, struct asli_map_reader *r,
                             struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_map_def *def = asli_map_def_of(f);
    ASLI_AUTO(json) json_t *reader = NULL;
    ASLI_AUTO(json) json_t *batcher = NULL;
    ASLI_AUTO(json) json_t *writer = NULL;
    int rc = value_of(f, def->reader_value, &reader, reterr);
    if (!rc && reader)
        rc = asli_items_configure(def->reader.list, json_object_get(reader, "Arguments"),
                                  json_object_get(reader, "ReaderConfig"), &r->config,
                                  failure, reterr);
    if (!rc)
        rc = value_of(f, def->batcher_value, &batcher, reterr);
    if (!rc && batcher)
        rc = asli_batcher_configure(json_object_get(batcher, "MaxItemsPerBatch"),
                                    json_object_get(batcher, "MaxInputBytesPerBatch"),
                                    json_object_get(batcher, "BatchInput"), &r->batching,
                                    failure, reterr);
    if (!rc)
        rc = value_of(f, def->writer_value, &writer, reterr);
    if (!rc && writer)
        rc = asli_writer_configure(json_object_get(writer, "Arguments"),
                                   json_object_get(writer, "WriterConfig"), &r->writing,
                                   failure, reterr);
    return rc;
}

static int configure_jsonpath(struct asli_frame *f, struct asli_map_reader *r,
                              struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_map_def *def = asli_map_def_of(f);
    json_t *work;
    int rc = asli_frame_work_tree(f, &work, reterr);
    if (rc)
        return rc;
    asli_frame_reseed(f);
    struct asli_env env = asli_frame_env(f, work);
    if (def->reader.value)
        rc = asli_item_reader_eval(&def->reader, &env, &r->config, failure, reterr);
    if (!rc && def->batcher.value)
        rc = asli_item_batcher_eval(&def->batcher, &env, &r->batching, failure, reterr);
    if (!rc && def->writer.value)
        rc = asli_result_writer_eval(&def->writer, &env, &r->writing, failure, reterr);
    asli_frame_env_done(f);
    return rc;
}

/* Does it read its items, from where? Under test they may stand in its input instead. */
static bool has_reader(const struct asli_frame *f, asl_objects **ret_objects)
{
    const struct asli_probe *probe = f->x->probe;
    *ret_objects = probe ? probe->objects : asl_engine_objects(f->x->engine);
    return asli_map_def_of(f)->reader.value && (!probe || probe->objects);
}

static int open_items(struct asli_frame *f, struct asli_map_reader *r,
                      struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_map_run *run = f->d.run;
    asl_objects *objects;
    ASLI_AUTO(json) json_t *all = NULL;
    asli_items_close(r->items);
    asli_map_drop_held(r);
    r->items = NULL;
    int rc = 0;
    if (has_reader(f, &objects)) {
        rc = asli_items_open(objects, &r->config, run->position, run->position_len,
                             &r->items, failure, reterr);
    } else {
        rc = asli_map_items(f, &all, reterr);
        if (!rc)
            rc = asli_items_open_value(all, run->position, run->position_len, &r->items,
                                       reterr);
    }
    asli_bytes_reset(&r->position);
    if (!rc)
        asli_items_position(r->items, &r->position);
    return !rc && r->position.oom ? asli_oom(reterr) : rc;
}

static int new_reader(struct asli_frame *f, struct asli_map_reader **ret_reader,
                      struct asli_failure *failure, asl_error *reterr)
{
    struct asli_map_reader *r = asli_alloc(sizeof *r);
    f->reader = *ret_reader = r;
    f->close_reader = reader_close;
    if (!r)
        return asli_oom(reterr);
    memcpy(r->run, f->d.run->id, sizeof r->run);
    r->writing.transformation = ASLI_WRITE_COMPACT;
    int rc = f->d.state->jsonata ? configure_jsonata(f, r, failure, reterr)
                                 : configure_jsonpath(f, r, failure, reterr);
    r->config.object_items = asli_engine_since(f->x->engine, ASLI_ITEMS_MAY_BE_AN_OBJECT);
    if (!rc && asli_map_def_of(f)->batcher.value)
        rc = asli_batcher_new(&r->batching, &r->batcher, reterr);
    return rc;
}

/* The frame's reader, open where the run stands. A step that was rolled back had it go further, or
 * was in another Map already. */
int asli_map_ensure(struct asli_frame *f, struct asli_map_reader **ret_reader,
                    struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_map_run *run = f->d.run;
    struct asli_map_reader *r = f->reader;
    int rc = 0;
    if (r && memcmp(r->run, run->id, sizeof run->id) != 0) {
        asli_map_forget(f);
        r = NULL;
    }
    if (!r)
        rc = new_reader(f, &r, failure, reterr);
    bool here = !rc && r->items && r->position.len == run->position_len &&
                memcmp(r->position.data, run->position, run->position_len) == 0;
    if (!rc && !here && !run->exhausted)
        rc = open_items(f, r, failure, reterr);
    if (rc)
        asli_map_forget(f);
    *ret_reader = r;
    return rc;
}

/* ---------------------------------------------------------------- children */

/* The item at hand as ItemSelector makes it. */
int asli_map_select_held(struct asli_frame *f, struct asli_map_reader *r,
                         json_t **ret_value, asl_error *reterr)
{
    ASLI_AUTO(text) char *source = NULL;
    struct asli_map_item item = {.index = (uint32_t)r->held_index,
                                 .value = r->held.value};
    if (asli_map_def_of(f)->selector && asli_map_def_of(f)->processor->distributed &&
        asli_engine_since(f->x->engine, ASLI_ITEMS_MAY_BE_AN_OBJECT)) {
        source = asli_items_source(r->items);
        if (!source)
            return asli_oom(reterr);
        item.key = r->held.key;
        item.source = source;
    }
    return asli_map_select(f, &item, ret_value, reterr);
}

/* The next item as ItemSelector makes it; *ret_value NULL: there is none. `r->position` is where it
 * came from. */
static int next_item(struct asli_frame *f, struct asli_map_reader *r, json_t **ret_value,
                     struct asli_failure *failure, asl_error *reterr)
{
    int rc = 0;
    *ret_value = NULL;
    if (!r->held.value) {
        r->held_index = asli_items_index(r->items);
        rc = asli_items_next(r->items, &r->held, failure, reterr);
    }
    return rc || !r->held.value ? rc : asli_map_select_held(f, r, ret_value, reterr);
}

static void take_held(struct asli_map_reader *r)
{
    asli_map_drop_held(r);
    asli_bytes_reset(&r->position);
    asli_items_position(r->items, &r->position);
}

/* The input of one child; *ret_input NULL: there are no more items. */
static int single(struct asli_frame *f, struct asli_map_reader *r, json_t **ret_input,
                  uint64_t *ret_items, struct asli_failure *failure, asl_error *reterr)
{
    int rc = next_item(f, r, ret_input, failure, reterr);
    if (!rc && *ret_input)
        take_held(r);
    *ret_items = 1;
    return rc;
}

static int batch(struct asli_frame *f, struct asli_map_reader *r, json_t **ret_input,
                 uint64_t *ret_items, struct asli_failure *failure, asl_error *reterr)
{
    struct asli_batcher *b = r->batcher;
    bool more = true;
    int rc = 0;
    while (!rc && more && !asli_batcher_is_full(b)) {
        ASLI_AUTO(json) json_t *item = NULL;
        rc = next_item(f, r, &item, failure, reterr);
        if (!rc && item)
            rc = asli_batcher_offer(b, item, &more, failure, reterr);
        if (!item)
            break;
        if (!rc && more)
            take_held(r);
    }
    *ret_input = NULL;
    *ret_items = asli_batcher_count(b);
    if (!rc && *ret_items)
        rc = asli_batcher_take(b, ret_input, reterr);
    return rc;
}

/* Starts one child; the run is one's own. */
static int bear(struct asli_frame *f, struct asli_map_reader *r, struct asli_map_run *run,
                struct asli_failure *failure, asl_error *reterr)
{
    json_t *input = NULL;
    uint64_t items = 0;
    int rc = r->batcher ? batch(f, r, &input, &items, failure, reterr)
                        : single(f, r, &input, &items, failure, reterr);
    if (rc)
        return rc;
    if (!input) {
        run->exhausted = true;
        return 0;
    }
    struct asli_payload *payload = asli_payload_new(input);
    rc = payload ? asli_frame_bear(f, run->begun, items, asli_map_def_of(f)->processor,
                                   payload)
                 : ASL_ENOMEM;
    asli_payload_unref(payload);
    if (rc)
        return asli_oom(reterr);
    run->revived = ++run->begun;
    run->executions.of[ASL_RUNNING]++;
    run->items.of[ASL_RUNNING] += items;
    if (asli_map_def_of(f)->reader.value)
        run->total += items;
    return 0;
}

struct reviving {
    struct asli_frame *frame;
    struct asli_map_run *run;
    asl_error *reterr;
};

/* A Standard child is redriven, an Express one started afresh with the same input. */
static int try_again(struct reviving *v, const struct asli_child_row *row)
{
    struct asli_summary s = {0};
    int rc = row->id ? 0 : asli_decode_express(row, &s, NULL, v->reterr);
    if (rc)
        return rc;
    if (row->id)
        rc = asli_frame_errand(v->frame, ASLI_ERRAND_REVIVE, v->run->revived, row->items,
                               row->id);
    else
        rc = asli_frame_bear(v->frame, v->run->revived, row->items,
                             asli_map_def_of(v->frame)->processor, s.input);
    asli_summary_done(&s);
    return rc ? asli_oom(v->reterr) : 0;
}

/* Redrive: of the children that there are those that did not succeed are tried again. */
static int revive_one(void *arg, asl_slice key, asl_slice value)
{
    struct reviving *v = arg;
    struct asli_child_row row;
    (void)key;
    int rc = asli_decode_child(value, &row, v->reterr);
    if (rc)
        return rc;
    enum asl_status now = row.status == ASL_SUCCEEDED ? ASL_SUCCEEDED : ASL_RUNNING;
    if (now == ASL_RUNNING)
        rc = try_again(v, &row);
    if (rc)
        return rc;
    v->run->executions.of[now]++;
    v->run->items.of[now] += row.items;
    v->run->revived++;
    return 0;
}

static int revive(struct asli_frame *f, struct asli_map_run *run, asl_error *reterr)
{
    struct reviving v = {f, run, reterr};
    uint64_t now = running(run); /* more than there may be, perhaps: that was changed */
    uint64_t room = now < run->concurrency ? run->concurrency - now : 0;
    uint64_t left = run->begun - run->revived;
    uint64_t count = room < CHILDREN_A_STEP ? room : CHILDREN_A_STEP;
    void *snapshot;
    int rc = asli_engine_snapshot(f->x->engine, &snapshot, reterr);
    if (rc)
        return rc;
    struct asli_key from = asli_key_child(f->x->id, run->event, run->revived),
                    to = asli_key_child(f->x->id, run->event,
                                        run->revived + (count < left ? count : left));
    return asli_scan_between(f->x->engine->store, snapshot, &from, &to, revive_one, &v,
                             reterr);
}

static enum asli_step begin_join(struct asli_frame *f, asl_error *reterr)
{
    int rc = asli_frame_when_durable(f, reterr);
    f->d.joining = true;
    return rc ? asli_step_of(rc) : ASLI_STEP_PARK;
}

/* Starts what may start now; the rest in the next step. */
static enum asli_step pump(struct asli_frame *f, asl_error *reterr)
{
    struct asli_failure failure = {0};
    struct asli_map_reader *r;
    struct asli_map_run *run = own_run(f);
    int rc = run ? asli_map_ensure(f, &r, &failure, reterr) : asli_oom(reterr);
    if (!rc && run->revived < run->begun)
        rc = revive(f, run, reterr);
    for (int n = 0;
         !rc && n < CHILDREN_A_STEP && !asli_batch_is_full(f->x->engine) &&
         run->revived == run->begun && !run->exhausted && running(run) < run->concurrency;
         n++)
        rc = bear(f, r, run, &failure, reterr);
    if (!rc && r->position.oom)
        rc = asli_oom(reterr);
    struct asli_map_run *moved =
        rc ? NULL : asli_map_run_copy(run, r->position.data, r->position.len);
    asli_map_run_unref(run);
    if (rc) {
        asli_map_forget(f); /* it may be further than its position says */
        return asli_map_failed(f, rc, &failure, reterr);
    }
    if (asli_frame_set_run(f, moved))
        return asli_step_of(asli_oom(reterr));
    if (asli_map_has_exceeded(f))
        return fail_threshold(f, reterr);
    if (!running(f->d.run) && f->d.run->exhausted && f->d.run->revived == f->d.run->begun)
        return begin_join(f, reterr);
    bool more = running(f->d.run) < f->d.run->concurrency &&
                (!f->d.run->exhausted || f->d.run->revived < f->d.run->begun);
    asli_frame_wake_at(f, more ? asli_frame_now(f) : 0);
    return ASLI_STEP_PARK;
}

/* ---------------------------------------------------------------- the start */

int asli_map_tolerance(struct asli_frame *f, struct asli_map_run *run, asl_error *reterr)
{
    const struct asli_map_def *def = asli_map_def_of(f);
    run->tolerated_count = -1;
    run->tolerated_percentage = -1;
    double percentage = -2; /* not given */
    int64_t count = INT64_MIN;
    int rc = asli_frame_int(f, &def->tolerated_count, "ToleratedFailureCount",
                            INT64_MIN + 1, INT64_MAX, &count, reterr);
    if (!rc && count != INT64_MIN && count < 0)
        rc = asli_frame_runtime(f, reterr, "ToleratedFailureCount cannot be negative.");
    bool given = def->tolerated_percentage.set || def->tolerated_percentage.path ||
                 def->tolerated_percentage.computed;
    if (!rc)
        rc = asli_frame_number(f, &def->tolerated_percentage,
                               "ToleratedFailurePercentage", &percentage, reterr);
    if (!rc && given && !(percentage >= 0 && percentage <= 100))
        rc = asli_frame_runtime(f, reterr,
                                "ToleratedFailurePercentage must be between 0 and 100.");
    if (rc)
        return rc;
    if (count >= 0)
        run->tolerated_count = count;
    if (given)
        run->tolerated_percentage = percentage;
    return 0;
}

static int identify(struct asli_frame *f, struct asli_map_run *run, asl_error *reterr)
{
    unsigned char random[16];
    const char *label = asli_map_def_of(f)->label.literal;
    if (asl_engine_random(f->x->engine, run->id, sizeof run->id) ||
        asl_engine_random(f->x->engine, random, sizeof random))
        return asl_error_set(reterr, ASL_ESYSTEM, "no random bytes for a Map run's name");
    asli_map_run_hide(run->id, f->x->id);
    char uuid[37];
    asli_uuid_format(random, uuid);
    strncpy(run->label, label ? label : uuid, sizeof run->label - 1);
    return 0;
}

/* Takes the run over when it succeeds. */
static int record_start(struct asli_frame *f, struct asli_map_run *run, asl_error *reterr)
{
    struct asl_event e = {.type = ASLI_EVENT_MapRunStarted,
                          .text = asli_run_arn(f->x, run)};
    int rc = e.text ? asli_frame_record(f, &e, true, reterr) : asli_oom(reterr);
    if (rc)
        return rc;
    run->event = e.id;
    return asli_frame_set_run(f, asli_map_run_ref(run)) ? asli_oom(reterr) : 0;
}

static int start_run(struct asli_frame *f, int64_t limit, uint64_t total,
                     asl_error *reterr)
{
    struct asli_map_run *run = asli_map_run_copy(NULL, NULL, 0);
    if (!run)
        return asli_oom(reterr);
    run->start_time = asli_frame_now(f);
    run->concurrency = (uint64_t)limit;
    run->total = total;
    int rc = asli_map_tolerance(f, run, reterr);
    if (!rc)
        rc = identify(f, run, reterr);
    if (!rc)
        rc = record_start(f, run, reterr);
    asli_map_run_unref(run);
    return rc;
}

enum asli_step asli_map_distributed_enter(struct asli_frame *frame, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *all = NULL;
    struct asl_event e = {.type = ASLI_EVENT_MapStateStarted,
                          .state = frame->d.state->name,
                          .has_number = true};
    int64_t limit = 0;
    asli_map_forget(frame);
    asli_map_run_unref(frame->d.run);
    frame->d.run = NULL;
    frame->d.joining = false;
    int rc = asli_map_concurrency(frame, ASLI_RUN_CONCURRENCY, &limit, reterr);
    if (!rc && !asli_map_def_of(frame)->reader.value)
        rc = asli_map_items(frame, &all, reterr);
    e.number = (int64_t)json_array_size(all);
    if (!rc)
        rc = asli_frame_record(frame, &e, true, reterr);
    if (!rc)
        rc = start_run(frame, limit, json_array_size(all), reterr);
    return rc ? asli_step_of(rc) : pump(frame, reterr);
}

/* ---------------------------------------------------------------- a child's end */

static int count_end(struct asli_frame *f, const struct asli_event *event,
                     asl_error *reterr)
{
    struct asli_map_run *run = own_run(f);
    if (!run)
        return asli_oom(reterr);
    run->executions.of[ASL_RUNNING]--;
    run->executions.of[event->status]++;
    run->items.of[ASL_RUNNING] -= event->kin->items;
    run->items.of[event->status] += event->kin->items;
    while (run->low < run->begun && !asli_child_runs(f->x, run->event, run->low))
        run->low++;
    return asli_frame_set_run(f, run) ? asli_oom(reterr) : 0;
}

static enum asli_step child_ended(struct asli_frame *f, const struct asli_event *event,
                                  asl_error *reterr)
{
    int rc = count_end(f, event, reterr);
    if (rc)
        return asli_step_of(rc);
    return asli_map_has_exceeded(f) ? fail_threshold(f, reterr) : pump(f, reterr);
}

enum asli_step asli_map_distributed_resume(struct asli_frame *frame,
                                           const struct asli_event *event,
                                           asl_error *reterr)
{
    if (event->kind == ASLI_ON_EXECUTION)
        return child_ended(frame, event, reterr);
    return frame->d.joining ? asli_map_join(frame, reterr) : pump(frame, reterr);
}
