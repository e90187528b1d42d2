/* SPDX-License-Identifier: Apache-2.0
 *
 * The task handle: facts, and completion from any thread. See task_handle.h.
 *
 * Invariant: `state` leaves OPEN once. Who moves it to COMPLETED owns `completion` and queues it.
 */
#include "engine/task_handle.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/probe.h"
#include "engine/base/json.h"
#include "engine/frame.h"

static int64_t innermost_index(const struct asli_frame *f)
{
    for (; f->parent; f = f->parent)
        if (f->parent->d.state->ops->item)
            return f->index;
    return -1;
}

static void set_token(asl_task *t)
{
    struct asli_token token = {t->execution_id, t->serial, {0}};
    memcpy(token.secret, t->secret, sizeof token.secret);
    asli_token_format(&token, t->token);
}

int asli_task_handle_new(struct asli_frame *frame, asl_task **ret_task, asl_error *reterr)
{
    struct asli_payload *work;
    json_t *tree;
    int rc = asli_frame_work(frame, &work, reterr);
    if (!rc)
        rc = asli_payload_tree(work, frame->x, &tree, reterr);
    if (rc)
        return rc;
    size_t arn_size = strlen(frame->x->arn) + 1;
    asl_task *t = asli_alloc(sizeof *t + arn_size);
    if (!t)
        return asli_oom(reterr);
    atomic_init(&t->refs, 1);
    t->inbox = frame->x->engine->inbox;
    asli_inbox_ref(t->inbox);
    t->machine = asl_machine_ref(frame->x->machine);
    t->resource = asli_state_resource(frame->d.state);
    t->state_name = frame->d.state->name;
    t->input = json_incref(tree);
    memcpy(t->execution, frame->x->arn, arn_size);
    t->execution_id = frame->x->id;
    t->serial = frame->serial;
    t->attempt = frame->d.retry_count;
    t->map_index = innermost_index(frame);
    t->traced = frame->x->probe && frame->x->probe->traced;
    memcpy(t->secret, frame->d.secret, sizeof t->secret);
    set_token(t);
    *ret_task = t;
    return 0;
}

void asli_task_handle_cancel(asl_task *task)
{
    int open = ASLI_HANDLE_OPEN;
    atomic_compare_exchange_strong(&task->state, &open, ASLI_HANDLE_CANCELLED);
}

asl_task *asli_task_handle_ref(asl_task *task)
{
    if (task)
        atomic_fetch_add(&task->refs, 1);
    return task;
}

void asli_task_handle_unref(asl_task *task)
{
    if (!task || atomic_fetch_sub(&task->refs, 1) != 1)
        return;
    asli_inbox_unref(task->inbox);
    asl_machine_unref(task->machine);
    json_decref(task->input);
    json_decref(task->request);
    json_decref(task->response);
    asli_free(task->input_text);
    asli_free(task->handler);
    asli_free(task);
}

asl_task *asl_task_ref(asl_task *task)
{
    atomic_fetch_add(&task->held, 1);
    return asli_task_handle_ref(task);
}

void asl_task_unref(asl_task *task)
{
    if (task)
        atomic_fetch_sub(&task->held, 1);
    asli_task_handle_unref(task);
}

/* ---- facts ---- */

const json_t *asl_task_input(const asl_task *task)
{
    return task->input;
}

const char *asl_task_input_text(const asl_task *task)
{
    asl_task *t = (asl_task *)task; /* a cache, made once, under the inbox's lock */
    pthread_mutex_lock(&t->inbox->lock);
    if (!t->input_text && asli_json_text(t->input, &t->input_text, NULL, NULL))
        t->input_text = NULL;
    pthread_mutex_unlock(&t->inbox->lock);
    return t->input_text;
}

const char *asl_task_resource(const asl_task *task)
{
    return task->resource->text;
}

const char *asl_task_handler(const asl_task *task)
{
    return task->handler ? task->handler : task->resource->name;
}

const char *asl_task_token(const asl_task *task)
{
    return task->token;
}

const char *asl_task_execution(const asl_task *task)
{
    return task->execution;
}

const char *asl_task_state(const asl_task *task)
{
    return task->state_name;
}

int asl_task_attempt(const asl_task *task)
{
    return (int)task->attempt;
}

int64_t asl_task_map_index(const asl_task *task)
{
    return task->map_index;
}

const asl_resource *asl_task_resource_info(const asl_task *task)
{
    return task->resource;
}

asl_engine *asl_task_engine(const asl_task *task)
{
    return task->inbox->engine;
}

int asl_task_cancelled(const asl_task *task)
{
    pthread_mutex_lock(&task->inbox->lock);
    bool closed = task->inbox->closed || task->inbox->dead;
    pthread_mutex_unlock(&task->inbox->lock);
    return closed || atomic_load(&task->state) == ASLI_HANDLE_CANCELLED;
}

int asl_task_set_view(asl_task *task, const char *handler, json_t *take_input,
                      asl_answer_fn *answer, asl_error *reterr)
{
    char *name = asli_strdup(handler);
    if (!take_input || !name) {
        json_decref(take_input);
        asli_free(name);
        return handler && !name
                   ? asli_oom(reterr)
                   : asl_error_set(reterr, ASL_EINVAL,
                                   "a view needs a handler's name and an input");
    }
    asli_free(task->handler);
    task->handler = name;
    json_decref(task->input);
    task->input = take_input;
    asli_free(task->input_text);
    task->input_text = NULL;
    task->answer = answer;
    return 0;
}

/* ---- completion ---- */

/* Does the provider's view make the answer? Of a callback it is the first one, at submission. */
static bool is_viewed(const asl_task *t, bool submission)
{
    return t->answer && submission == (t->resource->pattern == ASL_PATTERN_TOKEN);
}

static int refuse(const asl_task *task, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EENDED,
                         "the task of state '%s' was completed before, timed out, or its "
                         "execution has ended",
                         task->state_name);
}

static void address(asl_task *t, struct asli_message *m, enum asli_message_kind kind)
{
    m->kind = kind;
    m->execution = t->execution_id;
    m->event = t->serial;
    memcpy(m->secret, t->secret, sizeof m->secret);
    m->task = asli_task_handle_ref(t);
}

/* Queues the completion; what it carries is consumed, on refusal too. */
static int complete(asl_task *t, enum asli_message_kind kind,
                    struct asli_payload *take_payload, char *take_error, char *take_cause,
                    asl_error *reterr)
{
    int open = ASLI_HANDLE_OPEN;
    if (!atomic_compare_exchange_strong(&t->state, &open, ASLI_HANDLE_COMPLETED)) {
        asli_payload_unref(take_payload);
        asli_free(take_error);
        asli_free(take_cause);
        return refuse(t, reterr);
    }
    struct asli_message *m = &t->completion;
    m->embedded = true;
    m->payload = take_payload;
    m->error = take_error;
    m->cause = take_cause;
    address(t, m, kind);
    return asli_inbox_push(t->inbox, m) ? refuse(t, reterr) : 0;
}

int asl_task_succeed(asl_task *task, json_t *take_output, asl_error *reterr)
{
    char *text;
    size_t len;
    if (!take_output)
        return asl_error_set(reterr, ASL_EINVAL, "a task's output must be a JSON value");
    int rc = is_viewed(task, false)
                 ? task->answer(task, take_output, &take_output, reterr)
                 : 0;
    if (rc)
        return rc;
    rc = asli_json_text(take_output, &text, &len, reterr);
    if (rc) {
        json_decref(take_output);
        return rc;
    }
    struct asli_payload *p = asli_payload_new_text(take_output, text, len);
    if (!p)
        return asli_oom(reterr);
    return complete(task, ASLI_MSG_SUCCEED, p, NULL, NULL, reterr);
}

int asl_task_succeed_text(asl_task *task, const char *output, size_t len,
                          asl_error *reterr)
{
    struct asli_payload *p;
    if (is_viewed(task, false)) {
        json_t *value;
        int bad = asli_json_read(output, len == (size_t)-1 ? strlen(output) : len, &value,
                                 reterr);
        return bad ? bad : asl_task_succeed(task, value, reterr);
    }
    int rc = asli_payload_parse(output, len, &p, reterr);
    return rc ? rc : complete(task, ASLI_MSG_SUCCEED, p, NULL, NULL, reterr);
}

int asl_task_fail(asl_task *task, const char *error, const char *cause, asl_error *reterr)
{
    char *e = asli_strdup(error), *c = asli_strdup(cause);
    if ((error && !e) || (cause && !c)) {
        asli_free(e);
        asli_free(c);
        return asli_oom(reterr);
    }
    asli_text_clip(e, ASLI_ERROR_CHARS);
    asli_text_clip(c, ASLI_CAUSE_CHARS);
    return complete(task, ASLI_MSG_FAIL, NULL, e, c, reterr);
}

static int notify(asl_task *t, enum asli_message_kind kind,
                  struct asli_payload *take_payload, char *take_name, asl_error *reterr)
{
    struct asli_message *m = asli_alloc(sizeof *m);
    if (!m) {
        asli_payload_unref(take_payload);
        asli_free(take_name);
        return asli_oom(reterr);
    }
    m->payload = take_payload;
    m->name = take_name;
    address(t, m, kind);
    return asli_inbox_push(t->inbox, m) ? refuse(t, reterr) : 0;
}

int asl_task_heartbeat(asl_task *task, asl_error *reterr)
{
    if (atomic_load(&task->state) != ASLI_HANDLE_OPEN)
        return refuse(task, reterr);
    return notify(task, ASLI_MSG_HEARTBEAT, NULL, NULL, reterr);
}

int asl_task_submitted(asl_task *task, json_t *take_output, asl_error *reterr)
{
    json_t *output = take_output ? take_output : json_object();
    int rc =
        output && is_viewed(task, true) ? task->answer(task, output, &output, reterr) : 0;
    struct asli_payload *p = rc ? NULL : asli_payload_new(output);
    if (!p)
        return rc ? rc : asli_oom(reterr);
    if (atomic_load(&task->state) != ASLI_HANDLE_OPEN) {
        asli_payload_unref(p);
        return refuse(task, reterr);
    }
    atomic_store(&task->submitted, true);
    return notify(task, ASLI_MSG_SUBMITTED, p, NULL, reterr);
}

int asl_task_started(asl_task *task, const char *worker, asl_error *reterr)
{
    if (task->resource->kind != ASL_RESOURCE_ACTIVITY)
        return asl_error_set(
            reterr, ASL_EINVAL,
            "asl_task_started is for activities; '%s' is started by the engine",
            task->resource->text);
    char *name = asli_strdup(worker);
    if (worker && !name)
        return asli_oom(reterr);
    return notify(task, ASLI_MSG_WORKER, NULL, name, reterr);
}

void asl_task_returned(asl_task *task, int code)
{
    char cause[256];
    if (atomic_load(&task->state) != ASLI_HANDLE_OPEN)
        return; /* completed, as a rule */
    if (code)
        snprintf(cause, sizeof cause, "the handler '%s' returned %d (%s)",
                 asl_task_handler(task), code, asl_code_text(code));
    else if (!atomic_load(&task->submitted) && atomic_load(&task->held) <= 1)
        snprintf(
            cause, sizeof cause,
            "the handler '%s' returned without completing the task, submitting it, or "
            "keeping a reference to it",
            asl_task_handler(task));
    else
        return;
    if (asl_task_fail(task, "States.TaskFailed", cause, NULL) == ASL_ENOMEM)
        complete(task, ASLI_MSG_FAIL, NULL, NULL, NULL, NULL); /* better than never */
}
