/* SPDX-License-Identifier: Apache-2.0
 *
 * An object read from front to back through one buffer.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/items/gunzip.h"
#include "engine/items/source.h"

#define BUFFER 65536

static int read_object(struct asli_stream *s, uint64_t offset, void *buffer, size_t len,
                       size_t *ret_len, struct asli_failure *failure, asl_error *reterr)
{
    asl_error error = {0};
    int rc = asl_objects_read(s->items->objects, s->object, offset, buffer, len, ret_len,
                              &error);
    return asli_objects_failure(rc, ASLI_READER_FAILED, &error, failure, reterr);
}

/* Bytes of the object as it is, for gunzip. */
static int read_packed(void *arg, uint64_t offset, void *buffer, size_t len,
                       size_t *ret_len, struct asli_failure *failure, asl_error *reterr)
{
    return read_object(arg, offset, buffer, len, ret_len, failure, reterr);
}

int asli_stream_more(struct asli_stream *s, struct asli_failure *failure,
                     asl_error *reterr)
{
    size_t len = 0;
    int rc = s->gunzip
                 ? asli_gunzip_read(s->gunzip, s->buffer, BUFFER, &len, read_packed, s,
                                    failure, reterr)
                 : read_object(s, s->next, s->buffer, BUFFER, &len, failure, reterr);
    if (rc)
        return rc;
    s->p = s->buffer;
    s->end = s->buffer + len;
    s->next += len;
    return 0;
}

static int seek(struct asli_stream *s, uint64_t offset, struct asli_failure *failure,
                asl_error *reterr)
{
    if (!s->gunzip) {
        s->next = offset;
        s->p = s->end = s->buffer;
        return 0;
    }
    /* Packed data has no places to go to: what stands before is unpacked once more. */
    while (s->next < offset) {
        s->p = s->end;
        int rc = asli_stream_more(s, failure, reterr);
        if (rc || s->p == s->end)
            return rc;
    }
    s->p = s->end - (s->next - offset);
    return 0;
}

void asli_stream_position(const struct asli_stream *s, struct asli_bytes *out)
{
    asli_bytes_uint(out, asli_stream_offset(s));
    asli_bytes_uint(out, s->bytes);
}

int asli_stream_resume(struct asli_stream *s, struct asli_reader *position,
                       struct asli_failure *failure, asl_error *reterr)
{
    uint64_t offset = asli_read_uint(position), bytes = asli_read_uint(position);
    if (position->bad)
        return 0; /* our caller sees that it is */
    if (bytes != s->bytes)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "The object s3://%s/%s has changed since its first items were "
                         "read.",
                         s->items->config->bucket, s->items->config->key);
    return seek(s, offset, failure, reterr);
}

static bool packed(const char *key)
{
    size_t len = strlen(key);
    return len > 3 && strcmp(key + len - 3, ".gz") == 0;
}

int asli_stream_open(struct asli_stream *s, const struct asli_items *items,
                     struct asli_failure *failure, asl_error *reterr)
{
    asl_error error = {0};
    *s = (struct asli_stream){.items = items};
    s->buffer = asli_alloc(BUFFER);
    if (!s->buffer)
        return asli_oom(reterr);
    s->p = s->end = s->buffer;
    void *object = NULL;
    int rc = asl_objects_open(items->objects, items->config->bucket, items->config->key,
                              &object, &s->bytes, &error);
    if (rc)
        return asli_objects_failure(rc, ASLI_READER_FAILED, &error, failure, reterr);
    s->object = object;
    if (items->config->packed && packed(items->config->key))
        rc = asli_gunzip_new(&s->gunzip, failure, reterr);
    if (!rc)
        rc = asli_stream_more(s, failure, reterr);
    if (!rc && s->end - s->p >= 3 && memcmp(s->p, "\xef\xbb\xbf", 3) == 0)
        s->p += 3;
    return rc;
}

void asli_stream_close(struct asli_stream *s)
{
    if (s->object)
        asl_objects_release(s->items->objects, s->object);
    asli_gunzip_free(s->gunzip);
    asli_free(s->buffer);
}
