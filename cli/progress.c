/* SPDX-License-Identifier: Apache-2.0
 *
 * Live progress: one line on stderr for each state entered, failure, retry and end.
 *
 * The history has no event for a retry: it is an event that begins work again and follows a
 * failed one. The last failures are therefore remembered, in a ring that never grows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), end_len = strlen(end);
    return len >= end_len && strcmp(text + len - end_len, end) == 0;
}

static bool is_failure(const char *type)
{
    return ends_with(type, "Failed") || ends_with(type, "TimedOut");
}

static bool is_start(const char *type)
{
    return ends_with(type, "Scheduled") || ends_with(type, "StateStarted");
}

static void remember(struct cli_progress *progress, const asl_event *event)
{
    struct cli_failed *slot = &progress->failed[progress->next];
    progress->next = (progress->next + 1) % (sizeof progress->failed / sizeof *slot);
    snprintf(slot->execution, sizeof slot->execution, "%s", asl_event_execution(event));
    slot->id = asl_event_id(event);
}

static bool follows_failure(const struct cli_progress *progress, const asl_event *event)
{
    for (size_t i = 0; i < sizeof progress->failed / sizeof progress->failed[0]; i++) {
        const struct cli_failed *slot = &progress->failed[i];
        if (slot->id && slot->id == asl_event_previous_id(event) &&
            strcmp(slot->execution, asl_event_execution(event)) == 0)
            return true;
    }
    return false;
}

/* The word for an event, NULL when it is not worth a line. */
static const char *word_for(struct cli_progress *progress, const asl_event *event)
{
    const char *type = asl_event_type(event);
    if (strncmp(type, "Execution", 9) == 0)
        return type + 9; /* Started, Succeeded, Failed, TimedOut, Aborted */
    if (ends_with(type, "StateEntered"))
        return "entered";
    if (is_failure(type)) {
        remember(progress, event);
        return ends_with(type, "TimedOut") ? "timed out" : "failed";
    }
    if (is_start(type) && follows_failure(progress, event))
        return "retried";
    return ends_with(type, "Submitted") ? "submitted" : NULL;
}

void cli_progress_event(struct cli_progress *progress, const asl_event *event)
{
    const char *word = progress->on ? word_for(progress, event) : NULL;
    if (!word)
        return;
    const char *state = asl_event_state_name(event), *error = asl_event_error(event);
    const char *cause = asl_event_cause(event);
    char time[CLI_TIME_LEN];
    fprintf(stderr, "%s %s", cli_time_text(time, asl_event_time(event)),
            asl_event_execution(event));
    fprintf(stderr, "%s%s %s", state ? " " : "", state ? state : "", word);
    if (error)
        fprintf(stderr, ": %s", error);
    if (cause) {
        char *line = cli_shorten(cause, 160);
        fprintf(stderr, ": %s", line);
        free(line);
    }
    fputc('\n', stderr);
}
