/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server counts, as Prometheus reads it. The loop's thread, but for the commits.
 */
#ifndef ASLI_SERVER_METRICS_H
#define ASLI_SERVER_METRICS_H

#include <asl.h>
#include <stdatomic.h>

#include "engine/base/bytes.h"
#include "server/shape.h"

/* Seconds in buckets that double from 0.25 ms. */
#define ASLI_BUCKETS 20
struct asli_histogram {
    atomic_ullong bucket[ASLI_BUCKETS + 1]; /* the last: above all */
    atomic_ullong microseconds;
};
void asli_observe(struct asli_histogram *histogram, double seconds);

#define ASLI_STATE_TYPES(X)                                                              \
    X(Task) X(Wait) X(Pass) X(Succeed) X(Fail) X(Choice) X(Parallel) X(Map)
enum asli_state_type {
#define X(name) ASLI_STATE_##name,
    ASLI_STATE_TYPES(X)
#undef X
        ASLI_STATE_TYPE_COUNT
};

/* Begins of tasks, and failures, by the hash of their event: a new one takes the place of an old
 * one that was never asked for. */
#define ASLI_MARKS 8192
struct asli_mark {
    uint64_t key;
    int64_t time; /* of TaskScheduled and its like; -1: it failed */
};

enum asli_answer_class { ASLI_2XX, ASLI_4XX, ASLI_5XX, ASLI_CLASS_COUNT };

struct asli_metrics {
    /* Requests; the last row: of no action. */
    unsigned long long requests[ASLI_ACTION_COUNT + 1][ASLI_CLASS_COUNT];
    struct asli_histogram request_seconds;
    unsigned long long started, ended[ASL_ABORTED + 1], retries;
    unsigned long long transitions[ASLI_STATE_TYPE_COUNT];
    struct asli_histogram tasks, commits;
    struct asli_mark marks[ASLI_MARKS];
};

void asli_metrics_event(struct asli_metrics *metrics, const asl_event *event);

/* A store that times its commits; it consumes `take_store`. Errors: ASL_ENOMEM. */
int asli_metered_store(asl_store *take_store, struct asli_histogram *commits,
                       asl_store **ret_store, asl_error *reterr);

/* A request for `action` (NULL: none of ours) was answered. */
void asli_metrics_request(struct asli_metrics *metrics, const struct asli_action *action,
                          unsigned status, double seconds);

/* Append in Prometheus' text format: what was counted, what tenants have at this moment (`now` in
 * ms), and what the process has. */
void asli_metrics_write(struct asli_metrics *metrics, struct asli_bytes *out);
void asli_metrics_write_tenants(struct asli_tenant *const *tenants, size_t count,
                                int64_t now, struct asli_bytes *out);
void asli_metrics_write_process(struct asli_bytes *out);
/* One that has no labels; `type` is counter or gauge. */
void asli_metrics_write_one(struct asli_bytes *out, const char *name, const char *type,
                            const char *help, double value);
/* Bytes of its store on disk. */
double asli_tenant_bytes(const struct asli_tenant *tenant);

#endif
