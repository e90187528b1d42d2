/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading ItemReader, ItemBatcher and ResultWriter. Names of formats and the like are literals in
 * both query languages; numbers and places may be computed.
 */
#include "engine/items/fields.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/resource.h"

/* ---- tables ---- */

#define AT(member) offsetof(struct asli_item_reader, member)
static const struct asli_field reader_fields[] = {
    {"Resource", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"Parameters", ASLI_FIELD_TEMPLATE, ASLI_REQUIRED | ASLI_JSONPATH, AT(parameters)},
    {"Arguments", ASLI_FIELD_NONE, ASLI_REQUIRED | ASLI_JSONATA},
    {"ReaderConfig", ASLI_FIELD_NONE},
    {NULL},
};
static const struct asli_field reader_config_fields[] = {
    {"InputType", ASLI_FIELD_NONE},
    {"CSVHeaderLocation", ASLI_FIELD_NONE},
    {"CSVHeaders", ASLI_FIELD_NONE},
    {"CSVDelimiter", ASLI_FIELD_NONE},
    {"ItemsPointer", ASLI_FIELD_NONE},
    {"ManifestType", ASLI_FIELD_NONE},
    {"Transformation", ASLI_FIELD_NONE},
    {"MaxItems", ASLI_FIELD_INT, 0, AT(max_items), 'm', 0, ASLI_ITEMS_MAX},
    {"MaxItemsPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH | ASLI_NO_CONTEXT,
     AT(max_items.path), 'm'},
    {NULL},
};
#undef AT

#define AT(member) offsetof(struct asli_item_batcher, member)
static const struct asli_field batcher_fields[] = {
    {"MaxItemsPerBatch", ASLI_FIELD_INT, 0, AT(max_items), 'i'},
    {"MaxItemsPerBatchPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH | ASLI_NO_CONTEXT,
     AT(max_items.path), 'i'},
    {"MaxInputBytesPerBatch", ASLI_FIELD_INT, 0, AT(max_bytes), 'b', 0, ASLI_ITEM_BYTES},
    {"MaxInputBytesPerBatchPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH | ASLI_NO_CONTEXT,
     AT(max_bytes.path), 'b'},
    {"BatchInput", ASLI_FIELD_TEMPLATE, 0, AT(input)},
    {NULL},
};
#undef AT

static const struct asli_field writer_fields[] = {
    {"Resource", ASLI_FIELD_NONE},
    {"Parameters", ASLI_FIELD_TEMPLATE, ASLI_JSONPATH,
     offsetof(struct asli_result_writer, parameters)},
    {"Arguments", ASLI_FIELD_NONE, ASLI_JSONATA},
    {"WriterConfig", ASLI_FIELD_NONE},
    {NULL},
};
static const struct asli_field writer_config_fields[] = {
    {"Transformation", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"OutputType", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {NULL},
};

const struct asli_field_table asli_item_tables[] = {
    {"ItemReader", reader_fields},          {"ReaderConfig", reader_config_fields},
    {"ItemBatcher", batcher_fields},        {"ResultWriter", writer_fields},
    {"WriterConfig", writer_config_fields}, {NULL},
};

/* Which name a field may have: a list for the diagnostic, which is also what is searched. */
struct choice {
    const char *field, *names;
};
#define NAME(name, text) ", " text
static const struct choice reader_choices[] = {
    {"InputType", ASLI_INPUT_TYPES(NAME)},
    {"CSVHeaderLocation", ASLI_CSV_HEADERS(NAME)},
    {"CSVDelimiter", ASLI_CSV_DELIMITERS(NAME)},
    {"ManifestType", ASLI_MANIFESTS(NAME)},
    {"Transformation", ASLI_READ_TRANSFORMATIONS(NAME)},
    {NULL},
};
static const struct choice writer_choices[] = {
    {"Transformation", ASLI_WRITE_TRANSFORMATIONS(NAME)},
    {"OutputType", ASLI_OUTPUT_TYPES(NAME)},
    {NULL},
};
#undef NAME

/* ---- checks ---- */

static bool is_one_of(const char *names, const char *text)
{
    size_t len = strlen(text);
    for (names += 2; len && names; names = strchr(names, ' ')) {
        names += *names == ' ';
        if (strncmp(names, text, len) == 0 && (!names[len] || names[len] == ','))
            return true;
    }
    return false;
}

static int check_choices(struct asli_object *object, const struct choice *choices)
{
    int code = 0;
    for (; choices->field && !code; choices++) {
        json_t *value = json_object_get(object->value, choices->field);
        const char *text =
            value ? asli_object_text(object, value, choices->field, &code) : NULL;
        if (text && !is_one_of(choices->names, text))
            code = asli_object_problem(object, ASLI_CODE_SCHEMA, choices->field,
                                       ASLI_MSG_ENUM, choices->names + 2);
    }
    return code;
}

/* The object in the field `name` of the state; *ret_value NULL: there is none, or it is none. */
static int load_object(struct asli_object *object, json_t *parent, const char *name,
                       const struct asli_field *fields, void *base, json_t **ret_value)
{
    json_t *value = json_object_get(parent, name);
    object->value = value;
    object->tables[0].fields = fields;
    object->tables[0].base = base;
    *ret_value = NULL;
    if (!value)
        return 0;
    if (!json_is_object(value))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_EXPECTED,
                                   "OBJECT");
    *ret_value = value;
    return asli_object_load(object);
}

static struct asli_object object_of(struct asli_loader *loader, struct asli_state *state,
                                    bool jsonata, const char *where)
{
    return (struct asli_object){
        .loader = loader, .state = state, .where = where, .jsonata = jsonata};
}

/* Which of the actions ("s3:getObject"; NULL ends) its Resource is; -1: none, and it was said. */
static int load_resource(struct asli_object *object, const char *const *actions,
                         int *ret_action)
{
    int code = 0;
    asl_error error = {0};
    struct asl_resource *resource = NULL;
    json_t *value = json_object_get(object->value, "Resource");
    const char *text = value ? asli_object_text(object, value, "Resource", &code) : NULL;
    *ret_action = -1;
    if (!text)
        return code;
    code = asli_resource_parse(text, NULL, &resource, &error);
    if (code == ASL_EDEFINITION)
        return asli_object_problem(object, ASLI_CODE_SCHEMA, "Resource", "%s",
                                   error.text);
    if (code)
        return code;
    bool plain = resource->kind == ASL_RESOURCE_SERVICE &&
                 resource->pattern == ASL_PATTERN_REQUEST;
    for (int i = 0; plain && actions[i]; i++) {
        if (strcmp(actions[i], resource->name) == 0)
            *ret_action = i;
    }
    asli_resource_free(resource);
    return *ret_action >= 0 ? 0
                            : asli_object_problem(object, ASLI_CODE_SCHEMA, "Resource",
                                                  ASLI_MSG_RESOURCE, text);
}

/* ---- ItemReader ---- */

static bool is_text(const json_t *object, const char *field, const char *text)
{
    const char *value = json_string_value(json_object_get(object, field));
    return value && strcmp(value, text) == 0;
}

static int check_headers(struct asli_object *object)
{
    size_t i;
    json_t *name, *headers = json_object_get(object->value, "CSVHeaders");
    int code = 0;
    if (!headers && is_text(object->value, "CSVHeaderLocation", "GIVEN"))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_REQUIRED,
                                   "CSVHeaders");
    if (!headers)
        return 0;
    if (!json_is_array(headers))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, "CSVHeaders",
                                   ASLI_MSG_EXPECTED, "ARRAY");
    json_array_foreach(headers, i, name)
    {
        if (!code)
            asli_object_text(object, name, "CSVHeaders", &code);
    }
    return code;
}

static int check_pointer(struct asli_object *object)
{
    int code = 0;
    json_t *value = json_object_get(object->value, "ItemsPointer");
    const char *text =
        value ? asli_object_text(object, value, "ItemsPointer", &code) : "";
    if (text && *text && *text != '/')
        code = asli_object_problem(object, ASLI_CODE_SCHEMA, "ItemsPointer",
                                   ASLI_MSG_POINTER);
    return code;
}

static int load_reader_config(struct asli_loader *loader, struct asli_state *state,
                              bool jsonata, struct asli_item_reader *reader)
{
    struct asli_object object =
        object_of(loader, state, jsonata, "/ItemReader/ReaderConfig");
    int code = load_object(&object, reader->value, "ReaderConfig", reader_config_fields,
                           reader, &reader->config);
    if (code || !reader->config)
        return code;
    code = check_choices(&object, reader_choices);
    if (!code)
        code = check_headers(&object);
    if (!code)
        code = check_pointer(&object);
    if (!code && is_text(reader->config, "InputType", "PARQUET"))
        code = asli_object_problem(&object, ASLI_CODE_UNSUPPORTED, "InputType",
                                   ASLI_MSG_LATER, "InputType PARQUET");
    return code;
}

int asli_item_reader_load(struct asli_loader *loader, struct asli_state *state,
                          bool jsonata, struct asli_item_reader *reader)
{
    static const char *const actions[] = {"s3:getObject", "s3:listObjectsV2", NULL};
    struct asli_object object = object_of(loader, state, jsonata, "/ItemReader");
    int action = 0, code = load_object(&object, state->value, "ItemReader", reader_fields,
                                       reader, &reader->value);
    if (!code && reader->value)
        code = load_resource(&object, actions, &action);
    reader->list = action == 1;
    if (!code && reader->value)
        code = load_reader_config(loader, state, jsonata, reader);
    return code;
}

void asli_item_reader_done(struct asli_item_reader *reader)
{
    asli_fields_free(reader_fields, reader);
    asli_fields_free(reader_config_fields, reader);
}

/* ---- ItemBatcher ---- */

int asli_item_batcher_load(struct asli_loader *loader, struct asli_state *state,
                           bool jsonata, struct asli_item_batcher *batcher)
{
    static const char names[] = "MaxItemsPerBatch, MaxItemsPerBatchPath, "
                                "MaxInputBytesPerBatch, MaxInputBytesPerBatchPath";
    struct asli_object object = object_of(loader, state, jsonata, "/ItemBatcher");
    int code = load_object(&object, state->value, "ItemBatcher", batcher_fields, batcher,
                           &batcher->value);
    json_t *value = batcher->value;
    if (code || !value || json_object_get(value, "MaxItemsPerBatch") ||
        json_object_get(value, "MaxItemsPerBatchPath") ||
        json_object_get(value, "MaxInputBytesPerBatch") ||
        json_object_get(value, "MaxInputBytesPerBatchPath"))
        return code;
    return asli_object_problem(&object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_ONE_AT_LEAST,
                               names);
}

void asli_item_batcher_done(struct asli_item_batcher *batcher)
{
    asli_fields_free(batcher_fields, batcher);
}

/* ---- ResultWriter ---- */

/* Resource and its parameters come together. */
static int check_pair(struct asli_object *object, const char *parameters)
{
    bool resource = json_object_get(object->value, "Resource") != NULL;
    bool places = json_object_get(object->value, parameters) != NULL;
    if (resource == places)
        return 0;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_REQUIRED,
                               resource ? parameters : "Resource");
}

int asli_result_writer_load(struct asli_loader *loader, struct asli_state *state,
                            bool jsonata, struct asli_result_writer *writer)
{
    static const char *const actions[] = {"s3:putObject", NULL};
    struct asli_object object = object_of(loader, state, jsonata, "/ResultWriter");
    struct asli_object config =
        object_of(loader, state, jsonata, "/ResultWriter/WriterConfig");
    int action = -1, code = load_object(&object, state->value, "ResultWriter",
                                        writer_fields, writer, &writer->value);
    if (code || !writer->value)
        return code;
    if (!json_object_size(writer->value))
        return asli_object_problem(&object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_EMPTY);
    code = check_pair(&object, jsonata ? "Arguments" : "Parameters");
    if (!code)
        code = load_resource(&object, actions, &action);
    writer->to_objects = action == 0;
    if (!code)
        code = load_object(&config, writer->value, "WriterConfig", writer_config_fields,
                           writer, &writer->config);
    if (!code && writer->config)
        code = check_choices(&config, writer_choices);
    return code;
}

void asli_result_writer_done(struct asli_result_writer *writer)
{
    asli_fields_free(writer_fields, writer);
}
