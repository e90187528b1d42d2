/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes any text for a mock file, and runs an execution that it answers: a task of each pattern,
 * with retries, and an activity.
 */
#include <asl/activity.h>
#include <asl/host.h>
#include <asl/mock.h>

#include <stdlib.h>
#include <string.h>

#include "conformance/fuzz/fuzz.h"

#define NOW 1700000000000

static const char definition[] =
    "{\"StartAt\":\"A\",\"States\":{"
    "\"A\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:lambda:us-east-1:1:function:f\","
    "\"Retry\":[{\"ErrorEquals\":[\"States.ALL\"],\"IntervalSeconds\":1}],"
    "\"Catch\":[{\"ErrorEquals\":[\"States.ALL\"],\"Next\":\"B\"}],\"Next\":\"B\"},"
    "\"B\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:::sqs:sendMessage"
    ".waitForTaskToken\",\"Parameters\":{\"t.$\":\"$$.Task.Token\"},\"Next\":\"C\"},"
    "\"C\":{\"Type\":\"Task\",\"Resource\":\"arn:aws:states:us-east-1:1:activity:a\","
    "\"End\":true}}}";

static int zeros(void *arg, void *buffer, size_t len)
{
    (void)arg;
    memset(buffer, 0, len);
    return 0;
}

static asl_machine *the_machine(void)
{
    static asl_machine *machine;
    asl_machine_options options = {.size = sizeof options, .name = "m"};
    if (!machine &&
        asl_machine_load(definition, (size_t)-1, &options, &machine, NULL, NULL))
        abort();
    return machine;
}

static int succeed(asl_task *task, void *arg)
{
    (void)arg;
    return asl_task_succeed(task, json_true(), NULL);
}

/* What the mock file leaves out. */
static int serve(asl_engine *engine)
{
    return asl_handler(engine, "f", succeed, NULL, ASL_HANDLER_INLINE, NULL) ||
           asl_handler(engine, "sqs:sendMessage", succeed, NULL, ASL_HANDLER_INLINE,
                       NULL) ||
           asl_activity_create(engine, "a", 0, NULL);
}

/* Until it waits for what never comes. */
static void run(asl_engine *engine, asl_store *store)
{
    int64_t now = NOW;
    for (int turn = 0; turn < 100 && now != INT64_MAX; turn++) {
        if (asl_engine_run_ready(engine, now, NULL))
            abort();
        const asl_batch *batch = asl_engine_take_batch(engine, NULL);
        if (batch)
            asl_engine_batch_done(engine, asl_store_apply(store, batch, NULL), NULL);
        if (!asl_engine_has_ready(engine))
            now = asl_engine_next_deadline(engine);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    asl_store *store;
    asl_engine *engine;
    if (asl_store_mem(&store, NULL))
        abort();
    asl_options options = {
        .size = sizeof options, .store = store, .virtual_time = 1, .random = zeros};
    if (asl_engine_open(&options, &engine, NULL) || serve(engine))
        abort();
    if (!asl_mock_add(engine, len ? (const char *)data : "", len, "m", "c", NULL)) {
        asl_start_options start = {.size = sizeof start, .name = "x"};
        if (asl_start(engine, the_machine(), "{}", 2, &start, NULL, NULL))
            abort();
        run(engine, store);
    }
    asl_engine_close(engine);
    asl_store_free(store);
    return 0;
}
