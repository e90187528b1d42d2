/* SPDX-License-Identifier: Apache-2.0
 *
 * Paths: what compiles, what a definite path gives, what an indefinite one collects, and
 * the sentences of a miss. One row a case, grouped by behaviour. Filters:
 * path_filter_test.c.
 */
#include "conformance/kit/unit.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/query/path.h"

static const json_t *test_context(void *arg)
{
    return arg;
}

static json_t *value_of(const char *text)
{
    json_t *value = NULL;
    asl_error error;
    int rc = asli_json_read(text, strlen(text), &value, &error);
    ck_assert_msg(rc == 0, "%s: %s", text, rc ? error.text : "");
    return value;
}

static struct asli_path *path_of(const char *text)
{
    struct asli_path *path = NULL;
    asl_error error;
    int rc = asli_path_compile(text, &path, &error);
    ck_assert_msg(rc == 0, "%s: %s", text, rc ? error.text : "");
    return path;
}

/* Evaluates and gives the result as JSON text, or "!" and the sentence of the miss. */
static char *result_of(const char *path_text, const char *input, enum asli_path_mode mode)
{
    struct asli_path *path = path_of(path_text);
    json_t *root = value_of(input), *context = value_of("{\"State\":{\"Name\":\"S\"}}");
    struct asli_env env = {.input = root, .context = test_context, .arg = context};
    json_t *value = NULL;
    char *detail = NULL, *text = NULL;
    asl_error error;
    int rc = asli_path_eval(path, &env, mode, &value, &detail, &error);
    ck_assert_msg(rc >= 0, "%s: %s", path_text, rc < 0 ? error.text : "");
    if (rc == ASLI_FAILED) {
        ck_assert_ptr_nonnull(detail);
        text = asli_printf("!%s", detail);
    } else {
        ck_assert_int_eq(asli_json_text(value, &text, NULL, NULL), 0);
    }
    asli_free(detail);
    json_decref(value);
    json_decref(root);
    json_decref(context);
    asli_path_free(path);
    return text;
}

struct row {
    const char *path, *expect;
};

static void check_rows(const char *input, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *got = result_of(rows[i].path, input, ASLI_PATH_STRICT);
        ck_assert_msg(strcmp(got, rows[i].expect) == 0,
                      "%s\n  gave     %s\n  expected %s", rows[i].path, got,
                      rows[i].expect);
        asli_free(got);
    }
}
#define CHECK_ROWS(input, rows) check_rows(input, rows, sizeof rows / sizeof *rows)

static const char doc[] =
    "{\"a\":{\"b\":[10,20,{\"c\":\"x\"},null],\"b c\":1,\"q'\":2,\"\":3},"
    "\"n\":null,\"s\":\"text\",\"t\":true,\"i\":5,\"big\":5000000000,\"r\":1.5,"
    "\"d\u00e9j\u00e0\":7,\"x-y_1\":8}";

START_TEST(definite_paths_give_the_value_itself)
{
    static const struct row rows[] = {
        {"$.a.b[0]", "10"},
        {"$.a.b[2].c", "\"x\""},
        {"$.a.b[2]", "{\"c\":\"x\"}"},
        {"$['a']['b'][1]", "20"},
        {"$[\"a\"][ \"b\" ][ 1 ]", "20"},
        {"$.a['b c']", "1"},
        {"$.a['q\\'']", "2"},
        {"$.a[\"q'\"]", "2"},
        {"$.a['']", "3"},
        {"$.a.b[3]", "null"},
        {"$.n", "null"},
        {"$.a.b[-1]", "null"},
        {"$.a.b[-4]", "10"},
        {"$.d\u00e9j\u00e0", "7"},
        {"$.x-y_1", "8"},
        {"$.a.b.[1]", "20"},
        {"$.['a'].['b c']", "1"},
        {"$.i ", "5"},
    };
    CHECK_ROWS(doc, rows);
}
END_TEST

START_TEST(root_and_context_are_whole_values)
{
    char *got = result_of("$", "[1,{\"a\":2}]", ASLI_PATH_STRICT);
    ck_assert_str_eq(got, "[1,{\"a\":2}]");
    asli_free(got);
    got = result_of("$", "null", ASLI_PATH_STRICT);
    ck_assert_str_eq(got, "null");
    asli_free(got);
    got = result_of("$$.State.Name", "{}", ASLI_PATH_STRICT);
    ck_assert_str_eq(got, "\"S\"");
    asli_free(got);
    got = result_of("$$", "{}", ASLI_PATH_STRICT);
    ck_assert_str_eq(got, "{\"State\":{\"Name\":\"S\"}}");
    asli_free(got);
}
END_TEST

START_TEST(a_definite_value_is_shared_not_copied)
{
    struct asli_path *path = path_of("$.a");
    json_t *root = value_of("{\"a\":[1]}"), *value = NULL;
    struct asli_env env = {.input = root};
    ck_assert_int_eq(asli_path_eval(path, &env, ASLI_PATH_STRICT, &value, NULL, NULL), 0);
    ck_assert_ptr_eq(value, json_object_get(root, "a"));
    json_decref(value);
    json_decref(root);
    asli_path_free(path);
}
END_TEST

START_TEST(misses_say_what_jayway_says)
{
    static const struct row rows[] = {
        {"$.NoSuchInputPath", "!No results for path: $['NoSuchInputPath']"},
        {"$.a.no", "!No results for path: $['a']['no']"},
        {"$.no.such", "!Missing property in path $['no']"},
        {"$.a.no.such.thing", "!Missing property in path $['a']['no']"},
        {"$.a.b[7]", "!No results for path: $['a']['b'][7]"},
        {"$.a.b[7].c", "!No results for path: $['a']['b'][7]['c']"},
        {"$.a.b[-7]", "!No results for path: $['a']['b'][-7]"},
        {"$[\"no\"]", "!No results for path: $[\"no\"]"},
        {"$['it\\'s']", "!No results for path: $['it\\'s']"},
        {"$.i[0]", "!Filter: [0] can only be applied to arrays. Current context is: 5"},
        {"$.s[0].x",
         "!Filter: [0]['x'] can only be applied to arrays. Current context is: text"},
        {"$.a.b[2][0]",
         "!Filter: [0] can only be applied to arrays. Current context is: {c=x}"},
        {"$.n[0]", "!The path $['n'] is null"},
        {"$.no[*].x", "!Missing property in path $['no']"},
        {"$.i[1:2]",
         "!Filter: [1:2] can only be applied to arrays. Current context is: 5"},
        {"$.i[?(@.x)]",
         "!Filter: [?] can not be applied to primitives. Current context is: 5"},
    };
    CHECK_ROWS(doc, rows);
}
END_TEST

START_TEST(a_key_of_no_object_names_the_java_class)
{
    static const struct {
        const char *path, *where, *class;
    } rows[] = {
        {"$.s.x", "$['s']", "java.lang.String"},
        {"$.i.x", "$['i']", "java.lang.Integer"},
        {"$.big.x", "$['big']", "java.lang.Long"},
        {"$.r.x", "$['r']", "java.lang.Double"},
        {"$.t.x", "$['t']", "java.lang.Boolean"},
        {"$.n.x", "$['n']", "null"},
        {"$.a.b.x", "$['a']['b']", "java.util.ArrayList"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *got = result_of(rows[i].path, doc, ASLI_PATH_STRICT);
        char *expect = asli_printf("!Expected to find an object with property ['x'] in "
                                   "path %s but found '%s'. This is "
                                   "not a json object according to the JsonProvider: "
                                   "'com.jayway.jsonpath.spi.json.JacksonJsonProvider'.",
                                   rows[i].where, rows[i].class);
        ck_assert_str_eq(got, expect);
        asli_free(got);
        asli_free(expect);
    }
}
END_TEST

START_TEST(lenient_makes_an_index_past_the_end_null)
{
    char *got = result_of("$.a.b[7]", doc, ASLI_PATH_LENIENT);
    ck_assert_str_eq(got, "null");
    asli_free(got);
    got = result_of("$.a.no", doc, ASLI_PATH_LENIENT);
    ck_assert_str_eq(got, "!No results for path: $['a']['no']");
    asli_free(got);
    got = result_of("$.i[0]", doc, ASLI_PATH_LENIENT);
    ck_assert_str_eq(got,
                     "!Filter: [0] can only be applied to arrays. Current context is: 5");
    asli_free(got);
    got = result_of("$.a.b[7].c", doc, ASLI_PATH_LENIENT);
    ck_assert_int_eq(*got, '!');
    asli_free(got);
}
END_TEST

START_TEST(wildcards_collect_children)
{
    static const struct row rows[] = {
        {"$.l[*]", "[1,2,3]"},
        {"$.l.*", "[1,2,3]"},
        {"$.o[ * ]", "[4,[5]]"},
        {"$.o.*[0]", "[5]"},
        {"$.e[*]", "[]"},
        {"$.l[*].x", "[]"},
        {"$.m[*].k", "[1,null]"},
        {"$.s[*]", "[]"},
        {"$.m[*]['k','j']", "[{\"k\":1,\"j\":2},{\"k\":null}]"},
    };
    CHECK_ROWS("{\"l\":[1,2,3],\"o\":{\"p\":4,\"q\":[5]},\"e\":[],\"s\":\"x\","
               "\"m\":[{\"k\":1,\"j\":2},{\"k\":null},7]}",
               rows);
}
END_TEST

START_TEST(an_indefinite_path_without_hits_is_an_empty_array)
{
    static const struct row rows[] = {
        {"$[*].type", "[]"}, {"$..x", "[]"}, {"$.*", "[]"}, {"$[?(@.x)]", "[]"}};
    CHECK_ROWS("{}", rows);
}
END_TEST

START_TEST(one_hit_is_still_an_array)
{
    static const struct row rows[] = {{"$.l[0:1]", "[{\"k\":1}]"},
                                      {"$.l[*].k", "[1]"},
                                      {"$..k", "[1]"},
                                      {"$.l[?(@.k == 1)].k", "[1]"}};
    CHECK_ROWS("{\"l\":[{\"k\":1}]}", rows);
}
END_TEST

START_TEST(slices_count_as_jayway_counts)
{
    static const struct row rows[] = {
        {"$[1:3]", "[1,2]"},    {"$[3:]", "[3,4]"},    {"$[:2]", "[0,1]"},
        {"$[-2:]", "[3,4]"},    {"$[:-2]", "[0,1,2]"}, {"$[-9:]", "[0,1,2,3,4]"},
        {"$[2:99]", "[2,3,4]"}, {"$[3:1]", "[]"},      {"$[9:]", "[]"},
        {"$[ 1 : 2 ]", "[1]"},  {"$[-3:-1]", "[2,3]"}, {"$[0:-1]", "[]"},
    };
    CHECK_ROWS("[0,1,2,3,4]", rows);
}
END_TEST

START_TEST(unions_of_indexes_and_names)
{
    static const struct row rows[] = {
        {"$.l[0,2]", "[1,3]"},
        {"$.l[2,0,9]", "[3,1]"},
        {"$.l[-1, 0]", "[3,1]"},
        {"$['a','b']", "{\"a\":{\"k\":1},\"b\":{\"k\":2}}"},
        {"$['a', 'no']", "{\"a\":{\"k\":1}}"},
        {"$['a','b'].k", "[1,2]"},
        {"$['b','no','a'].k", "[2,1]"},
    };
    CHECK_ROWS("{\"l\":[1,2,3],\"a\":{\"k\":1},\"b\":{\"k\":2}}", rows);
}
END_TEST

START_TEST(deep_scans_find_parents_first)
{
    static const struct row rows[] = {
        {"$.d..a", "[[1,2]]"},           {"$.d..a[*]", "[1,2]"},
        {"$..a", "[[1,2],{\"a\":3},3]"}, {"$..[0]", "[1]"},
        {"$.d..*", "[[1,2],1,2]"},       {"$..['a','z']", "[{\"a\":{\"a\":3},\"z\":0}]"},
    };
    CHECK_ROWS("{\"d\":{\"a\":[1,2]},\"e\":{\"a\":{\"a\":3},\"z\":0}}", rows);
}
END_TEST

START_TEST(a_deep_scan_meets_every_array)
{
    static const struct row rows[] = {{"$..k", "[1,2,3]"},
                                      {"$..[0].k", "[1,2]"}, /* Jayway's oddity */
                                      {"$..[1:]", "[{\"k\":2}]"},
                                      {"$..[?(@.k > 1)]", "[{\"k\":2},{\"k\":3}]"}};
    CHECK_ROWS("{\"l\":[{\"k\":1},{\"k\":2}],\"m\":{\"n\":{\"k\":3}}}", rows);
}
END_TEST

START_TEST(functions_end_a_path)
{
    static const struct row rows[] = {
        {"$.l.length()", "3"},
        {"$.l.size()", "3"},
        {"$.o.length()", "2"},
        {"$.s.length()", "null"},
        {"$.length($.l)", "3"},
        {"$.l.sum()", "6.0"},
        {"$.l.min()", "1.0"},
        {"$.l.max()", "3.0"},
        {"$.l.avg()", "2.0"},
        {"$.two.stddev()", "1.0"},
        {"$.l.sum(4, $.o.p)", "14.0"},
        {"$..p.sum()", "4.0"},
        {"$.o.keys()", "[\"p\",\"q\"]"},
        {"$.w.concat()", "\"ab\""},
        {"$.w.concat(\"-\", $.o.p)", "\"ab-4\""},
        {"$.l.append(4)", "[1,2,3,4]"},
        {"$.l.first()", "1"},
        {"$.l.last()", "3"},
        {"$.l.index(1)", "2"},
        {"$[*].length()", "[3,2,null,3,0,2]"},
        {"$.e.max()",
         "!Aggregation function attempted to calculate value using empty array"},
        {"$.e.first()", "!The array has no such element"},
    };
    CHECK_ROWS(
        "{\"l\":[1,2,3],\"o\":{\"p\":4,\"q\":null},\"s\":\"x\",\"w\":[\"a\",1,\"b\"],"
        "\"e\":[],\"two\":[1,3]}",
        rows);
}
END_TEST

START_TEST(append_leaves_the_shared_array_alone)
{
    struct asli_path *path = path_of("$.append(2)");
    json_t *root = value_of("[1]"), *value = NULL;
    struct asli_env env = {.input = root};
    ck_assert_int_eq(asli_path_eval(path, &env, ASLI_PATH_STRICT, &value, NULL, NULL), 0);
    ck_assert_uint_eq(json_array_size(value), 2);
    ck_assert_uint_eq(json_array_size(root), 1);
    json_decref(value);
    json_decref(root);
    asli_path_free(path);
}
END_TEST

START_TEST(bad_paths_are_refused_with_the_offset)
{
    static const struct {
        const char *path, *what;
    } rows[] = {
        {"", "offset 0"},
        {"a", "expected '$' at offset 0"},
        {"@.a", "expected '$'"},
        {"$.", "expected a name"},
        {"$.a.", "offset 4"},
        {"$..", "offset 3"},
        {"$...a", "offset 3"},
        {"$.a b", "['a name']"},
        {"$.a$b", "offset 3"},
        {"$.a:b", "offset 3"},
        {"$[0..1]", "expected ']' at offset 3"},
        {"$[", "offset 2"},
        {"$[]", "offset 2"},
        {"$[a]", "offset 2"},
        {"$[1", "expected ']'"},
        {"$['a'", "expected ']'"},
        {"$['a", "a closing"},
        {"$['a',]", "a name in quotes"},
        {"$[1,]", "a whole number"},
        {"$[:]", "a bound"},
        {"$[99999999999]", "32 bits"},
        {"$[*", "expected ']'"},
        {"$[?]", "'(' after '?'"},
        {"$[?(@.a", "offset 7"},
        {"$[?()]", "offset 4"},
        {"$[?(@.a = 1)]", "an operator"},
        {"$[?(@.a == )]", "offset 11"},
        {"$[?(@.a == $$.b)]", "offset 12"},
        {"$[?(1)]", "an operator after the value"},
        {"$[?(@.a =~ /(/)]", "regular expression"},
        {"$[?(@.a =~ /x)]", "a closing '/'"},
        {"$[?(@.a =~ /x/q)]", "a flag"},
        {"$[?(@.a in ['x')]", "',' or ']'"},
        {"$.a.nope()", "a function that exists"},
        {"$.a.length().b", "the end of the path"},
        {"$..length()", "a name, not a function"},
        {"$.a.sum(1", "',' or ')'"},
        {"$$$", "offset 2"},
        {"$.\xff", "not UTF-8 at offset 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_path *path = NULL;
        asl_error error = {0};
        ck_assert_msg(asli_path_compile(rows[i].path, &path, &error) == ASL_EDEFINITION,
                      "%s was taken", rows[i].path);
        ck_assert_msg(strstr(error.text, rows[i].what), "%s: %s", rows[i].path,
                      error.text);
        ck_assert_int_eq(error.code, ASL_EDEFINITION);
    }
}
END_TEST

START_TEST(endless_nesting_is_refused)
{
    enum { DEEP = 5000 };
    char *text = asli_alloc(DEEP * 4 + 100);
    strcpy(text, "$[?(");
    for (int i = 0; i < DEEP; i++)
        strcat(text + i, i % 2 ? "(" : "!");
    struct asli_path *path = NULL;
    ck_assert_int_eq(asli_path_compile(text, &path, NULL), ASL_EDEFINITION);
    strcpy(text, "$");
    for (int i = 0; i < DEEP; i++)
        strcat(text + 4 * i, "[?(@");
    ck_assert_int_eq(asli_path_compile(text, &path, NULL), ASL_EDEFINITION);
    strcpy(text, "$[?(@ in ");
    memset(text + 9, '[', DEEP);
    text[9 + DEEP] = '\0';
    ck_assert_int_eq(asli_path_compile(text, &path, NULL), ASL_EDEFINITION);
    asli_free(text);
}
END_TEST

START_TEST(a_value_nested_too_deeply_is_an_error_of_ours)
{
    json_t *value = json_array(), *found = NULL;
    for (int i = 0; i < 4 * ASLI_JSON_DEPTH; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, value);
        value = outer;
    }
    struct asli_env env = {.input = value};
    struct asli_path *path = path_of("$..x");
    asl_error error;
    ck_assert_int_eq(asli_path_eval(path, &env, ASLI_PATH_STRICT, &found, NULL, &error),
                     ASL_ELIMIT);
    asli_path_free(path);
    json_decref(value);
}
END_TEST

START_TEST(kinds_of_paths_are_told_apart)
{
    static const struct {
        const char *path;
        enum asli_path_root root;
        bool definite, reference, is_root;
    } rows[] = {
        {"$", ASLI_ROOT_INPUT, true, true, true},
        {"$$", ASLI_ROOT_CONTEXT, true, true, true},
        {"$.a['b'][0]", ASLI_ROOT_INPUT, true, true, false},
        {"$$.a", ASLI_ROOT_CONTEXT, true, true, false},
        {"$x", ASLI_ROOT_VARIABLE, true, true, false},
        {"$x_1.a[0]", ASLI_ROOT_VARIABLE, true, true, false},
        {"$.a[-1]", ASLI_ROOT_INPUT, true, false, false},
        {"$['a','b']", ASLI_ROOT_INPUT, true, false, false},
        {"$['a','b'].c", ASLI_ROOT_INPUT, false, false, false},
        {"$.a[*]", ASLI_ROOT_INPUT, false, false, false},
        {"$.a[0,1]", ASLI_ROOT_INPUT, false, false, false},
        {"$.a[0:1]", ASLI_ROOT_INPUT, false, false, false},
        {"$..a", ASLI_ROOT_INPUT, false, false, false},
        {"$.a[?(@.b)]", ASLI_ROOT_INPUT, false, false, false},
        {"$.a.length()", ASLI_ROOT_INPUT, true, false, false},
        {"$..a.length()", ASLI_ROOT_INPUT, true, false, false},
        {"$.a[*].length()", ASLI_ROOT_INPUT, false, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_path *path = path_of(rows[i].path);
        ck_assert_str_eq(asli_path_text(path), rows[i].path);
        ck_assert_msg(asli_path_root(path) == rows[i].root, "root of %s", rows[i].path);
        ck_assert_msg(asli_path_is_definite(path) == rows[i].definite, "%s",
                      rows[i].path);
        ck_assert_msg(asli_path_is_reference(path) == rows[i].reference, "%s",
                      rows[i].path);
        ck_assert_msg(asli_path_is_root(path) == rows[i].is_root, "%s", rows[i].path);
        asli_path_free(path);
    }
}
END_TEST

static int variable_of(void *arg, const char *name, size_t len, const json_t **ret_value,
                       asl_error *reterr)
{
    *ret_value = len == 1 && *name == 'x' ? arg : NULL;
    return 0;
}

START_TEST(a_variable_is_the_root_of_its_paths)
{
    struct asli_path *path = path_of("$x.a"), *other = path_of("$y");
    ASLI_AUTO(json) json_t *root = value_of("{\"a\":7}");
    struct asli_env env = {.variable = variable_of, .arg = root};
    json_t *value = NULL;
    ASLI_AUTO(text) char *detail = NULL;
    ck_assert_int_eq(asli_path_eval(path, &env, ASLI_PATH_STRICT, &value, NULL, NULL), 0);
    ck_assert_int_eq(json_integer_value(value), 7);
    json_decref(value);
    ck_assert_int_eq(
        asli_path_eval(other, &env, ASLI_PATH_LENIENT, &value, &detail, NULL),
        ASLI_FAILED);
    ck_assert_str_eq(detail, "No value is assigned to the variable: $y");
    asli_path_free(path);
    asli_path_free(other);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("path");
    TCase *compile = tcase_create("compile"), *eval = tcase_create("eval");
    tcase_add_test(compile, bad_paths_are_refused_with_the_offset);
    tcase_add_test(compile, endless_nesting_is_refused);
    tcase_add_test(compile, kinds_of_paths_are_told_apart);
    tcase_add_test(eval, definite_paths_give_the_value_itself);
    tcase_add_test(eval, root_and_context_are_whole_values);
    tcase_add_test(eval, a_definite_value_is_shared_not_copied);
    tcase_add_test(eval, misses_say_what_jayway_says);
    tcase_add_test(eval, a_key_of_no_object_names_the_java_class);
    tcase_add_test(eval, lenient_makes_an_index_past_the_end_null);
    tcase_add_test(eval, wildcards_collect_children);
    tcase_add_test(eval, an_indefinite_path_without_hits_is_an_empty_array);
    tcase_add_test(eval, one_hit_is_still_an_array);
    tcase_add_test(eval, slices_count_as_jayway_counts);
    tcase_add_test(eval, unions_of_indexes_and_names);
    tcase_add_test(eval, deep_scans_find_parents_first);
    tcase_add_test(eval, a_deep_scan_meets_every_array);
    tcase_add_test(eval, functions_end_a_path);
    tcase_add_test(eval, append_leaves_the_shared_array_alone);
    tcase_add_test(eval, a_value_nested_too_deeply_is_an_error_of_ours);
    tcase_add_test(eval, a_variable_is_the_root_of_its_paths);
    suite_add_tcase(suite, compile);
    suite_add_tcase(suite, eval);
    return suite;
}
