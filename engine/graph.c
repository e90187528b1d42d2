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

/* Depth-first over one scope. */
struct walk {
    bool *seen;                /* by the state's index in the machine */
    struct asli_state **stack; /* each state enters it once */
    size_t depth;
};

static void visit(struct walk *walk, struct asli_state *state)
{
    if (!state || walk->seen[state->index])
        return;
    walk->seen[state->index] = true;
    walk->stack[walk->depth++] = state;
}

static void visit_name(struct walk *walk, const struct asli_scope *scope, json_t *name)
{
    const char *text = json_string_value(name);
    if (text)
        visit(walk, asli_scope_find(scope, text));
}

static void visit_list(struct walk *walk, const struct asli_scope *scope, json_t *list)
{
    size_t i;
    json_t *entry;
    json_array_foreach(list, i, entry)
        visit_name(walk, scope, json_object_get(entry, "Next"));
}

static void walk_scope(struct walk *walk, const struct asli_scope *scope)
{
    visit(walk, scope->start);
    while (walk->depth) {
        json_t *value = walk->stack[--walk->depth]->value;
        visit_name(walk, scope, json_object_get(value, "Next"));
        visit_name(walk, scope, json_object_get(value, "Default"));
        visit_list(walk, scope, json_object_get(value, "Choices"));
        visit_list(walk, scope, json_object_get(value, "Catch"));
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

__attribute__((format(printf, 4, 5))) static int warn(struct asli_load *load,
                                                      const struct asli_state *state,
                                                      const char *code,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result =
        asli_load_report(&load->loader, ASL_WARNING, state, code, "", "", format, args);
    va_end(args);
    return result;
}

static int check_reachable(struct asli_load *load)
{
    asl_machine *machine = load->loader.machine;
    struct walk walk = {
        .seen = asli_alloc(machine->state_count * sizeof(*walk.seen)),
        .stack = asli_alloc(machine->state_count * sizeof(*walk.stack)),
    };
    int code = walk.seen && walk.stack ? 0 : ASL_ENOMEM;
    for (size_t i = 0; !code && i < machine->scope_count; i++)
        walk_scope(&walk, machine->scopes[i]);
    for (size_t i = 0; !code && i < machine->state_count; i++) {
        struct asli_state *state = machine->states[i];
        if (!walk.seen[i])
            code = warn(load, state, ASLI_CODE_UNREACHABLE, ASLI_MSG_UNREACHABLE,
                        state->name);
    }
    asli_free(walk.seen);
    asli_free(walk.stack);
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
    /* What only a missing target made unreachable is not worth a line. */
    return load->loader.diags->errors ? 0 : check_reachable(load);
}
