/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages of lists: nextToken, which is opaque and good only for a call with the same arguments.
 */
#ifndef ASLI_BASE_PAGE_H
#define ASLI_BASE_PAGE_H

#include <jansson.h>

#include "engine/base/error.h"

/* The token of the page that begins after `position` (a text of the list's own) in answer to the
 * call of `action` with `params`; how many it wants at a time may change. */
int asli_page_token(const char *action, const json_t *params, const char *position,
                    char **ret_token, asl_error *reterr);
/* Where the page that params.nextToken asks for begins; NULL when there is none: the first. AWS's
 * exception InvalidToken (ASL_EINVAL): not a token of such a call. */
int asli_page_position(const char *action, const json_t *params, char **ret_position,
                       asl_error *reterr);
/* params.maxResults, 0 or missing: 100; 1000 at most. */
size_t asli_page_size(const json_t *params);

#endif
