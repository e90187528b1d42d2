/* SPDX-License-Identifier: Apache-2.0
 *
 * told.h: messages and places.
 */
#include "engine/base/told.h"

#include <string.h>

void asli_told(const asl_diagnostic *problem, const char *definition, size_t len,
               struct asli_told *ret_told)
{
    *ret_told = (struct asli_told){.message = problem->message};
    if (strcmp(problem->code, "INVALID_JSON_DESCRIPTION") == 0 &&
        asli_jackson_error(definition, len, &ret_told->jackson)) {
        ret_told->message = ret_told->jackson.message;
        ret_told->location = ret_told->jackson.place;
    } else if (problem->location && *problem->location) {
        ret_told->location = problem->location;
    }
}

void asli_told_done(struct asli_told *told)
{
    asli_jackson_done(&told->jackson);
}

static bool has_errors(const asl_diagnostics *list)
{
    for (size_t i = 0; i < asl_diagnostics_count(list); i++)
        if (asl_diagnostics_get(list, i)->severity == ASL_ERROR)
            return true;
    return false;
}

void asli_told_all(const asl_diagnostics *list, const char *definition, size_t len,
                   struct asli_bytes *text)
{
    size_t room = sizeof((asl_error *)0)->text - 40; /* the words around them */
    bool errors = has_errors(list);
    for (size_t i = 0; i < asl_diagnostics_count(list); i++) {
        const asl_diagnostic *d = asl_diagnostics_get(list, i);
        struct asli_told told;
        size_t before = text->len;
        if (errors && d->severity != ASL_ERROR)
            continue;
        asli_told(d, definition, len, &told);
        asli_bytes_addf(text, "%s%s: %s at %s", before ? ", " : "", d->code, told.message,
                        told.location ? told.location : "null"); /* as AWS */
        asli_told_done(&told);
        if (before && text->len > room) {
            text->len = before;
            return;
        }
    }
}
