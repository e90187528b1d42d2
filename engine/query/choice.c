/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluation of Choice rules. A rule is a test of one variable, or And, Or, Not over rules.
 *
 * Values of types that an operator does not compare never match and are no error; a path that
 * finds nothing is one, for every operator but IsPresent. And and Or stop at the first answer.
 */
#include "engine/query/choice_impl.h"

#include <string.h>

/* The order of Java's String.compareTo, by UTF-16 code units: as bytes, except that characters
 * beyond U+FFFF (first byte F0 and up) sort before U+E000 to U+FFFF (EE, EF). */
static int compare_strings(const json_t *a, const json_t *b)
{
    const unsigned char *p = (const unsigned char *)json_string_value(a);
    const unsigned char *q = (const unsigned char *)json_string_value(b);
    size_t m = json_string_length(a), n = json_string_length(b);
    for (size_t i = 0; i < m && i < n; i++)
        if (p[i] != q[i]) {
            int order = p[i] < q[i] ? -1 : 1;
            bool beyond = (p[i] >= 0xF0) != (q[i] >= 0xF0);
            return beyond && p[i] >= 0xEE && q[i] >= 0xEE ? -order : order;
        }
    return (m > n) - (m < n);
}

static int compare_numbers(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t m = json_integer_value(a), n = json_integer_value(b);
        return (m > n) - (m < n);
    }
    double x = json_number_value(a), y = json_number_value(b);
    return (x > y) - (x < y);
}

static bool holds(int order, enum asli_relation relation)
{
    switch (relation) {
    case ASLI_RELATION_EQUAL:
        return order == 0;
    case ASLI_RELATION_LESS:
        return order < 0;
    case ASLI_RELATION_GREATER:
        return order > 0;
    case ASLI_RELATION_LESS_EQUAL:
        return order <= 0;
    case ASLI_RELATION_GREATER_EQUAL:
        return order >= 0;
    default:
        return false;
    }
}

static bool parse_instant(const json_t *value, struct asli_instant *ret_instant)
{
    return json_is_string(value) &&
           asli_time_parse(json_string_value(value), json_string_length(value),
                           ret_instant);
}

static bool has_type(const json_t *value, enum asli_relation type)
{
    struct asli_instant ignored;
    switch (type) {
    case ASLI_RELATION_NULL_VALUE:
        return json_is_null(value);
    case ASLI_RELATION_NUMBER_VALUE:
        return json_is_number(value);
    case ASLI_RELATION_STRING_VALUE:
        return json_is_string(value);
    case ASLI_RELATION_BOOLEAN_VALUE:
        return json_is_boolean(value);
    case ASLI_RELATION_TIMESTAMP_VALUE:
        return parse_instant(value, &ignored);
    default: /* ASLI_RELATION_PRESENT: there is a value */
        return true;
    }
}

/* One unit of a pattern: a byte and whether it is the wildcard. Only "\*" and "\\" are escapes,
 * any other backslash is itself. */
static const char *next_unit(const char *p, const char *end, char *ret_byte,
                             bool *ret_any)
{
    *ret_any = *p == '*';
    if (*p == '\\' && p + 1 < end && (p[1] == '*' || p[1] == '\\'))
        p++;
    *ret_byte = *p;
    return p + 1;
}

/* Two pointers: after a mismatch only the last wildcard takes one byte more, which is enough.
 * Bytes may stand for characters, for literal runs begin and end between characters. */
static bool matches(const json_t *value, const json_t *pattern)
{
    const char *s = json_string_value(value), *p = json_string_value(pattern);
    const char *s_end = s + json_string_length(value);
    const char *p_end = p + json_string_length(pattern);
    const char *star = NULL, *mark = NULL;
    char byte;
    bool any;
    while (s < s_end || p < p_end) {
        if (p < p_end) {
            const char *after = next_unit(p, p_end, &byte, &any);
            if (any) {
                star = p = after;
                mark = s;
                continue;
            }
            if (s < s_end && *s == byte) {
                p = after;
                s++;
                continue;
            }
        }
        if (!star || mark == s_end)
            return false;
        p = star;
        s = ++mark;
    }
    return true;
}

static bool test(const struct asli_rule *rule, const json_t *left, const json_t *right)
{
    const struct asli_operator *op = rule->op;
    struct asli_instant a, b = rule->instant;
    switch (op->family) {
    case ASLI_FAMILY_STRING:
        return json_is_string(left) && json_is_string(right) &&
               holds(compare_strings(left, right), op->relation);
    case ASLI_FAMILY_NUMERIC:
        return json_is_number(left) && json_is_number(right) &&
               holds(compare_numbers(left, right), op->relation);
    case ASLI_FAMILY_TIMESTAMP:
        return parse_instant(left, &a) && (!rule->right || parse_instant(right, &b)) &&
               holds(asli_instant_compare(a, b), op->relation);
    case ASLI_FAMILY_BOOLEAN:
        return json_is_boolean(left) && json_is_boolean(right) &&
               json_is_true(left) == json_is_true(right);
    case ASLI_FAMILY_PATTERN:
        return json_is_string(left) && matches(left, right);
    case ASLI_FAMILY_TYPE:
        break;
    }
    return has_type(left, op->relation) == json_is_true(right);
}

static int fail_path(const struct asli_path *path, struct asli_failure *failure,
                     asl_error *reterr)
{
    return asli_fail(failure, reterr, "States.Runtime",
                     "Invalid path '%s': The choice state's condition path references an "
                     "invalid value.",
                     asli_path_text(path));
}

static int eval_test(const struct asli_rule *rule, const struct asli_env *env,
                     bool *ret_match, struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *left = NULL, *right = NULL;
    int err = asli_path_eval(rule->variable, env, ASLI_PATH_STRICT, &left, NULL, reterr);
    if (err == ASLI_FAILED && rule->op->relation == ASLI_RELATION_PRESENT) {
        *ret_match = json_is_false(rule->value);
        return 0;
    }
    if (err)
        return err == ASLI_FAILED ? fail_path(rule->variable, failure, reterr) : err;
    if (rule->right) {
        err = asli_path_eval(rule->right, env, ASLI_PATH_STRICT, &right, NULL, reterr);
        if (err)
            return err == ASLI_FAILED ? fail_path(rule->right, failure, reterr) : err;
    }
    *ret_match = test(rule, left, rule->right ? right : rule->value);
    return 0;
}

int asli_rule_eval(const struct asli_rule *rule, const struct asli_env *env,
                   bool *ret_match, struct asli_failure *failure, asl_error *reterr)
{
    if (rule->kind == ASLI_RULE_TEST)
        return eval_test(rule, env, ret_match, failure, reterr);
    bool stop = rule->kind == ASLI_RULE_OR; /* the answer that ends And and Or early */
    bool match = !stop;
    for (size_t i = 0; i < rule->count && match != stop; i++) {
        int err = asli_rule_eval(&rule->rules[i], env, &match, failure, reterr);
        if (err)
            return err;
    }
    *ret_match = rule->kind == ASLI_RULE_NOT ? !match : match;
    return 0;
}
