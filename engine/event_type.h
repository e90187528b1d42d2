/* SPDX-License-Identifier: Apache-2.0
 *
 * The types of history events as numbers, in the order of engine/tbl/events.h.
 */
#ifndef ASLI_EVENT_TYPE_H
#define ASLI_EVENT_TYPE_H

enum asli_event_type {
#define X(symbol, key, shape) ASLI_EVENT_##symbol,
#include "engine/tbl/events.h"
#undef X
    ASLI_EVENT_COUNT,
    ASLI_EVENT_NONE = ASLI_EVENT_COUNT,
};

#endif
