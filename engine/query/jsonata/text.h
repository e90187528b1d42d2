/* SPDX-License-Identifier: Apache-2.0
 *
 * What the leaves of JSONata (pictures, numbers, regular expressions) share with who calls them:
 * a text, and what is wrong with one.
 */
#ifndef ASLI_JSONATA_TEXT_H
#define ASLI_JSONATA_TEXT_H

#include <stddef.h>

/* Valid UTF-8, borrowed. data NULL: absent, where that has a meaning. */
struct asli_jn_text {
    const char *data;
    size_t len;
};

/* An error of the expression: its code in the reference, and the text for the {{value}} of its
 * message: a part of what the function was given, or static. */
struct asli_jn_fault {
    const char *code;
    struct asli_jn_text detail;
};

/* Functions that can meet one return 0, ASLI_JN_FAULT (the fault is filled) or ASL_ENOMEM. */
#define ASLI_JN_FAULT 1

static inline int asli_jn_fail(struct asli_jn_fault *fault, const char *code,
                               const char *data, size_t len)
{
    *fault = (struct asli_jn_fault){code, {data, len}};
    return ASLI_JN_FAULT;
}

#endif
