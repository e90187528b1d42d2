/* SPDX-License-Identifier: Apache-2.0
 *
 * Advice on a definition that AWS does not give: callbacks that may wait for ever, error names
 * that no error has, handlers that nobody registered, variables that nothing assigns. Warnings,
 * but for our own extensions when only what AWS runs is wanted.
 *
 * Comes after the loading, from what was loaded; what was refused is passed over.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/engine.h"
#include "engine/load.h"
#include "engine/state.h"

__attribute__((format(printf, 6, 7))) static int
say(struct asli_load *load, enum asl_severity severity, const struct asli_state *state,
    const char *code, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result =
        asli_load_report(&load->loader, severity, state, code, where, "", format, args);
    va_end(args);
    return result;
}

/* ---------------------------------------------------------------- error names */

/* Entries before one that are compared with it: the work must not grow with the square. */
#define LOOK_BACK 32

enum { RAISED = 1, FATAL = 2, NOT_A_TASK_FAILURE = 4 };

static const struct {
    const char *name;
    unsigned flags;
} reserved[] = {
    {"States.ALL", RAISED | NOT_A_TASK_FAILURE},
    {"States.TaskFailed", RAISED},
    {"States.Timeout", RAISED | NOT_A_TASK_FAILURE},
    {"States.HeartbeatTimeout", RAISED | NOT_A_TASK_FAILURE},
    {"States.Permissions", RAISED},
    {"States.BranchFailed", RAISED},
    {"States.IntrinsicFailure", RAISED | NOT_A_TASK_FAILURE},
    {"States.ResultPathMatchFailure", RAISED | NOT_A_TASK_FAILURE},
    {"States.QueryEvaluationError", RAISED | NOT_A_TASK_FAILURE},
    {"States.DataLimitExceeded", RAISED | NOT_A_TASK_FAILURE},
    {"States.ExceedToleratedFailureThreshold", RAISED | NOT_A_TASK_FAILURE},
    {"States.ItemReaderFailed", RAISED | NOT_A_TASK_FAILURE},
    {"States.ResultWriterFailed", RAISED | NOT_A_TASK_FAILURE},
    {"States.Http.Socket", RAISED},
    {"States.Runtime", FATAL},
    {"States.NoChoiceMatched", FATAL}, /* what comes is States.Runtime, and likewise: */
    {"States.ParameterPathFailure", FATAL},
};

/* The flags of a name of the language; 0: it is none. */
static unsigned flags_of(const char *name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(reserved[i].name, name) == 0)
            return reserved[i].flags;
    }
    return 0;
}

/* "States.Xyz", and "State.ALL" for "States.ALL". */
static bool is_misspelt(const char *name)
{
    if (strncmp(name, "States.", 7) == 0)
        return !flags_of(name);
    if (strncmp(name, "State.", 6) != 0)
        return false;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(reserved[i].name + 7, name + 6) == 0)
            return true;
    }
    return false;
}

/* Does an entry with these names take every error of this name? States.ALL before another entry
 * is an error anyway. */
static bool takes(const struct asli_error_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        const char *its = set->names[i];
        if (strcmp(its, name) == 0)
            return true;
        if (strcmp(its, "States.TaskFailed") == 0 &&
            !(flags_of(name) & NOT_A_TASK_FAILURE))
            return true;
        if (strcmp(its, "States.Timeout") == 0 &&
            strcmp(name, "States.HeartbeatTimeout") == 0)
            return true;
    }
    return false;
}

/* One name of an entry; `taken`: by an entry before it. */
static int check_name(struct asli_load *load, const struct asli_state *state,
                      const char *where, const char *name, bool taken)
{
    size_t len;
    if (asli_unresolved(name, &len))
        return 0;
    if (is_misspelt(name))
        return say(load, ASL_WARNING, state, ASLI_CODE_NEVER, where, ASLI_MSG_RESERVED,
                   name);
    if (flags_of(name) & FATAL)
        return say(load, ASL_WARNING, state, ASLI_CODE_NEVER, where, ASLI_MSG_FATAL,
                   name);
    if (taken)
        return say(load, ASL_WARNING, state, ASLI_CODE_NEVER, where, ASLI_MSG_SHADOWED,
                   name);
    return 0;
}

static const struct asli_error_set *set_of(const struct asli_state *state, bool retry,
                                           size_t i)
{
    return retry ? &state->retriers[i].errors : &state->catchers[i].errors;
}

static int check_entry(struct asli_load *load, const struct asli_state *state, bool retry,
                       size_t at)
{
    const struct asli_error_set *set = set_of(state, retry, at);
    int code = 0;
    for (size_t i = 0; !code && i < set->count; i++) {
        bool taken = false;
        for (size_t before = 0; before < at && before < LOOK_BACK; before++)
            taken |= takes(set_of(state, retry, before), set->names[i]);
        ASLI_AUTO(text)
        char *where =
            asli_printf("/%s/%zu/ErrorEquals/%zu", retry ? "Retry" : "Catch", at, i);
        code = where ? check_name(load, state, where, set->names[i], taken) : ASL_ENOMEM;
    }
    return code;
}

static int check_policies(struct asli_load *load, const struct asli_state *state)
{
    int code = 0;
    for (size_t i = 0; !code && i < state->retrier_count; i++)
        code = check_entry(load, state, true, i);
    for (size_t i = 0; !code && i < state->catcher_count; i++)
        code = check_entry(load, state, false, i);
    return code;
}

/* ---------------------------------------------------------------- tasks */

static bool waits_for_ever(const struct asli_state *state, const asl_resource *resource)
{
    static const char *const clocks[] = {"TimeoutSeconds", "TimeoutSecondsPath",
                                         "HeartbeatSeconds", "HeartbeatSecondsPath"};
    if (resource->kind != ASL_RESOURCE_ACTIVITY && resource->pattern != ASL_PATTERN_TOKEN)
        return false;
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        if (json_object_get(state->value, clocks[i]))
            return false;
    }
    return true;
}

static int check_task(struct asli_load *load, const struct asli_state *state)
{
    const asl_resource *resource = asli_state_resource(state);
    size_t len;
    if (!resource)
        return 0;
    if (load->aws && !asli_resource_is_aws(resource))
        return resource->kind == ASL_RESOURCE_SERVICE
                   ? say(load, ASL_ERROR, state, ASLI_CODE_SCHEMA, "/Resource",
                         ASLI_MSG_RESOURCE, resource->text)
                   : say(load, ASL_ERROR, state, ASLI_CODE_SCHEMA, "/Resource",
                         ASLI_MSG_NOT_AN_ARN);
    if (waits_for_ever(state, resource) &&
        say(load, ASL_WARNING, state, ASLI_CODE_CALLBACK, "", ASLI_MSG_CALLBACK))
        return ASL_ENOMEM;
    if (!load->engine || asli_unresolved(resource->text, &len) ||
        asli_provider_for(load->engine, resource))
        return 0;
    return say(load, ASL_WARNING, state, ASLI_CODE_NO_HANDLER, "/Resource",
               ASLI_MSG_NO_HANDLER, resource->name);
}

/* ---------------------------------------------------------------- variables */

static int check_reads(struct asli_load *load, const struct asli_state *state)
{
    uint32_t number;
    int code = 0;
    for (size_t i = 0; !code && i < state->read_count; i++) {
        const char *name = state->reads[i];
        if (!asli_machine_variable(state->machine, name, strlen(name), &number) ||
            !asli_load_is_assigned(load, state->scope, number))
            code = say(load, ASL_WARNING, state, ASLI_CODE_NEVER_ASSIGNED, "",
                       ASLI_MSG_VARIABLE_NEVER, name);
    }
    return code;
}

int asli_load_advice(struct asli_load *load)
{
    const asl_machine *machine = load->loader.machine;
    int code = 0;
    for (size_t i = 0; !code && i < machine->state_count; i++) {
        const struct asli_state *state = machine->states[i];
        if (state->ops && state->def && strcmp(state->ops->type, "Task") == 0)
            code = check_task(load, state);
        if (!code)
            code = check_policies(load, state);
        if (!code)
            code = check_reads(load, state);
    }
    return code;
}
