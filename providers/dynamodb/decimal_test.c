/* SPDX-License-Identifier: Apache-2.0
 *
 * DynamoDB's numbers: one text for each number, exact sums, and the limits of both.
 */
#include "providers/dynamodb/decimal.h"

#include <string.h>

#include "conformance/kit/unit.h"

#define NINES38 "99999999999999999999999999999999999999"

static struct asli_decimal number(const char *text)
{
    struct asli_decimal n;
    ck_assert_msg(asli_decimal_parse(text, strlen(text), &n) == ASLI_DECIMAL_OK, "%s",
                  text);
    return n;
}

static void reads_as(const char *text, const char *expected)
{
    char got[ASLI_DECIMAL_TEXT];
    struct asli_decimal n = number(text);
    size_t len = asli_decimal_format(&n, got);
    ck_assert_str_eq(got, expected);
    ck_assert_uint_eq(len, strlen(expected));
}

START_TEST(each_number_has_one_text)
{
    reads_as("0", "0");
    reads_as("-0.00", "0");
    reads_as("+007", "7");
    reads_as("1.0", "1");
    reads_as("-12.340", "-12.34");
    reads_as(".5", "0.5");
    reads_as("5.", "5");
    reads_as("0.00012", "0.00012");
    reads_as("1e3", "1000");
    reads_as("1.5E+2", "150");
    reads_as("123E-5", "0.00123");
    reads_as("100200", "100200");
    reads_as("0e999999999999", "0");
    reads_as(NINES38, NINES38);
    reads_as(NINES38 "000", NINES38 "000");
    reads_as("1e39", "1000000000000000000000000000000000000000");
}
END_TEST

static enum asli_decimal_code code_of(const char *text)
{
    struct asli_decimal n;
    return asli_decimal_parse(text, strlen(text), &n);
}

START_TEST(what_is_no_number_is_refused)
{
    static const char *const texts[] = {"",    "-",     ".",  "e5", "1e",
                                        "1e+", "1.2.3", " 1", "1 ", "0x10",
                                        "NaN", "1,000", "--1"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(code_of(texts[i]) == ASLI_DECIMAL_SYNTAX, "%s", texts[i]);
}
END_TEST

START_TEST(magnitude_and_precision_are_limited)
{
    ck_assert_int_eq(code_of("9.9e125"), ASLI_DECIMAL_OK);
    ck_assert_int_eq(code_of("1e126"), ASLI_DECIMAL_OVERFLOW);
    ck_assert_int_eq(code_of("-1e99999999999999999999"), ASLI_DECIMAL_OVERFLOW);
    ck_assert_int_eq(code_of("1e-130"), ASLI_DECIMAL_OK);
    ck_assert_int_eq(code_of("1e-131"), ASLI_DECIMAL_UNDERFLOW);
    ck_assert_int_eq(code_of("1" NINES38), ASLI_DECIMAL_PRECISION);
    ck_assert_int_eq(code_of("1.0000000000000000000000000000000000000001"),
                     ASLI_DECIMAL_PRECISION);
}
END_TEST

START_TEST(numbers_are_ordered_by_value)
{
    static const char *const rising[] = {"-1e125", "-10",   "-9.99", "-0.1",  "0",
                                         "1e-130", "0.001", "0.01",  "0.011", "1",
                                         "9",      "10",    "10.5",  NINES38, "1e125"};
    size_t count = sizeof rising / sizeof *rising;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++) {
            struct asli_decimal a = number(rising[i]), b = number(rising[j]);
            ck_assert_int_eq(asli_decimal_compare(&a, &b), (i > j) - (i < j));
        }
    }
}
END_TEST

static void sum_is(const char *a, bool subtract, const char *b, const char *expected)
{
    struct asli_decimal x = number(a), y = number(b), sum;
    char got[ASLI_DECIMAL_TEXT];
    ck_assert_int_eq(asli_decimal_add(&x, &y, subtract, &sum), ASLI_DECIMAL_OK);
    asli_decimal_format(&sum, got);
    ck_assert_str_eq(got, expected);
}

START_TEST(sums_are_exact)
{
    sum_is("0.1", false, "0.2", "0.3");
    sum_is("99", false, "1", "100");
    sum_is("1", true, "1", "0");
    sum_is("1", true, "1.01", "-0.01");
    sum_is("-5", false, "3", "-2");
    sum_is("-5", true, "-7", "2");
    sum_is("0", true, "4", "-4");
    sum_is("0", true, "0", "0");
    sum_is("4", false, "0", "4");
    sum_is("1000", true, "0.001", "999.999");
    sum_is("12345678901234567890123456789012345678", true, "1",
           "12345678901234567890123456789012345677");
    sum_is(NINES38, false, "1", "100000000000000000000000000000000000000");
    sum_is("1e125", true, "1e125", "0");
}
END_TEST

START_TEST(sums_of_the_smallest_are_exact)
{
    struct asli_decimal a = number("5e-130"), sum, expected = number("1e-129");
    ck_assert_int_eq(asli_decimal_add(&a, &a, false, &sum), ASLI_DECIMAL_OK);
    ck_assert_int_eq(asli_decimal_compare(&sum, &expected), 0);
}
END_TEST

START_TEST(sums_that_do_not_fit_are_refused)
{
    struct asli_decimal a = number("1e125"), b = number("1e-130"), sum;
    ck_assert_int_eq(asli_decimal_add(&a, &b, false, &sum), ASLI_DECIMAL_PRECISION);
    a = number("9e125");
    ck_assert_int_eq(asli_decimal_add(&a, &a, false, &sum), ASLI_DECIMAL_OVERFLOW);
    a = number("1.1e-130");
    b = number("1e-130");
    ck_assert_int_eq(asli_decimal_add(&a, &b, true, &sum), ASLI_DECIMAL_UNDERFLOW);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("dynamodb/decimal");
    TCase *tests = tcase_create("decimal");
    tcase_add_test(tests, each_number_has_one_text);
    tcase_add_test(tests, what_is_no_number_is_refused);
    tcase_add_test(tests, magnitude_and_precision_are_limited);
    tcase_add_test(tests, numbers_are_ordered_by_value);
    tcase_add_test(tests, sums_are_exact);
    tcase_add_test(tests, sums_of_the_smallest_are_exact);
    tcase_add_test(tests, sums_that_do_not_fit_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
