/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the server share: the server, its connections, and a call until it is answered.
 *
 * All on one thread, the loop's.
 */
#ifndef ASLI_SERVER_PRIVATE_H
#define ASLI_SERVER_PRIVATE_H

#include <ev.h>
#include <microhttpd.h>

#include "server/exception.h"
#include "server/metrics.h"
#include "server/server.h"
#include "server/shape.h"

/* A connection, from accept to close. In a list, the one that has moved nothing longest first. */
struct asli_peer {
    struct asli_peer *prev, *next;
    int fd;
    ev_tstamp since; /* of its accept, its last answer's begin or end */
    struct asli_call *call;
    bool shut;
};

struct asli_call {
    struct asli_server *server;
    struct asli_tenant *tenant;
    const struct asli_action *action;
    struct MHD_Connection *connection; /* NULL: nobody hears */
    struct asli_peer *peer;
    struct asli_bytes body;
    json_t *input;
    struct MHD_Response *response; /* the answer, until it is queued */
    unsigned status;
    size_t sent;           /* bytes of the answer */
    const char *exception; /* borrowed: of a table, or of error's text */
    char id[37];
    bool too_large; /* what came of its body was dropped */
    bool inside;    /* MHD calls: the answer is queued when it returns */
    bool suspended; /* MHD waits for the answer */
    bool handed;    /* a handler has it, and has not answered */
    bool queued;    /* the answer was given to MHD */
    bool abandoned; /* the server answered in its handler's place */
    ev_tstamp began;
    void (*gone)(struct asli_call *call, void *arg);
    void *gone_arg;
    struct ev_io hears;    /* while `gone` is set: something came from the client */
    struct ev_timer looks; /* or is looked for */
    void (*due)(struct asli_call *call, void *arg);
    void *due_arg;
    struct ev_timer timer;
    struct asli_call *prev, *next; /* of the server's, while handed */
};

struct asli_server {
    const struct asli_server_options *options;
    struct ev_loop *loop;
    struct asli_tenant **tenants;
    size_t tenant_count;
    struct asli_log log;
    struct asli_metrics metrics;
    struct MHD_Daemon *daemon; /* NULL: not started */
    int listener;
    struct ev_io readable; /* MHD's epoll */
    struct ev_timer timer; /* MHD's next time-out */
    struct ev_timer sweep;
    struct ev_prepare prepare;
    struct asli_call *calls;         /* handed, and not answered */
    unsigned waiting;                /* so many */
    struct asli_peer *idle, *latest; /* ends of the list of peers */
    unsigned peers, limit;
    size_t body_bytes; /* of all bodies that are being read */
    size_t unsent;     /* answers that MHD has */
    bool resumed;      /* MHD is to look at what was resumed */
    bool ending;
    bool hurry; /* and wait no more for answers */
};

/* The tenant of that account and region, NULL: there is none. */
struct asli_tenant *asli_server_tenant(const struct asli_server *server,
                                       const char *account, const char *region);

/* ---- http.c: the daemon and its connections. Errors: ASL_ESYSTEM, ASL_EINVAL. */
int asli_http_listen(struct asli_server *server, asl_error *reterr);
unsigned asli_http_port(const struct asli_server *server);
int asli_http_start(struct asli_server *server, asl_error *reterr);
/* Takes no more connections. */
void asli_http_quiesce(struct asli_server *server);
/* A request or an answer has made its way: its time begins anew. */
void asli_peer_moved(struct asli_server *server, struct asli_peer *peer);
/* Closes all connections; every call was answered or abandoned. */
void asli_http_stop(struct asli_server *server);
/* Stops to listen, if it still does. */
void asli_http_close(struct asli_server *server);

/* ---- tenant.c */
int asli_tenant_open(struct asli_server *server,
                     const struct asli_tenant_options *options,
                     struct asli_tenant **ret_tenant, asl_error *reterr);
void asli_tenant_close(struct asli_tenant *tenant);
/* A line in the server's log. */
void asli_tenant_say(struct asli_tenant *tenant, enum asli_log_level level,
                     const char *text);

/* ---- call.c */
struct asli_call *asli_call_new(struct asli_server *server,
                                struct MHD_Connection *connection,
                                struct asli_peer *peer); /* NULL: out of memory */
/* The whole request was read: answers it, or a handler will. */
void asli_call_run(struct asli_call *call);
void asli_call_trouble(struct asli_call *call, enum asli_exception_id id,
                       const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Bytes that are no JSON of AWS's. `take_data` is freed by asli_free. */
void asli_call_page(struct asli_call *call, const char *type, char *take_data,
                    size_t len);
void asli_call_gone(struct asli_call *call);
/* Answers in the place of a handler that has not. */
void asli_call_abandon(struct asli_call *call);
/* MHD has no more to do with it. */
void asli_call_done(struct asli_call *call);

#endif
