/* SPDX-License-Identifier: Apache-2.0
 *
 * Items of many objects: an outer source names objects, and an inner one reads each of them. The
 * outer one is a list of objects (LOAD_AND_FLATTEN), the files of an S3 Inventory's manifest.json,
 * or the lines of an Athena manifest.
 *
 * Position: the outer source's, which is after the object that is being read; then that object's
 * names and the inner source's.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/items/json_scan.h"

struct nest;

struct kind {
    int (*set_up)(struct nest *n, struct asli_failure *failure, asl_error *reterr);
    /* The bucket and the key that an item of the outer source names. */
    int (*locate)(struct nest *n, const json_t *item, struct asli_failure *failure,
                  asl_error *reterr);
};

struct nest {
    struct asli_items base;
    const struct kind *kind;
    struct asli_items_config outer_config, inner_config;
    struct asli_items *outer, *inner; /* inner NULL: between two objects */
    char *bucket, *key;               /* inner's */
    char *files_bucket;               /* of an inventory's files */
    json_t *headers;                  /* of their columns, or of an Athena manifest */
};

static int bad_manifest(struct nest *n, struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_items_config *config = n->base.config;
    return asli_fail(failure, reterr, ASLI_READER_FAILED,
                     "The manifest s3://%s/%s is not valid.", config->bucket,
                     config->key);
}

static int set_place(struct nest *n, const char *bucket, size_t bucket_len,
                     const char *key, asl_error *reterr)
{
    asli_free(n->bucket);
    asli_free(n->key);
    n->bucket = asli_strndup(bucket, bucket_len);
    n->key = asli_strdup(key);
    n->inner_config.bucket = n->bucket;
    n->inner_config.key = n->key;
    return n->bucket && n->key ? 0 : asli_oom(reterr);
}

/* ---- LOAD_AND_FLATTEN ---- */

static int flatten_set_up(struct nest *n, struct asli_failure *failure, asl_error *reterr)
{
    n->outer_config.transformation = ASLI_READ_NONE;
    n->inner_config.list = false;
    return 0;
}

static int flatten_locate(struct nest *n, const json_t *item,
                          struct asli_failure *failure, asl_error *reterr)
{
    const char *bucket = n->base.config->bucket;
    return set_place(n, bucket, strlen(bucket),
                     json_string_value(json_object_get(item, "Key")), reterr);
}

/* ---- S3 Inventory ---- */

/* "Bucket, Key, Size" as an array of strings. */
static json_t *split_schema(const char *schema)
{
    json_t *names = json_array();
    while (names && *schema) {
        schema += strspn(schema, ", ");
        size_t len = strcspn(schema, ",");
        if (len && json_array_append_new(names, json_stringn(schema, len))) {
            json_decref(names);
            return NULL;
        }
        schema += len;
    }
    return names;
}

static int inventory_facts(struct nest *n, const char *format, const char *schema,
                           const char *bucket, struct asli_failure *failure,
                           asl_error *reterr)
{
    if (!format || !schema || !bucket)
        return bad_manifest(n, failure, reterr);
    if (strcmp(format, "CSV") != 0)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "The inventory s3://%s/%s has files of the format %s; libasl "
                         "reads CSV.",
                         n->base.config->bucket, n->base.config->key, format);
    const char *colon = strrchr(bucket, ':'); /* arn:aws:s3:::NAME */
    n->files_bucket = asli_strdup(colon ? colon + 1 : bucket);
    n->headers = split_schema(schema);
    return n->files_bucket && n->headers ? 0 : asli_oom(reterr);
}

static int inventory_set_up(struct nest *n, struct asli_failure *failure,
                            asl_error *reterr)
{
    ASLI_AUTO(json) json_t *format = NULL;
    ASLI_AUTO(json) json_t *schema = NULL;
    ASLI_AUTO(json) json_t *bucket = NULL;
    int rc = asli_json_at(&n->base, "/fileFormat", &format, failure, reterr);
    if (!rc)
        rc = asli_json_at(&n->base, "/fileSchema", &schema, failure, reterr);
    if (!rc)
        rc = asli_json_at(&n->base, "/destinationBucket", &bucket, failure, reterr);
    if (!rc)
        rc = inventory_facts(n, json_string_value(format), json_string_value(schema),
                             json_string_value(bucket), failure, reterr);
    n->outer_config.input = ASLI_INPUT_JSON;
    n->outer_config.pointer = "/files";
    n->inner_config.input = ASLI_INPUT_CSV;
    n->inner_config.header = ASLI_HEADER_GIVEN;
    n->inner_config.headers = n->headers;
    n->inner_config.delimiter = ',';
    return rc;
}

static int inventory_locate(struct nest *n, const json_t *item,
                            struct asli_failure *failure, asl_error *reterr)
{
    const char *key = json_string_value(json_object_get(item, "key"));
    if (!key)
        return bad_manifest(n, failure, reterr);
    return set_place(n, n->files_bucket, strlen(n->files_bucket), key, reterr);
}

/* ---- Athena ---- */

#define ATHENA_COLUMN "uri"

static int athena_set_up(struct nest *n, struct asli_failure *failure, asl_error *reterr)
{
    n->headers = json_array();
    if (!n->headers || json_array_append_new(n->headers, json_string(ATHENA_COLUMN)))
        return asli_oom(reterr);
    n->outer_config.input = ASLI_INPUT_CSV;
    n->outer_config.header = ASLI_HEADER_GIVEN;
    n->outer_config.headers = n->headers;
    n->outer_config.delimiter = ',';
    return 0;
}

static int athena_locate(struct nest *n, const json_t *item, struct asli_failure *failure,
                         asl_error *reterr)
{
    const char *uri = json_string_value(json_object_get(item, ATHENA_COLUMN));
    if (strncmp(uri, "s3://", 5) != 0 || !strchr(uri + 5, '/'))
        return bad_manifest(n, failure, reterr);
    size_t len = strcspn(uri + 5, "/");
    return set_place(n, uri + 5, len, uri + 5 + len + 1, reterr);
}

/* ---- the source ---- */

static const struct kind flatten = {flatten_set_up, flatten_locate},
                         inventory = {inventory_set_up, inventory_locate},
                         athena = {athena_set_up, athena_locate};

static int set_up(struct nest *n, struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_items_config *config = n->base.config;
    n->kind = config->list                                    ? &flatten
              : config->manifest == ASLI_MANIFEST_ATHENA_DATA ? &athena
                                                              : &inventory;
    n->outer_config = n->inner_config = *config;
    n->outer_config.max_items = n->inner_config.max_items = 0;
    n->outer_config.manifest = n->inner_config.manifest = ASLI_MANIFEST_UNSET;
    n->inner_config.packed = true;
    return n->kind->set_up(n, failure, reterr);
}

/* Opens the inner source where a position says that it was. */
static int reopen_inner(struct nest *n, struct asli_reader *position,
                        struct asli_failure *failure, asl_error *reterr)
{
    size_t len;
    ASLI_AUTO(text) char *bucket = asli_read_text(position);
    ASLI_AUTO(text) char *key = asli_read_text(position);
    const char *inner = asli_read_blob(position, &len);
    if (position->oom)
        return asli_oom(reterr);
    if (position->bad || !bucket || !key)
        return 0; /* our caller sees that it is bad */
    int rc = set_place(n, bucket, strlen(bucket), key, reterr);
    return rc ? rc
              : asli_items_open(n->base.objects, &n->inner_config, inner, len, &n->inner,
                                failure, reterr);
}

static int nest_open(struct asli_items *items, struct asli_reader *position,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct nest *n = (struct nest *)items;
    const char *outer = NULL;
    size_t len = 0;
    int rc = set_up(n, failure, reterr);
    if (!rc && position)
        outer = asli_read_blob(position, &len);
    if (!rc && !(position && position->bad))
        rc = asli_items_open(items->objects, &n->outer_config, outer, len, &n->outer,
                             failure, reterr);
    if (!rc && position && asli_read_u8(position))
        rc = reopen_inner(n, position, failure, reterr);
    return rc;
}

/* Opens the next object that the outer source names; inner NULL: there is none. */
static int next_object(struct nest *n, struct asli_failure *failure, asl_error *reterr)
{
    struct asli_item item = {NULL, NULL};
    int rc = asli_items_next(n->outer, &item, failure, reterr);
    if (rc || !item.value)
        return rc;
    rc = n->kind->locate(n, item.value, failure, reterr);
    if (!rc)
        rc = asli_items_open(n->base.objects, &n->inner_config, NULL, 0, &n->inner,
                             failure, reterr);
    json_decref(item.value);
    asli_free(item.key);
    return rc;
}

static int nest_next(struct asli_items *items, struct asli_item *ret_item,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct nest *n = (struct nest *)items;
    for (;;) {
        int rc = n->inner ? 0 : next_object(n, failure, reterr);
        if (!rc && n->inner)
            rc = asli_items_next(n->inner, ret_item, failure, reterr);
        if (rc || !n->inner || ret_item->value)
            return rc;
        asli_items_close(n->inner);
        n->inner = NULL;
    }
}

static void nest_position(const struct asli_items *items, struct asli_bytes *out)
{
    const struct nest *n = (const struct nest *)items;
    struct asli_bytes at = {0};
    asli_items_position(n->outer, &at);
    asli_bytes_blob(out, at.data, at.len);
    asli_bytes_u8(out, n->inner != NULL);
    out->oom |= at.oom;
    if (n->inner) {
        asli_bytes_reset(&at);
        asli_items_position(n->inner, &at);
        asli_bytes_text(out, n->bucket);
        asli_bytes_text(out, n->key);
        asli_bytes_blob(out, at.data, at.len);
        out->oom |= at.oom;
    }
    asli_bytes_done(&at);
}

static void nest_close(struct asli_items *items)
{
    struct nest *n = (struct nest *)items;
    asli_items_close(n->outer);
    asli_items_close(n->inner);
    asli_free(n->bucket);
    asli_free(n->key);
    asli_free(n->files_bucket);
    json_decref(n->headers);
}

static const struct asli_items *nest_inner(const struct asli_items *items)
{
    return ((const struct nest *)items)->inner;
}

const struct asli_item_source_ops asli_source_nest = {
    .tag = 'n',
    .size = sizeof(struct nest),
    .open = nest_open,
    .next = nest_next,
    .position = nest_position,
    .close = nest_close,
    .inner = nest_inner,
};
