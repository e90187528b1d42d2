/* SPDX-License-Identifier: Apache-2.0
 *
 * Where AWS changed its answers, and when: what an engine does follows its options' as_of. Days are
 * the first on which the newer answer was seen, or the announcement's.
 */
#include "engine/engine.h"

static const int64_t since[] = {
    [ASLI_MAP_EXIT_FOLLOWS_RUN_START] = 1730419200000, /* 2024-11-01 */
    [ASLI_EVALUATION_FOLLOWS_ENTERED] = 1733011200000, /* 2024-12-01 */
    [ASLI_ITEMS_MAY_BE_AN_OBJECT] = 1757548800000,     /* 2025-09-11 */
};

bool asli_engine_since(const asl_engine *engine, enum asli_dated what)
{
    return !engine->options.as_of || engine->options.as_of >= since[what];
}
