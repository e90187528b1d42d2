/* SPDX-License-Identifier: Apache-2.0
 *
 * Loading of machines: what is made of a good definition, and that nothing leaks or is slow.
 * What is said about bad ones: machine_fields_test.c.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/machine.h"
#include "engine/state.h"

static asl_machine *load(const char *definition)
{
    asl_machine *machine = NULL;
    asl_error error = {0};
    int code = asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, &error);
    ck_assert_msg(code == 0, "%s at %s", error.text, error.pointer);
    return machine;
}

static asl_machine *load_as(const char *definition, const char *name, int express)
{
    asl_machine_options options = {
        .size = sizeof(options), .name = name, .express = express};
    asl_machine *machine = NULL;
    ck_assert_int_eq(
        asl_machine_load(definition, (size_t)-1, &options, &machine, NULL, NULL), 0);
    return machine;
}

#define ONE "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}"

START_TEST(the_smallest_machine_has_one_scope_and_one_state)
{
    asl_machine *machine = load(ONE);
    ck_assert_str_eq(asl_machine_name(machine), "machine");
    ck_assert_uint_eq(machine->scope_count, 1);
    ck_assert_uint_eq(machine->state_count, 1);
    const struct asli_state *state = machine->scopes[0]->start;
    ck_assert_ptr_eq(state, machine->states[0]);
    ck_assert_str_eq(state->name, "A");
    ck_assert_str_eq(state->ops->type, "Succeed");
    ck_assert_ptr_eq(state->scope, machine->scopes[0]);
    ck_assert_ptr_null(machine->scopes[0]->owner);
    ck_assert(!machine->timeout_seconds.set);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(the_definition_is_kept_verbatim)
{
    static const char text[] = "  " ONE "\n";
    asl_machine *machine = load(text);
    ck_assert_str_eq(machine->definition, text);
    ck_assert_uint_eq(machine->definition_len, strlen(text));
    asl_machine_unref(machine);
}
END_TEST

START_TEST(the_hash_is_of_name_type_and_definition)
{
    asl_machine *m[] = {load_as(ONE, "a", 0), load_as(ONE, "a", 0), load_as(ONE, "b", 0),
                        load_as(ONE, "a", 1), load_as(ONE " ", "a", 0)};
    ck_assert_mem_eq(m[0]->hash, m[1]->hash, 16);
    for (size_t i = 2; i < 5; i++)
        ck_assert_mem_ne(m[0]->hash, m[i]->hash, 16);
    for (size_t i = 0; i < 5; i++)
        asl_machine_unref(m[i]);
}
END_TEST

START_TEST(a_machine_lives_as_long_as_it_is_referenced)
{
    asl_machine *machine = load(ONE);
    ck_assert_ptr_eq(asl_machine_ref(machine), machine);
    asl_machine_unref(machine);
    ck_assert_str_eq(asl_machine_name(machine), "machine");
    asl_machine_unref(machine);
    asl_machine_unref(NULL);
}
END_TEST

START_TEST(a_bad_name_is_an_invalid_argument)
{
    asl_machine_options options = {.size = sizeof(options), .name = "a b"};
    asl_machine *machine = NULL;
    asl_error error;
    ck_assert_int_eq(asl_machine_load(ONE, (size_t)-1, &options, &machine, NULL, &error),
                     ASL_EINVAL);
    ck_assert_str_eq(error.text, "Invalid Name: 'a b'");
    ck_assert_ptr_null(machine);
}
END_TEST

START_TEST(indexes_go_from_outer_to_inner_scopes_in_the_texts_order)
{
    asl_machine *machine =
        load("{\"StartAt\": \"P\", \"States\": {"
             "\"P\": {\"Type\": \"Parallel\", \"Next\": \"M\", \"Branches\": ["
             "  {\"StartAt\": \"b0\", \"States\": {\"b0\": {\"Type\": \"Pass\", \"End\": "
             "true}}},"
             "  {\"StartAt\": \"b1\", \"States\": {\"b1\": {\"Type\": \"Pass\", \"End\": "
             "true}}}]},"
             "\"M\": {\"Type\": \"Map\", \"End\": true, \"ItemProcessor\": "
             "  {\"StartAt\": \"i\", \"States\": {\"i\": {\"Type\": \"Pass\", \"End\": "
             "true}}}}}}");
    static const char *const names[] = {"P", "M", "b0", "b1", "i"};
    static const char *const where[] = {"", "/Branches/0", "/Branches/1",
                                        "/ItemProcessor"};
    ck_assert_uint_eq(machine->state_count, 5);
    ck_assert_uint_eq(machine->scope_count, 4);
    for (uint32_t i = 0; i < 5; i++) {
        ck_assert_str_eq(machine->states[i]->name, names[i]);
        ck_assert_uint_eq(machine->states[i]->index, i);
    }
    for (uint32_t i = 0; i < 4; i++) {
        ck_assert_str_eq(machine->scopes[i]->where, where[i]);
        ck_assert_uint_eq(machine->scopes[i]->index, i);
    }
    ck_assert_str_eq(machine->scopes[2]->owner->name, "P");
    ck_assert_ptr_eq(machine->states[0]->next, machine->states[1]);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(common_fields_are_compiled)
{
    asl_machine *machine = load(
        "{\"StartAt\": \"T\", \"TimeoutSeconds\": 60, \"Version\": \"1.0\", \"States\": {"
        "\"T\": {\"Type\": \"Task\", \"Resource\": \"handler:x\", \"End\": true,"
        "\"Comment\": \"c\", \"QueryLanguage\": \"JSONPath\", \"InputPath\": \"$.a[*]\","
        "\"OutputPath\": null, \"ResultPath\": \"$.r\", \"Parameters\": {\"x.$\": "
        "\"$.y\"},"
        "\"ResultSelector\": {}}}}");
    const struct asli_state *state = machine->states[0];
    ck_assert_str_eq(asli_path_text(state->input_path.path), "$.a[*]");
    ck_assert(!state->input_path.null);
    ck_assert(state->output_path.null);
    ck_assert_str_eq(asli_path_text(state->result_path.path), "$.r");
    ck_assert_ptr_nonnull(state->parameters);
    ck_assert_ptr_nonnull(state->result_selector);
    ck_assert_int_eq(machine->timeout_seconds.value, 60);
    asl_machine_unref(machine);
}
END_TEST

static const char retries[] =
    "{\"StartAt\": \"T\", \"States\": {"
    "\"T\": {\"Type\": \"Task\", \"Resource\": \"handler:x\", \"End\": true, \"Retry\": ["
    "  {\"ErrorEquals\": [\"E\", \"F\"]},"
    "  {\"ErrorEquals\": [\"States.ALL\"], \"IntervalSeconds\": 0, \"MaxAttempts\": 0,"
    "   \"BackoffRate\": 1, \"MaxDelaySeconds\": 5, \"JitterStrategy\": \"FULL\"}],"
    "\"Catch\": [{\"ErrorEquals\": [\"E\"], \"ResultPath\": \"$.e\", \"Next\": \"F\"},"
    "  {\"ErrorEquals\": [\"States.ALL\"], \"Next\": \"T\"}]},"
    "\"F\": {\"Type\": \"Fail\"}}}";

START_TEST(retriers_have_their_numbers_or_the_defaults)
{
    asl_machine *machine = load(retries);
    const struct asli_state *state = machine->states[0];
    ck_assert_uint_eq(state->retrier_count, 2);
    const struct asli_retrier *r = &state->retriers[0];
    ck_assert_uint_eq(r->errors.count, 2);
    ck_assert_str_eq(r->errors.names[1], "F");
    ck_assert_int_eq(r->interval_seconds, 1);
    ck_assert_int_eq(r->max_attempts, 3);
    ck_assert_int_eq(r->max_delay_seconds, 0);
    ck_assert_double_eq(r->backoff_rate, 2.0);
    ck_assert(!r->full_jitter);
    r = &state->retriers[1];
    ck_assert_int_eq(r->interval_seconds, 0);
    ck_assert_int_eq(r->max_attempts, 0);
    ck_assert_int_eq(r->max_delay_seconds, 5);
    ck_assert_double_eq(r->backoff_rate, 1.0);
    ck_assert(r->full_jitter);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(catchers_know_their_targets)
{
    asl_machine *machine = load(retries);
    const struct asli_state *state = machine->states[0];
    ck_assert_uint_eq(state->catcher_count, 2);
    ck_assert_str_eq(state->catchers[0].next->name, "F");
    ck_assert_str_eq(asli_path_text(state->catchers[0].result_path.path), "$.e");
    ck_assert_ptr_eq(state->catchers[1].next, state);
    ck_assert_ptr_null(state->catchers[1].result_path.path);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(empty_retry_and_catch_are_legal)
{
    asl_machine *machine = load(
        "{\"StartAt\": \"T\", \"States\": {\"T\": {\"Type\": \"Task\", \"End\": true,"
        "\"Resource\": \"handler:x\", \"Retry\": [], \"Catch\": []}}}");
    ck_assert_uint_eq(machine->states[0]->retrier_count, 0);
    ck_assert_uint_eq(machine->states[0]->catcher_count, 0);
    asl_machine_unref(machine);
}
END_TEST

START_TEST(a_legacy_iterator_is_an_item_processor)
{
    asl_machine *machine = load(
        "{\"StartAt\": \"M\", \"States\": {\"M\": {\"Type\": \"Map\", \"End\": true,"
        "\"Iterator\": {\"ProcessorConfig\": {\"Mode\": \"INLINE\"}, \"StartAt\": \"i\","
        "\"States\": {\"i\": {\"Type\": \"Pass\", \"End\": true}}}}}}");
    ck_assert_uint_eq(machine->scope_count, 2);
    ck_assert_str_eq(machine->scopes[1]->start->name, "i");
    asl_machine_unref(machine);
}
END_TEST

START_TEST(an_end_that_is_false_beside_next_is_legal)
{
    asl_machine_unref(load(
        "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Pass\", \"End\": false,"
        "\"Next\": \"B\"}, \"B\": {\"Type\": \"Succeed\"}}}"));
}
END_TEST

START_TEST(ten_thousand_states_are_loaded)
{
    struct asli_bytes text = {0};
    asli_bytes_adds(&text, "{\"StartAt\": \"s0\", \"States\": {");
    for (int i = 0; i < 10000; i++)
        asli_bytes_addf(&text, "\"s%d\": {\"Type\": \"Pass\", \"Next\": \"s%d\"},", i,
                        i + 1);
    asli_bytes_adds(&text, "\"s10000\": {\"Type\": \"Succeed\"}}}");
    char *definition = asli_bytes_take_text(&text);
    asl_machine *machine = load(definition);
    ck_assert_uint_eq(machine->state_count, 10001);
    ck_assert_str_eq(machine->states[9999]->next->name, "s10000");
    asl_machine_unref(machine);
    asli_free(definition);
}
END_TEST

static char *nested(int depth)
{
    struct asli_bytes text = {0};
    for (int i = 0; i < depth; i++)
        asli_bytes_addf(&text,
                        "{\"StartAt\": \"m%d\", \"States\": {\"m%d\": {\"Type\": \"Map\","
                        "\"End\": true, \"ItemProcessor\": ",
                        i, i);
    asli_bytes_adds(&text, ONE);
    for (int i = 0; i < depth; i++)
        asli_bytes_adds(&text, "}}}");
    return asli_bytes_take_text(&text);
}

START_TEST(scopes_nest_a_hundred_deep)
{
    char *definition = nested(100);
    asl_machine *machine = load(definition);
    ck_assert_uint_eq(machine->scope_count, 101);
    asl_machine_unref(machine);
    asli_free(definition);
}
END_TEST

START_TEST(scopes_nested_deeper_are_refused)
{
    char *definition = nested(101);
    asl_machine *machine = NULL;
    asl_error error;
    ck_assert_int_eq(
        asl_machine_load(definition, (size_t)-1, NULL, &machine, NULL, &error),
        ASL_EDEFINITION);
    ck_assert_str_eq(error.text, "States are nested more than 100 levels deep");
    asli_free(definition);
}
END_TEST

START_TEST(an_express_machine_refuses_callbacks_in_the_words_of_aws)
{
    static const char ask[] = "{\"StartAt\":\"A\",\"States\":{\"A\":{\"Type\":\"Task\","
                              "\"End\":true,\"Resource\":"
                              "\"arn:aws:states:::sqs:sendMessage.waitForTaskToken\"}}}";
    asl_machine_options options = {.size = sizeof options, .express = 1};
    asl_machine *machine = NULL;
    asl_error error = {0};
    ck_assert_int_eq(asl_machine_load(ask, (size_t)-1, &options, &machine, NULL, &error),
                     ASL_EDEFINITION);
    ck_assert_str_eq(error.text, "Express state machine does not support "
                                 "'.waitForTaskToken' service integration ");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("machine");
    TCase *tcase = tcase_create("machine");
    tcase_add_test(tcase, the_smallest_machine_has_one_scope_and_one_state);
    tcase_add_test(tcase, the_definition_is_kept_verbatim);
    tcase_add_test(tcase, the_hash_is_of_name_type_and_definition);
    tcase_add_test(tcase, a_machine_lives_as_long_as_it_is_referenced);
    tcase_add_test(tcase, a_bad_name_is_an_invalid_argument);
    tcase_add_test(tcase, indexes_go_from_outer_to_inner_scopes_in_the_texts_order);
    tcase_add_test(tcase, common_fields_are_compiled);
    tcase_add_test(tcase, retriers_have_their_numbers_or_the_defaults);
    tcase_add_test(tcase, catchers_know_their_targets);
    tcase_add_test(tcase, empty_retry_and_catch_are_legal);
    tcase_add_test(tcase, a_legacy_iterator_is_an_item_processor);
    tcase_add_test(tcase, an_end_that_is_false_beside_next_is_legal);
    tcase_add_test(tcase, ten_thousand_states_are_loaded);
    tcase_add_test(tcase, scopes_nest_a_hundred_deep);
    tcase_add_test(tcase, scopes_nested_deeper_are_refused);
    tcase_add_test(tcase, an_express_machine_refuses_callbacks_in_the_words_of_aws);
    suite_add_tcase(suite, tcase);
    return suite;
}
