/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of alloc.h: what the blocks and texts it hands out hold.
 */
#include "engine/base/alloc.h"

#include <string.h>

#include "conformance/kit/unit.h"

START_TEST(alloc_gives_zeroed_memory)
{
    unsigned char *block = asli_alloc(100);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(block[i], 0);
    asli_free(block);
}
END_TEST

START_TEST(alloc_of_nothing_is_a_valid_pointer)
{
    void *block = asli_alloc(0);
    ck_assert_ptr_nonnull(block);
    block = asli_realloc(block, 0);
    ck_assert_ptr_nonnull(block);
    asli_free(block);
}
END_TEST

START_TEST(realloc_keeps_the_content)
{
    char *block = asli_realloc(NULL, 4);
    memcpy(block, "abc", 4);
    block = asli_realloc(block, 5000);
    ck_assert_str_eq(block, "abc");
    asli_free(block);
}
END_TEST

START_TEST(strdup_of_null_is_null)
{
    ck_assert_ptr_null(asli_strdup(NULL));
}
END_TEST

START_TEST(strndup_copies_exactly_and_ends_with_nul)
{
    ASLI_AUTO(text) char *text = asli_strndup("a\0bc", 3);
    ck_assert_mem_eq(text, "a\0b", 4);
    ASLI_AUTO(text) char *empty = asli_strndup(NULL, 0);
    ck_assert_str_eq(empty, "");
    ck_assert_ptr_null(asli_strndup("", (size_t)-1));
}
END_TEST

START_TEST(printf_formats_short_and_long_texts)
{
    ASLI_AUTO(text) char *brief = asli_printf("%s=%d", "x", 7);
    ck_assert_str_eq(brief, "x=7");
    for (int len = 254; len < 259;
         len++) { /* around the size of the buffer on the stack */
        ASLI_AUTO(text) char *text = asli_printf("%*d", len, 1);
        ck_assert_uint_eq(strlen(text), (size_t)len);
        ck_assert_int_eq(text[len - 1], '1');
    }
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/alloc");
    TCase *t = tcase_create("alloc");
    tcase_add_test(t, alloc_gives_zeroed_memory);
    tcase_add_test(t, alloc_of_nothing_is_a_valid_pointer);
    tcase_add_test(t, realloc_keeps_the_content);
    tcase_add_test(t, strdup_of_null_is_null);
    tcase_add_test(t, strndup_copies_exactly_and_ends_with_nul);
    tcase_add_test(t, printf_formats_short_and_long_texts);
    suite_add_tcase(suite, t);
    return suite;
}
