/* SPDX-License-Identifier: Apache-2.0
 *
 * The clients of the desk: their sockets, their turns, their places.
 *
 * A peer is read only while there is room for a line, served one request a turn and only when it
 * has taken its last answer; one that does not take what it asked to watch is dropped. When all
 * places are taken, the one that has been silent longest makes place for the next.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "examples/apartment_booking/booking_desk.h"
#include "examples/apartment_booking/booking_server.h"

enum { ACCEPTS = 8 }; /* clients let in a turn, so that those inside get theirs */

struct booking_server {
    struct desk desk;
    char *dir;
    int listener;
    uint64_t turns;
};

/* ------------------------------------------------------------------ one peer */

static void read_peer(struct peer *peer, uint64_t turn)
{
    size_t before = peer->wire.in_len;
    int more = wire_fill(&peer->wire);
    peer->eof |= more == 0;
    if (peer->wire.in_len > before)
        peer->last = turn;
    if (more < 0)
        wire_close(&peer->wire);
}

static int may_ask(const struct peer *peer)
{
    return peer->wire.fd >= 0 && !peer->broken && peer->state == PEER_IDLE &&
           peer->wire.out_len == 0;
}

static int wants_turn(const struct peer *peer)
{
    return may_ask(peer) && wire_has_line(&peer->wire);
}

static void serve_peer(struct desk *desk, struct peer *peer)
{
    if (!may_ask(peer))
        return;
    json_t *request = wire_take(&peer->wire);
    if (json_is_object(request)) {
        desk_serve(desk, peer, request);
    } else if (request || wire_is_overrun(&peer->wire)) {
        desk_refuse(peer, "a request is one line with a JSON object");
        peer->broken = 1;
    }
    json_decref(request);
}

static void flush_peer(struct peer *peer)
{
    if (peer->wire.fd >= 0 && wire_flush(&peer->wire) != 0)
        wire_close(&peer->wire);
}

/* It was told all that it is owed, or does not take it. */
static int is_finished(const struct peer *peer)
{
    const struct wire *wire = &peer->wire;
    if (peer->broken)
        return wire->out_len == 0 || peer->state == PEER_WATCHING;
    return peer->eof && peer->state == PEER_IDLE && wire->out_len == 0 &&
           !wire_has_line(wire);
}

/* ------------------------------------------------------------------ their places */

static void sweep(struct booking_server *server)
{
    for (int i = 0; i < DESK_PEERS; i++) {
        struct peer *peer = server->desk.peers[i];
        if (peer && peer->wire.fd >= 0 && is_finished(peer))
            wire_close(&peer->wire);
        if (peer && peer->wire.fd < 0 && !peer->starting) {
            server->desk.peers[i] = NULL;
            free(peer);
        }
    }
}

/* A place that is free, or the one of the peer that has been silent longest; NULL: all wait for
 * their reservations. */
static struct peer **find_place(struct booking_server *server)
{
    struct peer **oldest = NULL;
    for (int i = 0; i < DESK_PEERS; i++) {
        struct peer **place = &server->desk.peers[i];
        if (!*place)
            return place;
        if ((*place)->state != PEER_RESERVING && !(*place)->starting &&
            (!oldest || (*place)->last < (*oldest)->last))
            oldest = place;
    }
    return oldest;
}

static void empty_place(struct peer **place)
{
    if (*place)
        wire_close(&(*place)->wire);
    free(*place);
    *place = NULL;
}

static void let_in(struct booking_server *server, int take_fd)
{
    struct peer **place = find_place(server);
    struct peer *peer = place ? calloc(1, sizeof *peer) : NULL;
    if (!peer) {
        close(take_fd);
        return;
    }
    empty_place(place);
    wire_open(&peer->wire, take_fd);
    peer->last = server->turns;
    *place = peer;
}

static void accept_peers(struct booking_server *server)
{
    for (int i = 0; i < ACCEPTS; i++) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            let_in(server, fd);
            continue;
        }
        /* Without a descriptor the one that knocks would be heard for ever. */
        struct peer **place = find_place(server);
        if ((errno == EMFILE || errno == ENFILE) && place)
            empty_place(place);
        return;
    }
}

/* ------------------------------------------------------------------ turns */

enum { FD_STOP, FD_HOST, FD_LISTENER, FD_PEERS };

static int64_t sooner(int64_t a, int64_t b)
{
    return a < 0 ? b : b < 0 || a < b ? a : b;
}

/* Fills `fds`, one a place, and returns how long poll may wait. */
static int prepare(const struct booking_server *server, int stop_fd, int64_t wait_ms,
                   struct pollfd *fds)
{
    const struct desk *desk = &server->desk;
    int64_t wait = sooner(wait_ms, asl_host_wait_ms(desk->host));
    fds[FD_STOP] = (struct pollfd){.fd = stop_fd, .events = POLLIN};
    fds[FD_HOST] = (struct pollfd){.fd = asl_host_fd(desk->host), .events = POLLIN};
    fds[FD_LISTENER] = (struct pollfd){.fd = server->listener, .events = POLLIN};
    for (int i = 0; i < DESK_PEERS; i++) {
        const struct peer *peer = desk->peers[i];
        struct pollfd *pfd = &fds[FD_PEERS + i];
        *pfd = (struct pollfd){.fd = peer ? peer->wire.fd : -1};
        if (!peer)
            continue;
        if (!peer->eof && peer->wire.in_len < sizeof peer->wire.in)
            pfd->events |= POLLIN;
        if (peer->wire.out_len)
            pfd->events |= POLLOUT;
        if (wants_turn(peer))
            wait = 0;
    }
    return (int)(wait < 60000 ? wait : 60000); /* a clock that was set is noticed */
}

static void serve_peers(struct booking_server *server, const struct pollfd *fds)
{
    for (int i = 0; i < DESK_PEERS; i++) {
        struct peer *peer = server->desk.peers[i];
        short seen = fds[FD_PEERS + i].revents;
        if (!peer || peer->wire.fd < 0)
            continue;
        if (seen & POLLIN)
            read_peer(peer, server->turns);
        serve_peer(&server->desk, peer);
        /* Nobody is there to hear it. */
        if ((seen & (POLLHUP | POLLERR | POLLNVAL)) && !wants_turn(peer))
            wire_close(&peer->wire);
    }
}

int booking_server_turn(booking_server *server, int stop_fd, int64_t wait_ms,
                        asl_error *reterr)
{
    struct pollfd fds[FD_PEERS + DESK_PEERS];
    int wait = prepare(server, stop_fd, wait_ms, fds);
    if (poll(fds, FD_PEERS + DESK_PEERS, wait) < 0) {
        if (errno != EINTR)
            return asl_error_set(reterr, ASL_ESYSTEM, "poll: %s", strerror(errno));
        memset(fds, 0, sizeof fds);
    }
    server->turns++;
    serve_peers(server, fds);
    if (fds[FD_LISTENER].revents)
        accept_peers(server);
    int rc = asl_host_turn(server->desk.host, reterr);
    for (int i = 0; i < DESK_PEERS; i++)
        if (server->desk.peers[i])
            flush_peer(server->desk.peers[i]);
    sweep(server);
    return rc ? rc : fds[FD_STOP].revents != 0;
}

/* ------------------------------------------------------------------ its life */

int booking_server_open(const char *dir, unsigned window, const asl_host_options *host,
                        booking_server **ret_server, asl_error *reterr)
{
    booking_server *server = calloc(1, sizeof *server);
    if (!server)
        return asl_error_set(reterr, ASL_ENOMEM, "%s", asl_code_text(ASL_ENOMEM));
    server->listener = -1;
    server->desk.window = window;
    server->dir = strdup(dir);
    int rc = ASL_ENOMEM;
    if (server->dir)
        rc = desk_open(&server->desk, dir, host, reterr);
    if (!rc) /* the store is ours by now: who left a socket there is dead */
        rc = wire_listen(dir, &server->listener, reterr);
    if (rc) {
        booking_server_close(server);
        return rc;
    }
    *ret_server = server;
    return 0;
}

size_t booking_server_running(const booking_server *server)
{
    asl_activity activity;
    asl_engine_activity(server->desk.engine, &activity);
    return activity.executions;
}

void booking_server_close(booking_server *server)
{
    if (!server)
        return;
    /* While the lock is held: nobody else's socket can stand there. */
    if (server->dir)
        wire_unlisten(server->dir, server->listener);
    desk_end(&server->desk);
    for (int i = 0; i < DESK_PEERS; i++) {
        if (server->desk.peers[i])
            flush_peer(server->desk.peers[i]);
        empty_place(&server->desk.peers[i]);
    }
    desk_close(&server->desk);
    free(server->dir);
    free(server);
}
