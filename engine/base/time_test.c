/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of time.h: what java.time takes and refuses, and that formatted times read back.
 */
#include "engine/base/time.h"

#include <string.h>

#include "conformance/kit/unit.h"

static bool parse(const char *text, struct asli_instant *ret_instant)
{
    return asli_time_parse(text, strlen(text), ret_instant);
}

static void takes(const char *text, int64_t seconds, int32_t nanos)
{
    struct asli_instant t;
    ck_assert_msg(parse(text, &t), "%s is refused", text);
    ck_assert_msg(t.seconds == seconds && t.nanos == nanos, "%s is %lld.%09d", text,
                  (long long)t.seconds, (int)t.nanos);
}

START_TEST(utc_timestamps_are_read)
{
    takes("1970-01-01T00:00:00Z", 0, 0);
    takes("2026-11-22T10:00:00Z", 1795341600, 0);
    takes("2000-02-29T23:59:59Z", 951868799, 0);
    takes("1969-12-31T23:59:59Z", -1, 0);
    takes("0000-01-01T00:00:00Z", -62167219200, 0);
    takes("9999-12-31T23:59:59Z", 253402300799, 0);
}
END_TEST

START_TEST(offsets_are_taken_off)
{
    takes("1970-01-01T01:00:00+01:00", 0, 0);
    takes("1969-12-31T18:30:00-05:30", 0, 0);
    takes("1970-01-01T00:00:00+00:00", 0, 0);
    takes("1970-01-01T00:00:00-00:00", 0, 0);
    takes("1970-01-01T18:00:00+18:00", 0, 0);
}
END_TEST

START_TEST(fractions_have_1_to_9_digits)
{
    takes("1970-01-01T00:00:00.5Z", 0, 500000000);
    takes("1970-01-01T00:00:00.00Z", 0, 0);
    takes("1970-01-01T00:00:00.832957Z", 0, 832957000);
    takes("1970-01-01T00:00:00.123456789Z", 0, 123456789);
}
END_TEST

START_TEST(seconds_may_be_left_out)
{
    takes("1970-01-01T12:30Z", 45000, 0);
    takes("1970-01-01T12:30+12:30", 0, 0);
}
END_TEST

START_TEST(everything_else_is_refused)
{
    static const char *const bad[] = {
        "",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-11-22 10:00:00Z",
        "2026-11-22t10:00:00Z",
        "2026-11-22T10:00:00z",
        "2026-13-22T10:00:00Z",
        "2026-00-22T10:00:00Z",
        "2026-11-31T10:00:00Z",
        "2026-11-00T10:00:00Z",
        "2026-02-29T10:00:00Z",
        "1900-02-29T10:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T25:00:00Z",
        "2026-11-22T10:60:00Z",
        "2026-11-22T10:00:60Z",
        "2026-11-22T10:00:00.Z",
        "2026-11-22T10:00:00.1234567890Z",
        "2026-11-22T10:00:00+0100",
        "2026-11-22T10:00:00+01",
        "2026-11-22T10:00:00+19:00",
        "2026-11-22T10:00:00+18:01",
        "2026-11-22T10:00:00+01:60",
        "2026-11-22T10:00:00 Z",
        "2026-11-22T10:00:00Z ",
        " 2026-11-22T10:00:00Z",
        "2026-11-22T10Z",
        "2026-11-22T1:00:00Z",
        "22-11-2026T10:00:00Z",
        "+2026-11-22T10:00:00Z",
        "2026-11-22T10:00:00,5Z",
    };
    struct asli_instant t;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!parse(bad[i], &t), "'%s' is taken", bad[i]);
}
END_TEST

START_TEST(only_len_bytes_are_read)
{
    struct asli_instant t;
    static const char text[] = "2026-11-22T10:00:00Z";
    for (size_t len = 0; len < sizeof text - 1; len++)
        ck_assert(!asli_time_parse(text, len, &t));
    ck_assert(!asli_time_parse(text, sizeof text, &t)); /* the NUL is no part of it */
}
END_TEST

START_TEST(instants_compare_by_seconds_then_nanos)
{
    struct asli_instant a = {1, 5}, b = {1, 6}, c = {2, 0};
    ck_assert_int_eq(asli_instant_compare(a, a), 0);
    ck_assert_int_eq(asli_instant_compare(a, b), -1);
    ck_assert_int_eq(asli_instant_compare(c, b), 1);
}
END_TEST

START_TEST(milliseconds_are_rounded_up)
{
    ck_assert_int_eq(asli_instant_ms((struct asli_instant){1, 0}), 1000);
    ck_assert_int_eq(asli_instant_ms((struct asli_instant){1, 1}), 1001);
    ck_assert_int_eq(asli_instant_ms((struct asli_instant){1, 1000000}), 1001);
    ck_assert_int_eq(asli_instant_ms((struct asli_instant){-1, 999999999}), 0);
}
END_TEST

START_TEST(times_are_written_as_aws_does)
{
    char buf[32];
    asli_time_format(1795341600000, buf);
    ck_assert_str_eq(buf, "2026-11-22T10:00:00.000Z");
    asli_time_format(-1, buf);
    ck_assert_str_eq(buf, "1969-12-31T23:59:59.999Z");
    asli_time_format(0, buf);
    ck_assert_str_eq(buf, "1970-01-01T00:00:00.000Z");
}
END_TEST

START_TEST(written_times_read_back)
{
    char buf[32];
    struct asli_instant t;
    for (int64_t ms = -62167219200000; ms < 253402300800000; ms += 7777777777777 / 9) {
        asli_time_format(ms, buf);
        ck_assert_msg(parse(buf, &t) && asli_instant_ms(t) == ms, "%s", buf);
    }
}
END_TEST

START_TEST(extreme_times_fit_the_buffer)
{
    char buf[32];
    asli_time_format(INT64_MAX, buf);
    ck_assert_str_eq(buf, "292278994-08-17T07:12:55.807Z");
    asli_time_format(INT64_MIN, buf);
    ck_assert_str_eq(buf, "-292275055-05-16T16:47:04.192Z");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/time");
    TCase *t = tcase_create("time");
    tcase_add_test(t, utc_timestamps_are_read);
    tcase_add_test(t, offsets_are_taken_off);
    tcase_add_test(t, fractions_have_1_to_9_digits);
    tcase_add_test(t, seconds_may_be_left_out);
    tcase_add_test(t, everything_else_is_refused);
    tcase_add_test(t, only_len_bytes_are_read);
    tcase_add_test(t, instants_compare_by_seconds_then_nanos);
    tcase_add_test(t, milliseconds_are_rounded_up);
    tcase_add_test(t, times_are_written_as_aws_does);
    tcase_add_test(t, written_times_read_back);
    tcase_add_test(t, extreme_times_fit_the_buffer);
    suite_add_tcase(suite, t);
    return suite;
}
