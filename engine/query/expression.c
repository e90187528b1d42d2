/* SPDX-License-Identifier: Apache-2.0
 *
 * From a definition's "{% ... %}" to its value, or to AWS's sentence on why there is none. Nothing
 * is kept between evaluations; the values of $states are made when the expression asks for them.
 */
#include "engine/query/expression_impl.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define QUERY_ERROR "States.QueryEvaluationError"
#define DEPTH 100           /* AWS's, of nested evaluations */
#define VALUE_BYTES 6990256 /* likewise, of one value made */
#define STEPS 50000000      /* in place of AWS's five seconds */
#define STEPS_TEXT "Expression evaluation timeout: 5000ms. Check for infinite loop"

/* ---------------------------------------------------------------- compiling */

bool asli_expression_like(const char *text, size_t len)
{
    return len >= 4 && !memcmp(text, "{%", 2) && !memcmp(text + len - 2, "%}", 2);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The text between the delimiters, trimmed: a copy. */
static char *bare_text(const char *text, size_t len)
{
    const char *begin = text + 2, *end = text + len - 2;
    while (begin < end && is_blank(*begin))
        begin++;
    while (end > begin && is_blank(end[-1]))
        end--;
    return asli_strndup(begin, (size_t)(end - begin));
}

static int compile(struct asli_expression *e, size_t len, const char *where,
                   const struct asli_compiling *who, bool *ret_bad)
{
    asl_jsonata_options options = {.size = sizeof options, .flags = ASL_JSONATA_AWS};
    asl_jsonata_error why = {0};
    int rc = asl_jsonata_compile(e->text, len, &options, &e->compiled, &why);
    *ret_bad = rc != 0;
    if (rc == ASL_ENOMEM)
        return rc;
    if (rc)
        return who->problem(who->arg, "INVALID_JSONATA_EXPRESSION", where, "%s",
                            why.message);
    return asli_expression_check(e, where, who, ret_bad);
}

int asli_expression_compile(const char *text, size_t len, const char *field,
                            const char *where, const struct asli_compiling *who,
                            struct asli_expression **ret_expression, asl_error *reterr)
{
    struct asli_expression *e = asli_alloc(sizeof *e);
    bool bad = false;
    int rc = e ? 0 : ASL_ENOMEM;
    if (!rc && (!(e->text = bare_text(text, len)) || !(e->field = asli_strdup(field))))
        rc = ASL_ENOMEM;
    if (!rc)
        rc = compile(e, strlen(e->text), where, who, &bad);
    if (rc || bad) {
        asli_expression_free(e);
        return rc ? asli_oom(reterr) : 0;
    }
    *ret_expression = e;
    return 0;
}

void asli_expression_free(struct asli_expression *expression)
{
    if (!expression)
        return;
    asl_jsonata_free(expression->compiled);
    asli_free(expression->text);
    asli_free(expression->field);
    asli_free(expression);
}

/* ---------------------------------------------------------------- failures */

__attribute__((format(printf, 4, 5))) static int fail(const struct asli_expression *e,
                                                      struct asli_failure *failure,
                                                      asl_error *reterr,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *what = asli_vprintf(format, args);
    va_end(args);
    char *location = asli_strdup(e->field);
    if (!what || !location) {
        asli_free(location);
        return asli_oom(reterr);
    }
    int rc = asli_fail(failure, reterr, QUERY_ERROR,
                       "The JSONata expression '%s' specified for the field '%s' %s",
                       e->text, e->field, what);
    if (rc == ASLI_FAILED)
        failure->location = location;
    else
        asli_free(location);
    return rc;
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    case JSON_NULL:
        break;
    }
    return "null";
}

int asli_expression_unexpected(const struct asli_expression *expression,
                               const char *expected, const json_t *value,
                               struct asli_failure *failure, asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    int rc = asli_json_text(value, &text, NULL, reterr);
    return rc ? rc
              : fail(expression, failure, reterr,
                     "returned an unexpected result type. Expected '%s', but was '%s' "
                     "for value: %s",
                     expected, type_name(value), text);
}

/* AWS tells a limit without a code, and how deep it went. */
static int limit(const struct asli_expression *e, const asl_jsonata_error *why,
                 struct asli_failure *failure, asl_error *reterr)
{
    bool deep = strncmp(why->message, "Stack overflow", 14) == 0;
    bool slow = strstr(why->message, "timeout") != NULL;
    if (deep)
        return fail(e, failure, reterr,
                    "threw an error during evaluation: %s. Depth=%d max=%d", why->message,
                    DEPTH + 1, DEPTH);
    return fail(e, failure, reterr, "threw an error during evaluation: %s",
                slow ? STEPS_TEXT : why->message);
}

/* ---------------------------------------------------------------- evaluating */

struct evaluation {
    const struct asli_expression *expression;
    const struct asli_env *env;
    json_t *states;
    int code; /* of a callback that failed */
    asl_error *reterr;
};

static int put(json_t *object, const char *key, const json_t *value)
{
    return value ? json_object_set(object, key, (json_t *)value) : 0;
}

static json_t *make_states(struct evaluation *ev)
{
    const struct asli_env *env = ev->env;
    const json_t *context = NULL;
    json_t *o = json_object();
    bool bad = !o;
    if (!bad && ev->expression->context)
        bad = !(context = env->context(env->arg));
    if (!bad && !put(o, "input", env->input) && !put(o, "context", context) &&
        !put(o, "result", env->result) && !put(o, "errorOutput", env->error_output))
        return o;
    json_decref(o);
    return NULL;
}

static const json_t *variable(void *arg, const char *name, size_t len)
{
    struct evaluation *ev = arg;
    const json_t *value = NULL;
    if (len == 6 && memcmp(name, "states", 6) == 0) {
        if (!ev->states && !(ev->states = make_states(ev)))
            ev->code = asli_oom(ev->reterr);
        return ev->states;
    }
    if (ev->env->variable && !ev->code)
        ev->code = ev->env->variable(ev->env->arg, name, len, &value, ev->reterr);
    return value;
}

static double random_number(void *arg)
{
    struct evaluation *ev = arg;
    uint64_t bits = 0;
    if (!ev->code)
        ev->code = ev->env->random(ev->env->arg, &bits, sizeof bits);
    return (double)(bits >> 11) / (double)(UINT64_C(1) << 53);
}

static int conclude(struct evaluation *ev, int rc, asl_jsonata_result *result,
                    const asl_jsonata_error *why, struct asli_failure *failure)
{
    const struct asli_expression *e = ev->expression;
    if (ev->code || rc == ASL_ENOMEM) {
        json_decref(rc ? NULL : result->value);
        return ev->code ? ev->code : asli_oom(ev->reterr);
    }
    if (rc && why->kind == ASL_JSONATA_LIMIT)
        return limit(e, why, failure, ev->reterr);
    if (rc)
        return fail(e, failure, ev->reterr, "threw an error during evaluation. %s: %s",
                    why->code, why->message);
    if (result->kind == ASL_JSONATA_UNDEFINED)
        return fail(e, failure, ev->reterr, "returned nothing (undefined).");
    if (result->kind == ASL_JSONATA_FUNCTION)
        return fail(e, failure, ev->reterr, "returned an unsupported result type.");
    return 0;
}

int asli_expression_eval(const struct asli_expression *expression,
                         const struct asli_env *env, json_t **ret_value,
                         struct asli_failure *failure, asl_error *reterr)
{
    struct evaluation ev = {.expression = expression, .env = env, .reterr = reterr};
    asl_jsonata_input input = {.size = sizeof input,
                               .variable = variable,
                               .random = random_number,
                               .arg = &ev,
                               .now = env->now,
                               .depth = DEPTH,
                               .value_bytes = VALUE_BYTES,
                               .steps = STEPS};
    asl_jsonata_result result = {0};
    asl_jsonata_error why = {0};
    int rc = asl_jsonata_eval(expression->compiled, &input, &result, &why);
    rc = conclude(&ev, rc, &result, &why, failure);
    json_decref(ev.states);
    if (!rc)
        *ret_value = result.value;
    return rc;
}
