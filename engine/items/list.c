/* SPDX-License-Identifier: Apache-2.0
 *
 * Items that are the objects of a bucket themselves: what S3's ListObjectsV2 tells of each.
 */
#include "engine/base/alloc.h"
#include "engine/items/source.h"

struct list {
    struct asli_items base;
    void *list;
    char *last; /* the key of the last item; NULL: none yet */
};

static int list_open(struct asli_items *items, struct asli_reader *position,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct list *l = (struct list *)items;
    asl_error error = {0};
    if (position) {
        l->last = asli_read_text(position);
        if (position->oom)
            return asli_oom(reterr);
    }
    int rc = asl_objects_list(items->objects, items->config->bucket, items->config->key,
                              l->last, &l->list, &error);
    return asli_objects_failure(rc, ASLI_READER_FAILED, &error, failure, reterr);
}

/* In AWS's order of members. */
static json_t *describe(const asl_object_info *info)
{
    json_t *value = json_object();
    if (!value || json_object_set_new(value, "Etag", json_string(info->etag)) ||
        json_object_set_new(value, "LastModified", json_integer(info->modified / 1000)) ||
        json_object_set_new(value, "Key", json_string(info->key)) ||
        json_object_set_new(value, "Size", json_integer((json_int_t)info->bytes)) ||
        json_object_set_new(value, "StorageClass", json_string(info->storage_class))) {
        json_decref(value);
        return NULL;
    }
    return value;
}

static int list_next(struct asli_items *items, struct asli_item *ret_item,
                     struct asli_failure *failure, asl_error *reterr)
{
    struct list *l = (struct list *)items;
    asl_error error = {0};
    asl_object_info info = {0};
    int rc = asl_objects_list_next(items->objects, l->list, &info, &error);
    rc = asli_objects_failure(rc, ASLI_READER_FAILED, &error, failure, reterr);
    if (rc || !info.key)
        return rc;
    char *key = asli_strdup(info.key);
    json_t *value = key ? describe(&info) : NULL;
    if (!value) {
        asli_free(key);
        return asli_oom(reterr);
    }
    asli_free(l->last);
    l->last = key;
    ret_item->value = value;
    return 0;
}

static void list_position(const struct asli_items *items, struct asli_bytes *out)
{
    asli_bytes_text(out, ((const struct list *)items)->last);
}

static void list_close(struct asli_items *items)
{
    struct list *l = (struct list *)items;
    if (l->list)
        asl_objects_list_end(items->objects, l->list);
    asli_free(l->last);
}

const struct asli_item_source_ops asli_source_list = {
    .tag = 'o',
    .size = sizeof(struct list),
    .open = list_open,
    .next = list_next,
    .position = list_position,
    .close = list_close,
};
