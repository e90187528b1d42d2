/* SPDX-License-Identifier: Apache-2.0
 *
 * Diagnostics of a definition: collected while it is loaded, handed out whole.
 *
 * Invariant: every item owns its three texts, and spots[i] belongs to items[i]. A problem that
 * cannot be stored is ASL_ENOMEM, never silently dropped.
 */
#include "engine/diag.h"

#include <limits.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/tbl/messages.h"

/* Finding a place costs a walk over the text; nobody reads more places than this at once, and a
 * hostile definition must not cost its length squared. */
#define LOCATED_MAX 256

asl_diagnostics *asli_diags_new(void)
{
    return asli_alloc(sizeof(asl_diagnostics));
}

static void item_done(asl_diagnostic *item)
{
    asli_free((char *)item->code);
    asli_free((char *)item->message);
    asli_free((char *)item->location);
}

void asl_diagnostics_free(asl_diagnostics *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->count; i++) {
        item_done(&list->items[i]);
        asli_free(list->spots[i]);
    }
    asli_free(list->items);
    asli_free(list->spots);
    asli_free(list);
}

size_t asl_diagnostics_count(const asl_diagnostics *list)
{
    return list ? list->count : 0;
}

const asl_diagnostic *asl_diagnostics_get(const asl_diagnostics *list, size_t i)
{
    return list && i < list->count ? &list->items[i] : NULL;
}

static int reserve(asl_diagnostics *list)
{
    if (list->count < list->cap)
        return 0;
    size_t cap = list->cap ? list->cap * 2 : 8;
    asl_diagnostic *items = asli_realloc(list->items, cap * sizeof(*items));
    if (!items)
        return ASL_ENOMEM;
    list->items = items;
    char **spots = asli_realloc(list->spots, cap * sizeof(*spots));
    if (!spots)
        return ASL_ENOMEM;
    list->spots = spots;
    list->cap = cap;
    return 0;
}

int asli_vdiag(asl_diagnostics *list, enum asl_severity severity, const char *code,
               const char *location, const char *spot, const char *format, va_list args)
{
    if (reserve(list))
        return ASL_ENOMEM;
    asl_diagnostic item = {
        .severity = severity,
        .code = asli_strdup(code),
        .message = asli_vprintf(format, args),
        .location = asli_strdup(location),
    };
    char *place = asli_strdup(spot);
    if (!item.code || !item.message || !item.location || !place) {
        item_done(&item);
        asli_free(place);
        return ASL_ENOMEM;
    }
    list->items[list->count] = item;
    list->spots[list->count++] = place;
    list->errors += severity == ASL_ERROR;
    return 0;
}

int asli_diag(asl_diagnostics *list, enum asl_severity severity, const char *code,
              const char *location, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int code_or_zero = asli_vdiag(list, severity, code, location, location, format, args);
    va_end(args);
    return code_or_zero;
}

int asl_diagnostics_of(const asl_error *error, asl_diagnostics **ret_list)
{
    asl_diagnostics *list = asli_diags_new();
    if (!list ||
        asli_diag(list, ASL_ERROR, ASLI_CODE_JSON, error->pointer, "%s", error->text)) {
        asl_diagnostics_free(list);
        return ASL_ENOMEM;
    }
    list->items[0].line = error->line;
    list->items[0].column = error->column;
    *ret_list = list;
    return 0;
}

static int compare(const asl_diagnostic *a, const asl_diagnostic *b)
{
    int line_a = a->line ? a->line : INT_MAX, line_b = b->line ? b->line : INT_MAX;
    if (line_a != line_b)
        return line_a < line_b ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* A location "" is about the whole: no place, and last (as AWS has MISSING_END_STATE). */
void asli_diags_locate(asl_diagnostics *list, const char *text, size_t len)
{
    size_t count = list->count < LOCATED_MAX ? list->count : LOCATED_MAX;
    for (size_t i = 0; i < count; i++) {
        asl_diagnostic item = list->items[i];
        char *spot = list->spots[i];
        if (*spot && !item.line)
            asli_json_locate(text, len, spot, &item.line, &item.column);
        size_t at = i;
        for (; at > 0 && compare(&list->items[at - 1], &item) > 0; at--) {
            list->items[at] = list->items[at - 1];
            list->spots[at] = list->spots[at - 1];
        }
        list->items[at] = item;
        list->spots[at] = spot;
    }
}
