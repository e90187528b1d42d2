/* SPDX-License-Identifier: Apache-2.0
 *
 * getItem, putItem, updateItem and deleteItem on checked requests.
 *
 * Invariant: the three that write hold the lock of the tables from reading the old item until the
 * new one is durable, so that what the condition saw is what is replaced.
 */
#include "providers/dynamodb/action.h"

#include <math.h>
#include <string.h>

enum { READ_UNIT = 4096, WRITE_UNIT = 1024 };

static const struct {
    enum asli_dyn_action action;
    const char *name;
} actions[] = {
#define ROW(id, bit, name) {ASLI_DYN_DO_##id, name},
    ASLI_DYN_ACTIONS(ROW)
#undef ROW
};

enum asli_dyn_action asli_dyn_action_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        if (strcmp(actions[i].name, name) == 0)
            return actions[i].action;
    }
    return ASLI_DYN_DO_NOTHING;
}

/* ---- responses ---- */

static bool returns(const struct asli_dyn_request *r, const char *what)
{
    const char *value = asli_dyn_request_text(r, "ReturnValues");
    return value && strcmp(value, what) == 0;
}

/* {"CapacityUnits": ..., "TableName": ...}, when it was asked for. */
static int add_capacity(const struct asli_dyn_request *r, const json_t *item,
                        json_t *answer)
{
    const char *wanted = asli_dyn_request_text(r, "ReturnConsumedCapacity");
    bool read = r->action == ASLI_DYN_DO_GET;
    double unit = read ? READ_UNIT : WRITE_UNIT;
    if (!wanted || strcmp(wanted, "NONE") == 0)
        return 0;
    double units = fmax(1, ceil((double)asli_dyn_item_size(item) / unit));
    if (read && !json_is_true(json_object_get(r->raw, "ConsistentRead")))
        units /= 2;
    json_t *used = json_object(), *table;
    int bad = json_object_set_new(answer, "ConsumedCapacity", used) ||
              json_object_set_new(used, "CapacityUnits", json_real(units));
    if (!bad && strcmp(wanted, "INDEXES") == 0) {
        table = json_object();
        bad = json_object_set_new(used, "Table", table) ||
              json_object_set_new(table, "CapacityUnits", json_real(units));
    }
    return bad || json_object_set_new(used, "TableName", json_string(r->table->name));
}

/* A response with `attributes` (NULL: none) under `name`, its members in alphabetic order. */
static int respond(const struct asli_dyn_request *r, const char *name, json_t *attributes,
                   const json_t *measured, json_t **ret_answer)
{
    json_t *answer = json_object(), *shown = NULL;
    bool first = strcmp(name, "ConsumedCapacity") < 0;
    int bad = !answer;
    if (!bad && attributes)
        bad = (shown = asli_dyn_java_order(attributes)) == NULL;
    if (!bad && shown && first)
        bad = json_object_set(answer, name, shown);
    if (!bad)
        bad = add_capacity(r, measured, answer);
    if (!bad && shown && !first)
        bad = json_object_set(answer, name, shown);
    json_decref(shown);
    if (bad) {
        json_decref(answer);
        return asli_oom(r->reterr);
    }
    *ret_answer = answer;
    return 0;
}

/* What ReturnValues asks for; *ret_attributes NULL: nothing. */
static int returned(const struct asli_dyn_request *r, json_t *before, json_t *after,
                    json_t **ret_attributes)
{
    bool was = returns(r, "UPDATED_OLD");
    *ret_attributes = NULL;
    if (returns(r, "ALL_OLD"))
        *ret_attributes = json_incref(before);
    else if (returns(r, "ALL_NEW"))
        *ret_attributes = json_incref(after);
    if ((was && before) || returns(r, "UPDATED_NEW")) {
        json_t *part = asli_dyn_project(&r->update.paths, was ? before : after);
        if (!part)
            return asli_oom(r->reterr);
        if (json_object_size(part) > 0)
            *ret_attributes = part;
        else
            json_decref(part);
    }
    return 0;
}

/* ---- reading ---- */

static int get_item(struct asli_dyn_request *r, json_t **ret_answer)
{
    ASLI_AUTO(json) json_t *item = NULL;
    int rc = asli_dyn_read_item(r->db, &r->row, &item, r->reterr);
    if (rc)
        return rc;
    if (!item || r->projection.count == 0)
        return respond(r, "Item", item, item, ret_answer);
    ASLI_AUTO(json) json_t *part = asli_dyn_project(&r->projection, item);
    return part ? respond(r, "Item", part, item, ret_answer) : asli_oom(r->reterr);
}

/* ---- writing ---- */

static int check_condition(struct asli_dyn_request *r, const json_t *before)
{
    bool oom = false;
    bool holds = !r->condition || asli_dyn_holds(&r->scope, r->condition, before, &oom);
    if (oom)
        return asli_oom(r->reterr);
    return holds ? 0
                 : asli_fail(r->failure, r->reterr, "ConditionalCheckFailedException",
                             "The conditional request failed");
}

/* The item after the write, new; NULL: it is gone. */
static int make_item(struct asli_dyn_request *r, json_t *before, json_t **ret_item)
{
    *ret_item = NULL;
    if (r->action == ASLI_DYN_DO_DELETE)
        return 0;
    if (r->action == ASLI_DYN_DO_PUT) {
        *ret_item = json_incref(r->item);
        return 0;
    }
    json_t *item = NULL; /* an item that was not there begins with its keys */
    int rc = asli_dyn_apply(&r->scope, &r->update, before ? before : r->item, &item);
    if (!rc && asli_dyn_item_size(item) > ASLI_DYN_ITEM_MAX) {
        json_decref(item);
        return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                         "Item size to update has exceeded the maximum allowed size");
    }
    if (!rc)
        *ret_item = item;
    return rc;
}

static int write_item(struct asli_dyn_request *r, const char *token, json_t **ret_answer)
{
    ASLI_AUTO(json) json_t *before = NULL;
    ASLI_AUTO(json) json_t *after = NULL;
    ASLI_AUTO(json) json_t *attributes = NULL;
    json_t *answer;
    int rc = asli_dyn_read_item(r->db, &r->row, &before, r->reterr);
    if (!rc)
        rc = check_condition(r, before);
    if (!rc)
        rc = make_item(r, before, &after);
    if (!rc)
        rc = returned(r, before, after, &attributes);
    if (!rc)
        rc = respond(r, "Attributes", attributes, after ? after : before, &answer);
    if (rc)
        return rc;
    rc = asli_dyn_write(r->db, &r->row, after, token, answer, r->reterr);
    if (rc)
        json_decref(answer);
    else
        *ret_answer = answer;
    return rc;
}

static int act(struct asli_dyn_request *r, const char *token, bool again,
               json_t **ret_answer)
{
    json_t *before = NULL;
    int rc = 0;
    if (r->action == ASLI_DYN_DO_GET)
        return get_item(r, ret_answer);
    pthread_mutex_lock(&r->db->lock);
    if (token && again)
        rc = asli_dyn_read_answer(r->db, token, &before, r->reterr);
    if (before)
        *ret_answer = before;
    else if (!rc)
        rc = write_item(r, token, ret_answer);
    pthread_mutex_unlock(&r->db->lock);
    return rc;
}

int asli_dyn_act(asl_dynamodb *db, enum asli_dyn_action action, const json_t *request,
                 const char *token, bool again, json_t **ret_answer,
                 struct asli_failure *failure, asl_error *reterr)
{
    struct asli_dyn_request r = {
        .db = db, .action = action, .raw = request, .failure = failure, .reterr = reterr};
    int rc = asli_dyn_request_read(&r);
    if (!rc)
        rc = act(&r, token, again, ret_answer);
    asli_dyn_request_done(&r);
    return rc;
}
