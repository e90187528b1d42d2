/* SPDX-License-Identifier: Apache-2.0
 *
 * The store in memory under the suite for all stores. An example for those who have one of their
 * own: this is all it takes.
 */
#include "conformance/kit/unit.h"
#include "conformance/plugins/store_suite.h"

static const struct store_kit kit = {.name = "mem", .open = asl_store_mem};

Suite *unit_suite(void)
{
    return store_suite(&kit);
}
