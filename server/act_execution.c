/* SPDX-License-Identifier: Apache-2.0
 *
 * One execution: DescribeExecution, DescribeStateMachineForExecution, StopExecution.
 */
#include <string.h>

#include <asl/host.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "server/act.h"

/* ---- describe ---- */

/* Without "input" and "output", and saying so. */
static int leave_out_data(json_t *execution)
{
    static const char *const names[][2] = {{"input", "inputDetails"},
                                           {"output", "outputDetails"}};
    for (size_t i = 0; i < 2; i++) {
        if (!json_object_get(execution, names[i][1]))
            continue;
        json_t *details = json_object();
        json_object_del(execution, names[i][0]);
        if (json_object_set_new(execution, names[i][1], details) ||
            json_object_set_new(details, "included", json_false()))
            return ASL_ENOMEM;
    }
    return 0;
}

void asli_act_DescribeExecution(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    json_t *execution = NULL;
    asl_error err = {0};
    if (!asli_act_execution(call, arn))
        return;
    if (asl_describe(asli_call_tenant(call)->store, arn, &execution, &err)) {
        asli_call_fail(call, &err);
        return;
    }
    if (asli_input_is(call, "includedData", "METADATA_ONLY") &&
        leave_out_data(execution)) {
        json_decref(execution);
        execution = NULL;
    }
    asli_call_succeed(call, execution);
}

/* ---- its state machine ---- */

struct describing {
    struct asli_call *call;
    json_t *machine; /* as the engine knows it */
};

/* What the registry has of it by now, or else what AWS shows of a machine without configurations. */
static int configure(json_t *machine, const json_t *registered)
{
    static const struct {
        const char *name, *otherwise;
    } rows[] = {
        {"loggingConfiguration", "{\"level\":\"OFF\",\"includeExecutionData\":false}"},
        {"tracingConfiguration", "{\"enabled\":false}"},
        {"encryptionConfiguration", "{\"type\":\"AWS_OWNED_KEY\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *value = json_incref(json_object_get(registered, rows[i].name));
        if (!registered && asli_json_read(rows[i].otherwise, strlen(rows[i].otherwise),
                                          &value, NULL) != 0)
            return ASL_ENOMEM;
        if (value && json_object_set_new(machine, rows[i].name, value) != 0)
            return ASL_ENOMEM;
    }
    return 0;
}

static void on_registered(void *arg, json_t *response, const asl_error *error)
{
    struct describing *d = arg;
    struct asli_call *call = d->call;
    json_t *machine = d->machine;
    (void)error; /* it is deleted */
    asli_free(d);
    if (configure(machine, response) != 0) {
        json_decref(machine);
        machine = NULL;
    }
    asli_call_succeed(call, machine);
}

/* Of a child of a distributed Map, "NAME/LABEL", the configurations are those of NAME. */
static json_t *request_for(const json_t *machine)
{
    const char *arn = json_string_value(json_object_get(machine, "stateMachineArn"));
    json_t *request = json_object();
    if (json_object_set_new(request, "stateMachineArn",
                            json_stringn(arn, strcspn(arn, "/"))) == 0)
        return request;
    json_decref(request);
    return NULL;
}

static void describe_machine(struct asli_call *call, json_t *take_machine)
{
    struct describing *d = asli_alloc(sizeof *d);
    ASLI_AUTO(json) json_t *request = request_for(take_machine);
    if (!d || !request) {
        asli_free(d);
        json_decref(take_machine);
        asli_call_succeed(call, NULL);
        return;
    }
    *d = (struct describing){call, take_machine};
    asl_control_call(asli_call_tenant(call)->control, "DescribeStateMachine", request,
                     on_registered, d);
}

void asli_act_DescribeStateMachineForExecution(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    json_t *machine = NULL;
    asl_error err = {0};
    if (!asli_act_execution(call, arn))
        return;
    int rc = asl_describe_machine(asli_call_tenant(call)->store, arn, &machine, &err);
    if (!rc && asli_input_is(call, "includedData", "METADATA_ONLY") &&
        json_object_set_new(machine, "definition", json_string("{}")) != 0)
        rc = asli_oom(&err);
    if (!rc) {
        describe_machine(call, machine);
        return;
    }
    json_decref(machine);
    asli_call_fail(call, &err);
}

/* ---- stop ---- */

void asli_act_answer_date(struct asli_call *call, const char *member)
{
    ASLI_AUTO(json) json_t *execution = NULL;
    const char *arn = asli_input_text(call, "executionArn");
    asl_error err = {0};
    if (asl_describe(asli_call_tenant(call)->store, arn, &execution, &err)) {
        asli_call_fail(call, &err);
        return;
    }
    json_t *output = json_object();
    if (json_object_set(output, member, json_object_get(execution, member)) != 0) {
        json_decref(output);
        output = NULL;
    }
    asli_call_succeed(call, output);
}

/* One that has ended before is no error: the answer says when. */
static void on_stopped(void *arg, int code, const char *text)
{
    struct asli_call *call = arg;
    if (code && code != ASL_EENDED)
        asli_call_fail_code(call, code, text, NULL);
    else
        asli_act_answer_date(call, "stopDate");
}

void asli_act_StopExecution(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    asl_error err = {0};
    if (asli_act_execution(call, arn) &&
        asl_stop(asli_call_tenant(call)->engine, arn, asli_input_text(call, "error"),
                 asli_input_text(call, "cause"), on_stopped, call, &err))
        asli_call_fail(call, &err);
}
