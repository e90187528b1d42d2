/* SPDX-License-Identifier: Apache-2.0
 *
 * See oracle.h: an engine in memory whose handlers answer at once.
 */
#include "torture/oracle.h"

#include <stdio.h>
#include <string.h>

#include <asl/activity.h>

#include "engine/base/alloc.h"
#include "torture/handlers.h"
#include "torture/need.h"

struct oracle {
    struct torture_hands hands;
    asl_engine *engine;
    asl_host *host;
    asl_store *store;
    asl_activity_queue *work;
    asl_task *kept[256]; /* until the engine is closed */
    size_t kept_count;
    struct torture_case *its;
};

static int64_t taken(void *arg, asl_task *task)
{
    return 0;
}

static enum torture_mishap mishap(void *arg)
{
    return TORTURE_NO_MISHAP;
}

static void later(void *arg, asl_task *task, json_t *take_output)
{
    asl_task_succeed(task, take_output, NULL);
}

static void submitted(void *arg, asl_task *task, int64_t v, int64_t mark)
{
    const struct oracle *o = arg;
    char answer[64];
    snprintf(answer, sizeof answer, "{\"v\":%lld,\"mark\":%lld}", (long long)v,
             (long long)mark);
    asl_answer_success(o->engine, asl_task_token(task), answer, (size_t)-1, NULL, NULL,
                       NULL);
}

static void kept(void *arg, asl_task *task)
{
    struct oracle *o = arg;
    if (o->kept_count < sizeof o->kept / sizeof *o->kept)
        o->kept[o->kept_count++] = asl_task_ref(task);
}

/* There is no other thread that could go on. */
static void stuck(void *arg)
{
}

static void again(void *arg, asl_task *task)
{
}

static void work(void *arg, asl_activity_queue *queue)
{
    struct oracle *o = arg;
    asl_task *task = NULL;
    while (asl_activity_poll(queue, "worker", 0, &task, NULL) == 0 && task) {
        torture_work(&o->hands, task);
        asl_task_unref(task);
    }
}

static void ended(void *arg, const asl_result *result)
{
    struct torture_case *its = ((struct oracle *)arg)->its;
    if (strcmp(result->name, its->name) != 0)
        return; /* a child of it */
    asli_free(its->told);
    its->status = result->status;
    its->told = asli_strdup(result->output ? result->output : result->error);
}

static int run(struct oracle *o, asl_error *reterr)
{
    asl_start_options options = {.size = sizeof options, .name = o->its->name};
    int rc = asl_start(o->engine, o->its->machine, o->its->input, (size_t)-1, &options,
                       NULL, reterr);
    if (!rc)
        rc = asl_host_run(o->host, ASL_UNTIL_ENDED, reterr);
    if (!rc && o->its->redrive) {
        rc = asl_redrive(o->engine, o->its->name, NULL, NULL, reterr);
        if (!rc)
            rc = asl_host_run(o->host, ASL_UNTIL_ENDED, reterr);
    }
    asl_activity activity;
    asl_engine_activity(o->engine, &activity);
    if (!rc && activity.executions)
        rc = asl_error_set(reterr, ASL_EINTERNAL, "%s does not end", o->its->name);
    return rc;
}

const json_t *torture_event_details(const json_t *event)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)event, key, value)
    {
        if (json_is_object(value))
            return value;
    }
    return NULL;
}

bool torture_ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), its = strlen(end);
    return len >= its && strcmp(text + len - its, end) == 0;
}

bool torture_is_of_task(const char *type)
{
    return strncmp(type, "LambdaFunction", 14) == 0 ||
           strncmp(type, "Activity", 8) == 0 ||
           (strncmp(type, "Task", 4) == 0 && strncmp(type, "TaskState", 9) != 0);
}

bool torture_is_completion(const char *type)
{
    return torture_is_of_task(type) &&
           (torture_ends_with(type, "Succeeded") || torture_ends_with(type, "Failed") ||
            torture_ends_with(type, "TimedOut"));
}

json_t *torture_count_events(const json_t *events)
{
    json_t *counts = torture_need(json_object()), *event;
    size_t i;
    json_array_foreach(events, i, event)
    {
        const json_t *name = json_object_get(torture_event_details(event), "name");
        ASLI_AUTO(text)
        char *key = torture_need(
            asli_printf("%s %s", json_string_value(json_object_get(event, "type")),
                        json_is_string(name) ? json_string_value(name) : "-"));
        json_int_t count = json_integer_value(json_object_get(counts, key));
        if (json_object_set_new(counts, key, json_integer(count + 1)))
            torture_need(NULL);
    }
    return counts;
}

static int open_all(struct oracle *o, asl_error *reterr)
{
    asl_options options = {
        .size = sizeof options, .virtual_time = 1, .arg = o, .ended = ended};
    asl_host_options host = {.size = sizeof host, .single_thread = 1};
    int rc = asl_engine_open(&options, &o->engine, reterr);
    if (!rc)
        rc = torture_register(o->engine, &o->hands, ASL_HANDLER_INLINE, reterr);
    if (!rc) {
        o->work = asl_activity_queue_of(o->engine, TORTURE_ACTIVITY);
        asl_activity_notify(o->work, work, o);
        rc = asl_host_new(o->engine, &host, &o->host, reterr);
    }
    return rc;
}

static char *text_of(const json_t *object, const char *key)
{
    return asli_strdup(json_string_value(json_object_get(object, key)));
}

/* Of an Express execution nothing is stored: what was told is all there is. */
static int keep_end(struct oracle *o, asl_error *reterr)
{
    asl_store *store = asl_engine_store(o->engine);
    struct torture_case *its = o->its;
    ASLI_AUTO(json) json_t *history = NULL;
    ASLI_AUTO(json) json_t *description = NULL;
    if (its->express)
        return 0;
    int rc = asl_history(store, its->name, &history, reterr);
    if (!rc)
        rc = asl_describe(store, its->name, &description, reterr);
    if (rc)
        return rc;
    its->events = torture_count_events(json_object_get(history, "events"));
    its->output = text_of(description, "output");
    its->error = text_of(description, "error");
    its->cause = text_of(description, "cause");
    return 0;
}

static void close_all(struct oracle *o)
{
    asl_host_free(o->host);
    asl_engine_close(o->engine);
    asl_activity_queue_unref(o->work);
    while (o->kept_count)
        asl_task_unref(o->kept[--o->kept_count]);
}

int torture_foresee(struct torture_case *its, asl_error *reterr)
{
    asl_machine_options options = {
        .size = sizeof options, .name = its->name, .express = its->express};
    struct oracle o = {.hands = {.taken = taken,
                                 .mishap = mishap,
                                 .later = later,
                                 .submitted = submitted,
                                 .kept = kept,
                                 .stuck = stuck,
                                 .again = again},
                       .its = its};
    o.hands.arg = &o;
    int rc = asl_machine_load(its->definition, (size_t)-1, &options, &its->machine, NULL,
                              reterr);
    if (rc)
        return rc;
    if (its->stop) {
        its->status = ASL_ABORTED;
        its->error = torture_need(asli_strdup(TORTURE_STOP_ERROR));
        its->cause = torture_need(asli_strdup(TORTURE_STOP_CAUSE));
        its->told = torture_need(asli_strdup(TORTURE_STOP_ERROR));
        return 0;
    }
    rc = open_all(&o, reterr);
    if (!rc)
        rc = run(&o, reterr);
    if (!rc)
        rc = keep_end(&o, reterr);
    close_all(&o);
    return rc;
}
