/* SPDX-License-Identifier: Apache-2.0
 *
 * Does a mocked result look like a service's answer? What that is stands in engine/tbl/schemas.h, one
 * text a shape:
 *
 *     {Name:T,Name!:T}  members, those with ! are always there    [T]  a list    <T>  a map
 *     s  text   n  number   b  boolean   =A|B;  one of these texts   *  anything
 *     @Shape;  another row of the same service
 *     (min,max) behind s and [T]: how long; behind n: how large; each may be missing
 *
 * Members that the table does not know are nobody's business, as with AWS. Of services that it does
 * not know nothing is checked.
 */
#include "engine/teststate/teststate.h"

#include <stdlib.h>
#include <string.h>

#include "engine/tbl/integrations.h"

static const struct schema {
    const char *name, *text;
} schemas[] = {
#define X(name, text) {name, text},
#include "engine/tbl/schemas.h"
#undef X
};

/* A check, at one place of a schema. */
struct check {
    const char *service; /* "dynamodb:putItem": up to the colon */
    const char *at;      /* what is next in the schema's text */
    bool strict;
    asl_error *reterr;
};

/* `field` NULL: it is the whole answer, an object. */
static int check(struct check *c, const char *field, const json_t *value);

static const char *find(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof schemas / sizeof *schemas; i++)
        if (strncmp(schemas[i].name, name, len) == 0 && schemas[i].name[len] == '\0')
            return schemas[i].text;
    return NULL;
}

static int wrong(struct check *c, const char *field, const char *what)
{
    return asli_refuse(c->reterr, ASL_EINVAL, "ValidationException",
                       "Mock result schema validation error: Field '%s' %s", field, what);
}

/* ---- limits ---- */

/* Reads "(min,max)", if it is there, and judges. */
static int check_limits(struct check *c, const char *field, double size, const char *less,
                        const char *more)
{
    char *end;
    if (*c->at != '(')
        return 0;
    double min = strtod(++c->at, &end);
    bool has_min = end != c->at;
    c->at = end + 1; /* the comma */
    double max = strtod(c->at, &end);
    bool has_max = end != c->at;
    c->at = end + 1;
    if (has_min && size < min)
        return wrong(c, field, less);
    return has_max && size > max ? wrong(c, field, more) : 0;
}

static int check_length(struct check *c, const char *field, size_t length)
{
    return check_limits(c, field, (double)length, "is less than the minimum length",
                        "exceeds the maximum length");
}

static size_t characters(const json_t *text)
{
    size_t n = 0;
    const char *p = json_string_value(text);
    for (size_t i = 0; i < json_string_length(text); i++)
        n += ((unsigned char)p[i] & 0xc0) != 0x80;
    return n;
}

/* ---- skipping what has no value ---- */

static void skip_to(struct check *c, const char *any)
{
    c->at += strcspn(c->at, any);
}

/* Over one T. */
static void skip(struct check *c)
{
    int depth = 0;
    do {
        switch (*c->at) {
        case '{':
        case '[':
        case '<':
            depth++;
            break;
        case '}':
        case ']':
        case '>':
            depth--;
            break;
        case '=':
        case '@':
            skip_to(c, ";");
            break;
        case '(':
            skip_to(c, ")");
            break;
        default:
            break;
        }
        c->at++;
    } while (depth > 0);
    if (*c->at == '(') {
        skip_to(c, ")");
        c->at++;
    }
}

/* ---- types ---- */

static int check_members(struct check *c, const char *field, const json_t *value)
{
    char name[128];
    if (!json_is_object(value) && !field)
        return asli_refuse(c->reterr, ASL_EINVAL, "ValidationException",
                           "Mock result schema validation error: Mock result "
                           "must be an object");
    if (!json_is_object(value))
        return wrong(c, field, "must be an object");
    for (c->at++; *c->at != '}'; c->at += *c->at == ',') {
        size_t len = strcspn(c->at, "!:");
        bool required = c->at[len] == '!';
        memcpy(name, c->at, len < sizeof name ? len : sizeof name - 1);
        name[len < sizeof name ? len : sizeof name - 1] = '\0';
        c->at += len + required + 1;
        const json_t *member = json_object_get(value, name);
        if (!member && required && c->strict)
            return asli_refuse(
                c->reterr, ASL_EINVAL, "ValidationException",
                "Mock result schema validation error: Required field '%s' is missing",
                name);
        int rc = member ? check(c, name, member) : (skip(c), 0);
        if (rc)
            return rc;
    }
    c->at++;
    return 0;
}

static int check_list(struct check *c, const char *field, const json_t *list)
{
    size_t i;
    json_t *value;
    const char *element = c->at + 1;
    if (!json_is_array(list))
        return wrong(c, field, "must be an array");
    json_array_foreach(list, i, value)
    {
        c->at = element;
        int rc = check(c, field, value);
        if (rc)
            return rc;
    }
    c->at = element;
    skip(c);
    c->at++;
    return check_length(c, field, json_array_size(list));
}

static int check_map(struct check *c, const char *field, const json_t *map)
{
    const char *key, *element = c->at + 1;
    json_t *value;
    if (!json_is_object(map))
        return wrong(c, field, "must be an object");
    json_object_foreach((json_t *)(uintptr_t)map, key, value)
    {
        c->at = element;
        int rc = check(c, key, value);
        if (rc)
            return rc;
    }
    c->at = element;
    skip(c);
    c->at++;
    return 0;
}

static int check_enum(struct check *c, const char *field, const json_t *value)
{
    const char *text = json_string_value(value);
    bool found = false;
    if (!text)
        return wrong(c, field, "must be a string");
    while (*c->at != ';') {
        size_t len = strcspn(++c->at, "|;");
        found |= len == json_string_length(value) && memcmp(c->at, text, len) == 0;
        c->at += len;
    }
    c->at++;
    return found ? 0 : wrong(c, field, "is not an expected value");
}

static int check_shape(struct check *c, const char *field, const json_t *value)
{
    char name[160];
    size_t service = strcspn(c->service, ":"), len = strcspn(c->at, ";");
    const char *behind = c->at + len + 1;
    if (service + len >= sizeof name)
        return 0;
    memcpy(name, c->service, service);
    memcpy(name + service, c->at, len);
    c->at = find(name, service + len);
    int rc = c->at ? check(c, field, value) : 0;
    c->at = behind;
    return rc;
}

static int check_text(struct check *c, const char *field, const json_t *value)
{
    c->at++;
    return json_is_string(value) ? check_length(c, field, characters(value))
                                 : wrong(c, field, "must be a string");
}

static int check_number(struct check *c, const char *field, const json_t *value)
{
    c->at++;
    return json_is_number(value) ? check_limits(c, field, json_number_value(value),
                                                "is less than the minimum value",
                                                "exceeds the maximum value")
                                 : wrong(c, field, "must be a number");
}

static int check(struct check *c, const char *field, const json_t *value)
{
    switch (*c->at) {
    case '{':
        return check_members(c, field, value);
    case '[':
        return check_list(c, field, value);
    case '<':
        return check_map(c, field, value);
    case '=':
        return check_enum(c, field, value);
    case '@':
        return check_shape(c, field, value);
    case 's':
        return check_text(c, field, value);
    case 'n':
        return check_number(c, field, value);
    case 'b':
        c->at++;
        return json_is_boolean(value) ? 0 : wrong(c, field, "must be a boolean");
    default:
        c->at++;
        return 0;
    }
}

/* ---- resources ---- */

/* What answers: of an optimized integration that waits, what it asks until the end. NULL: nobody
 * knows, or anybody. */
static const char *action_of(const asl_resource *resource)
{
    static const char sdk[] = "aws-sdk:";
    static const struct {
        const char *name, *action, *polled;
    } integrations[] = {
#define X(name, action, polled) {name, action, polled},
        ASLI_INTEGRATIONS(X)
#undef X
    };
    if (resource->kind != ASL_RESOURCE_SERVICE || resource->pattern == ASL_PATTERN_TOKEN)
        return NULL;
    if (strncmp(resource->name, sdk, sizeof sdk - 1) == 0)
        return resource->name + sizeof sdk - 1;
    for (size_t i = 0; i < sizeof integrations / sizeof *integrations; i++)
        if (strcmp(integrations[i].name, resource->name) == 0)
            return resource->pattern == ASL_PATTERN_REQUEST ? integrations[i].action
                                                            : integrations[i].polled;
    return NULL;
}

int asli_teststate_check_result(const asl_resource *resource, const json_t *result,
                                bool strict, asl_error *reterr)
{
    const char *action = action_of(resource);
    struct check c = {.service = action,
                      .at = action ? find(action, strlen(action)) : NULL,
                      .strict = strict,
                      .reterr = reterr};
    return c.at ? check(&c, NULL, result) : 0;
}
