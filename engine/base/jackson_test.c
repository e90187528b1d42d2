/* SPDX-License-Identifier: Apache-2.0
 *
 * What Jackson says: row by row, with "AT(column)" for where it stands in a text of one line.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/jackson.h"

#define VALUES "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

static const struct {
    const char *text, *message;
    int column;
} rows[] = {
    {"not a definition", "Unrecognized token 'not': was expecting " VALUES, 4},
    {"abc", "Unrecognized token 'abc': was expecting " VALUES, 4},
    {"[tru]", "Unrecognized token 'tru': was expecting " VALUES, 5},
    {"truely", "Unrecognized token 'truely': was expecting " VALUES, 7},
    {"{'a':1}",
     "Unexpected character (''' (code 39)): was expecting double-quote to start field "
     "name",
     3},
    {"{\"a\":1,}",
     "Unexpected character ('}' (code 125)): was expecting double-quote to start field "
     "name",
     9},
    {"[1,]", "Unexpected character (']' (code 93)): expected a valid value " VALUES, 5},
    {"{\"a\":}", "Unexpected character ('}' (code 125)): expected a value", 7},
    {"{\"a\" 1}",
     "Unexpected character ('1' (code 49)): was expecting a colon to separate field name "
     "and "
     "value",
     7},
    {"[1 2]",
     "Unexpected character ('2' (code 50)): was expecting comma to separate Array "
     "entries",
     5},
    {"{\"a\":1 \"b\"}",
     "Unexpected character ('\"' (code 34)): was expecting comma to separate Object "
     "entries",
     9},
    {"{",
     "Unexpected end-of-input: expected close marker for Object (start marker at "
     "[Source: "
     "(String)\"{\"; line: 1, column: 1])",
     2},
    {"[[1",
     "Unexpected end-of-input: expected close marker for Array (start marker at [Source: "
     "(String)\"[[1\"; line: 1, column: 2])",
     4},
    {"[1,", "Unexpected end-of-input within/between Array entries", 4},
    {"{\"a\":", "Unexpected end-of-input within/between Object entries", 6},
    {"{\"a", "Unexpected end-of-input in field name", 4},
    {"\"a", "Unexpected end-of-input: was expecting closing quote for a string value", 3},
    {"[}",
     "Unexpected close marker '}': expected ']' (for Array starting at [Source: "
     "(String)\"[}\"; line: 1, column: 1])",
     3},
    {"]",
     "Unexpected close marker ']': expected '}' (for root starting at [Source: "
     "(String)\"]\"; line: 1, column: 0])",
     2},
    {"", "No content to map due to end-of-input", 0},
    {"01", "Invalid numeric value: Leading zeroes not allowed", 3},
    {"-x",
     "Unexpected character ('x' (code 120)) in numeric value: expected digit (0-9) to "
     "follow "
     "minus sign, for valid numeric value",
     3},
    {"[1.]",
     "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed "
     "by a "
     "digit",
     5},
    {"\"\\x\"", "Unrecognized character escape 'x' (code 120)", 4},
    {"\"\\u12g4\"",
     "Unexpected character ('g' (code 103)): expected a hex-digit for character escape "
     "sequence",
     7},
    {"[\xe2\x82\xac]", "Unrecognized token '\xe2\x82\xac': was expecting " VALUES, 3},
    {"\"a\001\"",
     "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using "
     "backslash to be "
     "included in string value",
     4},
};

START_TEST(complaints_are_jacksons)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_jackson error = {0};
        char place[128];
        snprintf(place, sizeof place, "[Source: (String)\"%s\"; line: 1, column: %d]",
                 rows[i].text, rows[i].column);
        ck_assert_msg(asli_jackson_error(rows[i].text, strlen(rows[i].text), &error),
                      "%s", rows[i].text);
        ck_assert_str_eq(error.message, rows[i].message);
        ck_assert_str_eq(error.place, place);
        asli_jackson_done(&error);
    }
}
END_TEST

START_TEST(nothing_is_said_of_json)
{
    static const char *const texts[] = {
        "1",      " {\"a\":[1,2.5e-3,{\"b\":null}],\"c\":\"\\u00e9\"} ",
        "[]",     "{}",
        "\"x\"",  "true",
        "[[],{}]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_ptr_null(asli_jackson_text(texts[i], strlen(texts[i])));
}
END_TEST

START_TEST(lines_are_counted)
{
    char *text = asli_jackson_text("{\n  x", 5);
    ck_assert_str_eq(
        text,
        "Unexpected character ('x' (code 120)): was expecting double-quote to start "
        "field name\n at [Source: (String)\"{\n  x\"; line: 2, column: 4]");
    asli_free(text);
}
END_TEST

/* A column is counted only for what is complained of: else such a line takes minutes. */
START_TEST(a_line_of_many_arrays_is_read_at_once)
{
    size_t len = 2 + 3 * 350000;
    char *source = asli_alloc(len);
    for (size_t i = 1; i < len - 1; i += 3)
        memcpy(source + i, "[],", 3);
    source[0] = source[len - 1] = '[';
    char *text = asli_jackson_text(source, len);
    ck_assert_ptr_nonnull(strstr(text, "expected close marker for Array (start marker"));
    ck_assert_ptr_nonnull(strstr(text, "line: 1, column: 1050002])"));
    asli_free(text);
    asli_free(source);
}
END_TEST

START_TEST(a_long_source_is_cut)
{
    char source[700];
    memset(source, 'x', sizeof source);
    char *text = asli_jackson_text(source, sizeof source);
    ck_assert_ptr_nonnull(
        strstr(text, "xxx\"[truncated 200 chars]; line: 1, column: 701]"));
    asli_free(text);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/jackson");
    TCase *t = tcase_create("jackson");
    tcase_add_test(t, complaints_are_jacksons);
    tcase_add_test(t, nothing_is_said_of_json);
    tcase_add_test(t, lines_are_counted);
    tcase_add_test(t, a_line_of_many_arrays_is_read_at_once);
    tcase_add_test(t, a_long_source_is_cut);
    suite_add_tcase(suite, t);
    return suite;
}
