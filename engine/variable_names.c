/* SPDX-License-Identifier: Apache-2.0
 *
 * The names of workflow variables in a definition: which are assigned, and where; which are read.
 *
 * Numbers are given in the order of the definition's text, so that records may use them.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/load.h"

#define NAME_MAX_CHARS 80

static struct asli_variable_name *find(const asl_machine *machine, const char *name,
                                       size_t len)
{
    struct asli_map_node *node =
        asli_map_find(&machine->variable_names, asli_hash(name, len));
    for (; node; node = asli_map_next(node)) {
        struct asli_variable_name *v = ASLI_OF(node, struct asli_variable_name, by_name);
        if (strncmp(v->name, name, len) == 0 && !v->name[len])
            return v;
    }
    return NULL;
}

bool asli_machine_variable(const asl_machine *machine, const char *name, size_t len,
                           uint32_t *ret_number)
{
    const struct asli_variable_name *v = find(machine, name, len);
    if (v)
        *ret_number = v->number;
    return v != NULL;
}

/* The name's row of the machine's table, made when it is new; NULL: oom. */
static struct asli_variable_name *intern(asl_machine *machine, const char *name,
                                         size_t len)
{
    struct asli_variable_name *v = find(machine, name, len);
    if (v)
        return v;
    struct asli_variable_name **grown =
        asli_grow(machine->variables, machine->variable_count, sizeof *grown);
    if (!grown)
        return NULL;
    machine->variables = grown;
    v = asli_alloc(sizeof *v);
    if (!v || !(v->name = asli_strndup(name, len)) ||
        !asli_map_add(&machine->variable_names, asli_hash(name, len), &v->by_name)) {
        if (v)
            asli_free(v->name);
        asli_free(v);
        return NULL;
    }
    v->number = (uint32_t)machine->variable_count;
    machine->variables[machine->variable_count++] = v;
    return v;
}

void asli_variable_names_done(asl_machine *machine)
{
    for (size_t i = 0; i < machine->variable_count; i++) {
        asli_free(machine->variables[i]->name);
        asli_free(machine->variables[i]);
    }
    asli_free(machine->variables);
    asli_map_done(&machine->variable_names);
}

/* ---------------------------------------------------------------- assigned */

/* An identifier of Unicode: in ASCII letters, digits, '_'; other characters are letters here. */
static bool is_identifier(const char *name, size_t len)
{
    size_t characters = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        bool digit = c >= '0' && c <= '9';
        bool letter = (c | 32u) >= 'a' && (c | 32u) <= 'z';
        if (!(c >= 128 || letter || c == '_' || (digit && i)))
            return false;
        characters += (c & 0xc0) != 0x80;
    }
    return characters > 0 && characters <= NAME_MAX_CHARS;
}

static int add_assignment(struct asli_object *object, struct asli_variable_name *name)
{
    struct asli_load *load = (struct asli_load *)object->loader;
    struct asli_assignment *grown =
        asli_grow(load->assignments, load->assignment_count, sizeof *grown);
    char *where = asli_printf("%s/Assign", object->where);
    if (grown)
        load->assignments = grown;
    if (!grown || !where) {
        asli_free(where);
        return ASL_ENOMEM;
    }
    load->assignments[load->assignment_count++] =
        (struct asli_assignment){{0}, object->state, name->number, where};
    return 0;
}

int asli_load_assigned(struct asli_object *object, json_t *value, bool *ret_ok)
{
    *ret_ok = false;
    if (!json_is_object(value))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, "Assign", ASLI_MSG_EXPECTED,
                                   "OBJECT");
    for (void *it = json_object_iter(value); it; it = json_object_iter_next(value, it)) {
        const char *key = json_object_iter_key(it);
        size_t len = json_object_iter_key_len(it);
        if (!object->jsonata && len > 2 && memcmp(key + len - 2, ".$", 2) == 0)
            len -= 2;
        if (!is_identifier(key, len))
            return asli_object_problem(object, ASLI_CODE_SCHEMA, "Assign",
                                       ASLI_MSG_VARIABLE_NAME, (int)len, key);
        if (len == 6 && memcmp(key, "states", 6) == 0)
            return asli_object_problem(object, ASLI_CODE_SCHEMA, "Assign",
                                       ASLI_MSG_VARIABLE_RESERVED);
        struct asli_variable_name *name = intern(object->loader->machine, key, len);
        if (!name || add_assignment(object, name))
            return ASL_ENOMEM;
    }
    *ret_ok = true;
    return 0;
}

static uint64_t place(const struct asli_scope *scope, uint32_t number)
{
    return (uint64_t)scope->index << 32 | number;
}

/* Does a state of the scope assign it? Its Parallel or Map itself does so when the inner scope is
 * over, which is allowed (recorded). */
static bool is_outer(const struct asli_load *load, const struct asli_scope *scope,
                     uint32_t number, const struct asli_state *owner)
{
    struct asli_map_node *n = asli_map_find(&load->assigned, place(scope, number));
    while (n && ASLI_OF(n, struct asli_assignment, by_place)->state == owner)
        n = asli_map_next(n);
    return n != NULL;
}

/* The scope around it whose variables it sees, or NULL. */
static const struct asli_scope *around(const struct asli_scope *scope)
{
    return scope->owner && !scope->distributed ? scope->owner->scope : NULL;
}

bool asli_load_is_assigned(const struct asli_load *load, const struct asli_scope *scope,
                           uint32_t number)
{
    while (scope && !asli_map_find(&load->assigned, place(scope, number)))
        scope = around(scope);
    return scope != NULL;
}

/* An inner scope may not assign what one around it assigns. */
static int check_inner(struct asli_load *load, const struct asli_assignment *a)
{
    const struct asli_scope *scope = a->state->scope, *outer;
    for (; (outer = around(scope)); scope = outer)
        if (is_outer(load, outer, a->number, scope->owner))
            return asli_load_problem(&load->loader, a->state, ASLI_CODE_SCHEMA, a->where,
                                     ASLI_MSG_VARIABLE_OUTER,
                                     load->loader.machine->variables[a->number]->name);
    return 0;
}

int asli_load_variables(struct asli_load *load)
{
    int code = 0;
    for (size_t i = 0; i < load->assignment_count; i++) {
        struct asli_assignment *a = &load->assignments[i];
        if (!asli_map_add(&load->assigned, place(a->state->scope, a->number),
                          &a->by_place))
            return ASL_ENOMEM;
    }
    for (size_t i = 0; i < load->assignment_count && !code; i++)
        code = check_inner(load, &load->assignments[i]);
    return code;
}

void asli_load_variables_done(struct asli_load *load)
{
    for (size_t i = 0; i < load->assignment_count; i++)
        asli_free(load->assignments[i].where);
    asli_map_done(&load->assigned);
    asli_free(load->assignments);
}

/* ---------------------------------------------------------------- read */

/* Where `name` is or belongs among the state's. */
static size_t position(const struct asli_state *state, const char *name, size_t len,
                       bool *ret_found)
{
    size_t i = 0;
    *ret_found = false;
    for (; i < state->read_count && !*ret_found; i++) {
        int order = strncmp(state->reads[i], name, len);
        if (order == 0 && state->reads[i][len])
            order = 1;
        if (order > 0)
            return i;
        *ret_found = order == 0;
    }
    return i;
}

int asli_load_reads(struct asli_state *state, const char *name, size_t len)
{
    bool found;
    size_t at = position(state, name, len, &found);
    if (found)
        return 0;
    char **grown = asli_grow(state->reads, state->read_count, sizeof *grown);
    if (!grown)
        return ASL_ENOMEM;
    state->reads = grown;
    char *copy = asli_strndup(name, len);
    if (!copy)
        return ASL_ENOMEM;
    memmove(&grown[at + 1], &grown[at], (state->read_count - at) * sizeof *grown);
    grown[at] = copy;
    state->read_count++;
    return 0;
}

static json_t *names_of(const struct asli_state *state)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < state->read_count; i++) {
        if (json_array_append_new(list, json_string(state->reads[i]))) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

int asl_machine_variable_references(const asl_machine *machine, json_t **ret_references,
                                    asl_error *reterr)
{
    json_t *all = json_object();
    bool oom = !all;
    for (size_t i = 0; !oom && i < machine->state_count; i++) {
        const struct asli_state *state = machine->states[i];
        if (state->read_count)
            oom = json_object_set_new(all, state->name, names_of(state)) != 0;
    }
    if (oom) {
        json_decref(all);
        return asli_oom(reterr);
    }
    if (!json_object_size(all)) {
        json_decref(all);
        all = json_null();
    }
    *ret_references = all;
    return 0;
}
