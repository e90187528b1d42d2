/* SPDX-License-Identifier: Apache-2.0
 *
 * From a Choice rule's JSON to its compiled form.
 *
 * Compilation goes on after a problem, so that each is reported, once; the rule that comes out
 * then is incomplete and freed at the end.
 */
#include "engine/query/choice_impl.h"

#include <string.h>

#define INVALID "SCHEMA_VALIDATION_FAILED"

struct compiler {
    const struct asli_compiling *who;
    bool failed; /* some problem was reported */
    asl_error *reterr;
};

static const struct asli_operator operators[] = {
#define OPERATOR_ROW(name, family, relation, right)                                      \
    {#name, ASLI_FAMILY_##family, ASLI_RELATION_##relation, ASLI_RIGHT_##right},
    ASLI_OPERATORS(OPERATOR_ROW)
#undef OPERATOR_ROW
};

static const char *const combinations[] = {
    [ASLI_RULE_AND] = "And", [ASLI_RULE_OR] = "Or", [ASLI_RULE_NOT] = "Not"};

static int compile_rule(struct compiler *c, json_t *value, const char *where, bool nested,
                        struct asli_rule *rule);

static const struct asli_operator *find_operator(const char *name)
{
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (!strcmp(operators[i].name, name))
            return &operators[i];
    return NULL;
}

/* ASLI_RULE_TEST: not a combination. */
static enum asli_rule_kind find_combination(const char *name)
{
    for (enum asli_rule_kind kind = ASLI_RULE_AND; kind <= ASLI_RULE_NOT; kind++)
        if (!strcmp(combinations[kind], name))
            return kind;
    return ASLI_RULE_TEST;
}

static bool is_callers_field(const char *name, bool nested)
{
    return !strcmp(name, "Comment") ||
           (!nested && (!strcmp(name, "Next") || !strcmp(name, "Assign")));
}

/* Reports at `where`/`field`, or at `where` when field is NULL. */
static int report(struct compiler *c, const char *code, const char *where,
                  const char *field, const char *text, const char *detail)
{
    c->failed = true;
    ASLI_AUTO(text) char *at = field ? asli_printf("%s/%s", where, field) : NULL;
    if (field && !at)
        return asli_oom(c->reterr);
    return c->who->problem(c->who->arg, code, field ? at : where, text, detail);
}

static int compile_path(struct compiler *c, json_t *value, const char *where,
                        const char *field, struct asli_path **ret_path)
{
    const char *text = json_string_value(value);
    asl_error why = {.text = "it contains a NUL character"};
    if (!text)
        return report(c, INVALID, where, field, "Expected value of type [%s]", "STRING");
    if (*text != '$')
        return report(c, INVALID, where, field, "Value is not a Reference Path: %s",
                      "Reference path didn't start with '$'");
    int err = ASL_EDEFINITION;
    if (strlen(text) == json_string_length(value))
        err = asli_path_compile(text, ret_path, &why);
    if (err == ASL_EDEFINITION)
        return report(c, INVALID, where, field, "Value is not a Reference Path: %s",
                      why.text);
    if (err)
        return asli_error_pass(c->reterr, &why);
    if (asli_path_reads(*ret_path, c->who))
        return asli_oom(c->reterr);
    if (!asli_path_is_reference(*ret_path))
        return report(c, INVALID, where, field, "Value is not a Reference Path: %s",
                      "only .name, ['name'] and [n] may follow '$'");
    return 0;
}

static const char *wanted_type(const struct asli_operator *op, const json_t *value)
{
    switch (op->family) {
    case ASLI_FAMILY_NUMERIC:
        return json_is_number(value) ? NULL : "NUMBER";
    case ASLI_FAMILY_BOOLEAN:
    case ASLI_FAMILY_TYPE:
        return json_is_boolean(value) ? NULL : "BOOLEAN";
    default:
        return json_is_string(value) ? NULL : "STRING";
    }
}

static int compile_operand(struct compiler *c, json_t *value, const char *where,
                           struct asli_rule *rule)
{
    if (rule->op->right == ASLI_RIGHT_PATH)
        return compile_path(c, value, where, rule->op->name, &rule->right);
    const char *wanted = wanted_type(rule->op, value);
    if (wanted)
        return report(c, INVALID, where, rule->op->name, "Expected value of type [%s]",
                      wanted);
    if (rule->op->family == ASLI_FAMILY_TIMESTAMP &&
        !asli_time_parse(json_string_value(value), json_string_length(value),
                         &rule->instant))
        return report(c, INVALID, where, rule->op->name, "%s",
                      "String does not match RFC3339 timestamp");
    rule->value = json_incref(value);
    return 0;
}

static int compile_nested(struct compiler *c, json_t *value, const char *where,
                          struct asli_rule *rule)
{
    const char *name = combinations[rule->kind];
    if (rule->kind == ASLI_RULE_NOT ? !json_is_object(value) : !json_is_array(value))
        return report(c, INVALID, where, name, "Expected value of type [%s]",
                      rule->kind == ASLI_RULE_NOT ? "OBJECT" : "ARRAY");
    size_t count = rule->kind == ASLI_RULE_NOT ? 1 : json_array_size(value);
    if (!count)
        return report(c, INVALID, where, name, "'%s' must hold at least one rule", name);
    rule->rules = asli_alloc(count * sizeof *rule->rules);
    if (!rule->rules)
        return asli_oom(c->reterr);
    int err = 0;
    while (!err && rule->count < count) {
        size_t i = rule->count++;
        ASLI_AUTO(text)
        char *below = rule->kind == ASLI_RULE_NOT
                          ? asli_printf("%s/Not", where)
                          : asli_printf("%s/%s/%zu", where, name, i);
        if (!below)
            return asli_oom(c->reterr);
        err = compile_rule(c,
                           rule->kind == ASLI_RULE_NOT ? value : json_array_get(value, i),
                           below, true, &rule->rules[i]);
    }
    return err;
}

/* The one field that says what the rule does; any second one, and any unknown, is a problem. */
static int find_subject(struct compiler *c, json_t *value, const char *where, bool nested,
                        struct asli_rule *rule, json_t **ret_operand)
{
    const char *name, *subject = NULL;
    json_t *member;
    int err = 0;
    *ret_operand = NULL;
    json_object_foreach(value, name, member)
    {
        const struct asli_operator *op = find_operator(name);
        enum asli_rule_kind kind = find_combination(name);
        if (!op && kind == ASLI_RULE_TEST) {
            if (strcmp(name, "Variable") && !is_callers_field(name, nested))
                err =
                    report(c, INVALID, where, name, "Field '%s' is not supported", name);
        } else if (subject) {
            err = report(c, INVALID, where, name,
                         "A choice rule takes exactly one operator, and has '%s' already",
                         subject);
        } else {
            subject = name;
            rule->op = op;
            rule->kind = kind;
            *ret_operand = member;
        }
        if (err)
            return err;
    }
    return 0;
}

static int compile_test(struct compiler *c, json_t *value, const char *where,
                        json_t *operand, struct asli_rule *rule)
{
    json_t *variable = json_object_get(value, "Variable");
    int err = variable ? compile_path(c, variable, where, "Variable", &rule->variable)
                       : report(c, INVALID, where, NULL,
                                "These fields are required: [%s]", "Variable");
    if (!err && !operand)
        err =
            report(c, INVALID, where, NULL, "%s",
                   "A choice rule takes exactly one operator, such as 'StringEquals', or "
                   "'And', 'Or' or 'Not'");
    return err || !operand ? err : compile_operand(c, operand, where, rule);
}

static int compile_rule(struct compiler *c, json_t *value, const char *where, bool nested,
                        struct asli_rule *rule)
{
    json_t *operand;
    if (!json_is_object(value))
        return report(c, INVALID, where, NULL, "Expected value of type [%s]", "OBJECT");
    int err = find_subject(c, value, where, nested, rule, &operand);
    if (err)
        return err;
    if (rule->kind == ASLI_RULE_TEST)
        return compile_test(c, value, where, operand, rule);
    if (json_object_get(value, "Variable"))
        err = report(c, INVALID, where, "Variable", "Field '%s' is not supported",
                     "Variable");
    return err ? err : compile_nested(c, operand, where, rule);
}

int asli_rule_compile(json_t *value, const struct asli_compiling *who,
                      struct asli_rule **ret_rule, asl_error *reterr)
{
    struct compiler c = {.who = who, .reterr = reterr};
    struct asli_rule *rule = asli_alloc(sizeof *rule);
    if (!rule)
        return asli_oom(reterr);
    int err = compile_rule(&c, value, "", false, rule);
    if (err || c.failed) {
        asli_rule_free(rule);
        rule = NULL;
    }
    if (!err)
        *ret_rule = rule;
    return err;
}

static void rule_done(struct asli_rule *rule)
{
    for (size_t i = 0; i < rule->count; i++)
        rule_done(&rule->rules[i]);
    asli_free(rule->rules);
    if (rule->variable)
        asli_path_free(rule->variable);
    if (rule->right)
        asli_path_free(rule->right);
    json_decref(rule->value);
}

void asli_rule_free(struct asli_rule *rule)
{
    if (!rule)
        return;
    rule_done(rule);
    asli_free(rule);
}
