/* SPDX-License-Identifier: Apache-2.0
 *
 * The library's only door to malloc, plus the cleanup attribute. Every function may return NULL,
 * and every caller says ASL_ENOMEM then. Tests fail the n-th call by linking with --wrap.
 */
#ifndef ASLI_BASE_ALLOC_H
#define ASLI_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>
#include <jansson.h>

void *asli_alloc(size_t size); /* zeroed; size 0 gives a valid pointer */
void *asli_realloc(void *take_or_null,
                   size_t size); /* on NULL the old block still stands */
void asli_free(void *block);
char *asli_strdup(const char *text);              /* NULL for NULL */
char *asli_strndup(const char *text, size_t len); /* exactly len bytes and a NUL */
char *asli_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *asli_vprintf(const char *format, va_list args);

/* ASLI_AUTO(text) char *x = ...: freed at the end of the scope. */
static inline void asli_auto_text(char **p)
{
    asli_free(*p);
}
static inline void asli_auto_json(json_t **p)
{
    json_decref(*p);
}
#define ASLI_AUTO(kind) __attribute__((cleanup(asli_auto_##kind)))

#endif
