/* SPDX-License-Identifier: Apache-2.0
 *
 * What Jackson says of a text that is not JSON, which AWS passes on.
 */
#ifndef ASLI_BASE_JACKSON_H
#define ASLI_BASE_JACKSON_H

#include <stdbool.h>
#include <stddef.h>

struct asli_jackson {
    char *message; /* "Unrecognized token 'x': was expecting (...)" */
    char *place;   /* "[Source: (String)"x"; line: 1, column: 2]" */
};

/* False: out of memory, or Jackson finds nothing wrong with `text`. */
bool asli_jackson_error(const char *text, size_t len, struct asli_jackson *ret_error);
void asli_jackson_done(struct asli_jackson *error);
/* The whole of it as one text, "MESSAGE\n at PLACE"; NULL as above. */
char *asli_jackson_text(const char *text, size_t len);

#endif
