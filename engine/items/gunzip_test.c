/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of items in files packed by gzip, as an S3 Inventory has them: read whole, read on at any
 * position, and damaged.
 */
#include <zlib.h>

#include "engine/items/items_test.h"

#define INVENTORY "{\"InputType\":\"MANIFEST\",\"ManifestType\":\"S3_INVENTORY\"}"
enum { ROWS = 30000 };

static char plain[ROWS * 16], packed[sizeof plain];

/* Packs `text`, in two members when it is to be `split`; the packed length. */
static size_t pack(const char *text, size_t len, size_t split)
{
    size_t done = 0;
    for (size_t at = 0; at < len || !done; at = split && at < split ? split : len) {
        size_t end = split && at < split ? split : len;
        z_stream z = {0};
        deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
        z.next_in = (unsigned char *)text + at;
        z.avail_in = (unsigned)(end - at);
        z.next_out = (unsigned char *)packed + done;
        z.avail_out = (unsigned)(sizeof packed - done);
        ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
        done += z.total_out;
        deflateEnd(&z);
    }
    return done;
}

static size_t put_inventory(size_t split)
{
    size_t len = 0;
    for (int i = 0; i < ROWS; i++)
        len += (size_t)snprintf(plain + len, 16, "\"k%d\"\n", i * 7919);
    size_t packed_len = pack(plain, len, split);
    mem_objects_put(&store, "b", "f.csv.gz", packed, packed_len);
    put("m.json", "{\"destinationBucket\":\"b\",\"fileFormat\":\"CSV\",\"fileSchema\":"
                  "\"Key\",\"files\":[{\"key\":\"f.csv.gz\"}]}");
    return packed_len;
}

/* Reads `count` items, then where it stands; then the number of those that are left. */
static int read_split(int count, int *ret_rest)
{
    struct asli_items_config config = {0};
    struct asli_failure failure = {NULL, NULL};
    struct asli_items *items = NULL;
    struct asli_item item;
    struct asli_bytes at = {0};
    ck_assert_int_eq(configure(false, "m.json", INVENTORY, &config, &failure), 0);
    int rc = asli_items_open(objects, &config, NULL, 0, &items, &failure, NULL);
    for (int i = 0; i < count && !rc; i++) {
        rc = asli_items_next(items, &item, &failure, NULL);
        json_decref(rc ? NULL : item.value);
    }
    if (!rc)
        asli_items_position(items, &at);
    asli_items_close(items);
    items = NULL;
    if (!rc)
        rc = asli_items_open(objects, &config, at.data, at.len, &items, &failure, NULL);
    *ret_rest = 0;
    while (!rc && !(rc = asli_items_next(items, &item, &failure, NULL)) && item.value) {
        char key[20];
        snprintf(key, sizeof key, "k%d", (count + *ret_rest) * 7919);
        ck_assert_str_eq(json_string_value(json_object_get(item.value, "Key")), key);
        json_decref(item.value);
        ++*ret_rest;
    }
    asli_items_close(items);
    asli_failure_done(&failure);
    asli_items_config_done(&config);
    asli_bytes_done(&at);
    return rc;
}

START_TEST(packed_files_are_read_from_any_position)
{
    static const int cuts[] = {0, 1, 5000, 29999, 30000};
    int rest;
    put_inventory(_i ? 12000 : 0);
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        ck_assert_int_eq(read_split(cuts[i], &rest), 0);
        ck_assert_int_eq(rest, ROWS - cuts[i]);
    }
}
END_TEST

START_TEST(a_packed_file_that_is_cut_or_damaged_is_a_failure)
{
    int rest;
    size_t len = put_inventory(0);
    mem_objects_put(&store, "b", "f.csv.gz", packed, len / 2);
    ck_assert_int_eq(read_split(0, &rest), ASLI_FAILED);
    packed[len - 5] ^= 1; /* its check sum */
    mem_objects_put(&store, "b", "f.csv.gz", packed, len);
    ck_assert_int_eq(read_split(0, &rest), ASLI_FAILED);
    put("f.csv.gz", "not packed at all");
    ck_assert_int_eq(read_split(0, &rest), ASLI_FAILED);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("gunzip");
    TCase *t = tcase_create("gunzip");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, packed_files_are_read_from_any_position, 0, 2);
    tcase_add_test(t, a_packed_file_that_is_cut_or_damaged_is_a_failure);
    suite_add_tcase(suite, t);
    return suite;
}
