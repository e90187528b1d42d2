/* SPDX-License-Identifier: Apache-2.0
 *
 * One test of a state, from the request to the reply: the only file that owns it.
 */
#include "engine/teststate/teststate.h"

#include "engine/base/alloc.h"
#include "engine/task_handle.h"

static void reply(struct asli_teststate *test, json_t *response, const asl_error *error)
{
    asl_reply_fn *fn = test->reply;
    test->reply = NULL;
    if (fn)
        fn(test->arg, response, error);
}

static void release(struct asli_probe *probe)
{
    struct asli_teststate *test = probe->arg;
    asl_error gone = {0};
    asl_error_set(&gone, ASL_ECLOSED, "the engine closed before the test had ended");
    reply(test, NULL, &gone);
    for (int i = 0; i < ASLI_STAGES_COUNT; i++)
        asli_payload_unref(probe->notes[i]);
    asli_payload_unref(probe->result);
    asli_payload_unref(test->input);
    asl_objects_free(probe->objects);
    json_decref(probe->context);
    json_decref(probe->variables);
    json_decref(probe->assigned);
    json_decref(probe->request);
    json_decref(probe->response);
    json_decref(probe->item.value);
    asli_free(probe->error);
    asli_free(probe->cause);
    asli_free(probe->caught_error);
    asli_free(probe->caught_cause);
    asl_machine_unref(probe->machine);
    asli_free(test);
}

static void ended(struct asli_probe *probe, const asl_result *result)
{
    struct asli_teststate *test = probe->arg;
    asl_error error = {0};
    json_t *response = asli_teststate_response(test, result, &error);
    reply(test, response, response ? NULL : &error);
    json_decref(response);
}

static struct asli_teststate *new_test(asl_reply_fn *fn, void *arg)
{
    struct asli_teststate *test = asli_alloc(sizeof *test);
    if (!test)
        return NULL;
    test->reply = fn;
    test->arg = arg;
    test->probe.failed_items = test->probe.retry_index = test->probe.catch_index = -1;
    test->probe.concurrency = test->probe.tolerated_count = -1;
    test->probe.tolerated_percentage = -1;
    test->probe.ended = ended;
    test->probe.release = release;
    test->probe.arg = test;
    return test;
}

/* A Task without a mock is for somebody in this process to do. */
static int check_served(const asl_engine *engine, const struct asli_probe *probe,
                        asl_error *reterr)
{
    const asl_resource *resource = asli_probe_resource(probe);
    if (!resource || probe->result || probe->error || asli_provider_for(engine, resource))
        return 0;
    return asl_error_set(reterr, ASL_EHANDLER, "no handler for '%s' is registered",
                         resource->name);
}

void asl_test_state_exchanged(void *arg, const asl_task *task, const json_t *request,
                              const json_t *response)
{
    asl_task *t =
        (asl_task *)(uintptr_t)task; /* nobody else looks before its completion */
    (void)arg;
    if (!t->traced)
        return;
    json_decref(t->request);
    json_decref(t->response);
    t->request = json_deep_copy(request); /* no other thread holds them */
    t->response = json_deep_copy(response);
}

void asl_test_state(asl_engine *engine, const json_t *request, asl_reply_fn *fn,
                    void *arg)
{
    asl_error error = {0};
    struct asli_teststate *test = new_test(fn, arg);
    if (!test) {
        asli_oom(&error);
        fn(arg, NULL, &error);
        return;
    }
    int rc = asli_teststate_read(test, request, &error);
    if (!rc)
        rc = check_served(engine, &test->probe, &error);
    if (!rc)
        rc = asli_probe_start(engine, &test->probe, test->input, &error);
    if (rc) {
        reply(test, NULL, &error);
        release(&test->probe);
    }
}
