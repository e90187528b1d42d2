/* SPDX-License-Identifier: Apache-2.0
 *
 * The results of a distributed Map: read from the store, where all that ended is durable, a few in
 * a step; then they are the state's result, or files among the objects (ResultWriter). A restart
 * begins again, and comes to the same.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/family.h"
#include "engine/io.h"
#include "engine/record.h"
#include "states/map_distributed.h"

#define RESULTS_A_STEP 512

struct joining {
    struct asli_frame *frame;
    struct asli_map_reader *r;
    void *snapshot;
    struct asli_failure *failure;
    asl_error *reterr;
};

static int payload_text(struct joining *j, uint64_t id, struct asli_payload *p)
{
    if (!p || p->text)
        return 0;
    return asli_payload_fetch(j->frame->x->engine->store, j->snapshot, id, p, &p->text,
                              &p->len, j->reterr);
}

static int add_result(struct joining *j, const struct asli_child_result *result)
{
    struct asli_map_reader *r = j->r;
    if (r->writer)
        return asli_writer_add(r->writer, result, j->failure, j->reterr);
    if (strcmp(result->status, "SUCCEEDED") != 0)
        return 0;
    r->bytes += result->output ? strlen(result->output) : 0;
    if (r->bytes > j->frame->x->engine->max_payload)
        return 0; /* it is too large already */
    return asli_result_values(r->writing.transformation, result, r->results, j->reterr);
}

/* What came of a child: an Express one has no row but this. */
static int read_child(struct joining *j, asl_slice value,
                      struct asli_summary *ret_summary)
{
    struct asli_child_row row;
    int rc = asli_decode_child(value, &row, j->reterr);
    if (!rc && !row.id)
        return asli_decode_express(&row, ret_summary, NULL, j->reterr);
    return rc ? rc
              : asli_summary_get(j->frame->x->engine->store, j->snapshot, row.id,
                                 ret_summary, j->reterr);
}

static int join_one(void *arg, asl_slice key, asl_slice value)
{
    struct joining *j = arg;
    struct asli_summary s;
    (void)key;
    int rc = read_child(j, value, &s);
    if (rc)
        return rc;
    ASLI_AUTO(text) char *machine = asli_machine_arn(s.arn);
    rc = machine ? payload_text(j, s.id, s.input) : asli_oom(j->reterr);
    if (!rc)
        rc = payload_text(j, s.id, s.output);
    struct asli_child_result result = {
        .execution_arn = s.arn,
        .state_machine_arn = machine,
        .name = s.name,
        .status = asl_status_name(s.status),
        .input = s.input ? s.input->text : NULL,
        .output = s.output ? s.output->text : NULL,
        .error = s.error,
        .cause = s.cause,
        .start = s.start_time,
        .stop = s.stop_time,
        .redrive_count = s.redrive_count,
    };
    if (!rc)
        rc = add_result(j, &result);
    asli_summary_done(&s);
    j->r->joined++;
    return rc;
}

static int prepare_join(struct asli_frame *f, struct asli_map_reader *r,
                        struct asli_failure *failure, asl_error *reterr)
{
    if (r->results || r->writer)
        return 0;
    if (!r->writing.bucket)
        return (r->results = json_array()) ? 0 : asli_oom(reterr);
    ASLI_AUTO(text) char *arn = asli_run_arn(f->x, f->d.run);
    return arn ? asli_writer_new(asl_engine_objects(f->x->engine), &r->writing, arn,
                                 &r->writer, failure, reterr)
               : asli_oom(reterr);
}

/* MapRunSucceeded and MapStateSucceeded follow each other; what Exited follows changed. */
static enum asli_step succeed(struct asli_frame *f, json_t *take_result,
                              asl_error *reterr)
{
    struct asl_event run = {.type = ASLI_EVENT_MapRunSucceeded},
                     state = {.type = ASLI_EVENT_MapStateSucceeded,
                              .state = f->d.state->name};
    f->result = asli_payload_new(take_result);
    int rc = f->result ? asli_map_end_run(f, ASL_SUCCEEDED, reterr) : asli_oom(reterr);
    if (!rc)
        rc = asli_frame_record(f, &run, false, reterr);
    if (!rc)
        rc = asli_execution_record(f->x, &state, run.id, reterr);
    if (!rc && !asli_engine_since(f->x->engine, ASLI_MAP_EXIT_FOLLOWS_RUN_START))
        f->d.head = run.id;
    return rc ? asli_step_of(rc) : ASLI_STEP_DONE;
}

/* The state's result, once all is read. */
static int finish(struct asli_frame *f, struct asli_map_reader *r, json_t **ret_result,
                  struct asli_failure *failure, asl_error *reterr)
{
    if (r->bytes > f->x->engine->max_payload)
        return asli_frame_too_large(f, f->d.state->name, reterr);
    if (r->writer)
        return asli_writer_finish(r->writer, ret_result, failure, reterr);
    *ret_result = json_incref(r->results);
    return 0;
}

enum asli_step asli_map_join(struct asli_frame *frame, asl_error *reterr)
{
    struct asli_frame *f = frame;
    struct asli_failure failure = {0};
    struct joining j = {.frame = f, .failure = &failure, .reterr = reterr};
    json_t *result = NULL;
    int rc = asli_map_ensure(f, &j.r, &failure, reterr);
    if (!rc)
        rc = prepare_join(f, j.r, &failure, reterr);
    if (!rc)
        rc = asli_engine_snapshot(f->x->engine, &j.snapshot, reterr);
    if (!rc) {
        const struct asli_map_run *run = f->d.run;
        struct asli_key from = asli_key_child(f->x->id, run->event, j.r->joined),
                        to = asli_key_child(f->x->id, run->event,
                                            j.r->joined + RESULTS_A_STEP);
        rc = asli_scan_between(f->x->engine->store, j.snapshot, &from, &to, join_one, &j,
                               reterr);
    }
    if (!rc && j.r->joined < f->d.run->begun) {
        asli_frame_wake_at(f, asli_frame_now(f));
        return ASLI_STEP_PARK;
    }
    if (!rc)
        rc = finish(f, j.r, &result, &failure, reterr);
    asli_map_forget(f); /* what failed begins again */
    return rc ? asli_map_failed(f, rc, &failure, reterr) : succeed(f, result, reterr);
}
