/* SPDX-License-Identifier: Apache-2.0
 *
 * YAML to JSON: which scalar is what, tags, anchors, what is refused, and that hostile texts end.
 */
#include <stdlib.h>
#include <string.h>

#include <asl/definition.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/json.h"

static int read_yaml(const char *text, size_t len, asl_definition **ret, asl_error *error)
{
    return asl_definition_read(text, len, ASL_DEFINITION_YAML, NULL, 0, ret, error);
}

/* The JSON, with ' for " in `wanted`. */
static void becomes(const char *yaml, const char *wanted)
{
    asl_definition *definition = NULL;
    asl_error error = {0};
    ck_assert_msg(read_yaml(yaml, (size_t)-1, &definition, &error) == 0, "%s: %s", yaml,
                  error.text);
    ASLI_AUTO(json) json_t *value = NULL;
    size_t len;
    const char *json = asl_definition_text(definition, &len);
    ck_assert_msg(asli_json_read(json, len, &value, &error) == 0, "%s", json);
    ASLI_AUTO(text) char *text = NULL;
    ck_assert_int_eq(asli_json_text(value, &text, NULL, NULL), 0);
    for (char *p = text; *p; p++)
        *p = *p == '"' ? '\'' : *p;
    ck_assert_str_eq(text, wanted);
    asl_definition_free(definition);
}

static void fails(const char *yaml, int code, int line, int column)
{
    asl_definition *definition = NULL;
    asl_error error = {0};
    ck_assert_int_eq(read_yaml(yaml, (size_t)-1, &definition, &error), code);
    ck_assert_int_eq(error.line, line);
    ck_assert_int_eq(error.column, column);
    ck_assert_ptr_null(definition);
}

START_TEST(plain_scalars_are_what_they_look_like)
{
    becomes("[1, -2, +3, 1_000, 1.5, .5, 2., 1e3, 0x1F, 017, 0]",
            "[1,-2,3,1000,1.5,0.5,2.0,1000.0,31,15,0]");
    becomes("[true, Yes, on, FALSE, no, Off, ~, null, ]",
            "[true,true,true,false,false,false,null,null]");
}
END_TEST

START_TEST(all_others_are_strings)
{
    becomes("[2026-01-01, 10:30, 08, 1.2.3, 0x, '5', \"yes\", y, -, 012345678901]",
            "['2026-01-01','10:30','08','1.2.3','0x','5','yes','y','-','012345678901']");
}
END_TEST

START_TEST(keys_are_strings)
{
    becomes("{1: a, true: b, no: c}", "{'1':'a','true':'b','no':'c'}");
}
END_TEST

START_TEST(short_tags_become_functions)
{
    becomes("[!Ref A, !Sub 'x${B}', !GetAtt C.Arn, !Join ['', [a, !Ref B]], !If {a: 1}]",
            "[{'Ref':'A'},{'Fn::Sub':'x${B}'},{'Fn::GetAtt':['C','Arn']},"
            "{'Fn::Join':['',['a',{'Ref':'B'}]]},{'Fn::If':{'a':1}}]");
}
END_TEST

START_TEST(anchors_and_merge_keys_are_unfolded)
{
    becomes("{a: &x [1], b: *x}", "{'a':[1],'b':[1]}");
    becomes("base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}",
            "{'base':{'x':1,'y':2},'more':{'x':1,'y':3}}");
}
END_TEST

START_TEST(blocks_keep_their_lines)
{
    becomes("a: |\n  x\n  y\nb: >\n  x\n  y\n", "{'a':'x\\ny\\n','b':'x y\\n'}");
}
END_TEST

START_TEST(what_cannot_be_read_has_a_place)
{
    fails("a: 1\nb: [", ASL_EJSON, 3, 1);
    fails("a: 1\na: 2", ASL_EJSON, 2, 1);
    fails("{[a]: 1}", ASL_EJSON, 1, 2);
    fails("a: 1\n---\nb: 2", ASL_EJSON, 3, 1);
    fails("a: \xff", ASL_EJSON, 1, 1);
    fails("x: {<<: 7}", ASL_EJSON, 1, 9);
}
END_TEST

START_TEST(nesting_and_aliases_are_bounded)
{
    asl_definition *definition = NULL;
    struct asli_bytes deep = {0}, laughs = {0};
    for (int i = 0; i < 5000; i++)
        asli_bytes_addc(&deep, '[');
    for (int i = 0; i < 5000; i++)
        asli_bytes_addc(&deep, ']');
    ck_assert_int_ne(read_yaml(deep.data, deep.len, &definition, NULL), 0);
    asli_bytes_adds(&laughs, "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
    for (int i = 1; i < 12; i++) {
        asli_bytes_addf(&laughs, "a%d: &a%d [*a%d", i, i, i - 1);
        for (int j = 0; j < 8; j++)
            asli_bytes_addf(&laughs, ", *a%d", i - 1);
        asli_bytes_adds(&laughs, "]\n");
    }
    asl_error error = {0};
    ck_assert_int_eq(read_yaml(laughs.data, laughs.len, &definition, &error), ASL_ELIMIT);
    ck_assert_int_ne(read_yaml("&a [*a]", (size_t)-1, &definition, NULL), 0);
    asli_bytes_done(&deep);
    asli_bytes_done(&laughs);
}
END_TEST

START_TEST(an_empty_text_is_an_empty_definition)
{
    asl_definition *definition = NULL;
    ck_assert_int_eq(read_yaml("# nothing\n", (size_t)-1, &definition, NULL), 0);
    ck_assert_str_eq(asl_definition_text(definition, NULL), "");
    int line = 1, column = 1;
    asl_definition_origin(definition, &line, &column);
    asl_definition_free(definition);
}
END_TEST

START_TEST(a_line_leads_to_where_its_value_was_written)
{
    asl_definition *definition = NULL;
    ck_assert_int_eq(read_yaml("# c\na: {b: 1,\n  c: 2}\nd:\n  - x\n  - y\n", (size_t)-1,
                               &definition, NULL),
                     0);
    static const int places[][2] = {{2, 1}, {2, 1}, {2, 5}, {3, 3},
                                    {4, 1}, {5, 5}, {6, 5}};
    for (int i = 0; i < 7; i++) {
        int line = i + 1, column = 1;
        asl_definition_origin(definition, &line, &column);
        ck_assert_int_eq(line, places[i][0]);
        ck_assert_int_eq(column, places[i][1]);
    }
    asl_definition_free(definition);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("definition-yaml");
    TCase *tcase = tcase_create("yaml");
    tcase_add_test(tcase, plain_scalars_are_what_they_look_like);
    tcase_add_test(tcase, all_others_are_strings);
    tcase_add_test(tcase, keys_are_strings);
    tcase_add_test(tcase, short_tags_become_functions);
    tcase_add_test(tcase, anchors_and_merge_keys_are_unfolded);
    tcase_add_test(tcase, blocks_keep_their_lines);
    tcase_add_test(tcase, what_cannot_be_read_has_a_place);
    tcase_add_test(tcase, nesting_and_aliases_are_bounded);
    tcase_add_test(tcase, an_empty_text_is_an_empty_definition);
    tcase_add_test(tcase, a_line_leads_to_where_its_value_was_written);
    suite_add_tcase(suite, tcase);
    return suite;
}
