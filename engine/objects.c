/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_objects: the wrapped form of every provider of objects, and the engine's own one.
 *
 * Invariant: what reaches an implementation has buckets and keys of 1 to 1024 bytes of UTF-8.
 */
#include <string.h>

#include <asl/objects.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/utf8.h"
#include "engine/engine.h"

enum { KEY_MAX = 1024 };

struct asl_objects {
    asl_objects_ops ops; /* a private copy: members the implementation lacks are NULL */
    void *self;
};

static const char *missing_member(const asl_objects_ops *ops)
{
#define REQUIRE(member)                                                                  \
    if (!ops->member)                                                                    \
        return #member;
    REQUIRE(name)
    REQUIRE(open)
    REQUIRE(read)
    REQUIRE(release)
    REQUIRE(list)
    REQUIRE(list_next)
    REQUIRE(list_end)
    REQUIRE(create)
    REQUIRE(write)
    REQUIRE(commit)
    REQUIRE(discard)
    REQUIRE(close)
#undef REQUIRE
    return NULL;
}

int asl_objects_new(const asl_objects_ops *ops, void *take_self,
                    asl_objects **ret_objects, asl_error *reterr)
{
    asl_objects_ops own = {0};
    if (ops)
        memcpy(&own, ops, ops->size < sizeof own ? ops->size : sizeof own);
    const char *missing = missing_member(&own);
    asl_objects *objects = missing ? NULL : asli_alloc(sizeof *objects);
    if (!objects) {
        if (own.close)
            own.close(take_self);
        if (!missing)
            return asli_oom(reterr);
        return asl_error_set(reterr, ASL_EINVAL,
                             "a provider of objects must implement \"%s\"", missing);
    }
    *objects = (struct asl_objects){own, take_self};
    *ret_objects = objects;
    return 0;
}

void asl_objects_free(asl_objects *objects)
{
    if (!objects)
        return;
    objects->ops.close(objects->self);
    asli_free(objects);
}

void asl_engine_set_objects(asl_engine *engine, asl_objects *take_objects)
{
    asl_objects_free(engine->objects);
    engine->objects = take_objects;
}

asl_objects *asl_engine_objects(const asl_engine *engine)
{
    return engine->objects;
}

const char *asl_objects_name(const asl_objects *objects)
{
    return objects->ops.name;
}

static bool valid(const char *text)
{
    size_t len = text ? strlen(text) : 0;
    return len >= 1 && len <= KEY_MAX && !asli_utf8_check(text, text + len);
}

static int check(const char *bucket, const char *key)
{
    if (!valid(bucket))
        return ASL_NO_SUCH_BUCKET;
    return valid(key) ? 0 : ASL_NO_SUCH_KEY;
}

int asl_objects_open(asl_objects *objects, const char *bucket, const char *key,
                     void **ret_object, uint64_t *ret_bytes, asl_error *reterr)
{
    int rc = check(bucket, key);
    return rc ? rc
              : objects->ops.open(objects->self, bucket, key, ret_object, ret_bytes,
                                  reterr);
}

int asl_objects_read(asl_objects *objects, void *object, uint64_t offset, void *buffer,
                     size_t len, size_t *ret_len, asl_error *reterr)
{
    return objects->ops.read(objects->self, object, offset, buffer, len, ret_len, reterr);
}

void asl_objects_release(asl_objects *objects, void *object)
{
    objects->ops.release(objects->self, object);
}

int asl_objects_list(asl_objects *objects, const char *bucket, const char *prefix,
                     const char *after, void **ret_list, asl_error *reterr)
{
    if (!valid(bucket))
        return ASL_NO_SUCH_BUCKET;
    return objects->ops.list(objects->self, bucket, prefix ? prefix : "", after, ret_list,
                             reterr);
}

int asl_objects_list_next(asl_objects *objects, void *list, asl_object_info *ret_info,
                          asl_error *reterr)
{
    return objects->ops.list_next(objects->self, list, ret_info, reterr);
}

void asl_objects_list_end(asl_objects *objects, void *list)
{
    objects->ops.list_end(objects->self, list);
}

int asl_objects_create(asl_objects *objects, const char *bucket, const char *key,
                       void **ret_writer, asl_error *reterr)
{
    int rc = check(bucket, key);
    return rc ? rc : objects->ops.create(objects->self, bucket, key, ret_writer, reterr);
}

int asl_objects_write(asl_objects *objects, void *writer, const void *data, size_t len,
                      asl_error *reterr)
{
    return objects->ops.write(objects->self, writer, data, len, reterr);
}

int asl_objects_commit(asl_objects *objects, void *take_writer, asl_error *reterr)
{
    return objects->ops.commit(objects->self, take_writer, reterr);
}

void asl_objects_discard(asl_objects *objects, void *take_writer)
{
    objects->ops.discard(objects->self, take_writer);
}
