/* SPDX-License-Identifier: Apache-2.0
 *
 * Choice: the first rule that is true names the next state (asl-reference 7).
 */
#include <stdarg.h>
#include <stdio.h>

#include "engine/base/alloc.h"
#include "engine/frame.h"
#include "engine/load.h"
#include "engine/query/expression.h"
#include "engine/state.h"

struct branch {
    struct asli_rule *rule;          /* JSONPath */
    struct asli_template *condition; /* JSONata */
    struct asli_state *next;
    struct asli_way_out out;
};
struct choice {
    json_t *choices;
    struct asli_state *otherwise;
    struct branch *branches;
    size_t count;
};

static const struct asli_field fields[] = {
    {"Choices", ASLI_FIELD_JSON, ASLI_REQUIRED, offsetof(struct choice, choices)},
    {"Default", ASLI_FIELD_STATE, 0, offsetof(struct choice, otherwise)},
    {NULL},
};

/* What a rule has besides its test. */
static const struct asli_field rule_fields[] = {
    {"Next", ASLI_FIELD_STATE, ASLI_REQUIRED, offsetof(struct branch, next)},
    {"Assign", ASLI_FIELD_ASSIGN, 0, offsetof(struct branch, out.assign)},
    {"Condition", ASLI_FIELD_TEMPLATE, ASLI_JSONATA | ASLI_REQUIRED,
     offsetof(struct branch, condition)},
    {"Output", ASLI_FIELD_TEMPLATE, ASLI_JSONATA, offsetof(struct branch, out.output)},
    {"Comment", ASLI_FIELD_NONE},
    {NULL},
};

__attribute__((format(printf, 4, 5))) static int
problem(void *arg, const char *code, const char *where, const char *format, ...)
{
    const struct asli_object *rule = arg;
    ASLI_AUTO(text) char *full = asli_printf("%s%s", rule->where, where);
    va_list args;
    if (!full)
        return ASL_ENOMEM;
    va_start(args, format);
    int rc = asli_load_vproblem(rule->loader, rule->state, code, full, format, args);
    va_end(args);
    return rc;
}

static int reads(void *arg, const char *name, size_t len)
{
    const struct asli_object *rule = arg;
    return asli_load_reads(rule->state, name, len);
}

/* A Condition is an expression, or true or false. */
static int check_condition(struct asli_object *rule)
{
    const json_t *value = json_object_get(rule->value, "Condition");
    if (!value || json_is_boolean(value) ||
        (json_is_string(value) &&
         asli_expression_like(json_string_value(value), json_string_length(value))))
        return 0;
    return asli_object_problem(rule, ASLI_CODE_SCHEMA, "Condition", ASLI_MSG_CONDITION);
}

static int load_branch(struct asli_object *rule, struct branch *branch)
{
    struct asli_compiling who = {problem, reads, rule};
    if (!json_is_object(rule->value))
        return problem(rule, ASLI_CODE_SCHEMA, "", ASLI_MSG_EXPECTED, "Object");
    rule->tables[0].fields = rule_fields;
    rule->tables[0].base = branch;
    rule->partial = !rule->jsonata; /* the operators are the rule's own affair */
    int rc = rule->jsonata ? check_condition(rule)
                           : asli_rule_compile(rule->value, &who, &branch->rule, NULL);
    return rc ? rc : asli_object_load(rule);
}

static int load(struct asli_loader *loader, struct asli_state *state)
{
    struct choice *def = state->def;
    size_t n = json_array_size(def->choices);
    if (!json_is_array(def->choices))
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Choices",
                                 ASLI_MSG_EXPECTED, "Array");
    if (n == 0)
        return asli_load_problem(loader, state, ASLI_CODE_SCHEMA, "/Choices",
                                 ASLI_MSG_EMPTY);
    def->branches = asli_alloc(n * sizeof *def->branches);
    if (!def->branches)
        return ASL_ENOMEM;
    def->count = n;
    for (size_t i = 0; i < n; i++) {
        char where[32];
        snprintf(where, sizeof where, "/Choices/%zu", i);
        struct asli_object rule = {.loader = loader,
                                   .state = state,
                                   .where = where,
                                   .value = json_array_get(def->choices, i),
                                   .jsonata = state->jsonata};
        int rc = load_branch(&rule, &def->branches[i]);
        if (rc)
            return rc;
    }
    return 0;
}

static void unload(struct asli_state *state)
{
    struct choice *def = state->def;
    for (size_t i = 0; i < def->count; i++) {
        asli_rule_free(def->branches[i].rule);
        asli_fields_free(rule_fields, &def->branches[i]);
    }
    asli_free(def->branches);
}

static int condition(struct asli_frame *frame, const struct branch *branch,
                     bool *ret_match, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    int rc = asli_frame_computed(frame, branch->condition, "boolean", &value, reterr);
    *ret_match = !rc && json_is_true(value);
    return rc;
}

static int rule(struct asli_frame *frame, const struct branch *branch, bool *ret_match,
                asl_error *reterr)
{
    struct asli_failure failure = {0};
    json_t *work = NULL;
    int rc = asli_frame_work_tree(frame, &work, reterr);
    if (rc)
        return rc;
    struct asli_env env = asli_frame_env(frame, work);
    rc = asli_rule_eval(branch->rule, &env, ret_match, &failure, reterr);
    asli_frame_env_done(frame);
    return rc == ASLI_FAILED ? asli_frame_query_failed(frame, &failure, reterr) : rc;
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct choice *def = frame->d.state->def;
    bool match = false;
    int rc = 0;
    frame->chosen = def->otherwise;
    for (size_t i = 0; i < def->count && !rc && !match; i++) {
        const struct branch *branch = &def->branches[i];
        rc = branch->rule ? rule(frame, branch, &match, reterr)
                          : condition(frame, branch, &match, reterr);
        if (!rc && match) {
            frame->chosen = branch->next;
            frame->out = &branch->out;
        }
    }
    if (!rc && !frame->chosen)
        rc = asli_frame_runtime(
            frame, reterr,
            "Failed to transition out of the state. The state does not point "
            "to a next state.");
    return rc ? asli_step_of(rc) : ASLI_STEP_DONE;
}

const struct asli_state_ops asli_state_choice = {
    .type = "Choice",
    .traits = ASLI_HAS_IO | ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct choice),
    .entered = ASLI_EVENT_ChoiceStateEntered,
    .exited = ASLI_EVENT_ChoiceStateExited,
    .aborted = ASLI_EVENT_NONE,
    .failed = ASLI_EVENT_NONE,
    .load = load,
    .unload = unload,
    .enter = enter,
};
