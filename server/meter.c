/* SPDX-License-Identifier: Apache-2.0
 *
 * A store around another one, whose commits it times.
 */
#include <time.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "server/metrics.h"

struct meter {
    asl_store *store;
    struct asli_histogram *commits;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    return asl_store_snapshot(((struct meter *)self)->store, ret_snapshot, reterr);
}

static int get(void *self, void *of, asl_slice key, asl_slice *ret_value,
               asl_error *reterr)
{
    return asl_store_get(((struct meter *)self)->store, of, key, ret_value, reterr);
}

static int scan(void *self, void *of, asl_slice from, asl_slice to, int reverse,
                asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    return asl_store_scan(((struct meter *)self)->store, of, from, to, reverse, fn, arg,
                          reterr);
}

static void release(void *self, void *of)
{
    asl_store_release(((struct meter *)self)->store, of);
}

static int apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    struct meter *meter = self;
    double began = seconds();
    int rc = asl_store_apply(meter->store, batch, reterr);
    asli_observe(meter->commits, seconds() - began);
    return rc;
}

static void close_store(void *self)
{
    asl_store_free(((struct meter *)self)->store);
    asli_free(self);
}

int asli_metered_store(asl_store *take_store, struct asli_histogram *commits,
                       asl_store **ret_store, asl_error *reterr)
{
    static const asl_store_ops ops = {.size = sizeof ops,
                                      .name = "metered",
                                      .snapshot = snapshot,
                                      .get = get,
                                      .scan = scan,
                                      .release = release,
                                      .apply = apply,
                                      .close = close_store};
    struct meter *meter = asli_alloc(sizeof *meter);
    if (!meter) {
        asl_store_free(take_store);
        return asli_oom(reterr);
    }
    *meter = (struct meter){take_store, commits};
    return asl_store_new(&ops, meter, ret_store, reterr);
}
