/* SPDX-License-Identifier: Apache-2.0
 *
 * Reads one object of a definition by its tables of fields: refuses what is in no row, checks and
 * compiles what is, then says what is missing and what excludes each other.
 *
 * A problem never stops the reading: all of an object's problems are reported.
 */
#include "engine/fields.h"

#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/bytes.h"
#include "engine/base/error.h"
#include "engine/base/time.h"
#include "engine/load.h"
#include "engine/query/expression.h"
#include "engine/state.h"

enum { TABLES = 2 };

static void *slot(void *base, const struct asli_field *row)
{
    return (char *)base + row->offset;
}

static bool applies(const struct asli_object *object, const struct asli_field *row)
{
    return !row->traits || (row->traits & object->traits);
}

/* May a field of this row stand in an object of its query language? */
static bool speaks(const struct asli_object *object, const struct asli_field *row)
{
    unsigned only = row->flags & (ASLI_JSONPATH | ASLI_JSONATA);
    return !only || (only & (object->jsonata ? ASLI_JSONATA : ASLI_JSONPATH));
}

static const struct asli_field *find(const struct asli_object *object, const char *name,
                                     void **ret_base)
{
    for (int i = 0; i < TABLES; i++) {
        const struct asli_field *row = object->tables[i].fields;
        for (; row && row->name; row++) {
            if (applies(object, row) && strcmp(row->name, name) == 0) {
                *ret_base = object->tables[i].base;
                return row;
            }
        }
    }
    return NULL;
}

static int report(struct asli_object *object, const char *code, const char *field,
                  const char *spot, const char *format, va_list args)
{
    ASLI_AUTO(text)
    char *where =
        asli_printf("%s%s%s", object->where, field ? "/" : "", field ? field : "");
    ASLI_AUTO(text) char *place = asli_printf("%s%s", where ? where : "", spot);
    if (!where || !place)
        return ASL_ENOMEM;
    if (field && asli_load_excused(object->loader, object->state, place, code))
        return 0;
    return asli_load_report(object->loader, ASL_ERROR, object->state, code, where, spot,
                            format, args);
}

int asli_object_problem(struct asli_object *object, const char *code, const char *field,
                        const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int result = report(object, code, field, "", format, args);
    va_end(args);
    return result;
}

/* AWS locates these at the object, and we show the line of the field. */
__attribute__((format(printf, 3, 4))) static int
misplaced(struct asli_object *object, const char *field, const char *format, ...)
{
    ASLI_AUTO(text) char *spot = asli_printf("/%s", field);
    if (!spot)
        return ASL_ENOMEM;
    va_list args;
    va_start(args, format);
    int result = report(object, ASLI_CODE_SCHEMA, NULL, spot, format, args);
    va_end(args);
    return result;
}

/* The value of a row is refused. */
#define REFUSE(object, row, ...)                                                         \
    ((object)->bad |= !(row)->traits,                                                    \
     asli_object_problem(object, ASLI_CODE_SCHEMA, (row)->name, __VA_ARGS__))

const char *asli_object_text(struct asli_object *object, json_t *value, const char *field,
                             int *code)
{
    const char *text = json_string_value(value);
    if (!text)
        *code = asli_object_problem(object, ASLI_CODE_SCHEMA, field, ASLI_MSG_EXPECTED,
                                    "STRING");
    else if (strlen(text) == json_string_length(value))
        return text;
    else
        *code = asli_object_problem(object, ASLI_CODE_SCHEMA, field, ASLI_MSG_NUL);
    return NULL;
}

/* ---------------------------------------------------------------- values */

/* Leaves the slot empty: two spellings of a field share one. */
static void free_value(const struct asli_field *row, void *at)
{
    switch (row->kind) {
    case ASLI_FIELD_REFPATH:
        asli_path_free(*(struct asli_path **)at);
        *(struct asli_path **)at = NULL;
        break;
    case ASLI_FIELD_PATH_NULL:
    case ASLI_FIELD_RESULT_PATH:
        asli_path_free(((struct asli_path_field *)at)->path);
        *(struct asli_path_field *)at = (struct asli_path_field){0};
        break;
    case ASLI_FIELD_TEXT:
    case ASLI_FIELD_TIMESTAMP:
        asli_template_free(((struct asli_text_field *)at)->computed);
        ((struct asli_text_field *)at)->computed = NULL;
        ((struct asli_text_field *)at)->literal = NULL;
        break;
    case ASLI_FIELD_TEXT_PATH:
        asli_path_free(((struct asli_text_field *)at)->path);
        asli_intrinsic_free(((struct asli_text_field *)at)->call);
        ((struct asli_text_field *)at)->path = NULL;
        ((struct asli_text_field *)at)->call = NULL;
        break;
    case ASLI_FIELD_NUMBER:
        asli_template_free(((struct asli_number_field *)at)->computed);
        ((struct asli_number_field *)at)->computed = NULL;
        ((struct asli_number_field *)at)->set = false;
        break;
    case ASLI_FIELD_INT:
        asli_template_free(((struct asli_int_field *)at)->computed);
        ((struct asli_int_field *)at)->computed = NULL;
        ((struct asli_int_field *)at)->set = false;
        break;
    case ASLI_FIELD_TEMPLATE:
    case ASLI_FIELD_ASSIGN:
        asli_template_free(*(struct asli_template **)at);
        *(struct asli_template **)at = NULL;
        break;
    default: /* borrowed, or the machine's */
        break;
    }
}

static int load_int(struct asli_object *object, const struct asli_field *row,
                    json_t *value, struct asli_int_field *out)
{
    if (!json_is_integer(value))
        return REFUSE(object, row, ASLI_MSG_INTEGER);
    json_int_t number = json_integer_value(value);
    if (number < row->min)
        return REFUSE(object, row, ASLI_MSG_MIN, (long long)row->min);
    if (row->max && number > row->max)
        return REFUSE(object, row, ASLI_MSG_MAX, (long long)row->max);
    out->set = true;
    out->value = number;
    return 0;
}

/* A field as failures name it: "Output", "Choices[1]/Condition", "Catch[0]/Assign". */
static char *field_place(const char *where, const char *name)
{
    struct asli_bytes out = {0};
    for (const char *p = where; *p; p++) {
        size_t digits = strspn(p + 1, "0123456789");
        if (*p == '/' && digits && (p[digits + 1] == '/' || !p[digits + 1])) {
            asli_bytes_addf(&out, "[%.*s]", (int)digits, p + 1);
            p += digits;
        } else if (*p != '/' || p != where) {
            asli_bytes_addc(&out, *p);
        }
    }
    if (*where)
        asli_bytes_addc(&out, '/');
    asli_bytes_adds(&out, name);
    return asli_bytes_take_text(&out);
}

struct place {
    struct asli_object *object;
    const struct asli_field *row;
};

/* For an asli_compiling: a query of this field reads a workflow variable. */
static int reads(void *arg, const char *name, size_t len)
{
    const struct place *place = arg;
    return place->object->state ? asli_load_reads(place->object->state, name, len) : 0;
}

static int load_number(struct asli_object *object, const struct asli_field *row,
                       json_t *value, struct asli_number_field *out)
{
    if (!json_is_number(value))
        return REFUSE(object, row, ASLI_MSG_NUMBER);
    if (json_number_value(value) < (double)row->min)
        return REFUSE(object, row, ASLI_MSG_MIN_NUMBER, (double)row->min);
    if (row->max && json_number_value(value) > (double)row->max)
        return REFUSE(object, row, ASLI_MSG_MAX_NUMBER, (double)row->max);
    out->set = true;
    out->value = json_number_value(value);
    return 0;
}

enum path_rule { ANY_PATH, REFERENCE, REFERENCE_INTO_INPUT };

/* Why a path that compiles is still not what its field needs. */
static int judge_path(struct asli_object *object, const struct asli_field *row,
                      const struct asli_path *path, enum path_rule rule, bool *ret_ok)
{
    const char *text = asli_path_text(path);
    ASLI_AUTO(text) char *why = NULL;
    struct place place = {object, row};
    *ret_ok = false;
    if (rule != ANY_PATH && !asli_path_is_reference(path))
        why = asli_printf(ASLI_MSG_NOT_SINGLE, text);
    else if ((rule == REFERENCE_INTO_INPUT && asli_path_root(path) != ASLI_ROOT_INPUT) ||
             (row->flags & ASLI_NO_CONTEXT && asli_path_root(path) == ASLI_ROOT_CONTEXT))
        why = asli_printf(ASLI_MSG_NOT_INPUT, text);
    else {
        *ret_ok = true;
        return asli_path_reads(path,
                               &(struct asli_compiling){.reads = reads, .arg = &place});
    }
    return why ? REFUSE(object, row, ASLI_MSG_REFPATH, why) : ASL_ENOMEM;
}

static int load_path(struct asli_object *object, const struct asli_field *row,
                     json_t *value, enum path_rule rule, struct asli_path **out)
{
    int code = 0;
    const char *text = asli_object_text(object, value, row->name, &code);
    if (!text) {
        object->bad |= !row->traits;
        return code;
    }
    struct asli_path *path = NULL;
    code = asli_path_compile(text, &path, NULL);
    if (code == ASL_ENOMEM)
        return code;
    if (code)
        return REFUSE(object, row, ASLI_MSG_PATH);
    bool ok = false;
    code = judge_path(object, row, path, rule, &ok);
    if (ok)
        *out = path;
    else
        asli_path_free(path);
    return code;
}

static int load_path_or_null(struct asli_object *object, const struct asli_field *row,
                             json_t *value, enum path_rule rule,
                             struct asli_path_field *out)
{
    if (!json_is_null(value))
        return load_path(object, row, value, rule, &out->path);
    out->null = true;
    return 0;
}

static int judge_call(struct asli_object *object, const struct asli_field *row,
                      const struct asli_intrinsic *call, const char *text, bool *ret_ok)
{
    struct place place = {object, row};
    if (asli_intrinsic_reads(call,
                             &(struct asli_compiling){.reads = reads, .arg = &place}))
        return ASL_ENOMEM;
    *ret_ok = asli_intrinsic_gives_string(call);
    return *ret_ok ? 0 : REFUSE(object, row, ASLI_MSG_CALL_TEXT, text);
}

static int load_text_path(struct asli_object *object, const struct asli_field *row,
                          json_t *value, struct asli_text_field *out)
{
    const char *text = json_string_value(value);
    if (!text || !asli_intrinsic_like(text))
        return load_path(object, row, value, REFERENCE, &out->path);
    struct asli_intrinsic *call = NULL;
    int code = asli_intrinsic_compile(text, &call, NULL);
    if (code == ASL_ENOMEM)
        return code;
    if (code)
        return REFUSE(object, row, ASLI_MSG_CALL, row->name);
    bool ok = false;
    code = judge_call(object, row, call, text, &ok);
    if (ok)
        out->call = call;
    else
        asli_intrinsic_free(call);
    return code;
}

/* AWS locates these at the field, and we show the line of what is wrong in it; expressions it
 * locates itself. */
static int template_problem(void *arg, const char *code, const char *where,
                            const char *format, ...)
{
    struct place *place = arg;
    struct asli_object *object = place->object;
    object->bad |= !place->row->traits;
    ASLI_AUTO(text) char *full = asli_printf("%s%s", place->row->name, where);
    if (!full)
        return ASL_ENOMEM;
    va_list args;
    va_start(args, format);
    int result = object->jsonata
                     ? report(object, code, full, "", format, args)
                     : report(object, code, place->row->name, where, format, args);
    va_end(args);
    return result;
}

/* What $states has beside the input and the context. */
static unsigned given(const struct asli_object *object, const struct asli_field *row)
{
    bool leaves = strcmp(row->name, "Output") == 0 || row->kind == ASLI_FIELD_ASSIGN;
    if (!leaves)
        return 0;
    if (strncmp(object->where, "/Catch/", 7) == 0)
        return ASLI_GIVEN_ERROR;
    return object->traits & ASLI_HAS_RESULT_SELECTOR ? ASLI_GIVEN_RESULT : 0;
}

static int load_template(struct asli_object *object, const struct asli_field *row,
                         json_t *value, struct asli_template **out)
{
    struct place place = {object, row};
    struct asli_compiling who = {template_problem, reads, &place, given(object, row)};
    bool ok = true;
    int code =
        row->kind == ASLI_FIELD_ASSIGN ? asli_load_assigned(object, value, &ok) : 0;
    if (code || !ok)
        return code;
    if (!object->jsonata)
        return asli_template_compile(value, &who, out, NULL);
    ASLI_AUTO(text) char *field = field_place(object->where, row->name);
    return field ? asli_template_compile_jsonata(value, field, &who, out, NULL)
                 : ASL_ENOMEM;
}

/* Does an expression stand where otherwise a text or a number would? */
static bool is_computed(const struct asli_object *object, const struct asli_field *row,
                        const json_t *value)
{
    return object->jsonata && !(row->flags & ASLI_CONSTANT) && json_is_string(value) &&
           asli_expression_like(json_string_value(value), json_string_length(value));
}

static int load_text(struct asli_object *object, const struct asli_field *row,
                     json_t *value, struct asli_text_field *out)
{
    if (is_computed(object, row, value))
        return load_template(object, row, value, &out->computed);
    int code = 0;
    const char *text = asli_object_text(object, value, row->name, &code);
    struct asli_instant instant;
    if (!text)
        object->bad |= !row->traits;
    else if (row->kind == ASLI_FIELD_TIMESTAMP &&
             !asli_time_parse(text, strlen(text), &instant))
        code = REFUSE(object, row, ASLI_MSG_TIMESTAMP);
    else
        out->literal = text;
    return code;
}

static int load_nested(struct asli_object *object, const struct asli_field *row,
                       json_t *value, void *out)
{
    ASLI_AUTO(text) char *where = asli_printf("%s/%s", object->where, row->name);
    if (!where)
        return ASL_ENOMEM;
    if (row->kind == ASLI_FIELD_STATE)
        return asli_load_target(object->loader, object->state, value, where, out);
    return asli_load_processor(object->loader, object->state, value, where, out);
}

static int load_value(struct asli_object *object, const struct asli_field *row,
                      json_t *value, void *base)
{
    if (row->kind == ASLI_FIELD_NONE) /* its object's loader reads it */
        return 0;
    void *out = slot(base, row);
    if (row->kind == ASLI_FIELD_STATE || row->kind == ASLI_FIELD_SCOPE)
        return load_nested(object, row, value, out);
    free_value(row, out);
    switch (row->kind) {
    case ASLI_FIELD_TEXT:
    case ASLI_FIELD_TIMESTAMP:
        return load_text(object, row, value, out);
    case ASLI_FIELD_NUMBER:
        return is_computed(object, row, value)
                   ? load_template(object, row, value,
                                   &((struct asli_number_field *)out)->computed)
                   : load_number(object, row, value, out);
    case ASLI_FIELD_INT:
        return is_computed(object, row, value)
                   ? load_template(object, row, value,
                                   &((struct asli_int_field *)out)->computed)
                   : load_int(object, row, value, out);
    case ASLI_FIELD_REFPATH:
        return load_path(object, row, value, REFERENCE, out);
    case ASLI_FIELD_PATH_NULL:
        return load_path_or_null(object, row, value, ANY_PATH, out);
    case ASLI_FIELD_RESULT_PATH:
        return load_path_or_null(object, row, value, REFERENCE_INTO_INPUT, out);
    case ASLI_FIELD_TEXT_PATH:
        return load_text_path(object, row, value, out);
    case ASLI_FIELD_TEMPLATE:
    case ASLI_FIELD_ASSIGN:
        return load_template(object, row, value, out);
    case ASLI_FIELD_JSON:
        *(json_t **)out = value;
        return 0;
    default: /* NONE, STATE and SCOPE are above */
        return 0;
    }
}

static int load_field(struct asli_object *object, const char *name, json_t *value)
{
    void *base = NULL;
    const struct asli_field *row = find(object, name, &base);
    if (!row)
        return object->partial ? 0 : misplaced(object, name, ASLI_MSG_FIELD, name);
    if (!speaks(object, row))
        return misplaced(object, name, ASLI_MSG_LANGUAGE,
                         object->jsonata ? "JSONata" : "JSONPath", name,
                         object->jsonata ? "JSONPath" : "JSONata");
    if (row->flags & ASLI_LATER)
        return asli_object_problem(object, ASLI_CODE_UNSUPPORTED, name, ASLI_MSG_LATER,
                                   name);
    return load_value(object, row, value, base);
}

/* ---------------------------------------------------------------- required and exclusive */

static void list_add(struct asli_bytes *list, const char *name)
{
    if (list->len)
        asli_bytes_adds(list, ", ");
    asli_bytes_adds(list, name);
}

static int check_required(struct asli_object *object)
{
    struct asli_bytes list = {0};
    for (int i = 0; i < TABLES; i++) {
        const struct asli_field *row = object->tables[i].fields;
        for (; row && row->name; row++) {
            if (!(row->flags & ASLI_REQUIRED) || !applies(object, row) ||
                !speaks(object, row) || json_object_get(object->value, row->name))
                continue;
            object->bad |= !row->traits;
            list_add(&list, row->name);
        }
    }
    if (!list.len && !list.oom)
        return 0;
    ASLI_AUTO(text) char *names = asli_bytes_take_text(&list);
    if (!names)
        return ASL_ENOMEM;
    return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_REQUIRED, names);
}

/* The rows of first's group; `"End": false` counts as absent. */
static int check_group(struct asli_object *object, const struct asli_field *first)
{
    struct asli_bytes list = {0};
    int present = 0;
    for (const struct asli_field *row = first; row->name; row++) {
        if (row->group != first->group || !applies(object, row) || !speaks(object, row))
            continue;
        json_t *value = json_object_get(object->value, row->name);
        present += value && !json_is_false(value);
        list_add(&list, row->name);
    }
    ASLI_AUTO(text) char *names = asli_bytes_take_text(&list);
    if (!names)
        return ASL_ENOMEM;
    bool must = first->group >= 'A' && first->group <= 'Z';
    if (present == 1 || (present == 0 && !must))
        return 0;
    object->bad |= !first->traits;
    if (present)
        return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_ONE_AT_MOST,
                                   names);
    return asli_object_problem(object, ASLI_CODE_SCHEMA, NULL, ASLI_MSG_ONE_AT_LEAST,
                               names);
}

static int check_groups(struct asli_object *object)
{
    for (int i = 0; i < TABLES; i++) {
        uint32_t seen[4] = {0}; /* letters, of this table */
        const struct asli_field *row = object->tables[i].fields;
        for (; row && row->name; row++) {
            unsigned char group = (unsigned char)row->group;
            if (!group || group > 127 || !applies(object, row) || !speaks(object, row) ||
                (seen[group / 32] & 1u << group % 32))
                continue;
            seen[group / 32] |= 1u << group % 32;
            if (check_group(object, row))
                return ASL_ENOMEM;
        }
    }
    return 0;
}

int asli_object_load(struct asli_object *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object->value, name, value)
    {
        if (load_field(object, name, value))
            return ASL_ENOMEM;
    }
    if (check_required(object))
        return ASL_ENOMEM;
    return check_groups(object);
}

void asli_fields_free(const struct asli_field *fields, void *base)
{
    for (const struct asli_field *row = fields; row && row->name; row++) {
        if (row->kind != ASLI_FIELD_NONE)
            free_value(row, slot(base, row));
    }
}
