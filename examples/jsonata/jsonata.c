/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluates a JSONata expression with libasl-jsonata alone: an order's total, and a function of
 * this program that the expression calls.
 */
#include <stdio.h>

#include <asl/jsonata.h>

/* $euro(amount): the amount as a text. */
static int euro(asl_jsonata_call *call, void *arg)
{
    char text[64];
    const json_t *amount = asl_jsonata_arg(call, 0);
    snprintf(text, sizeof text, "%.2f EUR", json_number_value(amount));
    return asl_jsonata_return(call, json_string(text));
}

int main(void)
{
    static const char text[] = "{'total': $euro($sum(items.(price * qty)))}";
    const asl_jsonata_function functions[] = {{"euro", "<n:s>", euro, NULL}};
    asl_jsonata_options options = {
        .size = sizeof options, .functions = functions, .function_count = 1};
    asl_jsonata_input input = {.size = sizeof input};
    asl_jsonata_error error;
    asl_jsonata_result result;
    asl_jsonata *expr;
    if (asl_jsonata_compile(text, (size_t)-1, &options, &expr, &error) != 0)
        return fprintf(stderr, "%s: %s\n", error.code, error.message), 1;
    json_t *order = json_pack("{s:[{s:f,s:i},{s:f,s:i}]}", "items", "price", 2.5, "qty", 4,
                              "price", 10.0, "qty", 1);
    input.value = order;
    if (asl_jsonata_eval(expr, &input, &result, &error) != 0)
        return fprintf(stderr, "%s: %s\n", error.code, error.message), 1;
    puts(json_string_value(json_object_get(result.value, "total")));
    json_decref(result.value);
    json_decref(order);
    asl_jsonata_free(expr);
    return 0;
}
