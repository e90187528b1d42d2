/* SPDX-License-Identifier: Apache-2.0
 *
 * The provider behind asl/nested.h: tasks that start executions of this engine.
 *
 * Everything happens on the engine's thread. A call is one task from its start until it has its
 * answer; it is freed when nothing can tell of it any more.
 *
 * After a crash the task comes again, and its child may be there already. A name made of the
 * token can only be its own. With a Name, it is its own if it is younger than the task; else it
 * is somebody else's and the name is taken, as for a task that comes for the first time.
 */
#include <asl/nested.h>

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "providers/activity_private.h"
#include "providers/nested_private.h"

struct entry {
    struct entry *next;
    asl_machine *machine;
};

struct call {
    struct call *next;
    struct nested *all;
    asl_task *task; /* a reference */
    char *child;    /* its ARN, once it is started */
    bool named;     /* by the definition */
    bool express;   /* the child; nobody can describe it */
    bool cancelled; /* while it was being started */
};

struct nested {
    struct entry *machines; /* the newest first */
    struct call *calls;
    asl_nested_find_fn *find; /* other machines; may be NULL */
    void *find_arg;
};

static void free_call(struct call *call)
{
    struct call **p = &call->all->calls;
    while (*p != call)
        p = &(*p)->next;
    *p = call->next;
    asl_task_unref(call->task);
    asli_free(call->child);
    asli_free(call);
}

/* The task has its answer, or, for want of memory, a failure without words. */
static void done(struct call *call, int rc)
{
    if (rc == ASL_ENOMEM)
        asl_task_returned(call->task, rc);
    free_call(call);
}

static enum asl_pattern pattern_of(const asl_task *task)
{
    return asl_resource_pattern(asl_task_resource_info(task));
}

static bool is_sync(const asl_task *task)
{
    return pattern_of(task) == ASL_PATTERN_SYNC || pattern_of(task) == ASL_PATTERN_SYNC2;
}

static int describe(const asl_task *task, const char *arn, json_t **ret_description,
                    asl_error *reterr)
{
    return asl_describe(asl_engine_store(asl_task_engine(task)), arn, ret_description,
                        reterr);
}

/* ---- the child has ended ---- */

static int fail_with(asl_task *task, const json_t *answer, asl_error *reterr)
{
    ASLI_AUTO(text) char *cause = NULL;
    int rc = asli_json_text(answer, &cause, NULL, reterr);
    return rc ? rc : asl_task_fail(task, "States.TaskFailed", cause, reterr);
}

static int answer_end(struct call *call, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *child = NULL;
    json_t *answer;
    int rc = describe(call->task, call->child, &child, reterr);
    if (!rc)
        rc = asli_nested_ended(call->task, child, &answer, reterr);
    if (rc)
        return rc;
    if (json_object_get(child, "output"))
        return asl_task_succeed(call->task, answer, reterr);
    rc = fail_with(call->task, answer, reterr);
    json_decref(answer);
    return rc;
}

static void on_ended(void *arg, int code, const char *arn)
{
    struct call *call = arg;
    (void)code;
    (void)arn;
    done(call, answer_end(call, NULL));
}

/* ---- the child was started ---- */

static int describe_started(const struct call *call, json_t **ret_child,
                            asl_error *reterr)
{
    if (!call->express)
        return describe(call->task, call->child, ret_child, reterr);
    double now = (double)asl_engine_now(asl_task_engine(call->task)) / 1000.0;
    json_t *child = json_object();
    if (!child || json_object_set_new(child, "executionArn", json_string(call->child)) ||
        json_object_set_new(child, "startDate", json_real(now))) {
        json_decref(child);
        return asli_oom(reterr);
    }
    *ret_child = child;
    return 0;
}

static int answer_start(struct call *call, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *child = NULL;
    json_t *answer;
    int rc = describe_started(call, &child, reterr);
    if (!rc)
        rc = asli_nested_started(call->task, child, &answer, reterr);
    if (rc)
        return rc;
    return pattern_of(call->task) == ASL_PATTERN_REQUEST
               ? asl_task_succeed(call->task, answer, reterr)
               : asl_task_submitted(call->task, answer, reterr);
}

static void stop_child(const struct call *call)
{
    asl_engine *engine = asl_task_engine(call->task);
    if (engine && call->child)
        asl_stop(engine, call->child, NULL, NULL, NULL, NULL, NULL);
}

static void accept(struct call *call, const char *arn)
{
    call->child = asli_strdup(arn);
    int rc = call->child ? 0 : ASL_ENOMEM;
    if (call->cancelled && is_sync(call->task)) {
        stop_child(call);
        done(call, 0);
        return;
    }
    if (!rc)
        rc = answer_start(call, NULL);
    if (!rc && is_sync(call->task))
        rc = asl_task_watch(call->task, arn, on_ended, call, NULL);
    if (rc || !is_sync(call->task))
        done(call, rc);
}

/* Did an earlier process start it for this very task? */
static int is_own(const struct call *call, const char *arn, bool *ret_own,
                  asl_error *reterr)
{
    ASLI_AUTO(json) json_t *child = NULL;
    int64_t scheduled;
    *ret_own = !call->named;
    if (!call->named || !asl_task_redelivered(call->task))
        return 0;
    int rc = asli_recall_scheduled(call->task, &scheduled, reterr);
    if (!rc)
        rc = describe(call->task, arn, &child, reterr);
    if (!rc)
        *ret_own = scheduled && asli_recall_ms(child, "startDate") >= scheduled;
    return rc;
}

static void exists(struct call *call, const char *arn)
{
    bool own;
    int rc = is_own(call, arn, &own, NULL);
    if (!rc && own) {
        accept(call, arn);
        return;
    }
    if (!rc)
        rc = asli_nested_refuse(call->task, "ExecutionAlreadyExists",
                                asli_printf("Execution Already Exists: '%s'", arn), NULL);
    done(call, rc);
}

static void on_started(void *arg, int code, const char *arn)
{
    struct call *call = arg;
    switch (code) {
    case 0:
        accept(call, arn);
        break;
    case ASL_EEXISTS:
        exists(call, arn);
        break;
    case ASL_ENOSPACE:
        done(call, asli_nested_refuse(call->task, "ExecutionLimitExceeded",
                                      asli_strdup("The store has no space left"), NULL));
        break;
    default: /* the engine is closing: the task comes again */
        free_call(call);
        break;
    }
}

/* ---- the task ---- */

static bool has_name(const asl_machine *machine, const char *arn)
{
    static const char mark[] = ":stateMachine:";
    const char *at = strstr(arn, mark), *name = asl_machine_name(machine);
    size_t len = strlen(name);
    return at && strncmp(at + sizeof mark - 1, name, len) == 0 &&
           strchr(":#", at[sizeof mark - 1 + len]); /* ends there, or a version follows */
}

/* The machine in the target is a new reference. */
static int find_target(const struct nested *n, const char *arn, asl_target *ret_target,
                       asl_error *reterr)
{
    const struct entry *e = n->machines;
    while (e && !has_name(e->machine, arn))
        e = e->next;
    if (e)
        *ret_target = (asl_target){.machine = asl_machine_ref(e->machine)};
    else if (n->find)
        return n->find(n->find_arg, arn, ret_target, reterr);
    else
        return asli_refuse(reterr, ASL_ENOTFOUND, "StateMachineDoesNotExist",
                           "State Machine Does Not Exist: '%s'", arn);
    return 0;
}

/* Text is sent as it is, null is not sent, anything else is sent as its JSON text. */
static int input_text(const json_t *input, char **ret_text, size_t *ret_len,
                      asl_error *reterr)
{
    if (input && !json_is_null(input) && !json_is_string(input))
        return asli_json_text(input, ret_text, ret_len, reterr);
    const char *text = json_is_string(input) ? json_string_value(input) : "{}";
    *ret_len = json_is_string(input) ? json_string_length(input) : 2;
    *ret_text = asli_strndup(text, *ret_len);
    return *ret_text ? 0 : asli_oom(reterr);
}

/* StartExecution itself would have refused this. */
static int refuse_start(asl_task *task, const asl_error *error, asl_error *reterr)
{
    switch (error->code) {
    case ASL_EINVAL:
        return asli_nested_refuse(task, "InvalidName", asli_strdup(error->text), reterr);
    case ASL_EJSON:
    case ASL_ELIMIT:
        return asli_nested_refuse(
            task, "InvalidExecutionInput",
            asli_printf("Invalid State Machine Execution Input: '%s'", error->text),
            reterr);
    default:
        return asli_error_pass(reterr, error);
    }
}

static int start_child(struct call *call, const asl_target *target, const char *name,
                       asl_error *reterr)
{
    ASLI_AUTO(text) char *input = NULL;
    char id[37];
    size_t len;
    asl_start_options o = {.size = sizeof o,
                           .name = name,
                           .arg = call,
                           .started = on_started,
                           .version = target->version,
                           .alias = target->alias};
    if (!name) {
        asli_nested_id(call->task, id);
        o.name = id;
    }
    int rc = input_text(json_object_get(asl_task_input(call->task), "Input"), &input,
                        &len, reterr);
    return rc ? rc
              : asl_start(asl_task_engine(call->task), target->machine, input, len, &o,
                          NULL, reterr);
}

static int begin(struct nested *n, asl_task *task, const asl_target *target,
                 asl_error *reterr)
{
    const char *name = json_string_value(json_object_get(asl_task_input(task), "Name"));
    struct call *call = asli_alloc(sizeof *call);
    asl_error err = {0};
    if (!call)
        return asli_oom(reterr);
    *call = (struct call){.all = n,
                          .task = asl_task_ref(task),
                          .named = name != NULL,
                          .express = asl_machine_is_express(target->machine)};
    call->next = n->calls;
    n->calls = call;
    if (start_child(call, target, name, &err) == 0)
        return 0;
    free_call(call);
    return refuse_start(task, &err, reterr);
}

static int claims(void *self, const asl_resource *resource)
{
    const char *name = asl_resource_name(resource);
    (void)self;
    if (asl_resource_kind_of(resource) != ASL_RESOURCE_SERVICE)
        return 0;
    if (strcmp(name, "states:startExecution") == 0)
        return 1;
    enum asl_pattern pattern = asl_resource_pattern(resource);
    return strcmp(name, "aws-sdk:sfn:startExecution") == 0 &&
           (pattern == ASL_PATTERN_REQUEST || pattern == ASL_PATTERN_TOKEN);
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    struct nested *n = self;
    const char *arn =
        json_string_value(json_object_get(asl_task_input(task), "StateMachineArn"));
    if (!arn)
        return asl_task_fail(task, "States.Runtime",
                             "The field 'StateMachineArn' is required but was missing",
                             reterr);
    if (strncmp(arn, "arn:", 4) != 0)
        return asli_nested_refuse(
            task, "InvalidArn", asli_printf("Invalid Arn: 'Invalid ARN prefix: %s'", arn),
            reterr);
    asl_target target;
    asl_error err = {0};
    if (find_target(n, arn, &target, &err))
        return err.exception ? asli_nested_refuse(task, err.exception,
                                                  asli_strdup(err.text), reterr)
                             : asli_error_pass(reterr, &err);
    int rc = is_sync(task) && asl_machine_is_express(target.machine)
                 ? asli_nested_refuse(task, "StateMachineTypeNotSupported",
                                      asli_strdup("This operation is not supported by "
                                                  "this type of state machine"),
                                      reterr)
                 : begin(n, task, &target, reterr);
    asl_machine_unref(target.machine);
    return rc;
}

/* A parent that has ended, but not well, takes its child along; one that goes on does not. */
static bool has_failed(const asl_task *task)
{
    ASLI_AUTO(json) json_t *parent = NULL;
    if (!asl_task_engine(task) ||
        describe(task, asl_task_execution(task), &parent, NULL) != 0)
        return false;
    const char *status = json_string_value(json_object_get(parent, "status"));
    return strcmp(status, asl_status_name(ASL_RUNNING)) != 0 &&
           strcmp(status, asl_status_name(ASL_SUCCEEDED)) != 0;
}

static void cancel(void *self, asl_task *task)
{
    const struct nested *n = self;
    struct call *call = n->calls;
    while (call && call->task != task)
        call = call->next;
    if (!call || !asl_task_engine(task))
        return;
    bool stop = is_sync(task) && has_failed(task);
    if (!call->child) {
        call->cancelled = stop;
        return;
    }
    asl_task_unwatch(task, call->child);
    if (stop)
        stop_child(call);
    free_call(call);
}

static void free_entry(struct entry *e)
{
    asl_machine_unref(e->machine);
    asli_free(e);
}

static void on_close(void *self)
{
    struct nested *n = self;
    while (n->calls)
        free_call(n->calls);
    while (n->machines) {
        struct entry *next = n->machines->next;
        free_entry(n->machines);
        n->machines = next;
    }
    asli_free(n);
}

static const asl_provider_ops ops = {
    sizeof ops, "nested", claims, start, cancel, on_close,
};

static int get_nested(asl_engine *engine, struct nested **ret_nested, asl_error *reterr)
{
    struct nested *n = asl_engine_provider(engine, &ops);
    if (!n) {
        n = asli_alloc(sizeof *n);
        int rc = n ? asl_engine_add_provider(engine, &ops, n, reterr) : asli_oom(reterr);
        if (rc)
            return rc;
    }
    *ret_nested = n;
    return 0;
}

int asl_nested_add(asl_engine *engine, asl_machine *machine, asl_error *reterr)
{
    struct nested *n;
    int rc = get_nested(engine, &n, reterr);
    struct entry *e = rc ? NULL : asli_alloc(sizeof *e);
    if (!e)
        return rc ? rc : asli_oom(reterr);
    *e = (struct entry){n->machines, asl_machine_ref(machine)};
    n->machines = e;
    return 0;
}

int asl_nested_find(asl_engine *engine, asl_nested_find_fn *find, void *arg,
                    asl_error *reterr)
{
    struct nested *n;
    int rc = get_nested(engine, &n, reterr);
    if (rc)
        return rc;
    n->find = find;
    n->find_arg = arg;
    return 0;
}
