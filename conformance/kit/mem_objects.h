/* SPDX-License-Identifier: Apache-2.0
 *
 * Objects in memory, for tests: the n-th call can be made to fail, and reads can be made short of
 * nothing but time.
 */
#ifndef KIT_MEM_OBJECTS_H
#define KIT_MEM_OBJECTS_H

#include <asl/objects.h>

struct mem_object {
    struct mem_object *next; /* by rising key */
    char *bucket, *key, *data;
    size_t len;
};

struct mem_objects {
    struct mem_object *first;
    unsigned long calls, fail_at; /* the fail_at-th call gives fail_code; 0: none does */
    int fail_code, open; /* open: what was opened, listed or created and not yet ended */
    size_t most;         /* the largest piece that was asked for */
};

/* A provider over `store`, which the caller keeps; closing it leaves the objects alone. */
asl_objects *mem_objects_new(struct mem_objects *store);
void mem_objects_put(struct mem_objects *store, const char *bucket, const char *key,
                     const void *data, size_t len);
/* NUL-terminated; NULL: there is none. */
const char *mem_objects_get(const struct mem_objects *store, const char *bucket,
                            const char *key);
void mem_objects_free(struct mem_objects *store);

#endif
