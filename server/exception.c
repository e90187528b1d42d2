/* SPDX-License-Identifier: Apache-2.0
 *
 * How AWS calls what goes wrong: the tables of exceptions.
 */
#include "server/exception.h"

#include <string.h>

#include <asl/error.h>

static const struct asli_exception exceptions[] = {
#define X(id, name, status, space) {name, status, space},
#include "server/tbl/exceptions.h"
#undef X
};

static const struct {
    int code;
    enum asli_exception_id id;
    const char *name; /* NULL: the row's */
} codes[] = {
#define CODE(code, id, name) {code, ASLI_EXCEPTION_##id, name},
#include "server/tbl/exceptions.h"
#undef CODE
};

const struct asli_exception *asli_exception_of(enum asli_exception_id id)
{
    return &exceptions[id];
}

const struct asli_exception *asli_exception_named(const char *name)
{
    for (size_t i = ASLI_EXCEPTION_SERIALIZATION;
         i < sizeof exceptions / sizeof exceptions[0]; i++) {
        if (strcmp(exceptions[i].name, name) == 0)
            return &exceptions[i];
    }
    return &exceptions[ASLI_EXCEPTION_SERVICE];
}

const struct asli_exception *asli_exception_coded(int code, const char **ret_name)
{
    enum asli_exception_id id = ASLI_EXCEPTION_FAILURE;
    *ret_name = NULL;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        if (codes[i].code == code) {
            id = codes[i].id;
            *ret_name = codes[i].name;
        }
    }
    if (!*ret_name)
        *ret_name = exceptions[id].name;
    return &exceptions[id];
}
