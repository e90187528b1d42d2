/* SPDX-License-Identifier: Apache-2.0
 *
 * See bench.h. The calls are asserted with Check: only for use inside of a test.
 */
#include "conformance/kit/bench.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/quotes.h"

static char *copy(const char *text)
{
    return text ? need(strdup(text)) : NULL;
}

static void forget(struct bench *b)
{
    free(b->output);
    free(b->error);
    free(b->cause);
    b->output = b->error = b->cause = NULL;
}

static void on_ended(void *arg, const asl_result *result)
{
    struct bench *b = arg;
    forget(b);
    b->ended++;
    b->status = result->status;
    b->output = copy(result->output);
    b->error = copy(result->error);
    b->cause = copy(result->cause);
}

static void on_event(void *arg, const asl_event *event)
{
    ((struct bench *)arg)->time = asl_event_time(event);
}

static int64_t epoch(void *arg)
{
    (void)arg;
    return BENCH_EPOCH;
}

void bench_open(struct bench *b, asl_store *store, unsigned flags)
{
    asl_error err = {0};
    memset(b, 0, sizeof *b);
    asl_options options = {.size = sizeof options,
                           .store = store,
                           .virtual_time = !(flags & BENCH_REAL_TIME),
                           .arg = b,
                           .event = on_event,
                           .ended = on_ended};
    asl_host_options host = {.size = sizeof host,
                             .workers = 2,
                             .single_thread = (flags & BENCH_SINGLE) != 0,
                             .now = epoch};
    ck_assert_msg(asl_engine_open(&options, &b->engine, &err) == 0, "%s", err.text);
    if (!(flags & BENCH_NO_HOST))
        ck_assert_msg(asl_host_new(b->engine, &host, &b->host, &err) == 0, "%s",
                      err.text);
}

void bench_close(struct bench *b)
{
    asl_host_free(b->host);
    asl_engine_close(b->engine);
    forget(b);
}

void bench_handler(struct bench *b, const char *name, asl_handler_fn *fn, void *arg,
                   unsigned flags)
{
    asl_error err = {0};
    ck_assert_msg(asl_handler(b->engine, name, fn, arg, flags, &err) == 0, "%s",
                  err.text);
}

asl_machine *bench_machine(const char *definition)
{
    asl_error err = {0};
    asl_machine *machine;
    char *text = kit_quoted(definition);
    int rc = asl_machine_load(text, (size_t)-1, NULL, &machine, NULL, &err);
    free(text);
    ck_assert_msg(rc == 0, "%s", err.text);
    return machine;
}

char *bench_start(struct bench *b, const char *definition, const char *input)
{
    asl_error err = {0};
    char *arn, *text = input ? kit_quoted(input) : NULL;
    asl_machine *machine = bench_machine(definition);
    int rc = asl_start(b->engine, machine, text, (size_t)-1, NULL, &arn, &err);
    asl_machine_unref(machine);
    free(text);
    ck_assert_msg(rc == 0, "%s", err.text);
    return arn;
}

void bench_run(struct bench *b, enum asl_run_until until)
{
    asl_error err = {0};
    ck_assert_msg(asl_host_run(b->host, until, &err) == 0, "%s", err.text);
}

const char *bench_output(struct bench *b, const char *definition, const char *input)
{
    asl_free(bench_start(b, definition, input));
    bench_run(b, ASL_UNTIL_ENDED);
    ck_assert_msg(b->status == ASL_SUCCEEDED, "%s: %s", b->error ? b->error : "?",
                  b->cause ? b->cause : "?");
    return b->output;
}
