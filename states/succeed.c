/* SPDX-License-Identifier: Apache-2.0
 *
 * Succeed: ends its branch, iteration or execution with its effective input (asl-reference 5).
 */
#include "engine/frame.h"
#include "engine/state.h"

static const struct asli_field fields[] = {{NULL}};

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    (void)frame;
    (void)reterr;
    return ASLI_STEP_DONE;
}

const struct asli_state_ops asli_state_succeed = {
    .type = "Succeed",
    .traits = ASLI_HAS_IO | ASLI_HAS_EXITED,
    .fields = fields,
    .entered = ASLI_EVENT_SucceedStateEntered,
    .exited = ASLI_EVENT_SucceedStateExited,
    .aborted = ASLI_EVENT_NONE,
    .failed = ASLI_EVENT_NONE,
    .enter = enter,
};
