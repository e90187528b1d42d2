/* SPDX-License-Identifier: Apache-2.0
 *
 * Checking requests, in DynamoDB's order: shape, members, values, expressions, table, keys.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "providers/dynamodb/action.h"

#define ALL 15
#define WRITES (ASLI_DYN_DO_PUT | ASLI_DYN_DO_UPDATE | ASLI_DYN_DO_DELETE)
#define INVALID "One or more parameter values were invalid: "

enum shape { STRING, BOOLEAN, OBJECT, LEGACY };

/* X(field, shape, the actions that have it) */
#define FIELDS(X)                                                                        \
    X("TableName", STRING, ALL)                                                          \
    X("Key", OBJECT, ALL & ~ASLI_DYN_DO_PUT)                                             \
    X("Item", OBJECT, ASLI_DYN_DO_PUT)                                                   \
    X("ConsistentRead", BOOLEAN, ASLI_DYN_DO_GET)                                        \
    X("ProjectionExpression", STRING, ASLI_DYN_DO_GET)                                   \
    X("UpdateExpression", STRING, ASLI_DYN_DO_UPDATE)                                    \
    X("ConditionExpression", STRING, WRITES)                                             \
    X("ExpressionAttributeNames", OBJECT, ALL)                                           \
    X("ExpressionAttributeValues", OBJECT, WRITES)                                       \
    X("ReturnValues", STRING, WRITES)                                                    \
    X("ReturnValuesOnConditionCheckFailure", STRING, WRITES)                             \
    X("ReturnConsumedCapacity", STRING, ALL)                                             \
    X("ReturnItemCollectionMetrics", STRING, WRITES)                                     \
    X("AttributesToGet", LEGACY, ASLI_DYN_DO_GET)                                        \
    X("AttributeUpdates", LEGACY, ASLI_DYN_DO_UPDATE)                                    \
    X("Expected", LEGACY, WRITES)                                                        \
    X("ConditionalOperator", LEGACY, WRITES)

static const struct field {
    const char *name;
    enum shape shape;
    unsigned actions;
} fields[] = {
#define ROW(name, shape, actions) {name, shape, actions},
    FIELDS(ROW)
#undef ROW
};
enum { FIELD_COUNT = sizeof fields / sizeof *fields };

/* X(field, its values, in DynamoDB's order) */
#define ENUMS(X)                                                                         \
    X("ReturnConsumedCapacity", "INDEXES, TOTAL, NONE")                                  \
    X("ReturnItemCollectionMetrics", "SIZE, NONE")                                       \
    X("ReturnValues", "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW")                \
    X("ReturnValuesOnConditionCheckFailure", "ALL_OLD, NONE")

static int refuse(struct asli_dyn_request *r, const char *text)
{
    return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION, "%s", text);
}

static const json_t *member(const struct asli_dyn_request *r, const char *field)
{
    const json_t *value = json_object_get(r->raw, field);
    return json_is_null(value) ? NULL : value;
}

const char *asli_dyn_request_text(const struct asli_dyn_request *r, const char *field)
{
    return json_string_value(member(r, field));
}

/* ---- the shape, before the service is asked ---- */

static const struct field *find_field(const struct asli_dyn_request *r, const char *name)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (strcmp(fields[i].name, name) == 0 && (fields[i].actions & r->action))
            return &fields[i];
    }
    return NULL;
}

static int check_shape(struct asli_dyn_request *r)
{
    static const char *const words[] = {"a STRING", "a BOOLEAN", "an OBJECT"};
    const char *name;
    json_t *value;
    if (!json_is_object(r->raw))
        return asli_fail(r->failure, r->reterr, ASLI_DYN_RUNTIME,
                         "The parameters must be an OBJECT");
    json_object_foreach((json_t *)r->raw, name, value)
    {
        const struct field *field = find_field(r, name);
        if (!field)
            return asli_fail(r->failure, r->reterr, ASLI_DYN_RUNTIME,
                             "The field '%s' is not supported by Step Functions", name);
        bool good = field->shape == STRING    ? json_is_string(value)
                    : field->shape == BOOLEAN ? json_is_boolean(value)
                                              : json_is_object(value);
        if (!good && field->shape != LEGACY && !json_is_null(value))
            return asli_fail(r->failure, r->reterr, ASLI_DYN_RUNTIME,
                             "The value for the field '%s' must be %s", name,
                             words[field->shape]);
    }
    return 0;
}

/* ---- members ---- */

struct errors {
    struct asli_bytes text;
    int count;
};

static void add_error(struct errors *errors, const char *value, const char *field,
                      const char *constraint, const char *rest)
{
    const char *quote = value ? "'" : "";
    asli_bytes_addf(
        &errors->text,
        "%sValue %s%s%s at '%c%s' failed to satisfy constraint: Member must %s%s",
        errors->count++ ? "; " : "", quote, value ? value : "null", quote,
        field[0] | 0x20, field + 1, constraint, rest);
}

static bool is_listed(const char *list, const char *word)
{
    size_t len = strlen(word);
    for (const char *p = list; (p = strstr(p, word)) && len; p += len) {
        if ((p == list || p[-1] == ' ') && (p[len] == ',' || p[len] == '\0'))
            return true;
    }
    return false;
}

static int check_members(struct asli_dyn_request *r)
{
    static const char *const enums[][2] = {
#define ROW(field, values) {field, values},
        ENUMS(ROW)
#undef ROW
    };
    const char *what = r->action == ASLI_DYN_DO_PUT ? "Item" : "Key";
    struct errors errors = {0};
    if (!member(r, "TableName"))
        add_error(&errors, NULL, "TableName", "not be null", "");
    for (size_t i = 0; i < sizeof enums / sizeof *enums; i++) {
        const char *value = asli_dyn_request_text(r, enums[i][0]);
        if (!value || is_listed(enums[i][1], value))
            continue;
        add_error(&errors, value, enums[i][0], "satisfy enum value set: [", enums[i][1]);
        asli_bytes_adds(&errors.text, "]");
    }
    if (!member(r, what))
        add_error(&errors, NULL, what, "not be null", "");
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&errors.text);
    if (!text)
        return asli_oom(r->reterr);
    if (errors.count)
        return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                         "%d validation error%s detected: %s", errors.count,
                         errors.count > 1 ? "s" : "", text);
    size_t len = strlen(asli_dyn_request_text(r, "TableName"));
    if (len < 3 || len > 255)
        return refuse(r, "TableName must be at least 3 characters long and at most 255 "
                         "characters long");
    return 0;
}

/* Names of the fields that are given, legacy ones or expressions, in a text like "A, B". */
static void list_given(const struct asli_dyn_request *r, bool legacy,
                       struct asli_bytes *out)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *at = strstr(fields[i].name, "Expression");
        bool counts =
            legacy ? fields[i].shape == LEGACY : at && strcmp(at, "Expression") == 0;
        if (counts && member(r, fields[i].name))
            asli_bytes_addf(out, "%s%s", out->len ? ", " : "", fields[i].name);
    }
}

static int check_legacy(struct asli_dyn_request *r, bool *ret_expressions)
{
    struct asli_bytes one = {0}, two = {0};
    list_given(r, true, &one);
    list_given(r, false, &two);
    ASLI_AUTO(text) char *legacy = asli_bytes_take_text(&one);
    ASLI_AUTO(text) char *expressions = asli_bytes_take_text(&two);
    if (!legacy || !expressions)
        return asli_oom(r->reterr);
    *ret_expressions = *expressions != '\0';
    if (*legacy && *expressions)
        return asli_fail(
            r->failure, r->reterr, ASLI_DYN_VALIDATION,
            "Can not use both expression and non-expression parameters in the "
            "same request: Non-expression parameters: {%s} Expression "
            "parameters: {%s}",
            legacy, expressions);
    if (*legacy)
        return asli_fail(
            r->failure, r->reterr, ASLI_DYN_VALIDATION,
            "The legacy parameters {%s} are not served here: use expressions", legacy);
    return 0;
}

static int check_without_expressions(struct asli_dyn_request *r)
{
    if (member(r, "ExpressionAttributeNames"))
        return refuse(
            r, "ExpressionAttributeNames can only be specified when using expressions");
    if (!member(r, "ExpressionAttributeValues"))
        return 0;
    return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                     "ExpressionAttributeValues can only be specified when using "
                     "expressions: %s",
                     r->action == ASLI_DYN_DO_UPDATE
                         ? "UpdateExpression and ConditionExpression are null"
                         : "ConditionExpression is null");
}

/* ---- names and values of expressions ---- */

static bool is_placeholder(const char *key, char first)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    return key[0] == first && key[1] && key[1 + strspn(key + 1, allowed)] == '\0';
}

static int check_keys(struct asli_dyn_request *r, const char *field, const json_t *map,
                      char first)
{
    const char *key;
    json_t *value;
    if (json_object_size(map) == 0)
        return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                         "%s must not be empty", field);
    json_object_foreach((json_t *)map, key, value)
    {
        if (!is_placeholder(key, first))
            return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                             "%s contains invalid key: Syntax error; key: \"%s\"", field,
                             key);
        if (first == '#' && !json_is_string(value))
            return asli_fail(r->failure, r->reterr, ASLI_DYN_RUNTIME,
                             "The value for the field '%s' must be a STRING", key);
    }
    return 0;
}

static int check_placeholder_values(struct asli_dyn_request *r, const json_t *raw,
                                    json_t *values)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)raw, key, value)
    {
        struct asli_failure why = {NULL, NULL};
        json_t *checked = NULL;
        int rc = asli_dyn_value(value, &checked, &why, r->reterr);
        if (!rc && json_object_set_new(values, key, checked) != 0)
            rc = asli_oom(r->reterr);
        if (rc == ASLI_FAILED && strcmp(why.error, ASLI_DYN_VALIDATION) == 0)
            rc = asli_fail(
                r->failure, r->reterr, ASLI_DYN_VALIDATION,
                "ExpressionAttributeValues contains invalid value: %s for key %s",
                why.cause, key);
        else if (rc == ASLI_FAILED)
            rc = asli_fail(r->failure, r->reterr, why.error, "%s", why.cause);
        asli_failure_done(&why);
        if (rc)
            return rc;
    }
    return 0;
}

static int read_placeholders(struct asli_dyn_request *r)
{
    static const char in_names[] = "ExpressionAttributeNames",
                      in_values[] = "ExpressionAttributeValues";
    const json_t *names = member(r, in_names), *values = member(r, in_values);
    r->scope.names = names;
    int rc = names ? check_keys(r, in_names, names, '#') : 0;
    if (rc || !values)
        return rc;
    rc = check_keys(r, in_values, values, ':');
    if (rc)
        return rc;
    json_t *checked = asli_dyn_hold(&r->arena, json_object());
    r->scope.values = checked;
    return checked ? check_placeholder_values(r, values, checked) : asli_oom(r->reterr);
}

static int read_expressions(struct asli_dyn_request *r)
{
    static const char update[] = "UpdateExpression", condition[] = "ConditionExpression",
                      projection[] = "ProjectionExpression";
    const char *text = asli_dyn_request_text(r, update);
    int rc = text ? asli_dyn_update(&r->scope, update, text, &r->update) : 0;
    text = asli_dyn_request_text(r, condition);
    if (!rc && text)
        rc = asli_dyn_condition(&r->scope, condition, text, &r->condition);
    text = asli_dyn_request_text(r, projection);
    if (!rc && text)
        rc = asli_dyn_projection(&r->scope, projection, text, &r->projection);
    return rc ? rc : asli_dyn_unused(&r->scope);
}

/* ---- the item ---- */

static int read_item(struct asli_dyn_request *r)
{
    bool put = r->action == ASLI_DYN_DO_PUT;
    json_t *item = NULL;
    int rc =
        asli_dyn_values(member(r, put ? "Item" : "Key"), &item, r->failure, r->reterr);
    if (rc)
        return rc;
    r->item = asli_dyn_hold(&r->arena, item);
    if (!r->item)
        return asli_oom(r->reterr);
    const char *returns = asli_dyn_request_text(r, "ReturnValues");
    if (returns && r->action != ASLI_DYN_DO_UPDATE &&
        !is_listed("ALL_OLD, NONE", returns))
        return refuse(r, "ReturnValues can only be ALL_OLD or NONE");
    if (put && asli_dyn_item_size(r->item) > ASLI_DYN_ITEM_MAX)
        return refuse(r, "Item size has exceeded the maximum allowed size");
    return 0;
}

/* ---- keys ---- */

static int check_key_value(struct asli_dyn_request *r, size_t i, const json_t *value)
{
    const struct asli_dyn_key *key = &r->table->keys[i];
    size_t len = json_string_length(asli_dyn_payload(value));
    if (key->type == ASLI_DYN_N)
        return 0;
    if (key->type == ASLI_DYN_B)
        len = asli_dyn_size(value, &len) ? len : 0;
    if (len == 0)
        return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                         "One or more parameter values are not valid. The AttributeValue "
                         "for a key attribute cannot contain an empty %s value. Key: %s",
                         key->type == ASLI_DYN_S ? "string" : "binary", key->name);
    if (i == 0 && len > 2048)
        return refuse(r, INVALID "Size of hashkey has exceeded the maximum size limit "
                                 "of2048 bytes");
    if (i == 1 && len > 1024)
        return refuse(r,
                      INVALID "Aggregated size of all range keys has exceeded the size "
                              "limit of 1024 bytes");
    return 0;
}

/* What is wrong with a key that is missing or of another type. */
static int refuse_key(struct asli_dyn_request *r, const struct asli_dyn_key *key,
                      const json_t *value)
{
    if (r->action != ASLI_DYN_DO_PUT)
        return refuse(r, "The provided key element does not match the schema");
    if (!value)
        return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                         INVALID "Missing the key %s in the item", key->name);
    return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                     INVALID "Type mismatch for key %s expected: %s actual: %s",
                     key->name, asli_dyn_type_name(key->type),
                     asli_dyn_type_name(asli_dyn_type(value)));
}

static int check_item_keys(struct asli_dyn_request *r)
{
    const struct asli_dyn_table *table = r->table;
    bool exact = r->action != ASLI_DYN_DO_PUT;
    int rc = 0;
    if (exact && json_object_size(r->item) != table->key_count)
        return refuse_key(r, &table->keys[0], NULL);
    for (size_t i = 0; !rc && i < table->key_count; i++) {
        const json_t *value = json_object_get(r->item, table->keys[i].name);
        rc = !value || asli_dyn_type(value) != table->keys[i].type
                 ? refuse_key(r, &table->keys[i], value)
                 : check_key_value(r, i, value);
    }
    return rc;
}

static int check_update_of_keys(struct asli_dyn_request *r)
{
    for (size_t i = 0; i < r->update.count; i++) {
        const char *name = r->update.changes[i].path.steps[0].name;
        for (size_t k = 0; k < r->table->key_count; k++) {
            if (strcmp(name, r->table->keys[k].name) == 0)
                return asli_fail(r->failure, r->reterr, ASLI_DYN_VALIDATION,
                                 INVALID "Cannot update attribute %s. This attribute is "
                                         "part of the key",
                                 name);
        }
    }
    return 0;
}

static int read_key(struct asli_dyn_request *r)
{
    r->table = asli_dyn_find_table(r->db, asli_dyn_request_text(r, "TableName"));
    if (!r->table)
        return asli_fail(r->failure, r->reterr, "ResourceNotFoundException",
                         "Requested resource not found");
    int rc = check_item_keys(r);
    if (!rc)
        rc = check_update_of_keys(r);
    return rc ? rc : asli_dyn_item_row(r->table, r->item, &r->row, r->reterr);
}

/* ---- all of it ---- */

static int open_scope(struct asli_dyn_request *r)
{
    r->scope.arena = &r->arena;
    r->scope.failure = r->failure;
    r->scope.reterr = r->reterr;
    r->scope.used_names = asli_dyn_hold(&r->arena, json_object());
    r->scope.used_values = asli_dyn_hold(&r->arena, json_object());
    return r->scope.used_names && r->scope.used_values ? 0 : asli_oom(r->reterr);
}

int asli_dyn_request_read(struct asli_dyn_request *r)
{
    bool expressions = false;
    int rc = open_scope(r);
    if (!rc)
        rc = check_shape(r);
    if (!rc)
        rc = check_members(r);
    if (!rc)
        rc = check_legacy(r, &expressions);
    if (!rc && !expressions)
        rc = check_without_expressions(r);
    if (!rc)
        rc = read_item(r);
    if (!rc)
        rc = read_placeholders(r);
    if (!rc)
        rc = read_expressions(r);
    return rc ? rc : read_key(r);
}

void asli_dyn_request_done(struct asli_dyn_request *r)
{
    asli_dyn_arena_done(&r->arena);
}
