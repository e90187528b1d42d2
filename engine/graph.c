/* SPDX-License-Identifier: Apache-2.0
 *
 * The graph of each scope: can the workflow end, and is every state reachable?
 *
 * Reads the transitions off the definition itself (Next, Default, Choices[].Next, Catch[].Next),
 * so it needs to know no state type.
 */
#include <stdarg.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/load.h"
#include "engine/state.h"

/* Which states something leads to, by their index in the machine. */
static void mark(bool *led, const struct asli_scope *scope, json_t *name)
{
    const char *text = json_string_value(name);
    const struct asli_state *target = text ? asli_scope_find(scope, text) : NULL;
    if (target)
        led[target->index] = true;
}

static void mark_list(bool *led, const struct asli_scope *scope, json_t *list)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry) mark(led, scope, json_object_get(entry, "Next"));
}

static void mark_scope(bool *led, const struct asli_scope *scope)
{
    if (scope->start)
        led[scope->start->index] = true;
    for (size_t i = 0; i < scope->count; i++) {
        json_t *value = scope->states[i]->value;
        mark(led, scope, json_object_get(value, "Next"));
        mark(led, scope, json_object_get(value, "Default"));
        mark_list(led, scope, json_object_get(value, "Choices"));
        mark_list(led, scope, json_object_get(value, "Catch"));
    }
}

/* End: true, or a type without transitions: neither Next nor rules that hold one. */
static bool is_terminal(const struct asli_state *state)
{
    if (state->ops->traits & ASLI_HAS_NEXT)
        return json_is_true(json_object_get(state->value, "End"));
    return !json_object_get(state->value, "Choices");
}

static bool can_end(const struct asli_scope *scope)
{
    for (size_t i = 0; i < scope->count; i++) {
        if (is_terminal(scope->states[i]))
            return true;
    }
    return false;
}

__attribute__((format(printf, 3, 4))) static int
report(struct asli_load *load, const struct asli_state *state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = load->aws
                     ? asli_load_report(&load->loader, ASL_ERROR, state, ASLI_CODE_TARGET,
                                        "", "", format, args)
                     : asli_load_report(&load->loader, ASL_WARNING, state,
                                        ASLI_CODE_UNREACHABLE, "", "", format, args);
    va_end(args);
    return result;
}

/* As AWS: a state is reachable when something leads to it, be that reachable or not. */
static int check_reachable(struct asli_load *load)
{
    const asl_machine *machine = load->loader.machine;
    bool *led = asli_alloc(machine->state_count * sizeof *led);
    int code = led ? 0 : ASL_ENOMEM;
    for (size_t i = 0; !code && i < machine->scope_count; i++)
        mark_scope(led, machine->scopes[i]);
    for (size_t i = 0; !code && i < machine->state_count; i++) {
        const struct asli_state *state = machine->states[i];
        if (!led[i])
            code = report(load, state, ASLI_MSG_UNREACHABLE, state->name);
    }
    asli_free(led);
    return code;
}

/* As AWS: only the machine's own scope must have an end, and when it has none, nothing is said
 * about reachability. */
int asli_load_graph(struct asli_load *load)
{
    if (load->schema_errors || load->shapeless)
        return 0;
    if (!can_end(load->loader.machine->scopes[0]))
        return asli_diag(load->loader.diags, ASL_ERROR, ASLI_CODE_END, "", ASLI_MSG_END);
    /* Unless it is AWS's to say, what a missing target made unreachable is not worth a line. */
    return load->loader.diags->errors && !load->aws ? 0 : check_reachable(load);
}
