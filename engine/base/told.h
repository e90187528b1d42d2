/* SPDX-License-Identifier: Apache-2.0
 *
 * Problems of a definition as AWS tells them: of a text that is not JSON it passes on what Jackson
 * says.
 */
#ifndef ASLI_BASE_TOLD_H
#define ASLI_BASE_TOLD_H

#include <asl.h>

#include "engine/base/bytes.h"
#include "engine/base/jackson.h"

/* One problem. */
struct asli_told {
    struct asli_jackson jackson;
    const char *message, *location; /* location NULL: the whole */
};
void asli_told(const asl_diagnostic *problem, const char *definition, size_t len,
               struct asli_told *ret_told);
void asli_told_done(struct asli_told *told);

/* "CODE: message at location, ...", as many whole ones as fit into an error's text with some words
 * around; the first in any case. Warnings are told when there is nothing else. */
void asli_told_all(const asl_diagnostics *list, const char *definition, size_t len,
                   struct asli_bytes *text);

#endif
