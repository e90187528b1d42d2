/* SPDX-License-Identifier: Apache-2.0
 *
 * alloc.h over the C library. Nothing else in libasl calls malloc, so a test that wraps
 * it sees every allocation of ours.
 */
#include "engine/base/alloc.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALL 1024 /* bytes */

/* Most blocks are small, and for these glibc's calloc does not use what free has just put at hand
 * for malloc; large ones may come zeroed from the system. */
void *asli_alloc(size_t size)
{
    if (size > SMALL)
        return calloc(1, size);
    void *block = malloc(size ? size : 1);
    if (block)
        memset(block, 0, size);
    return block;
}

void *asli_realloc(void *take_or_null, size_t size)
{
    return realloc(take_or_null, size ? size : 1);
}

void asli_free(void *block)
{
    free(block);
}

char *asli_strdup(const char *text)
{
    return text ? asli_strndup(text, strlen(text)) : NULL;
}

char *asli_strndup(const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? malloc(len + 1) : NULL;
    if (!copy)
        return NULL;
    if (len)
        memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *asli_printf(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = asli_vprintf(format, args);
    va_end(args);
    return text;
}

char *asli_vprintf(const char *format, va_list args)
{
    char small[256]; /* most texts fit, and are then formatted once */
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(small, sizeof small, format, args);
    char *text = NULL;
    if (len >= 0 && (size_t)len < sizeof small)
        text = asli_strndup(small, (size_t)len);
    else if (len >= 0 && (text = malloc((size_t)len + 1)))
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    return text;
}
