/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of regex.h: JavaScript's meaning, whatever PCRE2's is.
 */
#include "engine/query/jsonata/regex.h"

#include <asl/error.h>
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"

static struct asli_jn_text text_of(const char *text)
{
    return (struct asli_jn_text){text, strlen(text)};
}

static struct asli_pcre *compiled(const char *source, const char *flags)
{
    struct asli_pcre *regex = NULL;
    struct asli_jn_fault fault;
    int rc = asli_jn_regex_compile(text_of(source), text_of(flags), &regex, &fault);
    if (rc)
        ck_abort_msg("/%s/ is refused", source);
    return regex;
}

/* The first match and its groups, between brackets; "" for none. */
static const char *found(const char *source, const char *flags, const char *text)
{
    static char out[256];
    struct asli_pcre *regex = compiled(source, flags);
    struct asli_pcre_search search;
    bool match = false;
    size_t len = 0;
    out[0] = '\0';
    ck_assert_int_eq(asli_pcre_begin(&search, regex), 0);
    ck_assert_int_eq(asli_pcre_find(&search, text, strlen(text), 0, &match), 0);
    for (size_t i = 0; match && i <= asli_pcre_groups(regex); i++) {
        size_t from = search.spans[2 * i], to = search.spans[2 * i + 1];
        bool unset = from == ASLI_PCRE_UNSET;
        len += (size_t)snprintf(out + len, sizeof out - len, "[%.*s]",
                                unset ? 1 : (int)(to - from), unset ? "-" : text + from);
    }
    asli_pcre_end(&search);
    asli_pcre_free(regex);
    return out;
}

#define check_found(source, flags, text, expected)                                       \
    ck_assert_str_eq(found(source, flags, text), expected)

START_TEST(digits_and_word_characters_are_ascii)
{
    check_found("\\d+", "", "\xd9\xa1 12", "[12]");
    check_found("\\w+", "", "\xc3\xa9t\xc3\xa9_1", "[t]");
    check_found("\\bt\\b", "", "\xc3\xa9t\xc3\xa9", "[t]");
    check_found("[\\W]+", "", "a\xc3\xa9- b", "[\xc3\xa9- ]");
    check_found("[^\\D]+", "", "ab12", "[12]");
}
END_TEST

START_TEST(blanks_are_those_of_unicode)
{
    check_found("a\\sb", "",
                "a\xc2\xa0"
                "b",
                "[a\xc2\xa0"
                "b]");
    check_found("\\s+", "", "a\v\xef\xbb\xbf\xe2\x80\xa8.",
                "[\v\xef\xbb\xbf\xe2\x80\xa8]");
    check_found("[\\S]+", "",
                " \xe3\x80\x80"
                "a\xe1\x9a\x80",
                "[a]");
    check_found("\\s", "", "\xc2\x85", "");
}
END_TEST

START_TEST(a_dot_takes_all_but_the_four_line_ends)
{
    check_found(".+", "",
                "a\v\f\xc2\x85"
                "b\nc",
                "[a\v\f\xc2\x85"
                "b]");
    check_found(".+", "",
                "a\xe2\x80\xa9"
                "b",
                "[a]");
    check_found("a.b", "",
                "a\xf0\x9f\x98\x80"
                "b",
                "[a\xf0\x9f\x98\x80"
                "b]");
}
END_TEST

START_TEST(anchors_know_lines_under_m_only)
{
    check_found("a$", "", "a\n", "");
    check_found("b$", "m", "ab\rc", "[b]");
    check_found("^c", "m",
                "ab\xe2\x80\xa8"
                "c",
                "[c]");
    check_found("^c", "", "ab\nc", "");
    check_found("^c", "m", "b\vc", "");
}
END_TEST

START_TEST(empty_classes_mean_nothing_and_anything)
{
    check_found("a[^]b", "", "a\nb", "[a\nb]");
    check_found("a[]|b", "", "ab", "[b]");
}
END_TEST

START_TEST(escapes_are_javascript_s)
{
    check_found("\\x41\\u0042\\cJ\\0", "", "AB\n", "");
    check_found("\\x41\\u0042\\cJ", "", "AB\n", "[AB\n]");
    check_found("\\xq\\u1", "", "xqu1", "[xqu1]");
    check_found("\\A\\Z\\G\\h\\Q\\p{L}", "", "AZGhQp{L}", "[AZGhQp{L}]");
    check_found("\\uD83D\\uDE00", "", "\xf0\x9f\x98\x80", "[\xf0\x9f\x98\x80]");
    check_found("\\/\\.\\-", "", "/.-", "[/.-]");
    check_found("[\\b]", "", "\b", "[\b]");
    check_found("[[:alpha:]]", "", "a]", "[a]]");
    check_found("\\101\\8", "", "A8", "[A8]");
}
END_TEST

START_TEST(classes_keep_their_dashes)
{
    check_found("[a-c]+", "", "xabcd", "[abc]");
    check_found("[\\w-.]+", "", "a-b.c", "[a-b.c]");
    check_found("[+-]+", "", "-+", "[-+]");
    check_found("[--0]+", "", "-./0", "[-./0]");
}
END_TEST

START_TEST(braces_that_count_nothing_are_braces)
{
    check_found("a{,2}", "", "a{,2}", "[a{,2}]");
    check_found("a{2}", "", "aaa", "[aa]");
    check_found("{a}", "", "{a}", "[{a}]");
    check_found("a{1,2}?", "", "aa", "[a]");
}
END_TEST

START_TEST(references_to_unset_groups_match_empty)
{
    check_found("(a)?b\\1", "", "b", "[b][-]");
    check_found("\\1(a)", "", "a", "[a][a]");
    check_found("(a)(b)\\2", "", "abb", "[abb][a][b]");
    check_found("(?<first>x)\\k<first>", "", "xx", "[xx][x]");
    check_found("\\k<a>", "", "k<a>", "[k<a>]");
}
END_TEST

START_TEST(letters_match_in_either_case_under_i)
{
    check_found("hat", "i", "a HAT", "[HAT]");
    check_found("\xc3\xa9", "i", "\xc3\x89", "[\xc3\x89]");
    check_found("[a-c]+", "gi", "ABC", "[ABC]");
}
END_TEST

START_TEST(looking_around_matches_nothing_itself)
{
    check_found("(?<=\\$)\\d+", "", "$42", "[42]");
    check_found("(?<!a)b", "", "abcb", "[b]");
    check_found("a(?!b)", "", "abac", "[a]");
}
END_TEST

START_TEST(what_javascript_refuses_is_refused)
{
    static const char *const sources[] = {
        "*a",      "a**",  "a++",    "a{1}{2}",       "(",
        ")",       "[a",   "a\\",    "(?a)",          "(?i)a",
        "(?>a)",   "(?R)", "[b-a]",  "(*ACCEPT)",     "^*",
        "(?<1>a)", "(?<a", "a{2,1}", "(?<n>a)\\k<m>", "(?#c)",
    };
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct asli_pcre *regex = NULL;
        struct asli_jn_fault fault = {0};
        int rc = asli_jn_regex_compile(text_of(sources[i]), text_of(""), &regex, &fault);
        if (rc != ASLI_JN_FAULT || strcmp(fault.code, "S0303") != 0)
            ck_abort_msg("/%s/ is taken", sources[i]);
    }
}
END_TEST

START_TEST(a_match_that_never_ends_is_a_limit)
{
    struct asli_pcre *regex = compiled("(a+)+$", "");
    struct asli_pcre_search search;
    static const char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
    bool match;
    ck_assert_int_eq(asli_pcre_begin(&search, regex), 0);
    ck_assert_int_eq(asli_pcre_find(&search, text, sizeof text - 1, 0, &match),
                     ASL_ELIMIT);
    asli_pcre_end(&search);
    asli_pcre_free(regex);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("jsonata/regex");
    TCase *t = tcase_create("regex");
    tcase_add_test(t, digits_and_word_characters_are_ascii);
    tcase_add_test(t, blanks_are_those_of_unicode);
    tcase_add_test(t, a_dot_takes_all_but_the_four_line_ends);
    tcase_add_test(t, anchors_know_lines_under_m_only);
    tcase_add_test(t, empty_classes_mean_nothing_and_anything);
    tcase_add_test(t, escapes_are_javascript_s);
    tcase_add_test(t, classes_keep_their_dashes);
    tcase_add_test(t, braces_that_count_nothing_are_braces);
    tcase_add_test(t, references_to_unset_groups_match_empty);
    tcase_add_test(t, letters_match_in_either_case_under_i);
    tcase_add_test(t, looking_around_matches_nothing_itself);
    tcase_add_test(t, what_javascript_refuses_is_refused);
    tcase_add_test(t, a_match_that_never_ends_is_a_limit);
    suite_add_tcase(suite, t);
    return suite;
}
