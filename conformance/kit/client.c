/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests out, answers in: just enough of HTTP for a server that gives lengths.
 */
#include "conformance/kit/client.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "conformance/kit/need.h"

int endpoint_parse(struct endpoint *ret_endpoint, const char *url)
{
    static const char scheme[] = "http://";
    struct addrinfo *found, hints = {.ai_socktype = SOCK_STREAM};
    if (strncmp(url, scheme, sizeof scheme - 1) != 0)
        return -1;
    url += sizeof scheme - 1;
    size_t len = strcspn(url, "/");
    if (len == 0 || len >= sizeof ret_endpoint->name)
        return -1;
    struct endpoint endpoint = {0};
    memcpy(endpoint.name, url, len);
    char host[sizeof endpoint.name];
    memcpy(host, endpoint.name, len + 1);
    char *port = strrchr(host, ':');
    if (port != NULL)
        *port++ = '\0';
    if (getaddrinfo(host, port != NULL ? port : "80", &hints, &found) != 0)
        return -1;
    memcpy(&endpoint.address, found->ai_addr, found->ai_addrlen);
    endpoint.len = found->ai_addrlen;
    freeaddrinfo(found);
    *ret_endpoint = endpoint;
    return 0;
}

int client_open(struct client *ret_client, const struct endpoint *endpoint)
{
    int one = 1;
    int fd = socket(endpoint->address.ss_family,
                    SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (const struct sockaddr *)&endpoint->address, endpoint->len) != 0 &&
        errno != EINPROGRESS) {
        int its = errno;
        close(fd);
        errno = its;
        return -1;
    }
    *ret_client = (struct client){.fd = fd};
    return 0;
}

void client_close(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    free(client->out);
    free(client->in);
    *client = (struct client){.fd = -1};
}

static char *room(char *buffer, size_t *cap, size_t size)
{
    if (size <= *cap)
        return buffer;
    *cap = size > 2 * *cap ? size : 2 * *cap;
    return need(realloc(buffer, *cap));
}

void client_ask(struct client *client, const struct endpoint *endpoint,
                const char *action, const char *body, size_t len)
{
    static const char format[] = "POST / HTTP/1.1\r\n"
                                 "Host: %s\r\n"
                                 "Content-Type: application/x-amz-json-1.0\r\n"
                                 "X-Amz-Target: AWSStepFunctions.%s\r\n"
                                 "Content-Length: %zu\r\n\r\n";
    size_t head = sizeof format + strlen(endpoint->name) + strlen(action) + 20;
    client->out = room(client->out, &client->out_cap, head + len);
    int n = snprintf(client->out, head, format, endpoint->name, action, len);
    memcpy(client->out + n, body, len);
    client->out_len = (size_t)n + len;
    client->sent = client->in_len = client->head_len = client->body_len = 0;
    client->status = 0;
}

/* True when the head is there. */
static int read_head(struct client *client)
{
    static const char end[] = "\r\n\r\n", length[] = "content-length:";
    char *stop = client->in_len > 0 ? memmem(client->in, client->in_len, end, 4) : NULL;
    if (stop == NULL)
        return 0;
    *stop = '\0';
    client->head_len = (size_t)(stop - client->in) + 4;
    if (sscanf(client->in, "HTTP/1.%*d %d", &client->status) != 1)
        client->status = 0;
    const char *line = strcasestr(client->in, length);
    if (line == NULL)
        client->status = 0; /* as if it were no HTTP */
    else
        client->body_len = strtoul(line + sizeof length - 1, NULL, 10);
    return 1;
}

static enum client_state end_body(struct client *client)
{
    client->in[client->head_len + client->body_len] = '\0';
    return CLIENT_ANSWERED;
}

static enum client_state receive(struct client *client)
{
    for (;;) {
        if (client->head_len > 0 || read_head(client)) {
            if (client->status == 0)
                return CLIENT_GONE;
            if (client->in_len - client->head_len >= client->body_len)
                return end_body(client);
        }
        client->in = room(client->in, &client->in_cap, client->in_len + 4096);
        ssize_t n = recv(client->fd, client->in + client->in_len,
                         client->in_cap - client->in_len - 1, 0); /* room for a 0 */
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return CLIENT_READS;
        if (n <= 0)
            return CLIENT_GONE;
        client->in_len += (size_t)n;
    }
}

enum client_state client_step(struct client *client)
{
    while (client->sent < client->out_len) {
        ssize_t n = send(client->fd, client->out + client->sent,
                         client->out_len - client->sent, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? CLIENT_WRITES : CLIENT_GONE;
        client->sent += (size_t)n;
    }
    return receive(client);
}

const char *client_body(const struct client *client)
{
    return client->in + client->head_len;
}

static long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int client_wait(struct client *client, int ms)
{
    long long until = now_ms() + ms;
    for (;;) {
        enum client_state state = client_step(client);
        if (state == CLIENT_ANSWERED)
            return 0;
        long long left = until - now_ms();
        if (state == CLIENT_GONE || left <= 0)
            return -1;
        struct pollfd fd = {client->fd, state == CLIENT_WRITES ? POLLOUT : POLLIN, 0};
        if (poll(&fd, 1, (int)left) < 0 && errno != EINTR)
            return -1;
    }
}
