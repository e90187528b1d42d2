/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of java.h: buckets as java.util.HashMap has them.
 */
#include "engine/base/java.h"

#include <string.h>

#include "conformance/kit/unit.h"

static uint32_t bucket(const char *key, size_t count)
{
    return asli_java_bucket(key, strlen(key), count);
}

START_TEST(keys_fall_into_javas_buckets)
{
    /* AWS shows a row with the headers 0,True,{} as {"0", "{}", "True"}. */
    ck_assert_uint_eq(bucket("0", 3), 0);
    ck_assert_uint_eq(bucket("{}", 3), 2);
    ck_assert_uint_eq(bucket("True", 3), 9);
}
END_TEST

START_TEST(the_table_doubles_beyond_three_quarters)
{
    ck_assert_uint_eq(bucket("p", 12), 'p' % 16);
    ck_assert_uint_eq(bucket("p", 13), 'p' % 32);
    ck_assert_uint_eq(bucket("p", 25), 'p' % 64);
}
END_TEST

START_TEST(characters_beyond_16_bits_count_as_two)
{
    /* U+1F600 is D83D DE00 in UTF-16. */
    uint32_t hash = 0xD83Du * 31 + 0xDE00u;
    ck_assert_uint_eq(bucket("\xf0\x9f\x98\x80", 1), (hash ^ hash >> 16) & 15);
    ck_assert_uint_eq(bucket("", 1), 0);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("java");
    TCase *t = tcase_create("java");
    tcase_add_test(t, keys_fall_into_javas_buckets);
    tcase_add_test(t, the_table_doubles_beyond_three_quarters);
    tcase_add_test(t, characters_beyond_16_bits_count_as_two);
    suite_add_tcase(suite, t);
    return suite;
}
