/* SPDX-License-Identifier: Apache-2.0
 *
 * mem_objects.h: a sorted list. Its own allocations may fail as well: then a call gives ASL_ENOMEM.
 */
#include "conformance/kit/mem_objects.h"

#include "conformance/kit/need.h"

struct listing {
    struct mem_object *at;
    char prefix[200], bucket[64];
};
struct writer {
    char *bucket, *key, *data;
    size_t len, cap;
};

static int fails(struct mem_objects *store, asl_error *reterr)
{
    if (++store->calls != store->fail_at)
        return 0;
    return store->fail_code > 0 ? store->fail_code
                                : asl_error_set(reterr, store->fail_code,
                                                "the %lu-th call fails", store->calls);
}

static struct mem_object *find(const struct mem_objects *store, const char *bucket,
                               const char *key)
{
    struct mem_object *o = store->first;
    while (o && (strcmp(o->bucket, bucket) != 0 || strcmp(o->key, key) != 0))
        o = o->next;
    return o;
}

static int has_bucket(const struct mem_objects *store, const char *bucket)
{
    struct mem_object *o = store->first;
    while (o && strcmp(o->bucket, bucket) != 0)
        o = o->next;
    return o != NULL;
}

static struct mem_object *add(struct mem_objects *store, const char *bucket,
                              const char *key)
{
    struct mem_object **at = &store->first, *o = calloc(1, sizeof *o);
    if (!o)
        return NULL;
    o->bucket = strdup(bucket);
    o->key = strdup(key);
    if (!o->bucket || !o->key) {
        free(o->bucket);
        free(o->key);
        free(o);
        return NULL;
    }
    while (*at && strcmp((*at)->key, key) < 0)
        at = &(*at)->next;
    o->next = *at;
    *at = o;
    return o;
}

/* 0, or -1: out of memory. */
static int put(struct mem_objects *store, const char *bucket, const char *key,
               const void *data, size_t len)
{
    char *copy = calloc(1, len + 1);
    struct mem_object *o = copy ? find(store, bucket, key) : NULL;
    if (copy && !o)
        o = add(store, bucket, key);
    if (!o) {
        free(copy);
        return -1;
    }
    memcpy(copy, data, len);
    free(o->data);
    o->data = copy;
    o->len = len;
    return 0;
}

void mem_objects_put(struct mem_objects *store, const char *bucket, const char *key,
                     const void *data, size_t len)
{
    if (put(store, bucket, key, data, len))
        need(NULL);
}

const char *mem_objects_get(const struct mem_objects *store, const char *bucket,
                            const char *key)
{
    const struct mem_object *o = find(store, bucket, key);
    return o ? o->data : NULL;
}

void mem_objects_free(struct mem_objects *store)
{
    while (store->first) {
        struct mem_object *o = store->first;
        store->first = o->next;
        free(o->bucket);
        free(o->key);
        free(o->data);
        free(o);
    }
}

static int mem_open(void *self, const char *bucket, const char *key, void **ret_object,
                    uint64_t *ret_bytes, asl_error *reterr)
{
    struct mem_objects *store = self;
    int rc = fails(store, reterr);
    if (rc)
        return rc;
    struct mem_object *o = find(store, bucket, key);
    if (!o)
        return has_bucket(store, bucket) ? ASL_NO_SUCH_KEY : ASL_NO_SUCH_BUCKET;
    store->open++;
    *ret_object = o;
    *ret_bytes = o->len;
    return 0;
}

static int mem_read(void *self, void *object, uint64_t offset, void *buffer, size_t len,
                    size_t *ret_len, asl_error *reterr)
{
    struct mem_objects *store = self;
    const struct mem_object *o = object;
    int rc = fails(store, reterr);
    if (rc)
        return rc;
    if (len > store->most)
        store->most = len;
    size_t left = offset < o->len ? o->len - offset : 0;
    *ret_len = len < left ? len : left;
    if (*ret_len)
        memcpy(buffer, o->data + offset, *ret_len);
    return 0;
}

static void mem_release(void *self, void *object)
{
    ((struct mem_objects *)self)->open--;
}

static int mem_list(void *self, const char *bucket, const char *prefix, const char *after,
                    void **ret_list, asl_error *reterr)
{
    struct mem_objects *store = self;
    int rc = fails(store, reterr);
    if (rc)
        return rc;
    if (!has_bucket(store, bucket))
        return ASL_NO_SUCH_BUCKET;
    struct listing *l = calloc(1, sizeof *l);
    if (!l)
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    snprintf(l->prefix, sizeof l->prefix, "%s", prefix);
    snprintf(l->bucket, sizeof l->bucket, "%s", bucket);
    l->at = store->first;
    while (l->at && after && strcmp(l->at->key, after) <= 0)
        l->at = l->at->next;
    store->open++;
    *ret_list = l;
    return 0;
}

static int mem_list_next(void *self, void *list, asl_object_info *ret_info,
                         asl_error *reterr)
{
    struct listing *l = list;
    int rc = fails(self, reterr);
    if (rc)
        return rc;
    while (l->at && (strcmp(l->at->bucket, l->bucket) != 0 ||
                     strncmp(l->at->key, l->prefix, strlen(l->prefix)) != 0))
        l->at = l->at->next;
    *ret_info = (asl_object_info){0};
    if (!l->at)
        return 0;
    *ret_info = (asl_object_info){.key = l->at->key,
                                  .bytes = l->at->len,
                                  .modified = 1700000000123,
                                  .etag = "\"e\"",
                                  .storage_class = "STANDARD"};
    l->at = l->at->next;
    return 0;
}

static void mem_list_end(void *self, void *list)
{
    ((struct mem_objects *)self)->open--;
    free(list);
}

static void mem_discard(void *self, void *take_writer)
{
    struct writer *w = take_writer;
    ((struct mem_objects *)self)->open--;
    if (w) {
        free(w->bucket);
        free(w->key);
        free(w->data);
    }
    free(w);
}

static int mem_create(void *self, const char *bucket, const char *key, void **ret_writer,
                      asl_error *reterr)
{
    struct mem_objects *store = self;
    int rc = fails(store, reterr);
    if (rc)
        return rc;
    struct writer *w = calloc(1, sizeof *w);
    store->open++; /* mem_discard counts it off */
    if (!w || !(w->bucket = strdup(bucket)) || !(w->key = strdup(key))) {
        mem_discard(store, w);
        return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    }
    *ret_writer = w;
    return 0;
}

static int mem_write(void *self, void *writer, const void *data, size_t len,
                     asl_error *reterr)
{
    struct writer *w = writer;
    struct mem_objects *store = self;
    int rc = fails(store, reterr);
    if (rc)
        return rc;
    if (len > store->most)
        store->most = len;
    if (w->len + len > w->cap) {
        char *data_or_null = realloc(w->data, 2 * (w->len + len));
        if (!data_or_null)
            return asl_error_set(reterr, ASL_ENOMEM, "out of memory");
        w->cap = 2 * (w->len + len);
        w->data = data_or_null;
    }
    memcpy(w->data + w->len, data, len);
    w->len += len;
    return 0;
}

static int mem_commit(void *self, void *take_writer, asl_error *reterr)
{
    struct writer *w = take_writer;
    int rc = fails(self, reterr);
    if (!rc && put(self, w->bucket, w->key, w->len ? w->data : "", w->len))
        rc = asl_error_set(reterr, ASL_ENOMEM, "out of memory");
    mem_discard(self, w);
    return rc;
}

static void mem_close(void *self)
{
    (void)self;
}

asl_objects *mem_objects_new(struct mem_objects *store)
{
    static const asl_objects_ops ops = {
        .size = sizeof ops,
        .name = "memory",
        .open = mem_open,
        .read = mem_read,
        .release = mem_release,
        .list = mem_list,
        .list_next = mem_list_next,
        .list_end = mem_list_end,
        .create = mem_create,
        .write = mem_write,
        .commit = mem_commit,
        .discard = mem_discard,
        .close = mem_close,
    };
    asl_objects *objects = NULL;
    asl_objects_new(&ops, store, &objects, NULL);
    return need(objects);
}
