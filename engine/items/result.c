/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child execution's result looks like, by WriterConfig's Transformation.
 */
#include <string.h>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/items/writer.h"

/* One row a member of an execution's data, in AWS's order; what is absent is left out. */
struct row {
    const char *name;
    json_t *value; /* consumed */
    bool present;
};

static json_t *text(const char *value)
{
    return value ? json_string(value) : NULL;
}

static json_t *included(bool present)
{
    json_t *details = present ? json_object() : NULL;
    if (details && json_object_set_new(details, "Included", json_true())) {
        json_decref(details);
        return NULL;
    }
    return details;
}

static json_t *date(int64_t ms)
{
    char buf[32];
    if (!ms)
        return NULL;
    asli_time_format(ms, buf);
    return json_string(buf);
}

/* Takes all values; NULL when one that is present could not be made. */
static json_t *object_of(struct row *rows, size_t count)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].present)
            continue;
        /* A NULL object or value makes it fail, and frees the value. */
        if (json_object_set_new(object, rows[i].name, rows[i].value)) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

static json_t *execution_data(const struct asli_child_result *r)
{
    bool pending = strcmp(r->status, "PENDING") == 0;
    bool succeeded = strcmp(r->status, "SUCCEEDED") == 0;
    struct row rows[] = {
        {"Cause", text(r->cause), r->cause},
        {"Error", text(r->error), r->error},
        {"ExecutionArn", text(r->execution_arn), r->execution_arn},
        {"Input", text(r->input), r->input},
        {"InputDetails", included(r->input), r->input},
        {"Name", text(r->name), r->name},
        {"Output", text(r->output), r->output},
        {"OutputDetails", included(r->output), r->output},
        {"RedriveCount", pending ? NULL : json_integer(r->redrive_count), !pending},
        {"RedriveStatus",
         pending ? NULL : json_string(succeeded ? "NOT_REDRIVABLE" : "REDRIVABLE"),
         !pending},
        {"RedriveStatusReason",
         text(succeeded ? "Execution is SUCCEEDED and cannot be redriven" : NULL),
         succeeded},
        {"StartDate", date(r->start), r->start},
        {"StateMachineArn", text(r->state_machine_arn), r->state_machine_arn},
        {"Status", text(r->status), true},
        {"StopDate", date(r->stop), r->stop},
    };
    return object_of(rows, sizeof rows / sizeof *rows);
}

int asli_result_values(enum asli_write_transformation transformation,
                       const struct asli_child_result *result, json_t *array,
                       asl_error *reterr)
{
    if (transformation == ASLI_WRITE_NONE || strcmp(result->status, "SUCCEEDED") != 0)
        return json_array_append_new(array, execution_data(result)) ? asli_oom(reterr)
                                                                    : 0;
    json_t *output = NULL;
    asl_error error = {0};
    const char *from = result->output ? result->output : "null";
    int rc = asli_json_read(from, strlen(from), &output, &error);
    if (rc)
        return rc == ASL_ENOMEM ? asli_oom(reterr)
                                : asl_error_set(reterr, ASL_EFORMAT,
                                                "the output of '%s' is damaged: %s",
                                                result->name, error.text);
    if (transformation == ASLI_WRITE_FLATTEN && json_is_array(output))
        rc = json_array_extend(array, output);
    else
        rc = json_array_append(array, output);
    json_decref(output);
    return rc ? asli_oom(reterr) : 0;
}
