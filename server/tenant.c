/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant: one store, with one of everything on it.
 */
#include "server/tenant.h"

#include <asl/ev.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"

static int open_store(struct asli_tenant *tenant, const char *dir, asl_error *reterr)
{
    asl_lmdb_options options = {.size = sizeof options, .create = 1};
    return dir ? asl_store_lmdb(dir, &options, &tenant->store, reterr)
               : asl_store_mem(&tenant->store, reterr);
}

static int open_engine(struct asli_tenant *tenant, const struct asli_tenant_options *o,
                       asl_error *reterr)
{
    asl_options options = {.size = sizeof options,
                           .store = tenant->store,
                           .region = o->region,
                           .account = o->account,
                           .max_payload = o->max_payload,
                           .max_events = o->max_events,
                           .arg = o->arg,
                           .log = o->log};
    return asl_engine_open(&options, &tenant->engine, reterr);
}

int asli_tenant_open(struct asli_tenant *tenant,
                     const struct asli_tenant_options *options, asl_error *reterr)
{
    tenant->account = asli_strdup(options->account);
    tenant->region = asli_strdup(options->region);
    int rc = tenant->account && tenant->region ? 0 : asli_oom(reterr);
    if (rc == 0)
        rc = open_store(tenant, options->dir, reterr);
    if (rc == 0)
        rc = open_engine(tenant, options, reterr);
    if (rc == 0)
        rc = options->equip(options->arg, tenant, options->dir);
    if (rc == 0)
        rc = asl_host_new(tenant->engine, NULL, &tenant->host, reterr);
    if (rc == 0)
        rc = asl_ev_attach(tenant->host, options->loop, NULL, NULL, &tenant->ev, reterr);
    return rc;
}

void asli_tenant_close(struct asli_tenant *tenant)
{
    asl_ev_detach(tenant->ev);
    asl_host_free(tenant->host);
    asl_engine_close(tenant->engine);
    asl_store_free(tenant->store);
    asli_free(tenant->account);
    asli_free(tenant->region);
}
