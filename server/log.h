/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's log: a JSON object a line, on a file descriptor. Lines are gathered, and written when
 * the loop is about to sleep. Nobody waits for who reads them: after a megabyte they are lost.
 */
#ifndef ASLI_SERVER_LOG_H
#define ASLI_SERVER_LOG_H

#include "engine/base/bytes.h"

/* As asl_options.log numbers them. */
enum asli_log_level {
    ASLI_LOG_ERROR = 1,
    ASLI_LOG_WARNING,
    ASLI_LOG_INFO,
    ASLI_LOG_DEBUG
};

struct asli_log {
    int fd;
    enum asli_log_level level; /* no line above it */
    struct asli_bytes lines;
};

/* The level of that name, 0: there is none. */
enum asli_log_level asli_log_level_of(const char *name);
/* Whether a line of that level is wanted: asked before asli_log_begin. */
bool asli_log_wants(const struct asli_log *log, enum asli_log_level level);
/* A line: begin, members, end. A line for which there is no memory is lost. */
void asli_log_begin(struct asli_log *log, enum asli_log_level level, const char *message);
void asli_log_text(struct asli_log *log, const char *name, const char *value_or_null);
void asli_log_number(struct asli_log *log, const char *name, uint64_t value);
void asli_log_thousandths(struct asli_log *log, const char *name, uint64_t value);
void asli_log_end(struct asli_log *log);
/* Ends a line that was appended to log->lines. */
void asli_log_line(struct asli_log *log);
/* Writes what was gathered. */
void asli_log_flush(struct asli_log *log);
void asli_log_done(struct asli_log *log);

#endif
