/* SPDX-License-Identifier: Apache-2.0
 *
 * ARNs of Step Functions: arn:PARTITION:states:REGION:ACCOUNT:TYPE:NAME[:REST].
 */
#ifndef ASLI_BASE_ARN_H
#define ASLI_BASE_ARN_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/error.h"

struct asli_part {
    const char *text; /* borrowed, not NUL-terminated */
    size_t len;
};
struct asli_arn {
    struct asli_part partition, region, account, type, name;
    const char *rest; /* what follows the colon after the name; NULL: no colon there */
};

/* Takes `text` apart, and checks that it is of one of the `types`, which are separated by blanks.
 * AWS's exception InvalidArn otherwise (ASL_EINVAL). */
int asli_arn_read(const char *text, const char *types, struct asli_arn *ret_arn,
                  asl_error *reterr);
/* Likewise, that it is the ARN of a role: arn:PARTITION:iam::ACCOUNT:role/NAME. */
int asli_arn_check_role(const char *text, asl_error *reterr);
bool asli_part_is(struct asli_part part, const char *text);

#endif
