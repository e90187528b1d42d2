/* SPDX-License-Identifier: Apache-2.0
 *
 * The state types, and the loading of one state: its type's own fields, the common fields that
 * its traits switch on, Retry and Catch, then what only the type itself can check.
 *
 * A state exists (with its name and place) before any state of its scope is loaded, so that
 * transitions can point anywhere in the scope.
 */
#include "engine/state.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/load.h"

#define X(symbol) extern const struct asli_state_ops asli_state_##symbol;
#include "engine/tbl/states.h"
#undef X

const struct asli_state_ops *const asli_state_types[] = {
#define X(symbol) &asli_state_##symbol,
#include "engine/tbl/states.h"
#undef X
    NULL,
};

#define AT(member) offsetof(struct asli_state, member)

/* What states of several types have. */
static const struct asli_field common_fields[] = {
    {"Type", ASLI_FIELD_NONE, .traits = ASLI_EVERY_STATE},
    {"Comment", ASLI_FIELD_NONE, .traits = ASLI_EVERY_STATE},
    {"QueryLanguage", ASLI_FIELD_NONE, .traits = ASLI_EVERY_STATE},
    {"Next", ASLI_FIELD_STATE, 0, AT(next), 'N', .traits = ASLI_HAS_NEXT},
    {"End", ASLI_FIELD_NONE, .group = 'N', .traits = ASLI_HAS_NEXT},
    {"InputPath", ASLI_FIELD_PATH_NULL, ASLI_JSONPATH, AT(input_path),
     .traits = ASLI_HAS_IO},
    {"OutputPath", ASLI_FIELD_PATH_NULL, ASLI_JSONPATH, AT(output_path),
     .traits = ASLI_HAS_IO},
    {"Output", ASLI_FIELD_TEMPLATE, ASLI_JSONATA, AT(out.output), .traits = ASLI_HAS_IO},
    {"Arguments", ASLI_FIELD_TEMPLATE, ASLI_JSONATA, AT(parameters),
     .traits = ASLI_HAS_ARGUMENTS},
    {"Parameters", ASLI_FIELD_TEMPLATE, ASLI_JSONPATH, AT(parameters),
     .traits = ASLI_HAS_PARAMETERS},
    {"ResultSelector", ASLI_FIELD_TEMPLATE, ASLI_JSONPATH, AT(result_selector),
     .traits = ASLI_HAS_RESULT_SELECTOR},
    {"ResultPath", ASLI_FIELD_RESULT_PATH, ASLI_JSONPATH, AT(result_path),
     .traits = ASLI_HAS_RESULT_PATH},
    {"Retry", ASLI_FIELD_NONE, .traits = ASLI_HAS_RETRY},
    {"Catch", ASLI_FIELD_NONE, .traits = ASLI_HAS_RETRY},
    {"Assign", ASLI_FIELD_ASSIGN, 0, AT(out.assign), .traits = ASLI_HAS_ASSIGN},
    {NULL},
};

const struct asli_field_table asli_common_table = {"Common", common_fields};

int asli_load_language(struct asli_object *object, bool *ret_jsonata)
{
    json_t *value = json_object_get(object->value, "QueryLanguage");
    if (!value)
        return 0;
    int code = 0;
    const char *text = asli_object_text(object, value, "QueryLanguage", &code);
    *ret_jsonata = !text || strcmp(text, "JSONPath") != 0; /* also when it is misspelt */
    if (!text || !*ret_jsonata)
        return code;
    if (strcmp(text, "JSONata") == 0)
        return 0;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, "QueryLanguage", ASLI_MSG_ENUM,
                               "JSONPath, JSONata");
}

static int unknown_type(struct asli_object *object)
{
    struct asli_bytes list = {0};
    for (size_t i = 0; asli_state_types[i]; i++) {
        if (i)
            asli_bytes_adds(&list, ", ");
        asli_bytes_adds(&list, asli_state_types[i]->type);
    }
    ASLI_AUTO(text) char *types = asli_bytes_take_text(&list);
    if (!types)
        return ASL_ENOMEM;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, "Type", ASLI_MSG_TYPE, types);
}

/* Sets state->ops, or reports why it cannot. */
static int load_type(struct asli_object *object)
{
    json_t *value = json_object_get(object->value, "Type");
    if (!value)
        return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_REQUIRED,
                                   "Type");
    int code = 0;
    const char *text = asli_object_text(object, value, "Type", &code);
    if (!text)
        return code;
    for (size_t i = 0; asli_state_types[i]; i++) {
        if (strcmp(asli_state_types[i]->type, text) != 0)
            continue;
        object->state->ops = asli_state_types[i];
        return 0;
    }
    return unknown_type(object);
}

static int load_end(struct asli_object *object)
{
    json_t *end = json_object_get(object->value, "End");
    if (!end || json_is_boolean(end) || !(object->traits & ASLI_HAS_NEXT))
        return 0;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, "End", ASLI_MSG_EXPECTED,
                               "BOOLEAN");
}

static int load_fields(struct asli_object *object)
{
    struct asli_state *state = object->state;
    const struct asli_state_ops *ops = state->ops;
    if (ops->def_size && !(state->def = asli_alloc(ops->def_size)))
        return ASL_ENOMEM;
    object->traits = ops->traits | ASLI_EVERY_STATE;
    object->tables[0].fields = ops->fields;
    object->tables[0].base = state->def;
    object->tables[1].fields = common_fields;
    object->tables[1].base = state;
    if (asli_object_load(object) || load_end(object))
        return ASL_ENOMEM;
    return ops->traits & ASLI_HAS_RETRY ? asli_load_policies(object) : 0;
}

int asli_load_state(struct asli_load *load, struct asli_state *state)
{
    struct asli_object object = {.loader = &load->loader,
                                 .state = state,
                                 .where = "",
                                 .value = state->value,
                                 .jsonata = load->jsonata};
    if (!json_is_object(state->value))
        return asli_object_problem(&object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_EXPECTED,
                                   "OBJECT");
    if (asli_load_language(&object, &object.jsonata))
        return ASL_ENOMEM;
    if (load->jsonata && !object.jsonata &&
        asli_object_problem(&object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_DOWNGRADE))
        return ASL_ENOMEM;
    state->jsonata = object.jsonata;
    int code = load_type(&object);
    if (code || !state->ops)
        return code;
    code = load_fields(&object);
    if (code || object.bad || !state->ops->load)
        return code;
    return state->ops->load(&load->loader, state);
}

void asli_state_free(struct asli_state *state)
{
    if (state->ops) {
        if (state->def && state->ops->unload)
            state->ops->unload(state);
        if (state->def)
            asli_fields_free(state->ops->fields, state->def);
        asli_fields_free(common_fields, state);
    }
    asli_policies_free(state);
    for (size_t i = 0; i < state->read_count; i++)
        asli_free(state->reads[i]);
    asli_free(state->reads);
    asli_free(state->def);
    asli_free(state);
}
