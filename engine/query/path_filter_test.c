/* SPDX-License-Identifier: Apache-2.0
 *
 * Filters: which elements pass. Each row is a filter over a fixed list; the numbers
 * expected are the "n" of those that pass.
 */
#include "conformance/kit/unit.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/path.h"

struct row {
    const char *filter, *expect;
};

static void check_rows(const char *input, const struct row *rows, size_t count)
{
    json_t *root = NULL;
    ck_assert_int_eq(asli_json_read(input, strlen(input), &root, NULL), 0);
    struct asli_env env = {.input = root};
    for (size_t i = 0; i < count; i++) {
        struct asli_path *path = NULL;
        json_t *found = NULL;
        asl_error error;
        char *text = asli_printf("$.l[?(%s)].n", rows[i].filter), *got = NULL;
        int rc = asli_path_compile(text, &path, &error);
        ck_assert_msg(rc == 0, "%s", rc ? error.text : "");
        rc = asli_path_eval(path, &env, ASLI_PATH_STRICT, &found, NULL, &error);
        ck_assert_msg(rc == 0, "%s: %d", text, rc);
        ck_assert_int_eq(asli_json_text(found, &got, NULL, NULL), 0);
        ck_assert_msg(strcmp(got, rows[i].expect) == 0,
                      "%s\n  gave     %s\n  expected %s", text, got, rows[i].expect);
        asli_free(got);
        asli_free(text);
        json_decref(found);
        asli_path_free(path);
    }
    json_decref(root);
}
#define CHECK_ROWS(input, rows) check_rows(input, rows, sizeof rows / sizeof *rows)

static const char kinds[] = "{\"l\":[{\"n\":1,\"v\":1},{\"n\":2,\"v\":2.5},{\"n\":3,"
                            "\"v\":\"1\"},{\"n\":4,\"v\":\"b\"},"
                            "{\"n\":5,\"v\":true},{\"n\":6,\"v\":null},{\"n\":7,\"v\":[1,"
                            "2]},{\"n\":8,\"v\":{\"k\":1}},"
                            "{\"n\":9}],\"limit\":2,\"names\":[\"b\",\"c\"]}";

START_TEST(equality_knows_types)
{
    static const struct row rows[] = {
        {"@.v == 1", "[1,3]"},    {"@.v == 1.0", "[1]"}, /* a text on the left is compared
                                                            as text */
        {"@.v == '1'", "[1,3]"}, /* a number on the left reads the text as one */
        {"1 == @.v", "[1,3]"},    {"@.v === '1'", "[3]"},  {"@.v == 'b'", "[4]"},
        {"@.v == \"b\"", "[4]"},  {"@.v=='b'", "[4]"},     {"@.v == true", "[5]"},
        {"@.v == null", "[6]"},   {"@.v == [1,2]", "[7]"}, {"@.v == {'k': 1}", "[8]"},
        {"@['v'] == 'b'", "[4]"}, {"'b' == @.v", "[4]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

START_TEST(inequality_is_the_opposite_of_equality)
{
    static const struct row rows[] = {
        {"@.v != 'b'", "[1,2,3,5,6,7,8,9]"}, /* what is not there differs too */
        {"@.v != 1", "[2,4,5,6,7,8,9]"},
        {"@.v !== '1'", "[1,2,4,5,6,7,8,9]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

START_TEST(order_compares_like_with_like)
{
    static const struct row rows[] = {
        {"@.v > 1", "[2,4]"},       {"@.v >= 1", "[1,2,3,4]"},
        {"@.v < 2.5", "[1,3]"},     {"@.v <= 2.5", "[1,2,3]"},
        {"@.v > 'a'", "[4]"},       {"2 > @.v", "[1,3]"},
        {"@.v > $.limit", "[2,4]"}, {"@.v > true", "[]"},
        {"@.no > 1", "[]"},         {"@.n >= 8 && @.n<=9", "[8,9]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

START_TEST(a_path_alone_asks_whether_it_exists)
{
    static const struct row rows[] = {
        {"@.v", "[1,2,3,4,5,6,7,8]"},
        {"!@.v", "[9]"},
        {"!(@.v)", "[9]"},
        {"@.v.k", "[8]"},
        {"@.v[1]", "[7]"},
        {"@.v[5]", "[]"},
        {"$.limit", "[1,2,3,4,5,6,7,8,9]"},
        {"$.no", "[]"},
        {"@", "[1,2,3,4,5,6,7,8,9]"},
        {"@.v[?(@ > 1)]", "[7,8]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

START_TEST(terms_join_with_and_before_or)
{
    static const struct row rows[] = {
        {"@.n == 1 || @.n == 2", "[1,2]"},
        {"@.n == 1 || @.n == 2 && @.v == 9", "[1]"},
        {"(@.n == 1 || @.n == 2) && @.v == 2.5", "[2]"},
        {"@.n==1||@.n==3&&@.v=='1'", "[1,3]"},
        {"!(@.n < 8)", "[8,9]"},
        {"!(@.n < 8) && !@.v", "[9]"},
        {"((@.n == 4))", "[4]"},
        {" @.n == 4 ", "[4]"},
        {"@.v && @.n > 7", "[8]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

START_TEST(membership)
{
    static const struct row rows[] = {
        {"@.v in ['b', 'c']", "[4]"},
        {"@.v in [b, c]", "[4]"},
        {"@.v IN [\"b\", 1]", "[1,3,4]"},
        {"@.v in $.names", "[4]"},
        {"@.v nin ['b', 1, null, true]", "[2,7,8,9]"},
        {"'c' in $.names && @.n == 1", "[1]"},
        {"@.v in 5", "[]"},
        {"!(@.v in 5)", "[]"}, /* nonsense is false, whatever is around it */
        {"@.v in []", "[]"},
        {"@.v in [[1,2]]", "[7]"},
    };
    CHECK_ROWS(kinds, rows);
}
END_TEST

static const char lists[] =
    "{\"l\":[{\"n\":1,\"t\":[\"a\",\"b\"]},{\"n\":2,\"t\":[\"c\"]},{\"n\":3,\"t\":[]},"
    "{\"n\":4,\"t\":\"abc\"},{\"n\":5,\"t\":\"\"},{\"n\":6,\"t\":{}},{\"n\":7},"
    "{\"n\":8,\"t\":\"\xf0\x9f\x98\x80\"}]}";

START_TEST(lists_and_sizes)
{
    static const struct row rows[] = {
        {"@.t contains 'a'", "[1,4]"},
        {"@.t contains 'bc'", "[4]"},
        {"@.t size 2", "[1,8]"}, /* of a text: Java's length */
        {"@.t size 3", "[4]"},
        {"@.t empty true", "[3,5,6]"},
        {"@.t empty false", "[1,2,4,8]"},
        {"@.t subsetof ['a','b','c']", "[1,2,3]"},
        {"@.t anyof ['b','c']", "[1,2]"},
        {"@.t noneof ['c']", "[1,3]"},
        {"@.t all ['a','b']", "[1,6]"},
        {"@.t.length() > 1", "[1]"},
        {"@.t.length() == 1", "[2]"},
    };
    CHECK_ROWS(lists, rows);
}
END_TEST

START_TEST(regular_expressions_match_the_whole_text)
{
    static const struct row rows[] = {
        {"@.v =~ /fo+/", "[1]"},     {"@.v =~ /FO+/i", "[1]"},
        {"@.v =~ /.*o.*/", "[1,2]"}, {"@.v =~ /a.b/", "[5]"},
        {"@.v =~ /a.b/s", "[3,5]"},  {"@.v =~ /\\d+/", "[4]"},
        {"@.v =~ /a\\/b/", "[5]"},   {"@.v =~ /tru(e)/", "[6]"},
        {"@.v =~ /x|y/", "[7]"},     {"@.v =~ /(a+)+b/ || @.n == 1", "[1]"},
        {"/foo/ =~ @.v", "[1]"},     {"@.v =~ /d.j./", "[8]"},
        {"@.v =~ 'foo'", "[]"},      {"@.v =~ /f o o/x && @.v =~ /(?i)FOO/", "[1]"},
    };
    CHECK_ROWS(
        "{\"l\":[{\"n\":1,\"v\":\"foo\"},{\"n\":2,\"v\":\"a "
        "foo\"},{\"n\":3,\"v\":\"a\\nb\"},"
        "{\"n\":4,\"v\":42},{\"n\":5,\"v\":\"a/b\"},{\"n\":6,\"v\":true},"
        "{\"n\":7,\"v\":[\"q\",\"y\"]},{\"n\":8,\"v\":\"d\u00e9j\u00e0\"},{\"n\":9},"
        "{\"n\":10,\"v\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac\"}]}",
        rows);
}
END_TEST

START_TEST(texts_are_ordered_as_utf16)
{
    /* U+FF5E is one unit, above the surrogates that make U+1F600 */
    static const struct row rows[] = {{"@.v < '\uff5e'", "[1,2]"},
                                      {"@.v >= 'b'", "[1,3]"}};
    CHECK_ROWS("{\"l\":[{\"n\":1,\"v\":\"\U0001f600\"},{\"n\":2,\"v\":\"a\"},"
               "{\"n\":3,\"v\":\"\uff5e\"}]}",
               rows);
}
END_TEST

START_TEST(paths_inside_filters_nest)
{
    static const struct row rows[] = {
        {"@.items[?(@.price > $.max)]", "[1,2,3]"}, /* an empty list exists, too */
        {"@.items[?(@.price > $.max)] empty false", "[1]"},
        {"@.items[0].price == 5", "[2]"},
        {"@.items[*].price contains 5", "[1,2]"},
        {"@['items'][-1]['price'] == 15", "[1]"},
        {"@.items[*].tag", "[2,3]"}, /* all of them must have one */
    };
    CHECK_ROWS(
        "{\"l\":[{\"n\":1,\"items\":[{\"price\":5.5},{\"price\":5},{\"price\":15}]},"
        "{\"n\":2,\"items\":[{\"price\":5,\"tag\":1}]},{\"n\":3,\"items\":[]}],"
        "\"max\":10}",
        rows);
}
END_TEST

START_TEST(numbers_compare_exactly)
{
    static const struct row rows[] = {
        {"@.v == 9007199254740993", "[1]"},
        {"@.v > 9007199254740992.0", "[1]"},
        {"@.v == 0.1", "[2]"},
        {"@.v == -1e3", "[3]"},
        {"@.v < -9.5", "[3]"},
    };
    CHECK_ROWS("{\"l\":[{\"n\":1,\"v\":9007199254740993},{\"n\":2,\"v\":0.1},"
               "{\"n\":3,\"v\":-1000}]}",
               rows);
}
END_TEST

START_TEST(an_object_is_tested_itself)
{
    struct asli_path *path = NULL;
    json_t *root = NULL, *found = NULL;
    ck_assert_int_eq(asli_json_read("{\"a\":1}", 7, &root, NULL), 0);
    struct asli_env env = {.input = root};
    ck_assert_int_eq(asli_path_compile("$[?(@.a == 1)]", &path, NULL), 0);
    ck_assert_int_eq(asli_path_eval(path, &env, ASLI_PATH_STRICT, &found, NULL, NULL), 0);
    ck_assert_uint_eq(json_array_size(found), 1);
    ck_assert_ptr_eq(json_array_get(found, 0), root);
    json_decref(found);
    json_decref(root);
    asli_path_free(path);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("path_filter");
    TCase *tests = tcase_create("filters");
    tcase_add_test(tests, equality_knows_types);
    tcase_add_test(tests, inequality_is_the_opposite_of_equality);
    tcase_add_test(tests, order_compares_like_with_like);
    tcase_add_test(tests, a_path_alone_asks_whether_it_exists);
    tcase_add_test(tests, terms_join_with_and_before_or);
    tcase_add_test(tests, membership);
    tcase_add_test(tests, lists_and_sizes);
    tcase_add_test(tests, regular_expressions_match_the_whole_text);
    tcase_add_test(tests, texts_are_ordered_as_utf16);
    tcase_add_test(tests, paths_inside_filters_nest);
    tcase_add_test(tests, numbers_compare_exactly);
    tcase_add_test(tests, an_object_is_tested_itself);
    suite_add_tcase(suite, tests);
    return suite;
}
