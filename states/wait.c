/* SPDX-License-Identifier: Apache-2.0
 *
 * Wait: until a number of seconds has passed or a moment has come (asl-reference 6). A moment in
 * the past is no wait; the longest wait is 2^31-1 seconds.
 */
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/engine.h"
#include "engine/frame.h"
#include "engine/state.h"

#define MAX_SECONDS 99999999
#define MAX_WAIT_MS (INT64_C(2147483647) * 1000)

struct wait {
    struct asli_int_field seconds;
    struct asli_path *seconds_path, *timestamp_path;
    struct asli_text_field timestamp;
};

static const struct asli_field fields[] = {
    {"SecondsPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH,
     offsetof(struct wait, seconds_path), 'A'},
    {"Seconds", ASLI_FIELD_INT, 0, offsetof(struct wait, seconds), 'A', 0, MAX_SECONDS},
    {"TimestampPath", ASLI_FIELD_REFPATH, ASLI_JSONPATH,
     offsetof(struct wait, timestamp_path), 'A'},
    {"Timestamp", ASLI_FIELD_TIMESTAMP, 0, offsetof(struct wait, timestamp), 'A'},
    {NULL},
};

/* The value at a *Path field; a miss has this state's own sentence. */
static int lookup(struct asli_frame *frame, const struct asli_path *path,
                  const char *field, json_t **ret_value, asl_error *reterr)
{
    json_t *work;
    int rc = asli_frame_work_tree(frame, &work, reterr);
    if (rc)
        return rc;
    struct asli_env env = asli_frame_env(frame, work);
    rc = asli_path_eval(path, &env, ASLI_PATH_STRICT, ret_value, NULL, reterr);
    asli_frame_env_done(frame);
    if (rc != ASLI_FAILED)
        return rc;
    return asli_frame_runtime(frame, reterr,
                              "The %s parameter does not reference an input value: %s",
                              field, asli_path_text(path));
}

/* A string shows bare, anything else as JSON. */
static int shown(const json_t *value, char **ret_text, asl_error *reterr)
{
    if (!json_is_string(value))
        return asli_json_text(value, ret_text, NULL, reterr);
    *ret_text = asli_strdup(json_string_value(value));
    return *ret_text ? 0 : asli_oom(reterr);
}

static int seconds_at(struct asli_frame *frame, const struct asli_path *path,
                      int64_t *ret_at, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    ASLI_AUTO(text) char *text = NULL;
    int rc = lookup(frame, path, "SecondsPath", &value, reterr);
    if (!rc)
        rc = shown(value, &text, reterr);
    if (rc)
        return rc;
    if (!json_is_integer(value))
        return asli_frame_runtime(
            frame, reterr,
            "The SecondsPath parameter cannot be parsed as a long value: %s == %s",
            asli_path_text(path), text);
    int64_t seconds = json_integer_value(value);
    if (seconds < 0)
        return asli_frame_runtime(
            frame, reterr,
            "The SecondsPath parameter references a negative value: %s == %s",
            asli_path_text(path), text);
    if (seconds > MAX_WAIT_MS / 1000)
        return asli_frame_runtime(frame, reterr, "Wait state delay is too long.");
    *ret_at = asli_frame_now(frame) + seconds * 1000;
    return 0;
}

static int timestamp_at(struct asli_frame *frame, const struct asli_path *path,
                        int64_t *ret_at, asl_error *reterr)
{
    ASLI_AUTO(json) json_t *value = NULL;
    ASLI_AUTO(text) char *text = NULL;
    struct asli_instant instant;
    int rc = lookup(frame, path, "TimestampPath", &value, reterr);
    if (!rc)
        rc = shown(value, &text, reterr);
    if (rc)
        return rc;
    if (!json_is_string(value) ||
        !asli_time_parse(json_string_value(value), json_string_length(value), &instant))
        return asli_frame_runtime(
            frame, reterr,
            "The TimestampPath parameter does not reference a valid ISO-8601 "
            "extended offset date-time format string: %s == %s",
            asli_path_text(path), text);
    *ret_at = asli_instant_ms(instant);
    return 0;
}

static int seconds_given(struct asli_frame *frame, const struct asli_int_field *field,
                         int64_t *ret_at, asl_error *reterr)
{
    int64_t seconds = 0;
    int rc = asli_frame_int(frame, field, "Seconds", 0, MAX_SECONDS, &seconds, reterr);
    *ret_at = asli_frame_now(frame) + seconds * 1000;
    return rc;
}

static int moment(struct asli_frame *frame, int64_t *ret_at, asl_error *reterr)
{
    const struct wait *def = frame->d.state->def;
    struct asli_instant instant;
    if (def->seconds_path)
        return seconds_at(frame, def->seconds_path, ret_at, reterr);
    if (def->timestamp_path)
        return timestamp_at(frame, def->timestamp_path, ret_at, reterr);
    if (def->seconds.set || def->seconds.computed)
        return seconds_given(frame, &def->seconds, ret_at, reterr);
    ASLI_AUTO(text) char *text = NULL;
    int rc = asli_frame_text(frame, &def->timestamp, "Timestamp", &text, reterr);
    if (rc)
        return rc;
    if (!asli_time_parse(text, strlen(text), &instant))
        return asli_frame_evaluation(
            frame, "Timestamp", reterr,
            "The Timestamp field cannot be parsed as an ISO-8601 "
            "extended offset date-time format string: %s",
            text);
    *ret_at = asli_instant_ms(instant);
    return 0;
}

/* The moment that comes when an option makes waits shorter. */
static int64_t shortened(const struct asli_frame *frame, int64_t now, int64_t at)
{
    double scale = frame->x->engine->options.wait_scale;
    return scale > 0 && at > now ? now + (int64_t)((double)(at - now) * scale) : at;
}

static enum asli_step enter(struct asli_frame *frame, asl_error *reterr)
{
    int64_t at = 0, now = asli_frame_now(frame);
    int rc = moment(frame, &at, reterr);
    if (!rc && at - now > MAX_WAIT_MS)
        rc = asli_frame_runtime(frame, reterr, "Wait state delay is too long.");
    if (rc)
        return asli_step_of(rc);
    at = shortened(frame, now, at);
    if (at <= now)
        return ASLI_STEP_DONE;
    asli_frame_wake_at(frame, at);
    return ASLI_STEP_PARK;
}

static enum asli_step resume(struct asli_frame *frame, const struct asli_event *event,
                             asl_error *reterr)
{
    (void)frame;
    (void)event;
    (void)reterr;
    return ASLI_STEP_DONE;
}

const struct asli_state_ops asli_state_wait = {
    .type = "Wait",
    .traits = ASLI_HAS_IO | ASLI_HAS_NEXT | ASLI_HAS_EXITED | ASLI_HAS_ASSIGN,
    .fields = fields,
    .def_size = sizeof(struct wait),
    .entered = ASLI_EVENT_WaitStateEntered,
    .exited = ASLI_EVENT_WaitStateExited,
    .aborted = ASLI_EVENT_WaitStateAborted,
    .failed = ASLI_EVENT_NONE,
    .enter = enter,
    .resume = resume,
};
