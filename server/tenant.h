/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening and closing a tenant: its store, engine, registry and host, on the loop.
 */
#ifndef ASLI_SERVER_TENANT_H
#define ASLI_SERVER_TENANT_H

#include "server/action.h"

struct ev_loop;

struct asli_tenant_options {
    const char *dir; /* NULL: in memory */
    const char *account, *region;
    unsigned max_payload, max_events; /* as asl_options */
    struct ev_loop *loop;
    void *arg;
    /* Gives the engine who does its tasks; after its registry was read, before it runs. */
    int (*equip)(void *arg, struct asli_tenant *tenant, const char *dir);
    void (*log)(void *arg, int level, const char *text);
};

/* Fills a zeroed tenant, to be closed on failure too. An error of `equip` is only returned. */
int asli_tenant_open(struct asli_tenant *tenant,
                     const struct asli_tenant_options *options, asl_error *reterr);
/* All it computed is durable then. */
void asli_tenant_close(struct asli_tenant *tenant);

#endif
