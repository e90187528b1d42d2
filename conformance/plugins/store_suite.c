/* SPDX-License-Identifier: Apache-2.0
 *
 * The tests of store_suite.h, part one: rows, scans and batches. The part about snapshots and
 * large amounts is in store_suite_more.c.
 */
#include "conformance/plugins/store_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/plugins/store_suite_kit.h"

static const struct store_kit *kit;
asl_store *suite_store;

static void open_store(void)
{
    asl_error error = {0};
    int rc = kit->open(&suite_store, &error);
    ck_assert_msg(rc == 0, "open: %s", error.text);
}

int suite_reopen(void)
{
    asl_store_free(suite_store);
    suite_store = NULL;
    open_store();
    return kit->persists;
}

static void setup(void)
{
    if (kit->begin)
        kit->begin();
    open_store();
}

static void teardown(void)
{
    asl_store_free(suite_store);
    suite_store = NULL;
    if (kit->end)
        kit->end();
}

/* ---------------------------------------------------------------- helpers */

asl_slice suite_text(const char *text)
{
    return (asl_slice){text, text ? strlen(text) : 0};
}

asl_op suite_put(const char *key, const char *value)
{
    return (asl_op){ASL_OP_PUT, suite_text(key), suite_text(value)};
}

asl_op suite_delete(const char *key)
{
    return (asl_op){.kind = ASL_OP_DELETE, .key = suite_text(key)};
}

asl_op suite_expect(const char *key, const char *value)
{
    return (asl_op){ASL_OP_EXPECT, suite_text(key), suite_text(value)};
}

int suite_apply(const asl_op *ops, size_t count, asl_error *reterr)
{
    return asl_store_apply(suite_store, &(asl_batch){ops, count}, reterr);
}

void *suite_snapshot(void)
{
    void *snapshot = NULL;
    asl_error error = {0};
    int rc = asl_store_snapshot(suite_store, &snapshot, &error);
    ck_assert_msg(rc == 0, "snapshot: %s", error.text);
    return snapshot;
}

struct listing {
    char *text;
    size_t len;
};

static int list_row(void *arg, asl_slice key, asl_slice value)
{
    struct listing *listing = arg;
    listing->len += (size_t)snprintf(
        listing->text + listing->len, SUITE_LISTING - listing->len, "%s%.*s=%.*s",
        listing->len ? " " : "", (int)key.len, (const char *)key.data, (int)value.len,
        (const char *)value.data);
    ck_assert_uint_lt(listing->len, SUITE_LISTING);
    return 0;
}

char *suite_list(void *snapshot, const char *from, const char *to, int reverse,
                 char text[SUITE_LISTING])
{
    struct listing listing = {text, 0};
    asl_error error = {0};
    text[0] = '\0';
    int rc = asl_store_scan(suite_store, snapshot, suite_text(from), suite_text(to),
                            reverse, list_row, &listing, &error);
    ck_assert_msg(rc == 0, "scan: %s", error.text);
    return text;
}

/* The rows of a range as "key=value key=value", seen through a snapshot of this moment. */
static void check_rows(const char *from, const char *to, int reverse,
                       const char *expected)
{
    char text[SUITE_LISTING];
    void *snapshot = suite_snapshot();
    ck_assert_str_eq(suite_list(snapshot, from, to, reverse, text), expected);
    asl_store_release(suite_store, snapshot);
}

static void fill(void)
{
    SUITE_APPLY(suite_put("b", "2"), suite_put("d", "4"), suite_put("a", "1"),
                suite_put("e", "5"), suite_put("c", "3"));
}

/* ---------------------------------------------------------------- rows */

START_TEST(a_new_store_is_empty)
{
    check_rows(NULL, NULL, 0, "");
    check_rows(NULL, NULL, 1, "");
    check_rows("a", "z", 0, "");
    check_rows("a", "z", 1, "");
}
END_TEST

START_TEST(get_finds_what_was_put)
{
    asl_slice value;
    fill();
    void *snapshot = suite_snapshot();
    int rc = asl_store_get(suite_store, snapshot, suite_text("c"), &value, NULL);
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(value.len, 1);
    ck_assert_mem_eq(value.data, "3", 1);
    asl_store_release(suite_store, snapshot);
}
END_TEST

START_TEST(get_of_a_missing_key_is_not_found_and_leaves_the_error_alone)
{
    static const char *const missing[] = {"A", "aa", "bb", "f"};
    asl_error error, before;
    memset(&error, 'x', sizeof(error));
    before = error;
    fill();
    void *snapshot = suite_snapshot();
    for (size_t i = 0; i < sizeof(missing) / sizeof(*missing); i++) {
        asl_slice value = {"untouched", 9};
        int rc =
            asl_store_get(suite_store, snapshot, suite_text(missing[i]), &value, &error);
        ck_assert_int_eq(rc, ASL_ENOTFOUND);
        ck_assert_uint_eq(value.len, 9);
    }
    ck_assert_mem_eq(&error, &before, sizeof(error));
    asl_store_release(suite_store, snapshot);
}
END_TEST

START_TEST(an_empty_value_is_a_value)
{
    asl_slice value;
    asl_op put = {ASL_OP_PUT, suite_text("none"), {NULL, 0}};
    SUITE_APPLY(put, suite_put("empty", ""));
    check_rows(NULL, NULL, 0, "empty= none=");
    void *snapshot = suite_snapshot();
    int rc = asl_store_get(suite_store, snapshot, suite_text("none"), &value, NULL);
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(value.len, 0);
    ck_assert_ptr_nonnull(value.data);
    asl_store_release(suite_store, snapshot);
    SUITE_APPLY(suite_expect("none", ""), suite_put("seen", "1"));
    check_rows("s", NULL, 0, "seen=1");
}
END_TEST

START_TEST(a_put_replaces_a_value_by_a_shorter_and_a_longer_one)
{
    SUITE_APPLY(suite_put("a", "12345"), suite_put("b", "x"));
    SUITE_APPLY(suite_put("a", "1"));
    check_rows(NULL, NULL, 0, "a=1 b=x");
    SUITE_APPLY(suite_put("a", "1234567890"));
    check_rows(NULL, NULL, 0, "a=1234567890 b=x");
}
END_TEST

START_TEST(bytes_given_to_apply_may_change_afterwards)
{
    char key[] = "key", value[] = "value";
    SUITE_APPLY(suite_put(key, value));
    memset(key, 'x', 3);
    memset(value, 'y', 5);
    check_rows(NULL, NULL, 0, "key=value");
}
END_TEST

START_TEST(a_delete_takes_one_row)
{
    fill();
    SUITE_APPLY(suite_delete("c"));
    check_rows(NULL, NULL, 0, "a=1 b=2 d=4 e=5");
    SUITE_APPLY(suite_delete("a"), suite_delete("e"));
    check_rows(NULL, NULL, 0, "b=2 d=4");
    SUITE_APPLY(suite_delete("b"), suite_delete("d"));
    check_rows(NULL, NULL, 0, "");
}
END_TEST

START_TEST(deleting_a_missing_key_is_no_error)
{
    SUITE_APPLY(suite_delete("nothing"));
    fill();
    SUITE_APPLY(suite_delete("aa"), suite_put("f", "6"), suite_delete("zz"));
    check_rows(NULL, NULL, 0, "a=1 b=2 c=3 d=4 e=5 f=6");
}
END_TEST

START_TEST(keys_of_one_and_of_64_bytes_are_kept)
{
    static const char longest[] =
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    char expected[128];
    SUITE_APPLY(suite_put(longest, "long"), suite_put("z", "short"));
    snprintf(expected, sizeof(expected), "%s=long z=short", longest);
    check_rows(NULL, NULL, 0, expected);
    check_rows(longest, "1", 1, strtok(expected, " "));
}
END_TEST

START_TEST(keys_of_no_and_of_65_bytes_are_refused)
{
    char key[66] = {0};
    asl_slice value;
    memset(key, 'k', 65);
    void *snapshot = suite_snapshot();
    for (size_t len = 0; len <= 65; len += 65) {
        asl_slice bad = {key, len};
        asl_op op = {ASL_OP_PUT, bad, {"v", 1}};
        ck_assert_int_eq(suite_apply(&op, 1, NULL), ASL_EINVAL);
        op.kind = ASL_OP_DELETE;
        ck_assert_int_eq(suite_apply(&op, 1, NULL), ASL_EINVAL);
        ck_assert_int_eq(asl_store_get(suite_store, snapshot, bad, &value, NULL),
                         ASL_EINVAL);
    }
    asl_store_release(suite_store, snapshot);
    check_rows(NULL, NULL, 0, "");
}
END_TEST

/* ---------------------------------------------------------------- scans */

START_TEST(rows_come_in_the_order_of_unsigned_bytes_shorter_first)
{
    static const struct {
        const char *bytes;
        size_t len;
    } keys[] = {{"\0", 1},   {"\0\0", 2},   {"\0\1", 2},    {"\1", 1},   {"a", 1},
                {"a\0", 2},  {"aa", 2},     {"b", 1},       {"\x7f", 1}, {"\x80", 1},
                {"\xff", 1}, {"\xff\0", 2}, {"\xff\xff", 2}};
    enum { COUNT = sizeof(keys) / sizeof(*keys) };
    for (size_t i = 0; i < COUNT; i++) { /* 13 and 5 have no common divisor */
        size_t k = i * 5 % COUNT;
        asl_op op = {ASL_OP_PUT, {keys[k].bytes, keys[k].len}, {&keys[k], 0}};
        ck_assert_int_eq(suite_apply(&op, 1, NULL), 0);
    }
    void *snapshot = suite_snapshot();
    for (size_t i = 0; i < COUNT; i++) {
        struct suite_nth nth = {.n = i};
        asl_slice key = {keys[i].bytes, keys[i].len};
        ck_assert_int_eq(asl_store_scan(suite_store, snapshot, suite_text(NULL),
                                        suite_text(NULL), 0, suite_nth_row, &nth, NULL),
                         1);
        ck_assert_uint_eq(nth.key.len, key.len);
        ck_assert_mem_eq(nth.key.data, key.data, key.len);
        nth = (struct suite_nth){.n = 0}; /* and a scan from a key begins with it */
        ck_assert_int_eq(asl_store_scan(suite_store, snapshot, key, suite_text(NULL), 0,
                                        suite_nth_row, &nth, NULL),
                         1);
        ck_assert_uint_eq(nth.key.len, key.len);
        ck_assert_mem_eq(nth.key.data, key.data, key.len);
    }
    asl_store_release(suite_store, snapshot);
}
END_TEST

START_TEST(a_scan_begins_with_from_and_ends_before_to)
{
    fill();
    check_rows(NULL, NULL, 0, "a=1 b=2 c=3 d=4 e=5");
    check_rows("b", "d", 0, "b=2 c=3");
    check_rows("b", NULL, 0, "b=2 c=3 d=4 e=5");
    check_rows(NULL, "d", 0, "a=1 b=2 c=3");
    check_rows("bb", "dd", 0, "c=3 d=4"); /* bounds that are no keys */
    check_rows("A", "z", 0, "a=1 b=2 c=3 d=4 e=5");
}
END_TEST

START_TEST(a_reverse_scan_gives_the_same_rows_backwards)
{
    fill();
    check_rows(NULL, NULL, 1, "e=5 d=4 c=3 b=2 a=1");
    check_rows("b", "d", 1, "c=3 b=2");
    check_rows("b", NULL, 1, "e=5 d=4 c=3 b=2");
    check_rows(NULL, "d", 1, "c=3 b=2 a=1");
    check_rows("bb", "dd", 1, "d=4 c=3");
    check_rows("A", "z", 1, "e=5 d=4 c=3 b=2 a=1");
    check_rows(NULL, "a", 1, "");
}
END_TEST

START_TEST(a_scan_of_a_prefix_gives_its_rows_only)
{
    SUITE_APPLY(suite_put("x", "0"), suite_put("xa", "1"), suite_put("xaa", "2"),
                suite_put("xab", "3"), suite_put("xb", "4"), suite_put("y", "5"));
    check_rows("xa", "xb", 0, "xa=1 xaa=2 xab=3");
    check_rows("xa", "xb", 1, "xab=3 xaa=2 xa=1");
    check_rows("x", "y", 0, "x=0 xa=1 xaa=2 xab=3 xb=4");
}
END_TEST

START_TEST(a_range_that_ends_where_or_before_it_begins_is_empty)
{
    fill();
    for (int reverse = 0; reverse <= 1; reverse++) {
        check_rows("c", "c", reverse, "");
        check_rows("d", "b", reverse, "");
        check_rows("f", NULL, reverse, "");
        check_rows("bb", "bc", reverse, "");
    }
}
END_TEST

static int answer_at_c(void *arg, asl_slice key, asl_slice value)
{
    int *answers = arg;
    answers[0]++;
    return *(const char *)key.data == 'c' ? answers[1] : 0;
}

START_TEST(a_scan_ends_with_what_its_function_returns)
{
    static const int returned[] = {1, 4711, ASL_ENOMEM, -4711};
    fill();
    void *snapshot = suite_snapshot();
    for (size_t i = 0; i < sizeof(returned) / sizeof(*returned); i++)
        for (int reverse = 0; reverse <= 1; reverse++) {
            int answers[2] = {0, returned[i]};
            int rc =
                asl_store_scan(suite_store, snapshot, suite_text(NULL), suite_text(NULL),
                               reverse, answer_at_c, answers, NULL);
            ck_assert_int_eq(rc, returned[i]);
            ck_assert_int_eq(answers[0], 3);
        }
    asl_store_release(suite_store, snapshot);
}
END_TEST

static int look_up_row(void *arg, asl_slice key, asl_slice value)
{
    char first[SUITE_LISTING];
    asl_slice again;
    ck_assert_int_eq(asl_store_get(suite_store, arg, key, &again, NULL), 0);
    ck_assert_uint_eq(again.len, value.len);
    ck_assert_mem_eq(again.data, value.data, value.len);
    ck_assert_str_eq(suite_list(arg, "a", "b", 0, first), "a=1");
    return 0;
}

START_TEST(a_scan_may_look_at_its_snapshot)
{
    fill();
    void *snapshot = suite_snapshot();
    int rc = asl_store_scan(suite_store, snapshot, suite_text(NULL), suite_text(NULL), 0,
                            look_up_row, snapshot, NULL);
    ck_assert_int_eq(rc, 0);
    asl_store_release(suite_store, snapshot);
}
END_TEST

/* ---------------------------------------------------------------- batches */

START_TEST(an_empty_batch_changes_nothing)
{
    ck_assert_int_eq(suite_apply(NULL, 0, NULL), 0);
    fill();
    ck_assert_int_eq(suite_apply(NULL, 0, NULL), 0);
    check_rows(NULL, NULL, 0, "a=1 b=2 c=3 d=4 e=5");
}
END_TEST

START_TEST(a_later_operation_on_a_key_wins)
{
    SUITE_APPLY(suite_put("a", "old"), suite_put("b", "old"), suite_put("c", "old"));
    SUITE_APPLY(suite_put("a", "1"), suite_put("a", "22"), suite_put("b", "1"),
                suite_delete("b"), suite_delete("c"), suite_put("c", "new"),
                suite_put("d", "1"), suite_delete("d"), suite_delete("d"),
                suite_delete("e"), suite_put("e", "1"), suite_put("e", ""));
    check_rows(NULL, NULL, 0, "a=22 c=new e=");
}
END_TEST

static void check_fenced(const asl_op *ops, size_t count)
{
    asl_error error = {0};
    ck_assert_int_eq(suite_apply(ops, count, &error), ASL_EFENCED);
    ck_assert_int_eq(error.code, ASL_EFENCED);
    ck_assert_str_ne(error.text, "");
}
#define CHECK_FENCED(...)                                                                \
    check_fenced((asl_op[]){__VA_ARGS__},                                                \
                 sizeof((asl_op[]){__VA_ARGS__}) / sizeof(asl_op))

START_TEST(an_expect_that_holds_lets_the_batch_through)
{
    SUITE_APPLY(suite_expect("a", NULL), suite_put("a", "1"));
    check_rows(NULL, NULL, 0, "a=1");
    SUITE_APPLY(suite_expect("a", "1"), suite_expect("b", NULL), suite_put("b", "2"));
    check_rows(NULL, NULL, 0, "a=1 b=2");
    SUITE_APPLY(suite_expect("a", "1"), suite_put("a", "2"));
    SUITE_APPLY(suite_expect("a", "2"), suite_delete("a"));
    SUITE_APPLY(suite_expect("a", NULL));
    check_rows(NULL, NULL, 0, "b=2");
}
END_TEST

START_TEST(an_expect_that_does_not_hold_keeps_the_whole_batch_out)
{
    fill();
    CHECK_FENCED(suite_expect("x", "1"), suite_put("b", "new"), suite_put("y", "1"));
    CHECK_FENCED(suite_expect("a", NULL), suite_put("b", "new"), suite_delete("c"));
    CHECK_FENCED(suite_expect("a", "2"), suite_delete("c"));
    CHECK_FENCED(suite_expect("a", "11"), suite_delete("c"));
    CHECK_FENCED(suite_expect("a", ""), suite_delete("c"));
    CHECK_FENCED(suite_expect("a", "1"), suite_expect("b", "1"), suite_delete("c"));
    CHECK_FENCED(suite_expect("a", "1"), suite_expect("b", NULL), suite_put("b", "2"));
    check_rows(NULL, NULL, 0, "a=1 b=2 c=3 d=4 e=5");
    SUITE_APPLY(suite_expect("a", "1"),
                suite_put("b", "new")); /* and the store goes on */
    check_rows("b", "c", 0, "b=new");
}
END_TEST

START_TEST(an_expect_of_an_empty_value_is_not_one_of_a_missing_key)
{
    SUITE_APPLY(suite_put("empty", ""));
    CHECK_FENCED(suite_expect("empty", NULL), suite_put("a", "1"));
    CHECK_FENCED(suite_expect("missing", ""), suite_put("a", "1"));
    SUITE_APPLY(suite_expect("empty", ""), suite_expect("missing", NULL));
    check_rows(NULL, NULL, 0, "empty=");
}
END_TEST

START_TEST(an_expect_behind_a_change_is_refused)
{
    asl_op ops[] = {suite_put("a", "1"), suite_expect("a", "1")};
    ck_assert_int_eq(suite_apply(ops, 2, NULL), ASL_EINVAL);
    check_rows(NULL, NULL, 0, "");
}
END_TEST

START_TEST(what_was_applied_is_there_after_a_reopening)
{
    fill();
    SUITE_APPLY(suite_delete("b"), suite_put("c", "33"));
    CHECK_FENCED(suite_expect("a", NULL), suite_put("f", "6"));
    if (suite_reopen())
        check_rows(NULL, NULL, 0, "a=1 c=33 d=4 e=5");
    else
        check_rows(NULL, NULL, 0, "");
}
END_TEST

Suite *store_suite(const struct store_kit *of)
{
    kit = of;
    Suite *suite = suite_create(kit->name);
    TCase *tcase = tcase_create("rows and batches");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, a_new_store_is_empty);
    tcase_add_test(tcase, get_finds_what_was_put);
    tcase_add_test(tcase, get_of_a_missing_key_is_not_found_and_leaves_the_error_alone);
    tcase_add_test(tcase, an_empty_value_is_a_value);
    tcase_add_test(tcase, a_put_replaces_a_value_by_a_shorter_and_a_longer_one);
    tcase_add_test(tcase, bytes_given_to_apply_may_change_afterwards);
    tcase_add_test(tcase, a_delete_takes_one_row);
    tcase_add_test(tcase, deleting_a_missing_key_is_no_error);
    tcase_add_test(tcase, keys_of_one_and_of_64_bytes_are_kept);
    tcase_add_test(tcase, keys_of_no_and_of_65_bytes_are_refused);
    tcase_add_test(tcase, rows_come_in_the_order_of_unsigned_bytes_shorter_first);
    tcase_add_test(tcase, a_scan_begins_with_from_and_ends_before_to);
    tcase_add_test(tcase, a_reverse_scan_gives_the_same_rows_backwards);
    tcase_add_test(tcase, a_scan_of_a_prefix_gives_its_rows_only);
    tcase_add_test(tcase, a_range_that_ends_where_or_before_it_begins_is_empty);
    tcase_add_test(tcase, a_scan_ends_with_what_its_function_returns);
    tcase_add_test(tcase, a_scan_may_look_at_its_snapshot);
    tcase_add_test(tcase, an_empty_batch_changes_nothing);
    tcase_add_test(tcase, a_later_operation_on_a_key_wins);
    tcase_add_test(tcase, an_expect_that_holds_lets_the_batch_through);
    tcase_add_test(tcase, an_expect_that_does_not_hold_keeps_the_whole_batch_out);
    tcase_add_test(tcase, an_expect_of_an_empty_value_is_not_one_of_a_missing_key);
    tcase_add_test(tcase, an_expect_behind_a_change_is_refused);
    tcase_add_test(tcase, what_was_applied_is_there_after_a_reopening);
    suite_add_tcase(suite, tcase);
    TCase *more = suite_more_tests();
    tcase_add_checked_fixture(more, setup, teardown);
    suite_add_tcase(suite, more);
    return suite;
}
