/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaying one case: the machine, the engine, its end, and what it left in the store.
 *
 * Invariant: two replays of a case are the same: the clock is virtual and begins where the case
 * says, random numbers come from a fixed seed, and nothing runs on another thread.
 */
#include "conformance/replay.h"

#include <asl.h>
#include <asl/host.h>
#include <stdint.h>
#include <time.h>

#include "conformance/kit/need.h"
#include "conformance/replay_mocks.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

/* A history longer than AWS allows means that it would never end. */
#define MAX_EVENTS 25001
#define CLOCK 1735689600000 /* 2025-01-01T00:00:00Z */

struct replay {
    const json_t *testcase;
    const struct match *m;
    struct mocks mocks;
    asl_machine *machine;
    asl_store *store;
    asl_engine *engine;
    asl_host *host;
    char *arn;
    json_t *actual;
    int64_t stop_after; /* event id; 0: the test stopped nothing */
    uint64_t seed;
    bool too_long;
};

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

static void on_event(void *arg, const asl_event *event)
{
    struct replay *r = arg;
    if (asl_event_id(event) > MAX_EVENTS) {
        r->too_long = true;
        asl_host_stop(r->host);
    }
    if (r->stop_after == 0 || asl_event_id(event) != r->stop_after)
        return;
    const json_t *events =
        json_object_get(json_object_get(r->testcase, "expect"), "events");
    const json_t *details = json_object_get(json_array_get(events, (size_t)r->stop_after),
                                            "executionAbortedEventDetails");
    asl_stop(r->engine, r->arn, text_of(details, "error"), text_of(details, "cause"),
             NULL, NULL, NULL);
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

static int64_t on_now(void *arg)
{
    const struct replay *r = arg;
    const char *clock = text_of(r->testcase, "clock");
    struct tm tm = {0};
    if (clock == NULL || strptime(clock, "%Y-%m-%dT%H:%M:%S", &tm) == NULL)
        return CLOCK;
    return (int64_t)timegm(&tm) * 1000;
}

/* ------------------------------------------------------------------ the world */

static const char *world(const struct replay *r, const char *key)
{
    return text_of(json_object_get(r->testcase, "world"), key);
}

/* The role's name is the test's; where `world` has none, ExecutionStarted tells it. */
static char *role_of(const struct replay *r)
{
    const json_t *events =
        json_object_get(json_object_get(r->testcase, "expect"), "events");
    const char *role = text_of(
        json_object_get(json_array_get(events, 0), "executionStartedEventDetails"),
        "roleArn");
    if (world(r, "role") != NULL)
        return need(strdup(world(r, "role")));
    return role != NULL ? text_instantiate(&r->m->vocabulary, role) : NULL;
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

/* The day on which AWS gave these answers; 0: not known. */
static int64_t recorded_on(const json_t *testcase)
{
    const char *day = text_of(json_object_get(testcase, "aws"), "validated");
    struct tm tm = {0};
    if (day == NULL || strptime(day, "%Y-%m-%d", &tm) == NULL)
        return 0;
    return (int64_t)timegm(&tm) * 1000;
}

/* The test stopped the execution after the event before ExecutionAborted. */
static int64_t stop_after(const json_t *testcase)
{
    const json_t *events = json_object_get(json_object_get(testcase, "expect"), "events");
    size_t n = json_array_size(events);
    const char *last = text_of(n > 1 ? json_array_get(events, n - 1) : NULL, "type");
    return last != NULL && strcmp(last, "ExecutionAborted") == 0 ? (int64_t)n - 1 : 0;
}

static int load(struct replay *r, asl_error *reterr)
{
    const json_t *definition = json_object_get(r->testcase, "definition");
    const char *type = text_of(r->testcase, "type");
    char *text = json_is_string(definition) ? need(strdup(json_string_value(definition)))
                                            : json_as_text(definition);
    const char *name = world(r, "machine");
    asl_machine_options options = {.size = sizeof options,
                                   .name = name != NULL ? name : "machine",
                                   .express =
                                       type != NULL && strcmp(type, "EXPRESS") == 0};
    int rc = asl_machine_load(text, (size_t)-1, &options, &r->machine, NULL, reterr);
    free(text);
    return rc;
}

static int open_engine(struct replay *r, asl_error *reterr)
{
    int rc = asl_store_mem(&r->store, reterr);
    char *role = role_of(r);
    asl_options options = {.size = sizeof options,
                           .store = r->store,
                           .account = "111111111111",
                           .role_arn = role,
                           .virtual_time = 1,
                           .arg = r,
                           .event = on_event,
                           .random = on_random,
                           .as_of = recorded_on(r->testcase)};
    if (rc == 0)
        rc = asl_engine_open(&options, &r->engine, reterr);
    free(role);
    if (rc == 0)
        rc = mocks_serve(&r->mocks, r->engine, reterr);
    asl_host_options host = {
        .size = sizeof host, .single_thread = 1, .now = on_now, .arg = r};
    return rc != 0 ? rc : asl_host_new(r->engine, &host, &r->host, reterr);
}

static int run(struct replay *r, asl_error *reterr)
{
    const json_t *input = json_object_get(r->testcase, "input");
    const char *exact = text_of(r->testcase, "input_text");
    char *text = json_is_true(json_object_get(r->testcase, "input_absent")) ? NULL
                 : exact != NULL ? need(strdup(exact))
                                 : json_as_text(input);
    asl_start_options options = {.size = sizeof options, .name = world(r, "execution")};
    char *arn = NULL;
    int rc = asl_start(r->engine, r->machine, text, text != NULL ? strlen(text) : 0,
                       &options, &arn, reterr);
    free(text);
    if (rc != 0)
        return rc;
    r->arn = need(strdup(arn));
    asl_free(arn);
    return asl_host_run(r->host, ASL_UNTIL_ENDED, reterr);
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
static void set_end(struct replay *r, const json_t *description)
{
    static const char *const keys[] = {"status", "output", "error", "cause"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *value = json_object_get(description, keys[i]);
        if (value != NULL)
            set(r->actual, keys[i], json_incref(value));
    }
}

static int collect(struct replay *r, asl_error *reterr)
{
    const json_t *expect = json_object_get(r->testcase, "expect");
    json_t *description, *history;
    int rc = asl_describe(r->store, r->arn, &description, reterr);
    if (rc != 0)
        return rc;
    set_end(r, description);
    if (json_object_get(expect, "response") != NULL)
        set(r->actual, "response", sync_response(description));
    set(r->actual, "describe", description);
    if (json_object_get(expect, "events") == NULL)
        return 0;
    rc = asl_history(r->store, r->arn, &history, reterr);
    if (rc != 0)
        return rc;
    set(r->actual, "events", json_incref(json_object_get(history, "events")));
    json_decref(history);
    return 0;
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
    struct replay r = {.testcase = testcase,
                       .m = m,
                       .mocks = {.testcase = testcase},
                       .actual = need(json_object()),
                       .stop_after = stop_after(testcase),
                       .seed = 1};
    asl_error error = {0};
    int rc = load(&r, &error);
    if (rc == 0)
        rc = open_engine(&r, &error);
    if (rc == 0)
        rc = run(&r, &error);
    if (rc == 0 && !r.too_long)
        rc = collect(&r, &error);
    *ret_trouble = trouble_text(&r, rc, &error);
    asl_host_free(r.host);
    asl_engine_close(r.engine);
    asl_store_free(r.store);
    asl_machine_unref(r.machine);
    mocks_done(&r.mocks);
    free(r.arn);
    if (*ret_trouble == NULL)
        return r.actual;
    json_decref(r.actual);
    return NULL;
}
