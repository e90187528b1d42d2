/* SPDX-License-Identifier: Apache-2.0
 *
 * The host: asl/host.h's turn, driven by a clock, a commit thread and workers, woken by an eventfd.
 *
 * Invariants. A batch that was taken stays `batch` until the engine heard how it ended; a full
 * store only makes it wait. Before anything waits, all that could be done was done, and whatever
 * can change that writes to the eventfd.
 *
 * Virtual time moves only when nothing is queued, no batch is out, no handler runs on a worker and
 * no provider is busy. A task that its handler or provider kept for later does not hold it: nobody
 * can know whether the answer ever comes, and time-outs must be able to pass.
 */
#include "host/host_private.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

#define WORKERS 4
#define FULL_FIRST_MS 100
#define FULL_LAST_MS 5000
#define WAIT_MS 60000 /* at most, so that a clock that was set is noticed */

static int64_t clock_ms(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t system_now(void *arg)
{
    (void)arg;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t now_of(const asl_host *h)
{
    return h->is_virtual ? h->virtual_now : h->now(h->arg);
}

/* ---- waking ---- */

static void write_event(const asl_host *h)
{
    int saved = errno;
    uint64_t one = 1;
    ssize_t n =
        write(h->fd, &one, sizeof one); /* can fail only when it is readable anyway */
    (void)n;
    errno = saved;
}

/* While it is awake nobody has to tell it more than that there are news: it looks again before it
 * falls asleep. So a host that is busy, or calls itself, costs no system call. */
enum watch { ASLEEP, AWAKE, NEWS };

void asli_host_wake(asl_host *host)
{
    if (atomic_exchange(&host->watch, NEWS) == ASLEEP)
        write_event(host);
}

/* First thing of a round: what is queued from here on is news. */
static void look(asl_host *h)
{
    uint64_t count;
    if (h->asleep) {
        ssize_t n = read(h->fd, &count, sizeof count);
        (void)n;
        h->asleep = false;
    }
    atomic_store(&h->watch, AWAKE);
}

/* False: there are news, look again. */
static bool fall_asleep(asl_host *h)
{
    int awake = AWAKE;
    h->asleep = atomic_compare_exchange_strong(&h->watch, &awake, ASLEEP);
    return h->asleep;
}

/* The caller takes over, who waits for the fd. */
static int leave(asl_host *h, int rc)
{
    h->asleep = true;
    if (atomic_exchange(&h->watch, ASLEEP) == NEWS)
        write_event(h);
    return rc;
}

void asl_host_stop(asl_host *host)
{
    atomic_store(&host->stopped, true);
    write_event(host);
}

int asl_host_stopped(const asl_host *host)
{
    return atomic_load(&host->stopped);
}

int asl_host_fd(const asl_host *host)
{
    return host->fd;
}

/* ---- one round ---- */

/* The batch was applied with `code`. */
static int settle(asl_host *h, int code, const asl_error *error, asl_error *reterr)
{
    if (code == ASL_ENOSPACE) {
        h->delay = h->delay ? h->delay * 2 : FULL_FIRST_MS;
        if (h->delay > FULL_LAST_MS)
            h->delay = FULL_LAST_MS;
        h->retry_at = clock_ms(CLOCK_MONOTONIC) + h->delay;
        h->full = *error;
        asl_engine_no_space(h->engine, 1);
        return 0;
    }
    h->batch = NULL;
    if (h->delay) {
        h->delay = 0;
        asl_engine_no_space(h->engine, 0);
    }
    asl_engine_batch_done(h->engine, code, error);
    return code ? asli_error_pass(reterr, error) : 0;
}

/* With nothing else to do meanwhile, a hop to the other thread would only cost time. */
static int commit(asl_host *h, asl_error *reterr)
{
    asl_error err = {0};
    if (h->committer && (h->shared || asl_engine_has_ready(h->engine))) {
        h->given = true;
        asli_committer_give(h->committer, h->batch);
        return 0;
    }
    return settle(h, asl_store_apply(h->store, h->batch, &err), &err, reterr);
}

static int collect(asl_host *h, bool *moved, asl_error *reterr)
{
    asl_error err;
    int code;
    if (!h->given || !asli_committer_collect(h->committer, &code, &err))
        return 0;
    h->given = false;
    *moved = true;
    return settle(h, code, &err, reterr);
}

/* *moved: a batch came or went, so another round may find more. */
static int step(asl_host *h, bool *moved, asl_error *reterr)
{
    asl_error err = {0};
    *moved = false;
    look(h);
    int rc = collect(h, moved, reterr);
    h->ran_at = now_of(h);
    bool due = asl_engine_has_ready(h->engine) ||
               asl_engine_next_deadline(h->engine) <= h->ran_at;
    if (!rc)
        rc = asl_engine_run_ready(h->engine, h->ran_at, reterr);
    if (rc)
        return rc;
    if (!h->batch) {
        h->batch = asl_engine_take_batch(h->engine, &err);
        if (!h->batch) {
            *moved |= due; /* which wrote nothing */
            return err.code ? asli_error_pass(reterr, &err) : 0;
        }
    } else if (h->given || clock_ms(CLOCK_MONOTONIC) < h->retry_at) {
        return 0;
    }
    *moved = true;
    return commit(h, reterr);
}

/* Nothing can happen but by a timer or from outside. The pool comes first: what its last job
 * queued is then seen. */
static bool is_quiet(const asl_host *h)
{
    return !h->batch && asli_pool_is_idle(h->pool) && !asl_engine_is_busy(h->engine) &&
           !asl_engine_has_ready(h->engine);
}

static bool jump(asl_host *h)
{
    int64_t deadline = asl_engine_next_deadline(h->engine);
    if (!h->is_virtual || deadline == INT64_MAX)
        return false;
    if (deadline > h->virtual_now)
        h->virtual_now = deadline;
    return true;
}

int asl_host_turn(asl_host *host, asl_error *reterr)
{
    bool moved, any = false;
    int rc;
    do {
        rc = step(host, &moved, reterr);
        any |= moved;
        /* One jump a turn, and only in one that has nothing else to do. */
        if (!rc && !any && is_quiet(host) && jump(host))
            any = moved = true;
    } while (!rc && (moved || !fall_asleep(host)));
    return rc ? leave(host, rc) : 0;
}

/* ---- waiting ---- */

int64_t asl_host_wait_ms(const asl_host *host)
{
    int64_t wait = -1, deadline = asl_engine_next_deadline(host->engine);
    if (!host->batch && asl_engine_has_ready(host->engine))
        return 0;
    if (host->batch && !host->given) {
        wait = host->retry_at - clock_ms(CLOCK_MONOTONIC);
        wait = wait > 0 ? wait : 0;
    }
    /* What is due and was left undone waits for room: for the batch that is out. */
    if (deadline == INT64_MAX || (host->batch && deadline <= host->ran_at))
        return wait;
    if (host->is_virtual)
        return is_quiet(host) ? 0 : wait;
    int64_t left = deadline - now_of(host);
    left = left > 0 ? left : 0;
    return wait < 0 || left < wait ? left : wait;
}

static void wait_for_event(const asl_host *h)
{
    struct pollfd pfd = {.fd = h->fd, .events = POLLIN};
    int64_t wait = asl_host_wait_ms(h);
    poll(&pfd, 1, wait < 0 ? -1 : (int)(wait < WAIT_MS ? wait : WAIT_MS));
}

/* Asked when the host is quiet. */
static bool is_reached(const asl_host *h, enum asl_run_until until)
{
    asl_activity a;
    asl_engine_activity(h->engine, &a);
    switch (until) {
    case ASL_UNTIL_STOPPED:
        return false;
    case ASL_UNTIL_IDLE:
        return a.tasks == 0 && a.sleeping == 0;
    case ASL_UNTIL_NOW:
        return true;
    case ASL_UNTIL_ENDED:
        return a.executions == 0 ||
               (a.deadline == INT64_MAX && (a.tasks == 0 || h->is_virtual));
    }
    return true;
}

int asl_host_run(asl_host *host, enum asl_run_until until, asl_error *reterr)
{
    bool moved;
    while (!atomic_load(&host->stopped)) {
        int rc = step(host, &moved, reterr);
        if (rc)
            return leave(host, rc);
        if (moved)
            continue;
        if (is_quiet(host)) {
            if (is_reached(host, until))
                return leave(host, 0);
            if (jump(host))
                continue;
        }
        if (until == ASL_UNTIL_NOW && host->delay && !host->given)
            return leave(host, asli_error_pass(reterr, &host->full)); /* nor for room */
        if (fall_asleep(host))
            wait_for_event(host);
    }
    return leave(host, 0);
}

/* ---- its life ---- */

static void wake_op(void *self)
{
    asli_host_wake(self);
}

static int submit_op(void *self, void (*job)(void *arg), void (*drop)(void *arg),
                     void *arg)
{
    const asl_host *h = self;
    return asli_pool_submit(h->pool, job, drop, arg);
}

static void abandon_op(void *self, const void *arg)
{
    const asl_host *h = self;
    asli_pool_abandon(h->pool, arg);
}

static const asl_host_ops threaded_ops = {sizeof threaded_ops, wake_op, submit_op,
                                          abandon_op};
static const asl_host_ops single_ops = {sizeof single_ops, wake_op, NULL, NULL};

/* Frees what is there; the engine knows nothing of it. */
static void release(asl_host *h)
{
    asli_pool_free(h->pool);
    asli_committer_free(h->committer);
    if (h->fd >= 0)
        close(h->fd);
    asli_free(h);
}

static int open_threads(asl_host *h, const asl_host_options *o, asl_error *reterr)
{
    if (o->single_thread)
        return 0;
    int rc = asli_pool_new(o->workers ? o->workers : WORKERS, h, &h->pool, reterr);
    return rc ? rc : asli_committer_new(h->store, h, &h->committer, reterr);
}

int asl_host_new(asl_engine *engine, const asl_host_options *options, asl_host **ret_host,
                 asl_error *reterr)
{
    asl_host_options o = {0};
    int rc = 0;
    if (options)
        memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    asl_host *h = asli_alloc(sizeof *h);
    if (!h)
        return asli_oom(reterr);
    h->engine = engine;
    h->store = asl_engine_store(engine);
    h->now = o.now ? o.now : system_now;
    h->arg = o.arg;
    h->virtual_now = h->now(h->arg);
    h->is_virtual = asl_engine_is_virtual(engine);
    h->fd = eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC); /* readable: the first turn is due */
    if (h->fd < 0)
        rc = asl_error_set(reterr, ASL_ESYSTEM, "no eventfd: %s", strerror(errno));
    if (!rc)
        rc = open_threads(h, &o, reterr);
    if (!rc)
        rc = asl_engine_set_host(engine, o.single_thread ? &single_ops : &threaded_ops, h,
                                 reterr);
    if (rc) {
        release(h);
        return rc;
    }
    *ret_host = h;
    return 0;
}

void asl_host_free(asl_host *host)
{
    bool moved;
    if (!host)
        return;
    if (host->pool) {
        asli_pool_stop(host->pool);
        asli_committer_stop(host->committer);
        /* Answers of the last batch go out. Tasks that it dispatches are queued and dropped. */
        collect(host, &moved, NULL);
    }
    asl_engine_set_host(host->engine, NULL, NULL, NULL);
    release(host);
}
