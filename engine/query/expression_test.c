/* SPDX-License-Identifier: Apache-2.0
 *
 * Which variables an expression reads that it does not bind itself. What it gives is tested by
 * conformance/language/jsonata, what is refused by conformance/invalid.
 */
#include "engine/query/expression.h"

#include "engine/query/query_test.h"

struct reads {
    int count;
    char names[200];
};

static int note(void *arg, const char *name, size_t len)
{
    struct reads *reads = arg;
    size_t at = strlen(reads->names);
    reads->count++;
    snprintf(reads->names + at, sizeof reads->names - at, "%.*s ", (int)len, name);
    return 0;
}

static struct reads reads_of(const char *text)
{
    struct reads reads = {0};
    struct asli_compiling who = {.problem = collect, .reads = note, .arg = &reads};
    struct asli_expression *e = NULL;
    asl_error error;
    ck_assert_int_eq(
        asli_expression_compile(text, strlen(text), "Output", "", &who, &e, &error), 0);
    ck_assert_ptr_nonnull(e);
    asli_expression_free(e);
    return reads;
}

START_TEST(variables_that_nothing_binds_are_read)
{
    ck_assert_str_eq(reads_of("{% $a + $b + $a %}").names, "a b a ");
    ck_assert_str_eq(reads_of("{% ($a := 1; $a + $b) %}").names, "b ");
    ck_assert_str_eq(reads_of("{% function($a) { $a + $b }($c) %}").names, "b c ");
    ck_assert_str_eq(reads_of("{% $a.x@$i#$k.($i + $k + $j) %}").names, "a j ");
    ck_assert_str_eq(reads_of("{% $sum($states.input) %}").names, "");
}
END_TEST

/* Walking over all of it for each would take minutes. */
START_TEST(a_hundred_thousand_reads_are_few)
{
    struct asli_bytes b = {0};
    asli_bytes_adds(&b, "{% [$a");
    for (int i = 1; i < 100000; i++)
        asli_bytes_adds(&b, ",$a");
    asli_bytes_adds(&b, "] %}");
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&b);
    ck_assert_int_eq(reads_of(text).count, 100000);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *s = suite_create("expression");
    TCase *t = tcase_create("expression");
    suite_add_tcase(s, t);
    tcase_set_timeout(t, 0);
    tcase_add_test(t, variables_that_nothing_binds_are_read);
    tcase_add_test(t, a_hundred_thousand_reads_are_few);
    return s;
}
