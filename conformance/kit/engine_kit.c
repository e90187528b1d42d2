/* SPDX-License-Identifier: Apache-2.0
 *
 * See engine_kit.h. The calls are asserted with Check: only for use inside of a test.
 */
#include "conformance/kit/engine_kit.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/quotes.h"

__attribute__((format(printf, 2, 3))) static void tell(struct kit *k, const char *format,
                                                       ...)
{
    size_t len = strlen(k->trace);
    va_list args;
    va_start(args, format);
    vsnprintf(k->trace + len, sizeof k->trace - len, format, args);
    va_end(args);
}

static void on_ended(void *arg, const asl_result *r)
{
    struct kit *k = arg;
    tell(k, "ended:%s:%s ", r->name, asl_status_name(r->status));
    snprintf(k->output, sizeof k->output, "%s", r->output ? r->output : "");
    snprintf(k->error, sizeof k->error, "%s", r->error ? r->error : "");
    snprintf(k->cause, sizeof k->cause, "%s", r->cause ? r->cause : "");
}

static void on_started(void *arg, int code, const char *text)
{
    const char *name = text;
    for (int field = 0; name && field < 7; field++)
        name = strchr(name, ':') ? strchr(name, ':') + 1 : NULL;
    int len = name ? (int)strcspn(name, ":") : 1;
    if (code)
        tell(arg, "refused:%.*s:%s ", len, name ? name : "?", asl_code_name(code));
    else
        tell(arg, "started:%.*s ", len, name ? name : "?");
}

void kit_done(void *arg, int code, const char *text)
{
    (void)text;
    tell(arg, "done:%s ", asl_code_name(code));
}

static int no_random(void *arg, void *buffer, size_t len)
{
    static unsigned n; /* another secret each time */
    (void)arg;
    memset(buffer, 0, len);
    n++;
    memcpy(buffer, &n, len < sizeof n ? len : sizeof n);
    return 0;
}

void kit_open(struct kit *k)
{
    asl_error err = {0};
    if (!k->now)
        k->now = KIT_EPOCH;
    k->options.size = sizeof k->options;
    k->options.store = k->store;
    k->options.arg = k;
    k->options.ended = on_ended;
    if (!k->options.random)
        k->options.random = no_random;
    ck_assert_msg(asl_engine_open(&k->options, &k->engine, &err) == 0, "%s", err.text);
    kit_handler(k, "echo", kit_echo);
    kit_handler(k, "keep", kit_keep);
    kit_handler(k, "fail", kit_fail);
    kit_handler(k, "desk:ask", kit_submit);
}

void kit_close(struct kit *k)
{
    asl_engine_close(k->engine);
    k->engine = NULL;
    asl_task_unref(k->task);
    k->task = NULL;
}

void kit_open_stored(struct kit *k)
{
    k->options.virtual_time = 1;
    ck_assert_int_eq(asl_store_mem(&k->store, NULL), 0);
    kit_open(k);
}

void kit_close_stored(struct kit *k)
{
    kit_close(k);
    asl_store_free(k->store);
    k->store = NULL;
}

void kit_reopen(struct kit *k)
{
    kit_close(k);
    kit_open(k);
}

static asl_machine *load(const char *definition, const char *name, int express)
{
    asl_error err = {0};
    asl_machine *machine;
    asl_machine_options options = {
        .size = sizeof options, .name = name, .express = express};
    char *text = kit_quoted(definition);
    int rc = asl_machine_load(text, (size_t)-1, &options, &machine, NULL, &err);
    free(text);
    ck_assert_msg(rc == 0, "%s", err.text);
    return machine;
}

asl_machine *kit_machine(const char *definition, const char *name)
{
    return load(definition, name, 0);
}

int kit_start_rc(struct kit *k, asl_machine *machine, const char *name, const char *input,
                 char **ret_arn)
{
    asl_start_options o = {
        .size = sizeof o, .name = name, .arg = k, .started = on_started};
    return asl_start(k->engine, machine, input, (size_t)-1, &o, ret_arn, NULL);
}

void kit_start(struct kit *k, const char *name, const char *definition, const char *input)
{
    asl_machine *machine = kit_machine(definition, NULL);
    ck_assert_int_eq(kit_start_rc(k, machine, name, input, NULL), 0);
    asl_machine_unref(machine);
}

void kit_start_express(struct kit *k, const char *name, const char *definition,
                       const char *input, int sync)
{
    asl_machine *machine = load(definition, "x", 1);
    asl_start_options o = {
        .size = sizeof o, .name = name, .arg = k, .started = on_started, .sync = sync};
    ck_assert_int_eq(asl_start(k->engine, machine, input, (size_t)-1, &o, NULL, NULL), 0);
    asl_machine_unref(machine);
}

int kit_turn(struct kit *k, asl_error *reterr)
{
    int rc = asl_engine_run_ready(k->engine, k->now, reterr);
    if (rc)
        return rc;
    const asl_batch *batch = asl_engine_take_batch(k->engine, reterr);
    if (!batch)
        return 0;
    if (batch->count > k->largest)
        k->largest = batch->count;
    k->batches++;
    asl_error err = {0};
    rc = asl_store_apply(asl_engine_store(k->engine), batch, &err);
    asl_engine_batch_done(k->engine, rc, &err);
    return rc;
}

void kit_settle(struct kit *k)
{
    asl_error err = {0};
    do
        ck_assert_msg(kit_turn(k, &err) == 0, "%s", err.text);
    while (asl_engine_has_ready(k->engine));
}

void kit_until(struct kit *k, int64_t ms_after_epoch)
{
    int64_t at, end = KIT_EPOCH + ms_after_epoch;
    kit_settle(k);
    while ((at = asl_engine_next_deadline(k->engine)) <= end) {
        if (at > k->now)
            k->now = at;
        kit_settle(k);
    }
    k->now = end;
}

/* ---- what is durable ---- */

const char *kit_types(struct kit *k, const char *execution)
{
    static char text[8192];
    json_t *history, *event;
    asl_error err = {0};
    size_t i;
    int rc = asl_history(asl_engine_store(k->engine), execution, &history, &err);
    ck_assert_msg(rc == 0, "%s", err.text);
    text[0] = '\0';
    json_array_foreach(json_object_get(history, "events"), i, event)
    {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s", i ? " " : "",
                 json_string_value(json_object_get(event, "type")));
    }
    json_decref(history);
    return text;
}

json_t *kit_describe(struct kit *k, const char *execution)
{
    json_t *description;
    asl_error err = {0};
    int rc = asl_describe(asl_engine_store(k->engine), execution, &description, &err);
    ck_assert_msg(rc == 0, "%s", err.text);
    return description;
}

const char *kit_text(const json_t *o, const char *key)
{
    const char *text = json_string_value(json_object_get(o, key));
    return text ? text : "(none)";
}

const char *kit_status(struct kit *k, const char *execution)
{
    static char text[16];
    json_t *d = kit_describe(k, execution);
    snprintf(text, sizeof text, "%s", json_string_value(json_object_get(d, "status")));
    json_decref(d);
    return text;
}

/* ---- handlers ---- */

void kit_handler(struct kit *k, const char *name, asl_handler_fn *fn)
{
    ck_assert_int_eq(asl_handler(k->engine, name, fn, k, ASL_HANDLER_INLINE, NULL), 0);
}

int kit_echo(asl_task *task, void *arg)
{
    ((struct kit *)arg)->calls++;
    return asl_task_succeed(task, json_incref((json_t *)asl_task_input(task)), NULL);
}

int kit_fail(asl_task *task, void *arg)
{
    ((struct kit *)arg)->calls++;
    return asl_task_fail(task, "E", "why", NULL);
}

int kit_keep(asl_task *task, void *arg)
{
    struct kit *k = arg;
    k->calls++;
    asl_task_unref(k->task);
    k->task = asl_task_ref(task);
    snprintf(k->token, sizeof k->token, "%s", asl_task_token(task));
    return 0;
}

int kit_submit(asl_task *task, void *arg)
{
    struct kit *k = arg;
    k->calls++;
    snprintf(k->token, sizeof k->token, "%s", asl_task_token(task));
    return asl_task_submitted(task, NULL, NULL);
}

int kit_succeed(struct kit *k)
{
    int rc = asl_task_succeed(k->task, json_true(), NULL);
    asl_task_unref(k->task);
    k->task = NULL;
    return rc;
}
