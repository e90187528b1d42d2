/* SPDX-License-Identifier: Apache-2.0
 *
 * Intrinsic functions: what each gives, how they fail, what is refused when compiling.
 */
#include "engine/query/intrinsic.h"
#include "engine/query/query_test.h"

#define CONTEXT "{\"Execution\":{\"Name\":\"a-b-c\"}}"

/* The JSON text of the result, or "Error: cause", or "refused". To be freed. */
static char *run(const char *call_text, const char *input_text)
{
    struct asli_intrinsic *call = NULL;
    struct asli_failure failure = {0};
    asl_error error;
    ASLI_AUTO(json) json_t *input = value_of(input_text), *context = value_of(CONTEXT);
    ASLI_AUTO(json) json_t *value = NULL;
    struct asli_env env = env_of(input, context);
    int err = asli_intrinsic_compile(call_text, &call, &error);
    if (err) {
        ck_assert_int_eq(err, ASL_EDEFINITION);
        return asli_strdup("refused");
    }
    err = asli_intrinsic_eval(call, &env, &value, &failure, &error);
    asli_intrinsic_free(call);
    if (!err)
        return text_of(value);
    ck_assert_int_eq(err, ASLI_FAILED);
    char *text = asli_printf("%s: %s", failure.error, failure.cause);
    asli_failure_done(&failure);
    return text;
}

static void gives(const char *call, const char *input, const char *expected)
{
    ASLI_AUTO(text) char *text = run(call, input);
    ck_assert_str_eq(text, expected);
}

static void refused(const char *call)
{
    gives(call, "{}", "refused");
}

/* The cause after "Invalid arguments in <function>: " begins with `expected`. */
static void invalid(const char *call, const char *input, const char *expected)
{
    ASLI_AUTO(text) char *text = run(call, input);
    ASLI_AUTO(text)
    char *prefix = asli_printf(
        "States.IntrinsicFailure: The function '%s' had the following error: Invalid "
        "arguments in %.*s: %s",
        call, (int)strcspn(call, "("), call, expected);
    ck_assert_msg(!strncmp(text, prefix, strlen(prefix)), "%s\nexpected %s", text,
                  prefix);
}

START_TEST(array_takes_any_count)
{
    gives("States.Array()", "{}", "[]");
    gives("States.Array(42, true, null, 'hello', -1.5e1)", "{}",
          "[42,true,null,\"hello\",-15.0]");
    gives("States.Array( $.a , States.Array(2,3) )", "{\"a\":{\"k\":1}}",
          "[{\"k\":1},[2,3]]");
    gives("States.Array(1,2,3,4,5,6,7,8,9,10)", "{}", "[1,2,3,4,5,6,7,8,9,10]");
}
END_TEST

START_TEST(partition_cuts_the_fraction_of_its_size)
{
    gives("States.ArrayPartition($, 2)", "[1,2,3]", "[[1,2],[3]]");
    gives("States.ArrayPartition($, 2.6)", "[1,2,3]", "[[1,2],[3]]");
    gives("States.ArrayPartition($, 9007199254740992)", "[1]", "[[1]]");
    gives("States.ArrayPartition($, 3)", "[]", "[]");
    invalid("States.ArrayPartition($, 0.6)", "[1]", "the chunk size must be positive.");
    invalid("States.ArrayPartition($, '2')", "[1]",
            "argument 2 must be a number, and is a");
    invalid("States.ArrayPartition('x', 2)", "{}",
            "argument 1 must be an array, and is a");
    invalid("States.ArrayPartition($)", "[1]", "it takes at least 2, and got 1.");
}
END_TEST

START_TEST(contains_compares_the_texts_of_values)
{
    gives("States.ArrayContains($, 2)", "[[1,2,3],2]", "true");
    gives("States.ArrayContains($, States.Array(1,2,3))", "[[1,2,3],2]", "true");
    gives("States.ArrayContains($.l, $.o)",
          "{\"l\":[{\"1\":2,\"2\":[]}],\"o\":{\"1\":2,\"2\":[]}}", "true");
    gives("States.ArrayContains($.l, $.o)",
          "{\"l\":[{\"a\":1}],\"o\":{\"a\":1,\"b\":null}}", "false");
    gives("States.ArrayContains($, null)", "[1,null]", "true");
    gives("States.ArrayContains($, false)", "[0,1]", "false");
    gives("States.ArrayContains($, true)", "[\"true\"]", "true");
    gives("States.ArrayContains($, '')", "[]", "false");
}
END_TEST

START_TEST(range_includes_its_end)
{
    gives("States.ArrayRange(0, 9, 3)", "{}", "[0,3,6,9]");
    gives("States.ArrayRange(1, 9, 9)", "{}", "[1]");
    gives("States.ArrayRange(5, 1, -2)", "{}", "[5,3,1]");
    gives("States.ArrayRange(5, 1, 1)", "{}", "[]");
    gives("States.ArrayRange(3, 3, -1)", "{}", "[3]");
    gives("States.ArrayRange(5.4, -0.6, -2.4)", "{}", "[5,3,1]");
    gives("States.ArrayLength(States.ArrayRange(1000, 1, -1))", "{}", "1000");
    invalid("States.ArrayRange(1, 1001, 1)", "{}",
            "the range has more than 1000 elements.");
    invalid("States.ArrayRange(1, 10, 0.49)", "{}", "the step must not be zero.");
    invalid("States.ArrayRange(1, 1e300, 1)", "{}", "argument 2 is out of range.");
}
END_TEST

START_TEST(get_item_fails_outside_the_array)
{
    gives("States.ArrayGetItem($, 1.2)", "[10,20,30]", "20");
    gives("States.ArrayGetItem($, 999)", "[]", "null");
    invalid("States.ArrayGetItem($, 3)", "[10,20,30]",
            "the index 3 is outside the array of");
    invalid("States.ArrayGetItem($, -1)", "[10]", "the index -1 is outside");
}
END_TEST

START_TEST(unique_answers_in_the_order_of_a_java_hash_set)
{
    gives("States.ArrayUnique($)", "[1,2,3,3,3,4]", "[1,2,3,4]");
    gives("States.ArrayUnique($)", "[true,false,true]", "[false,true]");
    gives("States.ArrayUnique($)", "[[1,2],[1,2],[2,1]]", "[[2,1],[1,2]]");
    gives("States.ArrayUnique($)", "[1,\"1\",1,\"01\"]", "[1,\"1\",\"01\"]");
    gives("States.ArrayUnique($)", "[null,null,1]", "[null,1]");
    gives("States.ArrayUnique($)", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]",
          "[{\"a\":1,\"b\":2}]");
    gives("States.ArrayUnique($)", "[1.1,1.1]", "[1.1]");
    gives("States.ArrayUnique($)", "[]", "[]");
    gives("States.ArrayUnique($)",
          "[1,\"1\",1,\"01\",null,1.1,-5,300000000000,\"héllo😀\",\"z\",[1.5,null],"
          "{\"a\":1},\"q\",\"w\",\"e\",\"r\",\"t\",\"y\",\"u\",\"i\"]",
          "[null,{\"a\":1},1,\"01\",300000000000,-5,\"e\",[1.5,null],\"i\",1.1,\"1\","
          "\"héllo😀\",\"q\",\"r\",\"t\",\"u\",\"w\",\"y\",\"z\"]");
}
END_TEST

START_TEST(math_add_rounds_each_argument_half_up)
{
    gives("States.MathAdd(1.49, 1.5)", "{}", "3");
    gives("States.MathAdd(1.5, 1.51)", "{}", "4");
    gives("States.MathAdd(-2.5, 0)", "{}", "-2");
    gives("States.MathAdd(-0.5, 0.5)", "{}", "1");
    gives("States.MathAdd(2147483646, 1)", "{}", "2147483647");
    invalid("States.MathAdd(2147483647, 1)", "{}", "the sum must lie between");
    invalid("States.MathAdd(3000000000, 1)", "{}", "argument 1 must lie between");
    invalid("States.MathAdd(1, '2')", "{}", "argument 2 must be a number");
    invalid("States.MathAdd(1, 2, 3)", "{}", "it takes at most 2, and got 3.");
}
END_TEST

START_TEST(seeded_random_is_that_of_java)
{
    gives("States.MathRandom(0, 10, 42)", "{}", "0");
    gives("States.MathRandom(0, 100, 42)", "{}", "30");
    gives("States.MathRandom(0, 16, 42)", "{}", "11");
    gives("States.MathRandom(0, 2147483647, 42)", "{}", "1562431130");
    gives("States.MathRandom(-2147483648, 2147483647, 42)", "{}", "-1170105035");
    gives("States.MathRandom(7, 8)", "{}", "7");
    invalid("States.MathRandom(1.4, 1.6)", "{}", "the start must be less than the end.");
    invalid("States.MathRandom(1, 10, null)", "{}",
            "argument 3 must be a number, and is null");
}
END_TEST

START_TEST(uuid_ignores_arguments)
{
    const char *uuid = "\"5a5a5a5a-5a5a-4a5a-9a5a-5a5a5a5a5a5a\"";
    gives("States.UUID()", "{}", uuid);
    gives("States.UUID('x')", "{}", uuid);
}
END_TEST

START_TEST(format_fills_placeholders)
{
    gives("States.Format('Hello {}!', $.n)", "{\"n\":\"Ada\"}", "\"Hello Ada!\"");
    gives("States.Format($.t, 1.50)", "{\"t\":\"n={}\"}", "\"n=1.5\"");
    gives("States.Format('{}|{}|{}', $.o, null, $.l)",
          "{\"o\":{\"Arg1\":1,\"Arg2\":[]},\"l\":[\"a\",[true]]}",
          "\"{Arg1=1, Arg2=[]}|null|[a, [true]]\"");
    gives("States.Format('\\'{}\\' \\{\\} \\\\', 1)", "{}", "\"'1' {} \\\\\"");
}
END_TEST

START_TEST(format_checks_its_template)
{
    invalid("States.Format('{} {}', 1)", "{}",
            "number of arguments do not match the occurrences of {}.");
    gives(
        "States.Format('Hello {{}}', 1)", "{}",
        "States.IntrinsicFailure: The function 'States.Format('Hello {{}}', 1)' had the "
        "following error: Invalid template in States.Format: matching '}' not found for "
        "'{'.");
}
END_TEST

START_TEST(split_takes_a_set_of_characters)
{
    gives("States.StringSplit('1+2,3.4', '.+,')", "{}", "[\"1\",\"2\",\"3\",\"4\"]");
    gives("States.StringSplit(',,,,', ',')", "{}", "[]");
    gives("States.StringSplit('', ',')", "{}", "[]");
    gives("States.StringSplit(', , ,', ',')", "{}", "[\" \",\" \"]");
    gives("States.StringSplit('abc', '')", "{}", "[\"abc\"]");
    gives("States.StringSplit('aéb✓c', '✓é')", "{}", "[\"a\",\"b\",\"c\"]");
    gives("States.StringSplit($$.Execution.Name, '-')", "{}", "[\"a\",\"b\",\"c\"]");
}
END_TEST

START_TEST(json_goes_to_text_and_back)
{
    gives("States.StringToJson(' {\"a\":[1]} ')", "{}", "{\"a\":[1]}");
    gives("States.StringToJson('')", "{}", "null");
    gives("States.StringToJson(' \n ')", "{}", "null");
    gives("States.StringToJson('-0')", "{}", "0");
    gives("States.JsonToString($)", "{\"b\":[true, null],\"a\":\"x\"}",
          "\"{\\\"b\\\":[true,null],\\\"a\\\":\\\"x\\\"}\"");
    invalid("States.StringToJson('{bad}')", "{}", "the string is not valid JSON: ");
    invalid("States.StringToJson(1)", "{}",
            "argument 1 must be a string, and is a number");
}
END_TEST

START_TEST(merge_is_shallow)
{
    gives("States.JsonMerge($.a, $.b, false)",
          "{\"a\":{\"n\":{\"x\":1},\"b\":2},\"b\":{\"c\":3,\"n\":{\"y\":2}}}",
          "{\"n\":{\"y\":2},\"b\":2,\"c\":3}");
    gives("States.JsonMerge($, $, 'no')", "{\"a\":1}", "{\"a\":1}");
    invalid("States.JsonMerge($, $, true)", "{}", "deep merge is not supported");
    invalid("States.JsonMerge($, null, false)", "{}", "argument 2 must be an object");
}
END_TEST

START_TEST(base64_reads_what_it_writes_and_more)
{
    gives("States.Base64Encode('Data to encode')", "{}", "\"RGF0YSB0byBlbmNvZGU=\"");
    gives("States.Base64Encode('')", "{}", "\"\"");
    gives("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "{}", "\"Data to encode\"");
    gives("States.Base64Decode(' YWJj!ZA==x')", "{}", "\"abcd\"");
    gives("States.Base64Decode('YWJjAGRlZg==')", "{}", "\"abc\\u0000def\"");
    gives("States.Base64Decode('/2E')", "{}",
          "\"\xEF\xBF\xBD"
          "a\"");
    invalid("States.Base64Encode(1)", "{}", "argument 1 must be a string");
}
END_TEST

START_TEST(data_is_limited_to_10000_characters)
{
    char input[10100];
    memset(input, 'a', sizeof input);
    input[0] = '"';
    strcpy(input + 10001, "\"");
    ASLI_AUTO(text) char *fits = run("States.Hash($, 'MD5')", input);
    ck_assert_str_eq(fits, "\"0d0c9c4db6953fee9e03f528cafd7d3e\"");
    strcpy(input + 10001, "a\"");
    invalid("States.Hash($, 'MD5')", input, "the data is longer than 10000 characters.");
    invalid("States.Base64Encode($)", input, "the data is longer than 10000 characters.");
}
END_TEST

START_TEST(hash_knows_five_algorithms)
{
    gives("States.Hash('input data', 'MD5')", "{}",
          "\"812f45842bc6d66ee14572ce20db8e86\"");
    gives("States.Hash('input data', 'SHA-1')", "{}",
          "\"aaff4a450a104cd177d28d18d74485e8cae074b7\"");
    gives("States.Hash($, 'MD5')", "{\"a\":1}", "\"bb6cb5c68df4652941caf652a366f2d8\"");
    invalid("States.Hash('x', 'sha-256')", "{}", "the algorithm must be MD5, SHA-1, ");
}
END_TEST

START_TEST(missing_argument_names_path_and_input)
{
    gives(
        "States.Format('{}', States.Format('{}',$.nope))", "{\"other\":1}",
        "States.Runtime: The function 'States.Format('{}', States.Format('{}',$.nope))' "
        "had "
        "the following error: The JsonPath argument for the field '$.nope' could not be "
        "found in the input '{\"other\":1}'");
    gives("States.Format('{}', $$.Nope.Deep)", "{\"other\":1}",
          "States.Runtime: The function 'States.Format('{}', $$.Nope.Deep)' had the "
          "following "
          "error: The JsonPath argument for the field '$.Nope.Deep' could not be found "
          "in the "
          "input '{\"other\":1}'");
    gives("States.Array($.l[5])", "{\"l\":[1]}",
          "States.Runtime: The function 'States.Array($.l[5])' had the following error: "
          "The "
          "JsonPath argument for the field '$.l[5]' could not be found in the input "
          "'{\"l\":[1]}'");
    gives("States.Array($.o[0])", "{\"o\":1}",
          "States.Runtime: The function 'States.Array($.o[0])' had the following error: "
          "Filter: [0] can only be applied to arrays. Current context is: 1");
}
END_TEST

START_TEST(paths_may_hold_commas_and_parentheses)
{
    gives("States.Array($['a, )'], $.l[0,1])", "{\"a, )\":1,\"l\":[2,3]}", "[1,[2,3]]");
    gives("States.ArrayLength($.l[?(@.x == 1)])", "{\"l\":[{\"x\":1},{\"x\":2}]}", "1");
}
END_TEST

START_TEST(bad_syntax_is_refused)
{
    refused("States.Nope(1)");
    refused("States.Array(1");
    refused("States.Array(1,)");
    refused("States.Array(,)");
    refused("States.Array(.5)");
    refused("States.Array(1.)");
    refused("States.Array([1])");
    refused("States.Array(\"x\")");
    refused("States.Array('x)");
    refused("States.Array('x')[0]");
    refused("States.Array('x') y");
    refused("States.Array");
    refused("States.Base64Decode('a\\n')");
    refused("States.StringToJson('{\"a\":\"\\\"b\\\"\"}')");
    refused("States.Array('\\");
}
END_TEST

START_TEST(ten_calls_nest_and_no_more)
{
    gives("States.Array(States.Array(States.Array(States.Array(States.Array(States.Array("
          "States.Array(States.Array(States.Array(States.Array(1))))))))))",
          "{}", "[[[[[[[[[[1]]]]]]]]]]");
    refused(
        "States.Array(States.Array(States.Array(States.Array(States.Array(States.Array("
        "States.Array(States.Array(States.Array(States.Array(States.Array(1)))))))))))");
}
END_TEST

START_TEST(compiled_calls_tell_about_themselves)
{
    struct asli_intrinsic *call = NULL;
    ck_assert(asli_intrinsic_like("States.X"));
    ck_assert(!asli_intrinsic_like("$.States.X"));
    ck_assert_int_eq(asli_intrinsic_compile(
                         "States.Format('{}', $.a, States.Array($b.c))", &call, NULL),
                     0);
    ck_assert(asli_intrinsic_gives_string(call));
    asli_intrinsic_free(call);
    ck_assert_int_eq(asli_intrinsic_compile("States.Array($.a)", &call, NULL), 0);
    ck_assert(!asli_intrinsic_gives_string(call));
    asli_intrinsic_free(call);
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("intrinsic");
    TCase *tc = tcase_create("intrinsic");
    tcase_add_test(tc, array_takes_any_count);
    tcase_add_test(tc, partition_cuts_the_fraction_of_its_size);
    tcase_add_test(tc, contains_compares_the_texts_of_values);
    tcase_add_test(tc, range_includes_its_end);
    tcase_add_test(tc, get_item_fails_outside_the_array);
    tcase_add_test(tc, unique_answers_in_the_order_of_a_java_hash_set);
    tcase_add_test(tc, math_add_rounds_each_argument_half_up);
    tcase_add_test(tc, seeded_random_is_that_of_java);
    tcase_add_test(tc, uuid_ignores_arguments);
    tcase_add_test(tc, format_fills_placeholders);
    tcase_add_test(tc, format_checks_its_template);
    tcase_add_test(tc, split_takes_a_set_of_characters);
    tcase_add_test(tc, json_goes_to_text_and_back);
    tcase_add_test(tc, merge_is_shallow);
    tcase_add_test(tc, base64_reads_what_it_writes_and_more);
    tcase_add_test(tc, data_is_limited_to_10000_characters);
    tcase_add_test(tc, hash_knows_five_algorithms);
    tcase_add_test(tc, missing_argument_names_path_and_input);
    tcase_add_test(tc, paths_may_hold_commas_and_parentheses);
    tcase_add_test(tc, bad_syntax_is_refused);
    tcase_add_test(tc, ten_calls_nest_and_no_more);
    tcase_add_test(tc, compiled_calls_tell_about_themselves);
    suite_add_tcase(suite, tc);
    return suite;
}
