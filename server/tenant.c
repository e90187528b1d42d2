/* SPDX-License-Identifier: Apache-2.0
 *
 * A tenant: one store, with one of everything on it, on the server's loop.
 */
#include <asl/ev.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/base/alloc.h"
#include "engine/base/error.h"
#include "server/act.h"
#include "server/groups.h"

static void on_event(void *arg, const asl_event *event)
{
    struct asli_tenant *tenant = arg;
    asli_metrics_event(&tenant->server->metrics, event);
    asli_groups_event(tenant, event);
}

static void on_ended(void *arg, const asl_result *result)
{
    struct asli_tenant *tenant = arg;
    struct asli_log *log = &tenant->server->log;
    tenant->server->metrics.ended[result->status]++;
    if (!asli_log_wants(log, ASLI_LOG_INFO))
        return;
    asli_log_begin(log, ASLI_LOG_INFO, "execution");
    asli_log_text(log, "executionArn", result->arn);
    asli_log_text(log, "status", asl_status_name(result->status));
    asli_log_text(log, "error", result->error);
    asli_log_end(log);
}

void asli_tenant_say(struct asli_tenant *tenant, enum asli_log_level level,
                     const char *text)
{
    struct asli_log *log = &tenant->server->log;
    if (!asli_log_wants(log, level))
        return;
    asli_log_begin(log, level, text);
    asli_log_text(log, "account", tenant->account);
    asli_log_text(log, "region", tenant->region);
    asli_log_end(log);
}

static void on_log(void *arg, int level, const char *text)
{
    asli_tenant_say(arg, (enum asli_log_level)level, text);
}

static void on_failed(void *arg, const asl_error *error)
{
    asli_tenant_say(arg, ASLI_LOG_ERROR, error->text);
}

double asli_tenant_bytes(const struct asli_tenant *tenant)
{
    struct stat status;
    ASLI_AUTO(text) char *path = asli_printf("%s/data.mdb", tenant->dir);
    return path && stat(path, &status) == 0 ? (double)status.st_blocks * 512 : 0;
}

static int open_store(struct asli_tenant *tenant, asl_error *reterr)
{
    asl_lmdb_options options = {.size = sizeof options, .create = 1};
    asl_store *store;
    int rc = asl_store_lmdb(tenant->dir, &options, &store, reterr);
    return rc != 0 ? rc
                   : asli_metered_store(store, &tenant->server->metrics.commits,
                                        &tenant->store, reterr);
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
                           .wait_scale = o->wait_scale,
                           .arg = tenant,
                           .event = on_event,
                           .ended = on_ended,
                           .log = on_log};
    return asl_engine_open(&options, &tenant->engine, reterr);
}

static int open_all(struct asli_tenant *tenant, const struct asli_tenant_options *o,
                    asl_error *reterr)
{
    tenant->account = asli_strdup(o->account);
    tenant->region = asli_strdup(o->region);
    tenant->dir = asli_strdup(o->dir);
    tenant->log_dir = asli_strdup(o->log_dir);
    bool whole = tenant->account && tenant->region && tenant->dir &&
                 !o->log_dir == !tenant->log_dir;
    int rc = whole ? 0 : asli_oom(reterr);
    if (rc == 0)
        rc = open_store(tenant, reterr);
    if (rc == 0)
        rc = open_engine(tenant, o, reterr);
    if (rc == 0)
        rc = asl_control_open(tenant->engine, &tenant->control, reterr);
    if (rc == 0)
        rc = o->equip(o->arg, tenant, tenant->dir);
    if (rc == 0)
        rc = asl_host_new(tenant->engine, NULL, &tenant->host, reterr);
    return rc;
}

void asli_tenant_close(struct asli_tenant *tenant)
{
    asl_ev_detach(tenant->ev);
    asl_host_free(tenant->host);
    asl_engine_close(tenant->engine);
    asli_syncs_close(tenant);
    asl_store_free(tenant->store);
    asli_groups_close(tenant);
    asli_free(tenant->account);
    asli_free(tenant->region);
    asli_free(tenant->dir);
    asli_free(tenant->log_dir);
    asli_free(tenant);
}

int asli_tenant_open(struct asli_server *server,
                     const struct asli_tenant_options *options,
                     struct asli_tenant **ret_tenant, asl_error *reterr)
{
    struct asli_tenant *tenant = asli_alloc(sizeof *tenant);
    if (!tenant)
        return asli_oom(reterr);
    tenant->server = server;
    int rc = open_all(tenant, options, reterr);
    if (rc == 0)
        rc = asl_ev_attach(tenant->host, server->loop, on_failed, tenant, &tenant->ev,
                           reterr);
    if (rc == 0)
        *ret_tenant = tenant;
    else
        asli_tenant_close(tenant);
    return rc;
}
