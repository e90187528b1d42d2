/* SPDX-License-Identifier: Apache-2.0
 *
 * From an evaluated ItemReader to what is to be read: names to numbers, defaults, and the checks
 * that AWS makes only when it reads.
 */
#include <string.h>

#include "engine/base/json.h"
#include "engine/items/source.h"

struct name {
    int value;
    const char *text;
};

#define ASLI_ROW(name, text) {ASLI_INPUT_##name, text},
static const struct name input_types[] = {ASLI_INPUT_TYPES(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_HEADER_##name, text},
static const struct name headers[] = {ASLI_CSV_HEADERS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_MANIFEST_##name, text},
static const struct name manifests[] = {ASLI_MANIFESTS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_READ_##name, text},
static const struct name transformations[] = {
    ASLI_READ_TRANSFORMATIONS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(character, text) {character, text},
static const struct name delimiters[] = {ASLI_CSV_DELIMITERS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW

/* A string that a C text can hold; NULL: it is none. */
static const char *text_of(const json_t *object, const char *field)
{
    const json_t *value = json_object_get(object, field);
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

/* The number of the field's name; `value` stays as it is when the field is absent. */
static int choose(const json_t *config, const char *field, const struct name *names,
                  int *value, struct asli_failure *failure, asl_error *reterr)
{
    if (!json_object_get(config, field))
        return 0;
    const char *text = text_of(config, field);
    for (; text && names->text; names++) {
        if (strcmp(names->text, text) == 0) {
            *value = names->value;
            return 0;
        }
    }
    return asli_fail(failure, reterr, ASLI_READER_FAILED, "The field %s is not valid.",
                     field);
}

static int choose_all(const json_t *from, struct asli_items_config *c,
                      struct asli_failure *failure, asl_error *reterr)
{
    int input = 0, header = 0, manifest = 0, transformation = 0, delimiter = ',';
    int rc = choose(from, "InputType", input_types, &input, failure, reterr);
    if (!rc)
        rc = choose(from, "CSVHeaderLocation", headers, &header, failure, reterr);
    if (!rc)
        rc = choose(from, "ManifestType", manifests, &manifest, failure, reterr);
    if (!rc)
        rc = choose(from, "Transformation", transformations, &transformation, failure,
                    reterr);
    if (!rc)
        rc = choose(from, "CSVDelimiter", delimiters, &delimiter, failure, reterr);
    c->input = (enum asli_input_type)input;
    c->header = (enum asli_csv_header)header;
    c->manifest = (enum asli_manifest)manifest;
    c->transformation = (enum asli_read_transformation)transformation;
    c->delimiter = (char)delimiter;
    return rc;
}

static int read_max_items(const json_t *config, int64_t *ret_max,
                          struct asli_failure *failure, asl_error *reterr)
{
    const json_t *value = json_object_get(config, "MaxItems");
    *ret_max = json_integer_value(value);
    if (value && !json_is_integer(value))
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "The field MaxItems is not valid.");
    if (*ret_max < 0)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "field MaxItems must be positive");
    return 0;
}

static int read_headers(const json_t *config, struct asli_items_config *c,
                        struct asli_failure *failure, asl_error *reterr)
{
    size_t i;
    const json_t *name;
    c->headers = json_object_get(config, "CSVHeaders");
    bool valid = json_is_array(c->headers) || c->header != ASLI_HEADER_GIVEN;
    json_array_foreach(c->headers, i, name) valid &= json_is_string(name);
    return valid ? 0
                 : asli_fail(failure, reterr, ASLI_READER_FAILED,
                             "The field CSVHeaders is not valid.");
}

static int read_place(const json_t *arguments, struct asli_items_config *c,
                      struct asli_failure *failure, asl_error *reterr)
{
    c->bucket = text_of(arguments, "Bucket");
    c->key = text_of(arguments, c->list ? "Prefix" : "Key");
    if (c->list && !json_object_get(arguments, "Prefix"))
        c->key = "";
    if (c->bucket && c->key)
        return 0;
    return asli_fail(failure, reterr, ASLI_READER_FAILED, "The field %s is not valid.",
                     c->bucket ? c->list ? "Prefix" : "Key" : "Bucket");
}

int asli_items_configure(bool list, json_t *arguments, json_t *reader_config,
                         struct asli_items_config *ret_config,
                         struct asli_failure *failure, asl_error *reterr)
{
    struct asli_items_config c = {.list = list};
    c.pointer = text_of(reader_config, "ItemsPointer");
    int rc = choose_all(reader_config, &c, failure, reterr);
    if (!rc)
        rc = read_max_items(reader_config, &c.max_items, failure, reterr);
    if (!rc)
        rc = read_headers(reader_config, &c, failure, reterr);
    if (!rc)
        rc = read_place(arguments, &c, failure, reterr);
    if (rc)
        return rc;
    c.arguments = json_incref(arguments);
    c.reader_config = json_incref(reader_config);
    *ret_config = c;
    return 0;
}

void asli_items_config_done(struct asli_items_config *config)
{
    json_decref(config->arguments);
    json_decref(config->reader_config);
    *config = (struct asli_items_config){0};
}
