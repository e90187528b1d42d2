/* SPDX-License-Identifier: Apache-2.0
 *
 * Task: hands work to a provider and waits for its answer (asl-reference 8). Scheduling, clocks
 * and the handle are the engine's (engine/task.c).
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/frame.h"
#include "engine/state.h"
#include "engine/tbl/messages.h"

struct task {
    struct asl_resource *resource; /* first: asli_state_resource */
    struct asli_text_field resource_text;
    struct asli_int_field timeout, heartbeat;
    struct asli_template *credentials;
};

#define MAX_SECONDS 99999999

static const struct asli_field fields[] = {
    {"Resource", ASLI_FIELD_TEXT, ASLI_REQUIRED | ASLI_CONSTANT,
     offsetof(struct task, resource_text)},
    {"TimeoutSeconds", ASLI_FIELD_INT, 0, offsetof(struct task, timeout), 't', 1,
     MAX_SECONDS},
    {"TimeoutSecondsPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH,
     offsetof(struct task, timeout.path), 't'},
    {"HeartbeatSeconds", ASLI_FIELD_INT, 0, offsetof(struct task, heartbeat), 'h', 1,
     MAX_SECONDS},
    {"HeartbeatSecondsPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH,
     offsetof(struct task, heartbeat.path), 'h'},
    {"Credentials", ASLI_FIELD_TEMPLATE, 0, offsetof(struct task, credentials)},
    {NULL},
};

/* What an Express execution refuses; NULL: it can have such a task. */
static const char *express_refusal(const struct asl_resource *resource)
{
    static const char *const by_pattern[] = {
        [ASL_PATTERN_REQUEST] = NULL,
        [ASL_PATTERN_SYNC] = ASLI_MSG_EXPRESS_SYNC,
        [ASL_PATTERN_SYNC2] = ASLI_MSG_EXPRESS_SYNC,
        [ASL_PATTERN_TOKEN] = ASLI_MSG_EXPRESS_TOKEN,
    };
    return resource->kind == ASL_RESOURCE_ACTIVITY ? ASLI_MSG_EXPRESS_ACTIVITY
                                                   : by_pattern[resource->pattern];
}

static int load(struct asli_loader *loader, struct asli_state *state)
{
    struct task *def = state->def;
    asl_error err;
    int rc = asli_resource_parse(
        def->resource_text.literal,
        json_object_get(state->value, state->jsonata ? "Arguments" : "Parameters"),
        &def->resource, &err);
    if (rc == ASL_EDEFINITION)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Resource", "%s",
                                 err.text);
    if (rc)
        return rc;
    def->resource->state = state->name;
    def->resource->machine = state->machine->name;
    def->resource->revision = state->machine->revision;
    const char *refusal = state->scope->express ? express_refusal(def->resource) : NULL;
    if (refusal)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Resource", "%s",
                                 refusal);
    if (def->heartbeat.set && def->timeout.set &&
        def->heartbeat.value >= def->timeout.value)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "",
                                 "HeartbeatSeconds must be smaller than TimeoutSeconds");
    return 0;
}

static void unload(struct asli_state *state)
{
    struct task *def = state->def;
    asli_resource_free(def->resource);
}

/* ---- clocks ---- */

static int role(struct asli_frame *frame, const struct asli_template *credentials,
                char **ret_role, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    struct asli_payload *input;
    json_t *tree;
    int rc = credentials ? asli_frame_input(frame, &input, &tree, reterr) : 0;
    if (rc || !credentials)
        return rc;
    rc = asli_frame_template(frame, credentials, tree, &value, reterr);
    asli_payload_unref(input);
    if (rc)
        return rc;
    const json_t *arn = json_object_get(value, "RoleArn");
    if (!json_is_string(arn))
        return asli_frame_runtime(
            frame, reterr, "The field 'RoleArn' of 'Credentials' must be a string");
    *ret_role = asli_strdup(json_string_value(arn));
    return *ret_role ? 0 : asli_oom(reterr);
}

/* ---- life ---- */

static int prepare(struct asli_frame *frame, asl_error *reterr)
{
    const struct asl_resource *r = asli_state_resource(frame->d.state);
    bool shown = r->kind == ASL_RESOURCE_ACTIVITY || r->pattern != ASL_PATTERN_REQUEST;
    return asli_task_draw_token(frame, shown, reterr);
}

static int read_clocks(struct asli_frame *frame, struct asli_task_clocks *clocks,
                       asl_error *reterr)
{
    const struct task *def = frame->d.state->def;
    int rc = asli_frame_int(frame, &def->timeout, "TimeoutSeconds", 1, MAX_SECONDS,
                            &clocks->timeout, reterr);
    if (!rc)
        rc = asli_frame_int(frame, &def->heartbeat, "HeartbeatSeconds", 1, MAX_SECONDS,
                            &clocks->heartbeat, reterr);
    return rc;
}

static int inspect(struct asli_frame *frame, asl_error *reterr)
{
    const struct task *def = frame->d.state->def;
    struct asli_task_clocks clocks = {0};
    int rc = read_clocks(frame, &clocks, reterr);
    if (!rc)
        rc = role(frame, def->credentials, &clocks.role, reterr);
    asli_free(clocks.role);
    return rc;
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct task *def = frame->d.state->def;
    struct asli_task_clocks clocks = {0};
    int rc = read_clocks(frame, &clocks, reterr);
    if (!rc && def->resource->kind == ASL_RESOURCE_ACTIVITY &&
        !asli_provider_for(frame->x->engine, def->resource))
        rc = asli_frame_runtime(frame, reterr, "The activity %s does not exist.",
                                def->resource->text);
    if (!rc)
        rc = role(frame, def->credentials, &clocks.role, reterr);
    if (!rc)
        rc = asli_task_schedule(frame, def->resource, &clocks, reterr);
    asli_free(clocks.role);
    return rc ? asli_step_of(rc) : ASLI_STEP_PARK;
}

static enum asli_step resume(struct asli_frame *frame, const struct asli_event *event,
                             asl_error *reterr)
{
    switch (event->kind) {
    case ASLI_ON_TASK_SUCCEEDED:
        frame->result = asli_payload_ref(event->payload);
        return ASLI_STEP_DONE;
    case ASLI_ON_TASK_FAILED:
        frame->fatal = event->error && strcmp(event->error, "States.Runtime") == 0;
        return asli_step_of(asli_frame_fail(frame, event->error, event->cause, reterr));
    default:
        frame->heartbeat = event->heartbeat;
        return asli_step_of(asli_frame_fail(frame, "States.Timeout", NULL, reterr));
    }
}

const struct asli_state_ops asli_state_task = {
    .type = "Task",
    .traits = ASLI_HAS_IO | ASLI_HAS_PARAMETERS | ASLI_HAS_ARGUMENTS |
              ASLI_HAS_RESULT_PATH | ASLI_HAS_RESULT_SELECTOR | ASLI_HAS_RETRY |
              ASLI_HAS_NEXT | ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct task),
    .entered = ASLI_EVENT_TaskStateEntered,
    .exited = ASLI_EVENT_TaskStateExited,
    .aborted = ASLI_EVENT_TaskStateAborted,
    .failed = ASLI_EVENT_NONE,
    .load = load,
    .unload = unload,
    .prepare = prepare,
    .enter = enter,
    .inspect = inspect,
    .resume = resume,
};
