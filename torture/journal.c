/* SPDX-License-Identifier: Apache-2.0
 *
 * See journal.h: writing lines, and reading what was written since.
 */
#include "torture/journal.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "torture/need.h"

static const char *const words[] = {
#define WORD(id, word, text) word,
    TORTURE_LINES(WORD)
#undef WORD
};

void torture_write(int fd, enum torture_line_kind kind, const char *name, int64_t a,
                   int64_t b, const char *text)
{
    char line[1024];
    int len = snprintf(line, sizeof line, "%s %s %" PRId64 " %" PRId64 " %s", words[kind],
                       name, a, b, text ? text : "");
    size_t end = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
    for (size_t i = 0; i < end; i++)
        line[i] = (char)(line[i] == '\n' ? ' ' : line[i]);
    line[end] = '\n';
    ssize_t written = write(fd, line, end + 1);
    if (written < 0)
        _exit(7); /* a journal that cannot be written proves nothing */
}

static int kind_of(const char *word)
{
    for (int i = 0; i < TORTURE_LINE_KINDS; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

/* What stands before the next blank; the rest begins behind it. */
static char *cut(char **rest)
{
    char *word = *rest, *blank = strchr(word, ' ');
    *rest = blank ? blank + 1 : word + strlen(word);
    if (blank)
        *blank = '\0';
    return word;
}

static void add_line(struct torture_journal *journal, char *text)
{
    int kind = kind_of(cut(&text));
    if (kind < 0)
        return;
    if (journal->count == journal->cap) {
        journal->cap = journal->cap ? journal->cap * 2 : 256;
        journal->lines = torture_need(
            asli_realloc(journal->lines, journal->cap * sizeof *journal->lines));
    }
    struct torture_line *line = &journal->lines[journal->count++];
    line->kind = (enum torture_line_kind)kind;
    line->name = cut(&text);
    line->a = strtoll(cut(&text), NULL, 10);
    line->b = strtoll(cut(&text), NULL, 10);
    line->text = text;
}

size_t torture_journal_add(struct torture_journal *journal, char *take_text, size_t len)
{
    char *at = take_text, *end;
    journal->blocks = torture_need(asli_realloc(
        journal->blocks, (journal->block_count + 1) * sizeof *journal->blocks));
    journal->blocks[journal->block_count++] = take_text;
    while ((end = memchr(at, '\n', (size_t)(take_text + len - at)))) {
        *end = '\0';
        add_line(journal, at);
        at = end + 1;
    }
    return (size_t)(at - take_text);
}

int torture_journal_read(struct torture_journal *journal)
{
    struct stat file;
    int fd = open(journal->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &file)) {
        if (fd >= 0)
            close(fd);
        return 1;
    }
    size_t len = (size_t)file.st_size - journal->read;
    char *text = torture_need(asli_alloc(len + 1));
    ssize_t got = pread(fd, text, len, (off_t)journal->read);
    close(fd);
    journal->read += torture_journal_add(journal, text, got > 0 ? (size_t)got : 0);
    /* SIGKILL may cut a write at the end of a page: that line was never written. */
    return got < 0 || truncate(journal->path, (off_t)journal->read);
}

void torture_journal_done(struct torture_journal *journal)
{
    for (size_t i = 0; i < journal->block_count; i++)
        asli_free(journal->blocks[i]);
    asli_free(journal->blocks);
    asli_free(journal->lines);
    asli_free(journal->path);
}
