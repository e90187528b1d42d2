/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of activities, and what the store recalls of a task that was found open in it.
 */
#ifndef ASLI_ACTIVITY_PRIVATE_H
#define ASLI_ACTIVITY_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <asl/provider.h>

/* The name in an activity's ARN, or the text itself. Borrowed. */
static inline const char *asli_activity_name(const char *name_or_arn)
{
    static const char mark[] = ":activity:";
    const char *at =
        strncmp(name_or_arn, "arn:", 4) == 0 ? strstr(name_or_arn, mark) : NULL;
    return at ? at + sizeof mark - 1 : name_or_arn;
}

/* When the attempt was scheduled, ms; 0: it is not open any more. Reads the history of the task's
 * execution, so only for a redelivered task. */
int asli_recall_scheduled(const asl_task *task, int64_t *ret_ms, asl_error *reterr);

/* A member in epoch seconds, as ms; 0 when it is missing. */
int64_t asli_recall_ms(const json_t *object, const char *key);

#endif
