/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server counts of executions, and the page /metrics.
 *
 * Durations of tasks come from the times of their events: an event that begins a task leaves a
 * mark under its id, an event between hands it on, and the one that ends it takes it.
 */
#include "server/metrics.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "engine/base/id.h"

#define FIRST_BUCKET 0.00025

void asli_observe(struct asli_histogram *histogram, double seconds)
{
    size_t i = 0;
    for (double most = FIRST_BUCKET; i < ASLI_BUCKETS && seconds > most; most *= 2)
        i++;
    atomic_fetch_add_explicit(&histogram->bucket[i], 1, memory_order_relaxed);
    if (seconds > 0)
        atomic_fetch_add_explicit(&histogram->microseconds,
                                  (unsigned long long)(seconds * 1e6),
                                  memory_order_relaxed);
}

void asli_metrics_request(struct asli_metrics *metrics, const struct asli_action *action,
                          unsigned status, double seconds)
{
    size_t row = action ? asli_action_index(action) : ASLI_ACTION_COUNT;
    metrics->requests[row][status < 400   ? ASLI_2XX
                           : status < 500 ? ASLI_4XX
                                          : ASLI_5XX]++;
    asli_observe(&metrics->request_seconds, seconds);
}

/* ------------------------------------------------------------------ events */

static const char *const state_types[] = {
#define X(name) #name,
    ASLI_STATE_TYPES(X)
#undef X
};

static bool ends_with(const char *type, const char *end)
{
    size_t len = strlen(type), end_len = strlen(end);
    return len >= end_len && memcmp(type + len - end_len, end, end_len) == 0;
}

static struct asli_mark *mark_of(struct asli_metrics *metrics, const char *execution,
                                 int64_t id, uint64_t *ret_key)
{
    *ret_key = asli_hash(execution, strlen(execution)) + (uint64_t)id;
    return &metrics->marks[*ret_key % ASLI_MARKS];
}

/* Takes the mark of the event before; 0: it has none. */
static int64_t take_mark(struct asli_metrics *metrics, const asl_event *event)
{
    uint64_t key;
    struct asli_mark *mark =
        mark_of(metrics, asl_event_execution(event), asl_event_previous_id(event), &key);
    if (mark->key != key)
        return 0;
    mark->key = 0;
    return mark->time;
}

static void leave_mark(struct asli_metrics *metrics, const asl_event *event, int64_t time)
{
    uint64_t key;
    struct asli_mark *mark =
        mark_of(metrics, asl_event_execution(event), asl_event_id(event), &key);
    *mark = (struct asli_mark){key, time};
}

static void task_event(struct asli_metrics *metrics, const asl_event *event,
                       const char *type)
{
    int64_t before = take_mark(metrics, event);
    if (ends_with(type, "Scheduled")) {
        metrics->retries += before < 0;
        leave_mark(metrics, event, asl_event_time(event));
    } else if (ends_with(type, "Started") || ends_with(type, "Submitted")) {
        if (before > 0)
            leave_mark(metrics, event, before);
    } else {
        if (before > 0)
            asli_observe(&metrics->tasks,
                         (double)(asl_event_time(event) - before) / 1000);
        if (!ends_with(type, "Succeeded"))
            leave_mark(metrics, event, -1);
    }
}

void asli_metrics_event(struct asli_metrics *metrics, const asl_event *event)
{
    const char *type = asl_event_type(event);
    if (ends_with(type, "StateEntered")) {
        for (size_t i = 0; i < ASLI_STATE_TYPE_COUNT; i++) {
            if (strncmp(type, state_types[i], strlen(type) - 12) == 0)
                metrics->transitions[i]++;
        }
    } else if (strcmp(type, "ExecutionStarted") == 0) {
        metrics->started++;
    } else if (strncmp(type, "LambdaFunction", 14) == 0 ||
               strncmp(type, "Activity", 8) == 0 ||
               (strncmp(type, "Task", 4) == 0 && strncmp(type, "TaskState", 9) != 0)) {
        task_event(metrics, event, type);
    }
}

/* ------------------------------------------------------------------ the page */

static void head(struct asli_bytes *out, const char *name, const char *type,
                 const char *help)
{
    asli_bytes_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void asli_metrics_write_one(struct asli_bytes *out, const char *name, const char *type,
                            const char *help, double value)
{
    head(out, name, type, help);
    asli_bytes_addf(out, "%s %.15g\n", name, value);
}

static void histogram_write(struct asli_bytes *out, const char *name, const char *help,
                            struct asli_histogram *histogram)
{
    unsigned long long count = 0;
    double most = FIRST_BUCKET;
    head(out, name, "histogram", help);
    for (size_t i = 0; i < ASLI_BUCKETS; i++, most *= 2) {
        count += atomic_load(&histogram->bucket[i]);
        asli_bytes_addf(out, "%s_bucket{le=\"%.15g\"} %llu\n", name, most, count);
    }
    count += atomic_load(&histogram->bucket[ASLI_BUCKETS]);
    asli_bytes_addf(out, "%s_bucket{le=\"+Inf\"} %llu\n%s_sum %.6f\n%s_count %llu\n",
                    name, count, name,
                    (double)atomic_load(&histogram->microseconds) / 1e6, name, count);
}

static void requests_write(const struct asli_metrics *m, struct asli_bytes *out)
{
    static const char *const classes[] = {"2xx", "4xx", "5xx"};
    head(out, "asl_requests_total", "counter",
         "Requests answered, by action and status.");
    for (size_t i = 0; i <= ASLI_ACTION_COUNT; i++) {
        const char *action = i < ASLI_ACTION_COUNT ? asli_action_at(i)->name : "";
        for (size_t j = 0; j < ASLI_CLASS_COUNT; j++) {
            if (m->requests[i][j])
                asli_bytes_addf(out,
                                "asl_requests_total{action=\"%s\",status=\"%s\"} %llu\n",
                                action, classes[j], m->requests[i][j]);
        }
    }
}

void asli_metrics_write(struct asli_metrics *m, struct asli_bytes *out)
{
    requests_write(m, out);
    histogram_write(out, "asl_request_duration_seconds", "From a request to its answer.",
                    &m->request_seconds);
    asli_metrics_write_one(out, "asl_executions_started_total", "counter",
                           "Executions that began.", (double)m->started);
    asli_metrics_write_one(out, "asl_executions_succeeded_total", "counter",
                           "Executions that succeeded.", (double)m->ended[ASL_SUCCEEDED]);
    asli_metrics_write_one(out, "asl_executions_failed_total", "counter",
                           "Executions that failed.", (double)m->ended[ASL_FAILED]);
    asli_metrics_write_one(out, "asl_executions_timed_out_total", "counter",
                           "Executions that timed out.", (double)m->ended[ASL_TIMED_OUT]);
    asli_metrics_write_one(out, "asl_executions_aborted_total", "counter",
                           "Executions that were stopped.",
                           (double)m->ended[ASL_ABORTED]);
    head(out, "asl_state_transitions_total", "counter", "States entered, by their type.");
    for (size_t i = 0; i < ASLI_STATE_TYPE_COUNT; i++)
        asli_bytes_addf(out, "asl_state_transitions_total{type=\"%s\"} %llu\n",
                        state_types[i], m->transitions[i]);
    asli_metrics_write_one(out, "asl_task_retries_total", "counter",
                           "Tasks begun again after an error.", (double)m->retries);
    histogram_write(out, "asl_task_duration_seconds", "From a task's begin to its end.",
                    &m->tasks);
    histogram_write(out, "asl_store_commit_seconds",
                    "Time that a batch takes to be durable.", &m->commits);
}

void asli_metrics_write_tenants(struct asli_tenant *const *tenants, size_t count,
                                int64_t now, struct asli_bytes *out)
{
    size_t running = 0, unclaimed = 0;
    double bytes = 0;
    int64_t lag = 0;
    for (size_t i = 0; i < count; i++) {
        asl_activity activity;
        asl_engine_activity(tenants[i]->engine, &activity);
        running += activity.executions;
        unclaimed += activity.unclaimed;
        if (activity.deadline < now && now - activity.deadline > lag)
            lag = now - activity.deadline;
        bytes += asli_tenant_bytes(tenants[i]);
    }
    asli_metrics_write_one(out, "asl_executions_running", "gauge", "Executions that run.",
                           (double)running);
    asli_metrics_write_one(out, "asl_tasks_unclaimed", "gauge",
                           "Tasks that wait for a handler.", (double)unclaimed);
    asli_metrics_write_one(out, "asl_timer_lag_seconds", "gauge",
                           "How late the next timer is.", (double)lag / 1000);
    asli_metrics_write_one(out, "asl_store_bytes", "gauge",
                           "Bytes of the stores on disk.", bytes);
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static unsigned open_files(void)
{
    unsigned count = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        count++;
    if (dir)
        closedir(dir);
    return count > 3 ? count - 3 : 0; /* ".", "..", and the folder's own */
}

void asli_metrics_write_process(struct asli_bytes *out)
{
    struct rusage usage = {0};
    struct rlimit files = {0};
    unsigned long size = 0, resident = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    if (statm && fscanf(statm, "%lu %lu", &size, &resident) != 2)
        size = resident = 0;
    if (statm)
        fclose(statm);
    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &files);
    double page = (double)sysconf(_SC_PAGESIZE);
    asli_metrics_write_one(out, "process_cpu_seconds_total", "counter", "CPU time.",
                           seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
    asli_metrics_write_one(out, "process_virtual_memory_bytes", "gauge", "Address space.",
                           (double)size * page);
    asli_metrics_write_one(out, "process_resident_memory_bytes", "gauge",
                           "Memory in use.", (double)resident * page);
    asli_metrics_write_one(out, "process_open_fds", "gauge", "Open files.", open_files());
    asli_metrics_write_one(out, "process_max_fds", "gauge", "Files that may be open.",
                           (double)files.rlim_cur);
}
