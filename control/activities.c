/* SPDX-License-Identifier: Apache-2.0
 *
 * Activities, which the engine has in its provider of that name; and the tags of things.
 */
#include <string.h>

#include <asl/activity.h>
#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"

/* ---- create ---- */

static int make_value(const struct asli_request *r, json_t **ret_value, asl_error *reterr)
{
    json_t *value = json_object(), *encryption = NULL, *tags = NULL;
    const char *name = asli_param(r, "name");
    int rc = asli_encryption(json_object_get(r->params, "encryptionConfiguration"),
                             &encryption, reterr);
    if (!rc)
        rc = asli_tags(NULL, json_object_get(r->params, "tags"), name, &tags, reterr);
    if (!rc && (json_object_set_new(value, "name", json_string(name)) ||
                json_object_set_new(value, "creationDate", asli_now(r->control)) ||
                json_object_set(value, "encryptionConfiguration", encryption) ||
                json_object_set(value, "tags", tags)))
        rc = asli_oom(reterr);
    json_decref(encryption);
    json_decref(tags);
    if (rc)
        json_decref(value);
    else
        *ret_value = value;
    return rc;
}

static int answer(struct asli_request *r, const struct asli_item *activity,
                  asl_error *reterr)
{
    r->response = json_object();
    if (json_object_set_new(r->response, "activityArn", json_string(activity->arn)) ||
        json_object_set(r->response, "creationDate",
                        json_object_get(activity->value, "creationDate")))
        return asli_oom(reterr);
    return 0;
}

static int again(struct asli_request *r, const struct asli_item *activity, json_t *value,
                 asl_error *reterr)
{
    static const char member[] = "encryptionConfiguration";
    if (json_equal(json_object_get(activity->value, member),
                   json_object_get(value, member)))
        return answer(r, activity, reterr);
    return asli_refuse(reterr, ASL_EEXISTS, "ActivityAlreadyExists",
                       "Activity Already Exists: '%s'", activity->arn);
}

static int add(struct asli_request *r, struct asli_item *activity, asl_error *reterr)
{
    struct asl_control *c = r->control;
    int rc = asli_shelf_reserve(&c->activities, reterr);
    if (!rc)
        rc = asli_put_row(r, activity, activity->value, reterr);
    if (!rc)
        rc = answer(r, activity, reterr);
    if (!rc)
        rc = asl_activity_create(c->engine, activity->name, 0, reterr);
    if (!rc) {
        rc = asli_write(r, reterr);
        if (rc)
            asl_activity_delete(c->engine, activity->name);
    }
    if (!rc)
        asli_shelf_add(&c->activities, activity);
    return rc;
}

int asli_do_CreateActivity(struct asli_request *r, asl_error *reterr)
{
    struct asl_control *c = r->control;
    const char *name = asli_param(r, "name");
    json_t *value = NULL;
    int rc = asli_needs(r, "name", reterr);
    if (!rc && !asli_name_valid(name))
        rc = asli_refuse(reterr, ASL_EINVAL, "InvalidName", "Invalid Name: '%s'", name);
    if (!rc)
        rc = make_value(r, &value, reterr);
    if (rc)
        return rc;
    const struct asli_item *old = asli_shelf_find(&c->activities, 0, name, strlen(name));
    if (old || c->activities.count >= ASLI_ACTIVITIES_MAX) {
        rc = old ? again(r, old, value, reterr)
                 : asli_refuse(reterr, ASL_ELIMIT, "ActivityLimitExceeded",
                               "Activity Limit Exceeded: '%s'", name);
        json_decref(value);
        return rc;
    }
    struct asli_item *activity =
        asli_item_new(c, ASLI_ACTIVITY, ++c->last_id, NULL, value);
    rc = activity ? add(r, activity, reterr) : asli_oom(reterr);
    if (rc)
        asli_item_free(activity);
    return rc;
}

/* ---- describe, list, delete ---- */

/* NULL: there is none. */
static int find(const struct asli_request *r, struct asli_item **ret_activity,
                asl_error *reterr)
{
    const char *text = asli_param(r, "activityArn");
    struct asli_arn arn;
    int rc = asli_needs(r, "activityArn", reterr);
    if (!rc)
        rc = asli_arn_read(text, "activity", &arn, reterr);
    if (rc)
        return rc;
    struct asli_item *found =
        asli_shelf_find(&r->control->activities, 0, arn.name.text, arn.name.len);
    *ret_activity = found && strcmp(found->arn, text) == 0 ? found : NULL;
    return 0;
}

int asli_do_DescribeActivity(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"name", "creationDate", "encryptionConfiguration",
                                        NULL};
    struct asli_item *activity;
    int rc = find(r, &activity, reterr);
    if (rc)
        return rc;
    if (!activity)
        return asli_refuse(reterr, ASL_ENOTFOUND, "ActivityDoesNotExist",
                           "Activity Does Not Exist: '%s'", asli_param(r, "activityArn"));
    r->response = asli_pick(activity->value, names);
    if (json_object_set_new(r->response, "activityArn", json_string(activity->arn)) != 0)
        return asli_oom(reterr);
    return 0;
}

int asli_do_ListActivities(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"activityArn", "name", "creationDate", NULL};
    return asli_list(r, &r->control->activities, "activities", names, false, NULL, NULL,
                     reterr);
}

int asli_do_DeleteActivity(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *activity;
    int rc = find(r, &activity, reterr);
    if (rc || !activity)
        return rc;
    ASLI_AUTO(text) char *name = asli_strdup(activity->name);
    if (!name)
        return asli_oom(reterr);
    rc = asli_remove(r, &r->control->activities, activity, reterr);
    if (!rc)
        asl_activity_delete(r->control->engine, name);
    return rc;
}
