/* SPDX-License-Identifier: Apache-2.0
 *
 * See workload.h. Each session opens the store, does one thing with it and closes it; then what was
 * recorded must give the file that is there.
 */
#include "conformance/power/workload.h"

#include <inttypes.h>
#include <string.h>
#include <asl/maintain.h>

#include "conformance/kit/need.h"
#include "conformance/kit/tempdir.h"
#include "conformance/power/disk.h"
#include "conformance/power/life.h"
#include "conformance/power/recorder.h"
#include "torture/faulty_store.h"
#include "torture/random.h"

struct workload {
    struct power_log *log;
    struct power_disk disk;
    char top[256], dir[300], data[320];
    int no_sync;
    uint64_t random;
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

static void mark_rows(struct workload *w)
{
    uint64_t hash = 0;
    char text[32];
    if (power_rows(w->store, &hash, NULL))
        return;
    snprintf(text, sizeof(text), "%016" PRIx64, hash);
    power_record_mark(json_pack("{s:s,s:s}", "mark", "applied", "rows", text));
}

/* Called before (odd) and after each apply. */
static void at_apply(void *arg, unsigned long n)
{
    if (n % 2 == 0)
        mark_rows(arg);
}

/* ---------------------------------------------------------------- sessions */

static int mark_final(struct workload *w, const char *arn)
{
    json_t *d;
    int rc = asl_describe(w->store, arn, &d, &w->error);
    if (rc)
        return rc;
    if (strcmp(json_string_value(json_object_get(d, "status")), "RUNNING") != 0)
        power_record_mark(json_pack(
            "{s:s,s:O,s:O,s:O,s:O*}", "mark", "final", "name", json_object_get(d, "name"),
            "redrives", json_object_get(d, "redriveCount"), "status",
            json_object_get(d, "status"), "output", json_object_get(d, "output")));
    json_decref(d);
    return 0;
}

static int mark_finals(struct workload *w)
{
    json_t *list, *execution;
    size_t i;
    int rc = asl_list(w->store, NULL, &list, &w->error);
    if (rc)
        return rc;
    json_array_foreach(json_object_get(list, "executions"), i, execution)
    {
        if (!rc)
            rc = mark_final(
                w, json_string_value(json_object_get(execution, "executionArn")));
    }
    json_decref(list);
    return rc;
}

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

/* What a power cut took with it need not be deleted. */
static int remove_one(struct workload *w, const char *name)
{
    mark("deleting", name);
    int rc = asl_delete(w->store, name, &w->error);
    if (!rc)
        mark("deleted", name);
    return rc == ASL_ENOTFOUND ? 0 : rc;
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
    if (rc)
        return rc == ASL_ENOTFOUND ? 0 : rc;
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

struct session {
    int (*run)(struct workload *w, const struct session *session);
    unsigned to,
        events; /* of a life: numbers below are started; it is cut off after so many */
    int cut;    /* 1: the power goes before it ends */
};

static int live(struct workload *w, const struct session *session)
{
    w->life.store = w->store;
    w->life.to = session->to;
    w->life.events = session->events;
    int rc = power_live(&w->life);
    if (rc)
        w->error = w->life.error;
    return rc;
}

static int redrive(struct workload *w, const struct session *session)
{
    w->life.redrive = 1;
    int rc = live(w, session);
    w->life.redrive = 0;
    return rc;
}

static int tidy(struct workload *w, const struct session *session)
{
    int rc = prune(w, "ABORTED");
    if (!rc)
        rc = remove_one(w, "p0-steps");
    if (!rc)
        rc = move(w, "p1-asking");
    return rc ? rc : move(w, "p3-children");
}

static int empty(struct workload *w, const struct session *session)
{
    return prune(w, "SUCCEEDED");
}

static int look(struct workload *w, const struct session *session)
{
    return 0;
}

/* One opening of the store each. */
static const struct session sessions[] = {
    {live, 18, 150, 1}, {live, 18, 50, 1},    {live, 23, 0, 0},  {tidy, 0, 0, 1},
    {tidy, 0, 0, 0},    {redrive, 41, 90, 1}, {live, 41, 50, 1}, {redrive, 41, 0, 0},
    {empty, 0, 0, 1},   {empty, 0, 0, 0},     {live, 54, 0, 0},  {look, 0, 0, 0},
};

/* What is known of the batch that a cut may have interrupted: the next that was applied. */
static json_t *batch_under_way(const struct power_log *log, size_t at)
{
    for (; at < log->count; at++) {
        json_t *mark = power_log_mark(log, at);
        const char *what = json_string_value(json_object_get(mark, "mark"));
        if (what && !strcmp(what, "applied")) {
            json_object_set_new(mark, "mark", json_string("unsure"));
            return mark;
        }
        json_decref(mark);
    }
    return NULL;
}

/* The power was cut at some moment of the session: what it did and told later did not happen. Not
 * before the store is there for sure: the next life is to find it. */
static bool cut_power(struct workload *w, size_t begin)
{
    struct power_image image = {0};
    size_t at = begin + torture_next(&w->random) % (w->log->count - begin);
    power_disk_free(&w->disk);
    w->disk.log = w->log;
    power_disk_advance(&w->disk, at);
    while (at < w->log->count && !(w->disk.file_safe && w->disk.dir_safe))
        power_disk_advance(&w->disk, ++at);
    json_t *unsure = batch_under_way(w->log, at);
    power_log_cut(w->log, at);
    power_record_mark(unsure);
    power_disk_draw(&w->disk, torture_next(&w->random) % POWER_FATE_COUNT,
                    torture_next(&w->random), &image);
    power_log_add(w->log, POWER_RETURN, 0, image.bytes, image.size);
    power_record_end();
    FILE *out = fopen(w->data, "wb");
    bool good = out && fwrite(image.bytes, 1, image.size, out) == image.size;
    free(image.bytes);
    return out && !fclose(out) && good;
}

static bool run_session(struct workload *w, const struct session *session)
{
    int rc = open_store(w);
    if (!rc) {
        mark_rows(w);
        rc = mark_finals(w);
        if (!rc)
            rc = session->run(w, session);
        asl_store_free(w->store);
    }
    if (rc) {
        fprintf(stderr, "session %td of the workload: %s\n", session - sessions,
                w->error.text);
        return false;
    }
    power_disk_advance(&w->disk, w->log->count);
    if (!power_disk_matches(&w->disk, w->data)) {
        fprintf(stderr, "the store was written in a way that was not recorded\n");
        return false;
    }
    return true;
}

static bool record(struct workload *w)
{
    bool good = true;
    for (size_t i = 0; good && i < sizeof(sessions) / sizeof(*sessions); i++) {
        size_t begin = w->log->count;
        power_record_begin(w->log, w->dir);
        good = run_session(w, &sessions[i]);
        good = good && (!sessions[i].cut || w->no_sync || cut_power(w, begin));
        power_record_end();
    }
    return good;
}

bool power_workload(struct power_log *log, uint64_t seed, int no_sync)
{
    struct workload w = {
        .log = log, .random = seed, .no_sync = no_sync, .disk = {.log = log}};
    w.life = (struct power_life){.threads = 1, .told = told};
    if (!tempdir_make(w.top, sizeof(w.top)))
        return false;
    snprintf(w.dir, sizeof(w.dir), "%s/store", w.top);
    snprintf(w.data, sizeof(w.data), "%s/data.mdb", w.dir);
    bool good = record(&w);
    power_disk_free(&w.disk);
    tempdir_remove(w.dir);
    tempdir_remove(w.top);
    return good;
}
