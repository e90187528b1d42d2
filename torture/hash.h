/* SPDX-License-Identifier: Apache-2.0
 *
 * A hash of the first events of a history, of all that is in them.
 */
#ifndef TORTURE_HASH_H
#define TORTURE_HASH_H

#include <stdint.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "torture/need.h"

#define TORTURE_HASH_BEGIN UINT64_C(0xcbf29ce484222325)

/* FNV-1a, of the event's text. */
static inline uint64_t torture_hash_event(uint64_t hash, const json_t *event)
{
    char *text = NULL;
    asli_json_text(event, &text, NULL, NULL);
    for (const char *p = torture_need(text); *p; p++)
        hash = (hash ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
    asli_free(text);
    return hash;
}

static inline uint64_t torture_hash_events(const json_t *events, size_t count)
{
    uint64_t hash = TORTURE_HASH_BEGIN;
    for (size_t i = 0; i < count; i++)
        hash = torture_hash_event(hash, json_array_get(events, i));
    return hash;
}

#endif
