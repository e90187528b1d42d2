/* SPDX-License-Identifier: Apache-2.0
 *
 * Fail: ends its branch, iteration or execution with an Error and a Cause, both optional
 * (asl-reference 5).
 */
#include "engine/base/alloc.h"
#include "engine/frame.h"
#include "engine/state.h"

struct fail {
    const char *error, *cause;
    struct asli_text_source error_path, cause_path;
};

static const struct asli_field fields[] = {
    {"Error", ASLI_FIELD_TEXT, 0, offsetof(struct fail, error), 'e'},
    {"ErrorPath", ASLI_FIELD_TEXT_SOURCE, ASLI_JSONPATH,
     offsetof(struct fail, error_path), 'e'},
    {"Cause", ASLI_FIELD_TEXT, 0, offsetof(struct fail, cause), 'c'},
    {"CausePath", ASLI_FIELD_TEXT_SOURCE, ASLI_JSONPATH,
     offsetof(struct fail, cause_path), 'c'},
    {NULL},
};

/* The literal, or what the path or call gives; NULL: neither. */
static int text_of(struct asli_frame *frame, const char *literal,
                   const struct asli_text_source *source, const char *field,
                   char **ret_text, asl_error *reterr)
{
    if (source->path || source->call)
        return asli_frame_text(frame, source, field, ret_text, reterr);
    *ret_text = asli_strdup(literal);
    return literal && !*ret_text ? asli_oom(reterr) : 0;
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    const struct fail *def = frame->d.state->def;
    ASLI_AUTO(text) char *error = NULL;
    ASLI_AUTO(text) char *cause = NULL;
    int rc = text_of(frame, def->error, &def->error_path, "ErrorPath", &error, reterr);
    if (!rc)
        rc = text_of(frame, def->cause, &def->cause_path, "CausePath", &cause, reterr);
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
