/* SPDX-License-Identifier: Apache-2.0
 *
 * The server of the API, for the command that runs it: AWS JSON 1.0 over HTTP on a libev loop.
 *
 *     asli_server_open     listens; who asks now waits
 *     asli_server_add      a tenant, for each account and region that is served
 *     asli_server_run      serves until a signal, and ends in order
 *     asli_server_close
 */
#ifndef ASLI_SERVER_SERVER_H
#define ASLI_SERVER_SERVER_H

#include "server/action.h"
#include "server/keys.h"
#include "server/log.h"

struct asli_server;

struct asli_server_options {
    const char *address;            /* to bind: a name or a number */
    const char *port;               /* "0": any that is free */
    const char *tls_cert, *tls_key; /* PEM texts; NULL: no TLS */
    unsigned connections;           /* at most */
    struct asli_keys *keys; /* who may come in; NULL: everybody is the first tenant */
    enum asli_log_level log_level;
    int log_fd;
};

struct asli_tenant_options {
    const char *dir;     /* of its store, made when it is missing */
    const char *log_dir; /* of what executions log; NULL: nothing */
    const char *account, *region;
    unsigned max_payload, max_events; /* as asl_options, and this */
    double wait_scale;
    void *arg;
    /* Gives the engine who does its tasks; after its registry was read, before it runs. Not 0: the
     * tenant is not opened, and asli_server_add returns it without an error's text. */
    int (*equip)(void *arg, struct asli_tenant *tenant, const char *dir);
};

/* `options` live as long as the server. Errors: ASL_ESYSTEM, ASL_EINVAL (address, certificate),
 * ASL_ENOMEM. */
int asli_server_open(const struct asli_server_options *options,
                     struct asli_server **ret_server, asl_error *reterr);
/* Errors: as of asl_store_lmdb, asl_engine_open, asl_control_open and asl_host_new. */
int asli_server_add(struct asli_server *server, const struct asli_tenant_options *options,
                    asl_error *reterr);
/* Until SIGTERM or SIGINT: then what was asked is answered, or refused. */
int asli_server_run(struct asli_server *server, asl_error *reterr);
/* Closes all; what was computed is durable then. NULL: nothing. */
void asli_server_close(struct asli_server *server);

#endif
