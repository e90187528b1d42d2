/* SPDX-License-Identifier: Apache-2.0
 *
 * asl serve: the API of Step Functions, for its clients.
 *
 * What the options and the environment say becomes tenants and a server (server/); tasks are done
 * by whom the other commands have, too.
 */
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "engine/base/alloc.h"
#include "server/server.h"
#include "server/tenant.h"

#define DEFAULT_STORE "asl-store"
#define DEFAULT_CONNECTIONS 12000

struct serving {
    const struct cli_args *args;
    struct ev_loop *loop;
    struct asli_tenant tenant;
    struct asli_server *server;
    int status; /* of equip: it was said what is wrong */
};

/* What an option says, or else the environment, as Step Functions Local has it. */
static const char *setting(const struct cli_args *args, enum cli_option option,
                           const char *variable, const char *otherwise)
{
    const char *value = args->value[option];
    if (!value)
        value = getenv(variable);
    return value && *value ? value : otherwise;
}

/* With the options that those other commands have, as if the tenant's store was theirs. */
static int equip(void *arg, struct asli_tenant *tenant, const char *dir)
{
    struct serving *serving = arg;
    struct cli_args args = *serving->args;
    args.value[CLI_STORE] = dir;
    struct cli_session session = {
        .args = &args, .store = tenant->store, .engine = tenant->engine};
    serving->status = cli_session_equip(&session, true);
    return serving->status;
}

static void on_log(void *arg, int level, const char *text)
{
    struct serving *serving = arg;
    if (level <= 2)
        cli_say(serving->args, "%s: %s", level == 1 ? "error" : "warning", text);
}

static int open_tenant(struct serving *serving)
{
    const struct cli_args *args = serving->args;
    const char *dir = args->value[CLI_STORE] ? args->value[CLI_STORE] : DEFAULT_STORE;
    struct asli_tenant_options options = {
        .dir = dir,
        .account = setting(args, CLI_ACCOUNT, "AWS_ACCOUNT_ID", "123456789012"),
        .region = setting(args, CLI_REGION, "AWS_DEFAULT_REGION", "us-east-1"),
        .max_payload = cli_number(args, CLI_MAX_PAYLOAD),
        .max_events = cli_number(args, CLI_MAX_EVENTS),
        .loop = serving->loop,
        .arg = serving,
        .equip = equip,
        .log = on_log};
    asl_error error = {0};
    if (asli_tenant_open(&serving->tenant, &options, &error) == 0)
        return CLI_OK;
    return serving->status != CLI_OK ? serving->status : cli_fail(args, dir, &error);
}

static void on_listening(void *arg, unsigned port)
{
    const struct serving *serving = arg;
    const char *address = serving->args->value[CLI_ADDRESS];
    cli_say(serving->args, "listening at %s port %u", address ? address : "127.0.0.1",
            port);
}

static int serve(struct serving *serving)
{
    const struct cli_args *args = serving->args;
    const char *port = args->value[CLI_PORT], *address = args->value[CLI_ADDRESS];
    unsigned connections = cli_number(args, CLI_CONNECTIONS);
    struct asli_server_options options = {
        .address = address ? address : "127.0.0.1",
        .port = port ? port : "8083",
        .connections = connections ? connections : DEFAULT_CONNECTIONS,
        .tenants = &serving->tenant,
        .tenant_count = 1,
        .loop = serving->loop,
        .arg = serving,
        .listening = on_listening};
    asl_error error = {0};
    int status = open_tenant(serving);
    if (status != CLI_OK)
        return status;
    if (asli_server_open(&options, &serving->server, &error) != 0)
        return cli_fail(args, NULL, &error);
    asli_server_run(serving->server);
    return CLI_OK;
}

static int run(const struct cli_args *args)
{
    struct serving serving = {.args = args};
    serving.loop = cli_must(ev_loop_new(EVFLAG_AUTO));
    int status = serve(&serving);
    asli_tenant_close(&serving.tenant);
    asli_server_free(serving.server);
    ev_loop_destroy(serving.loop);
    return status;
}

const struct cli_command cli_server = {
    .name = "serve",
    .operands = "",
    .summary = "serve the API of Step Functions, for AWS's clients",
    .description =
        "Serve the API of AWS Step Functions over HTTP, for the AWS CLI, the SDKs and "
        "whatever is\n"
        "made with them, and run what they start. Clients need only the endpoint:\n\n"
        "  aws stepfunctions list-state-machines --endpoint-url http://localhost:8083\n\n"
        "Everything answered is durable in the store (default: " DEFAULT_STORE
        " in the working\n"
        "directory); after a restart all executions go on. SIGTERM ends it in order. "
        "/healthz and\n"
        "/metrics are there too. AWS_ACCOUNT_ID and AWS_DEFAULT_REGION stand for "
        "--account and\n"
        "--region.\n",
    .example = "  asl serve --store ./orders --handlers ./handlers.so\n",
    .options = CLI_HAS(STORE) | CLI_HAS_ENGINE | CLI_HAS(HANDLERS) | CLI_HAS(EXEC) |
               CLI_HAS(TABLE) | CLI_HAS(ACCOUNT) | CLI_HAS(REGION) | CLI_HAS(PORT) |
               CLI_HAS(ADDRESS) | CLI_HAS(CONNECTIONS),
    .min_operands = 0,
    .max_operands = 0,
    .run = run,
};
