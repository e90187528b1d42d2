/* SPDX-License-Identifier: Apache-2.0
 *
 * act.h: input, errors by AWS's names, pages.
 */
#include "server/act.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/jackson.h"
#include "engine/base/page.h"

const char *asli_input_text(const struct asli_call *call, const char *name)
{
    return json_string_value(json_object_get(asli_call_input(call), name));
}

bool asli_input_is(const struct asli_call *call, const char *name, const char *value)
{
    const char *text = asli_input_text(call, name);
    return text && strcmp(text, value) == 0;
}

bool asli_act_name(struct asli_call *call)
{
    const json_t *name = json_object_get(asli_call_input(call), "name");
    const char *text = json_string_value(name);
    size_t len = json_string_length(name);
    struct asli_bytes message = {0};
    if (!text || strlen(text) == len)
        return true;
    asli_bytes_adds(&message, "Invalid Name: '");
    asli_bytes_add(&message, text, len);
    asli_bytes_addc(&message, '\'');
    asli_call_refuse_text(call, "InvalidName", message.oom ? NULL : message.data,
                          message.len);
    asli_bytes_done(&message);
    return false;
}

/* ---- errors ---- */

/* The format with the subject in place of its %s. */
static void refuse(struct asli_call *call, const struct asli_naming *name,
                   const char *subject)
{
    const char *mark = strstr(name->format, "%s");
    asli_call_refuse(call, name->exception, "%.*s%s%s", (int)(mark - name->format),
                     name->format, subject, mark + 2);
}

void asli_call_fail_as(struct asli_call *call, const asl_error *error,
                       const struct asli_naming *names, const char *member)
{
    const json_t *value = json_object_get(asli_call_input(call), member);
    ASLI_AUTO(text)
    char *text =
        error->code == ASL_EJSON && value
            ? asli_jackson_text(json_string_value(value), json_string_length(value))
            : NULL;
    for (; !error->exception && names && names->code; names++)
        if (names->code == error->code) {
            refuse(call, names, text ? text : error->text);
            return;
        }
    asli_call_fail(call, error);
}

void asli_call_fail_code(struct asli_call *call, int code, const char *text,
                         const struct asli_naming *names)
{
    const asl_error *whole = asl_engine_answer(asli_call_tenant(call)->engine);
    asl_error err = {0};
    asl_error_set(&err, code, "%s", text ? text : asl_code_text(code));
    asli_call_fail_as(call, whole ? whole : &err, names, NULL);
}

bool asli_act_execution(struct asli_call *call, const char *arn)
{
    struct asli_arn parts;
    asl_error err = {0};
    if (asli_arn_read(arn, "execution", &parts, &err) == 0)
        return true;
    asli_call_fail(call, &err);
    return false;
}

/* ---- pages ---- */

void asli_act_page(struct asli_call *call, json_t *take_page, uint64_t next)
{
    char position[24];
    ASLI_AUTO(text) char *token = NULL;
    asl_error err = {0};
    int rc = 0;
    snprintf(position, sizeof position, "%" PRIu64, next);
    if (next)
        rc = asli_page_token(asli_call_action(call), asli_call_input(call), position,
                             &token, &err);
    if (rc ||
        (token && json_object_set_new(take_page, "nextToken", json_string(token)))) {
        json_decref(take_page);
        take_page = NULL;
    }
    asli_call_succeed(call, take_page);
}

bool asli_act_after(struct asli_call *call, uint64_t *ret_after)
{
    ASLI_AUTO(text) char *position = NULL;
    asl_error err = {0};
    if (asli_page_position(asli_call_action(call), asli_call_input(call), &position,
                           &err)) {
        asli_call_fail(call, &err);
        return false;
    }
    *ret_after = position ? strtoull(position, NULL, 10) : 0;
    return true;
}
