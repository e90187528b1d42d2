/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP: libmicrohttpd's daemon on our loop, and what bounds its clients.
 *
 * MHD has an epoll of its own, which is readable when one of its connections is; it runs then, and
 * before the loop sleeps when answers were given meanwhile, so that those of one commit leave
 * together. A connection whose call waits for its handler is suspended.
 *
 * Bounds: a request's head by MHD's memory of a connection, its body and all bodies together, the
 * time that a request takes to arrive and its answer to leave, the time that a connection is idle, and
 * how many there are: when there are too many, the one that was idle longest goes.
 */
#include <errno.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "server/groups.h"

#define MAX_BODY (3u << 20)      /* AWS: 1 MB, of which JSON may make twice as much */
#define MAX_BODIES (128u << 20)  /* of all requests that are being read */
#define MAX_DISCARDED (8u << 20) /* of one too large, read so that its client hears it */
#define HEAD (16u << 10)         /* of a request */
#define BACKLOG 4096             /* connections that wait for accept */
#define IDLE 75u    /* seconds between requests: clients hold theirs a minute */
#define ARRIVE 90.0 /* seconds for a request to arrive, idling included */
#define SWEEP 5.0

/* ------------------------------------------------------------------ peers */

static void unlink_peer(struct asli_server *server, struct asli_peer *peer)
{
    *(peer->prev ? &peer->prev->next : &server->idle) = peer->next;
    *(peer->next ? &peer->next->prev : &server->latest) = peer->prev;
}

static void link_peer(struct asli_server *server, struct asli_peer *peer)
{
    peer->since = ev_now(server->loop);
    peer->prev = server->latest;
    peer->next = NULL;
    *(server->latest ? &server->latest->next : &server->idle) = peer;
    server->latest = peer;
}

/* MHD hears of it as if the client had closed it. */
static void shut(struct asli_peer *peer)
{
    peer->shut = true;
    shutdown(peer->fd, SHUT_RDWR);
}

void asli_peer_moved(struct asli_server *server, struct asli_peer *peer)
{
    unlink_peer(server, peer);
    link_peer(server, peer);
}

static bool is_idle(const struct asli_peer *peer)
{
    return !peer->call || (!peer->call->handed && !peer->call->queued);
}

static bool is_sending(const struct asli_peer *peer)
{
    return peer->call && peer->call->body.len > 0;
}

/* Its call is with no handler, which would not know what to do with the answer. */
static bool is_ours(const struct asli_peer *peer)
{
    return !peer->call || !peer->call->handed;
}

/* Of those, the one that has moved nothing longest. */
static bool shut_one(struct asli_server *server, bool (*is)(const struct asli_peer *peer))
{
    struct asli_peer *peer = server->idle;
    while (peer && (peer->shut || !is(peer)))
        peer = peer->next;
    if (peer)
        shut(peer);
    return peer != NULL;
}

static void on_sweep(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct asli_server *server = timer->data;
    (void)events;
    for (struct asli_peer *peer = server->idle; peer; peer = peer->next) {
        if (peer->since > ev_now(loop) - ARRIVE)
            break;
        if (!peer->shut && is_ours(peer))
            shut(peer);
    }
}

static void on_connection(void *arg, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    struct asli_server *server = arg;
    struct asli_peer *peer = *context;
    if (what == MHD_CONNECTION_NOTIFY_CLOSED && peer) {
        server->peers--;
        unlink_peer(server, peer);
        asli_free(peer);
    } else if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = peer = asli_alloc(sizeof *peer);
        if (!peer)
            return;
        peer->fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                       ->connect_fd;
        link_peer(server, peer);
        if (++server->peers > server->limit && !shut_one(server, is_idle))
            shut_one(server, is_ours);
    }
}

/* ------------------------------------------------------------------ requests */

static struct asli_call *new_call(struct asli_server *server,
                                  struct MHD_Connection *connection)
{
    struct asli_peer *peer =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
            ->socket_context;
    return peer ? asli_call_new(server, connection, peer) : NULL;
}

/* What the head alone tells to be far too much is not read. */
static void look_at_head(struct asli_call *call)
{
    const char *length =
        MHD_lookup_connection_value(call->connection, MHD_HEADER_KIND, "Content-Length");
    if (length && strtoull(length, NULL, 10) > MAX_DISCARDED)
        asli_call_trouble(call, ASLI_EXCEPTION_TOO_LARGE,
                          "a request has at most %u bytes", MAX_BODY);
}

/* False: close the connection. */
static bool read_some(struct asli_call *call, const char *data, size_t len)
{
    struct asli_server *server = call->server;
    size_t had = call->body.cap;
    if (call->too_large) {
        call->sent += len;
        return call->sent <= MAX_DISCARDED;
    }
    call->too_large = call->body.len + len > MAX_BODY;
    if (server->body_bytes + len > MAX_BODIES)
        shut_one(server, is_sending);
    if (server->body_bytes + len > 2 * MAX_BODIES) /* they go when MHD hears of it */
        return false;
    if (call->too_large)
        asli_bytes_done(&call->body);
    else
        asli_bytes_add(&call->body, data, len);
    server->body_bytes = server->body_bytes - had + call->body.cap;
    return !call->body.oom;
}

static void put_metrics(struct asli_call *call)
{
    struct asli_server *server = call->server;
    struct asli_bytes out = {0};
    asli_metrics_write(&server->metrics, &out);
    asli_metrics_write_tenants(server->tenants, server->tenant_count,
                               (int64_t)(ev_time() * 1000), &out);
    asli_metrics_write_one(&out, "asl_connections", "gauge", "Connections of clients.",
                           server->peers);
    asli_metrics_write_one(&out, "asl_calls_waiting", "gauge",
                           "Requests that are not answered yet.", server->waiting);
    asli_metrics_write_process(&out);
    size_t len = out.len;
    asli_call_page(call, "text/plain; version=0.0.4", asli_bytes_take_text(&out), len);
}

static void get(struct asli_call *call, const char *url)
{
    if (strcmp(url, "/metrics") == 0)
        put_metrics(call);
    else if (strcmp(url, "/healthz") == 0)
        asli_call_page(call, "text/plain", asli_strdup("ok\n"), 3);
    else
        asli_call_trouble(call, ASLI_EXCEPTION_UNKNOWN_OPERATION,
                          "the pages are /healthz and /metrics");
}

static void run(struct asli_call *call, const char *url, const char *method)
{
    if (call->too_large)
        asli_call_trouble(call, ASLI_EXCEPTION_TOO_LARGE,
                          "a request has at most %u bytes", MAX_BODY);
    else if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
        get(call, url);
    else if (strcmp(method, "POST") != 0 || strcmp(url, "/") != 0)
        asli_call_trouble(call, ASLI_EXCEPTION_UNKNOWN_OPERATION,
                          "actions are asked for by POST /");
    else
        asli_call_run(call);
}

static enum MHD_Result queue_now(struct asli_call *call)
{
    enum MHD_Result result =
        MHD_queue_response(call->connection, call->status, call->response);
    MHD_destroy_response(call->response);
    call->response = NULL;
    call->queued = result == MHD_YES;
    call->server->unsent += call->queued;
    return result;
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data, size_t *size,
                                  void **context)
{
    struct asli_call *call = *context;
    (void)version;
    bool first = !call, more = *size > 0;
    if (first)
        *context = call = new_call(arg, connection);
    if (!call)
        return MHD_NO;
    size_t len = *size;
    *size = 0;
    if (!first && more)
        return read_some(call, data, len) ? MHD_YES : MHD_NO;
    call->inside = true;
    if (first)
        look_at_head(call);
    else
        run(call, url, method);
    call->inside = false;
    if (call->response)
        return queue_now(call);
    if (first && !call->status)
        return MHD_YES;
    if (!call->handed) /* out of memory */
        return MHD_NO;
    call->suspended = true;
    MHD_suspend_connection(connection);
    return MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode how)
{
    struct asli_call *call = *context;
    struct asli_peer *peer = call ? call->peer : NULL;
    (void)connection;
    (void)how;
    *context = NULL;
    if (!call)
        return;
    if (peer)
        asli_peer_moved(arg, peer);
    asli_call_done(call);
}

/* ------------------------------------------------------------------ on the loop */

static void run_daemon(struct asli_server *server)
{
    do {
        server->resumed = false;
        MHD_run(server->daemon);
    } while (server->resumed);
}

static void on_readable(struct ev_loop *loop, struct ev_io *io, int events)
{
    (void)loop;
    (void)events;
    run_daemon(io->data);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    (void)loop;
    (void)events;
    run_daemon(timer->data);
}

static void before_sleep(struct ev_loop *loop, struct ev_prepare *prepare, int events)
{
    struct asli_server *server = prepare->data;
    MHD_UNSIGNED_LONG_LONG ms;
    (void)events;
    if (server->resumed)
        run_daemon(server);
    asli_log_flush(&server->log);
    for (size_t i = 0; i < server->tenant_count; i++)
        asli_groups_flush(server->tenants[i]);
    ev_timer_stop(loop, &server->timer);
    if (MHD_get_timeout(server->daemon, &ms) != MHD_YES)
        return;
    ev_timer_set(&server->timer, (double)ms / 1000, 0.);
    ev_timer_start(loop, &server->timer);
}

/* ------------------------------------------------------------------ opening */

static int bind_one(const struct addrinfo *info, int *ret_fd)
{
    int one = 1;
    int fd = socket(info->ai_family, info->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                    info->ai_protocol);
    if (fd < 0)
        return errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, info->ai_addr, info->ai_addrlen) != 0 || listen(fd, BACKLOG) != 0) {
        int number = errno;
        close(fd);
        return number;
    }
    *ret_fd = fd;
    return 0;
}

int asli_http_listen(struct asli_server *server, asl_error *reterr)
{
    const struct asli_server_options *o = server->options;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list;
    int rc = getaddrinfo(o->address, o->port, &hints, &list);
    if (rc != 0)
        return asl_error_set(reterr, ASL_EINVAL, "%s: %s", o->address, gai_strerror(rc));
    rc = ENOENT;
    for (const struct addrinfo *info = list; info && rc != 0; info = info->ai_next)
        rc = bind_one(info, &server->listener);
    freeaddrinfo(list);
    if (rc == 0)
        return 0;
    return asl_error_set(reterr, ASL_ESYSTEM, "cannot listen at %s port %s: %s",
                         o->address, o->port, strerror(rc));
}

/* What MHD says of its clients. */
static void on_said(void *arg, const char *format, va_list args)
{
    struct asli_server *server = arg;
    char text[256];
    if (!asli_log_wants(&server->log, ASLI_LOG_DEBUG))
        return;
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    asli_log_begin(&server->log, ASLI_LOG_DEBUG, text);
    asli_log_end(&server->log);
}

static int start_daemon(struct asli_server *server, asl_error *reterr)
{
    const struct asli_server_options *o = server->options;
    unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)o->tls_cert},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)o->tls_key},
        {MHD_OPTION_END, 0, NULL},
    };
    if (o->tls_cert)
        flags |= MHD_USE_TLS;
    else
        tls[0].option = MHD_OPTION_END;
    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_said,
        server, MHD_OPTION_LISTEN_SOCKET, server->listener, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEAD,
        MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)4096, MHD_OPTION_CONNECTION_LIMIT,
        server->limit + 64, MHD_OPTION_CONNECTION_TIMEOUT, IDLE, MHD_OPTION_ARRAY, tls,
        MHD_OPTION_END);
    if (server->daemon)
        return 0;
    return asl_error_set(reterr, o->tls_cert ? ASL_EINVAL : ASL_ESYSTEM, "%s",
                         o->tls_cert ? "the certificate and the key are not a pair"
                                     : "libmicrohttpd did not start");
}

int asli_http_start(struct asli_server *server, asl_error *reterr)
{
    server->limit = server->options->connections;
    int rc = start_daemon(server, reterr);
    if (rc != 0)
        return rc;
    int fd = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    ev_io_init(&server->readable, on_readable, fd, EV_READ);
    ev_init(&server->timer, on_timer);
    ev_timer_init(&server->sweep, on_sweep, SWEEP, SWEEP);
    ev_prepare_init(&server->prepare, before_sleep);
    server->readable.data = server->timer.data = server->sweep.data =
        server->prepare.data = server;
    ev_io_start(server->loop, &server->readable);
    ev_timer_start(server->loop, &server->sweep);
    ev_prepare_start(server->loop, &server->prepare);
    return 0;
}

unsigned asli_http_port(const struct asli_server *server)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    char port[8] = "";
    getsockname(server->listener, (struct sockaddr *)&address, &len);
    getnameinfo((struct sockaddr *)&address, len, NULL, 0, port, sizeof port,
                NI_NUMERICSERV);
    return (unsigned)strtoul(port, NULL, 10);
}

void asli_http_quiesce(struct asli_server *server)
{
    MHD_quiesce_daemon(server->daemon);
    asli_http_close(server);
}

void asli_http_stop(struct asli_server *server)
{
    run_daemon(server); /* what was resumed is to be so before it stops */
    ev_io_stop(server->loop, &server->readable);
    ev_timer_stop(server->loop, &server->timer);
    ev_timer_stop(server->loop, &server->sweep);
    ev_prepare_stop(server->loop, &server->prepare);
    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
}

void asli_http_close(struct asli_server *server)
{
    if (server->listener >= 0)
        close(server->listener);
    server->listener = -1;
}
