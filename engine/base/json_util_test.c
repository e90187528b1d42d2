/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of places in JSON texts and of equality of values.
 */
#include "engine/base/json.h"

#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

static void found_at(const char *text, const char *pointer, int line, int column)
{
    int got_line = 0, got_column = 0;
    asli_json_locate(text, strlen(text), pointer, &got_line, &got_column);
    ck_assert_msg(got_line == line && got_column == column, "%s is at %d:%d", pointer,
                  got_line, got_column);
}

static const char machine[] = "\n"
                              "{\n"
                              "  \"StartAt\": \"A\",\n"
                              "  \"States\": {\n"
                              "    \"A\": {\"Type\": \"Choice\", \"Choices\": [\n"
                              "      {\"Next\": \"}]\\\"\"}, {\"Next\": 7}, 5\n"
                              "    ]},\n"
                              "    \"a/b\": {\"Next\": null},\n"
                              "    \"a\": {\"b\": {}},\n"
                              "    \"\\u00e9\\n\": 1, \"z\": {\"\": true}\n"
                              "  }\n"
                              "}\n";

START_TEST(the_root_is_where_the_value_begins)
{
    found_at(machine, "", 2, 1);
    found_at(machine, "/", 2, 1);
    found_at("  17", "/", 1, 3);
    found_at("", "/", 1, 1);
}
END_TEST

START_TEST(members_are_found_by_their_key)
{
    found_at(machine, "/StartAt", 3, 3);
    found_at(machine, "/States", 4, 3);
    found_at(machine, "/States/A", 5, 5);
    found_at(machine, "/States/A/Choices", 5, 29);
}
END_TEST

START_TEST(elements_are_found_in_both_spellings)
{
    found_at(machine, "/States/A/Choices/0", 6, 7);
    found_at(machine, "/States/A/Choices[0]", 6, 7);
    found_at(machine, "/States/A/Choices[1]/Next", 6, 26);
    found_at(machine, "/States/A/Choices/1/Next", 6, 26);
    found_at(machine, "/States/A/Choices[2]", 6, 38);
    found_at("[[1],[2,3]]", "[1][1]", 1, 9);
    found_at("[[1],[2,3]]", "/1/1", 1, 9);
}
END_TEST

START_TEST(keys_with_slashes_and_escapes_are_found)
{
    found_at(machine, "/States/a/b/Next", 8, 13);
    found_at(machine, "/States/a/b", 9, 11); /* ambiguous: the last */
    found_at(machine, "/States/\xc3\xa9\n", 10, 5);
    found_at(machine, "/States/z/", 10, 26);
}
END_TEST

START_TEST(the_deepest_existing_part_stands_for_what_is_missing)
{
    found_at(machine, "/States/A/Resource", 5, 5);
    found_at(machine, "/States/A/Choices[1]/Default/x", 6, 25);
    found_at(machine, "/States/A/Choices[9]", 5, 29);
    found_at(machine, "/States/A/Choices[x]", 5, 29);
    found_at(machine, "/StartAtX", 2, 1);
    found_at(machine, "Output/x", 2, 1);
    found_at(machine, "/StartAt/deeper", 3, 3);
}
END_TEST

START_TEST(a_repeated_key_is_found_where_it_counts)
{
    found_at("{\"a\":1,\"a\":2}", "/a", 1, 8);
}
END_TEST

START_TEST(cut_texts_are_never_read_beyond)
{
    for (size_t len = 0; len < sizeof machine; len++) {
        int line = 0, column = 0;
        char *block = asli_alloc(len);
        memcpy(block, machine, len);
        asli_json_locate(block, len, "/States/\xc3\xa9\n", &line, &column);
        asli_json_locate(block, len, "/States/A/Choices[1]/Next", &line, &column);
        ck_assert_int_ge(line, 1);
        asli_free(block);
    }
}
END_TEST

START_TEST(any_depth_is_survived)
{
    size_t len = 100000;
    int line, column;
    char *text = asli_alloc(len), *pointer = asli_alloc(3 * len + 1);
    memset(text, '[', len);
    for (size_t i = 0; i < len; i++)
        memcpy(pointer + 3 * i, "[0]", 3);
    asli_json_locate(text, len, pointer, &line, &column);
    ck_assert_int_gt(column, ASLI_JSON_DEPTH / 2);
    asli_free(text);
    asli_free(pointer);
}
END_TEST

static bool equal(const char *a, const char *b)
{
    json_t *left = NULL, *right = NULL;
    ck_assert_int_eq(asli_json_read(a, strlen(a), &left, NULL), 0);
    ck_assert_int_eq(asli_json_read(b, strlen(b), &right, NULL), 0);
    bool same = asli_json_equal(left, right);
    ck_assert(asli_json_equal(right, left) == same);
    json_decref(left);
    json_decref(right);
    return same;
}

START_TEST(numbers_are_equal_by_value)
{
    ck_assert(equal("1", "1.0"));
    ck_assert(equal("0", "-0.0"));
    ck_assert(equal("1e2", "100.0"));
    ck_assert(!equal("1", "1.5"));
    ck_assert(!equal("1", "2"));
    ck_assert(!equal("9007199254740993", "9007199254740992.0"));
    ck_assert(!equal("9223372036854775807", "9223372036854775808"));
    ck_assert(equal("-9223372036854775808", "-9223372036854775808.0"));
    ck_assert(!equal("0", "1e300"));
    ck_assert(!equal("1", "\"1\""));
    ck_assert(!equal("1", "true"));
}
END_TEST

START_TEST(containers_are_equal_by_content)
{
    ck_assert(equal("{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2.0],\"a\":1}"));
    ck_assert(!equal("{\"a\":1}", "{\"a\":1,\"b\":2}"));
    ck_assert(!equal("{\"a\":1}", "{\"b\":1}"));
    ck_assert(!equal("[1,2]", "[2,1]"));
    ck_assert(!equal("[1]", "[1,1]"));
    ck_assert(!equal("[]", "{}"));
}
END_TEST

START_TEST(strings_are_equal_with_their_nul_characters)
{
    ck_assert(equal("\"a\\u0000b\"", "\"a\\u0000b\""));
    ck_assert(!equal("\"a\\u0000b\"", "\"a\\u0000c\""));
    ck_assert(!equal("\"a\\u0000b\"", "\"a\""));
    ck_assert(!equal("\"\"", "null"));
    ck_assert(!equal("true", "false"));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/json_util");
    TCase *t = tcase_create("json_util");
    tcase_add_test(t, the_root_is_where_the_value_begins);
    tcase_add_test(t, members_are_found_by_their_key);
    tcase_add_test(t, elements_are_found_in_both_spellings);
    tcase_add_test(t, keys_with_slashes_and_escapes_are_found);
    tcase_add_test(t, the_deepest_existing_part_stands_for_what_is_missing);
    tcase_add_test(t, a_repeated_key_is_found_where_it_counts);
    tcase_add_test(t, cut_texts_are_never_read_beyond);
    tcase_add_test(t, any_depth_is_survived);
    tcase_add_test(t, numbers_are_equal_by_value);
    tcase_add_test(t, containers_are_equal_by_content);
    tcase_add_test(t, strings_are_equal_with_their_nul_characters);
    suite_add_tcase(suite, t);
    return suite;
}
