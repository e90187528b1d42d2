/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaying one test of a state, in the runner of recordings: the same calls of `replay`, another
 * way to do it. An engine of its own on the virtual clock, asked once through the public API.
 *
 * Invariant: of the expectation nothing reaches the engine but what a live service answered.
 */
#include <asl/control.h>
#include <asl/host.h>
#include <asl/provider.h>

#include "conformance/kit/need.h"
#include "conformance/replay.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define CLOCK 1735689600000 /* 2025-01-01T00:00:00Z */

struct test {
    const json_t *testcase;
    json_t *actual; /* NULL: no reply yet */
    char **trouble;
};

static void set(json_t *object, const char *key, json_t *take_value)
{
    if (json_object_set_new(object, key, need(take_value)) != 0)
        need(NULL);
}

static char *text_of(const json_t *value)
{
    char *text;
    if (asli_json_text(value, &text, NULL, NULL) != 0)
        need(NULL);
    return text;
}

/* ------------------------------------------------------------------ the live service */

static int claims(void *self, const asl_resource *resource)
{
    (void)self;
    (void)resource;
    return 1;
}

/* Its answer is recorded at DEBUG; at INFO there is only what became of it. */
static int start(void *self, asl_task *task, asl_error *reterr)
{
    const struct test *t = self;
    const json_t *expect = json_object_get(t->testcase, "expect");
    const json_t *response = json_object_get(expect, "response");
    json_t *result =
        json_object_get(json_object_get(response, "inspectionData"), "result");
    if (result == NULL)
        result = json_object_get(response, "output");
    if (result == NULL)
        return asl_error_set(reterr, ASL_EINVAL, "no answer is recorded");
    if (json_is_string(result)) /* a text that the recorder left as it was */
        return asl_task_succeed_text(task, json_string_value(result),
                                     json_string_length(result), reterr);
    return asl_task_succeed(task, json_incref(result), reterr);
}

/* ------------------------------------------------------------------ request and reply */

static json_t *refusal(const struct test *t, const asl_error *error)
{
    const json_t *expected =
        json_object_get(json_object_get(t->testcase, "expect"), "error_response");
    json_t *o = need(json_object());
    set(o, "Code", json_string(error->exception));
    set(o, "Message", json_string(error->text));
    /* Not every recording has it; the server gives the same for each of these. */
    if (json_object_get(expected, "HTTPStatusCode") != NULL)
        set(o, "HTTPStatusCode", json_integer(400));
    return o;
}

static void on_reply(void *arg, json_t *response, const asl_error *error)
{
    static const char *const parts[] = {"status", "output", "error", "cause"};
    struct test *t = arg;
    if (response == NULL && error->exception == NULL) {
        if (asprintf(t->trouble, "%s", error->text) < 0)
            need(NULL);
        return;
    }
    t->actual = need(json_object());
    if (response == NULL) {
        set(t->actual, "error_response", refusal(t, error));
        return;
    }
    set(t->actual, "response", json_incref(response));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (json_object_get(response, parts[i]) != NULL)
            set(t->actual, parts[i], json_incref(json_object_get(response, parts[i])));
}

static json_t *request_of(const json_t *testcase)
{
    const json_t *definition = json_object_get(testcase, "definition");
    const json_t *input = json_object_get(testcase, "input_text");
    json_t *request = need(json_copy(need(json_object_get(testcase, "request"))));
    char *text = text_of(definition);
    set(request, "definition",
        json_is_string(definition) ? json_incref((json_t *)definition)
                                   : json_string(text));
    asli_free(text);
    if (json_is_true(json_object_get(testcase, "input_absent")))
        return request;
    text = text_of(json_object_get(testcase, "input"));
    set(request, "input",
        input != NULL ? json_incref((json_t *)input) : json_string(text));
    asli_free(text);
    return request;
}

/* ------------------------------------------------------------------ the run */

static int drive(asl_engine *engine, asl_error *reterr)
{
    int64_t now = CLOCK;
    int rc = 0;
    while (rc == 0) {
        rc = asl_engine_run_ready(engine, now, reterr);
        const asl_batch *batch = rc == 0 ? asl_engine_take_batch(engine, reterr) : NULL;
        if (batch != NULL)
            asl_engine_batch_done(
                engine, asl_store_apply(asl_engine_store(engine), batch, reterr), reterr);
        if (asl_engine_has_ready(engine))
            continue;
        int64_t next = asl_engine_next_deadline(engine);
        if (next == INT64_MAX)
            break;
        now = next > now ? next : now;
    }
    return rc;
}

json_t *replay(const json_t *testcase, const struct match *m, char **ret_trouble)
{
    static const asl_provider_ops live = {
        .size = sizeof live, .name = "live", .claims = claims, .start = start};
    struct test t = {.testcase = testcase, .trouble = ret_trouble};
    asl_options options = {
        .size = sizeof options, .account = "111111111111", .virtual_time = 1};
    asl_engine *engine = NULL;
    asl_error error = {0};
    (void)m;
    *ret_trouble = NULL;
    json_t *request = request_of(testcase);
    int rc = asl_engine_open(&options, &engine, &error);
    if (rc == 0)
        rc = asl_engine_add_provider(engine, &live, &t, &error);
    if (rc == 0)
        asl_test_state(engine, request, on_reply, &t);
    if (rc == 0)
        rc = drive(engine, &error);
    if (rc != 0 && *ret_trouble == NULL && asprintf(ret_trouble, "%s", error.text) < 0)
        need(NULL);
    asl_engine_close(engine);
    json_decref(request);
    return t.actual;
}
