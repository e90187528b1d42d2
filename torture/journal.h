/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child writes down, a line and a write(2) each, so that a line that was written is there
 * whatever happens next, and lines of all threads and all lives stand in the order in which they
 * were written. Lines are "WORD NAME NUMBER NUMBER TEXT"; TORTURE_LINES says what they mean.
 */
#ifndef TORTURE_JOURNAL_H
#define TORTURE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

/* X(ID, "word", what it says; NAME is an execution's name, or "-") */
#define TORTURE_LINES(X)                                                                 \
    X(LIFE, "life", "a life begins: its number, the time")                               \
    X(TURN, "turn", "all that was due at the first time was durable by the second")      \
    X(START, "start", "the start was acknowledged")                                      \
    X(STOP, "stop", "the stop was acknowledged")                                         \
    X(REDRIVE, "redrive", "the redrive was acknowledged")                                \
    X(DISPATCH, "dispatch", "a handler has it: scheduled event or 0, its mark, token")   \
    X(OFFER, "offer", "a callback is about to be answered: as dispatch")                 \
    X(ANSWER, "answer", "the answer was acknowledged: as dispatch")                      \
    X(EVENT, "event", "a task's completion was told: its event")                         \
    X(READ, "read", "a history was read: how many events, their hash")                   \
    X(ENDED, "ended", "its end was told: status; output or error")                       \
    X(AGAIN, "again", "a second completion was accepted: 0, 0, token")                   \
    X(ERROR, "error", "a call failed: code, 0, text")                                    \
    X(LATE, "late", "a turn left what was due: deadline, time of the turn")              \
    X(SETTLED, "settled", "all has ended, and the child closed what it had opened")

enum torture_line_kind {
#define TORTURE_LINE_ID(id, word, text) TORTURE_LINE_##id,
    TORTURE_LINES(TORTURE_LINE_ID)
#undef TORTURE_LINE_ID
        TORTURE_LINE_KINDS
};

struct torture_line {
    enum torture_line_kind kind;
    const char *name, *text; /* text: "" when there is none */
    int64_t a, b;
};

struct torture_journal {
    char *path;
    size_t read; /* bytes of it that are lines below */
    struct torture_line *lines;
    size_t count, cap;
    char **blocks; /* what the lines point into */
    size_t block_count;
};

/* The child's side: appends a line. `fd` was opened with O_APPEND. Thread: any. */
void torture_write(int fd, enum torture_line_kind kind, const char *name, int64_t a,
                   int64_t b, const char *text);

/* The parent's side, while no child lives: adds what was written since, and removes a last line that
 * is not whole. 0, or 1 when it cannot be read. */
int torture_journal_read(struct torture_journal *journal);
/* Adds lines from a text that is consumed. Returns how much of it was whole lines. */
size_t torture_journal_add(struct torture_journal *journal, char *take_text, size_t len);
void torture_journal_done(struct torture_journal *journal);

#endif
