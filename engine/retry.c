/* SPDX-License-Identifier: Apache-2.0
 *
 * Retry and Catch (asl-reference 9): which retrier or catcher an error name meets, how long to
 * wait, and what the catcher hands on.
 */
#include "engine/step.h"

#include <math.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/io.h"
#include "engine/probe.h"

/* What the wildcard States.TaskFailed does not stand for, although it may be caught by name. */
static const char *const not_task_failures[] = {
    "States.Timeout",
    "States.HeartbeatTimeout",
    "States.IntrinsicFailure",
    "States.ResultPathMatchFailure",
    "States.QueryEvaluationError",
    "States.DataLimitExceeded",
    "States.ExceedToleratedFailureThreshold",
    "States.ItemReaderFailed",
    "States.ResultWriterFailed",
};

static bool is_task_failure(const char *error)
{
    for (size_t i = 0; i < sizeof not_task_failures / sizeof *not_task_failures; i++)
        if (strcmp(error, not_task_failures[i]) == 0)
            return false;
    return true;
}

static bool error_matches(const struct asli_error_set *set, const char *error,
                          bool heartbeat)
{
    const char *name = error ? error : "";
    for (size_t i = 0; i < set->count; i++) {
        const char *want = set->names[i];
        if (strcmp(want, "States.ALL") == 0 || strcmp(want, name) == 0)
            return true;
        if (strcmp(want, "States.TaskFailed") == 0 && is_task_failure(name))
            return true;
        if (heartbeat && strcmp(want, "States.HeartbeatTimeout") == 0)
            return true;
    }
    return false;
}

/* Milliseconds until the k-th retry of this retrier, k from 0. */
static int back_off(struct asli_frame *f, const struct asli_retrier *r, uint32_t k,
                    int64_t *ret_ms, asl_error *reterr)
{
    double seconds = (double)r->interval_seconds * pow(r->backoff_rate, k);
    double cap = r->max_delay_seconds ? (double)r->max_delay_seconds : 1e9;
    if (!(seconds < cap)) /* pow may have overflowed */
        seconds = cap;
    if (r->full_jitter) {
        uint64_t bits;
        struct asli_env env = asli_frame_env(f, NULL);
        if (env.random(env.arg, &bits, sizeof bits))
            return asl_error_set(reterr, ASL_ESYSTEM,
                                 "no random bytes for a retry's jitter");
        seconds *= (double)(bits >> 11) / (double)(1ull << 53);
    }
    *ret_ms = (int64_t)(seconds * 1000.0 + 0.5);
    return 0;
}

int asli_retry(struct asli_frame *frame, bool *ret_handled, asl_error *reterr)
{
    const struct asli_state *s = frame->d.state;
    for (size_t i = 0; i < s->retrier_count; i++) {
        const struct asli_retrier *r = &s->retriers[i];
        if (!error_matches(&r->errors, frame->failure.error, frame->heartbeat))
            continue;
        uint32_t done = frame->d.tries ? frame->d.tries->n[i] : 0;
        struct asli_probe *probe = frame->x->probe;
        if (probe)
            probe->retry_index = (int64_t)i;
        if (done >= r->max_attempts)
            return 0; /* exhausted: no later retrier is tried */
        int64_t ms = 0;
        int rc = back_off(frame, r, done, &ms, reterr);
        if (rc)
            return rc;
        if (probe) {
            probe->retriable = true;
            probe->backoff_ms = ms;
        }
        if (asli_frame_count_try(frame, i, &done))
            return asli_oom(reterr);
        frame->d.retry_count++;
        frame->d.phase = ASLI_PHASE_BACKOFF;
        asli_results_unref(frame->d.results);
        frame->d.results = NULL;
        rc = asli_frame_drop_children(frame, reterr);
        if (rc)
            return rc;
        /* zero delay is still a timer: due at once, in order */
        asli_frame_wake_at(frame, asli_frame_now(frame) + ms);
        *ret_handled = true;
        return 0;
    }
    return 0;
}

static json_t *text_or(const char *text, bool empty)
{
    return text ? json_string(text) : empty ? json_string("") : json_null();
}

/* {"Error": ..., "Cause": ...}; a time-out has no cause and shows "" (recorded), a task that
 * failed without one shows null. */
static struct asli_payload *error_output(struct asli_frame *f)
{
    bool timed_out = f->failure.error && strcmp(f->failure.error, "States.Timeout") == 0;
    json_t *o = json_object();
    if (o && (json_object_set_new(o, "Error", text_or(f->failure.error, false)) ||
              json_object_set_new(o, "Cause", text_or(f->failure.cause, timed_out)))) {
        json_decref(o);
        return NULL;
    }
    return asli_payload_new(o);
}

int asli_catch(struct asli_frame *frame, bool *ret_handled, asl_error *reterr)
{
    const struct asli_state *s = frame->d.state;
    for (size_t i = 0; i < s->catcher_count; i++) {
        const struct asli_catcher *c = &s->catchers[i];
        if (!error_matches(&c->errors, frame->failure.error, frame->heartbeat))
            continue;
        struct asli_payload *error = error_output(frame), *output = NULL;
        struct asli_variables *assigned = NULL;
        if (!error)
            return asli_oom(reterr);
        int rc = frame->x->probe ? asli_probe_caught(frame, i, reterr) : 0;
        if (!rc)
            rc = asli_io_caught(frame, c, error, &output, reterr);
        if (!rc)
            rc = asli_io_assign(frame, c, error, &assigned, reterr);
        if (!rc)
            rc = asli_frame_exited(frame, output, assigned, reterr);
        if (!rc)
            rc = asli_frame_leave(frame, c->next, output, reterr);
        asli_variables_unref(assigned);
        asli_payload_unref(error);
        asli_payload_unref(output);
        *ret_handled = !rc;
        return rc;
    }
    return 0;
}
