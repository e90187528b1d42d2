/* SPDX-License-Identifier: Apache-2.0
 *
 * From an evaluated ItemReader to what is to be read: names to numbers, defaults, and the checks
 * that AWS makes only when it reads.
 */
#include "engine/items/settings.h"
#include "engine/items/source.h"

#define ASLI_ROW(name, text) {ASLI_INPUT_##name, text},
static const struct asli_choice input_types[] = {ASLI_INPUT_TYPES(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_HEADER_##name, text},
static const struct asli_choice headers[] = {ASLI_CSV_HEADERS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_MANIFEST_##name, text},
static const struct asli_choice manifests[] = {ASLI_MANIFESTS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_READ_##name, text},
static const struct asli_choice transformations[] = {
    ASLI_READ_TRANSFORMATIONS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW
#define ASLI_ROW(character, text) {character, text},
static const struct asli_choice delimiters[] = {ASLI_CSV_DELIMITERS(ASLI_ROW){0, NULL}};
#undef ASLI_ROW

static int choose(const json_t *config, const char *field,
                  const struct asli_choice *choices, int *value,
                  struct asli_failure *failure, asl_error *reterr)
{
    return asli_setting_choice(config, field, choices, ASLI_READER_FAILED, value, failure,
                               reterr);
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

static int read_headers(const json_t *config, struct asli_items_config *c,
                        struct asli_failure *failure, asl_error *reterr)
{
    size_t i;
    const json_t *name;
    c->headers = json_object_get(config, "CSVHeaders");
    bool valid = json_is_array(c->headers) || c->header != ASLI_HEADER_GIVEN;
    json_array_foreach(c->headers, i, name) valid &= json_is_string(name);
    return valid ? 0
                 : asli_setting_bad("CSVHeaders", ASLI_READER_FAILED, failure, reterr);
}

static int read_place(const json_t *arguments, struct asli_items_config *c,
                      struct asli_failure *failure, asl_error *reterr)
{
    c->bucket = asli_setting_text(arguments, "Bucket");
    c->key = asli_setting_text(arguments, c->list ? "Prefix" : "Key");
    if (c->list && !json_object_get(arguments, "Prefix"))
        c->key = "";
    if (c->bucket && c->key)
        return 0;
    return asli_setting_bad(c->bucket ? c->list ? "Prefix" : "Key" : "Bucket",
                            ASLI_READER_FAILED, failure, reterr);
}

int asli_items_configure(bool list, json_t *arguments, json_t *reader_config,
                         struct asli_items_config *ret_config,
                         struct asli_failure *failure, asl_error *reterr)
{
    struct asli_items_config c = {.list = list};
    c.pointer = asli_setting_text(reader_config, "ItemsPointer");
    int rc = choose_all(reader_config, &c, failure, reterr);
    if (!rc)
        rc = asli_setting_number(json_object_get(reader_config, "MaxItems"), "MaxItems",
                                 0, ASLI_READER_FAILED, &c.max_items, failure, reterr);
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
