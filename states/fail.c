/* SPDX-License-Identifier: Apache-2.0
 *
 * Fail: ends its branch, iteration or execution with an Error and a Cause, both optional
 * (asl-reference 5).
 */
#include "engine/base/alloc.h"
#include "engine/frame.h"
#include "engine/state.h"

struct fail {
    struct asli_text_field error, cause;
};

static const struct asli_field fields[] = {
    {"Error", ASLI_FIELD_TEXT, 0, offsetof(struct fail, error), 'e'},
    {"ErrorPath", ASLI_FIELD_TEXT_PATH, ASLI_JSONPATH, offsetof(struct fail, error), 'e'},
    {"Cause", ASLI_FIELD_TEXT, 0, offsetof(struct fail, cause), 'c'},
    {"CausePath", ASLI_FIELD_TEXT_PATH, ASLI_JSONPATH, offsetof(struct fail, cause), 'c'},
    {NULL},
};

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct fail *def = frame->d.state->def;
    ASLI_AUTO(text) char *error = NULL;
    ASLI_AUTO(text) char *cause = NULL;
    int rc = asli_frame_text(frame, &def->error, "Error", &error, reterr);
    if (!rc)
        rc = asli_frame_text(frame, &def->cause, "Cause", &cause, reterr);
    if (!rc)
        rc = asli_frame_fail(frame, error, cause, reterr);
    return asli_step_of(rc);
}

const struct asli_state_ops asli_state_fail = {
    .type = "Fail",
    .fields = fields,
    .def_size = sizeof(struct fail),
    .entered = ASLI_EVENT_FailStateEntered,
    .exited = ASLI_EVENT_NONE,
    .aborted = ASLI_EVENT_NONE,
    .failed = ASLI_EVENT_NONE,
    .enter = enter,
};
