/* SPDX-License-Identifier: Apache-2.0
 *
 * What an earlier process did for a task that was found open in the store, read from its history.
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

static void look(const json_t *events, json_int_t scheduled, struct asli_recall *recall)
{
    size_t i;
    const json_t *event;
    json_array_foreach(events, i, event)
    {
        const char *type = json_string_value(json_object_get(event, "type"));
        if (json_integer_value(json_object_get(event, "id")) == scheduled)
            recall->scheduled = asli_recall_ms(event, "timestamp");
        else if (type && strcmp(type, "ActivityStarted") == 0 &&
                 json_integer_value(json_object_get(event, "previousEventId")) ==
                     scheduled)
            recall->started = true;
    }
}

int asli_recall(const asl_task *task, struct asli_recall *ret_recall, asl_error *reterr)
{
    asl_store *store = asl_engine_store(asl_task_engine(task));
    const char *execution = asl_task_execution(task);
    ASLI_AUTO(json) json_t *tasks = NULL;
    ASLI_AUTO(json) json_t *history = NULL;
    struct asli_recall recall = {0};
    int rc = asl_open_tasks(store, execution, &tasks, reterr);
    json_int_t scheduled = rc ? 0 : scheduled_event(tasks, asl_task_token(task));
    if (!rc && scheduled)
        rc = asl_history(store, execution, &history, reterr);
    if (rc)
        return rc;
    look(json_object_get(history, "events"), scheduled, &recall);
    *ret_recall = recall;
    return 0;
}
