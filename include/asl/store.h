/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/store.h: for those who implement a store, and for those who open one.
 *
 * A store is ordered bytes, dumb and narrow: keys (1 to 64 bytes, compared as unsigned bytes,
 * shorter first) to values. It knows nothing of executions; all meaning is encoded once, in
 * engine/record.c. What it must promise:
 *
 *  1. apply is atomic, and once it returned 0 the batch survives a power cut.
 *  2. A snapshot shows exactly the batches applied before it was taken, for as long as it lives.
 *  3. One thread at a time calls apply; snapshot, get, scan and release may be called from any
 *     thread, a snapshot being used by one thread at a time, while an apply runs.
 *  4. It never changes a batch, and keeps no pointer into it after apply returned.
 */
#ifndef ASL_STORE_H
#define ASL_STORE_H

#include <asl/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct asl_store asl_store;

/* Bytes that somebody else owns. */
typedef struct asl_slice {
    const void *data;
    size_t len;
} asl_slice;

/* EXPECT is a precondition: key must hold exactly value (value.data NULL: must be missing), else
 * nothing is applied and apply gives ASL_EFENCED. It is compared with the state before the batch,
 * and stands before the first change (else ASL_EINVAL). */
enum asl_op_kind {
    ASL_OP_PUT = 1,    /* key := value */
    ASL_OP_DELETE = 2, /* remove key; a missing one is no error */
    ASL_OP_EXPECT = 3,
};

typedef struct asl_op {
    enum asl_op_kind kind;
    asl_slice key, value;
} asl_op;

typedef struct asl_batch {
    const asl_op *ops; /* done in order: a later op on the same key wins */
    size_t count;
} asl_batch;

/* Called for each row of a scan, in key order; the slices live until it returns. Return 0 to go
 * on, anything else to end the scan, which then returns that value. */
typedef int asl_scan_fn(void *arg, asl_slice key, asl_slice value);

/* What a store implements: a const struct, static for the process's life. Members are called with
 * the `self` given to asl_store_new. All are required. New members come at the end only; `size`
 * is sizeof(asl_store_ops) where the store was compiled. */
typedef struct asl_store_ops {
    size_t size;
    const char *name; /* "mem", "lmdb", ... */

    /* Opens a consistent view; *ret_snapshot is passed to get and scan, then to release. */
    int (*snapshot)(void *self, void **ret_snapshot, asl_error *reterr);

    /* *ret_value is valid until release. A missing key: ASL_ENOTFOUND, reterr untouched. */
    int (*get)(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
               asl_error *reterr);

    /* All rows with from <= key < to (`to.len` 0: to the end), in rising key order, or in
     * falling order when `reverse` is not 0. Returns 0, what `fn` returned, or an error. */
    int (*scan)(void *self, void *snapshot, asl_slice from, asl_slice to, int reverse,
                asl_scan_fn *fn, void *arg, asl_error *reterr);

    void (*release)(void *self, void *snapshot);

    /* Makes the batch durable: 0; ASL_ENOSPACE: nothing was applied, the same batch may be tried
     * again; ASL_EFENCED: an EXPECT did not hold, nothing was applied; any other error: whether
     * it was applied is unknown until the store is opened again. */
    int (*apply)(void *self, const asl_batch *batch, asl_error *reterr);

    /* Ends the store and frees self. No snapshot lives and no call runs. */
    void (*close)(void *self);
} asl_store_ops;

/* Wraps an implementation. `take_self` is closed on failure too. Errors: ASL_EINVAL when a
 * required member is missing, ASL_ENOMEM. Thread: any. */
ASL_API int asl_store_new(const asl_store_ops *ops, void *take_self,
                          asl_store **ret_store, asl_error *reterr);

/* Ends a store; NULL is allowed. An engine that was given it must be closed before. */
ASL_API void asl_store_free(asl_store *store);

/* The same calls, on a wrapped store: contracts as in asl_store_ops. */
ASL_API const char *asl_store_name(const asl_store *store);
ASL_API int asl_store_snapshot(asl_store *store, void **ret_snapshot, asl_error *reterr);
ASL_API int asl_store_get(asl_store *store, void *snapshot, asl_slice key,
                          asl_slice *ret_value, asl_error *reterr);
ASL_API int asl_store_scan(asl_store *store, void *snapshot, asl_slice from, asl_slice to,
                           int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr);
ASL_API void asl_store_release(asl_store *store, void *snapshot);
ASL_API int asl_store_apply(asl_store *store, const asl_batch *batch, asl_error *reterr);

/* A store in memory: nothing survives the process. Errors: ASL_ENOMEM. */
ASL_API int asl_store_mem(asl_store **ret_store, asl_error *reterr);

/* Options of asl_store_lmdb; zero everything, set size, then what you need. */
typedef struct asl_lmdb_options {
    size_t size;
    int read_only; /* 1: open beside a running engine; apply gives ASL_EINVAL */
    int create;    /* 1: make the directory (mode 0700) and an empty store when missing */
    size_t map_bytes; /* address space reserved at first, 0: 1 GiB; grows by itself */
    int no_sync;      /* 1: commits are not flushed: for tests and benchmarks only */
} asl_lmdb_options;

/* A store in directory `dir` (LMDB: data.mdb, lock.mdb, and engine.lock; new.mdb while it is
 * made). Unless read_only it takes engine.lock for itself: a directory in which another engine runs
 * gives ASL_EBUSY and a text that names its process id. Errors: ASL_ENOTFOUND (no store there and
 * not `create`), ASL_EFORMAT, ASL_ESYSTEM, ASL_ESTORE, ASL_ENOMEM. `options` NULL: read and write,
 * create.
 * Present when libasl was built with -Dlmdb=enabled (the default). Not usable after fork, nor
 * twice in one process (ASL_EBUSY), not even read_only: use the store that is open.
 *
 * When the map must grow, apply waits until no snapshot lives, and snapshot on a thread that holds
 * none waits for apply; apply on a thread that itself holds a snapshot gives ASL_ENOSPACE then. */
ASL_API int asl_store_lmdb(const char *dir, const asl_lmdb_options *options,
                           asl_store **ret_store, asl_error *reterr);

#ifdef __cplusplus
}
#endif
#endif
