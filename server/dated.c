/* SPDX-License-Identifier: Apache-2.0
 *
 * Members of answers that AWS's did not always have: a server with --as-of gives those of that day.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "server/private.h"

#define REDRIVE 1700006400000    /* 2023-11-15 */
#define ENCRYPTION 1721865600000 /* 2024-07-25 */

static const struct {
    const char *action, *inside, *member; /* inside NULL: the answer itself */
    int64_t since;
} rows[] = {
    {"DescribeStateMachine", NULL, "encryptionConfiguration", ENCRYPTION},
    {"DescribeStateMachineForExecution", NULL, "encryptionConfiguration", ENCRYPTION},
    {"DescribeActivity", NULL, "encryptionConfiguration", ENCRYPTION},
    {"DescribeExecution", NULL, "redriveCount", REDRIVE},
    {"DescribeExecution", NULL, "redriveStatus", REDRIVE},
    {"DescribeExecution", NULL, "redriveStatusReason", REDRIVE},
    {"DescribeMapRun", NULL, "redriveCount", REDRIVE},
    {"DescribeMapRun", "itemCounts", "failuresNotRedrivable", REDRIVE},
    {"DescribeMapRun", "itemCounts", "pendingRedrive", REDRIVE},
    {"DescribeMapRun", "executionCounts", "failuresNotRedrivable", REDRIVE},
    {"DescribeMapRun", "executionCounts", "pendingRedrive", REDRIVE},
};

json_t *asli_dated(const char *action, json_t *take_output, int64_t as_of)
{
    json_t *output =
        json_deep_copy(take_output); /* others may hold what it consists of */
    json_decref(take_output);
    for (size_t i = 0; output && i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].action, action) != 0 || as_of >= rows[i].since)
            continue;
        json_object_del(rows[i].inside ? json_object_get(output, rows[i].inside) : output,
                        rows[i].member);
    }
    return output;
}
