/* SPDX-License-Identifier: Apache-2.0
 *
 * Aliases: names for one version, or for two that are drawn by weight.
 *
 * A value has what DescribeStateMachineAlias shows, and "machineId".
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/json.h"

static const char *route_arn(const json_t *route)
{
    const char *arn = json_string_value(json_object_get(route, "stateMachineVersionArn"));
    return arn ? arn : "";
}

static json_int_t route_weight(const json_t *route)
{
    return json_integer_value(json_object_get(route, "weight"));
}

static const json_t *routes_of(const struct asli_item *alias)
{
    return json_object_get(alias->value, "routingConfiguration");
}

bool asli_routes_to(const struct asli_item *alias, const char *version_arn)
{
    size_t i;
    json_t *route;
    json_array_foreach((json_t *)routes_of(alias), i, route)
    {
        if (strcmp(route_arn(route), version_arn) == 0)
            return true;
    }
    return false;
}

/* ---- routes ---- */

/* "[a, b]" of the ARNs or of the weights. */
static int refuse_routes(const json_t *routes, const char *words, bool weights,
                         asl_error *reterr)
{
    struct asli_bytes bytes = {0};
    size_t i;
    json_t *route;
    json_array_foreach((json_t *)routes, i, route)
    {
        asli_bytes_adds(&bytes, i ? ", " : "[");
        if (weights)
            asli_bytes_addf(&bytes, "%lld", (long long)route_weight(route));
        else
            asli_bytes_adds(&bytes, route_arn(route));
    }
    asli_bytes_adds(&bytes, "]");
    ASLI_AUTO(text) char *text = bytes.oom ? NULL : asli_bytes_take_text(&bytes);
    asli_bytes_done(&bytes);
    return text ? asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                              "%s. Received: %s", words, text)
                : asli_oom(reterr);
}

static int no_resource(asl_error *reterr)
{
    return asli_refuse(reterr, ASL_ENOTFOUND, "ResourceNotFound",
                       "Request references a resource that does not exist.");
}

static bool is_version_arn(const char *arn)
{
    struct asli_arn parts;
    return asli_arn_read(arn, "stateMachine", &parts, NULL) == 0 && parts.rest &&
           *parts.rest && !parts.rest[strspn(parts.rest, "0123456789")];
}

/* The machine whose versions all of the routes lead to. */
static int owner_of(const struct asl_control *control, const json_t *routes,
                    struct asli_item **ret_machine, asl_error *reterr)
{
    struct asli_item *machine = NULL, *version = NULL;
    size_t i;
    json_t *route;
    int rc = 0;
    json_array_foreach((json_t *)routes, i, route)
    {
        rc = asli_find_qualified(control, route_arn(route), ASLI_VERSION, &version,
                                 reterr);
        if (rc || !version)
            return rc ? rc : no_resource(reterr);
        if (machine && machine != version->owner)
            return refuse_routes(
                routes,
                "Routing configuration must contain versions of one state machine", false,
                reterr);
        machine = version->owner;
    }
    *ret_machine = machine;
    return asli_refuse_deleting(machine, reterr);
}

static int check_routes(const struct asl_control *control, const json_t *routes,
                        struct asli_item **ret_machine, asl_error *reterr)
{
    json_int_t sum = 0;
    size_t i, count = json_array_size(routes);
    json_t *route = NULL;
    if (count < 1 || count > 2)
        return asl_error_set(reterr, ASL_EINVAL,
                             "routingConfiguration has one or two routes");
    json_array_foreach((json_t *)routes, i, route)
    {
        if (!is_version_arn(route_arn(route)))
            return refuse_routes(
                routes, "Routing configuration must contain state machine version ARNs",
                false, reterr);
        sum += route_weight(route);
    }
    if (count == 2 && strcmp(route_arn(json_array_get(routes, 0)), route_arn(route)) == 0)
        return refuse_routes(
            routes,
            "Routing configuration must contain distinct state machine version ARNs",
            false, reterr);
    if (sum != 100)
        return refuse_routes(
            routes, "Sum of routing configuration weights must equal 100", true, reterr);
    return owner_of(control, routes, ret_machine, reterr);
}

/* ---- create ---- */

static int make_value(const struct asli_request *r, const struct asli_item *machine,
                      json_t **ret_value, asl_error *reterr)
{
    static const char *const names[] = {"name", "description", "routingConfiguration",
                                        NULL};
    json_t *value = asli_pick(r->params, names), *now = asli_now(r->control);
    int failed =
        json_object_set(value, "creationDate", now) ||
        json_object_set(value, "updateDate", now) ||
        json_object_set_new(value, "machineId", json_integer((json_int_t)machine->id));
    json_decref(now);
    if (failed) {
        json_decref(value);
        return asli_oom(reterr);
    }
    *ret_value = value;
    return 0;
}

static int answer(struct asli_request *r, const struct asli_item *alias,
                  asl_error *reterr)
{
    r->response = json_object();
    if (json_object_set_new(r->response, "stateMachineAliasArn",
                            json_string(alias->arn)) ||
        json_object_set(r->response, "creationDate",
                        json_object_get(alias->value, "creationDate")))
        return asli_oom(reterr);
    return 0;
}

static int again(struct asli_request *r, const struct asli_item *alias, asl_error *reterr)
{
    const json_t *description = json_object_get(r->params, "description");
    const json_t *its = json_object_get(alias->value, "description");
    bool same =
        (description == its || (description && its && json_equal(description, its))) &&
        asli_json_equal(json_object_get(r->params, "routingConfiguration"),
                        routes_of(alias));
    if (same)
        return answer(r, alias, reterr);
    return asli_refuse(reterr, ASL_EEXISTS, "ConflictException",
                       "Failed to create alias because an alias with the same name and a "
                       "different routing configuration already exists.");
}

static int add(struct asli_request *r, struct asli_item *machine, asl_error *reterr)
{
    json_t *value = NULL;
    if (machine->aliases.count >= ASLI_ALIASES_MAX)
        return asli_refuse(reterr, ASL_ELIMIT, "ServiceQuotaExceededException",
                           "The maximum number of aliases of a state machine (%d) was "
                           "reached: '%s'",
                           ASLI_ALIASES_MAX, machine->arn);
    int rc = make_value(r, machine, &value, reterr);
    if (rc)
        return rc;
    struct asli_item *alias =
        asli_item_new(r->control, ASLI_ALIAS, ++r->control->last_id, machine, value);
    if (!alias)
        return asli_oom(reterr);
    rc = asli_shelf_reserve(&machine->aliases, reterr);
    if (!rc)
        rc = asli_put_row(r, alias, alias->value, reterr);
    if (!rc)
        rc = answer(r, alias, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc)
        asli_item_free(alias);
    else
        asli_shelf_add(&machine->aliases, alias);
    return rc;
}

int asli_do_CreateStateMachineAlias(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *machine;
    const char *name = asli_param(r, "name");
    int rc = asli_needs(r, "name", reterr);
    if (!rc)
        rc = asli_needs(r, "routingConfiguration", reterr);
    if (!rc)
        rc = check_routes(r->control, json_object_get(r->params, "routingConfiguration"),
                          &machine, reterr);
    if (rc)
        return rc;
    const struct asli_item *old =
        asli_shelf_find(&machine->aliases, 0, name, strlen(name));
    return old ? again(r, old, reterr) : add(r, machine, reterr);
}

/* ---- update, describe, list, delete ---- */

static int find(const struct asli_request *r, struct asli_item **ret_alias,
                asl_error *reterr)
{
    int rc = asli_needs(r, "stateMachineAliasArn", reterr);
    if (!rc)
        rc = asli_find_qualified(r->control, asli_param(r, "stateMachineAliasArn"),
                                 ASLI_ALIAS, ret_alias, reterr);
    return !rc && !*ret_alias ? no_resource(reterr) : rc;
}

static int check_update(const struct asli_request *r, const struct asli_item *alias,
                        asl_error *reterr)
{
    const json_t *routes = json_object_get(r->params, "routingConfiguration");
    struct asli_item *machine = alias->owner;
    if (!routes && !json_object_get(r->params, "description"))
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                           "Either the description or the routingConfiguration must be "
                           "specified");
    int rc = routes ? check_routes(r->control, routes, &machine, reterr)
                    : asli_refuse_deleting(machine, reterr);
    if (!rc && machine != alias->owner)
        rc = refuse_routes(routes,
                           "Routing configuration must contain versions of the alias's "
                           "state machine",
                           false, reterr);
    return rc;
}

int asli_do_UpdateStateMachineAlias(struct asli_request *r, asl_error *reterr)
{
    static const char *const shown[] = {"updateDate", NULL};
    static const char *const changed[] = {"description", "routingConfiguration"};
    struct asli_item *alias = NULL;
    int rc = find(r, &alias, reterr);
    if (!rc)
        rc = check_update(r, alias, reterr);
    if (rc)
        return rc;
    json_t *value = asli_json_copy(alias->value);
    if (json_object_set_new(value, "updateDate", asli_now(r->control)) ||
        asli_keep(value, changed[0], json_object_get(r->params, changed[0])) ||
        asli_keep(value, changed[1], json_object_get(r->params, changed[1])) ||
        !(r->response = asli_pick(value, shown)))
        rc = asli_oom(reterr);
    if (!rc)
        rc = asli_put_row(r, alias, value, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc)
        json_decref(value);
    else
        asli_item_set(alias, value);
    return rc;
}

int asli_do_DescribeStateMachineAlias(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"name",         "description",
                                        "creationDate", "routingConfiguration",
                                        "updateDate",   NULL};
    struct asli_item *alias = NULL;
    int rc = find(r, &alias, reterr);
    if (rc)
        return rc;
    r->response = asli_pick(alias->value, names);
    if (json_object_set_new(r->response, "stateMachineAliasArn",
                            json_string(alias->arn)) != 0)
        return asli_oom(reterr);
    return 0;
}

static bool leads_to(const struct asli_item *alias, const void *version_arn)
{
    return asli_routes_to(alias, version_arn);
}

/* Of a state machine: all; of a version: those that lead to it. */
int asli_do_ListStateMachineAliases(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"stateMachineAliasArn", "creationDate", NULL};
    struct asli_item *item = NULL;
    const char *arn = asli_param(r, "stateMachineArn");
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = asli_find_target(r->control, arn, &item, reterr);
    if (!rc && item->kind == ASLI_ALIAS)
        rc = no_resource(reterr);
    if (rc)
        return rc;
    const struct asli_item *machine = item->owner ? item->owner : item;
    rc = asli_refuse_deleting(machine, reterr);
    return rc ? rc
              : asli_list(r, &machine->aliases, "stateMachineAliases", names, false,
                          item->owner ? leads_to : NULL, item->arn, reterr);
}

int asli_do_DeleteStateMachineAlias(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *alias = NULL;
    int rc = find(r, &alias, reterr);
    return rc ? rc : asli_remove(r, &alias->owner->aliases, alias, reterr);
}
