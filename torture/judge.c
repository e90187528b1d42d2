/* SPDX-License-Identifier: Apache-2.0
 *
 * See judge.h. A check is a function that tells what is wrong, and nothing when nothing is.
 */
#include "torture/judge.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "torture/hash.h"
#include "torture/oracle.h"

static const char *const names[] = {
#define NAME(id, name, text) name,
    TORTURE_CHECKS(NAME)
#undef NAME
};

const char *torture_check_name(enum torture_check check)
{
    return names[check];
}

/* An execution that is being judged. */
struct trial {
    struct torture_judge *judge;
    const char *name;
    const struct torture_case *its;
    const json_t *description, *events;
    const struct torture_line *const *lines; /* of its name, as they were written */
    size_t line_count, event_count;
    int64_t *scheduled; /* by id: the event that scheduled the task it is about, or 0 */
};

static void wrong(const struct trial *t, enum torture_check check, const char *expected,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
static void wrong(const struct trial *t, enum torture_check check, const char *expected,
                  const char *format, ...)
{
    va_list values;
    va_start(values, format);
    ASLI_AUTO(text) char *got = torture_need(asli_vprintf(format, values));
    va_end(values);
    t->judge->wrong(t->judge->arg, check, t->name, expected, got);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* ---- events ---- */

static const json_t *event_at(const struct trial *t, size_t i)
{
    return json_array_get(t->events, i);
}

static int64_t id_of(const json_t *event)
{
    return json_integer_value(json_object_get(event, "id"));
}

static int64_t previous_of(const json_t *event)
{
    return json_integer_value(json_object_get(event, "previousEventId"));
}

static int64_t time_of(const json_t *event)
{
    return llround(json_number_value(json_object_get(event, "timestamp")) * 1000);
}

static bool is_success(const char *type)
{
    return torture_is_of_task(type) && torture_ends_with(type, "Succeeded");
}

static void find_scheduled(struct trial *t)
{
    t->scheduled = torture_need(asli_alloc((t->event_count + 1) * sizeof *t->scheduled));
    for (size_t i = 0; i < t->event_count; i++) {
        const json_t *event = event_at(t, i);
        const char *type = text_of(event, "type");
        int64_t previous = previous_of(event);
        if (!torture_is_of_task(type))
            continue;
        if (torture_ends_with(type, "Scheduled"))
            t->scheduled[i + 1] = (int64_t)i + 1;
        else if (previous > 0 && previous <= (int64_t)i)
            t->scheduled[i + 1] = t->scheduled[previous];
    }
}

/* ---- checks of one execution ---- */

static void check_text(const struct trial *t, const char *key, const char *expected)
{
    const char *got = text_of(t->description, key);
    if (strcmp(expected ? expected : "", got) != 0)
        wrong(t, TORTURE_CHECK_END, expected ? expected : "none", "%s %.300s", key, got);
}

static void check_end(const struct trial *t)
{
    check_text(t, "status", asl_status_name(t->its->status));
    check_text(t, "output", t->its->output);
    check_text(t, "error", t->its->error);
    check_text(t, "cause", t->its->cause);
}

static int64_t member(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

/* A task that ran out of its time while nothing ran may never have been submitted. */
static int64_t may_miss(const struct trial *t, const char *key)
{
    return strcmp(key, "TaskSubmitted -") != 0
               ? 0
               : member(t->its->events, "TaskTimedOut -") +
                     member(t->its->events, "ExecutionTimedOut -");
}

static void check_events(const struct trial *t)
{
    ASLI_AUTO(json) json_t *counts = torture_count_events(t->events);
    const char *key;
    json_t *value;
    if (!t->its->events)
        return;
    json_object_foreach(t->its->events, key, value)
    {
        int64_t wanted = json_integer_value(value), got = member(counts, key);
        char expected[32];
        snprintf(expected, sizeof expected, "%" PRId64, wanted);
        if (got > wanted || got < wanted - may_miss(t, key))
            wrong(t, TORTURE_CHECK_EVENTS, expected, "%s: %" PRId64, key, got);
    }
    json_object_foreach(counts, key, value)
    {
        if (!json_object_get(t->its->events, key))
            wrong(t, TORTURE_CHECK_EVENTS, "none", "%s: %" PRId64, key,
                  member(counts, key));
    }
}

static void check_order(const struct trial *t)
{
    int64_t time = 0;
    for (size_t i = 0; i < t->event_count; i++) {
        const json_t *event = event_at(t, i);
        char expected[32];
        snprintf(expected, sizeof expected, "%zu", i + 1);
        if (id_of(event) != (int64_t)i + 1)
            wrong(t, TORTURE_CHECK_ORDER, expected, "id %" PRId64, id_of(event));
        if (previous_of(event) < 0 || previous_of(event) > (int64_t)i)
            wrong(t, TORTURE_CHECK_ORDER, "an earlier event", "previousEventId %" PRId64,
                  previous_of(event));
        snprintf(expected, sizeof expected, "not before %" PRId64, time);
        if (time_of(event) < time)
            wrong(t, TORTURE_CHECK_ORDER, expected, "event %zu at %" PRId64, i + 1,
                  time_of(event));
        time = time_of(event);
    }
}

static void check_extends(const struct trial *t)
{
    uint64_t *hashes = torture_need(asli_alloc((t->event_count + 1) * sizeof *hashes));
    hashes[0] = TORTURE_HASH_BEGIN;
    for (size_t i = 0; i < t->event_count; i++)
        hashes[i + 1] = torture_hash_event(hashes[i], event_at(t, i));
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if (line->kind != TORTURE_LINE_READ)
            continue;
        if (line->a > (int64_t)t->event_count)
            wrong(t, TORTURE_CHECK_EXTENDS, "as many events as were read",
                  "%zu, after %" PRId64, t->event_count, line->a);
        else if (hashes[line->a] != (uint64_t)line->b)
            wrong(t, TORTURE_CHECK_EXTENDS, "the events that were read",
                  "others among the first %" PRId64, line->a);
    }
    asli_free(hashes);
}

/* Did a handler, or who answers, give this for the task? */
static bool was_given(const struct trial *t, int64_t scheduled, int64_t mark)
{
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if ((line->kind == TORTURE_LINE_DISPATCH || line->kind == TORTURE_LINE_OFFER) &&
            line->b == mark && (line->a == 0 || line->a == scheduled))
            return true;
    }
    return false;
}

static void check_mark(const struct trial *t, const json_t *event, int64_t scheduled)
{
    const json_t *details = torture_event_details(event);
    const char *output = text_of(details, "output");
    ASLI_AUTO(json) json_t *value = NULL;
    if (strcmp(text_of(details, "resourceType"), "states") == 0)
        return; /* another execution gave it */
    asli_json_read(output, strlen(output), &value, NULL);
    json_int_t mark = json_integer_value(json_object_get(value, "mark"));
    if (!was_given(t, scheduled, mark))
        wrong(t, TORTURE_CHECK_ONCE, "what a handler gave for it",
              "event %" PRId64 " has %.200s", id_of(event), output);
}

static void check_once(const struct trial *t)
{
    int64_t *completed =
        torture_need(asli_alloc((t->event_count + 1) * sizeof *completed));
    for (size_t i = 0; i < t->event_count; i++) {
        const json_t *event = event_at(t, i);
        int64_t scheduled = t->scheduled[i + 1];
        if (!torture_is_completion(text_of(event, "type")))
            continue;
        if (scheduled && completed[scheduled]++)
            wrong(t, TORTURE_CHECK_ONCE, "one completion",
                  "event %" PRId64 " is another of %" PRId64, id_of(event), scheduled);
        if (is_success(text_of(event, "type")))
            check_mark(t, event, scheduled);
    }
    asli_free(completed);
}

static void check_not_again(const struct trial *t, size_t from, int64_t scheduled,
                            const char *token)
{
    for (size_t i = from; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if (line->kind == TORTURE_LINE_DISPATCH &&
            (token ? strcmp(line->text, token) == 0 : line->a == scheduled))
            wrong(t, TORTURE_CHECK_AGAIN, "no more of it", "%s, mark %" PRId64,
                  line->text, line->b);
    }
}

/* A task that ran out of its time may still lie in the queue of the workers: not counted. */
static void check_again(const struct trial *t)
{
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if (line->kind == TORTURE_LINE_ANSWER)
            check_not_again(t, i, 0, line->text);
        if (line->kind != TORTURE_LINE_EVENT || torture_ends_with(line->text, "TimedOut"))
            continue;
        if (line->a <= 0 || line->a > (int64_t)t->event_count)
            wrong(t, TORTURE_CHECK_TOLD, "an event that is stored", "number %" PRId64,
                  line->a);
        else if (t->scheduled[line->a])
            check_not_again(t, i, t->scheduled[line->a], NULL);
    }
}

/* What a Wait's name says; -1: it is none. */
static int64_t seconds_of(const char *state)
{
    size_t len = strlen(state), digits = 0;
    while (digits < len && strchr("0123456789", state[len - digits - 1]))
        digits++;
    if (digits == 0 || digits + 4 > len ||
        strncmp(state + len - digits - 4, "Wait", 4) != 0)
        return -1;
    return strtoll(state + len - digits, NULL, 10);
}

static bool clock_jumped(const struct torture_journal *journal)
{
    for (size_t i = 0; i < journal->count; i++)
        if (journal->lines[i].kind == TORTURE_LINE_LIFE &&
            strcmp(journal->lines[i].text, torture_fault_name(TORTURE_CLOCK)) == 0)
            return true;
    return false;
}

/* From which line on the event is known to have been durable. Where no clock jumped, all lines will
 * do: times are enough. */
static const struct torture_line *known_from(const struct trial *t, int64_t id)
{
    const struct torture_journal *journal = &t->judge->round->journal;
    if (!clock_jumped(journal))
        return journal->lines;
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if ((line->kind == TORTURE_LINE_READ || line->kind == TORTURE_LINE_EVENT) &&
            line->a >= id)
            return line;
    }
    return journal->lines + journal->count;
}

/* The turn that was to fire what was due by then, and that was over before it did; NULL: none. */
static const struct torture_line *missed_turn(const struct trial *t, int64_t entered,
                                              int64_t due, int64_t fired)
{
    const struct torture_journal *journal = &t->judge->round->journal;
    for (const struct torture_line *line = known_from(t, entered);
         line < journal->lines + journal->count; line++)
        if (line->kind == TORTURE_LINE_TURN && line->a >= due && line->b < fired)
            return line;
    return NULL;
}

static void check_timer(const struct trial *t, const json_t *entered,
                        const json_t *exited, int64_t due)
{
    const struct torture_line *missed =
        missed_turn(t, id_of(entered), due, time_of(exited));
    char expected[64];
    snprintf(expected, sizeof expected, "%" PRId64, due);
    if (time_of(exited) < due)
        wrong(t, TORTURE_CHECK_EARLY, expected, "event %" PRId64 " at %" PRId64,
              id_of(exited), time_of(exited));
    if (missed)
        wrong(t, TORTURE_CHECK_LATE, expected,
              "event %" PRId64 " at %" PRId64 ", after a turn from %" PRId64
              " to %" PRId64,
              id_of(exited), time_of(exited), missed->a, missed->b);
}

static void check_timers(const struct trial *t)
{
    for (size_t i = 0; i < t->event_count; i++) {
        const json_t *event = event_at(t, i);
        int64_t previous = previous_of(event);
        if (strcmp(text_of(event, "type"), "WaitStateExited") != 0 || previous < 1)
            continue;
        int64_t seconds = seconds_of(text_of(torture_event_details(event), "name"));
        const json_t *entered = event_at(t, (size_t)previous - 1);
        if (seconds >= 0)
            check_timer(t, entered, event, time_of(entered) + seconds * 1000);
    }
}

static void check_told(const struct trial *t)
{
    const char *status = text_of(t->description, "status");
    const char *what = t->its->told ? t->its->told : "";
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        const char *told = asl_status_name((enum asl_status)line->a);
        if (line->kind != TORTURE_LINE_ENDED ||
            (t->its->redrive && line->a == ASL_FAILED))
            continue;
        if (strcmp(told, status) != 0 || strcmp(line->text, what) != 0)
            wrong(t, TORTURE_CHECK_TOLD, what, "%s %.300s", told, line->text);
    }
}

static void check_acknowledged(const struct trial *t)
{
    bool redriven =
        json_integer_value(json_object_get(t->description, "redriveCount")) > 0;
    bool stopped = strcmp(text_of(t->description, "status"), "ABORTED") == 0;
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        if (line->kind == TORTURE_LINE_STOP && !stopped)
            wrong(t, TORTURE_CHECK_ACKNOWLEDGED, "ABORTED", "%s",
                  text_of(t->description, "status"));
        if (line->kind == TORTURE_LINE_REDRIVE && !redriven)
            wrong(t, TORTURE_CHECK_ACKNOWLEDGED, "redriven", "redriveCount 0");
        if (line->kind == TORTURE_LINE_ANSWER && t->events) {
            bool there = false;
            for (size_t e = 0; e < t->event_count && !there; e++)
                there = is_success(text_of(event_at(t, e), "type")) &&
                        (line->a == 0 || t->scheduled[e + 1] == line->a);
            if (!there)
                wrong(t, TORTURE_CHECK_ACKNOWLEDGED, "the answer of mark in the history",
                      "no such success");
        }
    }
}

/* ---- Express ---- */

enum { FIVE_MINUTES_MS = 300000 };

/* The lives of the round took less than an Express execution may. */
static bool was_brief(const struct torture_journal *journal)
{
    int64_t first = -1, last = 0;
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->lines[i].kind != TORTURE_LINE_LIFE)
            continue;
        last = journal->lines[i].b;
        first = first < 0 ? last : first;
    }
    return last - first < FIVE_MINUTES_MS;
}

/* It leaves nothing but what was told. It may run out of its five minutes, where a clock jumps or
 * the machine is busy, before its handler is asked; and when the process is killed then, nobody is
 * told. */
static void judge_express(const struct trial *t)
{
    const char *wanted = t->its->told ? t->its->told : "";
    bool started = false, seen = false;
    for (size_t i = 0; i < t->line_count; i++) {
        const struct torture_line *line = t->lines[i];
        started |= line->kind == TORTURE_LINE_START;
        seen |= line->kind == TORTURE_LINE_DISPATCH || line->kind == TORTURE_LINE_ENDED;
        if (line->kind != TORTURE_LINE_ENDED || line->a == ASL_TIMED_OUT)
            continue;
        if (line->a != (int64_t)t->its->status || strcmp(line->text, wanted) != 0)
            wrong(t, TORTURE_CHECK_END, wanted, "%s %.300s",
                  asl_status_name((enum asl_status)line->a), line->text);
    }
    if (started && !seen && was_brief(&t->judge->round->journal))
        wrong(t, TORTURE_CHECK_KEPT, "a task of it given out",
              "none, though it was started");
}

/* ---- putting them together ---- */

static int compare(const void *a, const void *b)
{
    const struct torture_line *x = *(const struct torture_line *const *)a;
    const struct torture_line *y = *(const struct torture_line *const *)b;
    int order = strcmp(x->name, y->name);
    return order ? order : (x > y) - (x < y);
}

static void find_lines(struct trial *t)
{
    size_t count = t->judge->round->journal.count, low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(t->judge->by_name[middle]->name, t->name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    t->lines = t->judge->by_name + low;
    while (low < count && strcmp(t->judge->by_name[low]->name, t->name) == 0)
        low++;
    t->line_count = (size_t)(t->judge->by_name + low - t->lines);
}

static bool was_started(const struct trial *t)
{
    for (size_t i = 0; i < t->line_count; i++)
        if (t->lines[i]->kind == TORTURE_LINE_START)
            return true;
    return false;
}

void torture_judge_execution(struct torture_judge *judge, const char *name,
                             const struct torture_case *its, const json_t *description,
                             const json_t *events)
{
    struct trial t = {.judge = judge,
                      .name = name,
                      .its = its,
                      .description = description,
                      .events = events,
                      .event_count = json_array_size(events)};
    find_lines(&t);
    if (its && its->express) {
        judge_express(&t);
        return;
    }
    if (!description) {
        if (was_started(&t))
            wrong(&t, TORTURE_CHECK_KEPT, "an execution",
                  "none, though it was acknowledged");
        return;
    }
    find_scheduled(&t);
    if (its) {
        check_end(&t);
        check_events(&t);
        check_told(&t);
    }
    check_order(&t);
    check_extends(&t);
    check_once(&t);
    check_again(&t);
    check_timers(&t);
    check_acknowledged(&t);
    asli_free(t.scheduled);
}

static int64_t count_of(const json_t *run, const char *counts, const char *key)
{
    return json_integer_value(json_object_get(json_object_get(run, counts), key));
}

/* What a run that was aborted had not begun stays undone. */
void torture_judge_run(struct torture_judge *judge, const char *name, const json_t *run,
                       const json_t *children)
{
    static const char *const ends[] = {"succeeded", "failed", "timedOut", "aborted"};
    struct trial t = {.judge = judge, .name = name};
    bool aborted = strcmp(text_of(run, "status"), "ABORTED") == 0;
    int64_t wanted = count_of(run, "itemCounts", "total"), ended = 0;
    char expected[32];
    size_t i;
    json_t *child;
    if (aborted)
        wanted -= count_of(run, "itemCounts", "pending");
    for (i = 0; i < sizeof ends / sizeof *ends; i++)
        ended += count_of(run, "itemCounts", ends[i]);
    snprintf(expected, sizeof expected, "%" PRId64, wanted);
    if (ended != wanted)
        wrong(&t, TORTURE_CHECK_CHILDREN, expected, "%" PRId64 " items ended", ended);
    if (json_array_size(children) > 0 && (int64_t)json_array_size(children) != wanted)
        wrong(&t, TORTURE_CHECK_CHILDREN, expected, "%zu children",
              json_array_size(children));
    json_array_foreach(children, i, child)
    {
        if (strcmp(text_of(child, "status"), "RUNNING") == 0)
            wrong(&t, TORTURE_CHECK_CHILDREN, "ended", "%s is RUNNING",
                  text_of(child, "name"));
    }
}

static void check_line(struct torture_judge *judge, const struct torture_line *line,
                       bool may_fail)
{
    struct trial t = {.judge = judge, .name = line->name};
    if (line->kind == TORTURE_LINE_ERROR && (!may_fail || !line->text[0]))
        wrong(&t, TORTURE_CHECK_ERRORS, may_fail ? "a text" : "none", "%s: %s",
              asl_code_name((int)line->a), line->text);
    if (line->kind == TORTURE_LINE_ERROR && line->a == ASL_ESTORE &&
        !strstr(line->text, "open the store again"))
        wrong(&t, TORTURE_CHECK_ERRORS, "what to do", "%s", line->text);
    if (line->kind == TORTURE_LINE_AGAIN)
        wrong(&t, TORTURE_CHECK_REFUSED, "ASL_EENDED", "accepted: %s", line->text);
    if (line->kind == TORTURE_LINE_LATE)
        wrong(&t, TORTURE_CHECK_LATE, "fired",
              "a deadline of %" PRId64 " after a turn at %" PRId64, line->a, line->b);
}

void torture_judge_begin(struct torture_judge *judge)
{
    const struct torture_journal *journal = &judge->round->journal;
    bool may_fail = false;
    judge->by_name =
        torture_need(asli_alloc((journal->count + 1) * sizeof *judge->by_name));
    for (size_t i = 0; i < journal->count; i++) {
        const struct torture_line *line = &journal->lines[i];
        judge->by_name[i] = line;
        if (line->kind == TORTURE_LINE_LIFE)
            may_fail = strcmp(line->text, torture_fault_name(TORTURE_EIO)) == 0 ||
                       strcmp(line->text, torture_fault_name(TORTURE_NOSPACE)) == 0;
        check_line(judge, line, may_fail);
    }
    qsort(judge->by_name, journal->count, sizeof *judge->by_name, compare);
}

void torture_judge_done(struct torture_judge *judge)
{
    asli_free(judge->by_name);
}
