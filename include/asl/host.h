/* SPDX-License-Identifier: Apache-2.0
 *
 * asl/host.h: for those who drive an engine without asl_host: the core's own four calls.
 *
 * The core has no clock, thread or loop. One turn of a driver:
 *
 *     asl_engine_run_ready(e, now)           everything queued and due becomes records; what of
 *                                            Express executions needs none is told at once
 *     b = asl_engine_take_batch(e)           they leave as one batch (NULL: nothing to write)
 *     rc = asl_store_apply(store, b)         on any thread, while the next turn may already run
 *     asl_engine_batch_done(e, rc)           0: dispatch tasks, answer callers, tell hooks
 *
 * until asl_engine_has_ready is 0.
 * At most one batch is out at a time. ASL_ENOSPACE: apply the same batch again later; until then
 * nothing leaves and new work is refused. Any other error: the engine is dead (its memory may be
 * ahead of the disk); close it and open the store again.
 */
#ifndef ASL_HOST_H
#define ASL_HOST_H

#include <asl.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the engine asks of whoever drives it. */
typedef struct asl_host_ops {
    size_t size;
    /* Something was queued: call asl_engine_run_ready soon. Thread: any. NULL: poll instead. */
    void (*wake)(void *self);
    /* Run job(arg) elsewhere, or drop(arg) when the driver ends before it began; 0, or an ASL_E
     * code (then neither is called). NULL: jobs run at once, inline. */
    int (*submit)(void *self, void (*job)(void *arg), void (*drop)(void *arg), void *arg);
    /* Nobody waits for what the job of this `arg` does. It may have ended, or not have begun; one
     * that does not return is to hold up no other. NULL: it does. */
    void (*abandon)(void *self, const void *arg);
} asl_host_ops;

/* Sets the driver; NULL ops: none. ASL_EINVAL when there is one already. */
ASL_API int asl_engine_set_host(asl_engine *engine, const asl_host_ops *ops, void *self,
                                asl_error *reterr);

/* Steps everything that is queued or due at `now` (ms; earlier than the last one counts as the
 * last one). Errors: ASL_ENOMEM (nothing is lost: call again), ASL_ESTORE, ASL_EFORMAT. */
ASL_API int asl_engine_run_ready(asl_engine *engine, int64_t now, asl_error *reterr);

/* 1 when a call of run_ready would find something queued (timers aside). Thread: any. */
ASL_API int asl_engine_has_ready(const asl_engine *engine);

/* The next timer, ms since 1970; INT64_MAX: none. */
ASL_API int64_t asl_engine_next_deadline(const asl_engine *engine);

/* The batch to apply, valid until batch_done; NULL: nothing to write, or one is out already.
 * `reterr` tells out of memory (ASL_ENOMEM, try again) from nothing to do (code left 0). */
ASL_API const asl_batch *asl_engine_take_batch(asl_engine *engine, asl_error *reterr);

/* Says how apply ended; releases effects and answers when `code` is 0. Not for ASL_ENOSPACE
 * while the host keeps trying: report that with asl_engine_no_space. */
ASL_API void asl_engine_batch_done(asl_engine *engine, int code, const asl_error *error);

/* Rows that others than the engine keep in its store: keys of 1 to 60 bytes, in a kind of key that
 * the engine never touches. value NULL: the row goes. */
typedef struct asl_row {
    const void *key;
    size_t key_len;
    const void *value;
    size_t value_len;
} asl_row;

/* Queues the change of `count` rows, copied, a later one of the same key wins: in one batch, all or
 * none, not before what was asked for before on this thread. `done` (may be NULL) is called when
 * that is durable: so with no rows at all it is a barrier, called once everything that was asked
 * for and computed so far is durable, in the next turn when it is already. Errors: ASL_EINVAL (a
 * key's length), ASL_ENOSPACE (the store is full; rows may go), ASL_ECLOSED, ASL_ESTORE,
 * ASL_ENOMEM. Engine's thread. */
ASL_API int asl_engine_write_rows(asl_engine *engine, const asl_row *rows, size_t count,
                                  asl_done_fn *done, void *arg, asl_error *reterr);

/* The durable rows whose keys begin with `prefix` (`len` 0: all), by key, each borrowed for the call
 * of `fn`, which returns 0 to go on. Returns 0, what `fn` returned, or an error: ASL_EINVAL,
 * ASL_EFORMAT, the store's, ASL_ENOMEM. Thread: any. */
ASL_API int asl_rows_scan(asl_store *store, const void *prefix, size_t len,
                          int (*fn)(void *arg, const asl_row *row), void *arg,
                          asl_error *reterr);

/* 1: the store is full, refuse new starts (but those that store nothing, synchronous ones of EXPRESS
 * machines) and rows; 0: it has room again. */
ASL_API void asl_engine_no_space(asl_engine *engine, int full);

/* 1 while a provider works for a task outside of the host's workers (asl_task_busy): as long as a
 * worker's handler would, that holds virtual time and ends no run. Thread: any. */
ASL_API int asl_engine_is_busy(const asl_engine *engine);

/* 1 when the engine was opened with virtual_time. */
ASL_API int asl_engine_is_virtual(const asl_engine *engine);

#ifdef __cplusplus
}
#endif
#endif
