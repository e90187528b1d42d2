/* SPDX-License-Identifier: Apache-2.0
 *
 * The server of the API, for the command that runs it: AWS JSON 1.0 over HTTP on a libev loop.
 */
#ifndef ASLI_SERVER_SERVER_H
#define ASLI_SERVER_SERVER_H

#include "server/action.h"

struct asli_server_options {
    const char *address;            /* to bind: a name or a number */
    const char *port;               /* "0": any that is free */
    const char *tls_cert, *tls_key; /* PEM texts; NULL: no TLS */
    unsigned connections;           /* at most */
    struct asli_tenant *tenants;    /* without keys the first serves all */
    size_t tenant_count;
    struct ev_loop *loop; /* to which the hosts are attached */
    void *arg;
    /* It answers now, at this port. */
    void (*listening)(void *arg, unsigned port);
};

struct asli_server;

/* Listens. Errors: ASL_ESYSTEM, ASL_EINVAL, ASL_ENOMEM. */
int asli_server_open(const struct asli_server_options *options,
                     struct asli_server **ret_server, asl_error *reterr);
/* Serves until SIGTERM or SIGINT, and ends in order: what was asked is answered, or refused. */
void asli_server_run(struct asli_server *server);
/* After the engines were closed, since their answers may come until then. */
void asli_server_free(struct asli_server *server);

#endif
