/* SPDX-License-Identifier: Apache-2.0
 *
 * See faulty_store.h. Every call asks `strikes` what is to happen to it.
 *
 * Invariant: the lock is never held while the inner store or the hook runs.
 */
#include "torture/faulty_store.h"

#include <pthread.h>
#include <stdlib.h>

struct faulty_store {
    asl_store *inner;
    pthread_mutex_t lock; /* the plan and the counts */
    struct faulty_plan plan;
    unsigned long counts[FAULTY_CALLS], failed;
    void (*at_apply)(void *arg, unsigned long n);
    void *arg;
    unsigned long moments; /* hook calls so far; the applying thread's */
};

/* What a call has to do: return a code at once, or when it is done. 0: nothing of the kind. */
struct strike {
    int before, after;
};

static struct strike strikes(struct faulty_store *faulty, enum faulty_call call)
{
    struct strike strike = {0, 0};
    pthread_mutex_lock(&faulty->lock);
    const struct faulty_plan *plan = &faulty->plan;
    unsigned long any = ++faulty->counts[FAULTY_ANY], number = ++faulty->counts[call];
    if (plan->call == FAULTY_ANY)
        number = any;
    if (plan->n && (plan->call == FAULTY_ANY || plan->call == call) &&
        number >= plan->n && number - plan->n < (plan->times ? plan->times : 1)) {
        *(plan->after ? &strike.after : &strike.before) = plan->code;
        faulty->failed++;
    }
    pthread_mutex_unlock(&faulty->lock);
    return strike;
}

static int injected(int code, const char *what, asl_error *reterr)
{
    return asl_error_set(reterr, code, "a test made this %s fail", what);
}

static int faulty_snapshot(void *self, void **ret_snapshot, asl_error *reterr)
{
    struct faulty_store *faulty = self;
    struct strike strike = strikes(faulty, FAULTY_SNAPSHOT);
    void *snapshot;
    if (strike.before)
        return injected(strike.before, "snapshot", reterr);
    int rc = asl_store_snapshot(faulty->inner, &snapshot, reterr);
    if (rc)
        return rc;
    if (strike.after) {
        asl_store_release(faulty->inner, snapshot);
        return injected(strike.after, "snapshot", reterr);
    }
    *ret_snapshot = snapshot;
    return 0;
}

static int faulty_get(void *self, void *snapshot, asl_slice key, asl_slice *ret_value,
                      asl_error *reterr)
{
    struct faulty_store *faulty = self;
    struct strike strike = strikes(faulty, FAULTY_GET);
    asl_slice value = {0};
    if (strike.before)
        return injected(strike.before, "get", reterr);
    int rc = asl_store_get(faulty->inner, snapshot, key, &value, reterr);
    if (strike.after)
        return injected(strike.after, "get", reterr);
    if (!rc)
        *ret_value = value;
    return rc;
}

static int faulty_scan(void *self, void *snapshot, asl_slice from, asl_slice to,
                       int reverse, asl_scan_fn *fn, void *arg, asl_error *reterr)
{
    struct faulty_store *faulty = self;
    struct strike strike = strikes(faulty, FAULTY_SCAN);
    if (strike.before)
        return injected(strike.before, "scan", reterr);
    int rc = asl_store_scan(faulty->inner, snapshot, from, to, reverse, fn, arg, reterr);
    return strike.after ? injected(strike.after, "scan", reterr) : rc;
}

static void faulty_release(void *self, void *snapshot)
{
    asl_store_release(((struct faulty_store *)self)->inner, snapshot);
}

static void tell(struct faulty_store *faulty)
{
    faulty->moments++;
    if (faulty->at_apply)
        faulty->at_apply(faulty->arg, faulty->moments);
}

static int faulty_apply(void *self, const asl_batch *batch, asl_error *reterr)
{
    struct faulty_store *faulty = self;
    struct strike strike = strikes(faulty, FAULTY_APPLY);
    tell(faulty);
    int rc = strike.before ? injected(strike.before, "apply", reterr)
                           : asl_store_apply(faulty->inner, batch, reterr);
    tell(faulty);
    return strike.after ? injected(strike.after, "apply", reterr) : rc;
}

static void faulty_close(void *self)
{
    struct faulty_store *faulty = self;
    asl_store_free(faulty->inner);
    pthread_mutex_destroy(&faulty->lock);
    free(faulty);
}

static const asl_store_ops faulty_ops = {
    .size = sizeof(asl_store_ops),
    .name = "faulty",
    .snapshot = faulty_snapshot,
    .get = faulty_get,
    .scan = faulty_scan,
    .release = faulty_release,
    .apply = faulty_apply,
    .close = faulty_close,
};

int faulty_store_new(asl_store *take_inner, asl_store **ret_store,
                     struct faulty_store **ret_faulty, asl_error *reterr)
{
    struct faulty_store *faulty = calloc(1, sizeof(*faulty));
    if (!faulty) {
        asl_store_free(take_inner);
        return asl_error_set(reterr, ASL_ENOMEM, "%s", asl_code_text(ASL_ENOMEM));
    }
    faulty->inner = take_inner;
    pthread_mutex_init(&faulty->lock, NULL);
    int rc = asl_store_new(&faulty_ops, faulty, ret_store, reterr);
    if (!rc)
        *ret_faulty = faulty;
    return rc;
}

void faulty_store_plan(struct faulty_store *faulty, const struct faulty_plan *plan)
{
    pthread_mutex_lock(&faulty->lock);
    faulty->plan = plan ? *plan : (struct faulty_plan){0};
    for (int i = 0; i < FAULTY_CALLS; i++)
        faulty->counts[i] = 0;
    faulty->failed = 0;
    pthread_mutex_unlock(&faulty->lock);
}

unsigned long faulty_store_count(struct faulty_store *faulty, enum faulty_call call)
{
    pthread_mutex_lock(&faulty->lock);
    unsigned long count = faulty->counts[call];
    pthread_mutex_unlock(&faulty->lock);
    return count;
}

unsigned long faulty_store_failed(struct faulty_store *faulty)
{
    pthread_mutex_lock(&faulty->lock);
    unsigned long count = faulty->failed;
    pthread_mutex_unlock(&faulty->lock);
    return count;
}

void faulty_store_at_apply(struct faulty_store *faulty,
                           void (*at_apply)(void *arg, unsigned long n), void *arg)
{
    faulty->at_apply = at_apply;
    faulty->arg = arg;
}
