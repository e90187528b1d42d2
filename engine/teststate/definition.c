/* SPDX-License-Identifier: Apache-2.0
 *
 * The state that is tested, as part of a machine. One that comes alone gets a machine around it, with
 * a state for each name that it goes on to, so that the loader finds nothing missing.
 */
#include "engine/teststate/teststate.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/base/told.h"
#include "engine/diag.h"

#define ALONE "StateName" /* recorded: what a state that comes alone is called */

/* ---- a machine around it ---- */

static int add_target(json_t *states, const json_t *name)
{
    const char *text = json_string_value(name);
    if (!text || json_object_get(states, text))
        return 0;
    json_t *target = json_object();
    if (!target || json_object_set_new(target, "Type", json_string("Succeed"))) {
        json_decref(target);
        return ASL_ENOMEM;
    }
    return json_object_set_new(states, text, target) ? ASL_ENOMEM : 0;
}

/* Where it may go on to: Next, Default, and each Next of its Choices and Catch. */
static int add_targets(json_t *states, const json_t *state)
{
    static const char *const lists[] = {"Choices", "Catch"};
    size_t i;
    json_t *entry;
    int rc = add_target(states, json_object_get(state, "Next"));
    if (!rc)
        rc = add_target(states, json_object_get(state, "Default"));
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        json_array_foreach(json_object_get(state, lists[k]), i, entry) if (!rc) rc =
            add_target(states, json_object_get(entry, "Next"));
    return rc;
}

/* All variables, assigned: only so does the loader know them. */
static json_t *assignment(const json_t *variables)
{
    const char *name;
    json_t *value, *assign = json_object();
    bool bad = !assign;
    json_object_foreach((json_t *)(uintptr_t)variables, name, value) bad |=
        !bad && json_object_set_new(assign, name, json_null());
    if (!bad)
        return assign;
    json_decref(assign);
    return NULL;
}

static bool set_text(json_t *object, const char *key, const char *text)
{
    return !json_object_set_new(object, key, json_string(text));
}

/* A choice between the state and an end, so that there is one wherever the state goes. */
static int add_first(json_t *states, const char *name, const char *end,
                     const json_t *variables)
{
    json_t *first = json_object(), *choices = json_array(), *rule = json_object();
    bool ok = !json_object_set_new(states, name, first);
    ok = !json_object_set_new(first, "Choices", choices) && ok;
    ok = !json_array_append_new(choices, rule) && ok;
    ok = ok && set_text(first, "Type", "Choice") && set_text(first, "Default", end) &&
         set_text(rule, "Variable", "$.x") &&
         !json_object_set_new(rule, "IsPresent", json_true()) &&
         set_text(rule, "Next", ALONE);
    if (ok && json_object_size(variables))
        ok = !json_object_set_new(rule, "Assign", assignment(variables));
    return ok ? 0 : ASL_ENOMEM;
}

/* A name of its own. */
static void draw(const json_t *states, char *name, size_t size)
{
    size_t len = strlen(name);
    while (json_object_get(states, name) && len + 1 < size) {
        name[len++] = '_';
        name[len] = '\0';
    }
}

static int surround(json_t *state, const json_t *variables, json_t **ret_machine)
{
    json_t *states = json_object(), *machine = json_object();
    char first[80] = "Before", end[80] = "Behind";
    int rc = json_object_set_new(machine, "States", states);
    if (!rc)
        rc = json_object_set(states, ALONE, state) || add_targets(states, state);
    if (!rc) {
        draw(states, first, sizeof first);
        draw(states, end, sizeof end);
        ASLI_AUTO(json) json_t *name = json_string(end);
        rc = !name || add_target(states, name) ||
             add_first(states, first, end, variables) ||
             !set_text(machine, "StartAt", first);
    }
    if (rc) {
        json_decref(machine);
        return ASL_ENOMEM;
    }
    *ret_machine = machine;
    return 0;
}

/* ---- loading ---- */

static int refuse(const asl_diagnostics *list, const char *definition, size_t len,
                  asl_error *reterr)
{
    struct asli_bytes text = {0};
    asli_told_all(list, definition, len, &text);
    ASLI_AUTO(text) char *joined = asli_bytes_take_text(&text);
    if (!joined)
        return asli_oom(reterr);
    return asli_refuse(reterr, ASL_EINVAL, "InvalidDefinition",
                       "Invalid State Machine Definition: '%s'", joined);
}

static int load(struct asli_probe *probe, const char *text, size_t len, const char *role,
                asl_error *reterr)
{
    asl_diagnostics *list = NULL;
    asl_error err = {0};
    asl_machine_options options = {
        .size = sizeof options, .name = "TestState", .role_arn = role};
    int rc = asl_machine_load(text, len, &options, &probe->machine, &list, &err);
    if (rc == ASL_EDEFINITION && list && list->errors)
        rc = refuse(list, text, len, reterr);
    else if (rc == ASL_EDEFINITION)
        rc = asli_refuse(reterr, ASL_EINVAL, "InvalidDefinition",
                         "Invalid State Machine Definition: '%s'", err.text);
    else if (rc)
        asli_error_pass(reterr, &err);
    asl_diagnostics_free(list);
    return rc;
}

/* Of a text that is no object the loader says what is wrong with it. */
static int load_alone(struct asli_probe *probe, const char *definition, const char *role,
                      asl_error *reterr)
{
    ASLI_AUTO(json) json_t *state = NULL;
    ASLI_AUTO(json) json_t *machine = NULL;
    ASLI_AUTO(text) char *text = NULL;
    size_t len = strlen(definition);
    int rc = asli_json_read(definition, len, &state, reterr);
    if (rc == ASL_ENOMEM)
        return rc;
    if (rc || !json_is_object(state))
        return load(probe, definition, len, role, reterr);
    rc = surround(state, probe->variables, &machine);
    if (!rc)
        rc = asli_json_text(machine, &text, &len, reterr);
    return rc ? asli_oom(reterr) : load(probe, text, len, role, reterr);
}

static const struct asli_state *find(const asl_machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->state_count; i++)
        if (strcmp(machine->states[i]->name, name) == 0)
            return machine->states[i];
    return NULL;
}

int asli_teststate_find(struct asli_probe *probe, const char *definition,
                        const char *name, const char *role, asl_error *reterr)
{
    int rc = name ? load(probe, definition, strlen(definition), role, reterr)
                  : load_alone(probe, definition, role, reterr);
    if (rc)
        return rc;
    probe->state = find(probe->machine, name ? name : ALONE);
    if (!probe->state)
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                           "State not found in definition");
    return 0;
}
