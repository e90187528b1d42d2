/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions of items, made into machines, and what AWS says of those that are wrong.
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/told.h"

static int invalid(const asl_diagnostics *list, const json_t *definition,
                   asl_error *reterr)
{
    struct asli_bytes bytes = {0};
    asli_told_all(list, json_string_value(definition), json_string_length(definition),
                  &bytes);
    ASLI_AUTO(text) char *text = bytes.oom ? NULL : asli_bytes_take_text(&bytes);
    asli_bytes_done(&bytes);
    return text ? asli_refuse(reterr, ASL_EDEFINITION, "InvalidDefinition",
                              "Invalid State Machine Definition: '%s'", text)
                : asli_oom(reterr);
}

static int64_t updated(const json_t *value)
{
    return (int64_t)(json_number_value(json_object_get(value, "updateDate")) * 1000 +
                     0.5);
}

int asli_compile(const char *name, const json_t *value, asl_machine **ret_machine,
                 asl_diagnostics **ret_diagnostics, asl_error *reterr)
{
    const json_t *definition = json_object_get(value, "definition");
    const char *type = json_string_value(json_object_get(value, "type"));
    asl_diagnostics *list = NULL;
    asl_machine_options o = {
        .size = sizeof o,
        .name = name,
        .aws = 1,
        .express = type && *type == 'E',
        .role_arn = json_string_value(json_object_get(value, "roleArn")),
        .revision_id = json_string_value(json_object_get(value, "revisionId")),
        .updated = updated(value)};
    int rc =
        asl_machine_load(json_string_value(definition), json_string_length(definition),
                         &o, ret_machine, &list, reterr);
    if (rc == ASL_EDEFINITION && !ret_diagnostics)
        rc = invalid(list, definition, reterr);
    if (ret_diagnostics && (!rc || rc == ASL_EDEFINITION))
        *ret_diagnostics = list;
    else
        asl_diagnostics_free(list);
    return rc;
}

/* ---- ValidateStateMachineDefinition ---- */

/* Those of AWS; others are for those who use the library. */
static bool is_warned_of(const asl_diagnostic *d)
{
    static const char *const codes[] = {"NO_DOLLAR", "NO_PATH", "PASS_RESULT_IS_STATIC"};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i], d->code) == 0)
            return true;
    return false;
}

static json_t *shown(const asl_diagnostic *d, const json_t *definition)
{
    json_t *object = json_object();
    struct asli_told told;
    asli_told(d, json_string_value(definition), json_string_length(definition), &told);
    int rc = json_object_set_new(
                 object, "severity",
                 json_string(d->severity == ASL_ERROR ? "ERROR" : "WARNING")) ||
             json_object_set_new(object, "code", json_string(d->code)) ||
             json_object_set_new(object, "message", json_string(told.message)) ||
             (told.location &&
              json_object_set_new(object, "location", json_string(told.location)) != 0);
    asli_told_done(&told);
    if (!rc)
        return object;
    json_decref(object);
    return NULL;
}

/* {"result", "diagnostics", "truncated"} */
static int report(const struct asli_request *r, const asl_diagnostics *list, bool valid,
                  json_t *report, asl_error *reterr)
{
    const char *severity = asli_param(r, "severity");
    bool warnings = severity && strcmp(severity, "WARNING") == 0, truncated = false;
    json_int_t most = json_integer_value(json_object_get(r->params, "maxResults"));
    json_t *items = json_array();
    int rc = json_object_set_new(report, "diagnostics", items) ||
             json_object_set_new(report, "result", json_string(valid ? "OK" : "FAIL"));
    for (size_t i = 0; !rc && list && i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        if (d->severity != ASL_ERROR && !(warnings && is_warned_of(d)))
            continue;
        truncated = json_array_size(items) == (size_t)(most > 0 ? most : 100);
        if (truncated)
            break;
        rc = json_array_append_new(items,
                                   shown(d, json_object_get(r->params, "definition")));
    }
    if (rc || json_object_set_new(report, "truncated", json_boolean(truncated)) != 0)
        return asli_oom(reterr);
    return 0;
}

int asli_do_ValidateStateMachineDefinition(struct asli_request *r, asl_error *reterr)
{
    asl_machine *machine = NULL;
    asl_diagnostics *list = NULL;
    int rc = asli_compile(NULL, r->params, &machine, &list, reterr);
    bool valid = rc == 0;
    asl_machine_unref(machine);
    r->response = json_object();
    if (valid || rc == ASL_EDEFINITION)
        rc = report(r, list, valid, r->response, reterr);
    asl_diagnostics_free(list);
    return rc;
}
