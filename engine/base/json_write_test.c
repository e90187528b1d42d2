/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the JSON writer: the text is Jackson's, byte for byte, and reads back the same.
 */
#include "engine/base/json.h"

#include <locale.h>
#include <math.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

static json_t *read_ok(const char *text)
{
    json_t *value = NULL;
    ck_assert_int_eq(asli_json_read(text, strlen(text), &value, NULL), 0);
    return value;
}

static void writes(const char *source, const char *wanted)
{
    ASLI_AUTO(json) json_t *value = read_ok(source);
    char *text = NULL;
    size_t len = 0;
    ck_assert_int_eq(asli_json_text(value, &text, &len, NULL), 0);
    ck_assert_str_eq(text, wanted);
    ck_assert_uint_eq(len, strlen(wanted));
    asli_free(text);
}

static void writes_real(double value, const char *wanted)
{
    char buf[32];
    size_t len = asli_json_real(value, false, buf);
    ck_assert_str_eq(buf, wanted);
    ck_assert_uint_eq(len, strlen(wanted));
}

START_TEST(values_are_written_compactly_in_order)
{
    writes(" { \"z\" : [ 1 , true, false , null , \"s\" ] , \"a\" : { } , \"b\" : [ ] } ",
           "{\"z\":[1,true,false,null,\"s\"],\"a\":{},\"b\":[]}");
    writes("[[],[[1],[2,3]],{\"a\":{\"b\":[{}]}}]",
           "[[],[[1],[2,3]],{\"a\":{\"b\":[{}]}}]");
    writes("\"\"", "\"\"");
}
END_TEST

START_TEST(only_what_must_is_escaped)
{
    writes("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\\"\\\\/\\b\\f\\n\\r\\t\"");
    writes("\"\\u0000\\u0001\\u000b\\u001f\\u007f\"",
           "\"\\u0000\\u0001\\u000B\\u001F\x7f\"");
    writes("\"\\u00e9\\u20ac\\ud83d\\ude00\"",
           "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
    writes("{\"a\\nb\":\"plain text, rather long\\tand another stretch of it\"}",
           "{\"a\\nb\":\"plain text, rather long\\tand another stretch of it\"}");
    writes("{\"k\\u0000a\":1}", "{\"k\\u0000a\":1}");
}
END_TEST

START_TEST(integers_are_written_whole)
{
    writes("[0,-0,7,-17,9223372036854775807,-9223372036854775808]",
           "[0,0,7,-17,9223372036854775807,-9223372036854775808]");
}
END_TEST

START_TEST(reals_keep_being_reals)
{
    writes("[1.0,0.1,-2.50,1e2,-0.0,1e10,100000000000000000000]",
           "[1.0,0.1,-2.5,100.0,-0.0,1.0E10,1.0E20]");
}
END_TEST

START_TEST(reals_are_plain_between_a_thousandth_and_ten_million)
{
    writes_real(0.0, "0.0");
    writes_real(-0.0, "-0.0");
    writes_real(0.001, "0.001");
    writes_real(0.00123, "0.00123");
    writes_real(9.99e-4, "9.99E-4");
    writes_real(1e-5, "1.0E-5");
    writes_real(9999999.0, "9999999.0");
    writes_real(9999999.5, "9999999.5");
    writes_real(-1e7, "-1.0E7");
    writes_real(12345678.0, "1.2345678E7");
    writes_real(1234567.0, "1234567.0");
    writes_real(100.25, "100.25");
}
END_TEST

START_TEST(reals_have_the_shortest_digits_that_read_back)
{
    writes_real(0.1, "0.1");
    writes_real(0.1 + 0.2, "0.30000000000000004");
    writes_real(1.0 / 3, "0.3333333333333333");
    writes_real(2.0 / 3, "0.6666666666666666");
    writes_real(100.0 / 3, "33.333333333333336");
    writes_real(1795654765.482, "1.795654765482E9"); /* a time */
    writes_real(99999999999999.9, "9.99999999999999E13");
    writes_real(999999999999999.0, "9.99999999999999E14");
    writes_real(999999999999999.9, "9.999999999999999E14");
    writes_real(1e23, "1.0E23");
    writes_real(2e23, "2.0E23");
    writes_real(9007199254740993.0, "9.007199254740992E15");
    writes_real(0x1.fffffffffffffp1023, "1.7976931348623157E308");
    writes_real(0x1p-1022, "2.2250738585072014E-308");
    writes_real(0x1p-1074, "4.9E-324");
    writes_real(0x3p-1074, "1.5E-323");
    writes_real(0x1p-44,
                "5.684341886080802E-14"); /* the nearest 16 digits do not read back */
}
END_TEST

START_TEST(reals_read_back_the_same)
{
    uint64_t bits = 1;
    for (int i = 0; i < 20000; i++) {
        double value, back;
        char buf[32];
        json_t *json;
        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        ck_assert_int_eq(
            asli_json_read(buf, asli_json_real(value, false, buf), &json, NULL), 0);
        back = json_real_value(json);
        json_decref(json);
        if (memcmp(&value, &back, sizeof value) != 0)
            ck_abort_msg("%a is written as %s", value, buf);
    }
}
END_TEST

START_TEST(reals_do_not_depend_on_the_locale)
{
    /* Where no such locale is installed this shows nothing, and does no harm. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    writes_real(0.1 + 0.2, "0.30000000000000004");
    writes_real(0x1p-44, "5.684341886080802E-14");
    ASLI_AUTO(json) json_t *quick = read_ok("1.5");
    ASLI_AUTO(json) json_t *slow = read_ok("0.30000000000000004");
    ck_assert(json_real_value(quick) == 1.5);
    ck_assert(json_real_value(slow) == 0.1 + 0.2);
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(pretty_text_is_indented_by_two)
{
    ASLI_AUTO(json) json_t *value = read_ok("{\"a\":[1,{\"b\":2}],\"c\":{},\"d\":[]}");
    struct asli_bytes out = {0};
    asli_bytes_adds(&out, "> ");
    ck_assert_int_eq(asli_json_write_pretty(value, &out, NULL), 0);
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&out);
    ck_assert_str_eq(text, "> {\n"
                           "  \"a\": [\n"
                           "    1,\n"
                           "    {\n"
                           "      \"b\": 2\n"
                           "    }\n"
                           "  ],\n"
                           "  \"c\": {},\n"
                           "  \"d\": []\n"
                           "}");
}
END_TEST

START_TEST(a_thousand_levels_are_the_limit)
{
    ASLI_AUTO(json) json_t *value = json_array();
    struct asli_bytes out = {0};
    for (int i = 1; i < ASLI_JSON_DEPTH; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, value);
        value = outer;
    }
    ck_assert_int_eq(asli_json_write(value, &out, NULL), 0);
    ck_assert_uint_eq(out.len, 2 * ASLI_JSON_DEPTH);
    json_t *outer = json_array();
    json_array_append_new(outer, value);
    value = outer;
    asl_error e;
    ck_assert_int_eq(asli_json_write(value, &out, &e), ASL_ELIMIT);
    ck_assert_int_eq(e.code, ASL_ELIMIT);
    ck_assert_uint_eq(out.len, 2 * ASLI_JSON_DEPTH); /* as before */
    char *text;
    ck_assert_int_eq(asli_json_text(value, &text, NULL, NULL), ASL_ELIMIT);
    asli_bytes_done(&out);
}
END_TEST

START_TEST(earlier_trouble_of_the_bytes_is_told)
{
    ASLI_AUTO(json) json_t *value = read_ok("[1]");
    struct asli_bytes out = {.oom = true};
    ck_assert_int_eq(asli_json_write(value, &out, NULL), ASL_ENOMEM);
    ck_assert(out.oom);
    asli_bytes_done(&out);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/json_write");
    TCase *t = tcase_create("json_write");
    tcase_add_test(t, values_are_written_compactly_in_order);
    tcase_add_test(t, only_what_must_is_escaped);
    tcase_add_test(t, integers_are_written_whole);
    tcase_add_test(t, reals_keep_being_reals);
    tcase_add_test(t, reals_are_plain_between_a_thousandth_and_ten_million);
    tcase_add_test(t, reals_have_the_shortest_digits_that_read_back);
    tcase_add_test(t, reals_read_back_the_same);
    tcase_add_test(t, reals_do_not_depend_on_the_locale);
    tcase_add_test(t, pretty_text_is_indented_by_two);
    tcase_add_test(t, a_thousand_levels_are_the_limit);
    tcase_add_test(t, earlier_trouble_of_the_bytes_is_told);
    suite_add_tcase(suite, t);
    return suite;
}
