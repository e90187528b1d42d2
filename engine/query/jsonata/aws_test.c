/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of what Step Functions adds to JSONata: its functions, and what it does without.
 */
#include <asl/jsonata.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/json.h"

static double a_quarter(void *arg)
{
    return 0.25;
}

/* The result as JSON, "undefined", or the code of what is wrong; valid until the next call. */
static const char *value_of(const char *text)
{
    static char out[512];
    asl_jsonata_options options = {.size = sizeof options, .flags = ASL_JSONATA_AWS};
    asl_jsonata_input input = {.size = sizeof input, .random = a_quarter};
    asl_jsonata_error error;
    asl_jsonata_result result = {0};
    struct asli_bytes json = {0};
    asl_jsonata *expr = NULL;
    int rc = asl_jsonata_compile(text, (size_t)-1, &options, &expr, &error);
    if (!rc)
        rc = asl_jsonata_eval(expr, &input, &result, &error);
    if (result.value)
        asli_json_write(result.value, &json, NULL);
    snprintf(out, sizeof out, "%.*s", (int)json.len, json.data ? json.data : "");
    if (rc || !json.len)
        strcpy(out, rc ? error.code : "undefined");
    asli_bytes_done(&json);
    json_decref(result.value);
    asl_jsonata_free(expr);
    return out;
}

struct row {
    const char *text, *value;
};

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = value_of(rows[i].text);
        if (strcmp(value, rows[i].value) != 0)
            ck_abort_msg("%s is %s instead of %s", rows[i].text, value, rows[i].value);
    }
}
#define CHECK(rows) check_rows(rows, sizeof rows / sizeof *rows)

START_TEST(partition_cuts_an_array_into_arrays)
{
    static const struct row rows[] = {
        {"$partition([1,2,3,4,5], 2)", "[[1,2],[3,4],[5]]"},
        {"$partition([1,2], 5)", "[[1,2]]"},
        {"$partition([1], 1)", "[[1]]"},
        {"$partition([1,2,3], 2.9)", "[[1,2],[3]]"},
        {"$partition([1,2,3], 0)", "undefined"},
        {"$partition([1,2,3], 0.5)", "undefined"},
        {"$partition([], 2)", "undefined"},
        {"$partition([1,2,3], -1)", "D3150"},
    };
    CHECK(rows);
}
END_TEST

START_TEST(range_counts_from_first_to_last)
{
    static const struct row rows[] = {
        {"$range(0, 9, 3)", "[0,3,6,9]"},
        {"$range(1, 9, 9)", "1"},
        {"$range(-1.7, 2, 1)", "[-1,0,1,2]"},
        {"$range(5, 1, -2)", "[5,3,1]"},
        {"$range(1, 5, -1)", "undefined"},
        {"$range(1, 5, 0)", "undefined"},
        {"$range(1, 5)", "undefined"},
        {"$range(1, 360146, 1)", "U1001"},
        {"$count($range(1, 360145, 1))", "360145"},
    };
    CHECK(rows);
}
END_TEST

START_TEST(hash_gives_hexadecimal_digits)
{
    static const struct row rows[] = {
        {"$hash('abc', 'MD5')", "\"900150983cd24fb0d6963f7d28e17f72\""},
        {"$hash('', 'SHA-1')", "\"da39a3ee5e6b4b0d3255bfef95601890afd80709\""},
        {"$length($hash('abc', 'SHA-512'))", "128"},
        {"$hash('abc')", "undefined"},
        {"$hash('abc', 'md5')", "D3151"},
    };
    CHECK(rows);
}
END_TEST

START_TEST(random_with_a_seed_is_java_s)
{
    static const struct row rows[] = {
        {"$random(42)", "0.7275636800328681"},   {"$random(0)", "0.730967787376657"},
        {"$random(42.9)", "0.7275636800328681"}, {"$random()", "0.25"},
        {"$randomSeeded(42)", "T1006"},
    };
    CHECK(rows);
}
END_TEST

START_TEST(uuid_is_of_version_4)
{
    static const struct row rows[] = {
        {"$uuid()", "\"00000040-0000-4040-8000-004000000040\""},
    };
    CHECK(rows);
}
END_TEST

START_TEST(parse_reads_json_and_eval_is_unknown)
{
    static const struct row rows[] = {
        {"$parse('{\"a\": [1, 1.5, null]}').a", "[1,1.5,null]"},
        {"$parse('\"text\"')", "\"text\""},
        {"$parse('1 +')", "D3152"},
        {"$parse(nothing)", "undefined"},
        {"$eval('1')", "T1006"},
    };
    CHECK(rows);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("jsonata/aws");
    TCase *t = tcase_create("aws");
    tcase_add_test(t, partition_cuts_an_array_into_arrays);
    tcase_add_test(t, range_counts_from_first_to_last);
    tcase_add_test(t, hash_gives_hexadecimal_digits);
    tcase_add_test(t, random_with_a_seed_is_java_s);
    tcase_add_test(t, uuid_is_of_version_4);
    tcase_add_test(t, parse_reads_json_and_eval_is_unknown);
    suite_add_tcase(suite, t);
    return suite;
}
