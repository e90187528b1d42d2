/* SPDX-License-Identifier: Apache-2.0
 *
 * See workload.h.
 */
#include "conformance/power/workload.h"

#include <inttypes.h>
#include <string.h>
#include <asl/maintain.h>

#include "conformance/kit/faulty_store.h"
#include "conformance/kit/need.h"
#include "conformance/kit/tempdir.h"
#include "conformance/power/disk.h"
#include "conformance/power/life.h"
#include "conformance/power/recorder.h"

struct workload {
    struct power_log *log;
    struct power_disk disk;
    char top[256], dir[300], data[320];
    int no_sync;
    asl_store *store;
    struct power_life life; /* goes on from session to session */
    asl_error error;
};

/* ---------------------------------------------------------------- rows */

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    hash ^= size;
    for (size_t i = 0; i < size; i += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + i, size - i < 8 ? size - i : 8);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static int mix_row(void *arg, asl_slice key, asl_slice value)
{
    uint64_t *hash = arg;
    *hash = mix(mix(*hash, key.data, key.len), value.data, value.len);
    return 0;
}

int power_rows(asl_store *store, uint64_t *ret_hash, asl_error *reterr)
{
    void *snapshot;
    uint64_t hash = 1;
    int rc = asl_store_snapshot(store, &snapshot, reterr);
    if (rc)
        return rc;
    rc = asl_store_scan(store, snapshot, (asl_slice){0}, (asl_slice){0}, 0, mix_row,
                        &hash, reterr);
    asl_store_release(store, snapshot);
    if (!rc)
        *ret_hash = hash;
    return rc;
}

/* Called before (odd) and after each apply. */
static void at_apply(void *arg, unsigned long n)
{
    struct workload *w = arg;
    uint64_t hash = 0;
    char text[32];
    if (n % 2 || power_rows(w->store, &hash, NULL))
        return;
    snprintf(text, sizeof(text), "%016" PRIx64, hash);
    power_record_mark(json_pack("{s:s,s:s}", "mark", "applied", "rows", text));
}

/* ---------------------------------------------------------------- sessions */

static int open_store(struct workload *w)
{
    asl_lmdb_options options = {
        .size = sizeof(options), .create = 1, .map_bytes = 65536, .no_sync = w->no_sync};
    asl_store *lmdb;
    struct faulty_store *faulty;
    int rc = asl_store_lmdb(w->dir, &options, &lmdb, &w->error);
    if (!rc)
        rc = faulty_store_new(lmdb, &w->store, &faulty, &w->error);
    if (!rc)
        faulty_store_at_apply(faulty, at_apply, w);
    return rc;
}

static void told(void *arg, json_t *take_mark)
{
    (void)arg;
    power_record_mark(take_mark);
}

/* Starts executions up to a number; `events`: the life is cut off after so many. */
static int live(struct workload *w, unsigned to, unsigned events)
{
    w->life.store = w->store;
    w->life.to = to;
    w->life.events = events;
    int rc = power_live(&w->life);
    if (rc)
        w->error = w->life.error;
    return rc;
}

static void mark(const char *what, const char *name)
{
    power_record_mark(json_pack("{s:s,s:s}", "mark", what, "name", name));
}

static const char *name_in(const char *arn)
{
    return strrchr(arn, ':') + 1;
}

static void pruned(void *arg, const char *arn, enum asl_status status, int64_t time)
{
    mark(*(const char **)arg, name_in(arn));
}

static int prune(struct workload *w, const char *status)
{
    const char *what = "deleting";
    asl_prune_options options = {.size = sizeof(options),
                                 .before = INT64_MAX,
                                 .status = status,
                                 .dry_run = 1,
                                 .pruned = pruned,
                                 .arg = &what};
    asl_prune_counts counts;
    int rc = asl_prune(w->store, &options, &counts, &w->error);
    options.dry_run = 0;
    what = "deleted";
    return rc ? rc : asl_prune(w->store, &options, &counts, &w->error);
}

static int remove_one(struct workload *w, const char *name)
{
    mark("deleting", name);
    int rc = asl_delete(w->store, name, &w->error);
    if (!rc)
        mark("deleted", name);
    return rc;
}

static int keep_line(void *arg, const char *line, size_t len)
{
    *(char **)arg = need_text(line, len);
    return 0;
}

/* An execution is dumped, deleted and loaded. */
static int move(struct workload *w, const char *name)
{
    char *line = NULL;
    int rc = asl_dump(w->store, name, keep_line, &line, &w->error);
    if (!rc)
        rc = remove_one(w, name);
    if (!rc) {
        mark("loading", name);
        rc = asl_load(w->store, line, strlen(line), NULL, &w->error);
    }
    if (!rc)
        mark("loaded", name);
    free(line);
    return rc;
}

static int first(struct workload *w)
{
    return live(w, 18, 150);
}

static int second(struct workload *w)
{
    return live(w, 23, 0);
}

static int upkeep(struct workload *w)
{
    int rc = prune(w, "ABORTED");
    if (!rc)
        rc = remove_one(w, "p0-steps");
    if (!rc)
        rc = move(w, "p1-asking");
    return rc ? rc : move(w, "p3-children");
}

static int repaired(struct workload *w)
{
    power_record_mark(json_pack("{s:s}", "mark", "repaired"));
    w->life.repaired = 1;
    w->life.redrive = 1;
    int rc = live(w, 41, 200);
    w->life.redrive = 0;
    return rc;
}

static int fourth(struct workload *w)
{
    return live(w, 41, 0);
}

static int empty(struct workload *w)
{
    return prune(w, "SUCCEEDED");
}

static int last(struct workload *w)
{
    return live(w, 54, 0);
}

/* One opening of the store each. */
static int (*const sessions[])(struct workload *w) = {first,  second, upkeep, repaired,
                                                      fourth, empty,  last};

static bool run_session(struct workload *w, size_t i)
{
    int rc = open_store(w);
    if (!rc) {
        rc = sessions[i](w);
        asl_store_free(w->store);
    }
    if (rc) {
        fprintf(stderr, "session %zu of the workload: %s\n", i, w->error.text);
        return false;
    }
    power_disk_advance(&w->disk, w->log->count);
    if (!power_disk_matches(&w->disk, w->data)) {
        fprintf(stderr, "the store was written in a way that was not recorded\n");
        return false;
    }
    return true;
}

bool power_workload(struct power_log *log, int no_sync)
{
    struct workload w = {.log = log, .no_sync = no_sync, .disk = {.log = log}};
    w.life = (struct power_life){.threads = 1, .told = told};
    bool good = tempdir_make(w.top, sizeof(w.top));
    if (!good)
        return false;
    snprintf(w.dir, sizeof(w.dir), "%s/store", w.top);
    snprintf(w.data, sizeof(w.data), "%s/data.mdb", w.dir);
    power_record_begin(log, w.dir);
    for (size_t i = 0; good && i < sizeof(sessions) / sizeof(*sessions); i++)
        good = run_session(&w, i);
    power_record_end();
    power_disk_free(&w.disk);
    tempdir_remove(w.dir);
    tempdir_remove(w.top);
    return good;
}
