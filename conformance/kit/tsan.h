/* SPDX-License-Identifier: Apache-2.0
 *
 * Included before everything in a build with -Db_sanitize=thread (clang), for the sake of jansson,
 * which is no part of this project and is not instrumented:
 *
 * - json_incref and json_decref, inline, look with a plain read whether the value is one of those
 *   that live for ever, before they change its count atomically. That read alone is left out.
 * - The last json_decref frees the value without having acquired what the others released. No
 *   processor frees before it has seen the count, and values that are shared never change; here
 *   it acquires, so that TSan sees the order.
 * - Inside of the library TSan sees what is freed, and not the counts that allow it.
 */
#ifndef KIT_TSAN_H
#define KIT_TSAN_H

typedef struct json_t json_t;
static inline json_t *json_incref(json_t *json) __attribute__((no_sanitize("thread")));
static inline void json_decref(json_t *json) __attribute__((no_sanitize("thread")));

#define json_decref json_decref_as_it_is
#include <jansson.h>
#undef json_decref

static inline void json_decref(json_t *json)
{
    if (json && json->refcount != (size_t)-1 &&
        __atomic_sub_fetch(&json->refcount, 1, __ATOMIC_ACQ_REL) == 0)
        json_delete(json);
}

const char *__tsan_default_suppressions(void);
__attribute__((weak, visibility("default"))) const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libjansson.so\n";
}

#endif
