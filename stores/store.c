/* SPDX-License-Identifier: Apache-2.0
 *
 * asl_store: the wrapped form of every store, and the one place where arguments are checked, so
 * that each implementation may rely on them.
 *
 * Invariant: what reaches an implementation has keys of 1 to 64 bytes, values below 4 GiB, only
 * known operations, and all EXPECTs before the first change.
 */
#include <stdint.h>
#include <string.h>

#include <asl/store.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

enum { KEY_MAX = 64 };

struct asl_store {
    asl_store_ops ops; /* a private copy: members the implementation lacks are NULL */
    void *self;
};

static const char *missing_member(const asl_store_ops *ops)
{
#define REQUIRE(member)                                                                  \
    if (!ops->member)                                                                    \
        return #member;
    REQUIRE(name)
    REQUIRE(snapshot)
    REQUIRE(get)
    REQUIRE(scan)
    REQUIRE(release)
    REQUIRE(apply)
    REQUIRE(close)
#undef REQUIRE
    return NULL;
}

int asl_store_new(const asl_store_ops *ops, void *take_self, asl_store **ret_store,
                  asl_error *reterr)
{
    asl_store_ops own = {0};
    if (ops)
        memcpy(&own, ops, ops->size < sizeof(own) ? ops->size : sizeof(own));
    const char *missing = missing_member(&own);
    asl_store *store = missing ? NULL : asli_alloc(sizeof(*store));
    if (!store) {
        if (own.close)
            own.close(take_self);
        if (!missing)
            return asli_oom(reterr);
        return asl_error_set(reterr, ASL_EINVAL, "a store must implement \"%s\"",
                             missing);
    }
    store->ops = own;
    store->self = take_self;
    *ret_store = store;
    return 0;
}

void asl_store_free(asl_store *store)
{
    if (!store)
        return;
    store->ops.close(store->self);
    asli_free(store);
}

const char *asl_store_name(const asl_store *store)
{
    return store->ops.name;
}

static int check_key(asl_slice key, asl_error *reterr)
{
    if (key.data && key.len >= 1 && key.len <= KEY_MAX)
        return 0;
    return asl_error_set(reterr, ASL_EINVAL,
                         "a key of a store has 1 to %d bytes, this one has %zu", KEY_MAX,
                         key.data ? key.len : (size_t)0);
}

static int check_bound(asl_slice bound, asl_error *reterr)
{
    return bound.len ? check_key(bound, reterr) : 0;
}

static int check_op(const asl_op *op, int *changes, asl_error *reterr)
{
    int rc = check_key(op->key, reterr);
    if (rc)
        return rc;
    switch (op->kind) {
    case ASL_OP_EXPECT:
        if (*changes)
            return asl_error_set(
                reterr, ASL_EINVAL,
                "an EXPECT must stand before the first change of its batch");
        break;
    case ASL_OP_PUT:
        if (!op->value.data && op->value.len)
            return asl_error_set(reterr, ASL_EINVAL, "a PUT of %zu bytes has no data",
                                 op->value.len);
        *changes = 1;
        break;
    case ASL_OP_DELETE:
        *changes = 1;
        return 0; /* its value means nothing */
    default:
        return asl_error_set(reterr, ASL_EINVAL, "%d is not an operation of a store",
                             (int)op->kind);
    }
    if (op->value.len >= UINT32_MAX)
        return asl_error_set(reterr, ASL_EINVAL, "a value of %zu bytes is too large",
                             op->value.len);
    return 0;
}

int asl_store_snapshot(asl_store *store, void **ret_snapshot, asl_error *reterr)
{
    return store->ops.snapshot(store->self, ret_snapshot, reterr);
}

int asl_store_get(asl_store *store, void *snapshot, asl_slice key, asl_slice *ret_value,
                  asl_error *reterr)
{
    int rc = check_key(key, reterr);
    return rc ? rc : store->ops.get(store->self, snapshot, key, ret_value, reterr);
}

int asl_store_scan(asl_store *store, void *snapshot, asl_slice from, asl_slice to,
                   int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    int rc = check_bound(from, reterr);
    if (!rc)
        rc = check_bound(to, reterr);
    if (rc)
        return rc;
    return store->ops.scan(store->self, snapshot, from, to, reverse, fn, arg, reterr);
}

void asl_store_release(asl_store *store, void *snapshot)
{
    store->ops.release(store->self, snapshot);
}

int asl_store_apply(asl_store *store, const asl_batch *batch, asl_error *reterr)
{
    int changes = 0;
    for (size_t i = 0; i < batch->count; i++) {
        int rc = check_op(&batch->ops[i], &changes, reterr);
        if (rc)
            return rc;
    }
    return store->ops.apply(store->self, batch, reterr);
}
