/* SPDX-License-Identifier: Apache-2.0
 *
 * A context object that is given instead of the usual one: its members, which may be missing, and
 * their types.
 */
#include "engine/teststate/teststate.h"

#include <string.h>

#include "engine/base/time.h"

/* X(object, member, kind of value) */
enum kind { ANY, TEXT, TIME, COUNT };
static const struct member {
    const char *object, *name;
    enum kind kind;
} members[] = {
    {"Execution", "Id", TEXT},
    {"Execution", "Input", ANY},
    {"Execution", "Name", TEXT},
    {"Execution", "RoleArn", TEXT},
    {"Execution", "StartTime", TIME},
    {"Execution", "RedriveCount", COUNT},
    {"Execution", "RedriveTime", TIME},
    {"State", "EnteredTime", TIME},
    {"State", "Name", TEXT},
    {"State", "RetryCount", COUNT},
    {"StateMachine", "Id", TEXT},
    {"StateMachine", "Name", TEXT},
    {"Task", "Token", TEXT},
};

static const struct member *find(const char *object, const char *name)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strcmp(members[i].object, object) == 0 &&
            (!name || strcmp(members[i].name, name) == 0))
            return &members[i];
    return NULL;
}

static bool fits(const json_t *value, enum kind kind)
{
    struct asli_instant instant;
    switch (kind) {
    case TEXT:
        return json_is_string(value);
    case TIME:
        return json_is_string(value) &&
               asli_time_parse(json_string_value(value), json_string_length(value),
                               &instant);
    case COUNT:
        return json_is_integer(value) && json_integer_value(value) >= 0;
    default:
        return true;
    }
}

static int refuse(asl_error *reterr, const char *what, const char *object,
                  const char *member)
{
    return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                       "Invalid Context object provided: %s '%s%s%s'", what, object,
                       member ? "." : "", member ? member : "");
}

static int check_object(const char *object, json_t *value, asl_error *reterr)
{
    const char *name;
    json_t *member;
    if (!find(object, NULL))
        return refuse(reterr, "Unknown field", object, NULL);
    if (!json_is_object(value))
        return refuse(reterr, "Wrong type of the field", object, NULL);
    json_object_foreach(value, name, member)
    {
        const struct member *known = find(object, name);
        if (!known)
            return refuse(reterr, "Unknown field", object, name);
        if (!fits(member, known->kind))
            return refuse(reterr, "Wrong type of the field", object, name);
    }
    return 0;
}

int asli_teststate_check_context(const struct asli_state *state, const json_t *context,
                                 asl_error *reterr)
{
    const char *name;
    json_t *value;
    const asl_resource *resource =
        strcmp(state->ops->type, "Task") == 0 ? asli_state_resource(state) : NULL;
    bool waits = resource && (resource->kind == ASL_RESOURCE_ACTIVITY ||
                              resource->pattern != ASL_PATTERN_REQUEST);
    json_object_foreach((json_t *)(uintptr_t)context, name, value)
    {
        int rc = check_object(name, value, reterr);
        if (rc)
            return rc;
    }
    if (json_object_get(context, "Task") && !waits)
        return asli_refuse(
            reterr, ASL_EINVAL, "ValidationException",
            "Invalid Context object provided: Context object contains 'Task' when state "
            "is not a Task state with a '.sync' or '.waitForTaskToken' service "
            "integration pattern");
    return 0;
}
