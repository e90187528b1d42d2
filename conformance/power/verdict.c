/* SPDX-License-Identifier: Apache-2.0
 *
 * See verdict.h. The public API is asked what became of each execution, before an engine runs and
 * after; and the rows are held against those after the last batch that was applied, and after the
 * next, which was perhaps under way: nothing else may be in the store.
 */
#include "conformance/power/verdict.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <asl/maintain.h>

#include "conformance/kit/need.h"
#include "conformance/power/life.h"
#include "conformance/power/workload.h"

/* ---------------------------------------------------------------- promises */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static json_int_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static bool is(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, take_value))
        need(NULL);
}

static void append(json_t *object, const char *key, json_t *take_value)
{
    if (!json_object_get(object, key))
        set(object, key, json_array());
    if (json_array_append_new(json_object_get(object, key), take_value))
        need(NULL);
}

/* The end of an execution after so many redrives. */
static char *end_key(const json_t *of, const char *redrives, char text[100])
{
    snprintf(text, 100, "%s %d", text_of(of, "name"), (int)number_of(of, redrives));
    return text;
}

static char *rows_text(uint64_t hash, char text[32])
{
    snprintf(text, 32, "%016" PRIx64, hash);
    return text;
}

static void next_rows(json_t *rows, json_t *take_hash)
{
    if (json_array_append_new(rows, json_pack("[o]", take_hash)))
        need(NULL);
}

static void may_be(json_t *rows, json_t *hash)
{
    if (json_array_append(json_array_get(rows, json_array_size(rows) - 1), hash))
        need(NULL);
}

void power_promises_begin(struct power_promises *promises, const struct power_log *log)
{
    asl_store *none;
    uint64_t hash = 0;
    char text[100];
    if (asl_store_mem(&none, NULL) || power_rows(none, &hash, NULL))
        need(NULL);
    asl_store_free(none);
    *promises = (struct power_promises){.log = log,
                                        .rows = need(json_array()),
                                        .ends = need(json_object()),
                                        .names = need(json_object())};
    next_rows(promises->rows, need(json_string(rows_text(hash, text))));
    for (size_t i = 0; i < log->count; i++) {
        json_t *mark = power_log_mark(log, i);
        if (mark && json_object_get(mark, "rows"))
            may_be(promises->rows, json_object_get(mark, "rows"));
        if (mark && !strcmp(text_of(mark, "mark"), "applied"))
            next_rows(promises->rows, json_incref(json_object_get(mark, "rows")));
        else if (mark && !strcmp(text_of(mark, "mark"), "final"))
            set(promises->ends, end_key(mark, "redrives", text), json_incref(mark));
        json_decref(mark);
    }
}

/* What a mark about an execution says of it. */
static void note(json_t *promise, json_t *mark)
{
    static const struct {
        const char *mark, *key;
        int value;
    } notes[] = {
        {"asked", "there", 0},    {"started", "there", 1},   {"deleting", "deleting", 1},
        {"deleting", "there", 0}, {"deleted", "deleted", 1}, {"loading", "deleted", 0},
        {"loaded", "there", 1},   {"loaded", "deleting", 0}, {"stopped", "stopped", 1},
        {"worked", "worked", 1},
    };
    const char *what = text_of(mark, "mark");
    json_int_t redrives = number_of(promise, "redrives");
    for (size_t i = 0; i < sizeof(notes) / sizeof(*notes); i++)
        if (!strcmp(notes[i].mark, what))
            set(promise, notes[i].key, json_boolean(notes[i].value));
    if (!strcmp(what, "event"))
        append(promise, "events", json_incref(mark));
    else if (!strcmp(what, "answered"))
        append(promise, "answers", json_incref(json_object_get(mark, "id")));
    else if (!strcmp(what, "redriven"))
        set(promise, "redrives", json_integer(redrives + 1));
    else if (!strcmp(what, "ended"))
        json_object_update_new(promise,
                               json_pack("{s:O,s:I}", "end", mark, "ends", redrives + 1));
    else if (!strcmp(what, "asked"))
        json_object_update_new(
            promise, json_pack("{s:O,s:O}", "input", json_object_get(mark, "input"),
                               "express", json_object_get(mark, "express")));
}

void power_promises_advance(struct power_promises *promises, size_t to)
{
    for (; promises->done < to; promises->done++) {
        json_t *mark = power_log_mark(promises->log, promises->done);
        const char *name = text_of(mark, "name"), *what = text_of(mark, "mark");
        if (what && !strcmp(what, "applied"))
            promises->applied++;
        if (name && name[0] == POWER_NAME) {
            if (!json_object_get(promises->names, name))
                set(promises->names, name, json_object());
            note(json_object_get(promises->names, name), mark);
        }
        json_decref(mark);
    }
}

void power_promises_end(struct power_promises *promises)
{
    json_decref(promises->rows);
    json_decref(promises->ends);
    json_decref(promises->names);
}

/* ---------------------------------------------------------------- one store */

struct trial {
    const struct power_promises *promises;
    asl_store *store;
    struct power_reason *reason;
    json_t *found; /* {name: true}: what was there before the engine ran */
    json_t *ended; /* {name: true}: what it told the end of */
    asl_error error;
};

static bool guilty(struct trial *t, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static bool guilty(struct trial *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(t->reason->text, sizeof(t->reason->text), format, args);
    va_end(args);
    return false;
}

static bool rows_are_of_a_batch(struct trial *t)
{
    const struct power_promises *p = t->promises;
    const json_t *good = json_array_get(p->rows, p->applied);
    uint64_t hash;
    char text[32];
    if (power_rows(t->store, &hash, &t->error))
        return guilty(t, "its rows cannot be read: %s", t->error.text);
    rows_text(hash, text);
    for (size_t i = 0; i < json_array_size(good); i++)
        if (!strcmp(text, json_string_value(json_array_get(good, i))))
            return true;
    return guilty(t, "it has not the rows after batch %zu, nor those after the next",
                  p->applied);
}

static void on_problem(void *arg, const asl_problem *problem)
{
    guilty(arg, "check: %s: %s", problem->key, problem->text);
}

static bool check(struct trial *t)
{
    asl_check_counts counts = {0};
    if (asl_check(t->store, on_problem, t, &counts, &t->error))
        return guilty(t, "check: %s", t->error.text);
    return !counts.problems;
}

/* ---- an execution, before the engine runs ---- */

static bool history_holds(struct trial *t, const char *name, const json_t *promise)
{
    json_t *history, *value;
    size_t i;
    if (asl_history(t->store, name, &history, &t->error))
        return guilty(t, "%s has no history: %s", name, t->error.text);
    const json_t *events = json_object_get(history, "events");
    bool good = true;
    json_array_foreach(json_object_get(promise, "events"), i, value)
    {
        size_t id = (size_t)number_of(value, "id");
        if (!json_equal(json_object_get(value, "type"),
                        json_object_get(json_array_get(events, id - 1), "type")))
            good = guilty(t, "%s: event %zu, which was told, is not in its history", name,
                          id);
    }
    json_array_foreach(json_object_get(promise, "answers"), i, value)
    {
        char output[64];
        bool found = false;
        snprintf(output, sizeof(output), "{\"answer\":%d}",
                 (int)json_integer_value(value));
        for (size_t k = 0; k < json_array_size(events); k++) {
            const char *text = text_of(
                json_object_get(json_array_get(events, k), "taskSucceededEventDetails"),
                "output");
            found = found || (text && !strcmp(text, output));
        }
        if (!found)
            good =
                guilty(t, "%s: the answer %s was acknowledged and is not in its history",
                       name, output);
    }
    json_decref(history);
    return good;
}

static const char *output_of(const json_t *end)
{
    const char *output = text_of(end, "output");
    return output ? output : "nothing";
}

static bool same_end(struct trial *t, const char *name, const json_t *description,
                     const json_t *end)
{
    if (json_equal(json_object_get(end, "status"),
                   json_object_get(description, "status")) &&
        !strcmp(output_of(end), output_of(description)))
        return true;
    return guilty(t, "%s: it is %s and gave %s, and was %s and gave %s", name,
                  text_of(description, "status"), output_of(description),
                  end ? text_of(end, "status") : "nowhere", output_of(end));
}

static bool description_holds(struct trial *t, const char *name, const json_t *promise,
                              const json_t *description)
{
    json_int_t redrives = number_of(description, "redriveCount");
    if (!json_equal(json_object_get(promise, "input"),
                    json_object_get(description, "input")))
        return guilty(t, "%s has another input", name);
    if (redrives < number_of(promise, "redrives"))
        return guilty(t, "%s: its redrive was acknowledged and is lost", name);
    if (redrives + 1 == number_of(promise, "ends"))
        return same_end(t, name, description, json_object_get(promise, "end"));
    if (is(promise, "stopped") && strcmp(text_of(description, "status"), "ABORTED") != 0)
        return guilty(t, "%s: its stop was acknowledged and is lost", name);
    return history_holds(t, name, promise);
}

static bool holds(struct trial *t, const char *name, const json_t *promise)
{
    json_t *description;
    if (is(promise, "express"))
        return true;
    int rc = asl_describe(t->store, name, &description, &t->error);
    if (rc == ASL_ENOTFOUND)
        return is(promise, "there")
                   ? guilty(t, "%s was acknowledged and is not there", name)
                   : true;
    if (rc)
        return guilty(t, "%s: %s", name, t->error.text);
    set(t->found, name, json_true());
    bool good = is(promise, "deleted")
                    ? guilty(t, "%s was deleted and is there again", name)
                    : description_holds(t, name, promise, description);
    json_decref(description);
    return good;
}

/* ---- and after ---- */

static bool express_ended(struct trial *t, const char *name, const json_t *promise)
{
    if (!is(promise, "there") || is(promise, "worked") || number_of(promise, "ends") ||
        is(t->ended, name))
        return true;
    return guilty(t, "%s was acknowledged and did not run", name);
}

static bool ended_well(struct trial *t, const char *name, const json_t *promise)
{
    json_t *description;
    char key[100];
    if (is(promise, "express"))
        return express_ended(t, name, promise);
    int rc = asl_describe(t->store, name, &description, &t->error);
    if (rc == ASL_ENOTFOUND && (!is(t->found, name) || is(promise, "deleting")))
        return true;
    if (rc)
        return guilty(t, "%s, after all has ended: %s", name, t->error.text);
    const json_t *end =
        json_object_get(t->promises->ends, end_key(description, "redriveCount", key));
    bool known =
        end || is(promise, "there"); /* else a cut in the workload took it along */
    bool good = is(t->found, name)
                    ? !known || same_end(t, name, description, end)
                    : guilty(t, "%s is there again after the engine ran", name);
    json_decref(description);
    return good;
}

static bool lists_nothing_else(struct trial *t)
{
    json_t *list, *execution;
    size_t i;
    if (asl_list(t->store, NULL, &list, &t->error))
        return guilty(t, "it cannot be listed: %s", t->error.text);
    bool good = true;
    json_array_foreach(json_object_get(list, "executions"), i, execution)
    {
        if (!is(t->found, text_of(execution, "name")))
            good = guilty(t, "nobody knows of %s", text_of(execution, "name"));
    }
    json_decref(list);
    return good;
}

static void on_told(void *arg, json_t *take_mark)
{
    struct trial *t = arg;
    if (!strcmp(text_of(take_mark, "mark"), "ended"))
        set(t->ended, text_of(take_mark, "name"), json_true());
    json_decref(take_mark);
}

static bool runs_on(struct trial *t)
{
    struct power_life life = {.store = t->store, .told = on_told, .arg = t};
    if (power_live(&life))
        return guilty(t, "the engine: %s", life.error.text);
    return true;
}

typedef bool execution_fn(struct trial *t, const char *name, const json_t *promise);

static bool each(struct trial *t, execution_fn *fn)
{
    const char *name;
    json_t *promise;
    json_object_foreach(t->promises->names, name, promise)
    {
        if (!fn(t, name, promise))
            return false;
    }
    return true;
}

bool power_verdict(const struct power_promises *promises, const char *dir,
                   struct power_reason *ret_reason)
{
    struct trial t = {.promises = promises, .reason = ret_reason};
    asl_lmdb_options options = {.size = sizeof(options), .create = 1, .no_sync = 1};
    if (asl_store_lmdb(dir, &options, &t.store, &t.error))
        return guilty(&t, "it does not open: %s", t.error.text);
    t.found = need(json_object());
    t.ended = need(json_object());
    bool good = check(&t) && each(&t, holds) && rows_are_of_a_batch(&t) && runs_on(&t) &&
                each(&t, ended_well) && lists_nothing_else(&t) && check(&t);
    json_decref(t.found);
    json_decref(t.ended);
    asl_store_free(t.store);
    return good;
}
