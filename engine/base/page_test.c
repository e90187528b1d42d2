/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens of pages: they come back as the position they were made of, to the same call only.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/page.h"

static json_t *call(const char *text, const char *token)
{
    json_t *params;
    ck_assert_int_eq(asli_json_read(text, strlen(text), &params, NULL), 0);
    if (token)
        json_object_set_new(params, "nextToken", json_string(token));
    return params;
}

static char *token_of(const char *action, const char *text, const char *position)
{
    json_t *params = call(text, NULL);
    char *token;
    ck_assert_int_eq(asli_page_token(action, params, position, &token, NULL), 0);
    json_decref(params);
    return token;
}

/* The position, or the exception's name; static. */
static const char *position_of(const char *action, const char *text, const char *token)
{
    static char found[64];
    json_t *params = call(text, token);
    char *position = NULL;
    asl_error err = {0};
    int rc = asli_page_position(action, params, &position, &err);
    snprintf(found, sizeof found, "%s",
             rc         ? err.exception
             : position ? position
                        : "(none)");
    asli_free(position);
    json_decref(params);
    return found;
}

START_TEST(a_token_gives_its_position_back)
{
    char *token = token_of("List", "{\"a\":1,\"b\":\"x\"}", "0/na\xc3\xafve");
    ck_assert_str_eq(position_of("List", "{\"b\":\"x\",\"a\":1}", token),
                     "0/na\xc3\xafve");
    ck_assert_str_eq(position_of("List", "{\"a\":1,\"b\":\"x\",\"maxResults\":3}", token),
                     "0/na\xc3\xafve");
    asli_free(token);
}
END_TEST

START_TEST(without_a_token_it_is_the_first_page)
{
    ck_assert_str_eq(position_of("List", "{}", NULL), "(none)");
}
END_TEST

START_TEST(a_token_is_good_for_its_own_call_only)
{
    char *token = token_of("List", "{\"a\":1}", "5");
    ck_assert_str_eq(position_of("List", "{\"a\":2}", token), "InvalidToken");
    ck_assert_str_eq(position_of("List", "{}", token), "InvalidToken");
    ck_assert_str_eq(position_of("Other", "{\"a\":1}", token), "InvalidToken");
    asli_free(token);
}
END_TEST

START_TEST(what_was_never_given_out_is_refused)
{
    char *token = token_of("List", "{}", "5");
    static const char *const texts[] = {"", "0", "InvalidToken", "0123456789abcdef",
                                        "0123456789abcdeF35"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_str_eq(position_of("List", "{}", texts[i]), "InvalidToken");
    token[strlen(token) - 1] ^= 1; /* the position 4 */
    ck_assert_str_eq(position_of("List", "{}", token), "InvalidToken");
    asli_free(token);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/page");
    TCase *t = tcase_create("page");
    tcase_add_test(t, a_token_gives_its_position_back);
    tcase_add_test(t, without_a_token_it_is_the_first_page);
    tcase_add_test(t, a_token_is_good_for_its_own_call_only);
    tcase_add_test(t, what_was_never_given_out_is_refused);
    suite_add_tcase(suite, t);
    return suite;
}
