/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing sources, MaxItems, positions and sizes: what is the same for every variant.
 *
 * A position: format, the variant's tag, the index of the next item, and what the variant wrote.
 */
#include "engine/items/source.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"

#define POSITION_FORMAT 1

/* The variant for a configuration; NULL: this version has none. */
static const struct asli_item_source_ops *
variant_of(const struct asli_items_config *config)
{
    bool flatten = config->transformation == ASLI_READ_LOAD_AND_FLATTEN;
    if (config->input == ASLI_INPUT_PARQUET)
        return NULL;
    if (config->list && !flatten)
        return &asli_source_list;
    if (config->list || config->manifest || config->input == ASLI_INPUT_MANIFEST)
        return &asli_source_nest;
    switch (config->input) {
    case ASLI_INPUT_CSV:
        return &asli_source_csv;
    case ASLI_INPUT_JSONL:
        return &asli_source_jsonl;
    default:
        return &asli_source_json;
    }
}

/* Reads what stands before the variant's own part. */
static int read_position(struct asli_items *items, struct asli_reader *r,
                         asl_error *reterr)
{
    bool known = asli_read_u8(r) == POSITION_FORMAT && asli_read_u8(r) == items->ops->tag;
    items->index = asli_read_uint(r);
    return known && !r->bad
               ? 0
               : asl_error_set(reterr, ASL_EFORMAT,
                               "the position of a Map's items is not one of its reader");
}

int asli_items_open_variant(struct asli_items *items, const void *position, size_t len,
                            struct asli_failure *failure, asl_error *reterr)
{
    struct asli_reader r;
    asli_reader_init(&r, position, len);
    int rc = len ? read_position(items, &r, reterr) : 0;
    if (!rc)
        rc = items->ops->open(items, len ? &r : NULL, failure, reterr);
    if (!rc && len && r.bad)
        rc = asl_error_set(reterr, ASL_EFORMAT,
                           "the position of a Map's items is damaged");
    return rc;
}

int asli_items_open(asl_objects *objects, const struct asli_items_config *config,
                    const void *position, size_t len, struct asli_items **ret_items,
                    struct asli_failure *failure, asl_error *reterr)
{
    const struct asli_item_source_ops *ops = variant_of(config);
    if (!ops)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "The InputType PARQUET is not supported by this version of "
                         "libasl.");
    if (!objects)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "There is nothing to read objects from: give the engine a "
                         "provider of objects.");
    struct asli_items *items = asli_alloc(ops->size);
    if (!items)
        return asli_oom(reterr);
    *items = (struct asli_items){.ops = ops, .config = config, .objects = objects};
    int rc = asli_items_open_variant(items, position, len, failure, reterr);
    if (rc)
        asli_items_close(items);
    else
        *ret_items = items;
    return rc;
}

int asli_items_next(struct asli_items *items, struct asli_item *ret_item,
                    struct asli_failure *failure, asl_error *reterr)
{
    int64_t max = items->config->max_items;
    struct asli_item item = {NULL, NULL};
    if (!max || max > ASLI_ITEMS_MAX)
        max = ASLI_ITEMS_MAX;
    int rc = items->index < (uint64_t)max
                 ? items->ops->next(items, &item, failure, reterr)
                 : 0;
    if (rc)
        return rc;
    items->index += item.value != NULL;
    *ret_item = item;
    return 0;
}

void asli_items_position(const struct asli_items *items, struct asli_bytes *out)
{
    asli_bytes_u8(out, POSITION_FORMAT);
    asli_bytes_u8(out, items->ops->tag);
    asli_bytes_uint(out, items->index);
    items->ops->position(items, out);
}

uint64_t asli_items_index(const struct asli_items *items)
{
    return items->index;
}

char *asli_items_source(const struct asli_items *items)
{
    const struct asli_items *inner = items->ops->inner ? items->ops->inner(items) : items;
    const struct asli_items_config *config = inner ? inner->config : items->config;
    if (!config->bucket)
        return asli_strdup("STATE_DATA");
    return config->list ? asli_printf("S3://%s", config->bucket)
                        : asli_printf("S3://%s/%s", config->bucket, config->key);
}

void asli_items_close(struct asli_items *items)
{
    if (!items)
        return;
    items->ops->close(items);
    asli_free(items);
}

/* ---- failures ---- */

int asli_objects_failure(int rc, const char *error, const asl_error *from,
                         struct asli_failure *failure, asl_error *reterr)
{
    if (rc == 0 || rc == ASL_ENOMEM)
        return rc ? asli_oom(reterr) : 0;
    switch (rc) {
#define ANSWER(name, value, code, sentence, status)                                      \
    case ASL_##name:                                                                     \
        return asli_fail(failure, reterr, error, "%s",                                   \
                         sentence " (Service: Amazon S3; Status Code: " #status          \
                                  "; Error Code: " code ")");
        ASL_OBJECT_ANSWERS(ANSWER)
#undef ANSWER
    default:
        return asli_fail(failure, reterr, error, "%s",
                         from->text[0] ? from->text : asl_code_text(rc));
    }
}

int asli_items_bad(const struct asli_items *items, uint64_t offset, const char *sentence,
                   struct asli_failure *failure, asl_error *reterr)
{
    return asli_fail(
        failure, reterr, ASLI_READER_FAILED, "The data at byte %llu of s3://%s/%s %s.",
        (unsigned long long)offset, items->config->bucket, items->config->key, sentence);
}

int asli_items_too_large(const struct asli_items *items, struct asli_failure *failure,
                         asl_error *reterr)
{
    return asli_fail(failure, reterr, ASLI_READER_FAILED,
                     "The item at index %llu of s3://%s/%s has a size exceeding the "
                     "maximum number of bytes service limit.",
                     (unsigned long long)items->index, items->config->bucket,
                     items->config->key);
}

/* ---- values ---- */

int asli_items_check_size(const struct asli_items *items, const json_t *value,
                          struct asli_failure *failure, asl_error *reterr)
{
    struct asli_bytes text = {0};
    int rc = asli_json_write(value, &text, reterr);
    size_t len = text.len;
    asli_bytes_done(&text);
    return !rc && len > ASLI_ITEM_BYTES ? asli_items_too_large(items, failure, reterr)
                                        : rc;
}

int asli_items_parse(const struct asli_items *items, const char *text, size_t len,
                     uint64_t offset, json_t **ret_value, struct asli_failure *failure,
                     asl_error *reterr)
{
    asl_error error = {0};
    json_t *value = NULL;
    int rc = asli_json_read(text, len, &value, &error);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    if (rc) {
        ASLI_AUTO(text) char *why = asli_printf("is not valid JSON: %s", error.text);
        return why ? asli_items_bad(items, offset, why, failure, reterr)
                   : asli_oom(reterr);
    }
    if (len > ASLI_ITEM_BYTES)
        rc = asli_items_check_size(items, value, failure, reterr);
    if (rc)
        json_decref(value);
    else
        *ret_value = value;
    return rc;
}

json_t *asli_items_text(const char *text, size_t len)
{
    const char *end = text + len, *bad = asli_utf8_check(text, end);
    if (!bad)
        return json_stringn_nocheck(text, len);
    struct asli_bytes clean = {0};
    for (; bad; bad = asli_utf8_check(text, end)) {
        asli_bytes_add(&clean, text, (size_t)(bad - text));
        asli_bytes_adds(&clean, "\xef\xbf\xbd");
        text = bad + 1;
    }
    asli_bytes_add(&clean, text, (size_t)(end - text));
    json_t *value = clean.oom ? NULL : json_stringn_nocheck(clean.data, clean.len);
    asli_bytes_done(&clean);
    return value;
}
