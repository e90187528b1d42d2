/* SPDX-License-Identifier: Apache-2.0
 *
 * State machines: CreateStateMachine and what follows it.
 *
 * Besides what DescribeStateMachine shows, a value has: "updateDate", "tags", "versions" (the number
 * of the last one that was published) and "created" (of the request what its repetition is compared
 * by).
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/arn.h"
#include "engine/base/id.h"
#include "engine/base/json.h"

/* ---- configurations ---- */

static const struct configuration {
    const char *name;
    int (*make)(const json_t *given, json_t **ret_value, asl_error *reterr);
} configurations[] = {
    {"loggingConfiguration", asli_logging},
    {"tracingConfiguration", asli_tracing},
    {"encryptionConfiguration", asli_encryption},
};

/* Sets those that the request has or, with `all`, that it has not too. */
static int configure(const struct asli_request *r, json_t *value, bool all,
                     asl_error *reterr)
{
    for (size_t i = 0; i < sizeof configurations / sizeof *configurations; i++) {
        const struct configuration *c = &configurations[i];
        const json_t *given = json_object_get(r->params, c->name);
        json_t *made = NULL;
        int rc = given || all ? c->make(given, &made, reterr) : 0;
        if (!rc && made && json_object_set_new(value, c->name, made) != 0)
            rc = asli_oom(reterr);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_role(const struct asli_request *r, asl_error *reterr)
{
    const char *role = asli_param(r, "roleArn");
    return role ? asli_arn_check_role(role, reterr) : 0;
}

static bool wants_publish(const struct asli_request *r)
{
    return json_is_true(json_object_get(r->params, "publish"));
}

static int check_publish(const struct asli_request *r, asl_error *reterr)
{
    if (!asli_param(r, "versionDescription") || wants_publish(r))
        return 0;
    return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                       "Version description can only be set when publish is true");
}

/* ---- create ---- */

/* Not to publish is the same, said or not. */
static const char *const repeated[] = {"publish", "versionDescription", NULL};

/* The value of a new one. */
static int make_value(struct asli_request *r, const char *arn, json_t *value,
                      asl_error *reterr)
{
    static const char *const given[] = {"name", "definition", "roleArn", NULL};
    const char *type = asli_param(r, "type");
    json_t *tags = NULL, *now = asli_now(r->control);
    const char *const *name = given;
    int failed = 0;
    for (; !failed && *name; name++)
        failed = asli_keep(value, *name, json_object_get(r->params, *name));
    failed =
        failed ||
        json_object_set_new(value, "type", json_string(type ? type : "STANDARD")) ||
        json_object_set_new(value, "created",
                            asli_pick(wants_publish(r) ? r->params : NULL, repeated)) ||
        json_object_set(value, "creationDate", now) ||
        json_object_set(value, "updateDate", now);
    json_decref(now);
    if (failed)
        return asli_oom(reterr);
    int rc = asli_tags(NULL, json_object_get(r->params, "tags"), arn, &tags, reterr);
    if (!rc && json_object_set_new(value, "tags", tags) != 0)
        rc = asli_oom(reterr);
    return rc ? rc : configure(r, value, true, reterr);
}

/* The request that made this one, or as good as it. */
static bool is_repeated(const struct asli_item *machine, const json_t *value)
{
    static const char *const names[] = {"definition",
                                        "type",
                                        "loggingConfiguration",
                                        "tracingConfiguration",
                                        "encryptionConfiguration",
                                        "created"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!asli_json_equal(json_object_get(machine->value, names[i]),
                             json_object_get(value, names[i])))
            return false;
    return true;
}

static int answer_create(struct asli_request *r, const struct asli_item *machine,
                         const struct asli_item *version, asl_error *reterr)
{
    r->response = json_object();
    if (json_object_set_new(r->response, "stateMachineArn", json_string(machine->arn)) ||
        json_object_set(r->response, "creationDate",
                        json_object_get(machine->value, "creationDate")) ||
        (version && json_object_set_new(r->response, "stateMachineVersionArn",
                                        json_string(version->arn))))
        return asli_oom(reterr);
    return 0;
}

static int again(struct asli_request *r, const struct asli_item *machine,
                 const json_t *value, asl_error *reterr)
{
    int rc = asli_refuse_deleting(machine, reterr);
    if (rc)
        return rc;
    if (!is_repeated(machine, value))
        return asli_refuse(reterr, ASL_EEXISTS, "StateMachineAlreadyExists",
                           "State Machine Already Exists: '%s'", machine->arn);
    return answer_create(
        r, machine,
        wants_publish(r) ? asli_shelf_find(&machine->versions, 1, "", 0) : NULL, reterr);
}

/* Writes a new machine, with its first version when it is wanted. */
static int add(struct asli_request *r, struct asli_item *machine, asl_error *reterr)
{
    struct asli_item *version = NULL;
    bool fresh = false;
    int rc = asli_compiled(r->control, machine, &machine->machine, reterr);
    if (!rc && wants_publish(r))
        rc = asli_publish(r, machine, machine->value, asli_param(r, "versionDescription"),
                          &version, &fresh, reterr);
    if (!rc)
        rc = asli_shelf_reserve(&r->control->machines, reterr);
    if (!rc)
        rc = asli_put_row(r, machine, machine->value, reterr);
    if (!rc)
        rc = answer_create(r, machine, version, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc) {
        asli_item_free(fresh ? version : NULL);
        return rc;
    }
    asli_shelf_add(&r->control->machines, machine);
    if (fresh)
        asli_shelf_add(&machine->versions, version);
    return 0;
}

static int check_create(const struct asli_request *r, asl_error *reterr)
{
    const char *name = asli_param(r, "name");
    int rc = asli_needs(r, "name", reterr);
    if (!rc)
        rc = asli_needs(r, "definition", reterr);
    if (!rc)
        rc = asli_needs(r, "roleArn", reterr);
    if (!rc && !asli_name_valid(name))
        rc = asli_refuse(reterr, ASL_EINVAL, "InvalidName", "Invalid Name: '%s'", name);
    if (!rc)
        rc = check_role(r, reterr);
    if (!rc)
        rc = check_publish(r, reterr);
    return rc;
}

int asli_do_CreateStateMachine(struct asli_request *r, asl_error *reterr)
{
    struct asl_control *c = r->control;
    const char *name = asli_param(r, "name");
    int rc = check_create(r, reterr);
    json_t *value = rc ? NULL : json_object();
    if (!rc)
        rc = make_value(r, name, value, reterr);
    struct asli_item *old =
        rc ? NULL : asli_shelf_find(&c->machines, 0, name, strlen(name));
    if (rc || old) {
        rc = rc ? rc : again(r, old, value, reterr);
        json_decref(value);
        return rc;
    }
    if (c->machines.count >= ASLI_MACHINES_MAX) {
        json_decref(value);
        return asli_refuse(reterr, ASL_ELIMIT, "StateMachineLimitExceeded",
                           "State Machine Limit Exceeded: '%s'", name);
    }
    struct asli_item *machine = asli_item_new(c, ASLI_MACHINE, ++c->last_id, NULL, value);
    if (!machine)
        return asli_oom(reterr);
    rc = add(r, machine, reterr);
    if (rc)
        asli_item_free(machine);
    return rc;
}

/* ---- update ---- */

static const char *const updated[] = {"definition", "roleArn", NULL};

static int check_update(const struct asli_request *r, asl_error *reterr)
{
    bool any = false;
    for (size_t i = 0; updated[i]; i++)
        any = any || json_object_get(r->params, updated[i]);
    for (size_t i = 0; i < sizeof configurations / sizeof *configurations; i++)
        any = any || json_object_get(r->params, configurations[i].name);
    if (!any)
        return asli_refuse(reterr, ASL_EINVAL, "MissingRequiredParameter",
                           "Either the definition, the role ARN, the "
                           "LoggingConfiguration, or the TracingConfiguration must be "
                           "specified");
    int rc = check_role(r, reterr);
    return rc ? rc : check_publish(r, reterr);
}

/* What makes a revision. */
static bool differ(const json_t *a, const json_t *b)
{
    bool same = true;
    for (size_t i = 0; updated[i]; i++)
        same = same && asli_json_equal(json_object_get(a, updated[i]),
                                       json_object_get(b, updated[i]));
    for (size_t i = 0; i < sizeof configurations / sizeof *configurations; i++)
        same = same && asli_json_equal(json_object_get(a, configurations[i].name),
                                       json_object_get(b, configurations[i].name));
    return !same;
}

/* Changes `value`, a copy of the machine's. */
static int change(struct asli_request *r, const struct asli_item *machine, json_t *value,
                  asl_error *reterr)
{
    char id[37];
    int failed = 0;
    for (size_t i = 0; !failed && updated[i]; i++)
        failed = asli_keep(value, updated[i], json_object_get(r->params, updated[i]));
    if (failed || json_object_set_new(value, "updateDate", asli_now(r->control)) != 0)
        return asli_oom(reterr);
    int rc = configure(r, value, false, reterr);
    if (rc || !differ(machine->value, value))
        return rc;
    rc = asli_uuid(r->control, id, reterr);
    if (!rc && json_object_set_new(value, "revisionId", json_string(id)) != 0)
        rc = asli_oom(reterr);
    return rc;
}

static int answer_update(struct asli_request *r, const json_t *value,
                         const struct asli_item *version, asl_error *reterr)
{
    static const char *const names[] = {"updateDate", "revisionId", NULL};
    r->response = asli_pick(value, names);
    if (!r->response ||
        (version && json_object_set_new(r->response, "stateMachineVersionArn",
                                        json_string(version->arn))))
        return asli_oom(reterr);
    return 0;
}

static int update(struct asli_request *r, struct asli_item *machine, json_t *value,
                  asl_machine **compiled, asl_error *reterr)
{
    struct asli_item *version = NULL;
    bool fresh = false;
    int rc = change(r, machine, value, reterr);
    if (!rc)
        rc = asli_compile(machine->name, value, compiled, NULL, reterr);
    if (!rc && wants_publish(r))
        rc = asli_publish(r, machine, value, asli_param(r, "versionDescription"),
                          &version, &fresh, reterr);
    if (!rc)
        rc = asli_put_row(r, machine, value, reterr);
    if (!rc)
        rc = answer_update(r, value, version, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc)
        asli_item_free(fresh ? version : NULL);
    else if (fresh)
        asli_shelf_add(&machine->versions, version);
    return rc;
}

int asli_do_UpdateStateMachine(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *machine;
    asl_machine *compiled = NULL;
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = check_update(r, reterr);
    if (!rc)
        rc = asli_find_machine(r->control, asli_param(r, "stateMachineArn"), &machine,
                               reterr);
    if (rc)
        return rc;
    json_t *value = asli_json_copy(machine->value);
    rc = value ? update(r, machine, value, &compiled, reterr) : asli_oom(reterr);
    if (rc) {
        json_decref(value);
        asl_machine_unref(compiled);
        return rc;
    }
    asli_item_set(machine, value);
    asl_machine_unref(machine->machine);
    machine->machine = compiled;
    return 0;
}

/* ---- describe, list, delete ---- */

static const char *const described[] = {"name",
                                        "definition",
                                        "roleArn",
                                        "type",
                                        "creationDate",
                                        "loggingConfiguration",
                                        "description",
                                        "tracingConfiguration",
                                        "encryptionConfiguration",
                                        "revisionId",
                                        NULL};

/* An alias stands for the first of its versions. */
static int describable(const struct asl_control *control, const char *arn,
                       struct asli_item **ret_item, asl_error *reterr)
{
    struct asli_item *item = NULL;
    int rc = asli_find_target(control, arn, &item, reterr);
    if (!rc && item->kind == ASLI_ALIAS) {
        const json_t *route =
            json_array_get(json_object_get(item->value, "routingConfiguration"), 0);
        arn = json_string_value(json_object_get(route, "stateMachineVersionArn"));
        rc = asli_find_target(control, arn, &item, reterr);
    }
    if (!rc)
        *ret_item = item;
    return rc;
}

/* Of a definition that a later libasl finds wrong nothing is told. */
static int add_references(const struct asli_request *r, struct asli_item *item,
                          asl_error *reterr)
{
    asl_machine *compiled;
    json_t *references = NULL;
    int rc = asli_compiled(r->control, item, &compiled, reterr);
    if (!rc)
        rc = asl_machine_variable_references(compiled, &references, reterr);
    if (rc || json_is_null(references)) {
        json_decref(references);
        return rc == ASL_ENOMEM ? rc : 0;
    }
    if (json_object_set_new(r->response, "variableReferences", references) != 0)
        return asli_oom(reterr);
    return 0;
}

int asli_do_DescribeStateMachine(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *item;
    const char *included = asli_param(r, "includedData");
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = describable(r->control, asli_param(r, "stateMachineArn"), &item, reterr);
    if (rc)
        return rc;
    const struct asli_item *machine = item->owner ? item->owner : item;
    const char *status = asli_item_text(machine, "status");
    r->response = asli_pick(item->value, described);
    if (!r->response ||
        json_object_set_new(r->response, "stateMachineArn", json_string(item->arn)) ||
        json_object_set_new(r->response, "name", json_string(machine->name)) ||
        json_object_set_new(r->response, "status",
                            json_string(status ? status : "ACTIVE")))
        return asli_oom(reterr);
    if (!included || strcmp(included, "METADATA_ONLY") != 0)
        return add_references(r, item, reterr);
    if (json_object_set_new(r->response, "definition", json_string("{}")) != 0)
        return asli_oom(reterr);
    return 0;
}

int asli_do_ListStateMachines(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"stateMachineArn", "name", "type", "creationDate",
                                        NULL};
    return asli_list(r, &r->control->machines, "stateMachines", names, false, NULL, NULL,
                     reterr);
}

int asli_do_DeleteStateMachine(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *machine;
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = asli_find_unqualified(r->control, asli_param(r, "stateMachineArn"), &machine,
                                   reterr);
    return rc || !machine ? rc : asli_delete(r, machine, reterr);
}
