/* SPDX-License-Identifier: Apache-2.0
 *
 * Expressions on one item: what conditions hold, what updates make, and DynamoDB's words for what
 * is wrong with an expression.
 */
#include "conformance/kit/tables.h"

#include "conformance/kit/unit.h"
#include "engine/base/alloc.h"
#include "providers/dynamodb/expression.h"

#define ITEM                                                                             \
    "{'s':{'S':'hello'},'n':{'N':'5'},'b':{'B':'AQID'},'t':{'BOOL':true},"               \
    "'z':{'NULL':true},'l':{'L':[{'S':'x'},{'N':'2'},{'M':{'k':{'S':'deep'}}}]},"        \
    "'m':{'M':{'ix':{'N':'3'},'l':{'L':[{'N':'7'}]}}},'ss':{'SS':['a','b','c']},"        \
    "'ns':{'NS':['1','2']},'e':{'S':''},'p':{'S':'hello'}}"

#define VALUES                                                                           \
    "{':5':{'N':'5'},':4':{'N':'4'},':10':{'N':'10'},':one':{'N':'1.0'},"                \
    "':he':{'S':'he'},':hello':{'S':'hello'},':a':{'S':'a'},':x':{'S':'x'},"             \
    "':str':{'S':'S'},':bad':{'S':'X'},':t':{'BOOL':true},':b':{'B':'AQI='},"            \
    "':b2':{'B':'AgM='},':ss':{'SS':['c','d']},':abc':{'SS':['c','b','a']},"             \
    "':l':{'L':[{'S':'y'}]},':m':{'M':{}},':null':{'NULL':true}}"

struct world {
    struct asli_dyn_arena arena;
    struct asli_failure failure;
    struct asli_dyn_scope scope;
    json_t *names, *values, *item;
};

static void world_open(struct world *w)
{
    json_t *raw = kit_json(VALUES), *item = kit_json(ITEM);
    *w = (struct world){.names = kit_json("{'#n':'n','#size':'size','#d':'a.b'}")};
    ck_assert_int_eq(asli_dyn_values(raw, &w->values, &w->failure, NULL), 0);
    ck_assert_int_eq(asli_dyn_values(item, &w->item, &w->failure, NULL), 0);
    w->scope = (struct asli_dyn_scope){.arena = &w->arena,
                                       .names = w->names,
                                       .values = w->values,
                                       .used_names = json_object(),
                                       .used_values = json_object(),
                                       .failure = &w->failure};
    json_decref(raw);
    json_decref(item);
}

static void world_close(struct world *w)
{
    asli_dyn_arena_done(&w->arena);
    asli_failure_done(&w->failure);
    json_decref(w->scope.used_names);
    json_decref(w->scope.used_values);
    json_decref(w->names);
    json_decref(w->values);
    json_decref(w->item);
}

static bool holds(const char *text)
{
    struct world w;
    const struct asli_dyn_node *condition;
    bool oom, result;
    world_open(&w);
    ck_assert_msg(asli_dyn_condition(&w.scope, "ConditionExpression", text, &condition) ==
                      0,
                  "%s: %s", text, w.failure.cause);
    result = asli_dyn_holds(&w.scope, condition, w.item, &oom);
    ck_assert(!oom);
    world_close(&w);
    return result;
}

#define truth(text) ck_assert_msg(holds(text), "false: %s", text)
#define falsehood(text) ck_assert_msg(!holds(text), "true: %s", text)

START_TEST(comparisons_are_of_one_type)
{
    truth("n = :5");
    truth("#n = :5");
    truth("n > :4 and n < :10 AND n >= :5 AND n <= :5 AND n <> :4");
    falsehood("n > :5");
    falsehood("n < :hello");
    falsehood("n = :hello");
    truth("n <> :hello");
    truth("s > :he");
    truth("b > :b");
    truth("t = :t");
    truth("z = :null");
    truth("ss = :abc");
    truth("s = p");
    truth(":5 = n");
}
END_TEST

START_TEST(missing_attributes_equal_nothing)
{
    falsehood("gone = :5");
    falsehood("gone < :5");
    truth("gone <> :5");
    falsehood("gone = lost");
    falsehood("gone BETWEEN :4 AND :5");
    falsehood("gone IN (:4, :5)");
    truth("NOT gone = :5");
}
END_TEST

START_TEST(between_and_in)
{
    truth("n BETWEEN :4 AND :10");
    truth("n between :5 and :5");
    falsehood("n BETWEEN :10 AND n");
    truth("n IN (:4, :5)");
    falsehood("n IN (:4, :hello)");
    truth("n BETWEEN :4 AND :10 AND s = :hello");
}
END_TEST

START_TEST(and_binds_tighter_than_or)
{
    truth("n = :5 OR n = :4 AND n = :4");
    falsehood("(n = :5 OR n = :4) AND n = :4");
    truth("NOT n = :4 AND n = :5");
    falsehood("NOT (n = :5 OR s = :a)");
    truth("((n = :4) OR (n = :5)) AND (s = :hello)");
    truth("(n) = (:5)");
}
END_TEST

START_TEST(functions_of_conditions)
{
    truth("attribute_exists(m.l[0])");
    falsehood("attribute_exists(m.l[1])");
    truth("attribute_not_exists(s.x)");
    truth("attribute_type(s, :str)");
    falsehood("attribute_type(n, :str)");
    falsehood("attribute_type(gone, :str)");
    truth("begins_with(s, :he)");
    falsehood("begins_with(n, :he)");
    truth("begins_with(b, :b)");
    truth("contains(s, :he)");
    truth("contains(b, :b2)");
    truth("contains(ss, :a)");
    falsehood("contains(ss, :x)");
    truth("contains(l, :x)");
    falsehood("contains(n, :5)");
    truth("size(s) = :5");
    truth("size(ss) < :4 AND size(b) < :4 AND size(m) < :4 AND size(l) < :4");
    falsehood("size(n) = :one OR size(gone) < :10");
    truth("l[2].k <> s AND l[1] < :5");
}
END_TEST

static void refuses(int parse(struct world *w, const char *text), const char *text,
                    const char *expected)
{
    struct world w;
    world_open(&w);
    ck_assert_msg(parse(&w, text) == ASLI_FAILED, "%s", text);
    ck_assert_str_eq(w.failure.error, "ValidationException");
    ck_assert_str_eq(w.failure.cause, expected);
    world_close(&w);
}

static int parse_condition(struct world *w, const char *text)
{
    const struct asli_dyn_node *condition;
    return asli_dyn_condition(&w->scope, "ConditionExpression", text, &condition);
}

#define refuses_condition(text, expected)                                                \
    refuses(parse_condition, text, "Invalid ConditionExpression: " expected)
#define OPERAND "Incorrect operand type for operator or function; operator or function: "

START_TEST(syntax_errors_show_the_token_and_its_neighbours)
{
    refuses_condition("", "The expression can not be empty;");
    refuses_condition("foo", "Syntax error; token: \"<EOF>\", near: \"foo\"");
    refuses_condition("a ==  :5", "Syntax error; token: \"=\", near: \"==  :5\"");
    refuses_condition("attribute_exists(", "Syntax error; token: \"<EOF>\", near: \"(\"");
    refuses_condition("NOT (#n)", "Syntax error; token: \"<EOF>\", near: \")\"");
    refuses_condition("a AND b = :5", "Syntax error; token: \"AND\", near: \"a AND b\"");
    refuses_condition("a = 4", "Syntax error; token: \"4\", near: \"= 4\"");
    refuses_condition("a = :5 b", "Syntax error; token: \"b\", near: \":5 b\"");
    refuses_condition("a = \"x\"", "Syntax error; token: \"\"\", near: \"= \"x\"");
    refuses_condition("a BETWEEN :4 OR :5",
                      "Syntax error; token: \"OR\", near: \":4 OR :5\"");
    refuses_condition("_a = :5", "Syntax error; token: \"_\", near: \"_a\"");
}
END_TEST

START_TEST(wrong_conditions_are_refused_by_their_gravest_problem)
{
    refuses_condition("((n = :5))", "The expression has redundant parentheses;");
    refuses_condition("foo(a)", "Invalid function name; function: foo");
    refuses_condition("attribute_exists(a) = :5",
                      "The function is not allowed to be used this way in an expression; "
                      "function: attribute_exists");
    refuses_condition("size(s)", "The function is not allowed to be used this way in an "
                                 "expression; function: size");
    refuses_condition("Status = :nope",
                      "Attribute name is a reserved keyword; reserved keyword: Status");
    refuses_condition("a = :nope",
                      "An expression attribute value used in expression is not "
                      "defined; attribute value: :nope");
    refuses_condition("#nope = :5",
                      "An expression attribute name used in the document path "
                      "is not defined; attribute name: #nope");
    refuses_condition(
        "begins_with(a)",
        "Incorrect number of operands for operator or function; operator or "
        "function: begins_with, number of operands: 1");
    refuses_condition(
        "a.b[1] = a.b[1]",
        "The first operand must be distinct from the remaining operands for "
        "this operator or function; operator: =, first operand: [a, b, [1]]");
    refuses_condition("attribute_exists(:a)",
                      "Operator or function requires a document path; operator or "
                      "function: attribute_exists");
    refuses_condition("begins_with(s, :5)", OPERAND "begins_with, operand type: N");
    refuses_condition("attribute_type(s, n)", OPERAND "attribute_type, operand type: "
                                                      "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
    refuses_condition("attribute_type(s, :bad)",
                      "Invalid attribute type name found; type: X, valid types: "
                      "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    refuses_condition("s BETWEEN :x AND :a",
                      "The BETWEEN operator requires upper bound to be greater than or "
                      "equal to lower bound; lower bound operand: AttributeValue: {S:x}, "
                      "upper bound operand: AttributeValue: {S:a}");
    refuses_condition("s BETWEEN :5 AND :a",
                      "The BETWEEN operator requires same data type for lower and upper "
                      "bounds; lower bound operand: AttributeValue: {N:5}, upper bound "
                      "operand: AttributeValue: {S:a}");
}
END_TEST

START_TEST(deep_and_long_expressions_end_with_an_error)
{
    char text[5000];
    memset(text, '(', sizeof text);
    text[1000] = '\0';
    refuses_condition(text, "The expression is nested too deeply;");
    memset(text, 'a', sizeof text);
    text[4097] = '\0';
    refuses_condition(text, "Expression size has exceeded the maximum allowed size;");
}
END_TEST

/* ---- updates ---- */

static int parse_update(struct world *w, const char *text)
{
    struct asli_dyn_update update;
    json_t *item;
    int rc = asli_dyn_update(&w->scope, "UpdateExpression", text, &update);
    return rc ? rc : asli_dyn_apply(&w->scope, &update, w->item, &item);
}

/* What an attribute is after the update, NULL: it is gone. */
static void updates(const char *text, const char *attribute, const char *expected)
{
    struct world w;
    struct asli_dyn_update update;
    json_t *item;
    world_open(&w);
    ck_assert_msg(asli_dyn_update(&w.scope, "UpdateExpression", text, &update) == 0,
                  "%s: %s", text, w.failure.cause);
    ck_assert_msg(asli_dyn_apply(&w.scope, &update, w.item, &item) == 0, "%s: %s", text,
                  w.failure.cause);
    if (expected)
        kit_same(json_object_get(item, attribute), expected);
    else
        ck_assert_ptr_null(json_object_get(item, attribute));
    kit_same(w.item, ITEM);
    json_decref(item);
    world_close(&w);
}

START_TEST(set_puts_values_and_sums)
{
    updates("SET x = :a", "x", "{'S':'a'}");
    updates("set n = n + :10", "n", "{'N':'15'}");
    updates("SET n = (:10 - n)", "n", "{'N':'5'}");
    updates("SET x = if_not_exists(n, :10), y = if_not_exists(q, n)", "y", "{'N':'5'}");
    updates("SET x = if_not_exists(q, :10) - :one", "x", "{'N':'9'}");
    updates("SET l = list_append(l, :l)", "l",
            "{'L':[{'S':'x'},{'N':'2'},{'M':{'k':{'S':'deep'}}},{'S':'y'}]}");
    updates("SET x = list_append(:l, if_not_exists(q, :l))", "x",
            "{'L':[{'S':'y'},{'S':'y'}]}");
    updates("SET #d = :a", "a.b", "{'S':'a'}");
}
END_TEST

START_TEST(set_reaches_into_maps_and_lists)
{
    updates("SET m.ix = :a, m.#n = :5", "m",
            "{'M':{'ix':{'S':'a'},'l':{'L':[{'N':'7'}]},'n':{'N':'5'}}}");
    updates("SET l[1] = :a", "l", "{'L':[{'S':'x'},{'S':'a'},{'M':{'k':{'S':'deep'}}}]}");
    updates("SET l[9] = :10, l[7] = :5", "l",
            "{'L':[{'S':'x'},{'N':'2'},{'M':{'k':{'S':'deep'}}},{'N':'5'},{'N':'10'}]}");
    updates("SET l[2].k = n", "l", "{'L':[{'S':'x'},{'N':'2'},{'M':{'k':{'N':'5'}}}]}");
}
END_TEST

START_TEST(all_operands_are_of_the_item_before)
{
    updates("SET s = n, n = s", "n", "{'S':'hello'}");
    updates("SET x = n REMOVE n", "x", "{'N':'5'}");
    updates("SET m.ix = l, l[0] = :5", "m",
            "{'M':{'ix':{'L':[{'S':'x'},{'N':'2'},{'M':{'k':{'S':'deep'}}}]},"
            "'l':{'L':[{'N':'7'}]}}}");
}
END_TEST

START_TEST(remove_takes_away)
{
    updates("REMOVE n", "n", NULL);
    updates("REMOVE gone", "gone", NULL);
    updates("REMOVE l[0], l[1]", "l", "{'L':[{'M':{'k':{'S':'deep'}}}]}");
    updates("REMOVE l[0], l[2].k", "l", "{'L':[{'N':'2'},{'M':{}}]}");
    updates("REMOVE l[9]", "n", "{'N':'5'}");
}
END_TEST

START_TEST(add_and_delete)
{
    updates("ADD n :10", "n", "{'N':'15'}");
    updates("ADD q :10", "q", "{'N':'10'}");
    updates("ADD ss :ss", "ss", "{'SS':['a','b','c','d']}");
    updates("ADD q :ss", "q", "{'SS':['c','d']}");
    updates("ADD m.q :ss", "n", "{'N':'5'}");
    updates("DELETE ss :ss", "ss", "{'SS':['a','b']}");
    updates("DELETE ss :abc", "ss", NULL);
    updates("DELETE q :abc", "q", NULL);
    updates("ADD n :5 DELETE ss :ss SET s = :a REMOVE t", "s", "{'S':'a'}");
}
END_TEST

#define refuses_update(text, expected)                                                   \
    refuses(parse_update, text, "Invalid UpdateExpression: " expected)

START_TEST(wrong_updates_are_refused)
{
    refuses_update(" ", "The expression can not be empty;");
    refuses_update("INVALID SYNTAX HERE",
                   "Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"");
    refuses_update("SET a = :5,", "Syntax error; token: \"<EOF>\", near: \",\"");
    refuses_update("SET a = b + c + d", "Syntax error; token: \"+\", near: \"c + d\"");
    refuses_update("REMOVE a = b", "Syntax error; token: \"=\", near: \"a = b\"");
    refuses_update("ADD a b", "Syntax error; token: \"b\", near: \"a b\"");
    refuses_update("SET :a = b", "Syntax error; token: \":a\", near: \"SET :a =\"");
    refuses_update("SET a = :5 SET b = :5",
                   "The \"SET\" section can only be used once in an update expression;");
    refuses_update("remove Absolute",
                   "Attribute name is a reserved keyword; reserved keyword: Absolute");
    refuses_update("SET a = if_not_exist(a, :5)",
                   "Invalid function name; function: if_not_exist");
    refuses_update(
        "SET a.b = :5, a = :5",
        "Two document paths overlap with each other; must remove or rewrite one "
        "of these paths; path one: [a, b], path two: [a]");
    refuses_update("SET a.b = :5, a[0] = :5",
                   "Two document paths conflict with each other; must remove or rewrite "
                   "one of these paths; path one: [a, b], path two: [a, [0]]");
    refuses_update("ADD a :a",
                   "Incorrect operand type for operator or function; operator: "
                   "ADD, operand type: STRING");
    refuses_update("DELETE a :5", "Incorrect operand type for operator or function; "
                                  "operator: DELETE, operand type: NUMBER");
    refuses_update("SET a = a + :a", OPERAND "+, operand type: S");
    refuses_update("SET a = list_append(a, :5)", OPERAND "list_append, operand type: N");
    refuses_update("SET a = if_not_exists(:a, b)",
                   "Operator or function requires a document path; operator or function: "
                   "if_not_exists");
}
END_TEST

START_TEST(updates_that_do_not_fit_the_item_are_refused)
{
#define refuses_item(text, expected) refuses(parse_update, text, expected)
    refuses_item("SET x = gone",
                 "The provided expression refers to an attribute that does "
                 "not exist in the item");
    refuses_item("SET x = s + :5",
                 "An operand in the update expression has an incorrect data type");
    refuses_item("ADD s :5",
                 "An operand in the update expression has an incorrect data type");
    refuses_item("DELETE ns :ss",
                 "An operand in the update expression has an incorrect data type");
    refuses_item("SET gone.x = :5",
                 "The document path provided in the update expression is "
                 "invalid for update");
    refuses_item("SET m[0] = :5",
                 "The document path provided in the update expression is "
                 "invalid for update");
    refuses_item("REMOVE s.x", "The document path provided in the update expression is "
                               "invalid for update");
}
END_TEST

/* ---- projections ---- */

static int parse_projection(struct world *w, const char *text)
{
    struct asli_dyn_paths paths = {NULL, 0};
    return asli_dyn_projection(&w->scope, "ProjectionExpression", text, &paths);
}

static void projects(const char *text, const char *expected)
{
    struct world w;
    struct asli_dyn_paths paths = {NULL, 0};
    world_open(&w);
    ck_assert_int_eq(asli_dyn_projection(&w.scope, "ProjectionExpression", text, &paths),
                     0);
    json_t *item = asli_dyn_project(&paths, w.item);
    kit_same(item, expected);
    json_decref(item);
    world_close(&w);
}

START_TEST(projections_keep_what_is_asked_for)
{
    projects("s, #n", "{'s':{'S':'hello'},'n':{'N':'5'}}");
    projects("m.ix, m.l[0], gone", "{'m':{'M':{'ix':{'N':'3'},'l':{'L':[{'N':'7'}]}}}}");
    projects("l[2].k, l[0], l[8]", "{'l':{'L':[{'S':'x'},{'M':{'k':{'S':'deep'}}}]}}");
    projects("gone.x, s.x, l.x, m[0]", "{}");
}
END_TEST

START_TEST(wrong_projections_are_refused)
{
#define refuses_projection(text, expected)                                               \
    refuses(parse_projection, text, "Invalid ProjectionExpression: " expected)
    refuses_projection("", "The expression can not be empty;");
    refuses_projection("a-b", "Syntax error; token: \"-\", near: \"a-b\"");
    refuses_projection("a, a.b",
                       "Two document paths overlap with each other; must remove "
                       "or rewrite one of these paths; path one: [a], path two: "
                       "[a, b]");
    refuses_projection("a[x]", "Syntax error; token: \"x\", near: \"[x]\"");
}
END_TEST

Suite *unit_suite(void)
{
    Suite *suite = suite_create("dynamodb/expression");
    TCase *tests = tcase_create("expression");
    tcase_add_test(tests, comparisons_are_of_one_type);
    tcase_add_test(tests, missing_attributes_equal_nothing);
    tcase_add_test(tests, between_and_in);
    tcase_add_test(tests, and_binds_tighter_than_or);
    tcase_add_test(tests, functions_of_conditions);
    tcase_add_test(tests, syntax_errors_show_the_token_and_its_neighbours);
    tcase_add_test(tests, wrong_conditions_are_refused_by_their_gravest_problem);
    tcase_add_test(tests, deep_and_long_expressions_end_with_an_error);
    tcase_add_test(tests, set_puts_values_and_sums);
    tcase_add_test(tests, set_reaches_into_maps_and_lists);
    tcase_add_test(tests, all_operands_are_of_the_item_before);
    tcase_add_test(tests, remove_takes_away);
    tcase_add_test(tests, add_and_delete);
    tcase_add_test(tests, wrong_updates_are_refused);
    tcase_add_test(tests, updates_that_do_not_fit_the_item_are_refused);
    tcase_add_test(tests, projections_keep_what_is_asked_for);
    tcase_add_test(tests, wrong_projections_are_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
