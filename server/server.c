/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's life: it listens, serves, and ends in order when a signal says so.
 *
 * The end: no more connections and requests; those that wait long are told (asli_call_on_gone); the
 * others have a moment to be answered, whose answers need what becomes durable meanwhile.
 */
#include <signal.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "server/private.h"

#define MOMENT 0.6 /* seconds */

int asli_server_open(const struct asli_server_options *options,
                     struct asli_server **ret_server, asl_error *reterr)
{
    struct asli_server *server = asli_alloc(sizeof *server);
    if (!server)
        return asli_oom(reterr);
    server->options = options;
    server->loop = options->loop;
    int rc = asli_http_open(server, reterr);
    if (rc != 0) {
        asli_free(server);
        return rc;
    }
    *ret_server = server;
    return 0;
}

static struct asli_call *find_waiting(const struct asli_server *server)
{
    struct asli_call *call = server->calls;
    while (call && !call->gone)
        call = call->next;
    return call;
}

static void begin_end(struct asli_server *server)
{
    server->ending = true;
    asli_http_quiesce(server);
    struct asli_call *call;
    while ((call = find_waiting(server))) /* it, and others, may be answered by this */
        asli_call_gone(call);
}

static void on_signal(struct ev_loop *loop, struct ev_signal *signal, int events)
{
    struct asli_server *server = signal->data;
    (void)loop;
    (void)events;
    if (!server->ending)
        begin_end(server);
    else
        server->hurry = true;
}

static void on_moment(struct ev_loop *loop, struct ev_timer *timer, int events)
{
    struct asli_server *server = timer->data;
    (void)loop;
    (void)events;
    server->hurry = true;
}

/* Runs the loop until everything asked is answered and sent, or the moment is over. */
static void end(struct asli_server *server)
{
    struct ev_timer moment;
    ev_timer_init(&moment, on_moment, MOMENT, 0.);
    moment.data = server;
    ev_timer_start(server->loop, &moment);
    while (!server->hurry && (server->calls || server->unsent > 0))
        ev_run(server->loop, EVRUN_ONCE);
    ev_timer_stop(server->loop, &moment);
    while (server->calls)
        asli_call_abandon(server->calls);
    asli_http_close(server);
}

void asli_server_run(struct asli_server *server)
{
    struct ev_signal term, interrupt;
    ev_signal_init(&term, on_signal, SIGTERM);
    ev_signal_init(&interrupt, on_signal, SIGINT);
    term.data = interrupt.data = server;
    ev_signal_start(server->loop, &term);
    ev_signal_start(server->loop, &interrupt);
    server->options->listening(server->options->arg, asli_http_port(server));
    while (!server->ending)
        ev_run(server->loop, EVRUN_ONCE);
    end(server);
    ev_signal_stop(server->loop, &term);
    ev_signal_stop(server->loop, &interrupt);
}

void asli_server_free(struct asli_server *server)
{
    asli_free(server);
}
