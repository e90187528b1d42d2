/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/objects.h: objects by bucket and key, as distributed Maps read their items from (ItemReader)
 * and write their results to (ResultWriter). For those who implement a provider of objects, and for
 * those who give one to an engine.
 *
 * Calls return 0, one of the answers below (what Amazon S3 itself would say: they become
 * States.ItemReaderFailed or States.ResultWriterFailed, and reterr is untouched), or a negative
 * ASL_E code. ASL_ENOMEM is tried again; any other code fails the Map likewise, with reterr's text
 * as Cause.
 *
 * Buckets and keys are UTF-8 texts of 1 to 1024 bytes. An object is used by one thread at a time;
 * different objects of one provider may be used by different threads.
 */
#ifndef ASL_OBJECTS_H
#define ASL_OBJECTS_H

#include <stdint.h>

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(NAME, value, S3's code, S3's sentence, HTTP status) */
#define ASL_OBJECT_ANSWERS(X)                                                            \
    X(NO_SUCH_KEY, 1, "NoSuchKey", "The specified key does not exist.", 404)             \
    X(NO_SUCH_BUCKET, 2, "NoSuchBucket", "The specified bucket does not exist", 404)     \
    X(ACCESS_DENIED, 3, "AccessDenied", "Access Denied", 403)

enum asl_object_answer {
#define ASL_OBJECT_ROW(name, value, code, sentence, status) ASL_##name = (value),
    ASL_OBJECT_ANSWERS(ASL_OBJECT_ROW)
#undef ASL_OBJECT_ROW
};

/* One object of a listing, as S3's ListObjectsV2 tells of it. */
typedef struct asl_object_info {
    const char *key; /* NULL: the listing has ended */
    uint64_t bytes;
    int64_t modified;          /* milliseconds since 1970 */
    const char *etag;          /* with its quotes */
    const char *storage_class; /* "STANDARD" */
} asl_object_info;

/* All members are required; `self` is what asl_objects_new was given. */
typedef struct asl_objects_ops {
    size_t size;
    const char *name; /* "dir" */

    /* Reading. What was opened stays as it is until release, even if it is replaced meanwhile. */
    int (*open)(void *self, const char *bucket, const char *key, void **ret_object,
                uint64_t *ret_bytes, asl_error *reterr);
    /* Up to `len` bytes from `offset` on; fewer only at the object's end. */
    int (*read)(void *self, void *object, uint64_t offset, void *buffer, size_t len,
                size_t *ret_len, asl_error *reterr);
    void (*release)(void *self, void *object);

    /* The objects whose key begins with `prefix` and is greater than `after` (NULL: all), by
     * rising bytes of their keys. ret_info's texts live until the next call on the listing. */
    int (*list)(void *self, const char *bucket, const char *prefix, const char *after,
                void **ret_list, asl_error *reterr);
    int (*list_next)(void *self, void *list, asl_object_info *ret_info,
                     asl_error *reterr);
    void (*list_end)(void *self, void *list);

    /* Writing. Nobody sees the object before commit, which replaces one of the same key, is
     * atomic, and durable when it returns 0. Both commit, also when it fails, and discard end
     * the writer. */
    int (*create)(void *self, const char *bucket, const char *key, void **ret_writer,
                  asl_error *reterr);
    int (*write)(void *self, void *writer, const void *data, size_t len,
                 asl_error *reterr);
    int (*commit)(void *self, void *take_writer, asl_error *reterr);
    void (*discard)(void *self, void *take_writer);

    /* Ends the provider and frees self. Nothing is open. */
    void (*close)(void *self);
} asl_objects_ops;

typedef struct asl_objects asl_objects;

/* Wraps an implementation. `take_self` is closed on failure too. Errors: ASL_EINVAL when a member
 * is missing, ASL_ENOMEM. Thread: any. */
ASL_API int asl_objects_new(const asl_objects_ops *ops, void *take_self,
                            asl_objects **ret_objects, asl_error *reterr);
/* Ends it; NULL is allowed. */
ASL_API void asl_objects_free(asl_objects *objects);

/* A directory: a bucket is a directory in `dir`, an object a file below it, and the parts of its
 * key are the directories between. Nothing outside is ever reached: a key with an empty part, "."
 * or ".." is ASL_ACCESS_DENIED, and symbolic links are not followed. Objects are written to
 * `dir`/.asl-tmp first. Its ETags are no digests: they change when a file is replaced or written.
 * Errors: ASL_ENOTFOUND (no such directory), ASL_ESYSTEM, ASL_ENOMEM. */
ASL_API int asl_objects_dir(const char *dir, asl_objects **ret_objects,
                            asl_error *reterr);

/* Gives the engine its objects, which it frees when it closes or is given others; `take_objects`
 * is consumed. No execution may run a distributed Map meanwhile. Engine's thread. */
ASL_API void asl_engine_set_objects(asl_engine *engine, asl_objects *take_objects);
/* What it was given; NULL: nothing. Borrowed. */
ASL_API asl_objects *asl_engine_objects(const asl_engine *engine);

/* The same calls, on a wrapped provider: contracts as in asl_objects_ops. A bucket or key that is
 * empty, too long or not UTF-8 gives ASL_NO_SUCH_BUCKET or ASL_NO_SUCH_KEY before it is asked. */
ASL_API const char *asl_objects_name(const asl_objects *objects);
ASL_API int asl_objects_open(asl_objects *objects, const char *bucket, const char *key,
                             void **ret_object, uint64_t *ret_bytes, asl_error *reterr);
ASL_API int asl_objects_read(asl_objects *objects, void *object, uint64_t offset,
                             void *buffer, size_t len, size_t *ret_len,
                             asl_error *reterr);
ASL_API void asl_objects_release(asl_objects *objects, void *object);
ASL_API int asl_objects_list(asl_objects *objects, const char *bucket, const char *prefix,
                             const char *after, void **ret_list, asl_error *reterr);
ASL_API int asl_objects_list_next(asl_objects *objects, void *list,
                                  asl_object_info *ret_info, asl_error *reterr);
ASL_API void asl_objects_list_end(asl_objects *objects, void *list);
ASL_API int asl_objects_create(asl_objects *objects, const char *bucket, const char *key,
                               void **ret_writer, asl_error *reterr);
ASL_API int asl_objects_write(asl_objects *objects, void *writer, const void *data,
                              size_t len, asl_error *reterr);
ASL_API int asl_objects_commit(asl_objects *objects, void *take_writer,
                               asl_error *reterr);
ASL_API void asl_objects_discard(asl_objects *objects, void *take_writer);

#ifdef __cplusplus
}
#endif
#endif
