/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading of States objects: the machine's own, branches, item processors; and where in a
 * definition a problem is.
 *
 * All states of a scope get their index before any of them is loaded, outer scopes before inner
 * ones: indexes depend on the definition's text alone.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/id.h"
#include "engine/load.h"

static const struct asli_field machine_fields[] = {
    {"States", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"StartAt", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"Comment", ASLI_FIELD_NONE},
    {"Version", ASLI_FIELD_NONE},
    {"QueryLanguage", ASLI_FIELD_NONE},
    {"TimeoutSeconds", ASLI_FIELD_INT, ASLI_CONSTANT,
     offsetof(struct asl_machine, timeout_seconds), 0, 0, 99999999},
    {NULL},
};

static const struct asli_field branch_fields[] = {
    {"States", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"StartAt", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"Comment", ASLI_FIELD_NONE},
    {NULL},
};

static const struct asli_field processor_fields[] = {
    {"ProcessorConfig", ASLI_FIELD_NONE},
    {NULL},
};

static const struct asli_field config_fields[] = {
    {"Mode", ASLI_FIELD_NONE},
    {"ExecutionType", ASLI_FIELD_NONE},
    {NULL},
};

const struct asli_field_table asli_scope_tables[] = {
    {"State machine", machine_fields},
    {"Branches, ItemProcessor, Iterator", branch_fields},
    {"ItemProcessor, Iterator: in addition", processor_fields},
    {"ProcessorConfig", config_fields},
    {NULL},
};

/* ---------------------------------------------------------------- places */

/* AWS writes indexes in brackets: "/Choices/0/Next" is "/Choices[0]/Next". */
static void add_indexed(struct asli_bytes *out, const char *where)
{
    while (*where) {
        size_t digits = strspn(where + 1, "0123456789");
        size_t len = strcspn(where + 1, "/");
        if (digits && digits == len) {
            asli_bytes_addc(out, '[');
            asli_bytes_add(out, where + 1, len);
            asli_bytes_addc(out, ']');
        } else {
            asli_bytes_add(out, where, len + 1);
        }
        where += len + 1;
    }
}

/* The place `where` below the state, from the root; `aws`: as AWS writes it. Only loaders' own
 * steps are rewritten then, since the name of a state may be a number. */
static void add_place(struct asli_bytes *out, const struct asli_state *state,
                      const char *where, bool aws)
{
    if (state) {
        if (state->scope->owner)
            add_place(out, state->scope->owner, state->scope->where, aws);
        asli_bytes_adds(out, "/States/");
        asli_bytes_adds(out, state->name);
    }
    if (aws)
        add_indexed(out, where);
    else
        asli_bytes_adds(out, where);
}

int asli_load_report(struct asli_loader *loader, enum asl_severity severity,
                     const struct asli_state *state, const char *code, const char *where,
                     const char *spot, const char *format, va_list args)
{
    struct asli_load *load = (struct asli_load *)loader;
    struct asli_bytes aws = {0}, place = {0};
    add_place(&aws, state, where, true);
    add_place(&place, state, where, false);
    asli_bytes_adds(&place, spot);
    if (!aws.len)
        asli_bytes_adds(&aws, "/");
    if (!place.len)
        asli_bytes_adds(&place, "/");
    ASLI_AUTO(text) char *location = asli_bytes_take_text(&aws);
    ASLI_AUTO(text) char *finer = asli_bytes_take_text(&place);
    if (!location || !finer)
        return ASL_ENOMEM;
    load->schema_errors += severity == ASL_ERROR && strcmp(code, ASLI_CODE_TARGET) != 0;
    return asli_vdiag(loader->diags, severity, code, location, finer, format, args);
}

int asli_load_vproblem(struct asli_loader *loader, const struct asli_state *state,
                       const char *code, const char *where, const char *format,
                       va_list args)
{
    if (asli_load_excused(loader, state, where, code))
        return 0;
    return asli_load_report(loader, ASL_ERROR, state, code, where, "", format, args);
}

int asli_load_problem(struct asli_loader *loader, const struct asli_state *state,
                      const char *code, const char *where, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = asli_load_vproblem(loader, state, code, where, format, args);
    va_end(args);
    return result;
}

/* ---------------------------------------------------------------- states of a scope */

struct asli_state *asli_scope_find(const struct asli_scope *scope, const char *name)
{
    if (!scope->count)
        return NULL;
    const struct asli_map *names = &scope->states[0]->machine->names;
    struct asli_map_node *node = asli_map_find(names, asli_hash(name, strlen(name)));
    for (; node; node = asli_map_next(node)) {
        struct asli_state *state = ASLI_OF(node, struct asli_state, by_name);
        if (state->scope == scope && strcmp(state->name, name) == 0)
            return state;
    }
    return NULL;
}

void *asli_grow(void *array, size_t count, size_t item_size)
{
    if (count & (count - 1)) /* neither 0 nor a power of two */
        return array;
    return asli_realloc(array, (count ? 2 * count : 1) * item_size);
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

static int check_name(struct asli_loader *loader, const struct asli_state *state)
{
    struct asli_map_node *node =
        asli_map_find(&loader->machine->names, state->by_name.key);
    for (; node; node = asli_map_next(node)) {
        const struct asli_state *other = ASLI_OF(node, struct asli_state, by_name);
        if (other != state && strcmp(other->name, state->name) == 0)
            return asli_load_problem(loader, state, ASLI_CODE_DUPLICATE, "",
                                     ASLI_MSG_DUPLICATE, state->name);
    }
    if (!*state->name)
        return asli_load_problem(loader, state, ASLI_CODE_NAME, "", ASLI_MSG_NAME_EMPTY);
    if (characters(state->name) > ASLI_STATE_NAME_MAX)
        return asli_load_problem(loader, state, ASLI_CODE_NAME, "", ASLI_MSG_NAME_LONG,
                                 state->name, ASLI_STATE_NAME_MAX);
    return 0;
}

/* Makes the state and puts it into the machine's table, the scope's, and the names. */
static int add_new_state(struct asli_loader *loader, struct asli_scope *scope,
                         const char *name, json_t *value)
{
    asl_machine *machine = loader->machine;
    struct asli_state **states =
        asli_grow(machine->states, machine->state_count, sizeof(*states));
    if (!states)
        return ASL_ENOMEM;
    machine->states = states;
    struct asli_state *state = asli_alloc(sizeof(*state));
    if (!state)
        return ASL_ENOMEM;
    state->name = name;
    state->machine = machine;
    state->scope = scope;
    state->index = (uint32_t)machine->state_count;
    state->value = value;
    machine->states[machine->state_count++] = state;
    scope->states[scope->count++] = state;
    uint64_t key = asli_hash(name, strlen(name));
    if (!asli_map_add(&machine->names, key, &state->by_name))
        return ASL_ENOMEM;
    return check_name(loader, state);
}

static int load_states(struct asli_object *object, struct asli_scope *scope)
{
    json_t *states = json_object_get(object->value, "States");
    if (!states)
        return 0;
    if (!json_is_object(states))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, "States", ASLI_MSG_EXPECTED,
                                   "OBJECT");
    if (json_object_size(states) == 0)
        return asli_object_problem(object, ASLI_CODE_SCHEMA, "States", ASLI_MSG_EMPTY);
    scope->states = asli_alloc(json_object_size(states) * sizeof(struct asli_state *));
    if (!scope->states)
        return ASL_ENOMEM;
    const char *name;
    json_t *value;
    json_object_foreach(states, name, value)
    {
        if (add_new_state(object->loader, scope, name, value))
            return ASL_ENOMEM;
    }
    for (size_t i = 0; i < scope->count; i++) {
        if (asli_load_state((struct asli_load *)object->loader, scope->states[i]))
            return ASL_ENOMEM;
    }
    return 0;
}

static int load_start(struct asli_object *object, struct asli_scope *scope)
{
    json_t *value = json_object_get(object->value, "StartAt");
    if (!value)
        return 0;
    int code = 0;
    const char *name = asli_object_text(object, value, "StartAt", &code);
    if (!name || !scope->count)
        return code;
    scope->start = asli_scope_find(scope, name);
    if (scope->start)
        return 0;
    return asli_object_problem(object, ASLI_CODE_TARGET, "StartAt", ASLI_MSG_TARGET,
                               name);
}

int asli_load_target(struct asli_loader *loader, struct asli_state *state, json_t *name,
                     const char *where, struct asli_state **slot)
{
    struct asli_object place = {.loader = loader, .state = state, .where = ""};
    int code = 0;
    const char *text = asli_object_text(&place, name, where + 1, &code);
    if (!text)
        return code;
    *slot = asli_scope_find(state->scope, text);
    if (*slot)
        return 0;
    return asli_load_problem(loader, state, ASLI_CODE_TARGET, where, ASLI_MSG_TARGET,
                             text);
}

/* ---------------------------------------------------------------- scopes */

static struct asli_scope *new_scope(asl_machine *machine, struct asli_state *owner,
                                    const char *where)
{
    struct asli_scope **scopes =
        asli_grow(machine->scopes, machine->scope_count, sizeof(*scopes));
    if (!scopes)
        return NULL;
    machine->scopes = scopes;
    struct asli_scope *scope = asli_alloc(sizeof(*scope));
    char *copy = asli_strdup(where);
    if (!scope || !copy) {
        asli_free(scope);
        asli_free(copy);
        return NULL;
    }
    scope->index = (uint32_t)machine->scope_count;
    scope->owner = owner;
    scope->where = copy;
    machine->scopes[machine->scope_count++] = scope;
    return scope;
}

/* One of two names; *ret_second: it is the second. */
static int load_name(struct asli_object *config, const char *field, const char *first,
                     const char *second, bool *ret_second)
{
    json_t *value = json_object_get(config->value, field);
    int code = 0;
    const char *text = value ? asli_object_text(config, value, field, &code) : NULL;
    if (!text || strcmp(text, first) == 0)
        return code;
    *ret_second = strcmp(text, second) == 0;
    if (*ret_second)
        return 0;
    ASLI_AUTO(text) char *names = asli_printf("%s, %s", first, second);
    return names ? asli_object_problem(config, ASLI_CODE_SCHEMA, field, ASLI_MSG_ENUM,
                                       names)
                 : ASL_ENOMEM;
}

static int load_config(struct asli_object *processor, struct asli_scope *scope)
{
    json_t *value = json_object_get(processor->value, "ProcessorConfig");
    if (!value)
        return 0;
    if (!json_is_object(value))
        return asli_object_problem(processor, ASLI_CODE_SCHEMA, "ProcessorConfig",
                                   ASLI_MSG_EXPECTED, "OBJECT");
    ASLI_AUTO(text) char *where = asli_printf("%s/ProcessorConfig", processor->where);
    if (!where)
        return ASL_ENOMEM;
    struct asli_object config = *processor;
    config.where = where;
    config.value = value;
    config.tables[0].fields = config_fields;
    config.tables[1].fields = NULL;
    if (asli_object_load(&config) ||
        load_name(&config, "Mode", "INLINE", "DISTRIBUTED", &scope->distributed) ||
        load_name(&config, "ExecutionType", "STANDARD", "EXPRESS", &scope->express))
        return ASL_ENOMEM;
    if (scope->distributed && processor->state->machine->express)
        return asli_object_problem(&config, ASLI_CODE_SCHEMA, "Mode",
                                   ASLI_MSG_EXPRESS_DISTRIBUTED);
    if (!scope->distributed || json_object_get(value, "ExecutionType"))
        return 0;
    return asli_object_problem(&config, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_REQUIRED,
                               "ExecutionType");
}

static int load_scope(struct asli_loader *loader, struct asli_state *owner, json_t *value,
                      const char *where, const struct asli_field *extra,
                      struct asli_scope **slot)
{
    struct asli_object object = {.loader = loader,
                                 .state = owner,
                                 .where = where,
                                 .value = value,
                                 .tables = {{branch_fields}, {extra}}};
    *slot = NULL;
    if (!json_is_object(value))
        return asli_object_problem(&object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_EXPECTED,
                                   "OBJECT");
    if (loader->depth >= ASLI_SCOPE_DEPTH)
        return asli_object_problem(&object, ASLI_CODE_DEEP, NULL, ASLI_MSG_DEEP,
                                   ASLI_SCOPE_DEPTH);
    struct asli_scope *scope = new_scope(loader->machine, owner, where);
    if (!scope || asli_object_load(&object) || (extra && load_config(&object, scope)))
        return ASL_ENOMEM;
    loader->depth++;
    int code = load_states(&object, scope) ? ASL_ENOMEM : load_start(&object, scope);
    loader->depth--;
    *slot = scope;
    return code;
}

int asli_load_scope(struct asli_loader *loader, struct asli_state *owner, json_t *value,
                    const char *where, struct asli_scope **slot)
{
    return load_scope(loader, owner, value, where, NULL, slot);
}

int asli_load_processor(struct asli_loader *loader, struct asli_state *owner,
                        json_t *value, const char *where, struct asli_scope **slot)
{
    return load_scope(loader, owner, value, where, processor_fields, slot);
}

static int load_version(struct asli_object *object)
{
    json_t *value = json_object_get(object->value, "Version");
    if (!value)
        return 0;
    int code = 0;
    const char *text = asli_object_text(object, value, "Version", &code);
    if (!text || strcmp(text, "1.0") == 0)
        return code;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, "Version", ASLI_MSG_ENUM, "1.0");
}

int asli_load_root(struct asli_load *load)
{
    asl_machine *machine = load->loader.machine;
    struct asli_object object = {.loader = &load->loader,
                                 .where = "",
                                 .value = machine->tree,
                                 .tables = {{machine_fields, machine}}};
    struct asli_scope *scope = new_scope(machine, NULL, "");
    if (!scope || asli_load_language(&object, &load->jsonata) ||
        asli_object_load(&object) || load_version(&object) || load_states(&object, scope))
        return ASL_ENOMEM;
    return load_start(&object, scope);
}
