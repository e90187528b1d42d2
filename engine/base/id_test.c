/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of id.h: forms of UUIDs and tokens, the hash's stability, the name rule.
 */
#include "engine/base/id.h"

#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"

START_TEST(a_uuid_is_of_version_4)
{
    unsigned char random[16];
    char text[37];
    memset(random, 0xff, sizeof random);
    asli_uuid_format(random, text);
    ck_assert_str_eq(text, "ffffffff-ffff-4fff-bfff-ffffffffffff");
    memset(random, 0, sizeof random);
    random[0] = 0x1a;
    asli_uuid_format(random, text);
    ck_assert_str_eq(text, "1a000000-0000-4000-8000-000000000000");
}
END_TEST

START_TEST(a_uuid_reads_back)
{
    unsigned char bytes[16], again[16];
    char text[37];
    memset(bytes, 0x4f, sizeof bytes);
    bytes[8] = 0x9f;
    asli_uuid_format(bytes, text);
    ck_assert(asli_uuid_parse(text, again));
    ck_assert_mem_eq(bytes, again, sizeof bytes);
    text[8] = '0';
    ck_assert(!asli_uuid_parse(text, again));
    ck_assert(!asli_uuid_parse("4F4f4f4f-4f4f-4f4f-9f4f-4f4f4f4f4f4f", again));
}
END_TEST

START_TEST(the_hash_never_changes)
{
    /* Stored rows are keyed by it. */
    ck_assert_uint_eq(asli_hash("", 0), UINT64_C(0xefd01f60ba992926));
    ck_assert_uint_eq(asli_hash("execution", 9), UINT64_C(0xfeebd6e97f783843));
}
END_TEST

START_TEST(the_hash_spreads_similar_names)
{
    unsigned char seen[4096 / 8] = {0};
    int used = 0;
    for (int i = 0; i < 4096; i++) {
        char name[16];
        int len = snprintf(name, sizeof name, "run-%d", i);
        unsigned slot = (unsigned)(asli_hash(name, (size_t)len) & 4095);
        used += !(seen[slot / 8] >> slot % 8 & 1);
        seen[slot / 8] |= (unsigned char)(1 << slot % 8);
    }
    ck_assert_int_gt(used, 2400); /* random: 63 %, 2589 */
}
END_TEST

START_TEST(a_token_reads_back)
{
    struct asli_token token = {.execution = 0x0123456789abcdef, .frame = 7}, back;
    char text[ASLI_TOKEN_LEN + 1];
    memset(token.secret, 0xa5, sizeof token.secret);
    asli_token_format(&token, text);
    ck_assert_str_eq(text, "0123456789abcdef0000000000000007"
                           "a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5");
    ck_assert(asli_token_parse(text, &back));
    ck_assert_uint_eq(back.execution, token.execution);
    ck_assert_uint_eq(back.frame, 7);
    ck_assert_mem_eq(back.secret, token.secret, sizeof token.secret);
}
END_TEST

START_TEST(a_token_has_one_form)
{
    struct asli_token token = {.execution = 1}, back = {.execution = 99};
    char text[ASLI_TOKEN_LEN + 2];
    asli_token_format(&token, text);
    text[20] = 'A'; /* upper case */
    ck_assert(!asli_token_parse(text, &back));
    text[20] = 'g';
    ck_assert(!asli_token_parse(text, &back));
    text[20] = '\0'; /* short */
    ck_assert(!asli_token_parse(text, &back));
    text[20] = '0';
    memcpy(text + ASLI_TOKEN_LEN, "0", 2); /* long */
    ck_assert(!asli_token_parse(text, &back));
    ck_assert(!asli_token_parse("", &back));
    ck_assert(!asli_token_parse(NULL, &back));
    ck_assert_uint_eq(back.execution, 99);
}
END_TEST

START_TEST(names_of_1_to_80_characters_are_valid)
{
    char name[200];
    ck_assert(asli_name_valid("a"));
    ck_assert(asli_name_valid("My-State.Machine_1!(x)+=@'"));
    ck_assert(asli_name_valid("caf\xc3\xa9"));
    memset(name, 'n', sizeof name);
    name[80] = '\0';
    ck_assert(asli_name_valid(name));
    name[80] = 'n';
    name[81] = '\0';
    ck_assert(!asli_name_valid(name));
    for (int i = 0; i < 80; i++)
        memcpy(name + 2 * i, "\xc3\xa9", 3);
    ck_assert(asli_name_valid(name)); /* characters are counted, not bytes */
    ck_assert(!asli_name_valid(""));
    ck_assert(!asli_name_valid(NULL));
}
END_TEST

START_TEST(every_refused_character_is_refused)
{
    for (const char *p = " <>{}[]?*\"#%\\^|~`$&,;:/\t\n\x01\x1f\x7f"; *p; p++) {
        char name[] = {'a', *p, 'b', '\0'};
        if (asli_name_valid(name))
            ck_abort_msg("a name may hold 0x%02x", (unsigned)*p);
    }
    ck_assert(!asli_name_valid("a\xc2\x80")); /* U+0080 */
    ck_assert(!asli_name_valid("a\xc2\x9f"));
    ck_assert(!asli_name_valid("a\xef\xbf\xbf"));     /* U+FFFF */
    ck_assert(!asli_name_valid("a\xf4\x8f\xbf\xbf")); /* U+10FFFF */
    ck_assert(!asli_name_valid("a\xe3\x80\x80"));     /* an ideographic space */
    ck_assert(!asli_name_valid("a\xff"));             /* not UTF-8 */
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/id");
    TCase *t = tcase_create("id");
    tcase_add_test(t, a_uuid_is_of_version_4);
    tcase_add_test(t, a_uuid_reads_back);
    tcase_add_test(t, the_hash_never_changes);
    tcase_add_test(t, the_hash_spreads_similar_names);
    tcase_add_test(t, a_token_reads_back);
    tcase_add_test(t, a_token_has_one_form);
    tcase_add_test(t, names_of_1_to_80_characters_are_valid);
    tcase_add_test(t, every_refused_character_is_refused);
    suite_add_tcase(suite, t);
    return suite;
}
