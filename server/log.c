/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of the server's log: made of members, gathered, written together.
 */
#include "server/log.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

#define MANY (64u << 10) /* bytes that wait for the loop's sleep no longer */

static const char *const names[] = {"", "error", "warning", "info", "debug"};

enum asli_log_level asli_log_level_of(const char *name)
{
    for (int i = ASLI_LOG_ERROR; i <= ASLI_LOG_DEBUG; i++) {
        if (strcmp(names[i], name) == 0)
            return (enum asli_log_level)i;
    }
    return 0;
}

bool asli_log_wants(const struct asli_log *log, enum asli_log_level level)
{
    return level <= log->level;
}

void asli_log_begin(struct asli_log *log, enum asli_log_level level, const char *message)
{
    struct timespec now;
    char time[32];
    clock_gettime(CLOCK_REALTIME, &now);
    asli_time_format((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, time);
    asli_bytes_addf(&log->lines, "{\"time\":\"%s\",\"level\":\"%s\"", time, names[level]);
    asli_log_text(log, "message", message);
}

/* Most texts need no escapes. */
static bool is_plain(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < ' ' || *text == '"' || *text == '\\')
            return false;
    }
    return true;
}

void asli_log_text(struct asli_log *log, const char *name, const char *value_or_null)
{
    if (!value_or_null)
        return;
    asli_bytes_addf(&log->lines, ",\"%s\":", name);
    if (is_plain(value_or_null)) {
        asli_bytes_addc(&log->lines, '"');
        asli_bytes_adds(&log->lines, value_or_null);
        asli_bytes_addc(&log->lines, '"');
        return;
    }
    ASLI_AUTO(json)
    json_t *text = json_stringn_nocheck(value_or_null, strlen(value_or_null));
    if (!text || asli_json_write(text, &log->lines, NULL) != 0)
        asli_bytes_adds(&log->lines, "null");
}

void asli_log_number(struct asli_log *log, const char *name, double value)
{
    asli_bytes_addf(&log->lines, ",\"%s\":%.15g", name, value);
}

void asli_log_end(struct asli_log *log)
{
    asli_bytes_adds(&log->lines, "}\n");
    if (log->lines.len > MANY || log->lines.oom)
        asli_log_flush(log);
}

/* What cannot be written is lost: a log is not worth a server. */
void asli_log_flush(struct asli_log *log)
{
    const char *at = log->lines.data;
    size_t left = log->lines.oom ? 0 : log->lines.len;
    while (left > 0) {
        ssize_t wrote = write(log->fd, at, left);
        if (wrote < 0 && errno != EINTR)
            break;
        if (wrote > 0)
            at += wrote, left -= (size_t)wrote;
    }
    asli_bytes_reset(&log->lines);
}

void asli_log_done(struct asli_log *log)
{
    asli_log_flush(log);
    asli_bytes_done(&log->lines);
}
