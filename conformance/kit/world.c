/* SPDX-License-Identifier: Apache-2.0
 *
 * See world.h. Handlers are deterministic per task (what they give depends on input and attempt
 * alone), so that an interrupted run must end like an uninterrupted one.
 */
#include "conformance/kit/world.h"

#include <stdio.h>
#include <string.h>

static const char jsonpath[] =
    "{\"StartAt\":\"Begin\",\"TimeoutSeconds\":100000,\"States\":{"
    "\"Begin\":{\"Type\":\"Pass\",\"Result\":[1,2,3,4,5],\"ResultPath\":\"$.items\","
    "\"Assign\":{\"kept.$\":\"$[1]\"},\"Next\":\"Flaky\"},"
    "\"Flaky\":{\"Type\":\"Task\",\"Resource\":\"handler:flaky\",\"ResultPath\":\"$."
    "flaky\","
    "\"Retry\":[{\"ErrorEquals\":[\"Flaky\"],\"IntervalSeconds\":5,\"MaxAttempts\":3}],"
    "\"Next\":\"Each\"},"
    "\"Each\":{\"Type\":\"Map\",\"ItemsPath\":\"$.items\",\"MaxConcurrency\":2,"
    "\"ItemSelector\":{\"n.$\":\"$$.Map.Item.Value\",\"i.$\":\"$$.Map.Item.Index\"},"
    "\"Assign\":{\"each.$\":\"$[0]\"},"
    "\"ItemProcessor\":{\"StartAt\":\"Work\",\"States\":{"
    "\"Work\":{\"Type\":\"Task\",\"Resource\":\"handler:echo\",\"Next\":\"Pause\"},"
    "\"Pause\":{\"Type\":\"Wait\",\"Seconds\":7,\"Assign\":{\"mine.$\":\"$\"},\"Next\":"
    "\"Kept\"},"
    "\"Kept\":{\"Type\":\"Pass\",\"Parameters\":{\"mine.$\":\"$mine\",\"kept.$\":\"$"
    "kept\"},"
    "\"End\":true}}},"
    "\"ResultPath\":\"$.each\",\"Next\":\"Both\"},"
    "\"Both\":{\"Type\":\"Parallel\",\"Branches\":["
    "{\"StartAt\":\"Ask\",\"States\":{\"Ask\":{\"Type\":\"Task\","
    "\"Resource\":\"arn:aws:states:::desk:ask.waitForTaskToken\","
    "\"Parameters\":{\"token.$\":\"$$.Task.Token\"},\"End\":true}}},"
    "{\"StartAt\":\"Sleep\",\"States\":{\"Sleep\":{\"Type\":\"Wait\",\"Seconds\":3,"
    "\"Next\":\"Nested\"},"
    "\"Nested\":{\"Type\":\"Map\",\"ItemsPath\":\"$.items\",\"ItemProcessor\":{"
    "\"StartAt\":\"P\",\"States\":{\"P\":{\"Type\":\"Pass\",\"End\":true}}},\"End\":true}"
    "}}],"
    "\"ResultPath\":\"$.both\",\"Next\":\"Broken\"},"
    "\"Broken\":{\"Type\":\"Parallel\",\"Branches\":["
    "{\"StartAt\":\"Bad\",\"States\":{\"Bad\":{\"Type\":\"Task\",\"Resource\":\"handler:"
    "bad\","
    "\"End\":true}}},"
    "{\"StartAt\":\"Long\",\"States\":{\"Long\":{\"Type\":\"Wait\",\"Seconds\":500,"
    "\"End\":true}}}],"
    "\"Retry\":[{\"ErrorEquals\":[\"Bad\"],\"IntervalSeconds\":1,\"MaxAttempts\":1}],"
    "\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"ResultPath\":\"$.caught\","
    "\"Assign\":{\"why.$\":\"$.Error\"},\"Next\":\"Check\"}],\"Next\":\"Check\"},"
    "\"Check\":{\"Type\":\"Choice\",\"Choices\":[{\"Variable\":\"$why\","
    "\"StringEquals\":\"Bad\",\"Next\":\"Done\"}]},"
    "\"Done\":{\"Type\":\"Pass\",\"Parameters\":{\"all.$\":\"$\",\"each.$\":\"$each\"},"
    "\"End\":true}}}";

static const char jsonata[] =
    "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"Begin\",\"TimeoutSeconds\":100000,"
    "\"States\":{\"Begin\":{\"Type\":\"Pass\",\"Assign\":{\"items\":[1,2,3,4,5],"
    "\"kept\":\"{% $states.input.a + 1 %}\"},"
    "\"Output\":\"{% {'a': $states.input.a} %}\",\"Next\":\"Flaky\"},"
    "\"Flaky\":{\"Type\":\"Task\",\"Resource\":\"handler:flaky\","
    "\"Arguments\":{\"try\":\"{% $states.context.State.RetryCount %}\"},"
    "\"Retry\":[{\"ErrorEquals\":[\"Flaky\"],\"IntervalSeconds\":5}],"
    "\"Output\":\"{% $states.result.*[0] %}\",\"Next\":\"Each\"},"
    "\"Each\":{\"Type\":\"Map\",\"Items\":\"{% $items %}\","
    "\"MaxConcurrency\":\"{% $kept %}\","
    "\"ItemSelector\":{\"n\":\"{% $states.context.Map.Item.Value %}\","
    "\"kept\":\"{% $kept %}\"},\"ItemProcessor\":{\"StartAt\":\"Work\","
    "\"States\":{\"Work\":{\"Type\":\"Task\",\"Resource\":\"handler:echo\","
    "\"Assign\":{\"mine\":\"{% $states.result.n * $kept %}\"},\"Next\":\"Pause\"},"
    "\"Pause\":{\"Type\":\"Wait\",\"Seconds\":\"{% $mine %}\","
    "\"Output\":\"{% [$mine, $states.input.kept] %}\",\"End\":true}}},"
    "\"Assign\":{\"each\":\"{% $states.result %}\"},\"Next\":\"Both\"},"
    "\"Both\":{\"Type\":\"Parallel\","
    "\"Arguments\":{\"sum\":\"{% $sum($each.$[0]) %}\"},"
    "\"Branches\":[{\"StartAt\":\"Ask\",\"States\":{\"Ask\":{\"Type\":\"Task\","
    "\"Resource\":\"arn:aws:states:::desk:ask.waitForTaskToken\","
    "\"Arguments\":{\"token\":\"{% $states.context.Task.Token %}\"},"
    "\"Output\":\"{% $states.result.answer %}\",\"End\":true}}},{\"StartAt\":\"Wrong\","
    "\"States\":{\"Wrong\":{\"Type\":\"Map\",\"Items\":\"{% $states.input.none %}\","
    "\"ItemProcessor\":{\"StartAt\":\"I\",\"States\":{\"I\":{\"Type\":\"Succeed\"}}},"
    "\"Retry\":[{\"ErrorEquals\":[\"States.QueryEvaluationError\"],"
    "\"IntervalSeconds\":1,\"MaxAttempts\":2}],"
    "\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],"
    "\"Output\":\"{% $states.errorOutput.Error %}\","
    "\"Assign\":{\"wrong\":\"{% $states.input.sum %}\"},\"Next\":\"Right\"}],"
    "\"End\":true},"
    "\"Right\":{\"Type\":\"Pass\",\"Output\":\"{% [$states.input, $wrong] %}\","
    "\"End\":true}}}],\"Output\":\"{% {'both': $states.result, 'each': $each} %}\","
    "\"Assign\":{\"items\":\"{% $states.result %}\"},\"Next\":\"Broken\"},"
    "\"Broken\":{\"Type\":\"Parallel\",\"Branches\":[{\"StartAt\":\"Bad\","
    "\"States\":{\"Bad\":{\"Type\":\"Task\",\"Resource\":\"handler:bad\","
    "\"End\":true}}},{\"StartAt\":\"Long\",\"States\":{\"Long\":{\"Type\":\"Wait\","
    "\"Timestamp\":\"{% '2050-01-01T00:00:00Z' %}\",\"End\":true}}}],"
    "\"Catch\":[{\"ErrorEquals\":[\"Bad\"],\"Output\":\"{% $states.input %}\","
    "\"Assign\":{\"why\":\"{% $states.errorOutput.Error %}\"},\"Next\":\"Check\"}],"
    "\"Next\":\"Check\"},"
    "\"Check\":{\"Type\":\"Choice\",\"Choices\":[{\"Condition\":\"{% $why = 'Bad' %}\","
    "\"Assign\":{\"checked\":true},\"Output\":\"{% [$states.input, $items] %}\","
    "\"Next\":\"Done\"}]},"
    "\"Done\":{\"Type\":\"Succeed\","
    "\"Output\":\"{% {'all': $states.input, 'checked': $checked} %}\"}}}";

void world_init(struct world *w, asl_store *store, int machine)
{
    static const char *const definitions[WORLD_MACHINES] = {jsonpath, jsonata};
    memset(w, 0, sizeof *w);
    w->store = store;
    w->definition = definitions[machine];
    w->now = 1700000000000;
}

/* ---- handlers ---- */

/* Out of memory is not an outcome: the handler tries again. */
#define INSIST(call)                                                                     \
    do {                                                                                 \
        rc = (call);                                                                     \
    } while (rc == ASL_ENOMEM)

static int echo(asl_task *task, void *arg)
{
    struct world *w = arg;
    int rc;
    w->tasks++;
    INSIST(asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL));
    return 0;
}

static int flaky(asl_task *task, void *arg)
{
    struct world *w = arg;
    int rc;
    w->tasks++;
    if (asl_task_attempt(task) < 2)
        INSIST(asl_task_fail(task, "Flaky", "not yet", NULL));
    else
        INSIST(asl_task_succeed_text(task, "{\"at last\": true}", (size_t)-1, NULL));
    return 0;
}

static int bad(asl_task *task, void *arg)
{
    struct world *w = arg;
    int rc;
    w->tasks++;
    INSIST(asl_task_fail(task, "Bad", NULL, NULL));
    return 0;
}

static int ask(asl_task *task, void *arg)
{
    struct world *w = arg;
    int rc;
    w->tasks++;
    INSIST(asl_task_submitted(task, NULL, NULL));
    return 0;
}

static int register_all(struct world *w, asl_engine *e)
{
    const struct {
        const char *name;
        asl_handler_fn *fn;
    } all[] = {{"echo", echo}, {"flaky", flaky}, {"bad", bad}, {"desk:ask", ask}};
    int rc = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all && !rc; i++)
        rc = asl_handler(e, all[i].name, all[i].fn, w, ASL_HANDLER_INLINE, &w->error);
    return rc;
}

/* ---- one life ---- */

static void on_event(void *arg, const asl_event *event)
{
    struct world *w = arg;
    if (asl_event_time(event) > w->now)
        w->now = asl_event_time(event);
}

static int64_t clock_now(void *arg)
{
    return ((struct world *)arg)->now;
}

static void on_done(void *arg, int code, const char *text)
{
    (void)arg;
    (void)code;
    (void)text;
}

/* Somebody answers every open callback. *ret_n: how many. */
static int answer_all(struct world *w, asl_engine *e, size_t *ret_n)
{
    json_t *tasks = NULL;
    int rc = asl_open_tasks(w->store, "run", &tasks, &w->error);
    *ret_n = 0;
    for (size_t i = 0; !rc && i < json_array_size(tasks); i++) {
        json_t *t = json_array_get(tasks, i);
        if (!json_is_true(json_object_get(t, "submitted")))
            continue;
        rc = asl_answer_success(e, json_string_value(json_object_get(t, "taskToken")),
                                "{ \"answer\": 42 }", (size_t)-1, on_done, NULL,
                                &w->error);
        ++*ret_n;
    }
    json_decref(tasks);
    return rc;
}

static int live(struct world *w, asl_engine *e, asl_host *host)
{
    for (;;) {
        asl_activity a;
        size_t answered = 0;
        int rc = asl_host_run(host, ASL_UNTIL_IDLE, &w->error);
        if (rc)
            return rc;
        asl_engine_activity(e, &a);
        if (!a.executions)
            return 0;
        rc = answer_all(w, e, &answered);
        if (rc || !answered)
            return rc ? rc
                      : asl_error_set(&w->error, ASL_EINTERNAL, "nothing can happen");
    }
}

static int start_once(struct world *w, asl_engine *e)
{
    asl_machine *m;
    asl_start_options o = {.size = sizeof o, .name = "run"};
    json_t *there;
    int rc = asl_describe(w->store, "run", &there, &w->error);
    if (!rc)
        json_decref(there);
    if (rc != ASL_ENOTFOUND)
        return rc;
    rc = asl_machine_load(w->definition, (size_t)-1, NULL, &m, NULL, &w->error);
    if (rc)
        return rc;
    rc = asl_start(e, m, "{\"a\":1}", (size_t)-1, &o, NULL, &w->error);
    asl_machine_unref(m);
    return rc;
}

int world_run(struct world *w)
{
    asl_engine *e;
    asl_host *host;
    asl_options o = {.size = sizeof o,
                     .store = w->store,
                     .virtual_time = 1,
                     .arg = w,
                     .event = on_event};
    asl_host_options ho = {
        .size = sizeof ho, .single_thread = 1, .now = clock_now, .arg = w};
    int rc = asl_engine_open(&o, &e, &w->error);
    if (rc)
        return rc;
    rc = register_all(w, e);
    if (!rc)
        rc = start_once(w, e);
    if (!rc)
        rc = asl_host_new(e, &ho, &host, &w->error);
    if (!rc) {
        rc = live(w, e, host);
        asl_host_free(host);
    }
    asl_engine_close(e);
    return rc;
}

/* ---- what is durable ---- */

json_t *world_history(struct world *w)
{
    json_t *h, *events;
    if (asl_history(w->store, "run", &h, NULL))
        return NULL;
    events = json_incref(json_object_get(h, "events"));
    json_decref(h);
    return events;
}

json_t *world_describe(struct world *w)
{
    json_t *d;
    return asl_describe(w->store, "run", &d, NULL) ? NULL : d;
}

int world_extends(const json_t *later, const json_t *earlier)
{
    if (json_array_size(later) < json_array_size(earlier))
        return 0;
    for (size_t i = 0; i < json_array_size(earlier); i++)
        if (!json_equal(json_array_get(later, i), json_array_get(earlier, i)))
            return 0;
    return 1;
}
