/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of fields.h: what is said about ItemReader, ItemBatcher and ResultWriter that are not
 * valid, and what valid ones evaluate to. JSON is written with ' for ".
 */
#include "engine/items/fields.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define SCHEMA "SCHEMA_VALIDATION_FAILED "
#define GET                                                                              \
    "'Resource':'arn:aws:states:::s3:getObject','Parameters':{'Bucket':'b','Key':'k'}"
#define PUT                                                                              \
    "'Resource':'arn:aws:states:::s3:putObject','Parameters':{'Bucket':'b','Prefix':'p'" \
    "}"
#define AT "/States/M/ItemReader"

static json_t *quoted(const char *text)
{
    json_t *value = NULL;
    char *copy = kit_quoted(text);
    ck_assert_msg(asli_json_read(copy, strlen(copy), &value, NULL) == 0, "%s", copy);
    free(copy);
    return value;
}

/* What a Map state of these fields is loaded to. */
static struct loaded {
    json_t *value;
    struct asli_item_reader reader;
    struct asli_item_batcher batcher;
    struct asli_result_writer writer;
    char text[2000]; /* the diagnostics, as lines */
} loaded;

static void load(const char *fields, bool jsonata)
{
    loaded = (struct loaded){.value = quoted(fields)};
    struct asli_scope scope = {.index = 0};
    struct asli_state state = {.name = "M", .scope = &scope, .value = loaded.value};
    struct asli_load load = {.loader = {.diags = asli_diags_new()}};
    struct asli_loader *loader = &load.loader;
    ck_assert_int_eq(asli_item_reader_load(loader, &state, jsonata, &loaded.reader), 0);
    ck_assert_int_eq(asli_item_batcher_load(loader, &state, jsonata, &loaded.batcher), 0);
    ck_assert_int_eq(asli_result_writer_load(loader, &state, jsonata, &loaded.writer), 0);
    for (size_t i = 0; i < asl_diagnostics_count(loader->diags); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(loader->diags, i);
        size_t len = strlen(loaded.text);
        snprintf(loaded.text + len, sizeof loaded.text - len, "%s%s %s: %s",
                 i ? "\n" : "", d->code, d->location, d->message);
    }
    asl_diagnostics_free(loader->diags);
    for (size_t i = 0; i < state.read_count; i++)
        asli_free(state.reads[i]);
    asli_free(state.reads);
}

static void unload(void)
{
    asli_item_reader_done(&loaded.reader);
    asli_item_batcher_done(&loaded.batcher);
    asli_result_writer_done(&loaded.writer);
    json_decref(loaded.value);
}

static const struct {
    const char *fields, *diagnostics;
    bool jsonata;
} samples[] = {
    {"{}", ""},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'InputType':'CSV','CSVHeaderLocation':"
     "'GIVEN','CSVHeaders':['a'],'CSVDelimiter':'PIPE','MaxItems':2}},"
     "'ItemBatcher':{'MaxItemsPerBatch':3,'BatchInput':{'a.$':'$.a'}},"
     "'ResultWriter':{" PUT ",'WriterConfig':{'Transformation':'FLATTEN',"
     "'OutputType':'JSONL'}}}",
     ""},
    {"{'ItemReader':[]}", SCHEMA AT ": Expected value of type [OBJECT]"},
    {"{'ItemReader':{}}",
     SCHEMA AT ": These fields are required: [Resource, Parameters]"},
    {"{'ItemReader':{'Foo':1," GET "}}", SCHEMA AT ": Field 'Foo' is not supported"},
    {"{'ItemReader':{" GET ",'Arguments':{}}}",
     SCHEMA AT ": The QueryLanguage is set to 'JSONPath', but field 'Arguments' is only "
               "supported for the 'JSONata' QueryLanguage"},
    {"{'ItemReader':{'Resource':'arn:aws:states:::s3:deleteObject','Parameters':{}}}",
     SCHEMA AT
     "/Resource: The resource provided arn:aws:states:::s3:deleteObject is not "
     "recognized. The value is not a valid resource ARN, or the resource is not "
     "available in this region."},
    {"{'ItemReader':{'Resource':'x','Parameters':{}}}",
     SCHEMA AT "/Resource: Value is not a valid resource ARN"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'InputType':'JS','CSVDelimiter':1}}}",
     SCHEMA AT "/ReaderConfig/InputType: Value should be one of the following: [JSON, "
               "JSONL, CSV, MANIFEST, PARQUET]\n" SCHEMA AT
               "/ReaderConfig/CSVDelimiter: Expected value of type [STRING]"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'InputType':'PARQUET'}}}",
     "ASL_UNSUPPORTED " AT "/ReaderConfig/InputType: InputType PARQUET is not supported "
     "by this version of libasl"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'InputType':'CSV','CSVHeaderLocation':"
     "'GIVEN'}}}",
     SCHEMA AT "/ReaderConfig: These fields are required: [CSVHeaders]"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'CSVHeaders':[1]}}}",
     SCHEMA AT "/ReaderConfig/CSVHeaders: Expected value of type [STRING]"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'ItemsPointer':'a'}}}",
     SCHEMA AT "/ReaderConfig/ItemsPointer: Value must be a valid JSON Pointer."},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'MaxItems':-1}}}",
     SCHEMA AT "/ReaderConfig/MaxItems: Minimum value is 0"},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'MaxItems':1,'MaxItemsPath':'$.a'}}}",
     SCHEMA AT "/ReaderConfig: There should only be one of the following fields: "
               "[MaxItems, MaxItemsPath]"},
    {"{'ItemBatcher':{}}",
     SCHEMA "/States/M/ItemBatcher: This object should have only one of the following "
            "fields: [MaxItemsPerBatch, MaxItemsPerBatchPath, MaxInputBytesPerBatch, "
            "MaxInputBytesPerBatchPath]"},
    {"{'ItemBatcher':{'MaxInputBytesPerBatch':262145}}",
     SCHEMA "/States/M/ItemBatcher/MaxInputBytesPerBatch: Maximum value is 262144"},
    {"{'ResultWriter':{}}", SCHEMA "/States/M/ResultWriter: Value cannot be empty"},
    {"{'ResultWriter':{'Resource':'arn:aws:states:::s3:putObject'}}",
     SCHEMA "/States/M/ResultWriter: These fields are required: [Parameters]"},
    {"{'ResultWriter':{'WriterConfig':{'OutputType':'JSON'}}}",
     SCHEMA "/States/M/ResultWriter/WriterConfig: These fields are required: "
            "[Transformation]"},
    {"{'ResultWriter':{'WriterConfig':{'OutputType':'JSON','Transformation':'ALL'}}}",
     SCHEMA "/States/M/ResultWriter/WriterConfig/Transformation: Value should be one of "
            "the following: [NONE, COMPACT, FLATTEN]"},
    {"{'ItemReader':{'Resource':'arn:aws:states:::s3:listObjectsV2','Arguments':{'Bucket'"
     ":"
     "'{% 1 %}'},'ReaderConfig':{'MaxItems':'{% $x %}'}},"
     "'ItemBatcher':{'MaxItemsPerBatch':-1}}",
     SCHEMA "/States/M/ItemBatcher/MaxItemsPerBatch: Minimum value is 0", true},
    {"{'ItemReader':{" GET ",'ReaderConfig':{'MaxItemsPath':'$$.Execution.Input.n'}}}",
     SCHEMA "/States/M/ItemReader/ReaderConfig/MaxItemsPath: Value is not a Reference "
            "Path: The path '$$.Execution.Input.n' does not lead into the state's input"},
};

START_TEST(fields_are_checked)
{
    load(samples[_i].fields, samples[_i].jsonata);
    ck_assert_msg(strcmp(loaded.text, samples[_i].diagnostics) == 0,
                  "%s\nexpected:\n%s\nactual:\n%s", samples[_i].fields,
                  samples[_i].diagnostics, loaded.text);
    unload();
}
END_TEST

static const json_t *no_context(void *arg)
{
    return NULL;
}

START_TEST(a_reader_is_evaluated)
{
    struct asli_items_config config;
    struct asli_failure failure = {NULL, NULL};
    ASLI_AUTO(json) json_t *input = quoted("{'b':'B','n':7}");
    struct asli_env env = {.input = input, .context = no_context};
    load("{'ItemReader':{'Resource':'arn:aws:states:::s3:listObjectsV2','Parameters':"
         "{'Bucket.$':'$.b','Prefix':'p/'},'ReaderConfig':{'MaxItemsPath':'$.n'}}}",
         false);
    ck_assert_str_eq(loaded.text, "");
    ck_assert_int_eq(asli_item_reader_eval(&loaded.reader, &env, &config, &failure, NULL),
                     0);
    ck_assert(config.list);
    ck_assert_str_eq(config.bucket, "B");
    ck_assert_str_eq(config.key, "p/");
    ck_assert_int_eq(config.max_items, 7);
    asli_items_config_done(&config);
    unload();
}
END_TEST

START_TEST(a_number_that_is_none_is_a_failure)
{
    static const struct {
        const char *input, *error, *cause;
    } all[] = {
        {"{'n':1.5}", "States.Runtime",
         "The MaxItemsPath field refers to value \"1.5\" which is not a valid integer: "
         "$.n"},
        {"{'n':'x'}", "States.Runtime",
         "The MaxItemsPath field refers to value \"x\" which is not a valid integer: "
         "$.n"},
        {"{}", "States.Runtime", "Invalid path '$.n' : No results for path: $['n']"},
        {"{'n':-1}", "States.ItemReaderFailed", "field MaxItems must be positive"},
    };
    load("{'ItemReader':{" GET ",'ReaderConfig':{'MaxItemsPath':'$.n'}}}", false);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct asli_items_config config;
        struct asli_failure failure = {NULL, NULL};
        ASLI_AUTO(json) json_t *input = quoted(all[i].input);
        struct asli_env env = {.input = input, .context = no_context};
        ck_assert_int_eq(
            asli_item_reader_eval(&loaded.reader, &env, &config, &failure, NULL),
            ASLI_FAILED);
        ck_assert_str_eq(failure.error, all[i].error);
        ck_assert_str_eq(failure.cause, all[i].cause);
        asli_failure_done(&failure);
    }
    unload();
}
END_TEST

START_TEST(a_batcher_and_a_writer_are_evaluated)
{
    struct asli_batcher_config batcher;
    struct asli_writer_config writer;
    struct asli_failure failure = {NULL, NULL};
    ASLI_AUTO(json) json_t *input = quoted("{'n':3,'p':'P'}");
    struct asli_env env = {.input = input, .context = no_context};
    load("{'ItemBatcher':{'MaxItemsPerBatchPath':'$.n','BatchInput':{'x.$':'$.p'}},"
         "'ResultWriter':{'Resource':'arn:aws:states:::s3:putObject','Parameters':"
         "{'Bucket':'B','Prefix.$':'$.p'},'WriterConfig':{'OutputType':'JSONL',"
         "'Transformation':'COMPACT'}}}",
         false);
    ck_assert_str_eq(loaded.text, "");
    ck_assert_int_eq(
        asli_item_batcher_eval(&loaded.batcher, &env, &batcher, &failure, NULL), 0);
    ck_assert_int_eq(batcher.max_items, 3);
    ck_assert_int_eq(batcher.max_bytes, 0);
    ck_assert_str_eq(json_string_value(json_object_get(batcher.input, "x")), "P");
    ck_assert(loaded.writer.to_objects);
    ck_assert_int_eq(
        asli_result_writer_eval(&loaded.writer, &env, &writer, &failure, NULL), 0);
    ck_assert_str_eq(writer.prefix, "P");
    ck_assert(writer.lines);
    ck_assert_int_eq(writer.transformation, ASLI_WRITE_COMPACT);
    asli_batcher_config_done(&batcher);
    asli_writer_config_done(&writer);
    unload();
}
END_TEST

START_TEST(without_a_writers_resource_results_are_compact)
{
    struct asli_writer_config config;
    struct asli_failure failure = {NULL, NULL};
    ck_assert_int_eq(asli_writer_configure(NULL, NULL, &config, &failure, NULL), 0);
    ck_assert_ptr_null(config.bucket);
    ck_assert_int_eq(config.transformation, ASLI_WRITE_COMPACT);
    asli_writer_config_done(&config);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("fields");
    TCase *t = tcase_create("fields");
    tcase_add_loop_test(t, fields_are_checked, 0, sizeof samples / sizeof *samples);
    tcase_add_test(t, a_reader_is_evaluated);
    tcase_add_test(t, a_number_that_is_none_is_a_failure);
    tcase_add_test(t, a_batcher_and_a_writer_are_evaluated);
    tcase_add_test(t, without_a_writers_resource_results_are_compact);
    suite_add_tcase(suite, t);
    return suite;
}
