/* SPDX-License-Identifier: Apache-2.0
 *
 * Tags of state machines and activities: a member of their values.
 */
#include <string.h>

#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/json.h"

static int find(const struct asli_request *r, struct asli_item **ret_item,
                asl_error *reterr)
{
    const char *text = asli_param(r, "resourceArn");
    const struct asl_control *c = r->control;
    struct asli_arn arn;
    int rc = asli_needs(r, "resourceArn", reterr);
    if (!rc)
        rc = asli_arn_read(text, "stateMachine activity", &arn, reterr);
    if (rc)
        return rc;
    const struct asli_shelf *shelf =
        asli_part_is(arn.type, "activity") ? &c->activities : &c->machines;
    struct asli_item *item = asli_shelf_find(shelf, 0, arn.name.text, arn.name.len);
    if (!item || strcmp(item->arn, text) != 0)
        return asli_refuse(reterr, ASL_ENOTFOUND, "ResourceNotFound",
                           "Resource not found: '%s'", text);
    *ret_item = item;
    return 0;
}

/* Writes the item with these tags. */
static int set(struct asli_request *r, struct asli_item *item, json_t *take_tags,
               asl_error *reterr)
{
    json_t *value = asli_json_copy(item->value);
    int rc = 0;
    if (!value) {
        json_decref(take_tags);
        return asli_oom(reterr);
    }
    if (json_object_set_new(value, "tags", take_tags) != 0)
        rc = asli_oom(reterr);
    if (!rc)
        rc = asli_put_row(r, item, value, reterr);
    if (!rc)
        rc = asli_write(r, reterr);
    if (rc)
        json_decref(value);
    else
        asli_item_set(item, value);
    return rc;
}

int asli_do_TagResource(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *item = NULL;
    json_t *tags;
    int rc = asli_needs(r, "tags", reterr);
    if (!rc)
        rc = find(r, &item, reterr);
    if (!rc)
        rc = asli_tags(json_object_get(item->value, "tags"),
                       json_object_get(r->params, "tags"), item->arn, &tags, reterr);
    return rc ? rc : set(r, item, tags, reterr);
}

static bool is_among(const json_t *keys, const char *key)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)keys, i, one)
    {
        if (json_is_string(one) && strcmp(json_string_value(one), key) == 0)
            return true;
    }
    return false;
}

int asli_do_UntagResource(struct asli_request *r, asl_error *reterr)
{
    struct asli_item *item = NULL;
    const json_t *keys = json_object_get(r->params, "tagKeys");
    size_t i;
    json_t *tag;
    int rc = asli_needs(r, "tagKeys", reterr);
    if (!rc)
        rc = find(r, &item, reterr);
    if (rc)
        return rc;
    json_t *left = json_array();
    json_array_foreach(json_object_get(item->value, "tags"), i, tag)
    {
        if (!is_among(keys, json_string_value(json_object_get(tag, "key"))) &&
            json_array_append(left, tag) != 0)
            rc = asli_oom(reterr);
    }
    if (rc || !left) {
        json_decref(left);
        return asli_oom(reterr);
    }
    return set(r, item, left, reterr);
}

int asli_do_ListTagsForResource(struct asli_request *r, asl_error *reterr)
{
    static const char *const names[] = {"tags", NULL};
    struct asli_item *item = NULL;
    int rc = find(r, &item, reterr);
    if (!rc && !(r->response = asli_pick(item->value, names)))
        rc = asli_oom(reterr);
    return rc;
}
