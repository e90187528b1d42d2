/* SPDX-License-Identifier: Apache-2.0
 *
 * Connections of EventBridge, as a file holds them: what they add to a request of http:invoke.
 */
#ifndef ASLI_HTTP_CONNECTION_H
#define ASLI_HTTP_CONNECTION_H

#include <jansson.h>

#include <asl/error.h>

/* What a connection adds, each an object NAME -> text, to be unreferenced. */
struct asli_additions {
    json_t *headers, *query, *body;
};

/* That of a connection that was checked. Errors: ASL_ENOMEM (nothing is left in *ret). */
int asli_connection_additions(const json_t *connection,
                              struct asli_additions *ret_additions, asl_error *reterr);
void asli_additions_done(struct asli_additions *additions);

/* NAME of "arn:...:connection/NAME/ID", and of anything else that itself. */
const char *asli_connection_name(const char *arn, size_t *ret_len);

#endif
