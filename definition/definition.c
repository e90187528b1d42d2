/* SPDX-License-Identifier: Apache-2.0
 *
 * Definitions on their way to asl_machine_load: ${Name} replaced, YAML made JSON, and the way
 * back of each place.
 *
 * Substitution is a matter of text, as CloudFormation has it: in YAML the value goes in as it is,
 * in a JSON string it is escaped. No replacement adds or removes a line of a JSON text.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/base/utf8.h"
#include "definition/definition_private.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"

/* ---- lists ---- */

static void *more(void *items, size_t count, size_t *cap, size_t size)
{
    if (count < *cap)
        return items;
    size_t wanted = *cap ? *cap * 2 : 64;
    void *grown = asli_realloc(items, wanted * size);
    if (grown)
        *cap = wanted;
    return grown;
}

bool asli_marks_add(struct asli_marks *marks, int line, int column)
{
    struct asli_mark *items =
        more(marks->items, marks->count, &marks->cap, sizeof *marks->items);
    if (!items)
        return false;
    marks->items = items;
    marks->items[marks->count++] = (struct asli_mark){line, column};
    return true;
}

void asli_marks_done(struct asli_marks *marks)
{
    asli_free(marks->items);
    *marks = (struct asli_marks){0};
}

static bool edits_add(struct asli_edits *edits, const struct asli_edit *edit)
{
    struct asli_edit *items =
        more(edits->items, edits->count, &edits->cap, sizeof *edits->items);
    if (!items)
        return false;
    edits->items = items;
    edits->items[edits->count++] = *edit;
    return true;
}

/* ---- substitution ---- */

struct scan {
    const char *p, *end;
    const asl_substitution *list;
    size_t count;
    bool yaml, in_string;
    struct asli_bytes *out;
    struct asli_edits *edits;
    int line, column; /* where `out` ends */
};

static void count_places(struct scan *s, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '\n') {
            s->line++;
            s->column = 1;
        } else {
            s->column += ((unsigned char)text[i] & 0xc0) != 0x80;
        }
    }
}

static void put(struct scan *s, const char *text, size_t len)
{
    asli_bytes_add(s->out, text, len);
    count_places(s, text, len);
}

static const char *value_of(const struct scan *s, const char *name, size_t len)
{
    for (size_t i = 0; i < s->count; i++) {
        if (strlen(s->list[i].name) == len && memcmp(s->list[i].name, name, len) == 0)
            return s->list[i].value;
    }
    return NULL;
}

/* What a value looks like inside a JSON string. */
static int put_escaped(struct scan *s, const char *value, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *string = json_string(value);
    ASLI_AUTO(text) char *text = NULL;
    size_t len;
    if (asli_utf8_check(value, value + strlen(value)))
        return asl_error_set(reterr, ASL_EINVAL,
                             "the value of a substitution is not UTF-8");
    if (!string)
        return asli_oom(reterr);
    int rc = asli_json_text(string, &text, &len, reterr);
    if (!rc)
        put(s, text + 1, len - 2);
    return rc;
}

/* The ${Name} at p, name_len characters of name. */
static int replace(struct scan *s, size_t name_len, asl_error *reterr)
{
    const char *value = value_of(s, s->p + 2, name_len);
    size_t took = name_len + 3;
    struct asli_edit edit = {s->line, s->column, 0, (int)took};
    int rc = 0;
    if (value && s->in_string)
        rc = put_escaped(s, value, reterr);
    else if (value)
        put(s, value, strlen(value));
    else if (s->yaml || s->in_string)
        put(s, s->p, took);
    else { /* in the place of a number: a string, which the loader tells about */
        put(s, "\"", 1);
        put(s, s->p, took);
        put(s, "\"", 1);
    }
    edit.made = s->column - edit.column;
    if (!rc && edit.made != edit.was && edit.line == s->line &&
        !edits_add(s->edits, &edit))
        rc = asli_oom(reterr);
    s->p += took;
    return rc;
}

/* The length of the name when a ${Name} stands at p, else 0. */
static size_t name_at(const struct scan *s)
{
    const char *p = s->p + 2;
    if (s->end - s->p < 4 || s->p[1] != '{')
        return 0;
    while (p < s->end && *p && strchr(NAME_CHARS, *p))
        p++;
    return p < s->end && *p == '}' ? (size_t)(p - s->p - 2) : 0;
}

static int substitute(struct scan *s, asl_error *reterr)
{
    s->line = s->column = 1;
    while (s->p < s->end) {
        const char *stop = s->p;
        while (stop < s->end && *stop != '$' && *stop != '"' && *stop != '\\')
            stop++;
        put(s, s->p, (size_t)(stop - s->p));
        s->p = stop;
        if (stop == s->end)
            break;
        size_t name_len = *stop == '$' ? name_at(s) : 0;
        if (name_len) {
            int rc = replace(s, name_len, reterr);
            if (rc)
                return rc;
            continue;
        }
        size_t len = *stop == '\\' && s->in_string && stop + 1 < s->end ? 2 : 1;
        s->in_string ^= *stop == '"' && !s->yaml;
        put(s, stop, len);
        s->p += len;
    }
    return s->out->oom ? asli_oom(reterr) : 0;
}

/* ---- making one ---- */

static int make_text(asl_definition *definition, struct asli_bytes *bytes,
                     asl_error *reterr)
{
    definition->len = bytes->len;
    definition->text = asli_bytes_take_text(bytes);
    return definition->text ? 0 : asli_oom(reterr);
}

static int read_json(asl_definition *definition, const char *text, size_t len,
                     const asl_substitution *list, size_t count, asl_error *reterr)
{
    struct asli_bytes made = {0};
    struct scan scan = {
        .p = text,
        .end = text + len,
        .list = list,
        .count = count,
        .out = &made,
        .edits = &definition->edits,
    };
    int rc = substitute(&scan, reterr);
    if (!rc)
        rc = make_text(definition, &made, reterr);
    asli_bytes_done(&made);
    return rc;
}

static int read_yaml(asl_definition *definition, const char *text, size_t len,
                     const asl_substitution *list, size_t count, asl_error *reterr)
{
    struct asli_bytes made = {0}, json = {0};
    struct scan scan = {
        .p = text,
        .end = text + len,
        .list = list,
        .count = count,
        .yaml = true,
        .out = &made,
        .edits = &definition->source_edits,
    };
    int rc = substitute(&scan, reterr);
    if (!rc)
        rc = asli_yaml_read(made.len ? made.data : "", made.len, &json,
                            &definition->marks, reterr);
    if (!rc)
        rc = make_text(definition, &json, reterr);
    asli_bytes_done(&made);
    asli_bytes_done(&json);
    return rc;
}

int asl_definition_read(const char *text, size_t len, enum asl_definition_format format,
                        const asl_substitution *list, size_t count,
                        asl_definition **ret_definition, asl_error *reterr)
{
    asl_definition *definition = asli_alloc(sizeof *definition);
    if (!definition)
        return asli_oom(reterr);
    if (len == (size_t)-1)
        len = strlen(text);
    int rc = format == ASL_DEFINITION_YAML
                 ? read_yaml(definition, text, len, list, count, reterr)
                 : read_json(definition, text, len, list, count, reterr);
    if (rc)
        asl_definition_free(definition);
    else
        *ret_definition = definition;
    return rc;
}

int asli_definition_of(struct asli_bytes *take_text, struct asli_marks *take_marks,
                       const asl_substitution *list, size_t count,
                       asl_definition **ret_definition, asl_error *reterr)
{
    asl_definition *definition = NULL;
    int rc = take_text->oom ? asli_oom(reterr)
                            : asl_definition_read(take_text->len ? take_text->data : "",
                                                  take_text->len, ASL_DEFINITION_JSON,
                                                  list, count, &definition, reterr);
    asli_bytes_done(take_text);
    if (rc) {
        asli_marks_done(take_marks);
        return rc;
    }
    definition->marks = *take_marks;
    *take_marks = (struct asli_marks){0};
    *ret_definition = definition;
    return 0;
}

const char *asl_definition_text(const asl_definition *definition, size_t *ret_len)
{
    if (ret_len)
        *ret_len = definition->len;
    return definition->text;
}

void asl_definition_free(asl_definition *definition)
{
    if (!definition)
        return;
    asli_free(definition->text);
    asli_free(definition->edits.items);
    asli_free(definition->source_edits.items);
    asli_marks_done(&definition->marks);
    asli_free(definition);
}

/* ---- the way back ---- */

static void undo(const struct asli_edits *edits, int line, int *column)
{
    int shift = 0;
    for (size_t i = 0; i < edits->count; i++) {
        const struct asli_edit *edit = &edits->items[i];
        if (edit->line != line || edit->column >= *column)
            continue;
        if (edit->column + edit->made > *column) { /* within the value */
            *column = edit->column;
            break;
        }
        shift += edit->was - edit->made;
    }
    *column += shift;
}

void asl_definition_origin(void *definition, int *line, int *column)
{
    const asl_definition *d = definition;
    undo(&d->edits, *line, column);
    if (d->marks.count) {
        size_t last = d->marks.count - 1, at = *line > 0 ? (size_t)*line - 1 : 0;
        const struct asli_mark *mark = &d->marks.items[at < last ? at : last];
        *line = mark->line;
        *column = mark->column;
    }
    undo(&d->source_edits, *line, column);
}
