/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of bytes.h: what is written reads back, and damaged bytes are refused for good.
 */
#include "engine/base/bytes.h"

#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"

static struct asli_reader reader_of(const struct asli_bytes *b)
{
    struct asli_reader r;
    asli_reader_init(&r, b->data, b->len);
    return r;
}

START_TEST(appends_make_one_text)
{
    struct asli_bytes b = {0};
    asli_bytes_adds(&b, "ab");
    asli_bytes_addc(&b, 'c');
    asli_bytes_addf(&b, "%d%s", 4, "e");
    asli_bytes_add(&b, NULL, 0);
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&b);
    ck_assert_str_eq(text, "abc4e");
    ck_assert_uint_eq(b.len, 0);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(taking_the_text_of_nothing_gives_an_empty_text)
{
    struct asli_bytes b = {0};
    ASLI_AUTO(text) char *text = asli_bytes_take_text(&b);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(growth_keeps_everything)
{
    struct asli_bytes b = {0};
    for (int i = 0; i < 100000; i++)
        asli_bytes_u8(&b, (unsigned)i);
    ck_assert_uint_eq(b.len, 100000);
    for (size_t i = 0; i < b.len; i++)
        ck_assert_uint_eq((unsigned char)b.data[i], i & 0xff);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(reset_keeps_the_room)
{
    struct asli_bytes b = {0};
    asli_bytes_adds(&b, "hello");
    char *data = b.data;
    asli_bytes_reset(&b);
    asli_bytes_adds(&b, "bye");
    ck_assert_ptr_eq(b.data, data);
    ck_assert_uint_eq(b.len, 3);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(a_failed_append_sticks)
{
    struct asli_bytes b = {0};
    asli_bytes_adds(&b, "ab");
    ck_assert(!asli_bytes_reserve(&b, SIZE_MAX / 2)); /* more than any machine has */
    ck_assert(b.oom);
    asli_bytes_addc(&b, 'c');
    asli_bytes_adds(&b, "d");
    ck_assert_uint_eq(b.len, 2);
    ck_assert_ptr_null(asli_bytes_take_text(&b));
    ck_assert(!b.oom);
}
END_TEST

START_TEST(integers_read_back)
{
    static const uint64_t values[] = {0,     1,          127,       128,       16383,
                                      16384, UINT32_MAX, INT64_MAX, UINT64_MAX};
    struct asli_bytes b = {0};
    size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        asli_bytes_uint(&b, values[i]);
        asli_bytes_int(&b, (int64_t)values[i]);
        asli_bytes_int(&b, -(int64_t)(values[i] / 2));
        asli_bytes_be64(&b, values[i]);
    }
    asli_bytes_int(&b, INT64_MIN);
    struct asli_reader r = reader_of(&b);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_eq(asli_read_uint(&r), values[i]);
        ck_assert_int_eq(asli_read_int(&r), (int64_t)values[i]);
        ck_assert_int_eq(asli_read_int(&r), -(int64_t)(values[i] / 2));
        ck_assert_uint_eq(asli_read_be64(&r), values[i]);
    }
    ck_assert_int_eq(asli_read_int(&r), INT64_MIN);
    ck_assert(!r.bad && r.p == r.end);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(small_integers_take_one_byte)
{
    struct asli_bytes b = {0};
    asli_bytes_uint(&b, 127);
    asli_bytes_int(&b, -64);
    asli_bytes_int(&b, 63);
    ck_assert_uint_eq(b.len, 3);
    asli_bytes_uint(&b, UINT64_MAX);
    ck_assert_uint_eq(b.len, 13);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(be64_sorts_as_the_number)
{
    struct asli_bytes b = {0};
    asli_bytes_be64(&b, 255);
    asli_bytes_be64(&b, 256);
    ck_assert_int_lt(memcmp(b.data, b.data + 8, 8), 0);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(texts_and_blobs_read_back)
{
    struct asli_bytes b = {0};
    asli_bytes_text(&b, NULL);
    asli_bytes_text(&b, "");
    asli_bytes_text(&b, "text");
    asli_bytes_blob(&b, "a\0b", 3);
    asli_bytes_blob(&b, NULL, 0);
    struct asli_reader r = reader_of(&b);
    ck_assert_ptr_null(asli_read_text(&r));
    ASLI_AUTO(text) char *empty = asli_read_text(&r);
    ASLI_AUTO(text) char *text = asli_read_text(&r);
    ck_assert_str_eq(empty, "");
    ck_assert_str_eq(text, "text");
    size_t len;
    const char *blob = asli_read_blob(&r, &len);
    ck_assert_uint_eq(len, 3);
    ck_assert_mem_eq(blob, "a\0b", 3);
    ck_assert_ptr_nonnull(asli_read_blob(&r, &len));
    ck_assert_uint_eq(len, 0);
    ck_assert(!r.bad && r.p == r.end);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(a_skipped_text_is_the_one_that_is_read)
{
    struct asli_bytes b = {0};
    struct asli_reader r;
    asli_bytes_text(&b, "abc");
    asli_bytes_text(&b, "");
    asli_bytes_text(&b, NULL);
    asli_reader_init(&r, b.data, b.len);
    ck_assert(asli_skip_text(&r));
    ck_assert(asli_skip_text(&r));
    ck_assert(!asli_skip_text(&r));
    ck_assert(!r.bad && r.p == r.end);
    ck_assert(!asli_skip_text(&r));
    ck_assert(r.bad);
    asli_bytes_done(&b);
}
END_TEST

START_TEST(reading_past_the_end_sticks)
{
    struct asli_reader r;
    asli_reader_init(&r, "\x05", 1);
    ck_assert_uint_eq(asli_read_be64(&r), 0);
    ck_assert(r.bad);
    ck_assert_uint_eq(asli_read_u8(&r), 0); /* though there is a byte */
    ck_assert_ptr_null(asli_read_text(&r));
}
END_TEST

START_TEST(bytes_past_the_end_are_zeros)
{
    struct asli_reader r;
    char to[4];
    asli_reader_init(&r, "abcdef", 6);
    asli_read_bytes(&r, to, sizeof to);
    ck_assert_mem_eq(to, "abcd", 4);
    ck_assert(!r.bad);
    asli_read_bytes(&r, to, sizeof to);
    ck_assert_mem_eq(to, "\0\0\0", 4);
    ck_assert(r.bad);
}
END_TEST

START_TEST(a_length_beyond_the_end_is_bad)
{
    static const unsigned char huge[] = {0xff, 0xff, 0xff, 0xff, 0xff,
                                         0xff, 0xff, 0xff, 0xff, 0x01};
    struct asli_reader r;
    size_t len = 9;
    asli_reader_init(&r, huge, sizeof huge);
    ck_assert_ptr_null(asli_read_blob(&r, &len));
    ck_assert(r.bad);
    ck_assert_uint_eq(len, 0);
    asli_reader_init(&r, huge, sizeof huge);
    ck_assert_ptr_null(asli_read_text(&r));
    ck_assert(r.bad);
}
END_TEST

START_TEST(an_integer_beyond_64_bits_is_bad)
{
    struct asli_reader r;
    asli_reader_init(&r, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10);
    ck_assert_uint_eq(asli_read_uint(&r), 0);
    ck_assert(r.bad);
    asli_reader_init(&r, "\xff\xff", 2); /* and one that goes on after the end */
    ck_assert_uint_eq(asli_read_uint(&r), 0);
    ck_assert(r.bad);
}
END_TEST

START_TEST(a_reader_of_nothing_is_at_its_end)
{
    struct asli_reader r;
    asli_reader_init(&r, NULL, 0);
    ck_assert(!r.bad && r.p == r.end);
    ck_assert_uint_eq(asli_read_u8(&r), 0);
    ck_assert(r.bad);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/bytes");
    TCase *t = tcase_create("bytes");
    tcase_add_test(t, appends_make_one_text);
    tcase_add_test(t, taking_the_text_of_nothing_gives_an_empty_text);
    tcase_add_test(t, growth_keeps_everything);
    tcase_add_test(t, reset_keeps_the_room);
    tcase_add_test(t, a_failed_append_sticks);
    tcase_add_test(t, integers_read_back);
    tcase_add_test(t, small_integers_take_one_byte);
    tcase_add_test(t, be64_sorts_as_the_number);
    tcase_add_test(t, texts_and_blobs_read_back);
    tcase_add_test(t, a_skipped_text_is_the_one_that_is_read);
    tcase_add_test(t, reading_past_the_end_sticks);
    tcase_add_test(t, bytes_past_the_end_are_zeros);
    tcase_add_test(t, a_length_beyond_the_end_is_bad);
    tcase_add_test(t, an_integer_beyond_64_bits_is_bad);
    tcase_add_test(t, a_reader_of_nothing_is_at_its_end);
    suite_add_tcase(suite, t);
    return suite;
}
