/* SPDX-License-Identifier: Apache-2.0
 *
 * Mocks as a task provider. What the engine can find out itself (time-outs, too large results) is
 * not injected: such a task is never answered, or answered with too much.
 *
 * Invariant: each recorded invocation is given out once; an invocation that AWS did not see fails
 * with an error that no recording holds.
 */
#include "conformance/replay_mocks.h"

#include <asl/provider.h>
#include <stdbool.h>

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

static bool is_used(const struct mocks *m, const json_t *invocation)
{
    for (size_t i = 0; i < m->used_count; i++)
        if (m->used[i] == invocation)
            return true;
    return false;
}

/* The next invocation of the state: of this Map iteration, where the recording tells them apart. */
static const json_t *next_invocation(struct mocks *m, asl_task *task)
{
    const json_t *list =
        json_object_get(json_object_get(m->testcase, "mocks"), asl_task_state(task));
    const json_t *found = NULL;
    size_t i;
    json_t *invocation;
    json_array_foreach(list, i, invocation)
    {
        const json_t *index = json_object_get(invocation, "MapIndex");
        if (is_used(m, invocation) ||
            (index != NULL && json_integer_value(index) != asl_task_map_index(task)))
            continue;
        found = invocation;
        break;
    }
    if (found != NULL) {
        m->used = need_room(m->used, m->used_count, &m->used_cap, sizeof *m->used);
        m->used[m->used_count++] = found;
    }
    return found;
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

static int hold(struct mocks *m, asl_task *task)
{
    m->held = need_room(m->held, m->held_count, &m->held_cap, sizeof *m->held);
    m->held[m->held_count++] = asl_task_ref(task);
    return 0;
}

static int answer_too_much(asl_task *task, asl_error *reterr)
{
    char *text = need(malloc(MAX_PAYLOAD + 2));
    memset(text, 'a', MAX_PAYLOAD + 1);
    json_t *value = need(json_stringn(text, MAX_PAYLOAD + 1));
    free(text);
    return asl_task_succeed(task, value, reterr);
}

/* A verdict of the engine's own: let it come to it. */
static int provoke(struct mocks *m, asl_task *task, const char *error, const char *cause,
                   asl_error *reterr)
{
    if (strcmp(error, "States.DataLimitExceeded") == 0)
        return answer_too_much(task, reterr);
    if ((strcmp(error, "States.Timeout") == 0 ||
         strcmp(error, "States.HeartbeatTimeout") == 0) &&
        has_limit(m, asl_task_state(task)))
        return hold(m, task);
    return asl_task_fail(task, error, cause, reterr);
}

static int give(struct mocks *m, asl_task *task, const json_t *invocation,
                asl_error *reterr)
{
    const json_t *thrown = json_object_get(invocation, "Throw");
    const json_t *returned = json_object_get(invocation, "Return");
    if (returned != NULL)
        return asl_task_succeed(task, need(json_deep_copy(returned)), reterr);
    if (thrown == NULL)
        return hold(m, task); /* Pending */
    const char *error = text_of(thrown, "Error"),
               *cause = spaced(m, text_of(thrown, "Cause"));
    if (json_is_true(json_object_get(invocation, "Engine")) && error != NULL)
        return provoke(m, task, error, cause, reterr);
    return asl_task_fail(task, error, cause, reterr);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    struct mocks *m = self;
    const json_t *invocation = next_invocation(m, task);
    if (invocation == NULL)
        return asl_task_fail(task, "Conformance.NotRecorded",
                             "AWS did not invoke this state (again)", reterr);
    int rc = 0;
    if (asl_resource_kind_of(asl_task_resource_info(task)) == ASL_RESOURCE_ACTIVITY) {
        const json_t *drivers =
            json_object_get(json_object_get(m->testcase, "resources"), "drivers");
        rc = asl_task_started(task, json_string_value(find(drivers, worker_name, NULL)),
                              reterr);
    }
    const json_t *submit = json_object_get(invocation, "Submit");
    if (rc == 0 && submit != NULL)
        rc = asl_task_submitted(task, need(json_deep_copy(submit)), reterr);
    return rc != 0 ? rc : give(m, task, invocation, reterr);
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

void mocks_done(struct mocks *mocks)
{
    for (size_t i = 0; i < mocks->held_count; i++)
        asl_task_unref(mocks->held[i]);
    free(mocks->held);
    free(mocks->used);
}
