/* SPDX-License-Identifier: Apache-2.0
 *
 * Tasks from outside: GetActivityTask and SendTask*.
 *
 * A worker waits for a task up to a minute. Those that wait for one activity stand in a line, which
 * is there as long as somebody waits; the engine tells of a task that comes, and the first takes it.
 */
#include <string.h>

#include <asl/activity.h>
#include <asl/host.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "server/act.h"

#define WAIT_MS 60000
#define WORKERS_MAX 1000

/* ---- the line ---- */

struct worker {
    struct worker *prev, *next;
    struct asli_line *line;
    struct asli_call *call;
};

struct asli_line {
    struct asli_line *prev, *next; /* of the tenant's */
    struct asli_tenant *tenant;
    asl_activity_queue *queue; /* a reference */
    struct worker *first, *last;
    size_t count;
};

static struct asli_line *line_of(const struct asli_tenant *tenant,
                                 const asl_activity_queue *queue)
{
    struct asli_line *line = tenant->lines;
    while (line && line->queue != queue)
        line = line->next;
    return line;
}

static struct asli_line *line_new(struct asli_tenant *tenant,
                                  asl_activity_queue *take_queue)
{
    struct asli_line *line = asli_alloc(sizeof *line);
    if (!line) {
        asl_activity_queue_unref(take_queue);
        return NULL;
    }
    line->tenant = tenant;
    line->queue = take_queue;
    line->next = tenant->lines;
    if (line->next)
        line->next->prev = line;
    tenant->lines = line;
    return line;
}

static void line_free(struct asli_line *line)
{
    asl_activity_notify(line->queue, NULL, NULL);
    asl_activity_queue_unref(line->queue);
    if (line->prev)
        line->prev->next = line->next;
    else
        line->tenant->lines = line->next;
    if (line->next)
        line->next->prev = line->prev;
    asli_free(line);
}

static bool join(struct asli_line *line, struct asli_call *call)
{
    struct worker *w = asli_alloc(sizeof *w);
    if (!w)
        return false;
    *w = (struct worker){line->last, NULL, line, call};
    if (w->prev)
        w->prev->next = w;
    else
        line->first = w;
    line->last = w;
    line->count++;
    return true;
}

/* `line` is gone when nobody is left. */
static void leave(struct worker *w)
{
    struct asli_line *line = w->line;
    if (w->prev)
        w->prev->next = w->next;
    else
        line->first = w->next;
    if (w->next)
        w->next->prev = w->prev;
    else
        line->last = w->prev;
    asli_free(w);
    if (--line->count == 0)
        line_free(line);
}

/* ---- a task for the first ---- */

struct handing {
    struct asli_call *call;
    asl_task *task; /* a reference */
};

static json_t *shown(const asl_task *task)
{
    const char *input = asl_task_input_text(task);
    json_t *output = json_object();
    if (input &&
        !json_object_set_new(output, "taskToken", json_string(asl_task_token(task))) &&
        !json_object_set_new(output, "input", json_string(input)))
        return output;
    json_decref(output);
    return NULL;
}

/* It is recorded that the task was taken. */
static void on_recorded(void *arg, int code, const char *text)
{
    struct handing *h = arg;
    struct asli_call *call = h->call;
    json_t *output = code ? NULL : shown(h->task);
    asl_task_unref(h->task);
    asli_free(h);
    if (code)
        asli_call_fail_code(call, code, text, NULL);
    else
        asli_call_succeed(call, output);
}

/* Takes a task from the queue for this call: false: there is none. */
static bool take(struct asli_call *call, asl_activity_queue *queue, int *ret_code,
                 asl_error *reterr)
{
    struct handing *h = asli_alloc(sizeof *h);
    asl_task *task = NULL;
    int rc = h ? asl_activity_poll(queue, asli_input_text(call, "workerName"), 0, &task,
                                   reterr)
               : asli_oom(reterr);
    *ret_code = rc;
    if (rc || !task) {
        asli_free(h);
        return false;
    }
    *h = (struct handing){call, task};
    rc = asl_engine_write_rows(asli_call_tenant(call)->engine, NULL, 0, on_recorded, h,
                               reterr);
    if (rc)
        on_recorded(h, rc, reterr->text);
    return true;
}

/* Tasks come in the queue: one each for those that wait longest. With the last of them the line
 * goes. */
static void on_ready(void *arg, asl_activity_queue *queue)
{
    struct asli_line *line = arg;
    asl_error err;
    int rc;
    for (size_t left = line->count; left > 0; left--) {
        struct worker *w = line->first;
        struct asli_call *call = w->call;
        if (!take(call, queue, &rc, &err))
            return;
        asli_call_on_gone(call, NULL, NULL);
        asli_call_after(call, 0, NULL, NULL);
        leave(w);
    }
}

/* ---- GetActivityTask ---- */

/* Its minute is over, or nobody hears it any more. */
static void give_up(struct asli_call *call, void *arg)
{
    leave(arg);
    asli_call_succeed(call, json_object());
}

static int wait_in_line(struct asli_call *call, struct asli_line *line, asl_error *reterr)
{
    if (line->count >= WORKERS_MAX)
        return asli_refuse(reterr, ASL_ELIMIT, "ActivityWorkerLimitExceeded",
                           "Activity Worker Limit Exceeded: '%s'",
                           asli_input_text(call, "activityArn"));
    if (!join(line, call))
        return asli_oom(reterr);
    asli_call_on_gone(call, give_up, line->last);
    asli_call_after(call, WAIT_MS, give_up, line->last);
    return 0;
}

static int wait_for_task(struct asli_call *call, asl_activity_queue *take_queue,
                         asl_error *reterr)
{
    struct asli_tenant *tenant = asli_call_tenant(call);
    struct asli_line *line = line_of(tenant, take_queue);
    if (line) {
        asl_activity_queue_unref(take_queue);
        return wait_in_line(call, line, reterr);
    }
    line = line_new(tenant, take_queue);
    if (!line)
        return asli_oom(reterr);
    int rc = wait_in_line(call, line, reterr);
    if (rc)
        line_free(line);
    else
        asl_activity_notify(take_queue, on_ready, line);
    return rc;
}

/* The queue of an activity of this tenant. */
static int find_queue(const struct asli_call *call, asl_activity_queue **ret_queue,
                      asl_error *reterr)
{
    const struct asli_tenant *tenant = asli_call_tenant(call);
    const char *text = asli_input_text(call, "activityArn");
    struct asli_arn arn;
    asl_activity_queue *queue = NULL;
    int rc = asli_arn_read(text, "activity", &arn, reterr);
    if (rc)
        return rc;
    if (!arn.rest && asli_part_is(arn.region, tenant->region) &&
        asli_part_is(arn.account, tenant->account))
        queue = asl_activity_queue_of(tenant->engine, text);
    if (!queue)
        return asli_refuse(reterr, ASL_ENOTFOUND, "ActivityDoesNotExist",
                           "Activity Does Not Exist: '%s'", text);
    *ret_queue = queue;
    return 0;
}

void asli_act_GetActivityTask(struct asli_call *call)
{
    asl_activity_queue *queue = NULL;
    asl_error err = {0};
    int rc = find_queue(call, &queue, &err);
    bool taken = !rc && take(call, queue, &rc, &err);
    if (taken || rc)
        asl_activity_queue_unref(queue);
    else
        rc = wait_for_task(call, queue, &err);
    if (rc)
        asli_call_fail(call, &err);
}

/* ---- SendTaskSuccess, SendTaskFailure, SendTaskHeartbeat ---- */

static const struct asli_naming answer_names[] = {
    {ASL_EJSON, "InvalidOutput", "Invalid Output: '%s'"},
    {ASL_ELIMIT, "InvalidOutput", "Invalid Output: '%s'"},
    {0}};

static void on_answered(void *arg, int code, const char *text)
{
    if (code)
        asli_call_fail_code(arg, code, text, answer_names);
    else
        asli_call_succeed(arg, json_object());
}

void asli_act_SendTaskSuccess(struct asli_call *call)
{
    const json_t *output = json_object_get(asli_call_input(call), "output");
    asl_error err = {0};
    if (asl_answer_success(asli_call_tenant(call)->engine,
                           asli_input_text(call, "taskToken"), json_string_value(output),
                           json_string_length(output), on_answered, call, &err))
        asli_call_fail_as(call, &err, answer_names, "output");
}

void asli_act_SendTaskFailure(struct asli_call *call)
{
    asl_error err = {0};
    if (asl_answer_failure(asli_call_tenant(call)->engine,
                           asli_input_text(call, "taskToken"),
                           asli_input_text(call, "error"), asli_input_text(call, "cause"),
                           on_answered, call, &err))
        asli_call_fail_as(call, &err, answer_names, "output");
}

void asli_act_SendTaskHeartbeat(struct asli_call *call)
{
    asl_error err = {0};
    if (asl_answer_heartbeat(asli_call_tenant(call)->engine,
                             asli_input_text(call, "taskToken"), on_answered, call, &err))
        asli_call_fail_as(call, &err, answer_names, "output");
}
