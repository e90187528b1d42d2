/* SPDX-License-Identifier: Apache-2.0
 *
 * Jayway's path functions, at the end of a path: $.items.length(), $..price.sum(). One
 * table row each. A function sees the value it is called on and its arguments; it gives a
 * new reference.
 */
#include "engine/query/path_impl.h"

#include <math.h>
#include <string.h>

#include "engine/query/intrinsic.h"

struct run {
    const json_t *model;
    struct asli_found *args;
    bool *many; /* of an argument: results of an indefinite path */
    size_t count;
    const char *why; /* of ASLI_FAILED */
    asl_error *reterr;
};

struct asli_path_call_ops {
    const char *name;
    int (*apply)(struct run *run, json_t **ret_value);
};

static const char nothing_to_count[] =
    "Aggregation function attempted to calculate value using empty array";

/* All numbers of the model, when it is an array, and of the arguments. */
struct numbers {
    double sum, squares, min, max;
    size_t count;
};

static void add_number(struct numbers *n, const json_t *value)
{
    if (!json_is_number(value))
        return;
    double x = json_number_value(value);
    n->sum += x;
    n->squares += x * x;
    n->min = n->count && n->min < x ? n->min : x;
    n->max = n->count && n->max > x ? n->max : x;
    n->count++;
}

static void add_numbers(struct numbers *n, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++)
        add_number(n, json_array_get(array, i));
}

static int numbers(struct run *run, struct numbers *n)
{
    *n = (struct numbers){0};
    add_numbers(n, run->model);
    for (size_t i = 0; i < run->count; i++) {
        add_number(n, run->args[i].value);
        add_numbers(n, run->args[i].value);
    }
    run->why = nothing_to_count;
    return n->count ? 0 : ASLI_FAILED;
}

static int give(struct run *run, json_t *take_value, json_t **ret_value)
{
    *ret_value = take_value;
    return take_value ? 0 : asli_oom(run->reterr);
}

static int give_real(struct run *run, double value, json_t **ret_value)
{
    run->why = "The result is not a number that JSON knows";
    return isfinite(value) ? give(run, json_real(value), ret_value) : ASLI_FAILED;
}

/* Java gives a Double whatever went in, so $.n.sum() of [1, 2] is 3.0. */
static int call_sum(struct run *run, json_t **ret_value)
{
    struct numbers n;
    int rc = numbers(run, &n);
    return rc ? rc : give_real(run, n.sum, ret_value);
}

static int call_avg(struct run *run, json_t **ret_value)
{
    struct numbers n;
    int rc = numbers(run, &n);
    return rc ? rc : give_real(run, n.sum / (double)n.count, ret_value);
}

static int call_min(struct run *run, json_t **ret_value)
{
    struct numbers n;
    int rc = numbers(run, &n);
    return rc ? rc : give_real(run, n.min, ret_value);
}

static int call_max(struct run *run, json_t **ret_value)
{
    struct numbers n;
    int rc = numbers(run, &n);
    return rc ? rc : give_real(run, n.max, ret_value);
}

static int call_stddev(struct run *run, json_t **ret_value)
{
    struct numbers n;
    int rc = numbers(run, &n);
    double count = (double)n.count;
    return rc ? rc
              : give_real(run, sqrt(n.squares / count - n.sum * n.sum / count / count),
                          ret_value);
}

static json_int_t children(const json_t *value)
{
    return (json_int_t)(json_is_array(value) ? json_array_size(value)
                                             : json_object_size(value));
}

/* length($.x): how many children $.x has; of an indefinite path: all that it found have.
 */
static int call_length(struct run *run, json_t **ret_value)
{
    json_int_t count = 0;
    const json_t *arg = run->count ? run->args[0].value : NULL;
    if (!run->count && !json_is_array(run->model) && !json_is_object(run->model))
        return give(run, json_null(), ret_value);
    if (!run->count)
        count = children(run->model);
    else if (run->many[0])
        for (size_t i = 0; i < json_array_size(arg); i++)
            count += children(json_array_get(arg, i));
    else
        count = children(arg);
    return give(run, json_integer(count), ret_value);
}

static int call_keys(struct run *run, json_t **ret_value)
{
    if (!json_is_object(run->model))
        return give(run, json_null(), ret_value);
    json_t *object = (json_t *)run->model, *keys = json_array();
    for (void *at = json_object_iter(object); keys && at;
         at = json_object_iter_next(object, at))
        if (json_array_append_new(keys,
                                  json_stringn_nocheck(json_object_iter_key(at),
                                                       json_object_iter_key_len(at)))) {
            json_decref(keys);
            keys = NULL;
        }
    return give(run, keys, ret_value);
}

static int call_concat(struct run *run, json_t **ret_value)
{
    struct asli_bytes out = {0};
    int rc = 0;
    for (size_t i = 0; i < json_array_size(run->model); i++) {
        const json_t *element = json_array_get(run->model, i);
        if (json_is_string(element))
            asli_bytes_add(&out, json_string_value(element), json_string_length(element));
    }
    for (size_t i = 0; !rc && i < run->count; i++)
        if (run->args[i].value && !json_is_null(run->args[i].value))
            rc = asli_java_text(run->args[i].value, &out);
    if (!rc)
        rc = out.oom ? asli_oom(run->reterr)
                     : give(run, json_stringn_nocheck(out.data ? out.data : "", out.len),
                            ret_value);
    else
        asl_error_set(run->reterr, rc, "%s", asl_code_text(rc));
    asli_bytes_done(&out);
    return rc;
}

/* A new array: the one in the document is shared. */
static int call_append(struct run *run, json_t **ret_value)
{
    if (!json_is_array(run->model))
        return give(run, json_incref((json_t *)run->model), ret_value);
    json_t *array = json_array();
    int bad = !array || json_array_extend(array, (json_t *)run->model);
    for (size_t i = 0; !bad && i < run->count; i++)
        bad = json_array_append(array, run->args[i].value ? (json_t *)run->args[i].value
                                                          : json_null());
    if (!bad)
        return give(run, array, ret_value);
    json_decref(array);
    return asli_oom(run->reterr);
}

static int give_element(struct run *run, json_int_t index, json_t **ret_value)
{
    json_int_t size = (json_int_t)json_array_size(run->model);
    if (index < 0)
        index += size;
    run->why =
        json_is_array(run->model) ? "The array has no such element" : nothing_to_count;
    if (index < 0 || index >= size)
        return ASLI_FAILED;
    return give(run, json_incref(json_array_get(run->model, (size_t)index)), ret_value);
}

static int call_first(struct run *run, json_t **ret_value)
{
    return give_element(run, 0, ret_value);
}

static int call_last(struct run *run, json_t **ret_value)
{
    return give_element(run, -1, ret_value);
}

static int call_index(struct run *run, json_t **ret_value)
{
    run->why = "index() needs a whole number";
    if (!run->count || !json_is_integer(run->args[0].value))
        return ASLI_FAILED;
    return give_element(run, json_integer_value(run->args[0].value), ret_value);
}

static const struct asli_path_call_ops calls[] = {
    {"length", call_length}, {"size", call_length},   {"keys", call_keys},
    {"min", call_min},       {"max", call_max},       {"avg", call_avg},
    {"sum", call_sum},       {"stddev", call_stddev}, {"concat", call_concat},
    {"append", call_append}, {"first", call_first},   {"last", call_last},
    {"index", call_index},
};

static int parse_args(struct asli_parse *in, struct asli_path_call *call)
{
    if (asli_parse_take(in, ")"))
        return 0;
    do {
        struct asli_operand *args =
            asli_realloc(call->args, (call->count + 1) * sizeof *args);
        if (!args)
            return asli_oom(in->reterr);
        call->args = args;
        args[call->count] = (struct asli_operand){0};
        int rc = asli_parse_operand(in, &args[call->count++]);
        if (rc)
            return rc;
        if (args[call->count - 1].regex)
            return asli_parse_fail(in, "an argument that is no regular expression");
    } while (asli_parse_take(in, ","));
    return asli_parse_take(in, ")") ? 0 : asli_parse_fail(in, "',' or ')'");
}

int asli_path_call_parse(struct asli_parse *in, const char *name, size_t len,
                         struct asli_path_call **ret_call)
{
    const struct asli_path_call_ops *ops = NULL;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strlen(calls[i].name) == len && memcmp(calls[i].name, name, len) == 0)
            ops = &calls[i];
    if (!ops)
        return asli_parse_fail(
            in, "a function that exists (length, size, keys, min, max, avg, "
                "sum, stddev, concat, append, first, last, index)");
    if (++in->depth > ASLI_PATH_NESTING)
        return asli_parse_fail(in, "less nesting");
    struct asli_path_call *call = asli_alloc(sizeof *call);
    if (!call)
        return asli_oom(in->reterr);
    call->ops = ops;
    int rc = parse_args(in, call);
    if (rc) {
        asli_path_call_free(call);
        return rc;
    }
    in->depth--;
    *ret_call = call;
    return 0;
}

void asli_path_call_free(struct asli_path_call *call)
{
    if (!call)
        return;
    for (size_t i = 0; i < call->count; i++)
        asli_operand_done(&call->args[i]);
    asli_free(call->args);
    asli_free(call);
}

const char *asli_path_call_name(const struct asli_path_call *call)
{
    return call->ops->name;
}

/* Arguments are found in the whole document, also where the function is called inside it.
 */
static int eval_args(const struct asli_path_call *call, struct asli_scope *scope,
                     struct run *run)
{
    struct asli_scope whole = {.root = scope->root,
                               .item = scope->root,
                               .depth = scope->depth,
                               .reterr = scope->reterr};
    for (size_t i = 0; i < call->count; i++) {
        const struct asli_operand *arg = &call->args[i];
        struct asli_found *found = &run->args[run->count];
        *found = (struct asli_found){.value = arg->literal};
        int rc = arg->path ? asli_path_find(arg->path, &whole, found) : 0;
        if (rc < 0)
            return rc;
        if (rc == ASLI_FAILED) {
            *found = (struct asli_found){0};
            run->why = "An argument of the function leads nowhere";
            return rc;
        }
        run->many[run->count++] = arg->path && !arg->path->definite;
    }
    return 0;
}

int asli_path_call_eval(const struct asli_path_call *call, const json_t *model,
                        const json_t *found, struct asli_scope *scope, json_t **ret_value,
                        const char **ret_why)
{
    struct run run = {.model = model, .reterr = scope->reterr};
    int rc = 0;
    run.args = asli_alloc((call->count + 1) * sizeof *run.args);
    run.many = asli_alloc((call->count + 1) * sizeof *run.many);
    if (!run.args || !run.many)
        rc = asli_oom(scope->reterr);
    if (!rc && found) {
        run.args[0].value = found;
        run.many[0] = true;
        run.count = 1;
    }
    if (!rc)
        rc = eval_args(call, scope, &run);
    if (!rc)
        rc = call->ops->apply(&run, ret_value);
    for (size_t i = 0; i < run.count; i++)
        json_decref(run.args[i].owned);
    asli_free(run.args);
    asli_free(run.many);
    if (rc == ASLI_FAILED)
        *ret_why = run.why;
    return rc;
}
