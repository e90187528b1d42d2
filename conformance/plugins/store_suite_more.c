/* SPDX-License-Identifier: Apache-2.0
 *
 * The tests of store_suite.h, part two: snapshots, threads, and large amounts.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/plugins/store_suite_kit.h"

int suite_nth_row(void *arg, asl_slice key, asl_slice value)
{
    struct suite_nth *nth = arg;
    if (nth->seen++ < nth->n)
        return 0;
    nth->key = key; /* the slices of a snapshot's rows live as long as it does */
    nth->value = value;
    return 1;
}

static void check_list(void *snapshot, const char *expected)
{
    char text[SUITE_LISTING];
    ck_assert_str_eq(suite_list(snapshot, NULL, NULL, 0, text), expected);
}

/* ---------------------------------------------------------------- snapshots */

START_TEST(a_snapshot_shows_what_was_applied_before_it_and_nothing_else)
{
    void *first = suite_snapshot();
    SUITE_APPLY(suite_put("a", "1"), suite_put("b", "1"));
    void *second = suite_snapshot();
    SUITE_APPLY(suite_put("a", "2"), suite_delete("b"), suite_put("c", "2"));
    void *third = suite_snapshot();
    SUITE_APPLY(suite_delete("a"), suite_delete("c"));
    void *fourth = suite_snapshot();
    check_list(first, "");
    check_list(second, "a=1 b=1");
    check_list(third, "a=2 c=2");
    check_list(fourth, "");
    asl_store_release(suite_store, second);
    check_list(first, "");
    check_list(third, "a=2 c=2");
    asl_store_release(suite_store, fourth);
    asl_store_release(suite_store, first);
    SUITE_APPLY(suite_put("d", "4"));
    check_list(third, "a=2 c=2");
    asl_store_release(suite_store, third);
}
END_TEST

START_TEST(a_value_stays_where_it_is_until_its_snapshot_is_released)
{
    static char big[100000];
    asl_slice small, large;
    memset(big, 'b', sizeof(big));
    asl_op op = {ASL_OP_PUT, suite_text("large"), {big, sizeof(big)}};
    SUITE_APPLY(op, suite_put("small", "s"));
    void *snapshot = suite_snapshot();
    ck_assert_int_eq(
        asl_store_get(suite_store, snapshot, suite_text("small"), &small, NULL), 0);
    ck_assert_int_eq(
        asl_store_get(suite_store, snapshot, suite_text("large"), &large, NULL), 0);
    for (int i = 0; i < 50; i++) {
        memset(big, i, sizeof(big));
        SUITE_APPLY(op, suite_put("small", "other"));
    }
    SUITE_APPLY(suite_delete("small"), suite_delete("large"));
    ck_assert_mem_eq(small.data, "s", 1);
    memset(big, 'b', sizeof(big));
    ck_assert_uint_eq(large.len, sizeof(big));
    ck_assert_mem_eq(large.data, big, sizeof(big));
    asl_store_release(suite_store, snapshot);
}
END_TEST

START_TEST(many_snapshots_live_side_by_side)
{
    enum { COUNT = 50 };
    void *snapshots[COUNT];
    char text[16], expected[32];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text, sizeof(text), "%d", i);
        SUITE_APPLY(suite_put("n", text));
        snapshots[i] = suite_snapshot();
    }
    for (int i = 0; i < COUNT; i++) {
        int k = i * 7 % COUNT; /* in another order than they were taken in */
        snprintf(expected, sizeof(expected), "n=%d", k);
        check_list(snapshots[k], expected);
        asl_store_release(suite_store, snapshots[k]);
    }
}
END_TEST

/* ---------------------------------------------------------------- threads */

enum { WIDTH = 64, ROUNDS = 300, READERS = 3 };

struct race {
    asl_store *store;
    atomic_uint applied; /* the last batch that is known to be applied */
    atomic_bool over;
    atomic_uint errors;
};

/* Batch n writes n into all rows, and puts or deletes one more. */
static int write_round(asl_store *store, unsigned n)
{
    char keys[WIDTH][8];
    asl_op ops[WIDTH + 1];
    for (size_t i = 0; i < WIDTH; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%03zu", i);
        ops[i] = (asl_op){ASL_OP_PUT, {keys[i], 4}, {&n, sizeof(n)}};
    }
    ops[WIDTH] =
        (asl_op){n % 2 ? ASL_OP_PUT : ASL_OP_DELETE, {"odd", 3}, {&n, sizeof(n)}};
    return asl_store_apply(store, &(asl_batch){ops, WIDTH + 1}, NULL);
}

struct seen {
    unsigned rows, number;
    bool torn;
};

static int see_row(void *arg, asl_slice key, asl_slice value)
{
    struct seen *seen = arg;
    unsigned number;
    memcpy(&number, value.data, sizeof(number));
    seen->torn |= seen->rows++ && number != seen->number;
    seen->number = number;
    return 0;
}

static bool read_round(struct race *race)
{
    unsigned before = atomic_load(&race->applied);
    void *snapshot;
    if (asl_store_snapshot(race->store, &snapshot, NULL))
        return false;
    bool good = true;
    struct seen first = {0};
    for (int i = 0; i < 3; i++) {
        struct seen seen = {0};
        if (asl_store_scan(race->store, snapshot, (asl_slice){0}, (asl_slice){0}, i % 2,
                           see_row, &seen, NULL))
            good = false;
        if (i == 0)
            first = seen;
        good = good && !seen.torn && seen.number >= before &&
               seen.number == first.number && seen.rows == WIDTH + seen.number % 2;
    }
    asl_store_release(race->store, snapshot);
    return good;
}

static void *reader(void *arg)
{
    struct race *race = arg;
    while (!atomic_load(&race->over))
        if (!read_round(race))
            atomic_fetch_add(&race->errors, 1);
    return NULL;
}

START_TEST(snapshots_are_whole_while_applies_run)
{
    struct race race = {.store = suite_store};
    pthread_t threads[READERS];
    ck_assert_int_eq(write_round(suite_store, 1), 0);
    atomic_store(&race.applied, 1);
    for (int i = 0; i < READERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, reader, &race), 0);
    int rc = 0;
    for (unsigned n = 2; !rc && n <= ROUNDS; n++) {
        rc = write_round(suite_store, n);
        atomic_store(&race.applied, n);
    }
    atomic_store(&race.over, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(rc, 0);
    ck_assert_uint_eq(atomic_load(&race.errors), 0);
}
END_TEST

static void *release_elsewhere(void *arg)
{
    asl_store_release(suite_store, arg);
    return NULL;
}

START_TEST(a_snapshot_may_be_used_and_released_on_another_thread)
{
    pthread_t thread;
    SUITE_APPLY(suite_put("a", "1"));
    for (int i = 0; i < 10; i++) {
        void *snapshot = suite_snapshot();
        ck_assert_int_eq(pthread_create(&thread, NULL, release_elsewhere, snapshot), 0);
        pthread_join(thread, NULL);
        SUITE_APPLY(suite_put("a", "2"));
    }
}
END_TEST

/* ---------------------------------------------------------------- large amounts */

START_TEST(values_of_a_mebibyte_are_kept_byte_by_byte)
{
    enum { SIZE = 1 << 20, COUNT = 5 };
    unsigned char *big = malloc(SIZE);
    char key[16];
    ck_assert_ptr_nonnull(big);
    for (int i = 0; i < COUNT; i++) {
        for (size_t b = 0; b < SIZE; b++)
            big[b] = (unsigned char)(b * 31 + b / 251 + (size_t)i);
        snprintf(key, sizeof(key), "big%d", i);
        asl_op op = {ASL_OP_PUT, suite_text(key), {big, SIZE - (size_t)i}};
        SUITE_APPLY(op, suite_put("other", "small"));
    }
    SUITE_APPLY(suite_delete("big1"));
    suite_reopen();
    void *snapshot = suite_snapshot();
    asl_slice value;
    int rc = asl_store_get(suite_store, snapshot, suite_text("big4"), &value, NULL);
    if (rc == 0) {
        ck_assert_uint_eq(value.len, SIZE - 4);
        ck_assert_mem_eq(value.data, big, SIZE - 4);
        rc = asl_store_get(suite_store, snapshot, suite_text("big1"), &value, NULL);
    }
    ck_assert_int_eq(rc, ASL_ENOTFOUND); /* big1, or all of it in a store that forgets */
    asl_store_release(suite_store, snapshot);
    free(big);
}
END_TEST

/* A plain list of what the store must hold: row i has key "k<i>" and `lens[i]` - 1 bytes of
 * fill, 0: is missing. */
enum { KEYS = 1500 };
struct model {
    uint32_t random;
    uint16_t lens[KEYS];
    unsigned char fills[KEYS];
};

static uint32_t next_random(struct model *model, uint32_t below)
{
    model->random = model->random * 1664525u + 1013904223u;
    return (model->random >> 8) % below;
}

struct model_batch {
    asl_op ops[400];
    char keys[400][8];
    size_t count;
};

static void random_batch(struct model *model, struct model_batch *batch, bool shrink)
{
    static char fills[256][4096];
    uint32_t start = next_random(model, KEYS);
    bool run = next_random(model, 2); /* of neighbours, as when an execution is deleted */
    batch->count = next_random(model, 400);
    for (size_t i = 0; i < batch->count; i++) {
        uint32_t k = run ? (start + (uint32_t)i) % KEYS : next_random(model, KEYS);
        snprintf(batch->keys[i], sizeof(batch->keys[i]), "k%05u", (unsigned)k);
        batch->ops[i] = suite_delete(batch->keys[i]);
        model->lens[k] = 0;
        if (next_random(model, 10) < (shrink ? 2u : 7u)) {
            uint32_t len = next_random(model, next_random(model, 20) ? 60 : 4096);
            uint32_t fill = next_random(model, 256);
            memset(fills[fill], (int)fill, sizeof(fills[fill]));
            batch->ops[i].kind = ASL_OP_PUT;
            batch->ops[i].value = (asl_slice){fills[fill], len};
            model->lens[k] = (uint16_t)(len + 1);
            model->fills[k] = (unsigned char)fill;
        }
    }
}

struct model_scan {
    const struct model *model;
    int next, step; /* the row looked at next; up or down */
    bool wrong;
};

static int model_row(void *arg, asl_slice key, asl_slice value)
{
    struct model_scan *scan = arg;
    const struct model *model = scan->model;
    char expected[16];
    while (scan->next >= 0 && scan->next < KEYS && !model->lens[scan->next])
        scan->next += scan->step;
    if (scan->next < 0 || scan->next >= KEYS)
        return scan->wrong = true;
    int len = snprintf(expected, sizeof(expected), "k%05d", scan->next);
    const unsigned char *bytes = value.data;
    scan->wrong = key.len != (size_t)len || memcmp(key.data, expected, key.len) ||
                  value.len + 1 != model->lens[scan->next];
    if (!scan->wrong && value.len)
        scan->wrong = bytes[0] != model->fills[scan->next] ||
                      bytes[value.len - 1] != model->fills[scan->next];
    scan->next += scan->step;
    return scan->wrong;
}

/* Compares the rows first <= i < end, in both directions. */
static void check_model(const struct model *model, void *snapshot, int first, int end)
{
    char from[16], to[16];
    snprintf(from, sizeof(from), "k%05d", first);
    snprintf(to, sizeof(to), "k%05d", end);
    for (int reverse = 0; reverse <= 1; reverse++) {
        struct model_scan scan = {model, reverse ? end - 1 : first, reverse ? -1 : 1,
                                  false};
        int rc = asl_store_scan(suite_store, snapshot, suite_text(from), suite_text(to),
                                reverse, model_row, &scan, NULL);
        ck_assert_int_eq(rc, 0);
        ck_assert(!scan.wrong);
        for (; reverse ? scan.next >= first : scan.next < end; scan.next += scan.step)
            ck_assert_int_eq(model->lens[scan.next], 0); /* nothing was left out */
    }
}

START_TEST(random_batches_leave_what_they_should)
{
    static struct model model, old;
    static struct model_batch batch;
    model = (struct model){.random = 12345};
    for (int round = 0; round < 150; round++) {
        old = model;
        void *before = suite_snapshot();
        random_batch(&model, &batch, round / 30 % 2);
        asl_error error = {0};
        int rc = suite_apply(batch.ops, batch.count, &error);
        ck_assert_msg(rc == 0, "apply: %s", error.text);
        void *after = suite_snapshot();
        int first = (int)next_random(&model, KEYS);
        int end = first + (int)next_random(&model, (uint32_t)(KEYS - first));
        check_model(&model, after, 0, KEYS);
        check_model(&model, after, first, end);
        check_model(&old, before, 0, KEYS);
        asl_store_release(suite_store, before);
        asl_store_release(suite_store, after);
    }
    void *snapshot;
    if (suite_reopen()) {
        snapshot = suite_snapshot();
        check_model(&model, snapshot, 0, KEYS);
        asl_store_release(suite_store, snapshot);
    }
}
END_TEST

static int count_row(void *arg, asl_slice key, asl_slice value)
{
    ++*(size_t *)arg;
    return 0;
}

static size_t count_rows(void)
{
    size_t count = 0;
    void *snapshot = suite_snapshot();
    ck_assert_int_eq(asl_store_scan(suite_store, snapshot, suite_text(NULL),
                                    suite_text(NULL), 0, count_row, &count, NULL),
                     0);
    asl_store_release(suite_store, snapshot);
    return count;
}

START_TEST(a_batch_of_many_rows_rising_or_falling_is_one_batch)
{
    enum { COUNT = 20000 };
    char(*keys)[8] = calloc(COUNT, sizeof(*keys));
    asl_op *ops = calloc(COUNT, sizeof(*ops));
    ck_assert(keys && ops);
    for (int falling = 0; falling <= 1; falling++) {
        for (size_t i = 0; i < COUNT; i++) {
            snprintf(keys[i], sizeof(keys[i]), "%06u",
                     (unsigned)(falling ? COUNT - 1 - i : i));
            ops[i] = suite_put(keys[i], "value");
        }
        ck_assert_int_eq(suite_apply(ops, COUNT, NULL), 0);
        ck_assert_uint_eq(count_rows(), COUNT);
        for (size_t i = 0; i < COUNT; i++)
            ops[i] = suite_delete(keys[i]);
        ck_assert_int_eq(suite_apply(ops, COUNT / 2, NULL), 0);
        ck_assert_uint_eq(count_rows(), COUNT / 2);
        ck_assert_int_eq(suite_apply(ops, COUNT, NULL), 0);
        ck_assert_uint_eq(count_rows(), 0);
    }
    free(keys);
    free(ops);
}
END_TEST

TCase *suite_more_tests(void)
{
    TCase *tcase = tcase_create("snapshots and amounts");
    tcase_set_timeout(tcase, 0);
    tcase_add_test(tcase, a_snapshot_shows_what_was_applied_before_it_and_nothing_else);
    tcase_add_test(tcase, a_value_stays_where_it_is_until_its_snapshot_is_released);
    tcase_add_test(tcase, many_snapshots_live_side_by_side);
    tcase_add_test(tcase, snapshots_are_whole_while_applies_run);
    tcase_add_test(tcase, a_snapshot_may_be_used_and_released_on_another_thread);
    tcase_add_test(tcase, values_of_a_mebibyte_are_kept_byte_by_byte);
    tcase_add_test(tcase, random_batches_leave_what_they_should);
    tcase_add_test(tcase, a_batch_of_many_rows_rising_or_falling_is_one_batch);
    return tcase;
}
