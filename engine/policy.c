/* SPDX-License-Identifier: Apache-2.0
 *
 * Retry and Catch as a definition writes them (asl-reference 9.3, 9.4): read, checked, given their
 * defaults. What they do when an error comes is not here.
 */
#include <stdio.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/load.h"

/* A retrier as written. */
struct retrier_fields {
    struct asli_int_field interval, attempts, delay;
};

#define SECONDS_MAX 99999999
#define DELAY_MAX 31622400

static const struct asli_field retrier_fields[] = {
    {"ErrorEquals", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"IntervalSeconds", ASLI_FIELD_INT, ASLI_CONSTANT,
     offsetof(struct retrier_fields, interval), 0, 0, SECONDS_MAX},
    {"MaxAttempts", ASLI_FIELD_INT, ASLI_CONSTANT,
     offsetof(struct retrier_fields, attempts), 0, 0, SECONDS_MAX},
    {"BackoffRate", ASLI_FIELD_NONE},
    {"MaxDelaySeconds", ASLI_FIELD_INT, ASLI_CONSTANT,
     offsetof(struct retrier_fields, delay), 0, 1, DELAY_MAX},
    {"JitterStrategy", ASLI_FIELD_NONE},
    {"Comment", ASLI_FIELD_NONE},
    {NULL},
};

static const struct asli_field catcher_fields[] = {
    {"ErrorEquals", ASLI_FIELD_NONE, ASLI_REQUIRED},
    {"Next", ASLI_FIELD_STATE, ASLI_REQUIRED, offsetof(struct asli_catcher, next)},
    {"ResultPath", ASLI_FIELD_RESULT_PATH, ASLI_JSONPATH,
     offsetof(struct asli_catcher, result_path)},
    {"Assign", ASLI_FIELD_ASSIGN, 0, offsetof(struct asli_catcher, out.assign)},
    {"Output", ASLI_FIELD_TEMPLATE, ASLI_JSONATA,
     offsetof(struct asli_catcher, out.output)},
    {"Comment", ASLI_FIELD_NONE},
    {NULL},
};

const struct asli_field_table asli_policy_tables[] = {
    {"Retry", retrier_fields},
    {"Catch", catcher_fields},
    {NULL},
};

static int load_error_names(struct asli_object *entry, json_t *list, bool last,
                            struct asli_error_set *set)
{
    size_t i;
    json_t *value;
    bool all = false;
    json_array_foreach(list, i, value)
    {
        int code = 0;
        set->names[i] = asli_object_text(entry, value, "ErrorEquals", &code);
        if (!set->names[i])
            return code; /* count stays 0: it matches nothing */
        all |= strcmp(set->names[i], "States.ALL") == 0;
    }
    set->count = i;
    if (all && (i > 1 || !last))
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "ErrorEquals",
                                   ASLI_MSG_ALL_LAST);
    return 0;
}

static int load_errors(struct asli_object *entry, bool last, struct asli_error_set *set)
{
    json_t *list = json_object_get(entry->value, "ErrorEquals");
    if (!list)
        return 0;
    if (!json_is_array(list))
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "ErrorEquals",
                                   ASLI_MSG_EXPECTED, "ARRAY");
    if (json_array_size(list) == 0)
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "ErrorEquals",
                                   ASLI_MSG_EMPTY);
    set->names = asli_alloc(json_array_size(list) * sizeof(*set->names));
    if (!set->names)
        return ASL_ENOMEM;
    return load_error_names(entry, list, last, set);
}

static int load_backoff(struct asli_object *entry, struct asli_retrier *retrier)
{
    json_t *value = json_object_get(entry->value, "BackoffRate");
    if (!value)
        return 0;
    if (!json_is_number(value))
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "BackoffRate",
                                   ASLI_MSG_NUMBER);
    if (json_number_value(value) < 1.0)
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "BackoffRate",
                                   ASLI_MSG_MIN_NUMBER, 1.0);
    retrier->backoff_rate = json_number_value(value);
    return 0;
}

static int load_jitter(struct asli_object *entry, struct asli_retrier *retrier)
{
    json_t *value = json_object_get(entry->value, "JitterStrategy");
    if (!value)
        return 0;
    int code = 0;
    const char *text = asli_object_text(entry, value, "JitterStrategy", &code);
    if (!text)
        return code;
    retrier->full_jitter = strcmp(text, "FULL") == 0;
    if (retrier->full_jitter || strcmp(text, "NONE") == 0)
        return 0;
    return asli_object_problem(entry, ASLI_CODE_SCHEMA, "JitterStrategy", ASLI_MSG_ENUM,
                               "NONE, FULL");
}

static int load_retrier(struct asli_object *entry, bool last,
                        struct asli_retrier *retrier)
{
    struct retrier_fields written = {0};
    entry->tables[0].fields = retrier_fields;
    entry->tables[0].base = &written;
    bool jsonata = entry->jsonata;
    entry->jsonata = false; /* its numbers are literals in both languages */
    int code = asli_object_load(entry);
    entry->jsonata = jsonata;
    *retrier = (struct asli_retrier){
        .interval_seconds = written.interval.set ? written.interval.value : 1,
        .max_attempts = written.attempts.set ? written.attempts.value : 3,
        .max_delay_seconds = written.delay.value,
        .backoff_rate = 2.0,
    };
    if (code || load_errors(entry, last, &retrier->errors) ||
        load_backoff(entry, retrier) || load_jitter(entry, retrier))
        return ASL_ENOMEM;
    if (written.delay.set && written.delay.value <= retrier->interval_seconds)
        return asli_object_problem(entry, ASLI_CODE_SCHEMA, "MaxDelaySeconds",
                                   ASLI_MSG_DELAY);
    return 0;
}

static int load_catcher(struct asli_object *entry, bool last,
                        struct asli_catcher *catcher)
{
    entry->tables[0].fields = catcher_fields;
    entry->tables[0].base = catcher;
    if (asli_object_load(entry))
        return ASL_ENOMEM;
    return load_errors(entry, last, &catcher->errors);
}

/* One element of Retry or Catch. */
static int load_entry(struct asli_object *object, json_t *list, size_t i, bool retry)
{
    char where[48];
    snprintf(where, sizeof(where), "/%s/%zu", retry ? "Retry" : "Catch", i);
    struct asli_state *state = object->state;
    struct asli_object entry = {.loader = object->loader,
                                .state = state,
                                .where = where,
                                .value = json_array_get(list, i),
                                .jsonata = object->jsonata};
    if (!json_is_object(entry.value))
        return asli_object_problem(&entry, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_EXPECTED,
                                   "OBJECT");
    bool last = i + 1 == json_array_size(list);
    return retry ? load_retrier(&entry, last, &state->retriers[i])
                 : load_catcher(&entry, last, &state->catchers[i]);
}

static int load_list(struct asli_object *object, bool retry)
{
    const char *name = retry ? "Retry" : "Catch";
    json_t *list = json_object_get(object->value, name);
    if (!list)
        return 0;
    if (!json_is_array(list))
        return asli_object_problem(object, ASLI_CODE_SCHEMA, name, ASLI_MSG_EXPECTED,
                                   "ARRAY");
    struct asli_state *state = object->state;
    size_t count = json_array_size(list);
    size_t size = retry ? sizeof(*state->retriers) : sizeof(*state->catchers);
    void *entries = asli_alloc(count * size);
    if (!entries)
        return ASL_ENOMEM;
    if (retry) {
        state->retriers = entries;
        state->retrier_count = count;
    } else {
        state->catchers = entries;
        state->catcher_count = count;
    }
    for (size_t i = 0; i < count; i++) {
        if (load_entry(object, list, i, retry))
            return ASL_ENOMEM;
    }
    return 0;
}

int asli_load_policies(struct asli_object *object)
{
    return load_list(object, true) || load_list(object, false) ? ASL_ENOMEM : 0;
}

void asli_policies_free(struct asli_state *state)
{
    for (size_t i = 0; i < state->retrier_count; i++)
        asli_free(state->retriers[i].errors.names);
    for (size_t i = 0; i < state->catcher_count; i++) {
        asli_free(state->catchers[i].errors.names);
        asli_fields_free(catcher_fields, &state->catchers[i]);
    }
    asli_free(state->retriers);
    asli_free(state->catchers);
}
