/* SPDX-License-Identifier: Apache-2.0
 *
 * Grafting: what ResultPath makes of a raw input, and that it leaves that input alone.
 */
#include "conformance/kit/unit.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/path.h"

static json_t *value_of(const char *text)
{
    json_t *value = NULL;
    ck_assert_int_eq(asli_json_read(text, strlen(text), &value, NULL), 0);
    return value;
}

static void check(const char *path_text, const char *root_text, const char *expect)
{
    struct asli_path *path = NULL;
    json_t *root = value_of(root_text), *value = value_of("\"NEW\""), *made = NULL;
    char *detail = NULL, *text = NULL, *after = NULL;
    ck_assert_int_eq(asli_path_compile(path_text, &path, NULL), 0);
    int rc = asli_path_graft(path, root, value, &made, &detail, NULL);
    ck_assert_int_ge(rc, 0);
    if (!rc)
        ck_assert_int_eq(asli_json_text(made, &text, NULL, NULL), 0);
    ck_assert_msg(strcmp(rc ? detail : text, expect) == 0, "%s into %s gave %s",
                  path_text, root_text, rc ? detail : text);
    ck_assert_int_eq(asli_json_text(root, &after, NULL, NULL), 0);
    ck_assert_str_eq(after, root_text);
    asli_free(after);
    asli_free(text);
    asli_free(detail);
    json_decref(made);
    json_decref(root);
    json_decref(value);
    asli_path_free(path);
}

START_TEST(the_root_is_replaced_whatever_it_was)
{
    check("$", "{\"a\":1}", "\"NEW\"");
    check("$", "5", "\"NEW\"");
}
END_TEST

START_TEST(a_key_is_added_or_overwritten_in_its_place)
{
    check("$.c", "{\"a\":1,\"b\":2}", "{\"a\":1,\"b\":2,\"c\":\"NEW\"}");
    check("$.a", "{\"a\":1,\"b\":2}", "{\"a\":\"NEW\",\"b\":2}");
    check("$['a b']", "{}", "{\"a b\":\"NEW\"}");
}
END_TEST

START_TEST(missing_parents_are_made)
{
    check("$.x.y.z", "{\"a\":1}", "{\"a\":1,\"x\":{\"y\":{\"z\":\"NEW\"}}}");
    check("$.a.y", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"y\":\"NEW\"}}");
}
END_TEST

START_TEST(existing_array_elements_are_addressed)
{
    check("$.a[1]", "{\"a\":[1,2]}", "{\"a\":[1,\"NEW\"]}");
    check("$[1].payload", "[{},{\"k\":1}]", "[{},{\"k\":1,\"payload\":\"NEW\"}]");
    check("$.a[0].b.c", "{\"a\":[{}]}", "{\"a\":[{\"b\":{\"c\":\"NEW\"}}]}");
}
END_TEST

START_TEST(what_cannot_be_addressed_fails_with_a_sentence)
{
    check("$.a[2]", "{\"a\":[1,2]}",
          "Unable to apply ReferencePath $.a[2] to input {\"a\":[1,2]}");
    check("$.a", "[1]", "Unable to apply ReferencePath $.a to input [1]");
    check("$.a", "\"s\"", "Unable to apply ReferencePath $.a to input \"s\"");
    check("$.a", "null", "Unable to apply ReferencePath $.a to input null");
    check("$.a.b", "{\"a\":1}", "Unable to apply ReferencePath $.a.b to input {\"a\":1}");
    check("$.a[0]", "{}", "Unable to apply ReferencePath $.a[0] to input {}");
    check("$.a.b[0]", "{\"a\":{}}",
          "Unable to apply ReferencePath $.a.b[0] to input {\"a\":{}}");
    check("$[0]", "[]", "Unable to apply ReferencePath $[0] to input []");
}
END_TEST

START_TEST(what_is_beside_the_path_is_shared)
{
    struct asli_path *path = NULL;
    json_t *root = value_of("{\"a\":{\"in\":[1]},\"b\":{\"c\":[2]}}"), *made = NULL;
    json_t *value = json_array();
    ck_assert_int_eq(asli_path_compile("$.a.new", &path, NULL), 0);
    ck_assert_int_eq(asli_path_graft(path, root, value, &made, NULL, NULL), 0);
    ck_assert_ptr_eq(json_object_get(made, "b"), json_object_get(root, "b"));
    ck_assert_ptr_ne(json_object_get(made, "a"), json_object_get(root, "a"));
    ck_assert_ptr_eq(json_object_get(json_object_get(made, "a"), "in"),
                     json_object_get(json_object_get(root, "a"), "in"));
    ck_assert_ptr_eq(json_object_get(json_object_get(made, "a"), "new"), value);
    json_decref(made);
    json_decref(root);
    json_decref(value);
    asli_path_free(path);
}
END_TEST

START_TEST(only_reference_paths_into_the_input_graft)
{
    struct asli_path *path = NULL;
    json_t *root = json_object(), *made = NULL;
    ck_assert_int_eq(asli_path_compile("$.a[*]", &path, NULL), 0);
    ck_assert_int_eq(asli_path_graft(path, root, root, &made, NULL, NULL), ASL_EINTERNAL);
    asli_path_free(path);
    ck_assert_int_eq(asli_path_compile("$$.a", &path, NULL), 0);
    ck_assert_int_eq(asli_path_graft(path, root, root, &made, NULL, NULL), ASL_EINTERNAL);
    asli_path_free(path);
    json_decref(root);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("path_graft");
    TCase *tests = tcase_create("graft");
    tcase_add_test(tests, the_root_is_replaced_whatever_it_was);
    tcase_add_test(tests, a_key_is_added_or_overwritten_in_its_place);
    tcase_add_test(tests, missing_parents_are_made);
    tcase_add_test(tests, existing_array_elements_are_addressed);
    tcase_add_test(tests, what_cannot_be_addressed_fails_with_a_sentence);
    tcase_add_test(tests, what_is_beside_the_path_is_shared);
    tcase_add_test(tests, only_reference_paths_into_the_input_graft);
    suite_add_tcase(suite, tests);
    return suite;
}
