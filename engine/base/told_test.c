/* SPDX-License-Identifier: Apache-2.0
 *
 * Problems of definitions, in AWS's words.
 */
#include <check.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/told.h"

/* What is told of it; static. */
static const char *told(const char *definition)
{
    static char said[1024];
    const asl_machine_options options = {.size = sizeof options, .aws = 1};
    asl_machine *machine = NULL;
    asl_diagnostics *list = NULL;
    struct asli_bytes text = {0};
    size_t len = strlen(definition);
    asl_machine_load(definition, len, &options, &machine, &list, NULL);
    asli_told_all(list, definition, len, &text);
    ck_assert(!text.oom && text.len < sizeof said);
    if (text.len)
        memcpy(said, text.data, text.len);
    said[text.len] = '\0';
    asli_bytes_done(&text);
    asl_diagnostics_free(list);
    asl_machine_unref(machine);
    return said;
}

START_TEST(problems_are_told_with_their_places)
{
    ck_assert_str_eq(
        told("{\"StartAt\":\"B\",\"States\":{\"A\":{\"Type\":\"Succeed\"}}}"),
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: B at /StartAt, "
        "MISSING_TRANSITION_TARGET: State \"A\" is not reachable. at "
        "/States/A");
}
END_TEST

START_TEST(the_whole_is_no_place)
{
    ck_assert_str_eq(told("[]"), "INVALID_JSON_DESCRIPTION: Definition must be a valid "
                                 "JSON object at null");
    ck_assert_str_eq(told("{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Pass\","
                          "\"Next\":\"A\"}}}"),
                     "MISSING_END_STATE: Workflow has no terminal state at null");
}
END_TEST

START_TEST(what_is_no_json_has_its_place_in_the_text)
{
    ck_assert_str_eq(told("no"),
                     "INVALID_JSON_DESCRIPTION: Unrecognized token 'no': was expecting "
                     "(JSON String, Number, Array, Object or token 'null', 'true' or "
                     "'false') at [Source: (String)\"no\"; line: 1, column: 3]");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("base/told");
    TCase *t = tcase_create("told");
    tcase_add_test(t, problems_are_told_with_their_places);
    tcase_add_test(t, the_whole_is_no_place);
    tcase_add_test(t, what_is_no_json_has_its_place_in_the_text);
    suite_add_tcase(suite, t);
    return suite;
}
