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

/* A state that assigns them, before it: only so does the loader know them. */
static int add_variables(json_t *states, const json_t *variables, const char *name)
{
    const char *variable;
    json_t *value, *assign = json_object(), *first = json_object();
    int bad = !assign || !first || json_object_set_new(states, name, first);
    if (bad) {
        json_decref(assign);
        return ASL_ENOMEM;
    }
    json_object_foreach((json_t *)(uintptr_t)variables, variable, value) bad |=
        json_object_set_new(assign, variable, json_null());
    bad |= json_object_set_new(first, "Type", json_string("Pass"));
    bad |= json_object_set_new(first, "Next", json_string(ALONE));
    bad |= json_object_set_new(first, "Assign", assign);
    return bad ? ASL_ENOMEM : 0;
}

static int surround(json_t *state, const json_t *variables, json_t **ret_machine)
{
    json_t *states = json_object(), *machine = json_object();
    char first[32] = "Before";
    int bad = !states || !machine || json_object_set_new(machine, "States", states);
    if (bad) {
        json_decref(machine);
        return ASL_ENOMEM;
    }
    bad = json_object_set(states, ALONE, state) || add_targets(states, state);
    if (!bad && json_object_size(variables)) {
        for (size_t len = strlen(first);
             json_object_get(states, first) && len + 1 < sizeof first; len++)
            first[len] = '_'; /* a name of its own */
        bad = add_variables(states, variables, first);
    } else {
        memcpy(first, ALONE, sizeof ALONE);
    }
    bad = bad || json_object_set_new(machine, "StartAt", json_string(first));
    if (bad) {
        json_decref(machine);
        return ASL_ENOMEM;
    }
    *ret_machine = machine;
    return 0;
}

/* ---- loading ---- */

/* "CODE: message at location", of every error. */
static int refuse(const asl_diagnostics *list, asl_error *reterr)
{
    struct asli_bytes text = {0};
    for (size_t i = 0; i < list->count; i++) {
        const asl_diagnostic *d = &list->items[i];
        if (d->severity != ASL_ERROR)
            continue;
        asli_bytes_addf(&text, "%s%s: %s", text.len ? ", " : "", d->code, d->message);
        if (*d->location)
            asli_bytes_addf(&text, " at %s", d->location);
    }
    ASLI_AUTO(text) char *joined = asli_bytes_take_text(&text);
    if (!joined)
        return asli_oom(reterr);
    return asli_teststate_refuse(reterr, "InvalidDefinition",
                                 "Invalid State Machine Definition: '%s'", joined);
}

static int load(struct asli_probe *probe, const char *text, size_t len, asl_error *reterr)
{
    asl_diagnostics *list = NULL;
    asl_error err = {0};
    asl_machine_options options = {.size = sizeof options, .name = "TestState"};
    int rc = asl_machine_load(text, len, &options, &probe->machine, &list, &err);
    if (rc == ASL_EDEFINITION && list && list->errors)
        rc = refuse(list, reterr);
    else if (rc == ASL_EDEFINITION)
        rc = asli_teststate_refuse(reterr, "InvalidDefinition",
                                   "Invalid State Machine Definition: '%s'", err.text);
    else if (rc)
        asli_error_pass(reterr, &err);
    asl_diagnostics_free(list);
    return rc;
}

/* Of a text that is no object the loader says what is wrong with it. */
static int load_alone(struct asli_probe *probe, const char *definition, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *state = NULL;
    ASLI_AUTO(json) json_t *machine = NULL;
    ASLI_AUTO(text) char *text = NULL;
    size_t len = strlen(definition);
    int rc = asli_json_read(definition, len, &state, reterr);
    if (rc == ASL_ENOMEM)
        return rc;
    if (rc || !json_is_object(state))
        return load(probe, definition, len, reterr);
    rc = surround(state, probe->variables, &machine);
    if (!rc)
        rc = asli_json_text(machine, &text, &len, reterr);
    return rc ? asli_oom(reterr) : load(probe, text, len, reterr);
}

static const struct asli_state *find(const asl_machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->state_count; i++)
        if (strcmp(machine->states[i]->name, name) == 0)
            return machine->states[i];
    return NULL;
}

int asli_teststate_find(struct asli_probe *probe, const char *definition,
                        const char *name, asl_error *reterr)
{
    int rc = name ? load(probe, definition, strlen(definition), reterr)
                  : load_alone(probe, definition, reterr);
    if (rc)
        return rc;
    probe->state = find(probe->machine, name ? name : ALONE);
    if (!probe->state)
        return asli_teststate_refuse(reterr, "ValidationException",
                                     "State not found in definition");
    return 0;
}
