/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of utf8.h: every character goes through, everything else is refused.
 */
#include "engine/base/utf8.h"

#include <string.h>

#include "conformance/kit/unit.h"

START_TEST(every_character_reads_back)
{
    for (uint32_t c = 0; c <= 0x10ffff; c += c < 0x1000 ? 1 : 251) {
        char buf[4];
        uint32_t back = 0;
        if (c >= 0xd800 && c < 0xe000)
            continue;
        size_t len = asli_utf8_encode(c, buf);
        if (asli_utf8_decode(buf, buf + len, &back) != len || back != c)
            ck_abort_msg("U+%04X does not read back", c);
    }
}
END_TEST

START_TEST(what_is_not_utf8_is_refused)
{
    static const char *const bad[] = {
        "\x80",             /* a tail alone */
        "\xc3",             /* cut short */
        "\xc3(",            /* no tail */
        "\xc0\xaf",         /* overlong */
        "\xe0\x80\x80",     /* overlong */
        "\xf0\x80\x80\x80", /* overlong */
        "\xed\xa0\x80",     /* a surrogate */
        "\xf4\x90\x80\x80", /* above U+10FFFF */
        "\xf8\x88\x80\x80",
        "\xff",
    };
    uint32_t c;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (asli_utf8_decode(bad[i], bad[i] + strlen(bad[i]), &c))
            ck_abort_msg("bad text %zu is taken", i);
}
END_TEST

START_TEST(check_finds_the_first_bad_place)
{
    static const char text[] =
        "plain ascii, then \xc3\xa9\xe2\x82\xac and \xff more text";
    const char *end = text + sizeof text - 1;
    ck_assert_ptr_eq(asli_utf8_check(text, end), strchr(text, '\xff'));
    ck_assert_ptr_null(asli_utf8_check(text, strchr(text, '\xff')));
    ck_assert_ptr_null(asli_utf8_check(text, text));
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/utf8");
    TCase *t = tcase_create("utf8");
    tcase_add_test(t, every_character_reads_back);
    tcase_add_test(t, what_is_not_utf8_is_refused);
    tcase_add_test(t, check_finds_the_first_bad_place);
    suite_add_tcase(suite, t);
    return suite;
}
