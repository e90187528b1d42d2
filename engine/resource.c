/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes the Resource of a Task apart: which events it has, which handler serves it, whether it
 * waits for a job or a token.
 *
 * Any service and action is taken, known to AWS or not: who serves it decides at run time.
 */
#include "engine/resource.h"

#include <stdbool.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/tbl/integrations.h"
#include "engine/tbl/messages.h"

#define SERVICE_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static const struct {
    const char *suffix;
    enum asl_pattern pattern;
} patterns[] = {
    {".sync", ASL_PATTERN_SYNC},
    {".sync:2", ASL_PATTERN_SYNC2},
    {".waitForTaskToken", ASL_PATTERN_TOKEN},
};

/* The five colons of arn:partition:service:region:account:rest. */
struct arn {
    const char *service, *region, *account, *rest;
    size_t service_len, region_len, account_len;
};

static bool split_arn(const char *text, struct arn *arn)
{
    const char *field[6], *end[6];
    for (int i = 0; i < 5; i++) {
        field[i] = text;
        end[i] = strchr(text, ':');
        if (!end[i])
            return false;
        text = end[i] + 1;
    }
    *arn = (struct arn){
        .service = field[2],
        .service_len = (size_t)(end[2] - field[2]),
        .region = field[3],
        .region_len = (size_t)(end[3] - field[3]),
        .account = field[4],
        .account_len = (size_t)(end[4] - field[4]),
        .rest = text,
    };
    return *text != '\0';
}

static bool is(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* What follows `prefix`, or NULL. */
static const char *after(const char *text, const char *prefix)
{
    size_t len = strlen(prefix);
    return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

static int set_name(struct asl_resource *resource, const char *name, size_t len)
{
    resource->name = asli_strndup(name, len);
    return resource->name ? 0 : ASL_ENOMEM;
}

/* "sqs:sendMessage.waitForTaskToken", "aws-sdk:dynamodb:putItem": what stands after ":::". */
static int parse_service(struct asl_resource *resource, const char *rest)
{
    const char *sdk = after(rest, "aws-sdk:");
    const char *colon = strchr(sdk ? sdk : rest, ':');
    if (!colon)
        return ASL_EDEFINITION;
    const char *service = sdk ? sdk : rest, *action = colon + 1;
    size_t action_len = strspn(action, SERVICE_CHARS);
    if (service == colon || strspn(service, SERVICE_CHARS) != (size_t)(colon - service) ||
        action_len == 0)
        return ASL_EDEFINITION;
    const char *suffix = action + action_len;
    bool known = *suffix == '\0';
    for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
        if (strcmp(suffix, patterns[i].suffix) != 0)
            continue;
        resource->pattern = patterns[i].pattern;
        known = true;
    }
    if (!known)
        return ASL_EDEFINITION;
    resource->kind = ASL_RESOURCE_SERVICE;
    resource->type = asli_strndup(rest, (size_t)(colon - rest));
    resource->action = asli_strdup(action);
    if (!resource->type || !resource->action)
        return ASL_ENOMEM;
    return set_name(resource, rest, (size_t)(suffix - rest));
}

static int parse_arn(struct asl_resource *resource, const char *text)
{
    struct arn arn;
    if (!split_arn(text, &arn))
        return ASL_EDEFINITION;
    const char *name;
    if (is(arn.service, arn.service_len, "lambda") &&
        (name = after(arn.rest, "function:"))) {
        resource->kind = ASL_RESOURCE_LAMBDA;
        size_t len = strcspn(name, ":"); /* then a version or alias */
        return len ? set_name(resource, name, len) : ASL_EDEFINITION;
    }
    if (!is(arn.service, arn.service_len, "states"))
        return ASL_EDEFINITION;
    if ((name = after(arn.rest, "activity:")) && *name && !strchr(name, ':')) {
        resource->kind = ASL_RESOURCE_ACTIVITY;
        return set_name(resource, name, strlen(name));
    }
    if (arn.region_len || arn.account_len)
        return ASL_EDEFINITION;
    return parse_service(resource, arn.rest);
}

static int parse(struct asl_resource *resource, const char *text, asl_error *reterr)
{
    const char *substitution = strstr(text, "${");
    const char *name = after(text, "handler:");
    int code;
    if (substitution && strchr(substitution, '}'))
        name = text;
    if (name && *name) {
        resource->kind = ASL_RESOURCE_HANDLER;
        code = set_name(resource, name, strlen(name));
    } else if (after(text, "arn:")) {
        code = parse_arn(resource, text);
    } else {
        return asl_error_set(reterr, ASL_EDEFINITION,
                             "Value is not a valid resource ARN");
    }
    if (code == ASL_EDEFINITION)
        return asl_error_set(reterr, code, ASLI_MSG_RESOURCE, text);
    return code ? asli_oom(reterr) : 0;
}

int asli_resource_parse(const char *text, const json_t *parameters,
                        struct asl_resource **ret_resource, asl_error *reterr)
{
    struct asl_resource *resource = asli_alloc(sizeof(*resource));
    if (!resource)
        return asli_oom(reterr);
    resource->parameters = parameters;
    resource->text = asli_strdup(text);
    int code = resource->text ? parse(resource, text, reterr) : asli_oom(reterr);
    if (code) {
        asli_resource_free(resource);
        return code;
    }
    *ret_resource = resource;
    return 0;
}

void asli_resource_free(struct asl_resource *resource)
{
    if (!resource)
        return;
    asli_free(resource->text);
    asli_free(resource->name);
    asli_free(resource->type);
    asli_free(resource->action);
    asli_free(resource);
}

/* Actions of AWS's SDKs are written small, and none of them waits. */
static bool is_sdk(const struct asl_resource *resource)
{
    const char *action = strrchr(resource->name, ':') + 1;
    return *action >= 'a' && *action <= 'z' &&
           (resource->pattern == ASL_PATTERN_REQUEST ||
            resource->pattern == ASL_PATTERN_TOKEN);
}

bool asli_resource_is_aws(const struct asl_resource *resource)
{
    static const struct {
        const char *name;
        bool waits;
    } integrations[] = {
#define ROW(resource, action, polled) {resource, (polled) != NULL},
        ASLI_INTEGRATIONS(ROW) ASLI_MORE_INTEGRATIONS(ROW)
#undef ROW
    };
    if (resource->kind != ASL_RESOURCE_SERVICE)
        return !after(resource->text, "handler:");
    if (after(resource->name, "aws-sdk:"))
        return is_sdk(resource);
    for (size_t i = 0; i < sizeof integrations / sizeof *integrations; i++)
        if (strcmp(resource->name, integrations[i].name) == 0)
            return resource->pattern == ASL_PATTERN_SYNC
                       ? integrations[i].waits
                       : resource->pattern != ASL_PATTERN_SYNC2 ||
                             strcmp(resource->name, "states:startExecution") == 0;
    return false;
}

const char *asl_resource_text(const asl_resource *resource)
{
    return resource->text;
}

const char *asl_resource_name(const asl_resource *resource)
{
    return resource->name;
}

enum asl_resource_kind asl_resource_kind_of(const asl_resource *resource)
{
    return resource->kind;
}

enum asl_pattern asl_resource_pattern(const asl_resource *resource)
{
    return resource->pattern;
}

const json_t *asl_resource_parameters(const asl_resource *resource)
{
    return resource->parameters;
}

const char *asl_resource_state(const asl_resource *resource)
{
    return resource->state;
}

const char *asl_resource_machine(const asl_resource *resource)
{
    return resource->machine;
}

const char *asl_resource_revision(const asl_resource *resource)
{
    return resource->revision;
}
