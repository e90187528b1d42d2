/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of number.h: texts and roundings are JavaScript's.
 */
#include "engine/query/jsonata/number.h"

#include <math.h>
#include <string.h>

#include "conformance/kit/unit.h"

static const char *text_of(double value)
{
    static char buf[32];
    ck_assert_uint_eq(asli_jn_number_text(value, buf), strlen(buf));
    return buf;
}

START_TEST(a_number_s_text_is_javascript_s)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {-0.0, "0"},
        {-17, "-17"},
        {9007199254740993.0, "9007199254740992"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {-1.5e300, "-1.5e+300"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {0.000001, "0.000001"},
        {0.00000123, "0.00000123"},
        {1e-7, "1e-7"},
        {5e-324, "5e-324"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {NAN, "NaN"},
        {-INFINITY, "-Infinity"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_str_eq(text_of(rows[i].value), rows[i].text);
}
END_TEST

START_TEST(fifteen_digits_are_kept)
{
    ck_assert_str_eq(text_of(asli_jn_number_precise(22.0 / 7)), "3.14285714285714");
    ck_assert_str_eq(text_of(asli_jn_number_precise(0.1 + 0.2)), "0.3");
    ck_assert_str_eq(text_of(asli_jn_number_precise(-39.4)), "-39.4");
    ck_assert_str_eq(text_of(asli_jn_number_precise(9.9999999999999995)), "10");
    ck_assert_double_eq(asli_jn_number_precise(5838539921574939.0), 5838539921574939.0);
}
END_TEST

START_TEST(a_tie_in_the_sixteenth_digit_goes_up)
{
    ck_assert_double_eq(asli_jn_number_precise(100000000000000.5), 100000000000001.0);
    ck_assert_double_eq(asli_jn_number_precise(-100000000000000.5), -100000000000001.0);
}
END_TEST

START_TEST(rounding_is_half_to_even)
{
    static const struct {
        double value;
        int places;
        double rounded;
    } rows[] = {
        {0.5, 0, 0},       {1.5, 0, 2},    {2.5, 0, 2},        {-0.5, 0, 0},
        {-2.5, 0, -2},     {-3.5, 0, -4},  {-2.6, 0, -3},      {4.525, 2, 4.52},
        {4.515, 2, 4.52},  {1.005, 2, 1},  {12345, -2, 12300}, {12450, -2, 12400},
        {1e300, 2, 1e300}, {5e-324, 3, 0}, {8.125, 2, 8.12},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_double_eq(asli_jn_number_round(rows[i].value, rows[i].places),
                            rows[i].rounded);
    ck_assert(!signbit(asli_jn_number_round(-0.2, 0)));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("jsonata/number");
    TCase *t = tcase_create("number");
    tcase_add_test(t, a_number_s_text_is_javascript_s);
    tcase_add_test(t, fifteen_digits_are_kept);
    tcase_add_test(t, a_tie_in_the_sixteenth_digit_goes_up);
    tcase_add_test(t, rounding_is_half_to_even);
    suite_add_tcase(suite, t);
    return suite;
}
