/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of items: times, tags, and the three configurations with their defaults.
 */
#include <string.h>
#include <time.h>

#include <asl/provider.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/id.h"

/* The engine's time stands still between its turns; that of the system goes on. */
json_t *asli_now(const struct asl_control *control)
{
    struct timespec t;
    int64_t now = asl_engine_now(control->engine);
    if (!asl_engine_is_virtual(control->engine) &&
        clock_gettime(CLOCK_REALTIME, &t) == 0) {
        int64_t system = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
        now = system > now ? system : now;
    }
    return json_real((double)now / 1000);
}

int asli_keep(json_t *object, const char *name, const json_t *value)
{
    return value ? json_object_set(object, name, (json_t *)value) : 0;
}

json_t *asli_pick(const json_t *from, const char *const *names)
{
    json_t *object = json_object();
    for (; object && *names; names++)
        if (asli_keep(object, *names, json_object_get(from, *names)) != 0) {
            json_decref(object);
            object = NULL;
        }
    return object;
}

int asli_uuid(const struct asl_control *control, char ret_text[37], asl_error *reterr)
{
    unsigned char random[16];
    if (asl_engine_random(control->engine, random, sizeof random) != 0)
        return asl_error_set(reterr, ASL_ESYSTEM, "no random bytes");
    asli_uuid_format(random, ret_text);
    return 0;
}

/* ---- configurations ---- */

/* Finishes `value`: `rc` says whether setting its members failed. */
static int give(json_t *value, int rc, json_t **ret_value, asl_error *reterr)
{
    if (rc || !value) {
        json_decref(value);
        return asli_oom(reterr);
    }
    *ret_value = value;
    return 0;
}

/* The ARN of the one log group; NULL: there is none. */
static const char *log_group(const json_t *destinations)
{
    const json_t *destination = json_array_get(destinations, 0);
    const json_t *group = json_object_get(destination, "cloudWatchLogsLogGroup");
    return json_string_value(json_object_get(group, "logGroupArn"));
}

static int check_destinations(const json_t *destinations, const char *level,
                              asl_error *reterr)
{
    size_t count = json_array_size(destinations);
    const char *arn = log_group(destinations);
    size_t len = arn ? strlen(arn) : 0;
    if (count > 1 || (!arn && (count == 1 || strcmp(level, "OFF") != 0)))
        return asli_refuse(reterr, ASL_EINVAL, "InvalidLoggingConfiguration",
                           "Invalid Logging Configuration: Must specify exactly one Log "
                           "Destination.");
    if (arn && (len < 2 || strcmp(arn + len - 2, ":*") != 0))
        return asli_refuse(reterr, ASL_EINVAL, "InvalidLoggingConfiguration",
                           "Invalid Logging Configuration: Log Group ARN must be "
                           "provided with '*' qualifier.");
    return 0;
}

int asli_logging(const json_t *given, json_t **ret_value, asl_error *reterr)
{
    const json_t *destinations = json_object_get(given, "destinations");
    const char *level = json_string_value(json_object_get(given, "level"));
    int rc = check_destinations(destinations, level ? level : "OFF", reterr);
    if (rc)
        return rc;
    json_t *value = json_object();
    rc =
        json_object_set_new(value, "level", json_string(level ? level : "OFF")) ||
        json_object_set_new(
            value, "includeExecutionData",
            json_boolean(json_is_true(json_object_get(given, "includeExecutionData")))) ||
        asli_keep(value, "destinations", destinations);
    return give(value, rc, ret_value, reterr);
}

int asli_tracing(const json_t *given, json_t **ret_value, asl_error *reterr)
{
    json_t *value = json_object();
    int rc = json_object_set_new(
        value, "enabled", json_boolean(json_is_true(json_object_get(given, "enabled"))));
    return give(value, rc, ret_value, reterr);
}

int asli_encryption(const json_t *given, json_t **ret_value, asl_error *reterr)
{
    static const char owned[] = "AWS_OWNED_KEY";
    const char *type = json_string_value(json_object_get(given, "type"));
    const json_t *key = json_object_get(given, "kmsKeyId");
    const json_t *period = json_object_get(given, "kmsDataKeyReusePeriodSeconds");
    bool own = !type || strcmp(type, owned) == 0;
    if (own ? key || period : !key)
        return asli_refuse(reterr, ASL_EINVAL, "InvalidEncryptionConfiguration",
                           "Invalid Encryption Configuration: %s",
                           own ? "kmsKeyId and kmsDataKeyReusePeriodSeconds are only for "
                                 "type CUSTOMER_MANAGED_KMS_KEY."
                               : "type CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId.");
    json_t *value = json_object();
    int rc = json_object_set_new(value, "type", json_string(own ? owned : type)) ||
             asli_keep(value, "kmsKeyId", key);
    if (!rc && !own)
        rc = json_object_set_new(value, "kmsDataKeyReusePeriodSeconds",
                                 json_integer(period ? json_integer_value(period) : 300));
    return give(value, rc, ret_value, reterr);
}

/* ---- tags ---- */

static bool has_key(const json_t *tags, const char *key)
{
    size_t i;
    json_t *tag;
    json_array_foreach((json_t *)tags, i, tag)
    {
        const char *its = json_string_value(json_object_get(tag, "key"));
        if (its && strcmp(its, key) == 0)
            return true;
    }
    return false;
}

/* Appends the tags of `from` that `later` has not, no more of them than show that they are too many. */
static int append(json_t *tags, const json_t *from, const json_t *later)
{
    static const char *const names[] = {"key", "value", NULL};
    size_t i;
    json_t *tag;
    json_array_foreach((json_t *)from, i, tag)
    {
        const char *key = json_string_value(json_object_get(tag, "key"));
        if (json_array_size(tags) > ASLI_TAGS_MAX)
            break;
        if (key && !has_key(later, key) && !has_key(tags, key) &&
            json_array_append_new(tags, asli_pick(tag, names)) != 0)
            return -1;
    }
    return 0;
}

int asli_tags(const json_t *old, const json_t *more, const char *arn, json_t **ret_tags,
              asl_error *reterr)
{
    json_t *tags = json_array();
    if (!tags || append(tags, old, more) != 0 || append(tags, more, NULL) != 0) {
        json_decref(tags);
        return asli_oom(reterr);
    }
    if (json_array_size(tags) > ASLI_TAGS_MAX) {
        json_decref(tags);
        return asli_refuse(reterr, ASL_ELIMIT, "TooManyTags", "Too many tags: '%s'", arn);
    }
    *ret_tags = tags;
    return 0;
}
