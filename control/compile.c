/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions of items, made into machines, and what AWS says of those that are wrong.
 */
#include <string.h>

#include "control/registry.h"
#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/jackson.h"

/* A diagnostic as AWS words it: of a text that is not JSON it passes on what Jackson says. */
struct wording {
    struct asli_jackson jackson;
    const char *message, *location; /* "" or NULL: none */
};

static struct wording word(const asl_diagnostic *d, const json_t *definition)
{
    struct wording w = {.message = d->message, .location = d->location};
    if (strcmp(d->code, "INVALID_JSON_DESCRIPTION") == 0 &&
        asli_jackson_error(json_string_value(definition), json_string_length(definition),
                           &w.jackson)) {
        w.message = w.jackson.message;
        w.location = w.jackson.place;
    }
    return w;
}

static bool has_errors(const asl_diagnostics *list)
{
    for (size_t i = 0; i < asl_diagnostics_count(list); i++)
        if (asl_diagnostics_get(list, i)->severity == ASL_ERROR)
            return true;
    return false;
}

/* As many whole diagnostics as fit into an error's text; the first in any case. Warnings are told
 * when there is nothing else. */
static void join(const asl_diagnostics *list, const json_t *definition,
                 struct asli_bytes *text)
{
    size_t room = sizeof((asl_error *)0)->text - 40; /* the words around them */
    bool errors = has_errors(list);
    for (size_t i = 0; i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        size_t before = text->len;
        if (errors && d->severity != ASL_ERROR)
            continue;
        struct wording w = word(d, definition);
        asli_bytes_addf(text, "%s%s: %s", before ? ", " : "", d->code, w.message);
        if (w.location && *w.location)
            asli_bytes_addf(text, " at %s", w.location);
        asli_jackson_done(&w.jackson);
        if (before && text->len > room) {
            text->len = before;
            return;
        }
    }
}

static int invalid(const asl_diagnostics *list, const json_t *definition,
                   asl_error *reterr)
{
    struct asli_bytes bytes = {0};
    join(list, definition, &bytes);
    ASLI_AUTO(text) char *text = bytes.oom ? NULL : asli_bytes_take_text(&bytes);
    asli_bytes_done(&bytes);
    return text ? asli_refuse(reterr, ASL_EDEFINITION, "InvalidDefinition",
                              "Invalid State Machine Definition: '%s'", text)
                : asli_oom(reterr);
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
        .revision_id = json_string_value(json_object_get(value, "revisionId"))};
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

static json_t *shown(const asl_diagnostic *d, const json_t *definition)
{
    json_t *object = json_object();
    struct wording w = word(d, definition);
    int rc = json_object_set_new(
                 object, "severity",
                 json_string(d->severity == ASL_ERROR ? "ERROR" : "WARNING")) ||
             json_object_set_new(object, "code", json_string(d->code)) ||
             json_object_set_new(object, "message", json_string(w.message)) ||
             (w.location && *w.location &&
              json_object_set_new(object, "location", json_string(w.location)) != 0);
    asli_jackson_done(&w.jackson);
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
        if (d->severity != ASL_ERROR && !warnings)
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
