/* SPDX-License-Identifier: Apache-2.0
 *
 * What an ItemReader would read, at hand: objects whose names do not matter, and to which nobody can
 * write. A list of them has that one.
 */
#include "engine/teststate/teststate.h"

#include <string.h>

#include "engine/base/alloc.h"

struct data {
    char *text;
    size_t len;
};

static int open_data(void *self, const char *bucket, const char *key, void **ret_object,
                     uint64_t *ret_bytes, asl_error *reterr)
{
    const struct data *data = self;
    (void)bucket;
    (void)key;
    (void)reterr;
    *ret_object = self;
    *ret_bytes = data->len;
    return 0;
}

static int read_data(void *self, void *object, uint64_t offset, void *buffer, size_t len,
                     size_t *ret_len, asl_error *reterr)
{
    const struct data *data = object;
    (void)self;
    (void)reterr;
    size_t left = offset < data->len ? data->len - (size_t)offset : 0;
    *ret_len = left < len ? left : len;
    if (*ret_len)
        memcpy(buffer, data->text + offset, *ret_len);
    return 0;
}

static void release_data(void *self, void *object)
{
    (void)self;
    (void)object;
}

static int list(void *self, const char *bucket, const char *prefix, const char *after,
                void **ret_list, asl_error *reterr)
{
    (void)self;
    (void)bucket;
    (void)prefix;
    (void)after;
    (void)ret_list;
    (void)reterr;
    return ASL_ACCESS_DENIED;
}

static int list_next(void *self, void *of, asl_object_info *ret_info, asl_error *reterr)
{
    (void)self;
    (void)of;
    (void)reterr;
    ret_info->key = NULL;
    return 0;
}

static int create(void *self, const char *bucket, const char *key, void **ret_writer,
                  asl_error *reterr)
{
    (void)self;
    (void)bucket;
    (void)key;
    (void)ret_writer;
    (void)reterr;
    return ASL_ACCESS_DENIED;
}

static int write_data(void *self, void *writer, const void *bytes, size_t len,
                      asl_error *reterr)
{
    (void)self;
    (void)writer;
    (void)bytes;
    (void)len;
    (void)reterr;
    return ASL_ACCESS_DENIED;
}

static int commit(void *self, void *take_writer, asl_error *reterr)
{
    (void)self;
    (void)take_writer;
    (void)reterr;
    return ASL_ACCESS_DENIED;
}

static void close_data(void *self)
{
    struct data *data = self;
    asli_free(data->text);
    asli_free(data);
}

int asli_teststate_data(const char *text, asl_objects **ret_objects, asl_error *reterr)
{
    static const asl_objects_ops ops = {
        .size = sizeof ops,
        .name = "data",
        .open = open_data,
        .read = read_data,
        .release = release_data,
        .list = list,
        .list_next = list_next,
        .list_end = release_data,
        .create = create,
        .write = write_data,
        .commit = commit,
        .discard = release_data,
        .close = close_data,
    };
    struct data *data = asli_alloc(sizeof *data);
    if (!data)
        return asli_oom(reterr);
    data->text = asli_strdup(text);
    data->len = strlen(text);
    if (!data->text) {
        asli_free(data);
        return asli_oom(reterr);
    }
    return asl_objects_new(&ops, data, ret_objects, reterr);
}
