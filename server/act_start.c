/* SPDX-License-Identifier: Apache-2.0
 *
 * Executions begin: StartExecution, StartSyncExecution.
 *
 * "ARN#CASE" (Step Functions Local) runs the execution mocked, by that test case of the mock file.
 */
#include <string.h>

#include <asl/mock.h>
#include <asl/provider.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "server/act.h"

static const struct asli_naming start_names[] = {
    {ASL_EJSON, "InvalidExecutionInput", "Invalid State Machine Execution Input: '%s'"},
    {ASL_ELIMIT, "InvalidExecutionInput", "Invalid State Machine Execution Input: '%s'"},
    {ASL_EHANDLER, "ValidationException", "%s"},
    {0}};

/* Splits "ARN#CASE"; *ret_case is NULL without '#', and "" with nothing after it. */
static int split(const char *text, char **ret_arn, const char **ret_case,
                 asl_error *reterr)
{
    const char *mark = strchr(text, '#');
    char *arn = asli_strndup(text, mark ? (size_t)(mark - text) : strlen(text));
    if (!arn)
        return asli_oom(reterr);
    *ret_arn = arn;
    *ret_case = mark ? mark + 1 : NULL;
    return 0;
}

/* Has the tasks of this execution mocked by the test case: another machine is to be started. */
static int mock(const struct asli_call *call, asl_target *target, const char *test_case,
                asl_error *reterr)
{
    asl_machine *mocked;
    asl_error err = {0};
    if (!test_case || !*test_case)
        return 0;
    int rc = asl_mock_case(asli_call_tenant(call)->engine, target->machine, test_case,
                           &mocked, &err);
    if (rc == ASL_ENOMEM)
        return asli_oom(reterr);
    if (rc)
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException", "%s", err.text);
    asl_machine_unref(target->machine);
    target->machine = mocked;
    return 0;
}

/* The machine that the call is about, as `options` starts it. */
static int aim(struct asli_call *call, asl_target *ret_target, asl_start_options *options,
               asl_error *reterr)
{
    ASLI_AUTO(text) char *arn = NULL;
    const char *test_case = NULL;
    asl_target target;
    int rc = split(asli_input_text(call, "stateMachineArn"), &arn, &test_case, reterr);
    if (!rc && test_case && options->sync)
        rc = asli_refuse(reterr, ASL_EINVAL, "InvalidArn",
                         "Invalid Arn: 'A test case cannot be given here: %s'",
                         asli_input_text(call, "stateMachineArn"));
    if (!rc)
        rc = asl_control_target(asli_call_tenant(call)->control, arn, &target, reterr);
    if (rc)
        return rc;
    options->version = target.version;
    options->alias = target.alias;
    options->name = asli_input_text(call, "name");
    rc = mock(call, &target, test_case, reterr);
    if (rc)
        asl_machine_unref(target.machine);
    else
        *ret_target = target;
    return rc;
}

static int begin(struct asli_call *call, const asl_target *target,
                 const asl_start_options *options, asl_error *reterr)
{
    const json_t *input = json_object_get(asli_call_input(call), "input");
    if (input && json_string_length(input) == 0)
        return asli_refuse(reterr, ASL_EJSON, "InvalidExecutionInput",
                           "Invalid execution input.");
    return asl_start(asli_call_tenant(call)->engine, target->machine,
                     json_string_value(input), json_string_length(input), options, NULL,
                     reterr);
}

/* ---- StartExecution ---- */

static void on_started(void *arg, int code, const char *arn)
{
    struct asli_call *call = arg;
    if (code) {
        asli_call_fail_code(call, code, NULL, start_names);
        return;
    }
    int64_t began = asl_engine_start_time(asli_call_tenant(call)->engine);
    json_t *output = json_object();
    if (json_object_set_new(output, "executionArn", json_string(arn)) ||
        json_object_set_new(output, "startDate", json_real((double)began / 1000))) {
        json_decref(output);
        output = NULL;
    }
    asli_call_succeed(call, output);
}

void asli_act_StartExecution(struct asli_call *call)
{
    asl_start_options options = {
        .size = sizeof options, .arg = call, .started = on_started};
    asl_target target;
    asl_error err = {0};
    if (!asli_act_name(call))
        return;
    int rc = aim(call, &target, &options, &err);
    if (!rc) {
        rc = begin(call, &target, &options, &err);
        asl_machine_unref(target.machine);
    }
    if (rc)
        asli_call_fail_as(call, &err, start_names, "input");
}

/* ---- StartSyncExecution ---- */

struct asli_sync {
    struct asli_sync *prev, *next; /* of the tenant's */
    struct asli_call *call;
    char *machine; /* its ARN */
    int64_t began;
};

static struct asli_sync *sync_new(struct asli_call *call)
{
    struct asli_tenant *tenant = asli_call_tenant(call);
    struct asli_sync *s = asli_alloc(sizeof *s);
    if (!s)
        return NULL;
    s->call = call;
    s->next = tenant->syncs;
    if (s->next)
        s->next->prev = s;
    tenant->syncs = s;
    return s;
}

static void sync_free(struct asli_sync *s, struct asli_tenant *tenant)
{
    if (s->prev)
        s->prev->next = s->next;
    else
        tenant->syncs = s->next;
    if (s->next)
        s->next->prev = s->prev;
    asli_free(s->machine);
    asli_free(s);
}

void asli_syncs_close(struct asli_tenant *tenant)
{
    asl_error err = {0};
    asl_error_set(&err, ASL_ECLOSED, "the server ends");
    while (tenant->syncs) {
        struct asli_call *call = tenant->syncs->call;
        sync_free(tenant->syncs, tenant);
        asli_call_fail(call, &err);
    }
}

static int set_text(json_t *object, const char *name, const char *text)
{
    return text ? json_object_set_new(object, name, json_string(text)) : 0;
}

static int set_included(json_t *object, const char *name, bool included)
{
    json_t *details = json_object();
    return json_object_set_new(object, name, details) ||
           json_object_set_new(details, "included", json_boolean(included));
}

/* AWS bills by 100 ms and 64 MB. */
static int set_billing(json_t *object, int64_t ms)
{
    json_t *billing = json_object();
    int64_t billed = ms > 0 ? (ms + 99) / 100 * 100 : 100;
    return json_object_set_new(object, "billingDetails", billing) ||
           json_object_set_new(billing, "billedDurationInMilliseconds",
                               json_integer(billed)) ||
           json_object_set_new(billing, "billedMemoryUsedInMB", json_integer(64));
}

static int set_data(const struct asli_call *call, json_t *object,
                    const asl_result *result)
{
    const char *input = asli_input_text(call, "input");
    bool all = !asli_input_is(call, "includedData", "METADATA_ONLY");
    return (all && set_text(object, "input", input ? input : "{}")) ||
           set_included(object, "inputDetails", all) ||
           (all && set_text(object, "output", result->output)) ||
           set_included(object, "outputDetails", all);
}

static json_t *answer(const struct asli_sync *s, const asl_result *result, int64_t now)
{
    json_t *object = json_object();
    if (!set_text(object, "executionArn", result->arn) &&
        !set_text(object, "stateMachineArn", s->machine) &&
        !set_text(object, "name", result->name) &&
        !json_object_set_new(object, "startDate", json_real((double)s->began / 1000)) &&
        !json_object_set_new(object, "stopDate", json_real((double)now / 1000)) &&
        !set_text(object, "status", asl_status_name(result->status)) &&
        !set_text(object, "error", result->error) &&
        !set_text(object, "cause", result->cause) &&
        !set_text(object, "traceHeader", asli_input_text(s->call, "traceHeader")) &&
        !set_data(s->call, object, result) && !set_billing(object, now - s->began))
        return object;
    json_decref(object);
    return NULL;
}

static void on_sync_started(void *arg, int code, const char *arn)
{
    struct asli_sync *s = arg;
    struct asli_call *call = s->call;
    s->began = asl_engine_start_time(asli_call_tenant(call)->engine);
    if (!code)
        return;
    sync_free(s, asli_call_tenant(call));
    asli_call_fail_code(call, code, NULL, start_names);
}

static void on_sync_ended(void *arg, const asl_result *result)
{
    struct asli_sync *s = arg;
    struct asli_call *call = s->call;
    struct asli_tenant *tenant = asli_call_tenant(call);
    json_t *output = answer(s, result, asl_engine_now(tenant->engine));
    sync_free(s, tenant);
    asli_call_succeed(call, output);
}

static int begin_sync(struct asli_call *call, struct asli_sync *s, asl_error *reterr)
{
    asl_start_options options = {.size = sizeof options,
                                 .arg = s,
                                 .started = on_sync_started,
                                 .ended = on_sync_ended,
                                 .sync = 1};
    asl_target target;
    int rc = aim(call, &target, &options, reterr);
    if (rc)
        return rc;
    s->machine = asli_strdup(target.arn);
    rc = s->machine ? begin(call, &target, &options, reterr) : asli_oom(reterr);
    asl_machine_unref(target.machine);
    return rc;
}

void asli_act_StartSyncExecution(struct asli_call *call)
{
    if (!asli_act_name(call))
        return;
    struct asli_sync *s = sync_new(call);
    asl_error err = {0};
    int rc = s ? begin_sync(call, s, &err) : asli_oom(&err);
    if (rc && s)
        sync_free(s, asli_call_tenant(call));
    if (rc)
        asli_call_fail_as(call, &err, start_names, "input");
}
