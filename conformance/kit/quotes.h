/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON in C, written with ' for ", for legibility.
 */
#ifndef KIT_QUOTES_H
#define KIT_QUOTES_H

#include "conformance/kit/need.h"

/* The text with its quotes; to be freed. */
static inline char *kit_quoted(const char *text)
{
    char *copy = need_text(text, strlen(text));
    for (char *p = copy; *p; p++)
        *p = (char)(*p == '\'' ? '"' : *p);
    return copy;
}

#endif
