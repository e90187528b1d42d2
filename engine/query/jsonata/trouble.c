/* SPDX-License-Identifier: Apache-2.0
 *
 * The texts of errors: a template of tbl/errors.h with its fields filled in.
 */
#include "engine/query/jsonata/trouble.h"

#include "engine/query/jsonata/eval.h"

static const struct {
    const char *code, *text;
} errors[] = {
#define X(code, text) {#code, text},
#include "engine/query/jsonata/tbl/errors.h"
#undef X
};

/* JSON of a value, short of memory: what cannot be written is left out. */
void asli_jn_trouble_json(jn_value v, struct asli_bytes *out)
{
    char here;
    struct asli_jn_trouble ignored = {0};
    struct asli_jn_run r = {.base = &here,
                            .max_stack = 64 << 10,
                            .largest = 16 << 10,
                            .trouble = &ignored,
                            .non_finite = true,
                            .arena = {.limit = 16 << 10}};
    struct asli_bytes text = {0};
    int rc = v.type != JN_UNDEFINED ? asli_jn_write(&r, v, false, &text) : 0;
    if (rc == 0)
        asli_bytes_add(out, text.data, text.len);
    out->oom |= rc == ASL_ENOMEM || text.oom;
    asli_bytes_done(&text);
}

static bool is(const char *field, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(field, name, len) == 0;
}

static void fill(const struct asli_jn_trouble *t, const char *field, size_t len,
                 struct asli_bytes *out)
{
    jn_value v = JN_NOTHING;
    if (is(field, len, "token"))
        v = t->token;
    else if (is(field, len, "value"))
        v = t->value;
    else if (is(field, len, "value2") || is(field, len, "exp"))
        v = t->value2;
    else if (is(field, len, "index"))
        v = asli_jn_number(t->index);
    else if (is(field, len, "type") && t->type)
        v = asli_jn_string(t->type, strlen(t->type));
    if (v.type == JN_UNDEFINED)
        asli_bytes_adds(out, "undefined");
    else
        asli_jn_trouble_json(v, out);
}

/* {{{token}}} or {{{functionName}}}. */
static void fill_bare(const struct asli_jn_trouble *t, struct asli_bytes *out)
{
    if (t->function)
        asli_bytes_adds(out, t->function);
    else if (t->token.type == JN_STRING)
        asli_bytes_add(out, t->token.as.text, t->token.len);
    else
        asli_bytes_adds(out, "undefined");
}

static void expand(const struct asli_jn_trouble *t, const char *text,
                   struct asli_bytes *out)
{
    for (const char *end; *text; text = end) {
        bool bare = strncmp(text, "{{{", 3) == 0;
        if (strncmp(text, "{{", 2) != 0) {
            end = text + 1;
            asli_bytes_addc(out, *text);
            continue;
        }
        text += bare ? 3 : 2;
        end = strchr(text, '}');
        if (bare)
            fill_bare(t, out);
        else
            fill(t, text, (size_t)(end - text), out);
        end += bare ? 3 : 2;
    }
}

void asli_jn_trouble_text(const struct asli_jn_trouble *t, struct asli_bytes *out)
{
    if (t->custom) {
        asli_bytes_add(out, t->custom, t->custom_len);
        return;
    }
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (strcmp(errors[i].code, t->code) == 0)
            expand(t, errors[i].text, out);
}
