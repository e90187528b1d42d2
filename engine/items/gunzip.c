/* SPDX-License-Identifier: Apache-2.0
 *
 * gunzip.h by zlib. Members that follow each other are one text, as gzip itself has it.
 */
#include "engine/items/gunzip.h"

#include "engine/base/alloc.h"
#include "engine/items/source.h"

#ifdef ASLI_ZLIB

#include <zlib.h>

#define PACKED 32768

struct asli_gunzip {
    z_stream z;
    uint64_t next;      /* offset of what comes after the packed bytes at hand */
    bool ended, inside; /* inside: a member has begun and not ended */
    unsigned char packed[PACKED];
};

static void *z_alloc(void *arg, unsigned count, unsigned size)
{
    return asli_alloc((size_t)count * size);
}

static void z_free(void *arg, void *block)
{
    asli_free(block);
}

int asli_gunzip_new(struct asli_gunzip **ret_gunzip, struct asli_failure *failure,
                    asl_error *reterr)
{
    struct asli_gunzip *g = asli_alloc(sizeof *g);
    if (!g)
        return asli_oom(reterr);
    g->z.zalloc = z_alloc;
    g->z.zfree = z_free;
    if (inflateInit2(&g->z, 15 + 16) != Z_OK) { /* 16: gzip, not zlib */
        asli_free(g);
        return asli_oom(reterr);
    }
    *ret_gunzip = g;
    return 0;
}

static int refill(struct asli_gunzip *g, asli_packed_fn *read, void *arg,
                  struct asli_failure *failure, asl_error *reterr)
{
    size_t len = 0;
    int rc = read(arg, g->next, g->packed, PACKED, &len, failure, reterr);
    if (rc)
        return rc;
    g->next += len;
    g->z.next_in = g->packed;
    g->z.avail_in = (unsigned)len;
    g->ended = len == 0;
    if (g->ended && g->inside)
        return asli_fail(failure, reterr, ASLI_READER_FAILED,
                         "A gzip file ends in the middle of its data.");
    return 0;
}

int asli_gunzip_read(struct asli_gunzip *g, void *buffer, size_t len, size_t *ret_len,
                     asli_packed_fn *read, void *arg, struct asli_failure *failure,
                     asl_error *reterr)
{
    g->z.next_out = buffer;
    g->z.avail_out = (unsigned)len;
    while (g->z.avail_out && !g->ended) {
        int rc = g->z.avail_in ? 0 : refill(g, read, arg, failure, reterr);
        if (rc)
            return rc;
        if (g->ended)
            break;
        g->inside = true;
        int z = inflate(&g->z, Z_NO_FLUSH);
        if (z == Z_MEM_ERROR)
            return asli_oom(reterr);
        if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
            return asli_fail(failure, reterr, ASLI_READER_FAILED,
                             "A file that should be packed by gzip is not valid.");
        if (z == Z_STREAM_END) {
            g->inside = false;
            inflateReset(&g->z);
        }
    }
    *ret_len = len - g->z.avail_out;
    return 0;
}

void asli_gunzip_free(struct asli_gunzip *g)
{
    if (g)
        inflateEnd(&g->z);
    asli_free(g);
}

#else

int asli_gunzip_new(struct asli_gunzip **ret_gunzip, struct asli_failure *failure,
                    asl_error *reterr)
{
    return asli_fail(failure, reterr, ASLI_READER_FAILED,
                     "Files packed by gzip cannot be read: this libasl was built without "
                     "zlib.");
}

int asli_gunzip_read(struct asli_gunzip *g, void *buffer, size_t len, size_t *ret_len,
                     asli_packed_fn *read, void *arg, struct asli_failure *failure,
                     asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EINTERNAL, "there is no gunzip");
}

void asli_gunzip_free(struct asli_gunzip *g)
{
    (void)g;
}

#endif
