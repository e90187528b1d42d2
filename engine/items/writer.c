/* SPDX-License-Identifier: Apache-2.0
 *
 * writer.h: three files at a time, one a kind of result, each with a buffer of its own.
 */
#include "engine/items/writer.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/items/items.h"
#include "engine/items/settings.h"

#define BUFFER 65536
#define MAX_FILE UINT64_C(5000000000)

/* In the manifest's order. */
static const char *const kinds[] = {"FAILED", "PENDING", "SUCCEEDED"};
enum { KINDS = sizeof kinds / sizeof *kinds };

struct file {
    void *object; /* that is being written; NULL: none */
    char *key;
    struct asli_bytes buffer; /* not yet written to it */
    uint64_t bytes;           /* of it, the buffer's included */
    unsigned number;          /* of the next one */
    json_t *stored;           /* for the manifest */
};

struct asli_writer {
    asl_objects *objects;
    const struct asli_writer_config *config;
    char *map_run_arn, *folder; /* "PREFIX/UUID" */
    struct file files[KINDS];
};

/* ---- configuration ---- */

#define ASLI_ROW(name, text) {ASLI_WRITE_##name, text},
static const struct asli_choice transformations[] = {
    ASLI_WRITE_TRANSFORMATIONS(ASLI_ROW){0}};
#undef ASLI_ROW
#define ASLI_ROW(name, text) {ASLI_OUTPUT_##name, text},
static const struct asli_choice output_types[] = {ASLI_OUTPUT_TYPES(ASLI_ROW){0}};
#undef ASLI_ROW

static int choose(const json_t *config, const char *field,
                  const struct asli_choice *choices, int *value,
                  struct asli_failure *failure, asl_error *reterr)
{
    return asli_setting_choice(config, field, choices, ASLI_WRITER_FAILED, value, failure,
                               reterr);
}

int asli_writer_configure(json_t *arguments, const json_t *writer_config,
                          struct asli_writer_config *ret_config,
                          struct asli_failure *failure, asl_error *reterr)
{
    struct asli_writer_config c = {.bucket = asli_setting_text(arguments, "Bucket"),
                                   .prefix = asli_setting_text(arguments, "Prefix")};
    int transformation = arguments ? ASLI_WRITE_NONE : ASLI_WRITE_COMPACT,
        type = ASLI_OUTPUT_JSON;
    int rc = choose(writer_config, "Transformation", transformations, &transformation,
                    failure, reterr);
    if (!rc)
        rc = choose(writer_config, "OutputType", output_types, &type, failure, reterr);
    if (!rc && arguments &&
        (!c.bucket || (!c.prefix && json_object_get(arguments, "Prefix"))))
        rc = asli_setting_bad(c.bucket ? "Prefix" : "Bucket", ASLI_WRITER_FAILED, failure,
                              reterr);
    if (rc)
        return rc;
    c.prefix = c.prefix ? c.prefix : "";
    c.transformation = (enum asli_write_transformation)transformation;
    c.lines = type == ASLI_OUTPUT_JSONL;
    c.arguments = json_incref(arguments);
    *ret_config = c;
    return 0;
}

void asli_writer_config_done(struct asli_writer_config *config)
{
    json_decref(config->arguments);
    *config = (struct asli_writer_config){0};
}

/* ---- one file ---- */

static int answer(int rc, const asl_error *from, struct asli_failure *failure,
                  asl_error *reterr)
{
    return asli_objects_failure(rc, ASLI_WRITER_FAILED, from, failure, reterr);
}

static int flush(struct asli_writer *w, struct file *f, struct asli_failure *failure,
                 asl_error *reterr)
{
    asl_error error = {0};
    if (f->buffer.oom)
        return asli_oom(reterr);
    int rc = f->buffer.len ? asl_objects_write(w->objects, f->object, f->buffer.data,
                                               f->buffer.len, &error)
                           : 0;
    f->buffer.len = 0;
    return answer(rc, &error, failure, reterr);
}

static int begin_file(struct asli_writer *w, struct file *f, const char *name,
                      struct asli_failure *failure, asl_error *reterr)
{
    asl_error error = {0};
    void *object = NULL;
    asli_free(f->key);
    f->key = asli_printf("%s/%s", w->folder, name);
    if (!f->key)
        return asli_oom(reterr);
    int rc = asl_objects_create(w->objects, w->config->bucket, f->key, &object, &error);
    if (rc)
        return answer(rc, &error, failure, reterr);
    f->object = object;
    f->bytes = 0;
    return 0;
}

static int end_file(struct asli_writer *w, struct file *f, struct asli_failure *failure,
                    asl_error *reterr)
{
    asl_error error = {0};
    int rc = flush(w, f, failure, reterr);
    if (rc)
        return rc;
    void *object = f->object;
    f->object = NULL; /* commit ends it in any case */
    return answer(asl_objects_commit(w->objects, object, &error), &error, failure,
                  reterr);
}

/* ---- files of results ---- */

static int open_results(struct asli_writer *w, size_t kind, struct asli_failure *failure,
                        asl_error *reterr)
{
    struct file *f = &w->files[kind];
    ASLI_AUTO(text)
    char *name =
        asli_printf("%s_%u.json%s", kinds[kind], f->number, w->config->lines ? "l" : "");
    int rc = name ? begin_file(w, f, name, failure, reterr) : asli_oom(reterr);
    if (!rc)
        f->number++;
    return rc;
}

static int close_results(struct asli_writer *w, struct file *f,
                         struct asli_failure *failure, asl_error *reterr)
{
    if (!w->config->lines) {
        asli_bytes_addc(&f->buffer, ']');
        f->bytes++;
    }
    int rc = end_file(w, f, failure, reterr);
    json_t *entry = rc ? NULL : json_object();
    if (rc)
        return rc;
    if (!entry || json_object_set_new(entry, "Key", json_string(f->key)) ||
        json_object_set_new(entry, "Size", json_integer((json_int_t)f->bytes)) ||
        json_array_append(f->stored, entry))
        rc = asli_oom(reterr);
    json_decref(entry);
    return rc;
}

static int add_value(struct asli_writer *w, size_t kind, const json_t *value,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct file *f = &w->files[kind];
    uint64_t max = w->config->max_bytes ? w->config->max_bytes : MAX_FILE;
    ASLI_AUTO(text) char *text = NULL;
    size_t len;
    int rc = asli_json_text(value, &text, &len, reterr);
    if (!rc && f->object && f->bytes + len + 2 > max)
        rc = close_results(w, f, failure, reterr);
    if (!rc && !f->object)
        rc = open_results(w, kind, failure, reterr);
    if (rc)
        return rc;
    size_t before = f->buffer.len;
    if (!w->config->lines)
        asli_bytes_addc(&f->buffer, f->bytes ? ',' : '[');
    asli_bytes_add(&f->buffer, text, len);
    if (w->config->lines)
        asli_bytes_addc(&f->buffer, '\n');
    f->bytes += f->buffer.len - before;
    return f->buffer.len >= BUFFER || f->buffer.oom ? flush(w, f, failure, reterr) : 0;
}

static size_t kind_of(const char *status)
{
    for (size_t i = 1; i < KINDS; i++)
        if (strcmp(kinds[i], status) == 0)
            return i;
    return 0; /* timed out and aborted ones have failed */
}

int asli_writer_add(struct asli_writer *w, const struct asli_child_result *result,
                    struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *values = json_array();
    size_t i;
    json_t *value;
    int rc = values
                 ? asli_result_values(w->config->transformation, result, values, reterr)
                 : asli_oom(reterr);
    if (rc)
        return rc;
    json_array_foreach(values, i, value)
    {
        rc = add_value(w, kind_of(result->status), value, failure, reterr);
        if (rc)
            return rc;
    }
    return 0;
}

/* ---- the writer ---- */

int asli_writer_new(asl_objects *objects, const struct asli_writer_config *config,
                    const char *map_run_arn, struct asli_writer **ret_writer,
                    struct asli_failure *failure, asl_error *reterr)
{
    const char *colon = strrchr(map_run_arn, ':'), *prefix = config->prefix;
    size_t len = strlen(prefix);
    if (!objects)
        return asli_fail(failure, reterr, ASLI_WRITER_FAILED,
                         "There is nothing to write objects to: give the engine a "
                         "provider of objects.");
    struct asli_writer *w = asli_alloc(sizeof *w);
    if (!w)
        return asli_oom(reterr);
    w->objects = objects;
    w->config = config;
    w->map_run_arn = asli_strdup(map_run_arn);
    w->folder = asli_printf("%s%s%s", prefix, len && prefix[len - 1] != '/' ? "/" : "",
                            colon ? colon + 1 : map_run_arn);
    bool made = w->map_run_arn && w->folder;
    for (size_t i = 0; i < KINDS; i++)
        made &= (w->files[i].stored = json_array()) != NULL;
    if (!made) {
        asli_writer_free(w);
        return asli_oom(reterr);
    }
    *ret_writer = w;
    return 0;
}

void asli_writer_free(struct asli_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < KINDS; i++) {
        struct file *f = &w->files[i];
        if (f->object)
            asl_objects_discard(w->objects, f->object);
        asli_bytes_done(&f->buffer);
        asli_free(f->key);
        json_decref(f->stored);
    }
    asli_free(w->map_run_arn);
    asli_free(w->folder);
    asli_free(w);
}

/* {"DestinationBucket", "MapRunArn", "ResultFiles"}; NULL: oom. */
static json_t *make_manifest(const struct asli_writer *w)
{
    json_t *manifest = json_object(), *files = json_object();
    bool bad = !manifest || !files;
    for (size_t i = 0; i < KINDS && !bad; i++)
        bad = json_object_set(files, kinds[i], w->files[i].stored);
    if (bad ||
        json_object_set_new(manifest, "DestinationBucket",
                            json_string(w->config->bucket)) ||
        json_object_set_new(manifest, "MapRunArn", json_string(w->map_run_arn)) ||
        json_object_set(manifest, "ResultFiles", files)) {
        json_decref(manifest);
        manifest = NULL;
    }
    json_decref(files);
    return manifest;
}

/* {"MapRunArn", "ResultWriterDetails": {"Bucket", "Key"}}; NULL: oom. */
static json_t *make_result(const struct asli_writer *w, const char *key)
{
    json_t *result = json_object(), *details = json_object();
    if (!result || !details ||
        json_object_set_new(details, "Bucket", json_string(w->config->bucket)) ||
        json_object_set_new(details, "Key", json_string(key)) ||
        json_object_set_new(result, "MapRunArn", json_string(w->map_run_arn)) ||
        json_object_set(result, "ResultWriterDetails", details)) {
        json_decref(result);
        result = NULL;
    }
    json_decref(details);
    return result;
}

static int store_manifest(struct asli_writer *w, json_t **ret_result,
                          struct asli_failure *failure, asl_error *reterr)
{
    struct file *f = &w->files[0]; /* whose own file is stored */
    ASLI_AUTO(json) json_t *manifest = make_manifest(w);
    int rc =
        manifest ? begin_file(w, f, "manifest.json", failure, reterr) : asli_oom(reterr);
    if (!rc)
        rc = asli_json_write(manifest, &f->buffer, reterr);
    json_t *result = rc ? NULL : make_result(w, f->key);
    if (!rc && !result)
        rc = asli_oom(reterr);
    if (!rc)
        rc = end_file(w, f, failure, reterr);
    if (rc)
        json_decref(result);
    else
        *ret_result = result;
    return rc;
}

int asli_writer_finish(struct asli_writer *w, json_t **ret_result,
                       struct asli_failure *failure, asl_error *reterr)
{
    for (size_t i = 0; i < KINDS; i++) {
        int rc = w->files[i].object ? close_results(w, &w->files[i], failure, reterr) : 0;
        if (rc)
            return rc;
    }
    return store_manifest(w, ret_result, failure, reterr);
}
