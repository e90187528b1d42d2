/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluating filters as Jayway does. What may surprise: a missing value (NULL here)
 * equals nothing, so "!=" holds for it; a number and a text are compared by the number
 * when the number stands on the left, else by text ("===" compares types first); a test
 * that makes no sense ("in" of a number) makes the whole filter false, even under "!".
 */
#include "engine/query/path_impl.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Verdicts; negative: ASL_E codes. */
enum { NO, YES, INVALID };

/* Text of a number or string; buf holds a number's. */
struct text {
    const char *p;
    size_t len;
    char buf[40];
};

static void text_of(const json_t *value, struct text *text)
{
    text->p = text->buf;
    text->len = 0;
    if (json_is_string(value)) {
        text->p = json_string_value(value);
        text->len = json_string_length(value);
    } else if (json_is_integer(value)) {
        text->len = (size_t)snprintf(text->buf, sizeof text->buf, "%" JSON_INTEGER_FORMAT,
                                     json_integer_value(value));
    } else if (json_is_real(value)) {
        text->len = asli_json_real(json_real_value(value), false, text->buf);
    } else if (json_is_boolean(value)) {
        text->p = json_is_true(value) ? "true" : "false";
        text->len = strlen(text->p);
    }
}

static int compare_numbers(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t x = json_integer_value(a), y = json_integer_value(b);
        return (x > y) - (x < y);
    }
    long double x =
        json_is_integer(a) ? (long double)json_integer_value(a) : json_real_value(a);
    long double y =
        json_is_integer(b) ? (long double)json_integer_value(b) : json_real_value(b);
    return (x > y) - (x < y);
}

/* Java's String.compareTo: by UTF-16 units, where U+E000 to U+FFFF follow all beyond. */
static int compare_texts(const struct text *a, const struct text *b)
{
    size_t common = a->len < b->len ? a->len : b->len;
    for (size_t i = 0; i < common; i++) {
        unsigned char x = (unsigned char)a->p[i], y = (unsigned char)b->p[i];
        if (x == y)
            continue;
        if (x >= 0xEE && y >= 0xEE && (x >= 0xF0) != (y >= 0xF0))
            return x >= 0xF0 ? -1 : 1;
        return x < y ? -1 : 1;
    }
    return (a->len > b->len) - (a->len < b->len);
}

static bool textual(const json_t *value)
{
    return json_is_string(value) || json_is_number(value);
}

/* a number == a text: by value, when the text is a number */
static int equal_to_text(const json_t *number, const json_t *text, asl_error *reterr)
{
    const char *p = json_string_value(text);
    if (!*p || !strchr("-0123456789", *p))
        return NO;
    ASLI_AUTO(json) json_t *value = NULL;
    asl_error error = {0};
    int rc = asli_json_read(p, json_string_length(text), &value, &error);
    if (rc && rc != ASL_EJSON)
        return asli_error_pass(reterr, &error);
    return !rc && json_is_number(value) && compare_numbers(number, value) == 0;
}

static int equal(const json_t *a, const json_t *b, asl_error *reterr)
{
    if (!a || !b)
        return NO;
    if (json_is_number(a) && json_is_number(b))
        return compare_numbers(a, b) == 0;
    if (json_is_number(a) && json_is_string(b))
        return equal_to_text(a, b, reterr);
    if (json_is_string(a) && textual(b)) {
        struct text x, y;
        text_of(a, &x);
        text_of(b, &y);
        return x.len == y.len && memcmp(x.p, y.p, x.len) == 0;
    }
    return json_equal(a, b);
}

static bool same_type(const json_t *a, const json_t *b)
{
    return a && b &&
           (json_typeof(a) == json_typeof(b) ||
            (json_is_number(a) && json_is_number(b)) ||
            (json_is_boolean(a) && json_is_boolean(b)));
}

static int ordered(enum asli_filter_op op, const json_t *a, const json_t *b)
{
    int order;
    if (json_is_number(a) && json_is_number(b)) {
        order = compare_numbers(a, b);
    } else if (textual(a) && textual(b)) {
        struct text x, y;
        text_of(a, &x);
        text_of(b, &y);
        order = compare_texts(&x, &y);
    } else {
        return NO;
    }
    return op == ASLI_OP_LT   ? order < 0
           : op == ASLI_OP_LE ? order <= 0
           : op == ASLI_OP_GT ? order > 0
                              : order >= 0;
}

static int holds(const json_t *list, const json_t *value, asl_error *reterr)
{
    int verdict = NO;
    for (size_t i = 0; verdict == NO && i < json_array_size(list); i++)
        verdict = equal(value, json_array_get(list, i), reterr);
    return verdict;
}

/* YES: a list; an object just is none, anything else makes no sense. */
static int listed(const json_t *value)
{
    return json_is_array(value) ? YES : json_is_object(value) ? NO : INVALID;
}

/* subsetof: all of `left`; anyof, noneof: some of it. Verdict on "found in right". */
static int overlap(bool all, const json_t *left, const json_t *right, asl_error *reterr)
{
    int verdict = all ? YES : NO;
    for (size_t i = 0; verdict == (all ? YES : NO) && i < json_array_size(left); i++)
        verdict = holds(right, json_array_get(left, i), reterr);
    return verdict;
}

static int compare_lists(enum asli_filter_op op, const json_t *left, const json_t *right,
                         asl_error *reterr)
{
    int rc = listed(right);
    if (rc == YES)
        rc = listed(left);
    if (rc != YES)
        return rc;
    if (op == ASLI_OP_SUBSETOF)
        return overlap(true, left, right, reterr);
    rc = overlap(false, left, right, reterr);
    return op == ASLI_OP_ANYOF || rc < 0 ? rc : !rc;
}

static int all_of(const json_t *left, const json_t *right, asl_error *reterr)
{
    if (!json_is_array(right))
        return INVALID;
    if (!json_is_array(left))
        return json_is_object(left); /* Jayway's oddity */
    return overlap(true, right, left, reterr);
}

static int contains(const json_t *left, const json_t *right, asl_error *reterr)
{
    if (json_is_string(left) && json_is_string(right))
        return memmem(json_string_value(left), json_string_length(left),
                      json_string_value(right), json_string_length(right)) != NULL;
    return json_is_array(left) ? holds(left, right, reterr) : NO;
}

/* Java's String.length(): UTF-16 units. */
static json_int_t units(const json_t *string)
{
    json_int_t count = 0;
    const char *p = json_string_value(string), *end = p + json_string_length(string);
    for (; p < end; p++)
        count += ((unsigned char)*p & 0xC0) != 0x80 ? 1 + ((unsigned char)*p >= 0xF0) : 0;
    return count;
}

static int has_size(const json_t *left, const json_t *right)
{
    if (!json_is_number(right))
        return NO;
    json_int_t size =
        json_is_string(left) ? units(left) : (json_int_t)json_array_size(left);
    if (!json_is_string(left) && !json_is_array(left))
        return NO;
    return json_is_integer(right) ? size == json_integer_value(right)
                                  : (double)size == trunc(json_real_value(right));
}

static int is_empty(const json_t *left, const json_t *right)
{
    bool empty = json_is_string(left)  ? !json_string_length(left)
                 : json_is_array(left) ? !json_array_size(left)
                                       : !json_object_size(left);
    if (!json_is_string(left) && !json_is_array(left) && !json_is_object(left))
        return NO;
    return json_is_boolean(right) ? empty == json_is_true(right) : INVALID;
}

static int match_one(const struct asli_pcre *regex, const json_t *value,
                     asl_error *reterr)
{
    struct text text;
    bool match;
    text_of(value, &text);
    int rc = asli_regex_match(regex, text.p, text.len, &match, reterr);
    return rc ? rc : match;
}

/* A list matches when one of its elements does. */
static int match(const struct asli_filter *test, const json_t *left, const json_t *right,
                 asl_error *reterr)
{
    const struct asli_pcre *regex =
        test->left.regex ? test->left.regex : test->right.regex;
    const json_t *value = test->left.regex ? right : left;
    if (!test->left.regex == !test->right.regex)
        return NO;
    if (!json_is_array(value))
        return match_one(regex, value, reterr);
    int verdict = NO;
    for (size_t i = 0; verdict == NO && i < json_array_size(value); i++)
        verdict = match_one(regex, json_array_get(value, i), reterr);
    return verdict;
}

static int negate(int verdict)
{
    return verdict == YES ? NO : verdict == NO ? YES : verdict;
}

static int compare(const struct asli_filter *test, const json_t *left,
                   const json_t *right, asl_error *reterr)
{
    switch (test->op) {
    case ASLI_OP_EQ:
        return equal(left, right, reterr);
    case ASLI_OP_NE:
        return negate(equal(left, right, reterr));
    case ASLI_OP_TSEQ:
        return same_type(left, right) ? equal(left, right, reterr) : NO;
    case ASLI_OP_TSNE:
        return same_type(left, right) ? negate(equal(left, right, reterr)) : YES;
    case ASLI_OP_LT:
    case ASLI_OP_LE:
    case ASLI_OP_GT:
    case ASLI_OP_GE:
        return ordered(test->op, left, right);
    case ASLI_OP_REGEX:
        return match(test, left, right, reterr);
    case ASLI_OP_IN:
        return listed(right) == YES ? holds(right, left, reterr) : listed(right);
    case ASLI_OP_NIN:
        return negate(listed(right) == YES ? holds(right, left, reterr) : listed(right));
    case ASLI_OP_CONTAINS:
        return contains(left, right, reterr);
    case ASLI_OP_ALL:
        return all_of(left, right, reterr);
    case ASLI_OP_SIZE:
        return has_size(left, right);
    case ASLI_OP_EMPTY:
        return is_empty(left, right);
    case ASLI_OP_SUBSETOF:
    case ASLI_OP_ANYOF:
    case ASLI_OP_NONEOF:
        return compare_lists(test->op, left, right, reterr);
    case ASLI_OP_EXISTS:
        break;
    }
    return left ? YES : NO;
}

/* found->value NULL: there is none. */
static int operand(const struct asli_operand *from, struct asli_scope *scope,
                   struct asli_found *found)
{
    *found = (struct asli_found){.value = from->literal};
    if (!from->path)
        return 0;
    int rc = asli_path_find(from->path, scope, found);
    if (rc == ASLI_FAILED)
        *found = (struct asli_found){0};
    return rc == ASLI_FAILED ? 0 : rc;
}

static int test_one(const struct asli_filter *test, struct asli_scope *scope)
{
    struct asli_found left, right;
    bool require = scope->require;
    scope->require = test->op == ASLI_OP_EXISTS;
    int rc = operand(&test->left, scope, &left);
    scope->require = require;
    if (rc)
        return rc;
    scope->require = false;
    rc = operand(&test->right, scope, &right);
    scope->require = require;
    if (!rc) {
        rc = compare(test, left.value, right.value, scope->reterr);
        json_decref(right.owned);
    }
    json_decref(left.owned);
    return rc;
}

static int verdict_of(const struct asli_filter *filter, struct asli_scope *scope)
{
    int verdict;
    switch (filter->kind) {
    case ASLI_FILTER_TEST:
        return test_one(filter, scope);
    case ASLI_FILTER_NOT:
        return negate(verdict_of(filter->first, scope));
    case ASLI_FILTER_AND:
    case ASLI_FILTER_OR:
        break;
    }
    int go_on = filter->kind == ASLI_FILTER_AND ? YES : NO;
    const struct asli_filter *term = filter->first;
    do {
        verdict = verdict_of(term, scope);
        term = term->next;
    } while (verdict == go_on && term);
    return verdict;
}

int asli_filter_test(const struct asli_filter *filter, struct asli_scope *scope,
                     bool *ret_match)
{
    int verdict = verdict_of(filter, scope);
    *ret_match = verdict == YES;
    return verdict < 0 ? verdict : 0;
}
