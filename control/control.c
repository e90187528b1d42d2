/* SPDX-License-Identifier: Apache-2.0
 *
 * The registry's door: it is read when it is opened, and each call is an action's row.
 *
 * To the engine the registry is a provider that serves no task: so it closes with it.
 */
#include <string.h>

#include <asl/activity.h>
#include <asl/nested.h>
#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"

/* ---- requests ---- */

const char *asli_param(const struct asli_request *r, const char *name)
{
    return json_string_value(json_object_get(r->params, name));
}

void asli_forget_rows(struct asli_request *r)
{
    for (size_t i = 0; i < r->count; i++) {
        asli_free((void *)r->rows[i].key);
        asli_free((void *)r->rows[i].value);
    }
    r->count = 0;
}

static void free_request(struct asli_request *r)
{
    asli_forget_rows(r);
    asli_free(r->rows);
    json_decref(r->response);
    asli_free(r);
}

static void reply(struct asli_request *r, json_t *response, const asl_error *error)
{
    asl_reply_fn *fn = r->reply;
    void *arg = r->arg;
    r->response = NULL;
    free_request(r);
    fn(arg, response, error);
    json_decref(response);
}

/* What the reply was made from is durable, or never will be. */
static void settled(void *arg, int code, const char *text)
{
    struct asli_request *r = arg;
    asl_error error = r->error;
    json_t *response = r->response;
    if (code)
        asl_error_set(&error, code, "%s", text ? text : asl_code_text(code));
    else if (!error.code && !response && !(response = json_object()))
        asli_oom(&error);
    if (error.code) {
        json_decref(response);
        response = NULL;
    }
    reply(r, response, error.code ? &error : NULL);
}

void asli_finish(struct asli_request *r, int rc)
{
    if (rc && !r->error.code)
        asli_oom(&r->error);
    asl_error err = {0};
    int failed = asl_engine_write_rows(r->control->engine, NULL, 0, settled, r, &err);
    if (failed)
        settled(r, failed, err.text);
}

int asli_put_row(struct asli_request *r, const struct asli_item *item,
                 const json_t *value, asl_error *reterr)
{
    char key[ASLI_KEY_MAX];
    char *text = NULL;
    size_t len = 0, key_len = asli_item_key(item, key);
    asl_row *rows = asli_realloc(r->rows, (r->count + 1) * sizeof *rows);
    if (!rows)
        return asli_oom(reterr);
    r->rows = rows;
    int rc = value ? asli_json_text(value, &text, &len, reterr) : 0;
    char *own_key = rc ? NULL : asli_alloc(key_len);
    if (!own_key) {
        asli_free(text);
        return rc ? rc : asli_oom(reterr);
    }
    memcpy(own_key, key, key_len);
    rows[r->count++] = (asl_row){own_key, key_len, text, len};
    return 0;
}

int asli_write(struct asli_request *r, asl_error *reterr)
{
    int rc =
        asl_engine_write_rows(r->control->engine, r->rows, r->count, settled, r, reterr);
    r->waits = rc == 0;
    return rc;
}

/* ---- actions ---- */

static const struct action {
    const char *name;
    asli_do_fn *run;
} actions[] = {
#define ACTION_ROW(name) {#name, asli_do_##name},
    ASL_CONTROL_ACTIONS(ACTION_ROW)
#undef ACTION_ROW
};

/* Types of members, which are the same in whatever action. */
static const struct member {
    const char *name;
    json_type type;
} members[] = {
    {"activityArn", JSON_STRING},
    {"definition", JSON_STRING},
    {"description", JSON_STRING},
    {"encryptionConfiguration", JSON_OBJECT},
    {"loggingConfiguration", JSON_OBJECT},
    {"maxResults", JSON_INTEGER},
    {"name", JSON_STRING},
    {"nextToken", JSON_STRING},
    {"resourceArn", JSON_STRING},
    {"revisionId", JSON_STRING},
    {"roleArn", JSON_STRING},
    {"routingConfiguration", JSON_ARRAY},
    {"stateMachineAliasArn", JSON_STRING},
    {"stateMachineArn", JSON_STRING},
    {"stateMachineVersionArn", JSON_STRING},
    {"tagKeys", JSON_ARRAY},
    {"tags", JSON_ARRAY},
    {"tracingConfiguration", JSON_OBJECT},
    {"type", JSON_STRING},
    {"versionDescription", JSON_STRING},
};

static int check_types(const json_t *params, asl_error *reterr)
{
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const json_t *value = json_object_get(params, members[i].name);
        if (value && json_typeof(value) != members[i].type)
            return asl_error_set(reterr, ASL_EINVAL, "%s is of another type",
                                 members[i].name);
    }
    return 0;
}

int asli_needs(const struct asli_request *r, const char *name, asl_error *reterr)
{
    if (json_object_get(r->params, name))
        return 0;
    return asl_error_set(reterr, ASL_EINVAL, "%s needs %s", r->action, name);
}

static const struct action *find_action(const char *name)
{
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++)
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    return NULL;
}

void asl_control_call(asl_control *control, const char *action, const json_t *request,
                      asl_reply_fn *reply_fn, void *arg)
{
    const struct action *found = find_action(action);
    struct asli_request *r = asli_alloc(sizeof *r);
    asl_error err = {0};
    if (!r) {
        asli_oom(&err);
        reply_fn(arg, NULL, &err);
        return;
    }
    *r = (struct asli_request){
        .control = control, .params = request, .reply = reply_fn, .arg = arg};
    int rc = found ? check_types(request, &r->error)
                   : asl_error_set(&r->error, ASL_EINVAL, "no such action: %s", action);
    if (!rc) {
        r->action = found->name;
        rc = found->run(r, &err);
    }
    if (r->waits)
        return;
    if (rc && err.code)
        r->error = err;
    asli_finish(r, rc);
}

/* ---- reading the store ---- */

struct loading {
    asl_control *control;
    enum asli_item_kind kind;
    const struct asli_shelf *machines; /* by id, as their rows come */
    asl_error *reterr;
};

static struct asli_item *by_id(const struct asli_shelf *shelf, uint64_t id)
{
    size_t low = 0, high = shelf->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (shelf->items[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < shelf->count && shelf->items[low]->id == id ? shelf->items[low] : NULL;
}

static struct asli_shelf *shelf_for(struct asl_control *control, enum asli_item_kind kind,
                                    struct asli_item *owner)
{
    switch (kind) {
    case ASLI_MACHINE:
        return &control->machines;
    case ASLI_ACTIVITY:
        return &control->activities;
    case ASLI_VERSION:
        return owner ? &owner->versions : NULL;
    case ASLI_ALIAS:
        return owner ? &owner->aliases : NULL;
    }
    return NULL;
}

static uint64_t id_of(const asl_row *row)
{
    const unsigned char *p = (const unsigned char *)row->key + row->key_len - 8;
    uint64_t id = 0;
    for (int i = 0; i < 8; i++)
        id = id << 8 | p[i];
    return id;
}

static int add_loaded(struct loading *l, uint64_t id, json_t *take_value)
{
    struct asl_control *control = l->control;
    struct asli_item *owner =
        by_id(&control->machines,
              (uint64_t)json_integer_value(json_object_get(take_value, "machineId")));
    struct asli_shelf *shelf = shelf_for(control, l->kind, owner);
    if (!shelf || (!json_object_get(take_value, "name") &&
                   !json_object_get(take_value, "version"))) {
        json_decref(take_value);
        return asl_error_set(l->reterr, ASL_EFORMAT, "a row of the registry is damaged");
    }
    struct asli_item *item = asli_item_new(control, l->kind, id, owner, take_value);
    if (!item || asli_shelf_reserve(shelf, l->reterr) != 0) {
        asli_item_free(item);
        return asli_oom(l->reterr);
    }
    shelf->items[shelf->count++] = item;
    if (id > control->last_id)
        control->last_id = id;
    return 0;
}

static int load_row(void *arg, const asl_row *row)
{
    struct loading *l = arg;
    json_t *value = NULL;
    asl_error err = {0};
    if (row->key_len != sizeof ASLI_KEY_PREFIX + 8)
        return asl_error_set(l->reterr, ASL_EFORMAT, "a row of the registry is damaged");
    int rc = asli_json_read(row->value, row->value_len, &value, &err);
    if (rc == ASL_EJSON)
        return asl_error_set(l->reterr, ASL_EFORMAT,
                             "a row of the registry is damaged: %s", err.text);
    return rc ? asli_error_pass(l->reterr, &err) : add_loaded(l, id_of(row), value);
}

static int load_kind(asl_control *control, enum asli_item_kind kind, asl_error *reterr)
{
    char prefix[] = ASLI_KEY_PREFIX " ";
    struct loading l = {.control = control, .kind = kind, .reterr = reterr};
    prefix[sizeof prefix - 2] = (char)kind;
    return asl_rows_scan(asl_engine_store(control->engine), prefix, sizeof prefix - 1,
                         load_row, &l, reterr);
}

/* Machines stand by their ids until versions and aliases have found them. */
static int load(asl_control *control, asl_error *reterr)
{
    int rc = load_kind(control, ASLI_MACHINE, reterr);
    if (!rc)
        rc = load_kind(control, ASLI_VERSION, reterr);
    if (!rc)
        rc = load_kind(control, ASLI_ALIAS, reterr);
    if (!rc)
        rc = load_kind(control, ASLI_ACTIVITY, reterr);
    for (size_t i = 0; i < control->machines.count; i++) {
        asli_shelf_sort(&control->machines.items[i]->versions);
        asli_shelf_sort(&control->machines.items[i]->aliases);
    }
    asli_shelf_sort(&control->machines);
    asli_shelf_sort(&control->activities);
    return rc;
}

static int create_activities(const asl_control *control, asl_error *reterr)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < control->activities.count; i++)
        rc = asl_activity_create(control->engine, control->activities.items[i]->name, 0,
                                 reterr);
    return rc;
}

static int resume_deletions(asl_control *control, asl_error *reterr)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < control->machines.count; i++)
        rc = asli_deletion_resume(control, control->machines.items[i], reterr);
    return rc;
}

/* ---- opening ---- */

static int claims(void *self, const asl_resource *resource)
{
    return 0;
}

static int start(void *self, asl_task *task, asl_error *reterr)
{
    return asl_error_set(reterr, ASL_EHANDLER, "the registry serves no task");
}

static void on_close(void *self)
{
    asl_control *control = self;
    asli_shelf_done(&control->machines);
    asli_shelf_done(&control->activities);
    asli_free(control);
}

static const asl_provider_ops ops = {
    sizeof ops, "control", claims, start, NULL, on_close,
};

/* Executions start what is registered. */
static int find_nested(void *arg, const char *arn, asl_target *ret_target,
                       asl_error *reterr)
{
    return asl_control_target(arg, arn, ret_target, reterr);
}

static int open_new(asl_engine *engine, asl_control **ret_control, asl_error *reterr)
{
    asl_control *control = asli_alloc(sizeof *control);
    if (!control)
        return asli_oom(reterr);
    control->engine = engine;
    int rc = load(control, reterr);
    if (!rc)
        rc = create_activities(control, reterr);
    if (rc) {
        on_close(control);
        return rc;
    }
    *ret_control = control;
    return asl_engine_add_provider(engine, &ops, control, reterr);
}

/* What follows the first step is done again: that may have failed, when it was opened before. */
int asl_control_open(asl_engine *engine, asl_control **ret_control, asl_error *reterr)
{
    asl_control *control = asl_engine_provider(engine, &ops);
    int rc = control ? 0 : open_new(engine, &control, reterr);
    if (!rc)
        rc = asl_nested_find(engine, find_nested, control, reterr);
    if (!rc)
        rc = resume_deletions(control, reterr);
    if (!rc)
        *ret_control = control;
    return rc;
}
