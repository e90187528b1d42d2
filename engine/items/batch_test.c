/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of batch.h: how many items are in a batch, by count and by bytes.
 */
#include "engine/items/batch.h"

#include "engine/items/items_test.h"

static struct asli_batcher_config config_of(int64_t items, int64_t bytes,
                                            const char *input)
{
    return (struct asli_batcher_config){
        .max_items = items, .max_bytes = bytes, .input = input ? json_of(input) : NULL};
}

/* The inputs of all batches of an array's items, by blanks. */
static const char *batches(struct asli_batcher_config config, const char *array)
{
    static char joined[2000];
    struct asli_batcher *batcher;
    struct asli_failure failure = {NULL, NULL};
    ASLI_AUTO(json) json_t *items = json_of(array);
    struct asli_bytes out = {0};
    int rc = 0;
    ck_assert_int_eq(asli_batcher_new(&config, &batcher, NULL), 0);
    for (size_t i = 0; !rc && i <= json_array_size(items);) {
        bool taken = false;
        json_t *input;
        if (i < json_array_size(items))
            rc = asli_batcher_offer(batcher, json_array_get(items, i), &taken, &failure,
                                    NULL);
        i += taken;
        if (rc || taken)
            continue;
        ck_assert_int_eq(asli_batcher_take(batcher, &input, NULL), 0);
        asli_bytes_adds(&out, out.len ? " " : "");
        asli_json_write(input, &out, NULL);
        json_decref(input);
        if (i == json_array_size(items))
            break;
    }
    snprintf(joined, sizeof joined, "%s%.*s", rc ? failure.cause : "", (int)out.len,
             out.len ? out.data : "");
    asli_failure_done(&failure);
    asli_bytes_done(&out);
    asli_batcher_free(batcher);
    asli_batcher_config_done(&config);
    return joined;
}

START_TEST(items_are_counted)
{
    ck_assert_str_eq(batches(config_of(2, 0, NULL), "[1,2,3]"),
                     "{\"Items\":[1,2]} {\"Items\":[3]}");
    ck_assert_str_eq(batches(config_of(2, 0, NULL), "[1,2]"), "{\"Items\":[1,2]}");
}
END_TEST

START_TEST(each_batch_has_the_input)
{
    ck_assert_str_eq(batches(config_of(1, 0, "{\"k\":true}"), "[1,2]"),
                     "{\"BatchInput\":{\"k\":true},\"Items\":[1]} "
                     "{\"BatchInput\":{\"k\":true},\"Items\":[2]}");
}
END_TEST

START_TEST(bytes_are_those_of_the_whole_text)
{
    /* {"Items":["a","b"]} has 19 bytes. */
    ck_assert_str_eq(batches(config_of(0, 19, NULL), "[\"a\",\"b\",\"c\"]"),
                     "{\"Items\":[\"a\",\"b\"]} {\"Items\":[\"c\"]}");
    ck_assert_str_eq(batches(config_of(0, 18, NULL), "[\"a\",\"b\"]"),
                     "{\"Items\":[\"a\"]} {\"Items\":[\"b\"]}");
    ck_assert_str_eq(batches(config_of(0, 14, NULL), "[\"a\"]"),
                     "A batch with a single item has a size exceeding the maximum of 14 "
                     "bytes.");
}
END_TEST

START_TEST(no_batch_is_larger_than_a_payload)
{
    struct asli_batcher_config config = config_of(0, 1 << 30, NULL);
    struct asli_batcher *batcher;
    struct asli_failure failure = {NULL, NULL};
    static char large[100001];
    bool taken = true;
    memset(large, 'x', sizeof large - 1);
    ASLI_AUTO(json) json_t *item = json_string(large);
    ck_assert_int_eq(asli_batcher_new(&config, &batcher, NULL), 0);
    while (taken)
        ck_assert_int_eq(asli_batcher_offer(batcher, item, &taken, &failure, NULL), 0);
    ck_assert_uint_eq(asli_batcher_count(batcher), 2);
    asli_batcher_free(batcher);
}
END_TEST

START_TEST(numbers_are_checked)
{
    struct asli_batcher_config config;
    struct asli_failure failure = {NULL, NULL};
    ASLI_AUTO(json) json_t *zero = json_integer(0);
    ASLI_AUTO(json) json_t *text = json_string("1");
    ck_assert_int_eq(asli_batcher_configure(zero, NULL, NULL, &config, &failure, NULL),
                     ASLI_FAILED);
    ck_assert_str_eq(failure.cause, "field MaxItemsPerBatch must be positive");
    ck_assert_int_eq(asli_batcher_configure(NULL, text, NULL, &config, &failure, NULL),
                     ASLI_FAILED);
    ck_assert_str_eq(failure.cause, "The field MaxInputBytesPerBatch is not valid.");
    asli_failure_done(&failure);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *t = tcase_create("batch");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, items_are_counted);
    tcase_add_test(t, each_batch_has_the_input);
    tcase_add_test(t, bytes_are_those_of_the_whole_text);
    tcase_add_test(t, no_batch_is_larger_than_a_payload);
    tcase_add_test(t, numbers_are_checked);
    suite_add_tcase(suite, t);
    return suite;
}
