/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl_handler: C functions by name, run on the host's workers or inline.
 *
 * lambda:invoke is played here too: its FunctionName picks the handler, which sees the Payload as
 * its input, and what it gives comes back as the Payload of Lambda's answer (func_lambda.c).
 *
 * Invariant: entries are sorted by name, each name once. They change on the engine's thread only;
 * a job carries copies of what it needs.
 */
#include "providers/func_private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

struct entry {
    char *name;
    asl_handler_fn *fn;
    asli_cancel_fn *cancel; /* or NULL */
    void *arg;
    unsigned flags;
};

/* Calls that workers are at, so few of them: they may outlive the engine. */
struct calls {
    atomic_uint refs; /* the provider's, and one a call, queued ones included */
    pthread_mutex_t lock;
    struct call *first;
};

struct func {
    struct entry *entries;
    size_t count, cap;
    struct calls *calls;
};

struct call {
    asl_task *task; /* a provider's reference */
    asl_handler_fn *fn;
    void *arg;
    struct calls *calls;
    struct call *next, **place; /* in it; place NULL: not yet */
};

/* ---- calls ---- */

static void unref_calls(struct calls *calls)
{
    if (atomic_fetch_sub(&calls->refs, 1) != 1)
        return;
    pthread_mutex_destroy(&calls->lock);
    asli_free(calls);
}

static void add_call(struct call *call)
{
    struct calls *calls = call->calls;
    pthread_mutex_lock(&calls->lock);
    call->next = calls->first;
    call->place = &calls->first;
    if (call->next)
        call->next->place = &call->next;
    calls->first = call;
    pthread_mutex_unlock(&calls->lock);
}

/* Its place is asked under the lock: the calls added after it move it. */
static void remove_call(struct call *call)
{
    pthread_mutex_lock(&call->calls->lock);
    if (call->place)
        *call->place = call->next;
    if (call->place && call->next)
        call->next->place = call->place;
    pthread_mutex_unlock(&call->calls->lock);
}

/* Only its address counts: it may be gone as soon as the lock is. */
static const void *call_of(struct calls *calls, const asl_task *task)
{
    pthread_mutex_lock(&calls->lock);
    const struct call *call = calls->first;
    while (call && call->task != task)
        call = call->next;
    pthread_mutex_unlock(&calls->lock);
    return call;
}

/* ---- the list ---- */

/* Where the name (len bytes) stands or would stand; *ret_found says which. */
static size_t place(const struct func *f, const char *name, size_t len, bool *ret_found)
{
    size_t low = 0, high = f->count;
    *ret_found = false;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *its = f->entries[middle].name;
        int order = strncmp(its, name, len);
        if (order == 0)
            order = its[len] != '\0';
        if (order == 0)
            *ret_found = true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static const struct entry *find(const struct func *f, const char *name, size_t len)
{
    bool found;
    size_t i = place(f, name, len, &found);
    return found ? &f->entries[i] : NULL;
}

static bool make_room(struct func *f)
{
    if (f->count < f->cap)
        return true;
    size_t cap = f->cap ? f->cap * 2 : 8;
    struct entry *grown = asli_realloc(f->entries, cap * sizeof *grown);
    if (!grown)
        return false;
    f->entries = grown;
    f->cap = cap;
    return true;
}

static int put(struct func *f, const char *name, const struct entry *entry,
               asl_error *reterr)
{
    bool found;
    size_t i = place(f, name, strlen(name), &found);
    char *kept = found ? f->entries[i].name : asli_strdup(name);
    if (!kept || (!found && !make_room(f))) {
        asli_free(kept);
        return asli_oom(reterr);
    }
    if (!found) {
        memmove(f->entries + i + 1, f->entries + i, (f->count - i) * sizeof *f->entries);
        f->count++;
    }
    f->entries[i] = *entry;
    f->entries[i].name = kept;
    return 0;
}

/* ---- which handler ---- */

static bool is_lambda_invoke(const asl_resource *r)
{
    return asl_resource_kind_of(r) == ASL_RESOURCE_SERVICE &&
           strcmp(asl_resource_name(r), "lambda:invoke") == 0;
}

/* The handler of the function that a FunctionName names. */
static const struct entry *find_function(const struct func *f, const char *function_name)
{
    size_t len;
    const char *name = asli_lambda_function(function_name, &len);
    return find(f, name, len);
}

/* Is the FunctionName known before the task runs? */
static const char *literal_function(const asl_resource *r)
{
    const char *name =
        json_string_value(json_object_get(asl_resource_parameters(r), "FunctionName"));
    return name && strncmp(name, "{%", 2) != 0 ? name : NULL;
}

static int claims(void *self, const asl_resource *resource)
{
    const struct func *f = self;
    const char *name = asl_resource_name(resource), *function;
    if (asl_resource_kind_of(resource) == ASL_RESOURCE_ACTIVITY)
        return 0;
    if (find(f, name, strlen(name)))
        return 1;
    if (!is_lambda_invoke(resource))
        return 0;
    function = literal_function(resource);
    return function ? find_function(f, function) != NULL : f->count > 0;
}

/* ---- running it ---- */

static void drop(void *arg)
{
    struct call *call = arg;
    remove_call(call);
    unref_calls(call->calls);
    asl_task_unref(call->task);
    asli_free(call);
}

/* The handler has ended its thread instead of returning. */
static void on_thread_end(void *arg)
{
    struct call *call = arg;
    asl_task_returned(call->task, 0);
    drop(call);
}

static void run(void *arg)
{
    struct call *call = arg;
    add_call(call); /* before it is asked: who cancels the task later finds it there */
    if (!asl_task_cancelled(call->task)) {
        int code;
        pthread_cleanup_push(on_thread_end, call);
        code = call->fn(call->task, call->arg);
        pthread_cleanup_pop(0);
        asl_task_returned(call->task, code);
    }
    drop(call);
}

static int begin(const struct func *f, const struct entry *entry, asl_task *task,
                 asl_error *reterr)
{
    if (entry->flags & ASL_HANDLER_INLINE) {
        asl_task_ref(task);
        asl_task_returned(task, entry->fn(task, entry->arg));
        asl_task_unref(task);
        return 0;
    }
    struct call *call = asli_alloc(sizeof *call);
    if (!call)
        return asli_oom(reterr);
    atomic_fetch_add(&f->calls->refs, 1);
    *call = (struct call){.task = asl_task_ref(task),
                          .fn = entry->fn,
                          .arg = entry->arg,
                          .calls = f->calls};
    int rc = asl_engine_submit(asl_task_engine(task), run, drop, call, reterr);
    if (rc)
        drop(call);
    return rc;
}

static int start_lambda(const struct func *f, asl_task *task, asl_error *reterr)
{
    const json_t *function = json_object_get(asl_task_input(task), "FunctionName");
    if (!json_is_string(function))
        return asl_task_fail(task, "States.Runtime",
                             "The field 'FunctionName' is required but was missing",
                             reterr);
    const struct entry *entry = find_function(f, json_string_value(function));
    if (!entry) { /* perhaps one who knows more functions does it */
        int rc = asl_task_pass(task, reterr);
        return rc == ASL_ENOTFOUND ? asli_lambda_not_found(task, reterr) : rc;
    }
    int rc = asli_lambda_view(task, entry->name, reterr);
    return rc ? rc : begin(f, entry, task, reterr);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    const struct func *f = self;
    const asl_resource *resource = asl_task_resource_info(task);
    const char *name = asl_resource_name(resource);
    const struct entry *entry = find(f, name, strlen(name));
    if (entry) /* of the service itself, if it is one: it sees the request as it is */
        return begin(f, entry, task, reterr);
    if (is_lambda_invoke(resource))
        return start_lambda(f, task, reterr);
    return asl_error_set(reterr, ASL_EHANDLER, "no handler is registered for '%s'", name);
}

/* Who has replaced the handler since knows nothing of its tasks, and ignores this. */
static void cancel(void *self, asl_task *task)
{
    const struct func *f = self;
    const char *name = asl_task_handler(task);
    const struct entry *entry = find(f, name, strlen(name));
    const void *call = call_of(f->calls, task);
    if (entry && entry->cancel)
        entry->cancel(task, entry->arg);
    if (call && asl_task_engine(task))
        asl_engine_abandon(asl_task_engine(task), call);
}

static void on_close(void *self)
{
    struct func *f = self;
    for (size_t i = 0; i < f->count; i++)
        asli_free(f->entries[i].name);
    asli_free(f->entries);
    unref_calls(f->calls);
    asli_free(f);
}

static const asl_provider_ops ops = {
    sizeof ops, "func", claims, start, cancel, on_close,
};

/* ---- registering ---- */

static struct func *make(void)
{
    struct func *f = asli_alloc(sizeof *f);
    struct calls *calls = asli_alloc(sizeof *calls);
    if (!f || !calls) {
        asli_free(f);
        asli_free(calls);
        return NULL;
    }
    pthread_mutex_init(&calls->lock, NULL);
    atomic_init(&calls->refs, 1);
    f->calls = calls;
    return f;
}

int asl_handler(asl_engine *engine, const char *name, asl_handler_fn *handler, void *arg,
                unsigned flags, asl_error *reterr)
{
    return asli_handler_add(engine, name, handler, NULL, arg, flags, reterr);
}

int asli_handler_add(asl_engine *engine, const char *name, asl_handler_fn *handler,
                     asli_cancel_fn *cancel_fn, void *arg, unsigned flags,
                     asl_error *reterr)
{
    struct entry entry = {NULL, handler, cancel_fn, arg, flags};
    if (!name || !*name || !handler || (flags & ~(unsigned)ASL_HANDLER_INLINE))
        return asl_error_set(reterr, ASL_EINVAL,
                             "a handler needs a name, a function, and flags that exist");
    struct func *f = asl_engine_provider(engine, &ops);
    if (!f) {
        f = make();
        int rc = f ? asl_engine_add_provider(engine, &ops, f, reterr) : asli_oom(reterr);
        if (rc)
            return rc;
    }
    int rc = put(f, name, &entry, reterr);
    if (!rc)
        asl_engine_claims_changed(engine);
    return rc;
}
