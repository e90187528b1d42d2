/* SPDX-License-Identifier: Apache-2.0
 *
 * Input and output processing. JSONPath: InputPath, Parameters, ResultSelector, ResultPath,
 * OutputPath (asl-reference 2). JSONata: Arguments, Output (13). Both: Assign (12). And the failures
 * it can end in.
 *
 * A value that passes unchanged keeps its payload, so it is neither serialised nor stored again.
 */
#include "engine/io.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/id.h"
#include "engine/base/json.h"
#include "engine/engine.h"
#include "engine/probe.h"

/* ---- failures of the interpreter ---- */

static char *prefixed(struct asli_frame *f, const char *detail)
{
    return asli_printf(
        "An error occurred while executing the state '%s' (entered at the event "
        "id #%llu). %s",
        f->d.state->name, (unsigned long long)f->d.entered_event, detail);
}

static int set_failure(struct asli_frame *f, char *take_error, char *take_cause,
                       asl_error *reterr)
{
    if (!take_error || !take_cause) {
        asli_free(take_error);
        asli_free(take_cause);
        return asli_oom(reterr);
    }
    asli_failure_done(&f->failure);
    f->failure.error = take_error;
    f->failure.cause = take_cause;
    return ASLI_FAILED;
}

int asli_frame_runtime(struct asli_frame *frame, asl_error *reterr, const char *format,
                       ...)
{
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *detail = asli_vprintf(format, args);
    va_end(args);
    frame->fatal = true;
    return set_failure(frame, asli_strdup("States.Runtime"),
                       detail ? prefixed(frame, detail) : NULL, reterr);
}

int asli_frame_query_failed(struct asli_frame *frame, struct asli_failure *take_failure,
                            asl_error *reterr)
{
    char *error = take_failure->error, *location = take_failure->location;
    char *cause = prefixed(frame, take_failure->cause ? take_failure->cause : "");
    take_failure->error = take_failure->location = NULL;
    asli_failure_done(take_failure);
    frame->fatal = strcmp(error, "States.Runtime") == 0;
    frame->evaluation = strcmp(error, "States.QueryEvaluationError") == 0;
    int rc = set_failure(frame, error, cause, reterr);
    if (rc == ASLI_FAILED)
        frame->failure.location = location;
    else
        asli_free(location);
    return rc;
}

int asli_frame_evaluation(struct asli_frame *frame, const char *location,
                          asl_error *reterr, const char *format, ...)
{
    struct asli_failure failure = {.location = asli_strdup(location)};
    va_list args;
    va_start(args, format);
    ASLI_AUTO(text) char *cause = asli_vprintf(format, args);
    va_end(args);
    if (!cause || (location && !failure.location) ||
        !(failure.error = asli_strdup("States.QueryEvaluationError"))) {
        asli_failure_done(&failure);
        return asli_oom(reterr);
    }
    failure.cause = cause;
    cause = NULL;
    return asli_frame_query_failed(frame, &failure, reterr);
}

int asli_frame_too_large(struct asli_frame *frame, const char *what, asl_error *reterr)
{
    frame->fatal = true;
    return set_failure(
        frame, asli_strdup("States.DataLimitExceeded"),
        asli_printf("The state/task '%s' returned a result with a size exceeding "
                    "the maximum number of bytes service limit.",
                    what),
        reterr);
}

/* ---- paths ---- */

int asli_frame_path_in(struct asli_frame *frame, const struct asli_path *path,
                       const json_t *input, json_t **ret_value, asl_error *reterr)
{
    struct asli_env env = asli_frame_env(frame, input);
    ASLI_AUTO(text) char *detail = NULL;
    int rc = asli_path_eval(path, &env, ASLI_PATH_STRICT, ret_value, &detail, reterr);
    asli_frame_env_done(frame);
    if (rc != ASLI_FAILED)
        return rc;
    return asli_frame_runtime(frame, reterr, "Invalid path '%s' : %s",
                              asli_path_text(path), detail ? detail : "");
}

/* InputPath and OutputPath: the payload itself when the path is "$", {} when it is null. */
static int select_payload(struct asli_frame *f, const struct asli_path_field *field,
                          struct asli_payload *from, struct asli_payload **ret_payload,
                          asl_error *reterr)
{
    if (!field->null &&
        (!field->path || (asli_path_is_root(field->path) &&
                          asli_path_root(field->path) == ASLI_ROOT_INPUT))) {
        *ret_payload = asli_payload_ref(from);
        return 0;
    }
    json_t *value = NULL;
    if (field->null) {
        value = json_object();
    } else {
        json_t *tree;
        int rc = asli_payload_tree(from, f->x, &tree, reterr);
        if (!rc)
            rc = asli_frame_path_in(f, field->path, tree, &value, reterr);
        if (rc)
            return rc;
    }
    *ret_payload = asli_payload_new(value);
    return *ret_payload ? 0 : asli_oom(reterr);
}

int asli_frame_input(struct asli_frame *frame, struct asli_payload **ret_input,
                     json_t **tree, asl_error *reterr)
{
    struct asli_payload *input;
    int rc = select_payload(frame, &frame->d.state->input_path, frame->d.input, &input,
                            reterr);
    if (rc)
        return rc;
    rc = asli_payload_tree(input, frame->x, tree, reterr);
    if (rc)
        asli_payload_unref(input);
    else
        *ret_input = input;
    return rc;
}

int asli_frame_path(struct asli_frame *frame, const struct asli_path *path,
                    json_t **ret_value, asl_error *reterr)
{
    struct asli_payload *input;
    json_t *tree;
    int rc = asli_frame_input(frame, &input, &tree, reterr);
    if (rc)
        return rc;
    rc = asli_frame_path_in(frame, path, tree, ret_value, reterr);
    asli_payload_unref(input);
    return rc;
}

static int not_a_number(struct asli_frame *f, const struct asli_path *path,
                        const char *name, const char *type, const json_t *value,
                        asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    int rc = asli_json_text(value, &text, NULL, reterr);
    return rc ? rc
              : asli_frame_runtime(
                    f, reterr,
                    "The %sPath field refers to value \"%s\" which is not a valid %s: %s",
                    name, json_is_string(value) ? json_string_value(value) : text, type,
                    asli_path_text(path));
}

static int computed_int(struct asli_frame *f, const struct asli_template *t,
                        const char *name, int64_t min, int64_t max, int64_t *value,
                        asl_error *reterr)
{
    ASLI_AUTO(json) json_t *found = NULL;
    int rc = asli_frame_computed(f, t, "integer", &found, reterr);
    if (rc)
        return rc;
    int64_t number = json_integer_value(found);
    if (number < min || number > max)
        return asli_frame_evaluation(f, name, reterr,
                                     "The field '%s' must be between %lld and %lld, but "
                                     "was: %lld",
                                     name, (long long)min, (long long)max,
                                     (long long)number);
    *value = number;
    return 0;
}

int asli_frame_int(struct asli_frame *frame, const struct asli_int_field *field,
                   const char *name, int64_t min, int64_t max, int64_t *value,
                   asl_error *reterr)
{
    ASLI_AUTO(json) json_t *found = NULL;
    if (field->set)
        *value = field->value;
    if (field->computed)
        return computed_int(frame, field->computed, name, min, max, value, reterr);
    if (!field->path)
        return 0;
    int rc = asli_frame_path(frame, field->path, &found, reterr);
    if (rc)
        return rc;
    const char *text = json_string_value(found);
    char *end = NULL;
    int64_t number = text ? strtoll(text, &end, 10) : json_integer_value(found);
    bool digits = text && *text && end == text + json_string_length(found) &&
                  !isspace((unsigned char)*text);
    if (!(json_is_integer(found) || digits) || number < min || number > max)
        return not_a_number(frame, field->path, name, "integer", found, reterr);
    *value = number;
    return 0;
}

int asli_frame_number(struct asli_frame *frame, const struct asli_number_field *field,
                      const char *name, double *value, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *found = NULL;
    int rc = 0;
    if (field->set)
        *value = field->value;
    if (field->computed)
        rc = asli_frame_computed(frame, field->computed, "number", &found, reterr);
    else if (field->path)
        rc = asli_frame_path(frame, field->path, &found, reterr);
    if (rc || !found)
        return rc;
    const char *text = json_string_value(found);
    char *end = NULL;
    double number = text ? strtod(text, &end) : json_number_value(found);
    bool digits = text && *text && end == text + json_string_length(found) &&
                  strspn(text, "+-.0123456789eE") == strlen(text);
    if (!json_is_number(found) && !digits)
        return not_a_number(frame, field->path, name, "float", found, reterr);
    *value = number;
    return 0;
}

/* ---- templates ---- */

/* What the queries of a state see besides context and variables. */
struct given {
    const json_t *input;                 /* JSONPath: "$" */
    const json_t *result, *error_output; /* JSONata; NULL: not here */
};

static int evaluate(struct asli_frame *f, const struct asli_template *t,
                    const struct given *given, json_t **ret_value, asl_error *reterr)
{
    struct asli_env env = asli_frame_env(f, given->input);
    struct asli_failure failure = {0};
    json_t *input;
    if (f->d.state->jsonata) {
        int rc = asli_payload_tree(f->d.input, f->x, &input, reterr);
        if (rc)
            return rc;
        env.input = input;
        env.result = given->result;
        env.error_output = given->error_output;
    }
    int rc = asli_template_eval(t, &env, ret_value, &failure, reterr);
    asli_frame_env_done(f);
    return rc == ASLI_FAILED ? asli_frame_query_failed(f, &failure, reterr) : rc;
}

int asli_frame_template(struct asli_frame *frame, const struct asli_template *t,
                        const json_t *input, json_t **ret_value, asl_error *reterr)
{
    return evaluate(frame, t, &(struct given){.input = input}, ret_value, reterr);
}

static int evaluate_payload(struct asli_frame *f, const struct asli_template *t,
                            const struct given *given, struct asli_payload **ret_payload,
                            asl_error *reterr)
{
    json_t *value;
    int rc = evaluate(f, t, given, &value, reterr);
    if (rc)
        return rc;
    *ret_payload = asli_payload_new(value);
    return *ret_payload ? 0 : asli_oom(reterr);
}

static int apply_template(struct asli_frame *f, const struct asli_template *t,
                          struct asli_payload *from, struct asli_payload **ret_payload,
                          asl_error *reterr)
{
    json_t *tree;
    int rc = asli_payload_tree(from, f->x, &tree, reterr);
    return rc ? rc
              : evaluate_payload(f, t, &(struct given){.input = tree}, ret_payload,
                                 reterr);
}

static bool is_of(const json_t *value, const char *type)
{
    switch (json_typeof(value)) {
    case JSON_ARRAY:
        return strcmp(type, "array") == 0;
    case JSON_OBJECT:
        return strcmp(type, "object") == 0;
    case JSON_STRING:
        return strcmp(type, "string") == 0;
    case JSON_TRUE:
    case JSON_FALSE:
        return strcmp(type, "boolean") == 0;
    case JSON_INTEGER:
        return strcmp(type, "integer") == 0 || strcmp(type, "number") == 0;
    case JSON_REAL:
        return strcmp(type, "number") == 0;
    default:
        return false;
    }
}

int asli_frame_computed(struct asli_frame *frame, const struct asli_template *t,
                        const char *type, json_t **ret_value, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    struct asli_failure failure = {0};
    int rc = evaluate(frame, t, &(struct given){0}, &value, reterr);
    if (rc)
        return rc;
    if (is_of(value, type)) {
        *ret_value = json_incref(value);
        return 0;
    }
    rc = asli_template_unexpected(t, type, value, &failure, reterr);
    return rc == ASLI_FAILED ? asli_frame_query_failed(frame, &failure, reterr) : rc;
}

void asli_frame_reseed(struct asli_frame *frame)
{
    const struct asli_frame_data *d = &frame->d;
    const uint64_t entry[] = {asli_hash(frame->x->arn, strlen(frame->x->arn)),
                              d->entered_event, d->retry_count};
    frame->seed = asli_hash(entry, sizeof entry) | 1;
}

int asli_frame_recomputed(struct asli_frame *frame, const struct asli_template *t,
                          const char *type, json_t **ret_value, asl_error *reterr)
{
    asli_frame_reseed(frame);
    int rc = asli_frame_computed(frame, t, type, ret_value, reterr);
    frame->seed = 0;
    return rc;
}

/* ---- texts ---- */

/* A path or a call found nothing, or no text. */
static int no_text(struct asli_frame *f, const struct asli_text_field *field,
                   const char *name, const json_t *value, const json_t *work,
                   asl_error *reterr)
{
    ASLI_AUTO(text) char *text = NULL;
    int rc = asli_json_text(value ? value : work, &text, NULL, reterr);
    if (rc)
        return rc;
    if (!value)
        return asli_frame_runtime(f, reterr,
                                  "The JSONPath '%s' specified for the field '%sPath' "
                                  "could not be found in the input '%s'",
                                  asli_path_text(field->path), name, text);
    return asli_frame_runtime(
        f, reterr, "The value of the field '%sPath' must be a string but was: %s", name,
        text);
}

static int text_by_path(struct asli_frame *f, const struct asli_text_field *field,
                        const char *name, json_t **ret_value, asl_error *reterr)
{
    json_t *work;
    struct asli_failure failure = {0};
    int rc = asli_frame_work_tree(f, &work, reterr);
    if (rc)
        return rc;
    struct asli_env env = asli_frame_env(f, work);
    if (field->call)
        rc = asli_intrinsic_eval(field->call, &env, ret_value, &failure, reterr);
    else
        rc = asli_path_eval(field->path, &env, ASLI_PATH_STRICT, ret_value, NULL, reterr);
    asli_frame_env_done(f);
    if (rc == ASLI_FAILED && field->call)
        return asli_frame_query_failed(f, &failure, reterr);
    if (rc == ASLI_FAILED)
        return no_text(f, field, name, NULL, work, reterr);
    if (!rc && !json_is_string(*ret_value)) {
        rc = no_text(f, field, name, *ret_value, work, reterr);
        json_decref(*ret_value);
        *ret_value = NULL;
    }
    return rc;
}

int asli_frame_text(struct asli_frame *frame, const struct asli_text_field *field,
                    const char *name, char **ret_text, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    int rc = 0;
    if (field->computed)
        rc = asli_frame_computed(frame, field->computed, "string", &value, reterr);
    else if (field->path || field->call)
        rc = text_by_path(frame, field, name, &value, reterr);
    if (rc)
        return rc;
    const char *text = value ? json_string_value(value) : field->literal;
    *ret_text = asli_strdup(text);
    return text && !*ret_text ? asli_oom(reterr) : 0;
}

/* ---- the two ends of a state ---- */

int asli_io_input(struct asli_frame *frame, asl_error *reterr)
{
    const struct asli_state *s = frame->d.state;
    struct asli_payload *work, *after;
    asli_payload_unref(frame->d.work);
    frame->d.work = NULL;
    int rc = select_payload(frame, &s->input_path, frame->d.input, &work, reterr);
    if (rc)
        return rc;
    asli_probe_note(frame, ASLI_STAGE_INPUT_PATH, work);
    if (s->parameters) {
        rc = apply_template(frame, s->parameters, work, &after, reterr);
        asli_payload_unref(work);
        if (rc)
            return rc;
        work = after;
    }
    asli_probe_note(frame, s->jsonata ? ASLI_STAGE_ARGUMENTS : ASLI_STAGE_PARAMETERS,
                    work);
    frame->d.work = work;
    return 0;
}

int asli_frame_work(struct asli_frame *frame, struct asli_payload **work,
                    asl_error *reterr)
{
    int rc = frame->d.work ? 0 : asli_io_input(frame, reterr);
    if (!rc)
        *work = frame->d.work;
    return rc;
}

int asli_frame_work_tree(struct asli_frame *frame, json_t **tree, asl_error *reterr)
{
    struct asli_payload *work = NULL;
    int rc = asli_frame_work(frame, &work, reterr);
    return rc ? rc : asli_payload_tree(work, frame->x, tree, reterr);
}

int asli_io_graft(struct asli_frame *frame, const struct asli_path_field *field,
                  struct asli_payload *result, struct asli_payload **ret_payload,
                  asl_error *reterr)
{
    if (field->null) {
        *ret_payload = asli_payload_ref(frame->d.input);
        return 0;
    }
    if (!field->path || asli_path_is_root(field->path)) {
        *ret_payload = asli_payload_ref(result);
        return 0;
    }
    json_t *raw, *value, *root;
    ASLI_AUTO(text) char *detail = NULL;
    int rc = asli_payload_tree(frame->d.input, frame->x, &raw, reterr);
    if (!rc)
        rc = asli_payload_tree(result, frame->x, &value, reterr);
    if (!rc)
        rc = asli_path_graft(field->path, raw, value, &root, &detail, reterr);
    if (rc == ASLI_FAILED) {
        frame->fatal = false; /* States.ALL catches it */
        return set_failure(frame, asli_strdup("States.ResultPathMatchFailure"),
                           prefixed(frame, detail ? detail : ""), reterr);
    }
    if (rc)
        return rc;
    *ret_payload = asli_payload_new(root);
    return *ret_payload ? 0 : asli_oom(reterr);
}

/* What leaves a state is compact text within the size limit. */
static int seal(struct asli_frame *f, struct asli_payload *take_payload,
                struct asli_payload **ret_payload, asl_error *reterr)
{
    struct asli_payload *out = NULL;
    asli_probe_note(f, ASLI_STAGE_OUTPUT, take_payload);
    int rc = asli_payload_compact(take_payload, f->x, &out, reterr);
    asli_payload_unref(take_payload);
    if (!rc)
        rc = asli_payload_text(out, f->x, reterr);
    if (!rc && out->len > f->x->engine->max_payload)
        rc = asli_frame_too_large(f, f->d.state->name, reterr);
    if (rc) {
        asli_payload_unref(out);
        return rc;
    }
    *ret_payload = out;
    return 0;
}

static const struct asli_way_out *way_of(const struct asli_frame *f)
{
    return f->out ? f->out : &f->d.state->out;
}

/* Does the type have a result apart from its input? */
static bool has_result(const struct asli_state *s)
{
    return (s->ops->traits & ASLI_HAS_RESULT_SELECTOR) != 0;
}

/* JSONata: Output, or what is the output without it. */
static int jsonata_output(struct asli_frame *f, const struct asli_way_out *way,
                          const struct given *given, struct asli_payload *otherwise,
                          struct asli_payload **ret_output, asl_error *reterr)
{
    struct asli_payload *value = NULL;
    int rc = 0;
    if (way->output)
        rc = evaluate_payload(f, way->output, given, &value, reterr);
    else
        value = asli_payload_ref(otherwise);
    return rc ? rc : seal(f, value, ret_output, reterr);
}

static int result_output(struct asli_frame *f, struct asli_payload *result,
                         struct asli_payload **ret_output, asl_error *reterr)
{
    json_t *tree = NULL;
    bool own = has_result(f->d.state);
    int rc =
        own && way_of(f)->output ? asli_payload_tree(result, f->x, &tree, reterr) : 0;
    return rc ? rc
              : jsonata_output(f, way_of(f), &(struct given){.result = tree},
                               own ? result : f->d.input, ret_output, reterr);
}

int asli_io_output(struct asli_frame *frame, struct asli_payload *result,
                   struct asli_payload **ret_output, asl_error *reterr)
{
    const struct asli_state *s = frame->d.state;
    if (s->jsonata)
        return result_output(frame, result, ret_output, reterr);
    struct asli_payload *value = asli_payload_ref(result), *next;
    int rc = 0;
    if (s->result_selector) {
        rc = apply_template(frame, s->result_selector, value, &next, reterr);
        asli_payload_unref(value);
        if (rc)
            return rc;
        value = next;
    }
    asli_probe_note(frame, ASLI_STAGE_RESULT_SELECTOR, value);
    if (s->ops->traits & ASLI_HAS_RESULT_PATH) {
        rc = asli_io_graft(frame, &s->result_path, value, &next, reterr);
        asli_payload_unref(value);
        if (rc)
            return rc;
        value = next;
    }
    asli_probe_note(frame, ASLI_STAGE_RESULT_PATH, value);
    rc = select_payload(frame, &s->output_path, value, &next, reterr);
    asli_payload_unref(value);
    return rc ? rc : seal(frame, next, ret_output, reterr);
}

int asli_io_caught(struct asli_frame *frame, const struct asli_catcher *catcher,
                   struct asli_payload *error_output, struct asli_payload **ret_output,
                   asl_error *reterr)
{
    struct asli_payload *value;
    if (frame->d.state->jsonata) {
        json_t *error;
        int rc = asli_payload_tree(error_output, frame->x, &error, reterr);
        return rc ? rc
                  : jsonata_output(frame, &catcher->out,
                                   &(struct given){.error_output = error}, error_output,
                                   ret_output, reterr);
    }
    int rc = asli_io_graft(frame, &catcher->result_path, error_output, &value, reterr);
    return rc ? rc : seal(frame, value, ret_output, reterr);
}

/* ---- workflow variables ---- */

#define VARIABLES_MAX (10u << 20) /* bytes an execution may hold (asl-reference 12) */

/* `value` as the next of the set. */
static int add_variable(struct asli_frame *f, struct asli_variables *set,
                        const char *name, size_t len, json_t *value, size_t *sum,
                        asl_error *reterr)
{
    struct asli_variable *v = &set->items[set->count];
    if (!asli_machine_variable(f->x->machine, name, len, &v->name))
        return asl_error_set(reterr, ASL_EINTERNAL, "a variable without a number");
    v->value = asli_payload_new(json_incref(value));
    if (!v->value)
        return asli_oom(reterr);
    set->count++;
    int rc = asli_payload_text(v->value, f->x, reterr);
    *sum += v->value->len;
    if (rc || *sum <= f->x->engine->max_payload)
        return rc;
    return asli_frame_too_large(f, f->d.state->name, reterr);
}

/* All variables that would be held; those not read since the restart count as nothing. */
static size_t held(const struct asli_frame *f, const struct asli_variables *assigned)
{
    size_t sum = 0;
    for (; f; f = f->parent)
        for (uint32_t i = 0; f->d.variables && i < f->d.variables->count; i++)
            if (!asli_variables_get(assigned, f->d.variables->items[i].name))
                sum += f->d.variables->items[i].value->len;
    return sum;
}

int asli_io_assign(struct asli_frame *frame, const struct asli_catcher *catcher,
                   struct asli_payload *input, struct asli_variables **ret_assigned,
                   asl_error *reterr)
{
    const struct asli_way_out *way = catcher ? &catcher->out : way_of(frame);
    ASLI_AUTO(json) json_t *values = NULL;
    json_t *tree;
    size_t sum = 0;
    *ret_assigned = NULL;
    if (!way->assign)
        return 0;
    int rc = asli_payload_tree(input, frame->x, &tree, reterr);
    struct given given = {.input = rc ? NULL : tree};
    if (catcher)
        given.error_output = given.input;
    else if (has_result(frame->d.state))
        given.result = given.input;
    if (!rc)
        rc = evaluate(frame, way->assign, &given, &values, reterr);
    if (rc || !json_object_size(values))
        return rc;
    struct asli_variables *set = asli_variables_new(json_object_size(values));
    if (!set)
        return asli_oom(reterr);
    for (void *it = json_object_iter(values); it && !rc;
         it = json_object_iter_next(values, it))
        rc = add_variable(frame, set, json_object_iter_key(it),
                          json_object_iter_key_len(it), json_object_iter_value(it), &sum,
                          reterr);
    if (!rc && sum + held(frame, set) > VARIABLES_MAX)
        rc = asli_frame_too_large(frame, frame->d.state->name, reterr);
    if (rc)
        asli_variables_unref(set);
    else
        *ret_assigned = set;
    return rc;
}
