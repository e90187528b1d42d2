/* SPDX-License-Identifier: Apache-2.0
 *
 * TestState's request: read, and refused in AWS's words, in AWS's order as far as it is recorded.
 * Types and sizes of its members are the server's affair.
 */
#include "engine/teststate/teststate.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/arn.h"
#include "engine/base/jackson.h"
#include "engine/base/json.h"

static int invalid(asl_error *reterr, const char *message)
{
    return asli_refuse(reterr, ASL_EINVAL, "ValidationException", "%s", message);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static int copy_text(const json_t *object, const char *key, char **copy,
                     asl_error *reterr)
{
    const char *text = text_of(object, key);
    *copy = asli_strdup(text);
    return text && !*copy ? asli_oom(reterr) : 0;
}

static uint32_t count_of(const json_t *object, const char *key)
{
    json_int_t count = json_integer_value(json_object_get(object, key));
    return count < 0 ? 0 : count < UINT32_MAX ? (uint32_t)count : UINT32_MAX - 1;
}

/* A member that is JSON text. NULL: it is absent, or (*ret_code) not JSON. */
static json_t *json_of(const json_t *object, const char *key, int *ret_code,
                       asl_error *reterr)
{
    const json_t *text = json_object_get(object, key);
    json_t *value = NULL;
    *ret_code = json_is_string(text)
                    ? asli_json_read(json_string_value(text), json_string_length(text),
                                     &value, reterr)
                    : 0;
    return value;
}

/* ---- members that need one another ---- */

static const struct {
    const char *object, *member, *name;
} needs_mock[] = {
    {NULL, "context", "Context"},
    {"stateConfiguration", "retrierRetryCount", "RetrierRetryCount"},
    {"stateConfiguration", "errorCausedByState", "ErrorCausedByState"},
    {"stateConfiguration", "mapIterationFailureCount", "MapIterationFailureCount"},
    {"stateConfiguration", "mapItemReaderData", "MapItemReaderData"},
};

static int check_members(const json_t *request, asl_error *reterr)
{
    const json_t *mock = json_object_get(request, "mock");
    bool result = json_object_get(mock, "result") != NULL;
    bool error = json_object_get(mock, "errorOutput") != NULL;
    if (mock && result == error)
        return invalid(reterr, "A test mock should have only one of the following "
                               "fields: [result, errorOutput].");
    if (mock && json_is_true(json_object_get(request, "revealSecrets")))
        return invalid(
            reterr, "TestState does not support RevealSecrets when a mock is specified.");
    for (size_t i = 0; !mock && i < sizeof needs_mock / sizeof *needs_mock; i++) {
        const char *in = needs_mock[i].object;
        if (json_object_get(in ? json_object_get(request, in) : request,
                            needs_mock[i].member))
            return asli_refuse(
                reterr, ASL_EINVAL, "ValidationException",
                "TestState does not support %s when a mock is not specified.",
                needs_mock[i].name);
    }
    return 0;
}

/* ---- what the type of the state allows ---- */

static bool is_type(const struct asli_state *state, const char *type)
{
    return strcmp(state->ops->type, type) == 0;
}

static bool has_branches(const struct asli_state *state)
{
    return is_type(state, "Map") || is_type(state, "Parallel");
}

static int check_mockable(const struct asli_state *state, asl_error *reterr)
{
    if (is_type(state, "Task") || has_branches(state))
        return 0;
    return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                       "State type '%s' is not supported when a mock is specified",
                       state->ops->type);
}

static int check_runnable(const struct asli_probe *probe, const char *role,
                          asl_error *reterr)
{
    const asl_resource *resource = asli_probe_resource(probe);
    if (has_branches(probe->state))
        return asli_refuse(
            reterr, ASL_EINVAL, "InvalidDefinition",
            "TestState API does not support Map or Parallel states. Supported state "
            "types include: [Task, Wait, Pass, Succeed, Fail, Choice]");
    if (!resource)
        return 0;
    if (!role)
        return invalid(reterr, "RoleArn must be specified when testing a Task state");
    if (resource->kind == ASL_RESOURCE_ACTIVITY)
        return invalid(reterr, "TestState does not support an Activity when a mock is "
                               "not specified.");
    if (resource->pattern != ASL_PATTERN_REQUEST)
        return invalid(reterr, "TestState does not support a '.sync' or "
                               "'.waitForTaskToken' service integration pattern when a "
                               "mock is not specified.");
    return 0;
}

/* ---- the mock ---- */

/* With a ResultWriter a Map answers where it wrote to, else with its results. */
static bool writes_results(const struct asli_state *state)
{
    const json_t *writer = json_object_get(state->value, "ResultWriter");
    return json_object_get(writer, "Resource") != NULL;
}

static int check_shape(const struct asli_probe *probe, const json_t *result, bool strict,
                       asl_error *reterr)
{
    const struct asli_state *s = probe->state;
    if (is_type(s, "Map") && writes_results(s))
        return json_is_object(result)
                   ? 0
                   : invalid(reterr, "Mocked result must be a JSON object.");
    if (!has_branches(s))
        return asli_teststate_check_result(asli_probe_resource(probe), result, strict,
                                           reterr);
    if (!json_is_array(result))
        return invalid(reterr, "Mocked result must be an array.");
    const json_t *branches = json_object_get(s->value, "Branches");
    if (branches && json_array_size(branches) != json_array_size(result))
        return invalid(reterr, "Mocked result must have one element for each branch.");
    return 0;
}

static int read_result(struct asli_probe *probe, const json_t *mock, asl_error *reterr)
{
    const json_t *text = json_object_get(mock, "result");
    const char *mode = text_of(mock, "fieldValidationMode");
    bool checked = !mode || strcmp(mode, "NONE") != 0;
    bool strict = !mode || strcmp(mode, "STRICT") == 0;
    asl_error err = {0};
    json_t *tree;
    int rc = asli_payload_parse(json_string_value(text), json_string_length(text),
                                &probe->result, &err);
    if (!rc)
        rc = asli_payload_tree(probe->result, NULL, &tree, &err);
    if (rc == ASL_EJSON)
        return invalid(reterr, "Mocked result must be valid JSON");
    if (rc)
        return asli_error_pass(reterr, &err);
    return checked || has_branches(probe->state)
               ? check_shape(probe, tree, strict, reterr)
               : 0;
}

static int read_error(struct asli_probe *probe, const json_t *output, asl_error *reterr)
{
    if (!json_is_string(json_object_get(output, "error")))
        return invalid(reterr, "The field 'error' of a mocked error output is required.");
    int rc = copy_text(output, "error", &probe->error, reterr);
    return rc ? rc : copy_text(output, "cause", &probe->cause, reterr);
}

static int read_mock(struct asli_probe *probe, const json_t *mock, asl_error *reterr)
{
    int rc = check_mockable(probe->state, reterr);
    const json_t *error = json_object_get(mock, "errorOutput");
    if (rc)
        return rc;
    return error ? read_error(probe, error, reterr) : read_result(probe, mock, reterr);
}

/* ---- the rest ---- */

/* Is the state of that name somewhere inside this one? */
static bool is_inside(const struct asli_probe *probe, const char *name)
{
    for (size_t i = 0; i < probe->machine->state_count; i++) {
        const struct asli_state *inner = probe->machine->states[i], *s = inner;
        while (s && s != probe->state)
            s = s->scope->owner;
        if (s && inner != s && strcmp(inner->name, name) == 0)
            return true;
    }
    return false;
}

static int read_configuration(struct asli_probe *probe, const json_t *config,
                              asl_error *reterr)
{
    const json_t *failed = json_object_get(config, "mapIterationFailureCount");
    const char *cause = text_of(config, "errorCausedByState");
    const char *data = text_of(config, "mapItemReaderData");
    probe->retries = count_of(config, "retrierRetryCount");
    if (failed)
        probe->failed_items = json_integer_value(failed);
    if (cause && !is_inside(probe, cause))
        return invalid(reterr, "State not found in definition");
    return data ? asli_teststate_data(data, &probe->objects, reterr) : 0;
}

/* Its RetryCount says how often the state was tried again, unless the configuration does. */
static int read_context(struct asli_probe *probe, const json_t *request,
                        asl_error *reterr)
{
    asl_error err = {0};
    int rc;
    probe->context = json_of(request, "context", &rc, &err);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    if (rc || (probe->context && !json_is_object(probe->context)))
        return invalid(reterr, "Invalid Context object provided: Context object must be "
                               "a valid JSON object");
    rc = probe->context
             ? asli_teststate_check_context(probe->state, probe->context, reterr)
             : 0;
    if (!rc && !probe->retries)
        probe->retries = count_of(json_object_get(probe->context, "State"), "RetryCount");
    return rc;
}

static int read_variables(struct asli_probe *probe, const json_t *request,
                          asl_error *reterr)
{
    asl_error err = {0};
    int rc;
    probe->variables = json_of(request, "variables", &rc, &err);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    if (rc || (probe->variables && !json_is_object(probe->variables)))
        return invalid(reterr, "Variables must be a valid JSON object");
    return 0;
}

static int read_input(struct asli_teststate *test, const json_t *request,
                      asl_error *reterr)
{
    const json_t *text = json_object_get(request, "input");
    const char *input = text ? json_string_value(text) : "{}";
    size_t len = text ? json_string_length(text) : 2;
    asl_error err = {0};
    if (!len)
        return asli_refuse(reterr, ASL_EINVAL, "InvalidExecutionInput",
                           "Invalid execution input.");
    int rc = asli_payload_parse(input, len, &test->input, &err);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    if (!rc)
        return 0;
    ASLI_AUTO(text)
    char *said = rc == ASL_EJSON ? asli_jackson_text(input, len) : NULL;
    return asli_refuse(reterr, ASL_EINVAL, "InvalidExecutionInput",
                       "Invalid State Machine Execution Input: '%s'",
                       said ? said : err.text);
}

/* Inside a Map it is the first iteration, and its input is the item. */
static int set_item(struct asli_teststate *test, asl_error *reterr)
{
    struct asli_probe *probe = &test->probe;
    const struct asli_scope *scope = probe->state->scope;
    json_t *input;
    while (scope->owner && !scope->owner->ops->item)
        scope = scope->owner->scope;
    if (!scope->owner)
        return 0;
    int rc = asli_payload_tree(test->input, NULL, &input, reterr);
    if (!rc)
        probe->item.value = json_incref(input);
    if (scope->distributed)
        probe->item.source = "STATE_DATA";
    return rc;
}

static int check_type(const json_t *request, asl_error *reterr)
{
    if (json_is_string(json_object_get(request, "definition")))
        return 0;
    return asl_error_set(reterr, ASL_EINVAL, "TestState needs a definition");
}

static enum asli_inspection level_of(const json_t *request)
{
    const char *level = text_of(request, "inspectionLevel");
    if (!level || strcmp(level, "INFO") == 0)
        return ASLI_INSPECT_INFO;
    return strcmp(level, "DEBUG") == 0 ? ASLI_INSPECT_DEBUG : ASLI_INSPECT_TRACE;
}

int asli_teststate_read(struct asli_teststate *test, const json_t *request,
                        asl_error *reterr)
{
    struct asli_probe *probe = &test->probe;
    const json_t *mock = json_object_get(request, "mock");
    const char *role = text_of(request, "roleArn");
    test->level = level_of(request);
    test->secrets = json_is_true(json_object_get(request, "revealSecrets"));
    probe->traced = test->level == ASLI_INSPECT_TRACE;
    int rc = check_type(request, reterr);
    if (!rc && role)
        rc = asli_arn_check_role(role, reterr);
    if (!rc)
        rc = check_members(request, reterr);
    if (!rc)
        rc = read_variables(probe, request, reterr);
    if (!rc)
        rc = asli_teststate_find(probe, text_of(request, "definition"),
                                 text_of(request, "stateName"), role, reterr);
    if (!rc)
        rc = mock ? read_mock(probe, mock, reterr) : check_runnable(probe, role, reterr);
    if (!rc)
        rc = read_configuration(probe, json_object_get(request, "stateConfiguration"),
                                reterr);
    if (!rc)
        rc = read_context(probe, request, reterr);
    if (!rc)
        rc = read_input(test, request, reterr);
    return rc ? rc : set_item(test, reterr);
}
