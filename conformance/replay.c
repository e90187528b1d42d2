/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaying one case: the machine, the engine, its end, and what it left in the store.
 *
 * Invariants: two replays of a case are the same: the clock is virtual and begins where the case
 * says, random numbers come from a fixed seed, and nothing runs on another thread. In a life only
 * the library allocates, so that a test may fail any allocation.
 */
#include "conformance/replay.h"

#include <asl/host.h>
#include <asl/provider.h>
#include <time.h>

#include "conformance/kit/fault_alloc.h"
#include "conformance/kit/need.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

/* A history longer than AWS allows means that it would never end. */
#define MAX_EVENTS 25001
#define CLOCK 1735689600000 /* 2025-01-01T00:00:00Z */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, need(take_value)) != 0)
        need(NULL);
}

/* ------------------------------------------------------------------ hooks */

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text != NULL)
        set(object, key, json_string(text));
}

/* As AWS logged it. Of an Express execution the last one is the end. */
static void keep_record(struct replay *r, const asl_event *event)
{
    const json_t *logging = json_object_get(r->testcase, "logging");
    const char *level = text_of(logging, "level");
    int data = json_is_true(json_object_get(logging, "includeExecutionData"));
    json_t *record;
    fault_alloc_pause();
    if (r->express) {
        json_decref(r->end_event);
        if (asl_event_log_record(event, "ALL", 1, &r->end_event, NULL) != 0)
            need(NULL);
    }
    if (asl_event_log_record(event, level != NULL ? level : "ALL", data, &record, NULL))
        need(NULL);
    if (record != NULL && r->logs != NULL && json_array_append(r->logs, record) != 0)
        need(NULL);
    json_decref(record);
    fault_alloc_resume();
}

/* The test stopped the execution; a call that fails is made again. */
static void stop(struct replay *r)
{
    const json_t *events =
        json_object_get(json_object_get(r->testcase, "expect"), "events");
    const json_t *details = json_object_get(json_array_get(events, (size_t)r->stop_after),
                                            "executionAbortedEventDetails");
    while (asl_stop(r->engine, r->arn, text_of(details, "error"),
                    text_of(details, "cause"), NULL, NULL, NULL) == ASL_ENOMEM)
        ;
}

static void on_event(void *arg, const asl_event *event)
{
    struct replay *r = arg;
    if (asl_event_id(event) == 1)
        r->begun = asl_event_time(event);
    if (r->express || r->logs != NULL)
        keep_record(r, event);
    if (asl_event_id(event) > MAX_EVENTS)
        r->too_long = true;
    if (r->stop_after != 0 && asl_event_id(event) == r->stop_after)
        stop(r);
}

static void on_started(void *arg, int code, const char *arn)
{
    struct replay *r = arg;
    r->acknowledged |= code == 0;
}

static void set_payload(json_t *object, const char *key, const char *details,
                        const char *text)
{
    set_text(object, key, text);
    if (text != NULL)
        set(object, details, json_pack("{s:b}", "included", 1));
}

/* "...:express:MACHINE:NAME:UUID" -> "...:stateMachine:MACHINE" */
static json_t *machine_arn(const char *arn)
{
    static const char type[] = ":express:";
    const char *at = strstr(arn, type), *machine = at + strlen(type);
    return json_sprintf("%.*s:stateMachine:%.*s", (int)(at - arn), arn,
                        (int)strcspn(machine, ":"), machine);
}

static json_t *sync_ended(const struct replay *r, const asl_result *result)
{
    json_t *o = need(json_object());
    set_text(o, "executionArn", result->arn);
    set(o, "stateMachineArn", machine_arn(result->arn));
    set_text(o, "name", result->name);
    set_text(o, "status", asl_status_name(result->status));
    set(o, "startDate", json_real((double)r->begun / 1000.0));
    set(o, "stopDate", json_real((double)asl_engine_now(r->engine) / 1000.0));
    set_payload(o, "input", "inputDetails", r->input != NULL ? r->input : "{}");
    set_payload(o, "output", "outputDetails", result->output);
    set_text(o, "error", result->error);
    set_text(o, "cause", result->cause);
    return o;
}

static void on_ended(void *arg, const asl_result *result)
{
    struct replay *r = arg;
    if (!r->express || r->ended != NULL || strcmp(result->arn, r->arn) != 0)
        return;
    fault_alloc_pause();
    r->ended = sync_ended(r, result);
    fault_alloc_resume();
}

static int on_random(void *arg, void *buffer, size_t len)
{
    struct replay *r = arg;
    for (size_t i = 0; i < len; i++) {
        r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
        ((unsigned char *)buffer)[i] = (unsigned char)(r->seed >> 56);
    }
    return 0;
}

/* ------------------------------------------------------------------ the world */

static const char *world(const struct replay *r, const char *key)
{
    return text_of(json_object_get(r->testcase, "world"), key);
}

/* The role's name is the test's; where `world` has none, ExecutionStarted tells it. */
static char *role_of(const struct replay *r, const struct match *m)
{
    const json_t *events =
        json_object_get(json_object_get(r->testcase, "expect"), "events");
    const char *role = text_of(
        json_object_get(json_array_get(events, 0), "executionStartedEventDetails"),
        "roleArn");
    if (world(r, "role") != NULL)
        return need(strdup(world(r, "role")));
    return role != NULL ? text_instantiate(&m->vocabulary, role) : NULL;
}

static char *json_as_text(const json_t *value)
{
    char *text;
    if (asli_json_text(value, &text, NULL, NULL) != 0)
        need(NULL);
    char *copy = need(strdup(text));
    asli_free(text);
    return copy;
}

/* The day on which AWS gave these answers; a recording without one is among the oldest. 0: no
 * recording. */
static int64_t recorded_on(const json_t *testcase)
{
    const json_t *aws = json_object_get(testcase, "aws");
    const char *day = text_of(aws, "validated");
    struct tm tm = {0};
    if (aws == NULL)
        return 0;
    if (day == NULL || strptime(day, "%Y-%m-%d", &tm) == NULL)
        return 1;
    return (int64_t)timegm(&tm) * 1000;
}

/* The test stopped the execution after the event before ExecutionAborted. */
static int64_t stop_after(const json_t *testcase)
{
    const json_t *events = json_object_get(json_object_get(testcase, "expect"), "events");
    for (size_t i = 1; i < json_array_size(events); i++) {
        const char *type = text_of(json_array_get(events, i), "type");
        if (type != NULL && strcmp(type, "ExecutionAborted") == 0)
            return (int64_t)i;
    }
    return 0;
}

/* The objects that the test put before the start. */
static void put_objects(struct replay *r)
{
    const json_t *list = json_object_get(json_object_get(r->testcase, "resources"), "s3");
    size_t i;
    json_t *o;
    json_array_foreach(list, i, o)
    {
        const json_t *body = json_object_get(o, "body");
        mem_objects_put(&r->objects, text_of(o, "bucket"), text_of(o, "key"),
                        json_string_value(body), json_string_length(body));
    }
}

static char *definition_of(const json_t *testcase)
{
    const json_t *definition = json_object_get(testcase, "definition");
    return json_is_string(definition) ? need(strdup(json_string_value(definition)))
                                      : json_as_text(definition);
}

static char *input_of(const json_t *testcase)
{
    const char *exact = text_of(testcase, "input_text");
    if (json_is_true(json_object_get(testcase, "input_absent")))
        return NULL;
    return exact != NULL ? need(strdup(exact))
                         : json_as_text(json_object_get(testcase, "input"));
}

static int64_t clock_of(const json_t *testcase)
{
    const char *clock = text_of(testcase, "clock");
    struct tm tm = {0};
    if (clock == NULL || strptime(clock, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
        return CLOCK;
    return (int64_t)timegm(&tm) * 1000;
}

void replay_init(struct replay *r, const json_t *testcase, const struct match *m,
                 asl_store *store)
{
    *r = (struct replay){.testcase = testcase,
                         .store = store,
                         .now = clock_of(testcase),
                         .stop_after = stop_after(testcase),
                         .seed = 1,
                         .mocks = {.testcase = testcase},
                         .definition = definition_of(testcase),
                         .input = input_of(testcase)};
    r->role = role_of(r, m);
    const char *type = text_of(testcase, "type");
    r->express = type != NULL && strcmp(type, "EXPRESS") == 0;
    const json_t *expect = json_object_get(testcase, "expect");
    r->async = json_object_get(expect, "end_event") != NULL;
    if (json_object_get(expect, "logs") != NULL)
        r->logs = need(json_array());
    put_objects(r);
}

void replay_done(struct replay *r)
{
    mocks_done(&r->mocks);
    json_decref(r->ended);
    json_decref(r->end_event);
    json_decref(r->logs);
    mem_objects_free(&r->objects);
    asl_free(r->arn);
    free(r->definition);
    free(r->input);
    free(r->role);
}

/* ------------------------------------------------------------------ one life */

static int open_engine(struct replay *r, asl_error *reterr)
{
    asl_options options = {.size = sizeof options,
                           .store = r->store,
                           .account = "111111111111",
                           .role_arn = r->role,
                           .virtual_time = 1,
                           .arg = r,
                           .event = on_event,
                           .ended = on_ended,
                           .random = on_random,
                           .as_of = recorded_on(r->testcase)};
    int rc = asl_engine_open(&options, &r->engine, reterr);
    if (rc != 0)
        return rc;
    fault_alloc_pause();
    asl_engine_set_objects(r->engine, need(mem_objects_new(&r->objects)));
    fault_alloc_resume();
    return mocks_serve(&r->mocks, r->engine, reterr);
}

static int start(struct replay *r, asl_error *reterr)
{
    const char *name = world(r, "machine");
    asl_machine_options mo = {.size = sizeof mo,
                              .name = name != NULL ? name : "machine",
                              .express = r->express};
    asl_start_options so = {.size = sizeof so,
                            .name = world(r, "execution"),
                            .arg = r,
                            .started = on_started,
                            .sync = r->express && !r->async};
    asl_machine *machine;
    char *arn;
    int rc = asl_machine_load(r->definition, (size_t)-1, &mo, &machine, NULL, reterr);
    if (rc != 0)
        return rc;
    rc = asl_start(r->engine, machine, r->input, r->input != NULL ? strlen(r->input) : 0,
                   &so, &arn, reterr);
    asl_machine_unref(machine);
    if (rc != 0)
        return rc;
    asl_free(r->arn);
    r->arn = arn;
    return 0;
}

/* A synchronous one that did not end in its life is lost; the next one starts another. */
static int begin_express(struct replay *r, asl_error *reterr)
{
    if (r->ended != NULL || (r->async && r->acknowledged))
        return 0;
    mocks_done(&r->mocks);
    r->mocks = (struct mocks){.testcase = r->testcase};
    return start(r, reterr);
}

/* Starts the execution, or sees that it is there. */
static int begin(struct replay *r, asl_error *reterr)
{
    json_t *description;
    if (r->express)
        return begin_express(r, reterr);
    int rc = r->arn != NULL ? asl_describe(r->store, r->arn, &description, reterr)
                            : ASL_ENOTFOUND;
    if (rc == ASL_ENOTFOUND)
        return r->acknowledged ? asl_error_set(reterr, ASL_EINTERNAL, "lost: %s", r->arn)
                               : start(r, reterr);
    if (rc != 0)
        return rc;
    json_decref(description);
    json_t *events = r->stop_after != 0 ? replay_events(r) : NULL;
    if (r->stop_after != 0 && json_array_size(events) == (size_t)r->stop_after)
        stop(r);
    json_decref(events);
    return mocks_answer(&r->mocks, r->engine, r->arn, reterr);
}

/* What there is to write, or was to be written when the store was full. *ret_any: there is. */
static int commit(struct replay *r, const asl_batch **batch, bool *ret_any,
                  asl_error *reterr)
{
    asl_error error = {0};
    if (*batch == NULL)
        *batch = asl_engine_take_batch(r->engine, &error);
    *ret_any = *batch != NULL;
    if (*batch != NULL) {
        int rc = asl_store_apply(r->store, *batch, &error);
        asl_engine_no_space(r->engine, rc == ASL_ENOSPACE);
        if (rc == ASL_ENOSPACE)
            return 0;
        *batch = NULL;
        asl_engine_batch_done(r->engine, rc, &error);
    }
    if (error.code != 0)
        *reterr = error;
    return error.code;
}

/* Nothing is left to do now: on to the next deadline. False: none matters. */
static bool jump(struct replay *r)
{
    asl_activity activity;
    asl_engine_activity(r->engine, &activity);
    if (activity.executions == 0 || activity.deadline == INT64_MAX)
        return false;
    if (activity.deadline > r->now)
        r->now = activity.deadline;
    return true;
}

static bool try_again(struct replay *r)
{
    if (r->patience == 0)
        return false;
    r->patience--;
    return true;
}

/* Until nothing can happen any more. */
static int drive(struct replay *r, asl_error *reterr)
{
    const asl_batch *batch = NULL;
    bool any = false;
    int rc;
    do {
        do {
            rc = asl_engine_run_ready(r->engine, r->now, reterr);
            if (rc == 0)
                rc = commit(r, &batch, &any, reterr);
        } while (rc != 0 && try_again(r));
    } while (rc == 0 && !r->too_long &&
             (any || asl_engine_has_ready(r->engine) || jump(r)));
    return rc;
}

/* The test redrives what did not succeed, that often. *ret_redriven: it is to go on. */
static int redrive(struct replay *r, bool *ret_redriven, asl_error *reterr)
{
    json_int_t wanted = json_integer_value(json_object_get(r->testcase, "redrives"));
    json_t *description;
    *ret_redriven = false;
    if (wanted == 0)
        return 0;
    int rc = asl_describe(r->store, r->arn, &description, reterr);
    if (rc != 0)
        return rc;
    json_int_t done = json_integer_value(json_object_get(description, "redriveCount"));
    const char *status = text_of(description, "redriveStatus");
    *ret_redriven = done < wanted && strcmp(status, "REDRIVABLE") == 0;
    json_decref(description);
    return *ret_redriven ? asl_redrive(r->engine, r->arn, NULL, NULL, reterr) : 0;
}

/* The logs are of so many executions, one after another. */
static size_t how_many(const json_t *testcase)
{
    size_t i, starts = 0;
    json_t *record;
    json_array_foreach(json_object_get(json_object_get(testcase, "expect"), "logs"), i,
                       record)
    {
        const char *type = text_of(record, "type");
        starts += type != NULL && strcmp(type, "ExecutionStarted") == 0;
    }
    return starts;
}

int replay_live(struct replay *r, asl_error *reterr)
{
    size_t executions = how_many(r->testcase);
    int rc = open_engine(r, reterr);
    while (rc == 0 && (rc = begin(r, reterr)) != 0 && try_again(r))
        rc = 0;
    bool goes_on = rc == 0;
    while (goes_on && rc == 0) {
        rc = drive(r, reterr);
        while (rc == 0 && (rc = redrive(r, &goes_on, reterr)) != 0 && try_again(r))
            rc = 0;
    }
    for (; rc == 0 && executions > 1; executions--)
        if ((rc = start(r, reterr)) == 0)
            rc = drive(r, reterr);
    asl_engine_close(r->engine);
    r->engine = NULL;
    mocks_drop(&r->mocks);
    return rc;
}

/* ------------------------------------------------------------------ what it left */

/* StartSyncExecution answers with what DescribeExecution would say, but for redriving. */
static json_t *sync_response(const json_t *description)
{
    json_t *response = need(json_copy((json_t *)description));
    json_object_del(response, "redriveCount");
    json_object_del(response, "redriveStatus");
    json_object_del(response, "redriveStatusReason");
    return response;
}

/* What DescribeExecution says of the end: AWS shows no error of one that timed out as a whole. */
static void set_end(json_t *result, const json_t *description)
{
    static const char *const keys[] = {"status", "output", "error", "cause"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(description, keys[i]);
        if (value != NULL)
            set(result, keys[i], json_incref(value));
    }
}

json_t *replay_events(const struct replay *r)
{
    json_t *history, *events;
    if (r->arn == NULL || asl_history(r->store, r->arn, &history, NULL) != 0)
        return NULL;
    events = json_incref(json_object_get(history, "events"));
    json_decref(history);
    return events;
}

json_t *replay_result(const struct replay *r, asl_error *reterr)
{
    const json_t *expect = json_object_get(r->testcase, "expect");
    json_t *description = json_incref(r->ended);
    if (r->express && description == NULL)
        asl_error_set(reterr, ASL_EINTERNAL, "the end of %s was not told", r->arn);
    else if (!r->express)
        asl_describe(r->store, r->arn, &description, reterr);
    if (description == NULL)
        return NULL;
    json_t *result = need(json_object());
    set_end(result, description);
    if (json_object_get(expect, "response") != NULL)
        set(result, "response", sync_response(description));
    if (r->end_event != NULL)
        set(result, "end_event", json_incref(r->end_event));
    if (r->logs != NULL)
        set(result, "logs", json_incref(r->logs));
    set(result, "describe", description);
    if (json_object_get(expect, "events") != NULL)
        set(result, "events", replay_events(r));
    return result;
}

static char *trouble_text(const struct replay *r, int rc, const asl_error *error)
{
    char *text;
    if (rc == 0 && !r->too_long)
        return NULL;
    if (r->too_long)
        return need(strdup("still running after more events than a history may hold"));
    if (asprintf(&text, "%s: %s", asl_code_name(rc), error->text) < 0)
        need(NULL);
    return text;
}

json_t *replay(const json_t *testcase, const struct match *m, char **ret_trouble)
{
    struct replay r;
    asl_store *store;
    json_t *result = NULL;
    asl_error error = {0};
    if (asl_store_mem(&store, NULL) != 0)
        need(NULL);
    replay_init(&r, testcase, m, store);
    int rc = replay_live(&r, &error);
    if (rc == 0 && !r.too_long)
        result = replay_result(&r, &error);
    *ret_trouble = trouble_text(&r, error.code, &error);
    replay_done(&r);
    asl_store_free(store);
    return result;
}
