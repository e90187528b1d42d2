/* SPDX-License-Identifier: Apache-2.0
 *
 * Events as the `event` hook sees them: each by itself, as GetExecutionHistory shows it, and as
 * AWS logs it (asl-reference 18). Nothing here reads the store: an event is told with its texts.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"

const char *asl_event_type(const asl_event *event)
{
    return asli_event_name(event->type);
}

int64_t asl_event_id(const asl_event *event)
{
    return (int64_t)event->id;
}

int64_t asl_event_previous_id(const asl_event *event)
{
    return (int64_t)event->previous;
}

int64_t asl_event_time(const asl_event *event)
{
    return event->time;
}

const char *asl_event_execution(const asl_event *event)
{
    return event->x->name;
}

const char *asl_event_arn(const asl_event *event)
{
    return event->x->arn;
}

const char *asl_event_state_name(const asl_event *event)
{
    return event->state;
}

const char *asl_event_error(const asl_event *event)
{
    return event->error;
}

const char *asl_event_cause(const asl_event *event)
{
    return event->cause;
}

/* ---- as JSON ---- */

/* The variables that it assigns: a new list, in *ret_list; NULL when there are none. */
static int list_assigned(const asl_event *event, struct asli_assigned_text **ret_list,
                         asl_error *reterr)
{
    const struct asli_variables *all = event->assigned;
    *ret_list = all ? asli_alloc(all->count * sizeof **ret_list) : NULL;
    if (all && !*ret_list)
        return asli_oom(reterr);
    for (uint32_t i = 0; all && i < all->count; i++)
        (*ret_list)[i] = (struct asli_assigned_text){
            event->x->machine->variables[all->items[i].name]->name,
            all->items[i].value->text, all->items[i].value->len};
    return 0;
}

int asl_event_json(const asl_event *event, int no_data, json_t **ret_event,
                   asl_error *reterr)
{
    ASLI_AUTO(text) char *region = asli_arn_field(event->x->arn, 3);
    ASLI_AUTO(text) char *machine = asli_machine_arn(event->x->arn);
    struct asli_assigned_text *assigned;
    if (!region || !machine)
        return asli_oom(reterr);
    int rc = list_assigned(event, &assigned, reterr);
    if (rc)
        return rc;
    struct asli_event_texts texts = {
        .region = region,
        .machine_arn = machine,
        .no_data = no_data != 0,
        .payload = event->payload ? event->payload->text : NULL,
        .payload_len = event->payload ? event->payload->len : 0,
        .assigned = assigned,
        .assigned_count = event->assigned ? event->assigned->count : 0};
    rc = asli_event_json(event, &texts, ret_event, reterr);
    asli_free(assigned);
    return rc;
}

/* ---- logs ---- */

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), its = strlen(end);
    return len >= its && strcmp(name + len - its, end) == 0;
}

static bool is_failure(const char *name)
{
    return ends_with(name, "Failed") || ends_with(name, "TimedOut") ||
           ends_with(name, "Aborted");
}

static bool is_logged(enum asli_event_type type, const char *level)
{
    const char *name = asli_event_name(type);
    if (strcmp(level, "ERROR") == 0)
        return is_failure(name) || type == ASLI_EVENT_FailStateEntered;
    if (strcmp(level, "FATAL") == 0)
        return is_failure(name) && strncmp(name, "Execution", strlen("Execution")) == 0;
    return strcmp(level, "ALL") == 0;
}

/* Its details, whatever their key is; those without any are empty. */
static json_t *details_of(const json_t *event)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)event, key, value)
    {
        if (ends_with(key, "EventDetails"))
            return json_incref(value);
    }
    return json_object();
}

/* AWS writes its numbers as texts. */
static json_t *number(int64_t value)
{
    return json_sprintf("%lld", (long long)value);
}

int asl_event_log_record(const asl_event *event, const char *level, int include_data,
                         json_t **ret_record, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *shown = NULL;
    if (!is_logged(event->type, level)) {
        *ret_record = NULL;
        return 0;
    }
    int rc = asl_event_json(event, !include_data, &shown, reterr);
    if (rc)
        return rc;
    json_t *o = json_object();
    if (!o || json_object_set_new(o, "id", number((int64_t)event->id)) ||
        json_object_set_new(o, "type", json_string(asli_event_name(event->type))) ||
        json_object_set_new(o, "details", details_of(shown)) ||
        json_object_set_new(o, "previous_event_id", number((int64_t)event->previous)) ||
        json_object_set_new(o, "event_timestamp", number(event->time)) ||
        json_object_set_new(o, "execution_arn", json_string(event->x->arn)) ||
        json_object_set_new(o, "redrive_count", number(event->redrives))) {
        json_decref(o);
        return asli_oom(reterr);
    }
    *ret_record = o;
    return 0;
}
