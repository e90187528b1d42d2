/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluation of a compiled call: arguments first, left to right, then the function; and what the
 * functions have in common.
 *
 * Whatever fails inside, the cause names the whole outermost call as it was written:
 * "The function 'States.Format('{}', $.x)' had the following error: ...".
 */
#include "engine/query/intrinsic_impl.h"

#include <math.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"

#define FEW_ARGUMENTS 8

/* The documented name of what a function itself refuses. (Some published tests against AWS saw
 * "States.Runtime" here.) */
#define FUNCTION_FAILURE "States.IntrinsicFailure"

struct evaluation {
    const struct asli_env *env;
    const char *error; /* the name to fail with */
    char *detail;
    asl_error *reterr;
};

static int eval_node(struct evaluation *ev, const struct asli_node *node,
                     json_t **ret_value);

static int set_detail(char **detail, asl_error *reterr, char *take_text)
{
    asli_free(*detail);
    *detail = take_text;
    return take_text ? ASLI_FAILED : asli_oom(reterr);
}

/* AWS names a context path without its second "$" and quotes the input even then; only a wrongly
 * applied index shows the path library's own words. */
static int eval_path(struct evaluation *ev, const struct asli_path *path,
                     json_t **ret_value)
{
    ASLI_AUTO(text) char *why = NULL;
    int err =
        asli_path_eval(path, ev->env, ASLI_PATH_STRICT, ret_value, &why, ev->reterr);
    if (err != ASLI_FAILED)
        return err;
    ev->error = "States.Runtime";
    if (why && !strncmp(why, "Filter:", strlen("Filter:"))) {
        char *leak = why;
        why = NULL;
        return set_detail(&ev->detail, ev->reterr, leak);
    }
    ASLI_AUTO(text) char *input = NULL;
    err = asli_json_text(ev->env->input, &input, NULL, ev->reterr);
    if (err)
        return err;
    const char *text = asli_path_text(path);
    if (asli_path_root(path) == ASLI_ROOT_CONTEXT)
        text++;
    return set_detail(&ev->detail, ev->reterr,
                      asli_printf("The JsonPath argument for the field '%s' could not be "
                                  "found in the input '%s'",
                                  text, input));
}

static int run_function(struct evaluation *ev, const struct asli_node *node,
                        json_t **args, json_t **ret_value)
{
    const struct asli_function *function = node->function;
    struct asli_call call = {
        .env = ev->env,
        .function = function,
        .args = args,
        .count = node->count,
        .raw = node->count ? node->args[0].raw : NULL,
        .reterr = ev->reterr,
    };
    int err;
    if (node->count < function->least || node->count > function->most)
        err = asli_call_invalid(&call, "it takes %s%zu, and got %zu",
                                node->count < function->least ? "at least " : "at most ",
                                node->count < function->least ? function->least
                                                              : function->most,
                                node->count);
    else
        err = function->run(&call, ret_value);
    if (err == ASLI_FAILED) {
        ev->error = FUNCTION_FAILURE;
        err = set_detail(&ev->detail, ev->reterr, call.detail);
    }
    return err;
}

static int eval_call(struct evaluation *ev, const struct asli_node *node,
                     json_t **ret_value)
{
    json_t *few[FEW_ARGUMENTS];
    json_t **args = few;
    size_t done = 0;
    int err = 0;
    if (node->count > FEW_ARGUMENTS && !(args = asli_alloc(node->count * sizeof *args)))
        return asli_oom(ev->reterr);
    for (; !err && done < node->count; done += !err)
        err = eval_node(ev, &node->args[done], &args[done]);
    if (!err)
        err = run_function(ev, node, args, ret_value);
    while (done)
        json_decref(args[--done]);
    if (args != few)
        asli_free(args);
    return err;
}

static int eval_node(struct evaluation *ev, const struct asli_node *node,
                     json_t **ret_value)
{
    switch (node->kind) {
    case ASLI_NODE_PATH:
        return eval_path(ev, node->path, ret_value);
    case ASLI_NODE_CALL:
        return eval_call(ev, node, ret_value);
    case ASLI_NODE_LITERAL:
        break;
    }
    *ret_value = json_incref(node->literal);
    return 0;
}

int asli_intrinsic_eval(const struct asli_intrinsic *call, const struct asli_env *env,
                        json_t **ret_value, struct asli_failure *failure,
                        asl_error *reterr)
{
    struct evaluation ev = {.env = env, .reterr = reterr};
    int err = eval_call(&ev, &call->root, ret_value);
    if (err == ASLI_FAILED)
        err = asli_fail(failure, reterr, ev.error,
                        "The function '%s' had the following error: %s", call->text,
                        ev.detail);
    asli_free(ev.detail);
    return err;
}

int asli_call_failure(struct asli_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = asli_vprintf(format, args);
    va_end(args);
    return set_detail(&call->detail, call->reterr, text);
}

int asli_call_invalid(struct asli_call *call, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *reason = asli_vprintf(format, args);
    va_end(args);
    if (!reason)
        return asli_oom(call->reterr);
    return asli_call_failure(call, "Invalid arguments in %s: %s.", call->function->name,
                             reason);
}

int asli_call_return(struct asli_call *call, json_t *take_value, json_t **ret_value)
{
    if (!take_value)
        return asli_oom(call->reterr);
    *ret_value = take_value;
    return 0;
}

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "a boolean";
    default:
        return "null";
    }
}

static int wrong_type(struct asli_call *call, size_t i, const char *wanted)
{
    return asli_call_invalid(call, "argument %zu must be %s, and is %s", i + 1, wanted,
                             type_name(call->args[i]));
}

int asli_call_array(struct asli_call *call, size_t i)
{
    return json_is_array(call->args[i]) ? 0 : wrong_type(call, i, "an array");
}

int asli_call_string(struct asli_call *call, size_t i)
{
    return json_is_string(call->args[i]) ? 0 : wrong_type(call, i, "a string");
}

int asli_call_integer(struct asli_call *call, size_t i, int64_t *ret_value)
{
    const double exact =
        9007199254740992.0; /* beyond this a double is no exact integer */
    if (!json_is_number(call->args[i]))
        return wrong_type(call, i, "a number");
    double value = json_number_value(call->args[i]);
    if (!(fabs(value) <= exact))
        return asli_call_invalid(call, "argument %zu is out of range", i + 1);
    *ret_value = (int64_t)value;
    return 0;
}

static void java_text(const json_t *value, struct asli_bytes *out)
{
    char real[32];
    size_t i;
    const char *key, *gap = "";
    json_t *item;
    switch (json_typeof(value)) {
    case JSON_STRING:
        asli_bytes_add(out, json_string_value(value), json_string_length(value));
        break;
    case JSON_INTEGER:
        asli_bytes_addf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        break;
    case JSON_REAL:
        asli_bytes_add(out, real, asli_json_real(json_real_value(value), false, real));
        break;
    case JSON_ARRAY:
        asli_bytes_addc(out, '[');
        json_array_foreach(value, i, item)
        {
            asli_bytes_adds(out, i ? ", " : "");
            java_text(item, out);
        }
        asli_bytes_addc(out, ']');
        break;
    case JSON_OBJECT:
        asli_bytes_addc(out, '{');
        json_object_foreach((json_t *)value, key, item)
        {
            asli_bytes_addf(out, "%s%s=", gap, key);
            java_text(item, out);
            gap = ", ";
        }
        asli_bytes_addc(out, '}');
        break;
    default:
        asli_bytes_adds(out, json_is_true(value)    ? "true"
                             : json_is_false(value) ? "false"
                                                    : "null");
    }
}

int asli_java_text(const json_t *value, struct asli_bytes *out)
{
    java_text(value, out);
    return out->oom ? ASL_ENOMEM : 0;
}
