/* SPDX-License-Identifier: Apache-2.0
 *
 * Services that speak AWS's query protocol, forms there and XML back: sns:publish.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "providers/http/form.h"
#include "providers/http/service.h"
#include "providers/http/xml.h"

static void put(json_t *form, const char *key, json_t *take_value, bool *ret_oom)
{
    if (json_object_set_new(form, key, take_value))
        *ret_oom = true;
}

/* {"a": {"DataType": "String"}} -> KEY.entry.1.Name=a&KEY.entry.1.Value.DataType=String */
static void flatten_map(json_t *form, const char *key, const json_t *map, bool *ret_oom)
{
    const char *name, *member;
    json_t *value, *part;
    int i = 0;
    json_object_foreach((json_t *)map, name, value)
    {
        ASLI_AUTO(text) char *entry = asli_printf("%s.entry.%d", key, ++i);
        ASLI_AUTO(text) char *first = entry ? asli_printf("%s.Name", entry) : NULL;
        *ret_oom = *ret_oom || !first;
        if (first)
            put(form, first, json_string(name), ret_oom);
        json_object_foreach(value, member, part)
        {
            ASLI_AUTO(text)
            char *other = entry ? asli_printf("%s.Value.%s", entry, member) : NULL;
            *ret_oom = *ret_oom || !other;
            if (other)
                put(form, other, json_incref(part), ret_oom);
        }
    }
}

static json_t *flatten(const struct asli_call *call, const json_t *members,
                       const char *action)
{
    bool oom = false;
    json_t *form = json_object(), *value;
    const char *key;
    put(form, "Action", json_string(action), &oom);
    put(form, "Version", json_string(call->service->version), &oom);
    json_object_foreach((json_t *)members, key, value)
    {
        if (asli_service_has(call->service->maps, key))
            flatten_map(form, key, value, &oom);
        else
            put(form, key, json_incref(value), &oom);
    }
    if (!oom)
        return form;
    json_decref(form);
    return NULL;
}

static int request(const struct asli_http *http, struct asli_transfer *t,
                   const struct asli_call *call, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *members = NULL;
    ASLI_AUTO(text) char *action = asli_names_action(call);
    int rc = asli_names_request(call, asl_task_input(t->task), &members, reterr);
    ASLI_AUTO(json) json_t *form = rc || !action ? NULL : flatten(call, members, action);
    if (!rc && !form)
        rc = asli_oom(reterr);
    if (rc)
        return rc;
    t->method = "POST";
    asli_form_write(&t->body, form, ASLI_FORM_REPEAT);
    rc = asli_http_url(http, t, call->service->name, "/", reterr);
    return rc ? rc
              : asli_http_body(
                    t, "", 0, "application/x-www-form-urlencoded; charset=utf-8", reterr);
}

/* <ActionResponse><ActionResult>MEMBERS</ActionResult>...: those that are texts. */
static int answer(const struct asli_transfer *t, const struct asli_call *call,
                  json_t **ret_members, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *root = NULL;
    ASLI_AUTO(json) json_t *members = json_object();
    ASLI_AUTO(text) char *action = asli_names_action(call);
    ASLI_AUTO(text) char *outer = action ? asli_printf("%sResponse", action) : NULL;
    ASLI_AUTO(text) char *inner = action ? asli_printf("%sResult", action) : NULL;
    const char *key;
    json_t *values;
    bool oom = !members || !outer || !inner;
    if (!oom &&
        asli_xml_read(t->response.data, t->response.len, &root, reterr) == ASL_ENOMEM)
        return ASL_ENOMEM;
    json_t *result = oom ? NULL : asli_xml_child(asli_xml_child(root, outer), inner);
    json_object_foreach(result, key, values)
    {
        if (!oom && json_is_string(json_array_get(values, 0)))
            put(members, key, json_incref(json_array_get(values, 0)), &oom);
    }
    if (oom)
        return asli_oom(reterr);
    *ret_members = json_incref(members);
    return 0;
}

/* The SDK's class of SNS's codes is the code and "Exception". */
static int error(const struct asli_transfer *t, struct asli_service_error *ret_error,
                 asl_error *reterr)
{
    ASLI_AUTO(json) json_t *root = NULL;
    if (asli_xml_read(t->response.data, t->response.len, &root, reterr) == ASL_ENOMEM)
        return ASL_ENOMEM;
    const json_t *e = asli_xml_child(asli_xml_child(root, "ErrorResponse"), "Error");
    const char *code = asli_xml_text(e, "Code"), *message = asli_xml_text(e, "Message");
    ret_error->code = asli_strdup(code);
    ret_error->message = asli_strdup(message);
    return (code && !ret_error->code) || (message && !ret_error->message)
               ? asli_oom(reterr)
               : 0;
}

const struct asli_protocol asli_protocol_query = {request, answer, error, " publish "};
