/* SPDX-License-Identifier: Apache-2.0
 *
 * Pass: its Result, or its effective input, is its result (asl-reference 4).
 */
#include "engine/frame.h"
#include "engine/state.h"

struct pass {
    json_t *result; /* literal; NULL: none */
};

static const struct asli_field fields[] = {
    {"Result", ASLI_FIELD_JSON, ASLI_JSONPATH, offsetof(struct pass, result)},
    {NULL},
};

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct pass *def = frame->d.state->def;
    if (!def->result)
        return ASLI_STEP_DONE; /* the effective input, unchanged */
    frame->result = asli_payload_new(json_incref(def->result));
    return frame->result ? ASLI_STEP_DONE : asli_step_of(asli_oom(reterr));
}

const struct asli_state_ops asli_state_pass = {
    .type = "Pass",
    .traits = ASLI_HAS_IO | ASLI_HAS_PARAMETERS | ASLI_HAS_RESULT_PATH | ASLI_HAS_NEXT |
              ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct pass),
    .entered = ASLI_EVENT_PassStateEntered,
    .exited = ASLI_EVENT_PassStateExited,
    .aborted = ASLI_EVENT_NONE,
    .failed = ASLI_EVENT_NONE,
    .enter = enter,
};
