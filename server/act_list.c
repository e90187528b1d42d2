/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists of executions, of events and of Map runs; and a Map run by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/page.h"
#include "server/act.h"

/* ---- ListExecutions ---- */

/* Of one that is being deleted too; not of Express ones, which no store has. */
static int check_machine(const struct asli_call *call, const char *arn, asl_error *reterr)
{
    asl_target target;
    int rc = asl_control_target(asli_call_tenant(call)->control, arn, &target, reterr);
    if (rc)
        return rc == ASL_EENDED ? 0 : rc;
    if (asl_machine_is_express(target.machine))
        rc = asli_refuse(reterr, ASL_EINVAL, "StateMachineTypeNotSupported",
                         "This operation is not supported by this type of state machine");
    asl_machine_unref(target.machine);
    return rc;
}

static int check_list(const struct asli_call *call, const asl_list_options *options,
                      asl_error *reterr)
{
    struct asli_arn parts;
    if (!options->machine_arn && !options->map_run_arn)
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                           "Must provide a StateMachine ARN or MapRun ARN");
    if (options->machine_arn && options->map_run_arn)
        return asli_refuse(
            reterr, ASL_EINVAL, "ValidationException",
            "Exactly one of stateMachineArn and mapRunArn must be specified");
    return options->map_run_arn
               ? asli_arn_read(options->map_run_arn, "mapRun", &parts, reterr)
               : check_machine(call, options->machine_arn, reterr);
}

void asli_act_ListExecutions(struct asli_call *call)
{
    asl_list_options options = {.size = sizeof options,
                                .machine_arn = asli_input_text(call, "stateMachineArn"),
                                .map_run_arn = asli_input_text(call, "mapRunArn"),
                                .status = asli_input_text(call, "statusFilter"),
                                .redrive_filter = asli_input_text(call, "redriveFilter"),
                                .limit = asli_page_size(asli_call_input(call))};
    json_t *page;
    uint64_t next;
    asl_error err = {0};
    int rc = check_list(call, &options, &err);
    if (rc) {
        asli_call_fail(call, &err);
        return;
    }
    if (!asli_act_after(call, &options.after))
        return;
    rc = asl_list_page(asli_call_tenant(call)->store, &options, &page, &next, &err);
    if (rc)
        asli_call_fail(call, &err);
    else
        asli_act_page(call, page, next);
}

/* ---- GetExecutionHistory ---- */

void asli_act_GetExecutionHistory(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    const json_t *input = asli_call_input(call);
    asl_history_options options = {
        .size = sizeof options,
        .reverse = json_is_true(json_object_get(input, "reverseOrder")),
        .no_data = json_is_false(json_object_get(input, "includeExecutionData")),
        .limit = asli_page_size(input)};
    json_t *page;
    uint64_t next;
    asl_error err = {0};
    if (!asli_act_execution(call, arn) || !asli_act_after(call, &options.after))
        return;
    if (asl_history_page(asli_call_tenant(call)->store, arn, &options, &page, &next,
                         &err))
        asli_call_fail(call, &err);
    else
        asli_act_page(call, page, next);
}

/* ---- Map runs ---- */

/* Leaves of {"mapRuns": [...]} what stands on the page after `after` runs. */
static uint64_t cut(json_t *page, uint64_t after, size_t limit)
{
    json_t *runs = json_object_get(page, "mapRuns");
    size_t count = json_array_size(runs);
    bool more = after < count && count - after > limit;
    while (json_array_size(runs) > (more ? after + limit : count))
        json_array_remove(runs, json_array_size(runs) - 1);
    for (uint64_t i = 0; i < after && json_array_size(runs); i++)
        json_array_remove(runs, 0);
    return more ? after + limit : 0;
}

void asli_act_ListMapRuns(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "executionArn");
    json_t *page;
    uint64_t after;
    asl_error err = {0};
    if (!asli_act_execution(call, arn) || !asli_act_after(call, &after))
        return;
    if (asl_list_map_runs(asli_call_tenant(call)->store, arn, &page, &err)) {
        asli_call_fail(call, &err);
        return;
    }
    uint64_t next = cut(page, after, asli_page_size(asli_call_input(call)));
    asli_act_page(call, page, next);
}

static bool is_map_run(struct asli_call *call, const char *arn)
{
    struct asli_arn parts;
    asl_error err = {0};
    if (asli_arn_read(arn, "mapRun", &parts, &err) == 0)
        return true;
    asli_call_fail(call, &err);
    return false;
}

void asli_act_DescribeMapRun(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "mapRunArn");
    json_t *run;
    asl_error err = {0};
    if (!is_map_run(call, arn))
        return;
    if (asl_describe_map_run(asli_call_tenant(call)->store, arn, &run, &err))
        asli_call_fail(call, &err);
    else
        asli_call_succeed(call, run);
}

static void on_updated(void *arg, int code, const char *text)
{
    static const struct asli_naming names[] = {{ASL_EENDED, "ValidationException", "%s"},
                                               {0}};
    if (code)
        asli_call_fail_code(arg, code, text, names);
    else
        asli_call_succeed(arg, json_object());
}

void asli_act_UpdateMapRun(struct asli_call *call)
{
    const char *arn = asli_input_text(call, "mapRunArn");
    const json_t *concurrency = json_object_get(asli_call_input(call), "maxConcurrency");
    const json_t *count = json_object_get(asli_call_input(call), "toleratedFailureCount");
    const json_t *percentage =
        json_object_get(asli_call_input(call), "toleratedFailurePercentage");
    int64_t most = json_integer_value(concurrency), tolerated = json_integer_value(count);
    double share = json_number_value(percentage);
    asl_map_run_changes changes = {.size = sizeof changes,
                                   .max_concurrency = concurrency ? &most : NULL,
                                   .tolerated_count = count ? &tolerated : NULL,
                                   .tolerated_percentage = percentage ? &share : NULL};
    asl_error err = {0};
    if (is_map_run(call, arn) && asl_map_run_update(asli_call_tenant(call)->engine, arn,
                                                    &changes, on_updated, call, &err))
        asli_call_fail(call, &err);
}
