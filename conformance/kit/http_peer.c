/* SPDX-License-Identifier: Apache-2.0
 *
 * See http_peer.h. One connection, one request, one answer.
 */
#include "conformance/kit/http_peer.h"

#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads a request whole: up to its Content-Length. */
static void read_request(struct peer *peer, int fd)
{
    size_t len = 0, want = 0;
    ssize_t got;
    while (!want || len < want) {
        got = read(fd, peer->asked + len, sizeof peer->asked - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
        peer->asked[len] = '\0';
        const char *end = strstr(peer->asked, "\r\n\r\n");
        const char *length = strcasestr(peer->asked, "\r\nContent-Length:");
        if (end)
            want = (size_t)(end + 4 - peer->asked) +
                   (length && length < end ? strtoul(length + 17, NULL, 10) : 0);
    }
    peer->asked[len] = '\0';
}

static void send_all(int fd, const char *text, size_t len)
{
    while (len) {
        ssize_t sent = send(fd, text, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        len -= (size_t)sent;
    }
}

/* The length of the body is told, so that what it is need not be. */
static void answer(int fd, const char *text, size_t len)
{
    char head[2048];
    const char *body = memmem(text, len, "\r\n\r\n", 4);
    if (!body)
        return;
    size_t body_len = len - (size_t)(body + 4 - text);
    snprintf(head, sizeof head,
             "HTTP/1.1 %.*s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             (int)(body - text), text, body_len);
    send_all(fd, head, strlen(head));
    send_all(fd, body + 4, body_len);
}

/* Until the other side is gone. */
static void hold(int fd)
{
    char c;
    while (read(fd, &c, 1) > 0)
        ;
}

static void *serve(void *arg)
{
    struct peer *peer = arg;
    const char *at = peer->answers;
    int fd;
    while ((fd = accept(peer->listener, NULL, NULL)) >= 0) {
        size_t len = strcspn(at, "\1");
        read_request(peer, fd);
        atomic_fetch_add(&peer->count, 1);
        if (len == 1 && *at == '-')
            hold(fd);
        else if (len)
            answer(fd, at, len);
        close(fd);
        if (at[len])
            at += len + 1;
    }
    return NULL;
}

void peer_open(struct peer *peer, const char *answers)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    memset(peer, 0, sizeof *peer);
    setenv("no_proxy", "*", 1);
    peer->answers = answers;
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(peer->listener, (struct sockaddr *)&address, sizeof address),
                     0);
    ck_assert_int_eq(listen(peer->listener, 64), 0);
    ck_assert_int_eq(getsockname(peer->listener, (struct sockaddr *)&address, &len), 0);
    peer->port = ntohs(address.sin_port);
    snprintf(peer->url, sizeof peer->url, "http://127.0.0.1:%d", peer->port);
    ck_assert_int_eq(pthread_create(&peer->thread, NULL, serve, peer), 0);
}

void peer_close(struct peer *peer)
{
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
}

int peer_has_line(const struct peer *peer, const char *line)
{
    size_t len = strlen(line);
    for (const char *at = peer->asked; at; at = strstr(at, "\r\n")) {
        at += strspn(at, "\r\n");
        if (strncmp(at, line, len) == 0 && at[len] == '\r')
            return 1;
    }
    return 0;
}

const char *peer_body(const struct peer *peer)
{
    const char *end = strstr(peer->asked, "\r\n\r\n");
    return end ? end + 4 : "";
}
