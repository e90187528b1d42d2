/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of the server's log: made of members, gathered, written together.
 */
#include "server/log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/json.h"
#include "engine/base/time.h"

#define MANY (64u << 10)       /* bytes that wait for the loop's sleep no longer */
#define MAX_WAITING (1u << 20) /* bytes that wait for who reads the log */

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
    asli_bytes_adds(&log->lines, "{\"time\":\"");
    asli_bytes_adds(&log->lines, time);
    asli_bytes_addc(&log->lines, '"');
    asli_log_text(log, "level", names[level]);
    asli_log_text(log, "message", message);
}

static void put_name(struct asli_log *log, const char *name)
{
    asli_bytes_adds(&log->lines, ",\"");
    asli_bytes_adds(&log->lines, name);
    asli_bytes_adds(&log->lines, "\":");
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
    put_name(log, name);
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

static void put_digits(struct asli_log *log, uint64_t value, int least)
{
    char digits[24], *at = digits + sizeof digits;
    do
        *--at = (char)('0' + value % 10);
    while ((value /= 10) > 0 || digits + sizeof digits - at < least);
    asli_bytes_add(&log->lines, at, (size_t)(digits + sizeof digits - at));
}

void asli_log_number(struct asli_log *log, const char *name, uint64_t value)
{
    put_name(log, name);
    put_digits(log, value, 1);
}

void asli_log_thousandths(struct asli_log *log, const char *name, uint64_t value)
{
    put_name(log, name);
    put_digits(log, value / 1000, 1);
    asli_bytes_addc(&log->lines, '.');
    put_digits(log, value % 1000, 3);
}

void asli_log_end(struct asli_log *log)
{
    asli_bytes_addc(&log->lines, '}');
    asli_log_line(log);
}

void asli_log_line(struct asli_log *log)
{
    asli_bytes_addc(&log->lines, '\n');
    if (log->lines.len > MANY || log->lines.oom)
        asli_log_flush(log);
}

/* Never waits: poll says of a pipe that so much fits. */
static bool is_ready(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLOUT};
    return poll(&asked, 1, 0) == 1 && (asked.revents & POLLOUT);
}

/* What cannot be written waits, and what is too much is lost: a log is not worth a server. */
void asli_log_flush(struct asli_log *log)
{
    size_t done = 0, len = log->lines.oom || log->fd < 0 ? 0 : log->lines.len;
    while (done < len && is_ready(log->fd)) {
        size_t some = len - done < PIPE_BUF ? len - done : PIPE_BUF;
        ssize_t wrote = write(log->fd, log->lines.data + done, some);
        if (wrote < 0 && errno != EINTR)
            break;
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    if (done == len || len - done > MAX_WAITING) {
        asli_bytes_reset(&log->lines);
    } else {
        memmove(log->lines.data, log->lines.data + done, len - done);
        log->lines.len = len - done;
    }
}

void asli_log_done(struct asli_log *log)
{
    asli_log_flush(log);
    asli_bytes_done(&log->lines);
}
