/* SPDX-License-Identifier: Apache-2.0
 *
 * The matching rules of recordings, one behaviour a test: what a recording leaves open is
 * accepted, and nothing beside it.
 */
#include "conformance/match.h"

#include "conformance/kit/quotes.h"
#include "conformance/kit/unit.h"
#include "conformance/mutate.h"
#include "engine/base/json.h"

/* JSON written with ' for ", for legibility. */
static json_t *js(const char *text)
{
    char *quoted = kit_quoted(text);
    json_t *value = NULL;
    asl_error error = {0};
    ck_assert_msg(asli_json_read(quoted, strlen(quoted), &value, &error) == 0, "%s: %s",
                  error.text, quoted);
    free(quoted);
    return value;
}

/* Compares under a case that holds `more` (members, after a comma) beside `expect`. */
static bool same_in(const char *more, const char *expect, const char *actual)
{
    char *text;
    ck_assert_int_gt(asprintf(&text, "{'expect': %s%s}", expect, more), 0);
    json_t *testcase = js(text), *got = js(actual);
    struct match m;
    match_init(&m, testcase);
    bool same = match_compare(&m, json_object_get(testcase, "expect"), got, NULL);
    struct differences list = {0};
    ck_assert_int_eq(match_compare(&m, json_object_get(testcase, "expect"), got, &list),
                     same);
    ck_assert_int_eq(list.count == 0, same);
    differences_done(&list);
    match_done(&m);
    json_decref(testcase);
    json_decref(got);
    free(text);
    return same;
}

static bool same(const char *expect, const char *actual)
{
    return same_in("", expect, actual);
}

#define PLACEHOLDERS(list) ", 'placeholders': [" list "]"
#define LITERAL(text, value)                                                             \
    "{'text': '" text "', 'stands_for': 'literal', 'value': '" value "'}"

/* ------------------------------------------------------------------ plain values */

START_TEST(equal_answers_match)
{
    ck_assert(
        same("{'status': 'FAILED', 'error': 'E'}", "{'status': 'FAILED', 'error': 'E'}"));
    ck_assert(!same("{'status': 'FAILED'}", "{'status': 'SUCCEEDED'}"));
}
END_TEST

START_TEST(a_missing_key_and_one_too_many_differ)
{
    ck_assert(!same("{'describe': {'a': 1, 'b': 2}}", "{'describe': {'a': 1}}"));
    ck_assert(!same("{'describe': {'a': 1}}", "{'describe': {'a': 1, 'b': 2}}"));
    ck_assert(same("{'describe': {'a': 1, 'b': 2}}", "{'describe': {'b': 2, 'a': 1}}"));
}
END_TEST

START_TEST(lists_keep_their_order_and_length)
{
    ck_assert(!same("{'describe': {'a': [1, 2]}}", "{'describe': {'a': [2, 1]}}"));
    ck_assert(!same("{'describe': {'a': [1, 2]}}", "{'describe': {'a': [1]}}"));
    ck_assert(!same("{'describe': {'a': [1]}}", "{'describe': {'a': [1, 2]}}"));
}
END_TEST

START_TEST(numbers_compare_by_value)
{
    ck_assert(same("{'output': {'a': 1.0}}", "{'output': '{\\'a\\':1}'}"));
    ck_assert(!same("{'output': {'a': 1.5}}", "{'output': '{\\'a\\':1}'}"));
    ck_assert(!same("{'output': 9007199254740993}", "{'output': '9007199254740992'}"));
}
END_TEST

START_TEST(types_do_not_mix)
{
    ck_assert(!same("{'output': '1'}", "{'output': '1'}"));
    ck_assert(!same("{'output': false}", "{'output': 'null'}"));
    ck_assert(!same("{'describe': {'a': 1}}", "{'describe': {'a': '1'}}"));
}
END_TEST

START_TEST(what_a_status_leaves_out_must_be_absent)
{
    ck_assert(!same("{'status': 'FAILED'}", "{'status': 'FAILED', 'error': 'E'}"));
    ck_assert(!same("{'status': 'FAILED', 'cause': 'C'}", "{'status': 'FAILED'}"));
    ck_assert(same("{'output': 1}", "{'output': '1', 'error': 'E'}"));
}
END_TEST

START_TEST(differences_name_the_place)
{
    json_t *testcase = js("{'expect': {'describe': {'a/b': [1, {'c': 'x'}]}}}");
    json_t *got = js("{'describe': {'a/b': [1, {'c': 'y'}]}}");
    struct match m;
    struct differences list = {0};
    match_init(&m, testcase);
    ck_assert(!match_compare(&m, json_object_get(testcase, "expect"), got, &list));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_str_eq(list.items[0].pointer, "/describe/a~1b/1/c");
    ck_assert_str_eq(list.items[0].expected, "\"x\"");
    ck_assert_str_eq(list.items[0].got, "\"y\"");
    differences_done(&list);
    match_done(&m);
    json_decref(testcase);
    json_decref(got);
}
END_TEST

/* ------------------------------------------------------------------ JSON texts */

START_TEST(an_object_matches_the_text_of_it)
{
    ck_assert(same("{'cause': {'a': 1}}", "{'cause': '{ \\'a\\' : 1}'}"));
    ck_assert(!same("{'cause': {'a': 1}}", "{'cause': '{\\'a\\':2}'}"));
    ck_assert(!same("{'cause': {'a': 1}}", "{'cause': '{\\'a\\':1'}"));
}
END_TEST

START_TEST(texts_are_decoded_once_only)
{
    ck_assert(same("{'output': {'a': '{\\'b\\':1}'}}",
                   "{'output': '{\\'a\\':\\'{\\\\\\'b\\\\\\':1}\\'}'}"));
    ck_assert(!same("{'output': {'a': {'b': 1}}}",
                    "{'output': '{\\'a\\':\\'{\\\\\\'b\\\\\\':1}\\'}'}"));
}
END_TEST

START_TEST(texts_in_lists_are_not_decoded)
{
    ck_assert(
        !same("{'describe': {'a': [{'b': 1}]}}", "{'describe': {'a': ['{\\'b\\':1}']}}"));
}
END_TEST

START_TEST(lists_and_scalars_stay_texts)
{
    ck_assert(
        same("{'describe': {'input': '[1,2]'}}", "{'describe': {'input': '[1, 2]'}}"));
    ck_assert(
        !same("{'describe': {'input': [1, 2]}}", "{'describe': {'input': '[1,2]'}}"));
    ck_assert(
        !same("{'describe': {'name': '[1,2]'}}", "{'describe': {'name': '[1, 2]'}}"));
    ck_assert(same("{'describe': {'assignedVariables': {'x': '[1,2]'}}}",
                   "{'describe': {'assignedVariables': {'x': '[1, 2]'}}}"));
}
END_TEST

START_TEST(rewritten_snapshots_have_outputs_decoded)
{
    const char *notes =
        ", 'notes': ['the test rewrites the snapshot with its own function']";
    ck_assert(
        same_in(notes, "{'describe': {'output': 3}}", "{'describe': {'output': '3'}}"));
    ck_assert(
        !same_in(notes, "{'describe': {'output': 3}}", "{'describe': {'output': '4'}}"));
    ck_assert(!same("{'describe': {'output': 3}}", "{'describe': {'output': '3'}}"));
}
END_TEST

/* ------------------------------------------------------------------ placeholders */

START_TEST(partition_and_region_have_one_value)
{
    ck_assert(
        same("{'cause': 'arn:<partition>:<region>'}", "{'cause': 'arn:aws:us-east-1'}"));
    ck_assert(!same("{'cause': 'arn:<partition>'}", "{'cause': 'arn:aws-cn'}"));
}
END_TEST

START_TEST(a_placeholder_matches_its_own_text)
{
    ck_assert(same("{'cause': 'id <uuid:1>'}", "{'cause': 'id <uuid:1>'}"));
    ck_assert(!same("{'cause': 'id <uuid:1>'}", "{'cause': 'id <uuid:2>'}"));
}
END_TEST

START_TEST(uuids_are_uuids)
{
    ck_assert(same("{'cause': '<uuid:1>!'}",
                   "{'cause': '0a1b2c3d-0000-4000-8000-0123456789ab!'}"));
    ck_assert(!same("{'cause': '<uuid:1>!'}", "{'cause': 'something!'}"));
}
END_TEST

START_TEST(a_placeholder_stands_for_one_text)
{
    ck_assert(same("{'error': 'a:<resource:1>', 'cause': 'b:<resource:1>'}",
                   "{'error': 'a:one', 'cause': 'b:one'}"));
    ck_assert(!same("{'error': 'a:<resource:1>', 'cause': 'b:<resource:1>'}",
                    "{'error': 'a:one', 'cause': 'b:two'}"));
}
END_TEST

START_TEST(different_numbers_stand_for_different_texts)
{
    ck_assert(same("{'error': 'a:<resource:1>', 'cause': 'b:<resource:2>'}",
                   "{'error': 'a:one', 'cause': 'b:two'}"));
    ck_assert(!same("{'error': 'a:<resource:1>', 'cause': 'b:<resource:2>'}",
                    "{'error': 'a:one', 'cause': 'b:one'}"));
}
END_TEST

START_TEST(an_arn_part_holds_no_colon_and_is_not_empty)
{
    ck_assert(!same("{'cause': 'arn:<resource:1>'}", "{'cause': 'arn:a:b'}"));
    ck_assert(!same("{'cause': 'arn:<resource:1>'}", "{'cause': 'arn:'}"));
    ck_assert(same("{'cause': 'arn:<ExecArnPart_0idx>:x'}", "{'cause': 'arn:name:x'}"));
}
END_TEST

START_TEST(json_inputs_are_json)
{
    ck_assert(same("{'cause': '<json-input:1> bad'}", "{'cause': '{\\'a\\':[1]} bad'}"));
    ck_assert(!same("{'cause': '<json-input:1> bad'}", "{'cause': '{\\'a\\':[1} bad'}"));
}
END_TEST

START_TEST(literals_stand_for_their_value_anywhere)
{
    const char *more = PLACEHOLDERS(LITERAL("fn_name", "lambda_1") "," LITERAL(
        "<t>", "2030-01-01T00:00:00Z") "," LITERAL("<t>", "2030-01-01T00:00:00.00Z"));
    ck_assert(
        same_in(more, "{'cause': 'no fn_name here'}", "{'cause': 'no lambda_1 here'}"));
    ck_assert(
        !same_in(more, "{'cause': 'no fn_name here'}", "{'cause': 'no lambda_2 here'}"));
    ck_assert(
        same_in(more, "{'cause': '== <t>'}", "{'cause': '== 2030-01-01T00:00:00.00Z'}"));
    ck_assert(
        !same_in(more, "{'cause': '== <t>'}", "{'cause': '== 2031-01-01T00:00:00Z'}"));
}
END_TEST

START_TEST(produced_names_are_bound)
{
    const char *more = PLACEHOLDERS("{'text': '<id-x>', 'stands_for': 'produced'}");
    ck_assert(same_in(more, "{'error': '<id-x>', 'cause': 'e:<id-x>'}",
                      "{'error': 'n1', 'cause': 'e:n1'}"));
    ck_assert(!same_in(more, "{'error': '<id-x>', 'cause': 'e:<id-x>'}",
                       "{'error': 'n1', 'cause': 'e:n2'}"));
}
END_TEST

START_TEST(references_are_bound_by_number)
{
    const char *more = PLACEHOLDERS("{'text': '<<token>:N>', 'stands_for': 'reference'}");
    ck_assert(same_in(more,
                      "{'error': '<<token>:1>', 'cause': '<<token>:1> <<token>:2>'}",
                      "{'error': 'A/=', 'cause': 'A/= B+'}"));
    ck_assert(!same_in(more, "{'error': '<<token>:1>', 'cause': '<<token>:2>'}",
                       "{'error': 'A', 'cause': 'A'}"));
}
END_TEST

START_TEST(values_match_anything_at_their_place_only)
{
    const char *more = PLACEHOLDERS("{'text': 'start-time', 'stands_for': 'value', "
                                    "'jsonpath': '$..Execution.StartTime'}");
    ck_assert(same_in(more, "{'output': {'Execution': {'StartTime': 'start-time'}}}",
                      "{'output': '{\\'Execution\\':{\\'StartTime\\':17}}'}"));
    ck_assert(!same_in(more, "{'output': {'Other': {'StartTime': 'start-time'}}}",
                       "{'output': '{\\'Other\\':{\\'StartTime\\':17}}'}"));
    ck_assert(!same_in(more, "{'output': {'Execution': {'StartTime': 'start-time x'}}}",
                       "{'output': '{\\'Execution\\':{\\'StartTime\\':\\'y\\'}}'}"));
}
END_TEST

START_TEST(values_of_the_terminal_event_match_where_it_is_repeated)
{
    const char *more =
        PLACEHOLDERS("{'text': 'whole', 'stands_for': 'value', "
                     "'jsonpath': '$..executionSucceededEventDetails.output'}");
    ck_assert(same_in(more, "{'output': 'whole'}", "{'output': '[1,2]'}"));
    ck_assert(!same_in(more, "{'cause': 'whole'}", "{'cause': 'x'}"));
}
END_TEST

START_TEST(regular_expressions_stand_for_what_they_find)
{
    const char *more = PLACEHOLDERS(
        "{'text': 'ID: <rid>', 'stands_for': 'regex', 'regex': 'ID: [a-z0-9-]+'}");
    ck_assert(same_in(more, "{'cause': '(ID: <rid>; x)'}", "{'cause': '(ID: ab-1; x)'}"));
    ck_assert(!same_in(more, "{'cause': '(ID: <rid>; x)'}", "{'cause': '(ID: ; x)'}"));
    ck_assert(
        !same_in(more, "{'cause': '(ID: <rid>; x)'}", "{'cause': '(ID: ab-1; y)'}"));
}
END_TEST

START_TEST(unlisted_angle_brackets_are_plain_text)
{
    ck_assert(same("{'cause': '<b>x</b>'}", "{'cause': '<b>x</b>'}"));
    ck_assert(!same("{'cause': '<b>x</b>'}", "{'cause': 'bold'}"));
}
END_TEST

/* ------------------------------------------------------------------ bare words */

START_TEST(datetime_is_a_time_of_a_response)
{
    ck_assert(same("{'describe': {'startDate': 'datetime'}}",
                   "{'describe': {'startDate': 1735689600.5}}"));
    ck_assert(!same("{'describe': {'startDate': 'datetime'}}",
                    "{'describe': {'startDate': 'soon'}}"));
    ck_assert(!same("{'describe': {'name': 'datetime'}}", "{'describe': {'name': 5}}"));
}
END_TEST

START_TEST(timestamp_hides_any_value_of_such_a_key)
{
    ck_assert(same("{'output': {'TimestampValue': 'timestamp'}}",
                   "{'output': '{\\'TimestampValue\\':[1]}'}"));
    ck_assert(
        !same("{'output': {'Value': 'timestamp'}}", "{'output': '{\\'Value\\':[1]}'}"));
    ck_assert(!same("{'output': {'Timestamp': 'timestamp'}}",
                    "{'output': '{\\'Timestamp\\':\\'2016-03-14T01:59:00Z\\'}'}"));
}
END_TEST

START_TEST(date_replaces_date_times_inside_texts)
{
    ck_assert(
        same("{'cause': 'at date, date'}",
             "{'cause': 'at 2016-03-14T01:59:00Z, 2016-03-14T01:59:00.123+02:00'}"));
    ck_assert(!same("{'cause': 'at date'}", "{'cause': 'at 2016-03-14'}"));
    ck_assert(!same("{'cause': 'at date'}", "{'cause': 'in 2016-03-14T01:59:00Z'}"));
}
END_TEST

START_TEST(request_ids_hide_the_value_of_their_key)
{
    ck_assert(same("{'output': {'x-amzn-RequestId': 'x-amzn-RequestId'}}",
                   "{'output': '{\\'x-amzn-RequestId\\':\\'abc\\'}'}"));
    ck_assert(!same("{'output': {'Other': 'x-amzn-RequestId'}}",
                    "{'output': '{\\'Other\\':\\'abc\\'}'}"));
}
END_TEST

/* ------------------------------------------------------------------ events */

#define EVENT(id, previous, type, more)                                                  \
    "{'id': " #id ", 'previousEventId': " #previous ", 'type': '" type "'" more "}"
#define START EVENT(1, 0, "ExecutionStarted", "")
#define NAMED(name) ", 'stateEnteredEventDetails': {'name': '" name "'}"

START_TEST(events_match_one_by_one)
{
    ck_assert(same("{'events': [" START ", " EVENT(2, 0, "A", "") "]}",
                   "{'events': [" START ", " EVENT(2, 0, "A", "") "]}"));
    ck_assert(!same("{'events': [" START ", " EVENT(2, 0, "A", "") "]}",
                    "{'events': [" START ", " EVENT(2, 1, "A", "") "]}"));
    ck_assert(!same("{'events': [" START "]}",
                    "{'events': [" START ", " EVENT(2, 0, "A", "") "]}"));
    ck_assert(!same("{'events': [" START ", " EVENT(2, 0, "A", "") "]}",
                    "{'events': [" START "]}"));
}
END_TEST

START_TEST(unfinished_recordings_are_a_prefix)
{
    const char *more = ", 'needs': ['unfinished']";
    ck_assert(same_in(more, "{'events': [" START "]}",
                      "{'events': [" START ", " EVENT(2, 0, "A", "") "]}"));
    ck_assert(!same_in(more, "{'events': [" START ", " EVENT(2, 0, "A", "") "]}",
                       "{'events': [" START "]}"));
}
END_TEST

#define CONCURRENT ", 'needs': ['concurrent-order'], 'definition': {'Type': 'Map'}"
#define AWS_ORDER                                                                        \
    "{'events': [" EVENT(1, 0, "ParallelStateStarted", "") "," EVENT(                    \
        2, 1, "PassStateEntered",                                                        \
        NAMED("a")) "," EVENT(3, 1, "PassStateEntered",                                  \
                              NAMED(                                                     \
                                  "b")) "," EVENT(4, 2, "PassStateExited",               \
                                                  "") "," EVENT(5, 3, "TaskScheduled",   \
                                                                "") "," EVENT(6, 5,      \
                                                                              "Parallel" \
                                                                              "StateSuc" \
                                                                              "ceeded",  \
                                                                              "") "]}"
#define OUR_ORDER                                                                        \
    "{'events': [" EVENT(1, 0, "ParallelStateStarted", "") "," EVENT(                    \
        2, 1, "PassStateEntered",                                                        \
        NAMED("b")) "," EVENT(3, 1, "PassStateEntered",                                  \
                              NAMED(                                                     \
                                  "a")) "," EVENT(4, 2, "TaskScheduled",                 \
                                                  "") "," EVENT(5, 3, "PassStateExited", \
                                                                "") "," EVENT(6, 4,      \
                                                                              "Parallel" \
                                                                              "StateSuc" \
                                                                              "ceeded",  \
                                                                              "") "]}"

START_TEST(concurrent_scopes_match_up_to_renumbering)
{
    ck_assert(same_in(CONCURRENT, AWS_ORDER, OUR_ORDER));
    ck_assert(!same(AWS_ORDER, OUR_ORDER));
}
END_TEST

START_TEST(a_renumbering_keeps_what_follows_what)
{
    ck_assert(!same_in(
        CONCURRENT, AWS_ORDER,
        "{'events': [" EVENT(1, 0, "ParallelStateStarted", "") "," EVENT(
            2, 1, "PassStateEntered",
            NAMED(
                "b")) "," EVENT(3, 1, "PassStateEntered",
                                NAMED(
                                    "a")) "," EVENT(4, 3, "TaskScheduled",
                                                    "") "," EVENT(5, 2, "PassStateExited",
                                                                  "") "," EVENT(6, 4,
                                                                                "Parallel"
                                                                                "StateSuc"
                                                                                "ceeded",
                                                                                "") "]"
                                                                                    "}"));
}
END_TEST

START_TEST(siblings_of_one_scope_keep_their_order)
{
    ck_assert(
        !same_in(CONCURRENT,
                 "{'events': [" START "," EVENT(2, 1, "MapStateSucceeded", "") "," EVENT(
                     3, 1, "MapStateExited", "") "]}",
                 "{'events': [" START "," EVENT(2, 1, "MapStateExited", "") "," EVENT(
                     3, 1, "MapStateSucceeded", "") "]}"));
}
END_TEST

START_TEST(one_at_a_time_compares_literally)
{
    ck_assert(!same_in(", 'needs': ['concurrent-order'], "
                       "'definition': {'Type': 'Map', 'MaxConcurrency': 1}",
                       AWS_ORDER, OUR_ORDER));
}
END_TEST

#define SORTED(a, b)                                                                     \
    "{'events': [" START "," EVENT([0], 0, a, "") "," EVENT([0], 0, b, "") "," EVENT(    \
        5, 3, "ParallelStateExited", "") "]}"
#define UNSORTED(a, b, closing)                                                          \
    "{'events': [" START "," EVENT(2, 1, a, "") "," EVENT(3, 1, b, "") "," EVENT(        \
        4, 3, closing, "") "," EVENT(5, 3, "ParallelStateExited", "") "]}"

START_TEST(sorted_parallels_match_as_a_multiset)
{
    ck_assert(same(SORTED("A", "B"), UNSORTED("B", "A", "ParallelStateSucceeded")));
    ck_assert(!same(SORTED("A", "B"), UNSORTED("A", "A", "ParallelStateSucceeded")));
    ck_assert(!same(SORTED("A", "A"), UNSORTED("A", "B", "ParallelStateSucceeded")));
}
END_TEST

START_TEST(only_the_closing_event_of_a_sorted_parallel_is_extra)
{
    ck_assert(same(SORTED("A", "B"), UNSORTED("A", "B", "ParallelStateFailed")));
    ck_assert(!same(SORTED("A", "B"), UNSORTED("A", "B", "A")));
    ck_assert(!same(SORTED("A", "B"),
                    "{'events': [" START "," EVENT(2, 1, "A", "") "," EVENT(
                        3, 1, "B", "") "," EVENT(4, 3, "ParallelStateExited", "") "]}"));
}
END_TEST

START_TEST(a_retried_sorted_parallel_has_no_closing_event)
{
    ck_assert(
        same("{'events': [" START
             "," EVENT([0], 0, "A", "") "," EVENT(3, 2, "ParallelStateStarted", "") "]}",
             "{'events': [" START
             "," EVENT(2, 1, "A", "") "," EVENT(3, 2, "ParallelStateStarted", "") "]}"));
}
END_TEST

/* ------------------------------------------------------------------ strictness */

static void print_survivor(void *arg, const char *pointer, const char *what)
{
    printf("# survived: %s: %s\n", pointer, what);
}

static void check_strict(const char *more, const char *expect, const char *actual)
{
    char *text;
    ck_assert_int_gt(asprintf(&text, "{'expect': %s%s}", expect, more), 0);
    json_t *testcase = js(text), *got = js(actual);
    struct match m;
    struct mutation result = {.survivor = print_survivor};
    match_init(&m, testcase);
    ck_assert(match_compare(&m, json_object_get(testcase, "expect"), got, NULL));
    mutate(&m, got, &result);
    ck_assert_uint_gt(result.tried, 10);
    ck_assert_uint_eq(result.survived, 0);
    match_done(&m);
    json_decref(testcase);
    json_decref(got);
    free(text);
}

START_TEST(every_mutant_of_a_literal_history_fails)
{
    check_strict(", 'placeholders': []",
                 "{'status': 'SUCCEEDED', 'output': {'a': [1, true, null, 'x<uuid:1>']}, "
                 "'events': [" START "," EVENT(2, 1, "PassStateEntered", NAMED("a")) "]}",
                 "{'status': 'SUCCEEDED', 'output': '{\\'a\\': [1, true, null, "
                 "\\'x0a1b2c3d-0000-4000-8000-0123456789ab\\']}', "
                 "'events': [" START
                 "," EVENT(2, 1, "PassStateEntered", NAMED("a")) "]}");
}
END_TEST

START_TEST(every_mutant_of_a_concurrent_history_fails)
{
    check_strict(CONCURRENT, AWS_ORDER, OUR_ORDER);
}
END_TEST

START_TEST(every_mutant_of_a_sorted_history_fails)
{
    check_strict("", SORTED("A", "B"), UNSORTED("B", "A", "ParallelStateSucceeded"));
}
END_TEST

#define TESTS(X)                                                                         \
    X(equal_answers_match)                                                               \
    X(a_missing_key_and_one_too_many_differ)                                             \
    X(lists_keep_their_order_and_length)                                                 \
    X(numbers_compare_by_value)                                                          \
    X(types_do_not_mix)                                                                  \
    X(what_a_status_leaves_out_must_be_absent)                                           \
    X(differences_name_the_place)                                                        \
    X(an_object_matches_the_text_of_it)                                                  \
    X(texts_are_decoded_once_only)                                                       \
    X(texts_in_lists_are_not_decoded)                                                    \
    X(lists_and_scalars_stay_texts)                                                      \
    X(rewritten_snapshots_have_outputs_decoded)                                          \
    X(partition_and_region_have_one_value)                                               \
    X(a_placeholder_matches_its_own_text)                                                \
    X(uuids_are_uuids)                                                                   \
    X(a_placeholder_stands_for_one_text)                                                 \
    X(different_numbers_stand_for_different_texts)                                       \
    X(an_arn_part_holds_no_colon_and_is_not_empty)                                       \
    X(json_inputs_are_json)                                                              \
    X(literals_stand_for_their_value_anywhere)                                           \
    X(produced_names_are_bound)                                                          \
    X(references_are_bound_by_number)                                                    \
    X(values_match_anything_at_their_place_only)                                         \
    X(values_of_the_terminal_event_match_where_it_is_repeated)                           \
    X(regular_expressions_stand_for_what_they_find)                                      \
    X(unlisted_angle_brackets_are_plain_text)                                            \
    X(datetime_is_a_time_of_a_response)                                                  \
    X(timestamp_hides_any_value_of_such_a_key)                                           \
    X(date_replaces_date_times_inside_texts)                                             \
    X(request_ids_hide_the_value_of_their_key)                                           \
    X(events_match_one_by_one)                                                           \
    X(unfinished_recordings_are_a_prefix)                                                \
    X(concurrent_scopes_match_up_to_renumbering)                                         \
    X(a_renumbering_keeps_what_follows_what)                                             \
    X(siblings_of_one_scope_keep_their_order)                                            \
    X(one_at_a_time_compares_literally)                                                  \
    X(sorted_parallels_match_as_a_multiset)                                              \
    X(only_the_closing_event_of_a_sorted_parallel_is_extra)                              \
    X(a_retried_sorted_parallel_has_no_closing_event)                                    \
    X(every_mutant_of_a_literal_history_fails)                                           \
    X(every_mutant_of_a_concurrent_history_fails)                                        \
    X(every_mutant_of_a_sorted_history_fails)

Suite *unit_suite(void)
{
    Suite *suite = suite_create("match");
    TCase *tcase = tcase_create("rules");
#define ADD_TEST(name) tcase_add_test(tcase, name);
    TESTS(ADD_TEST)
#undef ADD_TEST
    suite_add_tcase(suite, tcase);
    return suite;
}
