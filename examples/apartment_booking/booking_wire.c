/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of JSON over a Unix socket, in buffers of a fixed size.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "examples/apartment_booking/booking_wire.h"

enum { BACKLOG = 64 };

void wire_open(struct wire *wire, int take_fd)
{
    wire->fd = take_fd;
    wire->in_len = wire->out_len = 0;
    int flags = fcntl(take_fd, F_GETFL);
    if (flags < 0 || fcntl(take_fd, F_SETFL, flags | O_NONBLOCK) != 0)
        wire_close(wire);
}

void wire_close(struct wire *wire)
{
    if (wire->fd >= 0)
        close(wire->fd);
    wire->fd = -1;
}

static int is_later(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

int wire_fill(struct wire *wire)
{
    while (wire->in_len < sizeof wire->in) {
        ssize_t n = recv(wire->fd, wire->in + wire->in_len,
                         sizeof wire->in - wire->in_len, MSG_DONTWAIT);
        if (n < 0)
            return is_later() ? 1 : -1;
        if (n == 0)
            return 0;
        wire->in_len += (size_t)n;
    }
    return 1;
}

int wire_has_line(const struct wire *wire)
{
    return memchr(wire->in, '\n', wire->in_len) != NULL;
}

int wire_is_overrun(const struct wire *wire)
{
    return wire->in_len == sizeof wire->in && !wire_has_line(wire);
}

json_t *wire_take(struct wire *wire)
{
    const char *end = memchr(wire->in, '\n', wire->in_len);
    if (!end)
        return NULL;
    size_t len = (size_t)(end - wire->in);
    json_t *value = json_loadb(wire->in, len, 0, NULL);
    wire->in_len -= len + 1;
    memmove(wire->in, end + 1, wire->in_len);
    if (json_is_object(value))
        return value;
    json_decref(value);
    return json_null();
}

int wire_put(struct wire *wire, json_t *take_value)
{
    size_t room = sizeof wire->out - wire->out_len;
    char *end = wire->out + wire->out_len;
    size_t len = take_value ? json_dumpb(take_value, end, room, JSON_COMPACT) : 0;
    json_decref(take_value);
    if (len == 0 || len >= room)
        return -1;
    end[len] = '\n';
    wire->out_len += len + 1;
    return 0;
}

int wire_flush(struct wire *wire)
{
    size_t sent = 0;
    int gone = 0;
    while (!gone && sent < wire->out_len) {
        ssize_t n = send(wire->fd, wire->out + sent, wire->out_len - sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && is_later())
            break;
        gone = n < 0;
        sent += n > 0 ? (size_t)n : 0;
    }
    wire->out_len -= sent;
    memmove(wire->out, wire->out + sent, wire->out_len);
    return gone ? -1 : 0;
}

/* ------------------------------------------------------------------ the socket's place */

static int address_of(const char *dir, struct sockaddr_un *ret_address, asl_error *reterr)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int len = snprintf(address.sun_path, sizeof address.sun_path, "%s/booking.sock", dir);
    if (len < 0 || (size_t)len >= sizeof address.sun_path)
        return asl_error_set(reterr, ASL_EINVAL,
                             "the path of a socket has %zu bytes at most, which "
                             "%s/booking.sock is too long for: use a relative one",
                             sizeof address.sun_path - 1, dir);
    *ret_address = address;
    return 0;
}

/* What stands there, if it is a socket, is of a process that was killed. */
static int clear_place(const struct sockaddr_un *address)
{
    struct stat there;
    if (lstat(address->sun_path, &there) != 0)
        return errno == ENOENT ? 0 : -1;
    if (S_ISSOCK(there.st_mode))
        return unlink(address->sun_path);
    errno = EEXIST;
    return -1;
}

int wire_listen(const char *dir, int *ret_fd, asl_error *reterr)
{
    struct sockaddr_un address;
    int rc = address_of(dir, &address, reterr);
    if (rc)
        return rc;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Nobody can connect before listen, so nobody sees the mode it was made with. */
    if (fd < 0 || clear_place(&address) != 0 ||
        bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        chmod(address.sun_path, 0600) != 0 || listen(fd, BACKLOG) != 0) {
        rc = asl_error_set(reterr, ASL_ESYSTEM, "cannot listen on %s: %s",
                           address.sun_path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return rc;
    }
    *ret_fd = fd;
    return 0;
}

void wire_unlisten(const char *dir, int take_fd)
{
    struct sockaddr_un address;
    if (take_fd < 0)
        return;
    if (address_of(dir, &address, NULL) == 0)
        unlink(address.sun_path);
    close(take_fd);
}

static int explain(const char *dir, int saved, asl_error *reterr)
{
    if (saved == ENOENT || saved == ECONNREFUSED || saved == ENOTDIR)
        return asl_error_set(
            reterr, ASL_ENOTFOUND,
            "nobody answers in %s: start `booking run --dir %s` in another terminal", dir,
            dir);
    if (saved == EAGAIN || saved == EINPROGRESS)
        return asl_error_set(reterr, ASL_EBUSY, "booking run in %s does not answer", dir);
    return asl_error_set(reterr, ASL_ESYSTEM, "cannot reach booking run in %s: %s", dir,
                         strerror(saved));
}

int wire_connect(const char *dir, int timeout_ms, struct wire *ret_wire,
                 asl_error *reterr)
{
    struct sockaddr_un address;
    int rc = address_of(dir, &address, reterr);
    if (rc)
        return rc;
    struct timeval limit = {0};
    if (timeout_ms >= 0) { /* zero would be for ever */
        limit.tv_sec = timeout_ms / 1000;
        limit.tv_usec = timeout_ms % 1000 * 1000 + (timeout_ms == 0);
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return explain(dir, errno, reterr);
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0 ||
        connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        rc = explain(dir, errno, reterr);
        close(fd);
        return rc;
    }
    wire_open(ret_wire, fd);
    return ret_wire->fd >= 0 ? 0 : explain(dir, errno, reterr);
}

/* ------------------------------------------------------------------ waiting */

static int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* 1: something can be read or sent; 0: the time is over. */
static int wait_until(const struct wire *wire, int64_t deadline)
{
    struct pollfd pfd = {.fd = wire->fd,
                         .events = POLLIN | (wire->out_len ? POLLOUT : 0)};
    int64_t left = deadline < 0 ? -1 : deadline - clock_ms();
    if (deadline >= 0 && left < 0)
        left = 0;
    int n = poll(&pfd, 1, (int)left);
    return n != 0;
}

int wire_await(struct wire *wire, int timeout_ms, json_t **ret_value, asl_error *reterr)
{
    static const char gone[] = "booking run ended before it answered";
    int64_t deadline = timeout_ms < 0 ? -1 : clock_ms() + timeout_ms;
    json_t *value = NULL;
    for (int more = 1; !(value = wire_take(wire));) {
        if (more <= 0 || wire_is_overrun(wire))
            return asl_error_set(reterr, ASL_ECLOSED, "%s", gone);
        if (!wait_until(wire, deadline))
            return asl_error_set(reterr, ASL_EBUSY,
                                 "booking run did not answer in %d s; what was asked "
                                 "may be done all the same",
                                 timeout_ms / 1000);
        /* What can no longer be sent may have been answered already. */
        if (wire_flush(wire) != 0)
            wire->out_len = 0;
        more = wire_fill(wire);
    }
    if (json_is_null(value))
        return asl_error_set(reterr, ASL_EJSON,
                             "booking run gave a line that is no JSON");
    *ret_value = value;
    return 0;
}
