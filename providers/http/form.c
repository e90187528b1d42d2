/* SPDX-License-Identifier: Apache-2.0
 *
 * Forms of JSON, see form.h: what is in what is written as a[b][c].
 */
#include "providers/http/form.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "providers/http/http.h"

int asli_form_arrays_of(const char *name_or_null)
{
    static const char *const names[] = {
        [ASLI_FORM_INDICES] = "INDICES",
        [ASLI_FORM_REPEAT] = "REPEAT",
        [ASLI_FORM_COMMAS] = "COMMAS",
        [ASLI_FORM_BRACKETS] = "BRACKETS",
    };
    if (!name_or_null)
        return ASLI_FORM_INDICES;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i], name_or_null) == 0)
            return (int)i;
    }
    return -1;
}

/* A text as it is, null as nothing, the rest as JSON. */
static void write_value(struct asli_bytes *out, const json_t *value)
{
    ASLI_AUTO(text) char *text = NULL;
    if (json_is_string(value))
        asli_http_escape(out, json_string_value(value), "");
    else if (!json_is_null(value) && asli_json_text(value, &text, NULL, NULL))
        out->oom = true;
    else if (text)
        asli_http_escape(out, text, "");
}

static void write_any(struct asli_bytes *out, const char *key, const json_t *value,
                      enum asli_form_arrays arrays);

static void write_pair(struct asli_bytes *out, const char *key, const json_t *value)
{
    if (out->len && !strchr("?&", out->data[out->len - 1]))
        asli_bytes_addc(out, '&');
    asli_http_escape(out, key, "");
    asli_bytes_addc(out, '=');
    write_value(out, value);
}

static void write_within(struct asli_bytes *out, const char *key, const char *within,
                         const json_t *value, enum asli_form_arrays arrays)
{
    ASLI_AUTO(text) char *whole = asli_printf("%s[%s]", key, within);
    if (whole)
        write_any(out, whole, value, arrays);
    else
        out->oom = true;
}

static void write_array(struct asli_bytes *out, const char *key, const json_t *array,
                        enum asli_form_arrays arrays)
{
    json_t *value;
    size_t i;
    char index[24] = "";
    json_array_foreach((json_t *)array, i, value)
    {
        if (arrays == ASLI_FORM_INDICES)
            snprintf(index, sizeof index, "%zu", i);
        if (arrays == ASLI_FORM_REPEAT)
            write_any(out, key, value, arrays);
        else if (arrays != ASLI_FORM_COMMAS)
            write_within(out, key, index, value, arrays);
        else if (i == 0)
            write_pair(out, key, value);
        else {
            asli_bytes_addc(out, ',');
            write_value(out, value);
        }
    }
}

static void write_any(struct asli_bytes *out, const char *key, const json_t *value,
                      enum asli_form_arrays arrays)
{
    const char *name;
    json_t *member;
    if (json_is_array(value))
        write_array(out, key, value, arrays);
    else if (!json_is_object(value))
        write_pair(out, key, value);
    json_object_foreach((json_t *)value, name, member)
    {
        write_within(out, key, name, member, arrays);
    }
}

void asli_form_write(struct asli_bytes *out, const json_t *object,
                     enum asli_form_arrays arrays)
{
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)object, name, member)
    {
        write_any(out, name, member, arrays);
    }
}
