/* SPDX-License-Identifier: Apache-2.0
 *
 * Mocks as a task provider. What the engine can find out itself (time-outs, too large results) is
 * not injected: such a task is never answered, or answered with too much.
 *
 * Invariants: each recorded invocation is given out to one task, however often that is begun; an
 * invocation that AWS did not see fails with an error that no recording holds. What the library
 * does not allocate is no allocation that a test may fail.
 */
#include "conformance/replay_mocks.h"

#include <asl/provider.h>
#include <stdbool.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/need.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define MAX_PAYLOAD 262144

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Calls fn for every object inside `value`, until it returns something. */
static const json_t *find(const json_t *value,
                          const json_t *(*fn)(const json_t *, const void *),
                          const void *arg)
{
    const json_t *found = json_is_object(value) ? fn(value, arg) : NULL;
    const char *key;
    json_t *item;
    size_t i;
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, item)
        {
            if (found == NULL)
                found = find(item, fn, arg);
        }
    if (json_is_array(value))
        json_array_foreach(value, i, item)
        {
            if (found == NULL)
                found = find(item, fn, arg);
        }
    return found;
}

static const json_t *state_named(const json_t *object, const void *name)
{
    const json_t *state = json_object_get(json_object_get(object, "States"), name);
    return state != NULL && json_object_get(state, "Type") != NULL ? state : NULL;
}

static const json_t *worker_name(const json_t *object, const void *arg)
{
    (void)arg;
    const json_t *name = json_object_get(object, "WorkerName");
    return json_is_string(name) ? name : NULL;
}

/* ------------------------------------------------------------------ which answer */

static bool is_given(const struct mocks *m, const json_t *invocation)
{
    for (size_t i = 0; i < m->given_count; i++)
        if (m->given[i].invocation == invocation)
            return true;
    return false;
}

/* The next invocation of the state: of this Map iteration, where the recording tells them apart. */
static const json_t *next_invocation(const struct mocks *m, const asl_task *task)
{
    const json_t *list =
        json_object_get(json_object_get(m->testcase, "mocks"), asl_task_state(task));
    size_t i;
    json_t *invocation;
    json_array_foreach(list, i, invocation)
    {
        const json_t *index = json_object_get(invocation, "MapIndex");
        if (!is_given(m, invocation) &&
            (index == NULL || json_integer_value(index) == asl_task_map_index(task)))
            return invocation;
    }
    return NULL;
}

static const json_t *given_to(const struct mocks *m, const char *token)
{
    for (size_t i = 0; i < m->given_count; i++)
        if (strcmp(m->given[i].token, token) == 0)
            return m->given[i].invocation;
    return NULL;
}

static const json_t *invocation_of(struct mocks *m, const asl_task *task)
{
    const char *token = asl_task_token(task);
    const json_t *given = given_to(m, token);
    const json_t *next = given == NULL ? next_invocation(m, task) : NULL;
    if (next == NULL)
        return given;
    m->given = need_room(m->given, m->given_count, &m->given_cap, sizeof *m->given);
    m->given[m->given_count++] =
        (struct given){.invocation = next, .token = need(strdup(token))};
    return next;
}

/* ------------------------------------------------------------------ giving it */

static const char *same_json(const json_t *value, const json_t *wanted)
{
    const char *text = json_string_value(value);
    json_t *decoded;
    if (text == NULL || text[0] != '{' ||
        asli_json_read(text, json_string_length(value), &decoded, NULL) != 0)
        return NULL;
    bool same = asli_json_equal(decoded, wanted);
    json_decref(decoded);
    return same ? text : NULL;
}

static const char *find_spaced(const json_t *value, const json_t *wanted)
{
    const char *found = same_json(value, wanted), *key;
    json_t *item;
    size_t i;
    if (json_is_object(value))
        json_object_foreach((json_t *)value, key, item)
        {
            if (found == NULL)
                found = find_spaced(item, wanted);
        }
    if (json_is_array(value))
        json_array_foreach(value, i, item)
        {
            if (found == NULL)
                found = find_spaced(item, wanted);
        }
    return found;
}

/* The recorder lost the spacing of a Cause that is JSON; where the recording shows the same JSON
 * as a text, that is how the service wrote it. Borrowed. */
static const char *spaced(const struct mocks *m, const char *cause)
{
    json_t *wanted;
    if (cause == NULL || cause[0] != '{' ||
        asli_json_read(cause, strlen(cause), &wanted, NULL) != 0)
        return cause;
    const char *found = find_spaced(json_object_get(m->testcase, "expect"), wanted);
    json_decref(wanted);
    return found != NULL ? found : cause;
}

/* Can the engine reach this verdict by the clock? Not where the state sets no limit. */
static bool has_limit(const struct mocks *m, const char *state)
{
    static const char *const limits[] = {"TimeoutSeconds", "TimeoutSecondsPath",
                                         "HeartbeatSeconds", "HeartbeatSecondsPath"};
    const json_t *its =
        find(json_object_get(m->testcase, "definition"), state_named, state);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        if (json_object_get(its, limits[i]) != NULL)
            return true;
    return false;
}

static json_t *too_much(void)
{
    char *text = need(malloc(MAX_PAYLOAD + 2));
    memset(text, 'a', MAX_PAYLOAD + 1);
    json_t *value = need(json_stringn(text, MAX_PAYLOAD + 1));
    free(text);
    return value;
}

/* What happens to a task, in this order. */
struct answer {
    json_t *submit, *output; /* or NULL */
    bool hold;               /* it is never answered; else, without an output: */
    const char *error, *cause;
};

/* A verdict of the engine's own: let it come to it. */
static void provoke(const struct mocks *m, const char *state, struct answer *answer)
{
    bool late = strcmp(answer->error, "States.Timeout") == 0 ||
                strcmp(answer->error, "States.HeartbeatTimeout") == 0;
    if (strcmp(answer->error, "States.DataLimitExceeded") == 0)
        answer->output = too_much();
    answer->hold = late && has_limit(m, state);
}

static void choose(const struct mocks *m, const char *state, const json_t *invocation,
                   struct answer *answer)
{
    const json_t *thrown = json_object_get(invocation, "Throw");
    const json_t *returned = json_object_get(invocation, "Return");
    const json_t *submit = json_object_get(invocation, "Submit");
    *answer = (struct answer){.error = "Conformance.NotRecorded",
                              .cause = "AWS did not invoke this state (again)"};
    if (invocation == NULL)
        return;
    if (submit != NULL)
        answer->submit = need(json_deep_copy(submit));
    if (returned != NULL)
        answer->output = need(json_deep_copy(returned));
    answer->hold = returned == NULL && thrown == NULL; /* Pending */
    answer->error = text_of(thrown, "Error");
    answer->cause = spaced(m, text_of(thrown, "Cause"));
    if (json_is_true(json_object_get(invocation, "Engine")) && answer->error != NULL)
        provoke(m, state, answer);
}

static void answer_done(struct answer *answer)
{
    json_decref(answer->submit);
    json_decref(answer->output);
}

static void hold(struct mocks *m, asl_task *task)
{
    m->held = need_room(m->held, m->held_count, &m->held_cap, sizeof *m->held);
    m->held[m->held_count++] = asl_task_ref(task);
}

/* Out of memory is not an outcome: it is tried again. */
#define INSIST(call)                                                                     \
    do {                                                                                 \
        rc = (call);                                                                     \
    } while (rc == ASL_ENOMEM)

static int give(asl_task *task, const struct answer *answer, asl_error *reterr)
{
    int rc = 0;
    if (answer->submit != NULL)
        INSIST(asl_task_submitted(task, json_incref(answer->submit), reterr));
    if (rc != 0 || answer->hold)
        return rc;
    if (answer->output != NULL)
        INSIST(asl_task_succeed(task, json_incref(answer->output), reterr));
    else
        INSIST(asl_task_fail(task, answer->error, answer->cause, reterr));
    return rc;
}

static int take(const struct mocks *m, asl_task *task, asl_error *reterr)
{
    const json_t *drivers =
        json_object_get(json_object_get(m->testcase, "resources"), "drivers");
    const char *worker = json_string_value(find(drivers, worker_name, NULL));
    int rc;
    INSIST(asl_task_started(task, worker, reterr));
    return rc;
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    struct mocks *m = self;
    struct answer answer;
    fault_alloc_pause();
    const json_t *invocation = invocation_of(m, task);
    choose(m, asl_task_state(task), invocation, &answer);
    if (answer.hold)
        hold(m, task);
    fault_alloc_resume();
    bool activity =
        asl_resource_kind_of(asl_task_resource_info(task)) == ASL_RESOURCE_ACTIVITY;
    int rc = activity && invocation != NULL ? take(m, task, reterr) : 0;
    if (rc == 0)
        rc = give(task, &answer, reterr);
    answer_done(&answer);
    return rc;
}

static int answer_by_token(asl_engine *engine, const char *token,
                           const struct answer *answer, asl_error *reterr)
{
    char *text;
    if (answer->hold)
        return 0;
    if (answer->output == NULL)
        return asl_answer_failure(engine, token, answer->error, answer->cause, NULL, NULL,
                                  reterr);
    int rc = asli_json_text(answer->output, &text, NULL, reterr);
    if (rc != 0)
        return rc;
    rc = asl_answer_success(engine, token, text, (size_t)-1, NULL, NULL, reterr);
    asli_free(text);
    return rc;
}

/* Jobs (.sync) are begun again by the engine, callbacks are not. */
static bool is_open_callback(const json_t *task)
{
    static const char suffix[] = ".waitForTaskToken";
    const char *resource = text_of(task, "resource");
    size_t len = strlen(resource);
    return json_is_true(json_object_get(task, "submitted")) && len >= strlen(suffix) &&
           strcmp(resource + len - strlen(suffix), suffix) == 0;
}

int mocks_answer(struct mocks *mocks, asl_engine *engine, const char *arn,
                 asl_error *reterr)
{
    json_t *tasks, *task;
    size_t i;
    int rc = asl_open_tasks(asl_engine_store(engine), arn, &tasks, reterr);
    if (rc != 0)
        return rc;
    json_array_foreach(tasks, i, task)
    {
        const char *token = text_of(task, "taskToken");
        struct answer answer;
        if (rc != 0 || !is_open_callback(task))
            continue;
        choose(mocks, text_of(task, "stateName"), given_to(mocks, token), &answer);
        rc = answer_by_token(engine, token, &answer, reterr);
        answer_done(&answer);
    }
    json_decref(tasks);
    return rc;
}

/* ------------------------------------------------------------------ the provider */

static const json_t *with_resource(const json_t *object, const void *resource)
{
    const char *its = text_of(object, "Resource");
    return its != NULL && strcmp(its, resource) == 0 ? object : NULL;
}

/* An activity exists when one of its invocations was recorded. */
static bool exists(const struct mocks *m, const char *activity)
{
    const char *state;
    json_t *list;
    json_object_foreach(json_object_get(m->testcase, "mocks"), state, list)
    {
        const json_t *its =
            find(json_object_get(m->testcase, "definition"), state_named, state);
        if (json_is_object(its) && with_resource(its, activity) != NULL)
            return true;
    }
    return false;
}

static int claims(void *self, const asl_resource *resource)
{
    return asl_resource_kind_of(resource) != ASL_RESOURCE_ACTIVITY ||
           exists(self, asl_resource_text(resource));
}

int mocks_serve(struct mocks *mocks, asl_engine *engine, asl_error *reterr)
{
    static const asl_provider_ops ops = {
        .size = sizeof ops, .name = "mocks", .claims = claims, .start = start};
    return asl_engine_add_provider(engine, &ops, mocks, reterr);
}

void mocks_drop(struct mocks *mocks)
{
    for (size_t i = 0; i < mocks->held_count; i++)
        asl_task_unref(mocks->held[i]);
    mocks->held_count = 0;
}

void mocks_done(struct mocks *mocks)
{
    mocks_drop(mocks);
    for (size_t i = 0; i < mocks->given_count; i++)
        free(mocks->given[i].token);
    free(mocks->held);
    free(mocks->given);
}
