/* SPDX-License-Identifier: Apache-2.0
 *
 * How AWS calls what goes wrong: the rows of server/tbl/exceptions.h.
 */
#ifndef ASLI_SERVER_EXCEPTION_H
#define ASLI_SERVER_EXCEPTION_H

struct asli_exception {
    const char *name;
    unsigned status;
    const char *space; /* before '#' in "__type" */
};
enum asli_exception_id {
#define X(id, name, status, space) ASLI_EXCEPTION_##id,
#include "server/tbl/exceptions.h"
#undef X
};

const struct asli_exception *asli_exception_of(enum asli_exception_id id);
/* Of the service; one that has no row is like SERVICE. */
const struct asli_exception *asli_exception_named(const char *name);
/* Of a code of the library; *ret_name: what it is called. */
const struct asli_exception *asli_exception_coded(int code, const char **ret_name);

#endif
