/* SPDX-License-Identifier: Apache-2.0
 *
 * When a task that was found open in the store was scheduled, read from its history.
 */
#include <math.h>

#include "engine/base/alloc.h"
#include "providers/activity_private.h"

int64_t asli_recall_ms(const json_t *object, const char *key)
{
    return llround(json_number_value(json_object_get(object, key)) * 1000);
}

/* The event that scheduled the attempt which has this token; 0: the task is not open any more. */
static json_int_t scheduled_event(const json_t *tasks, const char *token)
{
    size_t i;
    const json_t *task;
    json_array_foreach(tasks, i, task)
    {
        const char *its = json_string_value(json_object_get(task, "taskToken"));
        if (its && strcmp(its, token) == 0)
            return json_integer_value(json_object_get(task, "scheduledEventId"));
    }
    return 0;
}

static int64_t time_of(const json_t *events, json_int_t id)
{
    size_t i;
    const json_t *event;
    json_array_foreach(events, i, event)
    {
        if (json_integer_value(json_object_get(event, "id")) == id)
            return asli_recall_ms(event, "timestamp");
    }
    return 0;
}

int asli_recall_scheduled(const asl_task *task, int64_t *ret_ms, asl_error *reterr)
{
    asl_store *store = asl_engine_store(asl_task_engine(task));
    const char *execution = asl_task_execution(task);
    ASLI_AUTO(json) json_t *tasks = NULL;
    ASLI_AUTO(json) json_t *history = NULL;
    int rc = asl_open_tasks(store, execution, &tasks, reterr);
    json_int_t scheduled = rc ? 0 : scheduled_event(tasks, asl_task_token(task));
    if (!rc && scheduled)
        rc = asl_history(store, execution, &history, reterr);
    if (rc)
        return rc;
    *ret_ms = time_of(json_object_get(history, "events"), scheduled);
    return 0;
}
