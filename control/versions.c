/* SPDX-License-Identifier: Apache-2.0
 *
 * Versions: what a state machine was when they were published, for good.
 *
 * A value has what DescribeStateMachine shows, "version" (its number), "machineId", and the machine's
 * "updateDate".
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

static struct asli_item *version_of(const struct asli_item *machine, const json_t *value)
{
    const json_t *revision = json_object_get(value, "revisionId");
    for (size_t i = machine->versions.count; i-- > 0;) {
        struct asli_item *version = machine->versions.items[i];
        const json_t *its = json_object_get(version->value, "revisionId");
        if (its == revision || (its && revision && json_equal(its, revision)))
            return version;
    }
    return NULL;
}

static json_t *make_value(const struct asli_request *r, const struct asli_item *machine,
                          const json_t *from, json_int_t number, const char *description)
{
    static const char *const names[] = {"definition",
                                        "roleArn",
                                        "type",
                                        "loggingConfiguration",
                                        "tracingConfiguration",
                                        "encryptionConfiguration",
                                        "revisionId",
                                        "updateDate",
                                        NULL};
    json_t *value = asli_pick(from, names);
    if (json_object_set_new(value, "version", json_integer(number)) ||
        json_object_set_new(value, "machineId", json_integer((json_int_t)machine->id)) ||
        json_object_set_new(value, "creationDate", asli_now(r->control)) ||
        (description &&
         json_object_set_new(value, "description", json_string(description)))) {
        json_decref(value);
        value = NULL;
    }
    return value;
}

int asli_publish(struct asli_request *r, struct asli_item *machine, json_t *value,
                 const char *description, struct asli_item **ret_version, bool *ret_new,
                 asl_error *reterr)
{
    json_int_t number = json_integer_value(json_object_get(value, "versions")) + 1;
    struct asli_item *version = version_of(machine, value);
    if (version) {
        *ret_version = version;
        *ret_new = false;
        return 0;
    }
    if (machine->versions.count >= ASLI_VERSIONS_MAX)
        return asli_refuse(reterr, ASL_ELIMIT, "ServiceQuotaExceededException",
                           "The maximum number of versions of a state machine (%d) was "
                           "reached: '%s'",
                           ASLI_VERSIONS_MAX, machine->arn);
    if (json_object_set_new(value, "versions", json_integer(number)) != 0)
        return asli_oom(reterr);
    version = asli_item_new(r->control, ASLI_VERSION, ++r->control->last_id, machine,
                            make_value(r, machine, value, number, description));
    if (!version)
        return asli_oom(reterr);
    int rc = asli_shelf_reserve(&machine->versions, reterr);
    if (!rc)
        rc = asli_put_row(r, version, version->value, reterr);
    if (rc) {
        asli_item_free(version);
        return rc;
    }
    *ret_version = version;
    *ret_new = true;
    return 0;
}

/* "INITIAL" is the name of the one that has none. */
static int check_revision(const struct asli_request *r, const struct asli_item *machine,
                          asl_error *reterr)
{
    static const char initial[] = "INITIAL";
    const char *wanted = asli_param(r, "revisionId");
    const char *is = asli_item_text(machine, "revisionId");
    if (!wanted || strcmp(wanted, is ? is : initial) == 0)
        return 0;
    return asli_refuse(reterr, ASL_EINVAL, "ConflictException",
                       "Failed to publish the State Machine version for revision %s. The "
                       "current State Machine revision is %s.",
                       wanted, is ? is : initial);
}

static int answer(struct asli_request *r, const struct asli_item *version,
                  asl_error *reterr)
{
    r->response = json_object();
    if (json_object_set_new(r->response, "stateMachineVersionArn",
                            json_string(version->arn)) ||
        json_object_set(r->response, "creationDate",
                        json_object_get(version->value, "creationDate")))
        return asli_oom(reterr);
    return 0;
}

static int publish(struct asli_request *r, struct asli_item *machine, json_t *value,
                   struct asli_item **ret_version, bool *ret_new, asl_error *reterr)
{
    struct asli_item *version;
    int rc = asli_publish(r, machine, value, asli_param(r, "description"), &version,
                          ret_new, reterr);
    if (rc)
        return rc;
    if (*ret_new)
        rc = asli_put_row(r, machine, value, reterr);
    if (!rc)
        rc = answer(r, version, reterr);
    if (!rc && *ret_new)
        rc = asli_write(r, reterr);
    if (rc)
        asli_item_free(*ret_new ? version : NULL);
    else
        *ret_version = version;
    return rc;
}

int asli_do_PublishStateMachineVersion(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *machine, *version;
    bool fresh = false;
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = asli_find_machine(r->control, asli_param(r, "stateMachineArn"), &machine,
                               reterr);
    if (!rc)
        rc = check_revision(r, machine, reterr);
    if (rc)
        return rc;
    json_t *value = asli_json_copy(machine->value);
    rc = value ? publish(r, machine, value, &version, &fresh, reterr) : asli_oom(reterr);
    if (!rc && fresh) {
        asli_shelf_add(&machine->versions, version);
        asli_item_set(machine, value);
        return 0;
    }
    json_decref(value);
    return rc;
}

int asli_do_ListStateMachineVersions(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"stateMachineVersionArn", "creationDate", NULL};
    static const struct asli_shelf none = {0};
    struct asli_item *machine = NULL;
    int rc = asli_needs(r, "stateMachineArn", reterr);
    if (!rc)
        rc = asli_find_unqualified(r->control, asli_param(r, "stateMachineArn"), &machine,
                                   reterr);
    return rc ? rc
              : asli_list(r, machine ? &machine->versions : &none, "stateMachineVersions",
                          names, true, NULL, NULL, reterr);
}

/* ---- deleting ---- */

/* "a, b": the aliases that have this version in their routes. An empty text: none. */
static char *aliases_of(const struct asli_item *version)
{
    const struct asli_shelf *aliases = &version->owner->aliases;
    char *text = asli_strdup("");
    for (size_t i = 0; text && i < aliases->count; i++) {
        if (!asli_routes_to(aliases->items[i], version->arn))
            continue;
        char *more =
            asli_printf("%s%s%s", text, *text ? ", " : "", aliases->items[i]->name);
        asli_free(text);
        text = more;
    }
    return text;
}

static int check_unused(const struct asli_item *version, asl_error *reterr)
{
    ASLI_AUTO(text) char *names = aliases_of(version);
    if (!names)
        return asli_oom(reterr);
    if (!*names)
        return 0;
    return asli_refuse(
        reterr, ASL_EINVAL, "ConflictException",
        "Version to be deleted must not be referenced by an alias. Current "
        "list of aliases referencing this version: [%s]",
        names);
}

int asli_do_DeleteStateMachineVersion(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *version = NULL;
    int rc = asli_needs(r, "stateMachineVersionArn", reterr);
    if (!rc)
        rc = asli_find_qualified(r->control, asli_param(r, "stateMachineVersionArn"),
                                 ASLI_VERSION, &version, reterr);
    if (rc || !version)
        return rc;
    rc = check_unused(version, reterr);
    return rc ? rc : asli_remove(r, &version->owner->versions, version, reterr);
}
