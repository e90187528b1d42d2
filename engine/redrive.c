/* SPDX-License-Identifier: Apache-2.0
 *
 * RedriveExecution (asl-reference 16): an execution that failed, timed out or was stopped goes on
 * where it ended, with the input it had there. What succeeded is not done again: of a Parallel or
 * Map only the branches and iterations that did not.
 *
 * Its frames were kept for this. Those that wait for others wait on; the leaves are tried again, as
 * by a retry: without another Entered event, with fresh counts.
 */
#include "engine/family.h"
#include "engine/step.h"

#include "engine/base/alloc.h"
#include "engine/record.h"
#include "engine/task_handle.h"

#define REDRIVE_MS INT64_C(1209600000) /* 14 days */

const char *asli_redrive_refusal(enum asl_status status, uint64_t events, uint64_t limit,
                                 int64_t age)
{
    if (status == ASL_RUNNING)
        return "Execution is RUNNING and cannot be redriven";
    if (status == ASL_SUCCEEDED)
        return "Execution is SUCCEEDED and cannot be redriven";
    if (events + 1 >= limit) /* no room for a step */
        return "Execution history event limit exceeded";
    return age > REDRIVE_MS ? "Execution redrivable period exceeded" : NULL;
}

static int revive(struct asli_frame *f, uint64_t redriven, asl_error *reterr);

static int revive_children(struct asli_frame *f, uint64_t redriven, asl_error *reterr)
{
    int rc = 0;
    f->d.active = 0;
    for (struct asli_frame *c = f->first_child; c && !rc; c = c->next_sibling) {
        f->d.active++;
        rc = revive(c, redriven, reterr);
    }
    return rc;
}

static void start_afresh(struct asli_frame_data *d)
{
    if (d->tries && --d->tries->refs == 0)
        asli_free(d->tries);
    d->tries = NULL;
    d->retry_count = 0;
    d->stopped = false;
    d->wake_at = d->timeout_at = d->heartbeat_at = 0;
    d->task_phase = ASLI_TASK_NONE;
    asli_task_handle_unref(d->task);
    d->task = NULL;
    d->own_token = d->unclaimed = false;
}

/* A Map run goes on with the children that did not succeed, then with the items that are left; the
 * state does so when its timer comes, at once. */
static int revive_run(struct asli_frame *f, asl_error *reterr)
{
    struct asli_map_run *run = asli_map_run_copy(f->d.run, NULL, 0);
    if (!run)
        return asli_oom(reterr);
    run->status = ASL_RUNNING;
    run->stop_time = 0;
    run->revived = run->low = 0; /* and are counted again */
    run->executions = run->items = (struct asli_run_counts){{0}};
    struct asl_event e = {.type = ASLI_EVENT_MapRunRedriven,
                          .text = asli_run_arn(f->x, run),
                          .number = ++run->redrive_count,
                          .has_number = true};
    if (asli_frame_set_run(f, run) || !e.text) {
        asli_event_done(&e);
        return asli_oom(reterr);
    }
    f->d.phase = ASLI_PHASE_PARKED;
    f->d.joining = false;
    asli_frame_wake_at(f, asli_frame_now(f));
    return asli_frame_record(f, &e, true, reterr);
}

static int revive(struct asli_frame *f, uint64_t redriven, asl_error *reterr)
{
    if (asli_frame_touch(f))
        return asli_oom(reterr);
    start_afresh(&f->d);
    if (f->first_child)
        return revive_children(f, redriven, reterr);
    f->d.head = redriven;
    if (f->d.run && f->d.run->status != ASL_SUCCEEDED)
        return revive_run(f, reterr);
    if (f->d.phase != ASLI_PHASE_READY) {
        /* a Fail state is entered again (it has no Exited event) */
        bool enter = f->d.state->ops->exited == ASLI_EVENT_NONE;
        f->d.phase = enter ? ASLI_PHASE_READY : ASLI_PHASE_RETRY;
        asli_payload_unref(f->d.work);
        f->d.work = NULL;
        asli_results_unref(f->d.results);
        f->d.results = NULL;
    }
    return asli_frame_push(f) ? asli_oom(reterr) : 0;
}

/* How it ended, kept aside while a step may yet be rolled back. */
struct ending {
    enum asl_status status;
    int64_t stop_time, timeout_at, redrive_time;
    char *error, *cause;
};

static struct ending set_running(struct asli_execution *x)
{
    struct ending old = {x->status,       x->stop_time, x->timeout_at,
                         x->redrive_time, x->error,     x->cause};
    x->status = ASL_RUNNING;
    x->stop_time = 0;
    x->error = x->cause = NULL;
    x->redrive_count++;
    x->redrive_time = x->engine->now;
    x->timeout_at = asli_execution_timeout(x, x->redrive_time);
    x->meta_dirty = true;
    return old;
}

static void set_ended(struct asli_execution *x, const struct ending *old)
{
    x->status = old->status;
    x->stop_time = old->stop_time;
    x->timeout_at = old->timeout_at;
    x->redrive_time = old->redrive_time;
    x->redrive_count--;
    x->error = old->error;
    x->cause = old->cause;
}

int asli_step_redrive(struct asli_execution *x, asl_error *reterr)
{
    uint64_t last = x->next_event - 1;
    asli_step_begin(x);
    struct ending old = set_running(x);
    struct asl_event e = {.type = ASLI_EVENT_ExecutionRedriven,
                          .number = x->redrive_count,
                          .has_number = true};
    int rc = asli_execution_record(x, &e, last, reterr);
    if (!rc)
        rc = revive(x->root, e.id, reterr);
    rc = asli_step_finish(x, rc, reterr);
    if (rc) {
        set_ended(x, &old);
        return rc;
    }
    asli_free(old.error);
    asli_free(old.cause);
    return 0;
}
