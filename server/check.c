/* SPDX-License-Identifier: Apache-2.0
 *
 * Does an input fit its action? In AWS's words when it does not.
 *
 * Types come first, since AWS reads all of an input before it looks at constraints. Of these it
 * tells all that are broken at once; places are written as "tags.1.member.key".
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/pcre.h"
#include "server/shape.h"

/* ------------------------------------------------------------------ types */

static const char *const wanted[] = {
    [ASLI_TEXT] = "a String", [ASLI_ENUM] = "a String", [ASLI_INTEGER] = "an Integer",
    [ASLI_LONG] = "a Long",   [ASLI_FLOAT] = "a Float", [ASLI_BOOLEAN] = "a Boolean",
};

/* What AWS's reader calls a scalar. */
static const char *token_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_STRING:
        return "STRING_VALUE";
    case JSON_INTEGER:
        return "NUMBER_VALUE";
    case JSON_REAL:
        return "DECIMAL_VALUE";
    case JSON_TRUE:
        return "TRUE_VALUE";
    default:
        return "FALSE_VALUE";
    }
}

static bool scalar_fits(enum asli_kind kind, const json_t *value)
{
    switch (kind) {
    case ASLI_INTEGER:
        return json_is_integer(value) && json_integer_value(value) >= INT32_MIN &&
               json_integer_value(value) <= INT32_MAX;
    case ASLI_LONG:
        return json_is_integer(value);
    case ASLI_FLOAT:
        return json_is_number(value);
    case ASLI_BOOLEAN:
        return json_is_boolean(value);
    default:
        return json_is_string(value);
    }
}

static enum asli_verdict type_check(const struct asli_shape *shape, const json_t *value,
                                    struct asli_bytes *text)
{
    enum asli_verdict verdict = ASLI_FITS;
    if (json_is_null(value))
        return ASLI_FITS;
    if (shape->kind == ASLI_STRUCTURE && json_is_object(value)) {
        for (size_t i = 0; i < shape->count && verdict == ASLI_FITS; i++) {
            const json_t *member = json_object_get(value, shape->members[i].name);
            verdict =
                member ? type_check(shape->members[i].shape, member, text) : ASLI_FITS;
        }
        return verdict;
    }
    if (shape->kind == ASLI_LIST && json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value) && verdict == ASLI_FITS; i++)
            verdict = type_check(shape->item, json_array_get(value, i), text);
        return verdict;
    }
    if (shape->kind < ASLI_LIST && scalar_fits(shape->kind, value))
        return ASLI_FITS;
    if (json_is_object(value))
        asli_bytes_adds(text, "Start of structure or map found where not expected.");
    else if (json_is_array(value))
        asli_bytes_adds(text, "Start of list found where not expected.");
    else if (shape->kind >= ASLI_LIST)
        asli_bytes_adds(text, "Unexpected field type");
    else
        asli_bytes_addf(text, "%s can not be converted to %s", token_of(value),
                        wanted[shape->kind]);
    return ASLI_FOREIGN;
}

/* ------------------------------------------------------------------ constraints */

/* A place in the input, linked from the inside out. */
struct place {
    const struct place *outer;
    const char *member; /* NULL: an item of a list */
    size_t index;       /* from 1 */
};

struct report {
    struct asli_bytes *text;
    size_t count;
};

static void put_place(struct asli_bytes *out, const struct place *place)
{
    if (place->outer) {
        put_place(out, place->outer);
        asli_bytes_addc(out, '.');
    }
    if (place->member)
        asli_bytes_adds(out, place->member);
    else
        asli_bytes_addf(out, "%zu.member", place->index);
}

/* As Java's toString does. */
static void put_value(struct asli_bytes *out, const struct asli_shape *shape,
                      const json_t *value)
{
    size_t i;
    if (!value || json_is_null(value)) {
        asli_bytes_adds(out, "null");
    } else if (shape->secret) {
        asli_bytes_adds(out, "***Sensitive Data Redacted***");
    } else if (json_is_string(value)) {
        asli_bytes_add(out, json_string_value(value), json_string_length(value));
    } else if (shape->kind == ASLI_LIST) {
        asli_bytes_addc(out, '[');
        for (i = 0; i < json_array_size(value); i++) {
            asli_bytes_adds(out, i ? ", " : "");
            put_value(out, shape->item, json_array_get(value, i));
        }
        asli_bytes_addc(out, ']');
    } else if (shape->kind == ASLI_STRUCTURE) {
        asli_bytes_addf(out, "%s(", shape->name);
        for (i = 0; i < shape->count; i++) {
            const struct asli_member *member = &shape->members[i];
            asli_bytes_addf(out, "%s%s=", i ? ", " : "", member->name);
            put_value(out, member->shape, json_object_get(value, member->name));
        }
        asli_bytes_addc(out, ')');
    } else {
        asli_json_write(value, out, NULL);
    }
}

static void begin(struct report *report, const struct asli_shape *shape,
                  const json_t *value, const struct place *place)
{
    struct asli_bytes *out = report->text;
    asli_bytes_adds(out, report->count++ ? "; Value " : "Value ");
    if (!value || json_is_null(value)) {
        asli_bytes_adds(out, "null ");
    } else if (!shape->secret) {
        asli_bytes_addc(out, '\'');
        put_value(out, shape, value);
        asli_bytes_adds(out, "' ");
    }
    asli_bytes_adds(out, "at '");
    put_place(out, place);
    asli_bytes_adds(out, "' failed to satisfy constraint: Member must ");
}

static size_t characters_of(const json_t *text)
{
    const char *p = json_string_value(text), *end = p + json_string_length(text);
    size_t count = 0;
    for (; p < end; p++)
        count += ((unsigned char)*p & 0xC0) != 0x80;
    return count;
}

static bool matches(const struct asli_shape *shape, const json_t *value,
                    struct asli_bytes *text)
{
    const char *pattern = shape->pcre ? shape->pcre : shape->rule;
    struct asli_pcre *regex = NULL;
    struct asli_pcre_search search;
    bool found = false;
    size_t at;
    int rc = asli_pcre_compile(pattern, strlen(pattern), ASLI_PCRE_WHOLE, &regex, &at);
    if (rc == 0)
        rc = asli_pcre_begin(&search, regex);
    if (rc == 0) {
        rc = asli_pcre_find(&search, json_string_value(value), json_string_length(value),
                            0, &found);
        asli_pcre_end(&search);
    }
    asli_pcre_free(regex);
    text->oom |= rc == ASL_ENOMEM;
    return found;
}

/* Is it one of "A, B, C"? */
static bool is_listed(const char *values, const json_t *value)
{
    size_t len = json_string_length(value);
    for (const char *at = values; at; at = strchr(at, ',')) {
        at += strspn(at, ", ");
        if (strcspn(at, ",") == len && memcmp(at, json_string_value(value), len) == 0)
            return true;
    }
    return false;
}

/* What is measured of it: characters, items, or the value itself. */
static double measure(const struct asli_shape *shape, const json_t *value)
{
    if (shape->kind == ASLI_LIST)
        return (double)json_array_size(value);
    return shape->kind == ASLI_TEXT ? (double)characters_of(value)
                                    : json_number_value(value);
}

static const char *measured(const struct asli_shape *shape)
{
    return shape->kind == ASLI_LIST || shape->kind == ASLI_TEXT ? "length" : "value";
}

static bool has_bounds(const struct asli_shape *shape)
{
    return shape->kind != ASLI_ENUM && shape->kind != ASLI_BOOLEAN &&
           shape->kind != ASLI_STRUCTURE;
}

static void own_check(struct report *report, const struct asli_shape *shape,
                      const json_t *value, const struct place *place)
{
    struct asli_bytes *out = report->text;
    if (shape->kind == ASLI_ENUM && !is_listed(shape->rule, value)) {
        begin(report, shape, value, place);
        asli_bytes_addf(out, "satisfy enum value set: [%s]", shape->rule);
    }
    if (shape->kind == ASLI_TEXT && shape->rule && !matches(shape, value, out)) {
        begin(report, shape, value, place);
        asli_bytes_addf(out, "satisfy regular expression pattern: %s", shape->rule);
    }
    if (!has_bounds(shape))
        return;
    double amount = measure(shape, value);
    if (shape->max != ASLI_NO_LIMIT && amount > (double)shape->max) {
        begin(report, shape, value, place);
        asli_bytes_addf(out, "have %s less than or equal to %lld", measured(shape),
                        (long long)shape->max);
    }
    if (shape->min != ASLI_NO_LIMIT && amount < (double)shape->min) {
        begin(report, shape, value, place);
        asli_bytes_addf(out, "have %s greater than or equal to %lld", measured(shape),
                        (long long)shape->min);
    }
}

/* Of a list of texts AWS tells at the list what each of its items must be. */
static void texts_check(struct report *report, const struct asli_shape *shape,
                        const json_t *list, const struct place *place)
{
    const struct asli_shape *item = shape->item;
    bool fit = true;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        size_t len = json_is_null(value) ? 0 : characters_of(value);
        fit = fit && len >= (size_t)item->min && len <= (size_t)item->max;
    }
    if (fit)
        return;
    begin(report, shape, list, place);
    asli_bytes_addf(report->text,
                    "satisfy constraint: [Member must have length less than or equal to "
                    "%lld, Member must have length greater than or equal to %lld]",
                    (long long)item->max, (long long)item->min);
}

static void value_check(struct report *report, const struct asli_shape *shape,
                        const json_t *value, bool required, const struct place *place)
{
    if (!value || json_is_null(value)) {
        if (required) {
            begin(report, shape, NULL, place);
            asli_bytes_adds(report->text, "not be null");
        }
        return;
    }
    own_check(report, shape, value, place);
    if (shape->kind == ASLI_LIST && shape->item->kind == ASLI_TEXT)
        texts_check(report, shape, value, place);
    else if (shape->kind == ASLI_LIST)
        for (size_t i = 0; i < json_array_size(value); i++)
            value_check(report, shape->item, json_array_get(value, i), true,
                        &(struct place){place, NULL, i + 1});
    for (size_t i = 0; i < shape->count; i++) {
        const struct asli_member *member = &shape->members[i];
        value_check(report, member->shape, json_object_get(value, member->name),
                    member->required, &(struct place){place, member->name, 0});
    }
}

void asli_input_forget_nulls(json_t *input)
{
    const char *name;
    json_t *value;
    void *next;
    size_t i;
    json_object_foreach_safe(input, next, name, value)
    {
        if (json_is_null(value))
            json_object_del(input, name);
        else
            asli_input_forget_nulls(value);
    }
    json_array_foreach(input, i, value) asli_input_forget_nulls(value);
}

enum asli_verdict asli_input_check(const struct asli_shape *shape, const json_t *input,
                                   struct asli_bytes *text)
{
    if (!json_is_object(input)) {
        asli_bytes_adds(text, "Unexpected field type");
        return ASLI_FOREIGN;
    }
    if (type_check(shape, input, text) != ASLI_FITS)
        return ASLI_FOREIGN;
    struct asli_bytes broken = {0};
    struct report report = {.text = &broken};
    value_check(&report, shape, input, true, NULL);
    if (report.count > 0) {
        asli_bytes_addf(text, "%zu validation error%s detected: ", report.count,
                        report.count == 1 ? "" : "s");
        asli_bytes_add(text, broken.data, broken.len);
    }
    text->oom |= broken.oom;
    asli_bytes_done(&broken);
    return report.count || text->oom ? ASLI_BROKEN : ASLI_FITS;
}
