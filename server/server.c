/* SPDX-License-Identifier: Apache-2.0
 *
 * The server's life: it listens, serves, and ends in order when a signal says so.
 *
 * The end: no more connections and requests; those that wait long are told (asli_call_on_gone); the
 * others have a moment to be answered, whose answers need what becomes durable meanwhile.
 */
#include <signal.h>
#include <string.h>

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
    server->log.fd = options->log_fd;
    server->log.level = options->log_level;
    server->listener = -1;
    /* Not libev's default loop, which waits for every child of the process. */
    server->loop = ev_loop_new(EVFLAG_AUTO);
    int rc = server->loop ? asli_http_listen(server, reterr) : asli_oom(reterr);
    if (rc == 0)
        *ret_server = server;
    else
        asli_server_close(server);
    return rc;
}

int asli_server_add(struct asli_server *server, const struct asli_tenant_options *options,
                    asl_error *reterr)
{
    struct asli_tenant **list = asli_realloc(
        server->tenants, (server->tenant_count + 1) * sizeof(struct asli_tenant *));
    if (!list)
        return asli_oom(reterr);
    server->tenants = list;
    int rc = asli_tenant_open(server, options, &list[server->tenant_count], reterr);
    server->tenant_count += rc == 0;
    return rc;
}

struct asli_tenant *asli_server_tenant(const struct asli_server *server,
                                       const char *account, const char *region)
{
    for (size_t i = 0; i < server->tenant_count; i++) {
        struct asli_tenant *tenant = server->tenants[i];
        if (strcmp(tenant->account, account) == 0 && strcmp(tenant->region, region) == 0)
            return tenant;
    }
    return NULL;
}

/* ------------------------------------------------------------------ the end */

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
    asli_http_stop(server);
}

/* ------------------------------------------------------------------ serving */

static void say_begin(struct asli_server *server)
{
    struct asli_log *log = &server->log;
    if (!asli_log_wants(log, ASLI_LOG_INFO))
        return;
    asli_log_begin(log, ASLI_LOG_INFO, "listening");
    asli_log_text(log, "address", server->options->address);
    asli_log_number(log, "port", asli_http_port(server));
    asli_log_end(log);
    asli_log_flush(log);
}

int asli_server_run(struct asli_server *server, asl_error *reterr)
{
    struct ev_signal term, interrupt;
    int rc = asli_http_start(server, reterr);
    if (rc != 0)
        return rc;
    ev_signal_init(&term, on_signal, SIGTERM);
    ev_signal_init(&interrupt, on_signal, SIGINT);
    term.data = interrupt.data = server;
    ev_signal_start(server->loop, &term);
    ev_signal_start(server->loop, &interrupt);
    say_begin(server);
    while (!server->ending)
        ev_run(server->loop, EVRUN_ONCE);
    end(server);
    ev_signal_stop(server->loop, &term);
    ev_signal_stop(server->loop, &interrupt);
    return 0;
}

void asli_server_close(struct asli_server *server)
{
    if (!server)
        return;
    for (size_t i = 0; i < server->tenant_count; i++)
        asli_tenant_close(server->tenants[i]);
    asli_free(server->tenants);
    asli_http_close(server);
    if (server->loop)
        ev_loop_destroy(server->loop);
    asli_log_done(&server->log);
    asli_free(server);
}
