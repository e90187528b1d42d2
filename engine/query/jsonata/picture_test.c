/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of picture.h: each row is a call and what the reference makes of it. A result that begins with
 * "!" is the code of a fault, "?" is a text that does not fit, NaN is no number.
 */
#include "engine/query/jsonata/picture.h"

#include <asl/error.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/query/jsonata/number.h"

#define NOW 1795602600123 /* 2026-11-25T08:30:00.123Z */

static struct asli_jn_text text_of(const char *text)
{
    return (struct asli_jn_text){text, text ? strlen(text) : 0};
}

static void check_outcome(int rc, const struct asli_bytes *out,
                          const struct asli_jn_fault *fault, const char *picture,
                          const char *expected)
{
    char got[512];
    if (rc == ASLI_JN_FAULT)
        snprintf(got, sizeof got, "!%s", fault->code);
    else
        snprintf(got, sizeof got, "%.*s", (int)out->len, out->data ? out->data : "");
    if (strcmp(got, expected) != 0)
        ck_abort_msg("by \"%s\": \"%s\" instead of \"%s\"", picture, got, expected);
}

static void check_number_text(double value, struct asli_bytes *out)
{
    char buf[32];
    asli_bytes_add(out, buf, asli_jn_number_text(value, buf));
}

struct row {
    double value;
    const char *picture, *expected;
};

static void check_rows(const struct row *rows, size_t count,
                       int (*format)(double, struct asli_jn_text, struct asli_bytes *,
                                     struct asli_jn_fault *))
{
    for (size_t i = 0; i < count; i++) {
        struct asli_bytes out = {0};
        struct asli_jn_fault fault = {0};
        int rc = format(rows[i].value, text_of(rows[i].picture), &out, &fault);
        check_outcome(rc, &out, &fault, rows[i].picture, rows[i].expected);
        asli_bytes_done(&out);
    }
}
#define CHECK(rows, format) check_rows(rows, sizeof rows / sizeof *rows, format)

static int format_number(double value, struct asli_jn_text picture,
                         struct asli_bytes *out, struct asli_jn_fault *fault)
{
    return asli_jn_format_number(value, picture, NULL, out, fault);
}

static int format_utc(double value, struct asli_jn_text picture, struct asli_bytes *out,
                      struct asli_jn_fault *fault)
{
    return asli_jn_format_millis(value, picture, text_of(NULL), out, fault);
}

START_TEST(decimal_pictures_say_digits_groups_and_signs)
{
    static const struct row rows[] = {
        {12345.6, "#,###.00", "12,345.60"},
        {12345678.9, "9,999.99", "12,345,678.90"},
        {123412345678.9, "9,9,99.99", "123412345,6,78.90"},
        {0.14, "01%", "14%"},
        {0.4857, "###.###\xe2\x80\xb0", "485.7\xe2\x80\xb0"},
        {1234.5678, "00.000e0", "12.346e2"},
        {0.234, ".00e0", ".23e0"},
        {-42, "0e0", "-4e1"},
        {0, "0.00e0", "0.00e0"},
        {0.000123, "0.0e00", "1.2e-04"},
        {-6, "000;(000)", "(006)"},
        {5, "pre 0 post", "pre 5 post"},
        {1e20, "#,######", "100,000000,000000,000000"},
        {123456.789, "#,##0.0,0", "123,456.7,9"},
        {0, "#.#", ".0"},
        {2.5, "0", "2"},
        {5, "#e0", "0.e1"},
        {1e21, "0.0", "1e+21.0"},
        {INFINITY, "0", "Infinity"},
        {INFINITY, "0e0", "!D1001"},
    };
    CHECK(rows, format_number);
}
END_TEST

START_TEST(wrong_decimal_pictures_have_their_codes)
{
    static const struct row rows[] = {
        {1, "#;#;#", "!D3080"},
        {1, "0.0.0", "!D3081"},
        {1, "#0%%", "!D3082"},
        {1, "#0\xe2\x80\xb0\xe2\x80\xb0", "!D3083"},
        {1, "%0\xe2\x80\xb0", "!D3084"},
        {1, "", "!D3085"},
        {1, "abc", "!D3086"},
        {1, "0,.e0", "!D3087"},
        {1, "0,", "!D3088"},
        {1, "0,,0", "!D3089"},
        {1, "0#.e0", "!D3090"},
        {1, "#0.#0e0", "!D3091"},
        {1, "#0.0e0%", "!D3092"},
        {1, "#0.0e0,0", "!D3093"},
    };
    CHECK(rows, format_number);
}
END_TEST

START_TEST(a_decimal_format_has_its_own_signs)
{
    static const struct {
        const char *name, *sign, *picture, *expected;
    } rows[] = {
        {"zero-digit", "\xd9\xa0", "\xd9\xa0.\xd9\xa0", "-\xd9\xa1\xd9\xa2.\xd9\xa5"},
        {"decimal-separator", ",", "0,0", "-12,5"},
        {"minus-sign", "~", "0.0", "~12.5"},
        {"per-mille", "pm", "0pm", "-12500pm"},
        {"pattern-separator", "|", "0|(0)", "(12)"},
        {"exponent-separator", "E", "0.0E0", "-1.2E1"},
        {"digit", "@", "@0.0@", "-12.5"},
        {"grouping-separator", "'", "0'0.0", "-1'2.5"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_jn_decimal_format format;
        struct asli_bytes out = {0};
        struct asli_jn_fault fault = {0};
        asli_jn_decimal_format_init(&format);
        ck_assert(asli_jn_decimal_format_set(&format, text_of(rows[i].name),
                                             text_of(rows[i].sign)));
        int rc =
            asli_jn_format_number(-12.5, text_of(rows[i].picture), &format, &out, &fault);
        check_outcome(rc, &out, &fault, rows[i].picture, rows[i].expected);
        asli_bytes_done(&out);
    }
    struct asli_jn_decimal_format format;
    asli_jn_decimal_format_init(&format);
    ck_assert(!asli_jn_decimal_format_set(&format, text_of("sign"), text_of("x")));
}
END_TEST

START_TEST(integers_are_digits_letters_numerals_or_words)
{
    static const struct row rows[] = {
        {-3, "0000", "-0003"},
        {12.6, "###0", "12"},
        {12345678, "#,##0", "12,345,678"},
        {1234567890, "#:###,##0", "1234:567,890"},
        {12, "#:###,##0", ",:12"},
        {12340, "###\xd9\xa1", "\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa0"},
        {111, "1;o", "111th"},
        {123, "000;o", "123rd"},
        {1984, "I", "MCMLXXXIV"},
        {99, "i", "xcix"},
        {0, "I", ""},
        {123456, "A", "FZPH"},
        {27, "a", "aa"},
        {555, "Ww", "Five Hundred and Fifty-Five"},
        {1000000000001, "w", "one trillion and one"},
        {1e15, "w", "one thousand trillion"},
        {327713, "w;o",
         "three hundred and twenty-seven thousand, seven hundred and thirteenth"},
        {-20, "W;o", "-TWENTIETH"},
        {1, "\xce\xb1", "!D3130"},
        {1, "##0\xef\xbc\x90", "!D3131"},
        {INFINITY, "w", "!U1001"},
        {1e12, "I", "!U1001"},
    };
    CHECK(rows, asli_jn_format_integer);
}
END_TEST

START_TEST(integers_are_read_as_they_are_written)
{
    static const struct {
        const char *text, *picture, *expected;
    } rows[] = {
        {"12,345,678", "#,##0", "12345678"},
        {"1.200", "#.##0", "1"},
        {"12:00,3", "#:##,0", "12003"},
        {"-42", "0", "-42"},
        {"12th", "0;o", "12"},
        {"\xd9\xa1\xd9\xa2", "#\xd9\xa1", "12"},
        {"MCMLXXXIV", "I", "1984"},
        {"xiv", "i", "14"},
        {"xiv", "I", "NaN"},
        {"FZPH", "A", "123456"},
        {"ab", "a", "28"},
        {"three thousand, seven hundred and thirty-first", "w", "3731"},
        {"One Trillion and One", "w", "1000000000001"},
        {"twelve hundred", "w", "1200"},
        {"a dozen", "w", "NaN"},
        {"", "0", "NaN"},
        {"1", "\xce\xb1", "!D3130"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_bytes out = {0};
        struct asli_jn_fault fault = {0};
        double value = 0;
        int rc = asli_jn_parse_integer(text_of(rows[i].text), text_of(rows[i].picture),
                                       &value, &fault);
        check_number_text(value, &out);
        check_outcome(rc, &out, &fault, rows[i].picture, rows[i].expected);
        asli_bytes_done(&out);
    }
}
END_TEST

START_TEST(times_are_written_by_their_components)
{
    static const struct row rows[] = {
        {1509380732935, NULL, "2017-10-30T16:25:32.935Z"},
        {1509380732935, "[FNn], [D1o] [MNn] [Y]", "Monday, 30th October 2017"},
        {1509380732935, "[Y,2-2]-[MN,*-3]-[Dw]", "17-OCT-thirty"},
        {1509380732935, "[h]:[m] [P] [PN]", "4:25 pm PM"},
        {1509380732935, "[H#0]h [m01]m [s] [f001]", "16h 25m 32 935"},
        {1509380732935, "day [d] of [YI], week [W], [w] of [xNn]",
         "day 303 of MMXVII, week 44, 1 of November"},
        {1104537600000, "[X0001]-W[W01]-[F1]", "2004-W53-6"},
        {1230681600000, "[X0001]-W[W01]-[F1]", "2009-W01-3"},
        {0, "[[[Y]]] [ M01 ]", "[1970] 01"},
        {0, "[Z] [z] [Z0] [Z0000] [Z01:01t]", "+00:00 GMT+00:00 +0 +0000 Z"},
        {0, "[C] [E] [Q1]", "ISO ISO undefined"},
        {-1, NULL, "1969-12-31T23:59:59.999Z"},
        {-62e12, "[Y0001]-[M]-[D]", "0005-4-19"},
        {9e15, "[Y]", "NaN"},
        {0, "[Q]", "!D3132"},
        {0, "[Yn]", "!D3133"},
        {0, "[Z000000]", "!D3134"},
        {0, "[Y", "!D3135"},
        {0, "[Y\xce\xb1]", "!D3130"},
    };
    CHECK(rows, format_utc);
}
END_TEST

START_TEST(a_zone_moves_the_time_written)
{
    static const struct {
        const char *zone, *picture, *expected;
    } rows[] = {
        {"+0530", "[H01]:[m01] [Z]", "05:30 +05:30"},
        {"-0500", "[D] [H]:[m01] [Z0]", "31 19:00 -5"},
        {"+0530", "[Z0]", "+5:30"},
        {"+0530", NULL, "1970-01-01T05:30:00.000+05:30"},
        {"none", "[H]", "NaN"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct asli_bytes out = {0};
        struct asli_jn_fault fault = {0};
        int rc = asli_jn_format_millis(0, text_of(rows[i].picture), text_of(rows[i].zone),
                                       &out, &fault);
        check_outcome(rc, &out, &fault, rows[i].zone, rows[i].expected);
        asli_bytes_done(&out);
    }
}
END_TEST

struct reading {
    const char *text, *picture, *expected;
};

static void check_readings(const struct reading *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct asli_bytes out = {0};
        struct asli_jn_fault fault = {0};
        double millis = 0;
        bool found = false;
        int rc = asli_jn_parse_millis(text_of(rows[i].text), text_of(rows[i].picture),
                                      NOW, &found, &millis, &fault);
        if (found)
            check_number_text(millis, &out);
        else
            asli_bytes_addc(&out, '?');
        check_outcome(rc, &out, &fault, rows[i].text, rows[i].expected);
        asli_bytes_done(&out);
    }
}
#define CHECK_READINGS(rows) check_readings(rows, sizeof rows / sizeof *rows)

START_TEST(iso_times_are_read_without_a_picture)
{
    static const struct reading rows[] = {
        {"1970-01-01T00:00:00.001Z", NULL, "1"},
        {"2018-02-01T09:42:13.123+0000", NULL, "1517478133123"},
        {"2018-02-01T09:42:13.1239+05:30", NULL, "1517458333123"},
        {"2018", NULL, "1514764800000"},
        {"2018-02", NULL, "1517443200000"},
        {"2018-02-30", NULL, "1519948800000"},
        {"2018-02-01T24:00:00", NULL, "1517529600000"},
        {"0031-02-01", NULL, "-61186233600000"},
        {"2018-13", NULL, "NaN"},
        {"2018-02-01T24:00:01", NULL, "NaN"},
        {"2018-02-01+05:30", NULL, "NaN"},
        {"2018-02-03 11:15:33", NULL, "!D3110"},
        {"01-02-2018", NULL, "!D3110"},
        {"", NULL, "!D3110"},
    };
    CHECK_READINGS(rows);
}
END_TEST

START_TEST(times_are_read_by_their_pictures)
{
    static const struct reading rows[] = {
        {"20180205", "[Y0001][M01][D01]", "1517788800000"},
        {"12 March 2018", "[D] [MNn] [Y]", "1520812800000"},
        {"12 Mar 2018", "[D] [MNn,3-3] [Y]", "1520812800000"},
        {"1st January MMXVIII", "[D1o] [MNn] [YI]", "1514764800000"},
        {"twenty-third of December, two thousand and eighteen", "[Dwo] of [MNn], [Yw]",
         "1545523200000"},
        {"2018-094", "[Y0001]-[d001]", "1522800000000"},
        {"2018-1-1 12:00:01 am", "[Y]-[M]-[D] [h]:[m]:[s] [P]", "1514764801000"},
        {"2018-1-1 3 PM", "[Y]-[M]-[D] [h] [P]", "1514818800000"},
        {"2018-01-01 +05:30", "[Y]-[M]-[D] [Z]", "1514745000000"},
        {"2018-01-01 GMT+5", "[Y]-[M]-[D] [z0]", "1514746800000"},
        {"1970-1-1 0:0:0.123456", "[Y]-[M]-[D] [H]:[m]:[s].[f]", "123"},
        {"2018(1)*2.", "[Y]([M])*[D].", "1514851200000"},
        {"2018/1", "[Y]-[M]", "?"},
        {"abc", "abc", "?"},
    };
    CHECK_READINGS(rows);
}
END_TEST

START_TEST(the_present_completes_what_a_text_leaves_out_at_its_start)
{
    static const struct reading rows[] = {
        {"10:30", "[H01]:[m01]", "1795602600000"},
        {"3-4", "[M]-[D]", "1772582400000"},
        {"2018", "[Y]", "1514764800000"},
    };
    CHECK_READINGS(rows);
}
END_TEST

START_TEST(times_with_gaps_or_by_weeks_are_refused)
{
    static const struct reading rows[] = {
        {"2018 10", "[Y] [D]", "!D3136"},
        {"2018-094 10", "[Y0001]-[d001] [H01]", "!D3136"},
        {"2018 W10", "[X] W[W]", "!D3136"},
        {"12 MARCH 2018", "[D] [MN] [Y]", "!D3136"},
        {"2018 ISO", "[Y] [E]", "!D3133"},
        {"2018", "[Q]", "!D3132"},
        {"2018", "[Y", "!D3135"},
        {"2018", "[Y\xce\xb1]", "!D3130"},
    };
    CHECK_READINGS(rows);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("jsonata/picture");
    TCase *t = tcase_create("picture");
    tcase_add_test(t, decimal_pictures_say_digits_groups_and_signs);
    tcase_add_test(t, wrong_decimal_pictures_have_their_codes);
    tcase_add_test(t, a_decimal_format_has_its_own_signs);
    tcase_add_test(t, integers_are_digits_letters_numerals_or_words);
    tcase_add_test(t, integers_are_read_as_they_are_written);
    tcase_add_test(t, times_are_written_by_their_components);
    tcase_add_test(t, a_zone_moves_the_time_written);
    tcase_add_test(t, iso_times_are_read_without_a_picture);
    tcase_add_test(t, times_are_read_by_their_pictures);
    tcase_add_test(t, the_present_completes_what_a_text_leaves_out_at_its_start);
    tcase_add_test(t, times_with_gaps_or_by_weeks_are_refused);
    suite_add_tcase(suite, t);
    return suite;
}
