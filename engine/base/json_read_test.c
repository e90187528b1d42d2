/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of the JSON reader: what comes out of valid texts, and where and how others are refused.
 */
#include "engine/base/json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

/* Reads from a block of exactly that size, so that a sanitizer sees any byte read beyond. A check
 * gives the same answer, and calls compact only what the writer would write. */
static int read_bytes(const char *text, size_t len, json_t **ret_value, asl_error *reterr)
{
    char *block = asli_alloc(len);
    bool compact = false;
    asl_error checked = {0};
    memcpy(block, text, len);
    int rc = asli_json_read(block, len, ret_value, reterr);
    ck_assert_int_eq(asli_json_check(block, len, &compact, &checked), rc);
    if (rc && reterr) {
        ck_assert_str_eq(checked.text, reterr->text);
        ck_assert(checked.line == reterr->line && checked.column == reterr->column);
    }
    if (!rc && compact) {
        ASLI_AUTO(text) char *written = NULL;
        ck_assert_int_eq(asli_json_text(*ret_value, &written, NULL, NULL), 0);
        ck_assert_msg(strlen(written) == len && !memcmp(written, text, len), "%s: %s",
                      text, written);
    }
    asli_free(block);
    return rc;
}

static void is_compact(const char *text, bool wanted)
{
    bool compact = !wanted;
    ck_assert_int_eq(asli_json_check(text, strlen(text), &compact, NULL), 0);
    ck_assert_msg(compact == wanted, "%s", text);
}

static json_t *read_ok(const char *text)
{
    json_t *value = NULL;
    asl_error e = {0};
    int rc = read_bytes(text, strlen(text), &value, &e);
    ck_assert_msg(rc == 0, "%s: %d:%d: %s", text, e.line, e.column, e.text);
    return value;
}

/* Refused at line 1 with that column and that sentence. */
static void refused(const char *text, int column, const char *sentence)
{
    json_t *value = NULL;
    asl_error e = {0};
    int rc = read_bytes(text, strlen(text), &value, &e);
    ck_assert_msg(rc == ASL_EJSON && e.code == rc, "%s: %d", text, rc);
    ck_assert_ptr_null(value);
    ck_assert_msg(!strcmp(e.text, sentence), "%s: %s", text, e.text);
    ck_assert_msg(e.line == 1 && e.column == column, "%s: %d:%d", text, e.line, e.column);
    ck_assert_int_eq(read_bytes(text, strlen(text), &value, NULL), ASL_EJSON);
}

static void reads_real(const char *text, double wanted)
{
    ASLI_AUTO(json) json_t *value = read_ok(text);
    ck_assert_msg(json_is_real(value), "%s is no real", text);
    double got = json_real_value(value);
    ck_assert_msg(got == wanted && signbit(got) == signbit(wanted), "%s: %a, not %a",
                  text, got, wanted);
}

static void reads_integer(const char *text, json_int_t wanted)
{
    ASLI_AUTO(json) json_t *value = read_ok(text);
    ck_assert_msg(json_is_integer(value), "%s is no integer", text);
    ck_assert_int_eq(json_integer_value(value), wanted);
}

static void reads_string(const char *text, const char *wanted, size_t len)
{
    ASLI_AUTO(json) json_t *value = read_ok(text);
    ck_assert_msg(json_is_string(value), "%s is no string", text);
    ck_assert_uint_eq(json_string_length(value), len);
    ck_assert_mem_eq(json_string_value(value), wanted, len);
}

START_TEST(a_check_knows_a_compact_text)
{
    is_compact("{}", true);
    is_compact(
        "[[],{\"a\":{\"a\":\"\xc3\xa4\"},\"b\":[0,-1,9223372036854775807]},true,null]",
        true);
    is_compact("{\"a\":1,\"b\":{\"a\":1}}", true);
}
END_TEST

START_TEST(a_check_does_not_call_compact_what_would_be_written_otherwise)
{
    is_compact("{ }", false);
    is_compact("[1,2] ", false);
    is_compact("-0", false);
    is_compact("1.50", false);
    is_compact("[9223372036854775808]", false);
    is_compact("\"\\u0041\"", false);
    is_compact("{\"a\":1,\"b\":2,\"a\":3}", false);
}
END_TEST

START_TEST(a_check_gives_up_on_an_object_with_very_many_members)
{
    char text[2048] = "{\"k0\":0";
    size_t at = strlen(text);
    for (int i = 1; i < 100; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, ",\"k%d\":0", i);
    snprintf(text + at, sizeof text - at, "}");
    is_compact(text, false);
}
END_TEST

START_TEST(any_value_may_stand_at_the_top)
{
    ck_assert(json_is_true(read_ok("true")));
    ck_assert(json_is_false(read_ok(" false ")));
    ck_assert(json_is_null(read_ok("\r\n\tnull\n")));
    reads_integer("2", 2);
    reads_string("\"str\"", "str", 3);
    reads_string("\"\"", "", 0);
}
END_TEST

START_TEST(containers_keep_their_order)
{
    ASLI_AUTO(json)
    json_t *value =
        read_ok(" { \"z\" : [ 1 , [ ] , { } , [2,3] ] , \"a\":{\"b\":null} } ");
    void *first = json_object_iter(value);
    ck_assert_str_eq(json_object_iter_key(first), "z");
    json_t *array = json_object_get(value, "z");
    ck_assert_uint_eq(json_array_size(array), 4);
    ck_assert_uint_eq(json_array_size(json_array_get(array, 1)), 0);
    ck_assert(json_is_object(json_array_get(array, 2)));
    ck_assert_int_eq(json_integer_value(json_array_get(json_array_get(array, 3), 1)), 3);
    ck_assert(json_is_null(json_object_get(json_object_get(value, "a"), "b")));
}
END_TEST

START_TEST(a_repeated_key_takes_the_last_value_in_the_first_place)
{
    ASLI_AUTO(json) json_t *value = read_ok("{\"a\":{\"x\":1},\"b\":2,\"a\":3}");
    ck_assert_uint_eq(json_object_size(value), 2);
    ck_assert_str_eq(json_object_iter_key(json_object_iter(value)), "a");
    ck_assert_int_eq(json_integer_value(json_object_get(value, "a")), 3);
}
END_TEST

START_TEST(integers_have_64_bits)
{
    reads_integer("0", 0);
    reads_integer("-0", 0);
    reads_integer("-17", -17);
    reads_integer("1234567890123456789", 1234567890123456789);
    reads_integer("9223372036854775807", INT64_MAX);
    reads_integer("-9223372036854775808", INT64_MIN);
}
END_TEST

START_TEST(larger_integers_become_reals)
{
    reads_real("9223372036854775808", 0x1p63);
    reads_real("-9223372036854775809", -0x1p63);
    reads_real("18446744073709551616", 0x1p64);
    reads_real("100000000000000000000000", 1e23);
}
END_TEST

START_TEST(reals_are_read_exactly)
{
    reads_real("0.1", 0.1);
    reads_real("-0.0", -0.0);
    reads_real("1.0", 1.0);
    reads_real("1e2", 100.0);
    reads_real("1E+2", 100.0);
    reads_real("12.5e-1", 1.25);
    reads_real("9007199254740993.0", 9007199254740992.0); /* a tie goes to even */
    reads_real("9007199254740993.00000000000000000000000000001", 9007199254740994.0);
    reads_real("0.30000000000000004", 0.30000000000000004);
    reads_real("1.7976931348623157e308", 0x1.fffffffffffffp1023);
    reads_real("4.9e-324", 0x1p-1074);
    reads_real("2.2250738585072011e-308", 0x0.fffffffffffffp-1022);
    reads_real("1e-999", 0.0);
    reads_real("0e999999999999999999999", 0.0);
    reads_real("1e00000000000000000000000000002", 100.0);
    reads_real("123456789012345678901234567890e-20", 1234567890.1234567);
}
END_TEST

START_TEST(reals_do_not_depend_on_the_locale)
{
    /* Where no such locale is installed this shows nothing, and does no harm. */
    setlocale(LC_ALL, "de_DE.UTF-8");
    reads_real("0.30000000000000004", 0.30000000000000004);
    reads_real("1.5", 1.5);
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(escapes_are_decoded)
{
    reads_string("\"a\\\"\\\\\\/\\b\\f\\n\\r\\tz\"", "a\"\\/\b\f\n\r\tz", 10);
    reads_string("\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac", 6);
    reads_string("\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4);
    reads_string("\"long plain text before \\n and long plain text behind\"",
                 "long plain text before \n and long plain text behind", 51);
}
END_TEST

START_TEST(nul_characters_are_kept)
{
    reads_string("\"a\\u0000b\"", "a\0b", 3);
    ASLI_AUTO(json) json_t *value = read_ok("{\"k\\u0000a\":1,\"k\":2}");
    ck_assert_uint_eq(json_object_size(value), 2);
    ck_assert_int_eq(json_integer_value(json_object_getn(value, "k\0a", 3)), 1);
}
END_TEST

START_TEST(lone_surrogates_become_replacement_characters)
{
    reads_string("\"\\ud800\"", "\xef\xbf\xbd", 3);
    reads_string("\"\\udc00x\"", "\xef\xbf\xbdx", 4);
    reads_string("\"\\ud800\\u0041\"",
                 "\xef\xbf\xbd"
                 "A",
                 4);
    reads_string("\"\\ud800\\ud83d\\ude00\"", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7);
}
END_TEST

START_TEST(utf8_is_kept_and_checked)
{
    reads_string("\"caf\xc3\xa9 and more text\"", "caf\xc3\xa9 and more text", 19);
    refused("\"caf\xc3\"", 5,
            "expected UTF-8 in a string, got byte 0xC3, which is not UTF-8");
    refused("\"12345678\xed\xa0\x80\"", 10,
            "expected UTF-8 in a string, got byte 0xED, which is not UTF-8");
    refused("\"\\n12345678\xff\"", 12,
            "expected UTF-8 in a string, got byte 0xFF, which is not UTF-8");
}
END_TEST

START_TEST(a_missing_value_is_named)
{
    refused("", 1, "expected a value, got the end of the text");
    refused("  ", 3, "expected a value, got the end of the text");
    refused("nope", 1, "expected a value, got 'nope'");
    refused("[1,]", 4, "expected a value after ',', got ']'");
    refused("[,", 2, "expected a value or ']', got ','");
    refused("{\"a\":}", 6, "expected a value after ':', got '}'");
    refused("'a'", 1, "expected a value, got '''");
    refused("\xef\xbb\xbf{}", 1, "expected a value, got the character U+FEFF");
    refused("NaN", 1, "expected a value, got 'NaN'");
    refused("nul", 1, "expected a value, got 'nul'");
}
END_TEST

START_TEST(a_wrong_separator_is_named)
{
    refused("{\"a\":1 x", 8, "expected ',' or '}' after a member, got 'x'");
    refused("{\"a\":1]", 7, "expected ',' or '}' after a member, got ']'");
    refused("[1 2]", 4, "expected ',' or ']' after an element, got '2'");
    refused("[1", 3, "expected ',' or ']' after an element, got the end of the text");
    refused("{\"a\" 1}", 6, "expected ':' after a member name, got '1'");
    refused("{a:1}", 2, "expected a member name in '\"' or '}', got 'a'");
    refused("{\"a\":1,}", 8, "expected a member name in '\"' after ',', got '}'");
    refused("{", 2, "expected a member name in '\"' or '}', got the end of the text");
    refused("{} {}", 4, "expected the end after the value, got '{'");
    refused("truex", 5, "expected the end after the value, got 'x'");
}
END_TEST

START_TEST(a_bad_number_is_named)
{
    refused("-", 2, "expected a digit after '-', got the end of the text");
    refused("-a", 2, "expected a digit after '-', got 'a'");
    refused("01", 2, "expected no digit after a number's leading 0, got '1'");
    refused("1.", 3, "expected a digit after '.', got the end of the text");
    refused("[1.e5]", 4, "expected a digit after '.', got 'e'");
    refused("1e", 3, "expected a digit in the exponent, got the end of the text");
    refused("[1e+]", 5, "expected a digit in the exponent, got ']'");
    refused(".5", 1, "expected a value, got '.'");
    refused("+1", 1, "expected a value, got '+'");
    refused("0x10", 2, "expected the end after the value, got 'x'");
    refused("[1e999]", 2, "this number is too large for a 64-bit real");
    refused("-1e99999999999999999999", 1, "this number is too large for a 64-bit real");
}
END_TEST

START_TEST(a_bad_string_is_named)
{
    refused("[\"abc", 2, "the string that begins here has no closing '\"'");
    refused("\"abc\\\"", 1, "the string that begins here has no closing '\"'");
    refused("\"a\nb\"", 3,
            "expected a control character in a string to be escaped, "
            "got the character U+000A");
    refused(
        "\"\\x\"", 3,
        "expected one of \" \\ / b f n r t or u and 4 hex digits after '\\', got 'x'");
    refused(
        "\"\\u12G4\"", 3,
        "expected one of \" \\ / b f n r t or u and 4 hex digits after '\\', got 'u'");
    refused("\"\\", 3,
            "expected one of \" \\ / b f n r t or u and 4 hex digits after '\\', "
            "got the end of the text");
}
END_TEST

START_TEST(lines_and_characters_are_counted)
{
    json_t *value;
    asl_error e;
    static const char text[] = "{\n  \"a\": 1,\r\n  \"\xc3\xa9\xe2\x82\xac\": x}";
    ck_assert_int_eq(asli_json_read(text, sizeof text - 1, &value, &e), ASL_EJSON);
    ck_assert_int_eq(e.line, 3);
    ck_assert_int_eq(e.column, 9);
}
END_TEST

/* `depth` arrays around nothing. */
static int read_nest(size_t depth, json_t **ret_value, asl_error *reterr)
{
    char *text = asli_alloc(2 * depth);
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    int rc = asli_json_read(text, 2 * depth, ret_value, reterr);
    asli_free(text);
    return rc;
}

START_TEST(a_thousand_levels_are_the_limit)
{
    json_t *value = NULL;
    asl_error e;
    ck_assert_int_eq(read_nest(ASLI_JSON_DEPTH, &value, &e), 0);
    json_decref(value);
    ck_assert_int_eq(read_nest(ASLI_JSON_DEPTH + 1, &value, &e), ASL_ELIMIT);
    ck_assert_int_eq(e.column, ASLI_JSON_DEPTH + 1);
    ck_assert_int_eq(read_nest(200000, &value, NULL), ASL_ELIMIT);
}
END_TEST

START_TEST(every_cut_of_a_text_is_refused)
{
    static const char text[] =
        "{\"key\": [1, -2.5e3, \"a\\u20acb\\n\xc3\xa9\", true, false, null, {}, []]}";
    json_t *value = NULL;
    for (size_t len = 0; len < sizeof text - 1; len++)
        ck_assert_int_eq(read_bytes(text, len, &value, NULL), ASL_EJSON);
    ck_assert_int_eq(read_bytes(text, sizeof text - 1, &value, NULL), 0);
    json_decref(value);
}
END_TEST

START_TEST(a_nul_byte_is_no_end)
{
    json_t *value = NULL;
    asl_error e;
    ck_assert_int_eq(asli_json_read("1\0", 2, &value, &e), ASL_EJSON);
    ck_assert_str_eq(e.text,
                     "expected the end after the value, got the character U+0000");
    ck_assert_int_eq(asli_json_read("\0", 1, &value, &e), ASL_EJSON);
    ck_assert_int_eq(asli_json_read("\"a\\\0\"", 5, &value, &e), ASL_EJSON);
    ck_assert_int_eq(asli_json_read(NULL, 0, &value, &e), ASL_EJSON);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/json_read");
    TCase *t = tcase_create("json_read");
    tcase_add_test(t, any_value_may_stand_at_the_top);
    tcase_add_test(t, a_check_knows_a_compact_text);
    tcase_add_test(t, a_check_does_not_call_compact_what_would_be_written_otherwise);
    tcase_add_test(t, a_check_gives_up_on_an_object_with_very_many_members);
    tcase_add_test(t, containers_keep_their_order);
    tcase_add_test(t, a_repeated_key_takes_the_last_value_in_the_first_place);
    tcase_add_test(t, integers_have_64_bits);
    tcase_add_test(t, larger_integers_become_reals);
    tcase_add_test(t, reals_are_read_exactly);
    tcase_add_test(t, reals_do_not_depend_on_the_locale);
    tcase_add_test(t, escapes_are_decoded);
    tcase_add_test(t, nul_characters_are_kept);
    tcase_add_test(t, lone_surrogates_become_replacement_characters);
    tcase_add_test(t, utf8_is_kept_and_checked);
    tcase_add_test(t, a_missing_value_is_named);
    tcase_add_test(t, a_wrong_separator_is_named);
    tcase_add_test(t, a_bad_number_is_named);
    tcase_add_test(t, a_bad_string_is_named);
    tcase_add_test(t, lines_and_characters_are_counted);
    tcase_add_test(t, a_thousand_levels_are_the_limit);
    tcase_add_test(t, every_cut_of_a_text_is_refused);
    tcase_add_test(t, a_nul_byte_is_no_end);
    suite_add_tcase(suite, t);
    return suite;
}
