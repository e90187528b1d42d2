/* SPDX-License-Identifier: Apache-2.0
 *
 * Ref, Fn::GetAtt, Fn::Sub and Fn::Join of a template, resolved to what its resources are called
 * when they are played here.
 *
 * Nothing is deployed, so what only AWS could know (imports, attributes of other kinds) stays
 * unresolved: NULL, and ${...} within a Fn::Sub.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "definition/stack.h"

#define DEPTH_MAX 64

/* In the patterns: %N the resource's name, %P partition, %R region, %A account. */
static const struct kind {
    const char *type, *name_property, *ref, *arn;
} kinds[] = {
    {"AWS::Serverless::Function", "FunctionName", "%N",
     "arn:%P:lambda:%R:%A:function:%N"},
    {"AWS::Lambda::Function", "FunctionName", "%N", "arn:%P:lambda:%R:%A:function:%N"},
    {"AWS::Serverless::SimpleTable", "TableName", "%N", "arn:%P:dynamodb:%R:%A:table/%N"},
    {"AWS::DynamoDB::Table", "TableName", "%N", "arn:%P:dynamodb:%R:%A:table/%N"},
    {"AWS::DynamoDB::GlobalTable", "TableName", "%N", "arn:%P:dynamodb:%R:%A:table/%N"},
    {"AWS::SQS::Queue", "QueueName", "https://sqs.%R.amazonaws.com/%A/%N",
     "arn:%P:sqs:%R:%A:%N"},
    {"AWS::SNS::Topic", "TopicName", "arn:%P:sns:%R:%A:%N", "arn:%P:sns:%R:%A:%N"},
    {"AWS::Serverless::StateMachine", "Name", "arn:%P:states:%R:%A:stateMachine:%N",
     "arn:%P:states:%R:%A:stateMachine:%N"},
    {"AWS::StepFunctions::StateMachine", "StateMachineName",
     "arn:%P:states:%R:%A:stateMachine:%N", "arn:%P:states:%R:%A:stateMachine:%N"},
    {"AWS::StepFunctions::Activity", "Name", "arn:%P:states:%R:%A:activity:%N",
     "arn:%P:states:%R:%A:activity:%N"},
    {"AWS::S3::Bucket", "BucketName", "%N", "arn:%P:s3:::%N"},
    {"AWS::IAM::Role", "RoleName", "%N", "arn:%P:iam::%A:role/%N"},
    {"AWS::Events::EventBus", "Name", "%N", "arn:%P:events:%R:%A:event-bus/%N"},
    {"AWS::ECS::Cluster", "ClusterName", "%N", "arn:%P:ecs:%R:%A:cluster/%N"},
    {"AWS::ECS::TaskDefinition", "Family", "arn:%P:ecs:%R:%A:task-definition/%N",
     "arn:%P:ecs:%R:%A:task-definition/%N"},
    {"", NULL, "%N", NULL}, /* any other */
};

static const struct kind *kind_of(const json_t *resource)
{
    const char *type = json_string_value(json_object_get(resource, "Type"));
    const struct kind *kind = kinds;
    while (*kind->type && (!type || strcmp(kind->type, type) != 0))
        kind++;
    return kind;
}

const char *asli_stack_name(const char *id, const json_t *resource)
{
    const char *property = kind_of(resource)->name_property;
    const json_t *properties = json_object_get(resource, "Properties");
    const char *name =
        property ? json_string_value(json_object_get(properties, property)) : NULL;
    return name ? name : id;
}

static int new_text(struct asli_bytes *bytes, json_t **ret_value, asl_error *reterr)
{
    *ret_value =
        bytes->oom ? NULL : json_stringn(bytes->len ? bytes->data : "", bytes->len);
    asli_bytes_done(bytes);
    return *ret_value ? 0 : asli_oom(reterr);
}

static int expand(const asl_stack *stack, const char *pattern, const char *name,
                  json_t **ret_value, asl_error *reterr)
{
    struct asli_bytes out = {0};
    for (const char *p = pattern; *p; p++) {
        if (*p != '%')
            asli_bytes_addc(&out, *p);
        else
            asli_bytes_adds(&out, *++p == 'N' ? name
                                  : *p == 'P' ? stack->partition
                                  : *p == 'R' ? stack->region
                                              : stack->account);
    }
    return new_text(&out, ret_value, reterr);
}

/* ---- Ref and GetAtt ---- */

static int pseudo_parameter(const asl_stack *stack, const char *name, json_t **ret_value,
                            asl_error *reterr)
{
    static const struct {
        const char *name, *pattern;
    } rows[] = {
        {"AWS::Partition", "%P"},
        {"AWS::Region", "%R"},
        {"AWS::AccountId", "%A"},
        {"AWS::URLSuffix", "amazonaws.com"},
        {"AWS::StackName", "local"},
        {"AWS::StackId", "arn:%P:cloudformation:%R:%A:stack/local/0"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return expand(stack, rows[i].pattern, "", ret_value, reterr);
    }
    return 0;
}

static int ref(const asl_stack *stack, const char *name, json_t **ret_value,
               asl_error *reterr)
{
    json_t *parameters = json_object_get(stack->tree, "Parameters");
    json_t *value = json_object_get(json_object_get(parameters, name), "Default");
    json_t *resource = json_object_get(json_object_get(stack->tree, "Resources"), name);
    if (value) {
        *ret_value = json_incref(value);
        return 0;
    }
    if (resource)
        return expand(stack, kind_of(resource)->ref, asli_stack_name(name, resource),
                      ret_value, reterr);
    return pseudo_parameter(stack, name, ret_value, reterr);
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static int attribute(const asl_stack *stack, const char *name, const char *its,
                     json_t **ret_value, asl_error *reterr)
{
    json_t *resource = json_object_get(json_object_get(stack->tree, "Resources"), name);
    if (!resource)
        return 0;
    const struct kind *kind = kind_of(resource);
    const char *called = asli_stack_name(name, resource);
    if (ends_with(its, "Arn") && kind->arn)
        return expand(stack, kind->arn, called, ret_value, reterr);
    if (ends_with(its, "Name"))
        return expand(stack, "%N", called, ret_value, reterr);
    if (strcmp(its, "QueueUrl") == 0)
        return expand(stack, kind->ref, called, ret_value, reterr);
    return 0;
}

/* "Name.Attribute" */
static int dotted(const asl_stack *stack, const char *text, json_t **ret_value,
                  asl_error *reterr)
{
    const char *dot = strchr(text, '.');
    if (!dot)
        return ref(stack, text, ret_value, reterr);
    ASLI_AUTO(text) char *name = asli_strndup(text, (size_t)(dot - text));
    return name ? attribute(stack, name, dot + 1, ret_value, reterr) : asli_oom(reterr);
}

static int get_att(const asl_stack *stack, json_t *argument, json_t **ret_value,
                   asl_error *reterr)
{
    const char *name = json_string_value(json_array_get(argument, 0));
    const char *its = json_string_value(json_array_get(argument, 1));
    if (json_is_string(argument))
        return dotted(stack, json_string_value(argument), ret_value, reterr);
    return name && its ? attribute(stack, name, its, ret_value, reterr) : 0;
}

/* ---- Sub and Join ---- */

static int resolve(const asl_stack *stack, json_t *value, int depth, json_t **ret_value,
                   asl_error *reterr);

static bool add_scalar(struct asli_bytes *out, const json_t *value)
{
    if (json_is_string(value))
        asli_bytes_adds(out, json_string_value(value));
    else if (json_is_integer(value))
        asli_bytes_addf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        asli_bytes_adds(out, json_is_true(value) ? "true" : "false");
    else
        return false;
    return true;
}

/* What ${...} of a Fn::Sub stands for: of its own map, or of the template. */
static int substitute(const asl_stack *stack, const char *text, size_t len, json_t *map,
                      int depth, struct asli_bytes *out, asl_error *reterr)
{
    ASLI_AUTO(text) char *name = asli_strndup(text, len);
    ASLI_AUTO(json) json_t *value = NULL;
    if (!name)
        return asli_oom(reterr);
    if (name[0] == '!') { /* ${!Literal} */
        asli_bytes_addf(out, "${%s}", name + 1);
        return 0;
    }
    json_t *own = json_object_get(map, name);
    int rc = own ? resolve(stack, own, depth + 1, &value, reterr)
                 : dotted(stack, name, &value, reterr);
    if (!rc && !(value && add_scalar(out, value)))
        asli_bytes_addf(out, "${%s}", name);
    return rc;
}

static int sub(const asl_stack *stack, json_t *argument, int depth, json_t **ret_value,
               asl_error *reterr)
{
    json_t *map = json_array_get(argument, 1), *first = json_array_get(argument, 0);
    const char *p = json_string_value(json_is_array(argument) ? first : argument);
    struct asli_bytes out = {0};
    int rc = 0;
    if (!p)
        return 0;
    while (!rc && *p) {
        const char *end = strncmp(p, "${", 2) == 0 ? strchr(p, '}') : NULL;
        if (!end) {
            asli_bytes_addc(&out, *p++);
            continue;
        }
        rc = substitute(stack, p + 2, (size_t)(end - p - 2), map, depth, &out, reterr);
        p = end + 1;
    }
    if (!rc)
        return new_text(&out, ret_value, reterr);
    asli_bytes_done(&out);
    return rc;
}

static int join(const asl_stack *stack, json_t *argument, int depth, json_t **ret_value,
                asl_error *reterr)
{
    const char *between = json_string_value(json_array_get(argument, 0));
    ASLI_AUTO(json) json_t *parts = NULL;
    struct asli_bytes out = {0};
    size_t i;
    json_t *part;
    int rc = resolve(stack, json_array_get(argument, 1), depth + 1, &parts, reterr);
    bool good = between && json_is_array(parts);
    json_array_foreach(parts, i, part)
    {
        if (good && i)
            asli_bytes_adds(&out, between);
        good = good && add_scalar(&out, part);
    }
    if (!rc && good)
        return new_text(&out, ret_value, reterr);
    asli_bytes_done(&out);
    return rc;
}

/* ---- any value ---- */

bool asli_stack_is_call(const json_t *value)
{
    if (!json_is_object(value) || json_object_size(value) != 1)
        return false;
    const char *key = json_object_iter_key(json_object_iter((json_t *)value));
    return strcmp(key, "Ref") == 0 || strncmp(key, "Fn::", 4) == 0;
}

static int call(const asl_stack *stack, json_t *value, int depth, json_t **ret_value,
                asl_error *reterr)
{
    void *member = json_object_iter(value);
    const char *function = json_object_iter_key(member);
    json_t *argument = json_object_iter_value(member);
    if (strcmp(function, "Ref") == 0)
        return json_is_string(argument)
                   ? ref(stack, json_string_value(argument), ret_value, reterr)
                   : 0;
    if (strcmp(function, "Fn::GetAtt") == 0)
        return get_att(stack, argument, ret_value, reterr);
    if (strcmp(function, "Fn::Sub") == 0)
        return sub(stack, argument, depth, ret_value, reterr);
    if (strcmp(function, "Fn::Join") == 0)
        return join(stack, argument, depth, ret_value, reterr);
    return 0;
}

static int resolve_items(const asl_stack *stack, json_t *value, int depth,
                         json_t **ret_value, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *list = json_array();
    size_t i;
    json_t *item;
    if (!list)
        return asli_oom(reterr);
    json_array_foreach(value, i, item)
    {
        json_t *made = NULL;
        int rc = resolve(stack, item, depth + 1, &made, reterr);
        if (rc || !made)
            return rc;
        if (json_array_append_new(list, made))
            return asli_oom(reterr);
    }
    *ret_value = json_incref(list);
    return 0;
}

static int resolve_members(const asl_stack *stack, json_t *value, int depth,
                           json_t **ret_value, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *object = json_object();
    const char *key;
    json_t *member;
    if (!object)
        return asli_oom(reterr);
    json_object_foreach(value, key, member)
    {
        json_t *made = NULL;
        int rc = resolve(stack, member, depth + 1, &made, reterr);
        if (rc || !made)
            return rc;
        if (json_object_set_new(object, key, made))
            return asli_oom(reterr);
    }
    *ret_value = json_incref(object);
    return 0;
}

static int resolve(const asl_stack *stack, json_t *value, int depth, json_t **ret_value,
                   asl_error *reterr)
{
    *ret_value = NULL;
    if (!value || depth > DEPTH_MAX)
        return 0;
    if (asli_stack_is_call(value))
        return call(stack, value, depth, ret_value, reterr);
    if (json_is_array(value))
        return resolve_items(stack, value, depth, ret_value, reterr);
    if (json_is_object(value))
        return resolve_members(stack, value, depth, ret_value, reterr);
    *ret_value = json_incref(value);
    return 0;
}

int asli_stack_resolve(const asl_stack *stack, json_t *value, json_t **ret_value,
                       asl_error *reterr)
{
    return resolve(stack, value, 0, ret_value, reterr);
}
