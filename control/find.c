/* SPDX-License-Identifier: Apache-2.0
 *
 * What an ARN means: a state machine, one of its versions or aliases; and its compiled machine.
 */
#include <stdlib.h>
#include <string.h>

#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/alloc.h"

static int no_machine(const char *arn, asl_error *reterr)
{
    return asli_refuse(reterr, ASL_ENOTFOUND, "StateMachineDoesNotExist",
                       "State Machine Does Not Exist: '%s'", arn);
}

bool asli_is_deleting(const struct asli_item *machine)
{
    return asli_item_text(machine, "status") != NULL;
}

/* The state machine in an ARN of this account and region, whatever follows its name. */
static struct asli_item *machine_of(const struct asl_control *control,
                                    const struct asli_arn *arn)
{
    if (!asli_part_is(arn->region, asl_engine_region(control->engine)) ||
        !asli_part_is(arn->account, asl_engine_account(control->engine)))
        return NULL;
    return asli_shelf_find(&control->machines, 0, arn->name.text, arn->name.len);
}

/* A version's number, an alias's name. */
static struct asli_item *qualified(const struct asli_item *machine, const char *rest)
{
    if (rest[strspn(rest, "0123456789")])
        return asli_shelf_find(&machine->aliases, 0, rest, strlen(rest));
    unsigned long number =
        strlen(rest) < 10 && *rest != '0' ? strtoul(rest, NULL, 10) : 0;
    return number ? asli_shelf_find(&machine->versions, (unsigned)number, "", 0) : NULL;
}

static int read_arn(const char *text, struct asli_arn *ret_arn, asl_error *reterr)
{
    int rc = asli_arn_read(text, "stateMachine", ret_arn, reterr);
    if (!rc && memchr(ret_arn->name.text, '/', ret_arn->name.len))
        rc = asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                         "The ARN of a Map state cannot be used here: '%s'", text);
    return rc;
}

int asli_find_unqualified(const struct asl_control *control, const char *arn,
                          struct asli_item **ret_machine, asl_error *reterr)
{
    struct asli_arn parts;
    int rc = read_arn(arn, &parts, reterr);
    if (rc)
        return rc;
    if (parts.rest)
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                           "The ARN of a version or an alias cannot be used here: '%s'",
                           arn);
    *ret_machine = machine_of(control, &parts);
    return 0;
}

int asli_find_machine(const struct asl_control *control, const char *arn,
                      struct asli_item **ret_machine, asl_error *reterr)
{
    struct asli_item *machine = NULL;
    int rc = asli_find_unqualified(control, arn, &machine, reterr);
    if (!rc)
        rc = machine ? asli_refuse_deleting(machine, reterr) : no_machine(arn, reterr);
    if (!rc)
        *ret_machine = machine;
    return rc;
}

int asli_refuse_deleting(const struct asli_item *machine, asl_error *reterr)
{
    if (!asli_is_deleting(machine))
        return 0;
    return asli_refuse(reterr, ASL_EENDED, "StateMachineDeleting",
                       "State Machine is being deleted: '%s'", machine->arn);
}

int asli_find_target(const struct asl_control *control, const char *arn,
                     struct asli_item **ret_item, asl_error *reterr)
{
    struct asli_arn parts;
    int rc = read_arn(arn, &parts, reterr);
    if (rc)
        return rc;
    struct asli_item *machine = machine_of(control, &parts);
    struct asli_item *item =
        machine && parts.rest ? qualified(machine, parts.rest) : machine;
    if (!item)
        return no_machine(arn, reterr);
    *ret_item = item;
    return 0;
}

int asli_find_qualified(const struct asl_control *control, const char *arn,
                        enum asli_item_kind kind, struct asli_item **ret_item,
                        asl_error *reterr)
{
    struct asli_arn parts;
    int rc = read_arn(arn, &parts, reterr);
    if (rc)
        return rc;
    bool digits = parts.rest && !parts.rest[strspn(parts.rest, "0123456789")];
    if (!parts.rest || !*parts.rest || digits != (kind == ASLI_VERSION))
        return asli_refuse(reterr, ASL_EINVAL, "ValidationException",
                           "The ARN must be that of %s: '%s'",
                           kind == ASLI_VERSION ? "a version" : "an alias", arn);
    struct asli_item *machine = machine_of(control, &parts);
    *ret_item = machine ? qualified(machine, parts.rest) : NULL;
    return 0;
}

int asli_compiled(const struct asl_control *control, struct asli_item *item,
                  asl_machine **ret_machine, asl_error *reterr)
{
    int rc = 0;
    if (!item->machine)
        rc = asli_compile(item->kind == ASLI_VERSION ? item->owner->name : item->name,
                          item->value, &item->machine, NULL, reterr);
    if (!rc)
        *ret_machine = item->machine;
    return rc;
}

/* ---- starting ---- */

/* The version that an alias draws by its weights. */
static int draw(const struct asl_control *control, const struct asli_item *alias,
                struct asli_item **ret_version, asl_error *reterr)
{
    const json_t *routes = json_object_get(alias->value, "routingConfiguration");
    json_t *route = NULL;
    uint32_t random;
    size_t i;
    if (asl_engine_random(control->engine, &random, sizeof random) != 0)
        return asl_error_set(reterr, ASL_ESYSTEM, "no random bytes");
    json_int_t mark = random % 100;
    json_array_foreach((json_t *)routes, i, route)
    {
        mark -= json_integer_value(json_object_get(route, "weight"));
        if (mark < 0)
            break;
    }
    const char *arn = json_string_value(json_object_get(route, "stateMachineVersionArn"));
    return asli_find_target(control, arn, ret_version, reterr);
}

int asl_control_target(asl_control *control, const char *arn, asl_target *ret_target,
                       asl_error *reterr)
{
    struct asli_item *item, *version;
    asl_machine *machine;
    int rc = asli_find_target(control, arn, &item, reterr);
    if (rc)
        return rc;
    const struct asli_item *base = item->owner ? item->owner : item;
    rc = asli_refuse_deleting(base, reterr);
    version = item;
    if (!rc && item->kind == ASLI_ALIAS)
        rc = draw(control, item, &version, reterr);
    if (!rc)
        rc = asli_compiled(control, version, &machine, reterr);
    if (rc)
        return rc;
    *ret_target = (asl_target){asl_machine_ref(machine), base->arn, version->number,
                               item->kind == ASLI_ALIAS ? item->name : NULL,
                               json_object_get(version->value, "loggingConfiguration")};
    return 0;
}
